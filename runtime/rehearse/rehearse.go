// Package rehearse plays the tests of a playbook: one contact each, in memory, on a virtual clock, by the same step as a
// live run. See Play.
package rehearse

import (
	"fmt"
	"slices"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/lang/syntax"
	"nurture/runtime/engine"
)

// Result is what came of a test. It passed when nothing failed.
type Result struct {
	Title    string
	Span     diag.Span // of the test
	Failures []Failure // in source order
	Story    []Line    // what happened to the contact and what was decided, in order

	Took time.Duration // filled by PlayAll
}

// Failure is an expectation that was not met, or a line that could not be played.
type Failure struct {
	Span    diag.Span
	Message string // what is otherwise, without a full stop
	Story   int    // how many lines of the story there were by then
}

// begins is when a test without `at` begins: a Monday morning, in the policy's time zone.
var begins = struct {
	date   calendar.Date
	minute int
}{calendar.DateOf(2026, 1, 5), 9 * 60}

// Play plays a test of a compiled playbook; several may be played at once. A line that cannot be played is a failure and
// ends the test.
//
// The lines happen in their order. The first `contact` says who it is and the first `at` when; it arrives with the first
// line that waits, happens or expects. A later `contact` changes its fields, a later `at` lets time pass until then. What
// is done with a message is done with the newest one, where no offer is said. What is due at an instant has been done when
// the next line of that instant is looked at.
func Play(p *compile.Program, t *check.Test) Result { return play(p, t, nil) }

// play is Play; what the test exercises is counted where somebody wants to know.
func play(p *compile.Program, t *check.Test, covered *Coverage) Result {
	r := &rehearsal{p: p, test: t, covered: covered, held: map[string]bool{}, result: Result{Title: t.Title, Span: t.Span}}
	r.now = p.Policy.Zone.At(begins.date, begins.minute)
	if t.Decl.Body != nil {
		for _, s := range t.Decl.Body.Stmts {
			if err := r.line(s); err != nil {
				r.fail(syntax.NodeOf(s).Span, "%v", err)
				break
			}
		}
	}
	return r.result
}

// rehearsal is a test being played.
type rehearsal struct {
	p       *compile.Program
	test    *check.Test
	state   *engine.State       // nil before the contact has arrived
	who     []engine.FieldValue // the contact that will arrive
	now     int64
	fx      engine.Effects
	asked   []int32         // fields that the last message asked for
	covered *Coverage       // may be nil
	held    map[string]bool // reasons for which touches were held and refused so far
	result  Result
}

func (r *rehearsal) fail(at syntax.Span, format string, args ...any) {
	r.result.Failures = append(r.result.Failures, Failure{
		Span: diag.Span{File: r.test.Span.File, Start: at.Start, End: at.End}, Message: fmt.Sprintf(format, args...), Story: len(r.result.Story),
	})
}

// line plays one line of the test.
func (r *rehearsal) line(s syntax.Stmt) error {
	switch s := s.(type) {
	case *syntax.TestContact:
		return r.contact(givens(s.Body))
	case *syntax.AtStmt:
		return r.goTo(r.p.Policy.Zone.At(s.At.Date, s.At.Minute))
	case *syntax.WaitStmt:
		r.arrive()
		return r.goTo(r.zone().Add(r.now, s.For.Value))
	case *syntax.TestEvent:
		return r.event(s.Event.String(), givens(s.Body))
	case *syntax.ExpectStmt:
		r.arrive()
		r.expect(s)
	}
	return nil
}

// zone is the contact's, or before it has arrived the policy's.
func (r *rehearsal) zone() *calendar.Zone {
	if r.state == nil || r.state.Zone == nil {
		return r.p.Policy.Zone
	}
	return r.state.Zone
}

// goTo lets time pass: everything that is due through the instant is done.
func (r *rehearsal) goTo(t int64) error {
	if r.state == nil {
		r.now = t
		return nil
	}
	if t < r.now {
		return fmt.Errorf("time goes forward: it is %s already", clock(r.now, r.zone()))
	}
	for at := engine.Wake(r.p, r.state); at <= t; at = engine.Wake(r.p, r.state) {
		r.step(at, nil)
	}
	r.now = t
	return nil
}

