package cond

import (
	"cmp"
	"slices"
	"strings"

	"nurture/lang/cond/internal/lex"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Bool checks a condition of a file. It always gives an Expr, whose Root is nil where something was found wrong; the
// diagnostics are in the order of the text, all of them.
func (s *Schema) Bool(file string, text syntax.Cond, see Scope) (*Expr, []diag.Diagnostic) {
	return s.check(file, text, see, nil)
}

// Value checks the expression of `set contact.f = EXPR`, where want is the field, or of `tag EXPR`, where want is a
// text without a name. It is evaluated once, when the rule is taken, so what changes with time may stand anywhere in it.
func (s *Schema) Value(file string, text syntax.Cond, see Scope, want SchemaField) (*Expr, []diag.Diagnostic) {
	return s.check(file, text, see, &want)
}

func (s *Schema) check(file string, text syntax.Cond, see Scope, want *SchemaField) (*Expr, []diag.Diagnostic) {
	s.build()
	if s.Memory != nil {
		return s.Memory.check(file, text, see, want)
	}
	return s.fresh(file, text, see, want)
}

// fresh goes the way of every condition: tokens, their shape, expr's tree, lowering, and expr's own checker.
func (s *Schema) fresh(file string, text syntax.Cond, see Scope, want *SchemaField) (*Expr, []diag.Diagnostic) {
	c := &clause{
		schema: s,
		scope:  see,
		at:     diag.Span{File: file, Start: text.Start, End: text.Start + len(text.Text)},
		text:   text.Text,
	}
	e := &Expr{Span: c.at, Text: text.Text, Root: c.check(want)}
	slices.SortStableFunc(c.names, func(a, b Name) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	e.Names = c.names
	slices.SortStableFunc(c.found, func(a, b *finding) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var diags []diag.Diagnostic
	for _, f := range c.found {
		diags = append(diags, f.Diagnostic)
	}
	if len(diags) > 0 {
		e.Root = nil
	}
	return e, diags
}

func (c *clause) check(want *SchemaField) *Node {
	if len(c.text) > maxText {
		c.whole("NUR205", "this is longer than 10,000 characters; name parts of it with `segment`")
		return nil
	}
	tokens, errors := lex.Scan(c.text)
	c.tokens = tokens
	c.findNames()
	if len(tokens) == 0 {
		c.whole("NUR200", "a condition is missing; write one such as `contact.role == \"it\"`, or `true` for always")
		return nil
	}
	for _, e := range errors {
		at := slices.IndexFunc(tokens, func(t lex.Token) bool { return t.Start == e.Start })
		f := c.report("NUR203", at, at, "%s", e.Message)
		if e.Fix != "" {
			f.fix(e.Fix)
		}
	}
	if !c.checkShape() {
		return nil
	}
	whole := [2]int{0, len(tokens) - 1}
	if len(c.found) == 0 {
		l := c.lowering(whole, want)
		if l == nil {
			return nil
		}
		root := l.root()
		if len(c.found) == 0 && root != nil {
			l.gate(root)
		}
		return root
	}
	// What is wrong in one arm of an `and` or `or` does not hide what is wrong in another.
	if arms := c.arms(); len(arms) > 1 {
		for _, arm := range arms {
			if arm[0] <= arm[1] && c.sound(arm[0], arm[1]) {
				if l := c.lowering(arm, nil); l != nil {
					l.condition(l.tree)
				}
			}
		}
	}
	return nil
}

// whole reports what is wrong with all of the text. The span ends with its first line: a long one would hide the rest.
func (c *clause) whole(code, message string) {
	at := c.at
	if i := strings.IndexAny(c.text, "\r\n"); i >= 0 {
		at.End = at.Start + i
	}
	c.found = append(c.found, &finding{Diagnostic: diag.Diagnostic{Code: code, Span: at, Message: message}})
}
