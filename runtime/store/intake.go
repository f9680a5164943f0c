package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Meta keys of an intake.
const (
	metaArrivals = "arrivals"
	metaRejects  = "rejects"
)

// Intake takes the contents of files in. A slice of a file is one transaction (Slice); all other methods but Close
// are for use inside of one. What is only needed until the files are read stands in temporary tables on disk, so that
// memory does not grow with the files.
type Intake struct {
	s        *Store
	arrivals int64 // numbers given out

	// Contacts come in the order of their ids, so that where there is nobody need be asked once only.
	nobody struct{ first, end int64 } // ids from first up to but without end that no contact has

	find, move, moveInputs, moveWaiting, earliest, number, cells, reject *sqlite.Stmt

	// What is added stands in the tables at the end of the slice.
	contacts *bulk[newContact]
	inputs   *bulk[Arrival]
	waiting  *bulk[Arrival]
	said     *bulk[saidCells]
	aside    *bulk[Aside]
	looks    []look
}

type (
	newContact struct {
		Known
		key string
	}
	saidCells struct {
		contact int64
		cells   []byte
	}
	// Arrival is an input that arrives in a contact's inbox.
	Arrival struct {
		Contact int64
		Input
		Added bool // set by AddInputs: it was not there
	}
)

// Known is a contact of the store as an intake needs it.
type Known struct {
	ID      int64
	Arrived int64
}

// The tables of one intake.
const intakeTables = `
PRAGMA temp.cache_size = -2048;
DROP TABLE IF EXISTS temp.aside;
DROP TABLE IF EXISTS temp.maker;
CREATE TEMP TABLE aside(row INTEGER PRIMARY KEY, key TEXT, makes INTEGER, id INTEGER, n INTEGER, at INTEGER, event INTEGER, body BLOB, source TEXT, line INTEGER, file TEXT, hash INTEGER);
CREATE TEMP TABLE maker(row INTEGER PRIMARY KEY, key TEXT, at INTEGER);
`

// Intake begins to take files in. The caller closes it.
func (s *Store) Intake() (*Intake, error) {
	if err := s.explain(sqlitex.ExecuteScript(s.conn, intakeTables, nil)); err != nil {
		return nil, err
	}
	in := &Intake{s: s}
	text, err := s.meta(metaArrivals)
	if err != nil {
		return nil, err
	}
	if text != "" {
		if in.arrivals, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, fmt.Errorf("%s is damaged: its number of arrivals is %q; bring it back from a backup", s.path, text)
		}
	}
	if err := in.prepare(); err != nil {
		return nil, err
	}
	return in, nil
}

