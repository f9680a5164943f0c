package store

import (
	"cmp"
	"slices"

	"zombiezen.com/go/sqlite"
)

// Batch is what stepping some contacts came to: their new state and all that was decided, by contact, in the order in
// which it happened. Names are numbers from Intern.
type Batch struct {
	Contacts []Stepped
	Taken    []Taken
	Places   []Place
	Journal  []JournalRow
	Outbox   []OutboxRow
	Tally    map[TallyKey]int64
}

type (
	// Stepped is a contact's new state.
	Stepped struct {
		ID    int64
		Next  int64  // the earliest instant at which anything can happen; calendar.Never
		State []byte // nil: as it was
		Moved bool   // it stands elsewhere than before: the batch's Places are all that it has
	}
	// Taken is an input that waits no more.
	Taken struct {
		Contact, ID int64
		At          int64 // the instant at which it was taken
	}
	// Place is where a contact that moved stands now on a track.
	Place struct {
		Contact      int64
		Track, Stage uint32
		Since        int64
	}
	// JournalRow is one decision; a name is 0 where the row says nothing.
	JournalRow struct {
		Contact int64
		Seq     uint32
		At      int64
		Kind    uint32
		Track   uint32
		Program uint32
		Stage   uint32
		Offer   uint32
		To      uint32
		Until   int64 // `to` of a held touch; 0: says nothing
		Reason  uint32
		By      uint32
		Detail  string
	}
	// OutboxRow is one thing that goes out. Contact, Program, Entry, Kind, Name and Count are its key.
	OutboxRow struct {
		Contact int64
		Program uint32
		Entry   uint32
		Kind    uint32
		Name    uint32
		Count   uint32
		At      int64
		Stage   uint32
		Channel uint32
		Body    []byte // JSON
	}
	// TallyKey is a kind of decision and what it is counted by, both names.
	TallyKey struct{ Kind, Label uint32 }
)

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.Contacts, b.Taken, b.Places = b.Contacts[:0], b.Taken[:0], b.Places[:0]
	b.Journal, b.Outbox = b.Journal[:0], b.Outbox[:0]
	clear(b.Tally)
}

// Count adds to the batch's tally.
func (b *Batch) Count(kind, label uint32, n int64) {
	if b.Tally == nil {
		b.Tally = map[TallyKey]int64{}
	}
	b.Tally[TallyKey{kind, label}] += n
}

// Write stores batches in one transaction: state and effects together, or nothing of them.
func (s *Store) Write(batches ...*Batch) error {
	return s.transaction(func() error {
		for _, write := range []func([]*Batch) error{s.writeStates, s.writeTaken, s.writePlaces, s.writeJournal, s.writeOutbox, s.writeTally} {
			if err := write(batches); err != nil {
				return s.explain(err)
			}
		}
		return nil
	})
}

func (s *Store) writeStates(batches []*Batch) error {
	state, err := s.conn.Prepare("INSERT INTO state(contact, state) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = excluded.state")
	if err != nil {
		return err
	}
	next, err := s.conn.Prepare("UPDATE contact SET next = ?2 WHERE id = ?1")
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i := range b.Contacts {
			c := &b.Contacts[i]
			if c.State != nil {
				state.BindInt64(1, c.ID)
				state.BindBytes(2, c.State)
				if err := once(state); err != nil {
					return err
				}
			}
			next.BindInt64(1, c.ID)
			next.BindInt64(2, c.Next)
			if err := once(next); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) writeTaken(batches []*Batch) error {
	stmt, err := s.conn.Prepare("UPDATE inbox SET taken = ?3 WHERE contact = ?1 AND id = ?2")
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i := range b.Taken {
			t := &b.Taken[i]
			stmt.BindInt64(1, t.Contact)
			stmt.BindInt64(2, t.ID)
			stmt.BindInt64(3, t.At)
			if err := once(stmt); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) writePlaces(batches []*Batch) error {
	leave, err := s.conn.Prepare("DELETE FROM place WHERE contact = ? RETURNING stage")
	if err != nil {
		return err
	}
	stand, err := s.conn.Prepare("INSERT INTO place(contact, track, stage, since) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i := range b.Contacts {
			if c := &b.Contacts[i]; c.Moved {
				if err := s.leave(leave, c.ID); err != nil {
					return err
				}
			}
		}
		for i := range b.Places {
			p := &b.Places[i]
			stand.BindInt64(1, p.Contact)
			stand.BindInt64(2, int64(p.Track))
			stand.BindInt64(3, int64(p.Stage))
			stand.BindInt64(4, p.Since)
			if err := once(stand); err != nil {
				return err
			}
			s.stock(stockStages, p.Stage, 1)
			if i == 0 || b.Places[i-1].Contact != p.Contact {
				s.stock(stockStages, anyStage, 1)
			}
		}
	}
	return nil
}

// leave takes a contact out of all stages.
func (s *Store) leave(stmt *sqlite.Stmt, contact int64) error {
	stmt.BindInt64(1, contact)
	for stood := false; ; stood = true {
		more, err := stmt.Step()
		if err != nil || !more {
			if reset := stmt.Reset(); err == nil {
				err = reset
			}
			if stood {
				s.stock(stockStages, anyStage, -1)
			}
			return err
		}
		s.stock(stockStages, uint32(stmt.ColumnInt64(0)), -1)
	}
}

func (s *Store) writeJournal(batches []*Batch) error {
	rows, err := newBulk(s, "INSERT INTO journal(contact, seq, at, kind, track, program, stage, offer, dest, reason, by, until, detail)", 13, bindJournal)
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i := range b.Journal {
			if err := rows.add(b.Journal[i]); err != nil {
				return err
			}
		}
	}
	return rows.flush()
}

