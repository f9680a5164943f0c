package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// OutState is how far the delivery of a message is.
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

// stateLetters are the states in outbox.states, elsewhere is what stands there for a message of another channel.
const (
	stateLetters = "padu"
	elsewhere    = '-'
)

func (o OutState) open() bool { return o <= Attempting }

// Outgoing is one message of the outbox as text.
type Outgoing struct {
	Contact string // its key
	Kind    string
	Program string
	Stage   string
	Entry   uint32
	Name    string
	Seq     uint32 // of the decision that queued it
	At      int64
	Channel string
	State   OutState
	Error   string // why the last attempt failed
	Body    []byte // JSON

	contact int64
	channel uint32
	journal int64  // its row in the journal
	n       int    // its number there
	states  string // of all that is there, a letter each
}

// ContactID is the contact's id in the store.
func (o *Outgoing) ContactID() int64 { return o.contact }

// Key names the message in the whole store: the contact and the decision.
func (o *Outgoing) Key() string {
	return fmt.Sprintf("%s/%s/%d/%s/%s/%d", o.Contact, o.Program, o.Entry, o.Kind, o.Name, o.Seq)
}

// journalMask is of the bits of an id of the outbox that say the row of the journal; those above say the channel.
const journalMask int64 = 1<<40 - 1

// outID is the id in the outbox of what a channel has of a row of the journal.
func outID(channel uint32, journal int64) int64 { return int64(channel)*(journalMask+1) | journal }

// Outbox calls each with every message of the outbox, by instant, then contact; an error of each ends it.
func (s *Store) Outbox(each func(*Outgoing) error) error {
	return s.rows("SELECT j.id, j.contact, c.key, j.at + (j.decided -> (l.value ->> 0) ->> 0) AS at, l.value ->> 1, j.seq + (l.value ->> 0) AS seq, l.value ->> 2, l.key,"+
		" coalesce(instr('"+stateLetters+"', substr(x.states, l.key + 1, 1)), 1 + iif(j.id > coalesce(k.told, 0), "+strconv.Itoa(int(Pending))+", "+strconv.Itoa(int(Done))+")) - 1, x.errors ->> ('$.\"' || l.key || '\"'), j.bodies -> (l.value ->> 3)"+
		" FROM journal j JOIN contact c ON c.id = j.contact JOIN json_each(j.messages) l JOIN message m ON m.id = l.value ->> 1"+
		" LEFT JOIN channel k ON k.id = m.channel LEFT JOIN outbox x ON x.id = m.channel << 40 | j.id"+
		" ORDER BY 4, 3, m.kind, m.name, 6, m.program, 7", nil, func(row *sqlite.Stmt) error {
		o := Outgoing{
			journal: row.ColumnInt64(0), contact: row.ColumnInt64(1), Contact: row.ColumnText(2), At: row.ColumnInt64(3),
			Seq: number(row, 5), Entry: number(row, 6), n: row.ColumnInt(7),
			State: OutState(row.ColumnInt(8)), Error: row.ColumnText(9), Body: []byte(row.ColumnText(10)),
		}
		s.say(&o, number(row, 4))
		return each(&o)
	})
}

// say fills in what a message says again and again.
func (s *Store) say(o *Outgoing, message uint32) {
	m, _ := known(s, &s.messages, message)
	o.Kind, o.Program, o.Stage, o.Name = s.name(m.Kind), s.name(m.Program), s.name(m.Stage), s.name(m.Name)
	o.channel, o.Channel = m.Channel, s.name(m.Channel)
}

