package proof

import (
	"fmt"
	"time"
)

// span is a duration of the language: a number and its unit.
type span struct {
	n    int
	unit string
}

func (s span) String() string { return fmt.Sprintf("%d%s", s.n, s.unit) }

// short is the span in its longest unit, as the journal has it.
func (s span) short() string {
	for _, unit := range []struct {
		of, is string
		n      int
	}{{"min", "h", 60}, {"d", "w", 7}, {"mo", "y", 12}} {
		if s.unit == unit.of && s.n%unit.n == 0 {
			return span{s.n / unit.n, unit.is}.String()
		}
	}
	return s.String()
}

func (s span) back() span { return span{-s.n, s.unit} }

// calendrical says whether the span is calendar time: days and more.
func (s span) calendrical() bool { return s.unit != "min" && s.unit != "h" }

// elapsed is its length in seconds, for half-lives.
func (s span) elapsed() float64 {
	return float64(s.n) * map[string]float64{"min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400, "y": 360 * 86400}[s.unit]
}

// add is the instant a span after t for somebody who lives in a zone.
func add(zone *time.Location, t int64, s span) int64 {
	switch s.unit {
	case "min":
		return t + int64(s.n)*60
	case "h":
		return t + int64(s.n)*3600
	}
	local := time.Unix(t, 0).In(zone)
	year, month, day := local.Date()
	switch s.unit {
	case "d":
		day += s.n
	case "w":
		day += 7 * s.n
	default:
		months := s.n
		if s.unit == "y" {
			months *= 12
		}
		first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		year, month = first.Year(), first.Month()
		day = min(day, first.AddDate(0, 1, -1).Day())
	}
	return shows(zone, time.Date(year, month, day, local.Hour(), local.Minute(), local.Second(), 0, time.UTC).Unix())
}

// shows is the first instant at which the wall clock of a zone shows a time, given in seconds as though the wall stood in UTC;
// for one that is left out, the first instant after it.
func shows(zone *time.Location, wall int64) int64 {
	at := time.Unix(wall-36*3600, 0).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		t := max(wall-int64(offset), at.Unix())
		if end.IsZero() || t < end.Unix() {
			return t
		}
		at = end.In(zone)
	}
}

// A day is a date, in days since 1970-01-01.
func day(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.Unix() / 86400
}

func dayText(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

// dayOf is the date that somebody's calendar shows.
func dayOf(zone *time.Location, t int64) int64 {
	y, m, d := time.Unix(t, 0).In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// begins is the first moment of a day.
func begins(zone *time.Location, day int64) int64 { return shows(zone, day*86400) }

// weekday is 0 on Mondays.
func weekday(day int64) int { return (int(time.Unix(day*86400, 0).UTC().Weekday()) + 6) % 7 }

func stamp(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

func instant(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t.Unix()
}
