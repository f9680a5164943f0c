package logic

import "slices"

// search looks for a way in which a formula can be true. What must hold together is taken apart into groups that share no
// thing, and each group is settled by itself: of its parts the one that is about the fewest things is taken first, and the
// first thing that it is open about is given each combination of what can be said of it that fits together, first those
// that the part asks for there.
type search struct {
	world  *World
	parts  []*part
	things []*thing
	work   int
}

// mostWork bounds a search, in nodes of the formula that are looked at; what is not settled by then can be.
const mostWork = 1 << 19

// part is one of the formulas that must hold together.
type part struct {
	*term
	things []*thing
	done   bool // belongs to a group that is settled
}

// term is a formula whose atoms know their thing.
type term struct {
	op    op
	args  []*term
	thing *thing
	bit   int
}

// thing is what predicates speak of.
type thing struct {
	name       string
	predicates []predicate
	ways       []set // the sets of predicates that can be true together
	chosen     set
	decided    bool
}

// set is a set of predicates of a thing.
type set [mostPredicates / 64]uint64

func (s *set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s *set) has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }

func newSearch(w *World, f *Formula) *search {
	s := &search{world: w}
	things := map[string]*thing{}
	s.divide(f, false, things)
	s.divide(s.ties(), false, things)
	for _, t := range s.things {
		if t.ways = w.ways(t); t.ways == nil {
			s.loosen(t)
		}
	}
	return s
}

// loosen takes what is said of a thing, which is too much to go through, as said of as many things.
func (s *search) loosen(t *thing) {
	loose := make([]*thing, len(t.predicates))
	for i, p := range t.predicates {
		loose[i] = &thing{name: t.name, predicates: []predicate{p}, ways: []set{{1}, {}}}
	}
	s.things = append(s.things, loose...)
	var redirect func(is *term, in *part)
	redirect = func(is *term, in *part) {
		if is.op == isAtom && is.thing == t {
			is.thing, is.bit = loose[is.bit], 0
			if !slices.Contains(in.things, is.thing) {
				in.things = append(in.things, is.thing)
			}
		}
		for _, a := range is.args {
			redirect(a, in)
		}
	}
	for _, p := range s.parts {
		if i := slices.Index(p.things, t); i >= 0 {
			p.things = slices.Delete(p.things, i, i+1)
			redirect(p.term, p)
		}
	}
}

// divide takes a formula, or what is not to hold, apart into what must hold together.
func (s *search) divide(f *Formula, not bool, things map[string]*thing) {
	switch {
	case f.op == isNot:
		s.divide(f.args[0], !not, things)
	case f.op == isAnd && !not || f.op == isOr && not:
		for _, a := range f.args {
			s.divide(a, not, things)
		}
	default:
		p := &part{}
		p.term = s.term(f, p, things)
		if not {
			p.term = &term{op: isNot, args: []*term{p.term}}
		}
		s.parts = append(s.parts, p)
	}
}

// term reads a formula into a part.
func (s *search) term(f *Formula, in *part, things map[string]*thing) *term {
	t := &term{op: f.op}
	if f.op != isAtom {
		t.args = make([]*term, len(f.args))
		for i, a := range f.args {
			t.args[i] = s.term(a, in, things)
		}
		return t
	}
	key := f.atom.thing
	if f.atom.sort == pair {
		key += " against " + f.atom.text
	}
	t.thing = things[key]
	if t.thing == nil {
		t.thing = &thing{name: f.atom.thing}
		things[key] = t.thing
		s.things = append(s.things, t.thing)
	}
	if !slices.Contains(in.things, t.thing) {
		in.things = append(in.things, t.thing)
	}
	t.bit = slices.Index(t.thing.predicates, f.atom.predicate)
	if t.bit < 0 {
		t.bit = len(t.thing.predicates)
		t.thing.predicates = append(t.thing.predicates, f.atom.predicate)
	}
	return t
}

