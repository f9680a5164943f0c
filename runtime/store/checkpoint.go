package store

import (
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The write-ahead log is folded back into the file by a goroutine of its own once it is this long, so that a commit waits
// for its own pages and not for those of all before it. Where commits come faster than that goroutine folds, the
// commit that makes the log longer than mostLogPages does the rest itself.
const (
	logBytes     = 32 << 20
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
	if info, err := os.Stat(s.path + "-wal"); err != nil || info.Size() < logBytes {
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
