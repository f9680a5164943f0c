package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// What GitHub Actions takes for a command has to be escaped:
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

var githubLevels = map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}

// github writes a report as commands of GitHub Actions, which shows them as annotations of the lines.
func github(w io.Writer, r Report) error {
	p := newPlaces(r.Sources)
	out := bufio.NewWriter(w)
	for _, d := range r.Diagnostics {
		fmt.Fprintf(out, "::%s ", githubLevels[d.Severity])
		if d.Span.File != "" {
			fmt.Fprintf(out, "file=%s,", githubProperty.Replace(d.Span.File))
		}
		if l := p.of(d.Span.File); l != nil {
			line, column := l.Position(d.Span.Start)
			endLine, endColumn := l.Position(d.Span.End)
			fmt.Fprintf(out, "line=%d,endLine=%d,", line, endLine)
			if line == endLine { // columns mean something in one line only
				fmt.Fprintf(out, "col=%d,endColumn=%d,", column, max(endColumn-1, column))
			}
		}
		fmt.Fprintf(out, "title=%s::%s\n", githubProperty.Replace(r.code(d.Code).label()), githubText.Replace(whole(d, p)))
	}
	return out.Flush()
}

// whole is a message with the places that explain it, and what mends it, a line each.
func whole(d Diagnostic, p *places) string {
	text := sentence(d.Message)
	for _, r := range d.Related {
		text += "\n" + r.Span.File
		if l := p.of(r.Span.File); l != nil {
			line, _ := l.Position(r.Span.Start)
			text += fmt.Sprintf(":%d", line)
		}
		text += ": " + r.Message
	}
	for _, f := range d.Fixes {
		text += "\nfix: " + f.Title
	}
	return text
}
