package store

import (
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// names is the table `name` in memory: texts that come again and again, such as those of the playbook, by number. Number 0 is
// the empty text. Numbers are given out at once and by any goroutine; they are written with the next transaction, and
// so before or together with the first row that holds one.
type names struct {
	mu      sync.RWMutex
	ids     map[string]uint32
	texts   []string // by number
	written int      // numbers below it are in the file
	started int      // as written, when the open transaction ends
}

// Intern gives the number of a text. It may be called by any goroutine of the run.
func (s *Store) Intern(text string) uint32 {
	n := &s.names
	n.mu.RLock()
	id, ok := n.ids[text]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.ids[text]; ok {
		return id
	}
	id = uint32(len(n.texts))
	n.ids[text] = id
	n.texts = append(n.texts, text)
	return id
}

// Text gives the text of a number that Intern gave, "" for one that it never did.
func (s *Store) Text(id uint32) string {
	s.names.mu.RLock()
	defer s.names.mu.RUnlock()
	if int(id) < len(s.names.texts) {
		return s.names.texts[id]
	}
	return ""
}

func (s *Store) loadNames() error {
	n := &s.names
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids, n.texts = map[string]uint32{"": 0}, []string{""}
	err := sqlitex.Execute(s.conn, "SELECT id, text FROM name ORDER BY id", &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		id, text := int(row.ColumnInt64(0)), row.ColumnText(1)
		for len(n.texts) <= id {
			n.texts = append(n.texts, "")
		}
		n.texts[id], n.ids[text] = text, uint32(id)
		return nil
	}})
	n.written, n.started = len(n.texts), len(n.texts)
	return s.explain(err)
}

// writeNames puts the numbers given out since into the file, in the open transaction.
func (s *Store) writeNames() error {
	n := &s.names
	n.mu.RLock()
	fresh, first := n.texts[n.started:], n.started
	n.mu.RUnlock()
	if len(fresh) == 0 {
		return nil
	}
	insert, err := s.conn.Prepare("INSERT INTO name(id, text) VALUES (?, ?)")
	if err != nil {
		return s.explain(err)
	}
	for i, text := range fresh {
		insert.BindInt64(1, int64(first+i))
		insert.BindText(2, text)
		if err := once(insert); err != nil {
			return s.explain(err)
		}
	}
	n.started = first + len(fresh)
	return nil
}

// commit and rollback of the store tell the names how their transaction ended.
func (n *names) keepUncommitted()   { n.written = n.started }
func (n *names) forgetUncommitted() { n.started = n.written }

// once executes a bound statement that gives no rows, and makes it ready for the next.
func once(stmt *sqlite.Stmt) error {
	_, err := stmt.Step()
	if reset := stmt.Reset(); err == nil {
		err = reset
	}
	return err
}
