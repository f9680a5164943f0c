package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"nurture/runtime/engine"
	"nurture/runtime/ingest"
)

// Summary is what a run did, and how the store stands after it.
type Summary struct {
	Live     bool
	From, To int64 // the span of the run; of a live run that went on and on, the last one
	Elapsed  time.Duration

	Intake    ingest.Summary
	Stepped   int64  // contacts for which something was due
	Decisions int64  // journal rows of the run
	Run, All  Counts // of the run, and since the store began

	Contacts int64   // known to the store
	Stages   []Count // contacts by stage, program.stage in the playbook's order
	Nowhere  int64   // contacts in no program
	Goals    []Goal  // in the playbook's order
	Delivery []Delivery
	Notes    []string // what the user should know, a sentence each
}

// Count is how often something was counted.
type Count struct {
	Name string
	N    int64
}

// Counts is how often what was decided: by kind, then by what that kind is counted by. The kinds are those of the
// journal: sent by offer, held, refused, stopped and resumed by reason, handed, withdrawn and overdue by hand-off, task
// by role, entered by program, the others under "". Two are not in the journal: `outcome` by event, and `stay` by
// program: how often it was entered, by whatever way.
type Counts map[string]map[string]int64

func (c Counts) add(kind, label string, n int64) {
	of := c[kind]
	if of == nil {
		of = map[string]int64{}
		c[kind] = of
	}
	of[label] += n
}

// Total is how often a kind was counted.
func (c Counts) Total(kind string) int64 {
	var total int64
	for _, n := range c[kind] {
		total += n
	}
	return total
}

// By gives the counts of a kind, most first.
func (c Counts) By(kind string) []Count {
	counts := make([]Count, 0, len(c[kind]))
	for name, n := range c[kind] {
		counts = append(counts, Count{name, n})
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return counts
}

// Goal is how a goal of a program does, since the store began.
type Goal struct {
	Program string
	Name    string // its event and time: `purchased within 90d`
	Reached int64
	Stays   int64   // how often the program was entered
	Target  float64 // share of the stays, 0..1; 0 when none was said
}

// count adds what was stored to the run's counts.
func (r *run) count(parts []*stepped) {
	for _, part := range parts {
		for key, n := range part.batch.Tally {
			r.decided.add(r.store.Text(key.Kind), r.store.Text(key.Label), n)
		}
		r.stepped += int64(part.batch.Contacts())
		r.decisions += int64(part.batch.Decisions())
		r.unknown += part.unknown
	}
}

// summary reads how the store stands.
func (r *run) summary() (*Summary, error) {
	s := &Summary{
		Live: r.span.Live, From: r.span.Clock, To: r.span.To, Elapsed: time.Since(r.started),
		Intake: r.intake, Stepped: r.stepped, Decisions: r.decisions, Run: r.decided, All: Counts{}, Notes: r.notes,
	}
	tallies, err := r.store.Tallies()
	if err != nil {
		return nil, err
	}
	for _, t := range tallies {
		s.All.add(t.Kind, t.Label, t.N)
	}
	if s.Contacts, s.Nowhere, err = r.store.Contacts(); err != nil {
		return nil, err
	}
	if s.Stages, err = r.stages(); err != nil {
		return nil, err
	}
	if s.Delivery, err = r.deliveries(); err != nil {
		return nil, err
	}
	s.Goals = r.goals(s.All)
	s.Notes = append(s.Notes, r.intake.Notes...)
	if r.unknown > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d inputs that waited are of events or fields that the playbook has no more: they had no effect", r.unknown))
	}
	return s, nil
}

// stages counts contacts by stage: those of the playbook in its order, those it has dropped at the end.
func (r *run) stages() ([]Count, error) {
	census, err := r.store.Census()
	if err != nil {
		return nil, err
	}
	stages := make([]Count, 0, len(census))
	for i := range r.Program.Stages {
		name := r.Program.Stages[i].Name
		stages = append(stages, Count{name, census[name]})
		delete(census, name)
	}
	gone := len(stages)
	for name, n := range census {
		stages = append(stages, Count{name, n})
	}
	slices.SortFunc(stages[gone:], func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	return stages, nil
}

func (r *run) goals(all Counts) []Goal {
	var goals []Goal
	for i := range r.Program.Programs {
		program := &r.Program.Programs[i]
		for _, g := range program.Goals {
			goals = append(goals, Goal{
				Program: program.Name, Name: g.Name, Target: g.Target,
				Reached: all[engine.GoalReached.String()][goalLabel(program.Name, g.Name)], Stays: all[countStays][program.Name],
			})
		}
	}
	return goals
}
