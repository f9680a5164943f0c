package lang_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/format"
	"nurture/lang/syntax"
)

// The tests of this file hold spec.md to what the language does. What stands in its fences is
//
//	nurture                a playbook; the first of the page is the one that fragments stand in
//	nurture-part PLACE     a fragment of a playbook, put into that place
//	nurture-bad CODE PLACE a fragment that has errors of this code and no others
//	content, brief         a content file of an offer, of a hand-off
//	content-bad CODE       one with errors of this code and no others
//	ebnf                   grammar, see grammar_test.go
//	json                   what is only shown
//
// Between `<!-- table: NAME -->` and `<!-- end -->` stand tables that are made of the tables of the code.
var update = flag.Bool("update", false, "rewrite the tables of spec.md, and lay out its examples")

const specFile = "spec.md"

func readSpec(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fence is an example of the page.
type fence struct {
	kind string
	args []string
	text string
	line int // of its first line
}

var fences = regexp.MustCompile("(?ms)^```(\\S+) ?([^\n]*)\n(.*?)^```$")

func fencesOf(text string) []fence {
	var all []fence
	for _, m := range fences.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, fence{
			kind: text[m[2]:m[3]],
			args: strings.Fields(text[m[4]:m[5]]),
			text: text[m[6]:m[7]],
			line: strings.Count(text[:m[6]], "\n") + 1,
		})
	}
	return all
}

// place is where a fragment stands: the declarations of the page's playbook that it takes the place of ("*" for all), and the
// text around it.
type place struct {
	instead       string
	before, after string
}

var places = map[string]place{
	"top":     {},
	"contact": {"*", "contact {\n", "}\n"},
	"policy":  {"policy", "policy {\n", "}\n"},
	"score":   {"", "score example {\n", "}\n"},
	"track":   {"", "track main {\n", "}\n"},
	"test":    {"", "test \"an example\" {\n", "}\n"},
	"program": {"", "program example \"An example\" {\n  phase nurture\n\n", "\n  stage first {}\n  stage second {}\n}\n"},
	"stage":   {"", "program example \"An example\" {\n  phase nurture\n\n  stage first {\n", "  }\n\n  stage second {}\n}\n"},
}

// around gives the playbook that a fragment stands in, and the file of that playbook which holds the fragment.
func (f *fence) around(t *testing.T, book string) (sources map[string]string, file string) {
	t.Helper()
	name := "top"
	switch {
	case f.kind == "nurture":
		return map[string]string{"example.nurture": f.text}, f.text
	case f.kind == "nurture-part" && len(f.args) == 1:
		name = f.args[0]
	case f.kind == "nurture-bad" && len(f.args) == 2:
		name = f.args[1]
	default:
		t.Fatalf("the fence `%s %s` does not say where it stands", f.kind, strings.Join(f.args, " "))
	}
	if name == "condition" {
		return map[string]string{"book.nurture": book, "example.nurture": segments(f.text)}, segments(f.text)
	}
	p, ok := places[name]
	if !ok {
		t.Fatalf("there is no place %q", name)
	}
	file = p.before + indent(f.text, depth(p.before)) + p.after
	return map[string]string{"book.nurture": without(t, book, p.instead), "example.nurture": file}, file
}

// segments makes each line, a condition, a segment.
func segments(conditions string) string {
	var text strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(conditions), "\n") {
		fmt.Fprintf(&text, "segment example%02d = %s\n", i, line)
	}
	return text.String()
}

// without is the playbook without its declarations of one kind.
func without(t *testing.T, book, keyword string) string {
	t.Helper()
	if keyword == "*" {
		return ""
	}
	file, _ := syntax.Parse("book.nurture", book)
	for _, d := range slices.Backward(file.Decls) {
		n := syntax.NodeOf(d)
		if keyword != "" && strings.HasPrefix(book[n.Start:], keyword+" ") {
			book = book[:n.Start] + book[n.End:]
		}
	}
	return book
}

// depth is how deep what follows a text stands.
func depth(before string) int { return strings.Count(before, "{") - strings.Count(before, "}") }

func indent(text string, depth int) string {
	return regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(text, strings.Repeat("  ", depth)+"$1")
}

