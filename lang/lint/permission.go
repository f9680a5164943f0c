package lint

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// The rules about whether contacts may be written to at all.

var noConsent = &Rule{
	ID: "NUR701", Name: "no-consent", Title: "messages without a rule for consent", Family: Sending, Severity: diag.Warning,
	Why: "Nothing says who has agreed to get messages, so everybody in the contacts file gets them: in most countries that is against the law, and nowhere is it the beginning of a dialogue. Write `consent when …` in the `policy`. " +
		"A playbook all of whose offers are `transactional` needs none.",
	Bad: `«policy» {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  resume   on resubscribed
}

/// Customers pay less for us.
segment customers = contact.customer and contact.consent
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
		if l.Policy.Consent == nil && l.advertises() {
			l.report(l.blockOf("policy").word, "nothing says who agreed to get messages; write `consent when …` in the policy")
		}
	},
}

// advertises says whether anything is sent that is not transactional.
func (l *look) advertises() bool {
	return slices.ContainsFunc(l.Offers, func(o *check.Offer) bool { return !o.Transactional })
}

var noStop = &Rule{
	ID: "NUR702", Name: "no-stop", Title: "a wish to be left alone that nothing hears", Family: Sending, Severity: diag.Warning,
	Why: "Who unsubscribes or reports a message as spam does not want the next one, and mailbox providers punish whoever sends it. `stop on unsubscribed, complained` in the `policy` ends all messages to this contact at once, in every program.",
	Fix: "Adds the missing `stop` to the policy.",
	Bad: `«policy» {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, bounced
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
		if len(l.Offers) == 0 {
			return
		}
		var missing []string
		for _, name := range []string{"unsubscribed", "complained"} {
			if !l.stops(name) {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return
		}
		b := l.blockOf("policy")
		line := "stop on " + strings.Join(missing, ", ")
		f := l.report(b.word, "who %s goes on getting messages; write `%s` in the policy", strings.Join(missing, " or "), line)
		if b.is {
			f.fix("Write `"+line+"`", b.line(line))
		}
	},
}

// stops says whether an event ends the messages, whatever else is asked of it.
func (l *look) stops(event string) bool {
	return slices.ContainsFunc(l.Policy.Stops, func(s *check.StopRule) bool {
		return slices.ContainsFunc(s.Events, func(e *check.Event) bool { return e.Name == event })
	})
}

var bouncesGoOn = &Rule{
	ID: "NUR703", Name: "bounces-go-on", Title: "addresses that do not exist are written to again", Family: Sending, Severity: diag.Info,
	Why: "A hard bounce says that the address does not exist. Writing to it again costs money and reputation: providers count bounces. Write `stop on bounced where event.hard` in the `policy`.",
	Fix: "Adds the `stop` to the policy.",
	Bad: `«policy» {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained
  resume   on resubscribed
}
`,
	Good: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained
  stop     on bounced where event.hard
  resume   on resubscribed
}
`,
	find: func(l *look) {
		if len(l.Offers) > 0 && !l.stops("bounced") {
			b := l.blockOf("policy")
			f := l.report(b.word, "addresses that bounce go on getting messages; write `stop on bounced where event.hard` in the policy")
			if b.is {
				f.fix("Write `stop on bounced where event.hard`", b.line("stop on bounced where event.hard"))
			}
		}
	},
}

// unasked are events that a contact does not decide: nothing in them says that it wants messages again.
var unasked = []string{"sent", "delivered", "opened", "bounced", "complained", "unsubscribed"}

var resumeUnasked = &Rule{
	ID: "NUR704", Name: "resume-unasked", Title: "messages that begin again without being asked for", Family: Sending, Severity: diag.Warning,
	Why: "Who said stop is written to again only after saying so: by subscribing again, by a form. That a message was delivered or opened says nothing of that kind; mail programs open messages by themselves.",
	Bad: `policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained, bounced
  «resume   on opened»
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
		for _, r := range l.Policy.Resumes {
			for _, e := range r.Events {
				if slices.Contains(unasked, e.Name) {
					l.report(r.Span, "`%s` does not say that somebody wants messages again; resume on what does, such as `resubscribed`", e.Name)
				}
			}
		}
	},
}

// marketing are kinds of offers that nobody has a right to send as a receipt.
var marketing = []string{"newsletter", "whitepaper", "webinar", "coupon", "report", "article", "case_study", "ebook", "guide", "promotion", "sale", "demo", "trial", "video", "podcast", "survey", "event"}

var marketingAsTransactional = &Rule{
	ID: "NUR705", Name: "marketing-as-transactional", Title: "marketing that passes as transactional", Family: Sending, Severity: diag.Warning,
	Why: "`transactional` is for what a contact needs because of something it did: a receipt, a password, a change of terms. Such messages pass consent, windows and caps. An offer that sells, one from a map, or one of a kind such as newsletter or webinar is advertising, and sending it that way is what laws and providers punish. Take `transactional` away.",
	Bad: `offer digest "The monthly digest" { kind newsletter  for nurture, accelerate, reassure, retain  intent educate  content "digest.md"  «transactional»  repeat after 1mo }
`,
	Good: `offer digest "The monthly digest" { kind newsletter  for nurture, accelerate, reassure, retain  intent educate  content "digest.md"  repeat after 1mo }
`,
	Fix: "Takes `transactional` away.",
	find: func(l *look) {
		mapped := map[*check.Offer]bool{}
		for _, m := range l.Maps {
			for _, o := range m.Offers() {
				mapped[o] = true
			}
		}
		for _, o := range l.Offers {
			if !o.Transactional {
				continue
			}
			why := ""
			switch {
			case slices.Contains(marketing, strings.ToLower(o.Kind)):
				why = "a " + o.Kind
			case o.Intent == "sell" || o.Intent == "presell":
				why = "to " + o.Intent
			case mapped[o]:
				why = "from an offer map"
			default:
				continue
			}
			at := l.property(o, "transactional")
			l.report(at, "offer `%s` is %s, which is marketing; take `transactional` away, so that consent, window and cap bind it", o.Name, why).fix("Take `transactional` away", diag.Edit{Span: at})
		}
	},
}
