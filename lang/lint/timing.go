package lint

import (
	"fmt"

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
	Why: "A contact may be on several tracks, move twice in a day, and be due for three messages at once. A `cap` in the `policy`, such as `cap 2 per 7d`, holds what is too much until there is room for it. A playbook with a single `send` needs none.",
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
		if len(l.Policy.Caps) > 0 {
			return
		}
		sends := 0
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				if !isTransactional(send) {
					sends++
				}
			}
		}
		if sends > 1 { // one alone keeps its own cadence
			l.report(l.blockOf("policy").word, "nothing limits how many messages a contact gets; write a `cap` in the policy, such as `cap 2 per 7d`")
		}
	},
}

var impossibleCadence = &Rule{
	ID: "NUR709", Name: "impossible-cadence", Title: "a cadence that the cap does not allow", Family: Sending, Severity: diag.Warning,
	Why: "A `send … every 2d` wants four messages in a week, and a cap of 2 per 7d holds half of them: contacts get them later than the playbook says, and nobody reads so in the playbook. Write a cadence that the cap allows, or change the cap. " +
		"A cap counts here where it binds all contacts in this stage, whoever they are. A send with a `where` is not looked at, nor is one with too few offers to go beyond the cap.",
	Bad: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every «4d» pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}

policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      1 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 7d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}

policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      1 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				for _, c := range l.capsAt(s) {
					if wanted := wantedBy(send, c.Per.Elapsed()); wanted > c.Count {
						l.report(l.everyOf(send), "every %s is %d messages in %s, and the cap allows %d; write less often, or change the cap", send.Every, wanted, c.Per, c.Count).because(c.Span, "the cap")
						break
					}
				}
			}
		}
	},
}

var crowdedStage = &Rule{
	ID: "NUR710", Name: "crowded-stage", Title: "sends of one stage that are too much together", Family: Sending, Severity: diag.Warning,
	Why: "Each `send` of the stage keeps within the cap, but all of them run side by side, and together they want more than it allows: they hold each other up, by more than the whole span of the cap. Write less often in one of them, or put one into a stage of its own. " +
		"That two touches meet now and then is what caps are for, and is not meant. Sends with a `where` are not counted.",
	Bad: `offer digest  "The weekly digest" { kind newsletter  for nurture, accelerate, reassure, retain  intent educate  content "digest.md"  repeat after 7d }
offer release "What is new"       { kind newsletter  for nurture  intent educate  content "release.md"  repeat after 7d }
offer advice  "Ask the experts"   { kind newsletter  for nurture  intent educate  content "advice.md"  repeat after 7d }

/// For all others.
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
    send digest every 7d
    send release in 2d every 7d
    send advice in 4d every 7d
    on response -> sales_cycle
  }
}
`,
	Good: `offer digest  "The weekly digest" { kind newsletter  for nurture, accelerate, reassure, retain  intent educate  content "digest.md"  repeat after 7d }
offer release "What is new"       { kind newsletter  for nurture  intent educate  content "release.md"  repeat after 7d }
offer advice  "Ask the experts"   { kind newsletter  for nurture  intent educate  content "advice.md"  repeat after 7d }

/// For all others.
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
    send digest every 7d
    send release in 2d every 14d
    send advice in 4d every 14d
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			if len(s.Sends) < 2 {
				continue
			}
			for _, c := range l.capsAt(s) {
				if days, wanted := crowd(s, c); wanted > 0 {
					l.report(s.Span, "the sends of `%s` want %d messages within %d days together, more than the cap allows; write less often, or spread them over stages", s.Name, wanted, days).because(c.Span, "the cap")
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

// wantedBy is how many messages a send wants to get out within so many seconds from its first touch. Those of nobody for
// certain, or of all whatever the cap, are none.
func wantedBy(send *check.Send, seconds int64) int {
	if send.Where != nil || isTransactional(send) || seconds <= 0 {
		return 0
	}
	touches := 1
	if send.Every != nil && !send.Every.IsZero() {
		touches = rounds(seconds, send.Every.Elapsed())
	}
	return min(touches, supply(send, seconds))
}

// rounds is how many beats of a rhythm fall into some seconds, the first of them at once.
func rounds(seconds, every int64) int { return int((seconds + every - 1) / every) }

// supply is how many messages a send has for one contact within so many seconds.
func supply(send *check.Send, seconds int64) int {
	of := func(offers []*check.Offer) int {
		n := 0
		for _, o := range offers {
			if o.RepeatAfter != nil && !o.RepeatAfter.IsZero() {
				n += rounds(seconds, o.RepeatAfter.Elapsed())
			} else {
				n++
			}
		}
		return n
	}
	if send.Map == nil {
		return of(send.Offers)
	}
	most := 0
	for column := range send.Map.Columns {
		n := 0
		for _, row := range send.Map.Rows {
			if column < len(row.Cells) {
				n += of(row.Cells[column])
			}
		}
		most = max(most, n)
	}
	return most
}

// longestCrowd bounds how far ahead crowd looks, in spans of the cap: what goes on that long goes on.
const longestCrowd = 26

// crowd is how many messages the sends of a stage want together within so many days, where that is more than a cap
// allows in one span more; 0 where that is never so, or one of them alone wants too much.
func crowd(s *check.Stage, c *check.Cap) (days int64, wanted int) {
	leaves := int64(1) << 62 // when a contact that nothing else moves is in the stage no more
	for _, r := range s.Rules {
		if r.After != nil && r.Then.Target != nil {
			leaves = min(leaves, r.After.Elapsed())
		}
	}
	span := c.Per.Elapsed()
	for k := int64(1); k <= longestCrowd; k++ {
		until := min(k*span, leaves)
		wanted = 0
		for _, send := range s.Sends {
			if wantedBy(send, span) > c.Count {
				return 0, 0
			}
			begin := int64(0)
			if send.In != nil {
				begin = send.In.Elapsed()
			}
			wanted += wantedBy(send, until-begin)
		}
		if wanted > c.Count*int(k+1) {
			return max(until/(24*60*60), 1), wanted
		}
		if until == leaves {
			break
		}
	}
	return 0, 0
}

// offersOf are the offers that a send can choose from.
func offersOf(s *check.Send) []*check.Offer {
	if s.Map != nil {
		return s.Map.Offers()
	}
	return s.Offers
}

// isTransactional says whether what is sent is transactional: a send is that as a whole, or not.
func isTransactional(s *check.Send) bool {
	offers := offersOf(s)
	return len(offers) > 0 && offers[0].Transactional
}
