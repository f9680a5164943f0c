package lsp

import (
	"slices"
	"strings"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// asking is when a condition is asked.
type asking struct {
	says  string
	level bool // time alone can make it true, and wakes the contact then
}

var (
	asLevel   = asking{"It is looked at whenever something happens to the contact.", true}
	asEvent   = asking{"It is asked when the event comes.", false}
	asTouch   = asking{"It is asked when a touch is due.", false}
	asSegment = asking{"It is asked wherever the segment stands.", true}
	asPoints  = asking{"The points count while it is true.", true}
	asAction  = asking{"It is worked out when the rule is taken.", false}
	asExpect  = asking{"It is asked at this moment of the test.", false}
	asChance  = asking{"It is asked before the event is made to happen.", false}
)

// asked says when the condition at a place is asked.
func (s *Snapshot) asked(at diag.Span) (asking, bool) {
	path := s.around(at.File, at.Start)
	if len(path) == 0 {
		return asking{}, false
	}
	is := func(c *syntax.Cond) bool { return c != nil && c.Start == at.Start }
	switch n := path[len(path)-1].(type) {
	case *syntax.SegmentDecl:
		return asSegment, true
	case *syntax.NeverDecl, *syntax.SendStmt, *syntax.CapStmt, *syntax.ConsentStmt:
		return asTouch, true
	case *syntax.EnterStmt:
		return asLevel, true
	case *syntax.StopStmt:
		return asEvent, true
	case *syntax.ScoreStmt:
		if is(n.When) {
			return asPoints, true
		}
		return asEvent, true
	case *syntax.Rule:
		if n.Word.Text == "when" {
			return asLevel, true
		}
		return asEvent, true
	case *syntax.SetStmt, *syntax.TagStmt:
		return asAction, true
	case *syntax.ExpectStmt:
		return asExpect, true
	case *syntax.ScenarioEvent:
		return asChance, true
	}
	return asking{}, false
}

// wakes says when a condition is asked, and when time alone can change its answer.
func (s *Snapshot) wakes(e *cond.Expr) string {
	if e == nil {
		return ""
	}
	when, ok := s.asked(e.Span)
	if !ok {
		return ""
	}
	if !when.level || e.Root == nil {
		return when.says
	}
	moments := s.moments(e.Root, nil)
	if len(moments) == 0 {
		return when.says + " Time alone never changes it."
	}
	text := when.says + " Time alone can change it; the contact is woken\n"
	for _, m := range moments {
		text += "\n- " + m
	}
	return text
}

// deepestMoment bounds how far segments are followed into one another; what is shown is for a person.
const deepestMoment = 4

// moments are the instants at which the parts of a condition change by time alone, in words, each once.
func (s *Snapshot) moments(root *cond.Node, inside []string) []string {
	var all []string
	add := func(m string) {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	for _, atom := range cond.TimeAtoms(root) {
		cond.Walk(atom, func(n *cond.Node) bool {
			switch n.Op {
			case cond.Segment:
				g := s.segment(n.Name)
				if !n.Timed || g == nil || g.Cond == nil || slices.Contains(inside, n.Name) || len(inside) == deepestMoment {
					return false
				}
				for _, m := range s.moments(g.Cond.Root, append(inside, n.Name)) {
					if !strings.HasSuffix(m, ")") {
						m += " (`" + n.Name + "`)"
					}
					add(m)
				}
			case cond.Since, cond.Until, cond.Count:
				if n.Timed {
					add(s.moment(n, atom))
				}
			case cond.Score:
				for _, m := range s.scoreMoments(n, atom, inside) {
					add(m)
				}
			}
			return true
		})
	}
	return all
}

// moment is when a reading of time changes its answer.
func (s *Snapshot) moment(n, atom *cond.Node) string {
	limit := ""
	if len(atom.Args) == 2 && atom.Args[0] == n {
		limit = oneLine(s.Text(atom.Args[1].Span))
	}
	switch n.Op {
	case cond.Since:
		return limit + " after `" + oneLine(s.Text(n.Args[0].Span)) + "`"
	case cond.Until:
		return limit + " before `" + oneLine(s.Text(n.Args[0].Span)) + "`"
	default:
		return "when a `" + n.Name + "` is " + inDays(n.Dur) + " old"
	}
}

func (s *Snapshot) scoreMoments(n, atom *cond.Node, inside []string) []string {
	score := s.score(n.Name)
	if score == nil || !n.Timed {
		return nil
	}
	var all []string
	if score.Halve != nil {
		limit := ""
		if len(atom.Args) == 2 && atom.Args[0] == n {
			limit = " to " + oneLine(s.Text(atom.Args[1].Span))
		}
		all = append(all, "when `score."+n.Name+"` has decayed"+limit)
	}
	if key := "score." + n.Name; !slices.Contains(inside, key) && len(inside) < deepestMoment {
		for _, t := range score.Terms {
			if t.When != nil && t.When.Root != nil {
				all = append(all, s.moments(t.When.Root, append(inside, key))...)
			}
		}
	}
	return all
}
