// Package graph shows a playbook as its stages and the ways between them: what a contact in a stage can meet, and where
// that leads. It says what stands in the playbook, not what conditions allow.
package graph

import (
	"iter"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// Scope says where a rule is written, which is also the order in which rules are looked at.
type Scope uint8

const (
	OfStage Scope = iota
	OfProgram
	OfTrack
	Entry // no rule: an `enter when`
)

// Rule is a rule that contacts in a stage meet.
type Rule struct {
	*check.Rule
	Scope Scope
}

// Way leads from one stage to another.
type Way struct {
	From  *check.Stage // nil: from outside of all programs of the track
	To    *check.Stage // nil: out of the program, by `done`
	Rule  Rule         // its Rule is nil for an Entry
	Then  *check.Then  // of the rule, or of the arm of its match; nil for an Entry
	Arm   *check.Arm   // nil without a match
	Place diag.Span    // of the target, or of the program's `enter`
}

// Graph is a playbook's. It is not changed after Of.
type Graph struct {
	Stages []*check.Stage // in source order

	rules   map[*check.Stage][]Rule
	out, in map[*check.Stage][]*Way
	outside []*Way // from no program, by tracks
}

// Of makes the graph of a playbook, also of one with errors, as far as it was understood.
func Of(pb *check.Playbook) *Graph {
	g := &Graph{rules: map[*check.Stage][]Rule{}, out: map[*check.Stage][]*Way{}, in: map[*check.Stage][]*Way{}}
	for _, p := range pb.Programs {
		if p.Enter != nil && len(p.Stages) > 0 {
			g.add(&Way{To: p.Stages[0], Rule: Rule{Scope: Entry}, Place: p.Enter.Span})
		}
		for _, s := range p.Stages {
			g.Stages = append(g.Stages, s)
			var track []*check.Rule
			if p.Track != nil {
				track = p.Track.Rules
			}
			all := make([]Rule, 0, len(s.Rules)+len(p.Rules)+len(track))
			for r := range placed(s.Rules, OfStage) {
				all = append(all, r)
			}
			for r := range placed(p.Rules, OfProgram) {
				all = append(all, r)
			}
			for r := range placed(track, OfTrack) {
				all = append(all, r)
			}
			g.rules[s] = all
			for _, r := range all {
				g.lead(s, r)
			}
		}
	}
	for _, t := range pb.Tracks {
		for r := range placed(t.Rules, OfTrack) {
			g.lead(nil, r)
		}
	}
	return g
}

func placed(rules []*check.Rule, at Scope) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, r := range rules {
			if !yield(Rule{r, at}) {
				return
			}
		}
	}
}

// lead adds the ways of a rule that contacts in a stage, or in none, meet.
func (g *Graph) lead(from *check.Stage, r Rule) {
	arm := func(then *check.Then, arm *check.Arm) {
		if t := then.Target; t != nil && (from != nil || !t.Done) {
			g.add(&Way{From: from, To: t.Stage, Rule: r, Then: then, Arm: arm, Place: t.Span})
		}
	}
	if r.Match == nil {
		arm(&r.Then, nil)
		return
	}
	for _, a := range r.Match.Arms {
		arm(&a.Then, a)
	}
}

func (g *Graph) add(w *Way) {
	if w.From == nil {
		g.outside = append(g.outside, w)
	} else {
		g.out[w.From] = append(g.out[w.From], w)
	}
	if w.To != nil {
		g.in[w.To] = append(g.in[w.To], w)
	}
}

// Rules are those that a contact in a stage meets, in the order in which they are looked at: of the stage, of its program, of
// the track.
func (g *Graph) Rules(s *check.Stage) []Rule { return g.rules[s] }

// Out are the ways that lead from a stage, in the order of its rules.
func (g *Graph) Out(s *check.Stage) []*Way { return g.out[s] }

// In are the ways that lead into a stage.
func (g *Graph) In(s *check.Stage) []*Way { return g.in[s] }

// Outside are the ways that lead into a program for contacts that are in none of its track: entries, then rules of tracks.
func (g *Graph) Outside() []*Way { return g.outside }
