package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

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

func (t *forecastText) goals() {
	t.section("Goals", "", "reached", "95% interval", "target", "of stays")
	for i := range t.p.Programs {
		program := &t.p.Programs[i]
		for _, g := range program.Goals {
			key := program.Name + "/" + g.Name
			target := ""
			if g.Target > 0 {
				target = percent(g.Target)
			}
			t.shareRow(program.Name+", "+g.Name, "reached_share", "goal", key, target, t.of("reached_share", "goal", key))
			if t.has("lift", "goal", key) {
				t.shareRow("  with messages", "reached_share_with_messages", "goal", key, "", t.of("reached_share_with_messages", "goal", key))
				t.shareRow("  held out", "reached_share_held_out", "goal", key, "", t.of("reached_share_held_out", "goal", key))
				lift := t.number("lift", "goal", key)
				t.cells("  so messages add", points(lift.Value), between(lift, points), "", "")
			}
		}
	}
}

func (t *forecastText) shareRow(label, what, by, key string, more ...string) {
	if !t.has(what, by, key) {
		t.cells(append([]string{label, "-", ""}, more...)...)
		return
	}
	is := t.number(what, by, key)
	t.cells(append([]string{label, percent(is.Value), between(is, percent)}, more...)...)
}

// of is how many a share is of, in the mean over the seeds.
func (t *forecastText) of(what, by, key string) string {
	var all []float64
	for _, f := range t.is.Figures {
		for _, n := range f.Tidy() {
			if n.Measure == what && n.By == by && n.Key == key && n.N != nil {
				all = append(all, float64(*n.N))
			}
		}
	}
	return amount(measure.Mean(all).Value)
}

func (t *forecastText) money() {
	if t.p.Measure.RevenueEvent == compile.None && t.number("cost_of_messages", "", "").Value == 0 && t.number("cost_of_contacts", "", "").Value == 0 {
		return
	}
	t.section("Money", "", "amount", "95% interval")
	for _, r := range []struct{ label, what string }{{"revenue", "revenue"}, {"cost of messages", "cost_of_messages"}, {"cost of contacts", "cost_of_contacts"}} {
		is := t.number(r.what, "", "")
		t.cells(r.label, money(is.Value), between(is, money))
	}
	if t.has("roi", "", "") {
		is := t.number("roi", "", "")
		t.cells("return", percent(is.Value), between(is, percent))
	}
	t.section("Programs", "", "stays", "sent", "cost", "revenue", "return")
	for i := range t.p.Programs {
		name := t.p.Programs[i].Name
		back := "-"
		if t.has("roi", "program", name) {
			back = percent(t.number("roi", "program", name).Value)
		}
		t.cells(name, amount(t.number("stays", "program", name).Value), amount(t.number("sent", "program", name).Value),
			money(t.number("cost_of_messages", "program", name).Value), money(t.number("revenue", "program", name).Value), back)
	}
}

func (t *forecastText) sales() {
	for i := range t.p.Handoffs {
		h := t.p.Handoffs[i].Name
		handed := t.number("handed", "handoff", h)
		t.section("Hand-off to "+h, "", "contacts", "95% interval", "of them")
		t.cells("handed", amount(handed.Value), between(handed, amount), "")
		for _, r := range []struct{ label, what string }{{"not answered in time", "overdue"}, {"taken back", "withdrawn"}, {"open at the end", "open"}} {
			is := t.number(r.what, "handoff", h)
			t.cells(r.label, amount(is.Value), between(is, amount), quotient(is.Value, handed.Value))
		}
		for e := range t.p.Events {
			name := t.p.Events[e].Name
			if outcome, ok := strings.CutPrefix(name, h+"."); ok && outcome != "overdue" {
				is := t.number("outcomes", "outcome", name)
				t.cells(outcome, amount(is.Value), between(is, amount), quotient(is.Value, handed.Value))
			}
		}
		for _, r := range []struct{ label, what string }{{"to the first hand-off", "days_to_handoff"}, {"until it is accepted", "days_to_accept"}} {
			if t.has(r.what, "handoff", h) {
				t.line("  days %s: mean %s, half within %s, nine of ten %s", r.label, days(t.number(r.what, "handoff", h).Value),
					days(t.number(r.what+"_p50", "handoff", h).Value), days(t.number(r.what+"_p90", "handoff", h).Value))
			}
		}
		t.curve("a week", func(w *measure.Week) float64 { return t.number("handed", "handoff/week", h+"/"+w.Begins).Value })
	}
}

