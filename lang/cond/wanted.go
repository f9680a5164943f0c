package cond

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"nurture/lang/calendar"
)

// wanted lowers the expression of `set` or `tag`, and holds it against the field that it is for: its type, and the values
// that it can have, so that no field ever gets one that it cannot have.
func (l *lowering) wanted(n ast.Node) operand {
	w := l.want
	what, d := "contact."+w.Name, l.schema.domain("contact."+w.Name, w)
	if w.Name == "" {
		what = "tag"
	}
	if isNil(n) {
		at := l.at(n)
		l.report("NUR222", at, at, "nothing is set to nil; write `forget contact.%s`", w.Name)
		return l.bad(at, at)
	}
	hint := d
	if hint == nil && w.Kind.Type() == Text {
		hint = &domain{of: what}
	}
	var v operand
	var items []operand
	if list, ok := n.(*ast.ArrayNode); ok {
		v, items = l.list(list, hint)
	} else {
		v = l.value(n, hint)
	}
	if v.Type == Bad || w.Kind == KindUnknown {
		return l.bad(v.first, v.last)
	}
	if v.Type == List && w.Kind == KindSet {
		return l.setOf(v, items, d)
	}
	if v.Type != w.Kind.Type() && !(v.Type == Date && w.Kind == KindTime) {
		f := l.report("NUR222", v.first, v.last, "`%s` is %s, and %s is %s", what, w.Kind.Type(), l.says(v), v.Type)
		l.convert(f, v)
		return l.bad(v.first, v.last)
	}
	if !l.allowed(d, v) || !l.within(what, d, v) {
		return l.bad(v.first, v.last)
	}
	if w.Kind == KindTimezone && v.Op == ConstText {
		if _, err := calendar.LoadZone(v.Text); err != nil {
			l.report("NUR220", v.first, v.last, "there is no time zone %s; write an IANA name such as `\"Europe/Berlin\"`", quoted(shortened(quoteText(v.Text))))
			return l.bad(v.first, v.last)
		}
	}
	return v
}

// setOf makes a literal list the value of a set field.
func (l *lowering) setOf(list operand, items []operand, d *domain) operand {
	ok := true
	for _, item := range items {
		if item.Type != Text {
			l.report("NUR222", item.first, item.last, "the values of a set are texts, and %s is %s", l.says(item), item.Type)
			ok = false
		} else if !l.allowed(d, item) || !l.within("contact."+l.want.Name, d, item) {
			ok = false
		}
	}
	if !ok {
		return l.bad(list.first, list.last)
	}
	list.Type = Set
	return list
}

// within says whether all values that an expression can have are among those of the field.
func (l *lowering) within(what string, d *domain, v operand) bool {
	if d == nil || v.Op == ConstText {
		return true
	}
	if v.domain == nil {
		l.report("NUR220", v.first, v.last, "`%s` has values of its own, and %s can be any text; write the value in quotes, in a rule for each", what, l.says(v))
		return false
	}
	for _, value := range v.domain.values {
		if !slices.Contains(d.values, value) {
			l.report("NUR220", v.first, v.last, "%s can be %s, and `%s` cannot; write the value in quotes, in a rule for each", l.says(v), quoted(shortened(quoteText(value))), what)
			return false
		}
	}
	return true
}

// convert adds what was probably meant by a value of another type.
func (l *lowering) convert(f *finding, v operand) {
	text := ""
	switch {
	case l.want.Kind == KindSet && v.Op == ConstText:
		text = "[" + l.raw(v.first, v.last) + "]"
	case l.want.Kind == KindDate && v.Op == ConstText:
		if d, err := calendar.ParseDate(v.Text); err == nil {
			text = d.String()
		}
	case l.want.Kind.Type() == Text && v.Op == ConstNumber && v.first == v.last:
		text = quoteText(l.raw(v.first, v.last))
	case l.want.Kind == KindDate && v.Type == Time:
		f.Message += "; declare the field as `time`"
	}
	if text != "" {
		f.Message += "; write " + quoted(shortened(text))
		f.fix(text)
	}
}
