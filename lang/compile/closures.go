package compile

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"nurture/lang/check"
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

// sequel is what comes after a condition: where its answer is the one that is wanted the next is asked, if there is one.
type sequel struct {
	want bool
	next boolFn
}

// after is the answer of a condition and its sequel.
func (s sequel) after(x *Ctx, is bool) bool { return is == s.want && (s.next == nil || s.next(x)) }

// opposite is the sequel of a condition that is to be the other way round.
func (s sequel) opposite() sequel { return sequel{!s.want, s.next} }

// bool compiles a condition.
func (b *builder) bool(n *cond.Node) boolFn { return b.ask(n, sequel{want: true}) }

// ask compiles a condition with what comes after it. So an `and` is a chain whose parts call one another, an `or` that is to be
// false is one too, and a `not` is no code at all: calls are what takes long here, and only those of the parts are left.
func (b *builder) ask(n *cond.Node, rest sequel) boolFn {
	switch n.Op {
	case cond.ConstBool:
		is := n.Num != 0
		return func(x *Ctx) bool { return rest.after(x, is) }
	case cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool { v := &x.Fields[i]; return rest.after(x, v.Known && v.Num != 0) }
	case cond.EventField:
		v := b.value(n)
		return func(x *Ctx) bool { got := v(x); return rest.after(x, got.Known && got.Num != 0) }
	case cond.Segment:
		return b.inSegment(n, rest)
	case cond.Known:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool { return rest.after(x, x.Fields[i].Known) }
	case cond.And, cond.Or:
		return b.askBoth(n, rest)
	case cond.Not:
		return b.ask(n.Args[0], rest.opposite())
	case cond.Ne:
		return b.compare(cond.Eq, n.Args[0], n.Args[1], rest.opposite())
	case cond.Eq, cond.Lt, cond.Le, cond.Gt, cond.Ge:
		return b.compare(n.Op, n.Args[0], n.Args[1], rest)
	case cond.In:
		return b.in(n.Args[0], n.Args[1], rest)
	case cond.NotIn:
		return b.in(n.Args[0], n.Args[1], rest.opposite())
	case cond.Call:
		return b.textTest(n).with(rest)
	}
	panic("compile: not a condition: " + n.Span.File)
}

func (b *builder) askBoth(n *cond.Node, rest sequel) boolFn {
	if n.Op == cond.And && rest.want {
		if one, other := b.turnOf(n.Args[0]), b.turnOf(n.Args[1]); one != nil && other != nil && one.of.Op == cond.Field && other.of.Op == cond.Field && one.of.Name == other.of.Name {
			return b.between(one, other, rest)
		}
	}
	if (n.Op == cond.And) == rest.want {
		return b.ask(n.Args[0], sequel{rest.want, b.ask(n.Args[1], rest)})
	}
	one, other := b.ask(n.Args[0], sequel{want: rest.want}), b.ask(n.Args[1], sequel{want: rest.want})
	return func(x *Ctx) bool { return (one(x) || other(x)) && (rest.next == nil || rest.next(x)) }
}

// inSegment asks a segment that is a single question right where it is used: that saves a call. The others are compiled once,
// for what is written in few lines of segments that use one another could become very long.
func (b *builder) inSegment(n *cond.Node, rest sequel) boolFn {
	is := boolFn(b.segment(n.Name).Eval)
	i := slices.IndexFunc(b.pb.Segments, func(s *check.Segment) bool { return s.Name == n.Name })
	if root := b.pb.Segments[i].Cond.Root; single(root) {
		return b.ask(root, rest)
	}
	return is.with(rest)
}

func single(n *cond.Node) bool {
	is := true
	cond.Walk(n, func(n *cond.Node) bool {
		is = is && n.Op != cond.And && n.Op != cond.Or && n.Op != cond.Segment
		return is
	})
	return is
}

