package compile

import (
	"nurture/lang/calendar"
	"nurture/lang/cond"
)

// turn is where the answer of a since or until changes. since(T) >= D holds from T + D on, until(T) <= D from T - D on; the
// other operators are on the other side of that boundary, or exclude it. So each says whether it is after, or still before.
type turn struct {
	of     *cond.Node // T
	at     timeFn
	length calendar.Duration // D, or less it; and a second where the answer changes right behind the boundary
	after  bool
}

func (b *builder) turn(op cond.Op, n *cond.Node, d calendar.Duration) *turn {
	t := &turn{of: n.Args[0], at: b.instant(n.Args[0]), length: d}
	if n.Op == cond.Until {
		op, t.length = mirrored(op), calendar.Duration{Months: -d.Months, Days: -d.Days, Seconds: -d.Seconds}
	}
	// From here on it reads "now OP boundary".
	t.after = op == cond.Ge || op == cond.Gt
	if op == cond.Gt || op == cond.Le {
		t.length.Seconds++
	}
	return t
}

// turnOf is the turn of a condition that compares a since or until, nil of another.
func (b *builder) turnOf(n *cond.Node) *turn {
	switch n.Op {
	case cond.Lt, cond.Le, cond.Gt, cond.Ge:
	default:
		return nil
	}
	switch l, r := n.Args[0], n.Args[1]; {
	case l.Op == cond.Since || l.Op == cond.Until:
		return b.turn(n.Op, l, r.Dur)
	case r.Op == cond.Since || r.Op == cond.Until:
		return b.turn(mirrored(n.Op), r, l.Dur)
	}
	return nil
}

// between compiles what is asked of one date or time twice, mostly whether it is in some span, with what is to be asked then.
func (b *builder) between(one, other *turn, rest sequel) boolFn {
	i, first, second := b.p.FieldIndex(one.of.Name), calendar.SpanOf(one.length), calendar.SpanOf(other.length)
	unit, after, afterToo := int64(1), one.after, other.after
	if one.of.Type == cond.Date {
		first, second, unit = first.OnWall(), second.OnWall(), 86400
	}
	return func(x *Ctx) bool {
		v := &x.Fields[i]
		from := int64(v.Num) * unit
		return rest.after(x, v.Known && first.Over(x.Zone, from, x.Now) == after && second.Over(x.Zone, from, x.Now) == afterToo)
	}
}

// since compiles a since or until with what is to be asked then. What people ask most about is read here, without a call.
func (b *builder) since(t *turn, rest sequel) boolFn {
	at, span, after := t.at, calendar.SpanOf(t.length), t.after
	switch t.of.Op {
	case cond.StageEntered:
		return func(x *Ctx) bool {
			return rest.after(x, x.InProgram && span.Over(x.Zone, x.StageEntered, x.Now) == after)
		}
	case cond.Field:
		i, unit := b.p.FieldIndex(t.of.Name), int64(1)
		if t.of.Type == cond.Date { // its first moment, in days
			span, unit = span.OnWall(), 86400
		}
		return func(x *Ctx) bool {
			v := &x.Fields[i]
			return rest.after(x, v.Known && span.Over(x.Zone, int64(v.Num)*unit, x.Now) == after)
		}
	case cond.Last:
		e := b.p.EventIndex(t.of.Name)
		return func(x *Ctx) bool {
			c := &x.Counts[e]
			return rest.after(x, c.N > 0 && span.Over(x.Zone, c.Last, x.Now) == after)
		}
	}
	return func(x *Ctx) bool {
		from, ok := at(x)
		return rest.after(x, ok && span.Over(x.Zone, from, x.Now) == after)
	}
}

func (t *turn) next(x *Ctx) int64 {
	if from, ok := t.at(x); ok {
		if turns := x.Zone.Add(from, t.length); turns > x.Now {
			return turns
		}
	}
	return calendar.Never
}
