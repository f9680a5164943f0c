package why

import (
	"fmt"
	"slices"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// cause is what a step acted on, as it was just before.
type cause struct {
	from    int    // the first row that came of it
	kind    string // causeRule, causeEntry or causeTouch
	because []Reason
	touch   *touched
}

const (
	causeRule  = "rule"
	causeEntry = "entry"
	causeTouch = "touch"
)

// Reason is one thing that decided: in words, or a condition with its parts, or both.
type Reason struct {
	Gate string // the gate of a touch that it is, "" for what decided other things
	Says string
	Part *Part
}

// touched is a touch as it was when it was decided.
type touched struct {
	stage, send int
	bytes       []byte
}

// watcher writes down what a step acts on.
type watcher struct {
	b  *book
	fx *engine.Effects
	m  *moment
}

func (w *watcher) see(seen *engine.Seen) {
	c := cause{from: len(w.fx.Rows)}
	switch {
	case seen.Rule != nil:
		c.kind, c.because = causeRule, w.b.ruleHeld(seen)
	case seen.Program != compile.None:
		c.kind, c.because = causeEntry, w.b.entryHeld(seen)
	default:
		c.kind = causeTouch
		c.touch = &touched{stage: int(seen.State.Tracks[seen.Track].Stage), send: seen.Send, bytes: w.b.codec.Append(nil, seen.State)}
	}
	w.m.causes = append(w.m.causes, c)
}

// ruleHeld says why a rule was taken.
func (b *book) ruleHeld(seen *engine.Seen) (all []Reason) {
	rule, from, x := seen.Rule, b.rules[seen.Rule], seen.Look
	pos := &seen.State.Tracks[seen.Track]
	switch {
	case from.When != nil:
		all = append(all, Reason{Part: b.parts(from.When, compile.None, x)})
	case rule.IsAfter:
		all = append(all, Reason{Says: fmt.Sprintf("entered the stage %s; %s later is %s", Clock(pos.StageEntered, x.Zone), span(rule.After), Clock(x.Zone.Add(pos.StageEntered, rule.After), x.Zone))})
	case from.Where != nil:
		all = append(all, Reason{Part: b.parts(from.Where, rule.On, x)})
	}
	if from.Match != nil {
		field := from.Match.Field
		v := b.ValueOn(rule.On, field.Root)(x)
		arm := "otherwise"
		for i := range rule.Match.Arms {
			if &rule.Match.Arms[i].Then == seen.Then && !rule.Match.Arms[i].Otherwise {
				arm = v.Text
			}
		}
		all = append(all, Reason{Says: fmt.Sprintf("match %s is %s: the arm %s", said(field), shown(field.Root.Type, v, x.Zone), arm)})
	}
	return all
}

// entryHeld says why a program was entered.
func (b *book) entryHeld(seen *engine.Seen) []Reason {
	program := b.Playbook.Programs[seen.Program]
	all := []Reason{{Part: b.parts(program.Enter, compile.None, seen.Look)}}
	if record := &seen.State.Records[seen.Program]; record.Ever {
		all = append(all, Reason{Says: "was in it before, and " + b.reenters(seen.Program)})
	}
	return all
}

func (b *book) reenters(program int) string {
	p := &b.Programs[program]
	switch p.Reenter {
	case check.ReenterAlways:
		return "may enter it again and again (reenter always)"
	case check.ReenterAfter:
		return fmt.Sprintf("may enter it again %s after it left (reenter after %s)", span(p.After), span(p.After))
	default:
		return "is never taken in twice (reenter never)"
	}
}

// ruleKinds are the rows that come of rules.
var ruleKinds = []engine.Kind{engine.Moved, engine.Withdrawn, engine.SetField, engine.Forgot, engine.Tagged, engine.Failed}

// causeOf is what a row came of: the last cause before it that can bring such a row; nil where it comes of none.
func (m *moment) causeOf(row int) *cause {
	kind := ""
	switch k := m.rows[row].Kind; {
	case k == engine.Entered:
		kind = causeEntry
	case k == engine.Sent || k == engine.Held || k == engine.Refused || k == engine.Exhausted:
		kind = causeTouch
	case slices.Contains(ruleKinds, k):
		kind = causeRule
	}
	for i := len(m.causes) - 1; i >= 0; i-- {
		if c := &m.causes[i]; c.from <= row && c.kind == kind {
			return c
		}
	}
	return nil
}

// because says what decided a row.
func (m *moment) because(key string, row int) []Reason {
	r := &m.rows[row]
	c := m.causeOf(row)
	switch {
	case r.Detail == "migrate" || r.Gone != "":
		return []Reason{{Says: "the playbook has no stage " + r.Gone + " any more"}}
	case c == nil:
		return m.entryOf(r)
	case c.touch != nil:
		return m.b.touchHeld(key, m.at, c.touch, r)
	default:
		return c.because
	}
}

// entryOf says when what is due since something was opened was opened.
func (m *moment) entryOf(r *engine.Row) []Reason {
	if r.Kind == engine.Handed || r.Kind == engine.TaskOpened {
		return []Reason{{Says: "on entry into " + m.b.Stages[r.Stage].Name}}
	}
	return nil
}

// touchHeld says what decided a touch.
func (b *book) touchHeld(key string, at int64, t *touched, r *engine.Row) (all []Reason) {
	is := &b.Stages[t.stage].Sends[t.send]
	add := func(g *weighing, names ...string) {
		for _, name := range names {
			for _, gate := range g.gates {
				if gate.Name == name {
					all = append(all, gate.reason())
				}
			}
		}
	}
	switch r.Kind {
	case engine.Sent:
		g := b.weigh(key, t.bytes, at, t.stage, t.send, int(r.Offer))
		add(g, GateDue, GateColumn, GatePick)
	case engine.Refused:
		g := b.weigh(key, t.bytes, at, t.stage, t.send, b.anyOffer(key, t, at))
		for _, gate := range g.gates {
			if !gate.Open && slices.Contains(refusedBy[r.Reason], gate.Name) {
				all = append(all, gate.reason())
			}
		}
	case engine.Held:
		g := b.weigh(key, t.bytes, at, t.stage, t.send, b.anyOffer(key, t, at))
		for _, name := range heldBy {
			for _, gate := range g.gates {
				if !gate.Open && gate.Name == name {
					all = append(all, gate.reason())
				}
			}
		}
	case engine.Exhausted:
		offers := is.Offers
		if is.Map != compile.None {
			g := b.weigh(key, t.bytes, at, t.stage, t.send, compile.None)
			add(g, GateColumn)
			offers = b.ofColumn(is.Map, g.w.Column)
		}
		for _, o := range offers {
			g := b.weigh(key, t.bytes, at, t.stage, t.send, o)
			for _, gate := range g.gates {
				if gate.Name == GateAgain {
					all = append(all, Reason{Gate: gate.Name, Says: b.Offers[o].Name + " " + gate.Says})
				}
			}
		}
		if len(offers) == 0 {
			all = append(all, Reason{Says: "the column has no offers for it"})
		}
	}
	return all
}

// refusedBy are the gates that a refusal comes of, heldBy those that a hold comes of.
var (
	refusedBy = map[string][]string{
		"consent": {GateConsent}, "stopped": {GateStop}, "address": {GateAddress}, "holdout": {GateHoldout},
		"where": {GateWhere}, "never": {GateWhere, GateNever},
	}
	// in the order in which the journal names the first
	heldBy = []string{GateWindow, GateSkip, GateCap, GateAgain}
)

// anyOffer is an offer of a touch that can still be sent.
func (b *book) anyOffer(key string, t *touched, at int64) int {
	s := engine.NewState(key)
	if err := b.codec.Decode(t.bytes, s); err != nil {
		return compile.None
	}
	s.Key = key
	w := engine.Weigh(b.Program, s, at, t.stage, t.send)
	for _, o := range w.Left {
		return o
	}
	for _, c := range w.Can {
		return c.Offer
	}
	return compile.None
}

// ofColumn are the offers of a column of a map, in order.
func (b *book) ofColumn(m, column int) (offers []int) {
	if column == compile.None {
		return nil
	}
	for i := range b.Maps[m].Rows {
		offers = append(offers, b.Maps[m].Rows[i].Cells[column]...)
	}
	return offers
}

func (g *Gate) reason() Reason { return Reason{Gate: g.Name, Says: g.Says, Part: g.Part} }
