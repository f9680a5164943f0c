// Package measure makes figures of what happens to contacts: where they stand and how long, what they are sent and
// answer, what comes of hand-offs, goals, money. What happened for real and what was simulated are measured alike.
//
//	m := measure.New(measure.Options{Program: p, From: from, To: to})
//	for each contact: m.Begin(key, arrived); for each step of it: m.Step(inputs, rows); m.End()
//	m.Merge(another worker's)
//	m.Figures()
//
// A Measure is for one goroutine. Its memory is that of the playbook times the days of the span, and one contact's: it keeps nothing
// of a contact that has ended. Rows and inputs name things by their numbers in the program.
package measure

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// Options say what is measured. What is before From is only used to know how things stood then; nothing at To or after
// it may be fed.
type Options struct {
	Program  *compile.Program
	From, To int64
	Gone     Gone
}

// Gone names what the rows name and the program has no more. The numbers of these go on where the program's tables end.
// A stage is called program.stage, and its program is one of the program or of Gone.
type Gone struct {
	Tracks, Programs, Stages, Offers []string
}

// Measure takes up what happens.
type Measure struct {
	*frame
	sums
	who life
}

// life is the contact at hand.
type life struct {
	key     string
	arrived int64
	tracks  []place // by track
	placed  int     // tracks on which it stands in a stage
	sends   []compile.Sending
	as      []sentAs // by sending
	stays   []stay   // by program: the last
	hands   []hand   // by hand-off
	handed  bool     // to anybody
	had     []bool   // by offer
	touched []int32  // offers that it had
	cost    compile.Value
}

type (
	// place is where a contact stands on a track. Stage is compile.None where it is in none.
	place struct {
		stage int32
		since int64
	}
	// sentAs is what a sending counts for.
	sentAs struct {
		inSpan   bool
		program  int32
		cell     int   // of a map, compile.None
		answered int64 // when, where it was
	}
	stay struct {
		entered int64
		heldOut int // 0 or 1
		ever    bool
	}
	hand struct {
		opened         int64
		open, accepted bool
	}
)

// New makes a Measure that has seen nothing.
func New(o Options) *Measure {
	m := &Measure{frame: newFrame(o)}
	m.sums = newSums(m.frame)
	m.who.tracks = make([]place, m.tracks)
	m.who.stays = make([]stay, len(m.programs))
	m.who.hands = make([]hand, len(m.p.Handoffs))
	m.who.had = make([]bool, len(m.offers))
	return m
}

// Begin begins with a contact, which takes part from an instant on.
func (m *Measure) Begin(key string, arrived int64) {
	w := &m.who
	w.key, w.arrived, w.placed, w.handed, w.cost = key, arrived, 0, false, compile.Value{}
	for i := range w.tracks {
		w.tracks[i] = place{stage: compile.None}
	}
	clear(w.stays)
	clear(w.hands)
	for _, offer := range w.touched {
		w.had[offer] = false
	}
	w.sends, w.as, w.touched = w.sends[:0], w.as[:0], w.touched[:0]
	m.contacts++
	if m.inSpan(arrived) {
		m.arrived++
	}
	m.known[m.day(arrived)]++
}

// Step takes up one step of the contact: the inputs that were taken, and what was decided.
func (m *Measure) Step(in []engine.Input, rows []engine.Row) {
	for i := range in {
		m.input(&in[i])
	}
	for i := range rows {
		m.Row(&rows[i])
	}
}

// Row takes up one decision. Step does so for all of its rows.
func (m *Measure) Row(row *engine.Row) {
	if m.inSpan(row.At) {
		m.rows[row.Kind]++
	}
	if take := takes[row.Kind]; take != nil {
		take(m, row)
	}
}

// End ends with the contact.
func (m *Measure) End() {
	w := &m.who
	for t := range w.tracks {
		if stage := w.tracks[t].stage; stage >= 0 {
			m.there[stage]++
		}
	}
	if w.placed == 0 {
		m.nowhere++
	}
	for h := range w.hands {
		if w.hands[h].open {
			m.open[h]++
		}
	}
	if w.cost.Known && m.inSpan(w.arrived) {
		m.contactCost += amountOf(w.cost.Num)
	}
}