// wholeWeeks leaves out a last one that is cut short.
func (t *forecastText) wholeWeeks() []measure.Week {
	f := t.is.Figures[0]
	if len(f.Days)%7 != 0 && len(f.Weeks) > 1 {
		return f.Weeks[:len(f.Weeks)-1]
	}
	return f.Weeks
}

// curve draws a number of each week as a row of bars, and says what the greatest is.
func (t *forecastText) curve(label string, of func(*measure.Week) float64) {
	weeks := t.wholeWeeks()
	if len(weeks) < 2 {
		return
	}
	const widest = 60
	step := (len(weeks) + widest - 1) / widest
	var points []float64
	most, least := 0.0, math.Inf(1)
	for i := 0; i < len(weeks); i += step {
		sum := 0.0
		n := 0
		for ; n < step && i+n < len(weeks); n++ {
			sum += of(&weeks[i+n])
		}
		points = append(points, sum/float64(n))
		most, least = max(most, sum/float64(n)), min(least, sum/float64(n))
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	var line strings.Builder
	for _, p := range points {
		bar := 0
		if most > 0 {
			bar = min(len(bars)-1, int(p/most*float64(len(bars))))
		}
		line.WriteRune(bars[bar])
	}
	t.line("  %s: %s to %s", label, amount(least), amount(most))
	t.line("  %s", line.String())
}

func (t *forecastText) messages() {
	t.section("Messages", "", "number", "95% interval")
	for _, r := range []struct{ label, what string }{{"sent", "sent"}, {"on the busiest day", "sent_most_a_day"}} {
		is := t.number(r.what, "", "")
		t.cells(r.label, amount(is.Value), between(is, amount))
	}
	t.shareRow("responded to", "responded", "", "")
	for _, r := range []struct{ label, what string }{{"held", "held"}, {"refused", "refused"}} {
		for i := range t.is.Numbers {
			if e := &t.is.Numbers[i]; e.Measure == r.what && e.By == "reason" {
				t.cells(r.label+", "+e.Key, amount(e.Value), between(e.Interval, amount))
			}
		}
	}
	for i := range t.is.Numbers {
		if e := &t.is.Numbers[i]; e.Measure == "contacts_stopped" {
			t.cells("contacts stopped, "+e.Key, amount(e.Value), between(e.Interval, amount))
		}
	}
	t.curve("a week", func(w *measure.Week) float64 { // the days of the week together
		begin, _ := time.Parse(time.DateOnly, w.Begins)
		sum := 0.0
		for d := range 7 {
			sum += t.number("sent", "day", begin.AddDate(0, 0, d).Format(time.DateOnly)).Value
		}
		return sum
	})
	if caps := t.is.Figures[0].Messages.Caps; len(caps) > 0 {
		t.sentence("Capped at " + strings.Join(caps, ", ") + "; a message that waits for room counts as held")
	}
}

func (t *forecastText) offers() {
	earns := t.p.Measure.RevenueEvent != compile.None
	heads := []string{"", "sent", "contacts", "responded", "95% interval"}
	costs := slices.ContainsFunc(t.p.Offers, func(o compile.Offer) bool { return o.Cost > 0 })
	if earns {
		heads = append(heads, "revenue")
		if costs {
			heads = append(heads, "return")
		}
	}
	t.section("Offers", heads...)
	for i := range t.p.Offers {
		name := t.p.Offers[i].Name
		row := []string{name, amount(t.number("sent", "offer", name).Value), amount(t.number("contacts", "offer", name).Value), "-", ""}
		if t.has("responded", "offer", name) {
			is := t.number("responded", "offer", name)
			row[3], row[4] = percent(is.Value), between(is, percent)
		}
		if earns {
			row = append(row, money(t.number("revenue", "offer", name).Value))
			if back := ""; costs {
				if t.has("roi", "offer", name) {
					back = percent(t.number("roi", "offer", name).Value)
				}
				row = append(row, back)
			}
		}
		t.cells(row...)
	}
	if earns {
		t.sentence("Revenue goes to the offer, and to its program, that the contact answered last before it came")
	}
	used := false
	for i := range t.p.Stages {
		name := t.p.Stages[i].Name
		if !t.has("days_to_exhausted", "stage", name) {
			continue
		}
		if !used {
			used = true
			t.section("Offers used up, in", "", "times", "half within", "nine of ten, days in program")
		}
		t.cells(name, amount(t.number("exhausted", "stage", name).Value), days(t.number("days_to_exhausted_p50", "stage", name).Value), days(t.number("days_to_exhausted_p90", "stage", name).Value))
	}
}

// stages shows how many contacts stand where as time goes by.
func (t *forecastText) stages() {
	weeks := t.is.Figures[0].Weeks
	ends := []int{(len(weeks) - 1) / 4, (len(weeks) - 1) / 2, 3 * (len(weeks) - 1) / 4, len(weeks) - 1}
	ends = slices.Compact(ends)
	heads := []string{"", "entered", "days"}
	for _, w := range ends[:len(ends)-1] {
		heads = append(heads, "week "+fmt.Sprint(w+1))
	}
	t.section("Contacts by stage", append(heads, "at the end")...)
	for i := range t.p.Stages {
		name := t.p.Stages[i].Name
		stay := "-"
		if t.has("days_in_stage_p50", "stage", name) {
			stay = days(t.number("days_in_stage_p50", "stage", name).Value)
		}
		row := []string{name, amount(t.number("entered", "stage", name).Value), stay}
		for _, w := range ends {
			row = append(row, amount(t.number("there", "stage/week", name+"/"+weeks[w].Begins).Value))
		}
		t.cells(row...)
	}
	row := []string{"in no program", "", ""}
	for _, w := range ends {
		row = append(row, amount(t.number("contacts_in_no_program", "week", weeks[w].Begins).Value))
	}
	t.cells(row...)
	t.line("  days: half of those who left had been there for less")
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

// compare is how a number is compared: how it and its change are written, and whether it belongs to the answer.
type compare struct {
	title, what, by string
	text, change    func(float64) string
	short           string // what the answer calls it; "" it is none
}

var compares = []compare{
	{"Goals, of stays", "reached_share", "goal", percent, points, "stays that reach the goal"},
	{"Lift against the holdout", "lift", "goal", points, points, ""},
	{"Money", "revenue", "", money, money, "revenue"},
	{"", "cost_of_messages", "", money, money, "cost of messages"},
	{"", "cost_of_contacts", "", money, money, ""},
	{"", "roi", "", percent, points, ""},
	{"Hand-offs", "handed", "handoff", amount, amount, "hand-offs"},
	{"", "handed_most_a_week", "handoff", amount, amount, "hand-offs in the busiest week"},
	{"", "overdue", "handoff", amount, amount, "not answered in time"},
	{"", "outcomes", "outcome", amount, amount, ""},
	{"Messages", "sent", "", amount, amount, "messages"},
	{"", "sent_most_a_day", "", amount, amount, ""},
	{"", "responded", "", percent, points, "messages responded to"},
	{"", "refused", "reason", amount, amount, ""},
	{"", "held", "reason", amount, amount, ""},
	{"", "contacts_stopped", "event", amount, amount, "contacts stopped"},
	{"Offers responded to", "responded", "offer", percent, points, ""},
	{"Offers sent", "sent", "offer", amount, amount, ""},
	{"Stages, contacts that entered", "entered", "stage", amount, amount, ""},
	{"Stages, contacts at the end", "there", "stage", amount, amount, ""},
}

// compared shows two forecasts side by side: first what differs by more than chance.
func (t *forecastText) compared() {
	differences := simulate.Differences(t.is, t.other)
	t.heading("In short")
	same := []string{}
	for _, c := range compares {
		for i := range differences {
			d := &differences[i]
			if c.short == "" || d.Measure != c.what || d.By != c.by {
				continue
			}
			name := strings.TrimSpace(c.short + " " + strings.ReplaceAll(d.Key, "/", ", "))
			if !t.clear(d) {
				same = append(same, name)
				continue
			}
			t.sentence(fmt.Sprintf("%s: %s, then %s: %s (%s)", name, c.text(d.Before.Value), c.text(d.After.Value), signed(d.Change.Value, c.change), between(d.Change, c.change)))
		}
	}
	if len(same) > 0 {
		t.sentence("No more than chance lies between the two for " + strings.Join(same, "; "))
	}
	for _, c := range compares {
		t.comparison(&c, differences)
	}
	t.line("")
	t.sentence("The change is that of the same people with the same luck; * marks what is more than chance")
}

// clear says whether a difference is more than chance.
func (t *forecastText) clear(d *simulate.Difference) bool {
	return t.study.Seeds > 1 && (d.Change.Low > 0 || d.Change.High < 0)
}

// comparison adds rows, or a table where it has a title.
func (t *forecastText) comparison(c *compare, differences []simulate.Difference) {
	titled := c.title == ""
	for i := range differences {
		d := &differences[i]
		if d.Measure != c.what || d.By != c.by || d.Before.Value == 0 && d.After.Value == 0 {
			continue
		}
		if !titled {
			titled = true
			t.section(c.title, "", "before", "after", "change", "95% interval")
		}
		label := d.Key
		if c.title == "" || d.Key == "" {
			label = strings.TrimSpace(strings.ReplaceAll(d.Measure, "_", " ") + " " + d.Key)
		}
		mark := " "
		if t.clear(d) {
			mark = "*"
		}
		t.cells(label, c.text(d.Before.Value), c.text(d.After.Value), signed(d.Change.Value, c.change)+mark, between(d.Change, c.change))
	}
}

func signed(v float64, text func(float64) string) string {
	s := text(v)
	if v <= 0 || strings.ContainsAny(s[:1], "+-0") && !strings.HasPrefix(s, "0.") {
		return s
	}
	return "+" + s
}

// The ways in which numbers are written.

func percent(v float64) string {
	switch p := math.Abs(100 * v); {
	case p >= 1000:
		return count(int64(math.Round(100*v))) + "%"
	case p >= 100:
		return fmt.Sprintf("%.0f%%", 100*v)
	default:
		return fmt.Sprintf("%.1f%%", 100*v+0)
	}
}

// points is a difference of shares, small ones with a digit more.
func points(v float64) string {
	p, digits := 100*v, 1
	if math.Abs(p) < 1 {
		digits = 2
	}
	if math.Abs(p) < 0.005 {
		return "0 points"
	}
	return fmt.Sprintf("%+.*f points", digits, p)
}

func amount(v float64) string {
	if v != math.Trunc(v) && math.Abs(v) < 100 {
		return fmt.Sprintf("%.1f", v)
	}
	return count(int64(math.Round(v)))
}

func money(v float64) string {
	if math.Abs(v) < 0.005 {
		return "0"
	}
	if math.Abs(v) < 1000 && v != math.Trunc(v) {
		return fmt.Sprintf("%.2f", v)
	}
	return count(int64(math.Round(v)))
}

func days(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func quotient(n, of float64) string {
	if of == 0 {
		return ""
	}
	return percent(n / of)
}

// between is an interval, "" where it is none.
func between(i measure.Interval, text func(float64) string) string {
	low, high := text(i.Low), text(i.High)
	if i.Low == i.High {
		return ""
	}
	if unit := unitOf(low); unit != "" && unit == unitOf(high) {
		low = strings.TrimSuffix(low, unit)
	}
	return low + " to " + high
}

// unitOf is what a number is of.
func unitOf(text string) string {
	return strings.TrimLeft(text, "+-0123456789.,")
}

// grid is lines of text and tables, whose first column stands at the left and the others at the right.
type grid struct {
	lines []string
	rows  [][]string
}

func (g *grid) line(format string, args ...any) {
	g.flush()
	g.lines = append(g.lines, fmt.Sprintf(format, args...))
}

func (g *grid) heading(text string) {
	g.line("")
	g.line("%s", text)
}

// sentence is a line that may be long.
func (g *grid) sentence(text string) {
	const width = 78
	for _, line := range wrap(strings.TrimSuffix(text, ".")+".", width, "  ") {
		g.line("  %s", line)
	}
}

// section begins a table, with heads over its columns.
func (g *grid) section(title string, heads ...string) {
	g.line("")
	heads[0] = title
	g.rows = append(g.rows, heads)
}

func (g *grid) cells(cells ...string) {
	cells[0] = "  " + cells[0]
	g.rows = append(g.rows, cells)
}

func (g *grid) flush() {
	var widths []int
	for _, r := range g.rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, r := range g.rows {
		var line strings.Builder
		for i, cell := range r {
			if i == 0 {
				line.WriteString(runewidth.FillRight(cell, widths[0]))
			} else {
				line.WriteString("  " + runewidth.FillLeft(cell, widths[i]))
			}
		}
		g.lines = append(g.lines, strings.TrimRight(line.String(), " "))
	}
	g.rows = g.rows[:0]
}

func (g *grid) text() string {
	g.flush()
	return strings.Join(g.lines, "\n") + "\n"
}
