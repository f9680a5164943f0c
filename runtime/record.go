package runtime

import (
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// recorder turns what steps decide into rows of the store, and counts it. Rows say the same few things again and again:
// what one says is looked up as a whole, in a small table of a worker's own, and not by each of its names.
type recorder struct {
	*labels
	said    [512]saying
	counted []*saying // said since the last flush

	out  engine.Out // that a body was made of last
	zone *calendar.Zone
	body []byte
	sent [64]sending
}

// saying is what a row says beside its number, its instants and its detail.
type saying struct {
	kind                         engine.Kind
	track, program, stage, offer int32
	gone, to, reason, by         string

	number uint32         // the store's, of the decision; 0: nothing was said here yet
	tally  store.TallyKey // what it is counted by; without a label where that is in the detail
	enters uint32         // the program that it enters, 0: none
	n      int64          // how often it was said since the last flush
}

// sending is what a message says beside its numbers, its instants and its body.
type sending struct {
	kind           engine.OutKind
	program, stage int32
	name, channel  string
	message, over  uint32 // the store's numbers, of the message and the channel
}

// mix makes a place in a table of numbers; n is its size, a power of two.
func mix(n uint32, numbers ...int32) uint32 {
	h := uint32(2166136261)
	for _, x := range numbers {
		h = (h ^ uint32(x)) * 16777619
	}
	return (h ^ h>>15) & (n - 1)
}

func (s *saying) same(o *saying) bool {
	return s.kind == o.kind && s.track == o.track && s.program == o.program && s.stage == o.stage && s.offer == o.offer &&
		s.by == o.by && s.to == o.to && s.reason == o.reason && s.gone == o.gone
}

// last are the last two letters of a text: of file:line those that differ most.
func last(s string) int32 {
	if len(s) < 2 {
		return 0
	}
	return int32(s[len(s)-1])<<8 | int32(s[len(s)-2])
}

// journal makes a row of the journal.
func (r *recorder) journal(b *store.Batch, row *engine.Row) store.JournalRow {
	x := saying{kind: row.Kind, track: row.Track, program: row.Program, stage: row.Stage, offer: row.Offer, gone: row.Gone, to: row.To, reason: row.Reason, by: row.By}
	s := &r.said[mix(uint32(len(r.said)), int32(x.kind), x.track, x.program, x.stage, x.offer, int32(len(x.to)), last(x.reason), last(x.by))]
	if s.number == 0 || !s.same(&x) {
		r.count(b, s)
		r.look(&x)
		*s = x
	}
	if s.n == 0 {
		r.counted = append(r.counted, s)
	}
	s.n++
	if row.Kind == engine.Overdue || row.Kind == engine.GoalReached {
		b.Count(s.tally.Kind, r.countedByDetail(row), 1)
	}
	return store.JournalRow{Seq: row.Seq, At: row.At, Decision: s.number, Until: row.ToAt, Detail: row.Detail}
}

// flush adds to the batch how often what was said.
func (r *recorder) flush(b *store.Batch) {
	for _, s := range r.counted {
		r.count(b, s)
	}
	r.counted = r.counted[:0]
}

func (r *recorder) count(b *store.Batch, s *saying) {
	if s.n == 0 {
		return
	}
	if s.kind != engine.Overdue && s.kind != engine.GoalReached {
		b.Count(s.tally.Kind, s.tally.Label, s.n)
	}
	if s.enters != 0 {
		b.Count(r.stay, s.enters, s.n)
	}
	s.n = 0
}

// look looks up what a saying is called and counted by.
func (r *recorder) look(s *saying) {
	d := store.Decision{
		Kind: r.kinds[s.kind], Track: at(r.tracks, s.track), Program: at(r.programs, s.program), Stage: at(r.short, s.stage), Offer: at(r.offers, s.offer),
		To: r.store.Intern(s.to), Reason: r.store.Intern(s.reason), By: r.store.Intern(s.by),
	}
	if s.gone != "" {
		program, stage, _ := strings.Cut(s.gone, ".")
		d.Program, d.Stage = r.store.Intern(program), r.store.Intern(stage)
	}
	s.number = r.store.Decision(d)
	s.tally = store.TallyKey{Kind: d.Kind, Label: countedBy(s.kind, &d)}
	s.enters = r.entered(s, &d)
}

// countedBy is what rows of a kind are counted by.
func countedBy(kind engine.Kind, d *store.Decision) uint32 {
	switch kind {
	case engine.Sent:
		return d.Offer
	case engine.Held, engine.Refused, engine.Stopped, engine.Resumed:
		return d.Reason
	case engine.Handed, engine.Withdrawn, engine.TaskOpened:
		return d.To
	case engine.Entered:
		return d.Program
	}
	return 0
}

// countedByDetail is what rows are counted by of which the detail says what they are of: a hand-off, a goal.
func (r *recorder) countedByDetail(row *engine.Row) uint32 {
	switch {
	case row.Kind == engine.Overdue:
		return r.store.Intern(row.Detail)
	case row.Program >= 0:
		return r.store.Intern(goalLabel(r.p.Programs[row.Program].Name, row.Detail))
	}
	return 0
}

// entered is the program that a row enters, 0 where it enters none.
func (r *recorder) entered(s *saying, d *store.Decision) uint32 {
	switch s.kind {
	case engine.Entered:
		return d.Program
	case engine.Moved:
		if to := r.p.StageIndex(s.to); to != compile.None {
			if into := at(r.programs, int32(r.p.Stages[to].Program)); into != d.Program {
				return into
			}
		}
	}
	return 0
}

// outbox makes a row of the outbox of what a step sends out.
func (r *recorder) outbox(zone *calendar.Zone, out *engine.Out) store.OutboxRow {
	s := &r.sent[mix(uint32(len(r.sent)), int32(out.Kind), out.Program, out.Stage, int32(len(out.Name)), last(out.Name))]
	if s.message == 0 || s.kind != out.Kind || s.program != out.Program || s.stage != out.Stage || s.name != out.Name || s.channel != out.Channel {
		*s = sending{
			kind: out.Kind, program: out.Program, stage: out.Stage, name: out.Name, channel: out.Channel,
			over: r.store.Intern(out.Channel),
		}
		s.message = r.store.Message(store.Message{
			Kind: r.outs[out.Kind], Program: at(r.programs, out.Program), Stage: at(r.short, out.Stage), Name: r.store.Intern(out.Name), Channel: s.over,
		})
	}
	return store.OutboxRow{Message: s.message, Entry: out.Entry, Seq: out.Count, Channel: s.over, Body: r.snapshot(zone, out)}
}

// snapshot gives the body of a message: mostly that of the one before, as a contact seldom changes.
func (r *recorder) snapshot(zone *calendar.Zone, out *engine.Out) []byte {
	was := &r.out
	if r.body == nil || r.zone != zone || was.Address != out.Address || was.Role != out.Role || was.Due != out.Due ||
		!slices.Equal(was.Asked, out.Asked) || !slices.Equal(was.Vars, out.Vars) {
		r.body, r.zone = r.labels.snapshot(zone, out), zone
		*was = engine.Out{Address: out.Address, Role: out.Role, Due: out.Due, Asked: append(was.Asked[:0], out.Asked...), Vars: append(was.Vars[:0], out.Vars...)}
	}
	return r.body
}
