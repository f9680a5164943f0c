package why_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/store"
	"nurture/runtime/why"
)

// house is a store with a playbook that runs on it.
type house struct {
	t testing.TB
	runtime.Options
}

// open makes a store for the playbook of a folder.
func open(t testing.TB, folder string) *house {
	t.Helper()
	h := &house{t: t}
	h.Store, h.Workers = filepath.Join(t.TempDir(), "nurture.db"), 1
	h.adopt(folder)
	return h
}

func (h *house) adopt(folder string) {
	h.t.Helper()
	loaded, err := lang.Load(os.DirFS(folder))
	if err != nil {
		h.t.Fatal(err)
	}
	if loaded.Failed() {
		h.t.Fatalf("%s: %v", folder, loaded.Diagnostics)
	}
	h.Program, h.Sources = compile.Compile(loaded.Playbook), loaded.Sources
}

func (h *house) run(o runtime.Options) {
	h.t.Helper()
	if _, err := runtime.Run(context.Background(), o); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) replay(from, to string) {
	h.t.Helper()
	o := h.Options
	if from != "" {
		o.From = instant(h.t, from)
	}
	o.To = instant(h.t, to)
	h.run(o)
}

func (h *house) live(now string) {
	h.t.Helper()
	o := h.Options
	o.Now = func() int64 { return *instant(h.t, now) }
	h.run(o)
}

// look opens the store for reading.
func (h *house) look() *store.Store {
	h.t.Helper()
	s, err := store.Read(h.Store)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	return s
}

// everybody are the keys of all contacts of whom the journal says something.
func everybody(t testing.TB, s *store.Store) []string {
	t.Helper()
	seen := map[string]bool{}
	var keys []string
	err := s.Journal(store.Filter{}, func(e *store.Entry) error {
		if !seen[e.Contact] {
			seen[e.Contact] = true
			keys = append(keys, e.Contact)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func instant(t testing.TB, text string) *int64 {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			unix := at.Unix()
			return &unix
		}
	}
	t.Fatalf("%q is no instant", text)
	return nil
}

// agrees looks into some of all contacts, and says where the replay and the journal do not say the same. The state is
// the store's own, too, where no live run has looked at contacts at instants that left no trace.
func (h *house) agrees(most int, live bool) {
	h.t.Helper()
	s := h.look()
	keys := everybody(h.t, s)
	if len(keys) == 0 {
		h.t.Fatal("the journal is empty")
	}
	for i := 0; i < len(keys); i += max(1, len(keys)/most) {
		c, err := why.Open(s, keys[i])
		if err != nil {
			h.t.Fatal(err)
		}
		for _, d := range c.Differences() {
			h.t.Errorf("%s at %s: the journal says %q, the replay %q", c.Key, time.Unix(d.At, 0).UTC(), d.Journal, d.Replayed)
		}
		if !c.Exact() && !live {
			h.t.Errorf("%s: the replay came to another state than the store has", c.Key)
		}
		if lines := c.Story(c.Clock); len(lines) == 0 {
			h.t.Errorf("%s has no story", c.Key)
		}
	}
}

func TestReplayOfTheExamples(t *testing.T) {
	for _, example := range []string{"minimal", "saas", "b2c_retail"} {
		t.Run(example, func(t *testing.T) {
			folder := "../../examples/" + example
			h := open(t, folder)
			h.Contacts, h.Events = []string{folder + "/contacts.csv"}, []string{folder + "/events.jsonl"}
			h.replay("2026-01-01", "2026-03-10")
			h.replay("", "2026-03-11")
			h.replay("", "2026-07-01")
			h.agrees(40, false)
		})
	}
}

func TestReplayOfLiveRuns(t *testing.T) {
	folder := "../../examples/saas"
	h := open(t, folder)
	h.Contacts, h.Events = []string{folder + "/contacts.csv"}, []string{folder + "/events.jsonl"}
	for day := time.Date(2026, 1, 5, 7, 11, 0, 0, time.UTC); day.Month() < 5; day = day.Add(95*time.Hour + 37*time.Minute) {
		h.live(day.Format(time.RFC3339))
	}
	h.agrees(40, true)
}
