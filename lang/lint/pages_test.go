package lint_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nurture/lang/diag"
	"nurture/lang/lint"
)

var update = flag.Bool("update", false, "write the pages of the rules, and the list in the README")

// TestPages holds the pages under rules/ and the list in the project's README to the registry and to what is found in the
// examples.
func TestPages(t *testing.T) {
	want := map[string]string{"README.md": index()}
	for _, r := range lint.Rules {
		want[r.ID+".md"] = rulePage(t, r)
	}
	if *update {
		writePages(t, want)
	}
	files, err := filepath.Glob("rules/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		switch text, ok := want[name]; {
		case !ok:
			t.Errorf("%s is about no rule; go test ./lang/lint -run TestPages -update deletes it", file)
		case text != string(got):
			t.Errorf("%s is not what the rule says now; go test ./lang/lint -run TestPages -update writes it", file)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("rules/%s is missing; go test ./lang/lint -run TestPages -update writes it", name)
	}
	checkReadme(t)
}

func writePages(t *testing.T, pages map[string]string) {
	old, _ := filepath.Glob("rules/*.md")
	for _, file := range old {
		if _, stays := pages[filepath.Base(file)]; !stays {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join("rules", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var levels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "info"}

// rulePage is all there is to say of a rule.
func rulePage(t *testing.T, r *lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", r.ID, r.Title)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| name | `%s` |\n| family | `%s`: %s |\n| level | %s |\n\n", r.Name, r.Family.Name, r.Family.Title, levels[r.Severity])
	fmt.Fprintf(&b, "%s\n", strings.TrimSpace(r.Why))

	where := ", in the [playbook of the examples](../base.nurture)"
	if r.Whole {
		where = ""
	}
	day := ""
	if r.Now != "" {
		day = " on " + r.Now
	}
	fmt.Fprintf(&b, "\n## Not so\n\n```nurture\n%s```\n", plain(r.Bad))
	found := example{r, r.Bad}.lint(t)
	var said strings.Builder
	own := slices.DeleteFunc(slices.Clone(found.Diagnostics), func(d diag.Diagnostic) bool { return d.Code != r.ID })
	if err := diag.Text(&said, own, found.Sources, false); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "\n`nurturec check` says%s%s:\n\n```text\n%s```\n", day, where, said.String())
	fmt.Fprintf(&b, "\n## But so\n\n```nurture\n%s```\n", plain(r.Good))

	if r.Fix != "" {
		fmt.Fprintf(&b, "\n## The fix\n\n%s\n", r.Fix)
	}
	fmt.Fprintf(&b, "\n## Settings\n\nIn the `%s` beside the playbook, or in a folder above it:\n\n```toml\n[lint.levels]\n%s = \"%s\" # off, info, warning or error; also for all of %s\n",
		lint.ConfigName, r.Name, cmp.Or(map[diag.Severity]string{diag.Info: "warning"}[r.Severity], "off"), r.Family.Name)
	if len(r.Settings) > 0 {
		b.WriteString("\n[lint.settings]\n")
		for _, s := range r.Settings {
			fmt.Fprintf(&b, "%s = %s # %s\n", s.Name, value(s.Default), s.Means)
		}
	}
	fmt.Fprintf(&b, "```\n\nAt one place, by a comment on a line of its own above it, with the reason:\n\n```nurture\n// nurture:ignore %s the reason\n```\n", r.ID)
	return b.String()
}

// value is a threshold as TOML has it.
func value(v any) string {
	if n, ok := v.(float64); ok {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%q", fmt.Sprint(v))
}

// plain is an example without its marks, ending with a line end.
func plain(text string) string { return strings.Trim(unmarked.Replace(text), "\n") + "\n" }

// index lists all rules by family.
func index() string {
	var b strings.Builder
	b.WriteString("# The rules of the linter\n\n" +
		"What `nurturec check` and the editors know of lead nurturing, beyond what the compiler must know. Each page says why a rule is one, with an example that gets it and one that does not. " +
		"`nurturec explain` shows the same pages. How to set levels and thresholds, to adopt the rules in an old playbook and to run them in CI stands in [cmd/nurturec](../../../cmd/nurturec/README.md).\n\n" +
		"These pages are made by `go test ./lang/lint -run TestPages -update`.\n")
	for _, f := range lint.Families {
		rules := rulesOf(f)
		if len(rules) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s (`%s`)\n\n| rule | name | is | level |\n|---|---|---|---|\n", f.Title, f.Name)
		for _, r := range rules {
			fmt.Fprintf(&b, "| [%s](%s.md) | `%s` | %s | %s |\n", r.ID, r.ID, r.Name, r.Title, levels[r.Severity])
		}
	}
	return b.String()
}

func rulesOf(f lint.Family) []*lint.Rule {
	return slices.DeleteFunc(slices.Clone(lint.Rules), func(r *lint.Rule) bool { return r.Family != f })
}

const (
	readme    = "../../README.md"
	listBegin = "<!-- rules -->\n"
	listEnd   = "<!-- end -->"
)

// checkReadme holds the list in the project's README to the registry.
func checkReadme(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), listBegin)
	_, after, ends := strings.Cut(rest, listEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the rules, between %s and %s", readme, strings.TrimSpace(listBegin), listEnd)
	}
	want := before + listBegin + list() + listEnd + after
	if *update && want != string(text) {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Errorf("the list of rules in %s is old; go test ./lang/lint -run TestPages -update writes it", readme)
	}
}

// list counts the rules by family, each with the names of its rules.
func list() string {
	var b strings.Builder
	count := map[string]int{}
	for _, r := range lint.Rules {
		count[r.Family.Name]++
	}
	fmt.Fprintf(&b, "<details><summary>%d rules: ", len(lint.Rules))
	sep := ""
	for _, f := range lint.Families {
		if n := count[f.Name]; n > 0 {
			fmt.Fprintf(&b, "%s%d %s", sep, n, f.Name)
			sep = ", "
		}
	}
	b.WriteString("</summary>\n\n")
	for _, f := range lint.Families {
		if count[f.Name] == 0 {
			continue
		}
		fmt.Fprintf(&b, "- %s: ", f.Title)
		sep := ""
		for _, r := range rulesOf(f) {
			fmt.Fprintf(&b, "%s[%s](lang/lint/rules/%s.md)", sep, r.Name, r.ID)
			sep = ", "
		}
		b.WriteString("\n")
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// A name of a setting means the same in every rule that has it.
func TestSettingsHaveOneMeaning(t *testing.T) {
	seen := map[string]lint.Setting{}
	for _, r := range lint.Rules {
		for _, s := range r.Settings {
			if old, ok := seen[s.Name]; ok && old != s {
				t.Errorf("%s: the setting %s means something else in another rule", r.ID, s.Name)
			}
			seen[s.Name] = s
		}
	}
}
