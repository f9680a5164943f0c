package lint

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/logic"
)

// outsidePhase is what `phase` is outside of all programs.
var outsidePhase = &cond.Expr{Root: &cond.Node{Op: cond.Eq, Type: cond.Bool, Args: []*cond.Node{{Op: cond.Phase, Type: cond.Text}, {Op: cond.ConstText, Type: cond.Text}}}}

// outside lets in those who are in no program of a track: by its rules, then by the `enter when`s.
func (a *arrivals) outside() {
	for _, t := range a.Tracks {
		out := a.world.Of(outsidePhase, logic.At{})
		moved := logic.False
		for _, w := range a.graph.Outside() {
			if w.Rule.Rule == nil || !slices.Contains(t.Rules, w.Rule.Rule) || w.To == nil || a.rests(w.To) {
				continue
			}
			f := logic.False
			switch {
			case w.Rule.When != nil:
				f = logic.And(out, a.fits(w, logic.At{}, false), logic.Not(a.earlierOutside(t, w.Rule.Rule)))
			case w.Rule.On.Kind == check.Overdue:
				for _, s := range a.graph.Stages {
					if s.Program.Track != t && hands(s, w.Rule.On.Handoff) && a.rests(s) {
						f = logic.True
					}
				}
				f = logic.And(f, out, a.waiting(t), a.fits(w, logic.At{}, false), logic.Not(a.earlierOutside(t, w.Rule.Rule)))
			case w.Rule.On.Kind == check.Exhausted || !a.happens(w.Rule.On):
			case w.Rule.On.Kind == check.Response || w.Rule.On.Name == "submitted": // it can be the first that is heard of somebody
				f = logic.And(out, a.fits(w, logic.At{}, false), logic.Not(a.earlierOutside(t, w.Rule.Rule)))
			default:
				f = logic.And(out, a.waiting(t), a.fits(w, logic.At{}, false), logic.Not(a.earlierOutside(t, w.Rule.Rule)))
			}
			if a.world.Can(f) {
				if writes(w.Then) {
					f = logic.True
				}
				a.arrive(w.To, f)
			}
		}
		for _, r := range t.Rules {
			if r.When != nil {
				moved = logic.Or(moved, a.leads(r, logic.At{}, false))
			}
		}
		free := logic.And(out, logic.Not(moved))
		programs := entered(a.Programs, t)
		for i, p := range programs {
			f := logic.And(free, a.world.Of(p.Enter, logic.At{}))
			for _, q := range programs[:i] {
				if !a.passed(q, p) {
					f = logic.And(f, logic.Not(a.world.Of(q.Enter, logic.At{})))
				}
			}
			if len(p.Stages) > 0 && !a.rests(p.Stages[0]) && a.world.Can(f) {
				a.arrive(p.Stages[0], f)
			}
		}
	}
}

// waiting is for whom it is possible to be in no program of a track.
func (a *arrivals) waiting(t *check.Track) *logic.Formula {
	all := logic.False
	for _, r := range t.Rules {
		if r.When != nil {
			all = logic.Or(all, a.leads(r, logic.At{}, false))
		}
	}
	for _, p := range entered(a.Programs, t) {
		if !a.passed(p, nil) {
			all = logic.Or(all, a.world.Of(p.Enter, logic.At{}))
		}
	}
	return logic.Not(all)
}

// earlierOutside is when a rule of a track before another one takes the same input.
func (a *arrivals) earlierOutside(t *check.Track, rule *check.Rule) *logic.Formula {
	all := logic.False
	for _, r := range t.Rules {
		if r == rule {
			break
		}
		if r.When != nil || r.On != nil && r.On == rule.On {
			all = logic.Or(all, a.leads(r, logic.At{}, false))
		}
	}
	return all
}

// entered are the programs of a track that have an `enter when`, in the order in which they are looked at.
func entered(programs []*check.Program, t *check.Track) []*check.Program {
	var all []*check.Program
	for _, p := range programs {
		if p.Track == t && p.Enter != nil {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(p, q *check.Program) int {
		if p.Priority != q.Priority {
			if p.Priority > q.Priority {
				return -1
			}
			return 1
		}
		return strings.Compare(p.Name, q.Name)
	})
	return all
}

// passed says whether there can be contacts out of all programs that a program does not take though its `enter when` holds: they
// have been in it. Where it matters they have not been in another one, which takes nobody twice.
func (a *arrivals) passed(p, but *check.Program) bool {
	if !a.left[p.Track] {
		return false
	}
	if p.Reenter == check.ReenterAlways {
		return a.done[p]
	}
	seen := map[*check.Stage]bool{}
	var leads func(s *check.Stage) bool
	leads = func(s *check.Stage) bool {
		if but != nil && but.Reenter == check.ReenterNever && s.Program == but {
			return false
		}
		if a.done[s.Program] {
			return true
		}
		seen[s] = true
		for _, w := range a.graph.Out(s) {
			if w.To != nil && !seen[w.To] && a.reached(w.To) && leads(w.To) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(p.Stages, func(s *check.Stage) bool { return a.reached(s) && leads(s) })
}

// canHold says whether an `enter when` can hold at all; that it cannot is found by itself.
func (l *look) canHold(p *check.Program) bool { return l.world.Can(l.world.Of(p.Enter, logic.At{})) }

// overlapped says whether a program of the same priority may take the same contacts; that is found by itself.
func (l *look) overlapped(p *check.Program) bool {
	mine := l.world.Of(p.Enter, logic.At{})
	return slices.ContainsFunc(entered(l.Programs, p.Track), func(q *check.Program) bool {
		return q != p && q.Priority == p.Priority && l.world.Can(logic.And(mine, l.world.Of(q.Enter, logic.At{})))
	})
}
