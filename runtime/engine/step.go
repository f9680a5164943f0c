package engine

import (
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
)

// Step takes a contact through one instant: its inputs in the order given (changes first, then events by arrival), then
// the timers that are due, then the messages that are due. It changes the state and adds to the effects.
//
// After each input (1) fields, scores and history are brought up to date, (2) on each track the rules of the stage, of
// its program and of the track are looked at in source order and the first that holds is taken, then `when` rules until
// none holds, and (3) free tracks are entered. What one track changes the others look at, until nothing moves. A
// touch that finds nothing left to send is an input of its own, after which it goes on at (1).
//
// The same state and inputs give the same effects, whenever and wherever they are stepped.
func Step(p *compile.Program, s *State, now int64, in []Input, fx *Effects) {
	r := begin(p, s, now, fx)
	if s.gone {
		r.migrate()
	}
	for i := range in {
		r.take(&in[i])
	}
	if s.Arrived {
		if s.quiet == 0 || now >= s.quiet {
			r.timers()
			r.rest()
		}
		r.send()
	}
	s.At = now
}

// mostMoves is how often a contact may move on one track at one instant.
const mostMoves = 16

// run is one step. Its lists keep their memory from step to step: a step of a contact that moves on as most do
// allocates nothing.
type run struct {
	p   *compile.Program
	s   *State
	fx  *Effects
	now int64

	event    compile.Taken
	response bool // the event that is being taken answers a sending
	moves    []int
	waiting  []touchRef // touches refused at this instant that stay due
	acted    bool       // an action changed what conditions see

	dues   []touchRef     // of due
	could  []arm          // of arms
	from   int            // the column that they are of, compile.None
	binds  []*compile.Cap // of caps
	topics []int32        // of tally
}

// nothing is the event where there is none.
var nothing = compile.Taken{Event: compile.None, Offer: compile.None}

func begin(p *compile.Program, s *State, now int64, fx *Effects) *run {
	s.Now = now
	r := &fx.run
	r.p, r.s, r.fx, r.now = p, s, fx, now
	r.event, r.response, r.acted = nothing, false, false
	r.moves, r.waiting = r.moves[:0], r.waiting[:0]
	if s.of != p {
		s.suit(p)
	}
	s.circled = false
	return r
}

// suit works out what is worked out once for a state and a program.
func (s *State) suit(p *compile.Program) {
	s.fit(p)
	s.placeInZone(p)
}

// fit gives every table of the state the length that the program's has.
func (s *State) fit(p *compile.Program) {
	s.of, s.quiet = p, 0
	s.ctx.Facts, s.ctx.Program = &s.Facts, p
	s.Fields = grown(s.Fields, len(p.Fields))
	s.Counts = grown(s.Counts, len(p.Events))
	s.Scores = grown(s.Scores, len(p.Scores))
	s.Records = grown(s.Records, len(p.Programs))
	s.latest = grown(s.latest, len(p.Offers))
	for n := len(s.Tracks); n < len(p.Tracks); n++ {
		s.Tracks = slices.Grow(s.Tracks, 1)[:n+1]
		s.Tracks[n] = s.Tracks[n].nowhere() // in the memory of the contact that the state was before
	}
	s.gone = false
	for t := range s.Tracks {
		pos := &s.Tracks[t]
		if s.gone = s.gone || pos.Gone != ""; pos.Stage >= 0 {
			pos.is = &p.Stages[pos.Stage]
		}
		for i := range pos.Touches {
			pos.Touches[i].due = 0
		}
	}
}

// grown is a list with at least n elements; those it did not have are zero.
func grown[T any](s []T, n int) []T {
	had := len(s)
	if had >= n {
		return s
	}
	s = slices.Grow(s, n-had)[:n]
	clear(s[had:])
	return s
}

// placeInZone works out the contact's time zone. When it moves, what is held is decided anew.
func (s *State) placeInZone(p *compile.Program) {
	zone := p.Policy.Zone
	if f := p.Policy.TimezoneField; f != compile.None && s.Fields[f].Known {
		if name := s.Fields[f].Text; s.Zone != nil && s.Zone.Name == name {
			zone = s.Zone // as before, which needs no looking up
		} else if z, err := calendar.LoadZone(name); err == nil {
			zone = z
		}
	}
	if s.Zone == zone {
		return
	}
	moved := s.Zone != nil
	s.Zone = zone
	if !moved {
		return
	}
	for t := range s.Tracks {
		for i := range s.Tracks[t].Touches {
			s.Tracks[t].Touches[i].Held = 0
			s.Tracks[t].Touches[i].due = 0
		}
	}
}

// at is the context of conditions on a track.
func (r *run) at(track int) *compile.Ctx {
	place(r.s, &r.s.ctx, track)
	return &r.s.ctx
}

func place(s *State, x *compile.Ctx, track int) {
	pos := &s.Tracks[track]
	x.Offer = compile.None
	if x.InProgram = pos.is != nil; x.InProgram {
		x.Phase = pos.is.Phase
		x.StageEntered, x.ProgramEntered = pos.StageEntered, pos.ProgramEntered
		return
	}
	x.Phase, x.StageEntered, x.ProgramEntered = check.NoPhase, 0, 0
}

