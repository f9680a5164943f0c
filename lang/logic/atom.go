package logic

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/cond"
)

// atom is one thing and what is said of it. What is said of one thing is judged together.
type atom struct {
	thing string
	predicate
}

// predicate is what can be said of a thing: how it compares with a number, a text or a duration.
type predicate struct {
	sort   sort
	is     relation
	num    float64
	text   string            // of a pair: the other thing
	which  string            // of a word: which one
	within calendar.Duration // of a distance: what it is compared with; of a count: the span
	ahead  bool              // of a distance: within lies ahead of now
}

// sort says what the thing is; it is the same for all predicates of one thing.
type sort uint8

const (
	yesOrNo  sort = iota
	number        // any
	amount        // a number of 0 and more
	share         // a number from 0 to 1
	times         // a whole number of 0 and more
	day           // minutes since 1970 of the beginning of one
	instant       // minutes since 1970
	text          // one of some, or any
	word          // one of the offer's words
	distance      // how far an instant lies back
	ago           // how far one lies back that is not ahead of now
	pair          // how two things of one type compare with each other
	happened      // how often something happened in some span
)

type relation uint8

const (
	holds relation = iota // nothing but true or false
	equals
	less
	atMost
	more
	atLeast
	startsWith
	endsWith
	contains
	matches
)

var comparisons = map[cond.Op]relation{cond.Eq: equals, cond.Lt: less, cond.Le: atMost, cond.Gt: more, cond.Ge: atLeast}

var textTests = map[string]relation{"startsWith": startsWith, "endsWith": endsWith, "contains": contains, "matches": matches}

var signs = map[relation]string{equals: "=", less: "<", atMost: "<=", more: ">", atLeast: ">=", startsWith: "startsWith", endsWith: "endsWith", contains: "contains", matches: "matches"}

func atomOf(thing string, p predicate) *Formula {
	return &Formula{op: isAtom, atom: atom{thing, p}, key: thing + p.String()}
}

// String says the predicate, behind its thing; predicates that say the same are equal.
func (p predicate) String() string {
	if p.is == holds {
		return ""
	}
	return p.says(signs[p.is])
}

// says says it with a sign.
func (p predicate) says(sign string) string {
	s := " " + sign + " "
	num := strconv.FormatFloat(p.num, 'f', -1, 64)
	switch p.sort {
	case word:
		return "." + p.which + s + strconv.Quote(p.text)
	case text:
		return s + strconv.Quote(p.text)
	case pair:
		return s + p.text
	case day, instant:
		minutes := int64(p.num)
		s += calendar.Date(math.Floor(p.num / (24 * 60))).String()
		if minutes %= 24 * 60; minutes != 0 {
			s += fmt.Sprintf(" %02d:%02d", (minutes+24*60)%(24*60)/60, (minutes+24*60)%60)
		}
		return s
	case distance, ago:
		if p.ahead {
			return s + "-" + p.within.String()
		}
		return s + p.within.String()
	case happened:
		if p.within.IsZero() {
			return s + num
		}
		return " within " + p.within.String() + s + num
	}
	return s + num
}

// of says whether it is true of a number.
func (p predicate) of(v float64) bool {
	switch p.is {
	case equals:
		return v == p.num
	case less:
		return v < p.num
	case atMost:
		return v <= p.num
	case more:
		return v > p.num
	default:
		return v >= p.num
	}
}

// over says whether it is true of all numbers from least to most, or of none of them.
func (p predicate) over(least, most float64) (is, settled bool) {
	l, m := p.of(least), p.of(most)
	if p.is == equals {
		return l && m, p.num < least || p.num > most || least == most
	}
	return l, l == m
}

// above is the same predicate of numbers that are not below a bound, where to be at most the bound is to be equal to it.
func (p predicate) above(least float64) predicate {
	if p.is == equals && p.num == least && !math.IsInf(least, 0) {
		p.is = atMost
	}
	return p
}

// ofText says whether it is true of a text.
func (p predicate) ofText(v string) bool {
	switch p.is {
	case equals:
		return v == p.text
	case startsWith:
		return strings.HasPrefix(v, p.text)
	case endsWith:
		return strings.HasSuffix(v, p.text)
	case matches:
		re, err := regexp.Compile(p.text)
		return err == nil && re.MatchString(v)
	default:
		return strings.Contains(v, p.text)
	}
}
