package simulate

import (
	"github.com/cespare/xxhash/v2"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/measure"
)

// life takes one contact after the other through the whole span. Each worker has its own; its memory is used again for
// every contact.
//
//	the next instant is that of the first event to come, of the engine's wake, or of a line of the scenario that is
//	looked at, whichever comes first; all events of an instant are one step; what it decided, and what the contact then
//	is, makes further events come, at least a second later.
type life struct {
	*Options
	*behaviour
	people  *people
	measure *measure.Measure
	state   engine.State
	fx      engine.Effects
	who     *person

	coming []coming // soonest first, those of one instant in the order in which they were drawn
	once   []once
	looks  []look
	sent   []int // by offer: how often
	handed []int // by hand-off
	tasks  []openedTask

	inputs []engine.Input
	values []compile.Value
	fields []engine.FieldValue
}

// coming is an event that will happen.
type coming struct {
	at      int64
	line    *line
	about   subject
	nth     int
	offer   int
	handoff int
	task    string
	asked   []int32 // by the message that a `submitted` answers
}

// once is a line that will happen to the contact, once, as soon as it applies.
type once struct {
	line *line
	wake int64 // when time alone may make it apply
}

// look is the next time at which a regular line happens, if it applies then.
type look struct {
	line *line
	nth  int
	at   int64
}

type openedTask struct {
	about subject
	count int
}

func newLife(o *Options, b *behaviour, people *people, m *measure.Measure) *life {
	return &life{Options: o, behaviour: b, people: people, measure: m, sent: make([]int, len(o.Program.Offers)), handed: make([]int, len(o.Program.Handoffs))}
}

// live takes a contact through the span.
func (w *life) live(who *person) {
	if who.arrives >= w.To {
		return
	}
	p, s := w.Program, &w.state
	w.who = who
	s.Reset(who.key)
	w.coming, w.tasks = w.coming[:0], w.tasks[:0]
	clear(w.sent)
	clear(w.handed)

	w.measure.Begin(who.key, who.arrives)
	w.inputs = append(w.inputs[:0], engine.Input{Event: compile.None, At: who.arrives, Arrive: true, Offer: compile.None, Fields: who.fields})
	w.step(who.arrives)
	w.begin(who.arrives)
	for wake := engine.Wake(p, s); ; {
		next := wake
		if len(w.coming) > 0 {
			next = min(next, w.coming[0].at)
		}
		steps := next
		for i := range w.looks {
			next = min(next, w.looks[i].at)
		}
		for i := range w.once {
			next = min(next, w.once[i].wake)
		}
		if next >= w.To {
			break
		}
		if next == steps {
			w.take(next)
			w.step(next)
			wake = engine.Wake(p, s)
		}
		w.lookAt(next, next == steps)
	}
	w.measure.End()
}

// begin draws what will happen to the contact by itself: when, or as soon as what, is still open.
func (w *life) begin(now int64) {
	w.once, w.looks = w.once[:0], w.looks[:0]
	for _, l := range w.single {
		if w.who.luck.draw(l.about, 0) < l.Chance {
			w.once = append(w.once, once{l, now})
		}
	}
	for _, l := range w.regular {
		w.looks = append(w.looks, look{line: l, nth: -1})
		w.next(&w.looks[len(w.looks)-1])
	}
	w.lookAt(now, true)
}

// next finds the next period in which a regular line happens. Periods begin when the contact arrives.
func (w *life) next(l *look) {
	per := l.line.Per
	for l.nth++; ; l.nth++ {
		// No period is shorter than nine tenths of what it is usually: a month of 28 days, a day of 23 hours.
		if w.who.arrives+int64(l.nth)*per.Elapsed()*9/10 >= w.To {
			l.at = calendar.Never
			return
		}
		if w.who.luck.draw(l.line.about, l.nth) < l.line.Chance {
			l.at = w.state.Zone.Add(w.who.arrives, times(per, l.nth))
			return
		}
	}
}

func times(d calendar.Duration, n int) calendar.Duration {
	return calendar.Duration{Months: d.Months * int32(n), Days: d.Days * int32(n), Seconds: d.Seconds * int64(n)}
}

// lookAt looks at the lines whose time has come; stepped says that the contact may be another than before.
func (w *life) lookAt(now int64, stepped bool) {
	var x *compile.Ctx // made when it is needed, which is seldom
	see := func() *compile.Ctx {
		if x == nil {
			x = engine.Look(w.Program, &w.state, now, 0)
		}
		return x
	}
	for i := range w.looks {
		l := &w.looks[i]
		for l.at <= now {
			if l.line.isFirst(see()) {
				w.happens(now, coming{line: l.line, about: l.line.about, nth: l.nth, offer: compile.None, handoff: compile.None})
			}
			w.next(l)
		}
	}
	kept := w.once[:0]
	for _, o := range w.once {
		if stepped || o.wake <= now {
			if o.line.isFirst(see()) {
				w.happens(now, coming{line: o.line, about: o.line.about, offer: compile.None, handoff: compile.None})
				continue
			}
			o.wake = o.line.wake(see())
		}
		kept = append(kept, o)
	}
	w.once = kept
}

// step takes the contact through an instant, and draws what comes of what was decided.
func (w *life) step(now int64) {
	w.fx.Reset()
	engine.Step(w.Program, &w.state, now, w.inputs, &w.fx)
	w.measure.Step(w.inputs, w.fx.Rows)
	if w.Each != nil {
		w.Each(w.who.key, now, w.inputs, &w.fx)
	}
	for i := range w.fx.Rows {
		switch row := &w.fx.Rows[i]; row.Kind {
		case engine.Sent:
			w.sending(now, row)
		case engine.Handed:
			w.handing(now, row)
		case engine.Withdrawn:
			w.withdrawn(row.To)
		case engine.TaskOpened:
			w.opened(now, row)
		}
	}
}

