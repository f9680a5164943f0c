package why

import (
	"cmp"
	"slices"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// moment is one step of the contact's life, as it was played again.
type moment struct {
	at      int64
	b       *book
	inputs  []engine.Input
	rows    []engine.Row
	causes  []cause
	after   []byte // the state
	journal []store.Entry
}

// taken is an input with the instant of the step that took it.
type taken struct {
	engine.Input
	n, at int64
}

// replay takes a contact through its life again. What is known for certain are the instants at which inputs were taken,
// and those of the journal's rows: there it was stepped. Between them it may have been stepped without a trace, when the
// engine woke it and nothing came of it. A replay does so at the wake's own instant, and so does this; a live run only
// when it is run next, which is seen by the rows: had they come at the wake, they would stand there.
type replay struct {
	*Case
	inputs  []taken
	journal []store.Entry

	sure  []int64 // instants at which the contact was stepped
	state []byte
	began bool // it has arrived
	wake  int64
}

// mostSilent bounds the steps between two that left a trace.
const mostSilent = 100_000

func (r *replay) play() {
	r.instants()
	r.wake = calendar.Never
	for _, at := range r.sure {
		before, quiet := r.state, []moment(nil)
		for n := 0; r.began && r.wake < at && n < mostSilent; n++ {
			m := r.step(bookAt(r.books, r.wake), r.state, r.wake, nil)
			if m == nil || len(m.rows) > 0 {
				break // it was not stepped then
			}
			quiet = append(quiet, *m)
			r.keep(m)
		}
		in, said := r.at(at)
		m := r.decided(r.state, at, in, said)
		if m == nil {
			r.lost, r.unlike = at, true
			for _, e := range r.journal {
				if e.At >= at {
					r.rest = append(r.rest, e)
				}
			}
			return
		}
		if !r.agrees(m, said) && len(quiet) > 0 {
			// What was due without a trace in between may have been done only now.
			if late := r.decided(before, at, in, said); r.agrees(late, said) {
				m, quiet = late, nil
			}
		}
		r.moments = append(r.moments, quiet...)
		if !r.agrees(m, said) {
			if runs := r.apart(r.state, at, in, said, 0); runs != nil {
				last := len(runs) - 1
				r.moments = append(r.moments, runs[:last]...)
				m, said = &runs[last], runs[last].journal
			}
		}
		m.journal = said
		if !r.agrees(m, said) {
			r.differ(m, said)
		}
		r.keep(m)
		r.moments = append(r.moments, *m)
	}
	r.unlike = !slices.Equal(r.state, r.stored)
}

// instants are those at which the contact was stepped for certain.
func (r *replay) instants() {
	for _, in := range r.inputs {
		r.sure = append(r.sure, in.at)
	}
	for i := range r.journal {
		r.sure = append(r.sure, r.journal[i].At)
	}
	if len(r.sure) > 0 {
		first := slices.Min(r.sure)
		for _, b := range r.books {
			if b.other && b.Since > first && b.Since <= r.last {
				r.sure = append(r.sure, b.Since) // a playbook with another meaning looks at everybody once
			}
		}
		r.sure = append(r.sure, r.last)
	}
	slices.Sort(r.sure)
	r.sure = slices.Compact(r.sure)
}

// at gives what was taken at an instant, in order, and what the journal says of it.
func (r *replay) at(at int64) (in []taken, said []store.Entry) {
	for _, t := range r.inputs {
		if t.at == at {
			in = append(in, t)
		}
	}
	slices.SortStableFunc(in, func(a, b taken) int {
		rank := func(t taken) int { return min(t.Event+1, 1) } // changes first, then events by arrival
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.n, b.n))
	})
	for _, e := range r.journal {
		if e.At == at {
			said = append(said, e)
		}
	}
	return in, said
}

// decided is what a step came to, by the playbook that ran then. Where several ran from one instant on, it is the one by
// which it came to what the journal says.
func (r *replay) decided(from []byte, at int64, in []taken, said []store.Entry) *moment {
	var first *moment
	for _, b := range r.then(at) {
		m := r.step(b, from, at, in)
		if r.agrees(m, said) {
			return m
		}
		if first == nil {
			first = m
		}
	}
	return first
}

