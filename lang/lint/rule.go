package lint

import (
	"slices"
	"strings"

	"nurture/lang/diag"
)

// Rule is a piece of the field's wisdom. Its page, what `explain` says of it, what editors and SARIF show of it and the list
// in the README are made of these fields.
type Rule struct {
	ID       string // "NUR901", stable for ever
	Name     string // "unreachable-stage": what settings may call it instead
	Title    string // "a stage that nobody can reach"
	Family   Family
	Severity diag.Severity
	Tag      diag.Tag
	Why      string // Markdown: why it matters, and what to do
	Fix      string // what its fix does, a sentence; "" where there is none
	Settings []Setting

	// Bad gets exactly this finding, at the places between « and »; Good gets none. They are declarations that take the place of
	// those of base.nurture which have their names, or, when Whole, playbooks.
	Bad, Good string
	Whole     bool
	Now       string // the day on which they are looked at, where that matters

	find func(*look)
}

// Setting is a threshold of a rule. Default is a float64, or a calendar.Duration.
type Setting struct {
	Name    string // "selling_share"
	Default any
	Means   string // "how many of 100 offers may sell"
}

// Family is what rules have in common.
type Family struct {
	Name  string // "holes": what settings call it
	Title string // "Nobody falls into a hole"
}

var (
	Holes     = Family{"holes", "Nobody falls into a hole"}
	Dialogue  = Family{"dialogue", "What is not nurturing"}
	Asking    = Family{"asking", "Asking"}
	Sending   = Family{"sending", "Sending"}
	Measuring = Family{"measuring", "Measuring"}
	Tidy      = Family{"tidy", "Tidy"}
)

// Families are all families, in the order of their pages and numbers.
var Families = []Family{Holes, Dialogue, Asking, Sending, Measuring, Tidy}

// Rules are all rules, by number.
var Rules = sorted(slices.Concat(holes, dialogue, asking, sending, measuring, tidy, ignoring))

func sorted(rules []*Rule) []*Rule {
	slices.SortFunc(rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// Codes document the rules, and what may be wrong with a configuration, as all other diagnostics are documented.
func Codes() []diag.Code {
	codes := []diag.Code{configCode}
	for _, r := range Rules {
		codes = append(codes, diag.Code{
			ID: r.ID, Title: r.Title, Explain: r.Why, Bad: unmarked.Replace(r.Bad), Good: r.Good, Tag: r.Tag,
			Name: r.Name, Family: r.Family.Name, Severity: r.Severity, Page: page(r.ID),
		})
	}
	return codes
}

// unmarked takes the marks off an example.
var unmarked = strings.NewReplacer("«", "", "»", "")
