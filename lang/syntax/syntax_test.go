package syntax_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

var update = flag.Bool("update", false, "rewrite the golden trees in testdata")

// want is `// want NUR001 "pattern"`, as often as a line has diagnostics.
var want = regexp.MustCompile(`// want (NUR\d+) "([^"]*)"`)

// TestDiagnostics reads the files of testdata: each line says which diagnostics begin on it.
func TestDiagnostics(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src := read(t, path)
			_, got := syntax.Parse(path, src)
			lines := diag.NewLines(src)
			on := map[int][]diag.Diagnostic{}
			for _, d := range got {
				line, _ := lines.Position(d.Span.Start)
				on[line] = append(on[line], d)
			}
			for line := 1; line <= lines.Count(); line++ {
				expected := want.FindAllStringSubmatch(lines.Text(line), -1)
				for i, d := range on[line] {
					if i >= len(expected) {
						t.Errorf("%d: unexpected %s %q", line, d.Code, d.Message)
					} else if e := expected[i]; d.Code != e[1] || !regexp.MustCompile(e[2]).MatchString(d.Message) {
						t.Errorf("%d: got %s %q, want %s %q", line, d.Code, d.Message, e[1], e[2])
					}
				}
				for _, e := range expected[min(len(on[line]), len(expected)):] {
					t.Errorf("%d: missing %s %q", line, e[1], e[2])
				}
			}
		})
	}
}

// TestTrees compares trees, in the short form of dump, with the golden files: what is kept of broken statements is
// part of it.
func TestTrees(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, _ := syntax.Parse(filepath.Base(path), read(t, path))
			got := dump(file)
			golden := strings.TrimSuffix(path, ".nurture") + ".tree"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := firstDiff(read(t, golden), got); diff != "" {
				t.Errorf("the tree differs from %s (rewrite it with -update):\n%s", golden, diff)
			}
		})
	}
}

// TestWholePlaybook pins that the playbook of the language's reference has no errors.
func TestWholePlaybook(t *testing.T) {
	file, diags := syntax.Parse("whole.nurture", read(t, "testdata/whole.nurture"))
	for _, d := range diags {
		t.Errorf("%s %s", d.Code, d.Message)
	}
	if len(file.Decls) != 41 {
		t.Errorf("%d declarations, want 41", len(file.Decls))
	}
}

// TestLineEnds pins that the tree does not depend on how lines end.
func TestLineEnds(t *testing.T) {
	src := read(t, "testdata/whole.nurture")
	file, _ := syntax.Parse("whole.nurture", src)
	unix := regexp.MustCompile(`\r\n?`)
	for name, end := range map[string]string{"CRLF": "\r\n", "CR": "\r"} {
		other, diags := syntax.Parse("whole.nurture", strings.ReplaceAll(src, "\n", end))
		if len(diags) > 0 {
			t.Errorf("%s: %s", name, diags[0].Message)
		}
		if diff := firstDiff(dump(file), unix.ReplaceAllString(dump(other), "\n")); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestEncodings(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		code      string
		at        int
		decls     int
	}{
		{"byte order mark", "\ufefftopics a", "", 0, 1},
		{"UTF-16", "\xff\xfet\x00o\x00p\x00i\x00c\x00s\x00", "NUR026", 0, 0},
		{"Latin-1 comment", "topics a // caf\xe9\ntopics b", "NUR026", 15, 2},
		{"Latin-1 text", "offer a \"caf\xe9\" { kind x }\ntopics b", "NUR026", 12, 2},
		{"stray byte", "topics a\n\xff\xff\ntopics b", "NUR026", 9, 3},
		{"zero byte", "topics a\x00\ntopics b", "NUR022", 8, 2},
		{"no-break space", "topics\u00a0a\ntopics b", "NUR023", 6, 2},
		{"empty", "", "", 0, 0},
		{"only spaces", " \t\r\n ", "", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, diags := syntax.Parse("f.nurture", tt.src)
			if len(file.Decls) != tt.decls {
				t.Errorf("%d declarations, want %d", len(file.Decls), tt.decls)
			}
			switch {
			case tt.code == "":
				if len(diags) > 0 {
					t.Errorf("unexpected %s %s", diags[0].Code, diags[0].Message)
				}
			case len(diags) != 1 || diags[0].Code != tt.code || diags[0].Span.Start != tt.at:
				t.Errorf("got %+v, want one %s at %d", diags, tt.code, tt.at)
			}
		})
	}
}