// Waiting gives the next messages of a channel that are pending, after the message `after` (nil: from the first): those
// that were tried before, and then the others in the order in which they were stored. One that is being attempted is among
// them only when a run died over it: Recover first. The caller has Mark keep what became of all of them before it asks for
// the next.
func (s *Store) Waiting(channel string, after *Outgoing, limit int) ([]Outgoing, error) {
	id := s.Intern(channel)
	told, err := s.told(id)
	if err != nil {
		return nil, err
	}
	from := &Outgoing{n: -1}
	if after != nil {
		from = after
	}
	if from.journal > told {
		return nil, fmt.Errorf("the next messages of %s are asked for, and nobody has said what became of %s", channel, from.Key())
	}
	enough := errors.New("enough")
	var waiting []Outgoing
	gather := func(row *sqlite.Stmt) error {
		messages, err := s.unpackMessages(id, row)
		if err != nil {
			return fmt.Errorf("%s is damaged: messages of row %d of the journal: %w", s.path, row.ColumnInt64(0), err)
		}
		for _, o := range messages {
			if o.State.open() && (o.journal > from.journal || o.n > from.n) {
				waiting = append(waiting, o)
			}
		}
		if len(waiting) >= limit {
			return enough
		}
		return nil
	}
	const columns = "j.id, j.contact, c.key, j.messages, j.bodies, j.at, j.seq, j.decided"
	err = s.rows("SELECT "+columns+", x.states, x.errors FROM outbox x CROSS JOIN journal j ON j.id = x.id & ? CROSS JOIN contact c ON c.id = j.contact"+
		" WHERE x.id >= ? AND x.id < ? AND x.open > 0 ORDER BY x.id", []any{journalMask, outID(id, from.journal), outID(id+1, 0)}, gather)
	if err == nil {
		err = s.rows("SELECT "+columns+" FROM journal j CROSS JOIN contact c ON c.id = j.contact WHERE j.id > ? AND j.messages IS NOT NULL ORDER BY j.id", []any{told}, gather)
	}
	if err == enough {
		err = nil
	}
	return waiting[:min(limit, len(waiting))], err
}

// told is up to which row of the journal a channel was told what is for it.
func (s *Store) told(channel uint32) (int64, error) {
	return s.number("SELECT coalesce(max(told), 0) FROM channel WHERE id = ?", int64(channel))
}

