package ingest_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"
)

// lineOf draws a line of events about one of a few contacts; some are wrong, some about nobody, some make a contact.
func lineOf(r *rapid.T, i int) (contact, line string) {
	contact = rapid.SampledFrom([]string{"ann@example.com", "bob@example.com", "cy@example.com", "new@example.com", "nobody@example.com"}).Draw(r, "contact")
	event := rapid.SampledFrom([]string{"visited", "clicked", "opened", "purchased", "visted", "sales.won"}).Draw(r, "event")
	if contact == "new@example.com" && rapid.IntRange(0, 2).Draw(r, "submits") == 0 {
		event = "submitted"
	}
	at := fmt.Sprintf("2026-%02d-%02dT%02d:00:00Z", rapid.IntRange(2, 5).Draw(r, "month"), rapid.IntRange(1, 28).Draw(r, "day"), rapid.IntRange(0, 23).Draw(r, "hour"))
	id := ""
	if rapid.Bool().Draw(r, "named") {
		id = fmt.Sprintf(`"id":"%d",`, rapid.IntRange(0, 20).Draw(r, "id"))
	}
	more := rapid.SampledFrom([]string{"", `,"page":"/a"`, `,"amount":5`, `,"offer":"report"`, `,"offer":"none"`, "}"}).Draw(r, "more")
	return contact, fmt.Sprintf(`{%s"contact":%q,"event":%q,"at":%q%s}`, id, contact, event, at, more)
}

const threeContacts = "email,first_seen\nann@example.com,2026-03-01\nbob@example.com,\ncy@example.com,2026-04-01\n"

// result is the inbox and the rejects, without the numbers of lines, which shuffling changes by its nature.
func (h *house) result() string {
	var rejects []string
	for _, r := range h.rejects() {
		rejects = append(rejects, fmt.Sprint(r.Column, r.Value, r.Reason, r.At))
	}
	return h.inbox() + sorted(strings.Join(rejects, "\n"))
}

func (h *house) mustTake(contacts, events []string) {
	h.Helper()
	if _, err := h.take(contacts, events); err != nil {
		h.Fatal(err)
	}
}

// The order of lines of different contacts makes no difference, nor does where a run's input is cut into files or
// slices, nor that it is read again.
func TestOrderCutsAndRepeats(t *testing.T) {
	p := newHouse(t, playbook)
	rapid.Check(t, func(r *rapid.T) {
		byContact := map[string][]string{}
		var lines []string
		for i := range rapid.IntRange(1, 40).Draw(r, "lines") {
			contact, line := lineOf(r, i)
			lines = append(lines, line)
			byContact[contact] = append(byContact[contact], line)
		}
		whole := p.another(t)
		contacts := []string{whole.file("c.csv", threeContacts)}
		whole.mustTake(contacts, []string{whole.file("e.jsonl", strings.Join(lines, "\n"))})
		want := whole.result()

		whole.mustTake(contacts, []string{whole.path("e.jsonl")})
		if got := whole.result(); got != want {
			r.Fatalf("taken twice\n%s\nonce\n%s", got, want)
		}

		shuffled := p.another(t)
		shuffled.slice = rapid.IntRange(1, 20).Draw(r, "slice")
		var mixed []string
		for len(mixed) < len(lines) {
			var left []string
			for _, c := range []string{"ann@example.com", "bob@example.com", "cy@example.com", "new@example.com", "nobody@example.com"} {
				if len(byContact[c]) > 0 {
					left = append(left, c)
				}
			}
			c := rapid.SampledFrom(left).Draw(r, "next")
			mixed, byContact[c] = append(mixed, byContact[c][0]), byContact[c][1:]
		}
		shuffled.mustTake(contacts, []string{shuffled.file("e.jsonl", strings.Join(mixed, "\n"))})
		if got := shuffled.result(); got != want {
			r.Fatalf("shuffled\n%s\nin order\n%s", got, want)
		}

		cut := p.another(t)
		cut.slice = rapid.IntRange(1, 20).Draw(r, "slice of the cut")
		at := rapid.IntRange(0, len(lines)).Draw(r, "cut")
		cut.mustTake(contacts, []string{cut.file("a.jsonl", strings.Join(lines[:at], "\n")), cut.file("b.jsonl", strings.Join(lines[at:], "\n"))})
		if got := cut.result(); got != want {
			r.Fatalf("cut at %d\n%s\nwhole\n%s", at, got, want)
		}
	})
}

// What is written as CSV is read as it was, in any order of lines.
func TestContactsReadAsWritten(t *testing.T) {
	p := newHouse(t, playbook)
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("ab \"',;\n\t|ü語")), 0, 12, -1)
		delimiter := rapid.SampledFrom([]rune(",;\t")).Draw(r, "delimiter")
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = delimiter, rapid.Bool().Draw(r, "CRLF")
		write := func(cells ...string) {
			if err := w.Write(cells); err != nil {
				r.Fatal(err)
			}
		}
		write("email", "first_name", "note")
		want := ""
		for i := range rapid.IntRange(0, 5).Draw(r, "contacts") {
			first := name.Draw(r, "first name")
			write(fmt.Sprintf("c%d@example.com", i), first, name.Draw(r, "note"))
			body := ""
			if first = strings.TrimSpace(first); first != "" {
				body = ",first_name=" + first
			}
			want += fmt.Sprintf("c%d%s\n", i, body)
		}
		w.Flush()
		h := p.another(t)
		h.slice = rapid.IntRange(1, 5).Draw(r, "slice")
		h.mustTake([]string{h.file("c.csv", text.String())}, nil)
		got := ""
		h.query(`SELECT replace(key, '@example.com', ''), coalesce(',first_name=' || json_extract(CAST(body AS TEXT), '$.contact.first_name'), '') FROM inbox JOIN contact c ON c.id = contact ORDER BY key`, func(s *sqlite.Stmt) {
			got += s.ColumnText(0) + strings.ReplaceAll(s.ColumnText(1), "\r\n", "\n") + "\n" // the writer writes all line ends so
		})
		if got != want || len(h.rejects()) > 0 {
			r.Fatalf("%q\ngot\n%s%s\nwant\n%s", text.String(), got, h.rejected(), want)
		}
	})
}
