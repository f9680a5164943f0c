package bench

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// arrivals is a playbook for files of contacts and events as a company has them: contacts of eight columns, and events
// that each change what is known of a contact.
const arrivals = `contact {
  email       email  key
  role        enum("it", "developer")
  first_name  text
  employees   number  from "How many people"
  timezone    timezone
  first_seen  time  arrived
  consent     bool
  renewal     date
}

offer report "Report" { kind report  for nurture  intent educate  content "letter.md" }

score interest { halve every 30d  +5 on clicked }

policy { timezone contact.timezone else "UTC" }

program nurture "Nurture" {
  phase nurture
  enter when contact.consent
  stage learn {
    when score.interest >= 500 -> done
    after 300d -> done
  }
}
`

func writeContacts(tb testing.TB, file string, contacts int) {
	tb.Helper()
	roles := [...]string{"it", "developer", ""}
	fill(tb, file, func(w *bufio.Writer) {
		fmt.Fprintln(w, "Email,Role,First name,How many people,Timezone,First seen,Consent,Renewal")
		for i := range contacts {
			fmt.Fprintf(w, "%s,%s,Ann,%d,Europe/Paris,%s,Yes,2026-12-31\n", address(i), roles[i%3], i%5000, arrival(i).Format(time.RFC3339))
		}
	})
}

// writeEvents makes events of the four weeks after the contacts arrived, in the order of time; whom they are of is
// mixed.
func writeEvents(tb testing.TB, file string, events, contacts int) {
	tb.Helper()
	const weeks = 28 * 24 * 3600
	first := begin.AddDate(0, 0, 7)
	fill(tb, file, func(w *bufio.Writer) {
		for i := range events {
			at := first.Add(time.Duration(weeks*i/events) * time.Second)
			fmt.Fprintf(w, `{"id":"e%d","contact":"%s","event":"clicked","at":"%s","offer":"report","link":"https://example.com/report"}`+"\n",
				i, address(int(uint32(i)*2654435761>>8)%contacts), at.Format(time.RFC3339))
		}
	})
}

// BenchmarkIntake takes a million contacts out of a CSV file, and a million events out of a JSONL file, which are then
// applied: every contact is taken through them, and its state stored. synchronous = FULL. The limit is a program that only
// parses the lines and inserts them as rows: it looks nothing up, and knows no line again.
func BenchmarkIntake(b *testing.B) {
	const lines, people = 1_000_000, 500_000
	b.Run("contacts/by-hand", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			file := filepath.Join(b.TempDir(), "contacts.csv")
			writeContacts(b, file, lines)
			b.StartTimer()
			rate(b, lines, insertLines(b, file, contactRows))
		}
	})
	b.Run("contacts/nurture", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			dir := b.TempDir()
			file := filepath.Join(dir, "contacts.csv")
			writeContacts(b, file, lines)
			take := job{Playbook: arrivals, Store: filepath.Join(dir, "nurture.db"), Contacts: []string{file}, From: unix(begin), To: unix(begin)}
			b.StartTimer()
			d := take.run(b)
			rate(b, lines, d.Took)
			b.ReportMetric(float64(d.Memory)/1e6, "MB")
		}
	})
	b.Run("events/by-hand", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			file := filepath.Join(b.TempDir(), "events.jsonl")
			writeEvents(b, file, lines, people)
			b.StartTimer()
			rate(b, lines, insertLines(b, file, eventRows))
		}
	})
	b.Run("events/nurture", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			dir := b.TempDir()
			contacts, events := filepath.Join(dir, "contacts.csv"), filepath.Join(dir, "events.jsonl")
			writeContacts(b, contacts, people)
			writeEvents(b, events, lines, people)
			week := begin.AddDate(0, 0, 7)
			fill := job{Playbook: arrivals, Store: filepath.Join(dir, "nurture.db"), Contacts: []string{contacts}, From: unix(begin), To: unix(week)}
			fill.run(b)
			take := job{Playbook: arrivals, Store: fill.Store, Events: []string{events}, To: unix(week.AddDate(0, 0, 28))}
			b.StartTimer()
			d := take.run(b)
			if d.Events != lines || d.Stepped == 0 {
				b.Fatalf("%d of %d events were taken, and %d contacts stepped", d.Events, lines, d.Stepped)
			}
			rate(b, lines, d.Took)
			b.ReportMetric(float64(d.Memory)/1e6, "MB")
		}
	})
}

