package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/syntax"
)

// foldingRanges are the statements that go over several lines, and runs of comments; of a content file, its front matter.
func foldingRanges(_ context.Context, s *Snapshot, p protocol.FoldingRangeParams) ([]protocol.FoldingRange, error) {
	name, _ := s.Name(p.TextDocument.URI)
	f := s.File(name)
	if f == nil {
		return s.foldFrontMatter(name), nil
	}
	var folds []protocol.FoldingRange
	add := func(at syntax.Span, kind protocol.FoldingRangeKind) {
		first, last := s.Position(name, at.Start).Line, s.Position(name, at.End).Line
		if at.End > at.Start && f.Src[at.End-1] == '}' {
			last-- // the line that closes it stays
		}
		if last > first {
			folds = append(folds, protocol.FoldingRange{StartLine: first, EndLine: last, Kind: kind})
		}
	}
	comments := func(list []syntax.Comment) {
		for i := 0; i < len(list); {
			end := i + 1
			for end < len(list) && !list[end].Blank {
				end++
			}
			add(syntax.Span{Start: list[i].Start, End: list[end-1].End}, protocol.CommentFoldingRange)
			i = end
		}
	}
	for _, d := range f.Decls {
		syntax.Walk(d, func(n syntax.Walked) bool {
			node := syntax.NodeOf(n)
			comments(node.Before)
			add(node.Span, "")
			return true
		})
	}
	comments(f.After)
	slices.SortStableFunc(folds, func(a, b protocol.FoldingRange) int { return int(a.StartLine) - int(b.StartLine) })
	return folds, nil
}

func (s *Snapshot) foldFrontMatter(name string) []protocol.FoldingRange {
	src := s.Sources[name]
	if !strings.HasPrefix(src, "---\n") && !strings.HasPrefix(src, "---\r\n") {
		return nil
	}
	end := strings.Index(src, "\n---")
	if end < 0 {
		return nil
	}
	return []protocol.FoldingRange{{EndLine: s.Position(name, end+1).Line, Kind: protocol.RegionFoldingRange}}
}
