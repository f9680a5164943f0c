package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"strings"
	"unicode/utf8"
)

// table reads CSV (RFC 4180) record by record. Unlike encoding/csv it reads no record of any length into memory, and
// one with a fault costs no more than its first line: a quote that is never closed does not swallow the file.
type table struct {
	in        *lines
	delimiter byte
}

// record is one record of a table.
type record struct {
	line  int    // its first, from 1
	text  string // as it stands in the file
	fault error  // why it has no end
}

var (
	errQuotes   = errors.New("a quote is never closed; write it twice where it is part of the value")
	errBareMark = errors.New("a quote stands inside a value; write it twice, and the value in quotes")
	errNotUTF8  = errors.New("the line is not UTF-8; save the file as UTF-8")
)

// next gives the next record that is not a blank line; ok is false at the end of the input.
func (t *table) next() (rec record, ok bool) {
	for {
		rec = record{line: t.in.line}
		end, fault := t.end()
		if end > 0 {
			rec.text = strings.TrimRight(string(t.in.take(end)), "\r\n")
		} else {
			text, _, long, more := t.in.next()
			if !more || t.in.failed() != nil {
				return record{}, false
			}
			rec.text, rec.fault = string(text), cmp.Or(long, fault)
		}
		if rec.text != "" {
			return rec, true
		}
	}
}

// read gives the next record as a row.
func (t *table) read() (row, int, bool) {
	rec, ok := t.next()
	if !ok {
		return row{}, 0, false
	}
	r := row{line: rec.line, text: rec.text}
	if rec.fault != nil {
		r.fault = &fault{value: rec.text, reason: rec.fault}
	}
	return r, len(rec.text), true
}

// end finds how many bytes the record has that begins in the window. It is 0 for one whose first line is all there is
// to give out: it has a fault, or no end within the window.
func (t *table) end() (int, error) {
	at := 0 // searched so far
	for {
		rest := t.in.rest()
		line := bytes.IndexByte(rest[at:], '\n')
		if line >= 0 {
			rest = rest[:at+line+1]
		}
		switch mark := bytes.IndexByte(rest[at:], '"'); {
		case mark >= 0:
			var err error
			if at, err = t.quoted(at + mark); err != nil || at == 0 {
				return 0, err
			}
		case line >= 0 && len(rest) > longestLine:
			return 0, nil
		case line >= 0:
			return len(rest), nil
		default:
			if at = len(rest); at > longestLine {
				return 0, nil
			}
			if !t.in.more() {
				if t.in.failed() != nil {
					return 0, nil
				}
				return at, nil
			}
		}
	}
}

// quoted passes over the quoted value whose first quote stands at a place of the window. It is 0 where the value does
// not end in the window.
func (t *table) quoted(at int) (int, error) {
	if at > 0 && t.in.rest()[at-1] != t.delimiter {
		return 0, errBareMark
	}
	for at++; ; {
		rest := t.in.rest()
		mark := bytes.IndexByte(rest[at:], '"')
		switch after := at + mark + 1; {
		case mark >= 0 && after < len(rest) && rest[after] == '"':
			at = after + 1
			continue
		case mark >= 0 && after < len(rest):
			if c := rest[after]; c != t.delimiter && c != '\n' && c != '\r' {
				return 0, errBareMark
			}
			return after, nil
		case len(rest) > longestLine:
			return 0, errQuotes
		case mark >= 0 && !t.in.more(): // the last byte of the input
			return after, nil
		case mark < 0:
			if at = len(rest); !t.in.more() {
				return 0, errQuotes
			}
		}
	}
}

// split takes the text of a record apart, into buf.
func (t *table) split(text string, buf []string) ([]string, error) {
	if !utf8.ValidString(text) {
		return nil, errNotUTF8
	}
	fields := buf[:0]
	if strings.IndexByte(text, '"') < 0 {
		for {
			i := strings.IndexByte(text, t.delimiter)
			if i < 0 {
				return append(fields, text), nil
			}
			fields, text = append(fields, text[:i]), text[i+1:]
		}
	}
	for {
		field, rest, more, err := t.field(text)
		if err != nil {
			return nil, err
		}
		if fields = append(fields, field); !more {
			return fields, nil
		}
		text = rest
	}
}

// field takes the first field off a record's text; more says whether a delimiter follows it.
func (t *table) field(text string) (field, rest string, more bool, err error) {
	if text == "" || text[0] != '"' {
		i := strings.IndexByte(text, t.delimiter)
		if i < 0 {
			i = len(text)
		}
		if strings.IndexByte(text[:i], '"') >= 0 {
			return "", "", false, errBareMark
		}
		field, rest = text[:i], text[i:]
	} else {
		end := 1
		for {
			i := strings.IndexByte(text[end:], '"')
			if i < 0 {
				return "", "", false, errQuotes
			}
			end += i + 1
			if end == len(text) || text[end] != '"' {
				break
			}
			end++
		}
		field, rest = strings.ReplaceAll(text[1:end-1], `""`, `"`), text[end:]
		if rest != "" && rest[0] != t.delimiter {
			return "", "", false, errBareMark
		}
	}
	if rest == "" {
		return field, "", false, nil
	}
	return field, rest[1:], true, nil
}

// delimiterOf finds what separates the columns of a header: the one of comma, semicolon and tab that it has most of,
// outside quotes.
func delimiterOf(header []byte) byte {
	var counts [len(delimiters)]int
	quoted := false
	for _, c := range header {
		if c == '"' {
			quoted = !quoted
		}
		if i := strings.IndexByte(delimiters, c); i >= 0 && !quoted {
			counts[i]++
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return delimiters[best]
}

const delimiters = ",;\t"
