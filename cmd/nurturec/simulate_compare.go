package main

import (
	"fmt"
	"strings"

	"nurture/runtime/simulate"
)

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
