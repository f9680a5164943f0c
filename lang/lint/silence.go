package lint

import (
	"cmp"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/graph"
	"nurture/lang/logic"
)

// What becomes of a contact of whom nothing is heard any more: what is known of it stays as it is, messages may be sent, and
// time goes on until everything that is sent once has been sent, all that expires has expired, and what decays is gone.

// sent is that an offer has been sent.
func (a *arrivals) sent(o *check.Offer) *logic.Formula {
	if a.sentAs[o] == nil {
		a.sentAs[o] = sentAtLeastOnce(o.Name, cond.AnOffer)
	}
	return a.world.Of(a.sentAs[o], logic.At{})
}

// quiet is when a send has nothing more to send, and empty when it finds that there is nothing left at all, which is
// `exhausted`: what a condition bars is there still, and never goes out. A send that picks the latest is a series that goes on.
func (a *arrivals) quiet(s *check.Stage, send *check.Send) (quiet, empty *logic.Formula) {
	quiet, empty = logic.False, logic.False
	for _, c := range a.columns(send, logic.At{Stage: s}, true) {
		none, over := logic.True, logic.True
		for _, o := range c.offers {
			if o.Expires != nil && send.Pick != check.PickLatest {
				continue
			}
			barred := logic.Not(a.letThrough(s, send, o))
			if o.RepeatAfter != nil || send.Pick == check.PickLatest {
				none, over = logic.And(none, barred), logic.False
			} else {
				none, over = logic.And(none, logic.Or(barred, a.sent(o))), logic.And(over, a.sent(o))
			}
			if none == logic.False {
				break
			}
		}
		quiet, empty = logic.Or(quiet, logic.And(c.is, none)), logic.Or(empty, logic.And(c.is, over))
	}
	return quiet, empty
}

func sentAtLeastOnce(name string, of cond.Thing) *cond.Expr {
	return &cond.Expr{Root: &cond.Node{Op: cond.Ge, Type: cond.Bool, Args: []*cond.Node{{Op: cond.Sent, Type: cond.Number, Name: name, Of: of}, {Op: cond.ConstNumber, Type: cond.Number, Num: 1}}}}
}

// letThrough is when neither `where` nor a `never` bars an offer for a contact that is not heard of any more.
func (a *arrivals) letThrough(s *check.Stage, send *check.Send, o *check.Offer) *logic.Formula {
	at := logic.At{Stage: s, Offer: o}
	f := a.world.InTheLongRun(send.Where, at)
	for _, n := range a.Nevers {
		f = logic.And(f, logic.Not(a.world.InTheLongRun(n.Cond, at)))
	}
	return f
}

// stuck is which contacts stay in a stage for ever and get nothing any more.
func (a *arrivals) stuck(s *check.Stage) *logic.Formula {
	at := logic.At{Stage: s}
	f := logic.True
	for _, r := range s.Rules {
		if r.After != nil {
			f = logic.And(f, logic.Not(a.leads(r, at, true)))
		}
	}
	for _, e := range s.Entry {
		if e.Hand != nil && a.comesBack(s, e.Hand) {
			f = logic.False
		}
	}
	if f == logic.False {
		return f
	}
	f = logic.And(f, logic.Not(a.moving(at, true)))
	gone := a.movingOn(s, check.Exhausted, nil)
	for _, send := range s.Sends {
		quiet, empty := a.quiet(s, send)
		if send.Every == nil {
			if o := send.Offers[0]; endless(o) { // it goes out once a stay
				quiet = logic.Or(logic.Not(a.letThrough(s, send, o)), a.sent(o))
			}
			entry := logic.At{Stage: s, Stay: logic.After(calendar.Duration{})}
			if a.world.Can(logic.And(logic.Not(a.moving(entry, false)), logic.Not(a.sent(send.Offers[0])))) {
				empty = logic.False // somebody got it here
			}
		}
		f = logic.And(f, quiet, logic.Not(logic.And(empty, gone)))
	}
	return f
}

