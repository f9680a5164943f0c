package store

import (
	"cmp"
	"errors"
	"slices"
	"unsafe"

	"zombiezen.com/go/sqlite"
)

// ErrOvertaken says that a contact was stored by somebody else after it was read. Nothing was written.
var ErrOvertaken = errors.New("a contact was changed meanwhile by somebody else; nothing was written: run it again")

// Write stores batches in one transaction: state and effects together, or nothing of them. It is fenced: a contact that
// was stored since it was read is not stored over (ErrOvertaken), and so no decision is made twice. A round all of
// whose parts were given is taken away with them, nil for none: everything that came due for its contacts is written then.
func (s *Store) Write(done *Round, batches ...*Batch) error {
	return s.transaction(func() error {
		w := writing{s: s, batches: batches}
		for _, write := range []func() error{w.journal, w.standing, w.taken, w.channels, w.counts} {
			if err := write(); err != nil {
				return err
			}
		}
		if done == nil {
			return nil
		}
		return s.done(done)
	})
}

// writing is a Write in its transaction.
type writing struct {
	s       *Store
	batches []*Batch
	first   int64 // id of the first row that goes into the journal
}

// line is a row of the journal that is being written.
type line struct {
	b  *Batch
	p  *packed
	id int64
}

func (b *Batch) bind(stmt *sqlite.Stmt, param int, text span) {
	if text.from == text.to {
		stmt.BindNull(param)
		return
	}
	bindBytesAsText(stmt, param, b.text[text.from:text.to])
}

func (b *Batch) bindBlob(stmt *sqlite.Stmt, param int, bytes span) {
	if bytes.from == bytes.to {
		stmt.BindNull(param)
		return
	}
	stmt.BindBytes(param, b.text[bytes.from:bytes.to])
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
	rows, err := newBulk(w.s, "INSERT OR FAIL INTO journal(id, contact, prev, at, seq, took, decided, messages, bodies)", 9, func(stmt *sqlite.Stmt, first int, l *line) {
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

// channels makes known those for which there is a message for the first time: of what is stored from here on they have got
// nothing. No message needs a row of its own until it was tried.
func (w *writing) channels() error {
	known := map[uint32]bool{}
	for _, b := range w.batches {
		for channel := range b.messages {
			if known[channel] {
				continue
			}
			known[channel] = true
			if err := w.s.exec("INSERT OR IGNORE INTO channel(id, told) VALUES (?, ?)", int64(channel), w.first-1); err != nil {
				return err
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
