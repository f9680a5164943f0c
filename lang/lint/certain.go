package lint

import (
	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

// The rules about conditions that decide nothing. What is known of conditions stands in lang/logic.

var neverTrue = &Rule{
	ID: "NUR420", Name: "never-true", Title: "a condition that no contact can fulfil", Family: Holes, Severity: diag.Warning,
	Why: "Its parts exclude each other, or a part can never hold, whatever the contact is and whatever it does: the rule, segment or send behind it is dead, and contacts that were to go that way stay where they are. " +
		"Fields may be unknown and have any value of their type; what events will do is taken as free. Conditions of several things compared with each other are not judged, nor is a `never`: a guard that nothing runs into does its work.",
	Bad: `segment developers = «contact.role == "developer" and contact.role == "it"»
`,
	Good: `segment developers = contact.role == "developer" or contact.role == "it"
`,
	find: func(l *look) {
		for _, c := range l.conditions() {
			if c.what == enterWhen || c.what == aNever || c.expr.Root.Op == cond.ConstBool {
				continue
			}
			if !l.world.Can(l.world.Of(c.expr, c.at)) {
				l.explainNever(l.report(c.expr.Span, "%s can never hold; mend it, or delete what it stands in", c.what), c)
				continue
			}
			l.idleParts(c, c.expr.Root, cond.Or, func(f *logic.Formula) bool { return !l.world.Can(f) }, "can never hold")
		}
	},
}

// explainNever shows which parts exclude each other.
func (l *look) explainNever(f *finding, c condition) {
	a, b := l.world.Clash(c.expr, c.at)
	switch {
	case a == c.expr.Root:
	case a == b:
		f.because(a.Span, "this can never hold")
	default:
		f.because(a.Span, "this …").because(b.Span, "… and this exclude each other")
	}
}

// idleParts reports operands of an `and` or `or` that have no say in it.
func (l *look) idleParts(c condition, n *cond.Node, in cond.Op, idle func(*logic.Formula) bool, what string) {
	switch n.Op {
	case cond.And, cond.Or:
		for _, a := range n.Args {
			if a.Op == n.Op || !(n.Op == in && a.Op != cond.ConstBool && idle(l.world.Part(a, c.at))) {
				l.idleParts(c, a, in, idle, what)
				continue
			}
			l.report(a.Span, "this part %s; mend it, or leave it out", what)
		}
	case cond.Not:
		l.idleParts(c, n.Args[0], in, idle, what)
	}
}

var alwaysTrue = &Rule{
	ID: "NUR421", Name: "always-true", Title: "a condition that every contact fulfils", Family: Holes, Severity: diag.Warning,
	Why: "Whatever the contact is and whatever it does, the condition holds. Where it was to tell contacts apart it does not, and everybody goes the same way; `!=` and `not in` are true of what is unknown, which is how that often comes about. Write what was meant, or leave the condition out; write `true` where one is needed and it should always hold.",
	Bad: `segment developers = «contact.role != "developer" or contact.role != "it"»
`,
	Good: `segment developers = contact.role != "developer" and contact.role != "it"
`,
	find: func(l *look) {
		for _, c := range l.conditions() {
			if c.expr.Root.Op == cond.ConstBool {
				continue
			}
			if l.world.Must(l.world.Of(c.expr, c.at)) {
				l.report(c.expr.Span, "%s always holds; write what was meant, or `true`", c.what)
				continue
			}
			l.idleParts(c, c.expr.Root, cond.And, l.world.Must, "always holds")
		}
	},
}

// enterWhen is what an `enter when` is called.
const enterWhen = "`enter when`"

// aNever is what a `never` is called.
const aNever = "`never`"

var impossibleEntry = &Rule{
	ID: "NUR422", Name: "impossible-entry", Title: "a program that no contact can enter", Family: Holes, Severity: diag.Warning,
	Why: "No contact can ever fulfil its `enter when`: its parts exclude each other. The program waits for people who do not exist, and those it was made for are elsewhere, or nowhere.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when «contact.role == "it" and not known(contact.role)»
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}

track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  when since(program.entered) >= 2y and phase == "accelerate" -> targeted
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> longterm
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when contact.role == "it" and not customers
  goal     sales.accepted within 90d target 12%
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
		for _, c := range l.conditions() {
			if c.what == enterWhen && !l.world.Can(l.world.Of(c.expr, c.at)) {
				l.explainNever(l.report(c.expr.Span, "no contact can enter by this; mend the condition"), c)
			}
		}
	},
}

// mostPairs bounds how many pairs of programs are compared.
const mostPairs = 20_000

