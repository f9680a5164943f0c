package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const huge = 100 << 20

// Files that no program would write and every user has: each is told what is wrong with it, and what is sound beside it
// comes to the same as without it.
func TestHostileInputs(t *testing.T) {
	s := newShop(t, 40)
	journal, outbox := s.undisturbed()
	header := "email,role,first_name,company,first_seen,consent\n"
	for i, c := range []struct {
		name             string
		contacts, events string // a file more of them
		code             int
		says             []string
		rejects          []string // what rejects.jsonl says
	}{
		{name: "random bytes as contacts", contacts: noise(t, 1), code: 2, says: []string{"nurturec: read ", "hostile-0", "its first line should name the columns"}},
		{name: "random bytes as events", events: noise(t, 2), says: []string{"lines rejected"}, rejects: []string{`"line":1,`, "the line is not UTF-8; save the file as UTF-8"}},
		{name: "random letters as contacts", contacts: "jklö;asdf\n\n;;;\n", code: 2, says: []string{`has no column "email" for the field `}},
		{name: "an empty file as contacts", contacts: "\n", code: 2, says: []string{"hostile-3", "is empty"}},
		{name: "a line of 100 MB in contacts", contacts: header + "\x00", says: []string{"1 line rejected"}, rejects: []string{`"line":2,`, "the line has more than 1048576 bytes"}},
		{name: "a line of 100 MB in events", events: `{"contact":"p0001@example.com","event":"visited","at":"2026-02-01","page":"` + "\x00", says: []string{"1 line rejected"}, rejects: []string{`"line":1,`, "the line has more than 1048576 bytes"}},
		{name: "a contact without a key", contacts: header + ",maker,Ann,,2026-02-01,yes\n", says: []string{"1 line rejected"}, rejects: []string{`"column":"email"`, "the line has no key"}},
		{name: "a key that is no address", contacts: header + "somebody,maker,Ann,,2026-02-01,yes\n", says: []string{"1 line rejected"}, rejects: []string{`"value":"somebody"`, "is no e-mail address; write it as ann@example.com"}},
		{name: "two contacts with one key", contacts: header + "zed@example.com,,,,2027-02-01,yes\nZed@Example.com,,,,2027-03-01,yes\n", says: []string{"1 line rejected"}, rejects: []string{`"line":3`, "an earlier line of this file has the same key; the first one counts"}},
		{name: "a contact of the year 9999", contacts: header + "zed@example.com,,,,9999-12-31T23:59:59Z,yes\n", says: []string{"0 lines rejected"}},
		{name: "a contact of the year 10000", contacts: header + "zed@example.com,,,,10000-01-01,yes\n", says: []string{"1 line rejected"}, rejects: []string{`"10000-01-01\" is no time; write it as 2026-03-04T09:12:00Z`}},
		{name: "an event of the year 9999", events: `{"contact":"p0001@example.com","event":"visited","at":"9999-12-31T23:59:59Z","page":"/"}`, says: []string{"0 lines rejected"}},
		{name: "an event for nobody", events: `{"contact":"nobody@example.com","event":"visited","at":"2026-02-01","page":"/"}`, says: []string{"1 line rejected"}, rejects: []string{`"value":"nobody@example.com"`, "nobody knows this contact"}},
		{name: "an event from before the contact arrived", events: `{"contact":"p0001@example.com","event":"visited","at":"2025-02-01","page":"/"}`, says: []string{"1 line rejected"}, rejects: []string{"the contact arrived only at 2026-01-06T10:00:00Z"}},
		{name: "an event that the playbook has not", events: `{"contact":"p0001@example.com","event":"visitted","at":"2026-02-01","page":"/"}`, says: []string{"1 line rejected"}, rejects: []string{"did you mean `visited`?"}},
		{name: "deep JSON", events: strings.Repeat("[", 200_000), says: []string{"1 line rejected"}, rejects: []string{`"line":1,`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shop{t, s.dir}
			folder := fmt.Sprint("run", i)
			args := s.inputs(folder)
			if c.contacts != "" {
				args = append(args, "--contacts", s.hostile(fmt.Sprint("hostile-", i, ".csv"), c.contacts))
			}
			if c.events != "" {
				args = append(args, "--events", s.hostile(fmt.Sprint("hostile-", i, ".jsonl"), c.events))
			}
			s.says(c.code, args...)(c.says...)
			rejects, _ := os.ReadFile(filepath.Join(s.path(folder), "rejects.jsonl"))
			for _, want := range c.rejects {
				if !strings.Contains(string(rejects), want) {
					t.Errorf("rejects.jsonl does not say %q, but\n%s", want, cut(string(rejects)))
				}
			}
			if c.code != 0 {
				s.says(0, s.inputs(folder)...)
			}
			s.same(folder, "with it", journal, outbox)
		})
	}
}

