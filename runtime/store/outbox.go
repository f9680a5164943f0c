package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
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
	journal int64 // its row in the journal
	n       int   // its number there
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
		" coalesce(instr('"+stateLetters+"', substr(x.states, l.key + 1, 1)), 1 + "+strconv.Itoa(int(Done))+") - 1, x.errors ->> ('$.\"' || l.key || '\"'), j.bodies -> (l.value ->> 3)"+
		" FROM journal j JOIN contact c ON c.id = j.contact JOIN json_each(j.messages) l JOIN message m ON m.id = l.value ->> 1"+
		" LEFT JOIN outbox x ON x.id = m.channel << 40 | j.id"+
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

// Waiting gives the next messages of a channel that are pending, in the order in which they were stored, after the
// message `after` (nil: from the first). One that is being attempted is among them only when a run died over it:
// Recover first.
func (s *Store) Waiting(channel string, after *Outgoing, limit int) ([]Outgoing, error) {
	enough := errors.New("enough")
	from := &Outgoing{n: -1}
	if after != nil {
		from = after
	}
	var waiting []Outgoing
	err := s.rows("SELECT j.id, j.contact, c.key, x.states, x.errors, j.messages, j.bodies, j.at, j.seq, j.decided FROM outbox x"+
		" CROSS JOIN journal j ON j.id = x.id & ? CROSS JOIN contact c ON c.id = j.contact WHERE x.id >= ? AND x.id < ? AND x.open > 0 ORDER BY x.id",
		[]any{journalMask, outID(s.Intern(channel), from.journal), outID(s.Intern(channel)+1, 0)},
		func(row *sqlite.Stmt) error {
			messages, err := s.unpackMessages(row)
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
		})
	if err == enough {
		err = nil
	}
	return waiting[:min(limit, len(waiting))], err
}

// unpackMessages gives the messages of a channel in a row of the journal: id, contact, key, the outbox's states and errors,
// messages, bodies, at, seq, decided.
func (s *Store) unpackMessages(row *sqlite.Stmt) ([]Outgoing, error) {
	var decisions []decided
	commit := journalRow{at: row.ColumnInt64(7), seq: row.ColumnInt64(8), decided: row.ColumnText(9)}
	err := commit.decisions(func(d decided) error {
		decisions = append(decisions, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	failed, err := unpackErrors(row.ColumnText(4))
	if err != nil {
		return nil, err
	}
	var bodies []json.RawMessage
	if err := json.Unmarshal([]byte(row.ColumnText(6)), &bodies); err != nil {
		return nil, err
	}
	states := row.ColumnText(3)
	var messages []Outgoing
	count := 0
	err = numbers(row.ColumnText(5), func(m []int64) error {
		if len(m) != 4 {
			return notLists(row.ColumnText(5))
		}
		n, decision, body := count, m[0], m[3]
		count++
		if n < len(states) && states[n] == elsewhere {
			return nil
		}
		if n >= len(states) || uint64(decision) >= uint64(len(decisions)) || uint64(body) >= uint64(len(bodies)) {
			return fmt.Errorf("message %d has no state, no decision or no body", n)
		}
		o := Outgoing{
			journal: row.ColumnInt64(0), contact: row.ColumnInt64(1), Contact: row.ColumnText(2), n: n,
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
				err = s.remark(id, journal, func(states []byte, _ map[int]string) {
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

// Mark keeps the State and the Error of messages that Waiting gave, in one transaction.
func (s *Store) Mark(messages []Outgoing) error {
	return s.transaction(func() error {
		for len(messages) > 0 {
			n := 1
			for n < len(messages) && messages[n].journal == messages[0].journal && messages[n].channel == messages[0].channel {
				n++
			}
			err := s.remark(messages[0].channel, messages[0].journal, func(states []byte, failed map[int]string) {
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
		return nil
	})
}

// remark changes the states and the errors of what a channel has of a row of the journal, and counts what is open, in the
// open transaction. A row of which all is done goes.
func (s *Store) remark(channel uint32, journal int64, change func(states []byte, failed map[int]string)) error {
	read, err := s.conn.Prepare("SELECT open, states, errors FROM outbox WHERE id = ?")
	if err != nil {
		return s.explain(err)
	}
	id := outID(channel, journal)
	read.BindInt64(1, id)
	if _, err := read.Step(); err != nil {
		return s.explain(err)
	}
	was, states := read.ColumnInt64(0), []byte(read.ColumnText(1))
	failed, err := unpackErrors(read.ColumnText(2))
	if reset := read.Reset(); reset != nil {
		return s.explain(reset)
	}
	if err != nil {
		return fmt.Errorf("%s is damaged: the outbox of row %d of the journal: %w", s.path, journal, err)
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
	write, err := s.conn.Prepare("UPDATE outbox SET open = ?2, states = ?3, errors = ?4 WHERE id = ?1")
	if open == 0 && !kept {
		write, err = s.conn.Prepare("DELETE FROM outbox WHERE id = ?1")
	} else if err == nil {
		write.BindInt64(2, open)
		write.BindText(3, string(states))
		bindUnlessEmpty(write, 4, packErrors(failed))
	}
	if err != nil {
		return s.explain(err)
	}
	write.BindInt64(1, id)
	return s.explain(once(write))
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
