package lint

import (
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
)

// The rules about letters that come in editions, and about what is left to send when all of them are old.

// editions are the offers that are meant to be followed by newer ones: those that have a day of publication, and are sent
// by `pick latest` alone.
func (l *look) editions() map[*check.Offer]bool {
	latest := map[*check.Offer]bool{}
	for _, s := range l.graph.Stages {
		for _, send := range s.Sends {
			for _, o := range offersOf(send) {
				before, seen := latest[o]
				latest[o] = o.Published != nil && send.Pick == check.PickLatest && (before || !seen)
			}
		}
	}
	return latest
}

var spentSend = &Rule{
	ID: "NUR723", Name: "spent-send", Title: "a send whose offers have all expired", Family: Sending, Severity: diag.Warning, Now: "2026-11-02",
	Why: "Every offer that this `send` can choose from has expired: each touch is `exhausted`, for every contact, and where no rule takes that up contacts wait in silence. Make new offers, keep one that does not expire, or send what there is. " +
		"A map counts as a whole, whatever column a contact is in.",
	Bad: `map letters {
  topic    | otherwise
  security | letter_august
  scale    | letter_september
}

offer letter_august    "The letter of August"    { kind letter  topic security  for nurture  intent educate  content "august.md"  published 2026-08-01  expires 2026-08-31 }
offer letter_september "The letter of September" { kind letter  topic scale  for nurture  intent educate  content "september.md"  published 2026-09-01  expires 2026-09-30 }

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
    send digest every 1mo
    «send from letters every 1mo pick latest»
    on response -> sales_cycle
  }
}
`,
	Good: `map letters {
  topic    | otherwise
  security | letter_august
  scale    | letter_autumn
}

offer letter_august "The letter of August" { kind letter  topic security  for nurture  intent educate  content "august.md"  published 2026-08-01  expires 2026-08-31 }
offer letter_autumn "The autumn letter"    { kind letter  topic scale  for nurture  intent educate  content "autumn.md"  published 2026-09-01 }

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
    send digest every 1mo
    send from letters every 1mo pick latest
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		if l.config.Now == 0 {
			return
		}
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				last := lastDay(offersOf(send))
				if last == nil || *last.Expires >= l.config.Now {
					continue
				}
				f := l.report(send.Span, "there is nothing to send here any more since offer `%s`, the last one, has expired; make new offers, or keep one that does not expire", last.Name)
				f.because(l.property(last, "expires"), "the last one")
			}
		}
	},
}

// lastDay is the offer that expires last; nil where one does not expire, or there is none.
func lastDay(offers []*check.Offer) *check.Offer {
	var last *check.Offer
	for _, o := range offers {
		if o.Expires == nil {
			return nil
		}
		if last == nil || *o.Expires > *last.Expires {
			last = o
		}
	}
	return last
}

var distantOffer = &Rule{
	ID: "NUR724", Name: "distant-offer", Title: "an offer that is published in the far future", Family: Sending, Severity: diag.Info, Now: "2026-11-02",
	Why:      "Nobody gets it before its `published` day, and that is far away: often the year is a slip. A touch that has nothing else waits until then. Mend the day, or leave the offer out until it is near.",
	Settings: []Setting{{"far_future", days(365), "how far ahead an offer may be published"}},
	Bad: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  «published 2029-01-12» }
`,
	Good: `offer threat_report "The threat report" { kind report  topic security  for nurture  intent educate  content "threat_report.md"  asks 1  published 2027-01-12 }
`,
	find: func(l *look) {
		far := calendar.Date(l.length("far_future").Elapsed() / (24 * 60 * 60))
		for _, o := range l.Offers {
			if now := l.config.Now; o.Published != nil && now != 0 && *o.Published-now > far {
				l.report(l.property(o, "published"), "offer `%s` is not sent before %s; mend the day, or leave the offer out until it is near", o.Name, *o.Published)
			}
		}
	},
}
