package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
	"nurture/lang/format"
	"nurture/lang/syntax"
)

// Formatting is that of `nurturec fmt`, whatever indentation the editor would have: playbooks have one style. Line ends
// stay those of the document. Where a file does not parse, the declarations that do are formatted.

func formatDocument(_ context.Context, s *Snapshot, p protocol.DocumentFormattingParams) ([]protocol.TextEdit, error) {
	name, _ := s.Name(p.TextDocument.URI)
	return s.textEdits(s.formatted(name)), nil
}

func formatRange(_ context.Context, s *Snapshot, p protocol.DocumentRangeFormattingParams) ([]protocol.TextEdit, error) {
	name, _ := s.Name(p.TextDocument.URI)
	within := s.Span(name, p.Range)
	var edits []diag.Edit
	for _, e := range s.formatted(name) {
		if e.Span.Start <= within.End && e.Span.End > within.Start {
			edits = append(edits, e)
		}
	}
	return s.textEdits(edits), nil
}

// formatOnType tidies up behind what was typed: with `}` the declaration that it ends or stands in; with a line end in a
// map the lines above, so that its columns stand under one another. The line where one types stays as it is.
func formatOnType(_ context.Context, s *Snapshot, p protocol.DocumentOnTypeFormattingParams) ([]protocol.TextEdit, error) {
	name, _ := s.Name(p.TextDocument.URI)
	at := s.Offset(name, p.Position)
	decl := s.declAt(name, at)
	if _, isMap := decl.(*syntax.MapDecl); decl == nil || p.Ch == "\n" && !isMap {
		return nil, nil
	}
	around := syntax.NodeOf(decl).Span
	line := s.Offset(name, protocol.Position{Line: p.Position.Line})
	var edits []diag.Edit
	for _, e := range s.formatted(name) {
		if e.Span.Start >= around.Start && e.Span.End <= around.End+1 && (p.Ch != "\n" || e.Span.End <= line) {
			edits = append(edits, e)
		}
	}
	return s.textEdits(edits), nil
}

// declAt is the top-level declaration that stands around a place, or ends there.
func (s *Snapshot) declAt(name string, at int) syntax.Decl {
	if f := s.File(name); f != nil {
		for _, d := range f.Decls {
			if span := syntax.NodeOf(d).Span; span.Start <= at && at <= span.End {
				return d
			}
		}
	}
	return nil
}

func (s *Snapshot) textEdits(edits []diag.Edit) []protocol.TextEdit {
	all := make([]protocol.TextEdit, len(edits))
	for i, e := range edits {
		all[i] = protocol.TextEdit{Range: s.Range(e.Span), NewText: e.New}
	}
	return all
}

// formatted gives the edits that format a file, in its order, each of whole lines.
func (s *Snapshot) formatted(name string) []diag.Edit {
	src := s.Sources[name]
	if s.File(name) == nil {
		return nil
	}
	if text, ok := formatText(name, src); ok {
		return lineEdits(name, 0, src, text)
	}
	var edits []diag.Edit
	for _, c := range s.soundParts(name) {
		if text, ok := formatText(name, src[c.Start:c.End]); ok {
			edits = append(edits, lineEdits(name, c.Start, src[c.Start:c.End], text)...)
		}
	}
	return edits
}

