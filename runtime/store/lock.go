package store

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Holder is who has a store open for a run.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// LockedError says that another run has the store open.
type LockedError struct {
	Path   string
	Holder Holder // zero when it has not said who it is
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("another run has the store %s open; wait until it ends", e.Path)
	}
	return fmt.Sprintf("another run has the store %s open: `%s`, process %d on %s, since %s; wait until it ends",
		e.Path, e.Holder.Command, e.Holder.PID, e.Holder.Host, e.Holder.Since.Local().Format(time.DateTime))
}

// lock is held from Open to Close. The kernel frees it when the process ends, however it ends; the file itself stays,
// as removing it would let two runs each hold a lock of that name.
type lock struct{ *flock.Flock }

func acquire(path, command string) (*lock, error) {
	name := path + ".lock"
	l := &lock{flock.New(name, flock.SetPermissions(0o644))}
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the store %s: %w", path, err)
	}
	if !got {
		locked := &LockedError{Path: path}
		if text, err := os.ReadFile(name); err == nil {
			_ = json.Unmarshal(text, &locked.Holder) // a holder that has not said yet who it is stays unnamed
		}
		return nil, locked
	}
	host, _ := os.Hostname() // unknown: the message has the process all the same
	text, err := json.Marshal(Holder{os.Getpid(), host, command, time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(name, append(text, '\n'), 0o644)
	}
	if err != nil {
		l.release()
		return nil, fmt.Errorf("lock the store %s: %w", path, err)
	}
	return l, nil
}

func (l *lock) release() error {
	if err := l.Unlock(); err != nil {
		return fmt.Errorf("free the lock %s: %w", l.Path(), err)
	}
	return nil
}
