package logic

import (
	"slices"
)

// search looks for a way in which a formula can be true: it takes the first thing that the formula is still open about and
// gives it each combination of what can be said of it that fits together, first those that the formula asks for there.
type search struct {
	root   *term
	things []*thing
	world  *World
	steps  int
	vast   bool     // more is said of one thing than can be gone through
	chosen []uint64 // for each thing, which of its predicates are true
	given  []bool   // which things have been chosen
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
	things := map[string]int{}
	s.root = s.number(f, things)
	if ties := s.ties(); ties != True {
		s.root = &term{op: isAnd, args: []*term{s.root, s.number(ties, things)}}
	}
	for _, t := range s.things {
		if t.ways = w.ways(t); t.ways == nil {
			s.vast = true
			break
		}
	}
	s.chosen = make([]uint64, len(s.things))
	s.given = make([]bool, len(s.things))
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
	v, about, wanted := s.value(s.root)
	if v != open {
		return v == yes
	}
	s.given[about.thing] = true
	for _, asked := range [...]bool{true, false} {
		for _, way := range s.things[about.thing].ways {
			if (way>>about.bit&1 != 0 == wanted) != asked {
				continue
			}
			s.chosen[about.thing] = way
			if s.find() {
				return true
			}
		}
	}
	s.given[about.thing] = false
	return false
}

type verdict uint8

const (
	no verdict = iota
	open
	yes
)

// value is what a formula comes to, as far as things have been chosen; of one that is open also the first atom that is,
// and whether that is wanted to hold.
func (s *search) value(t *term) (v verdict, about *term, wanted bool) {
	switch t.op {
	case isTrue:
		return yes, nil, false
	case isFalse:
		return no, nil, false
	case isAtom:
		switch {
		case !s.given[t.thing]:
			return open, t, true
		case s.chosen[t.thing]>>t.bit&1 != 0:
			return yes, nil, false
		}
		return no, nil, false
	case isNot:
		v, about, wanted = s.value(t.args[0])
		return yes - v, about, !wanted
	}
	settles, rest := no, yes
	if t.op == isOr {
		settles, rest = yes, no
	}
	for _, a := range t.args {
		switch got, of, so := s.value(a); {
		case got == settles:
			return settles, nil, false
		case got == open && rest != open:
			rest, about, wanted = open, of, so
		}
	}
	return rest, about, wanted
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
