package why

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// How far ahead is looked: whichever comes first.
const (
	aheadSpan  = 3 * 366 * 86400
	aheadSteps = 3000
)

// Ahead is what is decided for the contact if nothing else happens, from now on: the first rows, at most so many, within
// a span of seconds. The state is s's own, stepped on: give a copy of what is to stay as it is.
func Ahead(p *compile.Program, s *engine.State, now, span int64, rows int) []engine.Row {
	var fx engine.Effects
	for range aheadSteps {
		at := engine.Wake(p, s)
		if at == calendar.Never || at > now+span || len(fx.Rows) >= rows {
			break
		}
		engine.Step(p, s, max(at, now), nil, &fx)
	}
	return fx.Rows
}

// halt is the contact at an instant of a life that is tried.
type halt struct {
	at    int64
	stage int32
	bytes []byte
}

// life is what came of trying some needs.
type life struct {
	done  bool
	at    int64 // when it came, where it did
	halts []halt
	pulls []wish // what might have kept rules from taking it elsewhere
}

// mostHalts bounds the places of one life from which something else is tried, mostPulls the rules that are kept from
// taking the contact elsewhere.
const (
	mostHalts = 5
	mostPulls = 3
)

// live takes a copy of the contact on from now with what the needs say, by the step, until what is asked for comes. The
// halts are where it stood when the last need was met, and where it moved to by time alone after that.
func (g *goal) live(needs []Need) life {
	g.tries++
	s := g.v.copy()
	p, now := g.v.b.Program, g.v.Now
	last := now
	for i := range needs {
		last = max(last, needs[i].At)
	}
	var l life
	var fx engine.Effects
	var in []engine.Input
	var pulled []*compile.Rule
	fx.Watch = func(seen *engine.Seen) {
		from := g.v.b.rules[seen.Rule]
		if from == nil || from.When == nil || seen.Track != g.track || len(pulled) == mostPulls || slices.Contains(pulled, seen.Rule) {
			return
		}
		pulled = append(pulled, seen.Rule)
		w := &wisher{b: g.v.b, s: seen.State, x: seen.Look, event: compile.None}
		l.pulls = append(l.pulls, w.asked(from.When, false)...)
	}
	halted := false
	for range aheadSteps {
		at := calendar.Never
		if s.Arrived {
			at = engine.Wake(p, s)
		}
		at = max(at, now)
		if len(needs) > 0 {
			at = min(at, needs[0].At)
		}
		if !halted && at > last {
			l.halt(g, s, last)
			halted = true
		}
		if at > g.v.Now+aheadSpan {
			break
		}
		in = in[:0]
		for len(needs) > 0 && needs[0].At <= at {
			in = append(in, needs[0].input())
			needs = needs[1:]
		}
		stood := s.Tracks[g.track].Stage
		fx.Reset()
		engine.Step(p, s, at, in, &fx)
		for i := range fx.Rows {
			if g.is(&fx.Rows[i]) {
				l.done, l.at = true, at
				return l
			}
		}
		if halted && s.Tracks[g.track].Stage != stood && len(l.halts) < mostHalts {
			l.halt(g, s, at)
		}
		now = at
	}
	if !halted {
		l.halt(g, s, last)
	}
	return l
}

func (l *life) halt(g *goal, s *engine.State, at int64) {
	l.halts = append(l.halts, halt{at: at, stage: s.Tracks[g.track].Stage, bytes: g.v.b.codec.Append(nil, s)})
}
