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

type timed struct {
	eval boolFn
	next func(*Ctx) int64 // nil: time plays no part
	all  []boolFn         // of an `and`: its parts
}

func (b *builder) cond(e *cond.Expr) Cond {
	if e == nil || e.Root == nil {
		return Cond{}
	}
	t := b.timed(e.Root)
	return Cond{Eval: t.eval, Next: t.next, BySending: b.bySending(e.Root)}
}

func (b *builder) timed(n *cond.Node) timed {
	switch n.Op {
	case cond.And:
		return both(b.timed(n.Args[0]), b.timed(n.Args[1]), true)
	case cond.Or:
		return both(b.timed(n.Args[0]), b.timed(n.Args[1]), false)
	case cond.Not:
		t := b.timed(n.Args[0])
		is := t.eval
		not := func(x *Ctx) bool { return !is(x) }
		if n.Args[0].Op == cond.Field {
			i := b.p.FieldIndex(n.Args[0].Name)
			not = func(x *Ctx) bool { v := &x.Fields[i]; return !v.Known || v.Num == 0 }
		}
		return timed{eval: not, next: t.next}
	case cond.Segment:
		seg := b.segment(n.Name)
		return timed{eval: seg.Eval, next: seg.Next}
	case cond.Eq, cond.Ne, cond.Lt, cond.Le, cond.Gt, cond.Ge:
		if t, ok := b.timedComparison(n.Op, n.Args[0], n.Args[1]); ok {
			return t
		}
		if t, ok := b.timedComparison(mirrored(n.Op), n.Args[1], n.Args[0]); ok {
			return t
		}
	}
	return timed{eval: b.bool(n), next: b.nextOfParts(n)}
}

