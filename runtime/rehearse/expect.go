package rehearse

import (
	"fmt"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/lang/syntax"
	"nurture/runtime/engine"
)

// expect looks whether something is so, and says what is otherwise.
func (r *rehearsal) expect(s *syntax.ExpectStmt) {
	if s.Cond != nil {
		r.expectCond(s)
		return
	}
	name := s.Path.String()
	var is bool
	var what, instead string
	switch s.Word.Text {
	case "in":
		what, instead = "in "+name, r.places()
		is = r.in(name)
	case "held", "refused":
		what, instead = "a message "+s.Word.Text+" for "+name, r.reasons(s.Word.Text)
		is = r.held[s.Word.Text+" "+name]
	case "asked":
		what, instead = "asked for "+name, r.questions()
		is = r.wasAsked(s.Path.Parts[len(s.Path.Parts)-1].Text)
	case "handed":
		what, instead = "handed to "+name, r.hands()
		is = r.isHanded(name)
	}
	switch {
	case !is && !s.Not:
		r.fail(s.Span, "expected %s; %s", what, instead)
	case is && s.Not:
		r.fail(s.Span, "expected not %s; %s", what, instead)
	}
}

// in says whether the contact stands in a stage, or anywhere in a program.
func (r *rehearsal) in(name string) bool {
	for _, t := range r.state.Tracks {
		if t.Stage < 0 {
			continue
		}
		s := &r.p.Stages[t.Stage]
		if s.Name == name || r.p.Programs[s.Program].Name == name {
			return true
		}
	}
	return false
}

// places says where the contact stands.
func (r *rehearsal) places() string {
	var all []string
	for _, t := range r.state.Tracks {
		if t.Stage >= 0 {
			all = append(all, r.p.Stages[t.Stage].Name)
		}
	}
	if len(all) == 0 {
		return "the contact is in no program"
	}
	return "the contact is in " + strings.Join(all, " and ")
}

func (r *rehearsal) reasons(kind string) string {
	var all []string
	for _, reasons := range [][]string{check.HoldReasons, check.RefuseReasons} {
		for _, reason := range reasons {
			if r.held[kind+" "+reason] {
				all = append(all, reason)
			}
		}
	}
	if len(all) == 0 {
		return "none was " + kind + " so far"
	}
	return kind + " so far for " + strings.Join(all, ", ")
}

func (r *rehearsal) wasAsked(field string) bool {
	for _, f := range r.asked {
		if r.p.Fields[f].Name == field {
			return true
		}
	}
	return false
}

func (r *rehearsal) questions() string {
	var all []string
	for _, f := range r.asked {
		all = append(all, r.p.Fields[f].Name)
	}
	if len(all) == 0 {
		return "the last message asked nothing"
	}
	return "the last message asked for " + strings.Join(all, ", ")
}

func (r *rehearsal) isHanded(name string) bool {
	for _, h := range r.state.Hands {
		if r.p.Handoffs[h.Handoff].Name == name {
			return true
		}
	}
	return false
}

func (r *rehearsal) hands() string {
	var all []string
	for _, h := range r.state.Hands {
		all = append(all, r.p.Handoffs[h.Handoff].Name)
	}
	if len(all) == 0 {
		return "no hand-off is open"
	}
	return "open is " + strings.Join(all, ", ")
}

// expectCond asks a condition, as it is seen on the main track.
func (r *rehearsal) expectCond(s *syntax.ExpectStmt) {
	e := r.test.Conds[s.Cond]
	x := engine.Look(r.p, r.state, r.now, 0)
	c := r.p.Ask(e)
	if c.Holds(x) {
		return
	}
	r.fail(s.Cond.Span, "expected %s; %s", strings.Join(strings.Fields(e.Text), " "), strings.Join(r.isInstead(x, e, e.Root), ", "))
}

// isInstead says what the parts of a condition are that make it false.
func (r *rehearsal) isInstead(x *compile.Ctx, e *cond.Expr, n *cond.Node) (all []string) {
	text := func(n *cond.Node) string {
		return strings.Join(strings.Fields(e.Text[n.Span.Start-e.Span.Start:n.Span.End-e.Span.Start]), " ")
	}
	seen := map[string]bool{}
	var tell func(n *cond.Node)
	tell = func(n *cond.Node) {
		switch n.Op {
		case cond.And, cond.Or:
			for _, a := range n.Args {
				if is := r.p.Value(a)(x); n.Op == cond.Or || is.Num == 0 {
					tell(a)
				}
			}
			return
		case cond.Not:
			tell(n.Args[0])
			return
		}
		operands := n.Args
		if len(operands) == 0 {
			operands = []*cond.Node{n}
		}
		for _, o := range operands {
			if isLiteral(o) || seen[text(o)] {
				continue
			}
			seen[text(o)] = true
			all = append(all, text(o)+" is "+r.shown(x, o))
		}
	}
	tell(n)
	return all
}

func isLiteral(n *cond.Node) bool {
	return n.Op >= cond.ConstBool && n.Op <= cond.ConstDuration || n.Op == cond.ListOf
}

// shown writes the value of an operand.
func (r *rehearsal) shown(x *compile.Ctx, n *cond.Node) string {
	v := r.p.Value(n)(x)
	if !v.Known {
		return "unknown"
	}
	switch n.Type {
	case cond.Bool:
		if v.Num != 0 {
			return "true"
		}
		return "false"
	case cond.Number:
		return trimmed(v.Num)
	case cond.Duration:
		return length(v.Num)
	case cond.Date:
		return calendar.Date(v.Num).String()
	case cond.Time:
		return clock(int64(v.Num), x.Zone)
	case cond.Set:
		return fmt.Sprint(compile.SetValues(v.Text))
	}
	return fmt.Sprintf("%q", v.Text)
}

// length writes seconds as somebody would say them: in the largest unit of which there is more than one.
func length(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	switch {
	case seconds >= 2*day:
		return sign + calendar.Duration{Days: int32(seconds / day)}.String()
	case seconds >= 2*hour:
		return sign + calendar.Duration{Seconds: int64(seconds) / hour * hour}.String()
	}
	return sign + calendar.Duration{Seconds: int64(seconds) / minute * minute}.String()
}
