package lint

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/graph"
	"nurture/lang/logic"
)

// arrivals are the stages that contacts can come to, on what the pages of the rules take for granted: what is known of a
// contact can change at any time, as a contacts file may say anything; everything from outside can happen at any time; it is
// open which offers it was sent before. So a contact that rests in a stage can be of any kind for which none of the stage's
// `when`s holds. One that only passes through, as its `when`s always hold, is of the kind that came.
type arrivals struct {
	*look
	at    map[*check.Stage]*arrival
	queue []*check.Stage

	given       map[*check.Handoff]bool // a stage that somebody rests in hands to it
	tasks       bool                    // a stage that somebody rests in gives a task
	done        map[*check.Program]bool // somebody leaves it by `done`
	left        map[*check.Track]bool   // and is in no program of the track then
	whens       map[whensKey]*logic.Formula
	sentAs      map[*check.Offer]*cond.Expr
	fitsAs      map[fitKey]*cond.Expr
	quietTracks map[*check.Track]*logic.Formula
}

// arrival is who comes to a stage.
type arrival struct {
	rests bool             // somebody does not move on at once
	as    []*logic.Formula // what those are like who come, as far as that matters
}

type whensKey struct {
	at     logic.At
	silent bool
}

// mostKinds is how many kinds of contacts that pass a stage are told apart.
const mostKinds = 16

// arrivals works out once where contacts can be.
func (l *look) arrivals() *arrivals {
	if l.allArrivals != nil {
		return l.allArrivals
	}
	a := &arrivals{
		look: l, at: map[*check.Stage]*arrival{}, given: map[*check.Handoff]bool{}, done: map[*check.Program]bool{}, left: map[*check.Track]bool{},
		whens: map[whensKey]*logic.Formula{}, sentAs: map[*check.Offer]*cond.Expr{}, fitsAs: map[fitKey]*cond.Expr{}, quietTracks: map[*check.Track]*logic.Formula{},
	}
	l.allArrivals = a
	a.outside()
	for len(a.queue) > 0 {
		s := a.queue[0]
		a.queue = a.queue[1:]
		a.from(s)
		if len(a.queue) == 0 {
			a.outside() // what was found may let more in
		}
	}
	return a
}

func (a *arrivals) reached(s *check.Stage) bool { return a.at[s] != nil }
func (a *arrivals) rests(s *check.Stage) bool   { return a.at[s] != nil && a.at[s].rests }

// arrive lets contacts of a kind into a stage.
func (a *arrivals) arrive(s *check.Stage, as *logic.Formula) {
	here := a.at[s]
	if here == nil {
		here = &arrival{}
		a.at[s] = here
	}
	if here.rests && !a.choosesAtOnce(s) || slices.ContainsFunc(here.as, func(f *logic.Formula) bool { return f.Key() == as.Key() }) {
		return
	}
	if len(here.as) >= mostKinds {
		as = logic.True
	}
	here.as = append(here.as, as)
	a.queue = append(a.queue, s)
	if !here.rests && a.world.Can(logic.And(as, logic.Not(a.moving(logic.At{Stage: s, Stay: logic.After(calendar.Duration{})}, false)))) {
		here.rests = true
		a.rest(s)
	}
}

// rest notes what a stage in which somebody rests does on entry: it makes events possible elsewhere.
func (a *arrivals) rest(s *check.Stage) {
	more := false
	for _, e := range s.Entry {
		switch {
		case e.Hand != nil:
			a.given[e.Hand], more = true, true
		case e.Task != nil && !a.tasks:
			a.tasks, more = true, true
		}
	}
	again := map[*check.Program]bool{} // what is possible there may hang on who comes with a hand-off, and who without
	for _, w := range a.graph.Out(s) {
		if w.To != nil && slices.ContainsFunc(w.To.Program.Stages, handsSomething) {
			again[w.To.Program] = true
		}
	}
	if len(again) == 0 && !more {
		return
	}
	for _, other := range a.graph.Stages {
		if a.reached(other) && (more || again[other.Program]) {
			a.queue = append(a.queue, other)
		}
	}
}

