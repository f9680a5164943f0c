package check

import (
	"fmt"
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// checkOutcomes makes sure that a lead never falls into a hole: where a stage hands to somebody, whatever comes back
// leads somewhere, there and in every other stage of the program, where the hand-off may still be open. `accepted`
// and an overdue hand-off are only met in the handing stage.
func (c *checker) checkOutcomes() {
	for _, d := range c.programDecls {
		c.lookAt(d.unit)
		if sound(d.tree.Body) && d.is.Track != nil {
			c.checkProgramOutcomes(d.is, stageBodies(d.tree))
		}
	}
}

func stageBodies(tree *syntax.ProgramDecl) (bodies []*syntax.Block) {
	for _, s := range stmts(tree.Body) {
		if stage, ok := s.(*syntax.StageStmt); ok {
			bodies = append(bodies, stage.Body)
		}
	}
	return bodies
}

func (c *checker) checkProgramOutcomes(p *Program, bodies []*syntax.Block) {
	var handoffs []*Handoff
	handing := map[*Handoff]map[*Stage]Entry{}
	first := map[*Handoff]Entry{}
	for _, stage := range p.Stages {
		for _, entry := range stage.Entry {
			if h := entry.Hand; h != nil {
				if handing[h] == nil {
					handoffs = append(handoffs, h)
					handing[h], first[h] = map[*Stage]Entry{}, entry
				}
				handing[h][stage] = entry
			}
		}
	}
	if len(handoffs) == 0 {
		return
	}
	around := map[*Event]bool{}
	led(around, p.Track.Rules)
	led(around, p.Rules)
	for i, stage := range p.Stages {
		if !sound(bodies[i]) {
			continue
		}
		here := map[*Event]bool{}
		led(here, stage.Rules)
		for _, h := range handoffs {
			entry, hands := handing[h][stage]
			if !hands {
				entry = first[h]
			}
			var missing []*Event
			for _, e := range returns(h, hands) {
				if !here[e] && !around[e] {
					missing = append(missing, e)
				}
			}
			if len(missing) > 0 {
				c.reportUnhandled(entry, hands, stage, bodies[i], missing)
			}
		}
	}
}

// returns lists what may come back from a hand-off in the handing stage, or in another one of its program.
func returns(h *Handoff, handing bool) (events []*Event) {
	for _, o := range h.Outcomes {
		if handing || o.Name != h.Name+"."+accepted {
			events = append(events, o)
		}
	}
	if handing && h.Accept != nil {
		events = append(events, h.Overdue)
	}
	return events
}

// led adds the events that surely lead somewhere by the rules: those of rules without `where` and with a target for
// whatever the contact is like.
func led(events map[*Event]bool, rules []*Rule) {
	for _, r := range rules {
		if r.On != nil && r.Where == nil && !r.barred && r.always() {
			events[r.On] = true
		}
	}
}

// always says whether a rule that is taken leads somewhere whatever its match sees. A target that did not resolve
// counts: it has been reported.
func (r *Rule) always() bool {
	if r.Match == nil {
		return r.Then.leads
	}
	otherwise := false
	for _, arm := range r.Match.Arms {
		if !arm.Then.leads {
			return false
		}
		otherwise = otherwise || arm.Otherwise
	}
	return otherwise
}

// reportUnhandled names what is missing where, and offers rules that lead out of the program: right or not, a place
// to begin, and never a hole.
func (c *checker) reportUnhandled(entry Entry, handing bool, in *Stage, body *syntax.Block, missing []*Event) {
	var names []string
	for _, e := range missing {
		names = append(names, e.Name)
	}
	h := entry.Hand
	var f *finding
	if handing {
		f = c.errorf("NUR151", syntax.Span{Start: entry.Span.Start, End: entry.Span.End},
			"stage `%s` hands to `%s`, and nothing here, in the program or on its track says where %s leads; write a rule `on %s -> STAGE`",
			in.Name, h.Name, listed(names, "or"), names[0])
	} else {
		f = c.errorf("NUR151", syntax.Span{Start: in.Span.Start, End: in.Span.End},
			"the hand-off to `%s` may still be open in stage `%s`, and nothing there, in the program or on its track says where %s leads; write a rule `on %s -> STAGE`",
			h.Name, in.Name, listed(names, "or"), names[0]).
			because(entry.Span, "handed here")
	}
	f.because(h.Span, "its outcomes are declared here")
	if body.End-1 < body.Start || !c.closed(body) {
		return
	}
	at := diag.Span{File: c.file, Start: body.End - 1, End: body.End - 1}
	lead, trail := "  ", "\n  "
	if body.OneLine {
		lead, trail = "\n    ", "\n  "
	}
	var rules strings.Builder
	for i, n := range names {
		if i > 0 {
			lead = "    "
		}
		fmt.Fprintf(&rules, "%son %s -> done%s", lead, n, "\n")
	}
	f.fix("lead "+listed(names, "and")+" out of the program", at, strings.TrimSuffix(rules.String(), "\n")+trail)
	f.Fixes[0].Draft = true
}

// closed says whether a block's `}` is there.
func (c *checker) closed(b *syntax.Block) bool {
	for _, f := range c.book.Files {
		if f.Name == c.file {
			return b.End > 0 && b.End <= len(f.Src) && f.Src[b.End-1] == '}'
		}
	}
	return false
}

func (c *checker) checkMigrations() {
	from := once{}
	for _, d := range c.migrateDecls {
		c.lookAt(d.unit)
		if len(d.tree.From.Parts) > 1 {
			c.twice(from, d.tree.From.String(), d.tree.From.Span, "`migrate %s`")
		}
		if !c.known(d.unit) {
			c.checkMigration(d.is, d.tree)
		}
	}
}

func (c *checker) checkMigration(m *Migration, tree *syntax.MigrateDecl) {
	var left *Program
	for i, name := range tree.From.Parts {
		if i == 0 {
			c.use(name.Span, AProgram, "", name.Text).Past = true
		} else {
			c.use(name.Span, AStage, tree.From.Parts[0].Text, name.Text).Past = true
		}
	}
	switch p := tree.From; {
	case len(p.Parts) == 0 || p.Parts[0].Text == "" || p.Parts[len(p.Parts)-1].Text == "":
	case len(p.Parts) == 1:
		c.errorf("NUR180", p.Span, "`migrate` names a stage that no longer exists: write `%s.STAGE`", p.Parts[0].Text)
	default:
		m.FromProgram, m.FromStage = p.Parts[0].Text, p.Parts[1].Text
		if left = c.programs.things[m.FromProgram]; left != nil {
			if stage := c.stages[left].things[m.FromStage]; stage != nil {
				c.errorf("NUR180", p.Span, "stage `%s` exists, so its contacts stay there; `migrate` is for a stage that no longer exists", p).
					because(stage.Span, "declared here")
			}
		}
	}
	in := place{}
	if left != nil {
		in.track = left.Track
	}
	m.To = c.target(&tree.To, in)
}
