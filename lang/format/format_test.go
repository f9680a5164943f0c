package format_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nurture/lang/diag"
	"nurture/lang/format"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	for _, input := range inputs(t) {
		t.Run(filepath.Base(input), func(t *testing.T) {
			src := read(t, input)
			got, diags := format.Source(input, src)
			if errors := errorsOf(diags); len(errors) > 0 {
				t.Fatalf("does not parse: %v", errors)
			}
			if *update {
				if err := os.WriteFile(golden(input), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden(input)); got != want {
				t.Errorf("formatted:\n%s\nwant:\n%s", got, want)
			}
			holds(t, src)
		})
	}
}

func TestSource(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"only blanks", " \n\t\n", ""},
		{"only a comment", "// x", "// x\n"},
		{"no line end", "topics a", "topics a\n"},
		{"line ends of Windows", "topics a\r\n\r\n\r\nroles b\r\n", "topics a\n\nroles b\n"},
		{"line ends of old Macs", "topics a\rroles b\r", "topics a\nroles  b\n"},
		{"byte-order mark", "\ufefftopics a\n", "topics a\n"},
		{"two on a line", "program p {\nphase nurture priority 2\n}", "program p {\n  phase    nurture\n  priority 2\n}\n"},
		{"strings as written", "offer a \"\\u00e9  \\\"//\" { }\n", "offer a \"\\u00e9  \\\"//\" {}\n"},
		{"nothing between brackets", "contact {\n\n}\nscore s {\n// why\n\n}\n", "contact {}\nscore s {\n  // why\n}\n"},
		{"broken", "topics  a\n\n\n\noffer {{\r\n", "topics  a\n\n\n\noffer {{\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := format.Source("t.nurture", tt.src)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			holds(t, tt.src)
		})
	}
}

// One long name must not fill up every row of its map, or every rule of its stage.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	tests := map[string]string{
		"map":   "map m {\ntopic | otherwise\n" + long + " | a\n" + strings.Repeat("t | a\n", 5000) + "}\n",
		"cells": "map m {\ntopic" + strings.Repeat(" | s", 50_000) + "\n" + strings.Repeat("t | a\n", 5000) + "}\n",
		"rules": "track main {\non " + long + " -> a\n" + strings.Repeat("on b -> c\n", 5000) + "}\n",
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			got, diags := format.Source("t.nurture", src)
			if errors := errorsOf(diags); len(errors) > 0 {
				t.Fatal(errors[0])
			}
			if len(got) > 2*len(src) {
				t.Errorf("%d bytes became %d", len(src), len(got))
			}
		})
	}
}

func BenchmarkSource(b *testing.B) {
	src := strings.Repeat(read(b, "testdata/whole.nurture"), 40)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		format.Source("b.nurture", src)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(strings.Count(src, "\n")), "ns/line")
}

func inputs(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.nurture")
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	return files
}

func golden(input string) string { return strings.TrimSuffix(input, ".nurture") + ".golden" }

func read(t testing.TB, name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func errorsOf(diags []diag.Diagnostic) []diag.Diagnostic {
	var errors []diag.Diagnostic
	for _, d := range diags {
		if d.Severity == diag.Error {
			errors = append(errors, d)
		}
	}
	return errors
}
