package store

import "zombiezen.com/go/sqlite"

// Flow is how often contacts went one way: into a program, from stage to stage, out of a program, or to a hand-off.
type Flow struct {
	From string // program.stage; "" from outside of all programs
	To   string // program.stage, `done`, or a hand-off
	By   string // file:line of what decided it
	N    int64
}

// Flows counts them from the journal. It reads all of that: at many millions of rows it takes seconds.
func (s *Store) Flows() ([]Flow, error) {
	var flows []Flow
	kinds := []any{int64(s.Intern("entered")), int64(s.Intern("moved")), int64(s.Intern("handed"))}
	err := s.rows("SELECT kind, program, stage, dest, by, count(*) FROM journal WHERE kind IN (?, ?, ?) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5", kinds,
		func(row *sqlite.Stmt) error {
			stage := s.column(row, 1) + "." + s.column(row, 2)
			f := Flow{From: stage, To: s.column(row, 3), By: s.column(row, 4), N: row.ColumnInt64(5)}
			if row.ColumnInt64(0) == kinds[0] {
				f.From, f.To = "", stage
			}
			if row.ColumnInt64(1) == 0 { // a rule of a track, met outside of all programs
				f.From = ""
			}
			flows = append(flows, f)
			return nil
		})
	return flows, err
}
