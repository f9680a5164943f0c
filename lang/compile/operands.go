package compile

import (
	"math"
	"strings"
	"unicode/utf8"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
)

// The operands of conditions, by type: each with whether it is known.

func (b *builder) num(n *cond.Node) numFn {
	switch n.Op {
	case cond.ConstNumber:
		k := n.Num
		return func(*Ctx) (float64, bool) { return k, true }
	case cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) (float64, bool) { v := &x.Fields[i]; return v.Num, v.Known }
	case cond.EventField:
		v := b.value(n)
		return func(x *Ctx) (float64, bool) { got := v(x); return got.Num, got.Known }
	case cond.Score:
		return b.reading(b.score(n.Name))
	case cond.Sent, cond.Responded, cond.Count:
		count := b.count(n, math.MaxInt)
		return func(x *Ctx) (float64, bool) { return float64(count(x)), true }
	case cond.Completeness:
		asked := b.asked()
		return func(x *Ctx) (float64, bool) { return completeness(x, asked), true }
	case cond.Neg:
		v := b.num(n.Args[0])
		return func(x *Ctx) (float64, bool) { got, ok := v(x); return -got, ok }
	case cond.Add, cond.Sub, cond.Mul, cond.Div:
		return arithmetic(n.Op, b.num(n.Args[0]), b.num(n.Args[1]))
	case cond.Call:
		return b.numCall(n)
	}
	panic("compile: not a number")
}

func arithmetic(op cond.Op, l, r numFn) numFn {
	return func(x *Ctx) (float64, bool) {
		a, ok := l(x)
		c, ok2 := r(x)
		if !ok || !ok2 {
			return 0, false
		}
		switch op {
		case cond.Add:
			a += c
		case cond.Sub:
			a -= c
		case cond.Mul:
			a *= c
		default:
			a /= c
		}
		return a, !math.IsNaN(a) && !math.IsInf(a, 0) // a division by zero is unknown
	}
}

func (b *builder) numCall(n *cond.Node) numFn {
	if n.Name == "len" {
		if n.Args[0].Type == cond.Set {
			set := b.value(n.Args[0])
			return func(x *Ctx) (float64, bool) { s := set(x); return float64(len(SetValues(s.Text))), s.Known }
		}
		t := b.text(n.Args[0])
		return func(x *Ctx) (float64, bool) { s, ok := t(x); return float64(utf8.RuneCountInString(s)), ok }
	}
	args := make([]numFn, len(n.Args))
	for i, a := range n.Args {
		args[i] = b.num(a)
	}
	fold := map[string]func(a, b float64) float64{"min": math.Min, "max": math.Max}[n.Name]
	one := map[string]func(float64) float64{"abs": math.Abs, "round": math.Round}[n.Name]
	return func(x *Ctx) (float64, bool) {
		v, ok := args[0](x)
		if !ok {
			return 0, false
		}
		if one != nil {
			return one(v), true
		}
		for _, a := range args[1:] {
			w, ok := a(x)
			if !ok {
				return 0, false
			}
			v = fold(v, w)
		}
		return v, true
	}
}

func (b *builder) text(n *cond.Node) textFn {
	switch n.Op {
	case cond.ConstText:
		k := n.Text
		return func(*Ctx) (string, bool) { return k, true }
	case cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) (string, bool) { v := &x.Fields[i]; return v.Text, v.Known }
	case cond.EventField:
		v := b.value(n)
		return func(x *Ctx) (string, bool) { got := v(x); return got.Text, got.Known }
	case cond.Phase:
		return func(x *Ctx) (string, bool) { return check.Phases[x.Phase], x.InProgram }
	case cond.OfferAttr:
		return offerAttr(n.Name)
	case cond.Add:
		l, r := b.text(n.Args[0]), b.text(n.Args[1])
		return func(x *Ctx) (string, bool) {
			a, ok := l(x)
			c, ok2 := r(x)
			return a + c, ok && ok2
		}
	case cond.Call:
		change := map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace}[n.Name]
		t := b.text(n.Args[0])
		return func(x *Ctx) (string, bool) { s, ok := t(x); return change(s), ok }
	}
	panic("compile: not a text")
}

func offerAttr(name string) textFn {
	return func(x *Ctx) (string, bool) {
		if x.Offer == None {
			return "", false
		}
		o := &x.Program.Offers[x.Offer]
		s := ""
		switch name {
		case "intent":
			s = o.Intent
		case "kind":
			s = o.Kind
		case "channel":
			s = o.Channel
		case "topic":
			if o.Topic != None {
				s = x.Program.Topics[o.Topic]
			}
		}
		return s, s != ""
	}
}