// sending draws what the contact does with a message.
func (w *life) sending(now int64, row *engine.Row) {
	offer := int(row.Offer)
	nth := w.sent[offer]
	w.sent[offer]++
	for k := range w.sendings {
		kind := &w.sendings[k]
		u := w.who.luck.draw(kind.about[offer], nth)
		if u >= kind.most {
			continue
		}
		l := kind.first(engine.Look(w.Program, &w.state, now, int(row.Track)), offer, "")
		if l == nil || u >= l.Chance {
			continue
		}
		c := coming{line: l, about: kind.about[offer], nth: nth, offer: offer, handoff: compile.None}
		if l.Event == w.Program.Submitted && len(l.Given) == 0 {
			c.asked = w.asked(row)
		}
		w.happens(now, c)
	}
}

// asked are the fields that a message asks.
func (w *life) asked(row *engine.Row) []int32 {
	for i := range w.fx.Outs {
		if o := &w.fx.Outs[i]; o.Kind == engine.Mail && o.Count == row.Seq {
			return o.Asked
		}
	}
	return nil
}

// handing draws what becomes of a hand-off.
func (w *life) handing(now int64, row *engine.Row) {
	h := w.handoff(row.To)
	if len(w.handoffs[h]) == 0 {
		return
	}
	nth := w.handed[h]
	w.handed[h]++
	u := w.who.luck.draw(w.handAbout[h], nth)
	accepted, closed := w.outcomes(w.Program, h, engine.Look(w.Program, &w.state, now, int(row.Track)), u)
	for _, l := range [...]*line{accepted, closed} {
		if l != nil {
			w.happens(now, coming{line: l, about: l.about, nth: nth, offer: compile.None, handoff: h})
		}
	}
}

func (w *life) handoff(name string) int {
	for h := range w.Program.Handoffs {
		if w.Program.Handoffs[h].Name == name {
			return h
		}
	}
	return compile.None
}

// withdrawn forgets what would have become of a hand-off.
func (w *life) withdrawn(name string) {
	h := w.handoff(name)
	kept := w.coming[:0]
	for _, c := range w.coming {
		if c.handoff != h {
			kept = append(kept, c)
		}
	}
	w.coming = kept
}

// opened draws whether a task will be done.
func (w *life) opened(now int64, row *engine.Row) {
	if w.doing == nil {
		return
	}
	what, nth := subject(xxhash.Sum64String(row.Detail)), 0
	for i := range w.tasks {
		if t := &w.tasks[i]; t.about == what {
			t.count++
			nth = t.count
		}
	}
	if nth == 0 {
		w.tasks = append(w.tasks, openedTask{about: what})
	}
	u := w.who.luck.draw(what, nth)
	if u >= w.doing.most {
		return
	}
	l := w.doing.first(engine.Look(w.Program, &w.state, now, int(row.Track)), compile.None, row.Detail)
	if l != nil && u < l.Chance {
		w.happens(now, coming{line: l, about: what, nth: nth, offer: compile.None, handoff: compile.None, task: row.Detail})
	}
}

// happens puts an event among those to come, `within` after now.
func (w *life) happens(now int64, c coming) {
	lo, hi := c.line.within()
	from, to := w.state.Zone.Add(now, lo), w.state.Zone.Add(now, hi)
	c.at = max(now+1, from+int64(w.who.luck.draw(c.about.part(after), c.nth)*float64(to-from)))
	w.coming = append(w.coming, c)
	for i := len(w.coming) - 1; i > 0 && w.coming[i-1].at > w.coming[i].at; i-- {
		w.coming[i-1], w.coming[i] = w.coming[i], w.coming[i-1]
	}
}

// take makes the inputs of an instant.
func (w *life) take(now int64) {
	w.inputs, w.values, w.fields = w.inputs[:0], w.values[:0], w.fields[:0]
	n := 0
	for ; n < len(w.coming) && w.coming[n].at == now; n++ {
		w.inputs = append(w.inputs, w.input(&w.coming[n]))
	}
	w.coming = append(w.coming[:0], w.coming[n:]...)
}

// input is what happens as the engine takes it.
func (w *life) input(c *coming) engine.Input {
	in := engine.Input{Event: c.line.Event, At: c.at, Offer: c.offer}
	event := &w.Program.Events[in.Event]
	first := len(w.values)
	for range event.Fields {
		w.values = append(w.values, compile.Value{})
	}
	if in.Values = w.values[first:len(w.values):len(w.values)]; len(in.Values) == 0 {
		in.Values = nil
	}
	for i := range c.line.Given {
		g := &c.line.Given[i]
		v := g.Value
		if g.Range != nil {
			v = pick(g.Range, w.who.luck.draw(c.about.part(with+i), c.nth))
		}
		in.Values[g.Field] = v
	}
	switch in.Event {
	case w.Program.Submitted:
		in.Fields = w.answered(c, in.Values)
	case w.Program.TaskDone:
		in.Task = c.task
		for f := range event.Fields {
			in.Values[f] = compile.Value{Known: true, Text: c.task}
		}
	}
	return in
}

// answered is what a contact says of itself: what the line says, or else what the message asked.
func (w *life) answered(c *coming, values []compile.Value) []engine.FieldValue {
	first := len(w.fields)
	for f, at := range w.answers {
		if at < 0 || f == w.Program.Key {
			continue
		}
		for _, asked := range c.asked {
			if int(asked) == f {
				values[at] = w.people.answer(f, w.who.luck, c.nth)
			}
		}
		if values[at].Known {
			w.fields = append(w.fields, engine.FieldValue{Field: f, Value: values[at]})
		}
	}
	return w.fields[first:len(w.fields):len(w.fields)]
}
