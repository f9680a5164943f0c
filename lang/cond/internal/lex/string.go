package lex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// string reads "…" with the escapes of the language: \n \r \t \" \\ \u00e9 \u{1F600}. It ends at the end of its line.
func (s *scanner) string() {
	rest := s.text[s.at:]
	var value strings.Builder
	problem := ""
	i := 1
	for i < len(rest) && rest[i] != '"' && rest[i] != '\n' && rest[i] != '\r' {
		if rest[i] != '\\' {
			r, size := utf8.DecodeRuneInString(rest[i:])
			value.WriteRune(r)
			i += size
			continue
		}
		r, n := escape(rest[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(rest[i+1:])
			if n > 0 && (rest[i+1] == '\n' || rest[i+1] == '\r') {
				n = 0
			}
			n++
			if problem == "" {
				problem = fmt.Sprintf("%s is no escape; write \\n \\t \\\" \\\\ or \\u00e9, and two backslashes for one", shown(rest[i:i+n]))
			}
		}
		value.WriteRune(r)
		i += n
	}
	switch {
	case i >= len(rest) || rest[i] != '"':
		s.bad(i, "the text is not closed; write a `\"` at its end", "")
	case problem != "":
		s.bad(i+1, problem, "")
	default:
		s.emit(Token{Kind: String, Text: value.String()}, i+1)
	}
}

// escape reads the escape that s begins with, a backslash and what belongs to it; of none the length is 0.
func escape(s string) (r rune, length int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case '"', '\\':
		return rune(s[1]), 2
	case 'u':
		digits, length := "", 6
		if strings.HasPrefix(s[2:], "{") {
			end := strings.IndexByte(s, '}')
			if end < 0 || end > 9 {
				return 0, 0
			}
			digits, length = s[3:end], end+1
		} else if len(s) >= 6 {
			digits = s[2:6]
		}
		v, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || !utf8.ValidRune(rune(v)) {
			return 0, 0
		}
		return rune(v), length
	}
	return 0, 0
}

// foreignString reads text in quotes of another language or of a word processor, up to the next such quote on its line.
func (s *scanner) foreignString(open rune, size int) {
	rest := s.text[s.at:]
	closing := map[rune]string{'\'': "'", '`': "`", '„': "“”\"", '‘': "’'", '’': "’'"}[open]
	if closing == "" {
		closing = "“”\""
	}
	end := strings.IndexAny(rest[size:lineEnd(rest)], closing)
	if end < 0 {
		s.junk(size, "write text in straight double quotes")
		return
	}
	inner := rest[size : size+end]
	_, last := utf8.DecodeRuneInString(rest[size+end:])
	fix := ""
	if utf8.ValidString(inner) && !strings.ContainsAny(inner, `"\`) {
		fix = `"` + inner + `"`
	}
	s.bad(size+end+last, "write text in straight double quotes", fix)
}
