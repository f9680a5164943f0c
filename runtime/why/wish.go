package why

import (
	"cmp"
	"math"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/runtime/engine"
)

// Need is one thing that makes a difference: a contact field that gets a value, or an event that happens.
type Need struct {
	At    int64
	Field int // of the contact, that is set; compile.None where something happens
	Value compile.Value
	Event int // that happens
	Offer int // that it is about, compile.None
	With  []compile.Value
	Task  string
}

func (n *Need) input() engine.Input {
	in := engine.Input{Event: n.Event, At: n.At, Offer: n.Offer, Values: n.With, Task: n.Task}
	if n.Field != compile.None {
		in.Fields = []engine.FieldValue{{Field: n.Field, Value: n.Value}}
	}
	return in
}

// wish is what could make a condition true: fields that are set, fields of the event at hand, events that happen.
type wish struct {
	sets, with []engine.FieldValue
	happens    []Need
}

func (w *wish) cost() int { return len(w.sets) + len(w.happens) }

// and is both wishes together; false where they want different things of one field.
func (w wish) and(o wish) (wish, bool) {
	both := wish{happens: slices.Concat(w.happens, o.happens)}
	for _, lists := range []struct {
		into *[]engine.FieldValue
		a, b []engine.FieldValue
	}{{&both.sets, w.sets, o.sets}, {&both.with, w.with, o.with}} {
		*lists.into = slices.Clone(lists.a)
		for _, f := range lists.b {
			i := slices.IndexFunc(lists.a, func(g engine.FieldValue) bool { return g.Field == f.Field })
			if i < 0 {
				*lists.into = append(*lists.into, f)
			} else if lists.a[i].Value != f.Value {
				return wish{}, false
			}
		}
	}
	return both, true
}

// wisher finds wishes for a contact where it stands. They are guesses: whether one comes true, the step says.
type wisher struct {
	b     *book
	s     *engine.State
	x     *compile.Ctx
	event int // whose fields conditions may see, compile.None
	depth int // of wishes for the sake of wishes
}

// mostDepth bounds wishes for the sake of wishes: an event that a score needs, whose `where` needs a score.
const mostDepth = 4

// mostWishes bounds the alternatives for one condition.
const mostWishes = 16

// asked is what makes a condition true; there may be nothing to make, and so one wish for nothing.
func (w *wisher) asked(e *cond.Expr, want bool) []wish {
	if e == nil || e.Root == nil {
		return []wish{{}}
	}
	return w.make(e.Root, want)
}

func (w *wisher) holds(n *cond.Node, x *compile.Ctx) bool {
	is := w.b.AskOn(w.event, n)
	return is.Holds(x)
}

// make is how a condition, or a part of one, could become true, or false, the least first.
func (w *wisher) make(n *cond.Node, want bool) []wish {
	if w.holds(n, w.x) == want {
		return []wish{{}}
	}
	if w.depth > mostDepth {
		return nil
	}
	switch n.Op {
	case cond.Not:
		return w.make(n.Args[0], !want)
	case cond.And, cond.Or:
		l, r := w.make(n.Args[0], want), w.make(n.Args[1], want)
		if (n.Op == cond.And) == want {
			return least(append(both(l, r), w.either(n, want, l, r)...))
		}
		return least(append(slices.Clone(l), r...))
	case cond.Segment:
		return w.make(w.b.segment(n.Name).Root, want)
	}
	return least(w.atom(n, want))
}

// both are all pairs of wishes that go together.
func both(l, r []wish) []wish {
	var all []wish
	for _, a := range l {
		for _, b := range r {
			if ab, ok := a.and(b); ok {
				all = append(all, ab)
			}
		}
	}
	return least(all)
}

// either are the wishes of one side that conflict with those of the other, and do for both: a date that is to be after one
// day and before another.
func (w *wisher) either(n *cond.Node, want bool, l, r []wish) (all []wish) {
	for _, a := range append(slices.Clone(l), r...) {
		if len(a.happens) == 0 && a.cost()+len(a.with) > 0 && w.holds(n, w.trial(a)) == want {
			all = append(all, a)
		}
	}
	return all
}

func least(all []wish) []wish {
	slices.SortStableFunc(all, func(a, b wish) int { return cmp.Compare(a.cost(), b.cost()) })
	return all[:min(len(all), mostWishes)]
}

// atom makes a comparison true or false: by other values of the fields in it, by events that it counts, by waiting.
func (w *wisher) atom(n *cond.Node, want bool) []wish {
	var all []wish
	is := w.b.AskOn(w.event, n)
	if is.Wake(w.x) != calendar.Never {
		all = append(all, wish{})
	}
	cond.Walk(n, func(m *cond.Node) bool {
		switch m.Op {
		case cond.Field, cond.Known:
			if f := w.b.FieldIndex(m.Name); f != w.b.Key {
				all = append(all, w.settings(n, want, f)...)
			}
		case cond.EventField:
			all = append(all, w.carried(n, want, m.Name)...)
		case cond.Score:
			all = append(all, w.scored(n, m, want)...)
		case cond.Count, cond.Last:
			all = append(all, w.again(n, w.b.EventIndex(m.Name))...)
		case cond.Responded:
			all = append(all, w.again(n, w.b.Response)...)
		case cond.Completeness:
			all = append(all, w.completed(n, want)...)
		case cond.Segment:
			all = append(all, w.make(m, true)...)
			all = append(all, w.make(m, false)...)
		}
		return true
	})
	return all
}

