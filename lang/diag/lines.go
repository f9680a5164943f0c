package diag

import (
	"sort"
	"unicode/utf8"
)

// Lines turns byte offsets of one file into lines and columns and back. A line ends with LF, CRLF or CR. It is built
// once a file and answers in logarithmic time.
type Lines struct {
	src    string
	starts []int // where each line begins; the first is 0
}

// NewLines indexes a file.
func NewLines(src string) *Lines {
	l := &Lines{src: src, starts: []int{0}}
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				i++
			}
			l.starts = append(l.starts, i+1)
		case '\n':
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// Count is the number of lines; a file that ends with a line end has an empty last line.
func (l *Lines) Count() int { return len(l.starts) }

// Position gives the line and column of a byte offset, both from 1, columns in runes. An offset outside the file is
// taken as its nearest end.
func (l *Lines) Position(offset int) (line, column int) {
	line, text := l.before(offset)
	return line, utf8.RuneCountInString(text) + 1
}

// UTF8 gives line and column from 0, the column in bytes.
func (l *Lines) UTF8(offset int) (line, column int) {
	line, text := l.before(offset)
	return line - 1, len(text)
}

// UTF16 gives line and column from 0, the column in UTF-16 code units, as the language server protocol counts.
func (l *Lines) UTF16(offset int) (line, column int) {
	line, text := l.before(offset)
	for _, r := range text {
		column += utf16Len(r)
	}
	return line - 1, column
}

// OffsetUTF8 is the inverse of UTF8. A line behind the last one is the end of the file, a column behind the end of
// its line the end of that line.
func (l *Lines) OffsetUTF8(line, column int) int {
	start, text, ok := l.line(line)
	if !ok {
		return start
	}
	return start + min(max(column, 0), len(text))
}

// OffsetUTF16 is the inverse of UTF16. A column inside a surrogate pair is taken as the character's start.
func (l *Lines) OffsetUTF16(line, column int) int {
	start, text, ok := l.line(line)
	if !ok {
		return start
	}
	for i, r := range text {
		if column -= utf16Len(r); column < 0 {
			return start + i
		}
	}
	return start + len(text)
}

// Text is the text of a line (from 1), without its end; "" when there is no such line.
func (l *Lines) Text(line int) string {
	_, text, _ := l.line(line - 1)
	return text
}

// Start is the offset at which a line (from 1) begins.
func (l *Lines) Start(line int) int {
	start, _, _ := l.line(line - 1)
	return start
}

// before gives the line of an offset, from 1, and its text up to there.
func (l *Lines) before(offset int) (line int, text string) {
	offset = min(max(offset, 0), len(l.src))
	line = sort.SearchInts(l.starts, offset+1)
	return line, l.src[l.starts[line-1]:offset]
}

// line gives a line, from 0, without its end; ok is false, and start the nearest end of the file, when there is none.
func (l *Lines) line(n int) (start int, text string, ok bool) {
	if n < 0 {
		return 0, "", false
	}
	if n >= len(l.starts) {
		return len(l.src), "", false
	}
	start, end := l.starts[n], len(l.src)
	if n+1 < len(l.starts) {
		end = l.starts[n+1]
	}
	for end > start && (l.src[end-1] == '\n' || l.src[end-1] == '\r') {
		end--
	}
	return start, l.src[start:end], true
}

func utf16Len(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}
