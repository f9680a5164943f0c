package lsp

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// A condition can be made a segment, which has a name, and a segment can be written out where it stands.

// extraction offers to make a segment of the selected part of a condition, or of all of it.
func extraction(at *scene) []action {
	e := at.Playbook.ConditionAt(at.at.File, at.at.Start)
	if e == nil || e.Root == nil || at.at.End > e.Span.End {
		return nil
	}
	part, span := e.Root, e.Span
	if at.at.Start < at.at.End && at.at != e.Span {
		if part = smallest(e.Root, at.at); part != nil && part != e.Root {
			span = part.Span
		}
	}
	if part == nil || part.Type != cond.Bool || part.Op == cond.Segment || part.Op == cond.ConstBool || !portable(part) {
		return nil
	}
	path := at.around(e.Span.File, e.Span.Start)
	if len(path) == 0 {
		return nil
	}
	switch path[len(path)-1].(type) {
	case *syntax.SegmentDecl:
		if part == e.Root { // it is one already
			return nil
		}
	case *syntax.SetStmt, *syntax.TagStmt: // these may say what a segment may not
		return nil
	}
	text := at.Text(span)
	if strings.ContainsAny(text, "\r\n") && part != e.Root { // what the brackets around it held together
		text = "(" + text + ")"
	}
	name := at.free(nameOf(part))
	return []action{{
		title: fmt.Sprintf("Extract a segment `%s`", name), kind: protocol.RefactorExtract,
		edits: []diag.Edit{{Span: span, New: name}, at.declare(at.at.File, "segment "+name+" = "+text)},
	}}
}

// smallest is the smallest part of a condition that holds or fails, and that a selection stands in.
func smallest(n *cond.Node, at diag.Span) (part *cond.Node) {
	cond.Walk(n, func(n *cond.Node) bool {
		if n != part && (n.Span.Start > at.Start || n.Span.End < at.End) {
			return false
		}
		if n.Type == cond.Bool {
			part = n
		}
		return true
	})
	return part
}

// portable says whether a part of a condition means the same in a segment, which sees no event and no offer.
func portable(n *cond.Node) bool {
	ok := true
	cond.Walk(n, func(n *cond.Node) bool {
		ok = ok && n.Op != cond.EventField && n.Op != cond.OfferAttr
		return ok
	})
	return ok
}

// mostWords bounds the name made of a condition.
const mostWords = 3

// nameOf makes a name of what a condition speaks of: `contact.role == "it"` is role_it.
func nameOf(n *cond.Node) string {
	var words []string
	add := func(text string) {
		for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(words) < mostWords {
				words = append(words, w)
			}
		}
	}
	cond.Walk(n, func(n *cond.Node) bool {
		switch n.Op {
		case cond.Not, cond.Ne, cond.NotIn:
			add("not")
		case cond.Sent:
			add("sent")
		case cond.Responded:
			add("responded")
		case cond.ConstText:
			add(n.Text)
		}
		add(n.Name)
		return true
	})
	name := strings.Join(words, "_")
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsLetter(first) {
		name = strings.TrimRight("people_"+name, "_")
	}
	return name
}

// free is a name that nothing in the playbook has: the given one, or one with a number.
func (s *Snapshot) free(name string) string {
	taken := map[string]bool{}
	for _, u := range s.Playbook.Uses() {
		taken[u.Name] = true
	}
	for _, e := range s.Playbook.Events {
		taken[e.Name] = true
	}
	for i := 1; ; i++ {
		candidate := name
		if i > 1 {
			candidate = fmt.Sprintf("%s_%d", name, i)
		}
		if !taken[candidate] && declarable(candidate) {
			return candidate
		}
	}
}

