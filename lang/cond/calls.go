package cond

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"

	"nurture/lang/cond/internal/lex"
)

// pure are the functions of values alone: what they take, and what they give.
var pure = map[string]struct {
	takes   []Type // any of these
	least   int    // arguments
	most    int
	returns Type
}{
	"lower": {[]Type{Text}, 1, 1, Text},
	"upper": {[]Type{Text}, 1, 1, Text},
	"trim":  {[]Type{Text}, 1, 1, Text},
	"len":   {[]Type{Text, Set}, 1, 1, Number},
	"abs":   {[]Type{Number}, 1, 1, Number},
	"round": {[]Type{Number}, 1, 1, Number},
	"min":   {[]Type{Number}, 2, maxItems, Number},
	"max":   {[]Type{Number}, 2, maxItems, Number},
}

// call lowers a function with its arguments.
func (l *lowering) call(n *ast.CallNode) operand {
	first := l.at(n)
	last := l.partner[first+1]
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		l.report("NUR204", first, first, "nothing is called behind a point; functions stand before their value: `lower(contact.name)`")
		return l.bad(first, last)
	}
	name := callee.Value
	least, most := 1, 1
	if p, ok := pure[name]; ok {
		least, most = p.least, p.most
	} else if name == "count" {
		most = 2
	}
	if !slices.Contains(wordNames(Functions), name) {
		l.unknownFunction(name, first)
		return l.bad(first, last)
	}
	if got := len(n.Arguments); got < least || got > most {
		l.report("NUR215", first, last, "`%s` takes %s, not %d; write %s", name, arity(least, most), got, quoted(signature(name)))
		return l.bad(first, last)
	}
	var v operand
	switch name {
	case "known":
		v = l.known(n.Arguments[0], first, last)
	case "sent":
		v = l.aboutOffers(Sent, name, n.Arguments[0], first, last)
	case "responded":
		v = l.aboutOffers(Responded, name, n.Arguments[0], first, last)
	case "count":
		v = l.count(n.Arguments, first, last)
	case "last":
		v = l.make(Last, Time, first, last)
		if v.Name, ok = l.event(name, n.Arguments[0]); !ok {
			v = l.bad(first, last)
		}
	case "since", "until":
		v = l.elapsed(name, n.Arguments[0], first, last)
	default:
		v = l.pure(name, n.Arguments, first, last)
	}
	return v
}

// arity says how many arguments a function takes.
func arity(least, most int) string {
	switch {
	case most > least+1:
		return "two arguments or more"
	case most > least:
		return "one argument or two"
	default:
		return "one argument"
	}
}

func (l *lowering) unknownFunction(name string, at int) {
	known := slices.ContainsFunc(builtin.Builtins, func(f *builtin.Function) bool { return f.Name == name })
	switch near, ok := l.schema.nearest(name, wordNames(Functions)); {
	case ok:
		l.report("NUR212", at, at, "there is no function `%s`; did you mean `%s`?", name, near).fix(near)
	case known && slices.ContainsFunc(builtin.Builtins, func(f *builtin.Function) bool { return f.Name == name && f.Predicate }):
		l.report("NUR204", at, at, "there are no loops in conditions, so no `%s`; ask `\"value\" in contact.…` or `count(EVENT, 30d)`", name)
	case name == "now" || name == "date" || name == "duration":
		l.report("NUR212", at, at, "there is no `%s` in conditions; write `since(TIME) >= 7d`, `until(TIME) <= 7d`, or a date such as 2026-12-31", name)
	default:
		l.report("NUR212", at, at, "there is no function `%s`; there are %s", name, strings.Join(wordNames(Functions), ", "))
	}
}

func (l *lowering) known(arg ast.Node, first, last int) operand {
	parts, from, to, ok := l.path(arg)
	if !ok || len(parts) != 2 || parts[0] != "contact" {
		f := l.report("NUR216", first+2, last-1, "`known` asks about a field of the contact; write `known(contact.FIELD)`")
		if ok && len(parts) == 1 && l.schema.contact[parts[0]] != nil {
			f.Message = "`known` asks about a field of the contact; write `known(contact." + parts[0] + ")`"
			f.fix("contact." + parts[0])
		}
		return l.bad(first, last)
	}
	field := l.contactField(parts[1], from, to)
	if f := l.schema.contact[parts[1]]; f == nil || field.Type == Bad {
		return l.bad(first, last)
	}
	v := l.make(Known, Bool, first, last)
	v.Name = parts[1]
	return v
}

// aboutOffers lowers sent(x) and responded(x).
func (l *lowering) aboutOffers(op Op, function string, arg ast.Node, first, last int) operand {
	name, from, to, quotes, ok := l.argumentName(arg)
	if !ok {
		l.report("NUR216", first+2, last-1, "`%s` asks about an offer, a topic or a map; write its name: `%s(OFFER)`", function, function)
		return l.bad(first, last)
	}
	of, isThing := l.schema.things[name]
	switch {
	case isThing && quotes:
		l.report("NUR216", from, to, "`%s` stands without quotes here", name).fix(name)
		return l.bad(first, last)
	case isThing:
		v := l.make(op, Number, first, last)
		v.Name, v.Of = name, of
		l.env.use(aThing, name)
		return v
	case l.schema.halfWritten(name):
	case l.schema.is(name) != "":
		l.report("NUR213", from, to, "`%s` is %s; `%s` asks about an offer, a topic or a map", name, l.schema.is(name), function)
	default:
		all := slices.Concat(l.schema.Offers, l.schema.Topics, l.schema.Maps)
		l.suggest(l.report("NUR210", from, to, "there is no offer, topic or map `%s`", name), name, all)
	}
	return l.bad(first, last)
}

