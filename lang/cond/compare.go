package cond

import (
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"nurture/lang/calendar"
	"nurture/lang/cond/internal/lex"
)

var comparisonOps = map[string]Op{"==": Eq, "!=": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge}

// mirrored is the operator that says the same with its operands exchanged.
var mirrored = map[Op]Op{Eq: Eq, Ne: Ne, Lt: Gt, Le: Ge, Gt: Lt, Ge: Le}

// compare lowers == != < <= > >=. What is constant, or stands still while the other side changes with time, comes to
// stand on the right.
func (l *lowering) compare(n *ast.BinaryNode) operand {
	if isNil(n.Left) || isNil(n.Right) {
		return l.nilComparison(n)
	}
	var left, right operand
	if l.bare(n.Left) && !l.bare(n.Right) {
		right = l.node(n.Right)
		left = l.value(n.Left, l.hint(right))
	} else {
		left = l.node(n.Left)
		right = l.value(n.Right, l.hint(left))
	}
	op := comparisonOps[n.Operator]
	first, last := left.first, right.last
	ok := left.Type != Bad && right.Type != Bad
	switch {
	case !ok:
	case left.Type == Duration || right.Type == Duration:
		ok = l.durations(&op, &left, &right, l.at(n))
	case left.Type == Text && right.Type == Text:
		ok = l.texts(op, left, right)
	case left.Type == Bool && right.Type == Bool:
		if op != Eq && op != Ne {
			l.report("NUR221", first, last, "what is yes or no has no order; write `==` or `!=`")
			ok = false
		} else if v, done := l.boolConstant(op, left, right); done {
			return v
		}
	case left.Type == Number && right.Type == Number:
		ok = l.changing(&op, &left, &right)
	case isInstant(left.Type) && isInstant(right.Type):
	default:
		l.mismatch(n.Operator, left, right)
		ok = false
	}
	if !ok {
		return l.bad(first, last)
	}
	if constant(left) && !constant(right) {
		left, right, op = right, left, mirrored[op]
	}
	return l.make(op, Bool, first, last, left, right)
}

func isNil(n ast.Node) bool     { _, ok := n.(*ast.NilNode); return ok }
func isInstant(t Type) bool     { return t == Date || t == Time }
func constant(v operand) bool   { return v.Op <= ConstDuration }
func quoteText(s string) string { return strconv.Quote(s) }

// bare says whether a node is a name alone that means nothing in a condition: often a text without its quotes.
func (l *lowering) bare(n ast.Node) bool {
	id, ok := n.(*ast.IdentifierNode)
	if !ok {
		return false
	}
	_, literal := lex.Literal(id.Value)
	return !literal && id.Value != "phase" && id.Value != "completeness" && l.schema.segments[id.Value] == nil
}

// hint is what a bare name on the other side of a comparison may be meant as; nil when it can be no text.
func (l *lowering) hint(v operand) *domain {
	switch {
	case v.domain != nil:
		return v.domain
	case v.Type == Text:
		return &domain{of: l.source(v.first, v.last)}
	}
	return nil
}

// value lowers one side of a comparison. A bare name that fits the other side was meant as a text.
func (l *lowering) value(n ast.Node, d *domain) operand {
	if d == nil || !l.bare(n) {
		return l.node(n)
	}
	at, word := l.at(n), n.(*ast.IdentifierNode).Value
	write := ""
	if near, ok := l.schema.nearest(word, d.values); slices.Contains(d.values, word) || d.values == nil && l.schema.is(word) == "" {
		write = word
	} else if ok {
		write = near
	}
	if write == "" {
		return l.node(n)
	}
	if l.eventHas(word) && !slices.Contains(d.values, word) {
		return l.node(n)
	}
	l.report("NUR225", at, at, "a text stands in quotes; write `%s`", quoteText(write)).fix(quoteText(write))
	return l.bad(at, at)
}

// allowed says whether a constant text is among the values that the other side can have.
func (l *lowering) allowed(d *domain, v operand) bool {
	if d == nil || v.Op != ConstText {
		return true
	}
	l.named(d.is, d.of, v)
	if slices.Contains(d.values, v.Text) {
		return true
	}
	f := l.report("NUR220", v.first, v.last, "`%s` is never %s", shortened(d.of), quoted(shortened(quoteText(v.Text))))
	l.suggestAs(f, v.Text, d.values, quoteText)
	return false
}

