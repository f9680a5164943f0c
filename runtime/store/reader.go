package store

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Reader reads contacts, on a connection of its own, so that one goroutine may load them while another writes those
// before them. It sees what was committed when each Load began.
type Reader struct {
	store *Store
	conn  *sqlite.Conn

	// Prepared once and kept: asking the connection for a statement clears its parameters, and SQLite plans a query with
	// an order and a partial index anew after that, which takes ten times as long as the query.
	standing, contacts, inputs question

	crowd float64 // how many contacts there are for each id that there might be
	ids   []int64 // of a question
	bytes []byte  // room for what Load gives; a new one when it is full
}

// question asks for rows by the ids of up to AtOnce contacts, or by their standings.
type question struct {
	some    *sqlite.Stmt // by each id
	between *sqlite.Stmt // by the first and the last of contacts, where hardly any others lie between them; its first column is the contact, and ascends
}

// Reader opens a reader beside the store. The caller closes it before the store.
func (s *Store) Reader() (*Reader, error) {
	beside, err := open(s.path, sqlite.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	r := &Reader{store: s, conn: beside.conn}
	// It reads what is due once: pages that are behind it need no memory.
	if err := sqlitex.ExecuteTransient(r.conn, "PRAGMA cache_size = -2048", nil); err != nil {
		r.conn.Close()
		return nil, s.explain(err)
	}
	if err := r.prepare(); err != nil {
		r.conn.Close()
		return nil, s.explain(err)
	}
	contacts, err := s.inStock(stockContacts)
	if err != nil {
		r.conn.Close()
		return nil, err
	}
	r.crowd = float64(contacts[0]) / math.MaxInt64
	return r, nil
}

func (r *Reader) prepare() (err error) {
	const contacts = " FROM contact c" + standsAt + " WHERE c.id "
	const inputs = "SELECT w.contact, i.id, i.n, i.at, i.event, i.body, i.source FROM waiting w CROSS JOIN inbox i ON i.contact = w.contact AND i.id = w.id WHERE w.contact "
	some, between := "IN ("+strings.Repeat("?,", AtOnce-1)+"?)", "BETWEEN ? AND ?"
	for _, p := range []struct {
		stmt  **sqlite.Stmt
		query string
	}{
		{&r.standing.some, "SELECT s.contact, s.key, " + farColumns + " FROM standing s WHERE s.id " + some},
		{&r.contacts.some, "SELECT c.id, c.key, " + farColumns + contacts + some},
		{&r.contacts.between, "SELECT c.id, c.key, " + farColumns + contacts + between + " ORDER BY c.id"},
		{&r.inputs.some, inputs + some + " ORDER BY w.contact, w.at"},
		{&r.inputs.between, inputs + between + " ORDER BY w.contact, w.at"},
	} {
		if *p.stmt, err = r.conn.Prepare(p.query); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the use of the reader.
func (r *Reader) Close() error { return r.store.explain(r.conn.Close()) }

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

// AtOnce is how many contacts Load reads at most.
const AtOnce = 128

// Load reads the contacts of up to AtOnce looks, which ascend; those at which there is nothing to look are left out.
func (r *Reader) Load(looks []Look) ([]Loaded, error) {
	if err := r.exec("BEGIN"); err != nil {
		return nil, err
	}
	loaded, err := r.load(looks)
	if end := r.exec("COMMIT"); err == nil {
		err = end
	}
	return loaded, err
}

func (r *Reader) load(looks []Look) ([]Loaded, error) {
	loaded := make([]Loaded, 0, len(looks))
	for _, from := range []struct {
		question
		asks func(l Look) (id int64, is bool)
	}{
		{r.standing, func(l Look) (int64, bool) { return l.standing, l.standing != 0 }},
		{r.contacts, func(l Look) (int64, bool) { return l.Contact, l.standing == 0 }},
	} {
		r.ids = r.ids[:0]
		for _, l := range looks {
			if id, is := from.asks(l); is {
				r.ids = append(r.ids, id)
			}
		}
		err := r.each(from.question, r.ids, func(row *sqlite.Stmt) bool {
			loaded = append(loaded, Loaded{Contact: readContact(row, r.column)})
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(loaded, func(a, b Loaded) int { return cmp.Compare(a.ID, b.ID) })
	r.ids = r.ids[:0]
	for i := range loaded {
		r.ids = append(r.ids, loaded[i].ID)
	}
	for done := 0; done < len(r.ids); {
		var err error
		if done, err = r.loadInputs(r.ids, done, loaded); err != nil {
			return nil, err
		}
	}
	for i := range loaded {
		slices.SortFunc(loaded[i].Inputs, func(a, b Input) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.N, b.N)) })
	}
	return loaded, nil
}

// loadInputs reads what waits for contacts from ids[first] on, and says how many of all ids are done: it ends early after
// a contact of which it does not take all.
func (r *Reader) loadInputs(ids []int64, first int, loaded []Loaded) (done int, err error) {
	done = len(ids)
	for len(loaded) > 0 && loaded[0].ID < ids[first] {
		loaded = loaded[1:]
	}
	err = r.each(r.inputs, ids[first:], func(row *sqlite.Stmt) bool {
		contact := row.ColumnInt64(0)
		for len(loaded) > 0 && loaded[0].ID < contact {
			loaded = loaded[1:]
		}
		if len(loaded) == 0 || loaded[0].ID != contact {
			return true
		}
		c, at := &loaded[0], row.ColumnInt64(3)
		if n := len(c.Inputs); n >= inputsAtOnce && at > c.Inputs[n-1].At {
			c.More = true
			next, _ := slices.BinarySearch(ids, contact)
			done = next + 1
			return false
		}
		c.Inputs = append(c.Inputs, Input{
			ID: row.ColumnInt64(1), N: row.ColumnInt64(2), At: at, Event: number(row, 4), Body: r.column(row, 5), Source: row.ColumnText(6),
		})
		return true
	})
	return done, err
}

// column copies a blob, nil for NULL. What many columns hold stands together: less to clear up.
func (r *Reader) column(row *sqlite.Stmt, column int) []byte {
	if row.ColumnIsNull(column) {
		return nil
	}
	n := row.ColumnLen(column)
	if cap(r.bytes)-len(r.bytes) < n {
		r.bytes = make([]byte, 0, max(n, 64<<10))
	}
	from := len(r.bytes)
	r.bytes = r.bytes[:from+n]
	row.ColumnBytes(column, r.bytes[from:])
	return r.bytes[from : from+n : from+n]
}

// each calls each with the rows of a question for up to AtOnce ids, as long as it says so.
func (r *Reader) each(q question, ids []int64, each func(row *sqlite.Stmt) bool) error {
	if len(ids) == 0 {
		return nil
	}
	stmt := q.some
	if first, last := ids[0], ids[len(ids)-1]; q.between != nil && float64(last-first)*r.crowd < float64(2*len(ids)) {
		stmt = q.between
		stmt.BindInt64(1, first)
		stmt.BindInt64(2, last)
	} else {
		for i := range AtOnce {
			if i < len(ids) {
				stmt.BindInt64(i+1, ids[i])
			} else {
				stmt.BindNull(i + 1)
			}
		}
	}
	for {
		more, err := stmt.Step()
		if stmt == q.between && more {
			for len(ids) > 0 && ids[0] < stmt.ColumnInt64(0) {
				ids = ids[1:]
			}
			if len(ids) > 0 && ids[0] > stmt.ColumnInt64(0) {
				continue // another's
			}
		}
		if more = more && each(stmt); err != nil || !more {
			if reset := stmt.Reset(); err == nil {
				err = reset
			}
			return r.store.explain(err)
		}
	}
}

func (r *Reader) exec(query string) error {
	stmt, err := r.conn.Prepare(query)
	if err == nil {
		err = once(stmt)
	}
	return r.store.explain(err)
}
