package calendar

import (
	"fmt"
	"sort"
	"sync"
	"time"
	_ "time/tzdata" // zones are the same on every machine, also where none are installed
)

// Zone is a time zone as a table of its offsets. It is safe for concurrent use; equal names give the same Zone.
type Zone struct {
	Name   string
	starts []int64  // the instant from which offsets[i] holds; starts[0] is the beginning of time
	offset []int64  // seconds east of UTC
	near   []uint16 // by 2^nearBits seconds from tableStart on: the offset that holds at their beginning
}

const nearBits = 22 // 48 days, in which clocks rarely change twice

// UTC is the zone without an offset.
var UTC = &Zone{Name: "UTC", starts: []int64{-1 << 62}, offset: []int64{0}}

var zones sync.Map // name → *Zone

// The table goes from 1900 to 2200; outside it the first and the last offset hold.
var (
	tableStart, tableEnd = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	tableFrom            = tableStart.Unix()
)

// LoadZone gives the zone of an IANA name such as Europe/Berlin.
func LoadZone(name string) (*Zone, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*Zone), nil
	}
	if name == "UTC" || name == "Etc/UTC" {
		return UTC, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("there is no time zone %q; write an IANA name such as Europe/Berlin", name)
	}
	z := &Zone{Name: name}
	for t := tableStart; t.Before(tableEnd); {
		_, offset := t.In(loc).Zone()
		if n := len(z.offset); n == 0 {
			z.starts, z.offset = append(z.starts, -1<<62), append(z.offset, int64(offset))
		} else if z.offset[n-1] != int64(offset) {
			z.starts, z.offset = append(z.starts, t.Unix()), append(z.offset, int64(offset))
		}
		_, end := t.In(loc).ZoneBounds()
		if end.IsZero() {
			break
		}
		if !end.After(t) { // package time ends a leap year's last period a day early, with itself
			end = t.Add(time.Hour)
		}
		t = end
	}
	for i, t := 0, tableFrom; t < tableEnd.Unix(); t += 1 << nearBits {
		i = z.from(i, t)
		z.near = append(z.near, uint16(i))
	}
	got, _ := zones.LoadOrStore(name, z)
	return got.(*Zone), nil
}

// at is the place in the table of the offset that holds at an instant.
func (z *Zone) at(t int64) int {
	if i := uint64(t-tableFrom) >> nearBits; i < uint64(len(z.near)) {
		return z.from(int(z.near[i]), t)
	}
	return sort.Search(len(z.starts), func(i int) bool { return z.starts[i] > t }) - 1
}

// from is at, where it is i or comes soon after.
func (z *Zone) from(i int, t int64) int {
	for i+1 < len(z.starts) && z.starts[i+1] <= t {
		i++
	}
	return i
}

// Local is the wall clock at an instant, as seconds since 1970-01-01 00:00 on that wall.
func (z *Zone) Local(t int64) int64 { return t + z.offset[z.at(t)] }

// Instant is when a wall clock shows local: the first time where it does so twice, the first instant after the gap
// where it never does.
func (z *Zone) Instant(local int64) int64 {
	i := max(z.at(local-day), 0)
	for ; ; i++ {
		t := local - z.offset[i]
		if t < z.starts[i] {
			return z.starts[i]
		}
		if i+1 == len(z.starts) || t < z.starts[i+1] {
			return t
		}
	}
}

// Add is the instant a duration after t.
func (z *Zone) Add(t int64, d Duration) int64 {
	if d.Months == 0 && (d.Days == 0 || len(z.starts) == 1) { // the clocks do not change
		return t + int64(d.Days)*day + d.Seconds
	}
	return z.add(t, d)
}

func (z *Zone) add(t int64, d Duration) int64 {
	// Whole days within one period of the zone's table are so many seconds: that is nearly every addition. On the first
	// day of a period the wall may show a time twice, which the long way decides.
	if d.Months == 0 {
		i, later := z.at(t), t+int64(d.Days)*day
		if i == 0 || later >= z.starts[i]+day {
			if i+1 == len(z.starts) || later < z.starts[i+1] {
				return later + d.Seconds
			}
		}
	}
	local := z.Local(t)
	date, clock := floorDiv(local, day), local-floorDiv(local, day)*day
	if d.Months != 0 {
		y, m, dom := Date(date).utc().Date()
		first := time.Date(y, m+time.Month(d.Months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		date = floorDiv(first.Unix(), day) + int64(min(dom, last)-1)
	}
	return z.Instant((date+int64(d.Days))*day+clock) + d.Seconds
}

// Sub is the instant a duration before t.
func (z *Zone) Sub(t int64, d Duration) int64 { return z.Add(t, d.neg()) }

// Start is the first moment of a date.
func (z *Zone) Start(d Date) int64 { return z.Instant(int64(d) * day) }

// At is the instant of a date and a minute of that day.
func (z *Zone) At(d Date, minute int) int64 { return z.Instant(int64(d)*day + int64(minute)*60) }

// Date is the date on the wall at an instant, and the second of that day its clock shows.
func (z *Zone) Date(t int64) (Date, int) {
	local := z.Local(t)
	d := floorDiv(local, day)
	return Date(d), int(local - d*day)
}
