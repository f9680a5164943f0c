package lsp

import (
	"cmp"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"nurture/lang/diag"
)

// fixes are those that the diagnostics of the place carry, each alone, and for each code all of its kind in the file.
func fixes(at *scene) []action {
	var all []action
	seen := map[string]bool{}
	for _, d := range at.found {
		for _, f := range d.Fixes {
			all = append(all, action{
				title: sentence(f.Title), solves: []diag.Diagnostic{d}, edits: f.Edits,
				preferred: len(d.Fixes) == 1 && !f.Draft,
			})
		}
		if seen[d.Code] {
			continue
		}
		seen[d.Code] = true
		kind, edits := at.mended(at.at.File, d.Code)
		if len(kind) > 1 {
			all = append(all, action{
				title: fmt.Sprintf("Fix all %d findings of %s in this file", len(kind), d.Code), solves: kind, edits: edits,
			})
		}
	}
	return all
}

// fixEverything mends what has one right answer in a file.
func (s *Snapshot) fixEverything(name string) (action, bool) {
	solved, edits := s.mended(name, "")
	title := fmt.Sprintf("Fix all %d findings that have one answer", len(solved))
	if len(solved) == 1 {
		title = "Fix the finding that has one answer"
	}
	return action{title: title, kind: fixAll, solves: solved, edits: edits}, len(solved) > 0
}

// mended collects the fixes in a file that can be done together: those that are the one right answer, and of those that
// touch one another the first. code names what is mended; "" is everything.
func (s *Snapshot) mended(name, code string) (solved []diag.Diagnostic, edits []diag.Edit) {
	var candidates []diag.Diagnostic
	for _, d := range s.Diagnostics {
		if (code == "" || d.Code == code) && len(d.Fixes) == 1 && !d.Fixes[0].Draft && extent(d.Fixes[0]).File == name {
			candidates = append(candidates, d)
		}
	}
	slices.SortStableFunc(candidates, func(a, b diag.Diagnostic) int {
		return cmp.Compare(extent(a.Fixes[0]).Start, extent(b.Fixes[0]).Start)
	})
	behind := -1
	for _, d := range candidates {
		if at := extent(d.Fixes[0]); at.Start > behind {
			behind = at.End
			solved = append(solved, d)
			edits = append(edits, d.Fixes[0].Edits...)
		}
	}
	return solved, edits
}

// extent is the part of a file that a fix changes; it has no file where that is more than one.
func extent(f diag.Fix) diag.Span {
	var whole diag.Span
	for i, e := range f.Edits {
		switch {
		case i == 0:
			whole = e.Span
		case e.Span.File != whole.File:
			return diag.Span{}
		default:
			whole.Start, whole.End = min(whole.Start, e.Span.Start), max(whole.End, e.Span.End)
		}
	}
	return whole
}

// sentence begins with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
