package store

import (
	"cmp"
	"fmt"
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

// Round is contacts that are to be looked at, as something may be due.
type Round struct {
	Looks  []Look // ascending, each contact once
	More   bool   // there are others,
	Others int64  // this many at most: some stand there more than once

	used []int64 // rows of the table that it takes away
	left []look  // of those rows, that have not come yet
}

// Due gives contacts for which something may happen before an instant, nil when there are none: all of them, or those whose
// time comes first, where that is more than `most`, give or take a row. It costs nothing for the contacts for which nothing
// can. The round comes again until a Write takes it away.
func (s *Store) Due(before int64, most int) (*Round, error) {
	all, err := s.number("SELECT coalesce(sum(n), 0) FROM due WHERE at < ?", before)
	if err != nil {
		return nil, err
	}
	stmt, err := s.conn.Prepare("SELECT id, at, contacts FROM due WHERE at < ? ORDER BY at")
	if err != nil {
		return nil, s.explain(err)
	}
	defer stmt.Reset()
	stmt.BindInt64(1, before)
	round := &Round{Looks: make([]Look, 0, min(all, int64(most)+mostDue))}
	for {
		there, err := stmt.Step()
		if err != nil {
			return nil, s.explain(err)
		}
		if round.More = there && len(round.Looks) >= most; !there || round.More {
			break
		}
		round.used = append(round.used, stmt.ColumnInt64(0))
		first := stmt.ColumnInt64(1)
		text := stmt.ColumnText(2)
		err = numbers(text, func(n []int64) error {
			if len(n) < 2 {
				return notLists(text)
			}
			l := look{at: first + n[0], Look: Look{Contact: n[1]}}
			if len(n) > 2 {
				l.standing = n[2]
			}
			if l.at < before {
				round.Looks = append(round.Looks, l.Look)
			} else {
				round.left = append(round.left, l)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s is damaged: row %d of what is due: %w", s.path, stmt.ColumnInt64(0), err)
		}
	}
	if len(round.used) == 0 {
		return nil, nil
	}
	round.Others = all - int64(len(round.Looks)+len(round.left))
	slices.SortFunc(round.Looks, cmpLooks)
	round.Looks = slices.CompactFunc(round.Looks, func(a, b Look) bool { return a.Contact == b.Contact })
	return round, nil
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