// nextOfParts is the earliest change of anything below a node that is no connective, such as a comparison of bools.
func (b *builder) nextOfParts(n *cond.Node) func(*Ctx) int64 {
	var next []func(*Ctx) int64
	for _, a := range n.Args {
		var of func(*Ctx) int64
		if a.Type == cond.Bool {
			of = b.timed(a).next
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

func earliest(next []func(*Ctx) int64) func(*Ctx) int64 {
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

// both is `and` or `or`. A side without time that settles the answer alone (false for and, true for or) keeps it.
func both(l, r timed, and bool) timed {
	left, right := l.eval, r.eval
	eval := func(x *Ctx) bool { return left(x) || right(x) }
	var all []boolFn
	if and {
		all = append(l.parts(), r.parts()...)
		eval = allOf(all)
	}
	settles := func(t timed, x *Ctx) bool { return t.next == nil && t.eval(x) != and }
	if l.next == nil && r.next == nil {
		return timed{eval, nil, all}
	}
	return timed{eval, func(x *Ctx) int64 {
		at := calendar.Never
		if settles(l, x) || settles(r, x) {
			return at
		}
		if l.next != nil {
			at = min(at, l.next(x))
		}
		if r.next != nil {
			at = min(at, r.next(x))
		}
		return at
	}, all}
}

// parts are what an `and` asks one after the other; of anything else it is the one thing.
func (t *timed) parts() []boolFn {
	if t.all != nil {
		return slices.Clone(t.all)
	}
	return []boolFn{t.eval}
}

// allOf asks in order until one says no. An `and` in an `and` costs a call more for each, so they are asked side by side.
func allOf(all []boolFn) boolFn {
	a, b := all[0], all[1]
	switch len(all) {
	case 2:
		return func(x *Ctx) bool { return a(x) && b(x) }
	case 3:
		c := all[2]
		return func(x *Ctx) bool { return a(x) && b(x) && c(x) }
	case 4:
		c, d := all[2], all[3]
		return func(x *Ctx) bool { return a(x) && b(x) && c(x) && d(x) }
	default:
		rest := allOf(all[2:])
		return func(x *Ctx) bool { return a(x) && b(x) && rest(x) }
	}
}

func (b *builder) timedComparison(op cond.Op, l, r *cond.Node) (timed, bool) {
	switch {
	case l.Op == cond.Since || l.Op == cond.Until:
		return b.sinceUntil(op, l, r.Dur), true
	case l.Op == cond.Score:
		return b.scoreAgainst(op, b.score(l.Name), b.num(r)), true
	case l.Op == cond.Count && !l.Dur.IsZero():
		return b.countAgainst(op, b.p.EventIndex(l.Name), l.Dur, b.num(r)), true
	}
	return timed{}, false
}

// sinceUntil compares since(T) or until(T) with a duration. since(T) >= D holds from T + D on, until(T) <= D from
// T - D on; the other operators are on the other side of that boundary, or exclude it.
func (b *builder) sinceUntil(op cond.Op, n *cond.Node, d calendar.Duration) timed {
	at, until := b.instant(n.Args[0]), n.Op == cond.Until
	if until {
		op = mirrored(op)
	}
	// From here on it reads "now OP boundary".
	after := op == cond.Ge || op == cond.Gt
	if until {
		d = calendar.Duration{Months: -d.Months, Days: -d.Days, Seconds: -d.Seconds}
	}
	behind := int64(0)
	if op == cond.Gt || op == cond.Le {
		behind = 1 // the answer changes right behind the boundary
	}
	w := &turn{d: d, behind: behind, after: after}
	w.least, w.most = d.Around()
	eval := func(x *Ctx) bool {
		t, ok := at(x)
		return ok && w.is(x, t)
	}
	if n.Args[0].Op == cond.StageEntered { // what is asked most often
		eval = func(x *Ctx) bool { return x.InProgram && w.is(x, x.StageEntered) }
	}
	return timed{
		eval: eval,
		next: func(x *Ctx) int64 {
			if t, ok := at(x); ok {
				if t = x.Zone.Add(t, d) + behind; t > x.Now {
					return t
				}
			}
			return calendar.Never
		},
	}
}

// turn is where the answer of a since or until changes: `behind` seconds after an instant and a duration.
type turn struct {
	d           calendar.Duration
	least, most int64 // seconds, see Duration.Around
	behind      int64
	after       bool // the answer from there on
}

// is gives the answer. Mostly seconds tell, without the calendar.
func (w *turn) is(x *Ctx, t int64) bool {
	if x.Now-t-w.behind >= w.most {
		return w.after
	}
	return w.near(x, t)
}

func (w *turn) near(x *Ctx, t int64) bool {
	if x.Now-t-w.behind < w.least {
		return !w.after
	}
	return (x.Now >= x.Zone.Add(t, w.d)+w.behind) == w.after
}

// scoreAgainst compares a score with a value. Between inputs a score is V·2^(-t/halve) + C, with C the terms that
// count now: it crosses the value K at most once, where V·2^(-t/halve) = K - C.
func (b *builder) scoreAgainst(op cond.Op, score int, value numFn) timed {
	is := func(reading, k float64) bool {
		if op == cond.Ne {
			return reading != k
		}
		return holds(op, order(reading, k))
	}
	t := timed{
		eval: func(x *Ctx) bool {
			k, ok := value(x)
			if !ok {
				return op == cond.Ne
			}
			return is(x.Program.ReadScore(x, score), k)
		},
		next: b.scoreTerms(score),
	}
	halve := b.p.Scores[score].Halve
	if halve == 0 {
		return t
	}
	terms := t.next
	t.next = func(x *Ctx) int64 {
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
	return t
}

// maxWait is a thousand years of seconds: no wake-up is further away.
const maxWait = 1000 * 366 * 86400

// scoreTerms is when a term of a score that counts while something is true may next change.
func (b *builder) scoreTerms(score int) func(*Ctx) int64 {
	var next []func(*Ctx) int64
	for i := range b.p.Scores[score].When {
		if n := b.p.Scores[score].When[i].When.Next; n != nil {
			next = append(next, n)
		}
	}
	return earliest(next)
}

// countAgainst compares how often an event came in the last d with a number: without new events the count only falls,
// by one whenever the oldest leaves the window.
func (b *builder) countAgainst(op cond.Op, event int, d calendar.Duration, value numFn) timed {
	is := func(n int, k float64) bool {
		if op == cond.Ne {
			return float64(n) != k
		}
		return holds(op, order(float64(n), k))
	}
	return timed{
		eval: func(x *Ctx) bool {
			k, ok := value(x)
			if !ok {
				return op == cond.Ne
			}
			return is(countWithin(x, event, d), k)
		},
		next: func(x *Ctx) int64 {
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
		},
	}
}
