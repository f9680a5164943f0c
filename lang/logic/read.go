package logic

import (
	"strconv"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
)

// reading turns a condition into a formula.
type reading struct {
	*World
	at      At
	silence bool // in the long run
}

// What segments and scores stand in each other; a playbook without errors is far from it.
const deepest = 100

// bool reads a condition.
func (r *reading) bool(n *cond.Node) *Formula {
	switch n.Op {
	case cond.ConstBool:
		if n.Num != 0 {
			return True
		}
		return False
	case cond.And:
		return And(r.bool(n.Args[0]), r.bool(n.Args[1]))
	case cond.Or:
		return Or(r.bool(n.Args[0]), r.bool(n.Args[1]))
	case cond.Not:
		return Not(r.bool(n.Args[0]))
	case cond.Segment:
		s := r.segments[n.Name]
		if s == nil || r.depth > deepest {
			return free(n)
		}
		r.depth++
		defer func() { r.depth-- }()
		return r.of(s.Cond, r.at, r.silence)
	case cond.Field, cond.EventField:
		return And(r.isKnown(n), free(n))
	case cond.Known:
		return r.knownField(n.Name)
	case cond.Eq, cond.Lt, cond.Le, cond.Gt, cond.Ge:
		return r.compare(n.Op, n.Args[0], n.Args[1], n)
	case cond.Ne:
		return Not(r.compare(cond.Eq, n.Args[0], n.Args[1], n))
	case cond.In:
		return r.in(n.Args[0], n.Args[1], n)
	case cond.NotIn:
		return Not(r.in(n.Args[0], n.Args[1], n))
	case cond.Call:
		return r.textTest(n)
	}
	return free(n)
}

// compare reads a comparison. What is compared with a literal stands left.
func (r *reading) compare(o cond.Op, l, m, whole *cond.Node) *Formula {
	if isLiteral(l) && !isLiteral(m) {
		l, m, o = m, l, mirrored[o]
	}
	switch {
	case l.Op == cond.Since || l.Op == cond.Until:
		return r.distance(o, l, m.Dur)
	case l.Type == cond.Bool:
		a, b := r.bool(l), r.bool(m)
		return And(r.isKnown(l), r.isKnown(m), Or(And(a, b), And(Not(a), Not(b))))
	case !isLiteral(m):
		return r.pair(o, l, m)
	case isLiteral(l):
		return r.literals(o, l, m, whole)
	}
	switch l.Type {
	case cond.Number:
		return r.number(o, l, m.Num)
	case cond.Date, cond.Time:
		return And(r.isKnown(l), atomOf(operand(l), predicate{sort: moment(l), is: comparisons[o], num: minutes(m)}))
	case cond.Text:
		if o != cond.Eq {
			return And(r.isKnown(l), free(whole))
		}
		return r.text(equals, l, m.Text)
	}
	return And(r.isKnown(l), free(whole))
}

// pair compares two things with each other: the first is less, or equal, or more.
func (r *reading) pair(o cond.Op, l, m *cond.Node) *Formula {
	a, b := operand(l), operand(m)
	if a > b {
		a, b, o = b, a, mirrored[o]
	}
	known := And(r.isKnown(l), r.isKnown(m))
	p := predicate{sort: pair, is: comparisons[o], text: b}
	switch {
	case a != b:
		return And(known, atomOf(a, p))
	case p.of(0):
		return known
	}
	return False
}

var mirrored = map[cond.Op]cond.Op{cond.Eq: cond.Eq, cond.Lt: cond.Gt, cond.Le: cond.Ge, cond.Gt: cond.Lt, cond.Ge: cond.Le}

func isLiteral(n *cond.Node) bool {
	switch n.Op {
	case cond.ConstBool, cond.ConstNumber, cond.ConstText, cond.ConstDate, cond.ConstTime, cond.ConstDuration:
		return true
	}
	return false
}

// minutes are those of a date or time since 1970 on the wall of the contact's zone.
func minutes(n *cond.Node) float64 {
	if n.Op == cond.ConstDate {
		return n.Num * 24 * 60
	}
	return float64(n.Local)
}

func moment(n *cond.Node) sort {
	if n.Type == cond.Date {
		return day
	}
	return instant
}

// literals reads a comparison of two of them.
func (r *reading) literals(o cond.Op, l, m, whole *cond.Node) *Formula {
	switch l.Type {
	case cond.Number:
		return constant(predicate{is: comparisons[o], num: m.Num}.of(l.Num))
	case cond.Date, cond.Time:
		return constant(predicate{is: comparisons[o], num: minutes(m)}.of(minutes(l)))
	case cond.Text:
		if o == cond.Eq {
			return constant(l.Text == m.Text)
		}
	}
	return free(whole)
}