// handsSomething says whether a stage hands contacts to people, hands whether it gives this hand-off.
func handsSomething(s *check.Stage) bool {
	return slices.ContainsFunc(s.Entry, func(e check.Entry) bool { return e.Hand != nil })
}

// from follows the ways that lead from a stage.
func (a *arrivals) from(s *check.Stage) {
	for _, w := range a.graph.Out(s) {
		if w.To == nil && a.done[s.Program] || w.To != nil && a.rests(w.To) && !a.choosesAtOnce(w.To) {
			continue
		}
		for _, as := range a.taken(s, w) {
			if w.To != nil {
				a.arrive(w.To, as)
				continue
			}
			a.done[s.Program], a.left[s.Program.Track] = true, true
		}
	}
}

// taken are the kinds of contacts that take a way from a stage; none where nobody can.
func (a *arrivals) taken(s *check.Stage, w *graph.Way) []*logic.Formula {
	if !a.reached(s) {
		return nil
	}
	if !a.rests(s) {
		return a.passing(s, w)
	}
	var kinds []*logic.Formula
	if f := a.way(s, w); a.world.Can(f) {
		kinds = append(kinds, written(w, f))
	}
	if r := w.Rule; r.On != nil && r.On.Kind == check.Exhausted {
		kinds = append(kinds, a.passing(s, w)...)
	}
	return kinds
}

// choosesAtOnce says whether it matters who comes to a stage even where somebody rests: a touch is due on entry, and `exhausted` leads
// those on for whom there is nothing.
func (a *arrivals) choosesAtOnce(s *check.Stage) bool {
	return slices.ContainsFunc(s.Sends, func(x *check.Send) bool { return in(x).IsZero() }) &&
		slices.ContainsFunc(a.graph.Rules(s), func(r graph.Rule) bool { return r.On != nil && r.On.Kind == check.Exhausted })
}

// passing are the kinds of contacts that take a way at the instant at which they come.
func (a *arrivals) passing(s *check.Stage, w *graph.Way) (kinds []*logic.Formula) {
	at := logic.At{Stage: s, Stay: logic.After(calendar.Duration{})}
	now := logic.And(a.fits(w, at, false), logic.Not(a.earlier(s, w, at)))
	switch r := w.Rule; {
	case r.When != nil:
	case r.On != nil && r.On.Kind == check.Exhausted:
		now = logic.And(now, logic.Not(a.moving(at, false)), a.nothingAtOnce(s, func(c column) bool { return !slices.ContainsFunc(c.offers, endless) }))
	default:
		return nil
	}
	for _, as := range a.at[s].as {
		if f := logic.And(as, now); a.world.Can(f) {
			kinds = append(kinds, written(w, f))
		}
	}
	return kinds
}

// written is what contacts are like after a way: what a rule makes of them is taken as open.
func written(w *graph.Way, f *logic.Formula) *logic.Formula {
	if writes(w.Then) {
		return logic.True
	}
	return f
}

// nothingAtOnce is for whom a touch that is due on entry has a column of a sort.
func (a *arrivals) nothingAtOnce(s *check.Stage, is func(column) bool) *logic.Formula {
	all := logic.False
	for _, send := range s.Sends {
		if !in(send).IsZero() {
			continue
		}
		for _, c := range a.columns(send, logic.At{Stage: s}, false) {
			if is(c) {
				all = logic.Or(all, c.is)
			}
		}
	}
	return all
}

// writes says whether a rule writes what conditions see: what it makes of the contact is taken as open.
func writes(then *check.Then) bool {
	return then != nil && slices.ContainsFunc(then.Actions, func(x *check.Action) bool { return x.Kind != check.TagContact })
}

