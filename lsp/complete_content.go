package lsp

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/content"
)

// liquidPath is what is being written at the end of an expression: a name, or one behind a dot.
var liquidPath = regexp.MustCompile(`(?:([A-Za-z_][\w-]*)\.)?([A-Za-z_][\w-]*)?$`)

// giving is a tag that gives a name, or takes those of a loop back.
var giving = regexp.MustCompile(`\{%-?\s*(?:for\s+([A-Za-z_][\w-]*)\s+in\s+([A-Za-z_][\w-]*)?|(endfor)\b|(?:assign|capture)\s+([A-Za-z_][\w-]*))`)

// given are the names that a content file has given itself up to where text ends: those of the loops that are open there,
// and what it has assigned.
func given(text string) []content.Word {
	var assigned []content.Word
	var loops [][]content.Word
	for _, m := range giving.FindAllStringSubmatch(text, -1) {
		switch {
		case m[4] != "":
			assigned = append(assigned, content.Word{Name: m[4], Usage: m[4], Doc: "Given above."})
		case m[1] != "":
			loops = append(loops, content.InLoop(m[1], m[2]))
		case len(loops) > 0:
			loops = loops[:len(loops)-1]
		}
	}
	return append(assigned, slices.Concat(loops...)...)
}

// liquid collects what fits in the Liquid that stands open before the cursor, from offset from on, and says where what is
// being written begins. Outside of Liquid nothing is to be had.
func (c *completer) liquid(src string, from int) (start int) {
	src = src[:c.offset]
	text := src[min(from, len(src)):]
	object, tag := strings.LastIndex(text, "{{"), strings.LastIndex(text, "{%")
	opened := max(object, tag)
	if opened < 0 || strings.Contains(text[opened:], "}}") || strings.Contains(text[opened:], "%}") {
		return c.offset
	}
	inside := strings.TrimLeft(text[opened+2:], "-")
	m := liquidPath.FindStringSubmatch(inside)
	start = c.offset - len(m[2])
	before := strings.TrimSpace(strings.TrimSuffix(inside, m[0]))
	names := append(given(text[:opened]), content.Names(c.isBrief(c.file))...)
	switch {
	case strings.Count(before, `"`)%2 == 1:
		return c.offset // in a text
	case m[1] == "contact":
		c.fields(c.Playbook.Contact.Fields, "")
	case m[1] != "":
		for _, w := range names {
			if w.Name == m[1] {
				for _, name := range w.Below {
					c.add(candidate{label: name, detail: w.Usage, doc: w.Doc, kind: iconField})
				}
			}
		}
	case strings.HasSuffix(before, "|"):
		for _, w := range content.Filters() {
			c.add(candidate{label: w.Name, detail: w.Usage, kind: protocol.CompletionItemKindFunction})
		}
	case tag > object && before == "":
		for _, w := range content.Tags() {
			c.add(candidate{label: w.Name, kind: iconWord})
		}
	default:
		c.liquidNames(names)
	}
	return start
}

func (c *completer) liquidNames(names []content.Word) {
	for _, f := range c.Playbook.Contact.Fields {
		c.addField("contact.", "contact", f, fitBest)
	}
	for _, w := range names {
		switch {
		case w.Name == "contact":
		case len(w.Below) > 0:
			for _, name := range w.Below {
				c.add(candidate{label: w.Name + "." + name, doc: w.Doc, kind: iconField, fit: fitGood})
			}
		default:
			c.add(candidate{label: w.Name, doc: w.Doc, kind: iconField, fit: fitGood})
		}
	}
}

// isBrief says whether a content file is what a hand-off tells its receiver.
func (s *Snapshot) isBrief(file string) bool {
	return slices.ContainsFunc(s.Playbook.Handoffs, func(h *check.Handoff) bool { return path.Clean(h.Brief) == file })
}
