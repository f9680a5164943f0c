package cond

import (
	"slices"

	"nurture/lang/diag"
)

// brackets is the stack of the brackets that stand open; what is outside all of them lies at its bottom.
type brackets []bracket

type bracket struct {
	open     int // its token; -1 outside all brackets
	kind     bracketKind
	commas   int
	not      int // token of the `not` that the arm begins with; -1
	compares int // token of the arm's comparison; -1
}

type bracketKind uint8

const (
	outside bracketKind = iota
	grouping
	arguments
	listing
)

func (s *shape) push(kind bracketKind) {
	s.brackets = append(s.brackets, bracket{open: s.i, kind: kind, not: -1, compares: -1})
	s.group[s.i] = kind == grouping
	s.took(1, false)
}

// closeEmpty takes a closing bracket where a value must stand: right for `f()`, wrong for what else.
func (s *shape) closeEmpty() {
	b := s.top()
	switch {
	case b.kind == outside || closing(b.kind) != s.token().Text:
	case b.open == s.i-1 && b.kind == listing:
		s.report("NUR201", b.open, s.i, "the list is empty; write the values that fit: `[\"a\", \"b\"]`")
	case b.open == s.i-1 && b.kind == grouping:
		s.report("NUR201", b.open, s.i, "the brackets are empty; write a value between them, or delete them")
	case b.open != s.i-1:
		s.reportHere("NUR201", "a value is missing between `%s` and `%s`", s.source(s.i-1, s.i-1), s.token().Text)
	}
	s.close()
}

func closing(k bracketKind) string {
	if k == listing {
		return "]"
	}
	return ")"
}

// close takes a closing bracket; one that is missing before it is reported.
func (s *shape) close() {
	t := s.token()
	depth := len(s.brackets) - 1
	if !slices.ContainsFunc(s.brackets[1:], func(b bracket) bool { return closing(b.kind) == t.Text }) && depth > 0 {
		want := closing(s.top().kind)
		s.reportHere("NUR202", "`%s` is closed by `%s`; write `%s`", s.tokens[s.top().open].Text, t.Text, want).fix(want)
		s.pop()
		return
	}
	for depth > 0 && closing(s.brackets[depth].kind) != t.Text {
		depth--
	}
	if depth == 0 {
		s.reportHere("NUR202", "`%s` closes nothing; delete it", t.Text).fix("")
		s.i++
		s.value = true
		return
	}
	for len(s.brackets)-1 > depth {
		s.unclosed()
	}
	s.pop()
}

// pop leaves the innermost bracket by the current token.
func (s *shape) pop() {
	s.endArm()
	b := s.top()
	s.partner[b.open], s.partner[s.i] = s.i, b.open
	s.group[s.i] = s.group[b.open]
	s.brackets = s.brackets[:len(s.brackets)-1]
	s.took(1, true)
}

// unclosed reports the innermost bracket as never closed, and leaves it.
func (s *shape) unclosed() {
	s.endArm()
	b := s.top()
	s.report("NUR202", b.open, b.open, "`%s` is never closed; write its `%s`", s.tokens[b.open].Text, closing(b.kind))
	s.brackets = s.brackets[:len(s.brackets)-1]
}

// endArm looks back at the arm that ends before the current token.
func (s *shape) endArm() {
	b := s.top()
	if b.not >= 0 && b.compares > b.not {
		last := s.i - 1
		first := b.not
		for s.tokens[first+1].Is("not", "!") {
			first++
		}
		inner := s.source(first+1, last)
		f := s.report("NUR207", b.not, last, "`not` binds to the value behind it, not to the comparison; write `not (%s)`", inner)
		f.edits(diag.Edit{Span: s.bytes(s.tokens[first+1].Start, s.tokens[first+1].Start), New: s.openAfter(first)},
			diag.Edit{Span: s.bytes(s.tokens[last].End, s.tokens[last].End), New: ")"})
	}
	b.not, b.compares = -1, -1
}

// openAfter is the bracket to open behind a `not` or `!`, with a blank where none stands.
func (s *shape) openAfter(not int) string {
	if s.tokens[not].Text == "not" && s.tokens[not].End == s.tokens[not+1].Start {
		return " ("
	}
	return "("
}

// recover goes to the next `and`, `or`, comma or closing bracket of the current brackets, as if a value had ended there.
func (s *shape) recover() {
	b := s.top()
	b.not, b.compares = -1, -1
	depth := 0
	for ; s.i < len(s.tokens); s.i++ {
		t := s.token()
		switch {
		case t.Is("(", "[", "{"):
			depth++
		case depth > 0 && t.Is(")", "]", "}"):
			depth--
		case depth == 0 && (t.Is(joints...) || t.Is(",", ")", "]")):
			s.took(0, true)
			return
		}
	}
	s.took(0, true)
}

// sound says whether nothing was found in a range of tokens, or missed at its end, and its brackets close each other.
func (c *clause) sound(first, last int) bool {
	for i := first; i <= last; i++ {
		if p := c.partner[i]; c.tokens[i].Is("(", ")", "[", "]") && (p < first || p > last || p == i) {
			return false
		}
	}
	return !slices.ContainsFunc(c.found, func(f *finding) bool { return first <= f.first && f.first <= last+1 })
}

// arms are the ranges of tokens between the `and`s and `or`s outside brackets.
func (c *clause) arms() [][2]int {
	var arms [][2]int
	first, depth := 0, 0
	for i, t := range c.tokens {
		switch {
		case t.Is("(", "[", "{"):
			depth++
		case t.Is(")", "]", "}"):
			depth = max(0, depth-1)
		case depth == 0 && t.Is(joints...):
			arms = append(arms, [2]int{first, i - 1})
			first = i + 1
		}
	}
	return append(arms, [2]int{first, len(c.tokens) - 1})
}
