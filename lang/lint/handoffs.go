package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/graph"
)

// The rules about giving leads to people, and getting them back.

var idleHandoff = &Rule{
	ID: "NUR410", Name: "idle-handoff", Title: "a hand-off that no stage gives", Family: Holes, Severity: diag.Warning, Tag: diag.Unused,
	Why: "The hand-off says how people take over, and no stage has `hand to` it: the leads that should get there never do. Hand contacts over in a stage, or delete it.",
	Bad: `handoff «partner» "Partners" {
  channel  crm
  brief    "brief.md"
  accept   within 2d
  outcomes won, lost
}
`,
	Good: `handoff sales "Inside sales" {
  channel  crm
  brief    "brief.md"
  accept   within 2d
  outcomes accepted, not_ready, lost
}
`,
	find: func(l *look) {
		for _, h := range l.Handoffs {
			if !l.handed(h) {
				l.report(h.Span, "no stage hands contacts to `%s`; write `hand to %s` in the stage that should, or delete it", h.Name, h.Name)
			}
		}
	},
}

var endlessAccept = &Rule{
	ID: "NUR411", Name: "endless-accept", Title: "a hand-off that may be left lying", Family: Holes, Severity: diag.Warning,
	Why: "Without `accept within` a lead that nobody picks up waits for ever: no `overdue` comes, no rule gets it back. That is the black hole most leads fall into. Write how long people have, such as `accept within 2d`, and say with `on HANDOFF.overdue` what happens then.",
	Bad: `handoff «partner» "Partners" {
  channel  crm
  brief    "brief.md"
  outcomes won, lost
}

/// Who works in a team buys through a partner.
program partners "Partners" {
  phase accelerate
  priority 30
  enter when contact.role == "team" and known(contact.company)
  stage offered {
    hand to partner
    send digest every 1mo
    on partner.won  -> welcome
    on partner.lost -> longterm
  }
}
`,
	Good: `handoff partner "Partners" {
  channel  crm
  brief    "brief.md"
  accept   within 5d
  outcomes won, lost
}

/// Who works in a team buys through a partner.
program partners "Partners" {
  phase accelerate
  priority 30
  enter when contact.role == "team" and known(contact.company)
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
		for _, h := range l.Handoffs {
			if h.Accept != nil || !l.handed(h) {
				continue
			}
			// A stage that moves its leads on by itself after a time gets them back that way.
			safe := true
			for _, s := range l.handing(h) {
				if !slices.ContainsFunc(l.graph.Rules(s), func(r graph.Rule) bool { return r.After != nil }) {
					safe = false
				}
			}
			if !safe {
				l.report(h.Span, "a lead that nobody at `%s` picks up waits for ever; write `accept within DURATION`", h.Name)
			}
		}
	},
}

// handing are the stages that hand contacts to a hand-off.
func (l *look) handing(h *check.Handoff) []*check.Stage {
	return slices.DeleteFunc(slices.Clone(l.graph.Stages), func(s *check.Stage) bool { return !hands(s, h) })
}

var noBrief = &Rule{
	ID: "NUR412", Name: "no-brief", Title: "a hand-off that tells people nothing", Family: Holes, Severity: diag.Info,
	Why: "Who gets a lead should know what it read, what it asked for and why it comes now; else the first call begins at the beginning, and the lead notices. Write a `brief`: a Markdown file that sees the contact, where it stands and its journal.",
	Bad: `handoff «sales» "Inside sales" {
  channel  crm
  accept   within 2d
  outcomes accepted, not_ready, lost
}
`,
	Good: `handoff sales "Inside sales" {
  channel  crm
  brief    "brief.md"
  accept   within 2d
  outcomes accepted, not_ready, lost
}
`,
	find: func(l *look) {
		for _, h := range l.Handoffs {
			if h.Brief == "" {
				l.report(h.Span, "who gets a lead by `%s` is told nothing about it; write `brief \"FILE.md\"`", h.Name)
			}
		}
	},
}

// kept are outcomes after which a lead stays with those who got it.
var kept = []string{
	"accepted", "taken", "working", "qualified", "welcomed", "meeting", "booked", "scheduled", "opportunity",
	"won", "closed_won", "bought", "sold", "signed", "converted", "customer", "renewing", "renewed",
}

// returned are the ways on which contacts come back from a hand-off: by outcomes that do not keep them, and by overdue. Those of
// tracks and programs are given once.
func (l *look) returned() []*graph.Way {
	var all []*graph.Way
	seen := map[*check.Then]bool{}
	for _, s := range l.graph.Stages {
		for _, w := range l.graph.Out(s) {
			e := w.Rule.On
			if e == nil || seen[w.Then] || e.Kind != check.Overdue && e.Kind != check.Outcome || slices.Contains(kept, outcomeOf(e)) {
				continue
			}
			seen[w.Then] = true
			all = append(all, w)
		}
	}
	return all
}

// outcomeOf is an outcome without its hand-off.
func outcomeOf(e *check.Event) string { return e.Name[len(e.Handoff.Name)+1:] }

