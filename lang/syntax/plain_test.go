package syntax_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nurture/lang/syntax"
)

var (
	pieces = regexp.MustCompile(`"[^"\n]*"|\w+|->|\.\.|[^\s\w]`)
	names  = regexp.MustCompile(`^\pL`)
	digits = regexp.MustCompile(`\d+`)
)

// The productions of statements give the same trees and errors as the grammars in the tags: of every playbook that is
// here, and of every kind of line in them with a word missing, doubled, or another in its place.
func TestProductionsAndGrammarsAgree(t *testing.T) {
	around := []string{"", "offer o \"O\" {", "program p \"P\" {", "program p \"P\" { stage s {", "map m {", "score s {", "track t { on opened match event.topic {"}
	instead := []string{"x", "where", "\"x\"", "7d", ",", "-> y"}
	seen := map[string]bool{}
	for _, glob := range []string{"testdata/*.nurture", "../../examples/*/*.nurture"} {
		paths, err := filepath.Glob(glob)
		if err != nil || len(paths) == 0 {
			t.Fatal(glob, err)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, string(src))
			for line := range strings.Lines(string(src)) {
				words := pieces.FindAllString(line, 40)
				if key := kindOf(words); len(words) == 0 || strings.HasPrefix(key, "/ /") || seen[key] {
					continue
				} else {
					seen[key] = true
				}
				for _, block := range around {
					if agree(t, lineIn(block, words)) > 0 {
						continue // it stands in another block
					}
					for i := range words {
						agree(t, lineIn(block, slices.Delete(slices.Clone(words), i, i+1)))
						agree(t, lineIn(block, slices.Insert(slices.Clone(words), i, words[i])))
						for _, other := range instead {
							agree(t, lineIn(block, slices.Replace(slices.Clone(words), i, i+1, other)))
						}
					}
				}
			}
		}
	}
	if len(seen) < 200 {
		t.Errorf("there were only %d kinds of lines", len(seen))
	}
}

// kindOf is what lines have in common that differ only in names, texts and numbers.
func kindOf(words []string) string {
	kind := make([]string, 0, len(words))
	for _, word := range words {
		switch {
		case word[0] == '"':
			word = `""`
		case digits.MatchString(word):
			word = digits.ReplaceAllString(word, "1")
		case names.MatchString(word) && !slices.ContainsFunc(syntax.Keywords(), func(k syntax.Keyword) bool { return k.Word == word }):
			word = "name"
		}
		kind = append(kind, word)
	}
	return strings.Join(kind, " ")
}

func lineIn(block string, words []string) string {
	src := block + "\n" + strings.Join(words, " ") + "\n"
	return src + strings.Repeat("}", max(0, strings.Count(src, "{")-strings.Count(src, "}")))
}

// agree gives the number of errors.
func agree(t *testing.T, src string) int {
	t.Helper()
	file, diags := syntax.Parse("p.nurture", src)
	slow, errors := syntax.ByGrammars("p.nurture", src)
	if !reflect.DeepEqual(file, slow) || !reflect.DeepEqual(any(diags), errors) {
		t.Fatalf("%s\nis\n%s%v\nby the grammars it is\n%s%v", src, dump(file), diags, dump(slow), errors)
	}
	return len(diags)
}
