package compile

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"nurture/lang/calendar"
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

// bool compiles a condition.
func (b *builder) bool(n *cond.Node) boolFn {
	switch n.Op {
	case cond.ConstBool:
		is := n.Num != 0
		return func(*Ctx) bool { return is }
	case cond.Field, cond.EventField:
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
	if l.Op == cond.Field && r.Op == cond.ConstNumber { // the common case, without a closure for each side
		i, k := b.p.FieldIndex(l.Name), r.Num
		return func(x *Ctx) bool { v := &x.Fields[i]; return v.Known && holds(op, order(v.Num, k)) }
	}
	a, c := b.num(l), b.num(r)
	return func(x *Ctx) bool {
		v, ok := a(x)
		w, ok2 := c(x)
		return ok && ok2 && holds(op, order(v, w))
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

func (b *builder) num(n *cond.Node) numFn {
	switch n.Op {
	case cond.ConstNumber:
		k := n.Num
		return func(*Ctx) (float64, bool) { return k, true }
	case cond.Field, cond.EventField:
		v := b.value(n)
		return func(x *Ctx) (float64, bool) { got := v(x); return got.Num, got.Known }
	case cond.Score:
		i := b.score(n.Name)
		return func(x *Ctx) (float64, bool) { return x.Program.ReadScore(x, i), true }
	case cond.Sent, cond.Responded:
		about, answered := b.about(n), n.Op == cond.Responded
		return func(x *Ctx) (float64, bool) { return float64(countSends(x, about, answered)), true }
	case cond.Count:
		e, d := b.p.EventIndex(n.Name), n.Dur
		if d.IsZero() {
			return func(x *Ctx) (float64, bool) { return float64(x.Counts[e].N), true }
		}
		return func(x *Ctx) (float64, bool) { return float64(countWithin(x, e, d)), true }
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
	case cond.Field, cond.EventField:
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

// about says by offer whether sent(x) and responded(x) count it.
func (b *builder) about(n *cond.Node) []bool {
	about := make([]bool, len(b.p.Offers))
	for i, o := range b.p.Offers {
		switch n.Of {
		case cond.AnOffer:
			about[i] = o.Name == n.Name
		case cond.ATopic:
			about[i] = o.Topic != None && b.p.Topics[o.Topic] == n.Name
		case cond.AMap:
			for _, m := range b.pb.Maps {
				if m.Name == n.Name {
					about[i] = inMap(m, o.Name)
				}
			}
		}
	}
	return about
}

func inMap(m *check.Map, offer string) bool {
	for _, row := range m.Rows {
		for _, cell := range row.Cells {
			for _, o := range cell {
				if o.Name == offer {
					return true
				}
			}
		}
	}
	return false
}

func countSends(x *Ctx, about []bool, answered bool) int {
	n := 0
	for i := range x.Sends {
		s := &x.Sends[i]
		if int(s.Offer) < len(about) && about[s.Offer] && (answered && s.Answered || !answered && !s.Unsent) {
			n++
		}
	}
	return n
}

// countWithin is how often an event came in the last d: what came exactly d ago no longer counts.
func countWithin(x *Ctx, event int, d calendar.Duration) int {
	n := 0
	for i := range x.Past {
		h := &x.Past[i]
		if int(h.Event) == event && x.Zone.Add(h.At, d) > x.Now {
			n++
		}
	}
	return n
}

func (b *builder) asked() []int {
	var asked []int
	for i, f := range b.p.Fields {
		if f.Asked != nil {
			asked = append(asked, i)
		}
	}
	return asked
}

func completeness(x *Ctx, asked []int) float64 {
	if len(asked) == 0 {
		return 1
	}
	known := 0
	for _, f := range asked {
		if x.Fields[f].Known {
			known++
		}
	}
	return float64(known) / float64(len(asked))
}

// ReadScore is what a score says now: never below 0.
func (p *Program) ReadScore(x *Ctx, score int) float64 {
	return max(0, p.decayed(x, score, x.Now)+p.counting(x, score))
}

// decayed is the part of a score that events gave, as it is at an instant.
func (p *Program) decayed(x *Ctx, score int, at int64) float64 {
	d := x.Scores[score]
	if halve := p.Scores[score].Halve; halve > 0 && d.V != 0 {
		return d.V * math.Exp2(-float64(at-d.At)/halve)
	}
	return d.V
}

// counting is the part of a score that counts while its conditions are true.
func (p *Program) counting(x *Ctx, score int) float64 {
	sum := 0.0
	for i := range p.Scores[score].When {
		if w := &p.Scores[score].When[i]; w.When.Holds(x) {
			sum += w.Points
		}
	}
	return sum
}

// The values of a set stand in one text, in the order of the declaration.
const setSeparator = "\x1f"

// SetText joins the values of a set.
func SetText(values []string) string { return strings.Join(values, setSeparator) }

// SetValues takes the text of a set apart.
func SetValues(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, setSeparator)
}

// InSet says whether a set's text has a value.
func InSet(set, value string) bool {
	for set != "" {
		var v string
		v, set, _ = strings.Cut(set, setSeparator)
		if v == value {
			return true
		}
	}
	return false
}