func outdent(text string, depth int) string {
	return regexp.MustCompile(`(?m)^`+strings.Repeat("  ", depth)).ReplaceAllString(text, "")
}

const anyLetter = "---\nsubject: Hello\n---\nHello {{ contact.email }}.\n"

// reader gives content files: example, where it is given, and a letter for every other.
func reader(example string) func(string) (string, error) {
	return func(name string) (string, error) {
		switch {
		case path.Base(name) == "missing.md":
			return "", fs.ErrNotExist
		case path.Base(name) == "example.md":
			return example, nil
		}
		return anyLetter, nil
	}
}

// checkFence says what is wrong with an example; nil when it is as it should be.
func (f *fence) check(t *testing.T, book string) error {
	want := ""
	var sources map[string]string
	switch f.kind {
	case "ebnf", "json":
		return nil
	case "nurture", "nurture-part", "nurture-bad":
		sources, _ = f.around(t, book)
	case "content", "content-bad":
		sources = map[string]string{"book.nurture": book, "example.nurture": "offer example \"An example\" { content \"content/example.md\" }\n"}
	case "brief":
		sources = map[string]string{"book.nurture": book, "example.nurture": "handoff example { brief \"content/example.md\"  outcomes won }\n"}
	default:
		return fmt.Errorf("nothing checks a fence `%s`", f.kind)
	}
	if strings.HasSuffix(f.kind, "-bad") {
		want = f.args[0]
	}
	loaded := lang.Parse(sources, reader(f.text))
	var codes []string
	for _, d := range loaded.Diagnostics {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	if got := strings.Join(slices.Compact(codes), " "); got != want {
		var text bytes.Buffer
		_ = diag.Text(&text, loaded.Diagnostics, loaded.Sources, false)
		return fmt.Errorf("it gives %q, not %q:\n%s", got, want, text.String())
	}
	return nil
}

// bookOf is the playbook that the page's fragments stand in.
func bookOf(all []fence) string {
	i := slices.IndexFunc(all, func(f fence) bool { return f.kind == "nurture" })
	return all[i].text
}

func TestSpecExamples(t *testing.T) {
	all := fencesOf(readSpec(t))
	book := bookOf(all)
	for _, f := range all {
		if err := f.check(t, book); err != nil {
			t.Errorf("spec.md:%d: %s: %v", f.line, strings.Join(append([]string{f.kind}, f.args...), " "), err)
		}
	}
}

// TestSpecLayout makes sure that the examples of the page stand as `nurturec fmt` lays them out.
func TestSpecLayout(t *testing.T) {
	spec := readSpec(t)
	all := fencesOf(spec)
	book := bookOf(all)
	for _, f := range all {
		if f.kind != "nurture" && f.kind != "nurture-part" {
			continue
		}
		_, file := f.around(t, book)
		text, diags := format.Source("example.nurture", file)
		if len(diags) > 0 || text == file {
			continue // what does not parse TestSpecExamples tells
		}
		laidOut, err := f.inside(text)
		if err != nil {
			t.Errorf("spec.md:%d: %v", f.line, err)
			continue
		}
		if *update {
			spec = strings.Replace(spec, "\n"+f.text+"```\n", "\n"+laidOut+"```\n", 1)
			continue
		}
		t.Errorf("spec.md:%d: nurturec fmt would write\n%s\n(-update does)", f.line, laidOut)
	}
	if *update {
		writeSpec(t, spec)
	}
}

// inside takes the fragment out of the file that it was put into.
func (f *fence) inside(file string) (string, error) {
	if f.kind == "nurture" {
		return file, nil
	}
	if f.args[0] == "condition" {
		return regexp.MustCompile(`(?m)^segment \w+ += `).ReplaceAllString(file, ""), nil
	}
	p := places[f.args[0]]
	text, begins := strings.CutPrefix(file, p.before)
	text, ends := strings.CutSuffix(text, p.after)
	if !begins || !ends {
		return "", errors.New("what stands around the fragment is not laid out")
	}
	return outdent(text, depth(p.before)), nil
}

var table = regexp.MustCompile(`(?s)(<!-- table: (\w+) -->\n).*?(<!-- end -->\n)`)

// TestSpecTables holds the tables of the page against those of the code.
func TestSpecTables(t *testing.T) {
	made := map[string]string{
		"events":    eventsTable(),
		"names":     wordsTable("name", cond.Names),
		"operators": wordsTable("operator", cond.Operators),
		"functions": wordsTable("function", cond.Functions),
		"codes":     codesTable(),
	}
	spec := readSpec(t)
	is := table.ReplaceAllStringFunc(spec, func(text string) string {
		m := table.FindStringSubmatch(text)
		body, ok := made[m[2]]
		if !ok {
			t.Errorf("spec.md has a table %q that is not made here", m[2])
		}
		delete(made, m[2])
		return m[1] + body + m[3]
	})
	for name := range made {
		t.Errorf("spec.md has no table %q", name)
	}
	if is == spec {
		return
	}
	if *update {
		writeSpec(t, is)
		return
	}
	t.Error("the tables of spec.md are not those of the code; -update rewrites them")
}

func writeSpec(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(specFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

func eventsTable() string {
	var text strings.Builder
	text.WriteString("| event | is | fields |\n|---|---|---|\n")
	for _, e := range check.BuiltinEvents {
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, code(f.Name))
		}
		fmt.Fprintf(&text, "| %s | %s | %s |\n", code(e.Name), e.Doc, strings.Join(fields, " "))
	}
	return text.String()
}

func wordsTable(of string, words []cond.Word) string {
	var text strings.Builder
	fmt.Fprintf(&text, "| %s | is |\n|---|---|\n", of)
	for _, w := range words {
		fmt.Fprintf(&text, "| %s | %s |\n", code(w.Signature), w.Doc)
	}
	return text.String()
}

func codesTable() string {
	var text strings.Builder
	text.WriteString("| code | is |\n|---|---|\n")
	for _, c := range lang.Codes() {
		fmt.Fprintf(&text, "| %s | %s |\n", code(c.ID), c.Title)
	}
	return text.String()
}

// TestSpecWords makes sure that what the code lists is on the page: types, phases, units and the like.
func TestSpecWords(t *testing.T) {
	listed := slices.Concat(check.Phases[1:], check.Intents, check.HoldReasons, check.RefuseReasons)
	for kind := check.FieldText; kind <= check.FieldTopic; kind++ {
		listed = append(listed, kind.String())
	}
	spec := readSpec(t)
	coded := regexp.MustCompile("(?s)```.*?```|`[^`\n]+`").FindAllString(spec, -1)
	for _, word := range listed {
		isWord := regexp.MustCompile(`\b` + word + `\b`)
		if !slices.ContainsFunc(coded, isWord.MatchString) {
			t.Errorf("spec.md never names %q", word)
		}
	}
	for _, unit := range calendar.Units() {
		if !regexp.MustCompile("`[0-9]+" + unit + "`").MatchString(spec) {
			t.Errorf("spec.md has no duration in %q", unit)
		}
	}
}

// TestSpecShowsAll makes sure that every word of the grammar and every built-in event stands in an example that is checked.
func TestSpecShowsAll(t *testing.T) {
	shown := map[string]bool{}
	letters := regexp.MustCompile(`(?s)LETTER = .*?;`)
	texts := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	var words []string
	for _, f := range fencesOf(readSpec(t)) {
		switch f.kind {
		case "ebnf":
			for _, m := range regexp.MustCompile(`"([A-Za-z_]+)"`).FindAllStringSubmatch(letters.ReplaceAllString(f.text, ""), -1) {
				words = append(words, m[1])
			}
		case "nurture", "nurture-part":
			for _, word := range regexp.MustCompile(`[A-Za-z_]+`).FindAllString(texts.ReplaceAllString(f.text, ""), -1) {
				shown[word] = true
			}
		}
	}
	for _, e := range check.BuiltinEvents {
		words = append(words, e.Name)
	}
	for _, word := range words {
		if !shown[word] {
			t.Errorf("no example of spec.md has %q", word)
		}
	}
}

// TestSpecLinks follows the links inside the page.
func TestSpecLinks(t *testing.T) {
	spec := readSpec(t)
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(fences.ReplaceAllString(spec, ""), -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors[strings.ReplaceAll(anchor, " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(spec, -1) {
		if !anchors[m[1]] {
			t.Errorf("spec.md links to #%s, which is no heading", m[1])
		}
	}
}