// trial is the context with other values.
func (w *wisher) trial(of wish) *compile.Ctx {
	facts, x := *w.x.Facts, *w.x
	facts.Fields = slices.Clone(facts.Fields)
	for _, f := range of.sets {
		facts.Fields[f.Field] = f.Value
	}
	if x.Facts = &facts; x.Event != nil {
		event := *x.Event
		event.Fields = slices.Clone(event.Fields)
		for _, f := range of.with {
			event.Fields[f.Field] = f.Value
		}
		x.Event = &event
	}
	return &x
}

// mostValues bounds the values of one field that are wished for.
const mostValues = 3

// settings are values of a contact field that do.
func (w *wisher) settings(n *cond.Node, want bool, field int) (all []wish) {
	for _, v := range w.values(&w.b.Fields[field], n) {
		wish := wish{sets: []engine.FieldValue{{Field: field, Value: v}}}
		if w.holds(n, w.trial(wish)) == want {
			if all = append(all, wish); len(all) == mostValues {
				break
			}
		}
	}
	return all
}

// carried are values of a field of the event that do.
func (w *wisher) carried(n *cond.Node, want bool, name string) (all []wish) {
	if w.x.Event == nil {
		return nil
	}
	e := &w.b.Events[w.x.Event.Event]
	i := slices.IndexFunc(e.Fields, func(f compile.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	for _, v := range w.values(&e.Fields[i], n) {
		wish := wish{with: []engine.FieldValue{{Field: i, Value: v}}}
		if w.holds(n, w.trial(wish)) == want {
			if all = append(all, wish); len(all) == mostValues {
				break
			}
		}
	}
	return all
}

// mostTimes bounds how often an event is wished for.
const mostTimes = 12

// again lets an event happen as often as a comparison may want.
func (w *wisher) again(n *cond.Node, event int) (all []wish) {
	most := 1
	cond.Walk(n, func(m *cond.Node) bool {
		if m.Op == cond.ConstNumber {
			most = max(most, min(int(m.Num)+1, mostTimes))
		}
		return true
	})
	for times := 1; times <= most; times++ {
		all = append(all, w.times(event, nil, times)...)
	}
	return all
}

// times lets an event happen that often: a response each time to another sending.
func (w *wisher) times(event int, where *cond.Expr, times int) (all []wish) {
	ways := (&wisher{b: w.b, s: w.s, x: w.x, event: compile.None, depth: w.depth + 1}).happen(event, where, nil, nil, compile.None)
	if w.b.Events[event].Kind == check.Response || w.b.Playbook.Events[event].Kind == check.Message {
		if len(ways) < times {
			return nil
		}
		sum := wish{}
		for _, way := range ways[:times] {
			sum, _ = sum.and(way)
		}
		return []wish{sum}
	}
	for _, way := range ways[:min(len(ways), 2)] {
		sum, ok := way, true
		for n := 1; n < times && ok; n++ {
			sum, ok = sum.and(way)
		}
		if ok {
			all = append(all, sum)
		}
	}
	return all
}

// scored is what brings a score over or under what it is compared with.
func (w *wisher) scored(n, score *cond.Node, want bool) (all []wish) {
	i := w.b.scoreIndex(score.Name)
	reading := w.b.ReadScore(w.x, i)
	goal := math.NaN()
	for _, a := range n.Args {
		if a != score && a.Type == cond.Number {
			if v := w.b.ValueOn(w.event, a)(w.x); v.Known {
				goal = v.Num
			}
		}
	}
	rise := n.Op == cond.Ge || n.Op == cond.Gt
	if n.Args[0] != score {
		rise = n.Op == cond.Le || n.Op == cond.Lt
	}
	rise = rise == want
	for _, t := range w.b.Playbook.Scores[i].Terms {
		if t.On == nil {
			all = append(all, w.asked(t.When, (t.Points > 0) == rise)...)
			continue
		}
		if (t.Points > 0) != rise || math.IsNaN(goal) {
			continue
		}
		times := int(math.Ceil((goal - reading) / t.Points))
		for _, n := range []int{times, times + 1} {
			if n >= 1 && n <= mostTimes {
				all = append(all, w.times(w.b.EventIndex(t.On.Name), t.Where, n)...)
			}
		}
	}
	return all
}

// completed makes more of what is asked known.
func (w *wisher) completed(n *cond.Node, want bool) (all []wish) {
	sum := wish{}
	for i := range w.b.Fields {
		f := &w.b.Fields[i]
		if f.Asked == nil || w.x.Fields[i].Known || i == w.b.Key {
			continue
		}
		if values := w.values(f, n); len(values) > 0 {
			sum.sets = append(sum.sets, engine.FieldValue{Field: i, Value: values[0]})
			if w.holds(n, w.trial(sum)) == want {
				return append(all, wish{sets: slices.Clone(sum.sets)})
			}
		}
	}
	return all
}
