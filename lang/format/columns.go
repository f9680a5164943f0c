package format

import (
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

const (
	indentation = "  "
	wrapped     = "    " // before the further lines of a list that is broken

	lineLimit  = 120
	offerLimit = 200
	tableCell  = 100 // a wider one is out of line: else one long name would blow up a large file

	// soft stands for a blank at which a list may be broken. No file that parses has this byte: it is not UTF-8.
	soft = "\xff"
)

// columns is how statements of one kind line up: rows of a run have the same.
type columns struct {
	gaps  []int // blanks behind the first cell, the second, …; the last counts for all that follow
	limit int   // of the line
	table bool  // line up over blank lines and comments, and however wide the line is
}

func (c *columns) gap(cell int) int { return c.gaps[min(cell, len(c.gaps)-1)] }

// reach is how wide a cell may be that sets the width of its column, which begins at start.
func (c *columns) reach(start int) int {
	if c.table {
		return tableCell
	}
	return c.limit/2 - start
}

var (
	single = []int{1}
	double = []int{2}

	namesColumns   = &columns{gaps: single, limit: lineLimit}
	eventColumns   = &columns{gaps: single, limit: lineLimit}
	segmentColumns = &columns{gaps: single, limit: lineLimit}
	offerColumns   = &columns{gaps: single, limit: offerLimit}
	neverColumns   = &columns{gaps: single, limit: lineLimit}
	migrateColumns = &columns{gaps: single, limit: lineLimit}

	fieldColumns    = &columns{gaps: []int{2, 2, 1}, limit: lineLimit}
	propertyColumns = &columns{gaps: double, limit: lineLimit} // of offers
	wordColumns     = &columns{gaps: single, limit: lineLimit} // properties of policy, hand-off, measure, program
	scoreColumns    = &columns{gaps: single, limit: lineLimit}
	mapColumns      = &columns{gaps: single, table: true}
	ruleColumns     = &columns{gaps: single, limit: lineLimit} // the `->` of rules and arms
	assignColumns   = &columns{gaps: single, limit: lineLimit}
	shareColumns    = &columns{gaps: single, limit: lineLimit}
	chanceColumns   = &columns{gaps: single, limit: lineLimit} // events of a scenario

	alone = &columns{gaps: single, limit: lineLimit} // statements that line up with nothing
)

// cell is a part of a row that may stand in a column. A free one does not set the width of its column.
type cell struct {
	text string
	free bool
}

// row is a statement laid out: its text in cells, and the comments around it.
type row struct {
	columns *columns
	cells   []cell
	lead    []string // lines above it: comments, and "" for a blank line
	suffix  string   // comment behind it
}

// rowOf makes a row of cells that all set the width of their columns; empty ones at its end are left out.
func rowOf(c *columns, texts ...string) row {
	for len(texts) > 1 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	r := row{columns: c, cells: make([]cell, len(texts))}
	for i, t := range texts {
		r.cells[i].text = t
	}
	return r
}

// inline is the row's text as part of a one-line block.
func (r row) inline() string {
	var texts []string
	for _, c := range r.cells {
		if c.text != "" {
			texts = append(texts, c.text)
		}
	}
	return strings.Join(texts, " ")
}

// padded is the row's text with cells filled up to widths; cells without a width are just followed by their gap.
func (r row) padded(widths []int) string {
	var text strings.Builder
	for i, c := range r.cells {
		text.WriteString(c.text)
		width := 0
		if i < len(widths) {
			width = widths[i]
		}
		if i+1 < len(r.cells) && (c.text != "" || width > 0) {
			blanks(&text, max(width-displayWidth(c.text), 0)+r.columns.gap(i))
		}
	}
	return strings.TrimRight(text.String(), " ")
}

func blanks(text *strings.Builder, n int) {
	for range n {
		text.WriteByte(' ')
	}
}

// fits says whether every line of text has at most as many columns as the row's limit allows.
func (r row) fits(text string, indent int) bool {
	return r.columns.table || indent+textWidth(text) <= r.columns.limit
}

// ragged says that a cell with others behind it has several lines: nothing can line up behind it.
func (r row) ragged() bool {
	for _, c := range r.cells[:len(r.cells)-1] {
		if strings.Contains(c.text, "\n") {
			return true
		}
	}
	return false
}

// layOut gives the lines of rows that stand under one another: runs lined up, lists broken where their line is full,
// comments in place.
func layOut(rows []row, indent int) []string {
	texts := make([]string, 0, len(rows))
	for from := 0; from < len(rows); {
		to := runEnd(rows, from)
		texts = append(texts, lineUp(rows[from:to], indent)...)
		from = to
	}
	return withComments(rows, texts, indent)
}

// runEnd is the index behind the run that begins at from.
func runEnd(rows []row, from int) int {
	c := rows[from].columns
	to := from + 1
	for c != alone && to < len(rows) && rows[to].columns == c && (c.table || len(rows[to].lead) == 0) {
		to++
	}
	return to
}

// lineUp gives the texts of the rows of one run.
func lineUp(run []row, indent int) []string {
	widths := columnWidths(run, indent)
	texts := make([]string, len(run))
	for i, r := range run {
		plain := r.padded(nil)
		texts[i] = plain
		if !r.ragged() {
			if text := r.padded(widths); r.fits(text, indent) || !r.fits(plain, indent) {
				texts[i] = text
			}
		}
		texts[i] = r.wrap(texts[i], indent)
	}
	return texts
}

// columnWidths is how wide each column of a run is but the last of each row, which is not filled up.
func columnWidths(run []row, indent int) []int {
	var rows []row
	for _, r := range run {
		if !r.ragged() {
			rows = append(rows, r)
		}
	}
	var widths []int
	start := indent
	for column := 0; ; column++ {
		rows = slices.DeleteFunc(rows, func(r row) bool { return len(r.cells) <= column+1 })
		if len(rows) == 0 {
			return widths
		}
		width := 0
		for _, r := range rows {
			if w := displayWidth(r.cells[column].text); !r.cells[column].free && w <= r.columns.reach(start) {
				width = max(width, w)
			}
		}
		widths = append(widths, width)
		start += width + run[0].columns.gap(column)
	}
}

// wrap breaks lists of lines that are too wide, and puts blanks where they need not be broken.
func (r row) wrap(text string, indent int) string {
	if !strings.Contains(text, soft) {
		return text
	}
	if r.fits(text, indent) {
		return strings.ReplaceAll(text, soft, " ")
	}
	var out strings.Builder
	for n, line := range strings.Split(text, "\n") {
		if n > 0 {
			out.WriteString("\n")
		}
		used := indent
		for i, part := range strings.Split(line, soft) {
			width := displayWidth(part)
			switch {
			case i == 0:
			case used+1+width > r.columns.limit:
				out.WriteString("\n" + wrapped)
				used = indent + len(wrapped)
			default:
				out.WriteString(" ")
				used++
			}
			out.WriteString(part)
			used += width
		}
	}
	return out.String()
}

// narrow is a terminal's idea of widths that does not depend on the locale of who formats.
var narrow = runewidth.Condition{StrictEmojiNeutral: true}

func displayWidth(s string) int { return narrow.StringWidth(s) }

// textWidth is the width of the widest line.
func textWidth(text string) int {
	width := 0
	for line := range strings.SplitSeq(text, "\n") {
		width = max(width, displayWidth(line))
	}
	return width
}
