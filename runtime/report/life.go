package report

import (
	"cmp"
	"encoding/json"
	"slices"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// taken is an input with the instant at which it was taken.
type taken struct {
	engine.Input
	row *store.Happened
}

// unknownEvent is the number of an event that the program has no more.
const unknownEvent = -2

// take measures one life: instant by instant, what was taken and what was decided.
func (w *reader) take(life *store.Life) {
	end := w.measured.To
	known := w.read(life, end)
	if len(w.taken) == 0 {
		return // it does not take part yet
	}
	if known {
		w.columns(life)
	} else {
		w.unread.Add(1)
	}
	m := w.measure
	m.Begin(life.Key, w.taken[0].row.Taken)
	rows, in := w.rows, w.taken
	for len(rows) > 0 || len(in) > 0 {
		now := end
		if len(rows) > 0 {
			now = rows[0].At
		}
		if len(in) > 0 {
			now = min(now, in[0].row.Taken)
		}
		w.inputs = w.inputs[:0]
		for len(in) > 0 && in[0].row.Taken == now {
			if in[0].Event != unknownEvent {
				w.inputs = append(w.inputs, in[0].Input)
			}
			in = in[1:]
		}
		n := 0
		for n < len(rows) && rows[n].At == now {
			n++
		}
		m.Step(w.inputs, rows[:n])
		rows = rows[n:]
	}
	m.End()
}

// read fills w.rows and w.taken with what is before the end, in the order in which it happened. It says whether all of it
// is known: what is not is left out.
func (w *reader) read(life *store.Life, end int64) bool {
	known := true
	w.rows, w.taken = w.rows[:0], w.taken[:0]
	for i := range life.Journal {
		if life.Journal[i].At >= end {
			break
		}
		row, ok := w.names.row(&life.Journal[i])
		if known = known && ok; ok {
			w.rows = append(w.rows, row)
		}
	}
	for i := range life.Inputs {
		row := &life.Inputs[i]
		if row.Waits || row.Taken >= end {
			continue
		}
		in, err := ingest.Decode(w.Program, w.Store.Text, &row.Input)
		if err != nil {
			in = engine.Input{Event: unknownEvent, At: row.At} // a playbook of then may know it
		} else if in.Event != compile.None && in.Offer == compile.None && w.Program.Events[in.Event].Kind == check.Message {
			in.Offer = w.offerOf(row.Body)
		}
		w.taken = append(w.taken, taken{in, row})
	}
	slices.SortFunc(w.taken, func(a, b taken) int {
		return cmp.Or(cmp.Compare(a.row.Taken, b.row.Taken), cmp.Compare(rank(a.row), rank(b.row)), cmp.Compare(a.row.N, b.row.N))
	})
	return known
}

// rank puts changes of fields before events.
func rank(row *store.Happened) int { return min(int(row.Event), 1) }

// offerOf is the offer that the body of a message's event names, though the playbook has dropped it.
func (w *reader) offerOf(body []byte) int {
	if len(w.measured.Gone.Offers) == 0 {
		return compile.None
	}
	var about struct{ Offer string }
	if json.Unmarshal(body, &about) != nil {
		return compile.None
	}
	if offer, ok := w.names.byOffer[about.Offer]; ok {
		return int(offer)
	}
	return compile.None
}
