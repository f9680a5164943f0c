package lsp

import (
	"slices"
	"strings"

	"nurture/lang/content"
	"nurture/lang/diag"
)

// tellContent tells about a word in the Liquid of a content file: what such a file sees, and filters.
func (s *Snapshot) tellContent(name string, offset int) (text string, at diag.Span) {
	src := s.Sources[name]
	if offset > len(src) {
		return "", at
	}
	open := max(strings.LastIndex(src[:offset], "{{"), strings.LastIndex(src[:offset], "{%"))
	if open < 0 || strings.Contains(src[open:offset], "}}") || strings.Contains(src[open:offset], "%}") {
		return "", at
	}
	start, end := offset, offset
	for start > open && inWord(src[start-1]) {
		start--
	}
	for end < len(src) && inWord(src[end]) {
		end++
	}
	before := strings.TrimRight(src[open+2:start], " \t")
	at = diag.Span{File: name, Start: start, End: end}
	words := content.Names(s.isBrief(name))
	if strings.HasSuffix(before, "|") {
		words = content.Filters()
	} else if root, dotted := strings.CutSuffix(before, "."); dotted {
		i := slices.IndexFunc(words, func(w content.Word) bool {
			return strings.HasSuffix(root, w.Name) && slices.Contains(w.Below, src[start:end])
		})
		if i < 0 {
			return "", at
		}
		words = []content.Word{{Name: src[start:end], Usage: words[i].Name + "." + src[start:end], Doc: words[i].Doc}}
	}
	for _, w := range words {
		if w.Name == src[start:end] {
			return "```liquid\n" + w.Usage + "\n```\n" + w.Doc, at
		}
	}
	return "", at
}

func inWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
