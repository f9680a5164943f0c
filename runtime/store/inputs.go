package store

import (
	"fmt"

	"zombiezen.com/go/sqlite"
)

// Happened is an input of a contact's inbox, and what became of it.
type Happened struct {
	Input
	Waits bool  // it was not taken yet
	Taken int64 // the instant at which it was taken
}

// Inputs gives all that ever arrived in a contact's inbox, by instant and then by arrival.
func (s *Store) Inputs(contact int64) ([]Happened, error) {
	journal, err := s.journalOf(contact)
	if err != nil {
		return nil, err
	}
	taken := map[int64]int64{} // by arrival number
	for i := range journal {
		if err := journal[i].taken(func(n, at int64) { taken[n] = at }); err != nil {
			return nil, fmt.Errorf("%s is damaged: row %d of the journal: %w", s.path, journal[i].id, err)
		}
	}
	var all []Happened
	err = s.rows("SELECT id, n, at, event, body, source FROM inbox WHERE contact = ? ORDER BY at, n", []any{contact}, func(row *sqlite.Stmt) error {
		h := Happened{Input: Input{
			ID: row.ColumnInt64(0), N: row.ColumnInt64(1), At: row.ColumnInt64(2), Event: number(row, 3), Body: columnBytes(row, 4), Source: row.ColumnText(5),
		}}
		at, was := taken[h.N]
		h.Waits, h.Taken = !was, at
		all = append(all, h)
		s.name(h.Event) // a run that goes on meanwhile may have given it
		return nil
	})
	return all, err
}
