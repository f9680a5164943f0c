package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

const playbook = `
contact {
  email      email key
  role       enum("developer", "it")  unknown "Select", "n/a"
  first_name text
  employees  number from "How many people"
  wants      set("cloud", "security", "Banking, Investment")
  timezone   timezone
  first_seen time arrived
  consent    bool
  renewal    date
}
topics alpha, beta
event visited   { page text, topic topic, seconds number, on date }
event purchased { amount number }
event booked    { room text }
offer report "Report" { kind paper  topic alpha  for nurture  intent educate  content "c.md"  response clicked, booked }
handoff sales "Sales" { channel crm  outcomes accepted, won }
policy { timezone contact.timezone else "Europe/Berlin" }
program p "P" {
  phase nurture
  enter when contact.consent
  stage s { send report }
}
`

func program(t testing.TB, source string) *compile.Program {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": source}, nil)
	for _, d := range loaded.Diagnostics {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %s", d.Code, d.Message)
		}
	}
	return compile.Compile(loaded.Playbook)
}

func instant(t testing.TB, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

// house is a store with the files around it.
type house struct {
	testing.TB
	dir     string
	program *compile.Program
	clock   int64
	slice   int // lines at a time; 0: as a user has it
}

func newHouse(t testing.TB, source string) *house {
	t.Helper()
	return &house{TB: t, dir: t.TempDir(), program: program(t, source), clock: instant(t, "2026-03-01T00:00:00Z")}
}

// another is a house like this one, with nothing in it.
func (h *house) another(t testing.TB) *house {
	return &house{TB: t, dir: t.TempDir(), program: h.program, clock: h.clock}
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

func (h *house) file(name, text string) string {
	h.Helper()
	if err := os.WriteFile(h.path(name), []byte(text), 0o644); err != nil {
		h.Fatal(err)
	}
	return h.path(name)
}

// take is a run's intake: contacts files (.csv), then files of events.
func (h *house) take(contacts, events []string) (ingest.Summary, error) {
	h.Helper()
	s, err := store.Open(h.path("nurture.db"), "test")
	if err != nil {
		h.Fatal(err)
	}
	defer s.Close()
	in, err := ingest.New(s, h.program, ingest.Options{Clock: h.clock, Slice: h.slice})
	if err != nil {
		h.Fatal(err)
	}
	defer in.Close()
	ctx := context.Background()
	for _, f := range contacts {
		if err := in.Contacts(ctx, f); err != nil {
			return in.Summary(), err
		}
	}
	for _, f := range events {
		if err := in.Events(ctx, f); err != nil {
			return in.Summary(), err
		}
	}
	err = in.Settle(ctx)
	return in.Summary(), err
}

// taken takes texts in and gives the inbox and the rejects.
func (h *house) taken(contacts, events string) string {
	h.Helper()
	var c, e []string
	if contacts != "" {
		c = append(c, h.file("contacts.csv", contacts))
	}
	if events != "" {
		e = append(e, h.file("events.jsonl", events))
	}
	if _, err := h.take(c, e); err != nil {
		h.Fatal(err)
	}
	return h.inbox() + h.rejected()
}

func (h *house) query(query string, row func(*sqlite.Stmt)) {
	h.Helper()
	conn, err := sqlite.OpenConn(h.path("nurture.db"), sqlite.OpenReadOnly)
	if err != nil {
		h.Fatal(err)
	}
	defer conn.Close()
	if err := sqlitex.Execute(conn, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error { row(s); return nil }}); err != nil {
		h.Fatal(err)
	}
}

// inbox gives what waits: contact, instant, event, body; by contact, in the order in which it came.
func (h *house) inbox() string {
	h.Helper()
	var out strings.Builder
	h.query(`SELECT key, strftime('%Y-%m-%dT%H:%M:%SZ', i.at, 'unixepoch'), coalesce(n.text, ''), CAST(body AS TEXT), coalesce(source, '')
		FROM inbox i JOIN contact c ON c.id = i.contact LEFT JOIN name n ON n.id = i.event AND i.event <> 0 ORDER BY key, i.event <> 0, i.n`, func(s *sqlite.Stmt) {
		var words []string
		for c := range 5 {
			if w := s.ColumnText(c); w != "" {
				words = append(words, w)
			}
		}
		fmt.Fprintln(&out, strings.Join(words, " "))
	})
	return out.String()
}

func (h *house) rejects() []ingest.Rejected {
	h.Helper()
	text, err := os.ReadFile(h.path("rejects.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		h.Fatal(err)
	}
	var all []ingest.Rejected
	for line := range bytes.Lines(text) {
		var r ingest.Rejected
		if err := json.Unmarshal(line, &r); err != nil {
			h.Fatalf("rejects.jsonl: %v in %q", err, line)
		}
		all = append(all, r)
	}
	return all
}

// rejected gives the rejected lines: file:line, column, value, reason.
func (h *house) rejected() string {
	h.Helper()
	var out strings.Builder
	for _, r := range h.rejects() {
		fmt.Fprintf(&out, "! %s:%d %s %q %s\n", filepath.Base(r.File), r.Line, r.Column, r.Value, r.Reason)
	}
	return out.String()
}

func (h *house) want(got, want string) {
	h.Helper()
	if got, want := strings.TrimSpace(got), strings.TrimSpace(strings.ReplaceAll(want, "\t", "")); got != want {
		h.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func instantText(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }
