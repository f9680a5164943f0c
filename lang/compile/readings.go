package compile

import (
	"math"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
)

// What conditions read off a contact: how often something was sent or happened, how complete it is, its scores, its sets.

// about says by offer whether sent(x) and responded(x) count it. It reads the offers as they are declared: segments and scores
// are compiled before the program has any.
func (b *builder) about(n *cond.Node) []bool {
	about := make([]bool, len(b.pb.Offers))
	for i, o := range b.pb.Offers {
		switch n.Of {
		case cond.AnOffer:
			about[i] = o.Name == n.Name
		case cond.ATopic:
			about[i] = o.Topic != nil && o.Topic.Name == n.Name
		case cond.AMap:
			for _, m := range b.pb.Maps {
				if m.Name == n.Name {
					about[i] = inMap(m, o.Name)
				}
			}
		}
	}
	return about
}

func inMap(m *check.Map, offer string) bool {
	for _, row := range m.Rows {
		for _, cell := range row.Cells {
			for _, o := range cell {
				if o.Name == offer {
					return true
				}
			}
		}
	}
	return false
}

// count compiles a count; from enough on it need not go on counting.
func (b *builder) count(n *cond.Node, enough int) func(*Ctx) int {
	switch {
	case n.Op != cond.Count:
		about, answered := b.about(n), n.Op == cond.Responded
		return func(x *Ctx) int {
			n, sends := 0, x.Sends
			for i := range sends {
				s := &sends[i]
				if int(s.Offer) < len(about) && about[s.Offer] && (answered && s.Answered || !answered && !s.Unsent) {
					if n++; n >= enough {
						break
					}
				}
			}
			return n
		}
	case n.Dur.IsZero():
		e := b.p.EventIndex(n.Name)
		return func(x *Ctx) int { return int(x.Counts[e].N) }
	default:
		e, window := int32(b.p.EventIndex(n.Name)), calendar.SpanOf(n.Dur)
		return func(x *Ctx) int { // what came exactly so long ago no longer counts
			n, past, zone, now := 0, x.Past, x.Zone, x.Now
			for i := range past {
				if h := &past[i]; h.Event == e && !window.Over(zone, h.At, now) {
					if n++; n >= enough {
						break
					}
				}
			}
			return n
		}
	}
}

// enough is a count above k: whatever is above it compares with k alike.
func enough(k float64) int {
	if k >= math.MaxInt32 {
		return math.MaxInt
	}
	return max(1, int(k)+1)
}

// bySending says whether a message that is sent may change what a node says.
func (b *builder) bySending(n *cond.Node) bool {
	found := false
	cond.Walk(n, func(n *cond.Node) bool {
		switch n.Op {
		case cond.Sent:
			found = true
		case cond.Count, cond.Last:
			found = found || b.p.EventIndex(n.Name) == b.p.Sent
		case cond.Segment:
			found = found || b.segment(n.Name).BySending
		case cond.Score:
			found = found || b.scoredBySending(n.Name)
		}
		return !found
	})
	return found
}

func (b *builder) scoredBySending(score string) bool {
	i := slices.IndexFunc(b.pb.Scores, func(s *check.Score) bool { return s.Name == score })
	return slices.ContainsFunc(b.pb.Scores[i].Terms, func(t *check.ScoreTerm) bool {
		return t.On != nil && b.events[t.On] == b.p.Sent || t.When != nil && b.bySending(t.When.Root)
	})
}

func (b *builder) asked() []int {
	var asked []int
	for i, f := range b.p.Fields {
		if f.Asked != nil {
			asked = append(asked, i)
		}
	}
	return asked
}

func completeness(x *Ctx, asked []int) float64 {
	if len(asked) == 0 {
		return 1
	}
	known := 0
	for _, f := range asked {
		if x.Fields[f].Known {
			known++
		}
	}
	return float64(known) / float64(len(asked))
}

// ReadScore is what a score says now: never below 0.
func (p *Program) ReadScore(x *Ctx, score int) float64 {
	return max(0, p.decayed(x, score, x.Now)+p.counting(x, score))
}

// reading compiles ReadScore.
func (b *builder) reading(score int) numFn {
	if s := &b.p.Scores[score]; s.Halve == 0 && len(s.When) == 0 { // only what events gave, as it stands
		return func(x *Ctx) (float64, bool) { return max(0, x.Scores[score].V), true }
	}
	return func(x *Ctx) (float64, bool) { return x.Program.ReadScore(x, score), true }
}

// decayed is the part of a score that events gave, as it is at an instant.
func (p *Program) decayed(x *Ctx, score int, at int64) float64 {
	d := x.Scores[score]
	if halve := p.Scores[score].Halve; halve > 0 && d.V != 0 {
		return d.V * math.Exp2(-float64(at-d.At)/halve)
	}
	return d.V
}

// counting is the part of a score that counts while its conditions are true.
func (p *Program) counting(x *Ctx, score int) float64 {
	sum := 0.0
	for i := range p.Scores[score].When {
		if w := &p.Scores[score].When[i]; w.When.Holds(x) {
			sum += w.Points
		}
	}
	return sum
}

// The values of a set stand in one text, in the order of the declaration.
const setSeparator = "\x1f"

// SetText joins the values of a set.
func SetText(values []string) string { return strings.Join(values, setSeparator) }

// SetValues takes the text of a set apart.
func SetValues(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, setSeparator)
}

// InSet says whether a set's text has a value.
func InSet(set, value string) bool {
	for set != "" {
		var v string
		v, set, _ = strings.Cut(set, setSeparator)
		if v == value {
			return true
		}
	}
	return false
}
