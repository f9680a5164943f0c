// Package logic decides what the conditions of a playbook can be: whether any contact can ever make one true, whether one
// holds wherever another does, whether two say the same.
//
// It sees a condition as its comparisons, and reasons exactly about those of one thing with literals: a field of an enum, topic
// or offer type has one of its values, a number lies on one of the numbers that it is compared with or between them, a date or
// time likewise, `since` and `until` of one instant are one distance, which is not ahead of now for what has happened, the
// counts of an event in shorter spans are never more than in longer ones, a phase is the stage's, an offer is one of those
// that are declared, and each of them, where it can be, is unknown. A text compared with texts is exact, and so are prefixes,
// suffixes and parts of it against each other; a regular expression is worked out for texts that are named. Completeness
// follows from what is known, and a score from its `when` terms, as far as these go: events raise it above them, or lower it,
// and it is never below 0. Two things that are compared with each other are less, equal or more; something of a topic or a
// map has been sent, or answered, where one of its offers has.
//
// Whatever else is compared (sums, results of functions, regular expressions on texts that are not named) is free: it can be
// true and it can be false, always the same for the same text in one question. Things that are tied to each other only by what
// happens, such as a response and the count of clicks, or by a third one (a < b, b < c), are taken as free of each other too.
// So Can is never false for what can be; it may be true for what cannot, and is where more than 256 things are said of one
// operand, more than 8 terms add up, or the search gives up. Durations of days and of months are taken as comparable only where
// that is so in every calendar. Local times in the gap that summer time makes are taken as different, as on every other day.
package logic

import (
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
)

// World answers questions about the conditions of one playbook without errors, and remembers what it worked out. It is for
// one goroutine at a time.
type World struct {
	segments map[string]*check.Segment
	scores   map[string]*check.Score
	values   map[string][]string // of the fields that have only these, by operand: "contact.role", "event.topic"
	offers   []*check.Offer
	asked    []string                  // the fields that completeness counts
	phased   bool                      // each program has a phase
	kinds    map[string][]*check.Offer // the offers of each topic and map
	known    map[memoKey]*Formula
	answers  map[string]bool // of Can, by the formula's key
	key      string          // the field that is known of every contact
	depth    int             // of segments and scores in each other
}

type memoKey struct {
	e       *cond.Expr
	at      At
	silence bool
}

// At is what is known of the moment at which a condition is looked at. The zero value says nothing.
type At struct {
	Stage *check.Stage // where the contact stands
	Offer *check.Offer // that is being weighed
	Stay  Stay         // how long it has been in its stage
}

// Stay is how long a contact has been in its stage; the zero value says nothing of it.
type Stay struct {
	Known bool
	calendar.Duration
}

// After is a stay of a length.
func After(d calendar.Duration) Stay { return Stay{true, d} }

// New makes the world of a playbook.
func New(pb *check.Playbook) *World {
	w := &World{segments: map[string]*check.Segment{}, scores: map[string]*check.Score{}, values: valuesOf(pb), offers: pb.Offers, phased: true, known: map[memoKey]*Formula{}, answers: map[string]bool{}, kinds: map[string][]*check.Offer{}}
	for _, s := range pb.Segments {
		w.segments[s.Name] = s
	}
	for _, s := range pb.Scores {
		w.scores[s.Name] = s
	}
	for _, p := range pb.Programs {
		w.phased = w.phased && p.Phase != check.NoPhase
	}
	for _, o := range pb.Offers {
		if o.Topic != nil {
			w.kinds[o.Topic.Name] = append(w.kinds[o.Topic.Name], o)
		}
	}
	for _, m := range pb.Maps {
		w.kinds[m.Name] = m.Offers()
	}
	if pb.Contact != nil {
		for _, f := range pb.Contact.Fields {
			if f.Question != nil {
				w.asked = append(w.asked, f.Name)
			}
		}
		if pb.Contact.Key != nil {
			w.key = pb.Contact.Key.Name
		}
	}
	return w
}

// valuesOf are the values of the fields that can have no others. A field of that name in several events has those of all.
func valuesOf(pb *check.Playbook) map[string][]string {
	var topics, offers []string
	for _, t := range pb.Topics {
		topics = append(topics, t.Name)
	}
	for _, o := range pb.Offers {
		offers = append(offers, o.Name)
	}
	values, open := map[string][]string{}, map[string]bool{}
	add := func(operand string, f *check.Field) {
		switch f.Type {
		case check.FieldEnum:
			values[operand] = append(values[operand], f.Values...)
		case check.FieldTopic:
			values[operand] = append(values[operand], topics...)
		case check.FieldOffer:
			values[operand] = append(values[operand], offers...)
		default:
			open[operand] = true
		}
	}
	if pb.Contact != nil {
		for _, f := range pb.Contact.Fields {
			add("contact."+f.Name, f)
		}
	}
	for _, e := range pb.Events {
		for _, f := range e.Fields {
			add("event."+f.Name, f)
		}
	}
	for operand, of := range values {
		slices.Sort(of)
		values[operand] = slices.Compact(of)
		if open[operand] {
			delete(values, operand)
		}
	}
	return values
}

// Formula is a condition as the world sees it. It is not changed.
type Formula struct {
	op   op
	args []*Formula
	atom atom
	key  string // says the same for formulas of one shape
}