// way is for whom a way out of a stage in which they rest can be taken.
func (a *arrivals) way(s *check.Stage, w *graph.Way) *logic.Formula {
	at := logic.At{Stage: s}
	rests := logic.Not(a.moving(at, false))
	switch r := w.Rule; {
	case r.When != nil:
		return logic.And(a.fits(w, at, false), logic.Not(a.earlier(s, w, at)), a.beforeAfters(s, r.Rule))
	case r.After != nil:
		return a.after(s, w)
	case r.On.Kind == check.Exhausted:
		return logic.And(rests, a.fits(w, at, false), logic.Not(a.earlier(s, w, at)), a.exhausts(s))
	case r.On.Kind == check.Overdue:
		return logic.And(rests, a.fits(w, at, false), logic.Not(a.earlier(s, w, at)), a.fallsDue(s, r.On, map[*check.Stage]bool{}))
	case !a.happens(r.On):
		return logic.False
	case r.On.Kind == check.Response || r.On.Name == "submitted": // it may write fields, and then come to this rule
		return logic.And(a.fits(w, at, false), logic.Not(a.earlier(s, w, at)))
	default:
		return logic.And(rests, a.fits(w, at, false), logic.Not(a.earlier(s, w, at)))
	}
}

// happens says whether an event can come from outside.
func (a *arrivals) happens(e *check.Event) bool {
	switch {
	case e.Kind == check.Outcome:
		return a.given[e.Handoff]
	case e.Kind == check.TaskEvent:
		return a.tasks
	}
	return e.Name != "sent" // what we send ourselves wakes no rule
}

// fits is when a rule holds and its arm is the one that fits.
func (a *arrivals) fits(w *graph.Way, at logic.At, silent bool) *logic.Formula {
	return logic.And(a.holds(w.Rule.Rule, at, silent), a.arm(w.Rule.Rule, w.Arm, at, silent))
}

func (a *arrivals) holds(r *check.Rule, at logic.At, silent bool) *logic.Formula {
	e := r.Where
	if r.When != nil {
		e = r.When
	}
	return a.of(e, at, silent)
}

func (a *arrivals) of(e *cond.Expr, at logic.At, silent bool) *logic.Formula {
	if silent {
		return a.world.InTheLongRun(e, at)
	}
	return a.world.Of(e, at)
}

type fitKey struct {
	m     *check.Match
	value string
}

// arm is when an arm of a match is the first that fits.
func (a *arrivals) arm(r *check.Rule, arm *check.Arm, at logic.At, silent bool) *logic.Formula {
	if arm == nil {
		return logic.True
	}
	one := func(x *check.Arm) *logic.Formula {
		if x.Otherwise {
			return logic.True
		}
		any := logic.False
		for _, v := range x.Values {
			key := fitKey{r.Match, v}
			if a.fitsAs[key] == nil && r.Match.Field != nil && r.Match.Field.Root != nil {
				a.fitsAs[key] = &cond.Expr{Root: &cond.Node{Op: cond.Eq, Type: cond.Bool, Args: []*cond.Node{r.Match.Field.Root, {Op: cond.ConstText, Type: cond.Text, Text: v}}}}
			}
			any = logic.Or(any, a.of(a.fitsAs[key], at, silent))
		}
		return any
	}
	f := one(arm)
	for _, x := range r.Match.Arms {
		if x == arm {
			break
		}
		f = logic.And(f, logic.Not(one(x)))
	}
	return f
}

// leads is when a rule that is looked at leads somewhere. Outside of programs there is nothing to be done with.
func (a *arrivals) leads(r *check.Rule, at logic.At, silent bool) *logic.Formula {
	leads := func(t *check.Target) bool { return t != nil && (at.Stage != nil || !t.Done) }
	if r.Match == nil {
		if !leads(r.Then.Target) {
			return logic.False
		}
		return a.holds(r, at, silent)
	}
	any := logic.False
	for _, arm := range r.Match.Arms {
		if leads(arm.Then.Target) {
			any = logic.Or(any, a.arm(r, arm, at, silent))
		}
	}
	return logic.And(a.holds(r, at, silent), any)
}

// moving is when a `when` moves a contact that is in a stage.
func (a *arrivals) moving(at logic.At, silent bool) *logic.Formula {
	key := whensKey{at, silent}
	if f := a.whens[key]; f != nil {
		return f
	}
	var all []*logic.Formula
	for _, r := range a.graph.Rules(at.Stage) {
		if r.When != nil {
			all = append(all, a.leads(r.Rule, at, silent))
		}
	}
	f := logic.Or(all...)
	a.whens[key] = f
	return f
}

