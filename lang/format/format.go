// Package format lays a playbook file out in the one style that all playbooks share. Source takes text; Format takes
// a file that syntax.Parse had no errors for. Layout is all that changes: the same statements in the same order, every
// comment, and literals as they were written.
//
// # The style
//
// Blocks are indented by two spaces, a statement has a line of its own. Groups stay apart: of the blank lines between
// two statements one is kept, none behind `{` or before `}`. A block that was written on one line stays there, its
// statements two spaces apart (the fields of an event by commas), if its line then has at most 120 columns; else it
// is broken over lines. One-line offers under one another are a table that is read across, so they may have 200. A list
// that was broken over lines is filled anew and broken behind a comma where its line is full. Conditions keep their
// text and their line breaks; blanks outside strings become one, and lines after the first are indented by four.
//
// # Columns
//
// Statements of one kind that follow each other with neither a blank line nor a comment between them are a run, and
// the parts of a run line up: the `->` of rules, the types of fields, the values of properties, the `=` of segments,
// the titles and braces of offers. One long row must not push the others away, so
//
//   - a cell that ends behind the middle of the line (column 60, for offers 100) does not set the width of its column,
//     nor does a type that lists its values (`enum(…)`); what follows such a cell comes right after it;
//   - a row that fits on its line, but with its blanks would not, goes without them.
//
// The rows of a map line up over the whole map, however wide it is, but for cells of more than 100 columns. Comments
// behind statements on consecutive lines line up too. All widths are display widths: é takes one column, 表 and most
// emoji two.
package format

import (
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Source formats the text of the file called name. Where the text has syntax errors it is given back byte for byte,
// with the diagnostics. Formatting what Source returned changes nothing.
func Source(name, src string) (string, []diag.Diagnostic) {
	f, diags := syntax.Parse(name, src)
	for _, d := range diags {
		if d.Severity == diag.Error {
			return src, diags
		}
	}
	return Format(f), diags
}

// Format gives the text of a file that parsed without errors: with "\n" as line end, one at its end, and no byte-order
// mark. A file of nothing but blanks becomes empty.
func Format(f *syntax.File) string {
	p := printer{src: f.Src}
	items := make([]item, len(f.Decls))
	for i, d := range f.Decls {
		items[i] = item{syntax.NodeOf(d), func(l *layout) row { return p.decl(d, l) }}
	}
	lines := p.body(items, f.After, 0)
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// printer lays out the parts of one file, whose text it has at hand for the literals.
type printer struct{ src string }

// item is a statement or declaration of a body, and what lays it out.
type item struct {
	node *syntax.Node
	lay  func(*layout) row
}

// layout is what a statement is told about its place, and what it tells back.
type layout struct {
	indent int  // columns to the left of it
	open   bool // its blocks are to be broken over lines, even those written on one
	inline bool // told back: it has a block on its line
}

// fit lays out one statement: with its blocks on one line where they were written so, unless that is too wide.
func (it item) fit(indent int) row {
	l := layout{indent: indent}
	r := it.lay(&l)
	if l.inline && !r.fits(r.padded(nil), indent) {
		r = it.lay(&layout{indent: indent, open: true})
	}
	return r
}

// body gives the lines of a block's inside, or of a whole file, without their indentation.
func (p printer) body(items []item, after []syntax.Comment, indent int) []string {
	rows := make([]row, len(items))
	for i, it := range items {
		rows[i] = it.fit(indent)
		rows[i].lead, rows[i].suffix = p.comments(it.node)
	}
	lines := layOut(rows, indent)
	lines = append(lines, p.above(after, false)...)
	if len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// block lays out `{ … }`, the statements of a one-line block divided by sep.
func (p printer) block(b *syntax.Block, sep string, l *layout) string {
	if b == nil {
		return ""
	}
	items := make([]item, len(b.Stmts))
	for i, s := range b.Stmts {
		items[i] = item{syntax.NodeOf(s), func(l *layout) row { return p.stmt(s, l) }}
	}
	commented := b.OpenComment != nil || len(b.After) > 0
	switch {
	case len(items) == 0 && !commented:
		l.inline = true
		return "{}"
	case b.OneLine && !commented && !l.open:
		l.inline = true
		parts := make([]string, len(items))
		for i, it := range items {
			parts[i] = it.lay(&layout{indent: l.indent}).inline()
		}
		return "{ " + strings.Join(parts, sep) + " }"
	}
	var text strings.Builder
	text.WriteString("{")
	if b.OpenComment != nil {
		text.WriteString(commentGap + p.commentText(*b.OpenComment))
	}
	for _, line := range p.body(items, b.After, l.indent+len(indentation)) {
		text.WriteString("\n")
		if line != "" {
			text.WriteString(indentation + line)
		}
	}
	text.WriteString("\n}")
	return text.String()
}
