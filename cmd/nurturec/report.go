package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"nurture/lang/compile"
	"nurture/runtime/measure"
	webpage "nurture/runtime/measure/page"
	rep "nurture/runtime/report"
	"nurture/runtime/store"
)

type reportCmd struct {
	Playbook string `arg:"" optional:"" help:"The playbook whose goals, maps and measures are reported. Default: the one that ran last."`
	Store    string `placeholder:"FILE" help:"The store that a run wrote. Default: nurture.db beside the playbook, or in the current folder."`
	From     string `placeholder:"TIME" help:"Report what happened from this instant on. Default: since the store began."`
	To       string `placeholder:"TIME" help:"Report what happened before this instant. Default: all of it."`
	Format   string `enum:"table,json,csv,html" default:"table" help:"How it is shown: table, json, csv or html."`
	Output   string `short:"o" type:"path" placeholder:"FILE" help:"Where it is written. Default: standard output."`
}

func (reportCmd) Help() string {
	return `Reports what really happened, from the journal and the inbox of a store: whether goals are reached, what sales got
and said, what was sent, held, refused and answered, which offer works for which segment, where contacts stand and how
long, what it cost and brought, and what messages add against the holdout. Shares stand with the interval in which they
lie with 95% confidence.

  nurturec report                                          nurture.db of the current folder
  nurturec report --store nurture.db --from 2026-04-01 --to 2026-07-01
  nurturec report --format html -o report.html             a page with charts, which needs no network
  nurturec report --format csv | duckdb -c "from read_csv('/dev/stdin') where measure = 'responded'"
  nurturec report --format json | jq '.figures.goals'

The same numbers of a future that may come are in simulate. Times are 2026-01-05, 2026-01-05 09:00 (both in the policy's
time zone) or 2026-01-05T09:00:00Z.

Exit codes: 0 it is reported · 1 the playbook has errors, which are shown · 2 wrong usage, or something could not be
read · 3 interrupted.`
}

func (c *reportCmd) Run(stop context.Context, at *terminal) error {
	options := rep.Options{}
	if c.Playbook != "" {
		p := &playbook{folder: c.Playbook}
		if err := p.look(today()); err != nil {
			return err
		}
		if err := p.sound(at, "nothing is reported by a playbook with errors; leave its name out to report by the one that ran last"); err != nil {
			return err
		}
		options.Program = compile.Compile(p.Playbook)
	}
	if c.Store == "" {
		c.Store = filepath.Join(c.Playbook, "nurture.db")
	}
	s, err := store.Read(c.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	options.Store = s
	options.From, options.To = givenInstant("--from", c.From), givenInstant("--to", c.To)
	progress := newProgress(at)
	options.Progress = func(done, total int64) { progress.show("reporting", "contacts", float64(done), float64(total)) }
	found, err := rep.Of(stop, options)
	progress.end()
	switch {
	case errors.Is(err, context.Canceled):
		return &exit{exitRefused, errors.New("interrupted; nothing is shown of a report that is not over")}
	case err != nil:
		return err
	}
	if c.Output == "" {
		return reportFormats[c.Format](&reported{c, found}, at.out)
	}
	file, err := os.Create(c.Output)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Output, cause(err))
	}
	out := bufio.NewWriter(file)
	return errors.Join(reportFormats[c.Format](&reported{c, found}, out), out.Flush(), file.Close())
}

// givenInstant reads a time flag, as the policy of the playbook that is reported by means it; nil when it was not given.
func givenInstant(flag, text string) rep.Instant {
	if text == "" {
		return nil
	}
	return func(p *compile.Program) (int64, error) {
		t, err := compile.ParseInstant(text, p.Policy.Zone)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", flag, err)
		}
		return t, nil
	}
}

// reported is a report that is to be shown.
type reported struct {
	command *reportCmd
	*rep.Report
}

var reportFormats = map[string]func(*reported, io.Writer) error{"table": (*reported).table, "json": (*reported).json, "csv": (*reported).csv, "html": (*reported).html}

func (r *reported) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Store   string           `json:"store"`
		Notes   []string         `json:"notes,omitempty"`
		Figures *measure.Figures `json:"figures"`
	}{r.command.Store, r.Notes, r.Figures})
}

// csv writes one tidy table: a number a line.
func (r *reported) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	rows := [][]string{{"measure", "by", "key", "value", "low", "high", "of"}}
	for _, n := range r.Figures.Tidy() {
		of := ""
		if n.N != nil {
			of = strconv.FormatInt(*n.N, 10)
		}
		rows = append(rows, []string{n.Measure, n.By, n.Key, number(&n.Value), number(n.Low), number(n.High), of})
	}
	return out.WriteAll(rows)
}

func (r *reported) html(w io.Writer) error {
	return webpage.Write(w, &webpage.Page{Title: "What happened", Lead: []string{r.span(), filepath.Base(r.command.Store)}, Notes: r.Notes, Figures: r.Figures})
}

// span is what the report covers, in the playbook's time zone.
func (r *reported) span() string {
	const layout = "2006-01-02 15:04"
	return fmt.Sprintf("%s to %s (%s)", r.Figures.From.Format(layout), r.Figures.To.Format(layout), zoneName(r.Figures.From))
}

func zoneName(t time.Time) string { return t.Location().String() }
