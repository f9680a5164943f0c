package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/diag"
	"nurture/lang/lint"
)

// TestCorpus lints the playbooks of testdata, each by itself. What a file is about stands in its first line, `// rules NUR701
// NUR702`, with a day behind it where that matters; of these rules a line gets what its comment `// want NUR701 "regexp"`
// says, and all others get nothing.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*.nurture")
	if err != nil || len(files) == 0 {
		t.Fatal("no playbooks in testdata: ", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lintCorpus(t, filepath.Base(file), string(src))
		})
	}
}

var (
	about = regexp.MustCompile(`^// rules((?: NUR\d+)+)(?: on (\S+))?\n`)
	want  = regexp.MustCompile(`// want((?: NUR\d+ "[^"]*")+)$`)
	wants = regexp.MustCompile(`(NUR\d+) "([^"]*)"`)
)

func lintCorpus(t *testing.T, name, src string) {
	head := about.FindStringSubmatch(src)
	if head == nil {
		t.Fatal("the first line does not say which rules the file is about: // rules NUR701 NUR702")
	}
	rules := strings.Fields(head[1])
	var c lint.Config
	if head[2] != "" {
		now, err := calendar.ParseDate(head[2])
		if err != nil {
			t.Fatal(err)
		}
		c.Now = now
	}
	loaded := lang.Parse(map[string]string{name: src}, func(string) (string, error) { return "---\nsubject: Hello\n---\nHello.\n", nil })
	loaded.Lint(c)
	found := map[int][]diag.Diagnostic{}
	for _, d := range loaded.Diagnostics {
		if d.Severity == diag.Error {
			t.Fatal(show(loaded, d))
		}
		if slices.Contains(rules, d.Code) {
			line := 1 + strings.Count(src[:d.Span.Start], "\n")
			found[line] = append(found[line], d)
		}
	}
	for i, text := range strings.Split(src, "\n") {
		line := i + 1
		if m := want.FindStringSubmatch(text); m != nil {
			for _, w := range wants.FindAllStringSubmatch(m[1], -1) {
				matches := func(d diag.Diagnostic) bool { return d.Code == w[1] && regexp.MustCompile(w[2]).MatchString(d.Message) }
				at := slices.IndexFunc(found[line], matches)
				if at < 0 {
					t.Errorf("%s:%d: %s %q is not found", name, line, w[1], w[2])
					continue
				}
				found[line] = slices.Delete(found[line], at, at+1)
			}
		}
		for _, d := range found[line] {
			t.Error(fmt.Sprintf("%s:%d is not wanted:\n", name, line) + show(loaded, d))
		}
	}
}
