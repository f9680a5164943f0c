package report

import (
	"slices"

	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// replay plays a life again, for what the journal does not say. The contact was stepped for certain at the instants at
// which inputs were taken, and at those of the journal's rows. In between it may have been stepped without a trace: a
// replay does so when the engine wakes it, a live run when it is run next. Both are tried, and what comes to the rows
// of the journal is right.
type replay struct {
	books []*book

	state   engine.State
	effects engine.Effects
	sure    []int64
	inputs  []engine.Input
	before  []byte
	at      *book // under which the state is
}

// mostSilent bounds the steps between two that left a trace.
const mostSilent = 100_000

// columns fills in the map and the column of the messages among w.rows.
func (w *reader) columns(life *store.Life) {
	if len(w.Program.Maps) == 0 || !slices.ContainsFunc(w.rows, func(r engine.Row) bool { return r.Kind == engine.Sent }) {
		return
	}
	r := &w.replay
	r.state.Reset(life.Key)
	r.at = r.books[0]
	r.instants(w)
	rows, in := w.rows, w.taken
	wake := int64(0)
	for _, at := range r.sure {
		var said []engine.Row
		said, rows = until(rows, at)
		n := 0
		for n < len(in) && in[n].row.Taken == at {
			n++
		}
		if !r.turn(at) {
			break
		}
		r.before = r.before[:0]
		if r.state.Arrived && wake < at {
			r.before = r.at.codec.Append(r.before, &r.state)
			for silent := 0; wake < at && silent < mostSilent; silent++ {
				if r.step(wake, nil, w); len(r.effects.Rows) > 0 {
					r.back(life.Key) // it was not stepped then
					break
				}
				wake = engine.Wake(r.at.program, &r.state)
			}
		}
		if r.step(at, in[:n], w); !w.agrees(said) && len(r.before) > 0 {
			// What was due without a trace in between may have been done only now.
			r.back(life.Key)
			r.step(at, in[:n], w)
		}
		w.note(said)
		in = in[n:]
		wake = engine.Wake(r.at.program, &r.state)
	}
	w.count()
}

// instants are those at which the contact was stepped for certain.
func (r *replay) instants(w *reader) {
	r.sure = r.sure[:0]
	for i := range w.taken {
		r.sure = append(r.sure, w.taken[i].row.Taken)
	}
	for i := range w.rows {
		r.sure = append(r.sure, w.rows[i].At)
	}
	first, last := slices.Min(r.sure), slices.Max(r.sure)
	for i, b := range r.books {
		if i > 0 && b.codec != r.books[i-1].codec && b.since > first && b.since < last {
			r.sure = append(r.sure, b.since) // a playbook with another meaning looks at everybody once
		}
	}
	slices.Sort(r.sure)
	r.sure = slices.Compact(r.sure)
}

// turn goes over to the playbook that ran at an instant; false where that cannot be read.
func (r *replay) turn(at int64) bool {
	b := r.books[0]
	for _, next := range r.books[1:] {
		if next.since <= at {
			b = next
		}
	}
	if b.program == nil {
		return false
	}
	if r.state.Arrived && b.codec != r.at.codec {
		bytes, key := r.at.codec.Append(nil, &r.state), r.state.Key
		r.state.Reset(key)
		if b.codec.Decode(bytes, &r.state) != nil {
			return false
		}
		r.state.Key = key
	}
	r.at = b
	return true
}

// back makes the state what it was before the silent steps.
func (r *replay) back(key string) {
	r.state.Reset(key)
	// What the codec has written just now it can read.
	_ = r.at.codec.Decode(r.before, &r.state)
	r.state.Key = key
}

// step plays one instant.
func (r *replay) step(at int64, in []taken, w *reader) {
	r.inputs = r.inputs[:0]
	for i := range in {
		input := in[i].Input
		if r.at.program != w.Program {
			var err error
			if input, err = ingest.Decode(r.at.program, w.Store.Text, &in[i].row.Input); err != nil {
				continue // it had no effect
			}
		} else if input.Event == unknownEvent {
			continue
		} else if input.Offer >= len(w.Program.Offers) {
			input.Offer = compile.None
		}
		input.Arrive = !r.state.Arrived && len(r.inputs) == 0
		r.inputs = append(r.inputs, input)
	}
	r.effects.Reset()
	engine.Step(r.at.program, &r.state, at, r.inputs, &r.effects)
}

// until cuts the rows up to and with an instant off.
func until(rows []engine.Row, at int64) (upTo, rest []engine.Row) {
	n := 0
	for n < len(rows) && rows[n].At <= at {
		n++
	}
	return rows[:n], rows[n:]
}

// agrees says whether the step came to what the journal says, as far as kinds and offers go; that something came late
// depends on when the run before was.
func (w *reader) agrees(said []engine.Row) bool {
	i := 0
	next := func() *engine.Row {
		for i < len(w.replay.effects.Rows) {
			if i++; w.replay.effects.Rows[i-1].Kind != engine.Late {
				return &w.replay.effects.Rows[i-1]
			}
		}
		return nil
	}
	for n := range said {
		if said[n].Kind == engine.Late {
			continue
		}
		if row := next(); row == nil || row.Kind != said[n].Kind || row.Kind == engine.Sent && w.offer(row) != said[n].Offer {
			return false
		}
	}
	return next() == nil
}

// offer is the offer of a replayed row, by the report's numbers.
func (w *reader) offer(row *engine.Row) int32 {
	if w.replay.at.program == w.Program {
		return row.Offer
	}
	return w.names.byOffer[w.replay.at.program.Offers[row.Offer].Name]
}

// note notes the columns of what the journal says was sent and the replay sent too.
func (w *reader) note(said []engine.Row) {
	p := w.replay.at.program
	for i := range w.replay.effects.Rows {
		row := &w.replay.effects.Rows[i]
		if row.Kind != engine.Sent {
			continue
		}
		offer := w.offer(row)
		n := slices.IndexFunc(said, func(s engine.Row) bool { return s.Kind == engine.Sent && s.Offer == offer && s.Map == compile.None })
		if n < 0 {
			continue
		}
		if said[n].Map = directly; row.Column >= 0 {
			said[n].Map, said[n].Column = w.column(p, row)
		}
	}
}

// directly is the map of a message that is known to come from none; elsewhere it is a map that the playbook dropped.
const directly = -2

// column is the map and the column of a replayed row by the report's numbers. Both are what they are called: a segment
// that has another condition now is the same.
func (w *reader) column(p *compile.Program, row *engine.Row) (of, column int32) {
	if p == w.Program {
		return row.Map, row.Column
	}
	name := columnName(p, int(row.Map), int(row.Column))
	c, known := w.names.columns[name]
	if !known {
		return directly, compile.None
	}
	return w.names.maps[p.Maps[row.Map].Name], c
}

// count counts the messages from maps, and those of which the column stays unknown.
func (w *reader) count() {
	for i := range w.rows {
		row := &w.rows[i]
		switch {
		case row.Kind != engine.Sent || row.Map == directly:
		case row.Map >= 0:
			w.columned.Add(1)
		case w.fromMap(row):
			w.columned.Add(1)
			w.unlike.Add(1)
		}
	}
}

// fromMap says whether what was sent comes from a map, as far as the stage tells.
func (w *reader) fromMap(row *engine.Row) bool {
	if row.Stage < 0 || int(row.Stage) >= len(w.Program.Stages) {
		return false
	}
	for _, send := range w.Program.Stages[row.Stage].Sends {
		if send.Map >= 0 && int(row.Offer) < len(w.Program.Offers) && w.Program.Maps[send.Map].Offers[row.Offer] {
			return true
		}
	}
	return false
}