// text reads a text that is compared with a literal.
func (r *reading) text(is relation, l *cond.Node, value string) *Formula {
	p := predicate{sort: text, is: is, text: value}
	switch {
	case l.Op == cond.Phase && r.at.Stage != nil:
		return constant(p.ofText(check.Phases[r.at.Stage.Program.Phase]))
	case l.Op == cond.Phase && is == equals: // none of the six outside of programs
		return atomOf("phase", p)
	case l.Op == cond.OfferAttr && r.at.Offer != nil:
		return And(r.isKnown(l), constant(p.ofText(attribute(r.at.Offer, l.Name))))
	case l.Op == cond.OfferAttr:
		return And(r.isKnown(l), wordOf(l.Name, is, value))
	}
	return And(r.isKnown(l), atomOf(operand(l), p))
}

func wordOf(which string, is relation, value string) *Formula {
	return atomOf("offer", predicate{sort: word, is: is, text: value, which: which})
}

func constant(is bool) *Formula {
	if is {
		return True
	}
	return False
}

// attribute is what `offer.NAME` is; empty when it is unknown.
func attribute(o *check.Offer, name string) string {
	switch name {
	case "intent":
		return o.Intent
	case "kind":
		return o.Kind
	case "channel":
		return o.Channel
	case "topic":
		if o.Topic != nil {
			return o.Topic.Name
		}
	}
	return ""
}

// in reads `x in [a, b]` and `"a" in contact.set`.
func (r *reading) in(l, list, whole *cond.Node) *Formula {
	if list.Op == cond.ListOf {
		any := make([]*Formula, len(list.Args))
		for i, v := range list.Args {
			any[i] = r.compare(cond.Eq, l, v, whole)
		}
		return Or(any...)
	}
	if list.Type == cond.Set && isLiteral(l) {
		return And(r.isKnown(list), atomOf(operand(list)+" has "+l.Text, predicate{is: holds}))
	}
	return And(r.isKnown(l), r.isKnown(list), free(whole))
}

// textTest reads contains, startsWith, endsWith and matches.
func (r *reading) textTest(n *cond.Node) *Formula {
	is, ok := textTests[n.Name]
	if !ok || len(n.Args) != 2 {
		return free(n)
	}
	l, m := n.Args[0], n.Args[1]
	switch {
	case isLiteral(l) && isLiteral(m):
		return constant(predicate{is: is, text: m.Text}.ofText(l.Text))
	case isLiteral(m):
		return r.text(is, l, m.Text)
	}
	return And(r.isKnown(l), r.isKnown(m), free(n))
}

// number reads a number compared with a literal.
func (r *reading) number(o cond.Op, l *cond.Node, value float64) *Formula {
	p := predicate{sort: number, is: comparisons[o], num: value}
	switch l.Op {
	case cond.Sent, cond.Responded:
		p.sort = times
	case cond.Completeness:
		p.sort = share
		return r.completeness(p)
	case cond.Score:
		p.sort = amount
		if s := r.scores[l.Name]; s != nil && r.depth < deepest {
			r.depth++
			defer func() { r.depth-- }()
			return r.score(s, p)
		}
	case cond.Call:
		if of, ok := results[l.Name]; ok {
			p.sort = of
		}
	case cond.Count:
		if r.silence && !l.Dur.IsZero() {
			return constant(p.of(0))
		}
		return atomOf("count("+l.Name+")", predicate{sort: happened, is: p.is, num: value, within: l.Dur})
	}
	return And(r.isKnown(l), atomOf(operand(l), p))
}

// results are the sorts of the functions whose results are not any numbers.
var results = map[string]sort{"len": times, "abs": amount}

// distance reads `since(x)` and `until(x)` compared with a duration, as how far x lies back.
func (r *reading) distance(o cond.Op, n *cond.Node, d calendar.Duration) *Formula {
	x := n.Args[0]
	known := r.isKnown(x)
	if n.Op == cond.Until {
		o = mirrored[o]
	}
	if is, ok := r.stay(o, n, d); ok {
		return is
	}
	if r.silence { // x lies further back than anything
		if o == cond.Gt || o == cond.Ge {
			return known
		}
		return False
	}
	p := predicate{sort: distance, is: comparisons[o], within: d, ahead: n.Op == cond.Until && !d.IsZero()}
	if isPast(x) {
		p.sort = ago
	}
	return And(known, atomOf("since("+operand(x)+")", p))
}

