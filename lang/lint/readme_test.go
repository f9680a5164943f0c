package lint_test

import (
	"os"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/diag"
	"nurture/lang/lint"
)

// What the README shows is nurturing, and what it says of it without one line is what the linter says.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```nurture\n")
	playbook, rest, _ := strings.Cut(rest, "```")
	findings := func(src string) []diag.Diagnostic {
		loaded := lang.Parse(map[string]string{"leads.nurture": src}, greeting(src))
		loaded.Lint(lint.Config{})
		var all []diag.Diagnostic
		for _, d := range loaded.Diagnostics {
			if d.Severity < diag.Info {
				all = append(all, d)
			}
		}
		return all
	}
	for _, d := range findings(playbook) {
		t.Errorf("%s: %s", d.Code, d.Message)
	}
	_, rest, _ = strings.Cut(rest, "```text\n")
	says, _, _ := strings.Cut(rest, "\n")
	lines := strings.SplitAfter(playbook, "\n")
	without := strings.Builder{}
	for _, line := range lines {
		if !strings.Contains(line, "on exhausted") {
			without.WriteString(line)
		}
	}
	found := findings(without.String())
	if len(found) != 1 || !strings.HasSuffix(says, found[0].Code+": "+found[0].Message) {
		t.Errorf("the README says %q, the linter %v", says, found)
	}
}
