package lsp

import (
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

// mended collects the fixes in a file that can be done together. code names what is mended; "" is everything.
func (s *Snapshot) mended(name, code string) (solved []diag.Diagnostic, edits []diag.Edit) {
	solved = diag.Together(slices.DeleteFunc(slices.Clone(s.Found()), func(d diag.Diagnostic) bool {
		return code != "" && d.Code != code || !d.Safe() || slices.ContainsFunc(d.Fixes[0].Edits, func(e diag.Edit) bool { return e.Span.File != name })
	}))
	for _, d := range solved {
		edits = append(edits, d.Fixes[0].Edits...)
	}
	return solved, edits
}

// sentence begins with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
