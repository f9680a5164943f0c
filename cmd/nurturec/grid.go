package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/mattn/go-runewidth"

	"nurture/runtime/measure"
)

// The ways in which numbers are written.

func percent(v float64) string {
	switch p := math.Abs(100 * v); {
	case p >= 1000:
		return count(int64(math.Round(100*v))) + "%"
	case p >= 100:
		return fmt.Sprintf("%.0f%%", 100*v)
	default:
		return fmt.Sprintf("%.1f%%", 100*v+0)
	}
}

// points is a difference of shares, small ones with a digit more.
func points(v float64) string {
	p, digits := 100*v, 1
	if math.Abs(p) < 1 {
		digits = 2
	}
	if math.Abs(p) < 0.005 {
		return "0 points"
	}
	return fmt.Sprintf("%+.*f points", digits, p)
}

func amount(v float64) string {
	if v != math.Trunc(v) && math.Abs(v) < 100 {
		return fmt.Sprintf("%.1f", v)
	}
	return count(int64(math.Round(v)))
}

func money(v float64) string {
	if math.Abs(v) < 0.005 {
		return "0"
	}
	if math.Abs(v) < 1000 && v != math.Trunc(v) {
		return fmt.Sprintf("%.2f", v)
	}
	return count(int64(math.Round(v)))
}

func days(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func quotient(n, of float64) string {
	if of == 0 {
		return ""
	}
	return percent(n / of)
}

// between is an interval, "" where it is none.
func between(i measure.Interval, text func(float64) string) string {
	low, high := text(i.Low), text(i.High)
	if i.Low == i.High {
		return ""
	}
	if unit := unitOf(low); unit != "" && unit == unitOf(high) {
		low = strings.TrimSuffix(low, unit)
	}
	return low + " to " + high
}

// unitOf is what a number is of.
func unitOf(text string) string {
	return strings.TrimLeft(text, "+-0123456789.,")
}

// grid is lines of text and tables, whose first column stands at the left and the others at the right.
type grid struct {
	lines []string
	rows  [][]string
}

func (g *grid) line(format string, args ...any) {
	g.flush()
	g.lines = append(g.lines, fmt.Sprintf(format, args...))
}

func (g *grid) heading(text string) {
	g.line("")
	g.line("%s", text)
}

// sentence is a line that may be long.
func (g *grid) sentence(text string) {
	const width = 78
	for _, line := range wrap(strings.TrimSuffix(text, ".")+".", width, "  ") {
		g.line("  %s", line)
	}
}

// section begins a table, with heads over its columns.
func (g *grid) section(title string, heads ...string) {
	g.line("")
	heads[0] = title
	g.rows = append(g.rows, heads)
}

func (g *grid) cells(cells ...string) {
	cells[0] = "  " + cells[0]
	g.rows = append(g.rows, cells)
}

func (g *grid) flush() {
	var widths []int
	for _, r := range g.rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, r := range g.rows {
		var line strings.Builder
		for i, cell := range r {
			if i == 0 {
				line.WriteString(runewidth.FillRight(cell, widths[0]))
			} else {
				line.WriteString("  " + runewidth.FillLeft(cell, widths[i]))
			}
		}
		g.lines = append(g.lines, strings.TrimRight(line.String(), " "))
	}
	g.rows = g.rows[:0]
}

func (g *grid) text() string {
	g.flush()
	return strings.Join(g.lines, "\n") + "\n"
}
