package store

import (
	"github.com/cespare/xxhash/v2"
	"zombiezen.com/go/sqlite"

	"nurture/lang/calendar"
)

// An id is 63 bits: the partition, of 4,096, then the contact's number in it.
const (
	partitionBit = 51
	numberMask   = 1<<partitionBit - 1
)

// hashOf is the id that a key asks for.
func hashOf(key string) int64 { return int64(xxhash.Sum64String(key) >> 1) }

// after is the id to try where id belongs to another key: the next of its partition.
func after(id int64) int64 { return id&^numberMask | (id+1)&numberMask }

// find gives the id of the contact with this key; where there is none, found is false and the id is free to take.
func (s *Store) find(key string) (id int64, found bool, err error) {
	stmt, err := s.conn.Prepare("SELECT key FROM contact WHERE id = ?")
	if err != nil {
		return 0, false, s.explain(err)
	}
	defer stmt.Reset()
	for id = hashOf(key); ; id = after(id) {
		stmt.BindInt64(1, id)
		there, err := stmt.Step()
		if err != nil || !there {
			return id, false, s.explain(err)
		}
		if stmt.ColumnText(0) == key {
			return id, true, nil
		}
		if err := stmt.Reset(); err != nil {
			return 0, false, s.explain(err)
		}
	}
}

// Contact is what a store knows of one contact.
type Contact struct {
	ID      int64
	Key     string
	Arrived int64  // as ContactByKey and Walk tell it; Load does not
	Next    int64  // the earliest instant at which anything can happen, of what was known when it was stored; calendar.Never
	State   []byte // nil before it takes part

	standing int64  // the row of how far it is; 0: nothing was ever stored
	journal  int64  // the last of its rows in the journal
	places   []byte // where it stands, as text
}

// farColumns are those of a contact that readContact reads, of `standing s`, and standsAt joins that to `contact c`.
const (
	farColumns = "s.id, s.next, s.journal, s.places, s.state"
	standsAt   = " LEFT JOIN lately n ON n.contact = c.id LEFT JOIN latest l ON l.contact = c.id LEFT JOIN standing s ON s.id = coalesce(n.standing, l.standing)"
)

// readContact makes a contact of a row of its id, its key and farColumns; copied copies a column of it, nil for NULL.
func readContact(row *sqlite.Stmt, copied func(row *sqlite.Stmt, column int) []byte) Contact {
	c := Contact{ID: row.ColumnInt64(0), Key: row.ColumnText(1), standing: row.ColumnInt64(2), Next: calendar.Never}
	if c.standing != 0 {
		c.Next, c.journal = row.ColumnInt64(3), row.ColumnInt64(4)
		c.places, c.State = copied(row, 5), copied(row, 6)
	}
	return c
}

// ContactByKey gives the contact with this key, nil where there is none.
func (s *Store) ContactByKey(key string) (*Contact, error) {
	id, found, err := s.find(key)
	if err != nil || !found {
		return nil, err
	}
	c := new(Contact)
	err = s.rows("SELECT c.id, c.key, "+farColumns+", c.arrived FROM contact c"+standsAt+" WHERE c.id = ?", []any{id}, func(row *sqlite.Stmt) error {
		*c = readContact(row, columnBytes)
		c.Arrived = row.ColumnInt64(7)
		return nil
	})
	return c, err
}

// columnBytes copies a blob, nil for NULL.
func columnBytes(row *sqlite.Stmt, column int) []byte {
	if row.ColumnIsNull(column) {
		return nil
	}
	blob := make([]byte, row.ColumnLen(column))
	row.ColumnBytes(column, blob)
	return blob
}
