package store

import (
	"sync"

	"zombiezen.com/go/sqlite"
)

// interned is a table of what comes again and again, in memory, by number: 0 is what says nothing. Numbers are given
// out at once and by any goroutine; they are written with the next transaction, and so before or together with the
// first row that holds one.
type interned[K comparable] struct {
	table   internedTable[K]
	mu      sync.RWMutex
	ids     map[K]uint32
	all     []K // by number
	written int // numbers below it are in the file
	started int // as written, when the open transaction ends
}

// internedTable is how a table of the file holds a K.
type internedTable[K any] struct {
	query, insert string // the number first
	read          func(row *sqlite.Stmt) K
	bind          func(insert *sqlite.Stmt, k K)
}

// number gives the number of k. It may be called by any goroutine of the run.
func (n *interned[K]) number(k K) uint32 {
	n.mu.RLock()
	id, ok := n.ids[k]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.ids[k]; ok {
		return id
	}
	id = uint32(len(n.all))
	n.ids[k] = id
	n.all = append(n.all, k)
	return id
}

// of gives what has a number, and whether anything has.
func (n *interned[K]) of(id uint32) (k K, found bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if int(id) < len(n.all) {
		return n.all[id], true
	}
	return k, false
}

func (n *interned[K]) load(s *Store) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	var nothing K
	n.ids, n.all = map[K]uint32{nothing: 0}, []K{nothing}
	err := s.rows(n.table.query, nil, func(row *sqlite.Stmt) error {
		id, k := int(row.ColumnInt64(0)), n.table.read(row)
		for len(n.all) <= id {
			n.all = append(n.all, nothing)
		}
		n.all[id], n.ids[k] = k, uint32(id)
		return nil
	})
	n.written, n.started = len(n.all), len(n.all)
	return err
}

// write puts the numbers given out since into the file, in the open transaction.
func (n *interned[K]) write(s *Store) error {
	n.mu.RLock()
	fresh, first := n.all[n.started:], n.started
	n.mu.RUnlock()
	if len(fresh) == 0 {
		return nil
	}
	insert, err := s.conn.Prepare(n.table.insert)
	if err != nil {
		return s.explain(err)
	}
	for i, k := range fresh {
		insert.BindInt64(1, int64(first+i))
		n.table.bind(insert, k)
		if err := once(insert); err != nil {
			return s.explain(err)
		}
	}
	n.started = first + len(fresh)
	return nil
}

// commit and rollback of the store say how the transaction ended.
func (n *interned[K]) keepUncommitted()   { n.written = n.started }
func (n *interned[K]) forgetUncommitted() { n.started = n.written }

// interning is an interned table as commit, rollback and load see it.
type interning interface {
	load(s *Store) error
	write(s *Store) error
	keepUncommitted()
	forgetUncommitted()
}

// tables are all of them; what holds numbers of others comes first, so that those are written with it.
func (s *Store) tables() []interning { return []interning{&s.decisions, &s.messages, &s.names} }

func (s *Store) loadInterned() error {
	for _, n := range s.tables() {
		if err := n.load(s); err != nil {
			return err
		}
	}
	return nil
}

// Intern gives the number of a text, for ever. It may be called by any goroutine of the run.
func (s *Store) Intern(text string) uint32 { return s.names.number(text) }

// Text gives the text of a number that Intern gave, "" for one that it never did.
func (s *Store) Text(id uint32) string {
	text, _ := s.names.of(id)
	return text
}

// Decision is what rows of the journal say again and again; all are names, 0 where it says nothing.
type Decision struct {
	Kind, Track, Program, Stage, Offer, To, Reason, By uint32
}

// Decision gives the number of a decision, for ever. It may be called by any goroutine of the run.
func (s *Store) Decision(d Decision) uint32 { return s.decisions.number(d) }

// Message is what messages say again and again; all are names.
type Message struct {
	Kind    uint32 // mail, task, handoff, withdrawn
	Program uint32
	Stage   uint32 // its short name
	Name    uint32 // the offer, the task's text, the hand-off
	Channel uint32
}

// Message gives the number of a message, for ever. It may be called by any goroutine of the run.
func (s *Store) Message(m Message) uint32 { return s.messages.number(m) }

var (
	nameTable = internedTable[string]{
		query: "SELECT id, text FROM name ORDER BY id", insert: "INSERT INTO name(id, text) VALUES (?, ?)",
		read: func(row *sqlite.Stmt) string { return row.ColumnText(1) },
		bind: func(insert *sqlite.Stmt, text string) { insert.BindText(2, text) },
	}
	decisionTable = internedTable[Decision]{
		query:  "SELECT id, kind, track, program, stage, offer, dest, reason, by FROM decision ORDER BY id",
		insert: "INSERT INTO decision(id, kind, track, program, stage, offer, dest, reason, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		read: func(row *sqlite.Stmt) Decision {
			return Decision{number(row, 1), number(row, 2), number(row, 3), number(row, 4), number(row, 5), number(row, 6), number(row, 7), number(row, 8)}
		},
		bind: func(insert *sqlite.Stmt, d Decision) {
			bindNumbers(insert, 2, d.Kind, d.Track, d.Program, d.Stage, d.Offer, d.To, d.Reason, d.By)
		},
	}
	messageTable = internedTable[Message]{
		query:  "SELECT id, kind, program, stage, name, channel FROM message ORDER BY id",
		insert: "INSERT INTO message(id, kind, program, stage, name, channel) VALUES (?, ?, ?, ?, ?, ?)",
		read: func(row *sqlite.Stmt) Message {
			return Message{number(row, 1), number(row, 2), number(row, 3), number(row, 4), number(row, 5)}
		},
		bind: func(insert *sqlite.Stmt, m Message) {
			bindNumbers(insert, 2, m.Kind, m.Program, m.Stage, m.Name, m.Channel)
		},
	}
)

func number(row *sqlite.Stmt, column int) uint32 { return uint32(row.ColumnInt64(column)) }

func bindNumbers(stmt *sqlite.Stmt, first int, numbers ...uint32) {
	for i, n := range numbers {
		stmt.BindInt64(first+i, int64(n))
	}
}

// name is the text of a number.
func (s *Store) name(id uint32) string {
	text, _ := known(s, &s.names, id)
	return text
}

// column is the text of a column that holds a name.
func (s *Store) column(row *sqlite.Stmt, column int) string { return s.name(number(row, column)) }

// known gives what has a number that the file holds. A store that is looked at while a run writes has new ones.
func known[K comparable](s *Store, n *interned[K], id uint32) (K, bool) {
	k, found := n.of(id)
	if !found && s.lock == nil {
		// What cannot be read now shows as empty; the query that this row is of meets the same trouble and says so.
		_ = n.load(s)
		k, found = n.of(id)
	}
	return k, found
}

// once executes a bound statement that gives no rows, and makes it ready for the next.
func once(stmt *sqlite.Stmt) error {
	_, err := stmt.Step()
	if reset := stmt.Reset(); err == nil {
		err = reset
	}
	return err
}
