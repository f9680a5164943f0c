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

// LintAsConfigured is Lint with the configuration that lies beside the playbook or in the nearest of so many folders above
// it. Read gives a file by its name inside the playbook's folder, where `../` leads out of it. What is wrong with the
// configuration is among the diagnostics, and its text among the sources.
func (l *Loaded) LintAsConfigured(above int, read func(name string) (string, error), today calendar.Date) {
	var c lint.Config
	var wrong []diag.Diagnostic
	for up := range above + 1 {
		name := strings.Repeat("../", up) + lint.ConfigName
		src, err := read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			wrong = []diag.Diagnostic{unreadableConfig(name, err)}
			break
		}
		l.Sources[name] = src
		c, wrong = lint.ParseConfig(name, src)
		break
	}
	c.Now = today
	l.Lint(c)
	l.Diagnostics = append(l.Diagnostics, wrong...)
	l.sort()
}

// unreadableConfig is said where a configuration is there, and cannot be read: the playbook is linted as if it were not.
func unreadableConfig(name string, err error) diag.Diagnostic {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return diag.Diagnostic{Code: lint.ConfigCode, Span: diag.Span{File: name}, Message: "the linter's configuration cannot be read: " + err.Error()}
}
