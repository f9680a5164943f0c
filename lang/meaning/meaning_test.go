package meaning_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/format"
	"nurture/lang/meaning"
	"nurture/lang/syntax"
)

// parts are those of the files of a playbook.
func parts(files map[string]string) []*meaning.Part {
	var parsed []*syntax.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, _ := syntax.Parse(name, files[name])
		parsed = append(parsed, f)
	}
	return meaning.Of(parsed)
}

func of(src string) []*meaning.Part { return parts(map[string]string{"p.nurture": src}) }

// saas are the files of a playbook that is used.
func saas(t testing.TB) map[string]string {
	files := map[string]string{}
	names, err := filepath.Glob("../../examples/saas/*.nurture")
	if err != nil || len(names) == 0 {
		t.Fatal("no example", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}

// said writes changes, a line each.
func said(changes []meaning.Change) string {
	var lines []string
	for _, c := range changes {
		line := c.What.String()
		for _, p := range c.In {
			line += " " + p.Kind + " " + p.Name + ":"
		}
		if c.Old != nil {
			line += " [" + c.Old.Text + "]"
		}
		if c.New != nil {
			line += " [" + c.New.Text + "]"
		}
		lines = append(lines, strings.ReplaceAll(line, "  ", " "))
	}
	return strings.Join(lines, "\n")
}

const small = `
contact {
  email email key
  role  text question light "?"
}
topics a, b
offer x "X" { kind k  topic a  content "x.md"  asks 1 }
program p {
  phase nurture
  enter when known(contact.role)
  stage one {
    send x every 7d
    on clicked -> two   // at once
    on replied -> two
    after 30d -> two
  }
  stage two {}
}
`

func TestBetween(t *testing.T) {
	for _, test := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"layout and comments", "on clicked -> two   // at once", "on clicked->two", ""},
		{"the order of what has none", "kind k  topic a", "topic a  kind k", ""},
		{"another value", "after 30d", "after 60d", "changed program p: stage one: [after 30d -> two] [after 60d -> two]"},
		{"an attribute", "asks 1", "asks 2", "changed offer x: [asks 1] [asks 2]"},
		{"an attribute less", "  asks 1", "", "removed offer x: [asks 1]"},
		{"a title", `"X"`, `"Y"`, `changed [offer x "X"] [offer x "Y"]`},
		{"a topic", "topics a, b", "topics b, a, c", "added [c]"},
		{"rules in another order", "on clicked -> two   // at once\n    on replied -> two", "on replied -> two\n    on clicked -> two",
			"moved program p: stage one: [on clicked -> two] [on clicked -> two]"},
		{"a program begins elsewhere", "  stage two {}", "  stage two {}\n  stage three {}", "added program p: [stage three]"},
		{"a stage of another name", "stage two {}", "stage end {}", "removed program p: [stage two]\nadded program p: [stage end]"},
		{"a stage that is renamed", "stage two {}\n}", "stage end { after 9d -> one }\n}\nmigrate p.two -> p.end",
			"added [migrate p.two -> p.end]\nrenamed program p: [stage two] [stage end]\nadded program p: stage end: [after 9d -> one]"},
		{"an offer that is renamed", "offer x \"X\" { kind k", "offer y \"X\" { kind j", "renamed [offer x \"X\"] [offer y \"X\"]\nchanged offer y: [kind k] [kind j]"},
		{"an offer with other content", "offer x \"X\" { kind k  topic a  content \"x.md\"", "offer y \"X\" { kind k  topic a  content \"y.md\"",
			"removed [offer x \"X\"]\nadded [offer y \"X\"]"},
		{"a program that is renamed", "program p {", "migrate p.one -> q.one\nmigrate p.two -> q.two\nprogram q {",
			"added [migrate p.one -> q.one]\nadded [migrate p.two -> q.two]\nrenamed [program p] [program q]"},
		{"a condition", "enter when known(contact.role)", `enter when contact.role == "x"`, `changed program p: [enter when known(contact.role)] [enter when contact.role == "x"]`},
		{"a blank in a text", `"?"`, `"? "`, `changed contact contact: [role text question light "?"] [role text question light "? "]`},
		{"tests", "topics a", "test \"t\" { expect in p }\ntopics a", ""},
	} {
		after := small
		if test.from != "" {
			if after = strings.Replace(small, test.from, test.to, 1); after == small {
				t.Fatalf("%s: nothing was replaced", test.name)
			}
		}
		if got := said(meaning.Between(of(small), of(after))); got != test.want {
			t.Errorf("%s: it is\n%s\nand not\n%s", test.name, got, test.want)
		}
	}
}

func TestAProgramBeginsElsewhere(t *testing.T) {
	const other = "program p {\n stage two {}\n stage one {}\n stage three {}\n}"
	const is = "program p {\n stage one {}\n stage three {}\n stage two {}\n}"
	if got := said(meaning.Between(of(is), of(other))); got != "moved program p: [stage two] [stage two]" {
		t.Error(got)
	}
	if got := said(meaning.Between(of(is), of("program p {\n stage one {}\n stage two {}\n stage three {}\n}"))); got != "" {
		t.Error("stages behind the first have no order:", got)
	}
}

// However a playbook is laid out and over whatever files, it means the same; and two playbooks differ exactly where they
// have two hashes.
func TestHashAndBetween(t *testing.T) {
	files := saas(t)
	before := parts(files)
	rapid.Check(t, func(t *rapid.T) {
		var lines []string
		var all []string
		for _, name := range slices.Sorted(maps.Keys(files)) {
			f, _ := syntax.Parse(name, files[name])
			for _, d := range f.Decls {
				at := syntax.NodeOf(d).Span
				all = append(all, f.Src[at.Start:at.End])
			}
		}
		changes := rapid.IntRange(0, 2).Draw(t, "changes")
		for range changes {
			i := rapid.IntRange(0, len(all)-1).Draw(t, "declaration")
			lines = strings.Split(all[i], "\n")
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				lines = slices.Delete(lines, j, j+1)
			case 1:
				lines[j] = strings.Replace(lines[j], "1", "2", 1)
			case 2:
				lines[j] += "    // so it is"
			case 3:
				k := rapid.IntRange(0, len(lines)-1).Draw(t, "with")
				lines[j], lines[k] = lines[k], lines[j]
			}
			all[i] = strings.Join(lines, "\n")
		}
		moved := map[string]string{}
		for _, d := range rapid.Permutation(all).Draw(t, "order") {
			name := fmt.Sprintf("%d.nurture", rapid.IntRange(0, 3).Draw(t, "file"))
			moved[name] += d + "\n\n"
		}
		laidOut := rapid.Bool().Draw(t, "laid out")
		for name, src := range moved {
			text, found := format.Source(name, src)
			if len(found) > 0 {
				return // a playbook with errors means nothing
			}
			if laidOut {
				moved[name] = text
			}
		}
		after := parts(moved)
		between := meaning.Between(before, after)
		if (len(between) == 0) != (meaning.Hash(before) == meaning.Hash(after)) {
			t.Fatalf("the hashes are %s and %s, and between them is\n%s", meaning.Hash(before), meaning.Hash(after), said(between))
		}
		if changes == 0 && len(between) > 0 {
			t.Fatalf("nothing was changed but the layout:\n%s", said(between))
		}
	})
}
