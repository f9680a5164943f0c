package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"nurture/lang/compile"
	"nurture/runtime/measure"
)

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
