package logic

import (
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
	text   string
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
)

var comparisons = map[cond.Op]relation{cond.Eq: equals, cond.Lt: less, cond.Le: atMost, cond.Gt: more, cond.Ge: atLeast}

var textTests = map[string]relation{"startsWith": startsWith, "endsWith": endsWith, "contains": contains}

var signs = map[relation]string{equals: "=", less: "<", atMost: "<=", more: ">", atLeast: ">=", startsWith: "startsWith", endsWith: "endsWith", contains: "contains"}

func atomOf(thing string, p predicate) *Formula {
	return &Formula{op: isAtom, atom: atom{thing, p}, key: thing + p.String()}
}

// String says the predicate, behind its thing; predicates that say the same are equal.
func (p predicate) String() string {
	if p.is == holds {
		return ""
	}
	s := " " + signs[p.is] + " "
	num := strconv.FormatFloat(p.num, 'g', -1, 64)
	switch p.sort {
	case word:
		return "." + p.which + s + strconv.Quote(p.text)
	case text:
		return s + strconv.Quote(p.text)
	case distance:
		if p.ahead {
			return s + "-" + p.within.String()
		}
		return s + p.within.String()
	case happened:
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

// ofText says whether it is true of a text.
func (p predicate) ofText(v string) bool {
	switch p.is {
	case equals:
		return v == p.text
	case startsWith:
		return strings.HasPrefix(v, p.text)
	case endsWith:
		return strings.HasSuffix(v, p.text)
	default:
		return strings.Contains(v, p.text)
	}
}
