package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// The rules about numbers that tell nothing.

var holdoutWithoutGoal = &Rule{
	ID: "NUR811", Name: "holdout-without-goal", Title: "contacts held out for nothing", Family: Measuring, Severity: diag.Warning,
	Why: "A `holdout` keeps messages from a share of the contacts, to compare what becomes of them with the others. This program has no `goal`, so nothing is compared, and those contacts are left alone for nothing. Write the goal, or delete the holdout.",
	Bad: `/// After the purchase.
program welcome "After the purchase" {
  phase   reassure
  «holdout 10%»
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	Good: `/// After the purchase.
program welcome "After the purchase" {
  phase   reassure
  goal    purchased within 180d target 10%
  holdout 10%
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			if p.Holdout > 0 && len(p.Goals) == 0 {
				l.report(l.holdoutOf(p), "program `%s` holds contacts out and has no goal to compare them by; write a `goal`, or delete the holdout", p.Name)
			}
		}
	},
}

var largeHoldout = &Rule{
	ID: "NUR812", Name: "large-holdout", Title: "a control group that is too large", Family: Measuring, Severity: diag.Warning,
	Why:      "Contacts that are held out are not nurtured. 5 to 10 % of the entrants are enough to compare with; beyond that the comparison costs more than it tells. An experiment may hold out more for some weeks: ignore the finding there, and say until when.",
	Settings: []Setting{{"largest_holdout", 20.0, "how many of 100 entrants a program may hold out"}},
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  «holdout  50%»
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  10%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			if share := p.Holdout * 100; share > l.number("largest_holdout") {
				l.report(l.holdoutOf(p), "%.3g of 100 contacts get no message of `%s`; 5 to 10 are enough to compare with", share, p.Name)
			}
		}
	},
}

var vanityGoal = &Rule{
	ID: "NUR813", Name: "vanity-goal", Title: "a goal that is reached by sending", Family: Measuring, Severity: diag.Warning,
	Why: "Messages are sent and delivered because we send them, and most opens are made by machines today: mail programs fetch the pictures before anybody looks. A goal of that kind is reached by writing more. Count what the contact does: a `response`, a visit, a purchase, an outcome.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     «opened» within 30d target 60%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     response within 30d target 20%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			for _, g := range p.Goals {
				if g.Event == nil || !slices.Contains([]string{"sent", "delivered", "opened"}, g.Event.Name) {
					continue
				}
				at := g.Span
				if s := l.goalAt(g); s != nil {
					at = diag.Span{File: g.Span.File, Start: s.Event.Start, End: s.Event.End}
				}
				l.report(at, "`%s` says nothing about the contact: more messages reach it; count what the contact does, such as `response`", g.Event.Name)
			}
		}
	},
}

var repeatedGoal = &Rule{
	ID: "NUR814", Name: "repeated-goal", Title: "one goal twice", Family: Measuring, Severity: diag.Warning, Tag: diag.Unused,
	Why: "The program counts the same event within the same time twice, and its report has the line twice, perhaps with two targets. Delete one, or say what was meant: another event, or another time.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  «goal     sales.accepted within 90d target 10%»
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  goal     sales.accepted within 30d target 5%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			for i, g := range p.Goals {
				if j := slices.IndexFunc(p.Goals[:i], func(other *check.Goal) bool { return other.Event == g.Event && other.Within == g.Within }); j >= 0 {
					l.report(g.Span, "`%s` within %s is counted already; delete one of the two, or count something else", g.Event.Name, g.Within).because(p.Goals[j].Span, "the first")
				}
			}
		}
	},
}

// goalAt is the tree of a goal.
func (l *look) goalAt(g *check.Goal) *syntax.GoalStmt {
	if d, ok := l.declAt(g.Span).(*syntax.ProgramDecl); ok && d.Body != nil {
		for _, s := range d.Body.Stmts {
			if s, ok := s.(*syntax.GoalStmt); ok && s.Start <= g.Span.Start && g.Span.End <= s.End {
				return s
			}
		}
	}
	return nil
}

// holdoutOf is the place of a program's holdout.
func (l *look) holdoutOf(p *check.Program) diag.Span {
	if d, ok := l.declAt(p.Span).(*syntax.ProgramDecl); ok && d.Body != nil {
		for _, s := range d.Body.Stmts {
			if s, ok := s.(*syntax.ProgramStmt); ok && s.Word.Text == "holdout" {
				return diag.Span{File: p.Span.File, Start: s.Start, End: s.End}
			}
		}
	}
	return p.Span
}
