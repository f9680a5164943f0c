package lint_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/diag"
	"nurture/lang/lint"
	"nurture/lang/syntax"
)

// TestRules looks at the examples of every rule: the bad one gets exactly this rule's finding, at the marked places, the good
// one gets nothing at all.
func TestRules(t *testing.T) {
	for _, r := range lint.Rules {
		t.Run(r.ID+"_"+r.Name, func(t *testing.T) {
			e := example{r, r.Bad}
			e.expect(t, e.marks(t))
			if len(e.marks(t)) == 0 {
				t.Error("the bad example marks no place")
			}
			example{r, r.Good}.expect(t, nil)
		})
	}
}

// TestBase holds the playbook in which the examples stand to the same.
func TestBase(t *testing.T) {
	example{&lint.Rule{}, ""}.expect(t, nil)
}

// TestRegistry checks what every rule must say of itself.
func TestRegistry(t *testing.T) {
	ids := regexp.MustCompile(`^NUR[4-9]\d\d$`)
	names := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, r := range lint.Rules {
		if !ids.MatchString(r.ID) || !names.MatchString(r.Name) || seen[r.ID] || seen[r.Name] {
			t.Errorf("%s %q: not a good name, or one that is taken", r.ID, r.Name)
		}
		seen[r.ID], seen[r.Name] = true, true
		if r.Title == "" || r.Why == "" || strings.HasSuffix(r.Title, ".") || !slices.Contains(lint.Families, r.Family) {
			t.Errorf("%s lacks something to say", r.ID)
		}
		if family := int(r.ID[3] - '4'); lint.Families[family] != r.Family {
			t.Errorf("%s has the number of another family", r.ID)
		}
		if strings.Contains(r.Good, "«") {
			t.Errorf("%s: the good example marks a place", r.ID)
		}
	}
}

// example is a text of a rule.
type example struct {
	rule *lint.Rule
	text string
}

var unmarked = strings.NewReplacer("«", "", "»", "")

// marks are the places between « and » in the text without them.
func (e example) marks(t *testing.T) []string {
	var all []string
	offset, rest := 0, e.text
	for {
		before, behind, ok := strings.Cut(rest, "«")
		if !ok {
			return all
		}
		inside, after, ok := strings.Cut(behind, "»")
		if !ok {
			t.Fatal("« without »")
		}
		offset += len(before)
		all = append(all, fmt.Sprintf("%d..%d %q", offset, offset+len(inside), inside))
		offset += len(inside)
		rest = after
	}
}

// expect lints the example and compares the places of what is found.
func (e example) expect(t *testing.T, want []string) {
	t.Helper()
	loaded := e.lint(t)
	var got []string
	for _, d := range loaded.Diagnostics {
		if d.Code != e.rule.ID || d.Span.File != exampleFile || len(want) == 0 {
			t.Errorf("not about this: %s", show(loaded, d))
			continue
		}
		got = append(got, fmt.Sprintf("%d..%d %q", d.Span.Start, d.Span.End, loaded.Sources[exampleFile][d.Span.Start:d.Span.End]))
		if strings.HasSuffix(d.Message, ".") || d.Message == "" {
			t.Errorf("%s: the message ends with a full stop, or says nothing: %s", d.Code, d.Message)
		}
		e.mend(t, loaded, d)
	}
	if !slices.Equal(got, want) {
		t.Errorf("found at\n\t%s\nmarked is\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// mend carries out each fix: the finding is gone then, and nothing is broken.
func (e example) mend(t *testing.T, loaded *lang.Loaded, d diag.Diagnostic) {
	t.Helper()
	for _, fix := range d.Fixes {
		sources := map[string]string{}
		for name, src := range loaded.Sources {
			sources[name] = src
		}
		edits := slices.Clone(fix.Edits)
		slices.SortStableFunc(edits, func(a, b diag.Edit) int { return b.Span.Start - a.Span.Start })
		for _, edit := range edits {
			src := sources[edit.Span.File]
			sources[edit.Span.File] = src[:edit.Span.Start] + edit.New + src[edit.Span.End:]
		}
		for name := range sources {
			if !strings.HasSuffix(name, lang.Extension) {
				delete(sources, name)
			}
		}
		after := lang.Parse(sources, contents)
		after.Lint(e.config(t))
		for _, left := range after.Diagnostics {
			if left.Code == d.Code && left.Message == d.Message || left.Severity == diag.Error && !fix.Draft {
				t.Errorf("after %q: %s", fix.Title, show(after, left))
			}
		}
		if (len(fix.Edits) > 0) != (e.rule.Fix != "") && !fix.Draft {
			t.Errorf("%s has a fix, and does not say what it does", d.Code)
		}
	}
}

const exampleFile = "example.nurture"

func (e example) config(t *testing.T) lint.Config {
	c := lint.Config{}
	if e.rule.Now != "" {
		now, err := calendar.ParseDate(e.rule.Now)
		if err != nil {
			t.Fatal(err)
		}
		c.Now = now
	}
	return c
}

// lint reads the example, by itself or in the playbook of the examples.
func (e example) lint(t *testing.T) *lang.Loaded {
	t.Helper()
	text := unmarked.Replace(e.text)
	sources := map[string]string{exampleFile: text}
	if !e.rule.Whole {
		sources["base.nurture"] = without(t, text)
	}
	loaded := lang.Parse(sources, contents)
	loaded.Lint(e.config(t))
	return loaded
}

// contents are the messages of all examples.
func contents(string) (string, error) {
	return "---\nsubject: Hello\n---\nHow is it going at {{ contact.company | default: \"your company\" }}?\n", nil
}

// without is the playbook of the examples without the declarations that an example has itself.
func without(t *testing.T, text string) string {
	t.Helper()
	base, err := os.ReadFile("base.nurture")
	if err != nil {
		t.Fatal(err)
	}
	instead := map[string]bool{}
	for name := range declarations(exampleFile, text) {
		instead[name] = true
	}
	src := string(base)
	left := src
	for name, at := range declarations("base.nurture", src) {
		if instead[name] {
			left = left[:at.Start] + strings.Repeat(" ", at.End-at.Start) + left[at.End:]
		}
	}
	return left
}

// declarations gives the declarations of a file by their first words: those that a playbook has once, or by name.
func declarations(name, src string) map[string]syntax.Span {
	file, _ := syntax.Parse(name, src)
	all := map[string]syntax.Span{}
	for _, d := range file.Decls {
		at := syntax.NodeOf(d).Span
		words := strings.Fields(strings.NewReplacer("{", " ", "=", " ").Replace(src[at.Start:at.End]))
		key := words[0]
		if !slices.Contains([]string{"contact", "topics", "roles", "policy", "measure"}, key) {
			key = strings.Join(words[:2], " ")
		}
		for _, c := range syntax.NodeOf(d).Before {
			at.Start = min(at.Start, c.Start)
		}
		all[key] = at
	}
	return all
}

func show(loaded *lang.Loaded, d diag.Diagnostic) string {
	var b strings.Builder
	if err := diag.Text(&b, []diag.Diagnostic{d}, loaded.Sources, false); err != nil {
		return err.Error()
	}
	return b.String()
}
