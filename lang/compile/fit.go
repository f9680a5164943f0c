package compile

import (
	"fmt"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
)

// Fit makes a value that a condition's expression gave one of the field's type. A text must be one that the field can
// have, as a cell of a contacts file must.
func (f *Field) Fit(v Value) (Value, error) {
	if !v.Known {
		return Value{}, nil
	}
	switch f.Type {
	case check.FieldSet:
		return f.fitSet(SetValues(v.Text))
	case check.FieldEnum, check.FieldTimezone, check.FieldEmail, check.FieldTopic:
		return f.Parse(v.Text, calendar.UTC)
	}
	return v, nil
}

// fitSet puts the values of a set in their declared order, each once.
func (f *Field) fitSet(values []string) (Value, error) {
	for _, v := range values {
		if !slices.Contains(f.Values, v) {
			return Value{}, fmt.Errorf("%q is none of the values of %s", v, f.Name)
		}
	}
	var ordered []string
	for _, v := range f.Values {
		if slices.Contains(values, v) {
			ordered = append(ordered, v)
		}
	}
	return Value{Known: true, Text: SetText(ordered)}, nil
}
