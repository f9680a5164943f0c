package store

import (
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"
)

// ErrFull says that the disk has no room left. What was committed before stands; nothing is half there.
var ErrFull = errors.New("the disk is full")

// explain turns an error of SQLite into one that names the store and says what to do.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	code := sqlite.ErrCode(err)
	switch code {
	case sqlite.ResultIOErrSHMSize, sqlite.ResultIOErrSHMMap:
		return fmt.Errorf("%w: %s cannot grow; nothing is half written: make room and run again (%v)", ErrFull, s.path, err)
	}
	switch code.ToPrimary() {
	case sqlite.ResultFull:
		return fmt.Errorf("%w: %s cannot grow; nothing is half written: make room and run again", ErrFull, s.path)
	case sqlite.ResultNotADB:
		return fmt.Errorf("%s is not a store: it is no SQLite file; choose another place with --store", s.path)
	case sqlite.ResultCorrupt:
		return fmt.Errorf("%s is damaged; bring it back from a backup (%w)", s.path, err)
	case sqlite.ResultCantOpen, sqlite.ResultPerm, sqlite.ResultReadOnly:
		return fmt.Errorf("%s cannot be opened or written; look at the permissions of the file and its folder (%w)", s.path, err)
	}
	return fmt.Errorf("the store %s: %w", s.path, err)
}
