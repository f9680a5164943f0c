package engine_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// program compiles a playbook that stands in a test.
func program(t testing.TB, src string) *compile.Program {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
	for _, d := range loaded.Diagnostics {
		t.Fatalf("%s %s: %s", d.Code, src[d.Span.Start:d.Span.End], d.Message)
	}
	return compile.Compile(loaded.Playbook)
}

// play takes one contact through its inputs until an instant, in memory, through its bytes after every step.
func play(t testing.TB, p *compile.Program, s *State, in []Input, to int64) []Row {
	t.Helper()
	return playOn(t, p, NewCodec(p, intern, text), s, in, to)
}

func playOn(t testing.TB, p *compile.Program, codec *Codec, s *State, in []Input, to int64) []Row {
	t.Helper()
	var fx Effects
	for {
		at := Wake(p, s)
		if len(in) > 0 {
			at = min(at, in[0].At)
		}
		if at >= to {
			return fx.Rows
		}
		n := 0
		for n < len(in) && in[n].At <= at {
			n++
		}
		Step(p, s, at, in[:n], &fx)
		in = in[n:]
		again := NewState(s.Key)
		if err := codec.Decode(codec.Append(nil, s), again); err != nil {
			t.Fatal(err)
		}
		s = again
	}
}

var names = []string{""}

func intern(s string) uint32 {
	if i := slices.Index(names, s); i >= 0 {
		return uint32(i)
	}
	names = append(names, s)
	return uint32(len(names) - 1)
}

func text(id uint32) string { return names[id] }

func line(p *compile.Program, r Row) string {
	words := []string{instant(r.At), r.Kind.String()}
	switch {
	case r.Stage >= 0:
		words = append(words, p.Stages[r.Stage].Name)
	case r.Program >= 0:
		words = append(words, p.Programs[r.Program].Name)
	}
	if r.To != "" {
		words = append(words, "to="+r.To)
	}
	if r.Kind == Held {
		words = append(words, "to="+instant(r.ToAt))
	}
	if r.Offer >= 0 {
		words = append(words, "offer="+p.Offers[r.Offer].Name)
	}
	if r.Reason != "" {
		words = append(words, "reason="+r.Reason)
	}
	return strings.Join(words, " ")
}

func instant(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

// The cases of the command line, in memory.
func TestCases(t *testing.T) {
	files, _ := filepath.Glob("../../cmd/nurturec/testdata/cases/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range a.Files {
				part[f.Name] = string(f.Data)
			}
			p := program(t, part["p.nurture"])
			from, to, _ := strings.Cut(strings.Split(string(a.Comment), "\n")[1], "..")
			contacts := contactsOf(t, p, part["contacts.csv"], at(t, from))
			eventsOf(t, p, part["events.jsonl"], contacts)
			got := ""
			for _, key := range slices.Sorted(maps.Keys(contacts)) {
				rows := play(t, p, NewState(key), contacts[key], at(t, to))
				if len(rows) > 0 {
					got += key + "\n"
				}
				for _, r := range rows {
					got += "  " + line(p, r) + "\n"
				}
			}
			if got != part["expected"] {
				os.WriteFile(filepath.Join(t.TempDir(), "got"), []byte(got), 0o666)
				t.Errorf("expected\n%s\ngot\n%s", part["expected"], got)
			}
		})
	}
}

func at(t testing.TB, s string) int64 {
	t.Helper()
	got, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return got.Unix()
}

func contactsOf(t testing.TB, p *compile.Program, file string, from int64) map[string][]Input {
	records, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]Input{}
	for _, record := range records[1:] {
		in := Input{Event: compile.None, At: from, Arrive: true, Offer: compile.None}
		for i, cell := range record {
			f := p.FieldIndex(records[0][i])
			if cell == "" || f == compile.None {
				continue
			}
			v, err := p.Fields[f].Parse(cell, calendar.UTC)
			if err != nil {
				t.Fatal(err)
			}
			in.Fields = append(in.Fields, FieldValue{Field: f, Value: v})
			if f == p.Arrived {
				in.At = max(from, int64(v.Num))
			}
		}
		all[record[0]] = append(all[record[0]], in)
	}
	return all
}

func eventsOf(t testing.TB, p *compile.Program, file string, contacts map[string][]Input) {
	seen := map[string]bool{}
	for _, l := range strings.Split(file, "\n") {
		var fields map[string]any
		if json.Unmarshal([]byte(l), &fields) != nil {
			continue
		}
		word := func(name string) string {
			if fields[name] == nil {
				return ""
			}
			return fmt.Sprint(fields[name])
		}
		if seen[word("id")] || contacts[word("contact")] == nil {
			continue
		}
		seen[word("id")] = true
		in := Input{Event: p.EventIndex(word("event")), At: at(t, word("at")), Offer: p.OfferIndex(word("offer")), Task: word("task")}
		e := &p.Events[in.Event]
		for i := range e.Fields {
			var v compile.Value
			if cell := word(e.Fields[i].Name); cell != "" {
				var err error
				if v, err = e.Fields[i].Parse(cell, calendar.UTC); err != nil {
					t.Fatal(err)
				}
				if e.Kind == check.Message && in.Event == p.Submitted {
					in.Fields = append(in.Fields, FieldValue{Field: p.FieldIndex(e.Fields[i].Name), Value: v})
				}
			}
			in.Values = append(in.Values, v)
		}
		contacts[word("contact")] = append(contacts[word("contact")], in)
	}
	for _, in := range contacts {
		slices.SortStableFunc(in, func(a, b Input) int { return int(a.At - b.At) })
	}
}