// texts checks a comparison of two texts.
func (l *lowering) texts(op Op, left, right operand) bool {
	d := left.domain
	if d == nil {
		d = right.domain
	}
	if op != Eq && op != Ne && d != nil {
		l.report("NUR221", left.first, right.last, "the values of `%s` have no order; write `%s in [\"…\", \"…\"]`", shortened(d.of), shortened(d.of))
		return false
	}
	l.freeWord(left, right)
	l.freeWord(right, left)
	ok := l.allowed(left.domain, right)
	return l.allowed(right.domain, left) && ok
}

// boolConstant makes of `x == true` what it says, x or its opposite. A field is left as it is: unlike the field itself,
// a comparison with an unknown one is false either way.
func (l *lowering) boolConstant(op Op, left, right operand) (operand, bool) {
	v, k := left, right
	if constant(left) {
		v, k = right, left
	}
	if !constant(k) || v.Op == Field || v.Op == EventField {
		return operand{}, false
	}
	if (k.Num != 0) != (op == Eq) {
		return l.make(Not, Bool, left.first, right.last, v), true
	}
	v.first, v.last = left.first, right.last
	return v, true
}

// nilComparison reports a comparison with nil, and how to ask whether something is known.
func (l *lowering) nilComparison(n *ast.BinaryNode) operand {
	sides := [2]operand{}
	for i, side := range []ast.Node{n.Left, n.Right} {
		if isNil(side) {
			sides[i] = l.bad(l.at(side), l.at(side))
		} else {
			sides[i] = l.node(side)
		}
	}
	first, last := sides[0].first, sides[1].last
	v := sides[0]
	if isNil(n.Left) {
		v = sides[1]
	}
	if v.Type == Bad && !(isNil(n.Left) && isNil(n.Right)) {
		return l.bad(first, last)
	}
	unknown, known := "", ""
	switch {
	case v.Type == Bad:
	case v.Op == Field:
		known = "known(contact." + v.Name + ")"
		unknown = "not " + known
	case v.Op == Last:
		known, unknown = "count("+v.Name+") >= 1", "count("+v.Name+") == 0"
	}
	f := l.report("NUR223", first, last, "nothing is ever compared with nil: an unknown value makes a comparison false")
	write := map[string]string{"==": unknown, "!=": known}[n.Operator]
	if write != "" {
		f.Message = "nothing is ever compared with nil; write " + quoted(write)
		f.fix(write)
	}
	return l.bad(first, last)
}

// mismatch reports two sides of different types, and what was probably meant.
func (l *lowering) mismatch(operator string, left, right operand) {
	v, k := left, right
	if constant(left) && !constant(right) {
		v, k = right, left
	}
	f := l.report("NUR221", left.first, right.last, "%s is %s, and %s is %s: they cannot be compared", l.says(left), left.Type, l.says(right), right.Type)
	name := l.source(v.first, v.last)
	equals := operator == "==" || operator == "!="
	at := l.span(k.first, k.last)
	instead := func(text string) {
		f.Span = at
		f.Message = l.says(v) + " is " + v.Type.String() + "; write " + quoted(shortened(text))
		f.fix(text)
	}
	switch {
	case v.Type == Bool && constant(k) && equals:
		f.Message = l.says(v) + " is yes or no; write " + quoted(name) + " or " + quoted("not "+name)
		yes := k.Op == ConstText && slices.Contains([]string{"yes", "true", "1", "y"}, strings.ToLower(k.Text)) || k.Op == ConstNumber && k.Num == 1
		if yes && operator == "==" {
			f.fix(l.raw(v.first, v.last))
		}
	case v.Type == Set && equals:
		if k.Type == Text {
			f.Message = l.says(v) + " is a set; write " + quoted(l.source(k.first, k.last)+" in "+name)
		} else {
			f.Message = l.says(v) + " is a set; ask for one value at a time: " + quoted("\"…\" in "+name)
		}
	case k.Type == List && equals || v.Type == List && equals:
		f.Message = "a list is not compared; write " + quoted(name+" in […]")
		if k.Type == List && k.first > v.last {
			in := map[string]string{"==": "in", "!=": "not in"}[operator]
			f.Message = "a list is not compared; write " + quoted(in)
			f.Span = l.span(v.last+1, v.last+1)
			f.fix(in)
		}
	case v.Type == Number && k.Op == ConstText:
		if _, err := strconv.ParseFloat(k.Text, 64); err == nil {
			instead(k.Text)
		}
	case v.Type == Text && k.Op == ConstNumber:
		instead(quoteText(l.raw(k.first, k.last)))
	case isInstant(v.Type) && k.Op == ConstText:
		if d, err := calendar.ParseDate(k.Text); err == nil {
			instead(d.String())
		} else {
			f.Message += "; a date is written 2026-12-31, without quotes"
		}
	case isInstant(v.Type) && k.Type == Number:
		f.Message += "; write a date such as 2026-12-31, or ask `since(" + name + ") >= 7d`"
	}
}