// hostile writes a file; a text that ends with a zero goes on with them for 100 MB, and is a line.
func (s *shop) hostile(name, text string) string {
	s.Helper()
	file := s.file(name, text)
	if strings.HasSuffix(text, "\x00") {
		if err := os.Truncate(file, huge); err != nil {
			s.Fatal(err)
		}
	}
	return file
}

// noise is random bytes.
func noise(t *testing.T, seed uint64) string {
	t.Helper()
	random := rand.NewChaCha8([32]byte{byte(seed)})
	bytes := make([]byte, 20_000)
	random.Read(bytes)
	return string(bytes)
}

// What stands in a playbook's folder, in place of a line or a file of the one that init writes.
func TestHostilePlaybooks(t *testing.T) {
	for _, c := range []struct {
		name string
		mar  func(s *shop)
		code int // of check; a run of what has findings ends with the same
		says []string
	}{
		{"random bytes", func(s *shop) { s.file("play/noise.nurture", noise(t, 3)) }, 1, []string{"noise.nurture:1:", "error NUR"}},
		{"a line of 100 MB", func(s *shop) { s.hostile("play/long.nurture", "\x00") }, 1,
			[]string{"error NUR302: long.nurture is larger than 64 MB and was not read; split it"}},
		{"a line of 5 MB", func(s *shop) { s.file("play/long.nurture", strings.Repeat("x", 5<<20)) }, 1, []string{"long.nurture:1:1: error NUR"}},
		{"random bytes as content", func(s *shop) { s.file("play/content/letter.md", noise(t, 4)) }, 1,
			[]string{"content/letter.md:1:2: error NUR250: line 1 is not UTF-8 text: save the file as UTF-8"}},
		{"content of 100 MB", func(s *shop) { s.hostile("play/content/letter.md", "\x00") }, 1,
			[]string{"offers.nurture:7:", "content/letter.md cannot be read: it is larger than 8 MB"}},
		{"content that is a folder", func(s *shop) { s.remove("play/content/letter.md"); s.file("play/content/letter.md/a", "") }, 1,
			[]string{"offers.nurture:7:", "content/letter.md cannot be read: it is not a regular file"}},
		{"content that is not there", func(s *shop) { s.remove("play/content/letter.md") }, 1,
			[]string{"offers.nurture:7:", "there is no file content/letter.md in the playbook's folder; write it, or mend the path"}},
		{"content above the folder", func(s *shop) { s.swap("play/offers.nurture", "content/letter.md", "../letter.md") }, 1,
			[]string{"offers.nurture:7:", "error NUR134: the path leads out of the playbook's folder"}},
		{"content above the folder by a detour", func(s *shop) { s.swap("play/offers.nurture", "content/letter.md", "content/../../letter.md") }, 1,
			[]string{"offers.nurture:7:", "error NUR134: the path leads out of the playbook's folder"}},
		{"content by an absolute path", func(s *shop) { s.swap("play/offers.nurture", "content/letter.md", "/etc/passwd") }, 1,
			[]string{"offers.nurture:7:", "error NUR134: write the file's path inside the playbook's folder"}},
		{"content by a link out of the folder", func(s *shop) { s.remove("play/content/letter.md"); s.link("/etc/passwd", "play/content/letter.md") }, 1,
			[]string{"offers.nurture:7:", "content/letter.md cannot be read: it is a link that leads out of the playbook's folder"}},
		{"content in a folder that is a link", func(s *shop) {
			if err := os.Rename(s.path("play/content"), s.path("elsewhere")); err != nil {
				s.Fatal(err)
			}
			s.link("../elsewhere", "play/content")
		}, 1, []string{"content/brief.md cannot be read: it is a link that leads out of the playbook's folder"}},
		{"a playbook file by a link out of the folder", func(s *shop) { s.link("/etc/passwd", "play/more.nurture") }, 1,
			[]string{"error NUR301: more.nurture is a link that leads out of the playbook's folder"}},
		{"a playbook file that cannot be read", func(s *shop) { s.link("more.nurture", "play/more.nurture") }, 1, []string{"error NUR301: more.nurture cannot be read: "}},
		{"a time zone that does not exist", func(s *shop) { s.swap("play/playbook.nurture", "Europe/Berlin", "Europe/Berlim") }, 1,
			[]string{"playbook.nurture:", `error NUR140: there is no time zone "Europe/Berlim"; write an IANA name`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t, 3)
			c.mar(s)
			s.says(c.code, "check", s.path("play"))(c.says...)
			s.says(c.code, s.inputs("run")...)(append(c.says, "the playbook does not run")...)
			if _, err := os.Stat(s.store("run")); err == nil {
				t.Error("a store was made all the same")
			}
		})
	}
}

