package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"nurture/lang/calendar"
)

// This file is the literals: the lexer's side, which finds their ends and reports what is wrong with them, and the
// values that the tree takes from their texts. A literal with an error keeps its kind, so that the statement around
// it still parses; its value is then zero.

// unitsMeant maps what people write for a unit to the unit.
var unitsMeant = map[string]string{
	"mins": "min", "minute": "min", "minutes": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"day": "d", "days": "d", "wk": "w", "week": "w", "weeks": "w", "month": "mo", "months": "mo", "mon": "mo",
	"yr": "y", "year": "y", "years": "y", "D": "d", "W": "w", "H": "h", "Y": "y",
}

// number takes what begins with a digit: a number, a percentage, a duration, a date, a date-time or a time.
func (l *lexer) number() {
	start := l.pos
	if n := dateLen(l.src[start:]); n > 0 {
		l.date(n)
		return
	}
	l.digits()
	digits := l.pos - start
	if digits <= 2 && l.peek(0) == ':' && isDigit(l.peek(1)) {
		l.pos = start
		l.time()
		return
	}
	if l.peek(0) == '.' && isDigit(l.peek(1)) {
		l.pos++
		l.digits()
	}
	switch end := wordEnd(l.src, l.pos); {
	case end > l.pos:
		l.duration(start, end)
	case l.peek(0) == '%':
		l.pos++
		l.emit(tPercent, start)
	default:
		l.emit(tNumber, start)
	}
}

func (l *lexer) digits() {
	for isDigit(l.peek(0)) || l.peek(0) == '_' {
		l.pos++
	}
}

// duration takes a number with letters behind it, whose end is given.
func (l *lexer) duration(start, end int) {
	number := l.src[start:l.pos]
	unit := l.src[l.pos:end]
	l.pos = end
	t := l.emit(tDuration, start)
	_, err := calendar.ParseDuration(l.src[start:end])
	if err == nil {
		return
	}
	t.bad = true
	span := Span{start, end}
	if right, ok := unitsMeant[unit]; ok {
		if _, err := calendar.ParseDuration(number + right); err == nil {
			l.report.fix("NUR024", span, "`"+l.src[start:end]+"` is no duration: write `"+number+right+"`",
				"write `"+number+right+"`", span, number+right)
			return
		}
	}
	switch {
	case strings.Contains(err.Error(), "too long"):
		l.report.add("NUR024", span, "%s is too long: write at most 1000y", quoted(l.src[start:end]))
	case strings.Contains(number, "."):
		l.report.add("NUR024", span, "%s is no duration: it takes a whole number, and a unit of min, h, d, w, mo or y", quoted(l.src[start:end]))
	default:
		l.report.add("NUR024", span, "%s is no duration such as 30min, 12h, 7d, 2w, 1mo or 1y, and a name begins with a letter", quoted(l.src[start:end]))
	}
}

// dateLen is the length of the date, with four, one or two, and one or two digits, at the start of s, or 0.
func dateLen(s string) int {
	i := 0
	for _, part := range [3]struct{ least, most int }{{4, 4}, {1, 2}, {1, 2}} {
		if i > 0 {
			if i >= len(s) || s[i] != '-' {
				return 0
			}
			i++
		}
		n := 0
		for n < part.most && i < len(s) && isDigit(s[i]) {
			i++
			n++
		}
		if n < part.least {
			return 0
		}
	}
	if i < len(s) && (isDigit(s[i]) || isWordByte(s[i]) && s[i] != 'T') {
		return 0
	}
	return i
}

