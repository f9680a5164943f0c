package simulate

import "github.com/cespare/xxhash/v2"

// luck is a contact's: all that chance decides for it is a hash of the seed, the contact, what is decided and how many
// times that was decided before. Nothing is drawn from a stream, so what one decision comes to makes no other difference:
// two playbooks have the same people with the same luck, whoever works on them in whatever order.
type luck uint64

// subject is what luck decides about.
type subject uint64

const golden = 0x9e3779b97f4a7c15

func luckOf(seed, contact uint64) luck { return luck(mix(mix(seed+golden) + contact)) }

func about(parts ...string) subject {
	var sum xxhash.Digest
	sum.Reset()
	for _, part := range parts {
		_, _ = sum.WriteString(part)
		_, _ = sum.Write([]byte{0})
	}
	return subject(sum.Sum64())
}

// part is a subject of its own within another: when it happens, and with which values.
func (s subject) part(n int) subject { return s + subject(n)*0xd1b54a32d192ed03 }

const (
	whether = iota // it happens
	after          // how long after its occasion
	with           // the first value that it carries; the others come behind
)

// draw is a number from 0 up to but without 1.
func (l luck) draw(what subject, nth int) float64 {
	return float64(mix((uint64(l)^uint64(what))+uint64(nth+1)*golden)>>11) / (1 << 53)
}

// mix spreads every bit over all others: the end of SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
