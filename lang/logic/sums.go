package logic

import (
	"math"

	"nurture/lang/check"
)

// What adds up from conditions: a score from its `when` terms, completeness from what is known.

// summand counts while its condition holds.
type summand struct {
	points float64
	when   *Formula
}

// mostTerms is how many terms are worked out in all ways.
const mostTerms = 8

// sums takes each way in which terms can hold, and what is said of their sum.
func sums(terms []summand, sum float64, say func(sum float64) *Formula) *Formula {
	if len(terms) == 0 {
		return say(sum)
	}
	t := terms[0]
	with, without := sums(terms[1:], sum+t.points, say), sums(terms[1:], sum, say)
	switch {
	case with.key == without.key:
		return with
	case with == True && without == False:
		return t.when
	case with == False && without == True:
		return Not(t.when)
	}
	return Or(And(t.when, with), And(Not(t.when), without))
}

// score reads what is said of a score. Its `when` terms say how high it is without what events gave, and these raise it, or
// lower it, or both. In the long run what decays is next to nothing, but never quite.
func (r *reading) score(s *check.Score, p predicate) *Formula {
	var terms []summand
	var up, down bool // what events can do
	for _, t := range s.Terms {
		switch {
		case t.When != nil:
			if f := r.of(t.When, r.at, r.silence); f != False {
				terms = append(terms, summand{t.Points, f})
			}
		case t.Points > 0:
			up = true
		default:
			down = true
		}
	}
	least, most := 0.0, 0.0 // of the terms that are not worked out
	if len(terms) > mostTerms {
		for _, t := range terms {
			least, most = least+min(t.points, 0), most+max(t.points, 0)
		}
		terms = nil
	}
	return sums(terms, 0, func(sum float64) *Formula {
		low, high := sum+least, sum+most
		if down {
			low = math.Inf(-1)
			if r.silence && s.Halve != nil {
				low = math.Nextafter(sum+least, low)
			}
		}
		if up {
			high = math.Inf(1)
			if r.silence && s.Halve != nil {
				high = math.Nextafter(sum+most, high)
			}
		}
		low, high = max(low, 0), max(high, 0)
		if is, settled := p.over(low, high); settled {
			return constant(is)
		}
		return atomOf("score."+s.Name, p.above(low))
	})
}

// completeness reads what is said of it: each field that is asked for counts the same.
func (r *reading) completeness(p predicate) *Formula {
	if len(r.asked) > mostTerms {
		return atomOf("completeness", p)
	}
	terms := make([]summand, len(r.asked))
	for i, f := range r.asked {
		terms[i] = summand{1, r.knownField(f)}
	}
	return sums(terms, 0, func(known float64) *Formula {
		if len(terms) == 0 {
			return constant(p.of(1))
		}
		return constant(p.of(known / float64(len(terms))))
	})
}
