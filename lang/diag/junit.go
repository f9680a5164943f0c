package diag

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// The form of JUnit's reports that CI systems agree on: https://github.com/testmoapp/junitxml.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Out     *junitText    `xml:"system-out"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

// junit writes a report as a run of tests: a suite a file, in which each finding is a case. It has failed where the finding
// fails the check; others say what was found. A file of which nothing is to be said is a case that passed.
func junit(w io.Writer, r Report) error {
	byFile := map[string][]Diagnostic{}
	for _, file := range r.Files {
		byFile[file] = nil
	}
	for _, d := range r.Diagnostics {
		byFile[d.Span.File] = append(byFile[d.Span.File], d)
	}
	p := newPlaces(r.Sources)
	report := junitReport{Name: "nurturec check"}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		suite := junitSuite{Name: legal(file), Tests: max(len(byFile[file]), 1)}
		for _, d := range byFile[file] {
			c := r.testcase(d, p)
			if c.Failure != nil {
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, c)
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: "nothing to complain about", Class: legal(file), File: legal(file)}}
		}
		report.Tests += suite.Tests
		report.Failures += suite.Failures
		report.Suites = append(report.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(report); err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r Report) testcase(d Diagnostic, p *places) junitCase {
	var text strings.Builder
	_ = Text(&text, []Diagnostic{d}, p.sources, false) // a builder does not fail
	file := legal(d.Span.File)
	c := junitCase{Name: r.code(d.Code).label(), Class: file, File: file}
	if l := p.of(d.Span.File); l != nil {
		var column int
		c.Line, column = l.Position(d.Span.Start)
		c.Name += fmt.Sprintf(" at %d:%d", c.Line, column)
	}
	if d.Severity <= r.FailOn {
		c.Failure = &junitFailure{Message: legal(d.Message), Type: d.Severity.String(), Text: text.String()}
	} else {
		c.Out = &junitText{text.String()}
	}
	return c
}

// legal leaves out what XML cannot say.
func legal(s string) string { return strings.Map(visible, s) }
