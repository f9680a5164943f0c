package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"nurture/runtime/measure"
)

func near(a, b float64) bool { return math.Abs(a-b) < 0.00006 }

// The examples of Newcombe, Statistics in Medicine 17, 1998, page 861 (table I).
func TestShareOf(t *testing.T) {
	for _, c := range []struct {
		n, of     int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 1 - 0.1611, 1},
	} {
		if s := measure.ShareOf(c.n, c.of); !near(s.Low, c.low) || !near(s.High, c.high) || s.Value != float64(c.n)/float64(c.of) {
			t.Errorf("%d of %d: %.4f, %.4f to %.4f; the book has %.4f to %.4f", c.n, c.of, s.Value, s.Low, s.High, c.low, c.high)
		}
	}
	if s := measure.ShareOf(0, 0); s.Interval != nil {
		t.Errorf("a share of nothing is %v", *s.Interval)
	}
}

// The examples of Newcombe, Statistics in Medicine 17, 1998, page 883 (table II, method 10).
func TestDifference(t *testing.T) {
	for _, c := range []struct {
		a, ofA, b, ofB int64
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
	} {
		if d := measure.Difference(measure.ShareOf(c.a, c.ofA), measure.ShareOf(c.b, c.ofB)); !near(d.Low, c.low) || !near(d.High, c.high) {
			t.Errorf("%d/%d - %d/%d: %.4f to %.4f; the book has %.4f to %.4f", c.a, c.ofA, c.b, c.ofB, d.Low, d.High, c.low, c.high)
		}
	}
	if d := measure.Difference(measure.ShareOf(1, 2), measure.ShareOf(0, 0)); d != nil {
		t.Errorf("a difference from a share of nothing is %v", *d)
	}
}

func TestMean(t *testing.T) {
	// t of 4 degrees of freedom at 97.5% is 2.7764, the standard error is sqrt(2.5/5).
	if m := measure.Mean([]float64{1, 2, 3, 4, 5}); m.Value != 3 || math.Abs(m.High-3-2.7764*math.Sqrt(0.5)) > 0.0001 || math.Abs(m.Low+m.High-6) > 1e-9 {
		t.Errorf("the mean of 1 to 5 is %v", m)
	}
	if m := measure.Mean([]float64{7}); m != (measure.Interval{Value: 7, Low: 7, High: 7}) {
		t.Errorf("the mean of 7 is %v", m)
	}
}

// What is said to hold with 95% confidence does so in about 95 of 100 cases, for the shares and numbers that nurturing has.
func TestCoverage(t *testing.T) {
	luck := rand.New(rand.NewPCG(1, 2))
	binomial := func(n int, p float64) (hits int64) {
		for range n {
			if luck.Float64() < p {
				hits++
			}
		}
		return hits
	}
	const trials = 4000
	for _, c := range []struct {
		n    int
		p, q float64
	}{{40, 0.12, 0.05}, {200, 0.05, 0.03}, {500, 0.3, 0.3}, {1000, 0.01, 0.02}} {
		share, difference := 0, 0
		for range trials {
			a, b := measure.ShareOf(binomial(c.n, c.p), int64(c.n)), measure.ShareOf(binomial(c.n/4, c.q), int64(c.n/4))
			if a.Low <= c.p && c.p <= a.High {
				share++
			}
			if d := measure.Difference(a, b); d.Low <= c.p-c.q && c.p-c.q <= d.High {
				difference++
			}
		}
		for what, hits := range map[string]int{"share": share, "difference": difference} {
			if got := float64(hits) / trials; got < 0.93 || got > 0.985 {
				t.Errorf("n %d, shares %g and %g: the interval of the %s covers what is true in %.1f%% of %d trials", c.n, c.p, c.q, what, 100*got, trials)
			}
		}
	}
}
