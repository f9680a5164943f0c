package report_test

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
	"nurture/runtime/measure"
	"nurture/runtime/report"
	"nurture/runtime/simulate"
	"nurture/runtime/store"
)

const (
	from = 1767596400 // 2026-01-05 07:00 UTC, a Monday
	day  = 86400
)

// life is a simulation whose contacts and events stand in files.
type life struct {
	folder  string
	loaded  *lang.Loaded
	program *compile.Program
	to      int64
	figures *measure.Figures
}

// lived simulates the scenario of a playbook, and keeps what happened.
func lived(t *testing.T, dir string, days, contacts int) *life {
	t.Helper()
	loaded, err := lang.Load(os.DirFS(dir))
	if err != nil || loaded.Failed() {
		t.Fatal(err, loaded.Diagnostics)
	}
	l := &life{folder: t.TempDir(), loaded: loaded, program: compile.Compile(loaded.Playbook), to: from + int64(days)*day}
	scenario, err := l.program.Scenario(loaded.Playbook.Scenarios[0])
	if err != nil {
		t.Fatal(err)
	}
	export, err := simulate.NewExport(l.program, l.folder)
	if err != nil {
		t.Fatal(err)
	}
	m, err := simulate.Run(t.Context(), simulate.Options{Program: l.program, Scenario: scenario, From: from, To: l.to, Contacts: contacts, Seed: 3, Each: export.Each})
	if err != nil {
		t.Fatal(err)
	}
	if err := export.Close(); err != nil {
		t.Fatal(err)
	}
	l.figures = m.Figures()
	return l
}

// run plays what happened into the store, up to an instant.
func (l *life) run(t *testing.T, o runtime.Options) *runtime.Summary {
	t.Helper()
	if o.Program == nil {
		o.Program, o.Sources = l.program, l.loaded.Sources
	}
	o.Store, o.Command = l.store(), "test"
	o.Contacts, o.Events = []string{filepath.Join(l.folder, simulate.ContactsFile)}, []string{filepath.Join(l.folder, simulate.EventsFile)}
	summary, err := runtime.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func (l *life) store() string { return filepath.Join(l.folder, "nurture.db") }

func (l *life) report(t *testing.T, o report.Options) *report.Report {
	t.Helper()
	s, err := store.Read(l.store())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	o.Store = s
	r, err := report.Of(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// replay plays all that happened, in several cuts.
func (l *life) replay(t *testing.T, cuts ...int64) *runtime.Summary {
	t.Helper()
	begin := int64(from)
	for _, to := range cuts {
		l.run(t, runtime.Options{From: &begin, To: &to})
	}
	return l.run(t, runtime.Options{From: &begin, To: &l.to})
}

// Of the same contacts and events a report says what the simulation says, each number, wherever the run was cut.
func TestReportAndSimulationAgree(t *testing.T) {
	for _, dir := range []string{"../../examples/minimal", "../../examples/saas", "../../examples/b2c_retail"} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			l := lived(t, dir, 300, 200)
			l.replay(t, from+33*day+12345, from+150*day)
			r := l.report(t, report.Options{})
			if len(r.Notes) > 0 {
				t.Errorf("notes: %q", r.Notes)
			}
			same(t, l.figures, r.Figures)
			if l.figures.Messages.Sent < 200 {
				t.Errorf("only %d messages", l.figures.Messages.Sent)
			}
		})
	}
}

func same(t *testing.T, want, got *measure.Figures) {
	t.Helper()
	a, b := want.Tidy(), got.Tidy()
	if len(a) != len(b) {
		t.Fatalf("%d numbers were foreseen, %d are reported", len(a), len(b))
	}
	for i := range a {
		a, b := &a[i], &b[i]
		if a.Measure != b.Measure || a.By != b.By || a.Key != b.Key || math.Abs(a.Value-b.Value) > 1e-9*max(1, math.Abs(a.Value)) {
			t.Fatalf("foreseen %s %s %s: %g; reported %s %s %s: %g", a.Measure, a.By, a.Key, a.Value, b.Measure, b.By, b.Key, b.Value)
		}
	}
}

