package diag

import (
	"cmp"
	"slices"
	"strings"
)

// Safe says whether a diagnostic has one right answer, which a tool may carry out unasked.
func (d Diagnostic) Safe() bool {
	return len(d.Fixes) == 1 && !d.Fixes[0].Draft && len(d.Fixes[0].Edits) > 0
}

// Together chooses the safe fixes that can be carried out at once: of those that touch one another only the first.
func Together(diags []Diagnostic) []Diagnostic {
	var chosen []Diagnostic
	for _, d := range diags {
		if d.Safe() {
			chosen = append(chosen, d)
		}
	}
	slices.SortStableFunc(chosen, func(a, b Diagnostic) int {
		x, y := a.Fixes[0].extents()[0], b.Fixes[0].extents()[0]
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Start, y.Start))
	})
	taken := map[string][]Span{}
	return slices.DeleteFunc(chosen, func(d Diagnostic) bool {
		extents := d.Fixes[0].extents()
		for _, at := range extents {
			if slices.ContainsFunc(taken[at.File], func(t Span) bool { return at.Start <= t.End && t.Start <= at.End }) {
				return true
			}
		}
		for _, at := range extents {
			taken[at.File] = append(taken[at.File], at)
		}
		return false
	})
}

// extents are the parts of the files that a fix changes, one a file.
func (f Fix) extents() []Span {
	var all []Span
	for _, e := range f.Edits {
		i := slices.IndexFunc(all, func(s Span) bool { return s.File == e.Span.File })
		if i < 0 {
			all = append(all, e.Span)
			continue
		}
		all[i].Start, all[i].End = min(all[i].Start, e.Span.Start), max(all[i].End, e.Span.End)
	}
	return all
}

// Applied is a text after edits that do not overlap.
func Applied(src string, edits []Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var text strings.Builder
	at := 0
	for _, e := range edits {
		text.WriteString(src[at:e.Span.Start])
		text.WriteString(e.New)
		at = e.Span.End
	}
	text.WriteString(src[at:])
	return text.String()
}
