package engine

import (
	"nurture/lang/calendar"
	"nurture/lang/compile"
)

// Wake is the next instant after s.At at which something is due for the contact without a new input, or
// calendar.Never: a touch, the end of a hold, an `after`, an overdue hand-off or task, or a condition that time alone
// may change. Nothing else needs to look at the contact before.
func Wake(p *compile.Program, s *State) int64 {
	if !s.Arrived {
		return calendar.Never
	}
	w := wake{p: p, s: s, ctx: s.show(p), next: calendar.Never}
	for t := range s.Tracks {
		place(p, s, w.ctx, t)
		w.track(t)
	}
	for i := range s.Hands {
		w.at(handDue(p, s, &s.Hands[i]))
	}
	for i := range s.Tasks {
		w.at(s.Tasks[i].due(s))
	}
	return w.next
}

type wake struct {
	p    *compile.Program
	s    *State
	ctx  *compile.Ctx
	next int64
}

func (w *wake) at(t int64) {
	if t > w.s.At {
		w.next = min(w.next, t)
	}
}

func (w *wake) track(t int) {
	pos := &w.s.Tracks[t]
	if pos.Stage >= 0 {
		stage := &w.p.Stages[pos.Stage]
		for i := range pos.Touches {
			w.touch(pos, i)
		}
		w.rules(pos, stage.Rules)
		w.rules(pos, w.p.Programs[stage.Program].Rules)
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
		if rule.IsAfter {
			w.at(w.s.Zone.Add(pos.StageEntered, rule.After))
		} else if rule.When.Next != nil {
			w.at(rule.When.Next(w.ctx))
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

// touch is woken when it is due or its hold ends. One that was refused and stays due is woken when what refused it may
// change.
func (w *wake) touch(pos *Position, i int) {
	touch := &pos.Touches[i]
	due := touchDue(w.p, w.s, pos, i)
	if due == calendar.Never {
		return
	}
	if due = max(due, touch.Held); due > w.s.At {
		w.at(due)
		return
	}
	send := &w.p.Stages[pos.Stage].Sends[i]
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
	w.ctx.Offer = compile.None
}
