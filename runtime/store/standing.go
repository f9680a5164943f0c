package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"zombiezen.com/go/sqlite"
)

// A commit puts how far its contacts are at the end of the table, in the order in which they are due next. So a tick finds
// what it needs on few pages, and takes away what it has done from few. Only where a contact's row is, is to be found by
// the contact: contacts that are due together lie far apart there, and each of them would cost a page. What is new goes to a
// small table first (`lately`). Each commit folds a part of that into the large one (`latest`), all contacts of a range of
// ids, and when Sweep contacts were stored all ranges have had their turn: by then many of them share a page.
const (
	defaultSweep = 1 << 17
	spread       = 1 << 12 // a commit writes to `latest` itself where one in Sweep/spread contacts, or more, between its first and its last is in it
)

// far is a row of how far a contact is.
type far struct {
	b       *Batch
	p       *packed
	id      int64
	journal int64
}

// place says which row of standing is a contact's.
type place struct{ contact, standing int64 }

// standing writes how far contacts are, where that is to be found, and when to look at them next.
func (w *writing) standing() error {
	first, err := w.s.number("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'standing'")
	if err != nil {
		return err
	}
	rows, err := newBulk(w.s, "INSERT OR FAIL INTO standing(id, contact, key, next, journal, places, state)", 7, func(stmt *sqlite.Stmt, first int, f *far) {
		stmt.BindInt64(first, f.id)
		stmt.BindInt64(first+1, f.p.id)
		stmt.BindText(first+2, f.p.key)
		stmt.BindInt64(first+3, f.p.next)
		stmt.BindInt64(first+4, f.journal)
		f.b.bind(stmt, first+5, f.p.places)
		f.b.bindBlob(stmt, first+6, f.p.state)
	})
	if err != nil {
		return err
	}
	contacts := w.far()
	var gone []int64
	var known, others []place
	var looks []look
	for i := range contacts {
		f := &contacts[i]
		f.id = first + int64(i)
		if err := rows.add(*f); err != nil {
			return err
		}
		if at := (place{f.p.id, f.id}); f.p.wasStanding == 0 {
			others = append(others, at)
		} else {
			known = append(known, at)
			gone = append(gone, f.p.wasStanding)
		}
		looks = append(looks, look{f.p.next, Look{f.p.id, f.id}})
	}
	if err := rows.flush(); err != nil {
		return err
	}
	for _, then := range []func() error{
		func() error { return w.s.forget(gone) },
		func() error { return w.s.place(known, others) },
		func() error { return w.s.fold(first, first+int64(len(contacts))) },
		func() error { return w.s.lookAt(looks) },
	} {
		if err := then(); err != nil {
			return err
		}
	}
	return nil
}

// far gives the rows to write, by the instants at which their contacts are due next; they have no id yet.
func (w *writing) far() []far {
	var rows []far
	journal := w.first
	for _, b := range w.batches {
		for i := range b.contacts {
			f := far{b: b, p: &b.contacts[i], journal: b.contacts[i].wasJournal}
			if f.p.kept {
				f.journal = journal
				journal++
			}
			rows = append(rows, f)
		}
	}
	slices.SortStableFunc(rows, func(a, b far) int { return cmp.Compare(a.p.next, b.p.next) })
	return rows
}

// forget takes rows away that contacts had, each of which must be there: it is who reads a contact and stores it later
// that finds out here whether somebody else did meanwhile.
func (s *Store) forget(standing []int64) error {
	stmt, err := s.conn.Prepare("DELETE FROM standing WHERE id BETWEEN ? AND ?")
	if err != nil {
		return s.explain(err)
	}
	slices.Sort(standing)
	for len(standing) > 0 {
		n := 1
		for n < len(standing) && standing[n] == standing[0]+int64(n) {
			n++
		}
		stmt.BindInt64(1, standing[0])
		stmt.BindInt64(2, standing[n-1])
		if err := once(stmt); err != nil {
			return s.explain(err)
		}
		if s.conn.Changes() != n {
			return fmt.Errorf("the store %s: %w", s.path, ErrOvertaken)
		}
		standing = standing[n:]
	}
	return nil
}

// place says where contacts' rows are: of those that had one, and of those that had none.
func (s *Store) place(known, others []place) error {
	if err := s.insert("INSERT OR FAIL INTO latest(contact, standing)", others); err != nil {
		if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint { // it has one by now
			return fmt.Errorf("the store %s: %w", s.path, ErrOvertaken)
		}
		return err
	}
	if len(known) == 0 {
		return nil
	}
	slices.SortFunc(known, func(a, b place) int { return cmp.Compare(a.contact, b.contact) })
	from, to := known[0].contact, known[len(known)-1].contact
	contacts, err := s.inStock(stockContacts)
	if err != nil {
		return err
	}
	if between := float64(contacts[0]) * float64(to-from) / math.MaxInt64; float64(len(known))*float64(s.Sweep/spread) < between {
		return s.insert("INSERT OR REPLACE INTO lately(contact, standing)", known)
	}
	if err := s.foldBetween(from, to); err != nil {
		return err
	}
	return s.insert("INSERT OR REPLACE INTO latest(contact, standing)", known)
}

// insert inserts places, which it orders.
func (s *Store) insert(into string, places []place) error {
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.contact, b.contact) })
	rows, err := newBulk(s, into, 2, func(stmt *sqlite.Stmt, first int, p *place) {
		stmt.BindInt64(first, p.contact)
		stmt.BindInt64(first+1, p.standing)
	})
	if err != nil {
		return err
	}
	for _, p := range places {
		if err := rows.add(p); err != nil {
			return err
		}
	}
	return rows.flush()
}

// fold folds the ranges that belong to the rows from first up to but without end: as the rows go on, so the ranges go
// round.
func (s *Store) fold(first, end int64) error {
	if end-first >= s.Sweep {
		return s.foldBetween(0, math.MaxInt64)
	}
	wide := math.MaxInt64/s.Sweep + 1
	from, to := first%s.Sweep, end%s.Sweep
	if from <= to {
		return s.foldBetween(from*wide, to*wide-1)
	}
	if err := s.foldBetween(from*wide, math.MaxInt64); err != nil {
		return err
	}
	return s.foldBetween(0, to*wide-1)
}

// foldBetween folds what `lately` says of contacts from one to another.
func (s *Store) foldBetween(from, to int64) error {
	for _, query := range []string{
		"INSERT OR REPLACE INTO latest(contact, standing) SELECT contact, standing FROM lately WHERE contact BETWEEN ? AND ? ORDER BY contact",
		"DELETE FROM lately WHERE contact BETWEEN ? AND ?",
	} {
		if err := s.exec(query, from, to); err != nil {
			return err
		}
	}
	return nil
}
