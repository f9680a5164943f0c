// Package lint knows what is not lead nurturing: the wisdom of the field as rules over a checked playbook. Rules is the
// registry of what it knows, Run applies it.
package lint

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/graph"
	"nurture/lang/logic"
)

// Run gives what the rules find in a playbook without errors, by file and place, with the levels of the configuration, and
// without what its comments ignore. (What is broken may be the reason for anything: a playbook with errors is to be
// mended first.)
func Run(pb *check.Playbook, c Config) []diag.Diagnostic {
	l := &look{Playbook: pb, config: c, graph: graph.Of(pb), world: logic.New(pb)}
	for _, r := range Rules {
		if r.find != nil && c.level(r) != Off {
			l.rule = r
			r.find(l)
		}
	}
	l.ignore()
	l.found = slices.DeleteFunc(l.found, func(d diag.Diagnostic) bool { return c.excluded(d.Span.File) })
	slices.SortStableFunc(l.found, func(a, b diag.Diagnostic) int {
		return cmp.Or(strings.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start), strings.Compare(a.Code, b.Code))
	})
	return l.found
}

// look is what a rule looks at, and where it says what it found.
type look struct {
	*check.Playbook
	graph  *graph.Graph
	world  *logic.World
	config Config
	rule   *Rule // whose turn it is
	found  []diag.Diagnostic

	testSpans     []diag.Span             // see tests
	allUsed       map[check.Ref]bool      // see used
	allConditions []condition             // see conditions
	allLongTerm   map[*check.Program]bool // see longTerm
	allMarketing  []*check.Offer          // see marketing
	allArrivals   *arrivals               // see arrivals
}

// report says what the rule found at a place. The message is a sentence without a full stop: what is wrong, then what to
// do. More can be said to the result at once.
func (l *look) report(at diag.Span, format string, args ...any) *finding {
	l.found = append(l.found, diag.Diagnostic{Code: l.rule.ID, Severity: l.config.level(l.rule).severity(), Span: at, Message: fmt.Sprintf(format, args...)})
	return (*finding)(&l.found[len(l.found)-1])
}

// finding is what was reported last.
type finding diag.Diagnostic

// because points to a place that explains the finding.
func (f *finding) because(at diag.Span, format string, args ...any) *finding {
	f.Related = append(f.Related, diag.Related{Span: at, Message: fmt.Sprintf(format, args...)})
	return f
}

// fix offers the one right answer; draft one that a person has to look at.
func (f *finding) fix(title string, edits ...diag.Edit) *finding {
	f.Fixes = append(f.Fixes, diag.Fix{Title: title, Edits: edits})
	return f
}

func (f *finding) draft(title string, edits ...diag.Edit) *finding {
	f.Fixes = append(f.Fixes, diag.Fix{Title: title, Edits: edits, Draft: true})
	return f
}

// number and length are the value of a setting of the rule whose turn it is.
func (l *look) number(setting string) float64 { return l.setting(setting).(float64) }
func (l *look) length(setting string) calendar.Duration {
	return l.setting(setting).(calendar.Duration)
}

func (l *look) setting(name string) any {
	if v, ok := l.config.Settings[name]; ok {
		return v
	}
	for _, s := range l.rule.Settings {
		if s.Name == name {
			return s.Default
		}
	}
	panic("rule " + l.rule.ID + " has no setting " + name)
}

// excluded says whether nothing is to be said of a file.
func (c Config) excluded(file string) bool {
	return slices.ContainsFunc(c.Exclude, func(pattern string) bool {
		ok, _ := path.Match(pattern, file)
		return ok
	})
}
