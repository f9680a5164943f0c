package content

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"
)

// maxMatter bounds the front matter, in bytes: two lines of text, with room.
const maxMatter = 16 << 10

var matterKeys = []string{"subject", "preheader"}

// scalar is a text of the front matter, or the body, and where it stands.
type scalar struct {
	text  string
	place place
}

// matter is the front matter of a file.
type matter struct {
	values     map[string]scalar
	start, end int  // of its text, between the lines ---; empty where there is none
	body       int  // where the Markdown begins
	broken     bool // an error has been reported that may hide values
}

// frontMatter reads the YAML between a first line `---` and the next one.
func (p *parser) frontMatter(src string) *matter {
	m := &matter{values: map[string]scalar{}}
	if strings.HasPrefix(src, "\uFEFF") {
		m.start, m.end, m.body = len("\uFEFF"), len("\uFEFF"), len("\uFEFF")
	}
	open, next := line(src, m.start)
	if open != "---" {
		return m
	}
	begin := m.start
	m.start, m.end = next, next
	for at := next; at < len(src); {
		text, after := line(src, at)
		if text == "---" {
			m.end, m.body = at, after
			p.yaml(m, src[m.start:m.end])
			return m
		}
		at = after
	}
	p.errorf("NUR252", p.place.at(begin, begin+len(open)), "the front matter that begins here never ends: put a line `---` below it")
	m.body, m.broken = len(src), true
	return m
}

// line gives the line that begins at i, without its end and trailing blanks, and where the next one begins.
func line(src string, i int) (text string, next int) {
	next = len(src)
	if end := strings.IndexByte(src[i:], '\n'); end >= 0 {
		next = i + end + 1
	}
	return strings.TrimRight(src[i:next], " \t\r\n"), next
}

func (p *parser) yaml(m *matter, text string) {
	if len(text) > maxMatter {
		m.broken = true
		p.errorf("NUR252", p.place.at(m.start, m.start+3), "the front matter has %d bytes, more than %d: only `subject` and `preheader` stand in it", len(text), maxMatter)
		return
	}
	doc, err := parseYAML(text)
	if err != nil {
		text = p.unquoted(m, text)
		doc, err = parseYAML(text)
	}
	if err != nil {
		m.broken = true
		at, message := m.start, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			pos := syntax.GetToken().Position
			at, message = m.start+offset(text, pos.Line, pos.Column), syntax.GetMessage()
		}
		end := max(at, min(at+1, m.end))
		p.errorf("NUR252", p.place.at(at, end), "the front matter is no YAML (%s): write lines like `subject: \"…\"`", message)
		return
	}
	for _, body := range doc.Docs {
		switch body := body.Body.(type) {
		case nil, *ast.CommentGroupNode, *ast.NullNode:
		case *ast.MappingNode:
			for i, pair := range body.Values {
				end := len(text)
				if i+1 < len(body.Values) {
					pos := body.Values[i+1].Key.GetToken().Position
					end = offset(text, pos.Line, pos.Column)
				}
				p.pair(m, text, pair, end)
			}
		default:
			m.broken = true
			p.errorf("NUR252", p.place.at(m.start, m.end), "the front matter is no list of `key: value` lines: write `subject: \"…\"`")
		}
	}
}

// parseYAML keeps a fault of the YAML library from taking the compiler down.
func parseYAML(text string) (doc *ast.File, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("it cannot be read: %v", fault)
		}
	}()
	return yamlparser.ParseBytes([]byte(text), 0)
}

var plainLine = regexp.MustCompile(`(?m)^(subject|preheader):[ \t]+([^\s"'|>].*?)[ \t\r]*$`)

// unquoted takes the lines out of a front matter that YAML cannot read which only lack quotes, as the text that they
// plainly are: `subject: {{ contact.first_name | default: "Hello" }}` is what everybody writes, and to YAML it is the
// beginning of a map. It returns the rest, every other byte where it was.
func (p *parser) unquoted(m *matter, text string) string {
	rest := []byte(text)
	for _, at := range plainLine.FindAllStringSubmatchIndex(text, -1) {
		whole, key, value := text[at[0]:at[1]], text[at[2]:at[3]], text[at[4]:at[5]]
		if _, err := parseYAML(whole); err == nil {
			continue
		}
		m.values[key] = scalar{text: value, place: place{span: p.place.at(m.start+at[4], m.start+at[5]), exact: true}}
		for i := at[0]; i < at[1]; i++ {
			rest[i] = ' '
		}
	}
	return string(rest)
}

// pair takes one `key: value`; end is where the next one begins in text.
func (p *parser) pair(m *matter, text string, pair *ast.MappingValueNode, end int) {
	keyToken := pair.Key.GetToken()
	keyAt := offset(text, keyToken.Position.Line, keyToken.Position.Column)
	key := keyToken.Value
	keySpan := p.place.at(m.start+keyAt, m.start+min(len(text), keyAt+len(key)))
	if !slices.Contains(matterKeys, key) {
		d := p.errorf("NUR253", keySpan, "front matter has no key `%s`", key)
		if !suggest(d, key, matterKeys) {
			d.Message += ": it takes `subject` and `preheader`"
		}
		return
	}

	token := pair.Value.GetToken()
	at := offset(text, token.Position.Line, token.Position.Column)
	end = max(at, min(end, len(text)))
	raw := strings.TrimRight(text[at:end], " \t\r\n")
	whole := place{span: p.place.at(m.start+at, m.start+at+len(raw))}
	switch value := pair.Value.(type) {
	case *ast.LiteralNode:
		m.values[key] = scalar{text: strings.TrimSpace(value.Value.Value), place: whole}
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		m.values[key] = scalar{text: token.Value, place: p.scalarPlace(m, raw, token.Value, at, whole)}
	default:
		m.broken = m.broken || key == "subject"
		span := whole.span
		if raw == "" {
			span = keySpan
		}
		p.errorf("NUR255", span, "`%s` is not a text: write `%s: \"…\"`", key, key)
	}
}

// scalarPlace finds the bytes of a scalar: where it is written as it reads, its bytes are its own.
func (p *parser) scalarPlace(m *matter, raw, value string, at int, whole place) place {
	own := func(from int) place {
		return place{span: p.place.at(m.start+at+from, m.start+at+from+len(value)), exact: true}
	}
	if raw != "" && (raw[0] == '"' || raw[0] == '\'') {
		if strings.HasPrefix(raw[1:], value+raw[:1]) {
			return own(1)
		}
		return whole
	}
	if !strings.HasPrefix(raw, value) {
		return whole
	}
	rest, _ := line(raw[len(value):], 0)
	if lost := strings.TrimLeft(rest, " \t"); strings.HasPrefix(lost, "#") {
		from := at + len(value) + len(rest) - len(lost)
		p.warnf("NUR265", p.place.at(m.start+from, m.start+from+len(lost)), "` #` begins a comment in YAML, so this is left out: put the whole text in quotes")
	}
	return own(0)
}

// offset turns a line and column of the YAML library, both from 1, the column in runes, into a byte offset.
func offset(text string, lineNo, column int) int {
	at := 0
	for ; lineNo > 1 && at < len(text); lineNo-- {
		_, at = line(text, at)
	}
	for i := range text[at:] {
		if column <= 1 {
			return at + i
		}
		column--
	}
	return len(text)
}
