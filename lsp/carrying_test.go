package lsp

import (
	"testing"

	"nurture/lang/diag"
)

// What the linter has said stands where its words stand after an edit, or nowhere.
func TestMoved(t *testing.T) {
	const before = "segment a = true\nsegment b = true\n"
	for _, test := range []struct{ name, after, word string }{
		{"above", "// new\nsegment a = true\nsegment b = true\n", "b"},
		{"below", "segment a = true\nsegment b = true\n// new\n", "b"},
		{"in the line, behind", "segment a = true\nsegment b = true and true\n", "b"},
		{"in the word", "segment a = true\nsegment bc = true\n", ""},
		{"around it", "segment a = true\n", ""},
		{"nowhere", before, "b"},
	} {
		at := diag.Span{File: "a.nurture", Start: 25, End: 26}
		to, ok := moved(at, map[string]string{"a.nurture": before}, map[string]string{"a.nurture": test.after})
		got := ""
		if ok {
			got = test.after[to.Start:to.End]
		}
		if got != test.word {
			t.Errorf("an edit %s: it stands at %q, not at %q", test.name, got, test.word)
		}
	}
	if _, ok := moved(diag.Span{File: "gone.nurture", End: 1}, map[string]string{"gone.nurture": "x"}, nil); ok {
		t.Error("it stands in a file that is gone")
	}
}
