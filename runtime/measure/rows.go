package measure

import (
	"strings"

	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// takes is what each kind of row counts for, beside its number.
var takes = [len(engine.Kinds)]func(*Measure, *engine.Row){
	engine.Entered:     (*Measure).takeEntered,
	engine.Moved:       (*Measure).takeMoved,
	engine.Sent:        (*Measure).takeSent,
	engine.Held:        (*Measure).takeHeld,
	engine.Refused:     (*Measure).takeRefused,
	engine.Exhausted:   (*Measure).takeExhausted,
	engine.Handed:      (*Measure).takeHanded,
	engine.Withdrawn:   (*Measure).takeWithdrawn,
	engine.Overdue:     (*Measure).takeOverdue,
	engine.SetField:    (*Measure).takeSet,
	engine.Forgot:      (*Measure).takeForgot,
	engine.Stopped:     (*Measure).takeStopped,
	engine.GoalReached: (*Measure).takeGoal,
}

func (m *Measure) takeEntered(row *engine.Row) { m.move(row, row.Stage) }

func (m *Measure) takeMoved(row *engine.Row) {
	to := int32(compile.Done)
	if row.To != doneText {
		to = m.stage(row.To)
	}
	m.move(row, to)
}

const doneText = "done"

// move takes a contact from where it stands on the row's track to a stage, or out of its program.
func (m *Measure) move(row *engine.Row, to int32) {
	w := &m.who
	track := row.Track
	if to >= 0 {
		track = m.stages[to].track // a migration may lead to another track
	}
	if track != row.Track {
		m.leave(row.Track, compile.None, row.At)
	}
	from := m.leave(track, to, row.At)
	if to < 0 {
		return
	}
	w.tracks[track] = place{stage: to, since: row.At}
	w.placed++
	m.standing[int(to)*m.days+m.day(row.At)]++
	if w.placed == 1 {
		m.standingAny[m.day(row.At)]++
	}
	if m.inSpan(row.At) {
		m.entered[to]++
	} else {
		m.before[to]++
	}
	if program := m.stages[to].program; from < 0 || m.stages[from].program != program {
		m.enterProgram(program, row.At)
	}
}

// leave takes a contact out of the stage in which it stands on a track, on its way to another, compile.Done or
// compile.None for nobody knows where. It gives that stage.
func (m *Measure) leave(track, to int32, at int64) int32 {
	w := &m.who
	from := w.tracks[track].stage
	in := m.inSpan(at)
	if in {
		m.flows[m.flow(from, to)]++
	}
	if from < 0 {
		return from
	}
	w.placed--
	m.standing[int(from)*m.days+m.day(at)]--
	if w.placed == 0 {
		m.standingAny[m.day(at)]--
	}
	if in {
		m.left[from]++
		m.time[from].add(at - w.tracks[track].since)
	} else {
		m.before[from]--
	}
	w.tracks[track].stage = compile.None
	return from
}

// enterProgram begins a stay in a program.
func (m *Measure) enterProgram(program int32, at int64) {
	s := &m.who.stays[program]
	*s = stay{entered: at, ever: true}
	if int(program) >= len(m.p.Programs) {
		if m.inSpan(at) {
			m.stays[2*program]++
		}
		return
	}
	is := &m.p.Programs[program]
	if is.Holdout > 0 && engine.HeldOut(m.p, m.who.key, int(program)) {
		s.heldOut = 1
	}
	if !m.inSpan(at) {
		return
	}
	m.stays[2*int(program)+s.heldOut]++
	for g := range is.Goals {
		if m.mature(&is.Goals[g], at) {
			m.goalStays[2*(m.goals[program]+g)+s.heldOut]++
		}
	}
}

func (m *Measure) takeSent(row *engine.Row) {
	w := &m.who
	in, cell := m.inSpan(row.At), compile.None
	if row.Column >= 0 {
		cell = m.cells[row.Map] + int(row.Column)*len(m.offers) + int(row.Offer)
	}
	w.sends = append(w.sends, compile.Sending{Offer: row.Offer, At: row.At})
	w.as = append(w.as, sentAs{inSpan: in, program: row.Program, cell: cell})
	if !in {
		return
	}
	m.offerSent[row.Offer]++
	if !w.had[row.Offer] {
		w.had[row.Offer], w.touched = true, append(w.touched, row.Offer)
		m.offerContacts[row.Offer]++
	}
	if cell != compile.None {
		m.cellSent[cell]++
	}
	m.sentOn[m.day(row.At)]++
	if row.Program >= 0 {
		m.programSent[int(row.Program)*len(m.offers)+int(row.Offer)]++
	}
}

func (m *Measure) takeHeld(row *engine.Row) {
	if !m.inSpan(row.At) {
		return
	}
	m.held[reason(holds[:], row.Reason)]++
	if row.Reason == capReason {
		m.cappedOn[m.day(row.At)]++
	}
}

func (m *Measure) takeRefused(row *engine.Row) {
	if m.inSpan(row.At) {
		m.refused[reason(refusals[:], row.Reason)]++
	}
}

func (m *Measure) takeStopped(row *engine.Row) {
	if e := m.p.EventIndex(row.Reason); e != compile.None && m.inSpan(row.At) {
		m.stopped[e]++
	}
}

func (m *Measure) takeExhausted(row *engine.Row) {
	if row.Stage < 0 || !m.inSpan(row.At) {
		return
	}
	m.exhausted[row.Stage]++
	m.exhaustedOn[m.day(row.At)]++
	m.usedUp[row.Stage].add(row.At - m.who.stays[m.stages[row.Stage].program].entered)
}

func (m *Measure) takeHanded(row *engine.Row) {
	h := m.handoff(row.To)
	if h < 0 {
		return
	}
	m.who.hands[h] = hand{opened: row.At, open: true}
	if m.inSpan(row.At) {
		m.handed[h*m.days+m.day(row.At)]++
		if !m.who.handed {
			m.toHandoff[h].add(row.At - m.who.arrived)
		}
	}
	m.who.handed = true
}

func (m *Measure) takeWithdrawn(row *engine.Row) {
	h := m.handoff(row.To)
	if h < 0 {
		return
	}
	m.who.hands[h].open = false
	if m.inSpan(row.At) {
		m.withdrawn[h]++
	}
}

func (m *Measure) takeOverdue(row *engine.Row) {
	if h := m.handoff(row.Detail); h >= 0 && m.inSpan(row.At) {
		m.overdue[h]++
	}
}

// takeSet and takeForgot keep up with what the contact cost, should a rule say so.
func (m *Measure) takeSet(row *engine.Row) {
	if m.costName == "" {
		return
	}
	if text, ok := strings.CutPrefix(row.Detail, m.costName+" = "); ok {
		if v, err := m.p.Fields[m.p.Measure.CostField].Parse(text, m.zone); err == nil {
			m.who.cost = v
		}
	}
}

func (m *Measure) takeForgot(row *engine.Row) {
	if row.Detail == m.costName {
		m.who.cost = compile.Value{}
	}
}

func (m *Measure) takeGoal(row *engine.Row) {
	if row.Program < 0 || int(row.Program) >= len(m.p.Programs) {
		return
	}
	s, goals := &m.who.stays[row.Program], m.p.Programs[row.Program].Goals
	for g := range goals {
		if goals[g].Name != row.Detail || !s.ever || !m.inSpan(s.entered) {
			continue
		}
		at := m.goals[row.Program] + g
		m.goalReached[at]++
		if m.mature(&goals[g], s.entered) {
			m.goalMature[2*at+s.heldOut]++
		}
	}
}

// The reasons that the journal gives; what is none of them is counted as the last.
var (
	holds    = [...]string{"window", "skip", capReason, "repeat", "published", "other"}
	refusals = [...]string{"consent", "stopped", "address", "holdout", "where", "never", "other"}
)

const capReason = "cap"

func reason(all []string, name string) int {
	for i, r := range all {
		if r == name {
			return i
		}
	}
	return len(all) - 1
}