func (in *Intake) prepare() (err error) {
	s := in.s
	for _, p := range []struct {
		stmt  **sqlite.Stmt
		query string
	}{
		{&in.find, "SELECT id, key, arrived FROM main.contact WHERE id >= ? ORDER BY id LIMIT 1"},
		{&in.move, "UPDATE contact SET arrived = ?2 WHERE id = ?1"},
		{&in.moveInputs, "UPDATE inbox SET at = ?2 WHERE contact = ?1 AND event = 0 AND EXISTS (SELECT 1 FROM waiting w WHERE w.contact = ?1 AND w.at = inbox.at AND w.id = inbox.id)"},
		{&in.moveWaiting, "UPDATE waiting SET at = ?2 WHERE contact = ?1 AND EXISTS (SELECT 1 FROM inbox i WHERE i.contact = ?1 AND i.id = waiting.id AND i.event = 0)"},
		{&in.earliest, "SELECT min(w.at) FROM waiting w JOIN inbox i ON i.contact = w.contact AND i.id = w.id WHERE w.contact = ? AND i.event <> 0"},
		{&in.number, "SELECT n FROM inbox WHERE contact = ? AND id = ?"},
		{&in.cells, "SELECT cells FROM cells WHERE contact = ?"},
		{&in.reject, "INSERT OR IGNORE INTO reject(hash) VALUES (?)"},
	} {
		if *p.stmt, err = s.conn.Prepare(p.query); err != nil {
			return s.explain(err)
		}
	}
	in.contacts, err = newBulk(s, "INSERT OR FAIL INTO contact(id, key, arrived)", 3, func(stmt *sqlite.Stmt, first int, c *newContact) {
		stmt.BindInt64(first, c.ID)
		stmt.BindText(first+1, c.key)
		stmt.BindInt64(first+2, c.Arrived)
	})
	if err != nil {
		return err
	}
	in.inputs, err = newBulk(s, "INSERT OR IGNORE INTO inbox(contact, id, n, at, event, body, source)", 7, func(stmt *sqlite.Stmt, first int, a *Arrival) {
		stmt.BindInt64(first, a.Contact)
		bindInput(stmt, first+1, &a.Input)
	})
	if err != nil {
		return err
	}
	in.waiting, err = newBulk(s, "INSERT OR FAIL INTO waiting(contact, at, id)", 3, func(stmt *sqlite.Stmt, first int, a *Arrival) {
		stmt.BindInt64(first, a.Contact)
		stmt.BindInt64(first+1, a.At)
		stmt.BindInt64(first+2, a.ID)
	})
	if err != nil {
		return err
	}
	in.said, err = newBulk(s, "INSERT OR REPLACE INTO cells(contact, cells)", 2, func(stmt *sqlite.Stmt, first int, c *saidCells) {
		stmt.BindInt64(first, c.contact)
		stmt.BindBytes(first+1, c.cells)
	})
	if err != nil {
		return err
	}
	in.aside, err = newBulk(s, "INSERT OR FAIL INTO temp.aside(key, makes, id, n, at, event, body, source, line, file, hash)", 11, func(stmt *sqlite.Stmt, first int, a *Aside) {
		stmt.BindText(first, a.Key)
		stmt.BindBool(first+1, a.Makes)
		bindInput(stmt, first+2, &a.Input)
		stmt.BindInt64(first+8, a.Line)
		stmt.BindText(first+9, a.File)
		stmt.BindInt64(first+10, a.Hash)
	})
	return err
}

// Close ends the intake and frees what it set aside.
func (in *Intake) Close() error {
	return in.s.explain(sqlitex.ExecuteScript(in.s.conn, "DELETE FROM temp.aside; DELETE FROM temp.maker;", nil))
}

// Slice does all of f or nothing of it.
func (in *Intake) Slice(f func() error) error {
	err := in.s.transaction(func() error {
		if err := f(); err != nil {
			return err
		}
		if err := in.flush(); err != nil {
			return err
		}
		return in.s.setMeta(metaArrivals, in.arrivals)
	})
	in.looks = in.looks[:0]
	if err != nil {
		in.contacts.rows, in.inputs.rows, in.waiting.rows, in.said.rows, in.aside.rows = in.contacts.rows[:0], in.inputs.rows[:0], in.waiting.rows[:0], in.said.rows[:0], in.aside.rows[:0]
	}
	return err
}

func (in *Intake) flush() error {
	for _, flush := range []func() error{in.contacts.flush, in.inputs.flush, in.waiting.flush, in.said.flush, in.aside.flush} {
		if err := flush(); err != nil {
			return err
		}
	}
	return in.s.lookAt(in.looks)
}

// Arrivals gives out numbers for n inputs, in the order in which they arrived, and returns the first.
func (in *Intake) Arrivals(n int) (first int64) {
	first = in.arrivals + 1
	in.arrivals += int64(n)
	return first
}

// Hash is the order in which contacts lie in the file: slices that come in this order are written fastest.
func Hash(key string) int64 { return hashOf(key) }