// Whatever part of the time is reported, what goes in comes out, and the sums are those of the journal.
func TestSums(t *testing.T) {
	l := lived(t, "../../examples/saas", 200, 200)
	summary := l.replay(t)
	instant := func(at int64) report.Instant {
		return func(*compile.Program) (int64, error) { return at, nil }
	}
	kinds := l.kinds(t)
	for _, cut := range [][2]int64{{from, l.to}, {from + 50*day + 7, l.to}, {from, from + 99*day}, {from + 20*day, from + 21*day}} {
		f := l.report(t, report.Options{From: instant(cut[0]), To: instant(cut[1])}).Figures
		sums(t, f)
		if want := kinds(engine.Sent, cut); f.Messages.Sent != want {
			t.Errorf("%d messages, and the journal has %d", f.Messages.Sent, want)
		}
		handed := int64(0)
		for _, h := range f.Handoffs {
			handed += h.Handed
		}
		if want := kinds(engine.Handed, cut); handed != want {
			t.Errorf("%d are handed, and the journal has %d", handed, want)
		}
	}
	f := l.report(t, report.Options{}).Figures
	if f.Contacts.All != summary.Contacts || f.Contacts.Nowhere != summary.Nowhere || f.Weeks[len(f.Weeks)-1].Nowhere != summary.Nowhere {
		t.Errorf("%+v, and the run says %d contacts, %d in no program", f.Contacts, summary.Contacts, summary.Nowhere)
	}
	for _, s := range f.Stages {
		if i := slices.IndexFunc(summary.Stages, func(c runtime.Count) bool { return c.Name == s.Stage }); summary.Stages[i].N != s.There {
			t.Errorf("%s has %d contacts, and the run says %d", s.Stage, s.There, summary.Stages[i].N)
		}
	}
	for i, g := range f.Goals {
		if of := summary.Goals[i]; g.Reached != of.Reached || g.All.Of+g.Open != of.Stays {
			t.Errorf("%s %s: %+v, and the run says %+v", g.Program, g.Goal, g, of)
		}
	}
}

// kinds counts rows of the journal.
func (l *life) kinds(t *testing.T) func(engine.Kind, [2]int64) int64 {
	t.Helper()
	s, err := store.Read(l.store())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := map[string][]int64{}
	if err := s.Journal(store.Filter{}, func(e *store.Entry) error { at[e.Kind] = append(at[e.Kind], e.At); return nil }); err != nil {
		t.Fatal(err)
	}
	return func(kind engine.Kind, span [2]int64) (n int64) {
		for _, at := range at[kind.String()] {
			if at >= span[0] && at < span[1] {
				n++
			}
		}
		return n
	}
}

// sums wants that what is counted in two ways comes to the same.
func sums(t *testing.T, f *measure.Figures) {
	t.Helper()
	var entered, left, sent, responded, programs, days, byOffer int64
	for _, s := range f.Stages {
		if s.Before+s.Entered != s.Left+s.There {
			t.Errorf("%s: %d were there, %d entered, %d left, %d are there", s.Stage, s.Before, s.Entered, s.Left, s.There)
		}
		in, out := int64(0), int64(0)
		for _, c := range s.From {
			in += c.N
		}
		for _, c := range s.To {
			out += c.N
		}
		if in != s.Entered || out != s.Left {
			t.Errorf("%s: %d of %d came from somewhere, %d of %d went somewhere", s.Stage, in, s.Entered, out, s.Left)
		}
		if s.ByWeek[len(s.ByWeek)-1] != s.There {
			t.Errorf("%s: %d at the end of the last week, %d at the end", s.Stage, s.ByWeek[len(s.ByWeek)-1], s.There)
		}
		entered, left = entered+s.Entered, left+s.Left
	}
	for _, o := range f.Offers {
		sent, responded = sent+o.Sent, responded+o.Responded.N
		if o.Contacts > o.Sent {
			t.Errorf("%s: %d contacts got %d messages", o.Offer, o.Contacts, o.Sent)
		}
	}
	for _, p := range f.Programs {
		programs += p.Sent
	}
	for _, d := range f.Days {
		days += d.Sent
	}
	for _, m := range f.Maps {
		for _, row := range m.Rows {
			for _, c := range row.Cells {
				byOffer += c.Of
			}
		}
	}
	if entered == 0 || sent != f.Messages.Sent || programs != sent || days != sent || responded != f.Messages.Responded.N || byOffer > sent {
		t.Errorf("%d entered; %d messages, %d by offer, %d by program, %d by day, %d from maps; %d answered, %d by offer",
			entered, f.Messages.Sent, sent, programs, days, byOffer, f.Messages.Responded.N, responded)
	}
}

