package measure

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a value, and between what it lies with 95% confidence.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Share is N of Of. The interval is Wilson's; all of it is absent where Of is 0.
type Share struct {
	N  int64 `json:"n"`
	Of int64 `json:"of"`
	*Interval
}

// confidence of all intervals.
const confidence = 0.95

// z is the standard normal's quantile for a two-sided interval.
var z = distuv.UnitNormal.Quantile((1 + confidence) / 2)

// ShareOf makes a share with Wilson's score interval (Wilson 1927; formula 4 of Newcombe, Statistics in Medicine 17,
// 1998, 857–872), which holds for small numbers and shares near 0 and 1 too.
func ShareOf(n, of int64) Share {
	s := Share{N: n, Of: of}
	if of <= 0 {
		return s
	}
	p, count := float64(n)/float64(of), float64(of)
	middle := 2*float64(n) + z*z
	spread := z * math.Sqrt(z*z+4*float64(n)*(1-p))
	// At the ends the formula gives 0 and 1 but for rounding.
	s.Interval = &Interval{Value: p, Low: max(0, (middle-spread)/(2*(count+z*z))), High: min(1, (middle+spread)/(2*(count+z*z)))}
	if n == 0 {
		s.Low = 0
	}
	if n == of {
		s.High = 1
	}
	return s
}

// Difference is a's share less b's, with the interval made of their two (method 10 of Newcombe, Statistics in Medicine 17,
// 1998, 873–890); nil where one of them is of nothing.
func Difference(a, b Share) *Interval {
	if a.Interval == nil || b.Interval == nil {
		return nil
	}
	d := a.Value - b.Value
	return &Interval{
		Value: d,
		Low:   d - math.Hypot(a.Value-a.Low, b.High-b.Value),
		High:  d + math.Hypot(a.High-a.Value, b.Value-b.Low),
	}
}

// Mean is the mean of independent values, such as those of a simulation's seeds, or of the differences of pairs, with
// Student's t interval; one value alone has none: Low and High are the value.
func Mean(values []float64) Interval {
	if len(values) == 0 {
		return Interval{}
	}
	mean, deviation := stat.MeanStdDev(values, nil)
	if len(values) == 1 {
		return Interval{mean, mean, mean}
	}
	n := float64(len(values))
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1+confidence)/2) * deviation / math.Sqrt(n)
	return Interval{mean, mean - half, mean + half}
}
