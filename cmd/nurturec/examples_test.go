package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the examples' pages say to type works, as it stands there but for where the store is, and comes to what is
// kept in testdata/examples.
func TestExamples(t *testing.T) {
	t.Chdir("../..")
	pages, err := filepath.Glob("examples/*/README.md")
	if err != nil || len(pages) < 3 {
		t.Fatalf("pages: %v (%v)", pages, err)
	}
	for _, page := range pages {
		name := filepath.Base(filepath.Dir(page))
		t.Run(name, func(t *testing.T) {
			s := &shop{t, quickDir(t)}
			s.says(0, "check", "--fail-on", "warning", "--now", "2026-03-31", filepath.Dir(page))
			s.says(0, "fmt", "--check", filepath.Dir(page))
			for _, args := range typed(t, page) {
				store := args[0] == "simulate" // which has none
				for i, arg := range args {
					if store = store || arg == "--store"; strings.HasSuffix(arg, "/nurture.db") {
						args[i] = s.path("nurture.db")
					}
				}
				if !store {
					args = append(args, "--store", s.path("nurture.db"))
				}
				code, said := s.command(args...)
				switch {
				case code != exitFine:
					t.Fatalf("nurturec %s: exit %d\n%s", strings.Join(args, " "), code, cut(said))
				case args[0] == "run":
					golden(t, filepath.Join("cmd/nurturec/testdata/examples", name+".txt"), elapsed.ReplaceAllString(said, "$1\n"))
				case said == "no rows\n":
					t.Errorf("%s says to type nurturec %s, which shows nothing", page, strings.Join(args, " "))
				}
			}
		})
	}
}

// The two pages that tell how to run the main example tell the same.
func TestFrontPageCommand(t *testing.T) {
	front, example := typed(t, "../../README.md"), typed(t, "../../examples/saas/README.md")
	if len(front) == 0 || len(example) == 0 || strings.Join(front[0], " ") != strings.Join(example[0], " ") {
		t.Errorf("README.md says %q, examples/saas/README.md %q", front, example)
	}
}

// typed are the command lines of nurturec on a page.
func typed(t *testing.T, page string) (commands [][]string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if args, ok := strings.CutPrefix(line, "    go run ./cmd/nurturec "); ok {
			commands = append(commands, strings.Fields(args))
		}
	}
	if len(commands) == 0 {
		t.Fatalf("%s says nothing to type", page)
	}
	return commands
}

// golden wants a text to be that of a file; -update writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s, which go test ./cmd/nurturec -run TestExamples -update writes anew:\n%s", file, got)
	}
}
