package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
)

var forgottenCustomers = &Rule{
	ID: "NUR432", Name: "forgotten-customers", Title: "customers whom nobody writes to", Family: Holes, Severity: diag.Warning,
	Why: "The playbook measures what is bought, and none of its programs of phase `reassure` or `retain` sends anything: the dialogue ends with the purchase, when the customer begins to ask whether it was right. Write a program for the first weeks, and one that stays in touch. " +
		"Nothing is said of a playbook without `measure { revenue … }`, nor where a program that sends does not say its phase.",
	Bad: `event «purchased» { amount number }

/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    task "Call: how is it going?" to owner within 3d
    after 30d -> done
  }
  stage loyal {
    task "Visit them" to owner within 30d
    after 30d -> done
  }
}

/// Sales works the lead, and we go on writing.
program sales_cycle "Sales" {
  phase accelerate
  stage offered {
    hand to sales
    send digest every 1mo
    on sales.overdue -> turnback
  }
  stage working {
    send case_study, first_week in 5d every 10d
    send digest in 1mo every 1mo
    after 120d -> turnback
  }
}

offer first_week "Your first week" { kind guide  topic scale  for accelerate  intent educate  content "first_week.md" }
`,
	Good: `/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    task "Call: how is it going?" to owner within 3d
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	find: func(l *look) {
		sale := l.Measure.RevenueEvent
		if sale == nil || sale.Kind != check.Declared {
			return
		}
		writes := false
		for _, p := range l.Programs {
			if !slices.ContainsFunc(p.Stages, func(s *check.Stage) bool { return len(s.Sends) > 0 }) {
				continue
			}
			if p.Phase == check.NoPhase || p.Phase >= check.Reassure {
				return
			}
			writes = true
		}
		if writes {
			l.report(sale.Span, "who has bought by `%s` is written to by no program of phase reassure or retain; write one that helps with what was bought", sale.Name)
		}
	},
}

var unnoticedPurchase = &Rule{
	ID: "NUR431", Name: "unnoticed-purchase", Title: "a purchase after which nothing changes", Family: Holes, Severity: diag.Warning,
	Why: "Who has just bought goes on getting what was to make it buy: no rule for the purchase, none for a hand-off that ended well, and no condition leads into a program for customers (phase `reassure` or `retain`). The days after the purchase are when regret comes. " +
		"Write `on EVENT -> PROGRAM` in the `track`. An `enter when` or a `when` that leads there counts as following the purchase, whatever it asks.",
	Bad: `event «purchased» { amount number }

track main {
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> longterm
  on visited where event.page == "/thanks" -> welcome
}
`,
	Good: `track main {
  on purchased          -> welcome { set contact.customer = true }
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> longterm
}
`,
	find: func(l *look) {
		sale := l.Measure.RevenueEvent
		if sale == nil || sale.Kind != check.Declared {
			return
		}
		writes := false
		for _, s := range l.graph.Stages {
			if s.Program.Phase < check.Reassure {
				continue
			}
			writes = writes || len(s.Sends) > 0
			for _, w := range l.graph.In(s) {
				on := w.Rule.Rule == nil || w.Rule.On == nil && w.Rule.After == nil
				if on || w.Rule.On == sale || w.Rule.On != nil && w.Rule.On.Kind == check.Outcome {
					return
				}
			}
		}
		if writes {
			l.report(sale.Span, "after `%s` contacts stay where they are; write `on %s -> PROGRAM`, for one of phase reassure or retain", sale.Name, sale.Name)
		}
	},
}
