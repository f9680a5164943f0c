package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/lang/syntax"
	"nurture/runtime/ingest"
	"nurture/runtime/simulate"
)

type simulateCmd struct {
	Playbook string `arg:"" optional:"" default:"." help:"The playbook's folder. Default: the current folder."`
	Scenario string `placeholder:"NAME" help:"What contacts do. Default: the playbook's only scenario."`
	Contacts string `placeholder:"N|FILE" help:"How many contacts are made up, or a CSV of real ones, as run takes it. Default: as many as the scenario says."`
	Seed     uint64 `default:"1" placeholder:"N" help:"Of the luck. Default: 1."`
	Seeds    int    `default:"10" placeholder:"K" help:"How many seeds, from --seed on, make the intervals. Default: 10."`
	From     string `placeholder:"TIME" help:"When it begins. Default: today."`
	For      string `default:"1y" placeholder:"DURATION" help:"How long it lasts, such as 90d, 6mo or 1y. Default: 1y."`
	Format   string `enum:"table,json,html" default:"table" help:"How it is shown: table, json or html."`
	Output   string `short:"o" type:"path" placeholder:"FILE" help:"Where it is written. Default: standard output."`
	Compare  string `placeholder:"PLAYBOOK" help:"Another version, simulated with the same people, who have the same luck, and shown beside the first."`
	Export   string `type:"path" placeholder:"DIR" help:"Write the contacts of the first seed, and what happened to them, as files that run takes."`
}

func (simulateCmd) Help() string {
	return `Foresees what a playbook will do. A scenario of the playbook says who its contacts are and how likely they do what:

  scenario baseline {
    contacts 10000 { consent 90%  role "developer" 30%, "it" 40% }
    opened   30%
    clicked  4% where contact.role == "developer"
    clicked  2%
    sales.accepted 60% within 1d..3d
  }

Contacts go through the playbook by the same steps as in a live run; nothing is sent and no store is touched. You see
whether goals are reached, how much work there is for sales, what is sent, which offers are used up and when, what it
costs and brings, and where contacts stand. Each number is the mean over the seeds, with the interval in which that
mean lies with 95% confidence. The same seed has the same people with the same luck, under every version of a
playbook and on every machine.

  nurturec simulate examples/saas                                          a year from today on
  nurturec simulate --from 2026-01-05 --for 6mo --contacts 50000 .         other times, more people
  nurturec simulate --contacts leads.csv .                                 real contacts; the scenario fills what is not known
  nurturec simulate --compare ../new .                                     what would the new version change?
  nurturec simulate --format html -o forecast.html .                       a page with charts, which needs no network
  nurturec simulate --format json . | jq '.numbers[] | select(.measure == "revenue" and .by == "")'
  nurturec simulate --export sim --from 2026-01-05 --for 90d .             what happens, as files:
  nurturec run --contacts sim/contacts.csv --events sim/events.jsonl --from 2026-01-05 --to 2026-04-05 --store sim/nurture.db .

Exit codes: 0 it is simulated · 1 a playbook has errors, which are shown · 2 wrong usage, or something could not be
read · 3 interrupted.`
}

func (c *simulateCmd) Run(stop context.Context, at *terminal) error {
	study, one, err := c.study(at)
	if err != nil {
		return err
	}
	progress := newProgress(at)
	study.Progress = func(done, total int64) { progress.show("simulating", "contacts", float64(done), float64(total)) }
	var export *simulate.Export
	if c.Export != "" {
		if export, err = simulate.NewExport(one.Program, c.Export); err != nil {
			return err
		}
		study.Each = export.Each
	}
	began := time.Now()
	f := &forecast{command: c, study: study}
	f.is, f.other, err = study.Forecast(stop)
	f.took = time.Since(began)
	progress.end()
	if export != nil {
		err = errors.Join(err, export.Close())
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &exit{exitRefused, errors.New("interrupted; nothing is shown of a simulation that is not over")}
	case err != nil:
		return err
	}
	if c.Output == "" {
		return simulateFormats[c.Format](f, at.out)
	}
	file, err := os.Create(c.Output)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Output, cause(err))
	}
	out := bufio.NewWriter(file)
	return errors.Join(simulateFormats[c.Format](f, out), out.Flush(), file.Close())
}

