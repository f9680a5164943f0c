package calendar

// Span is a duration for asking, of many instants, whether it is over by then. The calendar is slow to ask, and mostly seconds
// tell: most is surely over, least surely not.
type Span struct {
	length      Duration
	least, most int64 // seconds
	wall        bool
}

// slack is more than any zone was ever off UTC and moved its clocks by, together: Samoa's by a day, from one end to the other.
const slack = 2 * day

// SpanOf is the span of a duration, backwards where that is negative.
func SpanOf(d Duration) Span {
	if d.Months < 0 || d.Days < 0 || d.Seconds < 0 {
		least, most := d.neg().bounds()
		return Span{length: d, least: -most - slack, most: -least + slack}
	}
	least, most := d.bounds()
	return Span{length: d, least: least - slack, most: most + slack}
}

// OnWall is the span from what a clock on a wall shows, in seconds since 1970-01-01 00:00 on that wall, as Zone.Instant takes it.
func (s Span) OnWall() Span {
	s.wall = true
	return s
}

// Over says whether now is at or after Add(from, the duration). It is small enough to be compiled where it is called.
func (s *Span) Over(z *Zone, from, now int64) bool {
	gone := now - from
	return gone >= s.most || gone >= s.least && s.near(z, from, now)
}

//go:noinline
func (s *Span) near(z *Zone, from, now int64) bool {
	if s.wall {
		from = z.Instant(from)
	}
	return now >= z.Add(from, s.length)
}
