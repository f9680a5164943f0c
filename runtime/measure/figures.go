package measure

import (
	"fmt"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// Figures are what a Measure has come to. Instants are of the playbook's time zone, times that things took are in days,
// money is in the playbook's own currency. What there is none of is left out.
type Figures struct {
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Contacts ContactFigures  `json:"contacts"`
	Money    MoneyFigures    `json:"money"`
	Goals    []GoalFigures   `json:"goals,omitempty"`
	Programs []ProgramFigure `json:"programs,omitempty"`
	Stages   []StageFigures  `json:"stages,omitempty"`
	Messages MessageFigures  `json:"messages"`
	Offers   []OfferFigures  `json:"offers,omitempty"`
	Maps     []MapFigures    `json:"maps,omitempty"`
	Handoffs []HandFigures   `json:"handoffs,omitempty"`
	Days     []Day           `json:"days"`
	Weeks    []Week          `json:"weeks"`
}

type (
	// ContactFigures count contacts that had arrived before the end.
	ContactFigures struct {
		All     int64   `json:"all"`
		Arrived int64   `json:"arrived"` // within the span
		Nowhere int64   `json:"in_no_program"`
		Stopped []Count `json:"stopped,omitempty"` // by event; those that resumed are not taken off
		Errors  int64   `json:"errors,omitempty"`  // rows `error` of the journal
	}

	// Count is how many of something.
	Count struct {
		Name string `json:"name"`
		N    int64  `json:"n"`
	}

	// MoneyFigures are of the whole. ROI is what is earned over what is spent, less 1; nil where nothing is spent.
	MoneyFigures struct {
		Revenue     float64  `json:"revenue"`
		Sales       int64    `json:"sales"` // events that brought it
		MessageCost float64  `json:"message_cost"`
		ContactCost float64  `json:"contact_cost"` // of contacts that arrived within the span
		ROI         *float64 `json:"roi,omitempty"`
	}

	// GoalFigures are how a goal of a program does. A stay counts in the shares when the goal's time was over before the
	// end: what began later may still reach it.
	GoalFigures struct {
		Program  string    `json:"program"`
		Goal     string    `json:"goal"`
		Target   float64   `json:"target,omitempty"`
		All      Share     `json:"all"` // of the stays whose time is over
		Reached  int64     `json:"reached"`
		Open     int64     `json:"open"`                    // stays whose time is not over, whether they have reached it or not
		Messages *Share    `json:"with_messages,omitempty"` // where there is a holdout
		HeldOut  *Share    `json:"held_out,omitempty"`
		Lift     *Interval `json:"lift,omitempty"` // with messages less held out
	}

	ProgramFigure struct {
		Program string   `json:"program"`
		Title   string   `json:"title,omitempty"`
		Gone    bool     `json:"gone,omitempty"` // the playbook has it no more
		Stays   int64    `json:"stays"`          // that began
		HeldOut int64    `json:"held_out,omitempty"`
		There   int64    `json:"there"`
		Sent    int64    `json:"sent"`
		Cost    float64  `json:"cost"` // of its messages
		Revenue float64  `json:"revenue"`
		ROI     *float64 `json:"roi,omitempty"`
	}

	// StageFigures: Before + Entered = Left + There.
	StageFigures struct {
		Stage     string  `json:"stage"` // program.stage
		Phase     string  `json:"phase,omitempty"`
		Gone      bool    `json:"gone,omitempty"`
		Before    int64   `json:"before"`
		Entered   int64   `json:"entered"`
		Left      int64   `json:"left"`
		There     int64   `json:"there"`
		From      []Count `json:"from,omitempty"` // whence they came; "" from outside of all programs
		To        []Count `json:"to,omitempty"`   // where those that left went: a stage or `done`
		Time      *Spread `json:"time,omitempty"` // in it, of those that left
		Exhausted int64   `json:"exhausted,omitempty"`
		UsedUp    *Spread `json:"used_up,omitempty"` // from entering the program until its offers were used up
		ByWeek    []int64 `json:"by_week"`           // in it at the end of each week
	}

	// Spread is how long things took, in days.
	Spread struct {
		N      int64   `json:"n"`
		Mean   float64 `json:"mean"`
		P25    float64 `json:"p25"`
		Median float64 `json:"median"`
		P75    float64 `json:"p75"`
		P90    float64 `json:"p90"`
	}

	MessageFigures struct {
		Sent      int64    `json:"sent"`
		Responded Share    `json:"responded"`
		Most      int64    `json:"most_a_day"`
		Held      []Count  `json:"held,omitempty"`    // by reason
		Refused   []Count  `json:"refused,omitempty"` // by reason, once a stay in a stage
		Caps      []string `json:"caps,omitempty"`
	}

	// OfferFigures: a response counts for the sending that it answers, whenever it came before the end.
	OfferFigures struct {
		Offer     string   `json:"offer"`
		Title     string   `json:"title,omitempty"`
		Topic     string   `json:"topic,omitempty"`
		Gone      bool     `json:"gone,omitempty"`
		Sent      int64    `json:"sent"`
		Contacts  int64    `json:"contacts"` // that got it
		Responded Share    `json:"responded"`
		Cost      float64  `json:"cost"`
		Revenue   float64  `json:"revenue"`
		ROI       *float64 `json:"roi,omitempty"`
	}

	// MapFigures are the responses to what was sent from a map, by the column that was the contact's.
	MapFigures struct {
		Map     string   `json:"map"`
		Columns []string `json:"columns"`
		Rows    []MapRow `json:"rows"` // offers in the map's order; those with nothing sent too
	}
	MapRow struct {
		Topic string  `json:"topic,omitempty"`
		Offer string  `json:"offer"`
		Cells []Share `json:"cells"` // by column: responses of sendings
	}

	HandFigures struct {
		Handoff   string    `json:"handoff"`
		Title     string    `json:"title,omitempty"`
		Handed    int64     `json:"handed"`
		MostAWeek int64     `json:"most_a_week"`
		Open      int64     `json:"open"` // at the end
		Overdue   int64     `json:"overdue"`
		Withdrawn int64     `json:"withdrawn"`
		Outcomes  []Outcome `json:"outcomes"`
		ToHandoff *Spread   `json:"to_handoff,omitempty"` // from a contact's arrival to its first
		ToAccept  *Spread   `json:"to_accept,omitempty"`
	}
	// Outcome is how often sales said so, and what share of what was handed that is. One may come without a hand-off.
	Outcome struct {
		Outcome string  `json:"outcome"`
		N       int64   `json:"n"`
		Share   float64 `json:"share"`
	}

	Day struct {
		Date      string  `json:"date"`
		Sent      int64   `json:"sent"`
		Responses int64   `json:"responses"`
		Capped    int64   `json:"held_by_cap"`
		Revenue   float64 `json:"revenue"`
	}

	// Week is seven days, the last one as many as are left.
	Week struct {
		Begins    string    `json:"begins"`
		Contacts  int64     `json:"contacts"`      // at its end
		Nowhere   int64     `json:"in_no_program"` // at its end
		Sent      int64     `json:"sent"`
		Responses int64     `json:"responses"`
		Exhausted int64     `json:"exhausted"`
		Revenue   float64   `json:"revenue"`
		Handoffs  []HandsOn `json:"handoffs,omitempty"`
	}
	HandsOn struct {
		Handoff  string  `json:"handoff"`
		Handed   int64   `json:"handed"`
		Outcomes []Count `json:"outcomes,omitempty"`
	}
)

const week = 7 // days

// Figures works out what was taken up.
func (m *Measure) Figures() *Figures {
	loc, err := time.LoadLocation(m.zone.Name)
	if err != nil {
		loc = time.UTC
	}
	f := &Figures{From: time.Unix(m.from, 0).In(loc), To: time.Unix(m.to, 0).In(loc)}
	f.Contacts = ContactFigures{All: m.contacts, Arrived: m.arrived, Nowhere: m.nowhere, Errors: m.rows[engine.Failed]}
	for e, n := range m.stopped {
		f.Contacts.Stopped = appendCount(f.Contacts.Stopped, m.p.Events[e].Name, n)
	}
	f.Money = MoneyFigures{Revenue: m.revenue.money(), Sales: m.sales, MessageCost: m.costOf(m.offerSent), ContactCost: m.contactCost.money()}
	f.Money.ROI = roi(f.Money.Revenue, f.Money.MessageCost+f.Money.ContactCost)
	f.Goals, f.Programs, f.Stages = m.goalFigures(), m.programFigures(), m.stageFigures()
	f.Messages, f.Offers, f.Maps = m.messageFigures(), m.offerFigures(), m.mapFigures()
	f.Handoffs, f.Days, f.Weeks = m.handFigures(), m.dayFigures(), m.weekFigures()
	return f
}

func appendCount(to []Count, name string, n int64) []Count {
	if n == 0 {
		return to
	}
	return append(to, Count{name, n})
}

// costOf is what so many messages of each offer cost.
func (m *Measure) costOf(sent []int64) float64 {
	var cost amount
	for o, n := range sent {
		cost += amountOf(float64(n) * m.offers[o].cost)
	}
	return cost.money()
}

func roi(revenue, cost float64) *float64 {
	if cost <= 0 {
		return nil
	}
	r := revenue/cost - 1
	return &r
}

func (m *Measure) goalFigures() (all []GoalFigures) {
	for i := range m.p.Programs {
		program := &m.p.Programs[i]
		for g := range program.Goals {
			at := m.goals[i] + g
			with, out := ShareOf(m.goalMature[2*at], m.goalStays[2*at]), ShareOf(m.goalMature[2*at+1], m.goalStays[2*at+1])
			f := GoalFigures{
				Program: program.Name, Goal: program.Goals[g].Name, Target: program.Goals[g].Target, Reached: m.goalReached[at],
				All: ShareOf(with.N+out.N, with.Of+out.Of), Open: m.stays[2*i] + m.stays[2*i+1] - with.Of - out.Of,
			}
			if program.Holdout > 0 {
				f.Messages, f.HeldOut, f.Lift = &with, &out, Difference(with, out)
			}
			all = append(all, f)
		}
	}
	return all
}

func (m *Measure) programFigures() (all []ProgramFigure) {
	there := make([]int64, len(m.programs))
	for s, n := range m.there {
		if p := m.stages[s].program; p >= 0 {
			there[p] += n
		}
	}
	for i, name := range m.programs {
		sent := m.programSent[i*len(m.offers) : (i+1)*len(m.offers)]
		f := ProgramFigure{
			Program: name, Gone: i >= len(m.p.Programs), Stays: m.stays[2*i] + m.stays[2*i+1], HeldOut: m.stays[2*i+1], There: there[i],
			Sent: sum(sent), Cost: m.costOf(sent), Revenue: m.programRevenue[i].money(),
		}
		f.ROI = roi(f.Revenue, f.Cost)
		if !f.Gone {
			f.Title = m.p.Programs[i].Title
		}
		all = append(all, f)
	}
	return all
}

func (m *Measure) stageFigures() (all []StageFigures) {
	for s := range m.stages {
		f := StageFigures{
			Stage: m.stages[s].name, Gone: s >= len(m.p.Stages), Before: m.before[s], Entered: m.entered[s], Left: m.left[s], There: m.there[s],
			Time: m.time[s].figures(), Exhausted: m.exhausted[s], UsedUp: m.usedUp[s].figures(), ByWeek: m.atWeeks(m.standing[s*m.days : (s+1)*m.days]),
		}
		if !f.Gone {
			f.Phase = check.Phases[m.p.Programs[m.p.Stages[s].Program].Phase]
		}
		for from := range m.stages {
			f.From = appendCount(f.From, m.stages[from].name, m.flows[m.flow(int32(from), int32(s))])
			f.To = appendCount(f.To, m.stages[from].name, m.flows[m.flow(int32(s), int32(from))])
		}
		f.From = appendCount(f.From, "", m.flows[m.flow(compile.None, int32(s))])
		f.To = appendCount(f.To, doneText, m.flows[m.flow(int32(s), compile.Done)])
		f.To = appendCount(f.To, "?", m.flows[m.flow(int32(s), compile.None)])
		all = append(all, f)
	}
	return all
}

func (s *spread) figures() *Spread {
	if s.n == 0 {
		return nil
	}
	days := func(seconds float64) float64 { return seconds / 86400 }
	return &Spread{
		N: s.n, Mean: days(s.sum / float64(s.n)),
		P25: days(s.quantile(0.25)), Median: days(s.quantile(0.5)), P75: days(s.quantile(0.75)), P90: days(s.quantile(0.9)),
	}
}

func (m *Measure) messageFigures() MessageFigures {
	f := MessageFigures{Sent: m.rows[engine.Sent]}
	var responded int64
	for _, n := range m.offerAnswered {
		responded += n
	}
	f.Responded = ShareOf(responded, f.Sent)
	for _, n := range m.sentOn {
		f.Most = max(f.Most, n)
	}
	for i, reason := range holds {
		f.Held = appendCount(f.Held, reason, m.held[i])
	}
	for i, reason := range refusals {
		f.Refused = appendCount(f.Refused, reason, m.refused[i])
	}
	for i := range m.p.Policy.Caps {
		c := &m.p.Policy.Caps[i]
		text := fmt.Sprintf("%d per %s", c.Count, c.Per)
		if only := m.p.Playbook.Policy.Caps[i].For; only != nil {
			text += " for " + only.Text
		}
		f.Caps = append(f.Caps, text)
	}
	return f
}

func (m *Measure) offerFigures() (all []OfferFigures) {
	for o := range m.offers {
		cost := amountOf(float64(m.offerSent[o]) * m.offers[o].cost).money()
		f := OfferFigures{
			Offer: m.offers[o].name, Gone: o >= len(m.p.Offers), Sent: m.offerSent[o], Contacts: m.offerContacts[o],
			Responded: ShareOf(m.offerAnswered[o], m.offerSent[o]), Cost: cost, Revenue: m.offerRevenue[o].money(), ROI: roi(m.offerRevenue[o].money(), cost),
		}
		if !f.Gone {
			f.Title, f.Topic = m.p.Offers[o].Title, m.topic(m.p.Offers[o].Topic)
		}
		all = append(all, f)
	}
	return all
}

func (m *Measure) topic(t int) string {
	if t < 0 {
		return ""
	}
	return m.p.Topics[t]
}

func (m *Measure) mapFigures() (all []MapFigures) {
	for i := range m.p.Maps {
		is := &m.p.Maps[i]
		f := MapFigures{Map: is.Name}
		for _, c := range m.p.Playbook.Maps[i].Columns {
			if c == nil {
				f.Columns = append(f.Columns, "otherwise")
			} else {
				f.Columns = append(f.Columns, c.Name)
			}
		}
		for r := range is.Rows {
			listed := map[int]bool{}
			for _, cell := range is.Rows[r].Cells {
				for _, offer := range cell {
					if !listed[offer] {
						listed[offer] = true
						f.Rows = append(f.Rows, m.mapRow(i, is.Rows[r].Topic, offer))
					}
				}
			}
		}
		all = append(all, f)
	}
	return all
}

func (m *Measure) mapRow(of, topic, offer int) MapRow {
	row := MapRow{Topic: m.topic(topic), Offer: m.offers[offer].name}
	for c := range m.p.Maps[of].Columns {
		at := m.cells[of] + c*len(m.offers) + offer
		row.Cells = append(row.Cells, ShareOf(m.cellAnswered[at], m.cellSent[at]))
	}
	return row
}

func (m *Measure) handFigures() (all []HandFigures) {
	weeks := m.weekFigures()
	for h := range m.p.Handoffs {
		f := HandFigures{
			Handoff: m.p.Handoffs[h].Name, Title: m.p.Handoffs[h].Title, Open: m.open[h], Overdue: m.overdue[h], Withdrawn: m.withdrawn[h],
			Handed: sum(m.handed[h*m.days : (h+1)*m.days]), ToHandoff: m.toHandoff[h].figures(), ToAccept: m.toAccept[h].figures(),
		}
		for e := range m.p.Events {
			if is := &m.p.Events[e]; is.Handoff == h && isOutcome(is) {
				o := Outcome{Outcome: is.Name, N: sum(m.outcomes[e*m.days : (e+1)*m.days])}
				if f.Handed > 0 {
					o.Share = float64(o.N) / float64(f.Handed)
				}
				f.Outcomes = append(f.Outcomes, o)
			}
		}
		for i := range weeks {
			f.MostAWeek = max(f.MostAWeek, weeks[i].Handoffs[h].Handed)
		}
		all = append(all, f)
	}
	return all
}

func sum(all []int64) (n int64) {
	for _, a := range all {
		n += a
	}
	return n
}

func (m *Measure) dayFigures() []Day {
	days := make([]Day, m.days)
	for d := range days {
		days[d] = Day{Date: m.date(d), Sent: m.sentOn[d], Responses: m.answersOn[d], Capped: m.cappedOn[d], Revenue: m.revenueOn[d].money()}
	}
	return days
}

func (m *Measure) date(day int) string {
	d, _ := m.zone.Date(m.starts[day])
	return d.String()
}

// atWeeks gives how many there are at the end of each week, of how many more there are each day.
func (m *Measure) atWeeks(more []int64) []int64 {
	var ends []int64
	n := int64(0)
	for d := range more {
		if n += more[d]; d%week == week-1 || d == len(more)-1 {
			ends = append(ends, n)
		}
	}
	return ends
}

func (m *Measure) weekFigures() []Week {
	known, placed := m.atWeeks(m.known), m.atWeeks(m.standingAny)
	weeks := make([]Week, len(known))
	for i := range weeks {
		from, to := i*week, min((i+1)*week, m.days)
		w := Week{Begins: m.date(from), Contacts: known[i], Nowhere: known[i] - placed[i], Sent: sum(m.sentOn[from:to]), Responses: sum(m.answersOn[from:to]), Exhausted: sum(m.exhaustedOn[from:to])}
		var revenue amount
		for _, r := range m.revenueOn[from:to] {
			revenue += r
		}
		w.Revenue = revenue.money()
		for h := range m.p.Handoffs {
			on := HandsOn{Handoff: m.p.Handoffs[h].Name, Handed: sum(m.handed[h*m.days+from : h*m.days+to])}
			for e := range m.p.Events {
				if is := &m.p.Events[e]; is.Handoff == h && isOutcome(is) {
					on.Outcomes = appendCount(on.Outcomes, is.Name, sum(m.outcomes[e*m.days+from:e*m.days+to]))
				}
			}
			w.Handoffs = append(w.Handoffs, on)
		}
		weeks[i] = w
	}
	return weeks
}