// inlining offers to write a segment out: where the cursor is, and from its declaration wherever it stands.
func inlining(at *scene) []action {
	for _, u := range at.Playbook.UsesAt(at.at.File, at.at.Start) {
		if u.Kind != check.ASegment {
			continue
		}
		decl := at.segmentDecl(u.Name)
		if decl == nil || decl.tree.Cond == nil || decl.tree.Bad || at.segment(u.Name).Cond == nil || at.segment(u.Name).Cond.Root == nil {
			return nil
		}
		if u.Declares {
			return at.inlineAll(u, decl)
		}
		if e, ok := at.inlined(u.Span, decl); ok {
			return []action{{
				title: fmt.Sprintf("Inline the segment `%s` here", u.Name), kind: protocol.RefactorInline, edits: []diag.Edit{e},
			}}
		}
	}
	return nil
}

type segmentDecl struct {
	file string
	tree *syntax.SegmentDecl
	root *cond.Node
}

func (s *Snapshot) segmentDecl(name string) *segmentDecl {
	for _, f := range s.Files {
		for _, d := range f.Decls {
			if tree, ok := d.(*syntax.SegmentDecl); ok && tree.Name.Text == name {
				decl := &segmentDecl{file: f.Name, tree: tree}
				if is := s.segment(name); is != nil && is.Cond != nil {
					decl.root = is.Cond.Root
				}
				return decl
			}
		}
	}
	return nil
}

// inlineAll writes a segment out wherever it stands and deletes it. The column of a map needs the name, and keeps it.
func (at *scene) inlineAll(u check.Use, decl *segmentDecl) []action {
	var edits []diag.Edit
	for _, place := range at.Playbook.UsesOf(u.Ref) {
		if place.Declares {
			continue
		}
		e, ok := at.inlined(place.Span, decl)
		if !ok {
			return nil
		}
		edits = append(edits, e)
	}
	if len(edits) == 0 {
		return nil
	}
	return []action{{
		title: fmt.Sprintf("Inline the segment `%s` everywhere and delete it", u.Name), kind: protocol.RefactorInline,
		edits: append(edits, diag.Edit{Span: at.wholeLines(decl.file, &decl.tree.Node)}),
	}}
}

// wholeLines are the lines of a declaration with the comments above it, or it alone where something else stands on them.
func (s *Snapshot) wholeLines(file string, n *syntax.Node) diag.Span {
	src := s.Sources[file]
	start, end := n.Start, n.End
	if len(n.Before) > 0 {
		start = min(start, n.Before[0].Start)
	}
	if n.Suffix != nil {
		end = n.Suffix.End
	}
	span := diag.Span{File: file, Start: strings.LastIndexByte(src[:start], '\n') + 1, End: endOfLine(src, end)}
	if strings.TrimSpace(src[span.Start:start]) != "" || strings.TrimSpace(src[end:span.End]) != "" {
		return diag.Span{File: file, Start: n.Start, End: n.End}
	}
	if next := strings.IndexByte(src[span.End:], '\n'); next >= 0 {
		span.End += next + 1
	}
	return span
}

// inlined is the edit that writes a segment out at a place; ok is false where its name is needed.
func (s *Snapshot) inlined(at diag.Span, decl *segmentDecl) (e diag.Edit, ok bool) {
	in := s.Playbook.ConditionAt(at.File, at.Start)
	if in == nil {
		return e, false
	}
	text := s.Text(diag.Span{File: decl.file, Start: decl.tree.Cond.Start, End: decl.tree.Cond.End})
	if brackets(in, at, decl.root) || strings.ContainsAny(text, "\r\n") {
		text = "(" + text + ")"
	}
	return diag.Edit{Span: at, New: text}, true
}

// brackets says whether a condition needs brackets to stand in the place of a segment.
func brackets(in *cond.Expr, at diag.Span, inner *cond.Node) bool {
	switch inner.Op {
	case cond.Segment, cond.Known, cond.ConstBool, cond.Field:
		return false
	}
	if in.Span == at {
		return false
	}
	var parent *cond.Node
	cond.Walk(in.Root, func(n *cond.Node) bool {
		for _, a := range n.Args {
			if a.Span == at {
				parent = n
			}
		}
		return parent == nil
	})
	switch {
	case parent == nil || parent.Op != cond.And && parent.Op != cond.Or:
		return true
	case inner.Op == cond.Or:
		return parent.Op == cond.And
	default: // `and` binds more than `or`, and a comparison more than both
		return false
	}
}
