package lang_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"nurture/lang"
)

// BenchmarkCheck checks a playbook of 10,000 lines: all of `nurturec check` but the reading of the files and the linter. In
// lang/lint/bench it stands beside HCL.
//
// Of the 70 allocations a line that it once took 57 were participle's, most of them for branches of grammars and for
// fields that are set by reflection: the productions of lang/syntax/plain.go, one lexer for all statements of a file, and
// statements that are cut in the memory of the one before left less than 8.
func BenchmarkCheck(b *testing.B) {
	files, lines := large(), 0
	for _, text := range files {
		lines += strings.Count(text, "\n")
	}
	letter := func(string) (string, error) { return "---\nsubject: A letter\n---\n\nHello.\n", nil }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if loaded := lang.Parse(files, letter); len(loaded.Diagnostics) > 0 {
			b.Fatal(loaded.Diagnostics)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1e3/float64(b.N), "ms")
	b.ReportMetric(float64(lines), "lines")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/float64(lines), "allocs/line")
}

// large is a playbook of 10,000 lines in some files, such as many teams would write together: every fifth line is an
// offer, the others are programs with conditions.
func large() map[string]string {
	files := map[string]string{"contact.nurture": "contact {\n  email      email   key\n  role       enum(\"it\", \"dev\")\n  employees  number\n  consent    bool\n}\n\ntopics alpha, beta\nroles  owner\nevent visited { page text }\n"}
	for f := range 10 {
		var text strings.Builder
		for p := range 53 {
			n := f*53 + p
			for o := range 3 {
				fmt.Fprintf(&text, "offer o%d_%d \"Offer\" { kind guide  topic alpha  for nurture  intent educate  content \"letter.md\" }\n", n, o)
			}
			fmt.Fprintf(&text, `
program p%[1]d "Program" {
  phase nurture
  enter when contact.employees >= %[1]d and contact.role == "it"

  stage learn {
    send o%[1]d_0, o%[1]d_1 every 7d
    on response -> warm
    on visited where event.page startsWith "/pricing" -> warm
    when count(opened, 30d) >= 3 and known(contact.role) -> warm
    after 60d -> done
  }

`, n)
			text.WriteString("  stage warm { task \"Call\" to owner within 2d  after 30d -> done }\n}\n\n")
		}
		files[fmt.Sprintf("team%d.nurture", f)] = text.String()
	}
	return files
}
