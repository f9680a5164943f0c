package lint

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// The rules about what is sent, and how much of it only wants to sell.

var onlyNewsletter = &Rule{
	ID: "NUR505", Name: "only-newsletter", Title: "nothing but a newsletter", Family: Dialogue, Severity: diag.Warning, Whole: true,
	Why: "A newsletter tells everybody the same on the same day; nobody is nearer to anything after the twelfth. It is the right thing for those who are not ready, beside offers that suit who somebody is and what they have answered: write a map, and let the newsletter be what people get between two steps. " +
		"Newsletters are offers of a kind such as `newsletter`, `letter` or `digest`.",
	Bad:  strings.Replace(smallPlaybook, "offer weekly", "offer «weekly»", 1) + smallNewsletter,
	Good: smallPlaybook + smallOffers + smallProgram,
	find: func(l *look) {
		if l.onlyLetters() {
			l.report(l.marketing()[0].Span, "all that is sent is a newsletter; write a map of offers that suit who somebody is and what they answered")
		}
	},
}

// The examples that are whole playbooks have this in common.
const (
	smallPlaybook = `contact {
  email     email key
  role      enum("cook", "baker")  question light  "What do you make?"
  company   text  question medium "Where do you bake?"
  consent   bool
}

event purchased { amount number }

offer weekly "This week" { kind newsletter  for nurture, retain  intent educate  content "weekly.md"  asks 1  cost 0.01  repeat after 7d }

policy {
  timezone "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}

measure { revenue purchased.amount }

track main { on purchased -> customers }

/// Who has bought.
program customers "Customers" {
  phase retain
  stage stay { send weekly every 1mo }
}
`
	smallNewsletter = `
/// Everybody.
program letters "Letters" {
  phase   nurture
  enter   when known(contact.role)
  goal    purchased within 90d target 3%
  holdout 5%
  stage list { send weekly every 7d }
}
`
	smallOffers = `
topics bread, cake
roles  owner

event visited { page text }

segment bakers = contact.role == "baker"

offer loaf  "A loaf a day"   { kind guide  topic bread  for nurture  intent educate  content "loaf.md"  asks 1 }
offer torte "Seven layers"   { kind guide  topic cake  for nurture  intent educate  content "torte.md"  asks 1 }
offer ovens "Ovens compared" { kind guide  topic bread  for nurture  intent presell  content "ovens.md"  asks 1 }

map by_role {
  topic | bakers | otherwise
  bread | ovens  | loaf
  cake  | torte  | torte
}
`
	smallProgram = `
/// What they make, until somebody talks to them.
program learn "Learn" {
  phase   nurture
  enter   when true
  goal    purchased within 90d target 3%
  holdout 5%
  on response -> talk
  on visited  -> talk
  stage guides {
    send from by_role every 7d
    on exhausted -> letters
  }
  stage letters { send weekly every 7d }
  stage talk {
    send weekly in 7d every 7d
    task "Write a personal note" to owner within 2d
    after 30d -> letters
  }
}
`
)

var earlySelling = &Rule{
	ID: "NUR506", Name: "early-selling", Title: "an offer that sells before anybody is ready", Family: Dialogue, Severity: diag.Warning,
	Why: "In `engage` and `nurture` people learn what their problem is and whether you know anything about it; a message that wants their money teaches them to unsubscribe. Send it from `convert` on, and here what educates, or presells. An offer that a `never` or `where` bars there is not sent, and not meant.",
	Bad: `offer starter_kit "Buy the starter kit" { kind product  topic scale  for nurture, convert  «intent sell»  content "kit.md" }

map discovery {
  topic    | otherwise
  security | breaches
  scale    | operations, starter_kit
}

never "sell to those who have just bought" when offer.intent == "sell" and count(purchased, 30d) >= 1
`,
	Good: `offer starter_kit "What is in the starter kit" { kind product  topic scale  for nurture, convert  intent presell  content "kit.md" }

map discovery {
  topic    | otherwise
  security | breaches
  scale    | operations, starter_kit
}

never "sell to those who have just bought" when offer.intent == "sell" and count(purchased, 30d) >= 1
`,
	find: func(l *look) {
		said := map[*check.Offer]bool{}
		for _, s := range l.graph.Stages {
			if s.Program.Phase != check.Engage && s.Program.Phase != check.Nurture {
				continue
			}
			for _, send := range s.Sends {
				for _, o := range offersOf(send) {
					if o.Intent != "sell" || o.Transactional || said[o] || !l.world.Can(l.allowed(s, send, o)) {
						continue
					}
					said[o] = true
					l.report(l.property(o, "intent"), "`%s` sells, and is sent in `%s`, where nobody is ready; send it from `convert` on", o.Name, check.Phases[s.Program.Phase]).
						because(send.Span, "sent here, in stage `%s`", nameOf(s))
				}
			}
		}
	},
}

