package runtime

import (
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// stepper keeps what becomes of contacts that go through a span. Each worker has its own.
type stepper struct {
	passage
	labels *labels
	record recorder

	out   *stepped
	done  store.Stepped // what becomes of the contact
	bytes []byte        // of its state
}

// stepped is what a worker makes of some contacts.
type stepped struct {
	batch   store.Batch
	looks   int   // at how many contacts was looked
	unknown int64 // inputs that the playbook has no use for
}

func (r *run) stepper(codec *engine.Codec) *stepper {
	w := &stepper{passage: passage{p: r.Program, codec: codec, span: r.span, state: new(engine.State), decode: r.decode}, labels: r.labels, record: recorder{labels: r.labels}}
	w.took, w.decided = w.keepTaken, w.keepDecided
	return w
}

// contacts takes contacts through the span, one after the other.
func (w *stepper) contacts(some chunk, out *stepped) (*stepped, error) {
	w.out, out.looks = out, some.looks
	for i := range some.contacts {
		if err := w.contact(&some.contacts[i]); err != nil {
			return nil, err
		}
	}
	w.record.flush(&out.batch)
	return out, nil
}

func (w *stepper) contact(c *store.Loaded) error {
	done := &w.done
	*done = store.Stepped{Places: done.Places[:0], Took: done.Took[:0], Journal: done.Journal[:0], Outbox: done.Outbox[:0]}
	due, steps, err := w.through(c)
	if err != nil {
		return err
	}
	done.Next = due
	if steps > 0 {
		w.bytes = w.codec.Append(w.bytes[:0], w.state)
		done.State = w.bytes
		w.places()
	}
	return w.out.batch.Add(&c.Contact, done)
}

// keepTaken keeps which inputs were taken, and when.
func (w *stepper) keepTaken(taken []waiting, now int64) {
	for i := range taken {
		in := &taken[i]
		w.done.Took = append(w.done.Took, store.Took{N: in.n, At: in.At, Taken: now})
		switch {
		case in.unknown:
			w.out.unknown++
		case in.Event != compile.None && w.p.Events[in.Event].Kind == check.Outcome:
			w.out.batch.Count(w.labels.outcome, w.labels.events[in.Event], 1)
		}
	}
}

// keepDecided keeps what a step decided.
func (w *stepper) keepDecided() {
	for i := range w.effects.Rows {
		w.done.Journal = append(w.done.Journal, w.record.journal(&w.out.batch, &w.effects.Rows[i]))
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
