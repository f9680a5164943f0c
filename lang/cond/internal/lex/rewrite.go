package lex

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rewrite writes tokens for expr: literals that it does not have become the names $0, $1, … after their place in the
// list; numbers become fractions, since every number of the language is one. starts are the rune offsets at which the
// tokens stand in what is written; expr gives its positions in these.
func Rewrite(tokens []Token) (text string, starts []int) {
	var out strings.Builder
	starts = make([]int, len(tokens))
	at := 0
	for i, t := range tokens {
		w := written(t, i)
		starts[i] = at
		out.WriteString(w)
		out.WriteByte(' ')
		at += utf8.RuneCountInString(w) + 1
	}
	return out.String(), starts
}

func written(t Token, i int) string {
	switch t.Kind {
	case Word, Op:
		return t.Text
	case String:
		return strconv.QuoteToASCII(t.Text)
	case Number:
		s := strconv.FormatFloat(t.Num, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	default:
		return Placeholder(i)
	}
}

// Placeholder is the name that stands for the literal at a place of the list.
func Placeholder(i int) string { return "$" + strconv.Itoa(i) }

// Literal is the place in the list of the literal that a name stands for.
func Literal(name string) (int, bool) {
	if !strings.HasPrefix(name, "$") {
		return 0, false
	}
	i, err := strconv.Atoi(name[1:])
	return i, err == nil
}
