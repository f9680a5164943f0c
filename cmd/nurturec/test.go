package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/rehearse"
)

type testCmd struct {
	Playbook  string  `arg:"" optional:"" default:"." help:"The playbook's folder. Default: the current folder."`
	Only      string  `name:"run" placeholder:"RE" help:"Only the tests and nevers whose titles this regular expression fits. -run is taken as well."`
	Seed      uint64  `default:"1" placeholder:"N" help:"Of the contacts that are made up for the nevers: another seed, other contacts. Default: 1."`
	Format    string  `enum:"text,json,junit" default:"text" help:"How the results are shown: text, json or junit."`
	Cover     bool    `help:"Show which stages, transitions, map cells, offers and rules the tests exercised."`
	CoverMin  float64 `placeholder:"PERCENT" help:"Exit with 1 when less than this was exercised, such as 90."`
	CoverHTML string  `name:"cover-html" type:"path" placeholder:"FILE" help:"Write a page with the source coloured by what was exercised."`
	Watch     bool    `help:"Play them again whenever a file of the playbook changes, until it is interrupted."`
	Verbose   bool    `short:"v" help:"Show the tests that pass as well, each with what happened in it."`
}

func (testCmd) Help() string {
	return `Plays the tests of a playbook: each is one contact, in memory, on a clock that runs as fast as the machine allows,
by the same steps as a live run. Nothing is sent, and no store is touched. Of a test that fails you see which line
expected what, what is so instead, and what happened to the contact until then, with the line that decided it.

  nurturec test                            the tests of the playbook in the current folder
  nurturec test examples/saas              of another one
  nurturec test -run consent .             those with "consent" in their titles
  nurturec test -v -run "no consent" .     one, with the whole story of its contact
  nurturec test --cover .                  what they exercise, and what they do not
  nurturec test --cover-min 90 .           for CI: exit 1 when less than 90% is exercised
  nurturec test --seed 7 .                 make up other contacts for the nevers
  nurturec test --watch .                  while writing, beside an editor that knows nothing of it
  nurturec test --format junit . > t.xml   for CI; --format json for a program to read

For each "never" of the playbook 1,000 contacts are made up, and what happens to them: none of them may come to where
only the rule keeps the message from being sent. For one that does you get the shortest story that shows it, as a test
to put into the playbook. A never that a test means to be at work, as the test would fail without it, is left alone.

A test stands in any file of the playbook, beside what it is about or in a file of its own:

  test "whoever answers is written to by a person" {
    contact { email = "a@example.com"  consent = true }
    at 2026-03-02 10:00
    expect in leads.learn
    wait 8d
    clicked
    expect in leads.warm
  }

Exit codes: 0 every test passed · 1 a test failed, less was exercised than --cover-min, or the playbook has errors · 2 wrong usage, or something could not
be read · 3 interrupted.`
}

// goFlags lets -run stand for --run, as people who test Go programs write it.
func goFlags(args []string) []string {
	if len(args) == 0 || args[0] != "test" {
		return args
	}
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "-run" || strings.HasPrefix(arg, "-run=") {
			args[i] = "-" + arg
		}
	}
	return args
}

func (c *testCmd) Run(stop context.Context, at *terminal) error {
	t := &tested{testCmd: c, book: &playbook{folder: c.Playbook}}
	if err := t.read(); err != nil {
		return err
	}
	if c.Cover && c.Format == "junit" {
		return errors.New("a JUnit report has no place for what --cover shows: use --format text or json, or --cover-min alone")
	}
	if c.Watch {
		if c.Format != "text" || c.CoverHTML != "" || c.CoverMin > 0 {
			return errors.New("--watch only shows results: it cannot stand beside --format, --cover-html or --cover-min")
		}
		w := &watch{at: at, books: []*playbook{t.book}, show: func() error { return t.again(stop, at) }}
		return w.run(stop)
	}
	if err := t.play(stop); err != nil {
		return &exit{exitRefused, fmt.Errorf("interrupted; %s been played: %w", have(len(t.results), "test"), err)}
	}
	if err := t.show(at); err != nil {
		return err
	}
	if c.CoverHTML != "" && t.covered != nil {
		if err := t.page(c.CoverHTML); err != nil {
			return err
		}
	}
	if err := t.enough(at); err != nil {
		return err
	}
	if t.failed() {
		return &exit{code: exitFindings}
	}
	return nil
}

