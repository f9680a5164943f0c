package store

import (
	"cmp"
	"slices"

	"zombiezen.com/go/sqlite"
)

// Flow is how often contacts went one way: into a program, from stage to stage, out of a program, or to a hand-off.
type Flow struct {
	From string // program.stage; "" from outside of all programs
	To   string // program.stage, `done`, or a hand-off
	By   string // file:line of what decided it
	N    int64
}

// Flows counts them from the journal. It reads all of that: at many millions of decisions it takes seconds.
func (s *Store) Flows() ([]Flow, error) {
	counts := map[Decision]int64{}
	entered, moved, handed := s.Intern("entered"), s.Intern("moved"), s.Intern("handed")
	err := s.countDecisions(func(d Decision, n int64) {
		if d.Kind == entered || d.Kind == moved || d.Kind == handed {
			counts[Decision{Kind: d.Kind, Program: d.Program, Stage: d.Stage, To: d.To, By: d.By}] += n
		}
	})
	ways := make([]Decision, 0, len(counts))
	for way := range counts {
		ways = append(ways, way)
	}
	slices.SortFunc(ways, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.To, b.To), cmp.Compare(a.By, b.By))
	})
	var flows []Flow
	for _, way := range ways {
		stage := s.name(way.Program) + "." + s.name(way.Stage)
		f := Flow{From: stage, To: s.name(way.To), By: s.name(way.By), N: counts[way]}
		if way.Kind == entered {
			f.From, f.To = "", stage
		}
		if way.Program == 0 { // a rule of a track, met outside of all programs
			f.From = ""
		}
		flows = append(flows, f)
	}
	return flows, err
}

// countDecisions says how often each decision was made.
func (s *Store) countDecisions(each func(d Decision, n int64)) error {
	var counts []int64 // by the decision's number
	err := s.rows("SELECT decided FROM journal", nil, func(row *sqlite.Stmt) error {
		return unpack(row.ColumnText(0), func(e []element) error {
			number := int(at(e, 1).number)
			for len(counts) <= number {
				counts = append(counts, 0)
			}
			counts[number]++
			return nil
		})
	})
	for number, n := range counts {
		if d, found := known(s, &s.decisions, uint32(number)); found && n > 0 {
			each(d, n)
		}
	}
	return err
}
