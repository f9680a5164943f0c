package why_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/store"
	"nurture/runtime/why"
)

// However a store came to be, by replays and live runs, with events that come late and playbooks that change, the replay
// says what the journal says.
func TestReplayOfAnyRuns(t *testing.T) {
	all, err := playbooks()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		w, _ := lived(t, r, all)
		now := w.now
		for n := range rapid.IntRange(1, 5).Draw(r, "runs") {
			if change := rapid.IntRange(0, 3).Draw(r, "the playbook changes"); change < 2 {
				w.pb = w.pb.changed(n, change == 0)
			}
			now += rapid.SampledFrom([]int64{0, 1, 3600, 86400, 9 * 86400}).Draw(r, "later")
			var lines []string
			for i := range rapid.IntRange(0, 3).Draw(r, "events") {
				lines = append(lines, w.pb.happening(r, w.key, 100*n+i+10, rapid.Int64Range(began, now).Draw(r, "at")))
			}
			if rapid.Bool().Draw(r, "live") {
				w.live(now, eventsFile(t, lines))
			} else {
				w.run(w.path, began, now, "", eventsFile(t, lines))
			}
		}
		s, err := store.Read(w.path)
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		c, err := why.Open(s, w.key)
		if err != nil {
			r.Fatal(err)
		}
		for _, d := range c.Differences() {
			r.Errorf("%s at %s: the journal says %q, the replay %q", w.pb.name, stamp(d.At), d.Journal, d.Replayed)
		}
		if journal, told := journal(r, s, w.key), told(c); !slices.Equal(journal, told) {
			r.Errorf("%s: the journal:\n%v\nthe story:\n%v", w.pb.name, journal, told)
		}
	})
}

// changed is the playbook with a line more at the top of each file, which changes only where its lines stand, and, where
// it is to, with a segment that nobody uses, which changes what it means.
func (pb *played) changed(n int, meaning bool) *played {
	again := *pb
	again.sources = map[string]string{}
	sources := map[string]string{}
	for name, text := range pb.sources {
		if strings.HasSuffix(name, lang.Extension) {
			text = "\n" + text
			sources[name] = text
		}
		again.sources[name] = text
	}
	if meaning {
		name := fmt.Sprintf("later%d%s", n, lang.Extension)
		sources[name] = fmt.Sprintf("segment later%d = true\n", n)
		again.sources[name] = sources[name]
	}
	again.p = compile.Compile(lang.Parse(sources, nil).Playbook)
	return &again
}

// live runs once at an instant of the wall clock.
func (w *world) live(now int64, events string) {
	o := runtime.Options{
		Program: w.pb.p, Sources: w.pb.sources, Store: w.path, Workers: 1, Events: []string{events},
		Now: func() int64 { return now }, Rejects: filepath.Join(w.t.TempDir(), "rejects.jsonl"),
	}
	if _, err := runtime.Run(context.Background(), o); err != nil {
		w.r.Fatal(err)
	}
}

func journal(r interface{ Fatal(...any) }, s *store.Store, key string) (all []store.Entry) {
	err := s.Journal(store.Filter{Contact: key}, func(e *store.Entry) error { all = append(all, *e); return nil })
	if err != nil {
		r.Fatal(err)
	}
	return all
}

// told are the decisions of a story.
func told(c *why.Case) (all []store.Entry) {
	for _, l := range c.Story(1 << 62) {
		if l.Entry != nil {
			all = append(all, *l.Entry)
		}
	}
	return all
}

// Where the store has lost what happened, the journal is believed, and the difference is said.
func TestDifferencesAreSaid(t *testing.T) {
	folder := "../../examples/minimal"
	h := open(t, folder)
	h.Contacts, h.Events = []string{folder + "/contacts.csv"}, []string{folder + "/events.jsonl"}
	h.replay("2026-01-01", "2026-07-01")
	conn, err := sqlite.OpenConn(h.Store, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteTransient(conn, "DELETE FROM inbox WHERE event <> 0", nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s := h.look()
	differ := 0
	for _, key := range everybody(t, s) {
		c, err := why.Open(s, key)
		if err != nil {
			t.Fatal(err)
		}
		differ += len(c.Differences())
		if len(c.Differences()) > 0 && c.Exact() {
			t.Errorf("%s: there are differences, and the state is said to be the store's", key)
		}
		if journal, told := journal(t, s, key), told(c); !slices.Equal(journal, told) {
			t.Errorf("%s: the story is not what the journal says:\n%v\n%v", key, journal, told)
		}
	}
	if differ == 0 {
		t.Error("events are missing, and nobody says so")
	}
}

// A playbook that ran and cannot be read any more takes away why, not what was decided, nor how the contact stands now.
func TestPlaybookThatCannotBeRead(t *testing.T) {
	folder := "../../examples/minimal"
	h := open(t, folder)
	h.Contacts, h.Events = []string{folder + "/contacts.csv"}, []string{folder + "/events.jsonl"}
	h.replay("2026-01-01", "2026-03-08")
	sound := h.Sources
	h.Sources = map[string]string{"welcome.nurture": "contact {"}
	h.replay("", "2026-03-12")
	h.Sources = sound
	h.replay("", "2026-07-01")
	s := h.look()
	lost := 0
	for _, key := range everybody(t, s) {
		c, err := why.Open(s, key)
		if err != nil {
			t.Fatal(err)
		}
		if journal, told := journal(t, s, key), told(c); !slices.Equal(journal, told) {
			t.Errorf("%s: the story is not what the journal says:\n%v\n%v", key, journal, told)
		}
		if c.Lost() < c.Last() {
			lost++
			if _, err := c.At(c.Lost()); err == nil {
				t.Errorf("%s: something is said of an instant that cannot be played again", key)
			}
		}
		if v, err := c.At(c.Clock); err != nil || v.State() == nil {
			t.Errorf("%s: nothing is known of now: %v", key, err)
		}
	}
	if lost == 0 {
		t.Error("nobody was decided about while the playbook ran that cannot be read")
	}
}
