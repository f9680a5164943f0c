package store

import (
	"fmt"

	"zombiezen.com/go/sqlite"
)

// OutState is how far the delivery of an outbox row is.
type OutState uint8

const (
	Pending    OutState = iota
	Attempting          // the channel is being called
	Done
	Unknown // a run died while the channel was called, and it is not safe to call it again
)

func (o OutState) String() string {
	return [...]string{"pending", "attempting", "done", "unknown"}[o]
}

// Outgoing is one outbox row as text.
type Outgoing struct {
	Contact string // its key
	Kind    string
	Program string
	Stage   string
	Entry   uint32
	Name    string
	Count   uint32
	At      int64
	Channel string
	State   OutState
	Error   string // why the last attempt failed
	Body    []byte // JSON

	row OutboxRow
}

// ContactID is the contact's id in the store.
func (o *Outgoing) ContactID() int64 { return o.row.Contact }

// Key names the row in the whole store: the contact and the decision.
func (o *Outgoing) Key() string {
	return fmt.Sprintf("%s/%s/%d/%s/%s/%d", o.Contact, o.Program, o.Entry, o.Kind, o.Name, o.Count)
}

const outgoing = "SELECT x.contact, x.program, x.entry, x.kind, x.name, x.count, x.at, x.stage, x.channel, x.state, x.error, x.body, c.key FROM outbox x %s JOIN contact c ON c.id = x.contact "

func (s *Store) outgoing(row *sqlite.Stmt) Outgoing {
	return Outgoing{
		Program: s.column(row, 1), Entry: uint32(row.ColumnInt64(2)), Kind: s.column(row, 3), Name: s.column(row, 4), Count: uint32(row.ColumnInt64(5)),
		At: row.ColumnInt64(6), Stage: s.column(row, 7), Channel: s.column(row, 8), State: OutState(row.ColumnInt64(9)), Error: row.ColumnText(10),
		Body: []byte(row.ColumnText(11)), Contact: row.ColumnText(12),
		row: OutboxRow{
			Contact: row.ColumnInt64(0), Program: uint32(row.ColumnInt64(1)), Entry: uint32(row.ColumnInt64(2)), Kind: uint32(row.ColumnInt64(3)),
			Name: uint32(row.ColumnInt64(4)), Count: uint32(row.ColumnInt64(5)), At: row.ColumnInt64(6), Channel: uint32(row.ColumnInt64(8)),
		},
	}
}

// Outbox calls each with every row of the outbox, by instant, then contact; an error of each ends it.
func (s *Store) Outbox(each func(*Outgoing) error) error {
	query := fmt.Sprintf(outgoing, "") + "ORDER BY x.at, c.key, x.kind, x.name, x.count, x.program, x.entry"
	return s.rows(query, nil, func(row *sqlite.Stmt) error {
		o := s.outgoing(row)
		return each(&o)
	})
}

// Waiting gives the next rows of a channel that are pending, contact by contact, after the row `after` (nil: from the
// first). A row that is being attempted is among them only when a run died over it: Recover first.
func (s *Store) Waiting(channel string, after *Outgoing, limit int) ([]Outgoing, error) {
	query := fmt.Sprintf(outgoing, "INDEXED BY outbox_open") + "WHERE x.state <= 1 AND x.channel = ?1 "
	args := []any{int64(s.Intern(channel)), int64(limit)}
	if after != nil {
		r := &after.row
		query += "AND (x.contact, x.count, x.program, x.entry, x.kind, x.name) > (?3, ?4, ?5, ?6, ?7, ?8) "
		args = append(args, r.Contact, int64(r.Count), int64(r.Program), int64(r.Entry), int64(r.Kind), int64(r.Name))
	}
	query += "ORDER BY x.contact, x.count, x.program, x.entry, x.kind, x.name LIMIT ?2"
	var rows []Outgoing
	err := s.rows(query, args, func(row *sqlite.Stmt) error {
		rows = append(rows, s.outgoing(row))
		return nil
	})
	return rows, err
}

// Recover settles the rows of a channel that a run died over. Where calling the channel twice is safe they are pending
// again; elsewhere nobody can tell whether they went out, and they are not sent again by themselves. It says how many.
func (s *Store) Recover(channel string, idempotent bool) (int, error) {
	to := Unknown
	if idempotent {
		to = Pending
	}
	settled := 0
	err := s.transaction(func() error {
		stmt, err := s.conn.Prepare("UPDATE outbox INDEXED BY outbox_open SET state = ? WHERE state <= 1 AND channel = ? AND state = 1")
		if err != nil {
			return s.explain(err)
		}
		stmt.BindInt64(1, int64(to))
		stmt.BindInt64(2, int64(s.Intern(channel)))
		err = once(stmt)
		settled = s.conn.Changes()
		if to == Unknown {
			s.stock(stockMessages, s.Intern(channel), -int64(settled))
		}
		return s.explain(err)
	})
	return settled, err
}

// Mark keeps the State and the Error of rows that Waiting gave, in one transaction.
func (s *Store) Mark(rows []Outgoing) error {
	return s.transaction(func() error {
		stmt, err := s.conn.Prepare("UPDATE outbox SET state = ?7, error = ?8 WHERE contact = ?1 AND program = ?2 AND entry = ?3 AND kind = ?4 AND name = ?5 AND count = ?6")
		if err != nil {
			return s.explain(err)
		}
		for i := range rows {
			bindKey(stmt, &rows[i].row)
			stmt.BindInt64(7, int64(rows[i].State))
			bindUnlessEmpty(stmt, 8, rows[i].Error)
			if err := once(stmt); err != nil {
				return s.explain(err)
			}
			if rows[i].State == Done {
				s.stock(stockMessages, rows[i].row.Channel, -1)
			}
		}
		return nil
	})
}
