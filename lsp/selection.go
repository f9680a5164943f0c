package lsp

import (
	"context"
	"slices"

	"go.lsp.dev/protocol"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// selectionRanges are, for each position, what one selects when the selection grows: the word, the name with its dot, the
// brackets, the condition, the statement, the statements around it, the declaration with its comments, the file.
func selectionRanges(_ context.Context, s *Snapshot, p protocol.SelectionRangeParams) ([]protocol.SelectionRange, error) {
	name, _ := s.Name(p.TextDocument.URI)
	ranges := make([]protocol.SelectionRange, 0, len(p.Positions))
	for _, position := range p.Positions {
		spans := s.growing(name, s.Offset(name, position))
		var outer *protocol.SelectionRange
		for _, at := range slices.Backward(spans) {
			outer = &protocol.SelectionRange{Range: s.Range(diag.Span{File: name, Start: at.Start, End: at.End}), Parent: outer}
		}
		ranges = append(ranges, *outer)
	}
	return ranges, nil
}

// growing are the spans around a place, each inside the next; the last is the file.
func (s *Snapshot) growing(name string, offset int) []syntax.Span {
	all := []syntax.Span{{Start: 0, End: len(s.Sources[name])}} // of any order, made into one below
	path := s.around(name, offset)
	if len(path) > 0 {
		f := s.File(name)
		whole := syntax.NodeOf(path[0]).Span
		for _, w := range syntax.Words(name, f.Src[whole.Start:whole.End]) {
			at := syntax.Span{Start: whole.Start + w.Start, End: whole.Start + w.End}
			if at.Start <= offset && offset <= at.End {
				all = append(all, at)
				all = append(all, inside(w, at, f.Src, offset)...)
			}
		}
		for _, n := range path {
			node := syntax.NodeOf(n)
			all = append(all, node.Span)
			if len(node.Before) > 0 && node.Before[0].Start < node.Start {
				all = append(all, syntax.Span{Start: node.Before[0].Start, End: node.End})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b syntax.Span) int { return (a.End - a.Start) - (b.End - b.Start) })
	var spans []syntax.Span
	for _, at := range all {
		if n := len(spans); n == 0 || at != spans[n-1] && at.Start <= spans[n-1].Start && at.End >= spans[n-1].End {
			spans = append(spans, at)
		}
	}
	return spans
}

// inside are the spans around a place within a word of a statement.
func inside(w syntax.Word, at syntax.Span, src string, offset int) (spans []syntax.Span) {
	switch {
	case w.Role == syntax.RoleCondition:
		var open []int
		var before cond.Piece
		for _, p := range cond.Pieces(w.Text) {
			start, end := at.Start+p.Start, at.Start+p.End
			if start <= offset && offset <= end && p.Kind != cond.PieceSign {
				spans = append(spans, syntax.Span{Start: start, End: end})
				if w.Text[p.Start] == '"' && end-start > 1 {
					spans = append(spans, syntax.Span{Start: start + 1, End: end - 1})
				}
				if before.Kind == cond.PieceSign && before.End > 0 && w.Text[before.Start] == '.' {
					spans = append(spans, syntax.Span{Start: at.Start + pathStart(w.Text, before.Start), End: end})
				}
			}
			switch w.Text[p.Start] {
			case '(', '[':
				open = append(open, start)
			case ')', ']':
				if n := len(open); n > 0 {
					if open[n-1] <= offset && offset <= end {
						spans = append(spans, syntax.Span{Start: open[n-1], End: end}, syntax.Span{Start: open[n-1] + 1, End: start})
					}
					open = open[:n-1]
				}
			}
			before = p
		}
	case w.Text[0] == '"' && len(w.Text) > 1:
		spans = append(spans, syntax.Span{Start: at.Start + 1, End: at.End - 1})
	case at.Start > 0 && src[at.Start-1] == '.' && w.Role != syntax.RoleSign:
		spans = append(spans, syntax.Span{Start: pathStart(src, at.Start-1), End: at.End})
	}
	return spans
}

// pathStart is where the name begins that stands before a dot.
func pathStart(text string, dot int) int {
	pieces := dot
	for pieces > 0 && isNameByte(text[pieces-1]) {
		pieces--
	}
	return pieces
}

// isNameByte says whether a byte can stand in a name; those of letters outside ASCII can.
func isNameByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b >= 0x80
}
