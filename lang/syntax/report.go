package syntax

import (
	"fmt"
	"slices"

	"nurture/lang/diag"
)

// mostReported bounds the diagnostics of one file; a file with more faults is no playbook.
const mostReported = 1000

// reporter gathers the diagnostics of one file.
type reporter struct {
	file  string
	diags []diag.Diagnostic
}

func (r *reporter) add(code string, at Span, format string, args ...any) *diag.Diagnostic {
	switch {
	case len(r.diags) > mostReported:
		return &diag.Diagnostic{}
	case len(r.diags) == mostReported:
		code, format, args = "NUR028", "there are more errors than the %d before: mend those first", []any{mostReported}
	}
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	r.diags = append(r.diags, diag.Diagnostic{Code: code, Severity: diag.Error, Span: r.in(at), Message: format})
	return &r.diags[len(r.diags)-1]
}

// fix reports what has one right answer: the text that should stand in the place of a span.
func (r *reporter) fix(code string, at Span, message, title string, edit Span, text string) *diag.Diagnostic {
	d := r.add(code, at, "%s", message)
	d.Fixes = []diag.Fix{{Title: title, Edits: []diag.Edit{{Span: r.in(edit), New: text}}}}
	return d
}

func (r *reporter) in(s Span) diag.Span { return diag.Span{File: r.file, Start: s.Start, End: s.End} }

// finish gives the diagnostics in the file's order. Of several at one place the first reported stays: the others
// follow from it.
func (r *reporter) finish() []diag.Diagnostic {
	slices.SortStableFunc(r.diags, func(a, b diag.Diagnostic) int { return a.Span.Start - b.Span.Start })
	r.diags = slices.CompactFunc(r.diags, func(a, b diag.Diagnostic) bool { return a.Span.Start == b.Span.Start })
	return r.diags
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
