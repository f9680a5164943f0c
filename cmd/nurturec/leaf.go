package main

import (
	"bufio"
	"io"
	"regexp"
	"strings"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"
)

// leafWidth is how wide text is set.
const leafWidth = 100

// leaf shows a page about a code on a terminal. It knows as much of Markdown as these pages use: headings, paragraphs,
// lists, tables of two columns, and code.
type leaf struct {
	w       io.Writer
	colored bool
}

var (
	linked = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
	quoted = regexp.MustCompile("`[^`]+`")
	listed = regexp.MustCompile(`^(- |\d+\. )`)
)

func (l leaf) write(page string) error {
	out := bufio.NewWriter(l.w)
	heading, code := l.style(color.Bold), l.style(color.FgCyan)
	inCode := false
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			hang := strings.Repeat(" ", len(listed.FindString(paragraph[0])))
			for _, line := range wrap(strings.Join(paragraph, " "), leafWidth, hang) {
				out.WriteString(quoted.ReplaceAllStringFunc(line, func(s string) string { return code.Sprint(s) }) + "\n")
			}
			paragraph = nil
		}
	}
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			inCode = !inCode
		case inCode:
			out.WriteString(strings.TrimRight("  "+code.Sprint(line), " ") + "\n")
		case strings.HasPrefix(line, "#"):
			flush()
			out.WriteString(heading.Sprint(strings.TrimLeft(line, "# ")) + "\n")
		case strings.HasPrefix(line, "|"):
			flush()
			if cells := strings.Split(strings.Trim(line, "| "), " | "); len(cells) == 2 {
				out.WriteString(runewidth.FillRight(cells[0], 8) + "  " + strings.ReplaceAll(cells[1], "`", "") + "\n")
			}
		case line == "":
			flush()
			out.WriteString("\n")
		default:
			if listed.MatchString(line) {
				flush()
			}
			paragraph = append(paragraph, linked.ReplaceAllString(line, "$1"))
		}
	}
	flush()
	return out.Flush()
}

func (l leaf) style(a color.Attribute) *color.Color {
	c := color.New(a)
	if l.colored {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c
}

// wrap breaks a text into lines between words; those behind the first begin with hang.
func wrap(text string, width int, hang string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > width:
			lines = append(lines, line)
			line = hang + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