// find says whether there is a way; what was chosen shows it.
func (s *search) find() bool {
	for _, p := range s.parts {
		if !p.done && !s.settle(s.group(p)) {
			return false
		}
	}
	return true
}

// group is a part with all that are tied to it by the things that they share.
func (s *search) group(first *part) []*part {
	first.done = true
	group := []*part{first}
	for i := 0; i < len(group); i++ {
		for _, p := range s.parts {
			if !p.done && slices.ContainsFunc(p.things, func(t *thing) bool { return slices.Contains(group[i].things, t) }) {
				p.done = true
				group = append(group, p)
			}
		}
	}
	return group
}

// settle looks for a way in which parts hold together.
func (s *search) settle(parts []*part) bool {
	var next ask
	fewest := 0
	left := make([]*part, 0, len(parts))
	for _, p := range parts {
		switch v, about := s.value(p.term); v {
		case no:
			return s.work > mostWork
		case open:
			left = append(left, p)
			undecided := 0
			for _, t := range p.things {
				if !t.decided {
					undecided++
				}
			}
			if next.atom == nil || undecided < fewest {
				next, fewest = about, undecided
			}
		}
	}
	if next.atom == nil || s.work > mostWork {
		return true
	}
	t := next.atom.thing
	t.decided = true
	for _, asked := range [...]bool{true, false} {
		for _, t.chosen = range t.ways {
			if (t.chosen.has(next.atom.bit) == next.wanted) == asked && s.settle(left) {
				return true
			}
		}
	}
	t.decided = false
	return false
}

type verdict uint8

const (
	no verdict = iota
	open
	yes
)

// ask is what an open formula is open about: the first atom of it that is, and whether that is wanted to hold.
type ask struct {
	atom   *term
	wanted bool
}

// value is what a formula comes to, as far as things have been decided; of one that is open also what it is open about.
func (s *search) value(t *term) (verdict, ask) {
	s.work++
	switch t.op {
	case isTrue:
		return yes, ask{}
	case isFalse:
		return no, ask{}
	case isAtom:
		switch {
		case !t.thing.decided:
			return open, ask{t, true}
		case t.thing.chosen.has(t.bit):
			return yes, ask{}
		}
		return no, ask{}
	case isNot:
		v, about := s.value(t.args[0])
		about.wanted = !about.wanted
		return yes - v, about
	}
	settles, result, about := no, yes, ask{}
	if t.op == isOr {
		settles, result = yes, no
	}
	for _, a := range t.args {
		switch v, of := s.value(a); {
		case v == settles:
			return v, ask{}
		case v == open && result != open:
			result, about = open, of
		}
	}
	return result, about
}

// What is said of one thing is bounded: how many predicates it has, how many of them are prefixes, suffixes and parts of a
// text, and how much is tried to find out what fits together.
const (
	mostPredicates = 256
	mostPatterns   = 8
	mostTries      = 10_000
)

// ways are the sets of predicates of a thing that can be true together; nil when there are too many, or no value is known.
func (w *World) ways(t *thing) []set {
	if len(t.predicates) > mostPredicates {
		return nil
	}
	var all []set
	add := func(is func(predicate) bool) {
		var these set
		for i, p := range t.predicates {
			if is(p) {
				these.add(i)
			}
		}
		if !slices.Contains(all, these) {
			all = append(all, these)
		}
	}
	whole := true
	switch is := t.predicates[0].sort; is {
	case yesOrNo:
		return []set{{1}, {}}
	case pair:
		for side := -1.0; side <= 1; side++ {
			add(func(p predicate) bool { return p.of(side) })
		}
	case word:
		for _, o := range w.offers {
			add(func(p predicate) bool { return p.ofText(attribute(o, p.which)) })
		}
	case distance, ago:
		whole = distances(t.predicates, is == ago, add)
	case happened:
		whole = counts(t.predicates, add)
	case text:
		whole = w.texts(t, add)
	default:
		for _, v := range samples(t.predicates) {
			add(func(p predicate) bool { return p.of(v) })
		}
	}
	if !whole {
		return nil
	}
	return all
}