func bindJournal(stmt *sqlite.Stmt, first int, r *JournalRow) {
	stmt.BindInt64(first, r.Contact)
	stmt.BindInt64(first+1, int64(r.Seq))
	stmt.BindInt64(first+2, r.At)
	for n, name := range [...]uint32{r.Kind, r.Track, r.Program, r.Stage, r.Offer, r.To, r.Reason, r.By} {
		stmt.BindInt64(first+3+n, int64(name))
	}
	bindUnlessZero(stmt, first+11, r.Until)
	bindUnlessEmpty(stmt, first+12, r.Detail)
}

func (s *Store) writeOutbox(batches []*Batch) error {
	stmt, err := s.conn.Prepare("INSERT OR IGNORE INTO outbox(contact, program, entry, kind, name, count, at, stage, channel, state, body) VALUES (?,?,?,?,?,?,?,?,?,0,?)")
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i := range b.Outbox {
			r := &b.Outbox[i]
			bindKey(stmt, r)
			stmt.BindInt64(7, r.At)
			stmt.BindInt64(8, int64(r.Stage))
			stmt.BindInt64(9, int64(r.Channel))
			stmt.BindText(10, string(r.Body))
			if err := once(stmt); err != nil {
				return err
			}
			s.stock(stockMessages, r.Channel, int64(s.conn.Changes()))
		}
	}
	return nil
}

// bindKey binds the key of an outbox row to the first six parameters.
func bindKey(stmt *sqlite.Stmt, r *OutboxRow) {
	stmt.BindInt64(1, r.Contact)
	for n, part := range [...]uint32{r.Program, r.Entry, r.Kind, r.Name, r.Count} {
		stmt.BindInt64(2+n, int64(part))
	}
}

func (s *Store) writeTally(batches []*Batch) error {
	stmt, err := s.conn.Prepare("INSERT INTO tally(kind, label, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n")
	if err != nil {
		return err
	}
	for _, b := range batches {
		if err := addAll(stmt, b.Tally); err != nil {
			return err
		}
	}
	return nil
}

// addAll adds counts to the table of the statement, in the order of their keys.
func addAll(stmt *sqlite.Stmt, counts map[TallyKey]int64) error {
	keys := make([]TallyKey, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b TallyKey) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Label, b.Label))
	})
	for _, key := range keys {
		stmt.BindInt64(1, int64(key.Kind))
		stmt.BindInt64(2, int64(key.Label))
		stmt.BindInt64(3, counts[key])
		if err := once(stmt); err != nil {
			return err
		}
	}
	return nil
}

func bindUnlessZero(stmt *sqlite.Stmt, param int, value int64) {
	if value == 0 {
		stmt.BindNull(param)
		return
	}
	stmt.BindInt64(param, value)
}

func bindUnlessEmpty(stmt *sqlite.Stmt, param int, value string) {
	if value == "" {
		stmt.BindNull(param)
		return
	}
	stmt.BindText(param, value)
}