// Find gives the contact with this key. Where there is none it says so, and the ID is the one that AddContact takes.
func (in *Intake) Find(key string) (k Known, found bool, err error) {
	for k.ID = hashOf(key); ; k.ID = after(k.ID) {
		if slices.ContainsFunc(in.contacts.rows, func(c newContact) bool { return c.ID == k.ID }) {
			if err := in.contacts.flush(); err != nil {
				return k, false, err
			}
		}
		if in.nobody.first <= k.ID && k.ID < in.nobody.end {
			return k, false, nil
		}
		at, there, err := in.contactFrom(k.ID)
		if err != nil || !there || at.ID != k.ID {
			return k, false, err
		}
		if at.key == key {
			return at.Known, true, nil
		}
	}
}

// contactFrom gives the contact with the first id that is not below one, and remembers that there is nobody before it.
func (in *Intake) contactFrom(id int64) (c newContact, there bool, err error) {
	in.find.BindInt64(1, id)
	there, err = in.find.Step()
	if there {
		c.ID, c.key, c.Arrived = in.find.ColumnInt64(0), in.find.ColumnText(1), in.find.ColumnInt64(2)
	}
	if reset := in.find.Reset(); err == nil {
		err = reset
	}
	if err != nil {
		return c, false, in.s.explain(err)
	}
	in.nobody.first, in.nobody.end = id, math.MaxInt64
	if there {
		in.nobody.end = c.ID
	}
	for n := range in.contacts.rows { // that are not in the table yet
		if added := in.contacts.rows[n].ID; added >= id {
			in.nobody.end = min(in.nobody.end, added)
		}
	}
	return c, there, nil
}

// AddContact makes a contact, with the ID that Find gave for its key.
func (in *Intake) AddContact(k Known, key string) error {
	in.s.stock(stockContacts, 0, 1)
	in.nobody.first = max(in.nobody.first, k.ID+1)
	return in.contacts.add(newContact{k, key})
}

// Wake has the contact looked at at an instant.
func (in *Intake) Wake(contact, at int64) {
	in.looks = append(in.looks, look{at, Look{Contact: contact}})
}

// MoveArrival makes a contact that does not take part yet arrive at another instant, with all that waits to be
// written to it then; it says whether there was anything to move. An event that waits already keeps its contact: the
// arrival does not move past it.
func (in *Intake) MoveArrival(contact, arrived, clock int64) (moved bool, err error) {
	in.earliest.BindInt64(1, contact)
	if _, err := in.earliest.Step(); err != nil {
		return false, in.s.explain(err)
	}
	if !in.earliest.ColumnIsNull(0) {
		arrived = min(arrived, in.earliest.ColumnInt64(0))
	}
	if err := in.earliest.Reset(); err != nil {
		return false, in.s.explain(err)
	}
	at := max(arrived, clock)
	in.moveInputs.BindInt64(1, contact)
	in.moveInputs.BindInt64(2, at)
	if err := once(in.moveInputs); err != nil {
		return false, in.s.explain(err)
	}
	if in.s.conn.Changes() == 0 {
		return false, nil
	}
	in.moveWaiting.BindInt64(1, contact)
	in.moveWaiting.BindInt64(2, at)
	if err := once(in.moveWaiting); err != nil {
		return false, in.s.explain(err)
	}
	in.move.BindInt64(1, contact)
	in.move.BindInt64(2, arrived)
	if err := once(in.move); err != nil {
		return false, in.s.explain(err)
	}
	in.Wake(contact, at)
	return true, nil
}

// AddInput puts an input of a contact into the inbox, one that cannot be there already. It does not wake the contact.
func (in *Intake) AddInput(contact int64, i Input) error {
	a := Arrival{Contact: contact, Input: i}
	if err := in.inputs.add(a); err != nil {
		return err
	}
	return in.waiting.add(a)
}

