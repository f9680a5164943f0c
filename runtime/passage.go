package runtime

import (
	"cmp"
	"fmt"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// passage takes contacts through a span of time, one after the other; its memory is used again for every contact. What
// becomes of what is taken and decided is a matter of those who drive it: a run keeps it, a forecast compares it.
type passage struct {
	p      *compile.Program
	codec  *engine.Codec
	span   span
	decode func(*store.Input) (engine.Input, error)

	state   *engine.State
	waiting []waiting
	inputs  []engine.Input
	effects engine.Effects

	took    func(taken []waiting, now int64) // inputs are taken, before the step
	decided func()                           // a step was made: see state and effects
}

// waiting is a decoded input.
type waiting struct {
	engine.Input
	n       int64
	unknown bool // the playbook has no use for it
}

// through takes a contact through the span, and gives the instant at which it is due again and in how many steps it got
// there. What comes from before where the contact stands is due there, though that may be behind the span.
//
//	the next instant is that of the first input that waits, or of the engine's wake, whichever comes first;
//	all inputs of that instant are one step; on it goes until nothing more is due in the span.
//
// An input from before the instant up to which the contact stands is taken at that instant, and is late. A live run
// does all at the one instant `now`, and late is only what is from before the run before.
func (w *passage) through(c *store.Loaded) (due int64, steps int, err error) {
	s := w.state
	s.Reset(c.Key)
	if c.State != nil {
		if err := w.codec.Decode(c.State, s); err != nil {
			return 0, 0, fmt.Errorf("contact %s: its state cannot be read: %w", c.Key, err)
		}
		s.Key = c.Key
	}
	w.decodeInputs(c)

	floor, end := w.span.Clock, w.span.end()
	if w.span.Live {
		floor = w.span.To
	}
	if s.Arrived {
		floor = max(floor, s.At)
	}
	late := floor
	if w.span.Live {
		late, end = w.span.Clock, max(end, floor+1)
	}
	loaded := calendar.Never // inputs at later instants are not loaded
	if c.More {
		loaded = c.Inputs[len(c.Inputs)-1].At
	}

	pending, wake := w.waiting, c.Next
	for {
		next := calendar.Never
		if len(pending) > 0 {
			next = max(pending[0].At, floor)
		}
		if s.Arrived {
			next = min(next, max(wake, floor))
		}
		if next >= end || next > max(loaded, floor) {
			break
		}
		n := 0
		for n < len(pending) && pending[n].At <= next {
			n++
		}
		w.take(pending[:n], next, late)
		pending = pending[n:]
		if len(w.inputs) == 0 && !(s.Arrived && wake <= next) {
			continue // none of them means anything
		}
		w.effects.Reset()
		engine.Step(w.p, s, next, w.inputs, &w.effects)
		steps++
		w.decided()
		floor, wake = max(floor, next), engine.Wake(w.p, s)
	}

	due = calendar.Never
	if s.Arrived {
		due = wake
	}
	if len(pending) > 0 {
		due = min(due, pending[0].At)
	}
	if c.More {
		due = min(due, loaded+1)
	}
	return max(due, floor), steps, nil
}

// decodeInputs fills w.waiting in the order of time.
func (w *passage) decodeInputs(c *store.Loaded) {
	w.waiting = w.waiting[:0]
	for i := range c.Inputs {
		row := &c.Inputs[i]
		in, err := w.decode(row)
		if err != nil {
			in = engine.Input{At: row.At}
		}
		w.waiting = append(w.waiting, waiting{in, row.N, err != nil})
	}
}

// take makes the inputs of one step: changes first, then events by arrival. An input that the playbook has no use for, as
// it has dropped the event, is taken without effect.
func (w *passage) take(taken []waiting, now, late int64) {
	slices.SortStableFunc(taken, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(rank(&a.Input), rank(&b.Input)), cmp.Compare(a.n, b.n))
	})
	w.inputs = w.inputs[:0]
	arrived := w.state.Arrived
	for i := range taken {
		in := &taken[i].Input
		if taken[i].unknown {
			continue
		}
		in.Arrive = !arrived
		arrived = true
		in.Late = in.Event != compile.None && in.At < late
		w.inputs = append(w.inputs, *in)
	}
	w.took(taken, now)
}

func rank(in *engine.Input) int {
	if in.Event == compile.None {
		return 0
	}
	return 1
}
