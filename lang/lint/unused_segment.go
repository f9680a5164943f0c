package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
)

var unusedSegment = &Rule{
	ID: "NUR901", Name: "unused-segment", Title: "a segment that nothing uses", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "No condition, map or other segment names it, so it does nothing. Use it where contacts like these should be treated in their own way, for instance as a column of an offer map, or delete it.",
	Bad: `/// Who works in a team.
segment «team» = contact.role == "team"
`,
	Good: `/// Who works in a team.
segment team = contact.role == "team"

map discovery {
  topic    | team     | otherwise
  security | breaches | operations
}
`,
	find: func(l *look) {
		for _, s := range l.Segments {
			if !l.used(check.Ref{Kind: check.ASegment, Name: s.Name}) {
				l.report(s.Span, "nothing uses segment `%s`; use it, for instance as a column of a map, or delete it", s.Name)
			}
		}
	},
}

// used says whether something names a thing, beside its declaration and tests.
func (l *look) used(r check.Ref) bool {
	for _, u := range l.UsesOf(r) {
		if !u.Declares {
			return true
		}
	}
	return false
}
