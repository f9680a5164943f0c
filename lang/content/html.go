package content

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A value must come out of Markdown as it went in, whatever it holds, in a paragraph as in code, a link or a raw tag. So it
// does not go in: a mark of letters and digits stands for it, which Markdown passes through everywhere, and the value is
// put in its place in the finished page, escaped for where it stands there.

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithRendererOptions(gmhtml.WithUnsafe()), // the file is the team's own, and mails need raw tags
)

func parseMarkdown(source string) (ast.Node, error) {
	if _, err := heavy(source); err != nil {
		return nil, err
	}
	return markdown.Parser().Parse(text.NewReader([]byte(source))), nil
}

const (
	maxDepth    = 100   // quotations and lists that a line begins with
	maxBrackets = 5_000 // opening ones of links
)

// heavy finds what goldmark needs the square of its size for, and says where it is too much.
func heavy(source string) (at int, err error) {
	depth, brackets, leading := 0, 0, true
	for i := range len(source) {
		switch c := source[i]; {
		case c == '\n':
			depth, leading = 0, true
		case c == '[':
			leading = false
			if brackets++; brackets > maxBrackets {
				return i, fmt.Errorf("more than %d brackets `[` are more than a message needs: shorten it", maxBrackets)
			}
		case leading && (c == '>' || strings.IndexByte("-+*.)", c) >= 0 && i+1 < len(source) && isBlank(source[i+1])):
			if depth++; depth > maxDepth {
				return i, fmt.Errorf("this line begins with more than %d quotations or lists in each other: nest less deeply", maxDepth)
			}
		case leading && (isBlank(c) || c >= '0' && c <= '9'):
		default:
			leading = false
		}
	}
	return 0, nil
}

// marked is Markdown in which marks stand for values: prefix, number, z.
type marked struct {
	text   string
	prefix string
	values []string
}

// mark chooses a prefix that the file does not hold itself, not even where two of its pieces meet.
func mark(out []piece) *marked {
	m := &marked{prefix: "zqjv"}
	for {
		var b strings.Builder
		m.values = m.values[:0]
		for _, p := range out {
			if !p.value {
				b.WriteString(p.text)
				continue
			}
			b.WriteString(m.stand(p.text))
		}
		if m.text = b.String(); strings.Count(m.text, m.prefix) == len(m.values) {
			return m
		}
		m.prefix += "jv"[len(m.prefix)%2:][:1]
	}
}

// stand gives a new mark for a value.
func (m *marked) stand(value string) string {
	m.values = append(m.values, value)
	return m.prefix + strconv.Itoa(len(m.values)-1) + "z"
}

// next finds the first mark in s: where it stands and the number of its value. There is none: start is len(s).
func (m *marked) next(s string) (start, end, value int) {
	from := 0
	for {
		i := strings.Index(s[from:], m.prefix)
		if i < 0 {
			return len(s), len(s), 0
		}
		start = from + i
		digits := start + len(m.prefix)
		end = digits
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if n, err := strconv.Atoi(s[digits:end]); err == nil && end < len(s) && s[end] == 'z' && n < len(m.values) {
			return start, end + 1, n
		}
		from = start + 1
	}
}

// fill puts the values in, each as escape makes it.
func (m *marked) fill(s string, escape func(value, before string) string) string {
	if len(m.values) == 0 {
		return s
	}
	var b strings.Builder
	for {
		start, end, n := m.next(s)
		b.WriteString(s[:start])
		if start == end {
			return b.String()
		}
		b.WriteString(escape(m.values[n], s[:start]))
		s = s[end:]
	}
}

// html renders the page.
func (m *marked) html(doc ast.Node) (string, error) {
	var page bytes.Buffer
	if err := markdown.Renderer().Render(&page, []byte(m.text), doc); err != nil {
		return "", err
	}
	var at spot
	return m.fill(page.String(), func(value, before string) string {
		at.pass(before)
		return at.escape(value)
	}), nil
}

// spot is a place in a page, as far as escaping has to know it.
type spot struct {
	in        region
	element   string // whose tag or raw text this is
	attribute string
	quote     byte
	value     strings.Builder // of the attribute, up to here
	name      strings.Builder // being read
}

