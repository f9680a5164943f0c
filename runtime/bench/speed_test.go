package bench

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// BenchmarkReplay takes 100,000 contacts through a year with everything stored, and beside it a loop that only inserts
// as many rows, as one would write it by hand: a row of the journal, and for each touch one of the outbox.
func BenchmarkReplay(b *testing.B) {
	const contacts = 100_000
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		people, events := write(b, dir, contacts)
		take := job{Store: filepath.Join(dir, "nurture.db"), Contacts: []string{people}, Events: []string{events}, From: unix(begin), To: unix(begin)}
		take.run(b)
		year := job{Store: take.Store, To: unix(end)}
		d := year.run(b)
		plain := inserts(b, filepath.Join(dir, "plain.db"), contacts, d.Decisions)
		speed := float64(d.Decisions) / d.Took.Seconds()
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(d.Decisions), "decisions")
		b.ReportMetric(speed, "decisions/s")
		b.ReportMetric(plain, "plain-decisions/s")
		b.ReportMetric(speed/plain, "of-plain")
		b.StartTimer()
	}
}

// inserts stores so many decisions of so many contacts, a transaction for every 1,000 contacts, and gives how many a
// second.
func inserts(b *testing.B, file string, contacts, decisions int64) float64 {
	b.Helper()
	conn, err := sqlite.OpenConn(file)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for _, pragma := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			b.Fatal(err)
		}
	}
	err = sqlitex.ExecuteScript(conn, `
		CREATE TABLE state(contact INTEGER PRIMARY KEY, at INTEGER, stage INTEGER);
		CREATE TABLE journal(contact INTEGER, seq INTEGER, at INTEGER, kind TEXT, stage TEXT, offer TEXT, PRIMARY KEY(contact, seq)) WITHOUT ROWID;
		CREATE TABLE outbox(contact INTEGER, seq INTEGER, offer TEXT, address TEXT, PRIMARY KEY(contact, seq)) WITHOUT ROWID;
	`, nil)
	if err != nil {
		b.Fatal(err)
	}
	state, journal, outbox := conn.Prep("INSERT INTO state VALUES (?, ?, ?)"), conn.Prep("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)"), conn.Prep("INSERT INTO outbox VALUES (?, ?, ?, ?)")
	do := func(stmt *sqlite.Stmt, args ...any) {
		for i, arg := range args {
			switch arg := arg.(type) {
			case int64:
				stmt.BindInt64(i+1, arg)
			case string:
				stmt.BindText(i+1, arg)
			}
		}
		if _, err := stmt.Step(); err != nil {
			b.Fatal(err)
		}
		stmt.Reset()
	}
	began := time.Now()
	stored := int64(0)
	for c := range contacts {
		if c%1000 == 0 {
			do(conn.Prep("BEGIN"))
		}
		at := begin.Unix() + c
		for seq := int64(0); stored < decisions*(c+1)/contacts; seq++ {
			at += 7 * 86400
			do(journal, c, seq, at, "sent", "targeted.touch", "letter")
			do(outbox, c, seq, "letter", "somebody@example.com")
			stored++
		}
		do(state, c, at, int64(1))
		if c%1000 == 999 {
			do(conn.Prep("COMMIT"))
		}
	}
	return float64(stored) / time.Since(began).Seconds()
}

// BenchmarkStart is what a person waits for: nurturec check examples/saas, from start to finish. best-ms is that of a
// machine that does nothing else.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "nurturec")
	if out, err := exec.Command("go", "build", "-o", binary, "nurture/cmd/nurturec").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	best := time.Hour
	b.ResetTimer()
	for b.Loop() {
		began := time.Now()
		if out, err := exec.Command(binary, "check", "../../examples/saas").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		best = min(best, time.Since(began))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1e3/float64(b.N), "ms")
	b.ReportMetric(float64(best.Microseconds())/1e3, "best-ms")
}