// AddInputs puts inputs into the inbox, and says of each whether it was not there. It does not wake their contacts.
func (in *Intake) AddInputs(arrivals []Arrival) error {
	if err := in.inputs.flush(); err != nil {
		return err
	}
	for len(arrivals) > 0 {
		n, stmt := bulkRows, in.inputs.many
		if len(arrivals) < n {
			n, stmt = 1, in.inputs.one
		}
		if err := in.inputs.insert(stmt, arrivals[:n]); err != nil {
			return err
		}
		added := in.s.conn.Changes()
		for i := range arrivals[:n] {
			arrivals[i].Added = added == n
			if added > 0 && added < n {
				var err error
				if arrivals[i].Added, err = in.has(&arrivals[i]); err != nil {
					return err
				}
			}
			if arrivals[i].Added {
				if err := in.waiting.add(arrivals[i]); err != nil {
					return err
				}
			}
		}
		arrivals = arrivals[n:]
	}
	return nil
}

// has says whether it is this very arrival that stands in the inbox, and not one of the same id.
func (in *Intake) has(a *Arrival) (bool, error) {
	in.number.BindInt64(1, a.Contact)
	in.number.BindInt64(2, a.ID)
	there, err := in.number.Step()
	is := there && in.number.ColumnInt64(0) == a.N
	if reset := in.number.Reset(); err == nil {
		err = reset
	}
	return is, in.s.explain(err)
}

// bindInput binds id, n, at, event, body and source.
func bindInput(stmt *sqlite.Stmt, first int, i *Input) {
	stmt.BindInt64(first, i.ID)
	stmt.BindInt64(first+1, i.N)
	stmt.BindInt64(first+2, i.At)
	stmt.BindInt64(first+3, int64(i.Event))
	if len(i.Body) == 0 {
		stmt.BindNull(first + 4)
	} else {
		stmt.BindBytes(first+4, i.Body)
	}
	bindUnlessEmpty(stmt, first+5, i.Source)
}

// Cells gives what SetCells last kept for a contact, in buf when it has room.
func (in *Intake) Cells(contact int64, buf []byte) ([]byte, error) {
	in.cells.BindInt64(1, contact)
	there, err := in.cells.Step()
	buf = buf[:0]
	if n := 0; err == nil && there {
		if n = in.cells.ColumnLen(0); cap(buf) < n {
			buf = make([]byte, n)
		}
		buf = buf[:n]
		in.cells.ColumnBytes(0, buf)
	}
	if reset := in.cells.Reset(); err == nil {
		err = reset
	}
	return buf, in.s.explain(err)
}

// SetCells keeps what the last contacts file said of a contact. A contact is set once a slice, and the cells stay as they
// are to its end.
func (in *Intake) SetCells(contact int64, cells []byte) error {
	return in.said.add(saidCells{contact, cells})
}

// Reject says whether a line, by its hash, is rejected for the first time.
func (in *Intake) Reject(hash int64) (first bool, err error) {
	in.reject.BindInt64(1, hash)
	if err := once(in.reject); err != nil {
		return false, in.s.explain(err)
	}
	return in.s.conn.Changes() > 0, nil
}

// KeepRejects remembers, with the slice that rejects them, lines that belong into the file of rejects from an offset
// on. They are kept until the next call: should the process die before it has written them, KeptRejects has them.
func (in *Intake) KeepRejects(offset int64, lines []byte) error {
	return in.s.setMeta(metaRejects, append(binary.BigEndian.AppendUint64(nil, uint64(offset)), lines...))
}

// KeptRejects gives what the last KeepRejects remembered.
func (in *Intake) KeptRejects() (offset int64, lines []byte, err error) {
	err = sqlitex.Execute(in.s.conn, "SELECT value FROM meta WHERE key = ?", &sqlitex.ExecOptions{Args: []any{metaRejects}, ResultFunc: func(row *sqlite.Stmt) error {
		if kept := columnBytes(row, 0); len(kept) >= 8 {
			offset, lines = int64(binary.BigEndian.Uint64(kept)), kept[8:]
		}
		return nil
	}})
	return offset, lines, in.s.explain(err)
}
