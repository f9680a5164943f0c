package main

import (
	"fmt"
	"io"
	"strings"

	"nurture/runtime/measure"
)

// reportText is a report as text of 80 columns.
type reportText struct {
	*reported
	f *measure.Figures
	grid
}

// table writes the report for a person: first the answers, then what they are made of.
func (r *reported) table(w io.Writer) error {
	t := &reportText{reported: r, f: r.Figures}
	t.line("%s: %s", r.command.Store, r.span())
	for _, part := range []func(){t.short, t.goals, t.sales, t.messages, t.offers, t.segments, t.stages, t.money, t.know} {
		part()
	}
	_, err := io.WriteString(w, t.text())
	return err
}

// short is what one wants to know first.
func (t *reportText) short() {
	f := t.f
	t.heading("In short")
	t.sentence(fmt.Sprintf("%s, %s of them new; %s stand in no program", things(f.Contacts.All, "contact"), count(f.Contacts.Arrived), count(f.Contacts.Nowhere)))
	for i := range f.Goals {
		t.sentence(verdict(&f.Goals[i]))
	}
	for i := range f.Handoffs {
		h := &f.Handoffs[i]
		t.sentence(fmt.Sprintf("%s got %s, at most %s a week; %s open", h.Handoff, things(h.Handed, "contact"), count(h.MostAWeek), count(h.Open)))
	}
	t.sentence(fmt.Sprintf("%s were sent, at most %s a day%s", things(f.Messages.Sent, "message"), count(f.Messages.Most), answeredShare(f.Messages.Responded)))
	if m := &f.Money; m.Revenue != 0 || m.MessageCost+m.ContactCost != 0 {
		line := fmt.Sprintf("It brought %s and cost %s", money(m.Revenue), money(m.MessageCost+m.ContactCost))
		if m.ROI != nil {
			line += ": a return of " + percent(*m.ROI)
		}
		t.sentence(line)
	}
	if f.Contacts.Errors > 0 {
		t.sentence(fmt.Sprintf("The journal has %s, which `nurturec journal --kind error` shows", things(f.Contacts.Errors, "error")))
	}
}

func answeredShare(s measure.Share) string {
	if s.Interval == nil {
		return ""
	}
	return fmt.Sprintf("; %s of them were answered", percent(s.Value))
}

// verdict says whether a goal is reached.
func verdict(g *measure.GoalFigures) string {
	text := g.Program + ", " + g.Goal + ": "
	if g.All.Interval == nil {
		return text + fmt.Sprintf("not known yet, as the time of nobody's stay is over; %s reached it already", count(g.Reached))
	}
	text += fmt.Sprintf("%s (%s)", percent(g.All.Value), between(*g.All.Interval, percent))
	switch {
	case g.Target == 0:
		return text
	case g.All.Low >= g.Target:
		return text + ", the target of " + percent(g.Target) + " is reached"
	case g.All.High < g.Target:
		return text + ", the target of " + percent(g.Target) + " is missed"
	default:
		return text + ", too near to the target of " + percent(g.Target) + " to tell"
	}
}

func (t *reportText) goals() {
	if len(t.f.Goals) == 0 {
		return
	}
	t.section("Goals, of the stays whose time is over", "", "reached", "95% interval", "stays", "open")
	for i := range t.f.Goals {
		g := &t.f.Goals[i]
		t.share(g.Program+", "+g.Goal, g.All, count(g.Open))
		if g.Messages != nil {
			t.share("  with messages", *g.Messages, "")
			t.share("  held out", *g.HeldOut, "")
			if g.Lift != nil {
				t.cells("  so messages add", points(g.Lift.Value), between(*g.Lift, points), "", "")
			}
		}
	}
}

func (t *reportText) share(label string, s measure.Share, more string) {
	row := []string{label, "-", "", count(s.Of), more}
	if s.Interval != nil {
		row[1], row[2] = percent(s.Value), between(*s.Interval, percent)
	}
	t.cells(row...)
}

func (t *reportText) sales() {
	for i := range t.f.Handoffs {
		h := &t.f.Handoffs[i]
		t.section("Hand-off to "+h.Handoff, "", "contacts", "of handed")
		t.cells("handed", count(h.Handed), "")
		for _, o := range h.Outcomes {
			t.cells(strings.TrimPrefix(o.Outcome, h.Handoff+"."), count(o.N), quotient(float64(o.N), float64(h.Handed)))
		}
		for _, c := range []measure.Count{{Name: "not answered in time", N: h.Overdue}, {Name: "taken back", N: h.Withdrawn}, {Name: "open at the end", N: h.Open}} {
			t.cells(c.Name, count(c.N), quotient(float64(c.N), float64(h.Handed)))
		}
		t.lasted("to the first hand-off", h.ToHandoff)
		t.lasted("until it is accepted", h.ToAccept)
	}
}

