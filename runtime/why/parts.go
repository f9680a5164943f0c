package why

import (
	"strconv"
	"strings"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/lang/cond"
)

// Part is a condition, or a part of one, as it was at an instant.
type Part struct {
	Text  string  // as written
	Holds bool    // it is true
	First bool    // the first part that kept the whole from being what was asked
	Is    []Value // what it compares
	Any   bool    // one of its parts is enough, else all are needed
	Parts []Part  // of `and`, `or` and segments
	// Columns: they are the columns of a map, of which the first that is true counts.
	Columns bool
	Next    int64 // when time alone changes the answer, calendar.Never
}

// Value is something that a condition compares, and what it was.
type Value struct{ Text, Is string }

// parts takes a condition apart: what each part is where the contact stands. event is the one whose fields it may see,
// compile.None.
func (b *book) parts(e *cond.Expr, event int, x *compile.Ctx) *Part {
	if e == nil || e.Root == nil {
		return nil
	}
	a := &apart{b: b, e: e, event: event, x: x}
	part := a.node(e.Root)
	return &part
}

// apart takes one condition apart.
type apart struct {
	b     *book
	e     *cond.Expr
	event int
	x     *compile.Ctx
}

func (a *apart) node(n *cond.Node) Part {
	is := a.b.AskOn(a.event, n)
	p := Part{Text: a.text(n), Holds: is.Holds(a.x), Next: is.Wake(a.x)}
	switch n.Op {
	case cond.And, cond.Or:
		p.Any = n.Op == cond.Or
		for _, arg := range n.Args {
			p.Parts = append(p.Parts, a.spread(arg, n.Op)...)
		}
	case cond.Not:
		p.Parts = []Part{a.node(n.Args[0])}
		if len(p.Parts[0].Parts) == 0 {
			p.Is, p.Parts = p.Parts[0].Is, nil
		}
	case cond.Segment:
		e := a.b.segment(n.Name)
		of := &apart{b: a.b, e: e, event: a.event, x: a.x}
		p.Parts = []Part{of.node(e.Root)}
	default:
		p.Is = a.values(n)
	}
	return p
}

// spread flattens `a and b and c`.
func (a *apart) spread(n *cond.Node, op cond.Op) []Part {
	if n.Op != op {
		return []Part{a.node(n)}
	}
	var parts []Part
	for _, arg := range n.Args {
		parts = append(parts, a.spread(arg, op)...)
	}
	return parts
}

func (a *apart) text(n *cond.Node) string {
	from, to := n.Span.Start-a.e.Span.Start, n.Span.End-a.e.Span.Start
	if from < 0 || to > len(a.e.Text) || from >= to {
		return said(a.e)
	}
	return strings.Join(strings.Fields(a.e.Text[from:to]), " ")
}

// values are the operands of a comparison, literals aside.
func (a *apart) values(n *cond.Node) (all []Value) {
	operands := n.Args
	if len(operands) == 0 {
		operands = []*cond.Node{n}
	}
	for _, o := range operands {
		if o.Op >= cond.ConstBool && o.Op <= cond.ConstDuration || o.Op == cond.ListOf {
			continue
		}
		v := a.b.ValueOn(a.event, o)(a.x)
		switch {
		case o.Op == cond.Known:
			i := a.b.FieldIndex(o.Name)
			all = append(all, Value{"contact." + o.Name, a.b.shownField(i, a.x.Fields[i])})
		case o.Op == cond.Score:
			all = append(all, Value{a.text(o), shown(o.Type, v, a.x.Zone)})
		default:
			all = append(all, Value{a.text(o), shown(o.Type, v, a.x.Zone)})
			if len(o.Args) > 0 && o.Op != cond.Since && o.Op != cond.Until { // of a sum or a function what it is made of
				all = append(all, a.values(o)...)
			}
		}
	}
	return all
}

func (b *book) shownField(field int, v compile.Value) string {
	if !v.Known {
		return "unknown"
	}
	return strconv.Quote(b.Fields[field].Format(v))
}

// shown writes a value for a person.
func shown(t cond.Type, v compile.Value, zone *calendar.Zone) string {
	if !v.Known {
		return "unknown"
	}
	switch t {
	case cond.Bool:
		if v.Num != 0 {
			return "yes"
		}
		return "no"
	case cond.Number:
		return Number(v.Num)
	case cond.Duration:
		return length(v.Num)
	case cond.Date:
		return calendar.Date(v.Num).String()
	case cond.Time:
		return Clock(int64(v.Num), zone)
	case cond.Set:
		return strings.Join(compile.SetValues(v.Text), ", ")
	}
	return strconv.Quote(v.Text)
}

// Number writes a number with as few digits as say it.
func Number(n float64) string {
	text := strconv.FormatFloat(n, 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// length writes seconds as somebody would say them: the largest unit, and the next where there is some of it.
func length(seconds float64) string {
	sign, n := "", int64(seconds)
	if n < 0 {
		sign, n = "-", -n
	}
	units := []struct {
		name string
		is   int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	for i, u := range units {
		if n < u.is && i < len(units)-1 {
			continue
		}
		text := strconv.FormatInt(n/u.is, 10) + u.name
		if i+1 < len(units) {
			if rest := n % u.is / units[i+1].is; rest > 0 {
				text += " " + strconv.FormatInt(rest, 10) + units[i+1].name
			}
		}
		return sign + text
	}
	return sign + "0s"
}

// span writes a duration as most write it: in days where it has any, never in weeks.
func span(d calendar.Duration) string {
	if d.Days != 0 && d.Months == 0 && d.Seconds == 0 {
		return strconv.Itoa(int(d.Days)) + "d"
	}
	return d.String()
}

// Clock is an instant on the wall of a time zone.
func Clock(t int64, z *calendar.Zone) string {
	if z == nil {
		z = calendar.UTC
	}
	at := time.Unix(z.Local(t), 0).UTC()
	if at.Second() != 0 {
		return at.Format("2006-01-02 15:04:05")
	}
	return at.Format("2006-01-02 15:04")
}

// mark marks the first part that kept a condition from being true.
func (p *Part) mark() {
	for i := range p.Parts {
		if part := &p.Parts[i]; !part.Holds && !p.Any {
			part.First = true
			part.mark()
			return
		}
	}
}
