package compile

import (
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
	case check.FieldEnum, check.FieldSet, check.FieldTimezone, check.FieldEmail, check.FieldTopic:
		return f.Parse(v.Text, calendar.UTC)
	}
	return v, nil
}
