package why_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nurture/runtime/store"
	"nurture/runtime/why"
)

// What is said of an instant is the same then and later, whatever has happened since.
func TestAnyPastInstant(t *testing.T) {
	all, err := playbooks()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		w, life := lived(t, r, all)
		kind, name := w.question()
		asker := *w
		asker.now-- // what is due at the very instant at which the first run ends is done only later
		then := asker.ask(kind, name)
		if then == nil {
			return
		}
		until := w.now + rapid.Int64Range(1, 60*86400).Draw(r, "later")
		var lines []string
		for n := range rapid.IntRange(0, 5).Draw(r, "since") {
			lines = append(lines, w.pb.happening(r, life.key, n+100, rapid.Int64Range(w.now+1, until).Draw(r, "since at")))
		}
		w.run(w.path, w.now, until, "", eventsFile(t, lines))
		now := asker.ask(kind, name)
		now.Later = then.Later // that something came since is all that is new
		if a, b := written(r, then), written(r, now); a != b {
			r.Fatalf("%s %s of %s at %s: asked then\n%s\nasked at %s\n%s", kind, name, w.pb.name, stamp(w.now), a, stamp(until), b)
		}
	})
}

// The story tells each row of the journal, in its order, and why: a rule that was taken and a program that was entered
// by a condition that is true, a touch that was refused or held by what is not.
func TestStoryTellsWhy(t *testing.T) {
	all, err := playbooks()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		w, _ := lived(t, r, all)
		s, err := store.Read(w.path)
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		c, err := why.Open(s, w.key)
		if err != nil {
			r.Fatal(err)
		}
		for _, l := range c.Story(w.now) {
			if l.Entry == nil {
				continue
			}
			if l.By != "" && l.Rule == "" {
				r.Fatalf("%s: nothing stands at %s", l.Says, l.By)
			}
			asks := slices.ContainsFunc(l.Because, func(b why.Reason) bool { return b.Part != nil && !b.Part.Columns })
			holds := !slices.ContainsFunc(l.Because, func(b why.Reason) bool { return b.Part != nil && !b.Part.Columns && !b.Part.Holds })
			switch l.Kind {
			case "entered":
				if !asks || !holds {
					r.Fatalf("%s: entered by %v", w.pb.name, l.Because)
				}
			case "moved", "set", "forgot", "tagged":
				if !holds {
					r.Fatalf("%s: %s by %s (%s), which was not true: %v", w.pb.name, l.Says, l.Rule, l.By, l.Because)
				}
			case "refused", "held":
				if len(l.Because) == 0 || !slices.Contains(gatesOf[l.Entry.Reason], l.Because[0].Gate) {
					r.Fatalf("%s: %s %s, and the reason is %+v", w.pb.name, l.Where, l.Says, l.Because)
				}
			case "exhausted", "sent":
				if len(l.Because) == 0 {
					r.Fatalf("%s: %s %s, and no reason", w.pb.name, l.Where, l.Says)
				}
			}
		}
		if journal, told := journal(r, s, w.key), told(c); !slices.Equal(journal, told) {
			r.Fatalf("the journal:\n%v\nthe story:\n%v", journal, told)
		}
	})
}

// gatesOf are the gates that a reason of the journal is about.
var gatesOf = map[string][]string{
	"window": {why.GateWindow}, "skip": {why.GateSkip}, "cap": {why.GateCap}, "repeat": {why.GateAgain}, "published": {why.GateAgain},
	"consent": {why.GateConsent}, "stopped": {why.GateStop}, "address": {why.GateAddress}, "holdout": {why.GateHoldout},
	"where": {why.GateWhere}, "never": {why.GateWhere, why.GateNever},
}

func written(r *rapid.T, a *why.Answer) string {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}

// lived is a store with a made up life in it.
func lived(t *testing.T, r *rapid.T, all []*played) (*world, made) {
	pb := rapid.SampledFrom(all).Draw(r, "playbook")
	w := &world{t: t, r: r, pb: pb, now: began + rapid.Int64Range(1, 70*86400).Draw(r, "now"), path: filepath.Join(t.TempDir(), "nurture.db")}
	life := pb.life(r, w.now)
	w.key, w.cells = life.key, life.fields
	w.run(w.path, began, w.now, contactsFile(t, pb.p, life.key, life.fields), eventsFile(t, life.events))
	return w, life
}
