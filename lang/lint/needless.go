package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

// The rules about lines of the policy that another line makes superfluous.

var uselessCap = &Rule{
	ID: "NUR721", Name: "useless-cap", Title: "a cap that never holds anything", Family: Sending, Severity: diag.Warning, Tag: diag.Unused,
	Why: "All caps bind together, so the tighter one decides. This one allows at least as much as another one that binds the same contacts: it never holds a message. That happens when a looser cap was meant as an exception for some contacts: there are none; " +
		"give the tighter cap a `for` that leaves them out. Caps are compared by the number and the span of each alone.",
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  «cap      3 per 7d for phase in ["reassure", "retain"]»
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d for phase not in ["reassure", "retain"]
  cap      3 per 7d for phase in ["reassure", "retain"]
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		for i, c := range l.Policy.Caps {
			for j, tight := range l.Policy.Caps {
				if i == j || !tighter(tight, c) || j > i && tighter(c, tight) {
					continue // of two equal ones the second is superfluous
				}
				if l.world.Implies(l.world.Of(c.For, logic.At{}), l.world.Of(tight.For, logic.At{})) {
					l.report(c.Span, "this cap never holds anything: another one allows no more and binds the same contacts; delete it, or give the other one a `for`").because(tight.Span, "the tighter cap")
					break
				}
			}
		}
	},
}

// tighter says whether one cap allows no more than another wherever both bind: not more messages, in no shorter a span.
func tighter(a, b *check.Cap) bool {
	return a.Count <= b.Count && a.Per.Elapsed() >= b.Per.Elapsed()
}

var uselessWindow = &Rule{
	ID: "NUR722", Name: "useless-window", Title: "a window that opens nothing", Family: Sending, Severity: diag.Warning, Tag: diag.Unused,
	Why: "Several `window` lines are alternatives: messages go out when any of them is open. This one is only open when another one is open anyway, so it changes nothing. If it was meant to narrow the other one down, change that one.",
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  «window   tue..thu 10:00..16:00»
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  window   sat 10:00..16:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		for i, w := range l.Policy.Windows {
			for j, other := range l.Policy.Windows {
				if i != j && within(w, other) && (j < i || !within(other, w)) {
					l.report(w.Span, "this window is open only when another one is; delete it, or change the other one").because(other.Span, "the wider window")
					break
				}
			}
		}
	},
}

// within says whether a window is open only when another one is. Of one that goes over midnight the part behind it is not
// looked for in windows of the next day.
func within(w, wide *check.Window) bool {
	from, to := w.From, w.To
	wideFrom, wideTo := wide.From, wide.To
	if to < from {
		to += minutesOfDay
	}
	if wideTo < wideFrom {
		wideTo += minutesOfDay
	}
	for d, open := range w.Days {
		if open && !wide.Days[d] {
			return false
		}
	}
	return wideFrom <= from && to <= wideTo
}

const minutesOfDay = 24 * 60
