// Package calendar is the arithmetic of the language's time: instants are whole seconds since 1970 UTC, durations of
// days and up are calendar time in a zone, shorter ones are elapsed time. It keeps the local hour over a change of
// summer time, and the same day (or the last of a shorter month) over months.
package calendar

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Never is an instant that does not come.
const Never int64 = math.MaxInt64

const day = 86400

// Date is a civil date as days since 1970-01-01.
type Date int32

// DateOf makes a date; it is not checked that the day exists (use ParseDate for text).
func DateOf(year, month, dayOfMonth int) Date {
	return Date(time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC).Unix() / day)
}

// ParseDate reads 2026-12-31.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date; write it as 2026-12-31", s)
	}
	return Date(floorDiv(t.Unix(), day)), nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*day, 0).UTC() }

func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Weekday is 0 for Monday … 6 for Sunday.
func (d Date) Weekday() int { return int(((int64(d)+3)%7 + 7) % 7) }

// Duration is a literal of the language: at most one of its parts is set by a literal.
type Duration struct {
	Months  int32
	Days    int32
	Seconds int64
}

var units = []struct {
	name string
	is   Duration
}{
	{"min", Duration{Seconds: 60}},
	{"h", Duration{Seconds: 3600}},
	{"d", Duration{Days: 1}},
	{"w", Duration{Days: 7}},
	{"mo", Duration{Months: 1}},
	{"y", Duration{Months: 12}},
}

// Units names the units of durations, shortest first.
func Units() []string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.name
	}
	return names
}

// ParseDuration reads 30min 12h 7d 2w 1mo 1y; the number is a whole one, `_` may group its digits.
func ParseDuration(s string) (Duration, error) {
	i, digits := 0, ""
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '_') {
		if s[i] != '_' {
			digits += s[i : i+1]
		}
		i++
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err == nil {
		for _, u := range units {
			if u.name != s[i:] {
				continue
			}
			d := Duration{u.is.Months * int32(n), u.is.Days * int32(n), u.is.Seconds * n}
			if n > 100_000 || int64(u.is.Months)*n > 12*1000 || int64(u.is.Days)*n > 366*1000 {
				return Duration{}, fmt.Errorf("%q is too long; write at most 1000y", s)
			}
			return d, nil
		}
	}
	return Duration{}, fmt.Errorf("%q is no duration; write it as 30min, 12h, 7d, 2w, 1mo or 1y", s)
}

// Less says whether d is shorter than e wherever in the calendar both begin: 30d and 1mo are not comparable.
func (d Duration) Less(e Duration) bool {
	switch {
	case d.Days == 0 && e.Days == 0 && d.Seconds == 0 && e.Seconds == 0:
		return d.Months < e.Months
	case d.Months == 0 && e.Months == 0 && d.Seconds == 0 && e.Seconds == 0:
		return d.Days < e.Days
	}
	_, longest := d.bounds()
	shortest, _ := e.bounds()
	return longest < shortest
}

// Days of that many months in a row, at least and at most; a year has 365 and every fourth a day more.
var (
	leastDays = [12]int64{0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334}
	mostDays  = [12]int64{0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337}
)

// bounds are the seconds that a duration takes at least and at most. A change of summer time makes an hour of difference.
func (d Duration) bounds() (least, most int64) {
	years, months := int64(d.Months/12), d.Months%12
	least, most = years*365+leastDays[months]+int64(d.Days), years*365+(years+3)/4+mostDays[months]+int64(d.Days)
	change := int64(0)
	if most > 0 {
		change = 60 * 60
	}
	return least*day - change + d.Seconds, most*day + change + d.Seconds
}

// IsZero says whether the duration takes no time.
func (d Duration) IsZero() bool { return d == Duration{} }

// Elapsed is the duration with days of 24 hours and months of 30 days, in seconds: for comparing lengths and for half-lives.
func (d Duration) Elapsed() int64 {
	return int64(d.Months)*30*day + int64(d.Days)*day + d.Seconds
}

func (d Duration) neg() Duration { return Duration{-d.Months, -d.Days, -d.Seconds} }

func (d Duration) String() string {
	switch {
	case d.Months != 0 && d.Months%12 == 0:
		return fmt.Sprintf("%dy", d.Months/12)
	case d.Months != 0:
		return fmt.Sprintf("%dmo", d.Months)
	case d.Days != 0 && d.Days%7 == 0:
		return fmt.Sprintf("%dw", d.Days/7)
	case d.Days != 0:
		return fmt.Sprintf("%dd", d.Days)
	case d.Seconds%3600 == 0:
		return fmt.Sprintf("%dh", d.Seconds/3600)
	case d.Seconds%60 == 0:
		return fmt.Sprintf("%dmin", d.Seconds/60)
	default:
		return fmt.Sprintf("%ds", d.Seconds)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
