package why

import (
	"fmt"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/engine"
)

// Answer is why something was, and why it was not.
type Answer struct {
	Kind string // what was asked for: AnOffer, AProgram, AStage
	Name string
	Was  []Line // when it came, up to the instant, with what decided it
	Now  bool   // the contact stands there at this instant
	Ways []Way  // every line of the playbook that may bring it about, and what is in its way
	Next Next

	Later int64 // when it came after the instant that is asked about, by the journal; 0: it did not
}

// What can be asked for.
const (
	AnOffer  = "offer"
	AProgram = "program"
	AStage   = "stage"
)

// Way is one line of the playbook that may bring about what is asked for.
type Way struct {
	Where string // stage, program or track that the line belongs to
	By    string // file:line
	Rule  string // what stands there
	Gates []Gate
}

// Next is what it takes from the instant on.
type Next struct {
	Comes bool   // with what is needed it comes, and at At
	Needs []Need // what is needed, in order; empty: it comes by itself
	At    int64
	Never string // why it never comes, "" where that is not known
	Tried int    // how many ways were tried

	open bool // there may be a way
}

// Offer asks about an offer: why it was sent, or was not.
func (v *Standing) Offer(name string) (*Answer, error) {
	offer := v.b.OfferIndex(name)
	if offer == compile.None {
		return nil, v.unknown("offer", name, offers(v.b.Program))
	}
	a := &Answer{Kind: AnOffer, Name: name}
	v.cameBy(a, func(l *Line) bool { return l.Kind == engine.Sent.String() && l.Entry.Offer == name })
	if v.state == nil {
		return a, nil
	}
	byTrack := map[int]map[int]bool{}
	var shut []string
	for stage := range v.b.Stages {
		track := v.b.Programs[v.b.Stages[stage].Program].Track
		for send := range v.b.Stages[stage].Sends {
			if !v.b.sends(stage, send, offer) {
				continue
			}
			is := &v.b.Stages[stage].Sends[send]
			w := v.b.weigh(v.Key, v.bytes, v.Now, stage, send, offer)
			v.stoppedBy(w.gates)
			a.Ways = append(a.Ways, Way{Where: v.b.Stages[stage].Name, By: is.By, Rule: v.b.text(w.from.Span), Gates: w.gates})
			if gate := shutGate(w.gates); gate != nil {
				shut = append(shut, gate.Says)
				continue
			}
			if byTrack[track] == nil {
				byTrack[track] = map[int]bool{}
			}
			byTrack[track][stage] = true
		}
	}
	v.standsFirst(a.Ways)
	switch {
	case len(a.Ways) == 0:
		a.Next.Never = "no stage sends it"
	case len(byTrack) == 0:
		a.Next.Never = shut[0]
	}
	for track := range v.b.Tracks {
		if ends := byTrack[track]; ends != nil {
			v.plan(a, &goal{v: v, track: track, ends: ends, offer: offer, is: func(r *engine.Row) bool {
				return r.Kind == engine.Sent && int(r.Offer) == offer
			}})
		}
	}
	return a, nil
}

// InProgram asks about a program: why the contact was taken in or moved there, or was not.
func (v *Standing) InProgram(name string) (*Answer, error) {
	program := slices.IndexFunc(v.b.Programs, func(p compile.Playlet) bool { return p.Name == name })
	if program < 0 {
		var names []string
		for i := range v.b.Programs {
			names = append(names, v.b.Programs[i].Name)
		}
		return nil, v.unknown("program", name, names)
	}
	a := &Answer{Kind: AProgram, Name: name}
	v.cameBy(a, func(l *Line) bool {
		at, from := stageProgram(l.Entry.To), l.Entry.Program
		return l.Kind == engine.Entered.String() && from == name || l.Kind == engine.Moved.String() && at == name && from != name
	})
	if v.state == nil {
		return a, nil
	}
	track, ends := v.b.Programs[program].Track, map[int]bool{}
	for i := range v.b.Stages {
		if v.b.Stages[i].Program == program {
			ends[i] = true
		}
	}
	at := v.state.Tracks[track].Stage
	a.Now = at >= 0 && ends[int(at)]
	if v.b.Playbook.Programs[program].Enter != nil {
		a.Ways = append(a.Ways, v.entry(program))
	}
	a.Ways = append(a.Ways, v.rulesTo(track, ends, program)...)
	if len(a.Ways) == 0 {
		a.Next.Never = "nothing leads into it: it has no `enter when`, and no rule goes there"
		return a, nil
	}
	if !a.Now {
		v.plan(a, &goal{v: v, track: track, ends: ends, offer: compile.None, is: func(r *engine.Row) bool {
			stage, is := v.b.entered(r)
			return is && v.b.Stages[stage].Program == program && (r.Kind == engine.Entered || int(r.Program) != program)
		}})
	}
	return a, nil
}

