package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
)

var usedUp = &Rule{
	ID: "NUR403", Name: "used-up", Title: "a send that has nothing left for anybody who comes", Family: Holes, Severity: diag.Warning,
	Why: "No contact gets an offer twice. Every way into this stage comes from one that contacts leave when these very offers are `exhausted`, so that whoever arrives has had them all: the first touch finds nothing. Send from another map here, or add offers. " +
		"It is taken for granted that contacts stay in the column of a map in which they are; offers with a `repeat` are never used up.",
	Bad: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> again
  }
  stage again {
    «send operations, breaches every 60d»
    send digest every 1mo
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
    on exhausted -> again
  }
  stage again {
    send secure_coding, breaches every 60d
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		senders := map[*check.Offer][]*check.Stage{}
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				for _, o := range offersOf(send) {
					senders[o] = append(senders[o], s)
				}
			}
		}
		for _, s := range l.graph.Stages {
			if !a.rests(s) {
				continue
			}
			for _, send := range s.Sends {
				if offers := offersOf(send); len(offers) > 0 && !slices.ContainsFunc(offers, repeated) && leftBefore(s, send, senders[offers[0]]) && a.hasHad(send)[s] {
					l.report(send.Span, "whoever comes here has had all of this: every way leads from where it is `exhausted`; send something else")
				}
			}
		}
	},
}

// leftBefore says whether some other stage is left when what a send has is exhausted there: else there is nothing to follow.
func leftBefore(s *check.Stage, send *check.Send, senders []*check.Stage) bool {
	return slices.ContainsFunc(senders, func(p *check.Stage) bool { return p != s && covers(p, send) })
}

func repeated(o *check.Offer) bool { return o.RepeatAfter != nil }

// covers says whether what is exhausted in a stage, whichever of its sends that is, has all that a send has.
func covers(p *check.Stage, send *check.Send) bool {
	some := false
	for _, other := range p.Sends {
		if slices.ContainsFunc(offersOf(other), repeated) {
			continue // never exhausted
		}
		some = true
		if other.Map != nil && other.Map == send.Map {
			continue
		}
		if other.Map != nil && len(other.Map.Columns) > 1 { // a contact has had one column of it
			return false
		}
		has := offersOf(other)
		if slices.ContainsFunc(offersOf(send), func(o *check.Offer) bool { return !slices.Contains(has, o) }) {
			return false
		}
	}
	return some
}

// hasHad are the stages to which contacts come who have had all that a send has, on every way. What somebody has had stays
// so: a stage is one of them until a way shows otherwise.
func (a *arrivals) hasHad(send *check.Send) map[*check.Stage]bool {
	had := map[*check.Stage]bool{}
	for _, s := range a.graph.Stages {
		had[s] = a.reached(s)
	}
	for _, w := range a.graph.Outside() {
		had[w.To] = false
	}
	for again := true; again; {
		again = false
		for _, s := range a.graph.Stages {
			if !had[s] {
				continue
			}
			for _, w := range a.graph.In(s) {
				exhausted := w.From != nil && w.Rule.On != nil && w.Rule.On.Kind == check.Exhausted && covers(w.From, send)
				if !exhausted && !had[w.From] && (w.From == nil || len(a.taken(w.From, w)) > 0) {
					had[s], again = false, true
					break
				}
			}
		}
	}
	return had
}
