package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
)

var similarChannel = &Rule{
	ID: "NUR717", Name: "similar-channel", Title: "a channel that looks like a slip", Family: Sending, Severity: diag.Warning,
	Why: "Channels are not declared: what an offer or hand-off names is where its messages go. This name is used once and is nearly another one, so its messages would pile up in a channel that nobody reads.",
	Bad: `offer first_week "Your first week" { kind guide  for reassure  intent educate  «channel emial»  content "first_week.md" }
`,
	Good: `offer first_week "Your first week" { kind guide  for reassure  intent educate  channel sms  content "first_week.md" }
`,
	find: func(l *look) {
		uses := map[string]int{"email": 2}
		for _, o := range l.Offers {
			uses[o.Channel]++
		}
		for _, h := range l.Handoffs {
			uses[h.Channel]++
		}
		var known []string
		for name, n := range uses {
			if n > 1 {
				known = append(known, name)
			}
		}
		for _, o := range l.Offers {
			if uses[o.Channel] == 1 && len(o.Channel) > 3 {
				if near, ok := diag.Nearest(o.Channel, known); ok {
					l.report(l.property(o, "channel"), "only offer `%s` goes to `%s`; did you mean `%s`?", o.Name, o.Channel, near)
				}
			}
		}
	},
}

var fixedTimezone = &Rule{
	ID: "NUR718", Name: "fixed-timezone", Title: "one time zone for all, though each contact has its own", Family: Sending, Severity: diag.Info,
	Why: "The contact has a field of type `timezone`, and the policy does not use it: nine in the morning is then nine in one place, and night in another. Write `timezone contact.FIELD else \"ZONE\"`.",
	Bad: `«policy» {
  timezone "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
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
		if l.Policy.Field != nil {
			return
		}
		for _, f := range l.Contact.Fields {
			if f.Type == check.FieldTimezone {
				l.report(l.blockOf("policy").word, "contacts have a time zone of their own, `contact.%s`; write `timezone contact.%s else \"ZONE\"` in the policy", f.Name, f.Name).because(f.Span, "the field")
				return
			}
		}
	},
}
