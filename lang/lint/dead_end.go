package lint

import (
	"fmt"
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/graph"
	"nurture/lang/logic"
)

var deadEnd = &Rule{
	ID: "NUR402", Name: "dead-end", Title: "a stage in which contacts are forgotten", Family: Holes, Severity: diag.Warning,
	Why: "A contact that never answers comes to this stage, gets what there is, and then nothing ever again: no message is left for it and no time leads it on. This is how most leads are lost. Lead it on with `after` or `on exhausted`, or send something that repeats.\n\n" +
		"Nothing is heard of the contact from some time on; what is known of it stays as it is, whatever it is then; which offers it was sent before is open; messages may be sent to it. " +
		"So everything that is sent once has been sent in the end, what expires has expired, and what decays is gone. Only time is left: `after`, `when` on time, `on exhausted`, a hand-off that gets overdue. " +
		"What `where` or a `never` bars is not sent, and is not exhausted either. A task may have been done, and a hand-off that was open already when the stage was entered may have been answered: nothing comes of these. What conditions ask of sendings is looked at again after the last of them. A send with `pick latest` is a series to which something new is added all the time. Whoever is written to on another track for ever is not forgotten.",
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
  stage «in_touch» {
    send second_look
    on response -> sales_cycle
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
    send second_look
    send digest in 1mo every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		for _, s := range l.graph.Stages {
			if !a.rests(s) {
				continue
			}
			stuck := a.stuck(s)
			if !l.world.Can(stuck) {
				continue
			}
			if stuck = logic.And(stuck, a.elsewhere(s.Program.Track)); !l.world.Can(stuck) {
				continue
			}
			who := "a contact that falls silent"
			if stuck != logic.True && !l.world.Must(stuck) {
				who += " (" + l.instance(stuck) + ")"
			}
			path := a.path(s)
			said := ""
			if len(path) > 0 {
				said = ": it " + described(path)
			}
			f := l.report(s.Span, "%s stays in `%s` for ever and gets nothing any more%s; lead it on by `after`, or send something that repeats", who, nameOf(s), said)
			for _, w := range path {
				f.because(w.Place, "%s", step(w))
			}
			for _, e := range s.Entry {
				if e.Hand != nil && e.Hand.Accept != nil {
					f.because(e.Span, "given only where none is open: one that is open when the contact comes again may be overdue already, and nothing comes of it")
				}
			}
		}
	},
}

// instance says, in a few words, for which contact something holds.
func (l *look) instance(f *logic.Formula) string {
	words, _ := l.world.Model(f)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Contains(w, "sent(") })
	if len(words) > 3 {
		words = words[:3]
	}
	if len(words) == 0 {
		return "one that got all there is"
	}
	return "one with " + strings.Join(words, ", ")
}

// path is a way into a stage from outside, by time alone where there is one, else a short one.
func (a *arrivals) path(to *check.Stage) []*graph.Way {
	for _, only := range []func(*graph.Way) bool{silentWay, func(*graph.Way) bool { return true }} {
		var queue []*check.Stage
		by := map[*check.Stage]*graph.Way{}
		see := func(w *graph.Way) {
			if w.To != nil && by[w.To] == nil && a.reached(w.To) {
				by[w.To] = w
				queue = append(queue, w.To)
			}
		}
		for _, w := range a.graph.Outside() {
			if only(w) && (w.Rule.Rule != nil || a.canHold(w.To.Program)) {
				see(w)
			}
		}
		for len(queue) > 0 && by[to] == nil {
			s := queue[0]
			queue = queue[1:]
			for _, w := range a.graph.Out(s) {
				if only(w) && w.To != nil && by[w.To] == nil && len(a.taken(s, w)) > 0 {
					see(w)
				}
			}
		}
		if by[to] == nil {
			continue
		}
		var path []*graph.Way
		for s := to; s != nil; s = by[s].From {
			path = append(path, by[s])
		}
		slices.Reverse(path)
		return path
	}
	return nil
}

// silentWay is one that a contact takes of whom nothing is heard.
func silentWay(w *graph.Way) bool {
	r := w.Rule
	return r.Rule == nil || r.After != nil || r.When != nil || r.On.Kind == check.Exhausted || r.On.Kind == check.Overdue
}

// described tells a path: `enters targeted.learn; after 60d goes to longterm.discover; …`.
func described(path []*graph.Way) string {
	steps := make([]string, len(path))
	for i, w := range path {
		steps[i] = step(w)
	}
	if len(steps) > 6 {
		steps = slices.Concat(steps[:3], []string{"…"}, steps[len(steps)-2:])
	}
	return strings.Join(steps, "; ")
}

func step(w *graph.Way) string {
	to := "leaves"
	if w.To != nil {
		to = "goes to `" + nameOf(w.To) + "`"
	}
	switch r := w.Rule; {
	case r.Rule == nil:
		return "enters `" + nameOf(w.To) + "`"
	case r.After != nil:
		return fmt.Sprintf("after %s %s", r.After, to)
	case r.When != nil:
		return fmt.Sprintf("when %s %s", r.When.Text, to)
	default:
		return fmt.Sprintf("on %s %s", r.On.Name, to)
	}
}
