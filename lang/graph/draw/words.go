package draw

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"nurture/lang/check"
	"nurture/lang/cond"
)

// ruled is what a rule waits for, as it is written.
func ruled(r *check.Rule) string {
	switch {
	case r.On != nil && r.Where != nil:
		return "on " + r.On.Name + " where " + text(r.Where)
	case r.On != nil:
		return "on " + r.On.Name
	case r.When != nil:
		return "when " + text(r.When)
	case r.After != nil:
		return "after " + r.After.String()
	}
	return ""
}

// matched is what an arm of a match waits for.
func matched(m *check.Match, arm *check.Arm) string {
	values := strings.Join(arm.Values, ", ")
	if arm.Otherwise {
		values = "otherwise"
	}
	return fmt.Sprintf("match %s: %s", text(m.Field), values)
}

// sending is what a send sends, and how often.
func sending(s *check.Send) string {
	words := []string{"send"}
	if s.Map != nil {
		words = append(words, "from", s.Map.Name)
	} else {
		var offers []string
		for _, o := range s.Offers {
			offers = append(offers, o.Name)
		}
		words = append(words, strings.Join(offers, ", "))
	}
	if s.In != nil {
		words = append(words, "in", s.In.String())
	}
	if s.Every != nil {
		words = append(words, "every", s.Every.String())
	}
	if s.Where != nil {
		words = append(words, "where", text(s.Where))
	}
	return strings.Join(words, " ")
}

// text is a condition in one line.
func text(e *cond.Expr) string {
	if e == nil {
		return ""
	}
	return strings.Join(strings.Fields(e.Text), " ")
}

// cut shortens a text to so many columns of a fixed-width font.
func cut(s string, columns int) string { return runewidth.Truncate(s, columns, "…") }

// quantity is a number that a person can read.
func quantity(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
