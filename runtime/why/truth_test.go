package why_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/store"
	"nurture/runtime/why"
)

// TestMain bounds the properties: one case of them is several runs.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "40"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// Every answer is true: what it asks for is done, to the store and by the run, and it comes at the instant that it names
// and not before; and without any one of the things that it asks for it does not. What it says never comes does not,
// whatever else happens.
func TestAnswersAreTrue(t *testing.T) {
	all, err := playbooks()
	if err != nil {
		t.Fatal(err)
	}
	asked, came, never := 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		w, _ := lived(t, r, all)
		kind, name := w.question()
		answer := w.ask(kind, name)
		if answer == nil || answer.Now {
			return
		}
		asked++
		next := &answer.Next
		switch {
		case next.Never != "":
			never++
			w.neverComes(answer)
		case next.Comes:
			came++
			w.comesTrue(answer)
		}
	})
	t.Logf("%d questions, %d with a way, %d without one for good", asked, came, never)
	if came == 0 || (came+never)*10 < asked*6 {
		t.Errorf("of %d questions only %d found an answer", asked, came+never)
	}
}

// world is a store in which somebody asks, and copies of it in which it is tried.
type world struct {
	t     *testing.T
	r     *rapid.T
	pb    *played
	key   string
	now   int64
	path  string
	cells map[string]string // that the last contacts file had
}

func (w *world) question() (kind, name string) {
	p := w.pb.p
	kinds := []string{why.AProgram, why.AStage}
	if len(p.Offers) > 0 {
		kinds = append(kinds, why.AnOffer, why.AnOffer, why.AnOffer)
	}
	kind = rapid.SampledFrom(kinds).Draw(w.r, "kind")
	switch kind {
	case why.AnOffer:
		return kind, p.Offers[rapid.IntRange(0, len(p.Offers)-1).Draw(w.r, "asked")].Name
	case why.AProgram:
		return kind, p.Programs[rapid.IntRange(0, len(p.Programs)-1).Draw(w.r, "asked")].Name
	}
	return kind, p.Stages[rapid.IntRange(0, len(p.Stages)-1).Draw(w.r, "asked")].Name
}

// ask asks; nil where the contact has not arrived.
func (w *world) ask(kind, name string) *why.Answer {
	s, err := store.Read(w.path)
	if err != nil {
		w.r.Fatal(err)
	}
	defer s.Close()
	c, err := why.Open(s, w.key)
	if err != nil {
		w.r.Fatal(err)
	}
	for _, d := range c.Differences() {
		w.r.Fatalf("at %s the journal says %q, the replay %q", stamp(d.At), d.Journal, d.Replayed)
	}
	if !c.Exact() {
		w.r.Fatal("the replay came to another state than the store has")
	}
	v, err := c.At(w.now)
	if err != nil {
		w.r.Fatal(err)
	}
	if v.State() == nil {
		return nil
	}
	ask := map[string]func(string) (*why.Answer, error){why.AnOffer: v.Offer, why.AProgram: v.InProgram, why.AStage: v.Stage}[kind]
	answer, err := ask(name)
	if err != nil {
		w.r.Fatal(err)
	}
	return answer
}

// run takes a store on to an instant with files; from counts in a new one.
func (w *world) run(path string, from, to int64, contacts, events string) {
	o := runtime.Options{Program: w.pb.p, Sources: w.pb.sources, Store: path, From: &from, To: &to, Workers: 1, Rejects: filepath.Join(w.t.TempDir(), "rejects.jsonl")}
	if contacts != "" {
		o.Contacts = []string{contacts}
	}
	if events != "" {
		o.Events = []string{events}
	}
	if _, err := runtime.Run(context.Background(), o); err != nil {
		w.r.Fatal(err)
	}
}

// copied is a copy of the store.
func (w *world) copied() string {
	path := filepath.Join(w.t.TempDir(), "copy.db")
	file, err := os.ReadFile(w.path)
	if err == nil {
		err = os.WriteFile(path, file, 0o666)
	}
	if err != nil {
		w.r.Fatal(err)
	}
	return path
}

// carryOut does what an answer asks for, without one of its needs (-1: all of them), and runs on through an instant. It
// says when what was asked for came.
func (w *world) carryOut(a *why.Answer, without int, until int64) (came int64, doable bool) {
	path, clock := w.copied(), w.now
	needs := slices.Clone(a.Next.Needs)
	if without >= 0 {
		needs = slices.Delete(needs, without, without+1)
	}
	cells := w.cells
	for len(needs) > 0 {
		at := needs[0].At
		if at > clock {
			w.run(path, clock, at, "", "")
			clock = at
		}
		fields, lines := map[string]string{}, []string{}
		for n := 0; len(needs) > 0 && needs[0].At == at; n++ {
			if need := &needs[0]; need.Field != compile.None {
				name := w.pb.p.Fields[need.Field].Name
				if fields[name] = w.pb.p.Fields[need.Field].Format(need.Value); fields[name] == cells[name] {
					return 0, false // the file before says so already: only another way than a file could say it again
				}
			} else {
				lines = append(lines, w.event(need, n))
			}
			needs = needs[1:]
		}
		contacts, events := "", ""
		if len(fields) > 0 {
			contacts, cells = contactsFile(w.t, w.pb.p, w.key, fields), fields
		}
		if len(lines) > 0 {
			events = eventsFile(w.t, lines)
		}
		w.run(path, clock, at+1, contacts, events)
		clock = at + 1
	}
	if until+1 > clock {
		w.run(path, clock, until+1, "", "")
	}
	return w.cameAt(path, a), true
}