// movingOn is when a rule for an event that the runtime raises itself leads on.
func (a *arrivals) movingOn(s *check.Stage, kind check.EventKind, h *check.Handoff) *logic.Formula {
	f := logic.False
	for _, r := range a.graph.Rules(s) {
		if r.On != nil && r.On.Kind == kind && r.On.Handoff == h {
			f = logic.Or(f, a.leads(r.Rule, logic.At{Stage: s}, true))
		}
	}
	return f
}

// comesBack says whether a hand-off that a stage gives is answered or overdue in it, for certain: one that is open when the
// stage is entered may have been both before.
func (a *arrivals) comesBack(s *check.Stage, h *check.Handoff) bool {
	if h.Accept == nil {
		return false
	}
	if a.comesSpent(s, h, map[*check.Stage]bool{}) {
		return false
	}
	for _, other := range a.graph.Stages {
		if other.Program.Track != s.Program.Track && hands(other, h) && a.rests(other) {
			return false
		}
	}
	return true
}

// comesSpent says whether contacts can come to a stage with a hand-off open that was answered or overdue already.
func (a *arrivals) comesSpent(s *check.Stage, h *check.Handoff, seen map[*check.Stage]bool) bool {
	seen[s] = true
	for _, w := range a.graph.In(s) {
		from := w.From
		if from == nil || from.Program != s.Program || !a.reached(from) || closes(w.Rule.Rule, h) || len(a.taken(from, w)) == 0 {
			continue
		}
		open := a.mayBeOpen(from, h, map[*check.Stage]bool{})
		if w.Rule.On != nil && w.Rule.On.Handoff == h && open || !hands(from, h) && open && !a.answered(from, h) || !seen[from] && a.comesSpent(from, h, seen) {
			return true
		}
	}
	return false
}

// mayBeOpen says whether a hand-off can be open in a stage.
func (a *arrivals) mayBeOpen(s *check.Stage, h *check.Handoff, seen map[*check.Stage]bool) bool {
	seen[s] = true
	return hands(s, h) && a.rests(s) || slices.ContainsFunc(a.graph.In(s), func(w *graph.Way) bool {
		from := w.From
		return from != nil && from.Program == s.Program && !seen[from] && a.reached(from) && !closes(w.Rule.Rule, h) && len(a.taken(from, w)) > 0 && a.mayBeOpen(from, h, seen)
	})
}

// answered says whether a stage that does not give a hand-off surely leads on when it is accepted, and when it is overdue.
func (a *arrivals) answered(s *check.Stage, h *check.Handoff) bool {
	for _, e := range append(slices.Clone(h.Outcomes), h.Overdue) {
		if closes(&check.Rule{On: e}, h) {
			continue
		}
		leads := logic.False
		for _, r := range a.graph.Rules(s) {
			if r.On == e {
				leads = logic.Or(leads, a.leads(r.Rule, logic.At{Stage: s}, true))
			}
		}
		if !a.world.Must(leads) {
			return false
		}
	}
	return true
}

// exit is a way that a contact takes that is not heard of any more, when nothing was sent to it in the stage.
type exit struct {
	way  *graph.Way
	as   *logic.Formula // who takes it
	late bool           // some time after the stage was entered
}