// date compiles an expression of type Date to days since 1970.
func (b *builder) date(n *cond.Node) timeFn {
	if n.Op == cond.ConstDate {
		k := int64(n.Num)
		return func(*Ctx) (int64, bool) { return k, true }
	}
	v := b.value(n)
	return func(x *Ctx) (int64, bool) { got := v(x); return int64(got.Num), got.Known }
}

// instant compiles an expression of type Time or Date; a date is its first moment in the contact's zone.
func (b *builder) instant(n *cond.Node) timeFn {
	if n.Type == cond.Date {
		d := b.date(n)
		return func(x *Ctx) (int64, bool) {
			day, ok := d(x)
			return x.Zone.Start(calendar.Date(day)), ok
		}
	}
	switch n.Op {
	case cond.ConstTime:
		local := n.Local * 60
		return func(x *Ctx) (int64, bool) { return x.Zone.Instant(local), true }
	case cond.StageEntered:
		return func(x *Ctx) (int64, bool) { return x.StageEntered, x.InProgram }
	case cond.ProgramEntered:
		return func(x *Ctx) (int64, bool) { return x.ProgramEntered, x.InProgram }
	case cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) (int64, bool) { v := &x.Fields[i]; return int64(v.Num), v.Known }
	case cond.Last:
		e := b.p.EventIndex(n.Name)
		return func(x *Ctx) (int64, bool) { c := &x.Counts[e]; return c.Last, c.N > 0 }
	}
	v := b.value(n)
	return func(x *Ctx) (int64, bool) { got := v(x); return int64(got.Num), got.Known }
}

// value compiles any expression to a Value of its type.
func (b *builder) value(n *cond.Node) func(*Ctx) Value {
	switch {
	case n.Op == cond.Field:
		i := b.p.FieldIndex(n.Name)
		return func(x *Ctx) Value { return x.Fields[i] }
	case n.Op == cond.EventField:
		return b.eventField(n.Name)
	case n.Op == cond.ListOf:
		return b.set(n)
	case n.Type == cond.Bool:
		is := b.bool(n)
		return func(x *Ctx) Value { return boolValue(is(x)) }
	case n.Type == cond.Number:
		v := b.num(n)
		return func(x *Ctx) Value { f, ok := v(x); return Value{Known: ok, Num: f} }
	case n.Type == cond.Date:
		v := b.date(n)
		return func(x *Ctx) Value { d, ok := v(x); return Value{Known: ok, Num: float64(d)} }
	case n.Type == cond.Time:
		v := b.instant(n)
		return func(x *Ctx) Value { t, ok := v(x); return Value{Known: ok, Num: float64(t)} }
	default:
		v := b.text(n)
		return func(x *Ctx) Value { s, ok := v(x); return Value{Known: ok, Text: s} }
	}
}

// set compiles a list that is to be the value of a set; what is unknown of it is left out.
func (b *builder) set(n *cond.Node) func(*Ctx) Value {
	items := make([]textFn, len(n.Args))
	for i, a := range n.Args {
		items[i] = b.text(a)
	}
	return func(x *Ctx) Value {
		var values []string
		for _, item := range items {
			if s, ok := item(x); ok {
				values = append(values, s)
			}
		}
		return Value{Known: true, Text: SetText(values)}
	}
}

func boolValue(is bool) Value {
	if is {
		return Value{Known: true, Num: 1}
	}
	return Value{Known: true}
}

// eventField reads a field of the event that the condition belongs to. What a message event is about is known from its
// offer; everything else is carried by the event itself.
func (b *builder) eventField(name string) func(*Ctx) Value {
	if name == "at" {
		return func(x *Ctx) Value { return Value{Known: true, Num: float64(x.Event.At)} }
	}
	e := b.event
	for i := range b.p.Events[e].Fields {
		if b.p.Events[e].Fields[i].Name == name {
			return func(x *Ctx) Value { return x.Event.field(e, i) }
		}
	}
	if name == "offer" {
		return func(x *Ctx) Value {
			if o := x.Event.Offer; o >= 0 && o < len(x.Program.Offers) {
				return Value{Known: true, Text: x.Program.Offers[o].Name}
			}
			return Value{}
		}
	}
	return func(x *Ctx) Value { // topic
		if o := x.Event.Offer; o >= 0 && o < len(x.Program.Offers) && x.Program.Offers[o].Topic != None {
			return Value{Known: true, Text: x.Program.Topics[x.Program.Offers[o].Topic]}
		}
		return Value{}
	}
}

// field is unknown where the event that is taken is another than the one that was compiled for.
func (t *Taken) field(event, i int) Value {
	if t.Event != event || i >= len(t.Fields) {
		return Value{}
	}
	return t.Fields[i]
}