// unpackMessages gives the messages of a channel in a row of the journal: id, contact, key, messages, bodies, at, seq, decided,
// and, where the channel was told of it, the outbox's states and errors.
func (s *Store) unpackMessages(channel uint32, row *sqlite.Stmt) ([]Outgoing, error) {
	packed := row.ColumnText(3)
	var states []byte // of one that it was not told of
	err := numbers(packed, func(m []int64) error {
		if len(m) != 4 {
			return notLists(packed)
		}
		letter := byte(elsewhere)
		if what, _ := known(s, &s.messages, uint32(m[1])); what.Channel == channel {
			letter = stateLetters[Pending]
		}
		states = append(states, letter)
		return nil
	})
	if err != nil || bytes.IndexByte(states, stateLetters[Pending]) < 0 {
		return nil, err
	}
	failed := map[int]string{}
	if row.ColumnCount() > 8 {
		if stored := row.ColumnText(8); len(stored) != len(states) {
			return nil, fmt.Errorf("%d messages have the states %q", len(states), stored)
		}
		states = []byte(row.ColumnText(8))
		if failed, err = unpackErrors(row.ColumnText(9)); err != nil {
			return nil, err
		}
	}
	var decisions []decided
	commit := journalRow{at: row.ColumnInt64(5), seq: row.ColumnInt64(6), decided: row.ColumnText(7)}
	err = commit.decisions(func(d decided) error {
		decisions = append(decisions, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var bodies []json.RawMessage
	if err := json.Unmarshal([]byte(row.ColumnText(4)), &bodies); err != nil {
		return nil, err
	}
	var messages []Outgoing
	n, all := -1, string(states)
	err = numbers(packed, func(m []int64) error {
		if n++; states[n] == elsewhere {
			return nil
		}
		decision, body := m[0], m[3]
		if uint64(decision) >= uint64(len(decisions)) || uint64(body) >= uint64(len(bodies)) {
			return fmt.Errorf("message %d has no decision or no body", n)
		}
		o := Outgoing{
			journal: row.ColumnInt64(0), contact: row.ColumnInt64(1), Contact: row.ColumnText(2), n: n, states: all,
			At: decisions[decision].at, Seq: uint32(decisions[decision].seq), Entry: uint32(m[2]),
			State: OutState(strings.IndexByte(stateLetters, states[n])), Error: failed[n], Body: bodies[body],
		}
		s.say(&o, uint32(m[1]))
		messages = append(messages, o)
		return nil
	})
	return messages, err
}

func unpackErrors(text string) (map[int]string, error) {
	failed := map[int]string{}
	if text == "" {
		return failed, nil
	}
	return failed, json.Unmarshal([]byte(text), &failed)
}

// Recover settles the messages of a channel that a run died over. Where calling the channel twice is safe they are
// pending again; elsewhere nobody can tell whether they went out, and they are not sent again by themselves. It says how
// many.
func (s *Store) Recover(channel string, idempotent bool) (int, error) {
	to := Unknown
	if idempotent {
		to = Pending
	}
	settled := 0
	err := s.transaction(func() error {
		var commits []int64
		id := s.Intern(channel)
		err := s.rows("SELECT id FROM outbox WHERE id >= ? AND id < ? AND open > 0 AND instr(states, 'a') > 0", []any{outID(id, 0), outID(id+1, 0)},
			func(row *sqlite.Stmt) error {
				commits = append(commits, row.ColumnInt64(0)&journalMask)
				return nil
			})
		for _, journal := range commits {
			if err == nil {
				err = s.remark(id, journal, "", func(states []byte, _ map[int]string) {
					for n := range states {
						if states[n] == stateLetters[Attempting] {
							states[n] = stateLetters[to]
							settled++
						}
					}
				})
			}
		}
		return err
	})
	return settled, err
}

// Mark keeps the State and the Error of all the messages that one Waiting gave, in one transaction.
func (s *Store) Mark(messages []Outgoing) error {
	if len(messages) == 0 {
		return nil
	}
	channel, last := messages[0].channel, messages[len(messages)-1].journal
	return s.transaction(func() error {
		told, err := s.told(channel)
		if err != nil {
			return err
		}
		for len(messages) > 0 {
			n, fresh := 1, ""
			for n < len(messages) && messages[n].journal == messages[0].journal {
				n++
			}
			if messages[0].journal > told {
				fresh = messages[0].states
			}
			err := s.remark(channel, messages[0].journal, fresh, func(states []byte, failed map[int]string) {
				for i := range messages[:n] {
					m := &messages[i]
					states[m.n] = stateLetters[m.State]
					if failed[m.n] = m.Error; m.Error == "" {
						delete(failed, m.n)
					}
				}
			})
			if err != nil {
				return err
			}
			messages = messages[n:]
		}
		if last <= told {
			return nil
		}
		return s.exec("UPDATE channel SET told = ?2 WHERE id = ?1", int64(channel), last)
	})
}

// remark changes the states and the errors of what a channel has not got of a row of the journal, and counts what is open,
// in the open transaction. fresh: the states of a row that it was not told of before, "" for others. A row of which all is
// done does not stay.
func (s *Store) remark(channel uint32, journal int64, fresh string, change func(states []byte, failed map[int]string)) error {
	id := outID(channel, journal)
	was, states, failed := int64(strings.Count(fresh, stateLetters[Pending:Pending+1])), []byte(fresh), map[int]string{}
	if fresh == "" {
		var packed string
		err := sqlitex.Execute(s.conn, "SELECT open, states, errors FROM outbox WHERE id = ?", &sqlitex.ExecOptions{Args: []any{id}, ResultFunc: func(row *sqlite.Stmt) error {
			was, states, packed = row.ColumnInt64(0), []byte(row.ColumnText(1)), row.ColumnText(2)
			return nil
		}})
		if err != nil {
			return s.explain(err)
		}
		if failed, err = unpackErrors(packed); err != nil || len(states) == 0 {
			return fmt.Errorf("%s is damaged: the outbox of row %d of the journal has the states %q and the errors %q; bring it back from a backup", s.path, journal, states, packed)
		}
	}
	change(states, failed)
	open, kept := int64(0), false
	for _, letter := range states {
		switch letter {
		case stateLetters[Pending], stateLetters[Attempting]:
			open++
		case stateLetters[Unknown]:
			kept = true
		}
	}
	s.stock(stockMessages, channel, open-was)
	switch {
	case open > 0 || kept:
		write, err := s.conn.Prepare("INSERT OR REPLACE INTO outbox(id, open, states, errors) VALUES (?, ?, ?, ?)")
		if err != nil {
			return s.explain(err)
		}
		write.BindInt64(1, id)
		write.BindInt64(2, open)
		write.BindText(3, string(states))
		bindUnlessEmpty(write, 4, packErrors(failed))
		return s.explain(once(write))
	case fresh == "":
		return s.exec("DELETE FROM outbox WHERE id = ?", id)
	}
	return nil
}

func packErrors(failed map[int]string) string {
	if len(failed) == 0 {
		return ""
	}
	buf := []byte{'{'}
	for i, n := range slices.Sorted(maps.Keys(failed)) {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(appendText(buf, strconv.Itoa(n)), ':')
		buf = appendText(buf, failed[n])
	}
	return string(append(buf, '}'))
}
