package check_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// wantComment is `// want NUR103 "regexp" …` on the line that the diagnostics belong to.
var (
	wantComment = regexp.MustCompile(`// want (.*)$`)
	wantOne     = regexp.MustCompile(`^\s*(NUR\S+) ("(?:[^"\\]|\\.)*")`)
)

// TestCorpus checks each playbook of testdata and compares what is reported, line by line, with its comments. A file is
// a playbook, a .txtar one of several files; those that do not end with .nurture are its content.
func TestCorpus(t *testing.T) {
	names, err := filepath.Glob("testdata/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{filepath.Base(name): string(src)}
			if strings.HasSuffix(name, ".txtar") {
				files = map[string]string{}
				for _, f := range txtar.Parse(src).Files {
					files[f.Name] = string(f.Data)
				}
			}
			compare(t, files)
		})
	}
}

func compare(t *testing.T, files map[string]string) {
	t.Helper()
	_, syntaxErrors, found := playbook(files)
	lines := map[string]*diag.Lines{}
	got := map[string][]diag.Diagnostic{} // by file:line
	for file, src := range files {
		lines[file] = diag.NewLines(src)
	}
	for _, d := range found {
		l := lines[d.Span.File]
		if l == nil {
			t.Errorf("a diagnostic in no file: %+v", d)
			continue
		}
		if d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(files[d.Span.File]) {
			t.Errorf("a span outside the file: %+v", d)
		}
		line, _ := l.Position(d.Span.Start)
		place := fmt.Sprintf("%s:%d", d.Span.File, line)
		got[place] = append(got[place], d)
	}
	// Lines that the parser has something to say about are its corpus, not this one; `want NUR\d+` matches either.
	for _, d := range syntaxErrors {
		line, _ := lines[d.Span.File].Position(d.Span.Start)
		got[fmt.Sprintf("%s:%d", d.Span.File, line)] = append(got[fmt.Sprintf("%s:%d", d.Span.File, line)], d)
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for i, line := range strings.Split(files[file], "\n") {
			place := fmt.Sprintf("%s:%d", file, i+1)
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for rest := m[1]; strings.TrimSpace(rest) != ""; {
				w := wantOne.FindStringSubmatch(rest)
				if w == nil {
					t.Fatalf("%s: not a want: %q", place, rest)
				}
				rest = rest[len(w[0]):]
				pattern, err := strconv.Unquote(strings.ReplaceAll(strings.ReplaceAll(w[2], `\`, `\\`), `\\"`, `\"`))
				if err != nil {
					t.Fatalf("%s: %v", place, err)
				}
				code, message := regexp.MustCompile("^"+w[1]+"$"), regexp.MustCompile(pattern)
				at := slices.IndexFunc(got[place], func(d diag.Diagnostic) bool {
					return code.MatchString(d.Code) && message.MatchString(d.Message)
				})
				if at < 0 {
					t.Errorf("%s: nothing reported that matches %s %s", place, w[1], w[2])
					continue
				}
				got[place] = slices.Delete(got[place], at, at+1)
			}
		}
	}
	for _, d := range found {
		line, _ := lines[d.Span.File].Position(d.Span.Start)
		if slices.ContainsFunc(got[fmt.Sprintf("%s:%d", d.Span.File, line)], func(g diag.Diagnostic) bool {
			return g.Code == d.Code && g.Message == d.Message && g.Span == d.Span
		}) {
			t.Errorf("%s:%d: not wanted: %s %s", d.Span.File, line, d.Code, d.Message)
		}
	}
}

// playbook parses and checks files; content is read from those that are no .nurture files, when there are any.
func playbook(files map[string]string) (p *check.Playbook, parsing, checking []diag.Diagnostic) {
	var trees []*syntax.File
	var read func(string) (string, error)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".nurture") {
			read = func(path string) (string, error) {
				if src, ok := files[path]; ok {
					return src, nil
				}
				return "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
			}
			continue
		}
		tree, diags := syntax.Parse(name, files[name])
		trees = append(trees, tree)
		parsing = append(parsing, diags...)
	}
	p, checking = check.Check(trees, read)
	return p, parsing, checking
}

// TestCodes checks the playbooks that document the codes: the bad one gets the code, the good one nothing.
func TestCodes(t *testing.T) {
	for _, code := range check.Codes {
		t.Run(code.ID, func(t *testing.T) {
			if code.Title == "" || code.Explain == "" {
				t.Error("not documented")
			}
			if !slices.ContainsFunc(checked(t, code, code.Bad), func(d diag.Diagnostic) bool { return d.Code == code.ID }) {
				t.Errorf("the bad playbook does not get it:\n%s", code.Bad)
			}
			for _, d := range checked(t, code, code.Good) {
				t.Errorf("the good playbook gets %s %s:\n%s", d.Code, d.Message, code.Good)
			}
		})
	}
}

func checked(t *testing.T, code diag.Code, src string) []diag.Diagnostic {
	t.Helper()
	if code.ID != "NUR100" && !strings.Contains(src, "contact {\n") {
		src = "contact { email email key }\n" + src
	}
	files := map[string]string{"p.nurture": src}
	if code.ID == "NUR135" {
		files["content/x.md"] = "---\nsubject: X\n---\nX.\n"
	}
	_, parsing, checking := playbook(files)
	for _, d := range parsing {
		t.Errorf("%s %s:\n%s", d.Code, d.Message, src)
	}
	return checking
}

// TestEveryCodeIsDocumented reads the package's own sources, so that no code is given without a page.
func TestEveryCodeIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, code := range check.Codes {
		documented[code.ID] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "codes.go" {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range regexp.MustCompile(`"NUR\d+"`).FindAllString(string(src), -1) {
			used[strings.Trim(id, `"`)] = true
		}
	}
	for id := range used {
		if !documented[id] {
			t.Errorf("%s is given, but not documented", id)
		}
	}
	for id := range documented {
		if !used[id] {
			t.Errorf("%s is documented, but never given", id)
		}
	}
}

// TestFixes carries out the first fix of each diagnostic: it removes the diagnostic and brings no other.
func TestFixes(t *testing.T) {
	const contact = "contact {\n  email email key\n  zone timezone\n  name text\n  role enum(\"it\", \"user\")\n}\ntopics security\n" +
		"offer x \"X\" { topic security  content \"x.md\" }\nmap all {\n  topic | otherwise\n  security | x\n}\n" +
		"handoff sales \"Sales\" { accept within 1d  outcomes won, lost }\nprogram q \"Q\" { stage later {} }\n"
	for _, src := range []string{
		"offer y \"Y\" { topic securty  content \"y.md\" }",
		"offer y \"Y\" { for nurtur  content \"y.md\" }",
		"event e { page string }",
		"policy { timezone zone }",
		"program p \"P\" { stage s { send all every 7d } }",
		"program p \"P\" { stage s { send from all } }",
		"program p \"P\" { stage s { after 7d -> later } }",
		"program p \"P\" { stage s { hand to sales } }",
		"program p \"P\" {\n  stage s {\n    hand to sales\n    on sales.won -> done\n  }\n}",
		"test \"t\" { contact { role = \"usr\" } }",
		"test \"t\" { contact { name = Ada } }",
		"segment a = contact.rol == \"it\"",
	} {
		src := contact + src
		_, parsing, found := playbook(map[string]string{"p.nurture": src})
		if len(parsing) > 0 || len(found) != 1 || len(found[0].Fixes) == 0 {
			t.Errorf("want one diagnostic with a fix, got %v %v:\n%s", parsing, found, src)
			continue
		}
		edits := slices.Clone(found[0].Fixes[0].Edits)
		slices.SortFunc(edits, func(a, b diag.Edit) int { return b.Span.Start - a.Span.Start })
		for _, e := range edits {
			src = src[:e.Span.Start] + e.New + src[e.Span.End:]
		}
		if _, parsing, found = playbook(map[string]string{"p.nurture": src}); len(parsing)+len(found) > 0 {
			t.Errorf("mended, and still %v %v:\n%s", parsing, found, src)
		}
	}
}