// formatText formats a text that parses, and keeps its kind of line ends.
func formatText(name, src string) (string, bool) {
	text, diags := format.Source(name, src)
	for _, d := range diags {
		if d.Severity == diag.Error {
			return "", false
		}
	}
	if strings.Contains(src, "\r\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text, true
}

// soundParts are the runs of declarations that parse, by whole lines, with the comments above them.
func (s *Snapshot) soundParts(name string) []syntax.Span {
	src, lines := s.Sources[name], s.Lines(name)
	lineOf := func(offset int) int { line, _ := lines.Position(offset); return line }
	var parts []syntax.Span
	joined := false // the last part is sound up to here, so that another can be joined to it
	behind := 0     // the first byte that is in no declaration so far
	for _, d := range s.File(name).Decls {
		n := syntax.NodeOf(d)
		from, to := n.Start, n.End
		if len(n.Before) > 0 {
			from = min(from, n.Before[0].Start)
		}
		if n.Suffix != nil {
			to = n.Suffix.End
		}
		from = lines.Start(lineOf(from))
		if next := lineOf(to) + 1; next <= lines.Count() {
			to = lines.Start(next)
		} else {
			to = len(src)
		}
		if from < behind { // two on one line
			joined, behind = false, max(behind, to)
			if n := len(parts); n > 0 && parts[n-1].End > from {
				parts = parts[:n-1]
			}
			continue
		}
		behind = to
		if _, ok := formatText(name, src[from:to]); !ok {
			joined = false
			continue
		}
		if joined {
			parts[len(parts)-1].End = to
		} else {
			parts = append(parts, syntax.Span{Start: from, End: to})
		}
		joined = true
	}
	return parts
}

// lineEdits makes one text of another, by whole lines, and leaves the lines that both have: what an editor remembers of
// them, such as where the cursor is, stays. Lines that differ in nothing but blanks are replaced one by one.
func lineEdits(file string, at int, before, after string) []diag.Edit {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	var edits []diag.Edit
	done := 0 // lines of a
	replace := func(alo, ahi int, text string) {
		for ; done < alo; done++ {
			at += len(a[done])
		}
		start := at
		for ; done < ahi; done++ {
			at += len(a[done])
		}
		if strings.Join(a[alo:ahi], "") != text {
			edits = append(edits, diag.Edit{Span: diag.Span{File: file, Start: start, End: at}, New: text})
		}
	}
	d := pairing{
		a: written(a), b: written(b),
		same:   func(i, j int) { replace(i, i+1, b[j]) },
		differ: func(alo, ahi, blo, bhi int) { replace(alo, ahi, strings.Join(b[blo:bhi], "")) },
	}
	d.pair(0, len(a), 0, len(b))
	return edits
}

// written is what lines say, without blanks.
func written(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = strings.Join(strings.Fields(line), "")
	}
	return all
}

// pairing walks over two lists of lines in order, and finds those that belong together: from both ends, and by lines
// that stand once in each (the "patience" way).
type pairing struct {
	a, b   []string
	same   func(i, j int)
	differ func(alo, ahi, blo, bhi int)
}

func (p *pairing) pair(alo, ahi, blo, bhi int) {
	for alo < ahi && blo < bhi && p.a[alo] == p.b[blo] {
		p.same(alo, blo)
		alo, blo = alo+1, blo+1
	}
	end := 0
	for alo < ahi-end && blo < bhi-end && p.a[ahi-1-end] == p.b[bhi-1-end] {
		end++
	}
	p.between(alo, ahi-end, blo, bhi-end)
	for ; end > 0; end-- {
		p.same(ahi-end, bhi-end)
	}
}

func (p *pairing) between(alo, ahi, blo, bhi int) {
	if alo == ahi && blo == bhi {
		return
	}
	type place struct{ at, inA, inB int }
	places := map[string]*place{}
	for i := alo; i < ahi; i++ {
		if c := places[p.a[i]]; c != nil {
			c.inA++
		} else {
			places[p.a[i]] = &place{at: i, inA: 1}
		}
	}
	for j := blo; j < bhi; j++ {
		if c := places[p.b[j]]; c != nil {
			c.inB++
		}
	}
	found := false
	for j := blo; j < bhi; j++ {
		// A formatter keeps the order of lines, so the first that goes on is as good as any.
		if c := places[p.b[j]]; c != nil && c.inA == 1 && c.inB == 1 && c.at >= alo {
			p.pair(alo, c.at, blo, j)
			p.same(c.at, j)
			found, alo, blo = true, c.at+1, j+1
		}
	}
	if found {
		p.pair(alo, ahi, blo, bhi)
	} else {
		p.differ(alo, ahi, blo, bhi)
	}
}
