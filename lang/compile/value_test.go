package compile_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/calendar"
	"nurture/lang/check"
	. "nurture/lang/compile"
)

func field(t check.FieldType) *Field {
	return &Field{Name: "f", Type: t, Values: []string{"Small", "Very small", "Small; a bit, more", "Größe"}, Unknown: []string{"Select", " n/a "}}
}

// Each cell reads as a value that is written back as want; "!" stands for an error.
func TestCells(t *testing.T) {
	berlin, err := calendar.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		as         check.FieldType
		cell, want string
	}{
		{check.FieldText, "  a b ", "a b"},
		{check.FieldText, " \t", ""},
		{check.FieldText, "SELECT", ""},
		{check.FieldText, "N/A", ""},
		{check.FieldText, strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10)},
		{check.FieldText, strings.Repeat("x", 64<<10+1), "!"},

		{check.FieldNumber, "1234.50", "1234.5"},
		{check.FieldNumber, "-0", "0"},
		{check.FieldNumber, "+1.5e3", "1500"},
		{check.FieldNumber, "1e300", "1e+300"},
		{check.FieldNumber, "1,234.50", "!"},
		{check.FieldNumber, "1_000", "!"},
		{check.FieldNumber, "0x10", "!"},
		{check.FieldNumber, "Inf", "!"},
		{check.FieldNumber, "NaN", "!"},
		{check.FieldNumber, "1e999", "!"},
		{check.FieldNumber, "12 €", "!"},

		{check.FieldBool, "YES", "yes"},
		{check.FieldBool, "y", "yes"},
		{check.FieldBool, "True", "yes"},
		{check.FieldBool, "1", "yes"},
		{check.FieldBool, "n", "no"},
		{check.FieldBool, "0", "no"},
		{check.FieldBool, "2", "!"},

		{check.FieldDate, "2026-12-31", "2026-12-31"},
		{check.FieldDate, "2026-12-31T23:59:59-11:00", "2026-12-31"},
		{check.FieldDate, "2026-12-31 10:00", "2026-12-31"},
		{check.FieldDate, "9999-12-31", "9999-12-31"},
		{check.FieldDate, "10000-01-01", "!"},
		{check.FieldDate, "2026-02-29", "!"},
		{check.FieldDate, "31.12.2026", "!"},
		{check.FieldDate, "2026-12-31 at noon", "!"},

		{check.FieldTime, "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"},
		{check.FieldTime, "2026-03-02t10:00:00z", "2026-03-02T10:00:00Z"},
		{check.FieldTime, "2026-03-02T10:00:00.999+01:00", "2026-03-02T09:00:00Z"},
		{check.FieldTime, "2026-03-02 10:00+01:00", "2026-03-02T09:00:00Z"},
		{check.FieldTime, "2026-03-02 10:00", "2026-03-02T09:00:00Z"},
		{check.FieldTime, "2026-03-02T10:00:05", "2026-03-02T09:00:05Z"},
		{check.FieldTime, "2026-03-29 02:30", "2026-03-29T01:00:00Z"}, // never on this clock: the first instant after
		{check.FieldTime, "2026-10-25 02:30", "2026-10-25T00:30:00Z"}, // twice: the first
		{check.FieldTime, "2026-07-02", "2026-07-01T22:00:00Z"},
		{check.FieldTime, "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"},
		{check.FieldTime, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
		{check.FieldTime, "9999-12-31T23:59:59-01:00", "!"},
		{check.FieldTime, "2026-03-02 25:00", "!"},
		{check.FieldTime, "1772445600", "!"},

		{check.FieldTimezone, "America/New_York", "America/New_York"},
		{check.FieldTimezone, "UTC", "UTC"},
		{check.FieldTimezone, "Local", "!"},
		{check.FieldTimezone, "../etc/passwd", "!"},

		{check.FieldEmail, "Ann.O'Neil+x@Mail.Example.COM", "ann.o'neil+x@mail.example.com"},
		{check.FieldEmail, "jürgen@größe.example", "jürgen@größe.example"},
		{check.FieldEmail, "ann", "!"},
		{check.FieldEmail, "ann@", "!"},
		{check.FieldEmail, "@example.com", "!"},
		{check.FieldEmail, "ann@localhost", "!"},
		{check.FieldEmail, "ann@@example.com", "!"},
		{check.FieldEmail, "ann@example..com", "!"},
		{check.FieldEmail, "ann@-example.com", "!"},
		{check.FieldEmail, "Ann <ann@example.com>", "!"},
		{check.FieldEmail, "a@example.com,b@example.com", "!"},
		{check.FieldEmail, "ann\r\nbcc:x@example.com", "!"},
		{check.FieldEmail, strings.Repeat("x", 65) + "@example.com", "!"},
		{check.FieldEmail, "a@" + strings.Repeat("x.", 126) + "de", "!"},

		{check.FieldEnum, "very SMALL", "Very small"},
		{check.FieldEnum, "GRÖSSE", "!"},
		{check.FieldEnum, "größe", "Größe"},
		{check.FieldEnum, "large", "!"},

		{check.FieldSet, "größe, very small", "Very small; Größe"},
		{check.FieldSet, "Small|small;SMALL", "Small"},
		{check.FieldSet, " Small; a bit, more , Small ", "Small; Small; a bit, more"},
		{check.FieldSet, ";,|", ""},
		{check.FieldSet, "small large", "!"},
		{check.FieldSet, "smaller", "!"},
	} {
		f := field(c.as)
		v, err := f.Parse(c.cell, berlin)
		got := f.Format(v)
		if err != nil {
			got = "!"
			if v.Known {
				t.Errorf("%q: a value beside the error %v", c.cell, err)
			}
		}
		if got != c.want {
			t.Errorf("%s %.80q is %.80q, want %.80q (%v)", c.as, c.cell, got, c.want, err)
		}
	}
}

