// Package store keeps a run in one SQLite file: contacts and their state, the inbox of what happened, the journal of
// what was decided, the outbox of what goes out, and the versions of the playbook that ran.
//
// Open gives the one Store that may write, Read one that only looks; a Store is for one goroutine, a Reader (see
// Store.Reader) for another beside it. What belongs together is written in one transaction: a Batch of stepped
// contacts, a file's slice of inputs, a step of a delivery. A process that dies at any instant leaves the file as
// after its last commit. Errors name the file and say what to do; those to look for with errors.As and errors.Is are
// LockedError and ErrFull.
package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "embed"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// format is the format of a new store: that of schema.sql.
const format = 5

var (
	//go:embed schema.sql
	schema string

	//go:embed from2a.sql
	setAside2 string
	//go:embed from2b.sql
	pack2 string

	//go:embed from3a.sql
	setAside3 string
	//go:embed from3b.sql
	part3 string

	//go:embed from4a.sql
	setAside4 string
	//go:embed from4b.sql
	join4 string
)

// upgrades bring a store of a format, 0 for a new one, to that of today. Format 1 had another index only.
var upgrades = [format][]string{
	0: {schema},
	1: {setAside2, schema, pack2, part3},
	2: {setAside2, schema, pack2, part3},
	3: {setAside3, schema, part3},
	4: {setAside4, schema, join4},
}

// applicationID marks a SQLite file as a nurture store: "nurt".
const applicationID = 0x6e757274

// The size of a page and the cache of each connection. A run goes through the tables in the order of the ids: a cache of
// 64 MB made it no faster than one of 8, and memory is to be the same however large the store is.
const (
	pageBytes = 8 << 10
	cacheKiB  = 8 << 10
)

// Store is an open store.
type Store struct {
	// Sweep is how many contacts are stored while what is new of where contacts' standing is found is folded in once, see
	// standing.go. Open sets it; another comes before the first Write.
	Sweep int64

	path string
	conn *sqlite.Conn
	lock *lock // nil: this Store only looks

	names     interned[string]
	decisions interned[Decision]
	messages  interned[Message]

	stocked     map[TallyKey]int64 // what the open transaction changes of the stock
	checkpoints *checkpointer      // nil until the log is long
}

// Open opens the store at path for a run and makes it where it does not exist. It fails with a *LockedError while
// another run has it open. command is what the holder is called in that message.
func Open(path, command string) (*Store, error) {
	if err := CheckPlace(path); err != nil {
		return nil, err
	}
	lock, err := acquire(path, command)
	if err != nil {
		return nil, err
	}
	s, err := open(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		lock.release()
		return nil, err
	}
	s.lock, s.Sweep = lock, defaultSweep
	if err := s.prepare(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Read opens an existing store to look at it. It needs no lock and sees what was committed before each question.
func Read(path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no store at %s; `nurturec run` makes it, --store says where it is", path)
	}
	if err := checkFile(path); err != nil {
		return nil, err
	}
	s, err := open(path, sqlite.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	was, err := s.format()
	switch {
	case err != nil:
	case was == 0:
		err = fmt.Errorf("%s is empty: no run has used it yet", path)
	case was < format:
		err = fmt.Errorf("%s was written by an older nurturec (format %d, this one reads %d); `nurturec run` brings it up to date", path, was, format)
	default:
		err = s.loadInterned()
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Path is where the store's file is.
func (s *Store) Path() string { return s.path }

// Close ends the use of the store and frees its lock.
func (s *Store) Close() error {
	var err error
	if s.checkpoints != nil {
		err = s.explain(s.checkpoints.stop())
	}
	err = errors.Join(err, s.explain(s.conn.Close()))
	if s.lock != nil {
		err = errors.Join(err, s.lock.release())
	}
	return err
}

// CheckPlace says what is wrong with a path as the place of a store. It makes nothing.
func CheckPlace(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the folder %s of the store %s does not exist; make it or choose another place with --store", folder, filepath.Base(path))
	}
	if err != nil {
		return fmt.Errorf("open the store %s: %w", path, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("open the store %s: %s is no folder", path, folder)
	}
	return checkFile(path)
}

func checkFile(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; --store names a file, such as %s", path, filepath.Join(path, "nurture.db"))
	}
	return nil
}

// open connects and sets what each connection needs; the file need not be a store yet.
func open(path string, flags sqlite.OpenFlags) (*Store, error) {
	s := &Store{path: path, names: interned[string]{table: nameTable}, decisions: interned[Decision]{table: decisionTable}, messages: interned[Message]{table: messageTable}}
	conn, err := sqlite.OpenConn(path, flags)
	if err != nil {
		return nil, s.explain(err)
	}
	s.conn = conn
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA page_size = %d", pageBytes),
		fmt.Sprintf("PRAGMA cache_size = -%d", cacheKiB),
		"PRAGMA synchronous = FULL",
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", mostLogPages),
		fmt.Sprintf("PRAGMA journal_size_limit = %d", mostLogPages*pageBytes), // of the log's file when it begins anew
	} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			conn.Close()
			return nil, s.explain(err)
		}
	}
	return s, nil
}

