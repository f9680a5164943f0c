package cond

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// domain is the values that a text can have, when it cannot be any text.
type domain struct {
	of     string // what it belongs to, in words: "contact.role", "a phase"
	values []string
	is     Named // what a value names; 0 where the values are words of the language
}

// name lowers a name that stands alone.
func (l *lowering) name(name string, at int) operand {
	switch {
	case name == "phase":
		v := l.make(Phase, Text, at, at)
		v.domain = &domain{of: "phase", values: phases}
		l.env.use(exprType(Text), name)
		return v
	case name == "completeness":
		l.env.use(exprType(Number), name)
		return l.make(Completeness, Number, at, at)
	case l.schema.segments[name] != nil:
		v := l.make(Segment, Bool, at, at)
		v.Name, v.Timed = name, l.schema.clock(name)
		l.env.use(exprType(Bool), name)
		return v
	case l.schema.halfWritten(name):
		return l.bad(at, at)
	}
	l.unknownName(name, at)
	return l.bad(at, at)
}

// unknownName reports a name that cannot stand alone.
func (l *lowering) unknownName(name string, at int) {
	example := map[string]string{
		"contact": "`contact.FIELD`", "event": "`event.FIELD`", "score": "`score.NAME`", "stage": "`stage.entered`",
		"program": "`program.entered`", "offer": "`offer.intent`, `offer.topic`, `offer.kind` or `offer.channel`",
	}[name]
	if example != "" {
		l.report("NUR211", at, at, "`%s` is no value by itself; write %s", name, example)
		return
	}
	if l.eventHas(name) {
		l.report("NUR213", at, at, "`%s` is a field of the event; write `event.%s`", name, name).fix("event." + name)
		return
	}
	switch what := l.schema.is(name); what {
	case "":
		if slices.Contains(wordNames(Functions), name) {
			l.report("NUR213", at, at, "`%s` is a function; write %s", name, quoted(signature(name)))
			return
		}
		candidates := append(names(l.schema.Segments, func(s SchemaSegment) string { return s.Name }), "phase", "completeness", "true", "false")
		f := l.report("NUR210", at, at, "there is no `%s`", name)
		if near, ok := l.schema.nearest(name, candidates); ok {
			f.Message += "; did you mean " + quoted(near) + "?"
			f.fix(near)
		} else {
			f.Message += "; a name alone is a segment, a text stands in quotes: `\"" + name + "\"`"
		}
	case "a field of the contact":
		l.report("NUR213", at, at, "`%s` is %s; write `contact.%s`", name, what, name).fix("contact." + name)
	case "a score":
		l.report("NUR213", at, at, "`%s` is %s; write `score.%s`", name, what, name).fix("score." + name)
	case "an event":
		l.report("NUR213", at, at, "`%s` is %s; write `count(%s) >= 1` or `last(%s)`", name, what, name, name)
	case "an offer", "a topic", "a map":
		l.report("NUR213", at, at, "`%s` is %s; write `sent(%s) >= 1` or `responded(%s) >= 1`, or put it in quotes to compare with it", name, what, name, name)
	default:
		l.report("NUR213", at, at, "`%s` is %s, which says nothing in a condition; ask `phase`, `stage.entered` or a segment", name, what)
	}
}

func signature(function string) string {
	i := slices.IndexFunc(Functions, func(w Word) bool { return w.Name == function })
	return Functions[i].Signature
}

// path takes names joined by dots apart; first and last are their tokens.
func (l *lowering) path(n ast.Node) (parts []string, first, last int, ok bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		at := l.at(n)
		return []string{n.Value}, at, at, true
	case *ast.MemberNode:
		name, isName := n.Property.(*ast.StringNode)
		parts, first, _, ok := l.path(n.Node)
		if !ok || !isName {
			return nil, 0, 0, false
		}
		return append(parts, name.Value), first, l.at(n), true
	}
	return nil, 0, 0, false
}

// member lowers a name with dots.
func (l *lowering) member(n *ast.MemberNode) operand {
	parts, first, last, ok := l.path(n)
	if !ok {
		at := l.at(n)
		l.report("NUR204", at, at, "nothing can be taken out of this value; a point stands only in names such as `contact.role`")
		return l.bad(at, at)
	}
	root, name := parts[0], parts[1]
	if len(parts) > 2 {
		l.report("NUR211", first, last, "%s has a point too many; names have two parts, such as `contact.role`", quoted(strings.Join(parts, ".")))
		return l.bad(first, last)
	}
	switch root {
	case "contact":
		return l.contactField(name, first, last)
	case "event":
		return l.eventField(name, first, last)
	case "score":
		return l.score(name, first, last)
	case "offer":
		return l.offerAttribute(name, first, last)
	case "stage", "program":
		if name != "entered" {
			f := l.report("NUR211", last, last, "`%s` has no `%s`; there is `%s.entered`", root, name, root)
			if near, ok := l.schema.nearest(name, []string{"entered"}); ok {
				f.fix(near)
			}
			return l.bad(first, last)
		}
		l.env.use(exprType(Time), root, name)
		if root == "stage" {
			return l.make(StageEntered, Time, first, last)
		}
		return l.make(ProgramEntered, Time, first, last)
	}
	whole := root + "." + name
	switch {
	case l.schema.events[whole] != nil:
		l.report("NUR213", first, last, "`%s` is an event; write `count(%s) >= 1` or `last(%s)`", whole, whole, whole)
	case l.schema.halfWritten(root):
	default:
		if what := l.schema.is(root); what != "" {
			l.report("NUR211", first, last, "`%s` is %s and has no `%s`", root, what, name)
			break
		}
		roots := []string{"contact", "event", "score", "stage", "program", "offer"}
		l.suggest(l.report("NUR210", first, first, "there is no `%s`", root), root, roots)
	}
	return l.bad(first, last)
}

