package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "nurture/lang/calendar"
)

func instant(t *testing.T, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

func zone(t *testing.T, name string) *Zone {
	t.Helper()
	z, err := LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAdd(t *testing.T) {
	for _, c := range []struct{ zone, from, by, want string }{
		{"UTC", "2026-03-02T10:00:00Z", "7d", "2026-03-09T10:00:00Z"},
		{"Europe/Berlin", "2026-03-28T09:00:00Z", "1d", "2026-03-29T08:00:00Z"},     // keeps 10:00 on the wall
		{"Europe/Berlin", "2026-03-28T09:00:00Z", "24h", "2026-03-29T09:00:00Z"},    // elapsed
		{"Europe/Berlin", "2026-03-28T01:30:00Z", "1d", "2026-03-29T01:00:00Z"},     // 02:30 is in the gap: first instant after it
		{"Europe/Berlin", "2026-10-24T00:30:00Z", "1d", "2026-10-25T00:30:00Z"},     // 02:30 comes twice: the first
		{"America/New_York", "2026-01-31T15:00:00Z", "1mo", "2026-02-28T15:00:00Z"}, // last of a shorter month
		{"UTC", "2024-02-29T00:00:00Z", "1y", "2025-02-28T00:00:00Z"},               // no 29th
		{"UTC", "2026-12-31T12:00:00Z", "2mo", "2027-02-28T12:00:00Z"},              // over the year
		{"America/Sao_Paulo", "2018-11-03T15:00:00Z", "1w", "2018-11-10T14:00:00Z"}, // summer time begins at midnight
		{"Pacific/Apia", "2011-12-29T22:00:00Z", "2d", "2011-12-30T22:00:00Z"},      // the 30th never was
	} {
		d, err := ParseDuration(c.by)
		if err != nil {
			t.Fatal(err)
		}
		got := time.Unix(zone(t, c.zone).Add(instant(t, c.from), d), 0).UTC().Format(time.RFC3339)
		if got != c.want {
			t.Errorf("%s: %s + %s = %s, want %s", c.zone, c.from, c.by, got, c.want)
		}
	}
}

func TestSubMonth(t *testing.T) {
	got := time.Unix(UTC.Sub(instant(t, "2026-03-31T08:00:00Z"), Duration{Months: 1}), 0).UTC().Format(time.RFC3339)
	if got != "2026-02-28T08:00:00Z" {
		t.Errorf("31 March less a month is %s", got)
	}
}

func TestStartOfADayWithoutMidnight(t *testing.T) {
	d, _ := ParseDate("2018-11-04") // Brazil's clocks went from 00:00 to 01:00
	got := time.Unix(zone(t, "America/Sao_Paulo").Start(d), 0).UTC().Format(time.RFC3339)
	if got != "2018-11-04T03:00:00Z" {
		t.Errorf("the day starts at %s", got)
	}
}

func TestWordsThatAreNoDuration(t *testing.T) {
	for _, s := range []string{"", "7", "d", "1.5d", "-1d", "7 d", "1day", "99999999999999999999d", "2000y"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q read as %v", s, d)
		}
	}
}

func TestDurationReadsItself(t *testing.T) {
	for _, s := range []string{"30min", "12h", "6d", "2w", "1mo", "1y"} {
		d, err := ParseDuration(s)
		if err != nil || d.String() != s {
			t.Errorf("%q is %v, %v", s, d, err)
		}
	}
}

func TestNoZone(t *testing.T) {
	for _, s := range []string{"", "Local", "Mars/Base", "../etc/passwd"} {
		if _, err := LoadZone(s); err == nil {
			t.Errorf("zone %q exists", s)
		}
	}
}

// The table of offsets says what package time says, and Instant is the first instant that shows a wall clock.
func TestZoneAgreesWithTime(t *testing.T) {
	names := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca"}
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom(names).Draw(r, "zone")
		at := rapid.Int64Range(-2_208_988_800, 7_258_118_399).Draw(r, "at") // from 1900 up to 2200
		z, loc := zone(t, name), must(time.LoadLocation(name))
		_, offset := time.Unix(at, 0).In(loc).Zone()
		if got := z.Local(at) - at; got != int64(offset) {
			r.Fatalf("offset %d, package time says %d", got, offset)
		}
		back := z.Instant(z.Local(at))
		if back > at || z.Local(back) != z.Local(at) {
			r.Fatalf("%d shows what %d shows, but is not its first", at, back)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestZoneNamesAreZones(t *testing.T) {
	for _, name := range ZoneNames() {
		if _, err := LoadZone(name); err != nil {
			t.Error(err)
		}
	}
}

// Days later the wall shows the same time, whatever the zone and however near a change of its clocks.
func TestAddDays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		zone, err := LoadZone(rapid.SampledFrom(ZoneNames()).Draw(r, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := rapid.Int64Range(-2_000_000_000, 4_000_000_000).Draw(r, "from")
		days := int64(rapid.OneOf(rapid.IntRange(-90, -1), rapid.IntRange(1, 800)).Draw(r, "days"))
		if loc, err := time.LoadLocation(zone.Name); err == nil && rapid.Bool().Draw(r, "near a change") {
			if _, change := time.Unix(from, 0).In(loc).ZoneBounds(); !change.IsZero() {
				from = change.Unix() - days*86400 + rapid.Int64Range(-7200, 7200).Draw(r, "off")
			}
		}
		want := zone.Instant(zone.Local(from) + days*86400)
		if got := zone.Add(from, Duration{Days: int32(days)}); got != want {
			r.Fatalf("%d days after %d in %s is %d, not %d", days, from, zone.Name, got, want)
		}
	})
}

// A span is over when the calendar says so, whatever the zone, forwards and backwards, at the very second where it ends and at
// the seconds from which on the calendar is not asked; from an instant or from what a wall shows.
func TestSpan(t *testing.T) {
	const day = 86400
	rapid.Check(t, func(r *rapid.T) {
		zone := zone(t, rapid.OneOf(rapid.SampledFrom(ZoneNames()), rapid.Just("Pacific/Apia")).Draw(r, "zone")) // Samoa left out a day
		from := rapid.Int64Range(-2_000_000_000, 4_000_000_000).Draw(r, "from")
		if loc := must(time.LoadLocation(zone.Name)); rapid.Bool().Draw(r, "near a change") {
			if change, _ := time.Unix(from, 0).In(loc).ZoneBounds(); !change.IsZero() {
				from = change.Unix() + rapid.Int64Range(-2*day, 2*day).Draw(r, "off")
			}
		}
		n, d := rapid.Int32Range(-70, 70).Draw(r, "length"), Duration{}
		switch rapid.IntRange(0, 2).Draw(r, "unit") {
		case 0:
			d.Months = n
		case 1:
			d.Days = n
		default:
			d.Seconds = int64(n) * 7 * 3600
		}
		span, wall := SpanOf(d), SpanOf(d).OnWall()
		near := rapid.OneOf(rapid.Int64Range(-2, 2), rapid.Int64Range(-9*day, 9*day)).Draw(r, "from its end")
		end := zone.Add(from, d)
		if now := end + near; span.Over(zone, from, now) != (near >= 0) {
			r.Fatalf("%+v from %d on in %s is over at %d: %v, %d s from its end", d, from, zone.Name, now, near < 0, near)
		}
		end = zone.Add(zone.Instant(from), d)
		if now := end + near; wall.Over(zone, from, now) != (near >= 0) {
			r.Fatalf("%+v from %d on the wall in %s is over at %d: %v, %d s from its end", d, from, zone.Name, now, near < 0, near)
		}
	})
}

// What is less is shorter from whatever instant on, in whatever zone.
func TestLess(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		duration := func(name string) Duration {
			n := rapid.IntRange(0, 400).Draw(r, name)
			switch rapid.IntRange(0, 2).Draw(r, name+" unit") {
			case 0:
				return Duration{Months: int32(n % 30)}
			case 1:
				return Duration{Days: int32(n)}
			}
			return Duration{Seconds: int64(n) * 3600 * 7}
		}
		a, b := duration("a"), duration("b")
		zone, err := LoadZone(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}).Draw(r, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := rapid.Int64Range(1_500_000_000, 1_900_000_000).Draw(r, "from")
		if a.Less(b) && zone.Add(from, a) >= zone.Add(from, b) {
			r.Fatalf("%s is less than %s, and not from %d on", a, b, from)
		}
	})
	for _, less := range [][2]string{{"30d", "5w"}, {"27d", "1mo"}, {"1mo", "32d"}, {"11mo", "1y"}, {"364d", "1y"}, {"12h", "1d"}} {
		a, _ := ParseDuration(less[0])
		b, _ := ParseDuration(less[1])
		if !a.Less(b) || b.Less(a) {
			t.Errorf("%s is less than %s", a, b)
		}
	}
}
