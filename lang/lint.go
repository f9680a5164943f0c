package lang

import "nurture/lang/lint"

// Lint adds what the linter finds to the diagnostics. A playbook with errors is not linted: what is broken may be the
// reason for anything that would be found.
func (l *Loaded) Lint(c lint.Config) {
	if l.Playbook == nil || l.Failed() {
		return
	}
	l.Diagnostics = append(l.Diagnostics, lint.Run(l.Playbook, c)...)
	l.sort()
}