func (t *reportText) lasted(what string, s *measure.Spread) {
	if s != nil {
		t.line("  days %s: %s in the mean, half within %s, nine of ten within %s", what, days(s.Mean), days(s.Median), days(s.P90))
	}
}

func (t *reportText) messages() {
	m := &t.f.Messages
	t.section("Messages", "", "number")
	t.cells("sent", count(m.Sent))
	for _, c := range m.Held {
		t.cells("held, "+c.Name, count(c.N))
	}
	for _, c := range m.Refused {
		t.cells("refused, "+c.Name, count(c.N))
	}
	for _, c := range t.f.Contacts.Stopped {
		t.cells("contacts stopped, "+c.Name, count(c.N))
	}
	if len(m.Caps) > 0 {
		t.sentence("Capped at " + strings.Join(m.Caps, ", ") + "; a message that waits for room counts as held")
	}
}

func (t *reportText) offers() {
	t.section("Offers", "", "sent", "contacts", "answered", "95% interval", "revenue")
	for i := range t.f.Offers {
		o := &t.f.Offers[i]
		if o.Sent == 0 {
			continue
		}
		t.cells(o.Offer, count(o.Sent), count(o.Contacts), percent(o.Responded.Value), between(*o.Responded.Interval, percent), money(o.Revenue))
	}
	if t.f.Money.Revenue != 0 {
		t.sentence("Revenue is credited to the message that the contact answered last before")
	}
}

// segments are the maps, with what was answered of what was sent in each cell.
func (t *reportText) segments() {
	for i := range t.f.Maps {
		m := &t.f.Maps[i]
		sent := false
		for _, row := range m.Rows {
			for _, c := range row.Cells {
				sent = sent || c.Of > 0
			}
		}
		if !sent {
			continue
		}
		t.section("Answered of those sent from "+m.Map, append([]string{""}, m.Columns...)...)
		for _, row := range m.Rows {
			cells := []string{row.Offer}
			for _, c := range row.Cells {
				if c.Interval == nil {
					cells = append(cells, "-")
				} else {
					cells = append(cells, fmt.Sprintf("%s of %s", percent(c.Value), count(c.Of)))
				}
			}
			t.cells(cells...)
		}
	}
}

func (t *reportText) stages() {
	t.section("Stages", "", "before", "entered", "left", "there", "days in it", "ran out")
	for i := range t.f.Stages {
		s := &t.f.Stages[i]
		if s.Before+s.Entered == 0 {
			continue
		}
		median := "-"
		if s.Time != nil {
			median = days(s.Time.Median)
		}
		t.cells(s.Stage, count(s.Before), count(s.Entered), count(s.Left), count(s.There), median, count(s.Exhausted))
	}
	t.sentence("Days in it: half of those who left were there for less. Ran out: nothing was left to send")
}

func (t *reportText) money() {
	if m := &t.f.Money; m.Revenue == 0 && m.MessageCost+m.ContactCost == 0 {
		return
	}
	t.section("Money", "", "revenue", "cost", "return")
	row := func(name string, revenue, cost float64, roi *float64) {
		back := "-"
		if roi != nil {
			back = percent(*roi)
		}
		t.cells(name, money(revenue), money(cost), back)
	}
	m := &t.f.Money
	row("everything", m.Revenue, m.MessageCost+m.ContactCost, m.ROI)
	row("  contacts that arrived", 0, m.ContactCost, nil)
	row("  messages", 0, m.MessageCost, nil)
	for i := range t.f.Programs {
		if p := &t.f.Programs[i]; p.Revenue != 0 || p.Cost != 0 {
			row("program "+p.Program, p.Revenue, p.Cost, p.ROI)
		}
	}
	t.sentence("A program is credited with what came after an answer to its messages, and pays for these; what contacts cost is in the whole only")
}

// know is what the reader should know.
func (t *reportText) know() {
	if len(t.Notes) == 0 {
		return
	}
	t.heading("To know")
	for _, n := range t.Notes {
		t.sentence(n)
	}
}
