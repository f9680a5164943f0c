package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

const (
	rowsAStatement   = 100
	rowsATransaction = 50_000
)

// storedWheel is the wheel that stores each decision as a row, synchronous = FULL: many rows a statement, and a
// goroutine that writes behind the one that decides. The limit of what is stored.
func storedWheel(tb testing.TB, file string, contacts int) int {
	tb.Helper()
	conn, err := sqlite.OpenConn(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	for _, pragma := range []string{"PRAGMA page_size = 16384", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536"} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			tb.Fatal(err)
		}
	}
	err = sqlitex.ExecuteScript(conn, `
		CREATE TABLE sent(id INTEGER PRIMARY KEY, contact INTEGER, at INTEGER, stage INTEGER, offer INTEGER);
		CREATE TABLE moved(id INTEGER PRIMARY KEY, contact INTEGER, at INTEGER, source INTEGER, target INTEGER);
	`, nil)
	if err != nil {
		tb.Fatal(err)
	}

	full, written, free := make(chan []decision, 1), make(chan error, 1), make(chan []decision, 2)
	go func() {
		var failed error
		for rows := range full {
			if failed == nil {
				failed = storeDecisions(conn, rows)
			}
			free <- rows[:0]
		}
		written <- failed
	}()
	free <- make([]decision, 0, rowsATransaction)
	rows := make([]decision, 0, rowsATransaction)
	w := newWheel(0, contacts)
	w.emit = func(d decision) {
		if rows = append(rows, d); len(rows) == rowsATransaction {
			full <- rows
			rows = <-free
		}
	}
	decisions := w.run()
	full <- rows
	close(full)
	if err := <-written; err != nil {
		tb.Fatal(err)
	}
	return decisions
}

// storeDecisions stores decisions in one transaction.
func storeDecisions(conn *sqlite.Conn, decisions []decision) (err error) {
	defer sqlitex.Save(conn)(&err)
	for _, table := range []struct {
		name    string
		touches bool
	}{{"sent(contact, at, stage, offer)", true}, {"moved(contact, at, source, target)", false}} {
		var some []decision
		for i := range decisions {
			if decisions[i].touch == table.touches {
				some = append(some, decisions[i])
			}
		}
		for len(some) > 0 {
			n := rowsAStatement
			if len(some) < n {
				n = 1
			}
			stmt, err := conn.Prepare("INSERT INTO " + table.name + " VALUES " + strings.Repeat("(?,?,?,?),", n-1) + "(?,?,?,?)")
			if err != nil {
				return err
			}
			for i, d := range some[:n] {
				for k, v := range [...]uint32{d.contact, d.at, uint32(d.from), uint32(d.to)} {
					stmt.BindInt64(4*i+k+1, int64(v))
				}
			}
			if _, err := stmt.Step(); err != nil {
				return err
			}
			if err := stmt.Reset(); err != nil {
				return err
			}
			some = some[n:]
		}
	}
	return nil
}

// storedWork takes contacts in and through the year, everything stored; what it gives is of the year alone.
func storedWork(tb testing.TB, dir string, contacts int) *did {
	tb.Helper()
	people, events := write(tb, dir, contacts)
	take := job{Store: filepath.Join(dir, "nurture.db"), Contacts: []string{people}, Events: []string{events}, From: unix(begin), To: unix(begin)}
	take.run(tb)
	before := size(tb, take.Store)
	year := job{Store: take.Store, To: unix(end)}
	d := year.run(tb)
	d.Bytes = size(tb, take.Store) - before
	return d
}

func size(tb testing.TB, file string) int64 {
	tb.Helper()
	info, err := os.Stat(file)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}
