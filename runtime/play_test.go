package runtime_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime"
	"nurture/runtime/deliver"
	"nurture/runtime/store"
)

// The playbook of most tests: every kind of thing happens in it within weeks.
const playbook = `
contact {
  email      email key
  first_seen time  arrived
  role       enum("it", "dev")  question light "What do you do?"
  consent    bool
}

topics alpha, beta
roles  owner

event visited { page text }

offer a1 "Alpha one" { kind guide  topic alpha  for nurture  intent educate  content "a.md"  asks 1 }
offer a2 "Alpha two" { kind guide  topic alpha  for nurture  intent educate  content "a.md" }
offer b1 "Beta one"  { kind guide  topic beta   for nurture  intent educate  content "a.md" }
offer b2 "Beta two"  { kind guide  topic beta   for nurture  intent educate  content "a.md" }

map all {
  topic | otherwise
  alpha | a1, a2
  beta  | b1, b2
}

policy {
  timezone "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  stop     on unsubscribed
}

handoff sales "Sales" {
  channel  crm
  brief    "brief.md"
  accept   within 2d
  outcomes accepted, lost
}

program first_steps "First steps" {
  phase nurture
  enter when known(contact.email)
  goal  sales.accepted within 60d target 10%

  stage learn {
    send from all every 5d
    task "Have a look" to owner within 3d
    on response -> with_sales
    on visited where event.page startsWith "/pricing" -> with_sales
    after 40d   -> with_sales.rest
  }
}

program with_sales "With sales" {
  phase nurture

  stage warm {
    hand to sales
    on sales.accepted -> rest { tag "sales" }
    on sales.lost     -> first_steps
    on sales.overdue  -> first_steps
  }
  stage rest {
    send b2 every 30d
    on sales.lost -> first_steps
    on visited    -> first_steps
    on sales.overdue -> first_steps
  }
}
`

const mail = "---\nsubject: Hello {{ contact.email }}\n---\n\nYou work in {{ contact.role | default: \"something\" }}.\n"
const brief = "Look at {{ contact.email }}:\n\n{% for line in journal %}- {{ line }}\n{% endfor %}"