// have is how many have.
func have(n int, what string) string {
	if n == 1 {
		return "1 " + what + " has"
	}
	return plural(n, what) + " have"
}

// tested is a playbook whose tests are played.
type tested struct {
	*testCmd
	book    *playbook
	errors  findings // for which the tests cannot be played
	only    *regexp.Regexp
	tests   []*check.Test // that were asked for
	results []rehearse.Result
	nevers  []rehearse.Never
	took    time.Duration
	covered *rehearse.Coverage // nil where nobody asked
}

// read reads the playbook and chooses the tests.
func (t *tested) read() error {
	var err error
	if t.only, err = regexp.Compile(t.Only); err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	loaded, err := load(t.Playbook)
	if err != nil {
		return err
	}
	t.book.Loaded, t.errors, t.tests, t.results, t.nevers = loaded, findings{}, nil, nil, nil
	t.errors.add(t.book, asTyped)
	t.errors.diags = slices.DeleteFunc(t.errors.diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if loaded.Failed() {
		return nil
	}
	var titles []string
	fits := false
	for _, test := range loaded.Playbook.Tests {
		if titles = append(titles, test.Title); t.only.MatchString(test.Title) {
			t.tests = append(t.tests, test)
			fits = true
		}
	}
	for _, never := range loaded.Playbook.Nevers {
		titles = append(titles, never.Title)
		fits = fits || t.only.MatchString(never.Title)
	}
	if !fits && len(titles) > 0 {
		hint := ""
		if near, ok := diag.Nearest(t.Only, titles); ok {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return errors.New("--run " + t.Only + " fits the title of no test and of no never" + hint)
	}
	return nil
}

// again reads the playbook anew, plays its tests and shows how they end.
func (t *tested) again(stop context.Context, at *terminal) error {
	if err := t.read(); err != nil {
		fmt.Fprintf(at.err, "nurturec: %v\n", err) // the next change may mend it
		return nil
	}
	if t.play(stop) != nil { // it is interrupted, which ends the watch
		return nil
	}
	return t.show(at)
}

// play plays the tests; the error is that of a context that has ended before.
func (t *tested) play(ctx context.Context) error {
	if t.book.Failed() {
		return nil
	}
	p := compile.Compile(t.book.Playbook)
	if t.Cover || t.CoverMin > 0 || t.CoverHTML != "" {
		t.covered = rehearse.NewCoverage(p)
	}
	began := time.Now()
	results := make([]*rehearse.Result, len(t.tests))
	err := rehearse.PlayAll(ctx, p, t.tests, t.covered, func(i int, r rehearse.Result) { results[i] = &r })
	for _, r := range results {
		if r != nil {
			t.results = append(t.results, *r)
		}
	}
	if err == nil {
		t.nevers, err = rehearse.Nevers(ctx, p, t.Seed, t.only.MatchString)
	}
	t.took = time.Since(began)
	return err
}

func (t *tested) failed() bool {
	return t.book.Failed() || slices.ContainsFunc(t.results, func(r rehearse.Result) bool { return len(r.Failures) > 0 }) ||
		slices.ContainsFunc(t.nevers, func(n rehearse.Never) bool { return len(n.Failures) > 0 })
}

// show writes the results in the form that was asked for.
func (t *tested) show(at *terminal) error {
	return map[string]func(*terminal) error{"text": t.text, "json": t.json, "junit": t.junit}[t.Format](at)
}
