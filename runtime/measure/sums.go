package measure

import (
	"math"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// frame is what is known before anything happens: the span and its days, and the tables that numbers point into.
type frame struct {
	p        *compile.Program
	from, to int64
	zone     *calendar.Zone
	days     int
	starts   []int64 // by day; the first begins at from

	tracks   int
	programs []string
	stages   []frameStage
	offers   []frameOffer
	byName   map[string]int32 // of stages
	goals    []int            // by program: its first goal
	goalsAll int
	cells    []int // by map: its first cell, by column and then offer
	cellsAll int
	usual    []int // events that answer an offer which does not say

	revenueField int
	costName     string
}

type (
	frameStage struct {
		name           string // program.stage
		program, track int32
	}
	frameOffer struct {
		name string
		cost float64
	}
)

func newFrame(o Options) *frame {
	p := o.Program
	f := &frame{p: p, from: o.From, to: o.To, zone: zoneOf(p), tracks: len(p.Tracks) + len(o.Gone.Tracks), byName: map[string]int32{}}
	first, _ := f.zone.Date(o.From)
	last, _ := f.zone.Date(max(o.To-1, o.From))
	for d := first; d <= last; d++ {
		f.starts = append(f.starts, f.zone.Start(d))
	}
	f.starts[0], f.days = o.From, len(f.starts)

	for i := range p.Programs {
		f.programs = append(f.programs, p.Programs[i].Name)
		f.goals = append(f.goals, f.goalsAll)
		f.goalsAll += len(p.Programs[i].Goals)
	}
	f.programs = append(f.programs, o.Gone.Programs...)
	for i := range p.Stages {
		s := &p.Stages[i]
		f.stages = append(f.stages, frameStage{s.Name, int32(s.Program), int32(p.Programs[s.Program].Track)})
	}
	for _, name := range o.Gone.Stages {
		f.stages = append(f.stages, f.goneStage(name))
	}
	for i := range f.stages {
		f.byName[f.stages[i].name] = int32(i)
	}
	for i := range p.Offers {
		f.offers = append(f.offers, frameOffer{p.Offers[i].Name, p.Offers[i].Cost})
	}
	for _, name := range o.Gone.Offers {
		f.offers = append(f.offers, frameOffer{name: name})
	}
	for i := range p.Maps {
		f.cells = append(f.cells, f.cellsAll)
		f.cellsAll += len(p.Maps[i].Columns) * len(f.offers)
	}
	for _, name := range []string{"clicked", "replied", "submitted"} {
		f.usual = append(f.usual, p.EventIndex(name))
	}
	if e := p.Measure.RevenueEvent; e != compile.None {
		f.revenueField = slices.IndexFunc(p.Events[e].Fields, func(is compile.Field) bool { return is.Name == p.Measure.RevenueField })
	}
	if c := p.Measure.CostField; c != compile.None {
		f.costName = p.Fields[c].Name
	}
	return f
}

// goneStage is a stage that the program has no more, on the track on which its program is or else on main.
func (f *frame) goneStage(name string) frameStage {
	s := frameStage{name: name, program: compile.None}
	for i, program := range f.programs {
		if len(name) > len(program) && name[:len(program)] == program && name[len(program)] == '.' {
			s.program = int32(i)
		}
	}
	if s.program >= 0 && int(s.program) < len(f.p.Programs) {
		s.track = int32(f.p.Programs[s.program].Track)
	}
	return s
}

// stage is the stage of a name, compile.None where nobody knows of it.
func (f *frame) stage(name string) int32 {
	if i, ok := f.byName[name]; ok {
		return i
	}
	return compile.None
}

func (f *frame) handoff(name string) int {
	for h := range f.p.Handoffs {
		if f.p.Handoffs[h].Name == name {
			return h
		}
	}
	return compile.None
}

// flow is the place of a way from a stage, or from outside, to a stage, out of the program, or nobody knows where.
func (f *frame) flow(from, to int32) int {
	n := len(f.stages)
	row, column := n, n
	if from >= 0 {
		row = int(from)
	}
	switch {
	case to >= 0:
		column = int(to)
	case to == compile.None:
		column = n + 1
	}
	return row*(n+2) + column
}

// amount is money in ten-thousandths: sums of whole numbers do not depend on the order in which they are made.
type amount int64

const parts = 10_000

func amountOf(money float64) amount { return amount(math.Round(money * parts)) }

func (a amount) money() float64 { return float64(a) / parts }

// sums is all that is counted. Merging adds each of them.
type sums struct {
	contacts, arrived, nowhere, sales int64
	revenue, contactCost              amount
	rows                              [len(engine.Kinds)]int64
	held                              [len(holds)]int64
	refused                           [len(refusals)]int64

	known, standingAny                       []int64 // by day: how many more
	sentOn, answersOn, cappedOn, exhaustedOn []int64 // by day
	revenueOn                                []amount
	standing                                 []int64 // by stage and day: how many more
	before, entered, left, there, exhausted  []int64 // by stage
	flows                                    []int64 // see flow
	time, usedUp                             []spread
	offerSent, offerAnswered, offerContacts  []int64 // by offer
	offerRevenue                             []amount
	cellSent, cellAnswered                   []int64
	programSent                              []int64 // by program and offer
	programRevenue                           []amount
	stays                                    []int64 // by program: with messages, held out
	goalStays, goalMature                    []int64 // by goal: with messages, held out; those whose time is over
	goalReached                              []int64 // by goal: all
	handed                                   []int64 // by hand-off and day
	outcomes                                 []int64 // by event and day
	open, overdue, withdrawn                 []int64 // by hand-off
	toHandoff, toAccept                      []spread
	stopped                                  []int64 // by event
}

func newSums(f *frame) sums {
	n := func(size int) []int64 { return make([]int64, size) }
	x := func(size int) []amount { return make([]amount, size) }
	stages, offers, programs, hands := len(f.stages), len(f.offers), len(f.programs), len(f.p.Handoffs)
	return sums{
		known: n(f.days), standingAny: n(f.days), sentOn: n(f.days), answersOn: n(f.days), cappedOn: n(f.days), exhaustedOn: n(f.days), revenueOn: x(f.days),
		standing: n(stages * f.days), before: n(stages), entered: n(stages), left: n(stages), there: n(stages), exhausted: n(stages),
		flows: n((stages + 1) * (stages + 2)), time: make([]spread, stages), usedUp: make([]spread, stages),
		offerSent: n(offers), offerAnswered: n(offers), offerContacts: n(offers), offerRevenue: x(offers), cellSent: n(f.cellsAll), cellAnswered: n(f.cellsAll),
		programSent: n(programs * offers), programRevenue: x(programs), stays: n(2 * programs),
		goalStays: n(2 * f.goalsAll), goalMature: n(2 * f.goalsAll), goalReached: n(f.goalsAll),
		handed: n(hands * f.days), outcomes: n(len(f.p.Events) * f.days), open: n(hands), overdue: n(hands), withdrawn: n(hands),
		toHandoff: make([]spread, hands), toAccept: make([]spread, hands), stopped: n(len(f.p.Events)),
	}
}

// Merge adds what another Measure with the same options took up, of other contacts.
func (m *Measure) Merge(other *Measure) {
	a, b := &m.sums, &other.sums
	a.contacts += b.contacts
	a.arrived += b.arrived
	a.nowhere += b.nowhere
	a.sales += b.sales
	a.revenue += b.revenue
	a.contactCost += b.contactCost
	add(a.rows[:], b.rows[:])
	add(a.held[:], b.held[:])
	add(a.refused[:], b.refused[:])
	for i, to := range a.lists() {
		add(to, b.lists()[i])
	}
	for i, to := range a.amounts() {
		add(to, b.amounts()[i])
	}
	for i, to := range a.spreads() {
		for n := range to {
			to[n].merge(&b.spreads()[i][n])
		}
	}
}

func (s *sums) lists() [][]int64 {
	return [][]int64{
		s.known, s.standingAny, s.sentOn, s.answersOn, s.cappedOn, s.exhaustedOn, s.standing, s.before, s.entered, s.left, s.there, s.exhausted, s.flows,
		s.offerSent, s.offerAnswered, s.offerContacts, s.cellSent, s.cellAnswered, s.programSent, s.stays, s.goalStays, s.goalMature, s.goalReached,
		s.handed, s.outcomes, s.open, s.overdue, s.withdrawn, s.stopped,
	}
}

func (s *sums) amounts() [][]amount {
	return [][]amount{s.revenueOn, s.offerRevenue, s.programRevenue}
}

func (s *sums) spreads() [][]spread { return [][]spread{s.time, s.usedUp, s.toHandoff, s.toAccept} }

func add[T int64 | amount](to, from []T) {
	for i := range to {
		to[i] += from[i]
	}
}

// isOutcome says whether an event is an outcome of a hand-off.
func isOutcome(e *compile.Event) bool { return e.Kind == check.Outcome }
