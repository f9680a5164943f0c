package format

import (
	"strings"

	"nurture/lang/syntax"
)

// continued stands before the further lines of a condition.
const continued = "    "

// cond is the text of a condition: its words, strings, comments and line breaks as written, its blanks in order.
func (p printer) cond(c *syntax.Cond) string {
	if c == nil {
		return ""
	}
	var lines []string
	for _, line := range splitLines(c.Text) {
		if line = tidy(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n"+continued)
}

// tidy makes one blank of each run of blanks outside strings and comments, and none of those at the ends.
func tidy(line string) string {
	line = strings.Trim(line, " \t")
	var out strings.Builder
	for i := 0; i < len(line); {
		n := 1
		switch {
		case line[i] == '"':
			n = stringLength(line[i:])
			out.WriteString(line[i : i+n])
		case strings.HasPrefix(line[i:], "//"):
			n = len(line) - i
			out.WriteString(line[i:])
		case line[i] == ' ' || line[i] == '\t':
			n = len(line[i:]) - len(strings.TrimLeft(line[i:], " \t"))
			out.WriteByte(' ')
		default:
			out.WriteByte(line[i])
		}
		i += n
	}
	return out.String()
}

// stringLength is the number of bytes of the string literal that s begins with, quotes included.
func stringLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