// earlier is when a rule before that of a way takes the same input. An event may have changed what `when`s before it see; the
// other rules for it matter as far as they stand before.
func (a *arrivals) earlier(s *check.Stage, w *graph.Way, at logic.At) *logic.Formula {
	var all []*logic.Formula
	for _, r := range a.graph.Rules(s) {
		if r.Rule == w.Rule.Rule {
			break
		}
		if r.When != nil && w.Rule.When != nil || r.On != nil && r.On == w.Rule.On || r.When != nil && w.Rule.On != nil {
			all = append(all, a.leads(r.Rule, at, false))
		}
	}
	return logic.Or(all...)
}

// beforeAfters is the time in a stage before an `after` moves everybody on; a rule that stands before it still wins at that instant.
func (a *arrivals) beforeAfters(s *check.Stage, rule *check.Rule) *logic.Formula {
	f := logic.True
	for _, r := range s.Rules {
		if r.After != nil && a.world.Must(a.leads(r, logic.At{Stage: s}, false)) {
			f = logic.And(f, logic.Not(logic.Stayed(*r.After, rule != nil && a.standsBefore(s, rule, r))))
		}
	}
	return f
}

// standsBefore says whether a rule is looked at before another one.
func (a *arrivals) standsBefore(s *check.Stage, rule, other *check.Rule) bool {
	for _, r := range a.graph.Rules(s) {
		switch r.Rule {
		case rule:
			return true
		case other:
			return false
		}
	}
	return false
}

// after is for whom an `after` is the one that is taken: nothing has moved them before, nothing that stands before it moves
// them now.
func (a *arrivals) after(s *check.Stage, w *graph.Way) *logic.Formula {
	mine := w.Rule.After.Elapsed()
	at, free := logic.At{Stage: s, Stay: logic.After(*w.Rule.After)}, logic.At{Stage: s}
	now := []*logic.Formula{a.arm(w.Rule.Rule, w.Arm, at, false)}
	until := []*logic.Formula{logic.Not(a.moving(free, false)), logic.Not(logic.Stayed(*w.Rule.After, false))}
	for _, d := range a.instants(s) {
		if d.Elapsed() < mine {
			until = append(until, logic.Stayed(d, false)) // they were there still at the last instant before it at which something happens
		}
	}
	before := true
	for _, r := range a.graph.Rules(s) {
		if r.Rule == w.Rule.Rule {
			before = false
			continue
		}
		switch {
		case r.When != nil && before:
			now = append(now, logic.Not(a.leads(r.Rule, at, false)))
		case r.After != nil:
			leads := a.leads(r.Rule, at, false)
			if r.After.Elapsed() < mine {
				until = append(until, logic.Not(leads))
			}
			if before && r.After.Elapsed() <= mine {
				now = append(now, logic.Not(leads))
			}
		}
	}
	return logic.And(logic.And(now...), logic.And(until...))
}

// exhausts is for whom a touch of a stage can find nothing left, given that everything that goes out once has gone out.
func (a *arrivals) exhausts(s *check.Stage) *logic.Formula {
	var all []*logic.Formula
	for _, send := range s.Sends {
		first := in(send)
		if first.IsZero() && send.Every != nil { // whom the touch on entry leads on is said by passing
			first = *send.Every
		}
		due := logic.And(a.beforeAfters(s, nil), logic.Stayed(first, false))
		for _, c := range a.columns(send, logic.At{Stage: s}, false) {
			if !slices.ContainsFunc(c.offers, endless) {
				all = append(all, logic.And(due, c.is))
			}
		}
	}
	return logic.Or(all...)
}

// in is how long a send waits for its first touch.
func in(s *check.Send) calendar.Duration {
	if s.In == nil {
		return calendar.Duration{}
	}
	return *s.In
}

// endless is an offer that can be sent again and again.
func endless(o *check.Offer) bool { return o.RepeatAfter != nil && o.Expires == nil }

