package format

import (
	"strings"

	"nurture/lang/syntax"
)

const (
	commentGap   = "  "
	commentReach = 100 // a line that is wider does not push the comments of its neighbours away
)

// comments gives the lines above a statement and the comment behind it.
func (p printer) comments(n *syntax.Node) (lead []string, suffix string) {
	lead = p.above(n.Before, n.Blank)
	if n.Gap {
		lead = append(lead, "")
	}
	if n.Suffix != nil {
		suffix = p.commentText(*n.Suffix)
	}
	return lead, suffix
}

// above gives comments as lines of their own, with the blank lines over them.
func (p printer) above(comments []syntax.Comment, blank bool) []string {
	var lines []string
	for _, c := range comments {
		if blank || c.Blank {
			lines = append(lines, "")
		}
		lines = append(lines, p.commentText(c))
		blank = false
	}
	if blank {
		lines = append(lines, "")
	}
	return lines
}

// commentText is a comment as written, but for blanks at its end.
func (p printer) commentText(c syntax.Comment) string {
	return strings.TrimRight(p.text(c.Span), " \t\r\n")
}

// withComments puts the comments to the texts of rows; those behind statements line up where lines follow each other.
func withComments(rows []row, texts []string, indent int) []string {
	var lines []string
	for i := 0; i < len(rows); {
		to, column := suffixRun(rows, texts, i, indent)
		for ; i < to; i++ {
			lines = append(lines, rows[i].lead...)
			lines = append(lines, strings.Split(texts[i], "\n")...)
			if suffix := rows[i].suffix; suffix != "" {
				last := lines[len(lines)-1]
				var pad strings.Builder
				blanks(&pad, column-displayWidth(last))
				lines[len(lines)-1] = last + pad.String() + commentGap + suffix
			}
		}
	}
	return lines
}

// suffixRun is the index behind the rows from the given one on whose comments line up, and the column they do it in.
func suffixRun(rows []row, texts []string, from, indent int) (to, column int) {
	for to = from; to < len(rows); to++ {
		alone := rows[to].suffix == "" || strings.Contains(texts[to], "\n")
		if to > from && (alone || len(rows[to].lead) > 0) {
			break
		}
		if alone {
			return to + 1, 0
		}
		if width := displayWidth(texts[to]); indent+width <= commentReach {
			column = max(column, width)
		}
	}
	return to, column
}

// splitLines divides text at its line ends: \n, \r\n or \r.
func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}
