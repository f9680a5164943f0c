package why_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
)

// played is a playbook that lives are made up for.
type played struct {
	name    string
	p       *compile.Program
	sources map[string]string
	numbers map[string][]float64 // that fields are compared with, by contact.FIELD and event.FIELD
	texts   map[string][]string
}

// GoString keeps a failing property's output short.
func (pb *played) GoString() string { return pb.name }

// playbooks are the examples, and the playbooks of the command line's cases.
var playbooks = sync.OnceValues(func() ([]*played, error) {
	var all []*played
	add := func(name string, loaded *lang.Loaded) {
		if loaded.Failed() {
			return
		}
		pb := &played{name: name, p: compile.Compile(loaded.Playbook), sources: loaded.Sources, numbers: map[string][]float64{}, texts: map[string][]string{}}
		loaded.Playbook.Conditions(func(e *cond.Expr) { cond.Walk(e.Root, pb.compared) })
		all = append(all, pb)
	}
	for _, folder := range []string{"../../examples/minimal", "../../examples/saas", "../../examples/b2c_retail", "../../cmd/nurturec/starter"} {
		loaded, err := lang.Load(os.DirFS(folder))
		if err != nil {
			return nil, err
		}
		add(filepath.Base(folder), loaded)
	}
	files, err := filepath.Glob("../../cmd/nurturec/testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			return nil, err
		}
		sources, content := map[string]string{}, map[string]string{}
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, lang.Extension) {
				sources[f.Name] = string(f.Data)
			}
			content[f.Name] = string(f.Data)
		}
		add(filepath.Base(file), lang.Parse(sources, func(path string) (string, error) { return content[path], nil }))
	}
	return all, nil
})

// compared notes what a field is compared with.
func (pb *played) compared(n *cond.Node) bool {
	field := ""
	for _, a := range n.Args {
		switch a.Op {
		case cond.Field:
			field = "contact." + a.Name
		case cond.EventField:
			field = "event." + a.Name
		}
	}
	for _, a := range n.Args {
		cond.Walk(a, func(c *cond.Node) bool {
			switch {
			case field == "":
			case c.Op == cond.ConstNumber:
				pb.numbers[field] = append(pb.numbers[field], c.Num-1, c.Num, c.Num+1)
			case c.Op == cond.ConstText:
				pb.texts[field] = append(pb.texts[field], c.Text)
			}
			return true
		})
	}
	return true
}

var began = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Unix()

// cell makes up a value of a field, as a cell of a file has it.
func (pb *played) cell(t *rapid.T, whose string, f *compile.Field) string {
	one := func(of []string) string { return rapid.SampledFrom(append(of, "")).Draw(t, whose+f.Name) }
	switch f.Type {
	case check.FieldNumber:
		n := rapid.SampledFrom(append(pb.numbers[whose+f.Name], 0, 1, 50)).Draw(t, whose+f.Name)
		return f.Format(compile.Value{Known: true, Num: n})
	case check.FieldBool:
		return one([]string{"yes", "yes", "no"})
	case check.FieldDate, check.FieldTime:
		day := rapid.IntRange(-100, 200).Draw(t, whose+f.Name)
		return time.Unix(began, 0).UTC().AddDate(0, 0, day).Format(time.DateOnly)
	case check.FieldTimezone:
		return one([]string{"Europe/Berlin", "America/New_York", "Asia/Tokyo"})
	case check.FieldEnum, check.FieldSet:
		return one(slices.Clone(f.Values))
	case check.FieldTopic:
		return one(slices.Clone(pb.p.Topics))
	case check.FieldOffer, check.FieldEmail:
		return ""
	}
	return one(append([]string{"something"}, pb.texts[whose+f.Name]...))
}

// made is a made up contact and what happens to it, as files say it.
type made struct {
	key    string
	fields map[string]string
	events []string // lines
}

func (pb *played) life(t *rapid.T, until int64) made {
	m := made{key: "ann@example.com", fields: map[string]string{}}
	for i := range pb.p.Fields {
		f := &pb.p.Fields[i]
		switch {
		case i == pb.p.Key:
			if f.Type == check.FieldNumber {
				m.key = "7"
			}
		case i == pb.p.Arrived:
			m.fields[f.Name] = time.Unix(began, 0).UTC().Format(time.RFC3339)
		case i == pb.p.Address:
			m.fields[f.Name] = rapid.SampledFrom([]string{"ann@example.com", "ann@example.com", ""}).Draw(t, "address")
		default:
			if cell := pb.cell(t, "contact.", f); cell != "" {
				m.fields[f.Name] = cell
			}
		}
	}
	for n := range rapid.IntRange(0, 6).Draw(t, "events") {
		if line := pb.happening(t, m.key, n, rapid.Int64Range(began, until-1).Draw(t, "at")); line != "" {
			m.events = append(m.events, line)
		}
	}
	return m
}

// happening makes up an event.
func (pb *played) happening(t *rapid.T, key string, n int, at int64) string {
	var can []int
	for e := range pb.p.Events {
		if e != pb.p.Sent && pb.p.Playbook.Events[e].Outside() {
			can = append(can, e)
		}
	}
	e := rapid.SampledFrom(can).Draw(t, "event")
	is := &pb.p.Events[e]
	line := map[string]any{"id": fmt.Sprint("e", n, at), "contact": key, "event": is.Name, "at": stamp(at)}
	if is.Kind == check.Message && len(pb.p.Offers) > 0 {
		line["offer"] = pb.p.Offers[rapid.IntRange(0, len(pb.p.Offers)-1).Draw(t, "offer")].Name
	}
	for i := range is.Fields {
		f := &is.Fields[i]
		if e == pb.p.Submitted && (pb.p.FieldIndex(f.Name) == pb.p.Key || rapid.Bool().Draw(t, "leaves out")) {
			continue
		}
		if cell := pb.cell(t, "event.", f); cell != "" {
			line[f.Name] = cell
		}
	}
	if e == pb.p.TaskDone {
		line["task"] = "nothing in particular"
		for i := range pb.p.Stages {
			for _, entry := range pb.p.Stages[i].Entry {
				if entry.Handoff == compile.None {
					line["task"] = entry.Text
				}
			}
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stamp(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

// contactsFile writes a file with one contact.
func contactsFile(t testing.TB, p *compile.Program, key string, fields map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "contacts.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	heading, row := []string{column(&p.Fields[p.Key])}, []string{key}
	for i := range p.Fields {
		if cell, ok := fields[p.Fields[i].Name]; ok && i != p.Key {
			heading, row = append(heading, column(&p.Fields[i])), append(row, cell)
		}
	}
	out := csv.NewWriter(file)
	if err := out.WriteAll([][]string{heading, row}); err != nil {
		t.Fatal(err)
	}
	return path
}

func column(f *compile.Field) string {
	if f.Column != "" {
		return f.Column
	}
	return f.Name
}

func eventsFile(t testing.TB, lines []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
