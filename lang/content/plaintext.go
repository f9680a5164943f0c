package content

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	gmhtml "github.com/yuin/goldmark/renderer/html"
)

// The text part says what the page says, in the way people write plain mail: paragraphs on a line each, addresses behind
// what they are linked from, lists with dashes or numbers, quotations with `>`. It is made of the same tree as the page.

// plain renders the text part.
func (m *marked) plain(doc ast.Node) string {
	p := plainWriter{source: []byte(m.text), marks: m}
	text := strings.TrimSpace(p.blocks(doc, "\n\n"))
	if text == "" {
		return ""
	}
	return m.shown(text) + "\n"
}

// shown puts the values in as they are.
func (m *marked) shown(s string) string {
	return m.fill(s, func(value, _ string) string { return value })
}

type plainWriter struct {
	source []byte
	marks  *marked
}

// blocks writes the blocks within a node, with sep between them.
func (p *plainWriter) blocks(parent ast.Node, sep string) string {
	var out []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if text := p.block(n); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, sep)
}

func (p *plainWriter) block(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Heading:
		text := p.inline(n)
		if n.Level > 2 || text == "" {
			return text
		}
		shown := p.marks.shown(text)
		return text + "\n" + strings.Repeat(map[int]string{1: "=", 2: "-"}[n.Level], min(utf8.RuneCountInString(shown), 60))
	case *ast.ThematicBreak:
		return "* * *"
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return indent(strings.TrimRight(p.lines(n), "\n"), "    ", "    ")
	case *ast.Blockquote:
		return indent(p.blocks(n, "\n\n"), "> ", "> ")
	case *ast.List:
		return p.list(n)
	case *ast.HTMLBlock:
		raw := p.lines(n)
		if n.HasClosure() {
			raw += string(n.ClosureLine.Value(p.source))
		}
		return p.untag(raw)
	case *extast.Table:
		return p.blocks(n, "\n")
	case *extast.TableHeader, *extast.TableRow:
		var cells []string
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, p.inline(c))
		}
		return strings.Join(cells, " | ")
	default:
		if n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
			return p.blocks(n, "\n\n")
		}
		return strings.TrimSpace(p.inline(n))
	}
}

func (p *plainWriter) list(list *ast.List) string {
	sep := "\n\n"
	if list.IsTight {
		sep = "\n"
	}
	var out []string
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := "- "
		if list.IsOrdered() {
			bullet = fmt.Sprintf("%d. ", number)
			number++
		}
		out = append(out, indent(p.blocks(item, sep), bullet, strings.Repeat(" ", len(bullet))))
	}
	return strings.Join(out, sep)
}

// indent begins the first line with one text, and every other one that is not empty with another.
func indent(text, first, others string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case i == 0:
			lines[i] = first + l
		case l != "":
			lines[i] = others + l
		case strings.TrimSpace(others) != "":
			lines[i] = strings.TrimSpace(others)
		}
	}
	return strings.Join(lines, "\n")
}

func (p *plainWriter) lines(n ast.Node) string {
	var out strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		out.Write(segment.Value(p.source))
	}
	return out.String()
}

// inline writes what stands within a paragraph or the like.
func (p *plainWriter) inline(parent ast.Node) string {
	var out strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				out.Write(n.Segment.Value(p.source))
			} else {
				out.WriteString(unescape(n.Segment.Value(p.source)))
			}
			switch {
			case n.HardLineBreak():
				out.WriteByte('\n')
			case n.SoftLineBreak():
				out.WriteByte(' ')
			}
		case *ast.String:
			out.Write(n.Value)
		case *ast.Link:
			out.WriteString(p.link(p.inline(n), string(n.Destination)))
		case *ast.Image:
			out.WriteString(p.inline(n))
		case *ast.AutoLink:
			out.Write(n.Label(p.source))
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				if lineBreak.Match(segment.Value(p.source)) {
					out.WriteByte('\n')
				}
			}
		default:
			out.WriteString(p.inline(n))
		}
	}
	return out.String()
}

// link writes an address behind its text, unless it is its text.
func (p *plainWriter) link(text, address string) string {
	var before strings.Builder
	address = p.marks.fill(html.UnescapeString(address), func(value, passed string) string {
		before.WriteString(passed)
		made := inURL(before.String(), value)
		before.WriteString(made)
		return p.marks.stand(made)
	})
	shown, target := p.marks.shown(text), p.marks.shown(address)
	switch {
	case shown == "":
		return address
	case shown == target || "mailto:"+shown == target || "tel:"+shown == target:
		return text
	default:
		return text + " (" + address + ")"
	}
}

// unescape reads Markdown's backslashes and entities, as the page's renderer does.
func unescape(source []byte) string {
	if !bytes.ContainsAny(source, `\&`) {
		return string(source)
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	gmhtml.DefaultWriter.Write(w, source)
	w.Flush()
	return html.UnescapeString(out.String())
}

var (
	lineBreak = regexp.MustCompile(`(?i)^<br\b`)
	unshown   = regexp.MustCompile(`(?is)<!--.*?-->|<style\b.*?</style\s*>|<script\b.*?</script\s*>|<title\b.*?</title\s*>`)
	anchor    = regexp.MustCompile(`(?is)<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>(.*?)</a\s*>`)
	breaking  = regexp.MustCompile(`(?i)<br\b[^>]*>|</?(?:p|div|tr|table|li|ul|ol|h[1-6]|blockquote|section|header|footer)\b[^>]*>`)
	blanks    = regexp.MustCompile(`[ \t\r\f]+`)
	gaps      = regexp.MustCompile(`\n\s*\n\s*`)
)

// untag takes the tags out of raw HTML.
func (p *plainWriter) untag(raw string) string {
	raw = unshown.ReplaceAllString(raw, "")
	raw = anchor.ReplaceAllStringFunc(raw, func(a string) string {
		m := anchor.FindStringSubmatch(a)
		return p.link(strings.TrimSpace(tags.ReplaceAllString(m[3], "")), m[1]+m[2])
	})
	raw = strings.ReplaceAll(raw, "\n", " ")
	raw = breaking.ReplaceAllString(raw, "\n")
	raw = html.UnescapeString(tags.ReplaceAllString(raw, ""))
	lines := strings.Split(blanks.ReplaceAllString(raw, " "), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(gaps.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
}
