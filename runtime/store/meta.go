package store

import (
	"fmt"
	"strconv"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Meta keys.
const (
	metaClock    = "clock"
	metaPlaybook = "playbook"
	metaSources  = "sources"
)

// meta gives the value of a key, "" where it has none.
func (s *Store) meta(key string) (string, error) {
	var value string
	err := sqlitex.Execute(s.conn, "SELECT value FROM meta WHERE key = ?", &sqlitex.ExecOptions{Args: []any{key}, ResultFunc: func(row *sqlite.Stmt) error {
		value = row.ColumnText(0)
		return nil
	}})
	return value, s.explain(err)
}

// setMeta sets the value of a key, in the open transaction.
func (s *Store) setMeta(key string, value any) error {
	return s.explain(sqlitex.Execute(s.conn, "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", &sqlitex.ExecOptions{Args: []any{key, value}}))
}

// Clock is the instant up to which the store stands: everything before it is done. started is false until a run has
// set it.
func (s *Store) Clock() (clock int64, started bool, err error) {
	text, err := s.meta(metaClock)
	if err != nil || text == "" {
		return 0, false, err
	}
	clock, err = strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("%s is damaged: its clock is %q; bring it back from a backup", s.path, text)
	}
	return clock, true, nil
}

// SetClock says that everything before clock is done.
func (s *Store) SetClock(clock int64) error {
	return s.transaction(func() error { return s.setMeta(metaClock, clock) })
}
