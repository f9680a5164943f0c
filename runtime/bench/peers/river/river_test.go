// Package river plays the work of runtime/bench with River and SQLite, as somebody would who has a queue of jobs: each
// decision is a job, which writes a row of what was decided and queues the next job, all in the transaction that completes
// it. So nothing is lost and nothing done twice, which is what this project promises too. It is a module of its own, so that
// nothing else needs River.
//
// Time is not waited for: a job's instant is one of its arguments, and every job is due at once. A contact's jobs follow
// one another in any case.
package river

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite"
)

// The work, as runtime/bench/w1_test.go defines it, in minutes.
const (
	day     = 1440
	horizon = 364 * day
)

// decisionsOf is how many decisions the work is, by contacts.
var decisionsOf = map[int]int{200: 2_581, 2_000: 27_980, 20_000: 278_387}

func answered(contact, touch uint32) bool {
	x := contact*64 + touch
	for range 2 {
		x = (x ^ x>>16) * 0x45d9f3b
	}
	return (x^x>>16)%100 < 8
}

const (
	targeted = iota
	longTerm
	handedOff
)

// decision is a job: the contact as it is when the job runs, and what is then due.
type decision struct {
	Contact, Due, Since, Touches uint32
	Stage                        int
	What                         string // touch, patience, answer
}

func (decision) Kind() string { return "decision" }

// plan sets what is due after the touch or entry at a minute.
func (d *decision) plan(from uint32) {
	d.Due, d.What = from+7*day, "touch"
	if ends := d.Since + 30*day; d.Stage == targeted && ends <= d.Due {
		d.Due, d.What = ends, "patience"
	}
}

// next is the job after this one; false where there is none.
func (d decision) next() (decision, bool) {
	now := d.Due
	switch d.What {
	case "touch":
		touch := d.Touches
		d.Touches++
		if d.plan(now); answered(d.Contact, touch) && now+day < horizon {
			d.Due, d.What = now+day, "answer"
		}
	case "patience":
		d.Stage, d.Since = longTerm, now
		d.plan(now)
	case "answer":
		d.Stage = handedOff
	}
	return d, d.Stage != handedOff && d.Due < horizon
}

type worker struct {
	river.WorkerDefaults[decision]
	db   *sql.DB
	left atomic.Int64 // contacts that have a job
	done chan struct{}
}

func (w *worker) Work(ctx context.Context, job *river.Job[decision]) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing to do after a commit
	d := job.Args
	next, more := d.next()
	if d.What == "touch" {
		_, err = tx.ExecContext(ctx, "INSERT INTO sent(contact, at, stage) VALUES (?, ?, ?)", d.Contact, d.Due, d.Stage)
	} else {
		_, err = tx.ExecContext(ctx, "INSERT INTO moved(contact, at, source, target) VALUES (?, ?, ?, ?)", d.Contact, d.Due, d.Stage, next.Stage)
	}
	if err != nil {
		return err
	}
	if more {
		if _, err := river.ClientFromContext[*sql.Tx](ctx).InsertTx(ctx, tx, next, nil); err != nil {
			return err
		}
	}
	if _, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if !more && w.left.Add(-1) == 0 {
		close(w.done)
	}
	return nil
}

// play takes contacts through the year, and gives how many decisions are stored then and how long the jobs took.
func play(tb testing.TB, contacts int) (decisions int, took time.Duration) {
	tb.Helper()
	ctx, stop := context.WithTimeout(tb.Context(), time.Hour)
	defer stop()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	// One connection, as River advises for SQLite, which has one writer anyway.
	file := filepath.Join(tb.TempDir(), "river.db")
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)")
	must(err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	driver := riversqlite.New(db)
	migrator, err := rivermigrate.New(driver, nil)
	must(err)
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	must(err)
	_, err = db.ExecContext(ctx, `
		CREATE TABLE sent(id INTEGER PRIMARY KEY, contact INTEGER, at INTEGER, stage INTEGER);
		CREATE TABLE moved(id INTEGER PRIMARY KEY, contact INTEGER, at INTEGER, source INTEGER, target INTEGER);
	`)
	must(err)

	w := &worker{db: db, done: make(chan struct{})}
	w.left.Store(int64(contacts))
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	client, err := river.NewClient(driver, &river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 50}},
		Workers:           workers,
		Logger:            slog.New(slog.NewTextHandler(io.Discard, nil)),
		FetchCooldown:     time.Millisecond,
		FetchPollInterval: 5 * time.Millisecond,
	})
	must(err)
	for i := range contacts {
		d := decision{Contact: uint32(i), Since: uint32(i) * 7919 % (7 * day)}
		d.plan(d.Since)
		_, err := client.Insert(ctx, d, nil)
		must(err)
	}

	began := time.Now()
	must(client.Start(ctx))
	select {
	case <-w.done:
	case <-ctx.Done():
		tb.Fatal(errors.Join(fmt.Errorf("%d of %d contacts are not done", w.left.Load(), contacts), ctx.Err()))
	}
	took = time.Since(began)
	must(client.Stop(ctx))
	must(db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM sent) + (SELECT count(*) FROM moved)").Scan(&decisions))
	return decisions, took
}

// BenchmarkW1Stored stores every decision, with synchronous = FULL. CONTACTS says how many contacts there are: 200, where
// it says nothing, take some seconds.
func BenchmarkW1Stored(b *testing.B) {
	contacts := 200
	if text := os.Getenv("CONTACTS"); text != "" {
		var err error
		if contacts, err = strconv.Atoi(text); err != nil || decisionsOf[contacts] == 0 {
			b.Fatalf("CONTACTS is %q; it can be 200, 2000 or 20000", text)
		}
	}
	b.Run(fmt.Sprintf("%d/river", contacts), func(b *testing.B) {
		all, took := 0, time.Duration(0)
		for b.Loop() {
			decisions, t := play(b, contacts)
			if decisions != decisionsOf[contacts] {
				b.Fatalf("%d contacts came to %d decisions, not %d", contacts, decisions, decisionsOf[contacts])
			}
			all, took = all+decisions, took+t
		}
		b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/op")
		b.ReportMetric(float64(all)/took.Seconds(), "decisions/s")
	})
}
