package syntax

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReference makes sure that the language's reference knows every word that the parser does: in its grammar, and in
// its table of words.
func TestReference(t *testing.T) {
	spec, err := os.ReadFile("../spec.md")
	if err != nil {
		t.Fatal(err)
	}
	grammar := strings.Join(regexp.MustCompile("(?s)```ebnf\n.*?```").FindAllString(string(spec), -1), "\n")
	_, table, _ := strings.Cut(string(spec), "## 30. All words")
	table, _, _ = strings.Cut(table, "\n## ")
	known := func(word, what string) {
		if word == "" || !isWordByte(word[0]) {
			return
		}
		if !strings.Contains(grammar, `"`+word+`"`) {
			t.Errorf("no grammar of spec.md has %q, %s", word, what)
		}
		if !regexp.MustCompile(`[ |` + "`" + `]` + word + `[ |` + "`" + `]`).MatchString(table) {
			t.Errorf("the table of words of spec.md does not have %q, %s", word, what)
		}
	}
	for _, b := range append(allBlocks, fieldBlock, eventBlock, mapBlock, assignBlock, shareBlock) {
		statements := b.statements
		if b.other != nil {
			statements = append(statements[:len(statements):len(statements)], b.other)
		}
		for _, s := range statements {
			known(s.word, "a statement of "+b.name)
			for _, c := range s.clauses {
				known(c.word, "a word in "+b.name)
			}
		}
	}
	never := regexp.MustCompile("Words that are never a name, wherever they stand: `([a-z ]+)`").FindSubmatch(spec)
	if never == nil {
		t.Fatal("spec.md does not list the words that are never a name")
	}
	listed := wordSet(string(never[1]))
	for word := range reserved {
		if !listed[word] {
			t.Errorf("spec.md does not say that %q is never a name", word)
		}
	}
}
