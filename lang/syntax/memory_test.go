package syntax_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/syntax"
)

// However a file is edited: what is parsed with the memory of before is what is parsed without.
func TestMemoryGivesWhatParseGives(t *testing.T) {
	paths, _ := filepath.Glob("testdata/*.nurture")
	var corpus, snippets []string
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(src) < 100000 {
			corpus = append(corpus, string(src))
		}
		snippets = append(snippets, strings.SplitAfter(string(src), "\n")...)
	}
	snippets = append(snippets, "{", "}", "\n", "\r\n", "\r", "\"", "(", ")", " and\n", "//", "///x\n", "a", " ", "\ufeff", "→", "\xff", "| ", ",", "= ", "-> ", "é",
		"topics a, b\n", "segment a = b\n", "offer o {\n", "program p {\n stage s {\n", "}\n}\n", "")
	rapid.Check(t, func(r *rapid.T) {
		src := rapid.SampledFrom(corpus).Draw(r, "file")
		var m syntax.Memory
		m.Parse("f.nurture", src)
		var kept []*syntax.File
		var copies []string
		for range rapid.IntRange(1, 12).Draw(r, "edits") {
			at := rapid.IntRange(0, len(src)).Draw(r, "at")
			gone := min(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 3), rapid.IntRange(0, 300)).Draw(r, "gone"), len(src)-at)
			src = src[:at] + rapid.SampledFrom(snippets).Draw(r, "new") + src[at+gone:]
			file, diags := m.Parse("f.nurture", src)
			want, wantDiags := syntax.Parse("f.nurture", src)
			if !reflect.DeepEqual(file, want) {
				r.Fatalf("the tree of %q is\n%s\nwith memory and\n%s\nwithout", src, dump(file), dump(want))
			}
			if !reflect.DeepEqual(diags, wantDiags) {
				r.Fatalf("the diagnostics of %q are\n%v\nwith memory and\n%v\nwithout", src, diags, wantDiags)
			}
			kept, copies = append(kept, file), append(copies, dump(file))
		}
		for i, f := range kept {
			if dump(f) != copies[i] {
				r.Fatalf("a later parse has changed a tree")
			}
		}
	})
}

func BenchmarkEdit(b *testing.B) {
	one, err := os.ReadFile("testdata/whole.nurture")
	if err != nil {
		b.Fatal(err)
	}
	src := strings.Repeat(string(one), 5) // about 1,000 lines
	b.Logf("%d lines", strings.Count(src, "\n"))
	b.Run("fresh", func(b *testing.B) {
		for b.Loop() {
			syntax.Parse("f.nurture", src)
		}
	})
	for name, at := range map[string]int{"top": strings.Index(src, "\ntopics"), "bottom": strings.LastIndex(src, "\nmigrate")} {
		b.Run(name, func(b *testing.B) {
			var m syntax.Memory
			edited := src[:at] + "\n" + src[at:]
			for b.Loop() {
				m.Parse("f.nurture", src)
				m.Parse("f.nurture", edited)
			}
		})
	}
}
