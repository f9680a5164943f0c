package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The span of the runs of a shop.
var span0, span1 = "2026-01-05", "2026-04-01"

// shop is what a user has: the playbook of `nurturec init` in play/, contacts.csv and events.jsonl of some people.
type shop struct {
	*testing.T
	dir string
}

func newShop(t *testing.T, people int) *shop {
	t.Helper()
	return newShopIn(t, t.TempDir(), people)
}

// newQuickShop is one in a quick folder.
func newQuickShop(t *testing.T, people int) *shop {
	t.Helper()
	return newShopIn(t, quickDir(t), people)
}

// quickDir is a folder in memory, where the system has such a place. What a process that dies has written is with the
// kernel: nothing has to wait for a disk to see what is left.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "nurture")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newShopIn(t *testing.T, dir string, people int) *shop {
	t.Helper()
	s := &shop{t, dir}
	s.says(0, "init", s.path("play"))
	contacts, events := crowd(people)
	s.file("contacts.csv", contacts)
	s.file("events.jsonl", events)
	return s
}

// crowd is people who arrive over weeks and do this and that; the same whenever it is asked for.
func crowd(people int) (contacts, events string) {
	begin := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	var c, e strings.Builder
	c.WriteString("email,role,first_name,company,first_seen,consent\n")
	for i := range people {
		key := fmt.Sprintf("p%04d@example.com", i)
		arrived := begin.Add(time.Duration(i%37) * 26 * time.Hour)
		fmt.Fprintf(&c, "%s,%s,%s,,%s,%s\n", key, pick(i, "maker", "buyer", ""), pick(i/3, "", "Ann", "Bob"), arrived.Format(time.RFC3339), pick(i/2, "yes", "yes", "yes", "yes", "no"))
		n := 0
		does := func(every int, event string, after time.Duration, fields string) {
			if n++; i%every == 0 {
				at := arrived.Add(after + time.Duration(i%7)*time.Minute)
				fmt.Fprintf(&e, `{"id":"%d-%d","contact":"%s","event":"%s","at":"%s"%s}`+"\n", i, n, key, event, at.Format(time.RFC3339), fields)
			}
		}
		const day = 24 * time.Hour
		does(2, "opened", 8*day, `,"offer":"checklist"`)
		does(3, "clicked", 9*day, `,"offer":"recipes"`)
		does(3, "visited", 10*day, `,"page":"/pricing"`)
		does(5, "submitted", 11*day, `,"offer":"checklist","company":"Acme"`)
		does(6, "sales.accepted", 13*day, ``)
		does(9, "sales.not_now", 16*day, ``)
		does(12, "sales.won", 20*day, ``)
		does(10, "clicked", 40*day, `,"offer":"letter"`)
		does(11, "unsubscribed", 30*day, ``)
		does(13, "bounced", 25*day, `,"hard":true`)
	}
	return c.String(), e.String()
}

func pick(i int, of ...string) string { return of[i%len(of)] }

func (s *shop) path(name string) string { return filepath.Join(s.dir, name) }

func (s *shop) file(name, text string) string {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o777); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o666); err != nil {
		s.Fatal(err)
	}
	return s.path(name)
}

// command carries out a command line in this process: a panic is one of the test.
func (s *shop) command(args ...string) (code int, said string) {
	var talk bytes.Buffer
	at := &terminal{in: strings.NewReader(""), out: &talk, err: &talk}
	code = command(context.Background(), args, at)
	return code, talk.String()
}

// says wants a command line to end with a code and to say these words, on whichever of its outputs.
func (s *shop) says(code int, args ...string) func(words ...string) {
	s.Helper()
	got, said := s.command(args...)
	if got != code {
		s.Errorf("nurturec %s: exit %d, not %d\n%s", strings.Join(args, " "), got, code, cut(said))
	}
	return func(words ...string) {
		s.Helper()
		for _, w := range words {
			if !strings.Contains(said, w) {
				s.Errorf("nurturec %s does not say %q, but\n%s", strings.Join(args, " "), w, cut(said))
			}
		}
	}
}

func cut(text string) string {
	if len(text) > 2000 {
		return text[:2000] + "…"
	}
	return text
}

// inputs are the arguments of a run over the shop's files, with its store in a folder of its own.
func (s *shop) inputs(folder string) []string {
	s.Helper()
	if err := os.MkdirAll(s.path(folder), 0o777); err != nil {
		s.Fatal(err)
	}
	return []string{"run", s.path("play"), "--store", s.store(folder), "--contacts", s.path("contacts.csv"), "--events", s.path("events.jsonl"), "--from", span0, "--to", span1}
}

func (s *shop) store(folder string) string { return filepath.Join(s.path(folder), "nurture.db") }

// process is a command line in a process of its own.
func (s *shop) process(args ...string) *exec.Cmd { return exec.Command("nurturec", args...) }

// came is all that came of the runs of a folder: the journal, and what was delivered, file by file.
func (s *shop) came(folder string) (journal, outbox string) {
	s.Helper()
	code, journal := s.command("journal", "--store", s.store(folder), "--format", "jsonl")
	if code != exitFine {
		s.Fatal(journal)
	}
	return journal, s.files(filepath.Join(s.path(folder), "outbox"))
}

// files are the files below a folder with what is in them.
func (s *shop) files(dir string) string {
	s.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		within, _ := filepath.Rel(dir, name)
		fmt.Fprintf(&all, "== %s\n%s\n", filepath.ToSlash(within), text)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return all.String()
}

// same wants the runs of a folder to have come to what an undisturbed run comes to.
func (s *shop) same(folder, what, journal, outbox string) bool {
	s.Helper()
	j, o := s.came(folder)
	return s.equal(what+": the journal", j, journal) && s.equal(what+": what was delivered", o, outbox)
}

func (s *shop) equal(what, got, want string) bool {
	s.Helper()
	if got == want {
		return true
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			at := func(lines []string) string {
				if i < len(lines) {
					return lines[i]
				}
				return "(nothing)"
			}
			s.Errorf("%s differs from an undisturbed run's, first in line %d\n got %s\nwant %s", what, i+1, at(g), at(w))
			break
		}
	}
	return false
}

// undisturbed is what the shop's files come to when nothing goes wrong.
func (s *shop) undisturbed() (journal, outbox string) {
	s.Helper()
	s.says(0, s.inputs("undisturbed")...)
	journal, outbox = s.came("undisturbed")
	for _, kind := range []string{"entered", "moved", "sent", "held", "refused", "exhausted", "handed", "withdrawn", "overdue", "task", "answered", "stopped"} {
		if !strings.Contains(journal, `"kind":"`+kind+`"`) {
			s.Fatalf("the crowd is not lively enough: nothing is %s", kind)
		}
	}
	return journal, outbox
}
