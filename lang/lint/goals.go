package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// The rules about knowing what it was good for.

var noGoal = &Rule{
	ID: "NUR801", Name: "no-goal", Title: "a playbook that has no goal", Family: Measuring, Severity: diag.Warning,
	Why: "Without a `goal` nobody can say whether the playbook works, and a change of it is a matter of taste. Say in a program what should have happened, and within what time: `goal sales.accepted within 90d target 12%`.",
	Bad: `/// Offers by what people work as.
program «targeted» "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
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
		if len(l.Programs) > 0 && !l.hasGoal() {
			l.report(l.Programs[l.mainProgram()].Span, "no program of the playbook has a goal; write `goal EVENT within DURATION` where it should get somewhere")
		}
	},
}

func (l *look) hasGoal() bool {
	return slices.ContainsFunc(l.Programs, func(p *check.Program) bool { return len(p.Goals) > 0 })
}

// mainProgram is the one that contacts enter first: that of the highest priority.
func (l *look) mainProgram() int {
	best := 0
	for i, p := range l.Programs {
		if b := l.Programs[best]; p.Enter != nil && (b.Enter == nil || p.Priority > b.Priority) {
			best = i
		}
	}
	return best
}

var goalWithoutTarget = &Rule{
	ID: "NUR802", Name: "goal-without-target", Title: "a goal without a target", Family: Measuring, Severity: diag.Info,
	Why: "A goal that says how many should reach it can be missed, and that is what makes people look for the reason. Write `target P%`: a guess is enough to begin with.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  «goal     sales.accepted within 90d»
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
  goal     sales.accepted within 90d target 10%
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
				if g.Target == 0 {
					l.report(g.Span, "say how many of 100 should reach this goal, with `target P%%`")
				}
			}
		}
	},
}

var unreachableGoal = &Rule{
	ID: "NUR803", Name: "unreachable-goal", Title: "a goal that nothing can bring about", Family: Measuring, Severity: diag.Warning,
	Why: "The goal waits for an event that cannot come: an outcome of a hand-off that no stage gives, a task that no stage sets, an answer to messages where nothing is sent. It will read 0% for ever. Name an event that can happen, or build what makes it happen.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  «goal     partner.won within 90d target 12%»
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}

// nurture:ignore NUR410 the partners begin in spring
handoff partner "Partners" {
  channel  crm
  brief    "brief.md"
  accept   within 2d
  outcomes won, lost
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  goal     purchased within 90d target 2%
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
				if g.Event != nil && !l.canHappen(g.Event) {
					l.report(g.Span, "`%s` cannot happen: %s", g.Event.Name, l.whyNot(g.Event))
				}
			}
		}
	},
}

// canHappen says whether something in the playbook, or the world, can bring an event about.
func (l *look) canHappen(e *check.Event) bool { return l.whyNot(e) == "" }

// whyNot says what is missing for an event to happen; "" for one that can.
func (l *look) whyNot(e *check.Event) string {
	stages := func(has func(*check.Stage) bool) bool { return slices.ContainsFunc(l.graph.Stages, has) }
	switch e.Kind {
	case check.Outcome, check.Overdue:
		if !l.handed(e.Handoff) {
			return "no stage hands to `" + e.Handoff.Name + "`; write `hand to " + e.Handoff.Name + "` in the stage that does"
		}
	case check.TaskEvent:
		if !stages(func(s *check.Stage) bool {
			return slices.ContainsFunc(s.Entry, func(x check.Entry) bool { return x.Task != nil })
		}) {
			return "no stage sets a task; write `task \"…\" to ROLE` in the stage that does"
		}
	case check.Message, check.Response, check.Exhausted:
		if e.Name == "submitted" || e.Name == "resubscribed" || e.Name == "unsubscribed" {
			return "" // forms of a website
		}
		if !stages(func(s *check.Stage) bool { return len(s.Sends) > 0 }) {
			return "no stage sends anything"
		}
	}
	return ""
}

// handed says whether a stage hands contacts to a hand-off.
func (l *look) handed(h *check.Handoff) bool {
	return slices.ContainsFunc(l.graph.Stages, func(s *check.Stage) bool { return hands(s, h) })
}