// Stage asks about a stage: why the contact came there, or did not.
func (v *Standing) Stage(name string) (*Answer, error) {
	stage := v.b.StageIndex(name)
	if stage == compile.None {
		var names []string
		for i := range v.b.Stages {
			names = append(names, v.b.Stages[i].Name)
		}
		return nil, v.unknown("stage", name, names)
	}
	a := &Answer{Kind: AStage, Name: name}
	v.cameBy(a, func(l *Line) bool {
		return l.Kind == engine.Entered.String() && l.Where == name || l.Kind == engine.Moved.String() && l.Entry.To == name
	})
	if v.state == nil {
		return a, nil
	}
	program := v.b.Stages[stage].Program
	track := v.b.Programs[program].Track
	a.Now = int(v.state.Tracks[track].Stage) == stage
	if v.b.Programs[program].First == stage && v.b.Playbook.Programs[program].Enter != nil {
		a.Ways = append(a.Ways, v.entry(program))
	}
	ends := map[int]bool{stage: true}
	a.Ways = append(a.Ways, v.rulesTo(track, ends, compile.None)...)
	if len(a.Ways) == 0 {
		a.Next.Never = "nothing leads there"
		return a, nil
	}
	if !a.Now {
		v.plan(a, &goal{v: v, track: track, ends: ends, offer: compile.None, is: func(r *engine.Row) bool {
			to, is := v.b.entered(r)
			return is && to == stage
		}})
	}
	return a, nil
}

// plan finds what it takes, and keeps the least.
func (v *Standing) plan(a *Answer, g *goal) {
	needs, at, ok := g.search()
	a.Next.Tried += g.tries
	if !g.leads {
		at := "no program"
		if stage := v.state.Tracks[g.track].Stage; stage >= 0 {
			at = v.b.Stages[stage].Name
		}
		a.Next.Never = "it stands in " + at + ", and no rule leads there from here"
		for _, i := range v.b.Tracks[g.track].Programs {
			if g.ends[v.b.Programs[i].First] && engine.EntryFrom(v.b.Program, v.state, i) == calendar.Never {
				a.Next.Never += "; " + v.b.Programs[i].Name + " takes nobody in twice"
			}
		}
	} else {
		a.Next.open = true
	}
	if a.Next.open {
		a.Next.Never = "" // on another track there is one
	}
	if ok && (!a.Next.Comes || len(needs) < len(a.Next.Needs) || len(needs) == len(a.Next.Needs) && at < a.Next.At) {
		a.Next.Comes, a.Next.Needs, a.Next.At = true, needs, at
	}
}

// cameBy fills in when something came.
func (v *Standing) cameBy(a *Answer, is func(*Line) bool) {
	if v.Case == nil {
		return
	}
	for _, l := range v.Case.Story(calendar.Never) {
		switch {
		case l.Entry == nil || !is(&l):
		case l.At <= v.Now:
			a.Was = append(a.Was, l)
		case a.Later == 0:
			a.Later = l.At
		}
	}
}

// stoppedBy says of the gate of stops what stopped the messages.
func (v *Standing) stoppedBy(gates []Gate) {
	if v.Case == nil {
		return
	}
	for i := range gates {
		if gates[i].Name != GateStop || gates[i].Open {
			continue
		}
		for _, m := range v.Case.moments {
			for j := range m.rows {
				if r := &m.rows[j]; r.Kind == engine.Stopped && m.at <= v.Now {
					gates[i].Says = fmt.Sprintf("messages were stopped %s by %s (%s)", Clock(m.at, v.Zone()), r.Reason, r.By)
					if gates[i].Shut {
						gates[i].Says += ", and the policy has no `resume`"
					}
				}
			}
		}
	}
}

// standsFirst puts the ways of the stages where the contact stands before the others.
func (v *Standing) standsFirst(ways []Way) {
	slices.SortStableFunc(ways, func(a, b Way) int {
		rank := func(w *Way) int {
			if len(w.Gates) > 0 && w.Gates[0].Open {
				return 0
			}
			return 1
		}
		return rank(&a) - rank(&b)
	})
}