// What a playbook has dropped is reported under its old name, and what it was in the map stays that.
func TestPlaybooksThatChanged(t *testing.T) {
	l := lived(t, "../../examples/saas", 120, 150)
	begin, middle := int64(from), int64(from+60*day)
	l.run(t, runtime.Options{From: &begin, To: &middle})
	sources := maps.Clone(l.loaded.Sources)
	changed := 0
	for file := range sources {
		for _, edit := range [][2]string{
			{"stage reprofile", "stage ask_again"}, {"turnback.reprofile", "turnback.ask_again"},
			{"breach_stories", "breach_book"}, {"content/breach_book", "content/breach_stories"},
			{"offer threat_report", "offer brand_new \"New\" { kind guide  for nurture  intent educate  content \"content/benchmarks.md\" }\noffer threat_report"},
		} {
			if next := strings.ReplaceAll(sources[file], edit[0], edit[1]); filepath.Ext(file) == lang.Extension && next != sources[file] {
				sources[file], changed = next, changed+1
			}
		}
	}
	for file := range sources {
		if filepath.Ext(file) == lang.Extension && changed > 0 {
			sources[file] += "\nmigrate turnback.reprofile -> turnback.ask_again\n"
			break
		}
	}
	content := func(path string) (string, error) { return l.loaded.Sources[path], nil }
	loaded := lang.Parse(onlyPlaybook(sources), content)
	if loaded.Failed() || changed < 3 {
		t.Fatal(changed, loaded.Diagnostics)
	}
	l.run(t, runtime.Options{Program: compile.Compile(loaded.Playbook), Sources: sources, To: &l.to})
	r := l.report(t, report.Options{})
	sums(t, r.Figures)
	if len(r.Notes) > 0 {
		t.Errorf("notes: %q", r.Notes)
	}
	old, now := offer(r.Figures, "breach_stories"), offer(r.Figures, "breach_book")
	if !old.Gone || old.Sent == 0 || old.Responded.N == 0 || now.Gone || now.Sent == 0 {
		t.Errorf("the offer that is gone: %+v, and the one in its place: %+v", old, now)
	}
	for _, s := range r.Figures.Stages {
		if s.Stage == "turnback.reprofile" && (!s.Gone || s.Entered == 0 || s.There != 0) {
			t.Errorf("the stage that is gone: %+v", s)
		}
	}
	mapped := int64(0)
	for _, row := range r.Figures.Maps[0].Rows {
		for _, c := range row.Cells {
			mapped += c.Of
		}
	}
	if mapped < 50 {
		t.Errorf("only %d messages have a column", mapped)
	}
}

func onlyPlaybook(sources map[string]string) map[string]string {
	own := map[string]string{}
	for file, text := range sources {
		if filepath.Ext(file) == lang.Extension {
			own[file] = text
		}
	}
	return own
}

func offer(f *measure.Figures, name string) measure.OfferFigures {
	for _, o := range f.Offers {
		if o.Offer == name {
			return o
		}
	}
	return measure.OfferFigures{}
}

// A live run decides when it is run, and of nearly all of its messages it can be told which column they were of.
func TestLiveRuns(t *testing.T) {
	l := lived(t, "../../examples/saas", 60, 150)
	for now := int64(from); now <= l.to; now += 31*3600 + 11 {
		l.run(t, runtime.Options{Now: func() int64 { return now }})
	}
	r := l.report(t, report.Options{})
	sums(t, r.Figures)
	all := [2]int64{math.MinInt64, math.MaxInt64}
	if want := l.kinds(t)(engine.Sent, all); r.Figures.Messages.Sent != want || want < 200 {
		t.Errorf("%d messages, and the journal has %d", r.Figures.Messages.Sent, want)
	}
	if len(r.Notes) > 0 {
		t.Errorf("notes: %q", r.Notes)
	}
}
