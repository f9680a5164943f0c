package compile

import (
	"regexp"
	"slices"
	"strings"

	"nurture/lang/cond"
)

// Unknown values. A bool that is unknown is false. Numbers, texts and instants carry whether they are known; arithmetic
// and functions of what is unknown are unknown, every comparison with it is false, and != and not in are the exact
// opposites of == and in.
type (
	boolFn func(*Ctx) bool
	numFn  func(*Ctx) (float64, bool)
	textFn func(*Ctx) (string, bool)
	timeFn func(*Ctx) (int64, bool)
)

// bool compiles a condition.
func (b *builder) bool(n *cond.Node) boolFn {
	switch n.Op {
	case cond.ConstBool:
		is := n.Num != 0
		return func(*Ctx) bool { return is }
	case cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num != 0 }
	case cond.EventField:
		v := b.value(n)
		return func(x *Ctx) bool { got := v(x); return got.Known && got.Num != 0 }
	case cond.Segment:
		seg := b.segment(n.Name)
		return func(x *Ctx) bool { return seg.Holds(x) }
	case cond.Known:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool { return x.Fields[i].Known }
	case cond.And:
		l, r := b.bool(n.Args[0]), b.bool(n.Args[1])
		return func(x *Ctx) bool { return l(x) && r(x) }
	case cond.Or:
		l, r := b.bool(n.Args[0]), b.bool(n.Args[1])
		return func(x *Ctx) bool { return l(x) || r(x) }
	case cond.Not:
		if n.Args[0].Op == cond.Field {
			i := b.p.FieldIndex(n.Args[0].Name)
			return func(x *Ctx) bool { v := &x.Fields[i]; return !v.Known || v.Num == 0 }
		}
		is := b.bool(n.Args[0])
		return func(x *Ctx) bool { return !is(x) }
	case cond.Ne:
		eq := b.compare(cond.Eq, n.Args[0], n.Args[1])
		return func(x *Ctx) bool { return !eq(x) }
	case cond.Eq, cond.Lt, cond.Le, cond.Gt, cond.Ge:
		return b.compare(n.Op, n.Args[0], n.Args[1])
	case cond.In:
		return b.in(n.Args[0], n.Args[1])
	case cond.NotIn:
		in := b.in(n.Args[0], n.Args[1])
		return func(x *Ctx) bool { return !in(x) }
	case cond.Call:
		return b.textTest(n)
	}
	panic("compile: not a condition: " + n.Span.File)
}

// holds says whether a three-way comparison satisfies an operator.
func holds(op cond.Op, order int) bool {
	switch op {
	case cond.Eq:
		return order == 0
	case cond.Lt:
		return order < 0
	case cond.Le:
		return order <= 0
	case cond.Gt:
		return order > 0
	default:
		return order >= 0
	}
}

// mirrored is the operator that says the same with its operands exchanged.
func mirrored(op cond.Op) cond.Op {
	switch op {
	case cond.Lt:
		return cond.Gt
	case cond.Le:
		return cond.Ge
	case cond.Gt:
		return cond.Lt
	case cond.Ge:
		return cond.Le
	default:
		return op
	}
}

func (b *builder) compare(op cond.Op, l, r *cond.Node) boolFn {
	switch {
	case l.Op == cond.Since || l.Op == cond.Until:
		return b.sinceUntil(op, l, r.Dur).eval
	case r.Op == cond.Since || r.Op == cond.Until:
		return b.sinceUntil(mirrored(op), r, l.Dur).eval
	case l.Type == cond.Bool:
		return b.compareBools(l, r)
	case l.Type == cond.Number:
		return b.compareNumbers(op, l, r)
	case l.Type == cond.Date && r.Type == cond.Date:
		return compareWith(op, b.date(l), b.date(r))
	case l.Type == cond.Date || l.Type == cond.Time:
		return compareWith(op, b.instant(l), b.instant(r))
	default:
		return b.compareTexts(op, l, r)
	}
}

func compareWith(op cond.Op, l, r timeFn) boolFn {
	return func(x *Ctx) bool {
		a, ok := l(x)
		c, ok2 := r(x)
		return ok && ok2 && holds(op, order(a, c))
	}
}