// date takes a date of n bytes and, one space behind it, its time.
func (l *lexer) date(n int) {
	start := l.pos
	l.pos += n
	end := l.pos
	if c := l.peek(0); c == ' ' || c == 'T' {
		l.pos++
		if clock := clockLen(l.src[l.pos:]); clock > 0 {
			minute, ok := minuteOf(l.src[l.pos : l.pos+clock])
			l.pos += clock
			t := l.emit(tDateTime, start)
			day, dayErr := calendar.ParseDate(padDate(l.src[start:end]))
			right := day.String() + " " + padClock(l.src[l.pos-clock:l.pos])
			switch {
			case dayErr != nil:
				t.bad = true
				l.noDay(start, end)
			case !ok || minute >= 24*60:
				t.bad = true
				l.noTime(l.pos-clock, l.pos)
			case right != l.src[start:l.pos]:
				t.bad = true
				l.report.fix("NUR025", Span{start, l.pos}, "a date with its time is written `"+right+"`",
					"write `"+right+"`", Span{start, l.pos}, right)
			}
			return
		}
		l.pos = end
		if c == 'T' {
			for l.pos = wordEnd(l.src, l.pos); l.peek(0) == ':'; {
				l.pos = wordEnd(l.src, l.pos+1)
			}
			l.emit(tDateTime, start).bad = true
			l.report.add("NUR025", Span{start, l.pos}, "%s is no date with its time: write it as 2026-03-02 10:00", quoted(l.src[start:l.pos]))
			return
		}
	}
	t := l.emit(tDate, start)
	text := l.src[start:end]
	if _, err := calendar.ParseDate(padDate(text)); err != nil {
		t.bad = true
		l.noDay(start, end)
	} else if right := padDate(text); right != text {
		t.bad = true
		l.report.fix("NUR025", Span{start, end}, "a date is written `"+right+"`", "write `"+right+"`", Span{start, end}, right)
	}
}

func (l *lexer) noDay(start, end int) {
	l.report.add("NUR025", Span{start, end}, "the calendar has no day `%s`: a date is written year-month-day, as 2026-12-31", l.src[start:end])
}

func (l *lexer) noTime(start, end int) {
	l.report.add("NUR025", Span{start, end}, "`%s` is no time of the day: write 00:00 to 23:59", l.src[start:end])
}

