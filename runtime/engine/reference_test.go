package engine_test

import (
	"os"
	"strings"
	"testing"

	"nurture/runtime/engine"
)

// TestReference makes sure that the language's reference has a row for every kind of the journal, in their order.
func TestReference(t *testing.T) {
	spec, err := os.ReadFile("../../lang/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(spec), "| kind | is | says |\n|---|---|---|\n")
	table, _, _ := strings.Cut(rest, "\n\n")
	var kinds []string
	for _, row := range strings.Split(table, "\n") {
		kind, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`")
		kinds = append(kinds, kind)
	}
	if got, want := strings.Join(kinds, " "), strings.Join(engine.Kinds[:], " "); got != want {
		t.Errorf("the journal's kinds in spec.md are\n%s\nin the code\n%s", got, want)
	}
}