// then are the playbooks that may have run at an instant, the last first: several may have run from one instant on, and
// where that is this very one, a live run may have come before with the playbook before.
func (r *replay) then(at int64) (all []*book) {
	since := bookAt(r.books, at).Since
	for _, b := range slices.Backward(r.books) {
		if b.Since > since {
			continue
		}
		if b.Since < since {
			if since < at {
				break
			}
			since, at = b.Since, b.Since+1 // of those before only the last
		}
		all = append(all, b)
	}
	return all
}

// step plays one step from a state; nil where the playbook cannot be read any more.
func (r *replay) step(b *book, from []byte, at int64, in []taken) *moment {
	if b.Program == nil {
		return nil
	}
	s := engine.NewState(r.Key)
	if from != nil {
		if err := b.codec.Decode(from, s); err != nil {
			return nil
		}
		s.Key = r.Key
	}
	m := &moment{at: at, b: b}
	_, said := r.at(at)
	for i := range in {
		input := in[i].Input
		input.Arrive = !s.Arrived && i == 0
		input.Late = input.Event != compile.None && wasLate(b, &input, said)
		m.inputs = append(m.inputs, input)
	}
	var fx engine.Effects
	watch := watcher{b: b, fx: &fx, m: m}
	fx.Watch = watch.see
	engine.Step(b.Program, s, at, m.inputs, &fx)
	m.rows = fx.Rows
	m.after = b.codec.Append(nil, s)
	return m
}

// wasLate says whether the journal has the event as late. That depends on when the run before was, which is not kept.
func wasLate(b *book, in *engine.Input, said []store.Entry) bool {
	detail := b.Events[in.Event].Name + " of " + time.Unix(in.At, 0).UTC().Format(time.RFC3339)
	return slices.ContainsFunc(said, func(e store.Entry) bool {
		return e.Kind == engine.Late.String() && e.Detail == detail
	})
}

// keep goes on from a moment.
func (r *replay) keep(m *moment) {
	r.state = m.after
	s := engine.NewState(r.Key)
	if err := m.b.codec.Decode(m.after, s); err != nil {
		return
	}
	s.Key, r.began = r.Key, s.Arrived
	r.wake = engine.Wake(m.b.Program, s)
}

// mostRuns bounds how many runs are told apart at one instant.
const mostRuns = 6

// apart tells apart what several runs decided at one instant, each with some of its inputs: nil where that does not come
// to what the journal says either.
func (r *replay) apart(from []byte, at int64, in []taken, said []store.Entry, runs int) []moment {
	if m := r.decided(from, at, in, said); r.agrees(m, said) {
		m.journal = said
		return []moment{*m}
	}
	for n := 0; n <= len(in) && runs < mostRuns; n++ {
		for _, b := range r.then(at) {
			m := r.step(b, from, at, in[:n])
			if m == nil || n+len(m.rows) == 0 || len(m.rows) > len(said) || !r.agrees(m, said[:len(m.rows)]) {
				continue
			}
			m.journal = said[:len(m.rows)]
			if rest := r.apart(m.after, at, in[n:], said[len(m.rows):], runs+1); rest != nil {
				return append([]moment{*m}, rest...)
			}
		}
	}
	return nil
}

// agrees says whether a step came to what the journal says.
func (r *replay) agrees(m *moment, said []store.Entry) bool {
	if m == nil || len(m.rows) != len(said) {
		return false
	}
	for i := range m.rows {
		if m.b.entry(r.Key, &m.rows[i]) != said[i] {
			return false
		}
	}
	return true
}

func (r *replay) differ(m *moment, said []store.Entry) {
	d := Difference{At: m.at}
	for i := range said {
		d.Journal = append(d.Journal, Sentence(&said[i], m.b.Policy.Zone))
	}
	for i := range m.rows {
		e := m.b.entry(r.Key, &m.rows[i])
		d.Replayed = append(d.Replayed, Sentence(&e, m.b.Policy.Zone))
	}
	r.differs = append(r.differs, d)
}
