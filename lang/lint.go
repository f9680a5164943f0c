package lang

import (
	"errors"
	"io/fs"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/diag"
	"nurture/lang/lint"
)

// Lint adds what the linter finds to the diagnostics. A playbook with errors is not linted: what is broken may be the
// reason for anything that would be found.
func (l *Loaded) Lint(c lint.Config) {
	if l.Playbook == nil || l.Failed() {
		return
	}
	l.Diagnostics = append(l.Diagnostics, lint.Run(l.Playbook, c)...)
	l.sort()
}

// Configuration looks for what says how a playbook is linted: beside it, or in the nearest of so many folders above it. Read
// gives a file by its name inside the playbook's folder, where `../` leads out of it. Ok is false where there is none.
func Configuration(above int, read func(name string) (string, error)) (config Source, ok bool) {
	for up := range above + 1 {
		name := strings.Repeat("../", up) + lint.ConfigName
		if src, err := read(name); !errors.Is(err, fs.ErrNotExist) {
			return Source{name, src, err}, true
		}
	}
	return Source{}, false
}

// LintAs is Lint with the text of a configuration; the zero Source says nothing. What is wrong with it is among the
// diagnostics: the caller adds it to the sources.
func (l *Loaded) LintAs(config Source, today calendar.Date) {
	var c lint.Config
	var wrong []diag.Diagnostic
	switch {
	case config.Err != nil:
		wrong = []diag.Diagnostic{unreadableConfig(config)}
	case config.Name != "":
		c, wrong = lint.ParseConfig(config.Name, config.Text)
	}
	c.Now = today
	l.Lint(c)
	l.Diagnostics = append(l.Diagnostics, wrong...)
	l.sort()
}

// unreadableConfig is said where a configuration is there, and cannot be read: the playbook is linted as if it were not.
func unreadableConfig(config Source) diag.Diagnostic {
	err := config.Err
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return diag.Diagnostic{Code: lint.ConfigCode, Span: diag.Span{File: config.Name}, Message: "the linter's configuration cannot be read: " + err.Error()}
}
