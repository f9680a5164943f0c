package simulate

import (
	"context"
	"slices"

	"nurture/lang/compile"
	"nurture/runtime/measure"
)

// Study is a simulation of several seeds, of one playbook or of two with the same people and luck.
type Study struct {
	Options          // of the first seed and playbook, which Each is told of; Progress is of the whole
	Seeds   int      // how many; the others follow the first
	Against *Subject // another playbook; may be nil
}

// Subject is a playbook that is simulated.
type Subject struct {
	Program  *compile.Program
	Scenario *compile.Scenario
}

// Forecast is what a playbook comes to.
type Forecast struct {
	Figures []*measure.Figures // by seed
	Numbers []Estimate         // of all seeds, as measure.Figures.Tidy has them
	at      map[name]int
}

// Estimate is one number of the figures over the seeds: its mean, with the interval in which that lies. With one seed
// alone the interval is the figure's own, where it has one.
type Estimate struct {
	Measure, By, Key string
	measure.Interval
	BySeed []*float64 // nil where a seed has no such number: a share of nothing
	amount bool       // what a seed does not name is none, not nothing
	share  bool
}

type name struct{ measure, by, key string }

// Difference is how an estimate differs between two playbooks, with the interval of the paired difference: as the people
// and their luck are the same in both, it is much narrower than those of the two.
type Difference struct {
	Measure, By, Key string
	Before, After    measure.Interval
	Change           measure.Interval
}

// Forecast simulates one playbook, or both: the second is nil where there is none.
func (s *Study) Forecast(ctx context.Context) (one, against *Forecast, err error) {
	subjects := []Subject{{s.Program, s.Scenario}}
	if s.Against != nil {
		subjects = append(subjects, *s.Against)
	}
	total := int64(s.Seeds*len(subjects)) * int64(s.Contacts)
	forecasts := make([]*Forecast, 2)
	var before int64 // contacts that were simulated before
	for i := range subjects {
		forecasts[i] = new(Forecast)
	}
	for seed := range s.Seeds { // seed by seed: who interrupts a comparison loses least
		for i, subject := range subjects {
			o := s.Options
			o.Program, o.Scenario, o.Seed = subject.Program, subject.Scenario, s.Seed+uint64(seed)
			if seed > 0 || i > 0 {
				o.Each = nil
			}
			done := before
			if s.Progress != nil {
				o.Progress = func(n, _ int64) { s.Progress(done+n, total) }
			}
			m, err := Run(ctx, o)
			if err != nil {
				return nil, nil, err
			}
			f := m.Figures()
			before += int64(s.Contacts)
			forecasts[i].Figures = append(forecasts[i].Figures, f)
		}
	}
	for _, f := range forecasts {
		if f != nil {
			f.estimate()
		}
	}
	return forecasts[0], forecasts[1], nil
}

// estimate works out the numbers over the seeds.
func (f *Forecast) estimate() {
	f.at = map[name]int{}
	for seed, figures := range f.Figures {
		for _, n := range figures.Tidy() {
			is := name{n.Measure, n.By, n.Key}
			at, known := f.at[is]
			if !known {
				at = len(f.Numbers)
				f.at[is] = at
				f.Numbers = append(f.Numbers, Estimate{Measure: n.Measure, By: n.By, Key: n.Key, BySeed: make([]*float64, len(f.Figures)), amount: amounts(&n), share: n.N != nil && n.Low != nil})
			}
			e := &f.Numbers[at]
			e.BySeed[seed] = &n.Value
			if n.Low != nil && len(f.Figures) == 1 {
				e.Interval = measure.Interval{Value: n.Value, Low: *n.Low, High: *n.High}
			}
		}
	}
	for i := range f.Numbers {
		e := &f.Numbers[i]
		for seed, v := range e.BySeed {
			if v == nil && e.amount {
				e.BySeed[seed] = new(float64)
			}
		}
		if e.Interval == (measure.Interval{}) {
			e.Interval = e.possible(measure.Mean(known(e.BySeed)))
		}
	}
}

// possible cuts an interval to what the number can be: the mean of a few small numbers may seem to be less than nothing.
func (e *Estimate) possible(i measure.Interval) measure.Interval {
	if (e.amount || e.share) && !slices.ContainsFunc(e.BySeed, func(v *float64) bool { return v != nil && *v < 0 }) {
		i.Low = max(0, i.Low)
	}
	if e.share {
		i.High = min(1, i.High)
	}
	return i
}

// amounts says whether a number counts something, or is a sum: no share, mean or quotient of what there may be none of.
func amounts(n *measure.Number) bool { return n.N == nil && n.Low == nil && n.Measure != "roi" }

func known(values []*float64) (all []float64) {
	for _, v := range values {
		if v != nil {
			all = append(all, *v)
		}
	}
	return all
}

// Number is the estimate of a number; false where no seed has it.
func (f *Forecast) Number(what, by, key string) (Estimate, bool) {
	at, ok := f.at[name{what, by, key}]
	if !ok {
		return Estimate{}, false
	}
	return f.Numbers[at], true
}

// Differences compares two forecasts, of the same seeds: every number that both have, and amounts that one has.
func Differences(before, after *Forecast) (all []Difference) {
	for i := range before.Numbers {
		b := &before.Numbers[i]
		a, ok := after.Number(b.Measure, b.By, b.Key)
		if !ok && b.amount {
			a = none(b)
		}
		all = appendDifference(all, b, &a)
	}
	for i := range after.Numbers {
		a := &after.Numbers[i]
		if _, ok := before.Number(a.Measure, a.By, a.Key); !ok && a.amount {
			b := none(a)
			all = appendDifference(all, &b, a)
		}
	}
	return all
}

// none is the estimate of an amount of which there is none, in as many seeds as another has.
func none(like *Estimate) Estimate {
	e := *like
	e.Interval, e.BySeed = measure.Interval{}, make([]*float64, len(like.BySeed))
	for seed := range e.BySeed {
		e.BySeed[seed] = new(float64)
	}
	return e
}

// appendDifference adds the difference of two estimates, over the seeds in which there are both.
func appendDifference(to []Difference, b, a *Estimate) []Difference {
	var changes []float64
	for seed := range min(len(b.BySeed), len(a.BySeed)) {
		if v, w := b.BySeed[seed], a.BySeed[seed]; v != nil && w != nil {
			changes = append(changes, *w-*v)
		}
	}
	if len(changes) == 0 {
		return to
	}
	return append(to, Difference{b.Measure, b.By, b.Key, b.Interval, a.Interval, measure.Mean(changes)})
}
