package ingest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/store"
)

// eventType is what a line of an event can say beside id, contact, event and at.
type eventType struct {
	outside bool   // it comes from outside; else the run raises it
	offer   bool   // it can be about an offer
	contact []bool // by field: it is one of the contact, which `submitted` writes
}

func typesOf(p *compile.Program) []eventType {
	types := make([]eventType, len(p.Events))
	for n := range p.Events {
		e, t := &p.Events[n], &types[n]
		switch e.Kind {
		case check.Response, check.Exhausted, check.Overdue:
		case check.TaskEvent:
			t.outside = n == p.TaskDone
		default:
			t.outside = true
		}
		t.offer = e.Kind == check.Message
		for o := range p.Offers {
			t.offer = t.offer || e.Answers(o)
		}
		t.contact = make([]bool, len(e.Fields))
		for f := range e.Fields {
			t.offer = t.offer || e.Fields[f].Type == check.FieldOffer
			t.contact[f] = n == p.Submitted && p.FieldIndex(e.Fields[f].Name) != compile.None
		}
	}
	return types
}

// event makes a sound row of a line's members.
func (e *events) event(m members, r *row) (f *fault) {
	p := e.i.p
	if r.key, f = e.key(m); f != nil {
		return f
	}
	event, f := e.kind(m)
	if f != nil {
		return f
	}
	if r.input.At, f = e.instant(m); f != nil {
		return f
	}
	r.order, r.makes, r.input.Event = store.Hash(r.key), event == p.Submitted, e.names[event]
	if r.input.Body, f = e.body(m, event, r.key); f != nil {
		r.at = rfc3339(r.input.At)
		return f
	}
	id, named := m.find("id")
	switch {
	case !named:
		r.input.ID = contentID(m)
	case id.kind == '{' || id.kind == '[' || len(id.value) > longestID:
		r.at = rfc3339(r.input.At)
		return &fault{"id", id.value, fmt.Errorf("the id of an event is a text of at most %d bytes", longestID)}
	default:
		r.input.ID, r.input.Source = hashID("event", id.value), id.value
	}
	return nil
}

const longestID = 1_000