var sellingShare = &Rule{
	ID: "NUR507", Name: "selling-share", Title: "too many offers that sell", Family: Dialogue, Severity: diag.Warning,
	Why:      "Of all the offers that are sent, so many want to sell that people learn what your messages are: advertising. Give more than you ask for: what educates earns the right to sell. Transactional offers are not counted, nor playbooks with fewer than three offers.",
	Settings: []Setting{{"selling_share", 40.0, "how many of 100 offers may sell"}},
	Bad: `offer plus_one   "One more"   { kind product  for reassure  «intent sell»  content "p1.md" }
offer plus_two   "Two more"   { kind product  for reassure  intent sell  content "p2.md" }
offer plus_three "Three more" { kind product  for reassure  intent sell  content "p3.md" }
offer plus_four  "Four more"  { kind product  for reassure  intent sell  content "p4.md" }
offer plus_five  "Five more"  { kind product  for reassure  intent sell  content "p5.md" }
offer plus_six   "Six more"   { kind product  for reassure  intent sell  content "p6.md" }
offer plus_seven "Seven more" { kind product  for reassure  intent sell  content "p7.md" }
offer plus_eight "Eight more" { kind product  for reassure  intent sell  content "p8.md" }

/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send plus_one, plus_two, plus_three, plus_four, plus_five, plus_six, plus_seven, plus_eight every 2mo
    send digest in 1mo every 2mo
  }
}
`,
	Good: `offer plus_one "One more" { kind product  for reassure  intent sell  content "p1.md" }

/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send plus_one in 2mo
    send digest in 1mo every 2mo
  }
}
`,
	find: func(l *look) {
		var selling []*check.Offer
		all := l.marketing()
		for _, o := range all {
			if o.Intent == "sell" {
				selling = append(selling, o)
			}
		}
		share := 100 * float64(len(selling)) / float64(max(len(all), 1))
		if len(all) < 3 || share <= l.number("selling_share") {
			return
		}
		f := l.report(l.property(selling[0], "intent"), "%d of %d offers sell, more than %v in 100; send more that educates", len(selling), len(all), l.number("selling_share"))
		for _, o := range selling[1:] {
			f.because(o.Span, "`%s` sells", o.Name)
		}
	},
}

var sameAgain = &Rule{
	ID: "NUR508", Name: "same-again", Title: "the same offer over and over", Family: Dialogue, Severity: diag.Warning,
	Why:      "`repeat after` sends the very same message again, and who did not answer it last week has answered. Write a longer time, or another offer. Newsletters are meant to repeat, and so are reminders and notices, which are about something that comes round by itself; transactional offers too.",
	Settings: []Setting{{"repeat_after", days(30), "after how long the same offer may be sent again"}},
	Bad: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent presell  content "second_look.md"  asks 1  «repeat after 7d» }
`,
	Good: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent presell  content "second_look.md"  asks 1  repeat after 3mo }
`,
	find: func(l *look) {
		least := l.length("repeat_after")
		for _, o := range l.Offers {
			if o.RepeatAfter == nil || o.Transactional || isLetter(o) || slices.Contains(recurring, strings.ToLower(o.Kind)) || o.RepeatAfter.Elapsed() >= least.Elapsed() {
				continue
			}
			l.report(l.property(o, "repeat"), "`%s` is sent again after %s; whoever did not want it will not want it then: write %s or more, or another offer", o.Name, o.RepeatAfter, least)
		}
	},
}

