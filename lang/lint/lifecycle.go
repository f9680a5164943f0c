package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/graph"
)

// The rule about a dialogue that stops where a lead becomes somebody else's work.

var silentSales = &Rule{
	ID: "NUR430", Name: "silence-while-sales-works", Title: "silence while sales works the lead", Family: Holes, Severity: diag.Warning,
	Why: "Sales takes weeks, and in this stage, in which contacts are while it does, nothing is sent: the dialogue that made the lead warm stops on the day on which it matters most. Send what helps to decide: case studies, a rollout plan, the newsletter. " +
		"Looked at are the stages of the handing program to which `accepted` leads, and the handing stage where it leads nowhere. A playbook that writes to contacts on several tracks is not judged, nor is a stage that moves everybody on by `after`.",
	Bad: `/// Sales works the lead.
program sales_cycle "Sales" {
  phase accelerate
  stage offered {
    hand to sales
    send case_study in 5d
    send digest every 1mo
    on sales.overdue -> turnback
  }
  stage «working» {
    task "Write a personal note" to owner within 2d
    when since(stage.entered) >= 120d -> turnback
  }
}
`,
	Good: `/// Sales works the lead.
program sales_cycle "Sales" {
  phase accelerate
  stage offered {
    hand to sales
    on sales.overdue -> turnback
  }
  stage working {
    send case_study in 5d
    send digest in 1mo every 1mo
    task "Write a personal note" to owner within 2d
    when since(stage.entered) >= 120d -> turnback
  }
}
`,
	find: func(l *look) {
		var writes *check.Track
		for _, s := range l.graph.Stages {
			if len(s.Sends) == 0 {
				continue
			}
			if writes != nil && writes != s.Program.Track {
				return
			}
			writes = s.Program.Track
		}
		said := map[*check.Stage]bool{}
		for _, s := range l.graph.Stages {
			for _, e := range s.Entry {
				if e.Hand == nil {
					continue
				}
				for _, at := range l.worked(s, e.Hand) {
					if said[at] || len(at.Sends) > 0 || slices.ContainsFunc(l.graph.Rules(at), func(r graph.Rule) bool { return r.After != nil }) {
						continue
					}
					said[at] = true
					l.report(at.Span, "while `%s` works the lead it is in `%s`, which sends nothing; send what helps it to decide", e.Hand.Name, nameOf(at)).because(e.Span, "handed over here")
				}
			}
		}
	},
}

// worked are the stages in which contacts are once those who got them from a stage have accepted.
func (l *look) worked(s *check.Stage, h *check.Handoff) []*check.Stage {
	var all []*check.Stage
	for _, w := range l.graph.Out(s) {
		if e := w.Rule.On; e == nil || e.Handoff != h || e.Kind != check.Outcome || outcomeOf(e) != "accepted" {
			continue
		}
		if w.To == nil || w.To.Program != s.Program {
			return nil // the hand-off ends there
		}
		all = append(all, w.To)
	}
	if all == nil {
		return []*check.Stage{s}
	}
	return all
}
