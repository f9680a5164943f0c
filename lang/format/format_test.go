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
			golden := strings.TrimSuffix(input, ".nurture") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden); got != want {
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
		{"two on a line", "topics a roles b", "topics a\nroles  b\n"},
		{"strings as written", "offer a \"\\u00e9  \\\"//\" { }\n", "offer a \"\\u00e9  \\\"//\" {}\n"},
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

func inputs(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.nurture")
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	return files
}

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