var overlappingEntries = &Rule{
	ID: "NUR423", Name: "overlapping-entries", Title: "programs that take the same contacts", Family: Holes, Severity: diag.Warning,
	Why: "A contact that fulfils both `enter when`s enters the program of the higher `priority`; these two have the same, so the alphabet decides. Renaming a program would then send people elsewhere. Give them different priorities, or conditions that exclude each other.",
	Bad: `/// For all others.
program longterm "Long-term" {
  phase    nurture
  priority 20
  enter    when «not customers»
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// For all others.
program longterm "Long-term" {
  phase    nurture
  priority 20
  enter    when not customers and not known(contact.role)
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		type door struct {
			track    *check.Track
			priority float64
		}
		seen := map[door][]*check.Program{}
		pairs := 0
		for _, p := range l.Programs {
			if p.Enter == nil {
				continue
			}
			at := door{p.Track, p.Priority}
			mine := l.world.Of(p.Enter, logic.At{})
			for _, q := range seen[at] {
				if pairs++; pairs > mostPairs {
					return
				}
				if both := logic.And(mine, l.world.Of(q.Enter, logic.At{})); l.world.Can(both) {
					l.report(p.Enter.Span, "some contacts fulfil this and the condition of `%s`, which has the same priority; give one a higher one, or let them exclude each other", q.Name).
						because(q.Enter.Span, "`%s` is entered by this", q.Name)
					break
				}
			}
			seen[at] = append(seen[at], p)
		}
	},
}

var shadowedRule = &Rule{
	ID: "NUR424", Name: "shadowed-rule", Title: "a rule that is never taken", Family: Holes, Severity: diag.Warning,
	Why: "For one input the first rule that holds is taken, those of the stage before those of the program and of the track. Wherever this rule would hold an earlier one does, so it is never taken. Put the more particular rule first, or delete this one. " +
		"Of two `after`s only the shorter one is ever taken, and what waits longer than the stage's own `after` does not come either.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on visited                                          -> longterm.in_touch
    «on visited where event.page startsWith "/pricing" -> sales_cycle»
    on response                                         -> sales_cycle
    on exhausted                                        -> longterm
    after 60d                                           -> longterm
    «when since(stage.entered) >= 90d                  -> longterm»
  }
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on visited                                        -> longterm.in_touch
    on response                                       -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	find: func(l *look) {
		for _, t := range l.Tracks {
			l.shadowed(t.Rules, nil, logic.At{})
		}
		for _, p := range l.Programs {
			if len(p.Stages) > 0 {
				l.shadowed(p.Rules, nil, logic.At{Stage: p.Stages[0]})
			}
			for _, s := range p.Stages {
				l.shadowed(s.Rules, nil, logic.At{Stage: s})
			}
			if len(p.Stages) == 1 { // what the stage's rules take never comes to the program's
				l.shadowed(p.Rules, p.Stages[0].Rules, logic.At{Stage: p.Stages[0]})
			}
		}
	},
}

// mostRules bounds how many rules of one stage are compared with each other.
const mostRules = 200

// shadowed reports the rules that earlier ones of their list, or those that come before all of it, always take.
func (l *look) shadowed(rules, before []*check.Rule, at logic.At) {
	if len(rules)+len(before) > mostRules {
		return
	}
	for i, r := range rules {
		earlier := before
		if before == nil {
			earlier = rules[:i]
		}
		by := l.shadowing(r, earlier, at, false)
		if by == nil && before == nil {
			by = l.shadowing(r, rules[i+1:], at, true)
		}
		if by != nil {
			l.report(r.Span, "this rule is never taken: wherever it holds another one does first; put this first, or delete it").because(by.Span, "taken first")
		}
	}
}

// shadowing finds a rule among others that is always taken where this one holds. One that stands behind can only win by time.
func (l *look) shadowing(r *check.Rule, others []*check.Rule, at logic.At, behind bool) *check.Rule {
	holds := l.world.Of(r.Where, at)
	if r.When != nil {
		holds = l.world.Of(r.When, at)
	}
	if !l.world.Can(holds) {
		return nil // that is found by itself
	}
	for _, o := range others {
		if !l.alwaysLeads(o) {
			continue
		}
		switch {
		case o.After != nil && r.After != nil:
			if o.After.Less(*r.After) || *o.After == *r.After && !behind {
				return o
			}
		case o.After != nil:
			if l.world.Implies(holds, logic.Stayed(*o.After, behind)) {
				return o
			}
		case behind:
		case o.When != nil && r.After == nil:
			if l.world.Implies(holds, l.world.Of(o.When, at)) {
				return o
			}
		case o.On != nil && o.On == r.On:
			if l.world.Implies(holds, l.world.Of(o.Where, at)) {
				return o
			}
		}
	}
	return nil
}

// alwaysLeads says whether a rule that holds ends the search: it, or each arm of its match, has a target, and some arm always fits.
func (l *look) alwaysLeads(r *check.Rule) bool {
	if r.Match == nil {
		return r.Then.Target != nil
	}
	otherwise := false
	for _, a := range r.Match.Arms {
		if a.Then.Target == nil {
			return false
		}
		otherwise = otherwise || a.Otherwise
	}
	return otherwise
}

var lateTouch = &Rule{
	ID: "NUR425", Name: "late-touch", Title: "a touch that comes after the stage has been left", Family: Holes, Severity: diag.Warning,
	Why: "The stage moves every contact on after a time, and this `send` waits longer, or just as long, before its first touch (a transition that is due with a touch wins): it never sends anything. Send earlier, or let contacts stay longer.",
	Bad: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in «90d»
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	Good: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 60d
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	find: func(l *look) {
		for _, s := range l.graph.Stages {
			for _, r := range s.Rules {
				if r.After == nil || !l.alwaysLeads(r) {
					continue
				}
				for _, send := range s.Sends {
					if send.In != nil && (*send.In == *r.After || r.After.Less(*send.In)) {
						l.report(l.inOf(send), "after %s every contact has left this stage, so this is never sent; send earlier, or let them stay longer", r.After).
							because(r.Span, "here they leave")
					}
				}
			}
		}
	},
}