func rate(b *testing.B, lines int, took time.Duration) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(lines)/took.Seconds(), "rows/s")
}

// rowsOf reads a file, and hands on the columns of each line: texts and whole numbers.
type rowsOf func(r io.Reader, add func([]any)) error

const columnsOfRows = 8

func contactRows(r io.Reader, add func([]any)) error {
	table := csv.NewReader(r)
	table.ReuseRecord = true
	if _, err := table.Read(); err != nil {
		return err
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		people, err := strconv.ParseInt(cells[3], 10, 64)
		if err != nil {
			return err
		}
		seen, err := time.Parse(time.RFC3339, cells[5])
		if err != nil {
			return err
		}
		renewal, err := time.Parse(time.DateOnly, cells[7])
		if err != nil {
			return err
		}
		consent := int64(0)
		if strings.EqualFold(cells[6], "yes") {
			consent = 1
		}
		add([]any{cells[0], cells[1], cells[2], people, cells[4], seen.Unix(), consent, renewal.Unix() / 86400})
	}
}

func eventRows(r io.Reader, add func([]any)) error {
	lines := bufio.NewScanner(r)
	for n := int64(0); lines.Scan(); n++ {
		var e struct{ ID, Contact, Event, At, Offer, Link string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return err
		}
		at, err := time.Parse(time.RFC3339, e.At)
		if err != nil {
			return err
		}
		add([]any{e.ID, e.Contact, e.Event, at.Unix(), e.Offer, e.Link, n, int64(0)})
	}
	return lines.Err()
}

// insertLines stores the lines of a file as rows, many a statement, while the lines after them are read, and gives how
// long it took.
func insertLines(b *testing.B, file string, read rowsOf) time.Duration {
	b.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(b.TempDir(), "plain.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for _, query := range []string{"PRAGMA page_size = 16384", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536",
		"CREATE TABLE line(id INTEGER PRIMARY KEY, a, b, c, d, e, f, g, h)"} {
		if err := sqlitex.ExecuteTransient(conn, query, nil); err != nil {
			b.Fatal(err)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()

	began := time.Now()
	full, ended := make(chan [][]any, 1), make(chan error, 1)
	go func() {
		defer close(full)
		rows := make([][]any, 0, rowsATransaction)
		ended <- read(f, func(row []any) {
			if rows = append(rows, row); len(rows) == rowsATransaction {
				full <- rows
				rows = make([][]any, 0, rowsATransaction)
			}
		})
		full <- rows
	}()
	for rows := range full {
		if err := insertRows(conn, rows); err != nil {
			b.Fatal(err)
		}
	}
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// insertRows stores rows in one transaction.
func insertRows(conn *sqlite.Conn, rows [][]any) (err error) {
	defer sqlitex.Save(conn)(&err)
	one := "(" + strings.Repeat("?,", columnsOfRows-1) + "?)"
	for len(rows) > 0 {
		n := rowsAStatement
		if len(rows) < n {
			n = 1
		}
		stmt, err := conn.Prepare("INSERT INTO line(a, b, c, d, e, f, g, h) VALUES " + strings.Repeat(one+",", n-1) + one)
		if err != nil {
			return err
		}
		for i, row := range rows[:n] {
			for k, v := range row {
				switch v := v.(type) {
				case string:
					stmt.BindText(columnsOfRows*i+k+1, v)
				case int64:
					stmt.BindInt64(columnsOfRows*i+k+1, v)
				}
			}
		}
		if _, err := stmt.Step(); err != nil {
			return err
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
