package lint

import (
	"nurture/lang/calendar"
	"nurture/lang/diag"
)

// The rules about days that come and go. They say nothing where it is not known what day it is.

var expiredOffer = &Rule{
	ID: "NUR711", Name: "expired-offer", Title: "an offer that has expired", Family: Sending, Severity: diag.Warning, Now: "2026-11-02",
	Why: "It is not sent any more: touches pass over it, and a map whose offers have all expired is exhausted for everybody. Give it a later day, replace it by a new one, or delete it. " +
		"Editions of a letter, with a `published` day and sent by `pick latest` alone, are meant to go out of date, and nothing is said of them.",
	Bad: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  «expires 2026-10-31» }
`,
	Good: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  expires 2027-10-31 }
`,
	find: func(l *look) {
		editions := l.editions()
		for _, o := range l.Offers {
			if o.Expires != nil && l.config.Now != 0 && *o.Expires < l.config.Now && !editions[o] {
				l.report(l.property(o, "expires"), "offer `%s` has expired and is not sent any more; give it a later day, replace it, or delete it", o.Name)
			}
		}
	},
}

var expiringOffer = &Rule{
	ID: "NUR712", Name: "expiring-offer", Title: "an offer that is about to expire", Family: Sending, Severity: diag.Info, Now: "2026-11-02",
	Why:      "It takes time to make an offer. From the day behind `expires` on there is one less to send, and contacts who have had the others get nothing. Plan its successor now, or give it a later day. Editions of a letter are left out, as they are of what has expired.",
	Settings: []Setting{{"expiring_soon", days(30), "how long before its last day an offer is about to expire"}},
	Bad: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  «expires 2026-11-20» }
`,
	Good: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  expires 2027-11-20 }
`,
	find: func(l *look) {
		soon := calendar.Date(l.length("expiring_soon").Elapsed() / (24 * 60 * 60))
		editions := l.editions()
		for _, o := range l.Offers {
			if now := l.config.Now; o.Expires != nil && now != 0 && *o.Expires >= now && *o.Expires-now < soon && !editions[o] {
				l.report(l.property(o, "expires"), "offer `%s` is sent until %s; plan its successor, or give it a later day", o.Name, *o.Expires)
			}
		}
	},
}

func days(n int32) calendar.Duration { return calendar.Duration{Days: n} }

var pastSkip = &Rule{
	ID: "NUR713", Name: "past-skip", Title: "skipped days that are over", Family: Sending, Severity: diag.Info, Tag: diag.Unused, Now: "2026-11-02",
	Why: "The days of this `skip` have passed, so it holds nothing any more. Holidays come back: put in the days of the next ones, or delete it.",
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  «skip     2025-12-24..2026-01-01»
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  skip     2026-12-24..2027-01-01
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		for _, s := range l.Policy.Skips {
			if l.config.Now != 0 && s.To < l.config.Now {
				l.report(s.Span, "these days are over; put in the next ones, or delete the line")
			}
		}
	},
}

var longSkip = &Rule{
	ID: "NUR714", Name: "long-skip", Title: "a silence of weeks for everybody", Family: Sending, Severity: diag.Warning,
	Why:      "On skipped days nothing is sent to anybody, in no program, and everything that was due comes when they are over. That is for holidays. A break of many weeks is a dialogue broken off; a slip of the year in a date makes one as well.",
	Settings: []Setting{{"longest_skip", days(35), "how many days in a row may be skipped"}},
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  «skip     2026-12-24..2027-12-27»
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  skip     2026-12-24..2026-12-27
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}
`,
	find: func(l *look) {
		most := l.length("longest_skip").Elapsed() / (24 * 60 * 60)
		for _, s := range l.Policy.Skips {
			if n := int64(s.To-s.From) + 1; n > most {
				l.report(s.Span, "for %d days nobody gets anything; skip holidays only", n)
			}
		}
	},
}