// with is ask for what has no code of its own for what comes after.
func (is boolFn) with(rest sequel) boolFn {
	if rest.want && rest.next == nil {
		return is
	}
	return func(x *Ctx) bool { return rest.after(x, is(x)) }
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

func (b *builder) compare(op cond.Op, l, r *cond.Node, rest sequel) boolFn {
	switch {
	case l.Op == cond.Since || l.Op == cond.Until:
		return b.since(b.turn(op, l, r.Dur), rest)
	case r.Op == cond.Since || r.Op == cond.Until:
		return b.since(b.turn(mirrored(op), r, l.Dur), rest)
	case l.Type == cond.Bool:
		return b.compareBools(l, r).with(rest)
	case l.Type == cond.Number:
		return b.compareNumbers(op, l, r, rest)
	case l.Type == cond.Date && r.Type == cond.Date:
		return compareWith(op, b.date(l), b.date(r)).with(rest)
	case l.Type == cond.Date || l.Type == cond.Time:
		return compareWith(op, b.instant(l), b.instant(r)).with(rest)
	default:
		return b.compareTexts(op, l, r, rest)
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

func (b *builder) compareNumbers(op cond.Op, l, r *cond.Node, rest sequel) boolFn {
	if r.Op == cond.ConstNumber {
		return b.against(op, l, r.Num, rest)
	}
	if l.Op == cond.ConstNumber {
		return b.against(mirrored(op), r, l.Num, rest)
	}
	a, c := b.num(l), b.num(r)
	return func(x *Ctx) bool {
		v, ok := a(x)
		w, ok2 := c(x)
		return rest.after(x, ok && ok2 && holds(op, order(v, w)))
	}
}

// against compares with a number that stands still: whether the other is between two says the same for every operator. What
// people compare most is read here, without a call.
func (b *builder) against(op cond.Op, l *cond.Node, k float64, rest sequel) boolFn {
	least, most := between(op, k)
	switch l.Op {
	case cond.Field:
		i := b.p.FieldIndex(l.Name)
		return func(x *Ctx) bool {
			v := &x.Fields[i]
			return rest.after(x, v.Known && v.Num >= least && v.Num <= most)
		}
	case cond.Sent, cond.Responded, cond.Count:
		if l.Op == cond.Count && l.Dur.IsZero() {
			e := b.p.EventIndex(l.Name)
			return func(x *Ctx) bool { n := float64(x.Counts[e].N); return rest.after(x, n >= least && n <= most) }
		}
		count := b.count(l, enough(k))
		return func(x *Ctx) bool { n := float64(count(x)); return rest.after(x, n >= least && n <= most) }
	}
	num := b.num(l)
	return func(x *Ctx) bool { v, ok := num(x); return rest.after(x, ok && v >= least && v <= most) }
}

// between gives the numbers that compare so with k: from least to most, both among them.
func between(op cond.Op, k float64) (least, most float64) {
	switch op {
	case cond.Eq:
		return k, k
	case cond.Lt:
		return math.Inf(-1), math.Nextafter(k, math.Inf(-1))
	case cond.Le:
		return math.Inf(-1), k
	case cond.Gt:
		return math.Nextafter(k, math.Inf(1)), math.Inf(1)
	default:
		return k, math.Inf(1)
	}
}

func (b *builder) compareTexts(op cond.Op, l, r *cond.Node, rest sequel) boolFn {
	if op == cond.Eq && r.Op == cond.ConstText {
		return b.oneOf(l, []string{r.Text}, rest)
	}
	if op == cond.Eq && l.Op == cond.ConstText {
		return b.oneOf(r, []string{l.Text}, rest)
	}
	a, c := b.text(l), b.text(r)
	return func(x *Ctx) bool {
		v, ok := a(x)
		w, ok2 := c(x)
		return rest.after(x, ok && ok2 && holds(op, order(v, w)))
	}
}

func (b *builder) in(l, list *cond.Node, rest sequel) boolFn {
	if list.Type == cond.Set {
		is, set := b.text(l), b.value(list)
		return func(x *Ctx) bool {
			v, ok := is(x)
			s := set(x)
			return rest.after(x, ok && s.Known && InSet(s.Text, v))
		}
	}
	if !slices.ContainsFunc(list.Args, func(n *cond.Node) bool { return n.Op != cond.ConstText }) {
		texts := make([]string, len(list.Args))
		for i, item := range list.Args {
			texts[i] = item.Text
		}
		return b.oneOf(l, texts, rest)
	}
	any := make([]boolFn, len(list.Args))
	for i, item := range list.Args {
		any[i] = b.compare(cond.Eq, l, item, sequel{want: true})
	}
	return func(x *Ctx) bool {
		return rest.after(x, slices.ContainsFunc(any, func(is boolFn) bool { return is(x) }))
	}
}

// oneOf says whether a text is one of some that stand still: mostly phases, which have numbers, or one or two values of a field.
func (b *builder) oneOf(n *cond.Node, texts []string, rest sequel) boolFn {
	one, other := texts[0], texts[len(texts)-1]
	switch {
	case n.Op == cond.Phase:
		in := make([]bool, len(check.Phases))
		for phase, name := range check.Phases {
			in[phase] = slices.Contains(texts, name)
		}
		return func(x *Ctx) bool { return rest.after(x, x.InProgram && in[x.Phase]) }
	case n.Op == cond.Field && (len(texts) == 1 || len(texts) == 2 && len(one) != len(other)):
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool {
			v, may := &x.Fields[i], one
			if len(v.Text) == len(other) { // then it cannot be the one: so one comparison is enough
				may = other
			}
			return rest.after(x, v.Known && v.Text == may)
		}
	case n.Op == cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) bool { v := &x.Fields[i]; return rest.after(x, v.Known && slices.Contains(texts, v.Text)) }
	}
	text := b.text(n)
	return func(x *Ctx) bool { v, ok := text(x); return rest.after(x, ok && slices.Contains(texts, v)) }
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