// in lowers `x in [a, b]` and `x in contact.SET`.
func (l *lowering) in(n *ast.BinaryNode) operand {
	var left, right operand
	var items []operand
	if list, ok := n.Right.(*ast.ArrayNode); ok {
		left = l.node(n.Left)
		right, items = l.list(list, l.hint(left))
	} else {
		right = l.node(n.Right)
		left = l.value(n.Left, l.hint(right))
	}
	if left.Type == Bad || right.Type == Bad {
		return l.bad(left.first, right.last)
	}
	ok := l.steady(left)
	switch {
	case right.Type == Set:
		return l.inSet(left, right, left.first, right.last)
	case right.Type == List:
		ok = l.inList(left, items) && ok
	case right.Type == Text:
		l.report("NUR221", left.first, right.last, "right of `in` stands a list or a set; for a part of a text write `%s contains %s`",
			l.source(right.first, right.last), l.source(left.first, left.last))
		ok = false
	default:
		l.report("NUR221", right.first, right.last, "right of `in` stands a list such as `[\"a\", \"b\"]` or a set, and %s is %s", l.says(right), right.Type)
		ok = false
	}
	if !ok {
		return l.bad(left.first, right.last)
	}
	return l.make(In, Bool, left.first, right.last, left, right)
}

func (l *lowering) inList(left operand, items []operand) bool {
	switch left.Type {
	case Text, Number, Date, Time:
	case Set:
		l.report("NUR221", left.first, left.last, "%s is a set; ask for one value at a time: `\"…\" in %s`", l.says(left), l.source(left.first, left.last))
		return false
	default:
		l.report("NUR221", left.first, left.last, "%s is %s; left of `in` stands a text, a number, a date or a time", l.says(left), left.Type)
		return false
	}
	ok := true
	for _, item := range items {
		l.freeWord(left, item)
		switch {
		case item.Type != left.Type && !(isInstant(item.Type) && isInstant(left.Type)):
			l.report("NUR221", item.first, item.last, "%s is %s, and %s is %s", l.says(left), left.Type, l.says(item), item.Type)
			ok = false
		case !l.allowed(left.domain, item):
			ok = false
		}
	}
	return ok
}

func (l *lowering) inSet(value, set operand, first, last int) operand {
	if value.Type != Text {
		l.report("NUR221", value.first, value.last, "the values of %s are texts, and %s is %s", l.says(set), l.says(value), value.Type)
		return l.bad(first, last)
	}
	if !l.allowed(set.domain, value) {
		return l.bad(first, last)
	}
	return l.make(In, Bool, first, last, value, set)
}

// textTest lowers contains, startsWith, endsWith and matches. A set that contains a value is `value in set`.
func (l *lowering) textTest(n *ast.BinaryNode) operand {
	left := l.node(n.Left)
	right := l.value(n.Right, l.hint(left))
	first, last := left.first, right.last
	switch {
	case left.Type == Bad || right.Type == Bad:
	case left.Type == Set && n.Operator == "contains":
		n.Operator, n.Left, n.Right = "in", n.Right, n.Left
		return l.inSet(right, left, first, last)
	case left.Type != Text:
		l.report("NUR221", left.first, left.last, "`%s` asks about a text, and %s is %s", n.Operator, l.says(left), left.Type)
	case right.Type != Text:
		l.report("NUR221", right.first, right.last, "`%s` needs a text behind it, and %s is %s", n.Operator, l.says(right), right.Type)
	case n.Operator == "matches" && !l.pattern(right):
	default:
		v := l.make(Call, Bool, first, last, left, right)
		v.Name = n.Operator
		return v
	}
	return l.bad(first, last)
}