func order[T int64 | float64 | string](a, b T) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// A bool that is compared is known or not; one that stands alone is false when unknown.
func (b *builder) compareBools(l, r *cond.Node) boolFn {
	known := func(n *cond.Node) func(*Ctx) Value {
		if n.Op == cond.Field || n.Op == cond.EventField {
			return b.value(n)
		}
		is := b.bool(n)
		return func(x *Ctx) Value { return boolValue(is(x)) }
	}
	lv, rv := known(l), known(r)
	return func(x *Ctx) bool {
		a, c := lv(x), rv(x)
		return a.Known && c.Known && (a.Num != 0) == (c.Num != 0)
	}
}

func (b *builder) compareNumbers(op cond.Op, l, r *cond.Node) boolFn {
	if r.Op == cond.ConstNumber { // the common case, without a closure for its right side
		return b.against(op, l, r.Num)
	}
	a, c := b.num(l), b.num(r)
	return func(x *Ctx) bool {
		v, ok := a(x)
		w, ok2 := c(x)
		return ok && ok2 && holds(op, order(v, w))
	}
}

// against compares with a number that stands still. Each operator has its own code: to ask which it is takes longer than
// to compare.
func (b *builder) against(op cond.Op, l *cond.Node, k float64) boolFn {
	if l.Op == cond.Field {
		i := b.p.FieldIndex(l.Name)
		switch op {
		case cond.Eq:
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num == k }
		case cond.Lt:
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num < k }
		case cond.Le:
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num <= k }
		case cond.Gt:
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num > k }
		default:
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Num >= k }
		}
	}
	if l.Op == cond.Count && l.Dur.IsZero() && (op == cond.Gt || op == cond.Ge) { // the most common way to ask for a count
		e := b.p.EventIndex(l.Name)
		if op == cond.Gt {
			return func(x *Ctx) bool { return float64(x.Counts[e].N) > k }
		}
		return func(x *Ctx) bool { return float64(x.Counts[e].N) >= k }
	}
	num := b.num(l)
	switch op {
	case cond.Eq:
		return func(x *Ctx) bool { v, ok := num(x); return ok && v == k }
	case cond.Lt:
		return func(x *Ctx) bool { v, ok := num(x); return ok && v < k }
	case cond.Le:
		return func(x *Ctx) bool { v, ok := num(x); return ok && v <= k }
	case cond.Gt:
		return func(x *Ctx) bool { v, ok := num(x); return ok && v > k }
	default:
		return func(x *Ctx) bool { v, ok := num(x); return ok && v >= k }
	}
}

func (b *builder) compareTexts(op cond.Op, l, r *cond.Node) boolFn {
	if l.Op == cond.Field && r.Op == cond.ConstText {
		i, k := b.p.FieldIndex(l.Name), r.Text
		if op == cond.Eq {
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && v.Text == k }
		}
	}
	a, c := b.text(l), b.text(r)
	return func(x *Ctx) bool {
		v, ok := a(x)
		w, ok2 := c(x)
		return ok && ok2 && holds(op, order(v, w))
	}
}

func (b *builder) in(l, list *cond.Node) boolFn {
	if list.Type == cond.Set {
		is, set := b.text(l), b.value(list)
		return func(x *Ctx) bool {
			v, ok := is(x)
			s := set(x)
			return ok && s.Known && InSet(s.Text, v)
		}
	}
	if l.Op == cond.Field && !slices.ContainsFunc(list.Args, func(n *cond.Node) bool { return n.Op != cond.ConstText }) {
		i, texts := b.p.FieldIndex(l.Name), make([]string, len(list.Args))
		for j, item := range list.Args {
			texts[j] = item.Text
		}
		if len(texts) == 2 {
			one, other := texts[0], texts[1]
			return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && (v.Text == one || v.Text == other) }
		}
		return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && slices.Contains(texts, v.Text) }
	}
	any := make([]boolFn, len(list.Args))
	for i, item := range list.Args {
		any[i] = b.compare(cond.Eq, l, item)
	}
	return func(x *Ctx) bool {
		for _, is := range any {
			if is(x) {
				return true
			}
		}
		return false
	}
}

// textTest compiles contains, startsWith, endsWith and matches.
func (b *builder) textTest(n *cond.Node) boolFn {
	l := b.text(n.Args[0])
	if n.Name == "matches" {
		re := regexp.MustCompile(n.Args[1].Text)
		return func(x *Ctx) bool { s, ok := l(x); return ok && re.MatchString(s) }
	}
	r := b.text(n.Args[1])
	test := map[string]func(s, part string) bool{
		"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix,
	}[n.Name]
	return func(x *Ctx) bool {
		s, ok := l(x)
		part, ok2 := r(x)
		return ok && ok2 && test(s, part)
	}
}