// isPast says whether an instant is never ahead of now.
func isPast(x *cond.Node) bool {
	switch x.Op {
	case cond.StageEntered, cond.ProgramEntered, cond.Last:
		return true
	}
	return x.Op == cond.EventField && x.Name == "at"
}

// stay compares how long the contact has been in its stage, where that is known and comparable.
func (r *reading) stay(o cond.Op, n *cond.Node, d calendar.Duration) (is *Formula, ok bool) {
	if n.Args[0].Op != cond.StageEntered || !r.at.Stay.Known {
		return nil, false
	}
	p, side := predicate{is: comparisons[o]}, 0.0 // of the stay against what it is compared with
	stay, with := signed{r.at.Stay.Duration, false}, signed{d, n.Op == cond.Until && !d.IsZero()}
	switch {
	case stay == with:
	case before(stay, with):
		side = -1
	case before(with, stay):
		side = 1
	default:
		return nil, false
	}
	return constant(p.of(side)), true
}

// isKnown reads whether an operand has a value.
func (r *reading) isKnown(n *cond.Node) *Formula {
	if n.Type == cond.Bool && n.Op != cond.Field && n.Op != cond.EventField {
		return True // what a condition says is always known
	}
	switch n.Op {
	case cond.Field:
		return r.knownField(n.Name)
	case cond.EventField:
		if n.Name == "at" {
			return True
		}
		return atomOf("known("+operand(n)+")", predicate{is: holds})
	case cond.OfferAttr:
		if r.at.Offer != nil {
			return constant(attribute(r.at.Offer, n.Name) != "")
		}
		return Not(wordOf(n.Name, equals, ""))
	case cond.Last:
		return atomOf("count("+n.Name+")", predicate{sort: happened, is: atLeast, num: 1})
	case cond.StageEntered, cond.ProgramEntered, cond.Phase:
		return r.inProgram()
	}
	all := make([]*Formula, len(n.Args), len(n.Args)+1)
	for i, a := range n.Args {
		all[i] = r.isKnown(a)
	}
	if n.Op == cond.Div { // by zero
		all = append(all, atomOf("known("+operand(n)+")", predicate{is: holds}))
	}
	return And(all...)
}

// inProgram reads whether the contact is in a program: then it has a phase, if all programs have one.
func (r *reading) inProgram() *Formula {
	if r.at.Stage != nil {
		return True
	}
	phase := Not(atomOf("phase", predicate{sort: text, is: equals}))
	if r.phased {
		return phase
	}
	return Or(phase, atomOf("in a program", predicate{is: holds}))
}

func (r *reading) knownField(name string) *Formula {
	if name == r.key {
		return True
	}
	return atomOf("known(contact."+name+")", predicate{is: holds})
}

// operand names what is compared, the same for the same thing.
func operand(n *cond.Node) string {
	switch n.Op {
	case cond.Field:
		return "contact." + n.Name
	case cond.EventField:
		return "event." + n.Name
	case cond.Score:
		return "score." + n.Name
	case cond.StageEntered:
		return "stage.entered"
	case cond.ProgramEntered:
		return "program.entered"
	case cond.Phase:
		return "phase"
	case cond.OfferAttr:
		return "offer." + n.Name
	case cond.Sent:
		return "sent(" + n.Name + ")"
	case cond.Responded:
		return "responded(" + n.Name + ")"
	case cond.Last:
		return "last(" + n.Name + ")"
	case cond.Completeness:
		return "completeness"
	case cond.Segment:
		return n.Name
	case cond.Known:
		return "known(contact." + n.Name + ")"
	case cond.ConstText:
		return strconv.Quote(n.Text)
	case cond.ConstDuration:
		return n.Dur.String()
	case cond.ConstBool, cond.ConstNumber, cond.ConstDate:
		return strconv.FormatFloat(n.Num, 'g', -1, 64)
	case cond.ConstTime:
		return strconv.FormatInt(n.Local, 10) + "min"
	}
	args := make([]string, len(n.Args))
	for i, a := range n.Args {
		args[i] = operand(a)
	}
	name := n.Name
	if name == "" {
		name = "op" + strconv.Itoa(int(n.Op))
	}
	if n.Op == cond.Count && !n.Dur.IsZero() {
		args = append(args, n.Dur.String())
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// free is a comparison that nothing is known of.
func free(n *cond.Node) *Formula { return atomOf(operand(n), predicate{is: holds}) }