// recurring are kinds of offers about something that comes round by itself.
var recurring = []string{"reminder", "notice", "invoice", "receipt", "alert", "summary", "usage_report"}

var misplacedOffer = &Rule{
	ID: "NUR509", Name: "misplaced-offer", Title: "an offer in a phase that it does not fit", Family: Dialogue, Severity: diag.Warning,
	Why: "The offer says `for` which phases it was made, and a program of another phase sends it: a case study for people who are about to decide is noise for somebody who has just bought. Send another one, or add the phase to its `for` where it does fit. An offer without `for` fits everywhere; one that a `where` or `never` bars in that stage is not sent. What sells too early is said by `early-selling`.",
	Bad: `/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week, «case_study» every 14d
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	Good: `offer case_study "How Acme did it" { kind case_study  topic scale  for accelerate, reassure  intent presell  content "case_study.md"  asks 1 }

/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week, case_study every 14d
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			phase := s.Program.Phase
			if phase == check.NoPhase {
				continue
			}
			for _, send := range s.Sends {
				for _, o := range offersOf(send) {
					if len(o.For) == 0 || slices.Contains(o.For, phase) || o.Intent == "sell" && phase <= check.Nurture || !l.world.Can(l.allowed(s, send, o)) {
						continue
					}
					l.report(l.offeredAt(send, o.Name), "`%s` is not for `%s`, and stage `%s` sends it; send another offer, or add the phase to its `for`", o.Name, check.Phases[phase], s.Name).
						because(l.property(o, "for"), "what it is for")
				}
			}
		}
	},
}

// offeredAt is the place of an offer's name in a send, or of the map that has it.
func (l *look) offeredAt(send *check.Send, offer string) diag.Span {
	if at, ok := offered(l.sendAt(send), offer); ok {
		return diag.Span{File: send.Span.File, Start: at.Start, End: at.End}
	}
	return send.Span
}

var unsaidIntent = &Rule{
	ID: "NUR510", Name: "unsaid-intent", Title: "an offer that does not say what it wants", Family: Dialogue, Severity: diag.Info,
	Why: "`intent educate`, `presell` or `sell` is what the rules about selling too early and too much go by, and what a `never` can hold back. Without it this offer passes them all. Transactional offers need none.",
	Bad: `offer «second_look» "What changed since" { kind article  topic scale  for nurture  content "second_look.md"  asks 1 }
`,
	Good: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent presell  content "second_look.md"  asks 1 }
`,
	find: func(l *look) {
		for _, o := range l.Offers {
			if o.Intent == "" && !o.Transactional {
				l.report(o.Span, "offer `%s` does not say what it wants; write `intent educate`, `presell` or `sell`", o.Name)
			}
		}
	},
}

// marketing are the offers that some stage sends, without transactional ones, as declared.
func (l *look) marketing() []*check.Offer {
	if l.allMarketing != nil {
		return l.allMarketing
	}
	sent := map[*check.Offer]bool{}
	for _, s := range l.graph.Stages {
		for _, send := range s.Sends {
			for _, o := range offersOf(send) {
				sent[o] = true
			}
		}
	}
	l.allMarketing = []*check.Offer{}
	for _, o := range l.Offers {
		if sent[o] && !o.Transactional {
			l.allMarketing = append(l.allMarketing, o)
		}
	}
	return l.allMarketing
}

// onlyLetters says whether newsletters are all that is sent.
func (l *look) onlyLetters() bool {
	all := l.marketing()
	return len(all) > 0 && !slices.ContainsFunc(all, func(o *check.Offer) bool { return !isLetter(o) })
}

// isLetter says whether an offer is a newsletter.
func isLetter(o *check.Offer) bool { return slices.Contains(letters, strings.ToLower(o.Kind)) }

var letters = []string{"newsletter", "letter", "digest", "bulletin", "mailing"}
