package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"nurture/lang"
	"nurture/lang/diag"
	"nurture/runtime/rehearse"
)

// The results for a program to read.
type (
	testsJSON struct {
		Passed int           `json:"passed"` // tests and nevers
		Failed int           `json:"failed"`
		Errors []failureJSON `json:"errors"` // of the playbook; with one no test was played
		Tests  []testJSON    `json:"tests"`
		Nevers []neverJSON   `json:"nevers"`
		Cover  []coverJSON   `json:"cover,omitempty"` // by file and place
	}
	testJSON struct {
		Title    string        `json:"title"`
		File     string        `json:"file"`
		Line     int           `json:"line"`
		Passed   bool          `json:"passed"`
		Seconds  float64       `json:"seconds"`
		Failures []failureJSON `json:"failures"`
		Story    []storyJSON   `json:"story"`
	}
	neverJSON struct {
		testJSON
		Contacts int    `json:"contacts"`        // that were made up
		Meant    string `json:"meant,omitempty"` // the test that means it to be at work
		Test     string `json:"test,omitempty"`  // a test that shows it
	}
	coverJSON struct {
		Part  string `json:"part"` // stages, transitions, map cells, offers, rules
		Name  string `json:"name"`
		File  string `json:"file"`
		Line  int    `json:"line"`
		Count int    `json:"count"` // how often it was exercised
	}
	failureJSON struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"` // from 1, in runes
		Code    string `json:"code,omitempty"`
		Message string `json:"message"`
		Story   int    `json:"story,omitempty"` // how many lines of the story there were by then
	}
	storyJSON struct {
		At    string `json:"at"` // on the contact's clock
		What  string `json:"what"`
		Where string `json:"where,omitempty"`
		By    string `json:"by,omitempty"` // file:line
	}
)

func (t *tested) json(at *terminal) error {
	all := testsJSON{Errors: []failureJSON{}, Tests: []testJSON{}, Nevers: []neverJSON{}}
	for _, d := range t.errors.diags {
		all.Errors = append(all.Errors, t.placed(d))
	}
	count := func(passed bool) {
		if passed {
			all.Passed++
		} else {
			all.Failed++
		}
	}
	for _, r := range t.results {
		test := t.outcome(r)
		all.Tests = append(all.Tests, test)
		count(test.Passed)
	}
	for _, n := range t.nevers {
		never := neverJSON{testJSON: t.outcome(n.Result), Contacts: n.Contacts, Test: n.Test}
		if n.Meant != nil {
			never.Meant = n.Meant.Title
		}
		all.Nevers = append(all.Nevers, never)
		count(never.Passed)
	}
	if t.Cover && t.covered != nil {
		for _, item := range t.covered.Items() {
			at := t.placed(t.finding(rehearse.Failure{Span: item.Span}))
			all.Cover = append(all.Cover, coverJSON{item.Part.String(), item.Name, at.File, at.Line, item.Count})
		}
	}
	out := json.NewEncoder(at.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(all)
}

// outcome is what came of a test or a never.
func (t *tested) outcome(r rehearse.Result) testJSON {
	title := t.placed(t.finding(rehearse.Failure{Span: r.Span}))
	test := testJSON{
		Title: r.Title, File: title.File, Line: title.Line, Passed: len(r.Failures) == 0, Seconds: r.Took.Seconds(),
		Failures: []failureJSON{}, Story: []storyJSON{},
	}
	for _, f := range r.Failures {
		failure := t.placed(t.finding(f))
		failure.Story = f.Story
		test.Failures = append(test.Failures, failure)
	}
	for _, l := range r.Story {
		line := storyJSON{At: l.At, What: l.What, Where: l.Where}
		if l.By != "" {
			line.By = asTyped(t.book, l.By)
		}
		test.Story = append(test.Story, line)
	}
	return test
}

// placed is a finding with the line and column it stands at.
func (t *tested) placed(d diag.Diagnostic) failureJSON {
	f := failureJSON{File: d.Span.File, Code: d.Code, Message: d.Message}
	if src, ok := t.errors.sources[f.File]; ok {
		f.Line, f.Column = diag.NewLines(src).Position(d.Span.Start)
	}
	return f
}

// junit writes a suite for each file with tests. What keeps the tests from being played is reported as nurturec check
// does.
func (t *tested) junit(at *terminal) error {
	if t.book.Failed() {
		return diag.Formats["junit"](at.out, diag.Report{
			Diagnostics: t.errors.diags, Sources: t.errors.sources, Codes: lang.Codes(), Version: version(), FailOn: diag.Error,
		})
	}
	report := diag.JUnit{Name: "nurturec test", Seconds: t.took.Seconds()}
	suites := map[string]int{}
	add := func(r rehearse.Result, show func(*bytes.Buffer) error) error {
		title := t.placed(t.finding(rehearse.Failure{Span: r.Span}))
		i, there := suites[title.File]
		if !there {
			i = len(report.Suites)
			suites[title.File] = i
			report.Suites = append(report.Suites, diag.JUnitSuite{Name: title.File})
		}
		c := diag.JUnitCase{Name: r.Title, Class: title.File, File: title.File, Line: title.Line, Seconds: r.Took.Seconds()}
		if len(r.Failures) > 0 {
			var text bytes.Buffer
			if err := show(&text); err != nil {
				return fmt.Errorf("write what failed: %w", err)
			}
			c.Failure = &diag.JUnitFailure{Message: r.Failures[0].Message, Type: "expect", Text: text.String()}
		}
		suite := &report.Suites[i]
		suite.Cases, suite.Seconds = append(suite.Cases, c), suite.Seconds+c.Seconds
		return nil
	}
	for _, r := range t.results {
		if err := add(r, func(w *bytes.Buffer) error { return t.result(w, r, false) }); err != nil {
			return err
		}
	}
	for _, n := range t.nevers {
		r := n.Result
		r.Title = fmt.Sprintf("never %q", n.Title)
		if err := add(r, func(w *bytes.Buffer) error { return t.never(w, n, false) }); err != nil {
			return err
		}
	}
	return report.Write(at.out)
}
