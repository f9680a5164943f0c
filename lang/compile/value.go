package compile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
)

// Bounds of what a file may say of one field.
const (
	longestValue = 64 << 10
	longestEmail = 254 // RFC 5321
	longestLocal = 64  // before its @
)

// lastInstant is the last second of the year 9999, the last that RFC 3339 can write.
const lastInstant = 253402300799

// Parse reads a cell of a file. A cell that says nothing, because it is empty or among the field's unknown ones, is an
// unknown value. A time that does not name its zone is meant in the given one. The error says what is wrong with the
// cell and how to write it.
func (f *Field) Parse(cell string, zone *calendar.Zone) (Value, error) {
	if len(cell) > longestValue {
		return Value{}, fmt.Errorf("the value is %d bytes long; the longest that is taken has %d", len(cell), longestValue)
	}
	cell = strings.TrimSpace(cell)
	if f.saysNothing(cell) {
		return Value{}, nil
	}
	switch f.Type {
	case check.FieldNumber:
		return parseNumber(cell)
	case check.FieldBool:
		return parseBool(cell)
	case check.FieldDate:
		return parseDate(cell)
	case check.FieldTime:
		at, err := ParseInstant(cell, zone)
		return Value{Known: err == nil, Num: float64(at)}, err
	case check.FieldTimezone:
		return parseZone(cell)
	case check.FieldEmail:
		return parseEmail(cell)
	case check.FieldEnum, check.FieldTopic:
		return f.choose(cell)
	case check.FieldSet:
		return f.chooseSome(cell)
	default:
		return Value{Known: true, Text: cell}, nil
	}
}

// saysNothing says whether a trimmed cell leaves the field as it is.
func (f *Field) saysNothing(cell string) bool {
	if cell == "" {
		return true
	}
	for _, u := range f.Unknown {
		if strings.EqualFold(strings.TrimSpace(u), cell) {
			return true
		}
	}
	return false
}

// Format writes a value as Parse reads it, "" for one that is unknown. Equal values have equal texts.
func (f *Field) Format(v Value) string {
	if !v.Known {
		return ""
	}
	switch f.Type {
	case check.FieldNumber:
		return formatNumber(v.Num)
	case check.FieldBool:
		if v.Num != 0 {
			return "yes"
		}
		return "no"
	case check.FieldDate:
		return calendar.Date(v.Num).String()
	case check.FieldTime:
		return time.Unix(int64(v.Num), 0).UTC().Format(time.RFC3339)
	case check.FieldSet:
		return strings.Join(SetValues(v.Text), "; ")
	default:
		return v.Text
	}
}

