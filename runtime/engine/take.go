package engine

import (
	"math"
	"slices"
	"strings"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
)

// take brings one input in: (1) of the step, then the rules.
func (r *run) take(in *Input) {
	if in.Arrive {
		r.s.Arrived = true
	}
	if in.Event == compile.None {
		r.change(in.Fields)
		if r.s.Arrived {
			r.look(compile.None, false)
		}
		return
	}
	if !r.s.Arrived {
		return
	}
	r.event = compile.Taken{Event: in.Event, At: in.At, Offer: in.Offer, Fields: in.Values}
	if in.Late {
		r.row(compile.None, Late, "").Detail = r.p.Events[in.Event].Name + " of " + time.Unix(in.At, 0).UTC().Format(time.RFC3339)
	}
	if len(in.Fields) > 0 {
		r.answer(in.Fields)
	}
	r.response = r.answers()
	r.remember(in.Event)
	if r.response {
		r.remember(r.p.Response)
	}
	r.close(in)
	r.stops(in.Event)
	if r.response {
		r.stops(r.p.Response)
	}
	r.goals()
	r.look(compile.None, false)
}

// change writes fields; a new time zone moves timers.
func (r *run) change(fields []FieldValue) {
	for _, f := range fields {
		r.s.Fields[f.Field] = f.Value
	}
	r.s.placeInZone(r.p)
}

// answer writes what the contact told us.
func (r *run) answer(fields []FieldValue) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = r.p.Fields[f.Field].Name
	}
	r.row(compile.None, Answered, "").Detail = strings.Join(names, ", ")
	r.change(fields)
}

// remember adds an event to history and to the scores it counts in, at the time at which it happened.
func (r *run) remember(event int) {
	at := r.event.At
	r.s.Past = append(r.s.Past, compile.Happening{Event: int32(event), At: at})
	c := &r.s.Counts[event]
	if c.N++; c.N == 1 || at > c.Last {
		c.Last = at
	}
	hits := r.p.Events[event].Scores
	for i := range hits {
		if h := &hits[i]; h.Where.Holds(r.free()) {
			r.score(h.Score, h.Points, at)
		}
	}
}

// free is a context outside all tracks, with the event at hand.
func (r *run) free() *compile.Ctx {
	x := &r.s.ctx
	x.Phase, x.InProgram, x.StageEntered, x.ProgramEntered = check.NoPhase, false, 0, 0
	x.Event, x.Offer = &r.event, compile.None
	return x
}

func (r *run) score(score int, points float64, at int64) {
	d, halve := &r.s.Scores[score], r.p.Scores[score].Halve
	if halve == 0 {
		d.V += points
		return
	}
	if d.V != 0 {
		d.V *= math.Exp2(-float64(r.now-d.At) / halve)
	}
	d.At = r.now
	d.V += points * math.Exp2(-float64(r.now-at)/halve)
}

// answers works out whether the event is the response to a sending, the first that it gets, and marks that as answered.
func (r *run) answers() bool {
	i := Answers(r.p, r.s.Sends, r.event.Event, r.event.Offer)
	switch {
	case i == compile.None:
		return false
	case i == len(r.s.Sends):
		r.s.Sends = append(r.s.Sends, compile.Sending{Offer: int32(r.event.Offer), At: r.event.At, Answered: true, Unsent: true})
	default:
		r.s.Sends[i].Answered = true
		r.event.Offer = int(r.s.Sends[i].Offer)
	}
	return true
}

// close closes the task that is done and the hand-off that has an outcome.
func (r *run) close(in *Input) {
	if in.Event == r.p.TaskDone {
		if i := slices.IndexFunc(r.s.Tasks, func(t Task) bool { return t.Text == in.Task }); i >= 0 {
			r.s.Tasks = slices.Delete(r.s.Tasks, i, i+1)
		}
		return
	}
	e := &r.p.Events[in.Event]
	if e.Kind != check.Outcome {
		return
	}
	i := slices.IndexFunc(r.s.Hands, func(h Hand) bool { return int(h.Handoff) == e.Handoff })
	switch {
	case i < 0:
	case in.Event == r.p.Handoffs[e.Handoff].Accepted:
		r.s.Hands[i].Accepted = true
	default:
		r.s.Hands = slices.Delete(r.s.Hands, i, i+1)
	}
}

// stops stops or resumes messages to the contact as the policy says.
func (r *run) stops(event int) {
	for i := range r.p.Events[event].Stops {
		rule := &r.p.Events[event].Stops[i]
		if r.s.Stopped == !rule.Resume || !rule.Where.Holds(r.free()) {
			continue
		}
		r.s.Stopped = !rule.Resume
		kind := Stopped
		if rule.Resume {
			kind = Resumed
		}
		r.row(compile.None, kind, rule.By).Reason = r.p.Events[event].Name
	}
}

// goals journals the goals that the event reaches. A goal counts once a stay, up to and with the instant at its end. It is kept
// when that is over: an event that comes late may have happened in time.
func (r *run) goals() {
	for i := 0; i < len(r.s.Goals); i++ {
		g := r.s.Goals[i]
		goal := &r.p.Programs[g.Program].Goals[g.Goal]
		end := r.s.Zone.Add(g.From, goal.Within)
		if !r.is(goal.Event) || r.event.At < g.From || end < r.event.At {
			continue
		}
		r.s.Goals = slices.Delete(r.s.Goals, i, i+1)
		i--
		row := r.row(compile.None, GoalReached, goal.By)
		row.Program, row.Detail = g.Program, goal.Name
	}
}

// is says whether the event at hand is the one named: itself, or `response` when it answers.
func (r *run) is(event int) bool {
	return event == r.event.Event || r.response && event == r.p.Response
}
