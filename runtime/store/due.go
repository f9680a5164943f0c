package store

import (
	"math"
	"slices"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Reader reads what is due, on a connection of its own, so that one goroutine may load contacts while another writes
// those before them. It sees what was committed when each Due and Load began.
type Reader struct {
	store *Store
	conn  *sqlite.Conn

	// Prepared once and kept: asking the connection for a statement clears its parameters, and SQLite plans a query with
	// an order and a partial index anew after that, which takes ten times as long as the query.
	due, contact, inputs *sqlite.Stmt
}

// Reader opens a reader beside the store. The caller closes it before the store.
func (s *Store) Reader() (*Reader, error) {
	beside, err := open(s.path, sqlite.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	r := &Reader{store: s, conn: beside.conn}
	// It reads what is due once, in order: pages that are behind it need no memory.
	if err := sqlitex.ExecuteTransient(r.conn, "PRAGMA cache_size = -2048", nil); err != nil {
		r.conn.Close()
		return nil, s.explain(err)
	}
	for _, p := range []struct {
		stmt  **sqlite.Stmt
		query string
	}{
		{&r.due, "SELECT id FROM contact INDEXED BY contact_due WHERE id >> 57 = ?1 AND next < ?2 AND next < 9223372036854775807"},
		{&r.contact, "SELECT key, arrived, next, state FROM contact LEFT JOIN state ON contact = id WHERE id = ?"},
		{&r.inputs, "SELECT id, n, at, event, body, source FROM inbox INDEXED BY inbox_waiting WHERE contact = ? AND taken IS NULL ORDER BY at, n"},
	} {
		if *p.stmt, err = r.conn.Prepare(p.query); err != nil {
			r.conn.Close()
			return nil, s.explain(err)
		}
	}
	return r, nil
}

// Close ends the use of the reader.
func (r *Reader) Close() error { return r.store.explain(r.conn.Close()) }

// Groups is how many groups the contacts are in, each some partitions, in the order of the ids.
const Groups = 64

// Due appends to ids the contacts of a group, from 0, for which something can happen before an instant, in ascending
// order. It costs nothing for the contacts for which nothing can.
func (r *Reader) Due(group int, before int64, ids []int64) ([]int64, error) {
	stmt := r.due
	defer stmt.Reset()
	stmt.BindInt64(1, int64(group))
	stmt.BindInt64(2, before)
	had := len(ids)
	for {
		more, err := stmt.Step()
		if err != nil {
			return ids, r.store.explain(err)
		}
		if !more {
			slices.Sort(ids[had:])
			return ids, nil
		}
		ids = append(ids, stmt.ColumnInt64(0))
	}
}

// Loaded is a contact and the first of the inputs that wait for it, by instant and then by arrival.
type Loaded struct {
	Contact
	Inputs []Input
	More   bool // there are inputs at later instants than the last of Inputs
}

// Input is one row of the inbox.
type Input struct {
	ID     int64
	N      int64 // arrival number
	At     int64
	Event  uint32 // name; 0: a change of contact fields
	Body   []byte
	Source string
}

// inputsAtOnce bounds the inputs of one contact that are in memory at a time. All inputs of one instant are loaded
// together, however many they are.
const inputsAtOnce = 20_000

// Load reads contacts by their ids, in that order.
func (r *Reader) Load(ids []int64) ([]Loaded, error) {
	if err := r.exec("BEGIN"); err != nil {
		return nil, err
	}
	loaded, err := r.load(ids)
	if end := r.exec("COMMIT"); err == nil {
		err = end
	}
	return loaded, err
}

func (r *Reader) load(ids []int64) ([]Loaded, error) {
	contact := r.contact
	defer contact.Reset()
	loaded := make([]Loaded, 0, len(ids))
	for _, id := range ids {
		contact.BindInt64(1, id)
		there, err := contact.Step()
		if err != nil {
			return nil, r.store.explain(err)
		}
		if there {
			c := Loaded{Contact: Contact{ID: id, Key: contact.ColumnText(0), Arrived: contact.ColumnInt64(1), Next: contact.ColumnInt64(2), State: columnBytes(contact, 3)}}
			if err := r.loadInputs(&c); err != nil {
				return nil, r.store.explain(err)
			}
			loaded = append(loaded, c)
		}
		if err := contact.Reset(); err != nil {
			return nil, r.store.explain(err)
		}
	}
	return loaded, nil
}

func (r *Reader) loadInputs(c *Loaded) error {
	stmt := r.inputs
	defer stmt.Reset()
	stmt.BindInt64(1, c.ID)
	last := int64(math.MinInt64)
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return err
		}
		at := stmt.ColumnInt64(2)
		if len(c.Inputs) >= inputsAtOnce && at > last {
			c.More = true
			return nil
		}
		last = at
		c.Inputs = append(c.Inputs, Input{
			ID: stmt.ColumnInt64(0), N: stmt.ColumnInt64(1), At: at, Event: uint32(stmt.ColumnInt64(3)),
			Body: columnBytes(stmt, 4), Source: stmt.ColumnText(5),
		})
	}
}

func (r *Reader) exec(query string) error {
	stmt, err := r.conn.Prepare(query)
	if err == nil {
		err = once(stmt)
	}
	return r.store.explain(err)
}
