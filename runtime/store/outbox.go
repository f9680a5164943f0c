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

// stateLetters are the states in outbox.states.
const stateLetters = "padu"

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
	row     int64 // of the outbox
	n       int   // its number in the row
}

// ContactID is the contact's id in the store.
func (o *Outgoing) ContactID() int64 { return o.contact }

// Key names the message in the whole store: the contact and the decision.
func (o *Outgoing) Key() string {
	return fmt.Sprintf("%s/%s/%d/%s/%s/%d", o.Contact, o.Program, o.Entry, o.Kind, o.Name, o.Seq)
}

// Outbox calls each with every message of the outbox, by instant, then contact; an error of each ends it.
func (s *Store) Outbox(each func(*Outgoing) error) error {
	return s.rows("SELECT x.id, x.contact, c.key, x.channel, x.at + (l.value ->> 0), l.value ->> 1, l.value ->> 2, l.value ->> 3, l.key,"+
		" instr('"+stateLetters+"', substr(x.states, l.key + 1, 1)) - 1, x.errors ->> ('$.\"' || l.key || '\"'), x.bodies -> (l.value ->> 4)"+
		" FROM outbox x JOIN contact c ON c.id = x.contact JOIN json_each(x.messages) l JOIN message m ON m.id = l.value ->> 1"+
		" ORDER BY 5, 3, m.kind, m.name, 7, m.program, 8", nil, func(row *sqlite.Stmt) error {
		o := Outgoing{
			row: row.ColumnInt64(0), contact: row.ColumnInt64(1), Contact: row.ColumnText(2), Channel: s.column(row, 3), At: row.ColumnInt64(4),
			Seq: number(row, 6), Entry: number(row, 7), n: row.ColumnInt(8),
			State: OutState(row.ColumnInt(9)), Error: row.ColumnText(10), Body: []byte(row.ColumnText(11)),
		}
		s.say(&o, number(row, 5))
		return each(&o)
	})
}

// say fills in what a message says again and again.
func (s *Store) say(o *Outgoing, message uint32) {
	m, _ := known(s, &s.messages, message)
	o.Kind, o.Program, o.Stage, o.Name = s.name(m.Kind), s.name(m.Program), s.name(m.Stage), s.name(m.Name)
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
	err := s.rows("SELECT x.id, x.contact, c.key, x.at, x.states, x.errors, x.messages, x.bodies FROM outbox x INDEXED BY outbox_open"+
		" CROSS JOIN contact c ON c.id = x.contact WHERE x.open > 0 AND x.channel = ?1 AND x.id >= ?2 ORDER BY x.id", []any{int64(s.Intern(channel)), from.row},
		func(row *sqlite.Stmt) error {
			messages, err := s.unpackMessages(row)
			if err != nil {
				return fmt.Errorf("%s is damaged: row %d of the outbox: %w", s.path, row.ColumnInt64(0), err)
			}
			for _, o := range messages {
				if o.State.open() && (o.row > from.row || o.n > from.n) {
					o.Channel = channel
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

// unpackMessages gives the messages of a row: id, contact, key, at, states, errors, messages, bodies.
func (s *Store) unpackMessages(row *sqlite.Stmt) ([]Outgoing, error) {
	states, base := row.ColumnText(4), row.ColumnInt64(3)
	failed, err := unpackErrors(row.ColumnText(5))
	if err != nil {
		return nil, err
	}
	var bodies []json.RawMessage
	if err := json.Unmarshal([]byte(row.ColumnText(7)), &bodies); err != nil {
		return nil, err
	}
	messages := make([]Outgoing, 0, len(states))
	err = unpack(row.ColumnText(6), func(e []element) error {
		n, body := len(messages), at(e, 4).number
		if n >= len(states) || body < 0 || body >= int64(len(bodies)) {
			return fmt.Errorf("message %d has no state or no body", n)
		}
		o := Outgoing{
			row: row.ColumnInt64(0), contact: row.ColumnInt64(1), Contact: row.ColumnText(2), n: n,
			At: base + at(e, 0).number, Seq: uint32(at(e, 2).number), Entry: uint32(at(e, 3).number),
			State: OutState(strings.IndexByte(stateLetters, states[n])), Error: failed[n], Body: bodies[body],
		}
		s.say(&o, uint32(at(e, 1).number))
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
		var rows []int64
		err := s.rows("SELECT id FROM outbox INDEXED BY outbox_open WHERE open > 0 AND channel = ? AND instr(states, 'a') > 0", []any{int64(s.Intern(channel))},
			func(row *sqlite.Stmt) error { rows = append(rows, row.ColumnInt64(0)); return nil })
		for _, row := range rows {
			if err == nil {
				err = s.remark(row, func(states []byte, _ map[int]string) {
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
			for n < len(messages) && messages[n].row == messages[0].row {
				n++
			}
			err := s.remark(messages[0].row, func(states []byte, failed map[int]string) {
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

// remark changes the states and the errors of a row, and counts what is open, in the open transaction.
func (s *Store) remark(row int64, change func(states []byte, failed map[int]string)) error {
	read, err := s.conn.Prepare("SELECT channel, open, states, errors FROM outbox WHERE id = ?")
	if err != nil {
		return s.explain(err)
	}
	read.BindInt64(1, row)
	if _, err := read.Step(); err != nil {
		return s.explain(err)
	}
	channel, was, states := number(read, 0), read.ColumnInt64(1), []byte(read.ColumnText(2))
	failed, err := unpackErrors(read.ColumnText(3))
	if reset := read.Reset(); reset != nil {
		return s.explain(reset)
	}
	if err != nil {
		return fmt.Errorf("%s is damaged: row %d of the outbox: %w", s.path, row, err)
	}
	change(states, failed)
	open := int64(strings.Count(string(states), "p") + strings.Count(string(states), "a"))
	write, err := s.conn.Prepare("UPDATE outbox SET open = ?2, states = ?3, errors = ?4 WHERE id = ?1")
	if err != nil {
		return s.explain(err)
	}
	write.BindInt64(1, row)
	write.BindInt64(2, open)
	write.BindText(3, string(states))
	bindUnlessEmpty(write, 4, packErrors(failed))
	s.stock(stockMessages, channel, open-was)
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
