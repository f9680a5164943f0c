package ingest

import (
	"cmp"
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

// eventRow is a sound line of an events file.
type eventRow struct {
	key   string
	order int64 // of the store
	input store.Input
	makes bool // it makes the contact where there is none
}

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
	read := e.readLine
	if csv, err := e.isCSV(); err != nil {
		return err
	} else if csv {
		read = e.readRecord
	}
	return i.stream(ctx, src, read, in.failed, e.take)
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

// isCSV finds out how the events are written, and reads the header of CSV.
func (e *events) isCSV() (bool, error) {
	switch e.src.extension() {
	case ".jsonl", ".ndjson", ".json":
		return false, nil
	case ".csv", ".tsv":
	default:
		if e.in.more(); !columnsOfEvents(e.in.rest()) {
			return false, nil
		}
	}
	t, header, err := openTable(e.in)
	if err != nil {
		return false, cannotRead(e.src.name, err)
	}
	for n := range header {
		header[n] = plain(header[n])
	}
	for _, name := range []string{"contact", "event", "at"} {
		if !slices.Contains(header, name) {
			return false, fmt.Errorf("%s has no column `%s`%s; a line of events has `contact`, `event` and `at`, and what belongs to the event beside them; its columns are %s",
				e.src.name, name, nearColumn(name, header), listed(header))
		}
	}
	e.table, e.header = t, header
	return true, nil
}

// columnsOfEvents says whether a file begins with the header of a table of events.
func columnsOfEvents(text []byte) bool {
	first, _, _ := strings.Cut(string(text), "\n")
	return !strings.HasPrefix(strings.TrimSpace(first), "{") && strings.Contains(first, "contact") && strings.Contains(first, "event")
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
			r.event, r.fault, r.at = e.parse(m)
		}
		return e.read(r, line)
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
		r.event, r.fault, r.at = e.parse(e.members)
	}
	return e.read(r, rec.text)
}

// read finishes a row.
func (e *events) read(r row, line string) (row, int, bool) {
	if r.fault != nil {
		r.fault.value = strings.Clone(shown(r.fault.value))
	}
	r.hash = lineHash(e.src.base(), r.line, line)
	return r, len(line), true
}

// parse makes an event of a line's members. at is its instant as far as it is known, for the file of rejects.
func (e *events) parse(m members) (made *eventRow, f *fault, at string) {
	p := e.i.p
	key, f := e.key(m)
	if f != nil {
		return nil, f, ""
	}
	event, f := e.event(m)
	if f != nil {
		return nil, f, ""
	}
	instant, f := e.instant(m)
	if f != nil {
		return nil, f, ""
	}
	made = &eventRow{key: key, order: store.Hash(key), makes: event == p.Submitted}
	made.input = store.Input{At: instant, Event: e.names[event]}
	if made.input.Body, f = e.body(m, event, key); f != nil {
		return nil, f, rfc3339(instant)
	}
	id, named := m.find("id")
	switch {
	case !named:
		made.input.ID = contentID(m)
	case id.kind == '{' || id.kind == '[' || len(id.value) > longestID:
		return nil, &fault{"id", id.value, fmt.Errorf("the id of an event is a text of at most %d bytes", longestID)}, rfc3339(instant)
	default:
		made.input.ID, made.input.Source = hashID("event", id.value), id.value
	}
	return made, nil, ""
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

// take takes a slice: contact by contact in the store's order, the events of one contact in the file's.
func (e *events) take(rows []row) error {
	first := e.i.in.Arrivals(len(rows))
	order := make([]*row, 0, len(rows))
	for n := range rows {
		if r := &rows[n]; r.event != nil {
			r.event.input.N = first + int64(n)
			order = append(order, r)
		}
	}
	return e.i.takeEvents(order, func(sum *Summary, r *row) error {
		return e.i.in.SetAside(&store.Aside{Key: r.event.key, Makes: r.event.makes, Input: r.event.input, Line: int64(r.line), File: e.src.name, Hash: r.hash})
	}, func(sum *Summary) error {
		for n := range rows {
			if r := &rows[n]; r.fault != nil {
				if err := e.i.refuse(sum, e.src.name, r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// takeEvents takes sound events in one transaction. unknown is told of those whose contact nobody knows; done when all
// others are taken: events that came too early have a fault by then.
func (i *Intake) takeEvents(order []*row, unknown func(*Summary, *row) error, done func(*Summary) error) error {
	slices.SortStableFunc(order, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.event.order, b.event.order), strings.Compare(a.event.key, b.event.key))
	})
	return i.commit(func(sum *Summary) error {
		contacts := make([]store.Known, 0, len(order)) // by arrival
		arrivals := make([]store.Arrival, 0, len(order))
		var contact store.Known
		var found bool
		for n, r := range order {
			var err error
			if n == 0 || order[n-1].event.key != r.event.key {
				contact, found, err = i.in.Find(r.event.key)
			}
			switch {
			case err != nil:
			case !found:
				err = unknown(sum, r)
			case r.event.input.At < contact.Arrived:
				r.tooEarly(contact.Arrived)
			default:
				contacts = append(contacts, contact)
				arrivals = append(arrivals, store.Arrival{Contact: contact.ID, Input: r.event.input})
			}
			if err != nil {
				return err
			}
		}
		if err := i.in.AddInputs(arrivals); err != nil {
			return err
		}
		if err := i.wake(sum, contacts, arrivals); err != nil {
			return err
		}
		return done(sum)
	})
}

func (r *row) tooEarly(arrived int64) {
	r.at = rfc3339(r.event.input.At)
	r.fault = &fault{"at", r.at, fmt.Errorf("the contact arrived only at %s", rfc3339(arrived))}
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
