package engine

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
)

// Wake is the next instant after s.At at which something is due for the contact without a new input, or
// calendar.Never: a touch, the end of a hold, an `after`, an overdue hand-off or task, or a condition that time alone
// may change. Nothing else needs to look at the contact before.
//
// What is no touch changes only when something happens, or at an instant that can be told: State.quiet keeps it, and until
// then neither Wake nor a step that only has touches to decide looks at any of it again.
func Wake(p *compile.Program, s *State) int64 {
	if !s.Arrived {
		return calendar.Never
	}
	if s.of != p {
		s.suit(p)
	}
	w := wake{p: p, s: s, next: s.quiet}
	if w.next == 0 {
		w.next = calendar.Never
		w.quiet()
		if !w.left && !s.circled {
			s.quiet = w.next
		}
	}
	for t := range s.Tracks {
		pos := &s.Tracks[t]
		for i := range pos.Touches {
			touch := &pos.Touches[i]
			if due := max(touchDue(s, pos, i), touch.Held); due > s.At {
				w.next = min(w.next, due)
			} else {
				w.refused(t, i)
			}
		}
	}
	return w.next
}

// stirred ends the quiet where a message that was sent may have made a rule true: the next step looks.
func (r *run) stirred() {
	for t := range r.s.Tracks {
		stage := r.s.Tracks[t].is
		if r.p.Tracks[t].BySending || stage != nil && stage.BySending {
			r.s.quiet = 0
		}
	}
}

type wake struct {
	p    *compile.Program
	s    *State
	ctx  *compile.Ctx
	next int64
	left bool // a timer is over and nothing came of it: it is the next step's, whenever that is
}

func (w *wake) at(t int64) {
	if t > w.s.At {
		w.next = min(w.next, t)
	}
}

func (w *wake) timer(t int64) {
	w.at(t)
	w.left = w.left || t <= w.s.At
}

// quiet is woken by what is no touch.
func (w *wake) quiet() {
	for t := range w.s.Tracks {
		w.look(t)
		w.track(t)
	}
	for i := range w.s.Hands {
		w.timer(handDue(w.p, w.s, &w.s.Hands[i]))
	}
	for i := range w.s.Tasks {
		w.timer(w.s.Tasks[i].due(w.s))
	}
}

// look prepares what conditions are shown of the contact where it stands on a track.
func (w *wake) look(t int) {
	w.ctx = &w.s.ctx
	w.ctx.Event = nil
	place(w.s, w.ctx, t)
}

func (w *wake) track(t int) {
	pos := &w.s.Tracks[t]
	if pos.is != nil {
		w.rules(pos, pos.is.Rules)
		w.rules(pos, w.p.Programs[pos.is.Program].Rules)
	}
	w.rules(pos, w.p.Tracks[t].Rules)
	for _, i := range w.p.Tracks[t].Programs {
		w.entry(pos, &w.p.Programs[i], &w.s.Records[i])
	}
}

// rules are woken when their conditions may next change, and when their `after` is over.
func (w *wake) rules(pos *Position, rules []compile.Rule) {
	for i := range rules {
		rule := &rules[i]
		switch {
		case rule.When.Next != nil:
			w.at(rule.When.Next(w.ctx))
		case rule.IsAfter && !slices.Contains(pos.Acted, rule.ID):
			w.timer(w.s.Zone.Add(pos.StageEntered, rule.After))
		}
	}
}

func (w *wake) entry(pos *Position, program *compile.Playlet, record *Record) {
	free := pos.Stage < 0
	if !free && !record.NeedFalse {
		return
	}
	from := entryFrom(w.s, program, record)
	if from == calendar.Never {
		return
	}
	if free {
		w.at(from)
	}
	w.at(program.Enter.Wake(w.ctx))
}

// refused is a touch that was refused and stays due: woken when what refused it may change.
func (w *wake) refused(track, i int) {
	w.look(track)
	send := &w.s.Tracks[track].is.Sends[i]
	w.at(w.p.Policy.Consent.Wake(w.ctx))
	for _, o := range send.Offers {
		w.ctx.Offer = o
		w.at(send.Where.Wake(w.ctx))
		for n := range w.p.Nevers {
			w.at(w.p.Nevers[n].Cond.Wake(w.ctx))
		}
		if o := &w.p.Offers[o]; o.Expires != compile.NotExpired {
			w.at(w.s.Zone.Start(calendar.Date(o.Expires) + 1))
		}
	}
}