// step takes the contact through an instant and tells what was decided.
func (r *rehearsal) step(at int64, in []engine.Input) {
	engine.Step(r.p, r.state, at, in, &r.fx)
	for _, o := range r.fx.Outs {
		if o.Kind == engine.Mail {
			r.asked = append(r.asked[:0], o.Asked...)
		}
	}
	for i := range r.fx.Rows {
		row := &r.fx.Rows[i]
		if row.Kind == engine.Held || row.Kind == engine.Refused {
			r.held[row.Kind.String()+" "+row.Reason] = true
		}
		if r.covered != nil {
			r.covered.saw(r.state, row)
		}
		r.decided(row)
	}
	if r.covered != nil {
		r.covered.stood(r.state)
	}
	r.fx.Reset()
}

// arrive makes the contact, if it is not there yet. One without a key gets one.
func (r *rehearsal) arrive() {
	if r.state != nil {
		return
	}
	key := "someone@example.com"
	if i := slices.IndexFunc(r.who, func(f engine.FieldValue) bool { return f.Field == r.p.Key }); i >= 0 {
		key = r.who[i].Value.Text
	} else {
		r.who = append(r.who, engine.FieldValue{Field: r.p.Key, Value: compile.Value{Known: true, Text: key}})
	}
	r.state = engine.NewState(key)
	first := len(r.result.Story)
	r.happened("arrives" + said(r.p, r.who))
	r.step(r.now, []engine.Input{{Event: compile.None, At: r.now, Arrive: true, Offer: compile.None, Fields: r.who}})
	r.result.Story[first].At = clock(r.now, r.zone()) // only now its own time zone is known
}

// contact says who the contact is, or changes its fields.
func (r *rehearsal) contact(values []given) error {
	fields := make([]engine.FieldValue, 0, len(values))
	for _, g := range values {
		i := r.p.FieldIndex(g.name)
		v, err := r.value(&r.p.Fields[i], g)
		if err != nil {
			return err
		}
		fields = append(fields, engine.FieldValue{Field: i, Value: v})
	}
	if r.state == nil {
		r.who = append(r.who, fields...)
		return nil
	}
	r.happened("is changed" + said(r.p, fields))
	r.step(r.now, []engine.Input{{Event: compile.None, At: r.now, Offer: compile.None, Fields: fields}})
	return nil
}

// event makes something happen.
func (r *rehearsal) event(name string, values []given) error {
	r.arrive()
	in := engine.Input{Event: r.p.EventIndex(name), At: r.now, Offer: compile.None}
	e := &r.p.Events[in.Event]
	in.Values = make([]compile.Value, len(e.Fields))
	words := ""
	for _, g := range values {
		words += ", " + g.name + " " + g.cell
		if g.name == "offer" {
			in.Offer = r.p.OfferIndex(g.cell)
			continue
		}
		for i := range e.Fields {
			if e.Fields[i].Name != g.name {
				continue
			}
			v, err := r.value(&e.Fields[i], g)
			if err != nil {
				return err
			}
			in.Values[i] = v
			if in.Event == r.p.Submitted {
				in.Fields = append(in.Fields, engine.FieldValue{Field: r.p.FieldIndex(g.name), Value: v})
			}
			if in.Event == r.p.TaskDone {
				in.Task = v.Text
			}
		}
	}
	if sends := r.state.Sends; e.Kind == check.Message && in.Offer == compile.None && len(sends) > 0 {
		in.Offer = int(sends[len(sends)-1].Offer)
		words = ", offer " + r.p.Offers[in.Offer].Name + words
	}
	r.happened(name + words)
	r.step(r.now, []engine.Input{in})
	return nil
}

// given is a field and its value, as a cell of a file would have it.
type given struct{ name, cell string }

// givens are what the braces of a line give.
func givens(b *syntax.Block) (all []given) {
	if b == nil {
		return nil
	}
	for _, s := range b.Stmts {
		if a, ok := s.(*syntax.Assign); ok {
			all = append(all, given{a.Name.Text, compile.Cell(&a.Value)})
		}
	}
	return all
}

// value reads what is given as a field's value, as a cell of a file is read.
func (r *rehearsal) value(f *compile.Field, g given) (compile.Value, error) {
	got, err := f.Parse(g.cell, r.zone())
	if err != nil {
		return got, fmt.Errorf("`%s`: %w", f.Name, err)
	}
	return got, nil
}