// forecast is what a simulation came to.
type forecast struct {
	command   *simulateCmd
	study     *simulate.Study
	is, other *simulate.Forecast // other: of --compare, or nil
	took      time.Duration
}

var simulateFormats = map[string]func(*forecast, io.Writer) error{"table": (*forecast).table, "json": (*forecast).json, "html": (*forecast).html}

// study reads what is to be simulated.
func (c *simulateCmd) study(at *terminal) (*simulate.Study, *simulate.Subject, error) {
	loaded, err := load(c.Playbook)
	if err != nil {
		return nil, nil, err
	}
	if err := c.sound(at, c.Playbook, loaded); err != nil {
		return nil, nil, err
	}
	scenario, err := c.scenario(loaded.Playbook)
	if err != nil {
		return nil, nil, err
	}
	one, err := subject(loaded, scenario)
	if err != nil {
		return nil, nil, err
	}
	study := &simulate.Study{Seeds: c.Seeds}
	study.Program, study.Scenario, study.Seed, study.Contacts = one.Program, one.Scenario, c.Seed, one.Scenario.Contacts
	if c.Seeds < 1 {
		return nil, nil, fmt.Errorf("--seeds %d: at least one is needed", c.Seeds)
	}
	if err := c.span(study); err != nil {
		return nil, nil, err
	}
	if err := c.people(at, study); err != nil {
		return nil, nil, err
	}
	if c.Compare != "" {
		if study.Against, err = c.against(at, loaded, scenario); err != nil {
			return nil, nil, err
		}
	}
	return study, one, nil
}

