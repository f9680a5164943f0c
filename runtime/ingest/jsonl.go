package ingest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// member is one name and value of a line: a member of its JSON object, or a column and cell.
type member struct {
	name  string
	value string // of a string what it says, else the JSON
	kind  byte   // 's' string, '0' number, 't' true or false, '{' or '['; null is left out
}

// members are sorted by name, each name once: the last of a name counts.
type members []member

// find gives the value of a name.
func (m members) find(name string) (member, bool) {
	i, ok := slices.BinarySearchFunc(m, name, func(m member, name string) int { return cmp.Compare(m.name, name) })
	if !ok {
		return member{}, false
	}
	return m[i], true
}

// tidy sorts members and leaves the last of each name.
func (m members) tidy() members {
	slices.SortStableFunc(m, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	kept := m[:0]
	for i := range m {
		if i+1 < len(m) && m[i+1].name == m[i].name {
			continue
		}
		if m[i].kind != 'n' {
			kept = append(kept, m[i])
		}
	}
	return kept
}

// parseLine takes a line of JSON apart, into buf.
func parseLine(text string, buf members) (members, error) {
	if !utf8.ValidString(text) {
		return nil, errNotUTF8
	}
	if !json.Valid([]byte(text)) {
		return nil, whyInvalid(text)
	}
	m, ok := appendMembers(buf[:0], text)
	if !ok {
		return nil, errors.New("the line is no JSON object; write one object a line, such as {\"contact\": …, \"event\": …, \"at\": …}")
	}
	return m.tidy(), nil
}

func whyInvalid(text string) error {
	var any json.RawMessage
	err := json.Unmarshal([]byte(text), &any)
	if first := strings.TrimSpace(text); first == "[" || first == "]" || strings.HasSuffix(first, "},") {
		return errors.New("the file is one JSON list; write one object a line, without brackets and commas around them")
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return fmt.Errorf("the line is no JSON: %w, at byte %d", err, syntax.Offset)
	}
	return errors.New("the line is no JSON")
}

// appendMembers gives the members of an object that is known to be sound JSON; false for what is no object. Text that
// is not sound may give anything, but does no harm.
func appendMembers(m members, text string) (members, bool) {
	i := skipBlank(text, 0)
	if i >= len(text) || text[i] != '{' {
		return m, false
	}
	i = skipBlank(text, i+1)
	for i < len(text) && text[i] == '"' {
		end := endOfString(text, i)
		name := unquote(text[i:end])
		i = skipBlank(text, end)
		if i >= len(text) || text[i] != ':' {
			return m, false
		}
		i = skipBlank(text, i+1)
		end = endOfValue(text, i)
		if end == i {
			return m, false
		}
		m = append(m, memberOf(name, text[i:end]))
		i = skipBlank(text, end)
		if i < len(text) && text[i] == ',' {
			i = skipBlank(text, i+1)
		}
	}
	return m, i < len(text) && text[i] == '}'
}

func memberOf(name, raw string) member {
	switch raw[0] {
	case '"':
		return member{name, unquote(raw), 's'}
	case '{', '[', 't', 'n':
		return member{name, raw, raw[0]}
	case 'f':
		return member{name, raw, 't'}
	default:
		return member{name, raw, '0'}
	}
}

func skipBlank(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}

// endOfString gives the place after the string that begins at i.
func endOfString(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// endOfValue gives the place after the value that begins at i.
func endOfValue(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth <= 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(text)
}

// unquote gives what a JSON string says.
func unquote(raw string) string {
	if len(raw) < 2 || raw[len(raw)-1] != '"' {
		return ""
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		return ""
	}
	return s
}

// list gives the elements of a JSON list that are scalars; false where it holds something else.
func list(raw string) (values []string, ok bool) {
	var all []any
	if json.Unmarshal([]byte(raw), &all) != nil {
		return nil, false
	}
	for _, v := range all {
		switch v := v.(type) {
		case string:
			values = append(values, v)
		case nil:
		default:
			return nil, false
		}
	}
	return values, true
}

// appendString appends a text as a JSON string.
func appendString(buf []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil { // no text has one
				return append(buf, `""`...)
			}
			return append(buf, quoted...)
		}
	}
	return append(append(append(buf, '"'), s...), '"')
}
