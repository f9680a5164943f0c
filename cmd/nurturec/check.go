package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/diag"
)

type checkCmd struct {
	Path           []string `arg:"" optional:"" help:"Playbooks (folders), files of playbooks, or - for standard input. Default: the current folder."`
	Format         string   `enum:"text,json,sarif,github,gitlab,junit" default:"text" help:"How findings are shown: text, json, sarif, github, gitlab or junit."`
	FailOn         string   `enum:"error,warning,info" default:"error" placeholder:"SEVERITY" help:"The least severity that makes the exit code 1: error, warning or info."`
	Fix            bool     `help:"Carry out what has one right answer, and show what is left."`
	Diff           bool     `help:"Show what --fix would change, and change nothing."`
	Baseline       string   `placeholder:"FILE" help:"Pass over the findings that are recorded in this file."`
	UpdateBaseline bool     `help:"Record all findings in the file of --baseline, so that only new ones are shown from now on."`
	Watch          bool     `help:"Check again whenever a file changes, until it is interrupted."`
	Now            string   `placeholder:"DATE" help:"The day as of which offers are out of date, such as 2026-03-31. Default: today."`
}

func (checkCmd) Help() string {
	return `A playbook is a folder: all .nurture files in it, and the content files that they name. A file is checked
as part of its folder, and only what concerns it is shown. A playbook without errors is looked at by the rules
of the linter as well; what they weigh stands in the .nurturec.toml beside the playbook, or in the nearest
folder above it.

  nurturec check                          the playbook in the current folder
  nurturec check examples/saas            one playbook
  nurturec check a b/offers.nurture       a playbook, and one file of another
  nurturec check --fix a                  mend what has one right answer
  nurturec check --diff a                 show what that would be
  nurturec check --watch a                while writing, beside an editor that knows nothing of it
  nurturec check --format json a          for a program to read; for CI: sarif, github, gitlab, junit
  nurturec check --fail-on warning a      for CI: exit 1 when there is more than a remark
  cat draft.nurture | nurturec check -    a draft; content files are not looked at

To adopt the rules in an old playbook, record what they find now, and be told of what is new:

  nurturec check --baseline old.json --update-baseline a
  nurturec check --baseline old.json a

Every finding has a code; nurturec explain CODE tells more.`
}

func (c *checkCmd) Run(stop context.Context, at *terminal) error {
	if err := c.fits(); err != nil {
		return err
	}
	if !c.Watch && os.Getenv("GOGC") == "" {
		// It lives for milliseconds: to collect garbage a quarter as often makes it a quarter faster.
		debug.SetGCPercent(400)
	}
	k, err := c.checker(at)
	if err != nil {
		return err
	}
	if c.Watch {
		w := &watch{at: at, books: k.books, show: k.again}
		return w.run(stop)
	}
	if c.Fix || c.Diff {
		if err := k.mend(); err != nil {
			return err
		}
	}
	if c.Diff {
		return k.verdict()
	}
	if c.UpdateBaseline {
		if err := k.baseline.update(k.all()); err != nil {
			return err
		}
	}
	if err := k.show(); err != nil {
		return err
	}
	return k.verdict()
}

// fits says which flags cannot stand together.
func (c *checkCmd) fits() error {
	switch {
	case c.UpdateBaseline && c.Baseline == "":
		return errors.New("--update-baseline needs --baseline FILE: the file to write")
	case c.Watch && (c.Fix || c.Diff || c.UpdateBaseline || c.Format != "text"):
		return errors.New("--watch only shows what is found: it cannot stand beside --fix, --diff, --update-baseline or --format")
	case c.Diff && (c.Format != "text" || c.UpdateBaseline):
		return errors.New("--diff shows what would change: it cannot stand beside --format or --update-baseline")
	}
	for _, p := range c.Path {
		if p == "-" && (c.Watch || c.Fix && !c.Diff) {
			return errors.New("standard input cannot be written or watched; name a file, or show what would change with --diff")
		}
	}
	return nil
}

// checker carries out a check.
type checker struct {
	*checkCmd
	at       *terminal
	today    func() calendar.Date
	books    []*playbook
	baseline *baseline // nil: none
}

// checker prepares the check, and has the playbooks checked.
func (c *checkCmd) checker(at *terminal) (*checker, error) {
	k := &checker{checkCmd: c, at: at, today: today}
	var err error
	if c.Now != "" {
		day, err := calendar.ParseDate(c.Now)
		if err != nil {
			return nil, fmt.Errorf("--now %s is no day: write one such as %s", c.Now, today())
		}
		k.today = func() calendar.Date { return day }
	}
	if c.Baseline != "" {
		if k.baseline, err = openBaseline(c.Baseline, c.UpdateBaseline); err != nil {
			return nil, err
		}
	}
	paths := c.Path
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if k.books, err = openPlaybooks(paths, at.in); err != nil {
		return nil, err
	}
	for _, p := range k.books {
		if err := p.look(k.today()); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// today is the day where the user is.
func today() calendar.Date {
	year, month, day := time.Now().Date()
	return calendar.DateOf(year, int(month), day)
}

// all are the findings of all playbooks, with the paths that a person would type.
func (k *checker) all() *findings {
	var f findings
	for _, p := range k.books {
		f.add(p, asTyped)
	}
	return &f
}

// left are the findings that the baseline does not hold.
func (k *checker) left() (f *findings, stale []entry) {
	f = k.all()
	if k.baseline != nil {
		stale = k.baseline.hide(f)
	}
	return f, stale
}

// again checks everything and shows it.
func (k *checker) again() error {
	for _, p := range k.books {
		if err := p.look(k.today()); err != nil {
			return err
		}
	}
	return k.show()
}

func (k *checker) show() error {
	f, stale := k.left()
	if k.Format == "text" {
		if err := diag.Text(k.at.out, f.diags, f.sources, k.at.colored); err != nil {
			return err
		}
	} else if err := k.report(k.at.out, f); err != nil {
		return err
	}
	for _, e := range stale {
		fmt.Fprintf(k.at.err, "no longer found: %s in %s: %s\n", e.Code, e.File, e.Line)
	}
	if len(stale) > 0 {
		fmt.Fprintf(k.at.err, "%s of %s can go; --update-baseline takes them out\n", plural(len(stale), "finding"), k.Baseline)
	}
	if k.Format == "text" {
		fmt.Fprintln(k.at.err, f.summary())
	}
	return nil
}

// report writes a form for machines. Those that belong to a repository name files from its top on.
func (k *checker) report(w io.Writer, f *findings) error {
	if k.Format == "sarif" || k.Format == "github" || k.Format == "gitlab" {
		root, err := repository()
		if err != nil {
			return err
		}
		f = f.called(root.name)
	}
	return diag.Formats[k.Format](w, diag.Report{
		Diagnostics: f.diags, Sources: f.sources, Files: sorted(f.files), Codes: lang.Codes(), Version: version(), FailOn: k.limit(),
	})
}

func (k *checker) limit() diag.Severity {
	return map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "info": diag.Info}[k.FailOn]
}

// verdict is the exit code.
func (k *checker) verdict() error {
	if f, _ := k.left(); f.worst(k.limit()) {
		return &exit{code: exitFindings}
	}
	return nil
}