// unknown says that the playbook has no such thing.
func (v *Standing) unknown(what, name string, names []string) error {
	hint := ""
	if near, ok := diag.Nearest(name, names); ok {
		hint = "; did you mean " + near + "?"
	}
	return fmt.Errorf("the playbook that ran then has no %s %q%s", what, name, hint)
}

func offers(p *compile.Program) (names []string) {
	for i := range p.Offers {
		names = append(names, p.Offers[i].Name)
	}
	return names
}

// stageProgram is the program of program.stage.
func stageProgram(stage string) string {
	program, _, _ := strings.Cut(stage, ".")
	return program
}

// Gates of a program that takes in by itself, and of rules.
const (
	GatePlace   = "place"
	GateEnter   = "enter"
	GateReenter = "reenter"
	GateBefore  = "before"
	GateEvent   = "event"
	GateWhen    = "when"
	GateAfter   = "after"
	GateMatch   = "match"
)

// entry is the way into a program by its `enter when`.
func (v *Standing) entry(program int) Way {
	b, s, is := v.b, v.copy(), &v.b.Programs[program]
	x := engine.Look(b.Program, s, v.Now, is.Track)
	pos, record := &s.Tracks[is.Track], &s.Records[program]
	var gates []Gate
	add := func(name string, open bool, part *Part, from int64, says string, args ...any) {
		gates = append(gates, Gate{Name: name, Open: open, Part: part, From: from, Says: fmt.Sprintf(says, args...)})
	}
	if pos.Stage < 0 {
		add(GatePlace, true, nil, 0, "is in no program of the track %s", b.Tracks[is.Track].Name)
	} else {
		add(GatePlace, false, nil, calendar.Never, "stands in %s since %s; `enter when` pulls nobody out of a program", b.Stages[pos.Stage].Name, Clock(pos.StageEntered, s.Zone))
	}
	part := b.parts(b.Playbook.Programs[program].Enter, compile.None, x)
	add(GateEnter, part.Holds, part, part.Next, "enter when %s", said(b.Playbook.Programs[program].Enter))
	switch from := engine.EntryFrom(b.Program, s, program); {
	case record.NeedFalse:
		add(GateReenter, false, nil, calendar.Never, "has left it by `done`: its condition must first have been false (reenter always)")
	case pos.Stage >= 0 && b.Stages[pos.Stage].Program == program:
	case from == calendar.Never:
		gates = append(gates, Gate{Name: GateReenter, From: calendar.Never, Shut: true, Says: "was in it before, and is never taken in twice (reenter never)"})
	case from > v.Now:
		add(GateReenter, false, nil, from, "left it %s, and is taken in again %s after that: from %s on", Clock(record.Left, s.Zone), span(is.After), Clock(from, s.Zone))
	case record.Ever:
		add(GateReenter, true, nil, 0, "was in it before, and %s", b.reenters(program))
	}
	for _, other := range b.Tracks[is.Track].Programs {
		if other == program {
			break
		}
		enter := b.Playbook.Programs[other].Enter
		if o := &s.Records[other]; pos.Stage < 0 && !o.NeedFalse && engine.EntryFrom(b.Program, s, other) <= v.Now {
			if held := b.parts(enter, compile.None, x); held.Holds {
				add(GateBefore, false, held, held.Next, "%s takes it in before (priority %s)", b.Programs[other].Name, Number(b.Programs[other].Priority))
			}
		}
	}
	mark(gates)
	return Way{Where: is.Name, By: is.EnterBy, Rule: "enter when " + said(b.Playbook.Programs[program].Enter), Gates: gates}
}