// declared lowers a field of the contact or of an event; root is how it is reached.
func (l *lowering) declared(op Op, root string, f *SchemaField, first, last int) operand {
	if f.Kind == KindUnknown {
		return l.bad(first, last)
	}
	v := l.make(op, f.Kind.Type(), first, last)
	v.Name = f.Name
	l.env.use(exprType(v.Type), root, f.Name)
	v.domain = l.schema.domain(root+"."+f.Name, f)
	return v
}

// domain is the values that a field can have; nil when they are not limited or not known.
func (s *Schema) domain(of string, f *SchemaField) *domain {
	d := &domain{of, f.Values, NamesValue}
	switch f.Kind {
	case KindTopic:
		d.values, d.is = s.Topics, NamesTopic
	case KindOffer:
		d.values, d.is = s.Offers, NamesOffer
	case KindEnum, KindSet:
	default:
		return nil
	}
	if len(d.values) == 0 {
		return nil
	}
	return d
}

func (l *lowering) contactField(name string, first, last int) operand {
	f := l.schema.contact[name]
	if f == nil {
		if !l.schema.halfWritten(name) {
			l.suggest(l.report("NUR211", last, last, "the contact has no field `%s`", name), name, fieldNames(l.schema.Contact))
		}
		return l.bad(first, last)
	}
	return l.declared(Field, "contact", f, first, last)
}

// eventHas says whether all the events of the place have a field of this name.
func (l *lowering) eventHas(name string) bool {
	for _, of := range l.scope.Events {
		if e := l.schema.events[of]; e == nil || e.field(name) == nil {
			return false
		}
	}
	return len(l.scope.Events) > 0
}

// eventField lowers event.NAME: a field that all the events of the place have.
func (l *lowering) eventField(name string, first, last int) operand {
	if len(l.scope.Events) == 0 {
		l.report("NUR214", first, last, "there is no event here; `event.…` stands in rules that begin with `on EVENT`, and in `+5 on EVENT where …` of a score")
		return l.bad(first, last)
	}
	if name == "at" {
		v := l.make(EventField, Time, first, last)
		v.Name = name
		l.env.use(exprType(Time), "event", name)
		return v
	}
	var found *SchemaField
	for _, of := range l.scope.Events {
		e := l.schema.events[of]
		if e == nil {
			return l.bad(first, last)
		}
		f := e.field(name)
		switch {
		case f == nil && l.schema.halfWritten(name):
			return l.bad(first, last)
		case f == nil:
			l.suggest(l.report("NUR211", last, last, "the event `%s` has no field `%s`", of, name), name, append(fieldNames(e.Fields), "at"))
			return l.bad(first, last)
		case found != nil && found.Kind.Type() != f.Kind.Type():
			l.report("NUR211", last, last, "`%s` is %s of one of these events, and %s of another; write a line for each", name, found.Kind.Type(), f.Kind.Type())
			return l.bad(first, last)
		}
		if found == nil {
			found = f
		}
	}
	return l.declared(EventField, "event", found, first, last)
}

func (l *lowering) score(name string, first, last int) operand {
	if l.schema.scores[name] == nil {
		if !l.schema.halfWritten(name) {
			l.suggest(l.report("NUR211", last, last, "there is no score `%s`", name), name, names(l.schema.Scores, func(s SchemaScore) string { return s.Name }))
		}
		return l.bad(first, last)
	}
	v := l.make(Score, Number, first, last)
	v.Name, v.Timed = name, l.schema.clock("score."+name)
	l.env.use(exprType(Number), "score", name)
	return v
}

func (l *lowering) offerAttribute(name string, first, last int) operand {
	if !l.scope.Offer {
		l.report("NUR214", first, last, "there is no offer here; `offer.…` stands in `never` and in `send … where`")
		return l.bad(first, last)
	}
	if !slices.Contains(offerAttributes, name) {
		l.suggest(l.report("NUR211", last, last, "`offer` has no `%s`", name), name, offerAttributes)
		return l.bad(first, last)
	}
	v := l.make(OfferAttr, Text, first, last)
	v.Name = name
	l.env.use(exprType(Text), "offer", name)
	switch {
	case name == "intent":
		v.domain = &domain{of: "offer.intent", values: intents}
	case name == "topic" && len(l.schema.Topics) > 0:
		v.domain = &domain{"offer.topic", l.schema.Topics, NamesTopic}
	}
	return v
}
