package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"

	"nurture/lang/diag"
	"nurture/runtime/rehearse"
)

// text shows for a person what failed, or with --verbose everything, and last how it ended.
func (t *tested) text(at *terminal) error {
	if t.book.Failed() {
		if err := diag.Text(at.out, t.errors.diags, t.errors.sources, at.colored); err != nil {
			return err
		}
		fmt.Fprintf(at.err, "the tests cannot be played: %s\n", t.errors.summary())
		return nil
	}
	var text bytes.Buffer
	for _, r := range t.results {
		if len(r.Failures) == 0 && !t.Verbose {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		if err := t.result(&text, r, at.colored); err != nil {
			return err
		}
	}
	for _, n := range t.nevers {
		if len(n.Failures) == 0 && !t.Verbose {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		if err := t.never(&text, n, at.colored); err != nil {
			return err
		}
	}
	if _, err := at.out.Write(text.Bytes()); err != nil {
		return err
	}
	if t.Cover && t.covered != nil {
		if _, err := io.WriteString(at.out, t.coverage()); err != nil {
			return err
		}
	}
	fmt.Fprintln(at.err, t.summary())
	return nil
}

// result shows one test: whether it passed, and each failure with what happened until then.
func (t *tested) result(w *bytes.Buffer, r rehearse.Result, colored bool) error {
	word, tint := "PASS", color.New(color.FgGreen, color.Bold)
	if len(r.Failures) > 0 {
		word, tint = "FAIL", color.New(color.FgRed, color.Bold)
	}
	tint.DisableColor()
	if colored {
		tint.EnableColor()
	}
	fmt.Fprintf(w, "%s %s\n", tint.Sprint(word), diag.Printable(r.Title))
	told := 0
	for _, f := range r.Failures {
		if err := diag.Text(w, []diag.Diagnostic{t.finding(f)}, t.errors.sources, colored); err != nil {
			return err
		}
		t.timeline(w, r.Story[told:f.Story])
		told = f.Story
	}
	if t.Verbose {
		t.timeline(w, r.Story[told:])
	}
	return nil
}

// never shows what came of a never: the contact that it was found with, and the test that shows it.
func (t *tested) never(w *bytes.Buffer, n rehearse.Never, colored bool) error {
	n.Title = fmt.Sprintf("never %q", n.Title)
	if err := t.result(w, n.Result, colored); err != nil {
		return err
	}
	switch {
	case n.Meant != nil:
		fmt.Fprintf(w, "  meant to be at work: without it the test %q fails\n", diag.Printable(n.Meant.Title))
	case len(n.Failures) == 0:
		fmt.Fprintf(w, "  %s were made up, and nobody would be sent what it forbids\n", plural(n.Contacts, "contact"))
	default:
		fmt.Fprintf(w, "  A never is the last net: let the program itself not try it, or say in a test that it is meant (`expect refused never`).\n")
		fmt.Fprintf(w, "  This test shows it, ready to be put into the playbook (contact %d of --seed %d):\n\n", n.Contacts, t.Seed)
		for line := range strings.Lines(n.Test) {
			fmt.Fprintf(w, "    %s", line)
		}
	}
	return nil
}

// finding is a failure as something that is found in the playbook, under the path that a person would type.
func (t *tested) finding(f rehearse.Failure) diag.Diagnostic {
	return renamed(diag.Diagnostic{Span: f.Span, Message: f.Message}, func(file string) string { return asTyped(t.book, file) })
}

// timeline shows what happened: when, what, and for what was decided where and by which line, in columns.
func (t *tested) timeline(w *bytes.Buffer, story []rehearse.Line) {
	const widest = 60 // a longer text pushes only its own line
	what, where := 0, 0
	for _, l := range story {
		if l.By != "" {
			what = max(what, min(runewidth.StringWidth(l.What), widest))
			where = max(where, min(runewidth.StringWidth(l.Where), widest))
		}
	}
	for _, l := range story {
		line := l.At + "  " + l.What
		if l.By != "" {
			line = l.At + "    " + runewidth.FillRight(l.What, what) + "  " + runewidth.FillRight(l.Where, where) + "  " + asTyped(t.book, l.By)
		}
		fmt.Fprintf(w, "  %s\n", diag.Printable(line))
	}
}

// summary says in a line how it ended.
func (t *tested) summary() string {
	if len(t.tests) == 0 && len(t.nevers) == 0 {
		return fmt.Sprintf("%s has no tests. A test stands in any of its files and looks like this; nurturec test --help tells more:\n\n%s", t.name(), t.example())
	}
	failed := 0
	for _, r := range t.results {
		if len(r.Failures) > 0 {
			failed++
		}
	}
	tried := 0
	for _, n := range t.nevers {
		tried += len(n.Failures)
	}
	var words []string
	if passed := len(t.results) - failed; passed > 0 {
		words = append(words, plural(passed, "test")+" passed")
	}
	switch {
	case failed > 0 && len(words) > 0:
		words = append(words, fmt.Sprintf("%d failed", failed))
	case failed > 0:
		words = append(words, plural(failed, "test")+" failed")
	}
	if held := len(t.nevers) - tried; held > 0 {
		words = append(words, plural(held, "never")+" held")
	}
	if tried > 0 {
		words = append(words, plural(tried, "never")+" tried")
	}
	took := fmt.Sprintf("%d ms", t.took.Milliseconds())
	if t.took >= time.Second/10 {
		took = fmt.Sprintf("%.1f s", t.took.Seconds())
	}
	return strings.Join(words, ", ") + " in " + took
}

// name is what the playbook is called where its folder is not.
func (t *tested) name() string {
	if t.Playbook == "." {
		return "the playbook"
	}
	return t.Playbook
}

// example is a first test of this playbook, ready to be put into it.
func (t *tested) example() string {
	stage := "PROGRAM.STAGE"
	for _, p := range t.book.Playbook.Programs {
		if p.Enter != nil && len(p.Stages) > 0 {
			stage = p.Name + "." + p.Stages[0].Name
			break
		}
	}
	return fmt.Sprintf(`  test "everybody begins in %[1]s" {
    at 2026-03-02 10:00
    expect in %[1]s
  }`, stage)
}