// rulesTo are the ways by rules into some stages of a track; those of a program's own stages aside, where one is given.
func (v *Standing) rulesTo(track int, ends map[int]bool, not int) (ways []Way) {
	b, s := v.b, v.copy()
	x := engine.Look(b.Program, s, v.Now, track)
	pos := &s.Tracks[track]
	look := func(where string, here bool, rules []compile.Rule) {
		for i := range rules {
			rule := &rules[i]
			thens := []compile.Then{rule.Then}
			if rule.Match != nil {
				thens = nil
				for _, a := range rule.Match.Arms {
					thens = append(thens, a.Then)
				}
			}
			if slices.ContainsFunc(thens, func(t compile.Then) bool { return t.Target >= 0 && ends[t.Target] }) {
				ways = append(ways, Way{Where: where, By: rule.By, Rule: b.text(b.rules[rule].Span), Gates: b.ruleGates(rule, where, here, s, pos, x, ends)})
			}
		}
	}
	stands := func(in func(stage int) bool) bool { return pos.Stage >= 0 && in(int(pos.Stage)) }
	for i := range b.Stages {
		if p := b.Stages[i].Program; b.Programs[p].Track == track && p != not {
			look(b.Stages[i].Name, stands(func(at int) bool { return at == i }), b.Stages[i].Rules)
		}
	}
	for i := range b.Programs {
		if b.Programs[i].Track == track && i != not {
			look(b.Programs[i].Name, stands(func(at int) bool { return b.Stages[at].Program == i }), b.Programs[i].Rules)
		}
	}
	look("track "+b.Tracks[track].Name, true, b.Tracks[track].Rules)
	v.standsFirst(ways)
	return ways
}

// ruleGates are what has to be so for a rule to take the contact to one of some stages.
func (b *book) ruleGates(rule *compile.Rule, where string, here bool, s *engine.State, pos *engine.Position, x *compile.Ctx, ends map[int]bool) []Gate {
	from := b.rules[rule]
	var gates []Gate
	add := func(name string, open bool, part *Part, next int64, says string, args ...any) {
		gates = append(gates, Gate{Name: name, Open: open, Part: part, From: next, Says: fmt.Sprintf(says, args...)})
	}
	switch {
	case here && pos.Stage >= 0:
		add(GatePlace, true, nil, 0, "stands in %s since %s", b.Stages[pos.Stage].Name, Clock(pos.StageEntered, s.Zone))
	case here:
		add(GatePlace, true, nil, 0, "the rules of a track hold wherever it stands")
	case pos.Stage >= 0:
		add(GatePlace, false, nil, calendar.Never, "stands in %s, not in %s", b.Stages[pos.Stage].Name, where)
	default:
		add(GatePlace, false, nil, calendar.Never, "is in no program of this track, and so not in %s", where)
	}
	switch {
	case from.When != nil:
		part := b.parts(from.When, compile.None, x)
		add(GateWhen, part.Holds, part, part.Next, "when %s", said(from.When))
	case rule.IsAfter && here && pos.Stage >= 0:
		at := s.Zone.Add(pos.StageEntered, rule.After)
		add(GateAfter, at <= s.Now, nil, at, "%s after it came there is %s", span(rule.After), Clock(at, s.Zone))
	case rule.IsAfter:
		add(GateAfter, false, nil, calendar.Never, "%s have to pass in that stage", span(rule.After))
	default:
		says := b.Events[rule.On].Name + brings[b.Events[rule.On].Kind]
		if from.Where != nil {
			says += " where " + said(from.Where)
		}
		if count := s.Counts[rule.On]; count.N > 0 {
			says += "; the last time was " + Clock(count.Last, s.Zone)
		} else {
			says += "; it never did"
		}
		add(GateEvent, false, nil, calendar.Never, "%s", says)
	}
	if from.Match != nil {
		var values []string
		for i, arm := range from.Match.Arms {
			if t := rule.Match.Arms[i].Then.Target; t < 0 || !ends[t] {
				continue
			}
			if arm.Otherwise {
				values = append(values, "otherwise")
			}
			values = append(values, arm.Values...)
		}
		add(GateMatch, false, nil, calendar.Never, "%s has to be one of: %s", said(from.Match.Field), strings.Join(values, ", "))
	}
	mark(gates)
	return gates
}

// brings says what brings an event about, by its kind.
var brings = [...]string{
	check.Declared:  " has to happen",
	check.Message:   " has to happen",
	check.TaskEvent: " has to come: a task is done, or is not in time",
	check.Response:  " has to happen: the first answer to something sent",
	check.Exhausted: " has to come: a touch is due and has nothing left to send",
	check.Outcome:   " has to happen: an answer to a hand-off",
	check.Overdue:   " has to come: a hand-off is not answered in time",
}

// Tells says what a need is: set contact.FIELD to VALUE, or let something happen.
func (v *Standing) Tells(n *Need) string {
	if n.Field != compile.None {
		f := &v.b.Fields[n.Field]
		return fmt.Sprintf("contact.%s becomes %s", f.Name, v.b.value(f, n.Value, v.Zone()))
	}
	in := n.input()
	return v.b.tells(&in, v.Zone()) + " happens"
}