func TestErrorsOfCells(t *testing.T) {
	for _, c := range []struct {
		as         check.FieldType
		cell, want string
	}{
		{check.FieldEnum, "very smal", `"very smal" is no value of ` + "`f`" + `; did you mean "Very small"?`},
		{check.FieldEnum, "XXL", `"XXL" is no value of ` + "`f`" + `; it can be "Small", "Very small", "Small; a bit, more", "Größe"`},
		{check.FieldSet, "Small, Grösse", `"Grösse" is no value of ` + "`f`" + `; did you mean "Größe"?`},
		{check.FieldNumber, strings.Repeat("ü", 50), `"` + strings.Repeat("ü", 30) + `…" is no number; write it plain, such as 1234.5`},
		{check.FieldTimezone, "Mars/Base", `there is no time zone "Mars/Base"; write an IANA name such as Europe/Berlin`},
	} {
		if _, err := field(c.as).Parse(c.cell, calendar.UTC); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v\nwant %s", c.cell, err, c.want)
		}
	}
}

// Any cell is a value or an error, and a value written is read as the same.
func TestCellsReadAsWritten(t *testing.T) {
	types := []check.FieldType{check.FieldText, check.FieldNumber, check.FieldBool, check.FieldDate, check.FieldTime, check.FieldTimezone, check.FieldEmail, check.FieldEnum, check.FieldSet}
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,5})?(e-?[0-9]{1,3})?`), rapid.StringMatching(`[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][012][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][01][0-9]:00)?)?`),
		rapid.StringMatching(`((small|very small|größe) ?[;,|] ?){0,3}small`), rapid.StringMatching(`[a-z.ü+]{1,9}@[a-zü.-]{1,9}\.de`))
	rapid.Check(t, func(r *rapid.T) {
		f := field(rapid.SampledFrom(types).Draw(r, "type"))
		v, err := f.Parse(word.Draw(r, "cell"), calendar.UTC)
		if err != nil {
			return
		}
		if back, err := f.Parse(f.Format(v), calendar.UTC); err != nil || back != v {
			r.Fatalf("%s %v is written %q and read %v, %v", f.Type, v, f.Format(v), back, err)
		}
	})
}