// input takes up something that happened.
func (m *Measure) input(in *engine.Input) {
	if in.Event == compile.None {
		m.fields(in.Fields)
		return
	}
	m.fields(in.Fields)
	w := &m.who
	event := &m.p.Events[in.Event]
	if i := m.answers(in); i >= 0 && i < len(w.sends) {
		w.sends[i].Answered = true
		m.answered(i, in.At)
	}
	if event.Handoff != compile.None {
		m.outcome(in, event.Handoff)
	}
	if in.Event == m.p.Measure.RevenueEvent && m.inSpan(in.At) {
		if v := in.Values[m.revenueField]; v.Known {
			m.earned(in.At, v.Num)
		}
	}
}

func (m *Measure) fields(fields []engine.FieldValue) {
	for i := range fields {
		if fields[i].Field == m.p.Measure.CostField {
			m.who.cost = fields[i].Value
		}
	}
}

// answers is the sending that an event answers. An offer that the playbook has dropped is answered by what answers most.
func (m *Measure) answers(in *engine.Input) int {
	if in.Offer < len(m.p.Offers) {
		return engine.Answers(m.p, m.who.sends, in.Event, in.Offer)
	}
	if !slices.Contains(m.usual, in.Event) {
		return compile.None
	}
	for i := len(m.who.sends) - 1; i >= 0; i-- {
		if s := &m.who.sends[i]; int(s.Offer) == in.Offer {
			if s.Answered {
				return compile.None
			}
			return i
		}
	}
	return compile.None
}

// answered counts the first answer to a sending.
func (m *Measure) answered(i int, at int64) {
	offer, as := m.who.sends[i].Offer, &m.who.as[i]
	as.answered = at
	if m.inSpan(at) {
		m.answersOn[m.day(at)]++
	}
	if !as.inSpan {
		return
	}
	m.offerAnswered[offer]++
	if as.cell != compile.None {
		m.cellAnswered[as.cell]++
	}
}

// outcome counts an outcome of a hand-off.
func (m *Measure) outcome(in *engine.Input, handoff int) {
	h := &m.who.hands[handoff]
	accepted := in.Event == m.p.Handoffs[handoff].Accepted
	if m.inSpan(in.At) {
		m.outcomes[in.Event*m.days+m.day(in.At)]++
		if accepted && h.open && !h.accepted {
			m.toAccept[handoff].add(in.At - h.opened)
		}
	}
	if h.accepted = h.accepted || accepted; !accepted {
		h.open = false
	}
}

// earned counts revenue. It is credited to the message that the contact answered last before: to its offer, and to the
// program that sent it. What comes of contacts that answered nothing is in the whole only.
func (m *Measure) earned(at int64, money float64) {
	w, got := &m.who, amountOf(money)
	m.revenue += got
	m.sales++
	m.revenueOn[m.day(at)] += got
	last := compile.None
	for i := range w.sends {
		if w.sends[i].Answered && w.as[i].answered <= at && (last < 0 || w.as[i].answered >= w.as[last].answered) {
			last = i
		}
	}
	if last == compile.None {
		return
	}
	m.offerRevenue[w.sends[last].Offer] += got
	if program := w.as[last].program; program >= 0 {
		m.programRevenue[program] += got
	}
}

func (m *Measure) inSpan(at int64) bool { return at >= m.from && at < m.to }

// day is the day of the span, from 0; what is before the span is in its first.
func (m *Measure) day(at int64) int {
	d := int(min(max(at-m.starts[0], 0)/86400, int64(m.days-1)))
	for d+1 < m.days && m.starts[d+1] <= at {
		d++
	}
	for d > 0 && m.starts[d] > at {
		d--
	}
	return d
}

// mature says whether the time of a goal of a stay that began then is over.
func (m *Measure) mature(goal *compile.Goal, entered int64) bool {
	return m.zone.Add(entered, goal.Within) < m.to
}

// zoneOf is the time zone of a program's days.
func zoneOf(p *compile.Program) *calendar.Zone { return p.Policy.Zone }
