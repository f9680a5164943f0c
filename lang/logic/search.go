package logic

import (
	"slices"
)

// search looks for a way in which a formula can be true. Each thing in it is given, one after the other, each combination
// of what can be said of it that fits together, as long as the formula is not settled.
type search struct {
	root    *term
	things  []*thing
	world   *World
	steps   int
	vast    bool     // more is said of one thing than can be gone through
	chosen  []uint64 // for each thing, which of its predicates are true
	decided int      // how many things have been chosen
}

// mostSteps bounds the search; what is not settled by then can be.
const mostSteps = 1 << 15

// term is a formula whose atoms are numbered.
type term struct {
	op    op
	args  []*term
	thing int
	bit   int
}

// thing is what predicates speak of.
type thing struct {
	name       string
	predicates []predicate
	ways       []uint64 // the sets of predicates that can be true together
}

func newSearch(w *World, f *Formula) *search {
	s := &search{world: w}
	s.root = s.number(f, map[string]int{})
	for _, t := range s.things {
		if t.ways = w.ways(t); t.ways == nil {
			s.vast = true
			break
		}
	}
	s.chosen = make([]uint64, len(s.things))
	return s
}

// number turns atoms into numbers.
func (s *search) number(f *Formula, things map[string]int) *term {
	t := &term{op: f.op}
	if f.op == isAtom {
		i, ok := things[f.atom.thing]
		if !ok {
			i = len(s.things)
			things[f.atom.thing] = i
			s.things = append(s.things, &thing{name: f.atom.thing})
		}
		of := s.things[i]
		t.thing, t.bit = i, slices.Index(of.predicates, f.atom.predicate)
		if t.bit < 0 {
			t.bit = len(of.predicates)
			of.predicates = append(of.predicates, f.atom.predicate)
		}
		return t
	}
	for _, a := range f.args {
		t.args = append(t.args, s.number(a, things))
	}
	return t
}

// find says whether there is a way; what was chosen shows it.
func (s *search) find() bool {
	if s.vast || s.steps > mostSteps {
		return true
	}
	s.steps++
	switch s.value(s.root) {
	case yes:
		return true
	case no:
		return false
	}
	t := s.things[s.decided]
	s.decided++
	for _, way := range t.ways {
		s.chosen[s.decided-1] = way
		if s.find() {
			return true
		}
	}
	s.decided--
	return false
}

type verdict uint8

const (
	no verdict = iota
	open
	yes
)

// value is what a formula comes to, as far as things have been chosen.
func (s *search) value(t *term) verdict {
	switch t.op {
	case isTrue:
		return yes
	case isFalse:
		return no
	case isAtom:
		if t.thing >= s.decided {
			return open
		}
		if s.chosen[t.thing]>>t.bit&1 != 0 {
			return yes
		}
		return no
	case isNot:
		return yes - s.value(t.args[0])
	}
	result := yes
	if t.op == isOr {
		result = no
	}
	for _, a := range t.args {
		v := s.value(a)
		if t.op == isAnd {
			result = min(result, v)
			if result == no {
				return no
			}
		} else {
			result = max(result, v)
			if result == yes {
				return yes
			}
		}
	}
	return result
}

// mostPredicates bounds what is said of one thing, mostValues what is compared with it where each with each matters.
const (
	mostPredicates = 64
	mostValues     = 6
)

// ways are the sets of predicates of a thing that can be true together; nil when there are too many.
func (w *World) ways(t *thing) []uint64 {
	if len(t.predicates) > mostPredicates {
		return nil
	}
	var all []uint64
	add := func(is func(predicate) bool) {
		var set uint64
		for i, p := range t.predicates {
			if is(p) {
				set |= 1 << i
			}
		}
		if !slices.Contains(all, set) {
			all = append(all, set)
		}
	}
	switch t.predicates[0].sort {
	case yesOrNo:
		return []uint64{1, 0}
	case word:
		for _, o := range w.offers {
			add(func(p predicate) bool { return attribute(o, p.which) == p.text })
		}
	case distance:
		distances(t.predicates, add)
	case happened:
		counts(t.predicates, add)
	case text:
		w.texts(t, add)
	default:
		for _, v := range samples(t.predicates) {
			add(func(p predicate) bool { return p.of(v) })
		}
	}
	return all
}