// TestUnclosedTexts pins that a text without its closing quote is one error, whatever it takes in, and hides nothing
// on the lines below.
func TestUnclosedTexts(t *testing.T) {
	for _, src := range []string{
		"offer a \"A { kind x }\noffer b \"B\" { kind x }",
		"offer a \"A\" { content \"a.md }\noffer b \"B\" { kind x }",
		"offer a \"A\" {\n  content \"a.md\n}\noffer b \"B\" { kind x }",
		"offer a \"A {\n  kind x\n}\noffer b \"B\" { kind x }",
		"segment a = contact.x == \"y\noffer b \"B\" { kind x }",
		"offer a “A { kind x }\noffer b \"B\" { kind x }",
		"offer b \"B\" { kind x }\nnever \"",
	} {
		file, diags := syntax.Parse("f.nurture", src)
		if len(diags) != 1 || diags[0].Code != "NUR020" {
			t.Errorf("%s: got %+v, want one NUR020", src, diags)
		}
		sound := false
		for _, d := range file.Decls {
			if o, ok := d.(*syntax.OfferDecl); ok && o.Name.Text == "b" {
				sound = !o.Bad && o.Body != nil && len(o.Body.Stmts) == 1
			}
		}
		if !sound {
			t.Errorf("%s: offer b is not there", src)
		}
	}
}

// TestFixes applies the fix of the first diagnostic; what comes out has no errors.
func TestFixes(t *testing.T) {
	for _, tt := range []struct{ src, fixed string }{
		{"program p \"P\" { stage s { sned a } }", "program p \"P\" { stage s { send a } }"},
		{"segment s = a = b", "segment s = a == b"},
		{"segment s = a ≥ b", "segment s = a >= b"},
		{"topics\u00a0a", "topics a"},
		{"migrate a.b → c.d", "migrate a.b -> c.d"},
		{"# a comment", "// a comment"},
		{"never 'sell it' when a", "never \"sell it\" when a"},
		{"never “sell \"it” when a", "never \"sell \\\"it\" when a"},
		{"policy { skip 2026-1-2 }", "policy { skip 2026-01-02 }"},
		{"policy { window 9:00..17:00 }", "policy { window 09:00..17:00 }"},
		{"policy { cap 1 per 5weeks }", "policy { cap 1 per 5w }"},
		{"policy { cap 1 per 7 days }", "policy { cap 1 per 7d }"},
		{"test \"t\" { at 2026-3-2T9:00 }", "test \"t\" { at 2026-03-02 09:00 }"},
		{"program p \"P\" { stage s { send a, b evry 7d } }", "program p \"P\" { stage s { send a, b every 7d } }"},
		{"test \"t\" { wiat 3d }", "test \"t\" { wait 3d }"},
	} {
		_, diags := syntax.Parse("f.nurture", tt.src)
		if len(diags) == 0 || len(diags[0].Fixes) != 1 {
			t.Errorf("%s: no fix in %+v", tt.src, diags)
			continue
		}
		got := tt.src
		for _, e := range diags[0].Fixes[0].Edits {
			got = got[:e.Span.Start] + e.New + got[e.Span.End:]
		}
		if got != tt.fixed {
			t.Errorf("%s: fixed as %s, want %s", tt.src, got, tt.fixed)
		}
		if _, diags := syntax.Parse("f.nurture", got); len(diags) > 0 {
			t.Errorf("%s: fixed as %s, which gets %s", tt.src, got, diags[0].Message)
		}
	}
}

// TestCodes pins that each code's example gets that code and its mended form gets nothing.
func TestCodes(t *testing.T) {
	for _, c := range syntax.Codes {
		if c.Title == "" || c.Explain == "" {
			t.Errorf("%s says nothing", c.ID)
		}
		if c.Bad == "" {
			continue // too large to show
		}
		_, diags := syntax.Parse("bad.nurture", c.Bad)
		if len(diags) != 1 || diags[0].Code != c.ID {
			t.Errorf("%s: its bad example gets %+v", c.ID, diags)
		}
		if _, diags := syntax.Parse("good.nurture", c.Good); len(diags) > 0 {
			t.Errorf("%s: its good example gets %s %s", c.ID, diags[0].Code, diags[0].Message)
		}
	}
}

func TestWalk(t *testing.T) {
	file, _ := syntax.Parse("f.nurture", `program p "P" {
  stage s {
    on a match event.topic { b -> c { tag "x" } }
  }
}`)
	var got []string
	syntax.Walk(file.Decls[0], func(n syntax.Walked) bool {
		s := syntax.NodeOf(n).Span
		got = append(got, strings.Fields(file.Src[s.Start:s.End])[0])
		return true
	})
	if s := strings.Join(got, " "); s != "program stage on b tag" {
		t.Errorf("visited %s", s)
	}
}

func corpus(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.nurture")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// firstDiff shows the first line in which two texts differ.
func firstDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return "want " + a + "\n got " + b
		}
	}
	return ""
}
