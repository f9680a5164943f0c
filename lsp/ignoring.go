package lsp

import (
	"strings"

	"nurture/lang/diag"
)

// ignoring offers to keep a warning quiet at one place, with a comment above the line that says why. Errors cannot be
// ignored: a playbook that has one does not run.
func ignoring(at *scene) []action {
	var all []action
	if at.File(at.at.File) == nil { // a content file has no such comments
		return nil
	}
	for _, d := range at.found {
		if d.Severity == diag.Error {
			continue
		}
		src := at.Sources[d.Span.File]
		start := strings.LastIndexByte(src[:d.Span.Start], '\n') + 1
		indent := src[start : start+len(src[start:])-len(strings.TrimLeft(src[start:], " \t"))]
		all = append(all, action{
			title: "Ignore " + d.Code + " here, with a reason", solves: []diag.Diagnostic{d},
			edits: []diag.Edit{at.insert(d.Span.File, start, indent+"// nurture:ignore "+d.Code+" because …\n")},
		})
	}
	return all
}
