package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
)

// writeSummary tells what a run did and how the store stands.
func writeSummary(w io.Writer, p *compile.Program, s *runtime.Summary) error {
	var t report
	day := func(at int64) string { return time.Unix(at, 0).In(zone(p)).Format("2006-01-02 15:04") }
	t.line("%s to %s (%s): %s, %s in %s", day(s.From), day(s.To), p.Policy.Zone.Name, things(s.Contacts, "contact"), things(s.Decisions, "decision"), s.Elapsed.Round(10*time.Millisecond))
	if in := s.Intake; in.New+in.Changed+in.Unchanged+in.Events+in.Known+in.Rejected > 0 {
		t.line("taken in: %s, %s changed, %s; %s known already, %s wait for their time, %s rejected",
			things(in.New, "new contact"), count(in.Changed), things(in.Events, "event"), count(in.Known), count(in.Waiting), things(in.Rejected, "line"))
	}

	t.heading("Contacts by stage")
	for _, stage := range s.Stages {
		t.row(stage.Name, stage.N, "")
	}
	t.row("in no program", s.Nowhere, "")

	t.counts("Sent", s.Run, engine.Sent, func(offer string) string {
		if i := p.OfferIndex(offer); i != compile.None {
			return p.Offers[i].Title
		}
		return ""
	})
	t.counts("Held, by reason", s.Run, engine.Held, nil)
	t.counts("Refused, by reason (once a stay in a stage)", s.Run, engine.Refused, nil)
	t.counts("Tasks, by role", s.Run, engine.TaskOpened, nil)
	t.handoffs(p, s.Run)
	t.counts("Stopped", s.Run, engine.Stopped, nil)
	t.goals(s.Goals)
	t.counts("Errors in the journal, which `nurturec journal --kind error` shows", s.Run, engine.Failed, nil)
	t.delivery(s.Delivery)
	if s.Intake.Rejected > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%s rejected: rejects.jsonl beside the store says what and why", things(s.Intake.Rejected, "line")))
	}
	if len(s.Notes) > 0 {
		t.heading("To know")
		for _, n := range s.Notes {
			t.line("  %s", n)
		}
	}
	_, err := io.WriteString(w, t.text())
	return err
}

func zone(p *compile.Program) *time.Location {
	loc, err := time.LoadLocation(p.Policy.Zone.Name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// things counts things in words.
func things(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(n) + " " + what + "s"
}

// report is lines of text, and sections of rows whose columns line up.
type report struct {
	lines []string
	rows  []reportRow // of the section at hand
}

// reportRow is a row of cells; the one at `right`, a number, stands at the right of its column.
type reportRow struct {
	cells []string
	right int
}

func (t *report) line(format string, args ...any) {
	t.flush()
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *report) heading(text string) {
	t.line("")
	t.line("%s", text)
}

// row is a name, how many, and a remark.
func (t *report) row(name string, n int64, note string) {
	t.rows = append(t.rows, reportRow{[]string{name, count(n), note}, 1})
}

// words is a row of texts.
func (t *report) words(cells ...string) {
	t.rows = append(t.rows, reportRow{cells, -1})
}

func (t *report) flush() {
	var widths []int
	for _, r := range t.rows {
		for i, cell := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, r := range t.rows {
		var line strings.Builder
		for i, cell := range r.cells {
			if line.WriteString("  "); i == r.right {
				line.WriteString(runewidth.FillLeft(cell, widths[i]))
			} else {
				line.WriteString(runewidth.FillRight(cell, widths[i]))
			}
		}
		t.lines = append(t.lines, strings.TrimRight(line.String(), " "))
	}
	t.rows = nil
}

func (t *report) text() string {
	t.flush()
	return strings.Join(t.lines, "\n") + "\n"
}

// counts is a section of one kind of decision, most first; nothing where there were none.
func (t *report) counts(heading string, counts runtime.Counts, kind engine.Kind, note func(name string) string) {
	of := counts.By(kind.String())
	if len(of) == 0 {
		return
	}
	t.heading(heading)
	for _, c := range of {
		about := ""
		if note != nil {
			about = note(c.Name)
		}
		name := c.Name
		if name == "" {
			name = kind.String()
		}
		t.row(name, c.N, about)
	}
	if len(of) > 1 {
		t.row("in all", counts.Total(kind.String()), "")
	}
}

// handoffs says for each hand-off what was handed, what came of it, and what came back.
func (t *report) handoffs(p *compile.Program, counts runtime.Counts) {
	for i := range p.Handoffs {
		h := &p.Handoffs[i]
		handed := counts[engine.Handed.String()][h.Name]
		var outcomes []runtime.Count
		for _, c := range counts.By("outcome") {
			if e := p.EventIndex(c.Name); e != compile.None && p.Events[e].Kind == check.Outcome && p.Events[e].Handoff == i {
				outcomes = append(outcomes, c)
			}
		}
		if handed == 0 && len(outcomes) == 0 {
			continue
		}
		t.heading("Handed to " + h.Name)
		t.row("handed", handed, h.Title)
		for _, c := range outcomes {
			t.row("returned "+strings.TrimPrefix(c.Name, h.Name+"."), c.N, "")
		}
		t.row("overdue", counts[engine.Overdue.String()][h.Name], "not answered in time")
		t.row("withdrawn", counts[engine.Withdrawn.String()][h.Name], "moved on before an answer")
	}
}

func (t *report) goals(goals []runtime.Goal) {
	if len(goals) == 0 {
		return
	}
	t.heading("Goals, since the store began")
	for _, g := range goals {
		note := "of " + things(g.Stays, "stay") + " in the program"
		if g.Stays > 0 {
			note += fmt.Sprintf(": %.1f%%", 100*float64(g.Reached)/float64(g.Stays))
		}
		if g.Target > 0 {
			note += fmt.Sprintf(", target %.4g%%", 100*g.Target)
		}
		t.row(g.Program+" "+g.Name, g.Reached, note)
	}
}

func (t *report) delivery(channels []runtime.Delivery) {
	if len(channels) == 0 {
		return
	}
	t.heading("Delivered, by channel")
	for _, d := range channels {
		var notes []string
		if d.Failed > 0 {
			notes = append(notes, fmt.Sprintf("%s failed and wait: %s", count(d.Failed), d.Error))
		} else if d.Waiting > 0 {
			notes = append(notes, count(d.Waiting)+" wait")
		}
		if d.Unknown > 0 {
			notes = append(notes, count(d.Unknown)+" may have gone out before a run died, and are not sent again")
		}
		t.row(d.Channel, d.Sent, strings.Join(notes, "; "))
	}
}
