package compile

import (
	"nurture/lang/calendar"
)

// Shuts says whether there are days or hours at which the policy does not allow messages.
func (p *Policy) Shuts() bool { return len(p.Windows) > 0 || len(p.Skips) > 0 }

// Binds says whether there is anything that a message may have to wait for.
func (p *Policy) Binds() bool { return p.Shuts() || len(p.Caps) > 0 }

// Skipped says whether a date is one of the policy's `skip` lines.
func (p *Policy) Skipped(d calendar.Date) bool {
	for i := range p.Skips {
		if p.Skips[i].From <= d && d <= p.Skips[i].To {
			return true
		}
	}
	return false
}

// Opens says whether a window opens on a date that is not skipped.
func (p *Policy) Opens(d calendar.Date) bool {
	if p.Skipped(d) {
		return false
	}
	if len(p.Windows) == 0 {
		return true
	}
	for i := range p.Windows {
		if p.Windows[i].Days[d.Weekday()] {
			return true
		}
	}
	return false
}

// Open says whether a window is open at an instant. A window opens and shuts at instants: what its clock times are
// where the clocks change is the calendar's to say.
func (p *Policy) Open(z *calendar.Zone, t int64) bool { return len(p.Windows) == 0 || p.open(z, t) }

func (p *Policy) open(z *calendar.Zone, t int64) bool {
	date, _ := z.Date(t)
	for i := range p.Windows {
		w := &p.Windows[i]
		for d, last := date-1, date; d <= last; d++ { // that of the day before may go on over midnight
			shuts := d
			if w.To <= w.From {
				shuts++
			}
			if w.Days[d.Weekday()] && z.At(d, w.From) <= t && t < z.At(shuts, w.To) {
				return true
			}
		}
	}
	return false
}

// NextOpen is the first instant from t on at which a window is open, or calendar.Never.
func (p *Policy) NextOpen(z *calendar.Zone, t int64) int64 {
	if p.Open(z, t) {
		return t
	}
	date, _ := z.Date(t)
	for d := date; d <= date+8; d++ {
		first := calendar.Never
		for i := range p.Windows {
			if w := &p.Windows[i]; w.Days[d.Weekday()] {
				if at := z.At(d, w.From); at >= t && p.Open(z, at) { // a gap of summer time may swallow it
					first = min(first, at)
				}
			}
		}
		if first != calendar.Never {
			return first
		}
	}
	return calendar.Never
}

// NextUnskipped is the first instant from t on whose date is not skipped.
func (p *Policy) NextUnskipped(z *calendar.Zone, t int64) int64 {
	if len(p.Skips) == 0 {
		return t
	}
	return p.nextUnskipped(z, t)
}

func (p *Policy) nextUnskipped(z *calendar.Zone, t int64) int64 {
	date, _ := z.Date(t)
	if !p.Skipped(date) {
		return t
	}
	for p.Skipped(date) {
		next := date + 1
		for i := range p.Skips {
			if s := &p.Skips[i]; s.From <= date && date <= s.To {
				next = max(next, s.To+1)
			}
		}
		date = next
	}
	return z.Start(date)
}
