package store

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// What one commit makes of a contact stands in few rows, each a JSON text of lists of numbers: a person reads it with
// json_each, and a row costs what its text is long. Instants in it are seconds after the row's own.

// appendInt appends a number and what comes before it.
func appendInt(buf []byte, before byte, n int64) []byte {
	return strconv.AppendInt(append(buf, before), n, 10)
}

// appendText appends a text as JSON.
func appendText(buf []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // every text is JSON
			}
			return append(buf, quoted...)
		}
	}
	return append(append(append(buf, '"'), s...), '"')
}

// appendDecided appends a row of the journal: [seconds, decision] or [seconds, decision, until, detail].
func appendDecided(buf []byte, base int64, row *JournalRow) []byte {
	buf = appendInt(buf, '[', row.At-base)
	buf = appendInt(buf, ',', int64(row.Decision))
	if row.Until == 0 && row.Detail == "" {
		return append(buf, ']')
	}
	if row.Until == 0 {
		buf = append(buf, ",null"...)
	} else {
		buf = appendInt(buf, ',', row.Until-base)
	}
	if row.Detail != "" {
		buf = appendText(append(buf, ','), row.Detail)
	}
	return append(buf, ']')
}

// numbers goes over a list of lists of numbers as this package writes it, and calls each with those of each list; they are
// good until it returns.
func numbers(text string, each func(numbers []int64) error) error {
	var list []int64
	var number, sign int64
	const outside, begun, inNumber = 0, 1, 2
	where := outside
	for i := 1; i < len(text)-1; i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9' && where != outside:
			number, where = number*10+int64(c-'0'), inNumber
		case c == '-' && where == begun && sign == 1:
			sign = -1
		case (c == ',' || c == ']') && where == inNumber:
			list = append(list, sign*number)
			number, sign, where = 0, 1, begun
			if c == ',' {
				continue
			}
			where = outside
			if err := each(list); err != nil {
				return err
			}
		case c == '[' && where == outside && (i == 1 || text[i-1] == ','):
			list, number, sign, where = list[:0], 0, 1, begun
		case c == ',' && where == outside && text[i-1] == ']' && text[i+1] == '[':
		default:
			return notLists(text)
		}
	}
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' || where != outside {
		return notLists(text)
	}
	return nil
}

func notLists(text string) error { return fmt.Errorf("%.40q is no list of lists", text) }

// unpack goes over a list of lists as numbers does, in which there are nulls and texts too.
func unpack(text string, each func(elements []element) error) error {
	p := unpacker{text: text}
	p.take('[')
	var elements []element
	for first := true; !p.failed && !p.have(']'); first = false {
		if !first {
			p.take(',')
		}
		p.take('[')
		elements = elements[:0]
		for len(elements) == 0 || p.have(',') {
			if len(elements) > 0 {
				p.at++
			}
			elements = append(elements, p.element())
		}
		if p.take(']'); p.failed {
			break
		}
		if err := each(elements); err != nil {
			return err
		}
	}
	if p.take(']'); p.failed || p.at != len(text) {
		return notLists(text)
	}
	return nil
}

// element is a number, a text, or neither.
type element struct {
	number int64
	null   bool
	text   string
}

// at gives element n, null where there are fewer.
func at(elements []element, n int) element {
	if n < len(elements) {
		return elements[n]
	}
	return element{null: true}
}

type unpacker struct {
	text   string
	at     int
	failed bool
}

func (p *unpacker) have(c byte) bool { return p.at < len(p.text) && p.text[p.at] == c }

func (p *unpacker) take(c byte) {
	p.failed = p.failed || !p.have(c)
	p.at++
}

func (p *unpacker) element() (e element) {
	start := p.at
	switch {
	case p.have('"'):
		for p.at++; p.at < len(p.text) && !p.have('"'); p.at++ {
			if p.have('\\') {
				p.at++
			}
		}
		if p.take('"'); !p.failed {
			p.failed = json.Unmarshal([]byte(p.text[start:p.at]), &e.text) != nil
		}
	case p.have('n'):
		e.null = true
		p.at += len("null")
	default:
		negative := p.have('-')
		if negative {
			p.at++
		}
		digits := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			e.number = e.number*10 + int64(p.text[p.at]-'0')
			p.at++
		}
		p.failed = p.failed || p.at == digits
		if negative {
			e.number = -e.number
		}
	}
	return e
}
