package lang

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"nurture/lang/diag"
)

const (
	contact = "contact { email email key }\n"
	letter  = "---\nsubject: Hello\n---\nHello {{ contact.email }}.\n"
)

// report loads a folder and gives what is wrong as a person reads it.
func report(t *testing.T, fsys fs.FS) string {
	t.Helper()
	l, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if l.Playbook == nil {
		t.Fatal("no playbook")
	}
	var out bytes.Buffer
	if err := diag.Text(&out, l.Diagnostics, l.Sources, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLoad(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files fstest.MapFS
		want  []string // the beginning of each diagnostic
	}{
		{"sound", fstest.MapFS{
			"b.nurture":        {Data: []byte("offer x \"X\" { content \"c/x.md\" }\n")},
			"a.nurture":        {Data: []byte(contact)},
			"c/x.md":           {Data: []byte(letter)},
			"old/gone.nurture": {Data: []byte("not looked at")},
			"notes.txt":        {Data: []byte("nor this")},
			"folder.nurture/a": {Data: []byte("nor this")},
		}, nil},
		{"no playbook", fstest.MapFS{"notes.txt": {}}, []string{"error NUR300: there is no *.nurture file in this folder; run `nurturec init DIR`"}},
		{"by file and place, content behind", fstest.MapFS{
			"b.nurture": {Data: []byte("offer y \"Y\" { topic b  content \"a.md\" }\nofer z \"Z\" { content \"a.md\" }\n")},
			"c.nurture": {Data: []byte("offer x \"X\" { topic a  content \"x.md\" }\n" + contact)},
			"a.md":      {Data: []byte(strings.ReplaceAll(letter, "email", "mail"))},
		}, []string{
			"b.nurture:1:21: error NUR103: there is no topic `b`; the playbook declares no topic",
			"b.nurture:2:1: error NUR001",
			"c.nurture:1:21: error NUR103: there is no topic `a`; the playbook declares no topic",
			"c.nurture:1:32: error NUR135: there is no file x.md in the playbook's folder; write it, or mend the path",
			"a.md:4:18: error NUR260",
		}},
		{"what follows from a broken statement", fstest.MapFS{"a.nurture": {Data: []byte(contact + "program p \"P\" {\n  stage s {\n    on opened ->\n  }\n}\n")}}, []string{
			"a.nurture:4:15: error NUR003",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := report(t, tc.files)
			var heads []string
			for _, line := range strings.Split(got, "\n") {
				if strings.Contains(line, "error NUR") {
					heads = append(heads, line)
				}
			}
			if len(heads) != len(tc.want) {
				t.Fatalf("%d diagnostics, want %d:\n%s", len(heads), len(tc.want), got)
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(heads[i], want) {
					t.Errorf("got\n%s\nwant\n%s", heads[i], want)
				}
			}
		})
	}
}

// TestLoadStaysInside is about a folder on disk: content that a link leads out to is not read.
func TestLoadStaysInside(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "book"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("secret.md", letter)
	write("book/a.nurture", contact+"offer x \"X\" { content \"link.md\" }\noffer y \"Y\" { content \"../secret.md\" }\noffer z \"Z\" { content \"content\" }\n")
	if err := os.Symlink("../secret.md", filepath.Join(dir, "book", "link.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "book", "content"), 0o700); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "book"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	got := report(t, root.FS())
	for _, want := range []string{"2:23: error NUR135: link.md cannot be read", "3:23: error NUR134", "4:23: error NUR135: content cannot be read: it is not a regular file"} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing like %q in\n%s", want, got)
		}
	}
}

// unreadableFS has a file that is listed and cannot be opened, and one that is too large.
type unreadableFS struct{ fstest.MapFS }

func (f unreadableFS) Open(name string) (fs.File, error) {
	if name == "locked.nurture" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func TestLoadUnreadable(t *testing.T) {
	got := report(t, unreadableFS{fstest.MapFS{
		"locked.nurture": {Data: []byte(contact)},
		"huge.nurture":   {Data: bytes.Repeat([]byte("/"), maxFile+1)},
		"uses.nurture":   {Data: []byte("segment a = contact.gone == 1\n")},
	}})
	want := "huge.nurture: error NUR302: huge.nurture is larger than 64 MB and was not read; split it, or keep other data out of *.nurture files\n\n" +
		"locked.nurture: error NUR301: locked.nurture cannot be read: permission denied\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := Load(os.DirFS(filepath.Join(t.TempDir(), "gone"))); err == nil || !strings.Contains(err.Error(), "read the playbook's folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestCodes makes sure that each code is one thing, and that every code that any package of the language gives has its page.
func TestCodes(t *testing.T) {
	documented := map[string]bool{}
	for i, c := range Codes() {
		if documented[c.ID] {
			t.Errorf("%s is documented twice", c.ID)
		}
		documented[c.ID] = true
		if c.Title == "" || c.Explain == "" || !regexp.MustCompile(`^NUR\d{3}$`).MatchString(c.ID) {
			t.Errorf("%q is not documented", c.ID)
		}
		if i > 0 && Codes()[i-1].ID > c.ID {
			t.Errorf("%s is not in order", c.ID)
		}
	}
	used := regexp.MustCompile(`"(NUR\d{3})"`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range used.FindAllSubmatch(src, -1) {
			if !documented[string(m[1])] {
				t.Errorf("%s gives %s, which has no page", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
