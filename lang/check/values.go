package check

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/syntax"
)

// use is where a value stands; what fits depends on it.
type use uint8

const (
	inTest     use = iota // a field of the contact or an event
	inScenario            // the same, or a range
	inMatch               // an arm
)

func empty(v *syntax.Value) bool {
	return v.Name == nil && v.Str == nil && v.Number == nil && v.Percent == nil && v.Duration == nil &&
		v.Date == nil && v.DateTime == nil && v.Range == nil && v.List == nil && v.Bool == nil
}

// nameOrText is a value that is written as a name or a string; ok is false where it is neither.
func nameOrText(v *syntax.Value) (text string, ok bool) {
	switch {
	case v.Name != nil:
		return v.Name.Text, v.Name.Text != ""
	case v.Str != nil:
		return v.Str.Value, true
	}
	return "", false
}

// wanted says how a value of a type is written.
var wanted = map[FieldType]string{
	FieldText:     `a text, such as "abc"`,
	FieldNumber:   "a number, such as 12",
	FieldBool:     "true or false",
	FieldDate:     "a date, such as 2026-03-02",
	FieldTime:     "a time, such as 2026-03-02 10:00",
	FieldTimezone: `a time zone, such as "Europe/Berlin"`,
	FieldEmail:    `an address, such as "a@example.com"`,
	FieldEnum:     "one of its values",
	FieldSet:      "a list of its values",
	FieldTopic:    "a topic",
	FieldOffer:    "an offer",
}

// fits says whether a value can be one of the field, and reports it where not.
func (c *checker) fits(v *syntax.Value, f *Field, in use) bool {
	if empty(v) || c.untyped[f] {
		return true
	}
	if v.Range != nil {
		return c.rangeFits(v.Range, f, in)
	}
	word, worded := nameOrText(v)
	switch f.Type {
	case FieldText:
		if v.Name != nil && in != inMatch {
			c.errorf("NUR120", v.Span, "`%s` is a text; write it in quotes", f.Name).fix("write it in quotes", c.span(v.Span), `"`+word+`"`)
			return false
		}
		return c.mustFit(worded, v, f)
	case FieldNumber:
		return c.mustFit(v.Number != nil, v, f)
	case FieldBool:
		return c.mustFit(v.Bool != nil, v, f)
	case FieldDate:
		return c.mustFit(v.Date != nil, v, f)
	case FieldTime:
		return c.mustFit(v.Date != nil || v.DateTime != nil, v, f)
	case FieldTimezone:
		if v.Str != nil {
			return c.zone(*v.Str) != calendar.UTC || strings.HasSuffix(word, "UTC")
		}
		return c.mustFit(false, v, f)
	case FieldEmail:
		return c.mustFit(v.Str != nil && strings.Contains(word, "@"), v, f)
	case FieldEnum:
		return c.mustFit(worded, v, f) && c.isValue(v, word, f)
	case FieldSet:
		if v.List == nil {
			return c.mustFit(worded, v, f) && c.isValue(v, word, f)
		}
		ok := true
		for i := range v.List.Items {
			item := &v.List.Items[i]
			word, worded := nameOrText(item)
			ok = c.mustFit(worded, item, f) && c.isValue(item, word, f) && ok
		}
		return ok
	case FieldTopic:
		return c.mustFit(worded, v, f) && named(c, &c.topics, v, word)
	default:
		return c.mustFit(worded, v, f) && named(c, &c.offers, v, word)
	}
}

func (c *checker) mustFit(ok bool, v *syntax.Value, f *Field) bool {
	if !ok {
		c.errorf("NUR120", v.Span, "`%s` is %s", f.Name, wanted[f.Type]).because(f.Span, "declared here")
	}
	return ok
}

// isValue asks whether an enum or a set can be word.
func (c *checker) isValue(v *syntax.Value, word string, f *Field) bool {
	of := f.of + "." + f.Name
	c.useText(v.Str, AValue, of, word)
	if v.Name != nil {
		c.use(v.Name.Span, AValue, of, word)
	}
	if slices.Contains(f.Values, word) {
		return true
	}
	found := c.errorf("NUR121", v.Span, "`%s` cannot be %q", f.Name, word)
	near, ok := c.nearest(word, f.Values)
	for _, is := range f.Values {
		if strings.EqualFold(is, word) {
			near, ok = is, true
		}
	}
	switch {
	case ok:
		found.Message += "; did you mean \"" + near + "\"?"
		text := near
		if v.Str != nil {
			text = `"` + near + `"`
		}
		found.fix("write \""+near+"\"", c.span(v.Span), text)
	case len(f.Values) <= 8:
		found.Message += "; it is " + oneOf(f.Values)
	}
	found.because(f.Span, "declared here")
	return false
}

// named finds the thing that a name or a string names.
func named[T any](c *checker, x *index[T], v *syntax.Value, word string) bool {
	span := v.Span
	if v.Str != nil {
		if inner, ok := inside(span, word); ok {
			span = inner
		}
	}
	_, ok := find(c, x, syntax.Name{Span: span, Text: word})
	return ok
}

// rangeFits checks lo..hi: only scenarios have them, of numbers, dates and times.
func (c *checker) rangeFits(r *syntax.Range, f *Field, in use) bool {
	if in != inScenario || f.Type != FieldNumber && f.Type != FieldDate && f.Type != FieldTime {
		c.errorf("NUR120", r.Span, "`%s` is %s, not a range", f.Name, wanted[f.Type]).because(f.Span, "declared here")
		return false
	}
	if r.Lo.Range != nil || r.Hi.Range != nil || !c.fits(&r.Lo, f, in) || !c.fits(&r.Hi, f, in) {
		return false
	}
	if empty(&r.Lo) || empty(&r.Hi) {
		return true
	}
	if cmp.Compare(position(&r.Lo), position(&r.Hi)) > 0 {
		c.errorf("NUR142", r.Span, "a range goes from the lesser to the greater; swap the two")
		return false
	}
	return true
}

// position orders the ends of a range.
func position(v *syntax.Value) float64 {
	switch {
	case v.Number != nil:
		return v.Number.Value
	case v.Date != nil:
		return float64(v.Date.Value) * minutesOfDay
	case v.DateTime != nil:
		return float64(v.DateTime.Date)*minutesOfDay + float64(v.DateTime.Minute)
	case v.Duration != nil:
		return float64(v.Duration.Value.Elapsed())
	}
	return math.NaN()
}
