package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/store"
)

// Events takes a file of events in: JSONL, or CSV with the same names as columns. `-` is stdin. Whether it is CSV the
// extension says, else its first line. Events of contacts that nobody knows wait for Settle.
func (i *Intake) Events(ctx context.Context, name string) error {
	src, err := openSource(name, i.o.Stdin)
	if err != nil {
		return err
	}
	defer src.Close()
	in, err := newLines(src)
	if err != nil {
		return cannotRead(src.name, err)
	}
	e := &events{i: i, src: src, in: in, typed: typesOf(i.p)}
	for n := range i.p.Events {
		e.names = append(e.names, i.store.Intern(i.p.Events[n].Name))
	}
	if err := e.begin(); err != nil {
		return err
	}
	return i.take(ctx, src, e)
}

// events is a file of events that is being read.
type events struct {
	i       *Intake
	src     *source
	in      *lines
	table   *table   // of CSV
	header  []string // of CSV
	names   []uint32 // by event: its number in the store
	typed   []eventType
	members members
}

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

// begin finds out how the events are written, and reads the header of CSV.
func (e *events) begin() error {
	switch e.src.extension() {
	case ".jsonl", ".ndjson", ".json":
		return nil
	case ".csv", ".tsv":
	default:
		if e.in.more(); !columnsOfEvents(e.in.rest()) {
			return nil
		}
	}
	t, header, err := openTable(e.in)
	if err != nil {
		return cannotRead(e.src.name, err)
	}
	for n := range header {
		header[n] = plain(header[n])
	}
	for _, name := range []string{"contact", "event", "at"} {
		if !slices.Contains(header, name) {
			return fmt.Errorf("%s has no column `%s`%s; a line of events has `contact`, `event` and `at`, and what belongs to the event beside them; its columns are %s",
				e.src.name, name, nearColumn(name, header), listed(header))
		}
	}
	e.table, e.header = t, header
	return nil
}

// columnsOfEvents says whether a file begins with the header of a table of events.
func columnsOfEvents(text []byte) bool {
	first, _, _ := strings.Cut(string(text), "\n")
	return !strings.HasPrefix(strings.TrimSpace(first), "{") && strings.Contains(first, "contact") && strings.Contains(first, "event")
}

func (e *events) failed() error { return e.in.failed() }

func (e *events) read() (row, int, bool) {
	if e.table != nil {
		return e.readRecord()
	}
	return e.readLine()
}

func (e *events) readLine() (row, int, bool) {
	for {
		text, number, long, ok := e.in.next()
		if !ok {
			return row{}, 0, false
		}
		line := string(text)
		if strings.TrimSpace(line) == "" {
			continue
		}
		r := row{line: number}
		if long != nil {
			r.fault = &fault{value: line, reason: long}
		} else if m, err := parseLine(line, e.members); err != nil {
			r.fault = &fault{value: line, reason: err}
		} else {
			e.members = m
			r.fault = e.parse(m, &r)
		}
		return e.finish(r, line)
	}
}

func (e *events) readRecord() (row, int, bool) {
	rec, ok := e.table.next()
	if !ok {
		return row{}, 0, false
	}
	r := row{line: rec.line}
	switch {
	case rec.fault != nil:
		r.fault = &fault{value: rec.text, reason: rec.fault}
	case len(rec.fields) != len(e.header):
		r.fault = &fault{value: rec.text, reason: fmt.Errorf("the line has %s, the file's header %d", counted(len(rec.fields), "column"), len(e.header))}
	default:
		e.members = e.members[:0]
		for n, cell := range rec.fields {
			if cell = strings.TrimSpace(cell); cell != "" {
				e.members = append(e.members, member{e.header[n], cell, 's'})
			}
		}
		e.members = e.members.tidy()
		r.fault = e.parse(e.members, &r)
	}
	return e.finish(r, rec.text)
}

func (e *events) finish(r row, line string) (row, int, bool) {
	if r.fault != nil {
		r.fault.value = strings.Clone(shown(r.fault.value))
	}
	r.hash = lineHash(e.src.base(), r.line, line)
	return r, len(line), true
}

// parse makes a sound row of a line's members.
func (e *events) parse(m members, r *row) (f *fault) {
	p := e.i.p
	if r.key, f = e.key(m); f != nil {
		return f
	}
	event, f := e.event(m)
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

func (e *events) event(m members) (int, *fault) {
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

func (e *events) take(sum *Summary, rows []*row) error {
	return e.i.takeEvents(sum, rows, func(r *row) error {
		return e.i.in.SetAside(&store.Aside{Key: r.key, Makes: r.makes, Input: r.input, Line: int64(r.line), File: e.src.name, Hash: r.hash})
	})
}

// takeEvents takes sound events, in order, in the open transaction. unknown is told of those whose contact nobody knows.
func (i *Intake) takeEvents(sum *Summary, rows []*row, unknown func(*row) error) error {
	contacts := make([]store.Known, 0, len(rows)) // by arrival
	arrivals := make([]store.Arrival, 0, len(rows))
	var contact store.Known
	var found bool
	for n, r := range rows {
		var err error
		if n == 0 || rows[n-1].key != r.key {
			contact, found, err = i.in.Find(r.key)
		}
		switch {
		case err != nil:
		case !found:
			err = unknown(r)
		case r.input.At < contact.Arrived:
			r.at = rfc3339(r.input.At)
			r.fault = &fault{"at", r.at, fmt.Errorf("the contact arrived only at %s", rfc3339(contact.Arrived))}
		default:
			contacts = append(contacts, contact)
			arrivals = append(arrivals, store.Arrival{Contact: contact.ID, Input: r.input})
		}
		if err != nil {
			return err
		}
	}
	if err := i.in.AddInputs(arrivals); err != nil {
		return err
	}
	return i.wake(sum, contacts, arrivals)
}

// wake counts the events that were added, and wakes their contacts in time for the first of each.
func (i *Intake) wake(sum *Summary, contacts []store.Known, arrivals []store.Arrival) error {
	for n := range arrivals {
		a, contact := &arrivals[n], &contacts[n]
		if n > 0 && contacts[n-1].ID == contact.ID {
			contact.Next = contacts[n-1].Next
		}
		if !a.Added {
			sum.Known++
			continue
		}
		sum.Events++
		if i.o.End != 0 && a.At >= i.o.End {
			sum.Waiting++
		}
		if a.At < contact.Next {
			contact.Next = a.At
			if err := i.in.Wake(contact.ID, a.At); err != nil {
				return err
			}
		}
	}
	return nil
}
