package lint

import (
	"fmt"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

// The rules about when messages go out.

var noWindow = &Rule{
	ID: "NUR706", Name: "no-window", Title: "messages at any hour", Family: Sending, Severity: diag.Info,
	Why: "Without a `window` a touch goes out at the instant at which it is due, at three in the morning as well. Write a `window` in the `policy`, such as `window weekdays 09:00..17:00`; it is the contact's own time where a `timezone` field says it.",
	Bad: `«policy» {
  timezone contact.timezone else "Europe/Berlin"
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   everyday 08:00..20:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		if len(l.Policy.Windows) == 0 && l.advertises() {
			l.report(l.blockOf("policy").word, "messages go out at any hour; write a `window` in the policy, such as `window weekdays 09:00..17:00`")
		}
	},
}

var narrowWindow = &Rule{
	ID: "NUR707", Name: "narrow-window", Title: "a window that is hardly ever open", Family: Sending, Severity: diag.Warning,
	Why:      "Everything that is due waits for the window. When it is open for an hour a week all messages of the week go out in that hour, and a contact gets them when the cap allows, which may be weeks later. All `window` lines together are looked at.",
	Settings: []Setting{{"window_hours", 2.0, "how many hours a week messages must be able to go out"}},
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  «window   mon 09:00..10:00»
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   mon..thu 09:00..11:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		if len(l.Policy.Windows) == 0 {
			return
		}
		var open [7 * 24 * 60]bool
		minutes := 0
		for _, w := range l.Policy.Windows {
			for day := range w.Days {
				length := w.To - w.From
				if length <= 0 {
					length += 24 * 60
				}
				for m := 0; w.Days[day] && m < length; m++ {
					at := (day*24*60 + w.From + m) % len(open)
					if !open[at] {
						open[at] = true
						minutes++
					}
				}
			}
		}
		if float64(minutes) < l.number("window_hours")*60 {
			l.report(l.Policy.Windows[0].Span, "messages can go out for %s a week, so that they pile up; open the window wider", fmt.Sprintf("%d minutes", minutes))
		}
	},
}

var noCap = &Rule{
	ID: "NUR708", Name: "no-cap", Title: "nothing keeps messages from piling up", Family: Sending, Severity: diag.Warning,
	Why: "A contact may be on several tracks, move twice in a day, and be due for three messages at once. A `cap` in the `policy`, such as `cap 2 per 7d`, holds what is too much until there is room for it.",
	Bad: `«policy» {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		if len(l.Policy.Caps) == 0 && l.advertises() {
			l.report(l.blockOf("policy").word, "nothing limits how many messages a contact gets; write a `cap` in the policy, such as `cap 2 per 7d`")
		}
	},
}

var impossibleCadence = &Rule{
	ID: "NUR709", Name: "impossible-cadence", Title: "a cadence that the cap does not allow", Family: Sending, Severity: diag.Warning,
	Why: "A `send … every 2d` wants three or four messages a week, and a cap of 2 per 7d holds every second one: contacts get them later than the playbook says, one held message pushing the next. Write a cadence that the cap allows, or change the cap. " +
		"A cap counts here where it is for contacts in this stage whoever they are; `transactional` offers are not capped.",
	Bad: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every «2d» pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 4d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				if send.Every == nil || len(offersOf(send)) < 2 && !repeats(send) || isTransactional(send) {
					continue
				}
				for _, c := range l.capsAt(s) {
					if wanted := perSpan(c.Per, *send.Every); wanted > float64(c.Count) {
						l.report(l.everyOf(send), "every %s is %s messages in %s, and the cap allows %d; write fewer, or change the cap", send.Every, round(wanted), c.Per, c.Count).because(c.Span, "the cap")
						break
					}
				}
			}
		}
	},
}

var crowdedStage = &Rule{
	ID: "NUR710", Name: "crowded-stage", Title: "sends of one stage that are too much together", Family: Sending, Severity: diag.Warning,
	Why: "Each `send` of the stage keeps within the cap, but all of them run side by side, and together they want more than the cap allows: each holds up the others. Write to contacts less often in one of them, or put one into a stage of its own.",
	Bad: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage «discover» {
    send from discovery every 4d pick explore
    send from by_role every 4d
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 7d pick explore
    send from by_role in 3d every 7d
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			for _, c := range l.capsAt(s) {
				together, most := 0.0, 0.0
				for _, send := range s.Sends {
					if send.Every != nil && !isTransactional(send) && (len(offersOf(send)) > 1 || repeats(send)) {
						wanted := perSpan(c.Per, *send.Every)
						together, most = together+wanted, max(most, wanted)
					}
				}
				if together > float64(c.Count) && most <= float64(c.Count) {
					l.report(s.Span, "the sends of `%s` are %s messages in %s together, and the cap allows %d; write fewer, or change the cap", s.Name, round(together), c.Per, c.Count).because(c.Span, "the cap")
					break
				}
			}
		}
	},
}

// capsAt are the caps that bind every contact in a stage.
func (l *look) capsAt(s *check.Stage) []*check.Cap {
	var all []*check.Cap
	for _, c := range l.Policy.Caps {
		if c.For == nil || l.world.Must(l.world.Of(c.For, logic.At{Stage: s})) {
			all = append(all, c)
		}
	}
	return all
}

// perSpan is how many touches fall into a span.
func perSpan(span, every calendar.Duration) float64 {
	if every.Elapsed() <= 0 {
		return 0
	}
	return float64(span.Elapsed()) / float64(every.Elapsed())
}

func round(n float64) string { return fmt.Sprintf("%.3g", n) }

// offersOf are the offers that a send can choose from.
func offersOf(s *check.Send) []*check.Offer {
	if s.Map != nil {
		return offersIn(s.Map)
	}
	return s.Offers
}

// repeats says whether a send has an offer that a contact may get again.
func repeats(s *check.Send) bool {
	for _, o := range offersOf(s) {
		if o.RepeatAfter != nil {
			return true
		}
	}
	return false
}

// isTransactional says whether what is sent is transactional: a send is that as a whole, or not.
func isTransactional(s *check.Send) bool {
	offers := offersOf(s)
	return len(offers) > 0 && offers[0].Transactional
}
