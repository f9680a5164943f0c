package lint

import (
	"nurture/lang/diag"
)

var outlivedTask = &Rule{
	ID: "NUR434", Name: "outlived-task", Title: "a task that has longer than its stage", Family: Holes, Severity: diag.Info,
	Why: "The stage moves every contact on before the task is due: it is done for a contact that is elsewhere by then, and `task_overdue` comes where no rule waits for it. Give people less time, or let contacts stay longer. Where the task is right wherever the contact is, leave it.",
	Bad: `/// After the purchase.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    «task "Call: how is it going?" to owner within 45d»
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
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
		for _, s := range l.graph.Stages {
			for _, e := range s.Entry {
				if e.Task == nil || e.Task.Within == nil {
					continue
				}
				for _, r := range s.Rules {
					if r.After != nil && r.After.Less(*e.Task.Within) && l.alwaysLeads(r) {
						l.report(e.Span, "after %s every contact has left this stage, and the task is not due yet; give less time, or let them stay longer", r.After).
							because(r.Span, "here they leave")
						break
					}
				}
			}
		}
	},
}
