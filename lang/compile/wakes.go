package compile

import (
	"math"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/cond"
)

// Time stands in a condition in three kinds of comparison only: since and until with a duration, a decaying score with
// a value, and a count over a window with a number. Each of them knows the next instant at which its own answer
// changes when nothing else happens. A condition's next instant is the earliest of them, left out where the parts that
// do not depend on time already settle the answer: so nobody who has nothing due is ever woken.

type nextFn func(*Ctx) int64 // nil: time plays no part

func (b *builder) cond(e *cond.Expr) Cond {
	if e == nil || e.Root == nil {
		return Cond{}
	}
	return Cond{Eval: b.bool(e.Root), Next: b.next(e.Root), BySending: b.bySending(e.Root)}
}

// next compiles when a condition may next answer otherwise.
func (b *builder) next(n *cond.Node) nextFn {
	switch n.Op {
	case cond.And, cond.Or:
		return b.nextOfBoth(n)
	case cond.Not:
		return b.next(n.Args[0])
	case cond.Segment:
		return b.segment(n.Name).Next
	case cond.Eq, cond.Ne, cond.Lt, cond.Le, cond.Gt, cond.Ge:
		if next, ok := b.nextOfComparison(n.Op, n.Args[0], n.Args[1]); ok {
			return next
		}
		if next, ok := b.nextOfComparison(mirrored(n.Op), n.Args[1], n.Args[0]); ok {
			return next
		}
	}
	return b.nextOfParts(n)
}

// nextOfParts is the earliest change of anything below a node that is no connective, such as a comparison of bools.
func (b *builder) nextOfParts(n *cond.Node) nextFn {
	var next []nextFn
	for _, a := range n.Args {
		var of nextFn
		if a.Type == cond.Bool {
			of = b.next(a)
		} else if a.Op == cond.Score {
			of = b.scoreTerms(b.score(a.Name))
		} else {
			of = b.nextOfParts(a)
		}
		if of != nil {
			next = append(next, of)
		}
	}
	return earliest(next)
}

func earliest(next []nextFn) nextFn {
	switch len(next) {
	case 0:
		return nil
	case 1:
		return next[0]
	}
	return func(x *Ctx) int64 {
		at := calendar.Never
		for _, n := range next {
			at = min(at, n(x))
		}
		return at
	}
}

// nextOfBoth is that of an `and` or an `or`. A side without time that settles the answer alone (false for and, true for or) keeps it.
func (b *builder) nextOfBoth(n *cond.Node) nextFn {
	l, r := b.next(n.Args[0]), b.next(n.Args[1])
	switch {
	case l == nil && r == nil:
		return nil
	case l == nil:
		return unless(b.bool(n.Args[0]), n.Op == cond.Or, r)
	case r == nil:
		return unless(b.bool(n.Args[1]), n.Op == cond.Or, l)
	}
	return func(x *Ctx) int64 { return min(l(x), r(x)) }
}

// unless is next, but never where a side that does not depend on time has settled the answer.
func unless(is boolFn, settled bool, next nextFn) nextFn {
	return func(x *Ctx) int64 {
		if is(x) == settled {
			return calendar.Never
		}
		return next(x)
	}
}

func (b *builder) nextOfComparison(op cond.Op, l, r *cond.Node) (nextFn, bool) {
	switch {
	case l.Op == cond.Since || l.Op == cond.Until:
		return b.turn(op, l, r.Dur).next, true
	case l.Op == cond.Score:
		return b.nextOfScore(op, b.score(l.Name), b.num(r)), true
	case l.Op == cond.Count && !l.Dur.IsZero():
		return b.nextOfCount(op, b.p.EventIndex(l.Name), l.Dur, b.num(r)), true
	}
	return nil, false
}

// nextOfScore is that of a score compared with a value. Between inputs a score is V·2^(-t/halve) + C, with C the terms that
// count now: it crosses the value K at most once, where V·2^(-t/halve) = K - C.
func (b *builder) nextOfScore(op cond.Op, score int, value numFn) nextFn {
	is := func(reading, k float64) bool {
		if op == cond.Ne {
			return reading != k
		}
		return holds(op, order(reading, k))
	}
	terms := b.scoreTerms(score)
	halve := b.p.Scores[score].Halve
	if halve == 0 {
		return terms
	}
	return func(x *Ctx) int64 {
		at := calendar.Never
		if terms != nil {
			at = terms(x)
		}
		k, ok := value(x)
		d := x.Scores[score]
		c := x.Program.counting(x, score)
		ratio := d.V / (k - c)
		if !ok || !(ratio > 0) || math.IsInf(ratio, 0) {
			return at
		}
		crossing := float64(d.At) + halve*math.Log2(ratio)
		if crossing < float64(x.Now) || crossing > float64(x.Now)+maxWait {
			return at
		}
		reads := func(t int64) bool { return is(max(0, x.Program.decayed(x, score, t)+c), k) }
		now := reads(x.Now)
		// The instant is rounded up to whole seconds; arithmetic may be off by one either way.
		from := max(x.Now+1, int64(math.Floor(crossing))-1)
		for t := from; t < from+4; t++ {
			if reads(t) != now {
				return min(at, t)
			}
		}
		return at
	}
}

// maxWait is a thousand years of seconds: no wake-up is further away.
const maxWait = 1000 * 366 * 86400

// scoreTerms is when a term of a score that counts while something is true may next change.
func (b *builder) scoreTerms(score int) nextFn {
	var next []nextFn
	for i := range b.p.Scores[score].When {
		if n := b.p.Scores[score].When[i].When.Next; n != nil {
			next = append(next, n)
		}
	}
	return earliest(next)
}

// nextOfCount is that of how often an event came in the last d, compared with a number: without new events the count only
// falls, by one whenever the oldest leaves the window.
func (b *builder) nextOfCount(op cond.Op, event int, d calendar.Duration, value numFn) nextFn {
	is := func(n int, k float64) bool {
		if op == cond.Ne {
			return float64(n) != k
		}
		return holds(op, order(float64(n), k))
	}
	return func(x *Ctx) int64 {
		k, ok := value(x)
		if !ok {
			return calendar.Never
		}
		var leaves []int64
		for i := range x.Past {
			if h := &x.Past[i]; int(h.Event) == event {
				if t := x.Zone.Add(h.At, d); t > x.Now {
					leaves = append(leaves, t)
				}
			}
		}
		slices.Sort(leaves)
		now := is(len(leaves), k)
		for i, t := range leaves {
			if is(len(leaves)-i-1, k) != now {
				return t
			}
		}
		return calendar.Never
	}
}
