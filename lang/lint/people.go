package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
)

// The rules about people: those who sell, and those who have bought.

var scoreOnly = &Rule{
	ID: "NUR515", Name: "score-only", Title: "a score as the only way to sales", Family: Dialogue, Severity: diag.Warning,
	Why: "A score adds up small things, and sales asks one question first: why now? Thirty opened messages are no reason. Here every way into the stage that hands over asks a score and nothing else. Add one that asks for something that happened: a response, a visit to the prices, a request (`on visited where … -> …`), or ask for it beside the score. " +
		"Ways by outcomes of a hand-off are not looked at, nor are conditions on how long somebody is in the stage.",
	Bad: `handoff partner "Partners" {
  channel  crm
  brief    "brief.md"
  accept   within 5d
  outcomes won, lost
}

/// Who is very interested buys through a partner.
program partners "Partners" {
  phase accelerate
  priority 30
  enter when «score.interest >= 50»
  stage offered {
    hand to partner
    send digest every 1mo
    on partner.won     -> welcome
    on partner.lost    -> longterm
    on partner.overdue -> longterm
  }
}
`,
	Good: `handoff partner "Partners" {
  channel  crm
  brief    "brief.md"
  accept   within 5d
  outcomes won, lost
}

/// Who is very interested buys through a partner.
program partners "Partners" {
  phase accelerate
  priority 30
  enter when score.interest >= 50 and count(visited, 30d) >= 1
  stage offered {
    hand to partner
    send digest every 1mo
    on partner.won     -> welcome
    on partner.lost    -> longterm
    on partner.overdue -> longterm
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			if !handsSomething(s) {
				continue
			}
			var asked []*cond.Expr
			for _, w := range l.graph.In(s) {
				r := w.Rule.Rule
				if r != nil && r.On != nil && (r.On.Kind == check.Outcome || r.On.Kind == check.Overdue) {
					continue
				}
				var e *cond.Expr
				if r == nil {
					e = s.Program.Enter
				} else {
					e = r.When
				}
				if e == nil || !l.asksOnlyScores(e.Root) {
					asked = nil
					break
				}
				asked = append(asked, e)
			}
			if len(asked) > 0 {
				f := l.report(asked[0].Span, "a score is all that leads to `%s`, where contacts are handed over; let something that happened lead there, such as a response or a request", nameOf(s))
				for _, e := range asked[1:] {
					if e != asked[0] {
						f.because(e.Span, "this asks a score too")
					}
				}
			}
		}
	},
}

// asksOnlyScores says whether a condition reads scores, and nothing else of the contact.
func (l *look) asksOnlyScores(n *cond.Node) bool {
	score, other := false, false
	l.everyNode(n, func(n *cond.Node) {
		switch n.Op {
		case cond.Score:
			score = true
		case cond.Field, cond.Known, cond.Sent, cond.Responded, cond.Count, cond.Last, cond.Completeness:
			other = true
		}
	})
	return score && !other
}

var noHuman = &Rule{
	ID: "NUR516", Name: "no-human", Title: "a playbook in which no person ever appears", Family: Dialogue, Severity: diag.Warning, Whole: true,
	Why: "Nobody is called, nobody writes by hand, nobody takes over: whatever people answer, a machine answers them. Give a person something to do where it counts, `task \"Write a personal note\" to ROLE within 2d` for those who answered, or hand the contact over. " +
		"Playbooks that send nothing but a newsletter are told that, and not this.",
	Bad:  smallPlaybook + smallOffers[:len("\ntopics bread, cake\n")] + smallOffers[len("\ntopics bread, cake\nroles  owner\n"):] + smallMachine,
	Good: smallPlaybook + smallOffers + smallProgram,
	find: func(l *look) {
		if len(l.Programs) == 0 || l.onlyLetters() || len(l.marketing()) == 0 || slices.ContainsFunc(l.graph.Stages, func(s *check.Stage) bool { return len(s.Entry) > 0 }) {
			return
		}
		l.report(l.Programs[l.mainProgram()].Span, "no person ever appears in this playbook; write a `task` for those who answer, or hand them over")
	},
}

const smallMachine = `
/// What they make, again and again.
program «learn» "Learn" {
  phase   nurture
  enter   when true
  goal    purchased within 90d target 3%
  holdout 5%
  stage guides {
    send from by_role every 7d
    on response  -> letters
    on visited   -> letters
    on exhausted -> letters
  }
  stage letters {
    send weekly every 7d
    on response -> guides
  }
}
`

var crowdedCustomers = &Rule{
	ID: "NUR517", Name: "crowded-customers", Title: "customers who are written to as often as prospects", Family: Dialogue, Severity: diag.Warning,
	Why: "Somebody who has bought needs help in the first weeks, and then to be left in peace: who is written to as if nothing had been bought feels that nobody noticed. Write less often in `reassure` and `retain`, or set a cap for them: `cap 1 per 7d for phase in [\"reassure\", \"retain\"]`. " +
		"The shortest time between two messages of a `send … every` in these phases is compared with the shortest in `engage` and `nurture`, both with the caps that bind everybody there. A series that ends, such as the guides of the first weeks, is not meant: only what goes on.",
	Settings: []Setting{{"customer_messages", 13.0, "how many messages a year from one `send` customers do not mind"}},
	Bad: `offer digest "The weekly digest" { kind newsletter  for nurture, accelerate, reassure, retain  intent educate  content "digest.md"  repeat after 7d }

/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every «7d»
  }
}
`,
	Good: `/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every 1mo
  }
}
`,
	find: func(l *look) {
		prospects, year := int64(0), days(365).Elapsed()
		for _, s := range l.graph.Stages {
			if s.Program.Phase != check.Engage && s.Program.Phase != check.Nurture {
				continue
			}
			for _, send := range s.Sends {
				if apart := l.apart(s, send); apart > 0 && (prospects == 0 || apart < prospects) {
					prospects = apart
				}
			}
		}
		for _, s := range l.graph.Stages {
			if s.Program.Phase < check.Reassure {
				continue
			}
			for _, send := range s.Sends {
				if apart := l.apart(s, send); apart > 0 && apart <= prospects && float64(min(wantedBy(send, year), rounds(year, apart))) > l.number("customer_messages") {
					l.report(l.everyOf(send), "customers are written to as often as prospects; write less often, or set a cap for their phases")
				}
			}
		}
	},
}

// apart is how many seconds lie between two messages of a send, as the caps allow them; 0 for one that does not repeat.
func (l *look) apart(s *check.Stage, send *check.Send) int64 {
	if send.Every == nil || isTransactional(send) {
		return 0
	}
	apart := send.Every.Elapsed()
	for _, c := range l.capsAt(s) {
		if c.Count > 0 {
			apart = max(apart, c.Per.Elapsed()/int64(c.Count))
		}
	}
	return apart
}
