package store

import (
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The write-ahead log is folded back into the file by a goroutine of its own once it is this long, so that a commit waits
// for its own pages and not for those of all before it. Where commits come faster than that goroutine folds, the
// commit that makes the log longer than mostLogPages does the rest itself.
const (
	logPages     = 4 << 10
	mostLogPages = 16 << 10
)

// checkpointer is that goroutine.
type checkpointer struct {
	conn    *sqlite.Conn
	fold    chan struct{}
	stopped chan struct{}
}

// foldLog has the log folded back if it is long. Whether that succeeds does not matter to who asks: what stays in the log
// is as safe there, and what keeps it there, such as a full disk, the next commits meet themselves.
func (s *Store) foldLog() {
	if pages, err := s.unfolded(); err != nil || pages < logPages {
		return
	}
	if s.checkpoints == nil {
		beside, err := open(s.path, sqlite.OpenReadWrite)
		if err != nil {
			return
		}
		c := &checkpointer{conn: beside.conn, fold: make(chan struct{}, 1), stopped: make(chan struct{})}
		go c.run()
		s.checkpoints = c
	}
	select {
	case s.checkpoints.fold <- struct{}{}:
	default: // it is asked already
	}
}

// unfolded counts the pages of the log that are not in the file yet. The length of the log's file does not tell: it is
// written from its beginning again, over what was folded, as a file that grows costs every commit more.
func (s *Store) unfolded() (pages int64, err error) {
	err = s.rows("PRAGMA wal_checkpoint(NOOP)", nil, func(row *sqlite.Stmt) error {
		pages = row.ColumnInt64(1) - row.ColumnInt64(2)
		return nil
	})
	return pages, err
}

func (c *checkpointer) run() {
	defer close(c.stopped)
	for range c.fold {
		_ = sqlitex.Execute(c.conn, "PRAGMA wal_checkpoint(PASSIVE)", nil)
	}
}

// stop waits for the goroutine.
func (c *checkpointer) stop() error {
	close(c.fold)
	<-c.stopped
	return c.conn.Close()
}
