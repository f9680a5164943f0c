package diag

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Trace is what stays of a finding when lines above it come and go: its code, its file, and what stands on its line. Two
// findings can have the same one, such as two in one line.
type Trace struct {
	Code string `json:"code"`
	File string `json:"file"`
	Line string `json:"line"` // its text, with single blanks
}

// Traces gives the trace of each diagnostic.
func Traces(diags []Diagnostic, sources map[string]string) []Trace {
	p := newPlaces(sources)
	all := make([]Trace, len(diags))
	for i, d := range diags {
		all[i] = Trace{Code: d.Code, File: d.Span.File}
		if l := p.of(d.Span.File); l != nil {
			line, _ := l.Position(d.Span.Start)
			all[i].Line = strings.Join(strings.Fields(l.Text(line)), " ")
		}
	}
	return all
}

// fingerprints are traces as short texts, each once: the second of the same is another.
func fingerprints(diags []Diagnostic, sources map[string]string) []string {
	seen := map[Trace]int{}
	all := make([]string, len(diags))
	for i, t := range Traces(diags, sources) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", t.Code, t.File, t.Line, seen[t]))
		seen[t]++
		all[i] = hex.EncodeToString(sum[:16])
	}
	return all
}
