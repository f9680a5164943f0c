package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unsafe"

	"zombiezen.com/go/sqlite"
)

// ErrOvertaken says that a contact was stored by somebody else after it was read. Nothing was written.
var ErrOvertaken = errors.New("a contact was changed meanwhile by somebody else; nothing was written: run it again")

// Write stores batches in one transaction: state and effects together, or nothing of them. It is fenced: a contact that
// was stored since it was read is not stored over (ErrOvertaken), and so no decision is made twice.
func (s *Store) Write(batches ...*Batch) error {
	return s.transaction(func() error {
		w := writing{s: s, batches: batches}
		for _, write := range []func() error{w.journal, w.contacts, w.due, w.taken, w.outbox, w.counts} {
			if err := write(); err != nil {
				return err
			}
		}
		return nil
	})
}

// writing is a Write in its transaction.
type writing struct {
	s       *Store
	batches []*Batch
	first   int64 // id of the first row that goes into the journal
}

// line is a row of the journal, of the states or of the outbox that is being written.
type (
	line struct {
		b  *Batch
		p  *packed
		id int64
	}
	outLine struct {
		b       *Batch
		o       *packedOut
		journal int64 // the row of the commit
	}
)

func (b *Batch) bind(stmt *sqlite.Stmt, param int, text span) {
	if text.from == text.to {
		stmt.BindNull(param)
		return
	}
	bindBytesAsText(stmt, param, b.text[text.from:text.to])
}

// bindBytesAsText binds a text that is not empty.
func bindBytesAsText(stmt *sqlite.Stmt, param int, text []byte) {
	stmt.BindText(param, unsafe.String(&text[0], len(text))) // which copies it at once
}

func (w *writing) journal() error {
	last, err := w.s.number("SELECT max(id) FROM journal")
	if err != nil {
		return err
	}
	w.first = last + 1
	rows, err := newBulk(w.s, "INSERT INTO journal(id, contact, prev, at, seq, took, decided, messages, bodies)", 9, func(stmt *sqlite.Stmt, first int, l *line) {
		stmt.BindInt64(first, l.id)
		stmt.BindInt64(first+1, l.p.id)
		stmt.BindInt64(first+2, l.p.wasJournal)
		stmt.BindInt64(first+3, l.p.at)
		stmt.BindInt64(first+4, int64(l.p.seq))
		l.b.bind(stmt, first+5, l.p.took)
		l.b.bind(stmt, first+6, l.p.decided)
		l.b.bind(stmt, first+7, l.p.messages)
		l.b.bind(stmt, first+8, l.p.bodies)
	})
	if err != nil {
		return err
	}
	for _, b := range w.batches {
		for i := range b.contacts {
			if p := &b.contacts[i]; p.kept {
				last++
				if err := rows.add(line{b, p, last}); err != nil {
					return err
				}
			}
		}
	}
	return rows.flush()
}

// contacts writes how far contacts are: those that were never written come as they lie, many at a time.
func (w *writing) contacts() error {
	conn := w.s.conn
	again, err := conn.Prepare("UPDATE standing SET next = ?4, journal = ?5, state = ?6 WHERE contact = ?1 AND journal = ?2 AND state = ?3")
	if err != nil {
		return w.s.explain(err)
	}
	first, err := newBulk(w.s, "INSERT INTO standing(contact, next, journal, state)", 4, func(stmt *sqlite.Stmt, first int, f *far) {
		stmt.BindInt64(first, f.contact)
		stmt.BindInt64(first+1, f.next)
		stmt.BindInt64(first+2, f.journal)
		stmt.BindInt64(first+3, f.state)
	})
	if err != nil {
		return err
	}
	states, err := w.states()
	if err != nil {
		return err
	}
	journal := w.first
	for _, b := range w.batches {
		for i := range b.contacts {
			p := &b.contacts[i]
			f := far{p.id, p.next, p.wasJournal, p.wasState}
			if p.kept {
				f.journal = journal
				journal++
			}
			if p.stored {
				f.state = states[0]
				states = states[1:]
			}
			if !p.stood {
				if err := first.add(f); err != nil {
					return overtaken(w.s, err)
				}
				continue
			}
			again.BindInt64(1, p.id)
			again.BindInt64(2, p.wasJournal)
			again.BindInt64(3, p.wasState)
			again.BindInt64(4, f.next)
			again.BindInt64(5, f.journal)
			again.BindInt64(6, f.state)
			if err := once(again); err != nil {
				return w.s.explain(err)
			}
			if conn.Changes() != 1 {
				return fmt.Errorf("the store %s: %w", w.s.path, ErrOvertaken)
			}
		}
	}
	return overtaken(w.s, first.flush())
}

// far is a row of how far a contact is.
type far struct{ contact, next, journal, state int64 }

// overtaken is the error of an insert that may have met a row of somebody else.
func overtaken(s *Store, err error) error {
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint {
		return fmt.Errorf("the store %s: %w", s.path, ErrOvertaken)
	}
	return err
}

