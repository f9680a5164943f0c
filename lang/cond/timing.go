package cond

import (
	"slices"
	"strings"

	"nurture/lang/cond/internal/lex"
)

// Time stands in a condition only where the next instant at which the condition changes can be worked out: since and
// until against a duration; a score that changes with time, or a count in a window, against a value that stands still.

// tellClocks finds out what changes with time, in the order of the playbook: where segments stand in a circle, the
// answer must not depend on who asks first.
func (s *Schema) tellClocks() {
	for i := range s.Segments {
		s.clock(s.Segments[i].Name)
	}
	for i := range s.Scores {
		s.clock("score." + s.Scores[i].Name)
	}
}

// clock says whether a segment, or a score as "score.x", changes with time by itself. It reads the text of the conditions
// and not their trees, so that it can be asked before they are checked. A circle, which is an error elsewhere, is
// answered by what else is on it.
func (s *Schema) clock(name string) bool {
	if is, ok := s.clocks[name]; ok {
		return is
	}
	s.clocks[name] = false
	is := false
	if score, ok := strings.CutPrefix(name, "score."); ok {
		if of := s.scores[score]; of != nil {
			is = of.Halves
			for _, when := range of.When {
				is = is || s.ticks(when)
			}
		}
	} else if of := s.segments[name]; of != nil {
		is = s.ticks(of.Text)
	}
	s.clocks[name] = is
	return is
}

// ticks says whether the text of a condition speaks of something that changes with time.
func (s *Schema) ticks(text string) bool {
	if s.Memory != nil {
		return s.clockwork(s.Memory.clockwork(text))
	}
	return s.clockwork(clockworkOf(text))
}

// clockwork is what in the text of a condition may change with time.
type clockwork struct {
	turn  int      // of the Memory that keeps it
	ticks bool     // by itself
	names []string // of scores, as "score.x", and of what may be segments
}

func (s *Schema) clockwork(c *clockwork) bool {
	return c.ticks || slices.ContainsFunc(c.names, s.clock)
}

func clockworkOf(text string) *clockwork {
	c := &clockwork{}
	if len(text) > maxText {
		return c
	}
	tokens, _ := lex.Scan(text)
	for i, t := range tokens {
		behindPoint := i > 0 && tokens[i-1].Is(".")
		called := i+1 < len(tokens) && tokens[i+1].Is("(")
		switch {
		case t.Kind != lex.Word || behindPoint:
		case called && (t.Text == "since" || t.Text == "until"):
			c.ticks = true
		case called && t.Text == "count":
			c.ticks = c.ticks || hasWindow(tokens[i+2:])
		case t.Text == "score" && i+2 < len(tokens) && tokens[i+1].Is("."):
			c.names = append(c.names, "score."+tokens[i+2].Text)
		case !Reserved(t.Text): // nothing reserved is a segment
			c.names = append(c.names, strings.Clone(t.Text))
		}
	}
	return c
}

// hasWindow says whether the arguments of a call that begin here have a second one.
func hasWindow(tokens []lex.Token) bool {
	for _, t := range tokens {
		if t.Is(",") || t.Is(")") {
			return t.Is(",")
		}
	}
	return false
}

// steady says whether a value may stand where it is not compared as it is: one that changes with time may not, because
// nothing could tell when the condition changes. The value of a `set` is taken once, so there everything may.
func (l *lowering) steady(v operand) bool {
	if !v.Timed || l.want != nil || v.Type == Bool {
		return true
	}
	if v.Type == Duration {
		l.report("NUR230", v.first, v.last, "%s is only compared with a duration; write `%s >= 7d`", l.says(v), l.source(v.first, v.last))
		return false
	}
	l.report("NUR231", v.first, v.last, "%s changes with time, so it is only compared as it is; write `%s >= VALUE`, with all else on the other side",
		l.says(v), l.source(v.first, v.last))
	return false
}

// changing checks a comparison of numbers of which one may change with time, and puts that one on the left.
func (l *lowering) changing(op *Op, left, right *operand) bool {
	switch {
	case l.want != nil || !left.Timed && !right.Timed:
		return true
	case left.Timed && right.Timed:
		l.report("NUR231", left.first, right.last, "%s and %s both change with time; compare each of them with a number", l.says(*left), l.says(*right))
		return false
	case right.Timed:
		*left, *right, *op = *right, *left, mirrored[*op]
	}
	return left.Op == Score || left.Op == Count || l.steady(*left)
}

// durations checks a comparison in which a duration stands: since(…) or until(…) with a literal, which comes to stand
// on the right.
func (l *lowering) durations(op *Op, left, right *operand, operator int) bool {
	isAsked := func(v *operand) bool { return v.Op == Since || v.Op == Until }
	first, last := left.first, right.last
	if !isAsked(left) && isAsked(right) {
		*left, *right, *op = *right, *left, mirrored[*op]
	}
	switch {
	case isAsked(left) && right.Op == ConstDuration && (*op == Eq || *op == Ne):
		f := l.report("NUR230", first, last, "%s is hardly ever exactly %s; write `>=` or `<=`", l.says(*left), l.says(*right))
		if *op == Eq {
			f.Span = l.span(operator, operator)
			f.fix(">=")
		}
		return false
	case isAsked(left) && right.Op == ConstDuration:
		return true
	case isAsked(left) && isAsked(right):
		l.report("NUR230", first, last, "two durations that change are not compared; compare the times themselves, such as `last(opened) > contact.first_seen`")
	case isAsked(left) && right.Type == Number:
		l.asDays(l.report("NUR230", right.first, right.last, "a duration has a unit: `7d`, `12h`, `1mo`"), *right)
	case isInstant(left.Type) || isInstant(right.Type):
		at, d := left, right
		if isInstant(right.Type) {
			at, d = right, left
		}
		l.report("NUR230", first, last, "%s is %s; write `since(%s) >= %s` or `until(%s) <= %s`", l.says(*at), at.Type,
			l.source(at.first, at.last), l.source(d.first, d.last), l.source(at.first, at.last), l.source(d.first, d.last))
	case left.Op == ConstDuration && right.Op == ConstDuration:
		l.report("NUR230", first, last, "two durations that stand still say nothing; write `since(TIME) >= %s`", l.source(right.first, right.last))
	default:
		l.report("NUR230", first, last, "a duration is compared with `since(…)` or `until(…)`, as a literal such as `7d`")
	}
	return false
}

// asDays suggests a number that stands where a duration must as so many days.
func (l *lowering) asDays(f *finding, v operand) {
	if v.Op == ConstNumber && v.Num == float64(int(v.Num)) && v.Num >= 0 && l.tokens[v.first].Kind == lex.Number && v.first == v.last {
		text := l.raw(v.first, v.last) + "d"
		f.Message += "; write " + quoted(text)
		f.fix(text)
	}
}
