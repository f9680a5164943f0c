package runtime

import (
	"strings"

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

// journal adds a row of a contact to a batch, and counts it.
func (l *labels) journal(b *store.Batch, contact int64, row *engine.Row) {
	r := store.JournalRow{
		Contact: contact, Seq: row.Seq, At: row.At, Kind: l.kinds[row.Kind],
		Track: at(l.tracks, row.Track), Program: at(l.programs, row.Program), Stage: at(l.short, row.Stage), Offer: at(l.offers, row.Offer),
		To: l.store.Intern(row.To), Until: row.ToAt, Reason: l.store.Intern(row.Reason), By: l.store.Intern(row.By), Detail: row.Detail,
	}
	if row.Gone != "" {
		program, stage, _ := strings.Cut(row.Gone, ".")
		r.Program, r.Stage = l.store.Intern(program), l.store.Intern(stage)
	}
	b.Journal = append(b.Journal, r)
	b.Count(r.Kind, l.countedBy(row, &r), 1)
	if stay := l.entered(row, &r); stay != 0 {
		b.Count(l.stay, stay, 1)
	}
}

// countedBy is what rows of a kind are counted by.
func (l *labels) countedBy(row *engine.Row, r *store.JournalRow) uint32 {
	switch row.Kind {
	case engine.Sent:
		return r.Offer
	case engine.Held, engine.Refused, engine.Stopped, engine.Resumed:
		return r.Reason
	case engine.Handed, engine.Withdrawn, engine.TaskOpened:
		return r.To
	case engine.Overdue:
		return l.store.Intern(row.Detail) // the hand-off
	case engine.Entered:
		return r.Program
	case engine.GoalReached:
		if row.Program >= 0 {
			return l.store.Intern(goalLabel(l.p.Programs[row.Program].Name, row.Detail))
		}
	}
	return 0
}

// goalLabel is what a goal is counted by.
func goalLabel(program, goal string) string { return program + " " + goal }

// entered is the program that the row enters, 0 where it enters none.
func (l *labels) entered(row *engine.Row, r *store.JournalRow) uint32 {
	switch row.Kind {
	case engine.Entered:
		return r.Program
	case engine.Moved:
		if to := l.p.StageIndex(row.To); to != compile.None {
			if into := at(l.programs, int32(l.p.Stages[to].Program)); into != r.Program {
				return into
			}
		}
	}
	return 0
}