// row adds a row to the journal, under the place of the contact on a track (compile.None: under none), and gives it for
// what else it says. It is made where it stays: rows are large, and most of what a step costs is writing them.
func (r *run) row(track int, kind Kind, by string) *Row {
	r.s.Seq++
	row := r.fx.addRow()
	row.At, row.Seq, row.Kind, row.By = r.now, r.s.Seq, kind, by
	row.Offer, row.Map, row.Column = compile.None, compile.None, compile.None
	row.Track, row.Program, row.Stage = int32(track), compile.None, compile.None
	if track != compile.None {
		if pos := &r.s.Tracks[track]; pos.is != nil {
			row.Stage, row.Program = pos.Stage, int32(pos.is.Program)
		}
	}
	return row
}

// migrate moves a contact out of stages that the playbook no longer has.
func (r *run) migrate() {
	r.s.gone = false
	for t := range r.s.Tracks {
		pos := &r.s.Tracks[t]
		if pos.Gone == "" {
			continue
		}
		gone, to := pos.Gone, r.p.Migration(pos.Gone)
		pos.Gone = ""
		name := r.targetName(to)
		if to == compile.None {
			row := r.row(t, Failed, "")
			row.Gone, row.Detail = gone, "the playbook has no stage "+gone+" any more, and no `migrate` line for it"
		} else {
			row := r.row(t, Moved, "")
			row.Gone, row.To, row.Detail = gone, name, "migrate"
		}
		if to < 0 {
			continue
		}
		program := &r.p.Programs[r.p.Stages[to].Program]
		switch {
		case r.s.Tracks[program.Track].Stage >= 0: // it is on another track now, where the contact stands somewhere already
			r.row(program.Track, Failed, "").Detail = "migrate " + gone + " -> " + name + ": the contact is in a program of that track already, and stays there"
			continue
		case strings.HasPrefix(gone, program.Name+"."):
			r.s.Tracks[program.Track].Stage = int32(to) // the stay in the program goes on
			r.s.Tracks[program.Track].Entry, r.s.Tracks[program.Track].ProgramEntered = pos.Entry, pos.ProgramEntered
		}
		r.enterStage(program.Track, to)
	}
}

func (r *run) targetName(target int) string {
	switch target {
	case compile.None:
		return ""
	case compile.Done:
		return "done"
	default:
		return r.p.Stages[target].Name
	}
}

// timers takes what time alone brings: overdue hand-offs and tasks, each an input, then `after` rules and wake-ups as
// one.
func (r *run) timers() {
	for i := 0; i < len(r.s.Hands); i++ {
		h := &r.s.Hands[i]
		if at := handDue(r.p, r.s, h); at > r.now {
			continue
		}
		h.Overdue = true
		track := r.p.Programs[r.p.Stages[h.Stage].Program].Track
		overdue := r.p.Handoffs[h.Handoff].Overdue
		r.row(track, Overdue, handedBy(r.p, h)).Detail = r.p.Handoffs[h.Handoff].Name
		r.happen(overdue)
		i = -1 // the input may have closed any of them
	}
	for i := 0; i < len(r.s.Tasks); i++ {
		t := &r.s.Tasks[i]
		if t.due(r.s) > r.now {
			continue
		}
		t.Overdue = true
		r.event = compile.Taken{Event: r.p.TaskOverdue, At: r.now, Offer: compile.None, Fields: r.taskFields(r.p.TaskOverdue, t.Text)}
		r.happened()
		i = -1
	}
	r.look(compile.None, true)
}

// taskFields are the fields of a task event that the engine raises itself.
func (r *run) taskFields(event int, text string) []compile.Value {
	fields := make([]compile.Value, len(r.p.Events[event].Fields))
	for i, f := range r.p.Events[event].Fields {
		if f.Name == "task" {
			fields[i] = compile.Value{Known: true, Text: text}
		}
	}
	return fields
}

// happen takes an event that the engine raises itself.
func (r *run) happen(event int) {
	r.event = compile.Taken{Event: event, At: r.now, Offer: compile.None}
	r.happened()
}

// happened brings history and scores up to date with r.event and looks at the rules of all tracks.
func (r *run) happened() {
	r.response = false
	r.remember(r.event.Event)
	r.stops(r.event.Event)
	r.goals()
	r.look(compile.None, false)
}

// handedBy is the line that handed a hand-off over.
func handedBy(p *compile.Program, h *Hand) string {
	for i := range p.Stages[h.Stage].Entry {
		if e := &p.Stages[h.Stage].Entry[i]; e.Handoff == int(h.Handoff) {
			return e.By
		}
	}
	return p.Stages[h.Stage].By
}

// due is when an open task is overdue.
func (t *Task) due(s *State) int64 {
	if t.Overdue || t.Within.IsZero() {
		return calendar.Never
	}
	return s.Zone.Add(t.Opened, t.Within)
}

// handDue is when an open hand-off is overdue: each of its days counts only when the policy's window opens on it.
func handDue(p *compile.Program, s *State, h *Hand) int64 {
	accept := p.Handoffs[h.Handoff].Accept
	if h.Accepted || h.Overdue || accept == nil || p.Handoffs[h.Handoff].Overdue == compile.None {
		return calendar.Never
	}
	due := s.Zone.Add(h.Opened, *accept)
	if accept.Days == 0 && accept.Months == 0 || !p.Policy.Shuts() {
		return due
	}
	from, clock := s.Zone.Date(h.Opened)
	to, _ := s.Zone.Date(due)
	day := from
	for left := int(to - from); left > 0 && day < from+maxDays; {
		if day++; p.Policy.Opens(day) {
			left--
		}
	}
	return s.Zone.Instant(int64(day)*86400 + int64(clock))
}

// maxDays bounds the search for a day on which something is allowed: ten years.
const maxDays = 3660