// event is a need as a line of an events file.
func (w *world) event(need *why.Need, n int) string {
	e := &w.pb.p.Events[need.Event]
	line := map[string]any{"id": fmt.Sprint("need", n, need.At), "contact": w.key, "event": e.Name, "at": stamp(need.At)}
	if need.Offer != compile.None {
		line["offer"] = w.pb.p.Offers[need.Offer].Name
	}
	for i, v := range need.With {
		if v.Known {
			line[e.Fields[i].Name] = e.Fields[i].Format(v)
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		w.r.Fatal(err)
	}
	return string(text)
}

// cameAt is the first instant from now on at which the journal says that it came, calendar.Never where it does not.
func (w *world) cameAt(path string, a *why.Answer) int64 {
	s, err := store.Read(path)
	if err != nil {
		w.r.Fatal(err)
	}
	defer s.Close()
	at := calendar.Never
	err = s.Journal(store.Filter{Contact: w.key}, func(e *store.Entry) error {
		is := false
		program, _, _ := cut(e.To)
		switch a.Kind {
		case why.AnOffer:
			is = e.Kind == "sent" && e.Offer == a.Name
		case why.AStage:
			is = e.Kind == "entered" && e.Program+"."+e.Stage == a.Name || e.Kind == "moved" && e.To == a.Name
		case why.AProgram:
			is = e.Kind == "entered" && e.Program == a.Name || e.Kind == "moved" && program == a.Name && e.Program != a.Name
		}
		if is && e.At >= w.now && at == calendar.Never {
			at = e.At
		}
		return nil
	})
	if err != nil {
		w.r.Fatal(err)
	}
	return at
}

func cut(stage string) (program, short string, ok bool) {
	for i := range stage {
		if stage[i] == '.' {
			return stage[:i], stage[i+1:], true
		}
	}
	return stage, "", false
}

// comesTrue does what the answer asks for, and looks when it comes; then again without each thing that it asks for.
func (w *world) comesTrue(a *why.Answer) {
	came, doable := w.carryOut(a, -1, a.Next.At)
	if !doable {
		return
	}
	if came != a.Next.At {
		w.r.Fatalf("%s %s of %s: asked for %v, said %s, came %s", a.Kind, a.Name, w.pb.name, w.told(a), stamp(a.Next.At), shownOrNever(came))
	}
	if a.Kind == why.AnOffer && len(a.Next.Needs) == 0 {
		w.opensThen(a)
	}
	for i := range a.Next.Needs {
		came, doable := w.carryOut(a, i, a.Next.At)
		if doable && came <= a.Next.At {
			w.r.Fatalf("%s %s of %s: %v was asked for, and without number %d it came at %s", a.Kind, a.Name, w.pb.name, w.told(a), i+1, stamp(came))
		}
	}
}

// opensThen looks at the gates of an offer that time alone brings: at the instant at which it comes they are all open on
// one of the ways, and the second before on none.
func (w *world) opensThen(a *why.Answer) {
	at := a.Next.At
	path := w.copied()
	w.run(path, w.now, at, "", "")
	there := &world{t: w.t, r: w.r, pb: w.pb, key: w.key, now: at, path: path}
	then := there.ask(a.Kind, a.Name)
	if !then.Next.Comes || len(then.Next.Needs) > 0 || then.Next.At != at {
		w.r.Fatalf("%s of %s was to come at %s by itself, and then it is said: %+v", a.Name, w.pb.name, stamp(at), then.Next)
	}
	moves := slices.ContainsFunc(then.Ways, func(way why.Way) bool { return !way.Gates[0].Open && !way.Gates[0].Shut })
	if !slices.ContainsFunc(then.Ways, passable) && !(moves && !slices.ContainsFunc(then.Ways, stands)) {
		w.r.Fatalf("%s of %s comes at %s, and no way is open: %+v", a.Name, w.pb.name, stamp(at), then.Ways)
	}
	if there.now--; there.now < w.now {
		return
	}
	if before := there.ask(a.Kind, a.Name); slices.ContainsFunc(before.Ways, passable) {
		w.r.Fatalf("%s of %s comes at %s, and a second before a way is open: %+v", a.Name, w.pb.name, stamp(at), before.Ways)
	}
}

// passable says whether all gates of a way are open, stands whether the contact stands where it begins.
func passable(way why.Way) bool {
	return !slices.ContainsFunc(way.Gates, func(g why.Gate) bool { return !g.Open })
}

func stands(way why.Way) bool { return way.Gates[0].Open }

func shownOrNever(at int64) string {
	if at == calendar.Never {
		return "never"
	}
	return stamp(at)
}

func (w *world) told(a *why.Answer) (all []string) {
	for i := range a.Next.Needs {
		n := &a.Next.Needs[i]
		if n.Field != compile.None {
			all = append(all, stamp(n.At)+" "+w.pb.p.Fields[n.Field].Name+"="+w.pb.p.Fields[n.Field].Format(n.Value))
		} else {
			all = append(all, w.event(n, 0))
		}
	}
	return all
}

// neverComes lets a year of other things happen.
func (w *world) neverComes(a *why.Answer) {
	path := w.copied()
	var lines []string
	for n := range rapid.IntRange(0, 12).Draw(w.r, "later") {
		lines = append(lines, w.pb.happening(w.r, w.key, n, rapid.Int64Range(w.now, w.now+300*86400).Draw(w.r, "later at")))
	}
	w.run(path, w.now, w.now+400*86400, "", eventsFile(w.t, lines))
	if came := w.cameAt(path, a); came != calendar.Never {
		w.r.Fatalf("%s %s of %s came at %s, and was said never to come: %s", a.Kind, a.Name, w.pb.name, stamp(came), a.Next.Never)
	}
}
