package store

import (
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
)

// Entry is one row of the journal as text. Seq numbers the rows of its contact, from 1; what says nothing is empty.
type Entry struct {
	Seq     int64
	At      int64
	Contact string // its key
	Kind    string
	Track   string
	Program string
	Stage   string
	Offer   string
	To      string
	Until   int64 // `to` of a held touch; 0 where To or nothing is said
	Reason  string
	By      string
	Detail  string
}

// Filter chooses rows of the journal; what is empty chooses all.
type Filter struct {
	Contact string // a contact's key
	Kinds   []string
}

// Journal calls each with the rows that the filter chooses, by instant, then contact, then as it happened; an error of
// each ends it. The memory it takes does not grow with the journal.
func (s *Store) Journal(filter Filter, each func(*Entry) error) error {
	var where []string
	var args []any
	if filter.Contact != "" {
		id, found, err := s.find(filter.Contact)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("nobody in %s is called %q", s.path, filter.Contact)
		}
		where, args = append(where, "j.contact = ?"), append(args, id)
	}
	if len(filter.Kinds) > 0 {
		for _, kind := range filter.Kinds {
			args = append(args, int64(s.Intern(kind)))
		}
		where = append(where, "j.kind IN (?"+strings.Repeat(",?", len(filter.Kinds)-1)+")")
	}
	query := entries
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return s.rows(query+" ORDER BY j.at, c.key, j.seq", args, func(row *sqlite.Stmt) error {
		e := s.entry(row)
		return each(&e)
	})
}

// Before gives the last rows of a contact's journal up to and with a row, at most limit, the oldest first.
func (s *Store) Before(contact int64, seq uint32, limit int) ([]Entry, error) {
	var last []Entry
	err := s.rows(entries+" WHERE j.contact = ? AND j.seq <= ? ORDER BY j.seq DESC LIMIT ?", []any{contact, int64(seq), int64(limit)}, func(row *sqlite.Stmt) error {
		last = append(last, s.entry(row))
		return nil
	})
	slices.Reverse(last)
	return last, err
}

const entries = "SELECT j.seq, j.at, c.key, j.kind, j.track, j.program, j.stage, j.offer, j.dest, j.until, j.reason, j.by, j.detail FROM journal j JOIN contact c ON c.id = j.contact"

func (s *Store) entry(row *sqlite.Stmt) Entry {
	return Entry{
		Seq: row.ColumnInt64(0), At: row.ColumnInt64(1), Contact: row.ColumnText(2),
		Kind: s.column(row, 3), Track: s.column(row, 4), Program: s.column(row, 5), Stage: s.column(row, 6), Offer: s.column(row, 7),
		To: s.column(row, 8), Until: row.ColumnInt64(9), Reason: s.column(row, 10), By: s.column(row, 11), Detail: row.ColumnText(12),
	}
}

// rows calls each with the rows of a query, whose parameters are numbers and texts. An error of each ends it and is
// returned as it is.
func (s *Store) rows(query string, args []any, each func(row *sqlite.Stmt) error) error {
	stmt, _, err := s.conn.PrepareTransient(query)
	if err != nil {
		return s.explain(err)
	}
	defer stmt.Finalize()
	for i, arg := range args {
		switch arg := arg.(type) {
		case int64:
			stmt.BindInt64(i+1, arg)
		case string:
			stmt.BindText(i+1, arg)
		}
	}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return s.explain(err)
		}
		if err := each(stmt); err != nil {
			return err
		}
	}
}

// column is the text of a column that holds a name.
func (s *Store) column(row *sqlite.Stmt, column int) string {
	return s.name(uint32(row.ColumnInt64(column)))
}

// name is the text of a number. A store that is looked at while a run writes has new names.
func (s *Store) name(id uint32) string {
	if s.lock == nil && int(id) >= len(s.names.texts) {
		// What cannot be read now shows as empty; the query that this row is of meets the same trouble and says so.
		_ = s.loadNames()
	}
	return s.Text(id)
}
