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
	codec  *engine.Codec
	span   span
	decode func(*store.Input) (engine.Input, error)

	state   *engine.State
	waiting []waiting
	inputs  []engine.Input
	effects engine.Effects
	before  []place
}

// waiting is a decoded input.
type waiting struct {
	engine.Input
	id, n int64
}

// place is where a contact stands on a track, by the store's numbers; stage 0 is nowhere.
type place struct {
	track, stage uint32
	since        int64
}

// stepped is what a worker makes of some contacts.
type stepped struct {
	batch   store.Batch
	bytes   []byte // of the states
	again   bool   // one of them has more inputs than were loaded
	unknown int64  // inputs that the playbook has no use for
}

// contacts takes contacts through the span, one after the other.
func (w *stepper) contacts(loaded []store.Loaded, out *stepped) (*stepped, error) {
	for i := range loaded {
		if err := w.contact(&loaded[i], out); err != nil {
			return nil, err
		}
	}
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
	w.before = w.places(w.before[:0])
	if err := w.decodeInputs(c, out); err != nil {
		return err
	}

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
		w.take(c.ID, pending[:n], next, late, out)
		pending = pending[n:]
		w.effects.Reset()
		engine.Step(w.p, s, next, w.inputs, &w.effects)
		steps++
		w.record(c.ID, out)
		floor, wake = max(floor, next), engine.Wake(w.p, s)
	}

	done := store.Stepped{ID: c.ID, Next: calendar.Never}
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
		start := len(out.bytes)
		out.bytes = w.codec.Append(out.bytes, s)
		done.State = out.bytes[start:len(out.bytes):len(out.bytes)]
		w.place(c.ID, &done, out)
	}
	out.batch.Contacts = append(out.batch.Contacts, done)
	return nil
}

// decodeInputs fills w.waiting in the order of time. An input that the playbook has no use for, as it has dropped the
// event, is taken without effect.
func (w *stepper) decodeInputs(c *store.Loaded, out *stepped) error {
	w.waiting = w.waiting[:0]
	for i := range c.Inputs {
		row := &c.Inputs[i]
		in, err := w.decode(row)
		if err != nil {
			out.unknown++
			out.batch.Taken = append(out.batch.Taken, store.Taken{Contact: c.ID, ID: row.ID, At: row.At})
			continue
		}
		w.waiting = append(w.waiting, waiting{in, row.ID, row.N})
	}
	return nil
}

// take makes the inputs of one step: changes first, then events by arrival.
func (w *stepper) take(contact int64, taken []waiting, now, late int64, out *stepped) {
	slices.SortStableFunc(taken, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(rank(&a.Input), rank(&b.Input)), cmp.Compare(a.n, b.n))
	})
	w.inputs = w.inputs[:0]
	arrived := w.state.Arrived
	for i := range taken {
		in := &taken[i].Input
		in.Arrive = !arrived
		arrived = true
		if in.Event != compile.None {
			in.Late = in.At < late
			if event := &w.p.Events[in.Event]; event.Kind == check.Outcome {
				out.batch.Count(w.labels.outcome, w.labels.events[in.Event], 1)
			}
		}
		w.inputs = append(w.inputs, *in)
		out.batch.Taken = append(out.batch.Taken, store.Taken{Contact: contact, ID: taken[i].id, At: now})
	}
}

func rank(in *engine.Input) int {
	if in.Event == compile.None {
		return 0
	}
	return 1
}

// record adds what a step decided to the batch.
func (w *stepper) record(contact int64, out *stepped) {
	for i := range w.effects.Rows {
		w.labels.journal(&out.batch, contact, &w.effects.Rows[i])
	}
	for i := range w.effects.Outs {
		out.batch.Outbox = append(out.batch.Outbox, w.labels.outbox(contact, w.state.Zone, &w.effects.Outs[i]))
	}
}

// places appends where the contact stands, by track.
func (w *stepper) places(to []place) []place {
	for t := range w.state.Tracks {
		pos := &w.state.Tracks[t]
		switch {
		case pos.Stage >= 0:
			to = append(to, place{at(w.labels.tracks, int32(t)), w.labels.stages[pos.Stage], pos.StageEntered})
		case pos.Gone != "":
			to = append(to, place{at(w.labels.tracks, int32(t)), w.labels.store.Intern(pos.Gone), pos.StageEntered})
		}
	}
	return to
}

// place adds the contact's places to the batch where they are others than before.
func (w *stepper) place(contact int64, done *store.Stepped, out *stepped) {
	kept := len(w.before)
	w.before = w.places(w.before)
	was, is := w.before[:kept], w.before[kept:]
	if slices.Equal(was, is) {
		return
	}
	done.Moved = true
	for _, p := range is {
		out.batch.Places = append(out.batch.Places, store.Place{Contact: contact, Track: p.track, Stage: p.stage, Since: p.since})
	}
}