// load compiles a playbook.
func load(t testing.TB, text string) *lang.Loaded {
	t.Helper()
	loaded, err := lang.Load(fstest.MapFS{
		"p.nurture": {Data: []byte(text)}, "a.md": {Data: []byte(mail)}, "brief.md": {Data: []byte(brief)},
		"plain.md": {Data: []byte("---\nsubject: Hello\n---\n\nThis week.\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range loaded.Diagnostics {
		if d.Severity == diag.Error {
			t.Fatalf("%s at %v: %s", d.Code, d.Span, d.Message)
		}
	}
	return loaded
}

// house is where a test runs: a playbook, a store, files.
type house struct {
	t   testing.TB
	dir string
	runtime.Options
}

func newHouse(t testing.TB, text string) *house {
	loaded := load(t, text)
	h := &house{t: t, dir: t.TempDir()}
	h.Program, h.Sources = compile.Compile(loaded.Playbook), loaded.Sources
	h.Command, h.Workers = "nurturec run test", 2
	h.in(h.dir)
	return h
}

// in moves the store and what goes out to another folder.
func (h *house) in(dir string) {
	h.dir, h.Store = dir, filepath.Join(dir, "nurture.db")
	sender, err := deliver.Open("file:" + filepath.Join(dir, "outbox"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { sender.Close() })
	h.Sender = sender
}

// adopt runs another playbook from now on.
func (h *house) adopt(text string) {
	loaded := load(h.t, text)
	h.Program, h.Sources = compile.Compile(loaded.Playbook), loaded.Sources
}

// contacts and events write the files that the next runs take.
func (h *house) contacts(rows ...string) {
	h.Contacts = []string{h.file("contacts.csv", append([]string{"email,first_seen,role,consent"}, rows...))}
}

func (h *house) events(lines ...string) { h.Events = []string{h.file("events.jsonl", lines)} }

func (h *house) file(name string, lines []string) string {
	path := filepath.Join(h.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		h.t.Fatal(err)
	}
	return path
}

func event(id, contact, at, name, more string) string {
	return fmt.Sprintf(`{"id":%q,"contact":%q,"event":%q,"at":%q%s}`, id, contact, name, at, more)
}

func instant(t testing.TB, text string) *int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	unix := at.Unix()
	return &unix
}

// replay runs up to an instant; a new store goes from `from`.
func (h *house) replay(from, to string) *runtime.Summary {
	h.t.Helper()
	summary, err := h.tryReplay(context.Background(), from, to)
	if err != nil {
		h.t.Fatal(err)
	}
	return summary
}

func (h *house) tryReplay(ctx context.Context, from, to string) (*runtime.Summary, error) {
	h.t.Helper()
	o := h.Options
	if from != "" {
		o.From = instant(h.t, from)
	}
	o.To = instant(h.t, to)
	return runtime.Run(ctx, o)
}

// live runs once at an instant of the wall clock.
func (h *house) live(now string) *runtime.Summary {
	h.t.Helper()
	o := h.Options
	o.Now = func() int64 { return *instant(h.t, now) }
	summary, err := runtime.Run(context.Background(), o)
	if err != nil {
		h.t.Fatal(err)
	}
	return summary
}

// journal is the journal as text, a line a row.
func (h *house) journal() string {
	h.t.Helper()
	s, err := store.Read(h.Store)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	var text strings.Builder
	err = s.Journal(store.Filter{}, func(e *store.Entry) error {
		fmt.Fprintf(&text, "%s %s %d %s", stamp(e.At), e.Contact, e.Seq, e.Kind)
		to := e.To
		if e.Until != 0 {
			to = stamp(e.Until)
		}
		for _, word := range []string{e.Track, strings.Trim(e.Program+"."+e.Stage, "."), e.Offer, to, e.Reason, e.By, e.Detail} {
			if word != "" {
				text.WriteString(" " + word)
			}
		}
		text.WriteString("\n")
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return text.String()
}

// outbox is the outbox as text, a line a row, and then the files that went out with their content.
func (h *house) outbox() string {
	h.t.Helper()
	s, err := store.Read(h.Store)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	var text strings.Builder
	err = s.Outbox(func(o *store.Outgoing) error {
		fmt.Fprintf(&text, "%s %s %s %s %s %s\n", stamp(o.At), o.Key(), o.Stage, o.Channel, o.State, o.Body)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	out := files(h.t, filepath.Join(h.dir, "outbox"))
	for _, name := range slices.Sorted(maps.Keys(out)) {
		fmt.Fprintf(&text, "%s %s\n", name, out[name])
	}
	return text.String()
}

// files gives what stands below a folder, by path.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func stamp(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02T15:04:05Z") }

// crowd makes contacts and events: people who arrive over weeks and do this and that.
func (h *house) crowd(people int) {
	begin := *instant(h.t, "2026-03-02T08:00:00Z")
	var contacts, events []string
	for i := range people {
		key := fmt.Sprintf("p%03d@example.com", i)
		contacts = append(contacts, fmt.Sprintf("%s,%s,%s,%s", key, stamp(begin+int64(i%17)*86400), []string{"it", "dev", ""}[i%3], []string{"yes", "yes", "yes", "no"}[i%4]))
		later := func(hours int) string { return stamp(begin + int64(i%17)*86400 + int64(hours+i%5)*3600) }
		if i%2 == 0 {
			events = append(events, event(fmt.Sprint("c", i), key, later(40), "clicked", `,"offer":"a1"`))
		}
		if i%4 == 0 {
			events = append(events, event(fmt.Sprint("s", i), key, later(60), []string{"sales.accepted", "sales.lost"}[i/4%2], ""))
		}
		if i%5 == 0 {
			events = append(events, event(fmt.Sprint("v", i), key, later(900), "visited", `,"page":"/pricing"`))
		}
		if i%11 == 0 {
			events = append(events, event(fmt.Sprint("u", i), key, later(300), "unsubscribed", ""))
		}
	}
	h.contacts(contacts...)
	h.events(events...)
}

// TestMain bounds the properties: one case of them is several runs.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
