// Package lex cuts the text of a condition into tokens and writes them for expr-lang, whose syntax has no durations,
// dates or percentages. What comes in is any text; what comes out are its tokens, each with its place in the text, and
// what could not be read.
package lex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nurture/lang/calendar"
)

// Kind says what a Token is.
type Kind uint8

const (
	Word     Kind = iota // a name or a word operator: Text
	Op                   // an operator, a bracket, a comma: Text
	Number               // Num; 12% is 0.12
	Duration             // Dur
	Date                 // Date
	DateTime             // Date and Minute
	String               // Text, unescaped
	Bad                  // a value that could not be read; an Error says why
	Junk                 // what is nothing at all; an Error says so
)

// Token is a word, literal or sign, from byte Start to before byte End of the text.
type Token struct {
	Kind       Kind
	Start, End int
	Text       string
	Num        float64
	Dur        calendar.Duration
	Date       calendar.Date
	Minute     int // of the day
}

// Is says whether the token is one of the operators or word operators.
func (t Token) Is(words ...string) bool {
	if t.Kind == Word || t.Kind == Op {
		for _, w := range words {
			if t.Text == w {
				return true
			}
		}
	}
	return false
}

// Error is a token that could not be read. Fix, when there is one right answer, is what to write in its place.
type Error struct {
	Start, End int
	Message    string
	Fix        string
}

// signs are the operators, longer ones first; those of other languages are among them, so that a message can name them.
var signs = []string{
	"===", "!==",
	"&&", "||", "==", "!=", "<=", ">=", "=>", "=<", "<>", "**", "..", "??", "?.", "::", "->",
	"<", ">", "=", "!", "+", "-", "*", "/", "%", "^", "|", "&", "?", ":", ".", ",", ";", "#",
	"(", ")", "[", "]", "{", "}",
}

// Scan cuts a text into tokens. Comments and blanks are left out.
func Scan(text string) ([]Token, []Error) {
	s := scanner{text: text}
	for s.at < len(text) {
		s.next()
	}
	return s.tokens, s.errors
}

type scanner struct {
	text   string
	at     int
	tokens []Token
	errors []Error
}

func (s *scanner) next() {
	rest := s.text[s.at:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case unicode.IsSpace(r):
		s.at += size
	case strings.HasPrefix(rest, "//"):
		s.at += lineEnd(rest)
	case digit(rest, 0):
		s.number()
	case r == '.' && digit(rest, 1):
		n := 1 + run(rest[1:], isDigit)
		s.bad(n, "write a digit before the point", "0"+rest[:n])
	case letter(r):
		n := run(rest, wordPart)
		s.emit(Token{Kind: Word, Text: rest[:n]}, n)
	case r == '"':
		s.string()
	case strings.ContainsRune("'`“”„‘’", r):
		s.foreignString(r, size)
	default:
		for _, sign := range signs {
			if strings.HasPrefix(rest, sign) {
				s.emit(Token{Kind: Op, Text: sign}, len(sign))
				return
			}
		}
		s.junk(size, "delete it")
	}
}

func (s *scanner) emit(t Token, length int) {
	t.Start, t.End = s.at, s.at+length
	s.tokens = append(s.tokens, t)
	s.at += length
}

func (s *scanner) bad(length int, message, fix string) {
	s.errors = append(s.errors, Error{Start: s.at, End: s.at + length, Message: message, Fix: fix})
	s.emit(Token{Kind: Bad}, length)
}

func (s *scanner) junk(length int, instead string) {
	message := fmt.Sprintf("%s means nothing in a condition; %s", shown(s.text[s.at:s.at+length]), instead)
	s.errors = append(s.errors, Error{Start: s.at, End: s.at + length, Message: message})
	s.emit(Token{Kind: Junk}, length)
}

// number reads what begins with a digit: a number, percentage, duration, date or date-time.
func (s *scanner) number() {
	rest := s.text[s.at:]
	n := run(rest, func(r rune) bool { return isDigit(r) || r == '_' })
	if d := run(rest, func(r rune) bool { return isDigit(r) || r == '-' }); dateLike(rest[:d]) && !letterAt(rest, d) {
		s.date(rest, d)
		return
	}
	if n <= 2 && strings.HasPrefix(rest[n:], ":") && digit(rest, n+1) && digit(rest, n+2) {
		s.bad(n+3, "a time of day cannot stand in a condition; write a date-time such as 2026-03-02 10:00, or a policy `window`", "")
		return
	}
	whole := true
	if strings.HasPrefix(rest[n:], ".") && digit(rest, n+1) {
		n, whole = n+1+run(rest[n+1:], func(r rune) bool { return isDigit(r) || r == '_' }), false
	}
	if letterAt(rest, n) {
		s.duration(rest[:n+run(rest[n:], wordPart)], n, whole)
		return
	}
	digits := strings.ReplaceAll(rest[:n], "_", "")
	if strings.HasPrefix(rest[n:], "%") && !digit(rest, n+1) && !letterAt(rest, n+1) && !strings.HasPrefix(rest[n+1:], "(") {
		digits, n = digits+"e-2", n+1
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		s.bad(n, fmt.Sprintf("%s is no number that can be counted with", shown(rest[:n])), "")
		return
	}
	s.emit(Token{Kind: Number, Num: v}, n)
}