// column is what a send offers some contacts, and who they are.
type column struct {
	is     *logic.Formula
	offers []*check.Offer
}

// columns are what a send offers: the columns of its map, and nothing for those whom none is for; or its list.
func (a *arrivals) columns(send *check.Send, at logic.At, silent bool) []column {
	if send.Map == nil {
		return []column{{logic.True, send.Offers}}
	}
	var all []column
	others := logic.True
	for i, segment := range send.Map.Columns {
		c := column{is: others}
		if segment != nil {
			is := a.of(segment.Cond, at, silent)
			c.is, others = logic.And(others, is), logic.And(others, logic.Not(is))
		} else {
			others = logic.False
		}
		for _, row := range send.Map.Rows {
			if i < len(row.Cells) {
				c.offers = append(c.offers, row.Cells[i]...)
			}
		}
		all = append(all, c)
	}
	return append(all, column{is: others})
}

// fallsDue is for whom a hand-off can get overdue while they are in a stage: it is given there, or came with them from a stage
// of the same program, not answered and not overdue; or it is given on another track.
func (a *arrivals) fallsDue(s *check.Stage, e *check.Event, seen map[*check.Stage]bool) *logic.Formula {
	h := e.Handoff
	if h.Accept == nil || !a.given[h] {
		return logic.False
	}
	for _, other := range a.graph.Stages {
		if other.Program.Track != s.Program.Track && hands(other, h) && a.rests(other) {
			return logic.True
		}
	}
	seen[s] = true
	for _, w := range a.graph.In(s) {
		if w.From == nil || w.From.Program != s.Program || !a.reached(w.From) || w.Rule.On != nil && w.Rule.On.Handoff == h || !a.open(w) {
			continue
		}
		if hands(w.From, h) && a.rests(w.From) && a.comesFree(w.From, h, map[*check.Stage]bool{}) || !seen[w.From] && a.fallsDue(w.From, e, seen) != logic.False {
			return logic.True
		}
	}
	if !hands(s, h) || !a.comesFree(s, h, map[*check.Stage]bool{}) {
		return logic.False
	}
	return logic.And(logic.Stayed(*h.Accept, false), a.overdueBeforeAfters(s))
}

// comesFree says whether contacts can come to a stage with a hand-off not open, so that it is given there.
func (a *arrivals) comesFree(s *check.Stage, h *check.Handoff, seen map[*check.Stage]bool) bool {
	seen[s] = true
	for _, w := range a.graph.In(s) {
		switch {
		case w.From == nil:
			return true
		case w.From.Program != s.Program:
			if a.reached(w.From) && a.open(w) {
				return true
			}
		case !a.reached(w.From) || seen[w.From] || !a.open(w):
		case closes(w.Rule.Rule, h), !(hands(w.From, h) && a.rests(w.From)) && a.comesFree(w.From, h, seen):
			return true
		}
	}
	return s == s.Program.Stages[0] && s.Program.Enter != nil
}

// open says whether a way can be taken, as far as that does not hang on hand-offs.
func (a *arrivals) open(w *graph.Way) bool {
	return w.Rule.On != nil && w.Rule.On.Kind == check.Overdue || len(a.taken(w.From, w)) > 0
}

// closes says whether a rule is for an outcome that ends a hand-off.
func closes(r *check.Rule, h *check.Handoff) bool {
	return r.On != nil && r.On.Handoff == h && r.On.Kind == check.Outcome && r.On.Name != h.Name+".accepted"
}

// overdueBeforeAfters is beforeAfters for what is looked at before every `after` of an instant.
func (a *arrivals) overdueBeforeAfters(s *check.Stage) *logic.Formula {
	f := logic.True
	for _, r := range s.Rules {
		if r.After != nil && a.world.Must(a.leads(r, logic.At{Stage: s}, false)) {
			f = logic.And(f, logic.Not(logic.Stayed(*r.After, true)))
		}
	}
	return f
}

func hands(s *check.Stage, h *check.Handoff) bool {
	return slices.ContainsFunc(s.Entry, func(e check.Entry) bool { return e.Hand == h })
}