// sound shows the errors of a playbook that has some.
func (c *simulateCmd) sound(at *terminal, folder string, loaded *lang.Loaded) error {
	if !loaded.Failed() {
		return nil
	}
	var found findings
	found.add(&playbook{folder: folder, Loaded: loaded}, asTyped)
	found.diags = slices.DeleteFunc(found.diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if err := diag.Text(at.err, found.diags, found.sources, false); err != nil {
		return err
	}
	return &exit{exitFindings, fmt.Errorf("%s cannot be simulated: %s", folder, found.summary())}
}

// scenario is the one that was asked for, or the only one.
func (c *simulateCmd) scenario(p *check.Playbook) (*check.Scenario, error) {
	var names []string
	for _, s := range p.Scenarios {
		if s.Name == c.Scenario || c.Scenario == "" && len(p.Scenarios) == 1 {
			return s, nil
		}
		names = append(names, s.Name)
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("%s has no scenario, which says who its contacts are and what they do; write one into any of its files:\n\n%s", c.Playbook, firstScenario(p))
	case c.Scenario == "":
		return nil, fmt.Errorf("%s has several scenarios; choose one with --scenario: %s", c.Playbook, strings.Join(names, ", "))
	}
	hint := "; it has " + strings.Join(names, ", ")
	if near, ok := diag.Nearest(c.Scenario, names); ok {
		hint = "; did you mean " + near + "?"
	}
	return nil, fmt.Errorf("--scenario %s: %s has no scenario of this name%s", c.Scenario, c.Playbook, hint)
}

// firstScenario is one to begin with.
func firstScenario(p *check.Playbook) string {
	var b strings.Builder
	b.WriteString("  scenario usual {\n    contacts 1000 {")
	for _, f := range p.Contact.Fields {
		if f.Type == check.FieldBool {
			fmt.Fprintf(&b, "  %s 50%%", f.Name)
		}
	}
	b.WriteString("  }\n    opened  30%\n    clicked 3%\n")
	for _, h := range p.Handoffs {
		for _, o := range h.Outcomes {
			fmt.Fprintf(&b, "    %s %d%% within 1d..5d\n", o.Name, 90/len(h.Outcomes))
		}
	}
	b.WriteString("  }")
	return b.String()
}

func subject(loaded *lang.Loaded, scenario *check.Scenario) (*simulate.Subject, error) {
	s := &simulate.Subject{Program: compile.Compile(loaded.Playbook)}
	var err error
	s.Scenario, err = s.Program.Scenario(scenario)
	return s, err
}

// span reads when the simulation begins and ends.
func (c *simulateCmd) span(s *simulate.Study) error {
	zone := s.Program.Policy.Zone
	s.From = zone.Start(today())
	if c.From != "" {
		from, err := compile.ParseInstant(c.From, zone)
		if err != nil {
			return fmt.Errorf("--from: %w", err)
		}
		s.From = from
	}
	long, err := calendar.ParseDuration(c.For)
	if err != nil {
		return fmt.Errorf("--for: %w", err)
	}
	if s.To = zone.Add(s.From, long); s.To <= s.From {
		return fmt.Errorf("--for %s: a simulation lasts longer than no time", c.For)
	}
	const longest = 100 // years
	if long.Elapsed() > (calendar.Duration{Months: 12 * longest}).Elapsed() {
		return fmt.Errorf("--for %s: the longest that is simulated is %dy", c.For, longest)
	}
	return nil
}

const mostSimulated = 100_000_000 // contacts, as in a scenario

// people reads how many contacts are made up, or where they are.
func (c *simulateCmd) people(at *terminal, s *simulate.Study) error {
	switch n, err := strconv.Atoi(strings.NewReplacer("_", "", ",", "").Replace(c.Contacts)); {
	case c.Contacts == "":
		return nil
	case err == nil && (n < 1 || n > mostSimulated):
		return fmt.Errorf("--contacts %s: write 1 to %s, or the name of a file", c.Contacts, count(mostSimulated))
	case err == nil:
		s.Contacts = n
		return nil
	case c.Contacts == "-":
		return errors.New("--contacts -: the contacts are read again for each seed; write them into a file")
	}
	s.File = c.Contacts
	in, err := ingest.LookAtContacts(s.Program, s.File)
	if err != nil {
		return err
	}
	defer in.Close()
	s.Contacts = 0
	for {
		contact, err := in.Next()
		if err != nil {
			return err
		}
		if contact == nil {
			break
		}
		s.Contacts++
	}
	for _, note := range in.Notes() {
		fmt.Fprintf(at.err, "nurturec: %s\n", note)
	}
	if in.Rejected > 0 {
		fmt.Fprintf(at.err, "nurturec: %s passed over, such as %s\n", were(in.Rejected, "line"), in.Why)
	}
	if s.Contacts == 0 {
		return fmt.Errorf("%s has no contacts that can be taken", s.File)
	}
	return nil
}

func were(n int, what string) string {
	if n == 1 {
		return "1 " + what + " was"
	}
	return count(int64(n)) + " " + what + "s were"
}

// against reads the other playbook, with the scenario of this one: both have the same people, who do the same.
func (c *simulateCmd) against(at *terminal, one *lang.Loaded, scenario *check.Scenario) (*simulate.Subject, error) {
	root, err := openFolder(c.Compare)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	sources, err := lang.Sources(root.FS())
	if err != nil {
		return nil, err
	}
	read := func(name string) (string, error) {
		src := lang.ReadFile(root.FS(), name)
		return src.Text, src.Err
	}
	other := lang.Check(sources, read)
	if err := c.sound(at, c.Compare, other); err != nil {
		return nil, err
	}
	for _, own := range other.Playbook.Scenarios {
		if own.Name == scenario.Name {
			for i := range sources {
				if sources[i].Name == own.Span.File {
					sources[i].Text = outside(sources[i].Text, syntax.NodeOf(own.Decl).Span)
				}
			}
		}
	}
	span := syntax.NodeOf(scenario.Decl).Span
	text := one.Sources[scenario.Span.File]
	const last = "~" // behind all others, as files are sorted
	sources = append(sources, lang.Source{Name: last + scenario.Span.File, Text: inside(text, span)})
	other = lang.Check(sources, read)
	if other.Failed() {
		fmt.Fprintf(at.err, "nurturec: with the scenario %s of %s, which is to be the same for both:\n", scenario.Name, c.Playbook)
		return nil, c.sound(at, c.Compare, other)
	}
	for _, s := range other.Playbook.Scenarios {
		if s.Name == scenario.Name {
			return subject(other, s)
		}
	}
	return nil, fmt.Errorf("%s cannot be compared", c.Compare)
}

// outside is a text with blanks in the place of a span, inside one with blanks in the place of all else: lines stay
// where they are.
func outside(text string, s syntax.Span) string {
	return text[:s.Start] + blank(text[s.Start:s.End]) + text[s.End:]
}

func inside(text string, s syntax.Span) string {
	return blank(text[:s.Start]) + text[s.Start:s.End] + blank(text[s.End:])
}

func blank(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}