// formatNumber writes out what a person would; only numbers beyond 10^21 get an exponent.
func formatNumber(n float64) string {
	if math.Abs(n) < 1e21 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

func parseNumber(cell string) (Value, error) {
	for i := 0; i < len(cell); i++ {
		if c := cell[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return Value{}, fmt.Errorf("%s is no number; write it plain, such as 1234.5", quoted(cell))
		}
	}
	n, err := strconv.ParseFloat(cell, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return Value{}, fmt.Errorf("%s is too large a number", quoted(cell))
	case err != nil:
		return Value{}, fmt.Errorf("%s is no number; write it plain, such as 1234.5", quoted(cell))
	}
	return Value{Known: true, Num: n + 0}, nil // -0 is 0
}

func parseBool(cell string) (Value, error) {
	switch strings.ToLower(cell) {
	case "yes", "true", "y", "1":
		return Value{Known: true, Num: 1}, nil
	case "no", "false", "n", "0":
		return Value{Known: true}, nil
	}
	return Value{}, fmt.Errorf("%s is neither yes nor no; write yes, no, true, false, 1 or 0", quoted(cell))
}

// parseDate reads a date; of a time it takes the date that is written, whatever the zone.
func parseDate(cell string) (Value, error) {
	day := cell
	if len(cell) > len(time.DateOnly) && strings.IndexByte("Tt ", cell[len(time.DateOnly)]) >= 0 {
		if _, err := ParseInstant(cell, calendar.UTC); err == nil {
			day = cell[:len(time.DateOnly)]
		}
	}
	d, err := calendar.ParseDate(day)
	if err != nil {
		return Value{}, fmt.Errorf("%s is no date; write it as 2026-12-31", quoted(cell))
	}
	return Value{Known: true, Num: float64(d)}, nil
}

// How a time may be written without a zone, and with one but no seconds. A fraction of a second is read anywhere.
var (
	wallTimes = []string{"2006-01-02T15:04:05", "2006-01-02T15:04"}
	zoneTimes = []string{time.RFC3339, "2006-01-02T15:04Z07:00"}
)

// ParseInstant reads a time: RFC 3339, or a date, or a date and a time of day in the given zone. A date is its first
// moment, a fraction of a second is cut off.
func ParseInstant(cell string, zone *calendar.Zone) (int64, error) {
	text := cell
	const dateLen = len(time.DateOnly)
	if len(text) > dateLen && (text[dateLen] == ' ' || text[dateLen] == 't') {
		text = text[:dateLen] + "T" + text[dateLen+1:]
	}
	if strings.HasSuffix(text, "z") {
		text = text[:len(text)-1] + "Z"
	}
	for _, layout := range zoneTimes {
		if t, err := time.Parse(layout, text); err == nil {
			return bounded(cell, t.Unix())
		}
	}
	for _, layout := range wallTimes {
		if t, err := time.Parse(layout, text); err == nil {
			return bounded(cell, zone.Instant(t.Unix()))
		}
	}
	if d, err := calendar.ParseDate(text); err == nil {
		return bounded(cell, zone.Start(d))
	}
	return 0, fmt.Errorf("%s is no time; write it as 2026-03-04T09:12:00Z, or as 2026-03-04 09:12 in the policy's time zone", quoted(cell))
}

func bounded(cell string, at int64) (int64, error) {
	if at > lastInstant {
		return 0, fmt.Errorf("%s is beyond the year 9999", quoted(cell))
	}
	return at, nil
}

func parseZone(cell string) (Value, error) {
	zone, err := calendar.LoadZone(cell)
	if err != nil {
		return Value{}, fmt.Errorf("there is no time zone %s; write an IANA name such as Europe/Berlin", quoted(cell))
	}
	return Value{Known: true, Text: zone.Name}, nil
}

// parseEmail takes what looks like one address. Whether mail reaches it only sending can tell.
func parseEmail(cell string) (Value, error) {
	local, domain, _ := strings.Cut(cell, "@")
	sound := len(cell) <= longestEmail && local != "" && len(local) <= longestLocal && domainLike(domain)
	for _, r := range local {
		sound = sound && !unicode.IsSpace(r) && unicode.IsPrint(r) && !strings.ContainsRune(`<>()[]\,;:"`, r)
	}
	if !sound {
		return Value{}, fmt.Errorf("%s is no e-mail address; write it as ann@example.com", quoted(cell))
	}
	return Value{Known: true, Text: strings.ToLower(cell)}, nil
}

// domainLike says whether a text is two or more names of letters, digits and hyphens with dots between.
func domainLike(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	return len(labels) > 1
}

// choose finds the value that a cell names, in its declared spelling.
func (f *Field) choose(cell string) (Value, error) {
	for _, v := range f.Values {
		if v == cell {
			return Value{Known: true, Text: v}, nil
		}
	}
	for _, v := range f.Values {
		if strings.EqualFold(strings.TrimSpace(v), cell) {
			return Value{Known: true, Text: v}, nil
		}
	}
	return Value{}, f.notAmong(cell)
}

const setSeparators = ";,|" + setSeparator

// chooseSome reads the values of a set, separated by `;`, `,` or `|`. A declared value may have these in it: where
// several would fit, the longest is meant.
func (f *Field) chooseSome(cell string) (Value, error) {
	chosen := make([]bool, len(f.Values))
	for rest := cell; ; {
		rest = strings.TrimLeft(rest, setSeparators+" \t\r\n")
		if rest == "" {
			break
		}
		best, length := None, 0
		for i, v := range f.Values {
			if n := prefixFold(rest, strings.TrimSpace(v)); n > length && endsValue(rest[n:]) {
				best, length = i, n
			}
		}
		if best == None {
			part := rest[:strings.IndexAny(rest+";", setSeparators)]
			return Value{}, f.notAmong(strings.TrimSpace(part))
		}
		chosen[best], rest = true, rest[length:]
	}
	var values []string
	for i, v := range f.Values {
		if chosen[i] {
			values = append(values, v)
		}
	}
	return Value{Known: len(values) > 0, Text: SetText(values)}, nil
}

// prefixFold is the length of the beginning of s that is prefix in any case, 0 where it does not begin so.
func prefixFold(s, prefix string) int {
	n := 0
	for range prefix {
		if n >= len(s) {
			return 0
		}
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	if !strings.EqualFold(s[:n], prefix) {
		return 0
	}
	return n
}

func endsValue(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r\n")
	return rest == "" || strings.IndexByte(setSeparators, rest[0]) >= 0
}

// valuesListed bounds how many of a field's values an error lists.
const valuesListed = 12

// notAmong says that a cell names no value of the field.
func (f *Field) notAmong(cell string) error {
	if near, ok := nearestFold(cell, f.Values); ok {
		return fmt.Errorf("%s is no value of `%s`; did you mean %q?", quoted(cell), f.Name, near)
	}
	listed := make([]string, 0, valuesListed+1)
	for i, v := range f.Values {
		if i == valuesListed {
			listed = append(listed, "…")
			break
		}
		listed = append(listed, strconv.Quote(v))
	}
	return fmt.Errorf("%s is no value of `%s`; it can be %s", quoted(cell), f.Name, strings.Join(listed, ", "))
}

func nearestFold(word string, values []string) (string, bool) {
	lower := make([]string, len(values))
	for i, v := range values {
		lower[i] = strings.ToLower(v)
	}
	near, ok := diag.Nearest(strings.ToLower(word), lower)
	for i := range lower {
		if ok && lower[i] == near {
			return values[i], true
		}
	}
	return "", false
}

// quoted is a cell for a message: what is long is cut.
func quoted(cell string) string {
	const most = 60
	if len(cell) > most {
		end := most
		for end > 0 && !utf8.RuneStart(cell[end]) {
			end--
		}
		cell = cell[:end] + "…"
	}
	return strconv.Quote(cell)
}
