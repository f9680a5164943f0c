package measure

import "strconv"

// Number is one figure of a tidy table: of what is measured, by what, for which of these. Low and High are nil where there is
// no interval, N is nil where Value is no share and no mean.
type Number struct {
	Measure   string // see Measures
	By        string // what Key names: "", contact, stage, program, offer, week …
	Key       string
	Value     float64
	Low, High *float64
	N         *int64 // of how many Value is the share or the mean
}

// Tidy is all of the figures as one table. Two Figures of one program and span, such as of two seeds, have the same
// numbers in the same order, but for shares and means of nothing: those are left out.
func (f *Figures) Tidy() []Number {
	t := new(tidy)
	c := &f.Contacts
	t.count("contacts", "", "", c.All)
	t.count("contacts_arrived", "", "", c.Arrived)
	t.count("contacts_in_no_program", "", "", c.Nowhere)
	t.counts("contacts_stopped", "event", c.Stopped)
	t.count("errors", "", "", c.Errors)
	t.money("", "", f.Money.Revenue, f.Money.MessageCost, f.Money.ROI)
	t.count("sales", "", "", f.Money.Sales)
	t.value("cost_of_contacts", "", "", f.Money.ContactCost)
	for i := range f.Goals {
		t.goal(&f.Goals[i])
	}
	for i := range f.Programs {
		p := &f.Programs[i]
		t.count("stays", "program", p.Program, p.Stays)
		t.count("held_out", "program", p.Program, p.HeldOut)
		t.count("there", "program", p.Program, p.There)
		t.count("sent", "program", p.Program, p.Sent)
		t.money("program", p.Program, p.Revenue, p.Cost, p.ROI)
	}
	for i := range f.Stages {
		t.stage(&f.Stages[i], f.Weeks)
	}
	t.count("sent", "", "", f.Messages.Sent)
	t.count("sent_most_a_day", "", "", f.Messages.Most)
	t.share("responded", "", "", f.Messages.Responded)
	t.counts("held", "reason", f.Messages.Held)
	t.counts("refused", "reason", f.Messages.Refused)
	for i := range f.Offers {
		o := &f.Offers[i]
		t.count("sent", "offer", o.Offer, o.Sent)
		t.count("contacts", "offer", o.Offer, o.Contacts)
		t.share("responded", "offer", o.Offer, o.Responded)
		t.money("offer", o.Offer, o.Revenue, o.Cost, o.ROI)
	}
	for _, is := range f.Maps {
		for _, row := range is.Rows {
			for c := range row.Cells {
				t.share("responded", "map/offer/column", is.Map+"/"+row.Offer+"/"+is.Columns[c], row.Cells[c])
			}
		}
	}
	for i := range f.Handoffs {
		t.handoff(&f.Handoffs[i])
	}
	for i := range f.Weeks {
		w := &f.Weeks[i]
		t.count("contacts", "week", w.Begins, w.Contacts)
		t.count("contacts_in_no_program", "week", w.Begins, w.Nowhere)
		t.count("exhausted", "week", w.Begins, w.Exhausted)
		for _, h := range w.Handoffs {
			t.count("handed", "handoff/week", h.Handoff+"/"+w.Begins, h.Handed)
			for _, o := range h.Outcomes {
				t.count("outcomes", "outcome/week", o.Name+"/"+w.Begins, o.N)
			}
		}
	}
	for i := range f.Days {
		d := &f.Days[i]
		t.count("sent", "day", d.Date, d.Sent)
		t.count("responses", "day", d.Date, d.Responses)
		t.count("held_by_cap", "day", d.Date, d.Capped)
		t.value("revenue", "day", d.Date, d.Revenue)
	}
	return t.all
}

type tidy struct{ all []Number }

func (t *tidy) value(measure, by, key string, v float64) {
	t.all = append(t.all, Number{Measure: measure, By: by, Key: key, Value: v})
}

func (t *tidy) count(measure, by, key string, n int64) { t.value(measure, by, key, float64(n)) }

func (t *tidy) counts(measure, by string, all []Count) {
	for _, c := range all {
		t.count(measure, by, c.Name, c.N)
	}
}

func (t *tidy) share(measure, by, key string, s Share) {
	if s.Interval == nil {
		return
	}
	t.interval(measure, by, key, s.Interval)
	t.all[len(t.all)-1].N = &s.Of
}

func (t *tidy) interval(measure, by, key string, i *Interval) {
	if i != nil {
		t.all = append(t.all, Number{Measure: measure, By: by, Key: key, Value: i.Value, Low: &i.Low, High: &i.High})
	}
}

func (t *tidy) money(by, key string, revenue, cost float64, roi *float64) {
	t.value("revenue", by, key, revenue)
	t.value("cost_of_messages", by, key, cost)
	if roi != nil {
		t.value("roi", by, key, *roi)
	}
}

func (t *tidy) goal(g *GoalFigures) {
	key := g.Program + "/" + g.Goal
	t.count("reached", "goal", key, g.Reached)
	t.share("reached_share", "goal", key, g.All)
	if g.Target > 0 {
		t.value("target", "goal", key, g.Target)
	}
	if g.Messages != nil {
		t.share("reached_share_with_messages", "goal", key, *g.Messages)
		t.share("reached_share_held_out", "goal", key, *g.HeldOut)
		t.interval("lift", "goal", key, g.Lift)
	}
}

func (t *tidy) stage(s *StageFigures, weeks []Week) {
	t.count("before", "stage", s.Stage, s.Before)
	t.count("entered", "stage", s.Stage, s.Entered)
	t.count("left", "stage", s.Stage, s.Left)
	t.count("there", "stage", s.Stage, s.There)
	for _, to := range s.To {
		t.count("moved", "stage/to", s.Stage+"/"+to.Name, to.N)
	}
	t.spread("days_in_stage", "stage", s.Stage, s.Time)
	t.count("exhausted", "stage", s.Stage, s.Exhausted)
	t.spread("days_to_exhausted", "stage", s.Stage, s.UsedUp)
	for w, n := range s.ByWeek {
		t.count("there", "stage/week", s.Stage+"/"+weeks[w].Begins, n)
	}
}

func (t *tidy) handoff(h *HandFigures) {
	t.count("handed", "handoff", h.Handoff, h.Handed)
	t.count("handed_most_a_week", "handoff", h.Handoff, h.MostAWeek)
	t.count("open", "handoff", h.Handoff, h.Open)
	t.count("overdue", "handoff", h.Handoff, h.Overdue)
	t.count("withdrawn", "handoff", h.Handoff, h.Withdrawn)
	for _, o := range h.Outcomes {
		t.count("outcomes", "outcome", o.Outcome, o.N)
	}
	t.spread("days_to_handoff", "handoff", h.Handoff, h.ToHandoff)
	t.spread("days_to_accept", "handoff", h.Handoff, h.ToAccept)
}

// spread gives the mean, and beside it the quartiles and the ninetieth percentile.
func (t *tidy) spread(measure, by, key string, s *Spread) {
	if s == nil {
		return
	}
	t.all = append(t.all, Number{Measure: measure, By: by, Key: key, Value: s.Mean, N: &s.N})
	for _, q := range []struct {
		percent int
		days    float64
	}{{25, s.P25}, {50, s.Median}, {75, s.P75}, {90, s.P90}} {
		t.all = append(t.all, Number{Measure: measure + "_p" + strconv.Itoa(q.percent), By: by, Key: key, Value: q.days, N: &s.N})
	}
}
