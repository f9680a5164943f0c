package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

var barredSend = &Rule{
	ID: "NUR716", Name: "barred-send", Title: "a send all of whose offers are barred", Family: Sending, Severity: diag.Warning,
	Why: "At every touch its `where`, or a `never`, bars each of its offers, whoever the contact is: the touch is refused, for ever, and is not even `exhausted`. Change the condition, or send what it allows.",
	Bad: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent sell  content "second_look.md"  asks 1 }

/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
  stage warm {
    «send second_look in 14d»
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}

track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback.warm
  on sales.lost         -> turnback
}
`,
	Good: `never "sell to people who have not engaged" when offer.intent == "sell" and count(response) == 0 and phase in ["engage", "nurture"]
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				offers := offersOf(send)
				if len(offers) == 0 {
					continue
				}
				all := true
				for _, o := range offers {
					if l.world.Can(l.allowed(s, send, o)) {
						all = false
						break
					}
				}
				if all {
					f := l.report(send.Span, "each of its offers is barred at every touch; change the condition, or send what it allows")
					for _, n := range l.Nevers {
						for _, o := range offers {
							if l.world.Must(l.world.Of(n.Cond, logic.At{Stage: s, Offer: o})) {
								f.because(n.Span, "bars offer `%s` here", o.Name)
							}
						}
					}
				}
			}
		}
	},
}

// allowed is when neither `where` nor a `never` bars an offer of a send.
func (l *look) allowed(s *check.Stage, send *check.Send, o *check.Offer) *logic.Formula {
	at := logic.At{Stage: s, Offer: o}
	f := l.world.Of(send.Where, at)
	for _, n := range l.Nevers {
		f = logic.And(f, logic.Not(l.world.Of(n.Cond, at)))
	}
	return f
}
