package logic

import (
	"math"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
)

// samples are numbers such that each combination of the predicates that a number can have is had by one of them.
func samples(predicates []predicate) []float64 {
	step := 0.0 // between the values that there are
	least, most := math.Inf(-1), math.Inf(1)
	switch predicates[0].sort {
	case amount:
		least = 0
	case share:
		least, most = 0, 1
	case times:
		least, step = 0, 1
	case day:
		step = 24 * 60
	}
	all := make([]float64, 0, 4*len(predicates)+2)
	for _, p := range predicates {
		m := p.num
		if step > 0 {
			below, above := math.Floor(m/step)*step, math.Ceil(m/step)*step
			all = append(all, below-step, below, above, above+step)
		} else { // the numbers of 64 bits right below and above tell what those between two marks are like
			all = append(all, m, math.Nextafter(m, math.Inf(-1)), math.Nextafter(m, math.Inf(1)))
		}
	}
	for _, end := range [...]float64{least, most} {
		if !math.IsInf(end, 0) {
			all = append(all, end)
		}
	}
	return slices.DeleteFunc(all, func(v float64) bool { return v < least || v > most || math.IsInf(v, 0) })
}

// counts goes through how often something can have happened in the spans that are asked for: not more often in a shorter one.
func counts(predicates []predicate, add func(func(predicate) bool)) bool {
	var spans []calendar.Duration // the zero one is all time
	var numbers []predicate
	for _, p := range predicates {
		if !slices.Contains(spans, p.within) {
			spans = append(spans, p.within)
		}
		numbers = append(numbers, predicate{sort: times, num: p.num})
	}
	values := samples(numbers) // of all spans together: what a short one can be depends on the longer ones
	slices.Sort(values)
	values = slices.Compact(values)
	often := map[calendar.Duration]float64{}
	tries := 0
	var choose func(i int)
	choose = func(i int) {
		if tries++; tries > mostTries {
			return
		}
		if i == len(spans) {
			add(func(p predicate) bool { return p.of(often[p.within]) })
			return
		}
		least, most := 0.0, math.Inf(1)
		for _, other := range spans[:i] {
			if shorter(spans[i], other) {
				most = min(most, often[other])
			} else if shorter(other, spans[i]) {
				least = max(least, often[other])
			}
		}
		for _, v := range values {
			if least <= v && v <= most {
				often[spans[i]] = v
				choose(i + 1)
			}
		}
	}
	choose(0)
	return tries <= mostTries
}

// shorter says whether a span is within another one; the zero span is all time.
func shorter(a, b calendar.Duration) bool {
	return b.IsZero() || !a.IsZero() && before(signed{a, false}, signed{b, false})
}

// distances goes through where an instant can lie between the durations that its distance is compared with; one that is
// past is not ahead of now.
func distances(predicates []predicate, past bool, add func(func(predicate) bool)) bool {
	var marks []signed
	for _, p := range predicates {
		if m := (signed{p.within, p.ahead}); !slices.Contains(marks, m) {
			marks = append(marks, m)
		}
	}
	slices.SortFunc(marks, func(a, b signed) int { // what is less first, where that can be said, so that few tries fail late
		switch {
		case before(a, b):
			return -1
		case before(b, a):
			return 1
		}
		return 0
	})
	tries := 0
	side := map[signed]int{} // of the mark on which the distance is: -1, 0, 1
	var choose func(i int)
	choose = func(i int) {
		if tries++; tries > mostTries {
			return
		}
		if i == len(marks) {
			add(func(p predicate) bool { return predicate{is: p.is}.of(float64(side[signed{p.within, p.ahead}])) })
			return
		}
		for s := -1; s <= 1; s++ {
			fits := true
			if past && (marks[i].ahead && s < 1 || marks[i].IsZero() && s < 0) {
				fits = false
			}
			for _, other := range marks[:i] {
				if before(marks[i], other) && side[other] >= 0 && s != 1 || before(other, marks[i]) && s >= 0 && side[other] != 1 {
					fits = false
				}
			}
			if fits {
				side[marks[i]] = s
				choose(i + 1)
			}
		}
	}
	choose(0)
	return tries <= mostTries
}

// signed is a duration back, or ahead.
type signed struct {
	calendar.Duration
	ahead bool
}

// before says whether a is less than b in every calendar.
func before(a, b signed) bool {
	if a.ahead != b.ahead {
		return a.ahead
	}
	if a.ahead {
		a, b = b, a
	}
	return a.Less(b.Duration)
}

// texts goes through what a text can be: one of those that there are, or one of those that are named, or another one.
func (w *World) texts(t *thing, add func(func(predicate) bool)) bool {
	values, finite := w.values[t.name]
	if t.name == "phase" {
		values, finite = check.Phases[:], true
	}
	if finite {
		for _, v := range values {
			add(func(p predicate) bool { return p.ofText(v) })
		}
		return true
	}
	var patterns []predicate
	for _, p := range t.predicates {
		if p.is == equals {
			add(func(q predicate) bool { return q.ofText(p.text) })
		} else {
			patterns = append(patterns, p)
		}
	}
	if len(patterns) > mostPatterns {
		return false
	}
	for set := range 1 << len(patterns) {
		has := func(p predicate) bool {
			i := slices.Index(patterns, p)
			return i >= 0 && set>>i&1 != 0
		}
		if fit(patterns, has) {
			add(has)
		}
	}
	return true
}

// fit says whether one text can have just these of the patterns.
func fit(patterns []predicate, has func(predicate) bool) bool {
	for _, p := range patterns {
		if p.text == "" && !has(p) {
			return false
		}
		for _, q := range patterns {
			if has(p) && !has(q) && implies(p, q) || has(p) && has(q) && p != q && exclude(p, q) {
				return false
			}
		}
	}
	return true
}

func implies(p, q predicate) bool {
	switch {
	case p.is == matches || q.is == matches: // not known of two of them
		return p == q
	case q.is == contains:
		return strings.Contains(p.text, q.text)
	case p.is == startsWith && q.is == startsWith:
		return strings.HasPrefix(p.text, q.text)
	case p.is == endsWith && q.is == endsWith:
		return strings.HasSuffix(p.text, q.text)
	}
	return false
}

func exclude(p, q predicate) bool {
	return p.is == q.is && p.is != contains && p.is != matches && !implies(p, q) && !implies(q, p)
}
