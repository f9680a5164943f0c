package runtime

import (
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// labels are the store's numbers for what the journal of one program names, so that nothing is looked up a row.
type labels struct {
	p     *compile.Program
	store *store.Store

	kinds    [len(engine.Kinds)]uint32
	outs     [len(outKinds)]uint32
	tracks   []uint32
	programs []uint32
	stages   []uint32 // program.stage
	short    []uint32 // stage
	offers   []uint32
	events   []uint32

	stay, outcome uint32
}

// outKinds names the kinds of outbox rows, by engine.OutKind.
var outKinds = [...]string{"mail", "task", "handoff", "withdrawn"}

// What is counted beside the journal's kinds: stays in a program, however it was entered, and outcomes of hand-offs.
const (
	countStays    = "stay"
	countOutcomes = "outcome"
)

func newLabels(p *compile.Program, st *store.Store) *labels {
	l := &labels{p: p, store: st, stay: st.Intern(countStays), outcome: st.Intern(countOutcomes)}
	for i, kind := range engine.Kinds {
		l.kinds[i] = st.Intern(kind)
	}
	for i, kind := range outKinds {
		l.outs[i] = st.Intern(kind)
	}
	for i := range p.Tracks {
		l.tracks = append(l.tracks, st.Intern(p.Tracks[i].Name))
	}
	for i := range p.Programs {
		l.programs = append(l.programs, st.Intern(p.Programs[i].Name))
	}
	for i := range p.Stages {
		l.stages = append(l.stages, st.Intern(p.Stages[i].Name))
		l.short = append(l.short, st.Intern(p.Stages[i].Short))
	}
	for i := range p.Offers {
		l.offers = append(l.offers, st.Intern(p.Offers[i].Name))
	}
	for i := range p.Events {
		l.events = append(l.events, st.Intern(p.Events[i].Name))
	}
	return l
}

// at is the number of entry i, 0 where i is None.
func at(numbers []uint32, i int32) uint32 {
	if i < 0 || int(i) >= len(numbers) {
		return 0
	}
	return numbers[i]
}

// goalLabel is what a goal is counted by.
func goalLabel(program, goal string) string { return program + " " + goal }
