package lint

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/graph"
	"nurture/lang/logic"
)

var idleLoop = &Rule{
	ID: "NUR405", Name: "idle-loop", Title: "a loop that contacts go round and get nothing", Family: Holes, Severity: diag.Warning,
	Why: "Time moves a contact from stage to stage and back to where it was, and when everything on the way has been sent once it gets nothing more, for ever: it looks busy, and is a hole. Put something that repeats on the way (a newsletter), or end the loop in a stage that has it.\n\n" +
		"The contact is the one of `dead-end`: nothing is heard of it and what is known of it stays as it is. A loop in which a rule writes a field is none: something happens there. Nor is one that leads out by `done` and in again. A hand-off that a contact takes along into another stage of the program, still to be answered, is not followed.",
	Bad: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send second_look
    on response -> sales_cycle
    after 90d   -> «discover»
  }
}
`,
	Good: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
    after 90d   -> discover
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		exits, late := map[stay][]exit{}, map[*graph.Way]bool{}
		for s := range a.onCircles() {
			if beside := a.elsewhere(s.Program.Track); a.reached(s) && l.world.Can(beside) {
				for _, here := range []stay{{s, false}, {s, true}} {
					if here.open && !a.spent(s) {
						continue
					}
					for _, e := range a.exits(s, here.open) {
						if e.way.To != nil && !writes(e.way.Then) && !a.caught(here, e) {
							exits[here] = append(exits[here], exit{e.way, logic.And(e.as, beside), e.late})
							late[e.way] = late[e.way] || e.late
						}
					}
				}
			}
		}
		for _, loop := range l.loops(exits) {
			if slices.ContainsFunc(loop, func(w *graph.Way) bool { return late[w] }) {
				l.reportLoop(loop, "a contact that falls silent goes round for ever and gets nothing any more: %s; send something that repeats on the way, or end the loop")
			}
		}
	},
}

// onCircles are the stages from which silent ways may lead back to them: what has no such way in or out is taken away until
// nothing more goes.
func (a *arrivals) onCircles() map[*check.Stage]bool {
	left := map[*check.Stage]bool{}
	for _, s := range a.graph.Stages {
		left[s] = true
	}
	goesOn := func(s *check.Stage) bool {
		return slices.ContainsFunc(a.graph.Out(s), func(w *graph.Way) bool { return left[w.To] && silentWay(w) }) &&
			slices.ContainsFunc(a.graph.In(s), func(w *graph.Way) bool { return left[w.From] && silentWay(w) })
	}
	for again := true; again; {
		again = false
		for s := range left {
			if !goesOn(s) {
				delete(left, s)
				again = true
			}
		}
	}
	return left
}

var instantLoop = &Rule{
	ID: "NUR406", Name: "instant-loop", Title: "a circle that is gone round at one instant", Family: Holes, Severity: diag.Warning,
	Why: "A `when` is a level: it is taken as soon as the contact is in the stage and it holds. `on exhausted` is taken as soon as a touch is due that has nothing left. These lead in a circle, and for some contacts each of them is taken at once, so that a run moves the contact 16 times, writes an `error` in the journal and leaves it where it is then. Make the conditions exclude each other, or let one of them wait (`since(stage.entered) >= 7d`, `send … in 7d`). A circle in which a rule writes a field is not looked at.",
	Bad: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send digest in 1mo every 1mo
    when contact.role == "it" -> reprofile
    after 90d -> longterm
  }
  stage reprofile {
    send second_look in 14d
    when known(contact.company) -> «not_ready»
    after 90d -> longterm
  }
}
`,
	Good: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send digest in 1mo every 1mo
    when contact.role == "it" -> reprofile
    after 90d -> longterm
  }
  stage reprofile {
    send second_look in 14d
    when contact.role == "developer" -> not_ready
    after 90d -> longterm
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		exits := map[stay][]exit{}
		for _, s := range l.graph.Stages {
			if !a.reached(s) {
				continue
			}
			at := logic.At{Stage: s, Stay: logic.After(calendar.Duration{})}
			come := logic.True
			if !a.rests(s) {
				come = logic.Or(a.at[s].as...)
			}
			for _, w := range l.graph.Out(s) {
				as := logic.And(come, a.fits(w, at, false), logic.Not(a.earlier(s, w, at)))
				switch {
				case writes(w.Then):
					continue
				case w.Rule.When != nil:
				case w.Rule.On != nil && w.Rule.On.Kind == check.Exhausted:
					as = logic.And(as, logic.Not(a.moving(at, false)), a.exhaustedAtOnce(s))
				default:
					continue
				}
				for _, on := range a.onwards(exit{way: w, as: as}) {
					if l.world.Can(on.as) {
						for _, here := range []stay{{s, false}, {s, true}} {
							exits[here] = append(exits[here], on)
						}
					}
				}
			}
		}
		for _, loop := range l.loops(exits) {
			l.reportLoop(loop, "these rules move a contact round in a circle at one instant: %s; make their conditions exclude each other")
		}
	},
}

// onwards is a way itself; one that leads out by `done` is followed to where the `when`s of the track lead at once.
func (a *arrivals) onwards(e exit) []exit {
	if e.way.To != nil {
		return []exit{e}
	}
	var all []exit
	t := e.way.From.Program.Track
	for _, w := range a.graph.Outside() {
		if w.Rule.Rule == nil || w.Rule.When == nil || w.To == nil || w.To.Program.Track != t || writes(w.Then) {
			continue
		}
		through := *e.way
		through.To = w.To
		all = append(all, exit{way: &through, as: logic.And(e.as, a.fits(w, logic.At{}, false), logic.Not(a.earlierOutside(t, w.Rule.Rule)))})
	}
	return all
}