// unitWords are what people write for the units of durations.
var unitWords = map[string]string{
	"minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "day": "d", "days": "d",
	"week": "w", "weeks": "w", "month": "mo", "months": "mo", "mon": "mo", "year": "y", "years": "y", "yr": "y", "yrs": "y",
}

// duration reads a number of so many bytes with letters right behind it.
func (s *scanner) duration(text string, number int, whole bool) {
	d, err := calendar.ParseDuration(text)
	switch unit := strings.ToLower(text[number:]); {
	case err == nil:
		s.emit(Token{Kind: Duration, Dur: d}, len(text))
	case strings.ContainsRune("exob", rune(unit[0])):
		s.bad(len(text), fmt.Sprintf("%s is no number; write it in full, such as 100_000", shown(text)), "")
	case !whole:
		s.bad(len(text), fmt.Sprintf("%s is no duration; write a whole number of min, h, d, w, mo or y", shown(text)), "")
	case unitWords[unit] != "":
		fix := text[:number] + unitWords[unit]
		s.bad(len(text), fmt.Sprintf("%s is no duration; write %s", shown(text), shown(fix)), fix)
	case strings.HasPrefix(err.Error(), `"`+text+`" is too long`):
		s.bad(len(text), fmt.Sprintf("%s is too long; write at most 1000y", shown(text)), "")
	default:
		s.bad(len(text), fmt.Sprintf("%s is no duration; write it as 30min, 12h, 7d, 2w, 1mo or 1y", shown(text)), "")
	}
}

// dateLike says whether digits and dashes are meant as a date: 2026-12-31, or 2026-1-2.
func dateLike(s string) bool {
	parts := strings.Split(s, "-")
	return len(parts) == 3 && len(parts[0]) == 4 && parts[1] != "" && len(parts[1]) <= 2 && parts[2] != "" && len(parts[2]) <= 2
}

func (s *scanner) date(rest string, n int) {
	date, err := calendar.ParseDate(rest[:n])
	if err != nil {
		fix := ""
		p := strings.Split(rest[:n], "-")
		if padded := fmt.Sprintf("%s-%02s-%02s", p[0], p[1], p[2]); padded != rest[:n] {
			if _, err := calendar.ParseDate(padded); err == nil {
				fix = padded
			}
		}
		s.bad(n, fmt.Sprintf("%s is no date; write it as 2026-12-31", shown(rest[:n])), fix)
		return
	}
	blanks := run(rest[n:], func(r rune) bool { return r == ' ' || r == '\t' })
	if h := n + blanks; blanks > 0 && len(rest) >= h+5 && digit(rest, h) && digit(rest, h+1) && rest[h+2] == ':' && digit(rest, h+3) && digit(rest, h+4) {
		hour, minute := int(rest[h]-'0')*10+int(rest[h+1]-'0'), int(rest[h+3]-'0')*10+int(rest[h+4]-'0')
		if hour > 23 || minute > 59 {
			s.bad(h+5, fmt.Sprintf("%s is no time of day; write one from 00:00 to 23:59", shown(rest[h:h+5])), "")
			return
		}
		s.emit(Token{Kind: DateTime, Date: date, Minute: hour*60 + minute}, h+5)
		return
	}
	s.emit(Token{Kind: Date, Date: date}, n)
}

func lineEnd(s string) int {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return i
	}
	return len(s)
}

// run is the length in bytes of the runes that s begins with and that are so.
func run(s string, so func(rune) bool) int {
	for i, r := range s {
		if !so(r) {
			return i
		}
	}
	return len(s)
}

func isDigit(r rune) bool         { return '0' <= r && r <= '9' }
func digit(s string, at int) bool { return at < len(s) && isDigit(rune(s[at])) }
func letter(r rune) bool          { return r == '_' || unicode.IsLetter(r) }
func wordPart(r rune) bool        { return letter(r) || unicode.IsDigit(r) }
func letterAt(s string, at int) bool {
	if at >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	return wordPart(r)
}

// shown is text for a message: in backquotes, and not endless.
func shown(text string) string {
	if !utf8.ValidString(text) {
		return "a byte that is not UTF-8"
	}
	if r := []rune(text); len(r) > 40 {
		text = string(r[:39]) + "…"
	}
	return "`" + text + "`"
}