// states puts the contacts' states at the end of their table, and takes away the ones before. It gives the rows, in the order
// of the contacts. States lie in the order in which the contacts are due, and so those that a later commit takes away lie
// together too.
func (w *writing) states() (ids []int64, err error) {
	rows, err := newBulk(w.s, "INSERT INTO state(id, places, state)", 3, func(stmt *sqlite.Stmt, first int, l *line) {
		stmt.BindInt64(first, l.id)
		l.b.bind(stmt, first+1, l.p.places)
		stmt.BindBytes(first+2, l.b.text[l.p.state.from:l.p.state.to])
	})
	if err != nil {
		return nil, err
	}
	last, err := w.s.number("SELECT max(id) FROM state")
	if err != nil {
		return nil, err
	}
	var lines []line
	var gone []int64
	for _, b := range w.batches {
		for i := range b.contacts {
			if p := &b.contacts[i]; p.stored {
				lines = append(lines, line{b, p, int64(len(lines))})
				if p.wasState != 0 {
					gone = append(gone, p.wasState)
				}
			}
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Or(cmp.Compare(a.p.next, b.p.next), cmp.Compare(a.id, b.id)) })
	ids = make([]int64, len(lines))
	for _, l := range lines {
		last++
		ids[l.id], l.id = last, last
		if err := rows.add(l); err != nil {
			return nil, err
		}
	}
	if err := rows.flush(); err != nil {
		return nil, err
	}
	return ids, w.forget(gone)
}

// forget takes states away.
func (w *writing) forget(states []int64) error {
	stmt, err := w.s.conn.Prepare("DELETE FROM state WHERE id BETWEEN ? AND ?")
	if err != nil {
		return w.s.explain(err)
	}
	slices.Sort(states)
	for len(states) > 0 {
		n := 1
		for n < len(states) && states[n] == states[0]+int64(n) {
			n++
		}
		stmt.BindInt64(1, states[0])
		stmt.BindInt64(2, states[n-1])
		if err := once(stmt); err != nil {
			return w.s.explain(err)
		}
		states = states[n:]
	}
	return nil
}

// due keeps when to look at the contacts next.
func (w *writing) due() error {
	var looks []look
	for _, b := range w.batches {
		for i := range b.contacts {
			looks = append(looks, look{b.contacts[i].next, b.contacts[i].id})
		}
	}
	return w.s.lookAt(looks)
}

func (w *writing) taken() error {
	stmt, err := w.s.conn.Prepare("DELETE FROM waiting WHERE contact = ?1 AND at <= ?2")
	if err != nil {
		return w.s.explain(err)
	}
	for _, b := range w.batches {
		for i := range b.contacts {
			if p := &b.contacts[i]; p.taken {
				stmt.BindInt64(1, p.id)
				stmt.BindInt64(2, p.until)
				if err := once(stmt); err != nil {
					return w.s.explain(err)
				}
			}
		}
	}
	return nil
}

// outbox writes channel by channel, so that rows come in the order in which they lie.
func (w *writing) outbox() error {
	rows, err := newBulk(w.s, "INSERT INTO outbox(channel, journal, open, states)", 4, func(stmt *sqlite.Stmt, first int, l *outLine) {
		stmt.BindInt64(first, int64(l.o.channel))
		stmt.BindInt64(first+1, l.journal)
		stmt.BindInt64(first+2, int64(l.o.open))
		l.b.bind(stmt, first+3, l.o.states)
	})
	if err != nil {
		return err
	}
	channels := map[uint32]bool{}
	for _, b := range w.batches {
		for channel := range b.messages {
			channels[channel] = true
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(channels)) {
		if err := w.channel(rows, channel); err != nil {
			return err
		}
	}
	return rows.flush()
}

func (w *writing) channel(rows *bulk[outLine], channel uint32) error {
	journal := w.first
	for _, b := range w.batches {
		outs := b.outbox
		for i := range b.contacts {
			p := &b.contacts[i]
			for n := range outs[:p.outs] {
				if outs[n].channel != channel {
					continue
				}
				if err := rows.add(outLine{b, &outs[n], journal}); err != nil {
					return err
				}
			}
			outs = outs[p.outs:]
			if p.kept {
				journal++
			}
		}
	}
	return nil
}

func (w *writing) counts() error {
	stmt, err := w.s.conn.Prepare("INSERT INTO tally(kind, label, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n")
	if err != nil {
		return w.s.explain(err)
	}
	for _, b := range w.batches {
		if err := addAll(stmt, b.Tally); err != nil {
			return w.s.explain(err)
		}
		for stage, n := range b.stages {
			w.s.stock(stockStages, stage, n)
		}
		for channel, n := range b.messages {
			w.s.stock(stockMessages, channel, n)
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

func bindUnlessEmpty(stmt *sqlite.Stmt, param int, value string) {
	if value == "" {
		stmt.BindNull(param)
		return
	}
	stmt.BindText(param, value)
}