// prepare makes a new store or brings an older one up to date.
func (s *Store) prepare() error {
	was, err := s.format()
	if err != nil {
		return err
	}
	if err := s.run("PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if was < format {
		if err := s.transaction(func() error { return s.upgrade(was) }); err != nil {
			return err
		}
	}
	return s.loadInterned()
}

// upgrade brings the file from a format to that of today, in the open transaction.
func (s *Store) upgrade(was int) error {
	for _, script := range upgrades[was] {
		if err := s.explain(sqlitex.ExecuteScript(s.conn, script, nil)); err != nil {
			return err
		}
	}
	if err := s.run(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	return s.run(fmt.Sprintf("PRAGMA user_version = %d", format))
}

// format is the format of the store's file, 0 for one that is empty. It refuses what is no store, and what a newer
// program has written.
func (s *Store) format() (int, error) {
	application, err := s.number("PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	version, err := s.number("PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	tables, err := s.number("SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return 0, err
	case tables == 0 && application == 0:
		return 0, nil
	case application != applicationID:
		return 0, fmt.Errorf("%s is a SQLite file, but not a store of nurturec; choose another place with --store", s.path)
	case version > format:
		return 0, fmt.Errorf("%s was written by a newer nurturec (format %d, this one knows up to %d); nothing was changed: use the newer nurturec", s.path, version, format)
	}
	return int(version), nil
}

// run executes a statement without parameters, whose rows do not matter.
func (s *Store) run(query string) error {
	return s.explain(sqlitex.ExecuteTransient(s.conn, query, nil))
}

// number gives the first column of a query's only row.
func (s *Store) number(query string, args ...any) (int64, error) {
	var n int64
	err := sqlitex.Execute(s.conn, query, &sqlitex.ExecOptions{Args: args, ResultFunc: func(row *sqlite.Stmt) error {
		n = row.ColumnInt64(0)
		return nil
	}})
	return n, s.explain(err)
}

// transaction does all of f or nothing of it.
func (s *Store) transaction(f func() error) error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := f(); err != nil {
		s.rollback()
		return err
	}
	return s.commit()
}

func (s *Store) begin() error {
	return s.explain(sqlitex.Execute(s.conn, "BEGIN IMMEDIATE", nil))
}

// commit ends the transaction, with the names that its rows hold and what it changes of the stock; when it fails nothing
// of it is kept.
func (s *Store) commit() error {
	err := s.writeStock()
	for _, n := range s.tables() {
		if err == nil {
			err = n.write(s)
		}
	}
	if err == nil {
		err = s.explain(sqlitex.Execute(s.conn, "COMMIT", nil))
	}
	if err != nil {
		s.rollback()
		return err
	}
	for _, n := range s.tables() {
		n.keepUncommitted()
	}
	s.foldLog()
	return nil
}

// rollback drops the transaction. SQLite has already done so after some errors, such as a full disk.
func (s *Store) rollback() {
	if !s.conn.AutocommitEnabled() {
		// What made us roll back is what the caller hears of; the next open recovers from the log in any case.
		_ = sqlitex.Execute(s.conn, "ROLLBACK", nil)
	}
	for _, n := range s.tables() {
		n.forgetUncommitted()
	}
	clear(s.stocked)
}
