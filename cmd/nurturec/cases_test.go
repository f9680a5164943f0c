package main

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

	"github.com/rogpeppe/go-internal/txtar"
)

// A case is a playbook, contacts and events, the span to run (`from` and `to` in its comment), and the journal that
// must come of it. Each is played whole, once more over the same inputs, which must change nothing, and in another
// store cut into three runs: always the same journal.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			playCase(t, file)
		})
	}
}

func playCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	want := ""
	for _, f := range archive.Files {
		if f.Name == "expected" {
			want = string(f.Data)
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	from, to := span(t, string(archive.Comment))
	inputs := []string{"run", dir, "--contacts", filepath.Join(dir, "contacts.csv"), "--events", filepath.Join(dir, "events.jsonl")}

	one := filepath.Join(dir, "one.db")
	nurture(t, append(inputs, "--store", one, "--from", stamp(from), "--to", stamp(to))...)
	differ(t, "in one run", want, story(t, one))
	nurture(t, append(inputs, "--store", one, "--to", stamp(to))...)
	differ(t, "the same inputs again", want, story(t, one))

	cut := filepath.Join(dir, "cut", "cut.db")
	if err := os.Mkdir(filepath.Dir(cut), 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		args := append(slices.Clone(inputs), "--store", cut, "--to", stamp(from.Add(to.Sub(from)*time.Duration(i+1)/3).Truncate(time.Second)))
		if i == 0 {
			args = append(args, "--from", stamp(from))
		}
		nurture(t, args...)
	}
	differ(t, "cut into three runs", want, story(t, cut))
}

func differ(t *testing.T, how, want, got string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: the journal is not as expected\n--- expected\n%s\n--- journal\n%s", how, want, got)
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// span reads the line `FROM..TO` of a case's comment.
func span(t *testing.T, comment string) (from, to time.Time) {
	t.Helper()
	for _, line := range strings.Split(comment, "\n") {
		a, b, ok := strings.Cut(strings.TrimSpace(line), "..")
		if !ok {
			continue
		}
		from, err := time.Parse(time.RFC3339, a)
		if err != nil {
			continue
		}
		to, err := time.Parse(time.RFC3339, b)
		if err != nil {
			t.Fatal(err)
		}
		return from, to
	}
	t.Fatal("the case has no line FROM..TO")
	return
}

// nurture carries out a command line that must succeed, and gives what it wrote.
func nurture(t *testing.T, args ...string) string {
	t.Helper()
	var out, talk bytes.Buffer
	at := &terminal{in: strings.NewReader(""), out: &out, err: &talk}
	if code := command(context.Background(), args, at); code != exitFine {
		t.Fatalf("nurturec %s: exit %d\n%s%s", strings.Join(args, " "), code, out.String(), talk.String())
	}
	return out.String()
}

// story is a store's journal, contact by contact.
func story(t *testing.T, store string) string {
	t.Helper()
	by := map[string]*strings.Builder{}
	var keys []string
	for _, line := range strings.Split(strings.TrimSpace(nurture(t, "journal", "--store", store, "--format", "jsonl")), "\n") {
		if line == "" {
			continue
		}
		var row struct{ At, Contact, Kind, Program, Stage, To, Offer, Reason string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("journal line %q: %v", line, err)
		}
		if by[row.Contact] == nil {
			by[row.Contact] = &strings.Builder{}
			keys = append(keys, row.Contact)
		}
		words := []string{row.At, row.Kind}
		if place := strings.Trim(row.Program+"."+row.Stage, "."); place != "" {
			words = append(words, place)
		}
		for _, w := range []struct{ name, value string }{{"to", row.To}, {"offer", row.Offer}, {"reason", row.Reason}} {
			if w.value != "" {
				words = append(words, w.name+"="+w.value)
			}
		}
		fmt.Fprintf(by[row.Contact], "  %s\n", strings.Join(words, " "))
	}
	slices.Sort(keys)
	var all strings.Builder
	for _, k := range keys {
		all.WriteString(k + "\n" + by[k].String())
	}
	return all.String()
}
