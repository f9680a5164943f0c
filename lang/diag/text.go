package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"
)

// tabWidth is how many columns a tab is shown with; lineWidth how many columns of a source line are shown at most.
const (
	tabWidth  = 4
	lineWidth = 120
)

// Text writes diagnostics for a person: each with its place, severity, code and message, the source line with the span
// underlined, the related places and the titles of the fixes. Sources gives the text of each file; a diagnostic in a
// file that is not among them is written without its line and without line numbers.
func Text(w io.Writer, diags []Diagnostic, sources map[string]string, colored bool) error {
	t := &textWriter{w: bufio.NewWriter(w), places: newPlaces(sources), paint: newPaint(colored)}
	for i, d := range diags {
		if i > 0 {
			t.w.WriteByte('\n')
		}
		t.diagnostic(d)
	}
	return t.w.Flush()
}

// places works out lines and columns, one index a file.
type places struct {
	sources map[string]string
	lines   map[string]*Lines
}

func newPlaces(sources map[string]string) *places {
	return &places{sources: sources, lines: map[string]*Lines{}}
}

// of gives the lines of a file, nil where its text is not known.
func (p *places) of(file string) *Lines {
	if l, ok := p.lines[file]; ok {
		return l
	}
	src, ok := p.sources[file]
	if !ok {
		return nil
	}
	l := NewLines(src)
	p.lines[file] = l
	return l
}

type paint struct{ bold, dim, help, err, warn, info *color.Color }

func newPaint(colored bool) paint {
	p := paint{
		bold: color.New(color.Bold),
		dim:  color.New(color.FgBlue),
		help: color.New(color.FgGreen),
		err:  color.New(color.FgRed, color.Bold),
		warn: color.New(color.FgYellow, color.Bold),
		info: color.New(color.FgCyan, color.Bold),
	}
	for _, c := range []*color.Color{p.bold, p.dim, p.help, p.err, p.warn, p.info} {
		if colored {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

func (p paint) severity(s Severity) *color.Color {
	switch s {
	case Error:
		return p.err
	case Warning:
		return p.warn
	default:
		return p.info
	}
}

type textWriter struct {
	w      *bufio.Writer
	places *places
	paint  paint
}

func (t *textWriter) diagnostic(d Diagnostic) {
	tint := t.paint.severity(d.Severity)
	head := ""
	if where := t.where(d.Span); where != "" {
		head = t.paint.bold.Sprint(where) + ": "
	}
	what := strings.TrimSpace(d.Severity.String() + " " + d.Code) // what no rule found has no code
	fmt.Fprintf(t.w, "%s%s: %s\n", head, tint.Sprint(what), Printable(d.Message))
	t.excerpt(d.Span, tint)
	for _, r := range d.Related {
		fmt.Fprintf(t.w, "  %s %s\n", t.paint.dim.Sprint(t.where(r.Span)+":"), Printable(r.Message))
	}
	for _, f := range d.Fixes {
		fmt.Fprintf(t.w, "  %s %s\n", t.paint.help.Sprint("fix:"), Printable(f.Title))
	}
}

// where is file:line:column, as far as it is known.
func (t *textWriter) where(s Span) string {
	lines := t.places.of(s.File)
	if s.File == "" || lines == nil {
		return Printable(s.File)
	}
	line, column := lines.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", Printable(s.File), line, column)
}

// excerpt shows the first line of a span with what of it is meant underlined.
func (t *textWriter) excerpt(s Span, tint *color.Color) {
	lines := t.places.of(s.File)
	if lines == nil {
		return
	}
	number, _ := lines.Position(s.Start)
	line := lines.Text(number)
	if strings.TrimSpace(line) == "" {
		return
	}
	start := min(max(s.Start-lines.Start(number), 0), len(line))
	end := min(max(s.End-lines.Start(number), start), len(line))
	before, marked, after := around(line, start, end)

	gutter := fmt.Sprintf("%5d", number)
	fmt.Fprintf(t.w, "%s %s%s%s\n", t.paint.dim.Sprint(gutter+" |"), before, marked, after)
	carets := strings.Repeat("^", max(width(marked), 1))
	fmt.Fprintf(t.w, "%s %s%s\n", t.paint.dim.Sprint(strings.Repeat(" ", len(gutter))+" |"), strings.Repeat(" ", width(before)), tint.Sprint(carets))
}

// around cuts a source line into what stands before, in and behind a span, ready to be shown: tabs as blanks, nothing
// that a terminal would obey, and of a long line only the part around the span.
func around(line string, start, end int) (before, marked, after string) {
	const most = 8 * lineWidth // bytes that can matter: a column is at most some bytes
	cutLeft, cutRight := 0, len(line)
	if start > most {
		cutLeft = runeStart(line, start-most)
	}
	if len(line)-end > most {
		cutRight = runeStart(line, end+most)
	}
	if end-start > most {
		end = runeStart(line, start+most)
		cutRight = end
	}
	clippedLeft, clippedRight := cutLeft > 0, cutRight < len(line)
	before, column := shown(line[cutLeft:start], 0)
	marked, column = shown(line[start:end], column)
	after, _ = shown(line[end:cutRight], column)

	if w := width(before); w > lineWidth/2 && w+width(marked)+width(after) > lineWidth {
		before, clippedLeft = runewidth.TruncateLeft(before, w-lineWidth/2, ""), true
	}
	if room := lineWidth - width(before); width(marked) > room {
		marked, after, clippedRight = runewidth.Truncate(marked, room, ""), "", true
	} else if room -= width(marked); width(after) > room {
		after, clippedRight = runewidth.Truncate(after, room, ""), true
	}
	if clippedLeft {
		before = "…" + before
	}
	if clippedRight {
		after += "…"
	}
	return before, marked, after
}

func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return min(i, len(s))
}

// shown makes source text fit for a terminal; column is where it begins, for its tabs.
func shown(s string, column int) (string, int) {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			n := tabWidth - column%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		}
		r = visible(r)
		b.WriteRune(r)
		column += runewidth.RuneWidth(r)
	}
	return b.String(), column
}

func width(s string) int {
	n := 0
	for _, r := range s {
		n += runewidth.RuneWidth(r)
	}
	return n
}

// visible replaces what would move the cursor, colour the terminal or turn the direction of writing.
func visible(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
		return '\uFFFD'
	}
	return r
}

// capital begins with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// sentence is a message as one that stands by itself: with a full stop.
func sentence(message string) string {
	if strings.HasSuffix(message, ".") || strings.HasSuffix(message, "?") {
		return message
	}
	return message + "."
}

// Printable replaces what would move the cursor of a terminal, colour it, or turn the direction of writing.
func Printable(s string) string { return strings.Map(visible, s) }