// exits are the silent ways out of a stage in the order of time. Whoever takes one takes none of those before it. Who comes with a
// hand-off open has it answered or overdue already.
func (a *arrivals) exits(s *check.Stage, open bool) []exit {
	var all []exit
	here, quiet := logic.True, logic.True // who is still there, and has got nothing
	if !a.rests(s) {
		here = logic.Or(a.at[s].as...)
	}
	look := func(at logic.At, looked func(r graph.Rule) bool) {
		for _, r := range a.graph.Rules(s) {
			if !looked(r) {
				continue
			}
			for _, w := range a.graph.Out(s) {
				if w.Rule.Rule == r.Rule {
					if as := logic.And(here, quiet, a.fits(w, at, true)); a.world.Can(as) {
						all = append(all, exit{w, as, !at.Stay.IsZero()})
					}
				}
			}
			here = logic.And(here, logic.Not(a.leads(r.Rule, at, true)))
		}
	}
	for _, d := range a.instants(s) {
		if here == logic.False || quiet == logic.False {
			break
		}
		at := logic.At{Stage: s, Stay: logic.After(d)}
		for _, e := range s.Entry {
			if h := e.Hand; h != nil && h.Accept != nil && *h.Accept == d && !open {
				look(at, func(r graph.Rule) bool { return r.On == h.Overdue })
			}
		}
		look(at, func(r graph.Rule) bool {
			return r.When != nil || r.After != nil && r.After.Elapsed() <= d.Elapsed()
		})
		for _, send := range s.Sends {
			if in(send) != d {
				continue
			}
			silent, empty := a.quiet(s, send)
			stay := here
			here = logic.And(here, empty)
			look(at, func(r graph.Rule) bool { return r.On != nil && r.On.Kind == check.Exhausted })
			here = logic.And(stay, logic.Or(logic.Not(empty), here))
			quiet = logic.And(quiet, silent)
		}
	}
	return all
}

// instants are the lengths of a stay after which something can happen to a silent contact in a stage, shortest first.
func (a *arrivals) instants(s *check.Stage) []calendar.Duration {
	all := []calendar.Duration{{}}
	for _, r := range a.graph.Rules(s) {
		if r.After != nil {
			all = append(all, *r.After)
		}
		if r.When != nil {
			all = a.staysIn(r.When.Root, all, 0)
		}
	}
	for _, e := range s.Entry {
		if e.Hand != nil && e.Hand.Accept != nil {
			all = append(all, *e.Hand.Accept)
		}
	}
	for _, send := range s.Sends {
		all = append(all, in(send))
	}
	slices.SortFunc(all, func(x, y calendar.Duration) int { return cmp.Compare(x.Elapsed(), y.Elapsed()) })
	return slices.Compact(all)
}

// staysIn adds the durations with which a condition compares the stay in a stage.
func (a *arrivals) staysIn(n *cond.Node, all []calendar.Duration, depth int) []calendar.Duration {
	if n == nil || depth > 50 {
		return all
	}
	if n.Op == cond.Segment {
		for _, s := range a.Segments {
			if s.Name == n.Name {
				return a.staysIn(s.Cond.Root, all, depth+1)
			}
		}
	}
	if len(n.Args) == 2 {
		for i, side := range n.Args {
			if side.Op == cond.Since && len(side.Args) == 1 && side.Args[0].Op == cond.StageEntered {
				all = append(all, n.Args[1-i].Dur)
			}
		}
	}
	for _, x := range n.Args {
		all = a.staysIn(x, all, depth+1)
	}
	return all
}

// elsewhere is who gets nothing any more on the tracks beside one: out of their programs, or stuck there.
func (a *arrivals) elsewhere(t *check.Track) *logic.Formula {
	all := logic.True
	for _, other := range a.Tracks {
		if other != t {
			all = logic.And(all, a.quietOn(other))
		}
	}
	return all
}

func (a *arrivals) quietOn(t *check.Track) *logic.Formula {
	if f := a.quietTracks[t]; f != nil {
		return f
	}
	taken := logic.False
	for _, r := range t.Rules {
		if r.When != nil {
			taken = logic.Or(taken, a.leads(r, logic.At{}, true))
		}
	}
	for _, p := range entered(a.Programs, t) {
		if !a.passed(p, nil) {
			taken = logic.Or(taken, a.world.InTheLongRun(p.Enter, logic.At{}))
		}
	}
	f := logic.Not(taken)
	for _, s := range a.graph.Stages {
		if s.Program.Track == t && f != logic.True && a.rests(s) {
			f = logic.Or(f, a.stuck(s))
		}
	}
	a.quietTracks[t] = f
	return f
}
