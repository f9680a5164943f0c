package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/lint"
)

// TestPlaybooks lints playbooks as teams write them, good ones and bad ones, and compares what is found with what stands beside
// them. Each finding has been read: a new one is to be read before -update writes it down.
func TestPlaybooks(t *testing.T) {
	names, err := filepath.Glob("testdata/playbooks/*.nurture")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d playbooks: %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			loaded := lang.Parse(map[string]string{filepath.Base(name): string(src)}, greeting(string(src)))
			loaded.Lint(lint.Config{Now: calendar.DateOf(2026, 11, 23)})
			var got strings.Builder
			for _, d := range loaded.Diagnostics {
				got.WriteString(show(loaded, d) + "\n")
			}
			golden := strings.TrimSuffix(name, ".nurture") + ".findings"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("not what stands in %s, which -update writes:\n%s", golden, got.String())
			}
		})
	}
}

// greeting gives the text of every content file: it calls people by what the playbook knows of them.
func greeting(playbook string) func(path string) (string, error) {
	words := ""
	for _, field := range []string{"first_name", "name", "company", "firm"} {
		if strings.Contains(playbook, "\n  "+field+" ") {
			words += fmt.Sprintf(" {{ contact.%s | default: \"you\" }}", field)
		}
	}
	return func(path string) (string, error) {
		return fmt.Sprintf("---\nsubject: About %s\n---\nHello%s!\n", strings.TrimSuffix(path, ".md"), words), nil
	}
}