// padDate writes months and days with two digits.
func padDate(s string) string {
	parts := strings.SplitN(s, "-", 3)
	for i := range parts {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}

func padClock(s string) string {
	if len(s) == len("9:00") {
		return "0" + s
	}
	return s
}

// time takes a time of the day; 24:00 is the end of the day.
func (l *lexer) time() {
	start := l.pos
	n := clockLen(l.src[start:])
	if n == 0 {
		l.digits()
		l.pos++
		l.digits()
		l.emit(tTime, start).bad = true
		l.report.add("NUR025", Span{start, l.pos}, "%s is no time of the day: write it as 09:00", quoted(l.src[start:l.pos]))
		return
	}
	l.pos += n
	t := l.emit(tTime, start)
	text := l.src[start:l.pos]
	if _, ok := minuteOf(text); !ok {
		t.bad = true
		l.noTime(start, l.pos)
	} else if right := padClock(text); right != text {
		t.bad = true
		l.report.fix("NUR025", Span{start, l.pos}, "a time is written `"+right+"`", "write `"+right+"`", Span{start, l.pos}, right)
	}
}

// clockLen is the length of a time such as 09:00 or 9:00 at the start of s, or 0.
func clockLen(s string) int {
	i := 0
	for i < 2 && i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == 0 || i+3 > len(s) || s[i] != ':' || !isDigit(s[i+1]) || !isDigit(s[i+2]) {
		return 0
	}
	if i+3 < len(s) && (isDigit(s[i+3]) || s[i+3] == ':') {
		return 0
	}
	return i + 3
}

// minuteOf reads 09:00 as minutes of the day.
func minuteOf(s string) (minute int, ok bool) {
	hour, rest, _ := strings.Cut(s, ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(rest)
	if err1 != nil || err2 != nil || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return h*60 + m, true
}

// numberOf reads 1_000 and 0.5.
func numberOf(s string) float64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil {
		return 0
	}
	return f
}

// str takes a text in quotes, up to the closing quote or the end of its line. open is the quote it begins with: the
// language has only `"`, but others are understood and corrected.
func (l *lexer) str(open rune) {
	start := l.pos
	l.pos += utf8.RuneLen(open)
	inner, closed, bad := l.pos, false, false
	closers := closersOf(open, l.src[inner:])
	for l.pos < len(l.src) && !closed {
		r, size := utf8.DecodeRuneInString(l.src[l.pos:])
		switch {
		case r == '\n' || r == '\r':
			l.unclosed(start)
			return
		case r == '\\':
			n, ok := escapeLen(l.src[l.pos:])
			if !ok {
				bad = true
				l.report.add("NUR021", Span{l.pos, l.pos + n}, "%s is no escape: write \\n, \\t, \\\", \\\\ or \\u00e9", quoted(l.src[l.pos:l.pos+n]))
			}
			l.pos += n
		default:
			closed = strings.ContainsRune(closers, r)
			l.pos += size
		}
	}
	if !closed {
		l.unclosed(start)
		return
	}
	l.emit(tString, start).bad = bad || open != '"'
	if open == '"' {
		return
	}
	_, last := utf8.DecodeLastRuneInString(l.src[start:l.pos])
	text := strings.ReplaceAll(strings.ReplaceAll(l.src[inner:l.pos-last], `\"`, `"`), `"`, `\"`)
	l.report.fix("NUR023", Span{start, l.pos}, "texts stand in plain double quotes: write \"…\"",
		"write plain double quotes", Span{start, l.pos}, `"`+text+`"`)
}

// closersOf gives the quotes that may end a text which begins with another one; rest is what follows that one. Where
// a typographic quote has no partner on its line, a plain one ends it.
func closersOf(open rune, rest string) string {
	closers := "“”„«»"
	switch open {
	case '"', '\'':
		return string(open)
	case '‘', '’', '‚':
		closers = "‘’‚"
	}
	i := strings.IndexAny(rest, closers+"\r\n")
	if i < 0 || rest[i] == '\r' || rest[i] == '\n' {
		return `"'`
	}
	return closers
}

func (l *lexer) unclosed(start int) {
	l.emit(tString, start).bad = true
	l.report.add("NUR020", Span{start, l.pos}, "this text is never closed: write \" at its end, on the same line")
}

// escapeLen is the length of the escape at the start of s, and whether it is one.
func escapeLen(s string) (int, bool) {
	if len(s) < 2 || s[1] == '\n' || s[1] == '\r' {
		return 1, false
	}
	switch s[1] {
	case 'n', 't', 'r', '"', '\\', '\'':
		return 2, true
	case 'u':
		_, n := unicodeEscape(s)
		if n == 0 {
			return 2, false
		}
		return n, true
	}
	_, size := utf8.DecodeRuneInString(s[1:])
	return 1 + size, false
}

// unicodeEscape reads \u00e9 or \u{1f600}; n is 0 when it is neither.
func unicodeEscape(s string) (r rune, n int) {
	hex := ""
	if strings.HasPrefix(s, `\u{`) {
		end := strings.IndexByte(s[:min(len(s), 10)], '}')
		if end < 0 {
			return 0, 0
		}
		hex, n = s[3:end], end+1
	} else if len(s) >= 6 {
		hex, n = s[2:6], 6
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		return 0, 0
	}
	return rune(v), n
}

// unquote gives the value of a text in quotes. What is no escape stands for itself.
func unquote(s string) string {
	open, size := utf8.DecodeRuneInString(s)
	s = s[size:]
	if last, size := utf8.DecodeLastRuneInString(s); size > 0 && strings.ContainsRune(closersOf(open, s), last) {
		s = s[:len(s)-size]
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := 2
		switch s[i+1] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '"', '\\', '\'':
			b.WriteByte(s[i+1])
		case 'u':
			r, size := unicodeEscape(s[i:])
			if size == 0 {
				b.WriteString(`\u`)
				break
			}
			b.WriteRune(r)
			n = size
		default:
			b.WriteByte('\\')
			n = 1
		}
		i += n
	}
	return b.String()
}
