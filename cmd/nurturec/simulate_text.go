package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"nurture/lang/compile"
	"nurture/runtime/measure"
	"nurture/runtime/simulate"
)

// table writes a forecast for a person: first the answers, then what they are made of.
func (f *forecast) table(w io.Writer) error {
	t := &forecastText{forecast: f, p: f.study.Program}
	t.head()
	if f.other != nil {
		t.compared()
	} else {
		t.short()
		t.goals()
		t.money()
		t.sales()
		t.messages()
		t.offers()
		t.stages()
		if notes := t.notes(); len(notes) > 0 {
			t.heading("To know")
			for _, note := range notes {
				t.sentence(note)
			}
		}
	}
	_, err := io.WriteString(w, t.text())
	return err
}

// forecastText is a forecast as text.
type forecastText struct {
	*forecast
	p *compile.Program
	grid
}

func (t *forecastText) head() {
	s := t.study
	day := func(at int64) string { return time.Unix(at, 0).In(zone(t.p)).Format(time.DateOnly) }
	what := t.command.Playbook
	if t.other != nil {
		what += ", then " + t.command.Compare
	}
	t.line("%s, scenario %s", what, s.Scenario.Name)
	who := things(int64(s.Contacts), "contact")
	if s.File != "" {
		who += " of " + s.File
	}
	t.line("%s, %s to %s, %s", who, day(s.From), day(s.To), t.seeds())
	if s.Seeds > 1 {
		t.line("Each number is the mean of the seeds, beside the interval of that (95%%).")
	}
}

func (t *forecastText) seeds() string {
	s := t.study
	if s.Seeds == 1 {
		return fmt.Sprintf("seed %d", s.Seed)
	}
	return fmt.Sprintf("seeds %d to %d", s.Seed, s.Seed+uint64(s.Seeds)-1)
}

// number is an estimate; nothing where there is none.
func (t *forecastText) number(what, by, key string) measure.Interval {
	e, _ := t.is.Number(what, by, key)
	return e.Interval
}

func (t *forecastText) has(what, by, key string) bool {
	_, ok := t.is.Number(what, by, key)
	return ok
}

// short is the answer: whether goals are reached, what it brings, whether sales can keep up, whether offers suffice.
func (t *forecastText) short() {
	t.heading("In short")
	for i := range t.p.Programs {
		program := &t.p.Programs[i]
		for _, g := range program.Goals {
			t.sentence(t.verdict(program.Name, &g))
		}
	}
	if t.p.Measure.RevenueEvent != compile.None {
		cost := t.number("cost_of_messages", "", "").Value + t.number("cost_of_contacts", "", "").Value
		line := fmt.Sprintf("It brings %s and costs %s", money(t.number("revenue", "", "").Value), money(cost))
		if t.has("roi", "", "") {
			line += fmt.Sprintf(": a return of %s", percent(t.number("roi", "", "").Value))
		}
		t.sentence(line)
	}
	for i := range t.p.Handoffs {
		h := t.p.Handoffs[i].Name
		handed := t.number("handed", "handoff", h).Value
		if handed == 0 {
			t.line("  %s gets nobody.", h)
			continue
		}
		busiest, week := t.busiest(h)
		line := fmt.Sprintf("%s gets %s contacts: %s a week, %s in the busiest, that of %s", h, amount(handed), amount(handed/t.weeks()), amount(busiest), week)
		if late := t.number("overdue", "handoff", h).Value; late > 0 {
			line += fmt.Sprintf("; %s are not answered in time", percent(late/handed))
		}
		t.sentence(line)
	}
	var out []string
	for i := range t.p.Stages {
		if n := t.number("exhausted", "stage", t.p.Stages[i].Name).Value; n >= 0.5 {
			out = append(out, fmt.Sprintf("%s in %s", amount(n), t.p.Stages[i].Name))
		}
	}
	if len(out) > 0 {
		t.sentence("Touches that have nothing left to send: " + strings.Join(out, ", "))
	}
	if refused := t.number("refused", "reason", "consent").Value; refused > 0 {
		t.sentence(fmt.Sprintf("%s stays in a stage get no message for want of consent", amount(refused)))
	}
	if n := t.number("errors", "", "").Value; n > 0 {
		t.sentence(fmt.Sprintf("The journal has %s errors: --export and run, and journal --kind error shows them", amount(n)))
	}
}

func (t *forecastText) weeks() float64 { return float64(t.study.To-t.study.From) / (7 * 86400) }

// verdict says whether a goal is reached.
func (t *forecastText) verdict(program string, g *compile.Goal) string {
	key := program + "/" + g.Name
	if !t.has("reached_share", "goal", key) {
		return fmt.Sprintf("%s, %s: not known, as nobody's %s are over by the end; let --for be longer.", program, g.Name, g.Within)
	}
	is := t.number("reached_share", "goal", key)
	text := fmt.Sprintf("%s, %s: %s", program, g.Name, percent(is.Value))
	switch {
	case g.Target == 0:
		return text + "."
	case is.Low >= g.Target:
		return text + fmt.Sprintf(", the target of %s is reached.", percent(g.Target))
	case is.High < g.Target:
		return text + fmt.Sprintf(", the target of %s is missed.", percent(g.Target))
	default:
		return text + fmt.Sprintf(", too near to the target of %s to tell.", percent(g.Target))
	}
}

// busiest is the most that is handed in a week, in the mean over the seeds, and when.
func (t *forecastText) busiest(handoff string) (most float64, week string) {
	for _, w := range t.wholeWeeks() {
		if n := t.number("handed", "handoff/week", handoff+"/"+w.Begins).Value; n > most {
			most, week = n, w.Begins
		}
	}
	return most, week
}

// notes are what one should know of the scenario.
func (t *forecastText) notes() (notes []string) {
	if never := t.never(); never != "" {
		notes = append(notes, never)
	}
	for _, line := range simulate.Idle(t.study.Scenario) {
		notes = append(notes, line+" never counts, since a line of the same event above it always does; the general line stands last.")
	}
	return notes
}

// never says what the scenario does not speak of, so that it never happens; "" where it speaks of everything.
func (t *forecastText) never() string {
	said := map[int]bool{}
	for i := range t.study.Scenario.Lines {
		said[t.study.Scenario.Lines[i].Event] = true
	}
	var never []string
	for e, is := range t.p.Playbook.Events {
		if is.Outside() && !said[e] && t.reacts(e) {
			never = append(never, is.Name)
		}
	}
	if len(never) == 0 {
		return ""
	}
	return "The scenario has no line for " + strings.Join(never, ", ") + ": here that never happens, though the playbook would act on it."
}

// reacts says whether a rule, a score, the policy or a goal names an event.
func (t *forecastText) reacts(event int) bool {
	named := func(rules []compile.Rule) bool {
		return slices.ContainsFunc(rules, func(r compile.Rule) bool { return r.On == event })
	}
	if is := &t.p.Events[event]; len(is.Scores) > 0 || len(is.Stops) > 0 || t.p.Measure.RevenueEvent == event {
		return true
	}
	return slices.ContainsFunc(t.p.Tracks, func(track compile.Track) bool { return named(track.Rules) }) ||
		slices.ContainsFunc(t.p.Programs, func(p compile.Playlet) bool {
			return named(p.Rules) || slices.ContainsFunc(p.Goals, func(g compile.Goal) bool { return g.Event == event })
		}) ||
		slices.ContainsFunc(t.p.Stages, func(s compile.Stage) bool { return named(s.Rules) })
}
