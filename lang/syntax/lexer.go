package syntax

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is to the language. The lexer knows no statements: `send` is an identifier to it.
type kind uint8

const (
	tEOF      kind = iota
	tNewline       // LF, CRLF or CR
	tComment       // from its slashes to its line's end
	tIdent         // a name, or a word of some statement
	tReserved      // a word that is never a name
	tString
	tNumber
	tPercent
	tDuration
	tDate
	tDateTime
	tTime
	tPunct
	tBad // bytes that mean nothing here
)

// token is a range of the file. The tokens of a file leave out nothing but spaces and tabs.
type token struct {
	start, end int
	kind       kind
	bad        bool // the lexer has reported an error in it
}

// reserved words are never names, wherever they stand.
var reserved = wordSet("from in every pick where match otherwise done and or not true false nil")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// lookalikes are characters that word processors put in the place of ours.
var lookalikes = map[rune]string{
	'→': "->", '–': "-", '—': "-", '−': "-", '≥': ">=", '≤': "<=", '≠': "!=", '…': "..",
	'\u00a0': " ", '\u202f': " ", '\u2009': " ", '\u200b': "", '\ufeff': "",
}

// pairs are the signs of two characters.
var pairs = wordSet("-> == != <= >= && || .. ** ??")

// lexer cuts a file into tokens. It never fails: what it does not know becomes a token marked bad and a diagnostic.
type lexer struct {
	src    string
	pos    int
	tokens []token
	report *reporter
}

func lex(src string, report *reporter) []token {
	l := &lexer{src: src, report: report, tokens: make([]token, 0, len(src)/5+8)}
	if strings.HasPrefix(src, "\ufeff") {
		l.pos = len("\ufeff")
	}
	for l.pos < len(src) {
		l.next()
	}
	l.emit(tEOF, l.pos)
	return l.tokens
}

func (l *lexer) emit(k kind, start int) *token {
	l.tokens = append(l.tokens, token{start: start, end: l.pos, kind: k})
	return &l.tokens[len(l.tokens)-1]
}

func (l *lexer) next() {
	start, c := l.pos, l.src[l.pos]
	switch {
	case c == ' ' || c == '\t':
		l.pos++
	case c == '\n' || c == '\r':
		l.pos++
		if c == '\r' && l.peek(0) == '\n' {
			l.pos++
		}
		l.emit(tNewline, start)
	case c == '/' && l.peek(1) == '/':
		l.toLineEnd()
		l.emit(tComment, start)
	case c == '/' && l.peek(1) == '*':
		l.blockComment()
	case c == '#':
		l.toLineEnd()
		l.emit(tBad, start).bad = true
		l.report.fix("NUR023", Span{start, l.pos}, "a comment begins with `//`, not with `#`",
			"write `//`", Span{start, start + 1}, "//")
	case c == '"':
		l.str('"')
	case c == '\'':
		l.str('\'')
	case isDigit(c):
		l.number()
	case isWordByte(c):
		l.word()
	case c < utf8.RuneSelf:
		l.sign()
	default:
		l.unicode()
	}
}

func (l *lexer) peek(ahead int) byte {
	if l.pos+ahead < len(l.src) {
		return l.src[l.pos+ahead]
	}
	return 0
}

func (l *lexer) toLineEnd() {
	if i := strings.IndexAny(l.src[l.pos:], "\r\n"); i >= 0 {
		l.pos += i
	} else {
		l.pos = len(l.src)
	}
}

func (l *lexer) blockComment() {
	start := l.pos
	if i := strings.Index(l.src[start+2:], "*/"); i >= 0 {
		l.pos = start + 2 + i + 2
	} else {
		l.toLineEnd()
	}
	l.emit(tBad, start).bad = true
	l.report.add("NUR023", Span{start, l.pos}, "there are no `/* */` comments: write `//` before each line of it")
}

// word takes a name or a word. Its first byte has been looked at.
func (l *lexer) word() {
	start := l.pos
	l.pos = wordEnd(l.src, l.pos)
	if reserved[l.src[start:l.pos]] {
		l.emit(tReserved, start)
		return
	}
	l.emit(tIdent, start)
}

// wordEnd is where the letters, digits and `_` from i on end.
func wordEnd(src string, i int) int {
	for i < len(src) {
		c := src[i]
		if c < utf8.RuneSelf {
			if !isWordByte(c) && !isDigit(c) {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(src[i:])
		if !isWordRune(r) {
			break
		}
		i += size
	}
	return i
}

func (l *lexer) sign() {
	start := l.pos
	c := l.src[start]
	if start+2 <= len(l.src) && pairs[l.src[start:start+2]] {
		l.pos += 2
		l.emit(tPunct, start)
		return
	}
	l.pos++
	if isSign(rune(c)) {
		l.emit(tPunct, start)
		return
	}
	l.strange(start)
}

// unicode takes what begins with a byte outside ASCII: a name, a typographic quote, a look-alike, or nothing of ours.
func (l *lexer) unicode() {
	start := l.pos
	r, size := utf8.DecodeRuneInString(l.src[start:])
	if isWordRune(r) {
		l.word()
		return
	}
	if isQuote(r) {
		l.str(r)
		return
	}
	l.pos += size
	ours, ok := lookalikes[r]
	if !ok {
		l.strange(start)
		return
	}
	l.report.fix("NUR023", Span{start, l.pos}, "`"+string(r)+"` is not what it looks like: write "+spoken(ours),
		"write "+spoken(ours), Span{start, l.pos}, ours)
	if strings.TrimSpace(ours) != "" {
		l.emit(tPunct, start).bad = true
	} else {
		l.emit(tBad, start).bad = true
	}
}

func spoken(s string) string {
	switch s {
	case "":
		return "nothing here"
	case " ":
		return "a plain space"
	}
	return "`" + s + "`"
}

// strange takes a run of characters that the language has no use for as one error.
func (l *lexer) strange(start int) {
	for l.pos < len(l.src) {
		r, size := utf8.DecodeRuneInString(l.src[l.pos:])
		if isSign(r) || isSpace(r) || isWordRune(r) || isQuote(r) {
			break
		}
		l.pos += size
	}
	l.emit(tBad, start).bad = true
	text := l.src[start:l.pos]
	if !utf8.ValidString(text) {
		return // reported once, as the file's encoding
	}
	l.report.add("NUR022", Span{start, l.pos}, "%s means nothing here: take it out, or write it inside a text in quotes", quoted(text))
}

// checkEncoding reports bytes that are no UTF-8: the first one only, since there is one cause.
func checkEncoding(src string, report *reporter) {
	if utf8.ValidString(src) {
		return
	}
	first, count := -1, 0
	for i, r := range src {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(src[i:]); size == 1 {
			if count++; first < 0 {
				first = i
			}
		}
	}
	more := ""
	if count > 1 {
		more = ", nor are " + plural(count-1, "byte") + " after it"
	}
	report.add("NUR026", Span{first, first + 1}, "this byte (0x%02X) is no UTF-8%s: save the file as UTF-8", src[first], more)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWordByte tells the ASCII characters with which a name may begin.
func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// isSign tells the ASCII characters that stand for something here or in conditions, letters and digits among them.
func isSign(r rune) bool { return ' ' < r && r < 0x7f && r != '$' && r != '\\' && r != '`' }

func isQuote(r rune) bool { return strings.ContainsRune("“”„«»‘’‚", r) }

// quoted shows a piece of the file in a message.
func quoted(s string) string {
	const longest = 40
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s[:min(len(s), 4*longest)])[:longest]) + "…"
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return strconv.QuoteToASCII(s)
		}
	}
	return "`" + s + "`"
}