func (s *shop) remove(name string) {
	s.Helper()
	if err := os.RemoveAll(s.path(name)); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) link(to, name string) {
	s.Helper()
	if err := os.Symlink(to, s.path(name)); err != nil {
		s.Fatal(err)
	}
}

// swap replaces text in a file, which must be there.
func (s *shop) swap(name, old, new string) {
	s.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		s.Fatalf("%s does not say %q", name, old)
	}
	s.file(name, strings.ReplaceAll(string(text), old, new))
}

func TestFoldersThatCannotBeRead(t *testing.T) {
	s := newShop(t, 3)
	s.link("circle", "circle")
	for _, verb := range []string{"check", "fmt", "run"} {
		s.says(2, verb, s.path("circle"))("nurturec: ", s.path("circle"), " cannot be read: too many levels of symbolic links")
		s.says(2, verb, s.path("nowhere"))("nurturec: there is no ", s.path("nowhere"))
	}
}

// Ten thousand stages check, format and run.
func TestManyStages(t *testing.T) {
	const stages = 10_000
	s := newShop(t, 3)
	s.remove("play")
	var text strings.Builder
	text.WriteString("contact {\n  email  email  key\n}\nprogram long {\n  phase nurture\n  enter when true\n")
	for i := range stages {
		fmt.Fprintf(&text, "  stage s%d { after 1d -> s%d }\n", i, (i+1)%stages)
	}
	text.WriteString("}\n")
	s.file("play/long.nurture", text.String())
	s.says(0, "check", s.path("play"))("a contact that falls silent goes round for ever and gets nothing any more: from `long.s0` it after 1d goes to `long.s1`;", " in 1 file")
	s.says(0, "fmt", s.path("play"))()
	s.says(0, "fmt", "--check", s.path("play"))()
	s.says(0, s.inputs("run")...)("long.s85       3\n")
	s.says(0, "contact", "p0000@example.com", "--store", s.store("run"))("long.s85 ", "-> long.s86")
}

// `when` rules that lead back to where they began end after some moves, at every instant at which they do, and say so.
func TestCircleOfWhens(t *testing.T) {
	s := newShop(t, 3)
	s.remove("play")
	s.file("play/circle.nurture", `contact {
  email  email  key
  role   text
}
program circle {
  phase nurture
  enter when true
  stage here  { when contact.role == "maker" -> there }
  stage there { when known(contact.role) -> here }
}
`)
	s.says(0, s.inputs("run")...)("Errors in the journal, which `nurturec journal --kind error` shows", "  error  3")
	s.says(0, "journal", "--store", s.store("run"), "--kind", "error")("p0000@example.com", "the rules go round in a circle, and the contact stays here", "circle.nurture:8")
	s.says(0, "contact", "p0000@example.com", "--store", s.store("run"))("circle.here")
}
