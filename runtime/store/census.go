package store

import "zombiezen.com/go/sqlite"

// Census counts the contacts in each stage (program.stage). A contact that stands in a stage on two tracks counts in
// both.
func (s *Store) Census() (map[string]int64, error) {
	stages := map[string]int64{}
	err := s.rows("SELECT stage, count(*) FROM place GROUP BY stage", nil, func(row *sqlite.Stmt) error {
		stages[s.column(row, 0)] = row.ColumnInt64(1)
		return nil
	})
	return stages, err
}

// Contacts counts the contacts, and those of them that are in no program of any track.
func (s *Store) Contacts() (all, nowhere int64, err error) {
	if all, err = s.number("SELECT count(*) FROM contact"); err != nil {
		return 0, 0, err
	}
	placed, err := s.number("SELECT count(*) FROM (SELECT DISTINCT contact FROM place)")
	return all, all - placed, err
}

// Tally is how often something was decided since the store began.
type Tally struct {
	Kind, Label string
	N           int64
}

// Tallies gives all counts, in no order.
func (s *Store) Tallies() ([]Tally, error) {
	var tallies []Tally
	err := s.rows("SELECT kind, label, n FROM tally", nil, func(row *sqlite.Stmt) error {
		tallies = append(tallies, Tally{s.column(row, 0), s.column(row, 1), row.ColumnInt64(2)})
		return nil
	})
	return tallies, err
}

// CountDue counts the contacts for which something can happen before an instant.
func (s *Store) CountDue(before int64) (int64, error) {
	return s.number("SELECT count(*) FROM contact INDEXED BY contact_due WHERE next < ? AND next < 9223372036854775807", before)
}