func rfc3339(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// contentID names an event that brings no id by all it says.
func contentID(m members) int64 {
	var sum xxhash.Digest
	sum.Reset()
	for _, m := range m {
		_, _ = sum.WriteString(m.name)
		_, _ = sum.Write([]byte{0})
		_, _ = sum.WriteString(m.value)
		_, _ = sum.Write([]byte{0})
	}
	return int64(sum.Sum64() >> 1)
}

// need gives a member that each line has.
func need(m members, name, what string) (member, *fault) {
	v, ok := m.find(name)
	if !ok || strings.TrimSpace(v.value) == "" {
		return v, &fault{name, "", fmt.Errorf("the line has no `%s`: %s", name, what)}
	}
	return v, nil
}

func (e *events) key(m members) (string, *fault) {
	v, f := need(m, "contact", "the key of the contact it happened to")
	if f != nil {
		return "", f
	}
	field := &e.i.p.Fields[e.i.p.Key]
	key, err := e.value(field, v)
	if err == nil && !key.Known {
		err = errors.New("this is no key of a contact")
	}
	if err != nil {
		return "", &fault{"contact", v.value, err}
	}
	return field.Format(key), nil
}

func (e *events) kind(m members) (int, *fault) {
	p := e.i.p
	v, f := need(m, "event", "the name of what happened")
	if f != nil {
		return 0, f
	}
	n := p.EventIndex(v.value)
	switch {
	case n == compile.None:
		return 0, &fault{"event", v.value, fmt.Errorf("the playbook has no event %q%s", shown(v.value), e.near(v.value))}
	case !e.typed[n].outside:
		return 0, &fault{"event", v.value, fmt.Errorf("`%s` is worked out by the run itself; only what happens outside is taken", v.value)}
	}
	return n, nil
}

// near says which event was probably meant.
func (e *events) near(name string) string {
	var names []string
	for n := range e.i.p.Events {
		if e.typed[n].outside {
			names = append(names, e.i.p.Events[n].Name)
		}
	}
	return didYouMean(name, names)
}

func didYouMean(name string, names []string) string {
	if near, ok := diag.Nearest(name, names); ok {
		return fmt.Sprintf("; did you mean `%s`?", near)
	}
	return ""
}

func (e *events) instant(m members) (int64, *fault) {
	v, f := need(m, "at", "when it happened, such as 2026-03-04T09:12:00Z")
	if f != nil {
		return 0, f
	}
	at, err := compile.ParseInstant(strings.TrimSpace(v.value), e.i.p.Policy.Zone)
	if err != nil {
		return 0, &fault{"at", v.value, err}
	}
	return at, nil
}

// body writes the inbox's body of an event.
func (e *events) body(m members, event int, key string) ([]byte, *fault) {
	p := e.i.p
	is, typed := &p.Events[event], &e.typed[event]
	b := body("{")
	if v, ok := m.find(bodyOffer); ok && typed.offer && strings.TrimSpace(v.value) != "" {
		name := strings.TrimSpace(v.value)
		if p.OfferIndex(name) == compile.None {
			return nil, &fault{bodyOffer, v.value, fmt.Errorf("the playbook has no offer %q%s", shown(name), e.nearOffer(name))}
		}
		b.text(bodyOffer, name)
	}
	var answers []int
	for f := range is.Fields {
		field := &is.Fields[f]
		if typed.contact[f] {
			answers = append(answers, f)
			continue
		}
		v, ok := m.find(field.Name)
		if !ok || field.Type == check.FieldOffer {
			continue
		}
		value, err := e.value(field, v)
		if err != nil {
			return nil, &fault{field.Name, v.value, err}
		}
		if value.Known {
			b.field(field, value)
		}
	}
	if _, ok := m.find(taskName); !ok && event == p.TaskDone {
		return nil, &fault{taskName, "", errors.New("the line has no `task`: the text of the task that is done")}
	}
	if len(answers) > 0 {
		if f := e.answers(&b, m, is, answers, key); f != nil {
			return nil, f
		}
	}
	if len(b) == 1 {
		return nil, nil
	}
	return append(b, '}'), nil
}

func (e *events) nearOffer(name string) string {
	var names []string
	for n := range e.i.p.Offers {
		names = append(names, e.i.p.Offers[n].Name)
	}
	return didYouMean(name, names)
}

// answers writes the contact fields that a `submitted` carries.
func (e *events) answers(b *body, m members, is *compile.Event, fields []int, key string) *fault {
	p, any := e.i.p, false
	for _, f := range fields {
		n := p.FieldIndex(is.Fields[f].Name)
		field := &p.Fields[n]
		v, ok := m.find(field.Name)
		if !ok {
			continue
		}
		value, err := e.value(field, v)
		if err == nil && n == p.Key && value.Known && field.Format(value) != key {
			err = fmt.Errorf("`%s` is what names the contact, so a form cannot change it; make it a new contact", field.Name)
		}
		if err != nil {
			return &fault{field.Name, v.value, err}
		}
		if !value.Known || n == p.Key {
			continue
		}
		if !any {
			b.name(bodyContact)
			*b, any = append(*b, '{'), true
		}
		b.field(field, value)
	}
	if any {
		*b = append(*b, '}')
	}
	return nil
}

// value reads a member as a field's type.
func (e *events) value(f *compile.Field, m member) (compile.Value, error) {
	switch {
	case m.kind == '[' && f.Type == check.FieldSet:
		values, ok := list(m.value)
		if !ok {
			return compile.Value{}, fmt.Errorf("`%s` is a set: write its values as texts", f.Name)
		}
		return f.Parse(compile.SetText(values), e.i.p.Policy.Zone)
	case m.kind == '{' || m.kind == '[':
		return compile.Value{}, fmt.Errorf("`%s` is one value; write a text, a number, true or false", f.Name)
	}
	return f.Parse(m.value, e.i.p.Policy.Zone)
}