type op uint8

const (
	isTrue op = iota
	isFalse
	isAtom
	isNot
	isAnd
	isOr
)

// True and False hold always and never.
var (
	True  = &Formula{op: isTrue, key: "true"}
	False = &Formula{op: isFalse, key: "false"}
)

// Key is the same for formulas that are the same but for the order and the brackets in which they are written.
func (f *Formula) Key() string { return f.key }

// Not holds where f does not.
func Not(f *Formula) *Formula {
	switch f.op {
	case isTrue:
		return False
	case isFalse:
		return True
	case isNot:
		return f.args[0]
	}
	return &Formula{op: isNot, args: []*Formula{f}, key: "not " + f.key}
}

// And holds where all do.
func And(fs ...*Formula) *Formula { return join(isAnd, True, False, fs) }

// Or holds where any does.
func Or(fs ...*Formula) *Formula { return join(isOr, False, True, fs) }

// join puts formulas together; what is neutral is left out, and one that settles it is the result.
func join(o op, neutral, settles *Formula, fs []*Formula) *Formula {
	var all []*Formula
	for _, f := range fs {
		switch {
		case f.op == settles.op:
			return settles
		case f.op == neutral.op:
		case f.op == o:
			all = append(all, f.args...)
		default:
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b *Formula) int { return strings.Compare(a.key, b.key) })
	all = slices.CompactFunc(all, func(a, b *Formula) bool { return a.key == b.key })
	switch len(all) {
	case 0:
		return neutral
	case 1:
		return all[0]
	}
	keys := make([]string, len(all))
	for i, f := range all {
		keys[i] = f.key
	}
	word := " and "
	if o == isOr {
		word = " or "
	}
	return &Formula{op: o, args: all, key: "(" + strings.Join(keys, word) + ")"}
}

// Of is the formula of a condition; no condition always holds.
func (w *World) Of(e *cond.Expr, at At) *Formula { return w.of(e, at, false) }

// InTheLongRun is what a condition comes to for a contact that is not heard of any more: what time settles is settled.
// Every instant that is known lies further back than any duration, nothing has happened within any span, what decays
// is next to nothing though never quite, and everything else stays as it is, whatever it is. A rule that moves every silent contact on at some
// time holds then at the latest, or has been taken before.
func (w *World) InTheLongRun(e *cond.Expr, at At) *Formula { return w.of(e, at, true) }

func (w *World) of(e *cond.Expr, at At, silence bool) *Formula {
	if e == nil || e.Root == nil {
		return True
	}
	key := memoKey{e, at, silence}
	if f, ok := w.known[key]; ok {
		return f
	}
	f := (&reading{World: w, at: at, silence: silence}).bool(e.Root)
	w.known[key] = f
	return f
}

// Part is the formula of a part of a condition.
func (w *World) Part(n *cond.Node, at At) *Formula { return (&reading{World: w, at: at}).bool(n) }

// Stayed holds for contacts that have been in their stage for a duration, or strictly longer.
func Stayed(d calendar.Duration, longer bool) *Formula {
	is := atLeast
	if longer {
		is = more
	}
	return atomOf("since(stage.entered)", predicate{sort: ago, is: is, within: d})
}

// Can says whether some contact at some moment can make it true.
func (w *World) Can(f *Formula) bool {
	switch {
	case f.op == isTrue || f.op == isFalse:
		return f.op == isTrue
	case f.op == isAtom && f.atom.sort == yesOrNo:
		return true
	}
	can, ok := w.answers[f.key]
	if !ok {
		can = newSearch(w, f).find()
		w.answers[f.key] = can
	}
	return can
}

// Must says whether it holds for every contact at every moment.
func (w *World) Must(f *Formula) bool { return !w.Can(Not(f)) }

// Implies says whether g holds wherever f does.
func (w *World) Implies(f, g *Formula) bool { return !w.Can(And(f, Not(g))) }

// Model describes a contact for which it is true, a few words for each thing that matters; ok is false where there is none.
func (w *World) Model(f *Formula) (words []string, ok bool) {
	s := newSearch(w, f)
	if !s.find() {
		return nil, false
	}
	return s.words(), true
}

// mostParts is how many parts of a condition are held against each other.
const mostParts = 100

// Clash finds the parts of a condition that cannot hold which exclude each other: two operands of its `and`, or one twice when
// that cannot hold by itself; where it takes more than two, the whole condition.
func (w *World) Clash(e *cond.Expr, at At) (a, b *cond.Node) {
	r := &reading{World: w, at: at}
	var parts []*cond.Node
	var are []*Formula
	var split func(n *cond.Node)
	split = func(n *cond.Node) {
		if n.Op == cond.And {
			split(n.Args[0])
			split(n.Args[1])
			return
		}
		parts, are = append(parts, n), append(are, r.bool(n))
	}
	split(e.Root)
	for i, p := range parts {
		if !w.Can(are[i]) {
			return p, p
		}
	}
	if len(parts) > mostParts {
		return e.Root, e.Root
	}
	for i, p := range parts {
		for j, q := range parts[:i] {
			if !w.Can(And(are[j], are[i])) {
				return q, p
			}
		}
	}
	return e.Root, e.Root
}
