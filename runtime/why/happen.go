package why

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/runtime/engine"
)

// mostOffers bounds the offers that an event is tried with.
const mostOffers = 12

// about is an event that comes from outside, and the offer that it is about.
type about struct{ event, offer int }

// happen is how an event could happen such that its `where` is true and, where arm is not compile.None, its `match` takes
// that arm.
func (w *wisher) happen(event int, where *cond.Expr, match *check.Match, rule *compile.Rule, arm int) (all []wish) {
	for _, base := range w.bases(event, asksOffer(where) || match != nil && asksOffer(match.Field)) {
		e := &w.b.Events[base.event]
		taken := &compile.Taken{Event: base.event, At: w.x.Now, Offer: base.offer, Fields: make([]compile.Value, len(e.Fields))}
		if base.event == w.b.TaskDone {
			w.aboutTask(taken)
		}
		x := *w.x
		x.Event, x.Offer = taken, compile.None
		sub := &wisher{b: w.b, s: w.s, x: &x, event: event, depth: w.depth}
		wishes := sub.asked(where, true)
		if match != nil {
			wishes = both(wishes, sub.matched(match, rule, arm))
		}
		for _, is := range wishes {
			need := Need{Field: compile.None, Event: base.event, Offer: base.offer, With: slices.Clone(taken.Fields)}
			for _, f := range is.with {
				need.With[f.Field] = f.Value
			}
			for i := range e.Fields {
				if base.event == w.b.TaskDone && e.Fields[i].Name == "task" {
					need.Task = need.With[i].Text
				}
			}
			all = append(all, wish{sets: is.sets, happens: append(slices.Clone(is.happens), need)})
		}
	}
	return least(all)
}

// bases are the events that come from outside as this one, each with the offers that it may be about: those sent last
// first. Where aboutOffers says so it makes a difference.
func (w *wisher) bases(event int, aboutOffers bool) (all []about) {
	e := &w.b.Events[event]
	switch {
	case e.Kind == check.Response:
		for _, o := range w.answerable(aboutOffers) {
			for _, by := range w.b.Playbook.Offers[o].Response {
				if by.Outside() {
					all = append(all, about{w.b.EventIndex(by.Name), o})
					break
				}
			}
		}
	case event == w.b.Sent || !w.b.Playbook.Events[event].Outside():
		return nil // the run brings it about itself
	case e.Kind == check.Message && !w.answers(event) && !aboutOffers:
		all = append(all, about{event, compile.None})
	case e.Kind == check.Message:
		for _, o := range w.offers() {
			all = append(all, about{event, o})
		}
		all = append(all, about{event, compile.None})
	default:
		all = append(all, about{event, compile.None})
		for o := range w.b.Offers {
			if e.Answers(o) && len(all) < mostOffers {
				all = append(all, about{event, o})
			}
		}
	}
	return all[:min(len(all), mostOffers)]
}

// answers says whether an event answers offers, so that it is natural to say which.
func (w *wisher) answers(event int) bool {
	for o := range w.b.Offers {
		if w.b.Events[event].Answers(o) {
			return true
		}
	}
	return false
}

// asksOffer says whether a condition makes a difference of the offer that an event is about.
func asksOffer(e *cond.Expr) (asks bool) {
	if e != nil {
		cond.Walk(e.Root, func(n *cond.Node) bool {
			asks = asks || n.Op == cond.EventField && (n.Name == "offer" || n.Name == "topic")
			return true
		})
	}
	return asks
}

// offers are those that the contact was sent, the last first, and then all others.
func (w *wisher) offers() (all []int) {
	add := func(o int) {
		if o < len(w.b.Offers) && !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	for i := len(w.s.Sends) - 1; i >= 0; i-- {
		add(int(w.s.Sends[i].Offer))
	}
	for o := range w.b.Offers {
		add(o)
	}
	return all
}

// answerable are the offers whose next answer is a response: those that were sent, and where there are none, or all are
// asked for, those that were not, for these can be answered once as well.
func (w *wisher) answerable(evenUnsent bool) (all []int) {
	var unsent []int
	for _, o := range w.offers() {
		last := slices.IndexFunc(w.s.Sends, func(s compile.Sending) bool { return int(s.Offer) == o })
		if last < 0 {
			unsent = append(unsent, o)
			continue
		}
		for i := range w.s.Sends {
			if int(w.s.Sends[i].Offer) == o {
				last = i
			}
		}
		if !w.s.Sends[last].Answered {
			all = append(all, o)
		}
	}
	if len(all) == 0 || evenUnsent {
		return append(all, unsent...)
	}
	return all
}

// aboutTask makes a task event be about a task that is open, or any.
func (w *wisher) aboutTask(taken *compile.Taken) {
	text := ""
	for i := range w.b.Stages {
		for _, e := range w.b.Stages[i].Entry {
			if text == "" && e.Handoff == compile.None {
				text = e.Text
			}
		}
	}
	if len(w.s.Tasks) > 0 {
		text = w.s.Tasks[0].Text
	}
	for i := range taken.Fields {
		if w.b.Events[taken.Event].Fields[i].Name == "task" {
			taken.Fields[i] = compile.Value{Known: true, Text: text}
		}
	}
}

// matched makes a match take one of its arms.
func (w *wisher) matched(match *check.Match, rule *compile.Rule, arm int) (all []wish) {
	node := match.Field.Root
	takes := func(x *compile.Ctx) bool {
		v := w.b.ValueOn(w.event, node)(x)
		for i := range rule.Match.Arms {
			a := &rule.Match.Arms[i]
			if a.Otherwise || v.Known && slices.Contains(a.Values, v.Text) {
				return i == arm
			}
		}
		return false
	}
	if takes(w.x) {
		return []wish{{}}
	}
	wants := slices.Clone(rule.Match.Arms[arm].Values)
	if rule.Match.Arms[arm].Otherwise {
		wants = append(wants, "something else")
	}
	try := func(f *compile.Field, make func(compile.Value) wish) {
		values := w.values(f, node)
		for _, text := range wants {
			if v, err := f.Fit(compile.Value{Known: true, Text: text}); err == nil {
				values = append(values, v)
			}
		}
		for _, v := range values {
			if wish := make(v); takes(w.trial(wish)) && len(all) < mostValues {
				all = append(all, wish)
			}
		}
	}
	switch node.Op {
	case cond.Field:
		f := w.b.FieldIndex(node.Name)
		if f == w.b.Key {
			return nil
		}
		try(&w.b.Fields[f], func(v compile.Value) wish { return wish{sets: []engine.FieldValue{{Field: f, Value: v}}} })
	case cond.EventField:
		if w.x.Event == nil {
			return nil
		}
		fields := w.b.Events[w.x.Event.Event].Fields
		if f := slices.IndexFunc(fields, func(f compile.Field) bool { return f.Name == node.Name }); f >= 0 {
			try(&fields[f], func(v compile.Value) wish { return wish{with: []engine.FieldValue{{Field: f, Value: v}}} })
		}
	}
	return all
}
