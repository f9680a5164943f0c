package measure

import "math/bits"

// spread is how long things took. Times are counted by minutes; from two hours on so coarsely that they are at most one
// part in 128 apart, which keeps it small however long they are.
type spread struct {
	n    int64
	sum  float64 // seconds
	bins []int64
}

const fine = 128 // bins an octave

func (s *spread) add(seconds int64) {
	seconds = max(seconds, 0)
	s.n++
	s.sum += float64(seconds)
	b := bin(seconds / 60)
	if b >= len(s.bins) {
		s.bins = append(s.bins, make([]int64, b+1-len(s.bins))...)
	}
	s.bins[b]++
}

func (s *spread) merge(o *spread) {
	s.n += o.n
	s.sum += o.sum
	if len(o.bins) > len(s.bins) {
		s.bins = append(s.bins, make([]int64, len(o.bins)-len(s.bins))...)
	}
	for i, n := range o.bins {
		s.bins[i] += n
	}
}

func bin(minutes int64) int {
	if minutes < fine {
		return int(minutes)
	}
	octave := bits.Len64(uint64(minutes)) - bits.Len64(fine) // 0 from 128 on
	return fine*(octave+1) + int(minutes>>octave) - fine
}

// begins is the first minute of a bin.
func begins(b int) int64 {
	if b < fine {
		return int64(b)
	}
	octave := b/fine - 1
	return int64(b%fine+fine) << octave
}

// quantile is the seconds within which a share of them were over, to the bin.
func (s *spread) quantile(share float64) float64 {
	rank := int64(share * float64(s.n-1))
	for b, n := range s.bins {
		if rank -= n; rank < 0 {
			return 60 * (float64(begins(b)) + float64(begins(b+1)-1)) / 2
		}
	}
	return 0
}
