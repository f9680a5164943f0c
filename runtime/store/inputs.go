package store

import "zombiezen.com/go/sqlite"

// Happened is an input of a contact's inbox, and what became of it.
type Happened struct {
	Input
	Waits bool  // it was not taken yet
	Taken int64 // the instant at which it was taken
}

// Inputs gives all that ever arrived in a contact's inbox, by instant and then by arrival.
func (s *Store) Inputs(contact int64) ([]Happened, error) {
	var all []Happened
	err := s.rows("SELECT id, n, at, event, body, source, taken FROM inbox WHERE contact = ? ORDER BY at, n", []any{contact}, func(row *sqlite.Stmt) error {
		all = append(all, Happened{
			Input: Input{
				ID: row.ColumnInt64(0), N: row.ColumnInt64(1), At: row.ColumnInt64(2), Event: uint32(row.ColumnInt64(3)),
				Body: columnBytes(row, 4), Source: row.ColumnText(5),
			},
			Waits: row.ColumnIsNull(6), Taken: row.ColumnInt64(6),
		})
		s.name(all[len(all)-1].Event) // a run that goes on meanwhile may have given it
		return nil
	})
	return all, err
}
