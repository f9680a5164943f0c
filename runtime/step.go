package runtime

import (
	"cmp"
	"fmt"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// stepper takes contacts through a span. Each worker has its own; its memory is used again for every contact.
type stepper struct {
	p      *compile.Program
	labels *labels
	record recorder
	codec  *engine.Codec
	span   span
	decode func(*store.Input) (engine.Input, error)

	state   *engine.State
	waiting []waiting
	inputs  []engine.Input
	effects engine.Effects
	done    store.Stepped // what becomes of the contact
	bytes   []byte        // of its state
}

// waiting is a decoded input.
type waiting struct {
	engine.Input
	n       int64
	unknown bool // the playbook has no use for it
}

// stepped is what a worker makes of some contacts.
type stepped struct {
	batch   store.Batch
	again   bool  // one of them has more inputs than were loaded
	unknown int64 // inputs that the playbook has no use for
}

// contacts takes contacts through the span, one after the other.
func (w *stepper) contacts(loaded []store.Loaded, out *stepped) (*stepped, error) {
	for i := range loaded {
		if err := w.contact(&loaded[i], out); err != nil {
			return nil, err
		}
	}
	w.record.flush(&out.batch)
	return out, nil
}

// contact takes one contact through the span.
//
//	the next instant is that of the first input that waits, or of the engine's wake, whichever comes first;
//	all inputs of that instant are one step; on it goes until nothing more is due in the span.
//
// An input from before the instant up to which the contact stands is taken at that instant, and is late. A live run
// does all at the one instant `now`, and late is only what is from before the run before.
func (w *stepper) contact(c *store.Loaded, out *stepped) error {
	s := w.state
	s.Reset(c.Key)
	if c.State != nil {
		if err := w.codec.Decode(c.State, s); err != nil {
			return fmt.Errorf("contact %s: its state cannot be read: %w", c.Key, err)
		}
		s.Key = c.Key
	}
	w.decodeInputs(c)
	done := &w.done
	*done = store.Stepped{Next: calendar.Never, Places: done.Places[:0], Took: done.Took[:0], Journal: done.Journal[:0], Outbox: done.Outbox[:0]}

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
		out.again = true
	}

	pending, wake, steps := w.waiting, c.Next, 0
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
		w.take(pending[:n], next, late, out)
		pending = pending[n:]
		if len(w.inputs) == 0 && !(s.Arrived && wake <= next) {
			continue // none of them means anything
		}
		w.effects.Reset()
		engine.Step(w.p, s, next, w.inputs, &w.effects)
		steps++
		w.keep(out)
		floor, wake = max(floor, next), engine.Wake(w.p, s)
	}

	if s.Arrived {
		done.Next = wake
	}
	if len(pending) > 0 {
		done.Next = min(done.Next, pending[0].At)
	}
	if c.More {
		done.Next = min(done.Next, loaded+1)
	}
	if steps > 0 {
		w.bytes = w.codec.Append(w.bytes[:0], s)
		done.State = w.bytes
		w.places()
	}
	return out.batch.Add(&c.Contact, done)
}

// decodeInputs fills w.waiting in the order of time.
func (w *stepper) decodeInputs(c *store.Loaded) {
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
func (w *stepper) take(taken []waiting, now, late int64, out *stepped) {
	slices.SortStableFunc(taken, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(rank(&a.Input), rank(&b.Input)), cmp.Compare(a.n, b.n))
	})
	w.inputs = w.inputs[:0]
	arrived := w.state.Arrived
	for i := range taken {
		in := &taken[i].Input
		w.done.Took = append(w.done.Took, store.Took{N: taken[i].n, At: in.At, Taken: now})
		if taken[i].unknown {
			out.unknown++
			continue
		}
		in.Arrive = !arrived
		arrived = true
		if in.Event != compile.None {
			in.Late = in.At < late
			if event := &w.p.Events[in.Event]; event.Kind == check.Outcome {
				out.batch.Count(w.labels.outcome, w.labels.events[in.Event], 1)
			}
		}
		w.inputs = append(w.inputs, *in)
	}
}

func rank(in *engine.Input) int {
	if in.Event == compile.None {
		return 0
	}
	return 1
}

// keep keeps what a step decided.
func (w *stepper) keep(out *stepped) {
	for i := range w.effects.Rows {
		w.done.Journal = append(w.done.Journal, w.record.journal(&out.batch, &w.effects.Rows[i]))
	}
	for i := range w.effects.Outs {
		w.done.Outbox = append(w.done.Outbox, w.record.outbox(w.state.Zone, &w.effects.Outs[i]))
	}
}

// places keeps where the contact stands, by track.
func (w *stepper) places() {
	for t := range w.state.Tracks {
		pos, track := &w.state.Tracks[t], at(w.labels.tracks, int32(t))
		switch {
		case pos.Stage >= 0:
			w.done.Places = append(w.done.Places, store.Place{Track: track, Stage: w.labels.stages[pos.Stage], Since: pos.StageEntered})
		case pos.Gone != "":
			w.done.Places = append(w.done.Places, store.Place{Track: track, Stage: w.labels.store.Intern(pos.Gone), Since: pos.StageEntered})
		}
	}
}
