package diag

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// The form of JUnit's reports that CI systems agree on: https://github.com/testmoapp/junitxml. What the counts are, and that
// every text is one that XML can say, is seen to by Write.
type (
	JUnit struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Seconds  float64      `xml:"time,attr,omitempty"`
		Suites   []JUnitSuite `xml:"testsuite"`
	}
	JUnitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Seconds  float64     `xml:"time,attr,omitempty"`
		Cases    []JUnitCase `xml:"testcase"`
	}
	JUnitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Seconds float64       `xml:"time,attr,omitempty"`
		Failure *JUnitFailure `xml:"failure"`
		Out     *JUnitText    `xml:"system-out"`
	}
	JUnitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
	JUnitText struct {
		Text string `xml:",cdata"`
	}
)

// Write writes the report as XML.
func (r JUnit) Write(w io.Writer) error {
	for i := range r.Suites {
		s := &r.Suites[i]
		s.Name, s.Tests, s.Failures = legal(s.Name), len(s.Cases), 0
		for j := range s.Cases {
			c := &s.Cases[j]
			c.Name, c.Class, c.File = legal(c.Name), legal(c.Class), legal(c.File)
			if c.Failure != nil {
				s.Failures++
				c.Failure.Message, c.Failure.Text = legal(c.Failure.Message), legalLines(c.Failure.Text)
			}
			if c.Out != nil {
				c.Out.Text = legalLines(c.Out.Text)
			}
		}
		r.Tests += s.Tests
		r.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(r); err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

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
	report := JUnit{Name: "nurturec check"}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		suite := JUnitSuite{Name: file}
		for _, d := range byFile[file] {
			suite.Cases = append(suite.Cases, r.testcase(d, p))
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []JUnitCase{{Name: "nothing to complain about", Class: file, File: file}}
		}
		report.Suites = append(report.Suites, suite)
	}
	return report.Write(w)
}

func (r Report) testcase(d Diagnostic, p *places) JUnitCase {
	var text strings.Builder
	_ = Text(&text, []Diagnostic{d}, p.sources, false) // a builder does not fail
	c := JUnitCase{Name: r.code(d.Code).label(), Class: d.Span.File, File: d.Span.File}
	if l := p.of(d.Span.File); l != nil {
		var column int
		c.Line, column = l.Position(d.Span.Start)
		c.Name += fmt.Sprintf(" at %d:%d", c.Line, column)
	}
	if d.Severity <= r.FailOn {
		c.Failure = &JUnitFailure{Message: d.Message, Type: d.Severity.String(), Text: text.String()}
	} else {
		c.Out = &JUnitText{text.String()}
	}
	return c
}

// legal leaves out what XML cannot say.
func legal(s string) string { return strings.Map(visible, s) }

func legalLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = legal(line)
	}
	return strings.Join(lines, "\n")
}