var noRequalification = &Rule{
	ID: "NUR413", Name: "no-requalification", Title: "a turnback that never says when a lead is qualified again", Family: Holes, Severity: diag.Warning,
	Why: "Sales gave the lead back, so it is in a turnback program; and from there no way leads to sales again: neither from the stage nor from any that it leads to. What was not ready in spring is bought elsewhere in autumn. Write a rule that says when it is qualified again, " +
		"such as `when requalified and since(stage.entered) >= 14d -> sales_cycle`. Leads that come back as lost for good may leave with `done`.",
	Bad: `/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  stage «not_ready» {
    send second_look in 14d
    send digest in 1mo every 1mo
    when requalified -> quiet
  }
  stage quiet {
    send digest every 1mo
    on response -> not_ready
  }
}

track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> longterm
}
`,
	Good: `segment requalified = score.interest >= 30 and known(contact.role) and known(contact.company)

/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 14d
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	find: func(l *look) {
		back := l.leadsTo(handsSomething)
		said := map[*check.Stage]bool{}
		for _, w := range l.returned() {
			if w.To == nil || said[w.To] || back[w.To] {
				continue
			}
			said[w.To] = true
			l.report(w.To.Span, "leads come to `%s` by `%s`, and no way leads from there to sales again; write a rule that says when they are qualified", nameOf(w.To), w.Rule.On.Name).
				because(w.Place, "`%s` leads here", w.Rule.On.Name)
		}
	},
}

// leadsTo are the stages from which contacts can come to one that is wanted, by whatever way.
func (l *look) leadsTo(wanted func(*check.Stage) bool) map[*check.Stage]bool {
	reached := map[*check.Stage]bool{}
	var queue []*check.Stage
	for _, s := range l.graph.Stages {
		if wanted(s) {
			reached[s] = true
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, w := range l.graph.In(s) {
			if e := w.Rule.Rule; e != nil && e.On != nil && e.On.Handoff != nil {
				continue // it is with sales already
			}
			if w.From != nil && !reached[w.From] {
				reached[w.From] = true
				queue = append(queue, w.From)
			}
		}
	}
	return reached
}

var restart = &Rule{
	ID: "NUR414", Name: "restart-after-sales", Title: "a lead that sales hands back begins from the beginning", Family: Holes, Severity: diag.Warning,
	Why: "Sales has talked to the lead and says why it comes back: that is the best thing anybody knows about it. Here it is put into the first stage that strangers enter, where it gets the first offers as if nothing had happened. Lead it into a stage for the reason it came back. " +
		"A program that contacts only reach once they have been asked for more, such as long-term nurture, is no beginning: the first stage of the program with the highest priority is, where another one exists.",
	Bad: `track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> «targeted»
  on sales.lost         -> turnback
}
`,
	Good: `track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> turnback
}
`,
	find: func(l *look) {
		if len(l.Programs) < 2 {
			return
		}
		first := l.Programs[l.mainProgram()]
		if first.Enter == nil || len(first.Stages) == 0 || first.Phase > check.Nurture { // customers come back to where they live
			return
		}
		for _, w := range l.returned() {
			if w.To == first.Stages[0] && w.Rule.On.Kind == check.Outcome {
				l.report(w.Place, "what comes back by `%s` begins where strangers begin; lead it into a stage for that reason", w.Rule.On.Name).because(first.Enter.Span, "strangers enter here")
			}
		}
	},
}

var sameDoor = &Rule{
	ID: "NUR415", Name: "back-to-the-same-door", Title: "a lead that sales hands back is handed over again at once", Family: Holes, Severity: diag.Warning,
	Why: "The outcome leads into a stage that hands over, without anything having happened in between: sales gets the lead that it has just given back. Lead it into a stage that nurtures, with a rule that says when it is qualified again. `overdue` may go to another hand-off.",
	Bad: `/// Sales works the lead, and we go on writing.
program sales_cycle "Sales" {
  phase accelerate
  stage offered {
    hand to sales
    send digest every 1mo
    on sales.overdue -> «offered»
  }
  stage working {
    send case_study in 5d
    send digest in 1mo every 1mo
    task "Write a personal note" to owner within 2d
    after 120d -> turnback
  }
}
`,
	Good: `/// Sales works the lead, and we go on writing.
program sales_cycle "Sales" {
  phase accelerate
  stage offered {
    hand to sales
    send digest every 1mo
    on sales.overdue -> turnback
  }
  stage working {
    send case_study in 5d
    send digest in 1mo every 1mo
    task "Write a personal note" to owner within 2d
    after 120d -> turnback
  }
}
`,
	find: func(l *look) {
		for _, w := range l.returned() {
			if w.To == nil {
				continue
			}
			for _, e := range w.To.Entry {
				if e.Hand != nil && e.Hand == w.Rule.On.Handoff {
					l.report(w.Place, "what comes back by `%s` is handed to %s again at once; nurture it first", w.Rule.On.Name, e.Hand.Name).because(e.Span, "handed over here")
				}
			}
		}
	},
}

var lostForGood = &Rule{
	ID: "NUR416", Name: "dropped-after-sales", Title: "a lead that sales hands back is dropped", Family: Holes, Severity: diag.Warning,
	Why: "`done` takes the contact out of all programs of the track, and no `enter when` need ever take it in again. A lead that was not ready, had no budget or was not reached is exactly what nurturing is for. Lead it into a turnback stage. Reasons that are final (`bad_data`, `duplicate`, `spam`, `lost`, `competitor` …) may end.",
	Bad: `track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> «done»
  on sales.lost         -> turnback
}
`,
	Good: `track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> done
}

/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 14d
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	find: func(l *look) {
		for _, w := range l.returned() {
			if w.To == nil && (w.Rule.On.Kind == check.Overdue || !slices.Contains(final, outcomeOf(w.Rule.On))) {
				l.report(w.Place, "what comes back by `%s` is dropped; lead it into a stage that nurtures it for that reason", w.Rule.On.Name)
			}
		}
	},
}

// final are outcomes after which there is nobody left to nurture.
var final = []string{"bad_data", "duplicate", "spam", "lost", "competitor", "invalid", "junk", "test", "closed", "disqualified", "out_of_business", "left_company", "no_fit", "unsubscribed", "fake", "student"}
