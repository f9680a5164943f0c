package ingest

import (
	"fmt"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// The body of an input in the inbox is JSON, by names: it stays readable, and good under a playbook that has changed.
// That of an event has its fields, and `offer`; contact fields, of a change or of `submitted`, stand in `contact`;
// `arrives` marks the change with which a contact begins to take part. Names of fields cannot be `contact`, which each
// line of events has with a meaning of its own.
const (
	bodyContact = "contact"
	bodyOffer   = "offer"
	bodyArrives = `"arrives":true,`
)

// body is a body that is being written.
type body []byte

// beginChange begins the body of a change of contact fields.
func beginChange(arrives bool) *body {
	b := body("{")
	if arrives {
		b = append(b, bodyArrives...)
	}
	b = append(b, `"contact":{`...)
	return &b
}

// end ends the body of a change.
func (b *body) end() []byte { return append(*b, "}}"...) }

func (b *body) name(name string) {
	if last := (*b)[len(*b)-1]; last != '{' {
		*b = append(*b, ',')
	}
	*b = append(appendString(*b, name), ':')
}

func (b *body) text(name, text string) {
	b.name(name)
	*b = appendString(*b, text)
}

// field writes a field and its value.
func (b *body) field(f *compile.Field, v compile.Value) {
	b.name(f.Name)
	switch f.Type {
	case check.FieldNumber:
		*b = append(*b, f.Format(v)...)
	case check.FieldBool:
		*b = append(*b, map[bool]string{true: "true", false: "false"}[v.Num != 0]...)
	default:
		*b = appendString(*b, f.Format(v))
	}
}

// Decode makes an input of the engine out of one of the inbox; text gives the store's name of a number. What the
// playbook has dropped since is left out: fields, an offer, a value that its field cannot have any more. The error says
// that the event is gone as a whole.
func Decode(p *compile.Program, text func(uint32) string, row *store.Input) (engine.Input, error) {
	in := engine.Input{Event: compile.None, At: row.At, Offer: compile.None, Source: row.Source}
	var space [16]member
	all, _ := appendMembers(space[:0], string(row.Body))
	if row.Event == 0 {
		for _, m := range all {
			in.Arrive = in.Arrive || m.name == "arrives"
		}
		in.Fields = contactFields(p, all)
		return in, nil
	}
	name := text(row.Event)
	in.Event = p.EventIndex(name)
	if in.Event == compile.None {
		return in, fmt.Errorf("the playbook has no event %q any more", name)
	}
	e := &p.Events[in.Event]
	if in.Event == p.Submitted {
		in.Fields = contactFields(p, all)
	}
	if len(e.Fields) > 0 {
		in.Values = make([]compile.Value, len(e.Fields))
	}
	for _, m := range all {
		if m.name == bodyOffer {
			in.Offer = p.OfferIndex(m.value)
		}
		if f := fieldOf(e, m.name); f != compile.None {
			in.Values[f] = written(&e.Fields[f], m)
			if in.Event == p.TaskDone && m.name == taskName {
				in.Task = m.value
			}
		}
	}
	for _, v := range in.Fields {
		if f := fieldOf(e, p.Fields[v.Field].Name); f != compile.None {
			in.Values[f] = v.Value
		}
	}
	return in, nil
}

// taskName is the field of task_done that says which task.
const taskName = "task"

func fieldOf(e *compile.Event, name string) int {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			return i
		}
	}
	return compile.None
}

func contactFields(p *compile.Program, all []member) []engine.FieldValue {
	for _, m := range all {
		if m.name != bodyContact || m.kind != '{' {
			continue
		}
		var space [32]member
		inner, _ := appendMembers(space[:0], m.value)
		fields := make([]engine.FieldValue, 0, len(inner))
		for _, m := range inner {
			if f := p.FieldIndex(m.name); f != compile.None {
				if v := written(&p.Fields[f], m); v.Known {
					fields = append(fields, engine.FieldValue{Field: f, Value: v})
				}
			}
		}
		return fields
	}
	return nil
}

// written is a value as it was written into a body, unknown where it does not fit the field any more.
func written(f *compile.Field, m member) compile.Value {
	v, err := f.Parse(m.value, calendar.UTC)
	if err != nil {
		return compile.Value{}
	}
	return v
}
