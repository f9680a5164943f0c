package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"zombiezen.com/go/sqlite"

	"nurture/lang/calendar"
)

// When contacts are to be looked at stands in rows of many, made by the commit that knows it: an index by instants would
// be written all over the place, a row or two for every contact and commit. A row is kept short of a page, and its instants
// near one another, as what is left of a row of which some have come is written anew.
const (
	mostDue    = 192  // contacts of a row
	fewDue     = 32   // of one whose instants may lie further apart than nearEnough
	nearEnough = 3600 // seconds
)

// Look is a contact that is to be looked at.
type Look struct {
	Contact  int64
	standing int64 // as it was when that was known, for nothing once it is another; 0: whatever it is
}

// look says when that is.
type look struct {
	at int64
	Look
}

// Round is who is to be looked at, as something may be due.
type Round struct {
	Contacts int64 // at most: some stand there more than once

	s           *Store
	before      int64
	parts, part int64   // how many, and which is next: contacts of a range of ids each
	used        []int64 // rows of the table that it takes away
	left        []look  // of those rows, that have not come yet
	looks       []Look  // room for a part
}

// Due gives the round of all contacts for which something may happen before an instant, nil when there are none, in parts of
// about `most` contacts. It costs nothing for the contacts for which nothing can. The round comes again until a Write takes
// it away.
func (s *Store) Due(before int64, most int) (*Round, error) {
	all, err := s.number("SELECT coalesce(sum(n), 0) FROM due WHERE at < ?", before)
	if err != nil || all == 0 {
		return nil, err
	}
	return &Round{Contacts: all, s: s, before: before, parts: (all + int64(most) - 1) / int64(most)}, nil
}

// Next gives the contacts of the next part, ascending, each once and good until the next Next, and whether there are more
// parts. Parts lie apart by the ids of their contacts, and so what is stored of them does too. What is known only since the
// first is for a later round.
func (r *Round) Next() (looks []Look, more bool, err error) {
	first := r.part == 0
	if first {
		r.looks = make([]Look, 0, (r.Contacts/r.parts+mostDue)*101/100) // parts are nearly of one size
	}
	wide := math.MaxInt64/r.parts + 1
	from := r.part * wide
	to := from + (wide - 1)
	if r.part++; r.part == r.parts {
		to = math.MaxInt64
	}
	r.looks = r.looks[:0]
	err = r.each(first, func(l look) {
		switch {
		case l.at < r.before && from <= l.Contact && l.Contact <= to:
			r.looks = append(r.looks, l.Look)
		case l.at >= r.before && first:
			r.left = append(r.left, l)
		}
	})
	slices.SortFunc(r.looks, cmpLooks)
	looks = slices.CompactFunc(r.looks, func(a, b Look) bool { return a.Contact == b.Contact })
	return looks, r.part < r.parts, err
}

// each calls each with all that stands in the round's rows; the first time it finds those.
func (r *Round) each(first bool, each func(l look)) error {
	s, query, last := r.s, "SELECT id, at, contacts FROM due WHERE at < ? AND id <= ?", int64(math.MaxInt64)
	if !first {
		// Where one part does not hold all, most of the table is due: it is read as it lies.
		query, last = "SELECT id, at, contacts FROM due NOT INDEXED WHERE at < ? AND id <= ?", slices.Max(r.used)
	}
	stmt, err := s.conn.Prepare(query)
	if err != nil {
		return s.explain(err)
	}
	defer stmt.Reset()
	stmt.BindInt64(1, r.before)
	stmt.BindInt64(2, last)
	for {
		there, err := stmt.Step()
		if err != nil || !there {
			return s.explain(err)
		}
		id, at, text := stmt.ColumnInt64(0), stmt.ColumnInt64(1), stmt.ColumnText(2)
		if first {
			r.used = append(r.used, id)
		}
		err = numbers(text, func(n []int64) error {
			if len(n) < 2 {
				return notLists(text)
			}
			l := look{at: at + n[0], Look: Look{Contact: n[1]}}
			if len(n) > 2 {
				l.standing = n[2]
			}
			each(l)
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s is damaged: row %d of what is due: %w", s.path, id, err)
		}
	}
}

// done takes a round away, in the open transaction.
func (s *Store) done(round *Round) error {
	stmt, err := s.conn.Prepare("DELETE FROM due WHERE id = ?")
	if err != nil {
		return s.explain(err)
	}
	for _, id := range round.used {
		stmt.BindInt64(1, id)
		if err := once(stmt); err != nil {
			return s.explain(err)
		}
	}
	return s.lookAt(round.left)
}

// cmpLooks orders looks by contact, and of those at one contact the first is the one that tells: one at whatever it is,
// otherwise the last of the others.
func cmpLooks(a, b Look) int {
	if a.Contact != b.Contact {
		return cmp.Compare(a.Contact, b.Contact)
	}
	return cmp.Or(cmp.Compare(min(a.standing, 1), min(b.standing, 1)), cmp.Compare(b.standing, a.standing))
}

// lookAt keeps when to look at contacts, in the open transaction. It orders looks.
func (s *Store) lookAt(looks []look) error {
	stmt, err := s.conn.Prepare("INSERT INTO due(at, n, contacts) VALUES (?, ?, ?)")
	if err != nil {
		return s.explain(err)
	}
	slices.SortFunc(looks, func(a, b look) int { return cmp.Or(cmp.Compare(a.at, b.at), cmpLooks(a.Look, b.Look)) })
	looks = slices.Compact(looks)
	var text []byte
	for len(looks) > 0 && looks[0].at < calendar.Never {
		first := looks[0].at
		text = text[:0]
		n := 0
		for ; n < min(mostDue, len(looks)) && looks[n].at < calendar.Never && (n < fewDue || looks[n].at-first < nearEnough); n++ {
			text = append(text, "[,"[min(n, 1)])
			text = appendInt(text, '[', looks[n].at-first)
			if text = appendInt(text, ',', looks[n].Contact); looks[n].standing != 0 {
				text = appendInt(text, ',', looks[n].standing)
			}
			text = append(text, ']')
		}
		text = append(text, ']')
		stmt.BindInt64(1, first)
		stmt.BindInt64(2, int64(n))
		bindBytesAsText(stmt, 3, text)
		if err := once(stmt); err != nil {
			return s.explain(err)
		}
		looks = looks[n:]
	}
	return nil
}

// looksAtOnce bounds what lookAtAll has in memory.
const looksAtOnce = 64 << 10

// lookAtAll has every contact that takes part looked at at an instant, in the open transaction.
func (s *Store) lookAtAll(at int64) error {
	var looks []look
	err := s.rows("SELECT contact, id FROM standing WHERE state IS NOT NULL", nil, func(row *sqlite.Stmt) error {
		if looks = append(looks, look{at, Look{row.ColumnInt64(0), row.ColumnInt64(1)}}); len(looks) < looksAtOnce {
			return nil
		}
		some := looks
		looks = looks[:0]
		return s.lookAt(some)
	})
	if err != nil {
		return err
	}
	return s.lookAt(looks)
}
