package simulate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
	"nurture/runtime/simulate"
	"nurture/runtime/store"
)

// from is a Monday, an hour before the windows of the examples open in Berlin.
const (
	from = 1767596400 // 2026-01-05 07:00 UTC
	day  = 86400
)

// tester is a test, or a try of a property.
type tester interface {
	Helper()
	Fatal(...any)
	Context() context.Context
}

// program compiles a playbook; every file of content that it names says hello where the folder has none.
func program(tb tester, text string) (*compile.Program, *lang.Loaded) {
	tb.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": text}, func(string) (string, error) { return "---\nsubject: Hello\n---\n\nHello.\n", nil })
	if loaded.Failed() {
		tb.Fatal(text, loaded.Diagnostics)
	}
	return compile.Compile(loaded.Playbook), loaded
}

// scenarios are those of a program.
func scenarios(tb tester, p *compile.Program) (all []*compile.Scenario) {
	tb.Helper()
	for _, from := range p.Playbook.Scenarios {
		s, err := p.Scenario(from)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// row is a row of the journal as text.
func row(p *compile.Program, contact string, r *engine.Row) string {
	name := func(i int32, of func(int) string) string {
		if i < 0 {
			return ""
		}
		return of(int(i))
	}
	program, stage := name(r.Program, func(i int) string { return p.Programs[i].Name }), name(r.Stage, func(i int) string { return p.Stages[i].Short })
	return fmt.Sprint([]any{contact, r.Seq, r.At, r.Kind.String(), name(r.Track, func(i int) string { return p.Tracks[i].Name }), program, stage,
		name(r.Offer, func(i int) string { return p.Offers[i].Name }), r.To, r.ToAt, r.Reason, r.By, r.Detail})
}

// simulated plays a simulation into a folder of exported files, and gives its journal.
func simulated(tb tester, folder string, o simulate.Options) (journal []string) {
	tb.Helper()
	export, err := simulate.NewExport(o.Program, folder)
	if err != nil {
		tb.Fatal(err)
	}
	o.Each = func(contact string, now int64, in []engine.Input, decided *engine.Effects) {
		export.Each(contact, now, in, decided)
		for i := range decided.Rows {
			journal = append(journal, row(o.Program, contact, &decided.Rows[i]))
		}
	}
	if _, err := simulate.Run(tb.Context(), o); err != nil {
		tb.Fatal(err)
	}
	if err := export.Close(); err != nil {
		tb.Fatal(err)
	}
	return journal
}

// played plays the exported files by a run over the same span, and gives its journal.
func played(tb tester, folder string, o simulate.Options, sources map[string]string) (journal []string) {
	tb.Helper()
	path := filepath.Join(folder, "nurture.db")
	summary, err := runtime.Run(tb.Context(), runtime.Options{
		Program: o.Program, Sources: sources, Store: path, Command: "test", From: &o.From, To: &o.To,
		Contacts: []string{filepath.Join(folder, simulate.ContactsFile)}, Events: []string{filepath.Join(folder, simulate.EventsFile)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	if summary.Intake.Rejected > 0 {
		rejects, _ := os.ReadFile(filepath.Join(folder, "rejects.jsonl"))
		tb.Fatal("rejected: ", string(rejects))
	}
	s, err := store.Read(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	err = s.Journal(store.Filter{}, func(e *store.Entry) error {
		journal = append(journal, fmt.Sprint([]any{e.Contact, e.Seq, e.At, e.Kind, e.Track, e.Program, e.Stage, e.Offer, e.To, e.Until, e.Reason, e.By, e.Detail}))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return journal
}

// agree wants the same journal of a simulation and of a run that is given its contacts and events.
func agree(tb tester, folder string, o simulate.Options, sources map[string]string) int {
	tb.Helper()
	foreseen, happened := simulated(tb, folder, o), played(tb, folder, o, sources)
	slices.Sort(foreseen)
	slices.Sort(happened)
	for i := range min(len(foreseen), len(happened)) {
		if foreseen[i] != happened[i] {
			tb.Fatal("foreseen ", foreseen[i], "\nhappened ", happened[i])
		}
	}
	if len(foreseen) != len(happened) {
		tb.Fatal(len(foreseen), " rows were foreseen, ", len(happened), " happened")
	}
	return len(foreseen)
}

// The same contacts and events come to the same journal, row by row, whoever plays them.
func TestSimulationAndRunAgree(t *testing.T) {
	for _, dir := range []string{"../../examples/minimal", "../../examples/saas", "../../examples/b2c_retail", "../../cmd/nurturec/starter"} {
		loaded, err := lang.Load(os.DirFS(dir))
		if err != nil || loaded.Failed() {
			t.Fatal(err, loaded.Diagnostics)
		}
		p := compile.Compile(loaded.Playbook)
		all := scenarios(t, p)
		if len(all) == 0 {
			t.Errorf("%s has no scenario", dir)
		}
		for _, s := range all {
			t.Run(filepath.Base(dir)+"/"+s.Name, func(t *testing.T) {
				o := simulate.Options{Program: p, Scenario: s, From: from, To: from + 365*day, Contacts: 300, Seed: 7}
				if n := agree(t, t.TempDir(), o, loaded.Sources); n < 1000 {
					t.Errorf("only %d rows", n)
				}
			})
		}
	}
}

// Playbooks at random, of all that a journal has rows for, with scenarios of all that can happen.
func TestSimulationAndRunAgreeAtRandom(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := randomPlaybook(r)
		p, loaded := program(r, text)
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		start := int64(from + rapid.IntRange(0, 400).Draw(r, "day")*day)
		o := simulate.Options{Program: p, Scenario: scenarios(r, p)[0], From: start, To: start + 120*day, Contacts: 8, Seed: rapid.Uint64().Draw(r, "seed")}
		agree(r, folder, o, loaded.Sources)
	})
}
