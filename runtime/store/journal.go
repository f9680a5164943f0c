package store

import (
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Entry is one decision of the journal as text. Seq numbers those of its contact, from 1; what says nothing is empty.
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

// Filter chooses entries of the journal; what is empty chooses all.
type Filter struct {
	Contact string // a contact's key
	Kinds   []string
}

// Journal calls each with the entries that the filter chooses, by instant, then contact, then as it happened; an error
// of each ends it. The memory it takes does not grow with the journal.
func (s *Store) Journal(filter Filter, each func(*Entry) error) error {
	if filter.Contact == "" {
		return s.everyEntry(filter.Kinds, each)
	}
	id, found, err := s.find(filter.Contact)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("nobody in %s is called %q", s.path, filter.Contact)
	}
	rows, err := s.journalOf(id)
	if err != nil {
		return err
	}
	for i := range rows {
		err := rows[i].decisions(func(d decided) error {
			e := s.entry(filter.Contact, d)
			if len(filter.Kinds) > 0 && !slices.Contains(filter.Kinds, e.Kind) {
				return nil
			}
			return each(&e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) everyEntry(kinds []string, each func(*Entry) error) error {
	query := "SELECT c.key, j.seq + l.key, j.at + (l.value ->> 0), l.value ->> 1, j.at + (l.value ->> 2), l.value ->> 3" +
		" FROM journal j JOIN contact c ON c.id = j.contact JOIN json_each(j.decided) l"
	var args []any
	if len(kinds) > 0 {
		query += " JOIN decision d ON d.id = l.value ->> 1 WHERE d.kind IN (?" + strings.Repeat(",?", len(kinds)-1) + ")"
		for _, kind := range kinds {
			args = append(args, int64(s.Intern(kind)))
		}
	}
	return s.rows(query+" ORDER BY 3, 1, 2", args, func(row *sqlite.Stmt) error {
		e := s.entry(row.ColumnText(0), decided{row.ColumnInt64(1), row.ColumnInt64(2), number(row, 3), row.ColumnInt64(4), row.ColumnText(5)})
		return each(&e)
	})
}

// Before gives the last entries of a contact's journal up to and with a number, at most limit, the oldest first.
func (s *Store) Before(contact int64, seq uint32, limit int) ([]Entry, error) {
	key, last, err := s.lastOf(contact)
	if err != nil {
		return nil, err
	}
	var entries []Entry // the newest first
	err = s.backwards(last, func(row *journalRow) (bool, error) {
		had := len(entries)
		err := row.decisions(func(d decided) error {
			if d.seq <= int64(seq) {
				entries = append(entries, s.entry(key, d))
			}
			return nil
		})
		slices.Reverse(entries[had:])
		return len(entries) < limit, err
	})
	entries = entries[:min(limit, len(entries))]
	slices.Reverse(entries)
	return entries, err
}

// journalRow is a row of the journal: what one commit made of a contact.
type journalRow struct {
	id, prev int64
	at, seq  int64
	took     string
	decided  string
}

// decided is a decision of it.
type decided struct {
	seq, at int64
	number  uint32
	until   int64
	detail  string
}

func (r *journalRow) decisions(each func(d decided) error) error {
	seq := r.seq - 1
	return unpack(r.decided, func(e []element) error {
		seq++
		d := decided{seq, r.at + at(e, 0).number, uint32(at(e, 1).number), 0, at(e, 3).text}
		if until := at(e, 2); !until.null {
			d.until = r.at + until.number
		}
		return each(d)
	})
}

// taken calls each with the inputs that the commit took, by their arrival numbers, and the instants at which it did.
func (r *journalRow) taken(each func(n, taken int64)) error {
	if r.took == "" {
		return nil
	}
	return numbers(r.took, func(took []int64) error {
		if len(took) != 2 {
			return notLists(r.took)
		}
		each(took[1], r.at+took[0])
		return nil
	})
}

// lastOf gives a contact's key and the last of its rows in the journal, 0 when there is none.
func (s *Store) lastOf(contact int64) (key string, last int64, err error) {
	err = s.rows("SELECT c.key, s.journal FROM contact c"+standsAt+" WHERE c.id = ?", []any{contact}, func(row *sqlite.Stmt) error {
		key, last = row.ColumnText(0), row.ColumnInt64(1)
		return nil
	})
	return key, last, err
}

// journalOf gives the rows of a contact's journal, the oldest first.
func (s *Store) journalOf(contact int64) ([]journalRow, error) {
	_, last, err := s.lastOf(contact)
	if err != nil {
		return nil, err
	}
	return s.journalFrom(last)
}

// journalFrom gives the rows of a journal that ends with a row, the oldest first.
func (s *Store) journalFrom(last int64) ([]journalRow, error) {
	var rows []journalRow
	err := s.backwards(last, func(row *journalRow) (bool, error) {
		rows = append(rows, *row)
		return true, nil
	})
	slices.Reverse(rows)
	return rows, err
}

// backwards calls each with rows of a contact's journal, from its last on, as long as each says so.
func (s *Store) backwards(last int64, each func(*journalRow) (more bool, err error)) error {
	for more := true; more && last != 0; {
		r := journalRow{id: last}
		err := sqlitex.Execute(s.conn, "SELECT prev, at, seq, took, decided FROM journal WHERE id = ?", &sqlitex.ExecOptions{
			Args: []any{last}, ResultFunc: func(row *sqlite.Stmt) error {
				r.prev, r.at, r.seq, r.took, r.decided = row.ColumnInt64(0), row.ColumnInt64(1), row.ColumnInt64(2), row.ColumnText(3), row.ColumnText(4)
				return nil
			},
		})
		if err != nil {
			return s.explain(err)
		}
		if r.decided == "" {
			return fmt.Errorf("%s is damaged: row %d of the journal is missing; bring it back from a backup", s.path, last)
		}
		if more, err = each(&r); err != nil {
			return err
		}
		last = r.prev
	}
	return nil
}

func (s *Store) entry(contact string, row decided) Entry {
	d, _ := known(s, &s.decisions, row.number)
	return Entry{
		Seq: row.seq, At: row.at, Contact: contact,
		Kind: s.name(d.Kind), Track: s.name(d.Track), Program: s.name(d.Program), Stage: s.name(d.Stage), Offer: s.name(d.Offer),
		To: s.name(d.To), Until: row.until, Reason: s.name(d.Reason), By: s.name(d.By), Detail: row.detail,
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