var shortGoal = &Rule{
	ID: "NUR804", Name: "short-goal", Title: "a goal that is over before the first message", Family: Measuring, Severity: diag.Warning,
	Why: "The goal counts from the entry into the program, and its time is over before anything has been sent: what it measures is not the program's doing. Give it more time, or send earlier.",
	Bad: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  «goal  response within 7d target 5%»
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 14d
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	Good: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  goal  response within 60d target 5%
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 14d
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			first, sends := int64(-1), false
			for _, s := range p.Stages {
				if s != p.Stages[0] && len(s.Sends) > 0 { // reached by who knows what, perhaps at once
					first = 0
				}
				for _, send := range s.Sends {
					wait := int64(0)
					if send.In != nil {
						wait = send.In.Elapsed()
					}
					if !sends || wait < first {
						first = wait
					}
					sends = true
				}
			}
			for _, g := range p.Goals {
				if sends && first > 0 && g.Within.Elapsed() < first && g.Event != nil && g.Event.Kind != check.Declared {
					l.report(g.Span, "within %s nothing has been sent yet; give the goal more time, or send earlier", g.Within)
				}
			}
		}
	},
}

var noRevenue = &Rule{
	ID: "NUR805", Name: "no-revenue", Title: "revenue that nobody measures", Family: Measuring, Severity: diag.Info,
	Why: "What nurturing earns is what pays for it. `measure { revenue EVENT.FIELD }` names the number that a purchase brings; without it there is no return to report, and the program is the first thing to be cut. Nothing is said where no event of the playbook carries a number.",
	Bad: `«measure» {
  cost contact.cost
}
`,
	Good: `measure {
  revenue purchased.amount
  cost    contact.cost
}
`,
	find: func(l *look) {
		if len(l.Programs) > 0 && l.Measure.RevenueEvent == nil && slices.ContainsFunc(l.Events, carriesNumber) {
			l.report(l.blockOf("measure").word, "nothing says what a purchase brings; write `measure { revenue EVENT.FIELD }`")
		}
	},
}

// carriesNumber says whether a declared event has a number, which may be money.
func carriesNumber(e *check.Event) bool {
	return e.Kind == check.Declared && slices.ContainsFunc(e.Fields, func(f *check.Field) bool { return f.Type == check.FieldNumber })
}

var noCost = &Rule{
	ID: "NUR806", Name: "no-cost", Title: "cost that nobody measures", Family: Measuring, Severity: diag.Info,
	Why: "A return is what came in for what went out. `measure { cost contact.FIELD }` says what a lead cost, `cost` in an offer what one sending costs; one of them is enough to begin with.",
	Bad: `«measure» {
  revenue purchased.amount
}

/// Hosting is our cost.
segment developers = contact.role == "developer" and not (contact.cost > 100)
`,
	Good: `measure {
  revenue purchased.amount
  cost    contact.cost
}
`,
	find: func(l *look) {
		if len(l.Programs) == 0 || l.Measure.RevenueEvent == nil || l.Measure.CostField != nil || slices.ContainsFunc(l.Offers, func(o *check.Offer) bool { return o.Cost > 0 }) {
			return
		}
		l.report(l.blockOf("measure").word, "nothing says what a lead or a sending costs; write `measure { cost contact.FIELD }`, or `cost` in offers")
	},
}

var noHoldout = &Rule{
	ID: "NUR807", Name: "no-holdout", Title: "nobody to compare with", Family: Measuring, Severity: diag.Info,
	Why: "Some contacts would have bought anyway. `holdout 5%` in a program keeps a stable share of those who enter out of its messages; what the others do more is what the program achieved. Without it every purchase looks like its merit. Nothing is said of a playbook that measures neither a `goal` nor `revenue`: it has nothing to compare.",
	Bad: `/// Offers by what people work as.
program «targeted» "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
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
  holdout  2%
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
		if l.hasGoal() && l.Measure.RevenueEvent != nil && !slices.ContainsFunc(l.Programs, func(p *check.Program) bool { return p.Holdout > 0 }) {
			l.report(l.Programs[l.mainProgram()].Span, "no program has a `holdout`, so nobody can say what would have happened anyway; write `holdout 5%%`")
		}
	},
}
