package measure

import (
	"math"
	"math/bits"
)

// spread is how long things took. Times are counted by minutes; from two hours on so coarsely that they are at most one
// part in 128 apart, which keeps it small however long they are.
type spread struct {
	n    int64
	sum  float64 // seconds
	bins []lasted
}

// lasted is the times of a bin.
type lasted struct {
	n   int64
	sum float64
}

const fine = 128 // bins an octave

func (s *spread) add(seconds int64) {
	seconds = max(seconds, 0)
	s.n++
	s.sum += float64(seconds)
	b := bin(seconds / 60)
	if b >= len(s.bins) {
		s.bins = append(s.bins, make([]lasted, b+1-len(s.bins))...)
	}
	s.bins[b].n++
	s.bins[b].sum += float64(seconds)
}

func (s *spread) merge(o *spread) {
	s.n += o.n
	s.sum += o.sum
	if len(o.bins) > len(s.bins) {
		s.bins = append(s.bins, make([]lasted, len(o.bins)-len(s.bins))...)
	}
	for i, b := range o.bins {
		s.bins[i].n += b.n
		s.bins[i].sum += b.sum
	}
}

func bin(minutes int64) int {
	if minutes < fine {
		return int(minutes)
	}
	octave := bits.Len64(uint64(minutes)) - bits.Len64(fine) // 0 from 128 on
	return fine*(octave+1) + int(minutes>>octave) - fine
}

// quantile is the seconds within which a share of them were over: the mean of the bin in which that is.
func (s *spread) quantile(share float64) float64 {
	rank := int64(math.Ceil(share*float64(s.n))) - 1
	for i := range s.bins {
		if rank -= s.bins[i].n; rank < 0 {
			return s.bins[i].sum / float64(s.bins[i].n)
		}
	}
	return 0
}
