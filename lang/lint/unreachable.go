package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
)

var unreachableStage = &Rule{
	ID: "NUR401", Name: "unreachable-stage", Title: "a stage that nobody can reach", Family: Holes, Severity: diag.Warning,
	Why: "No contact ever comes to this stage, so nobody gets what it sends. Either a way into it was forgotten, or it is left over: write the rule that leads here, or delete the stage.\n\n" +
		"The stages are walked from every `enter when` and every rule of a track. It is taken for granted that what is known of a contact can be anything and can change at any time (a contacts file may say so), that declared events, events of messages and outcomes of hand-offs that some stage gives can come at any time (though not at the very second at which a timer is due), that whoever comes to a stage may have been sent any offer before, and that messages may be refused. What a rule writes into a field is taken as open, and so is what an overdue hand-off might come before. " +
		"What conditions exclude is excluded: of rules for one input the first that holds is taken, a stage that is left before a time never sees what comes after it, and a map that has something for everybody at any time is never exhausted.",
	Bad: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
    on exhausted -> quiet
  }
  stage «quiet» {
    send digest every 2mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
    after 1y    -> quiet
  }
  stage quiet {
    send digest every 2mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		for _, p := range l.Programs {
			if !slices.ContainsFunc(p.Stages, a.reached) {
				continue // said once, of the program
			}
			for _, s := range p.Stages {
				if a.reached(s) {
					continue
				}
				ways := l.graph.In(s)
				if len(ways) == 0 {
					l.report(s.Span, "no rule leads to `%s`; write one, or delete the stage", s.Name)
					continue
				}
				f := l.report(s.Span, "nobody can reach `%s`: no way here can ever be taken; write one that can, or delete the stage", s.Name)
				for i, w := range ways {
					if i == mostReasons {
						break
					}
					switch {
					case w.From == nil:
						f.because(w.Place, "nobody for whom this could hold is outside of all programs")
					case !a.reached(w.From):
						f.because(w.Place, "nobody can be in `%s`", nameOf(w.From))
					default:
						f.because(w.Place, "never taken in `%s`", nameOf(w.From))
					}
				}
			}
		}
	},
}

// mostReasons is how many places a finding names that explain it.
const mostReasons = 8

func nameOf(s *check.Stage) string { return s.Program.Name + "." + s.Name }

var uninvitedProgram = &Rule{
	ID: "NUR407", Name: "uninvited-program", Title: "a program that nobody comes to", Family: Holes, Severity: diag.Warning,
	Why: "The program has no `enter when` that can take somebody, and no rule that can be taken leads to it: nobody is ever in it. Say whom it is for (`enter when …`), or lead contacts there from another program (`on … -> PROGRAM`). What is taken for granted is the same as for a single stage, see `unreachable-stage`.",
	Bad: `/// Win back those who left.
program «win_back» "Win back" {
  phase nurture
  stage ask {
    send second_look
    send digest in 1mo every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// Win back those who left.
program win_back "Win back" {
  phase nurture
  priority 30
  enter when count(purchased) >= 1 and not customers
  stage ask {
    send second_look
    send digest in 1mo every 1mo
    on response -> sales_cycle
    after 90d   -> longterm
  }
}
`,
	find: func(l *look) {
		a := l.arrivals()
		for _, p := range l.Programs {
			if len(p.Stages) == 0 || slices.ContainsFunc(p.Stages, a.reached) {
				continue
			}
			if p.Enter == nil {
				l.report(p.Span, "nobody comes to `%s`: it has no `enter when`, and no rule that can be taken leads to it; say whom it is for, or delete it", p.Name)
			} else if l.canHold(p) && !l.overlapped(p) {
				l.report(p.Span, "nobody comes to `%s`: whoever its `enter when` is for is in another program already; give it a `priority`, or delete it", p.Name).because(p.Enter.Span, "for whom it is")
			}
		}
	},
}