type region uint8

const (
	inText region = iota
	inTagName
	inTag
	inValue // of an attribute
	inRaw   // of script and style, where nothing is escaped
	inComment
)

var rawElements = []string{"script", "style", "textarea", "title", "xmp", "iframe", "noscript"}

var urlAttributes = []string{"href", "src", "action", "formaction", "background", "poster", "cite", "data", "longdesc"}

// pass goes over page text that holds no value.
func (s *spot) pass(page string) {
	for i := 0; i < len(page); i++ {
		c := page[i]
		rest := page[i:]
		switch s.in {
		case inText:
			switch {
			case strings.HasPrefix(rest, "<!--"):
				s.in = inComment
			case c == '<' && len(rest) > 1 && (isLetter(rest[1]) || rest[1] == '/' || rest[1] == '!' || rest[1] == '?'):
				s.in = inTagName
				s.name.Reset()
			}
		case inComment:
			if strings.HasPrefix(rest, "-->") {
				s.in = inText
				i += len("-->") - 1
			}
		case inRaw:
			if end := "</" + s.element; len(rest) >= len(end) && strings.EqualFold(rest[:len(end)], end) {
				s.in = inTagName
				s.name.Reset()
			}
		case inTagName:
			switch {
			case c == '>':
				s.endTag()
			case isLetter(c) || c >= '0' && c <= '9' || c == '/' && s.name.Len() == 0:
				s.name.WriteByte(c)
			default:
				s.element = strings.ToLower(s.name.String())
				s.in = inTag
				s.name.Reset()
			}
		case inTag:
			switch {
			case c == '>':
				s.in = inTagName
				s.name.Reset()
				s.name.WriteString(s.element)
				s.endTag()
			case c == '=':
				s.in, s.quote = inValue, 0
				s.attribute = strings.ToLower(strings.TrimSpace(s.name.String()))
				s.value.Reset()
				for i+1 < len(page) && isBlank(page[i+1]) {
					i++
				}
				if i+1 < len(page) && (page[i+1] == '"' || page[i+1] == '\'') {
					i++
					s.quote = page[i]
				}
			case isBlank(c) || c == '/':
				s.name.Reset()
			default:
				s.name.WriteByte(c)
			}
		case inValue:
			switch {
			case s.quote != 0 && c == s.quote, s.quote == 0 && isBlank(c):
				s.in = inTag
				s.name.Reset()
			case s.quote == 0 && c == '>':
				s.in = inTagName
				s.name.Reset()
				s.name.WriteString(s.element)
				s.endTag()
			default:
				s.value.WriteByte(c)
			}
		}
	}
}

func (s *spot) endTag() {
	s.element = strings.ToLower(s.name.String())
	s.in = inText
	if slices.Contains(rawElements, s.element) {
		s.in = inRaw
	}
}

// escape makes the value safe where the spot is.
func (s *spot) escape(value string) string {
	switch s.in {
	case inText:
		return html.EscapeString(value)
	case inValue:
		before := s.value.String()
		s.value.WriteString(value)
		switch {
		case s.quote == 0 || s.attribute == "style" || s.attribute == "srcset" || strings.HasPrefix(s.attribute, "on"):
			return harmless(value)
		case slices.Contains(urlAttributes, s.attribute):
			return html.EscapeString(inURL(before, value))
		default:
			return html.EscapeString(value)
		}
	default:
		return harmless(value)
	}
}

// harmless keeps letters, digits and what means nothing in tags, styles, scripts and comments.
func harmless(value string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && !isLetter(byte(r)) && (r < '0' || r > '9') && r != '_' && r != '.' {
			return -1
		}
		return r
	}, value)
}

// inURL makes a value part of an address that begins with before. One that is the beginning may be an address itself, if
// it leads where mail may lead; further on it is data.
func inURL(before, value string) string {
	if strings.TrimSpace(before) != "" {
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	value = strings.TrimSpace(value)
	if scheme, _, found := strings.Cut(value, ":"); found && !strings.ContainsAny(scheme, "/?#") {
		if !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme)) {
			return "#"
		}
	}
	return string(util.URLEscape([]byte(value), false))
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
