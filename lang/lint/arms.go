package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

var impossibleArm = &Rule{
	ID: "NUR433", Name: "impossible-arm", Title: "an arm of a match that no contact comes to", Family: Holes, Severity: diag.Warning, Tag: diag.Unused,
	Why: "What the rule asks for before its `match` shuts this arm out: the field cannot have such a value there, or, for `otherwise`, all values that it can have there have arms of their own. Nobody goes this way. Mend the condition, or delete the arm. " +
		"Only what the rule itself says counts. A field that may be unknown comes to `otherwise`, and so does a field of an event that may hold something else.",
	Bad: `track main {
  on purchased                                           -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted                                      -> sales_cycle.working
  on sales.not_ready where contact.role != "team" match contact.role {
    "developer" -> turnback
    «"team"      -> longterm.in_touch»
    otherwise   -> longterm
  }
  on sales.not_ready -> turnback
  on sales.lost      -> longterm
}
`,
	Good: `track main {
  on purchased                                           -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted                                      -> sales_cycle.working
  on sales.not_ready match contact.role {
    "developer" -> turnback
    "team"      -> longterm.in_touch
    otherwise   -> longterm
  }
  on sales.lost -> longterm
}
`,
	find: func(l *look) {
		for _, t := range l.Tracks {
			l.impossibleArms(t.Rules, logic.At{})
		}
		for _, p := range l.Programs {
			if len(p.Stages) > 0 { // what is known there of one stage is known of all
				l.impossibleArms(p.Rules, logic.At{Stage: p.Stages[0]})
			}
			for _, s := range p.Stages {
				l.impossibleArms(s.Rules, logic.At{Stage: s})
			}
		}
	},
}

func (l *look) impossibleArms(rules []*check.Rule, at logic.At) {
	a := l.arrivals()
	for _, r := range rules {
		if r.Match == nil {
			continue
		}
		holds := a.holds(r, at, false)
		if !l.world.Can(holds) {
			continue // that is found by itself
		}
		for _, arm := range r.Match.Arms {
			if l.world.Can(logic.And(holds, a.arm(r, arm, at, false))) {
				continue
			}
			place := arm.Span
			if arm.Span == r.Span && arm.Then.Target != nil { // it is what stands behind the match
				place = arm.Then.Target.Span
			}
			what := "no contact of whom this rule holds has such a value"
			if arm.Otherwise {
				what = "every contact of whom this rule holds has an arm of its own"
			}
			f := l.report(place, "%s, so nobody goes this way; mend the condition, or delete the arm", what)
			switch {
			case r.Where != nil:
				f.because(r.Where.Span, "the rule holds for these")
			case r.When != nil:
				f.because(r.When.Span, "the rule holds for these")
			}
		}
	}
}