// exhaustedAtOnce is who has got everything that a touch that is due on entry could send.
func (a *arrivals) exhaustedAtOnce(s *check.Stage) *logic.Formula {
	all := logic.False
	for _, send := range s.Sends {
		if in(send).IsZero() {
			_, empty := a.quiet(s, send)
			all = logic.Or(all, empty)
		}
	}
	return all
}

// reportLoop reports a loop at the way that closes it.
func (l *look) reportLoop(loop []*graph.Way, format string) {
	f := l.report(loop[len(loop)-1].Place, format, "from `"+nameOf(loop[0].From)+"` it "+described(loop))
	for _, w := range loop[:min(len(loop)-1, mostPlaces)] {
		f.because(w.Place, "%s", step(w))
	}
}

// spent says whether contacts can come to a stage with a hand-off of its program open of which nothing comes any more.
func (a *arrivals) spent(s *check.Stage) bool {
	return slices.ContainsFunc(a.Handoffs, func(h *check.Handoff) bool { return a.comesSpent(s, h, map[*check.Stage]bool{}) })
}

// caught says whether a hand-off that is given in a stay gets overdue in the next stage of the program, and leads on there.
func (a *arrivals) caught(s stay, e exit) bool {
	w := e.way
	if s.open || e.passes() || w.To.Program != s.Program || w.Rule.On != nil && w.Rule.On.Kind == check.Overdue {
		return false
	}
	return slices.ContainsFunc(s.Entry, func(e check.Entry) bool {
		return e.Hand != nil && e.Hand.Accept != nil && a.movingOn(w.To, check.Overdue, e.Hand) != logic.False
	})
}

// stay is a stay in a stage, with a hand-off of its program open from before, of which nothing comes any more, or not.
type stay struct {
	*check.Stage
	open bool
}

// next is the stay to which a way leads.
func (s stay) next(e exit) stay {
	to := e.way.To
	return stay{to, to.Program == s.Program && (s.open || handsSomething(s.Stage) && !e.passes())}
}

// passes says whether the contact moves on before it has come to rest, so that nothing is handed to anybody.
func (e exit) passes() bool { return e.way.Rule.When != nil && !e.late }

// mostPlaces is how many steps of a loop are pointed to.
const mostPlaces = 10

// mostSteps bounds the search for one loop, beside what its length asks for.
const mostSteps = 2000

// loops finds circles that one contact can go round, so many that every stage that lies on one lies on one of these.
func (l *look) loops(exits map[stay][]exit) [][]*graph.Way {
	var all [][]*graph.Way
	on := map[*check.Stage]bool{}
	var stays []stay
	for _, s := range l.graph.Stages {
		stays = append(stays, stay{s, false}, stay{s, true})
	}
	circles := circular(stays, exits)
	size, over := map[int]int{}, map[int]bool{} // of a circle: how many stays; whether the search in it took too long
	for _, c := range circles {
		size[c]++
	}
	for _, start := range stays {
		circle := circles[start]
		if on[start.Stage] || circle == 0 || over[circle] {
			continue
		}
		steps := 0
		var path []*graph.Way
		passed := map[stay]bool{}
		var walk func(s stay, as *logic.Formula) bool
		walk = func(s stay, as *logic.Formula) bool {
			if steps++; steps > mostSteps+2*size[circle] {
				over[circle] = true
				return false
			}
			passed[s] = true
			for _, e := range exits[s] {
				to := s.next(e)
				if circles[to] != circles[start] || passed[to] && to != start {
					continue
				}
				both := logic.And(as, e.as)
				if !l.world.Can(both) {
					continue
				}
				path = append(path, e.way)
				if to == start || walk(to, both) {
					return true
				}
				path = path[:len(path)-1]
			}
			passed[s] = false
			return false
		}
		if walk(start, logic.True) {
			for _, w := range path {
				on[w.From] = true
			}
			all = append(all, path)
		}
	}
	return all
}

// circular numbers the stays that can lead back to themselves, the same for those that lead to each other; all others are 0.
func circular(stays []stay, exits map[stay][]exit) map[stay]int {
	circle, order, low := map[stay]int{}, map[stay]int{}, map[stay]int{}
	var stack []stay
	onStack := map[stay]bool{}
	n := 0
	var visit func(s stay)
	visit = func(s stay) {
		order[s] = len(order) + 1
		low[s] = order[s]
		stack = append(stack, s)
		onStack[s] = true
		self := false
		for _, e := range exits[s] {
			to := s.next(e)
			self = self || to == s
			if order[to] == 0 {
				visit(to)
				low[s] = min(low[s], low[to])
			} else if onStack[to] {
				low[s] = min(low[s], order[to])
			}
		}
		if low[s] != order[s] {
			return
		}
		i := slices.Index(stack, s)
		if n++; len(stack)-i > 1 || self {
			for _, x := range stack[i:] {
				circle[x] = n
			}
		}
		for _, x := range stack[i:] {
			onStack[x] = false
		}
		stack = stack[:i]
	}
	for _, s := range stays {
		if order[s] == 0 {
			visit(s)
		}
	}
	return circle
}
