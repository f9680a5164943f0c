package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// longestLine is the most bytes that a line, or a CSV record over several lines, may have.
const longestLine = 1 << 20

// errTooLong is why a line is rejected that no memory is spent on.
var errTooLong = fmt.Errorf("the line has more than %d bytes", longestLine)

// lines reads an input line by line through a window of bounded size.
type lines struct {
	r          io.Reader
	window     []byte
	start, end int // what is read and not yet given out
	line       int // number of the line that begins at start, from 1
	err        error
}

func newLines(r io.Reader) (*lines, error) {
	l := &lines{r: r, window: make([]byte, longestLine+64<<10), line: 1}
	for l.end < 3 && l.more() {
	}
	head := l.rest()
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		l.start = 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("it is UTF-16; save it as UTF-8")
	}
	return l, nil
}

// rest is what is in the window and not yet given out.
func (l *lines) rest() []byte { return l.window[l.start:l.end] }

// more reads on; false at the end of the input, on an error, and when the window is full of what is not given out.
func (l *lines) more() bool {
	if l.err != nil || l.end-l.start == len(l.window) {
		return false
	}
	if l.end == len(l.window) {
		l.end = copy(l.window, l.rest())
		l.start = 0
	}
	for idle := 0; idle < 100; idle++ {
		n, err := l.r.Read(l.window[l.end:])
		l.end += n
		if l.err = err; n > 0 || err != nil {
			return n > 0
		}
	}
	l.err = io.ErrNoProgress
	return false
}

// failed is the error that ended the input, nil at its end.
func (l *lines) failed() error {
	if l.err == io.EOF {
		return nil
	}
	return l.err
}

// take gives out n bytes of the window.
func (l *lines) take(n int) []byte {
	taken := l.window[l.start : l.start+n]
	l.start += n
	l.line += bytes.Count(taken, []byte{'\n'})
	return taken
}

// next gives a line without its end, and its number. Of one that is too long it gives the beginning and errTooLong. The
// bytes are good until the next call; ok is false at the end of the input.
func (l *lines) next() (text []byte, number int, err error, ok bool) {
	number = l.line
	for searched := 0; ; {
		rest := l.rest()
		if i := bytes.IndexByte(rest[searched:], '\n'); i >= 0 {
			text = l.take(searched + i + 1)
			text = bytes.TrimSuffix(text[:len(text)-1], []byte{'\r'})
			break
		}
		if searched = len(rest); searched > longestLine {
			return l.skip(), number, errTooLong, true
		}
		if !l.more() {
			if len(rest) == 0 || l.failed() != nil {
				return nil, number, nil, false
			}
			text = bytes.TrimSuffix(l.take(len(rest)), []byte{'\r'})
			break
		}
	}
	if len(text) > longestLine {
		return text[:shownBytes], number, errTooLong, true
	}
	return text, number, nil, true
}

// skip passes over the rest of a line that is too long and gives its beginning.
func (l *lines) skip() []byte {
	begin := bytes.Clone(l.rest()[:shownBytes])
	for {
		if i := bytes.IndexByte(l.rest(), '\n'); i >= 0 {
			l.take(i + 1)
			return begin
		}
		l.take(len(l.rest()))
		if !l.more() {
			return begin
		}
	}
}
