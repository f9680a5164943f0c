package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// The checked playbook says what things mean; where their parts are written stands in the trees.

// block is where a declaration without a name stands.
type block struct {
	word diag.Span // its keyword
	end  diag.Span // empty, in front of its closing brace: a line can be written there
	is   bool      // it is there
}

// blockOf finds the `policy` or `measure`; where there is none, word is the place of the `contact`, which is always there.
func (l *look) blockOf(keyword string) block {
	var b block
	for _, f := range l.Files {
		at := func(s syntax.Span) diag.Span { return diag.Span{File: f.Name, Start: s.Start, End: s.End} }
		found := func(word syntax.Span, d syntax.Decl) block {
			end := syntax.NodeOf(d).End - 1
			return block{word: at(word), end: at(syntax.Span{Start: end, End: end}), is: true}
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *syntax.PolicyDecl:
				if keyword == "policy" {
					return found(d.Keyword, d)
				}
			case *syntax.MeasureDecl:
				if keyword == "measure" {
					return found(d.Keyword, d)
				}
			case *syntax.ContactDecl:
				b.word = at(d.Keyword)
			}
		}
	}
	return b
}

// line writes a line at the end of the block.
func (b block) line(text string) diag.Edit { return diag.Edit{Span: b.end, New: "  " + text + "\n"} }

// declAt is the declaration in which a place lies.
func (l *look) declAt(at diag.Span) syntax.Decl {
	for _, f := range l.Files {
		if f.Name != at.File {
			continue
		}
		i, ok := slices.BinarySearchFunc(f.Decls, at.Start, func(d syntax.Decl, offset int) int {
			switch s := syntax.NodeOf(d).Span; {
			case s.End <= offset:
				return -1
			case s.Start > offset:
				return 1
			}
			return 0
		})
		if ok {
			return f.Decls[i]
		}
	}
	return nil
}

// titleOf is the place of an offer's title, with its quotes; of its name where it has none.
func (l *look) titleOf(o *check.Offer) diag.Span {
	if d, ok := l.declAt(o.Span).(*syntax.OfferDecl); ok && d.Title != nil {
		return diag.Span{File: o.Span.File, Start: d.Title.Start, End: d.Title.End}
	}
	return o.Span
}

// property is the place of a property of an offer; of its name where it does not have it.
func (l *look) property(o *check.Offer, word string) diag.Span {
	if d, ok := l.declAt(o.Span).(*syntax.OfferDecl); ok && d.Body != nil {
		for _, s := range d.Body.Stmts {
			if p, ok := s.(*syntax.OfferStmt); ok && p.Word.Text == word {
				return diag.Span{File: o.Span.File, Start: p.Start, End: p.End}
			}
		}
	}
	return o.Span
}

// sendAt is the tree of a send.
func (l *look) sendAt(s *check.Send) *syntax.SendStmt {
	var found *syntax.SendStmt
	d := l.declAt(s.Span)
	if d == nil {
		return nil
	}
	syntax.Walk(d, func(n syntax.Walked) bool {
		if tree, ok := n.(*syntax.SendStmt); ok && tree.Start == s.Span.Start {
			found = tree
		}
		return found == nil
	})
	return found
}

// inOf and everyOf are the places of a send's `in` and `every`, without these words.
func (l *look) inOf(s *check.Send) diag.Span {
	return l.lengthOf(s, func(t *syntax.SendStmt) *syntax.Duration { return t.In })
}

func (l *look) everyOf(s *check.Send) diag.Span {
	return l.lengthOf(s, func(t *syntax.SendStmt) *syntax.Duration { return t.Every })
}

func (l *look) lengthOf(s *check.Send, which func(*syntax.SendStmt) *syntax.Duration) diag.Span {
	if tree := l.sendAt(s); tree != nil && which(tree) != nil {
		at := which(tree).Span
		return diag.Span{File: s.Span.File, Start: at.Start, End: at.End}
	}
	return s.Span
}
