package store

import (
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Life is all that is kept of what happened to one contact.
type Life struct {
	Contact            // without its State and what is Next
	Inputs  []Happened // by id, those that wait too
	Journal []Decided  // as it happened
}

// Decided is one decision of the journal by the numbers of its names.
type Decided struct {
	Seq uint32
	At  int64
	Decision
	Until  int64 // `to` of a held touch; 0: says nothing
	Detail string
}

// Walk goes through the contacts, one life after the other, in the order of their ids. Its memory is that of one life,
// however many there are: the tables lie in this order, and each is read once.
//
// The store shows itself as it was when the walk began until that is closed, to other questions too, and even where a
// run goes on meanwhile.
type Walk struct {
	s                *Store
	contacts, inputs *sqlite.Stmt
	moreInputs       bool
}

// Walk begins to go through the contacts of a store that Read opened. The caller closes the walk.
func (s *Store) Walk() (*Walk, error) {
	if err := s.run("BEGIN"); err != nil {
		return nil, err
	}
	w := &Walk{s: s}
	if err := w.begin(); err != nil {
		w.Close()
		return nil, s.explain(err)
	}
	return w, nil
}

func (w *Walk) begin() error {
	if err := w.s.loadInterned(); err != nil {
		return err
	}
	for _, p := range []struct {
		stmt  **sqlite.Stmt
		query string
	}{
		{&w.contacts, "SELECT c.id, c.key, c.arrived, s.journal FROM contact c" + standsAt + " ORDER BY c.id"},
		{&w.inputs, "SELECT contact, id, n, at, event, body, source FROM inbox ORDER BY contact, id"},
	} {
		stmt, _, err := w.s.conn.PrepareTransient(p.query)
		if err != nil {
			return err
		}
		*p.stmt = stmt
	}
	var err error
	w.moreInputs, err = w.inputs.Step()
	return err
}

// Next is the next life, nil after the last. It is the caller's to keep.
func (w *Walk) Next() (*Life, error) {
	more, err := w.contacts.Step()
	if err != nil || !more {
		return nil, w.s.explain(err)
	}
	c := w.contacts
	life := &Life{Contact: Contact{ID: c.ColumnInt64(0), Key: c.ColumnText(1), Arrived: c.ColumnInt64(2)}}
	taken, err := w.journal(life, c.ColumnInt64(3))
	if err != nil {
		return nil, err
	}
	for w.moreInputs && w.inputs.ColumnInt64(0) == life.ID {
		row := w.inputs
		at, was := taken[row.ColumnInt64(2)]
		life.Inputs = append(life.Inputs, Happened{
			Input: Input{
				ID: row.ColumnInt64(1), N: row.ColumnInt64(2), At: row.ColumnInt64(3), Event: uint32(row.ColumnInt64(4)),
				Body: columnBytes(row, 5), Source: row.ColumnText(6),
			},
			Waits: !was, Taken: at,
		})
		if w.moreInputs, err = row.Step(); err != nil {
			return nil, w.s.explain(err)
		}
	}
	return life, nil
}

// journal fills in what was decided of a contact, from the last row of its journal back, and gives when its inputs were
// taken, by their arrival numbers.
func (w *Walk) journal(life *Life, last int64) (taken map[int64]int64, err error) {
	taken = map[int64]int64{}
	rows, err := w.s.journalFrom(last)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if err := rows[i].taken(func(n, at int64) { taken[n] = at }); err != nil {
			return nil, err
		}
		err := rows[i].decisions(func(d decided) error {
			what, _ := known(w.s, &w.s.decisions, d.number)
			life.Journal = append(life.Journal, Decided{uint32(d.seq), d.at, what, d.until, d.detail})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// Close ends the walk.
func (w *Walk) Close() error {
	for _, stmt := range []*sqlite.Stmt{w.contacts, w.inputs} {
		if stmt != nil {
			stmt.Finalize()
		}
	}
	return w.s.explain(sqlitex.ExecuteTransient(w.s.conn, "COMMIT", nil))
}

// DecidedFrom says whether anything was decided at an instant or after it.
func (s *Store) DecidedFrom(at int64) (bool, error) {
	n, err := s.number("SELECT EXISTS(SELECT 1 FROM journal WHERE at + coalesce(decided ->> '$[#-1][0]', 0) >= ?)", at)
	return n != 0, err
}
