package format

import (
	"strings"

	"nurture/lang/syntax"
)

// text is what stands in the file at a span: literals keep the way they were written.
func (p printer) text(s syntax.Span) string {
	start := min(max(s.Start, 0), len(p.src))
	return p.src[start:min(max(s.End, start), len(p.src))]
}

func (p printer) str(s *syntax.Str) string {
	if s == nil {
		return ""
	}
	return p.text(s.Span)
}

func (p printer) strings(strs []syntax.Str) string {
	texts := make([]string, len(strs))
	for i := range strs {
		texts[i] = p.str(&strs[i])
	}
	return list(texts)
}

// clause is a word and its operand, or nothing where there is no operand.
func clause(word, operand string) string {
	if operand == "" {
		return ""
	}
	return word + " " + operand
}

func (p printer) duration(d *syntax.Duration) string {
	if d == nil {
		return ""
	}
	return p.text(d.Span)
}

// number has its sign beside it.
func number(n *syntax.Number) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func (p printer) percent(n *syntax.Percent) string {
	if n == nil {
		return ""
	}
	return p.text(n.Span)
}

func (p printer) date(d *syntax.Date) string {
	if d == nil {
		return ""
	}
	return p.text(d.Span)
}

func (p printer) value(v syntax.Value) string {
	switch {
	case v.List != nil:
		items := make([]string, len(v.List.Items))
		for i, item := range v.List.Items {
			items[i] = p.value(item)
		}
		return "[" + list(items) + "]"
	case v.Range != nil:
		return p.rangeOf(v.Range)
	case v.Number != nil:
		return number(v.Number)
	}
	return p.text(v.Span)
}

func (p printer) rangeOf(r *syntax.Range) string {
	if r == nil {
		return ""
	}
	return p.value(r.Lo) + ".." + p.value(r.Hi)
}

func name(n *syntax.Name) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func path(p *syntax.Path) string {
	if p == nil {
		return ""
	}
	return p.String()
}

// list joins by commas behind which a line may be broken.
func list(items []string) string { return strings.Join(items, ","+soft) }

func nameList(names []syntax.Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = n.Text
	}
	return list(texts)
}

func pathList(paths []syntax.Path) string {
	texts := make([]string, len(paths))
	for i, p := range paths {
		texts[i] = p.String()
	}
	return list(texts)
}