// argumentName is a name as an argument, or one that wrongly stands in quotes; names with a point are joined.
func (l *lowering) argumentName(arg ast.Node) (name string, first, last int, quotes, ok bool) {
	if s, isText := arg.(*ast.StringNode); isText {
		return s.Value, l.at(s), l.at(s), true, true
	}
	parts, first, last, ok := l.path(arg)
	if !ok {
		return "", 0, 0, false, false
	}
	if _, literal := lex.Literal(parts[0]); literal {
		return "", 0, 0, false, false
	}
	return strings.Join(parts, "."), first, last, false, true
}

// event is the argument of count and last.
func (l *lowering) event(function string, arg ast.Node) (name string, ok bool) {
	name, from, to, quotes, ok := l.argumentName(arg)
	switch {
	case !ok:
		v := l.node(arg)
		if v.Type != Bad {
			l.report("NUR216", v.first, v.last, "`%s` asks about an event, and %s is %s; write %s", function, l.says(v), v.Type, quoted(signature(function)))
		}
		return "", false
	case l.schema.events[name] != nil && quotes:
		l.report("NUR216", from, to, "`%s` stands without quotes here", name).fix(name)
		return "", false
	case l.schema.events[name] != nil:
		path := strings.Split(name, ".")
		if id, bare := arg.(*ast.IdentifierNode); bare && functions[name] != nil {
			id.Value = "event " + name // expr keeps names and functions in one place, and `sent` is both
			path[0] = id.Value
		}
		l.env.use(anEvent, path...)
		return name, true
	case l.schema.halfWritten(strings.Split(name, ".")[0]):
		return "", false
	case l.schema.is(name) != "":
		l.report("NUR213", from, to, "`%s` is %s; `%s` asks about an event", name, l.schema.is(name), function)
		return "", false
	}
	all := names(l.schema.Events, func(e SchemaEvent) string { return e.Name })
	l.suggest(l.report("NUR210", from, to, "there is no event `%s`", name), name, all)
	return "", false
}

func (l *lowering) count(args []ast.Node, first, last int) operand {
	name, ok := l.event("count", args[0])
	v := l.make(Count, Number, first, last)
	v.Name = name
	if len(args) == 2 {
		window := l.node(args[1])
		switch {
		case window.Type == Bad:
			ok = false
		case window.Op != ConstDuration:
			f := l.report("NUR216", window.first, window.last, "the window of `count` is a duration such as `30d`, and %s is %s", l.says(window), window.Type)
			l.asDays(f, window)
			ok = false
		case window.Dur.IsZero():
			l.report("NUR216", window.first, window.last, "nothing happens within %s; write a longer window such as `30d`", l.says(window))
			ok = false
		default:
			v.Dur, v.Timed = window.Dur, true
		}
	}
	if !ok {
		return l.bad(first, last)
	}
	return v
}

// elapsed lowers since(TIME) and until(TIME).
func (l *lowering) elapsed(name string, arg ast.Node, first, last int) operand {
	at := l.node(arg)
	if at.Type == Bad {
		return l.bad(first, last)
	}
	if !isInstant(at.Type) {
		f := l.report("NUR216", at.first, at.last, "`%s` asks about a date or a time, and %s is %s", name, l.says(at), at.Type)
		if at.Type == Duration {
			f.Message = "`" + name + "` asks about a date or a time; write `" + name + "(TIME) >= " + l.source(at.first, at.last) + "`"
		}
		return l.bad(first, last)
	}
	op := Since
	if name == "until" {
		op = Until
	}
	v := l.make(op, Duration, first, last, at)
	v.Timed = true
	return v
}

func (l *lowering) pure(name string, args []ast.Node, first, last int) operand {
	p := pure[name]
	lowered, ok := make([]operand, len(args)), true
	for i, a := range args {
		v := l.node(a)
		lowered[i] = v
		switch {
		case v.Type == Bad:
			ok = false
		case !slices.Contains(p.takes, v.Type):
			l.report("NUR221", v.first, v.last, "`%s` needs %s, and %s is %s", name, p.takes[0], l.says(v), v.Type)
			ok = false
		case !l.steady(v):
			ok = false
		}
	}
	if !ok {
		return l.bad(first, last)
	}
	v := l.make(Call, p.returns, first, last, lowered...)
	v.Name = name
	return v
}

// pattern checks the right side of matches: a constant regular expression that RE2 takes.
func (l *lowering) pattern(v operand) bool {
	if v.Op != ConstText {
		l.report("NUR224", v.first, v.last, "the regular expression of `matches` is a text in quotes, so that it can be checked; for other texts write `contains`")
		return false
	}
	if len(v.Text) > maxPattern {
		l.report("NUR205", v.first, v.last, "this regular expression is longer than 1,000 characters; write a shorter one")
		return false
	}
	_, err := regexp.Compile(v.Text)
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		l.report("NUR224", v.first, v.last, "this is no regular expression (RE2): %s `%s`", wrong.Code, shortened(wrong.Expr))
	}
	return err == nil
}
