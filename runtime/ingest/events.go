package ingest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

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
	i      *Intake
	src    *source
	in     *lines
	table  *table   // of CSV
	header []string // of CSV
	names  []uint32 // by event: its number in the store
	typed  []eventType
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
		return e.table.read()
	}
	for {
		text, number, long, ok := e.in.next()
		if !ok {
			return row{}, 0, false
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		r := row{line: number, text: string(text)}
		if long != nil {
			r.fault = &fault{value: r.text, reason: long}
		}
		return r, len(r.text), true
	}
}

func (e *events) parse(r *row, buf *scratch) {
	r.hash = e.src.lineHash(r)
	if r.fault == nil {
		m, err := e.members(r.text, buf)
		if err != nil {
			r.fault = &fault{value: r.text, reason: err}
		} else {
			r.fault = e.event(m, r)
		}
	}
	r.parsed()
}

// members takes a line apart.
func (e *events) members(text string, buf *scratch) (members, error) {
	var err error
	if e.table == nil {
		buf.members, err = parseLine(text, buf.members)
		return buf.members, err
	}
	buf.fields, err = e.table.split(text, buf.fields)
	if err != nil {
		return nil, err
	}
	if len(buf.fields) != len(e.header) {
		return nil, fmt.Errorf("the line has %s, the file's header %d", counted(len(buf.fields), "column"), len(e.header))
	}
	buf.members = buf.members[:0]
	for n, cell := range buf.fields {
		if cell = strings.TrimSpace(cell); cell != "" {
			buf.members = append(buf.members, member{e.header[n], cell, 's'})
		}
	}
	return buf.members.tidy(), nil
}

// ready has nothing to do for events.
func (e *events) ready(*row) {}

func (e *events) take(sum *Summary, rows []*row) error {
	return e.i.takeEvents(sum, rows, func(r *row) error {
		return e.i.in.SetAside(&store.Aside{Key: r.key, Makes: r.makes, Input: r.input, Line: int64(r.line), File: e.src.name, Hash: r.hash})
	})
}

// takeEvents takes sound events, in order, in the open transaction. unknown is told of those whose contact nobody knows.
func (i *Intake) takeEvents(sum *Summary, rows []*row, unknown func(*row) error) error {
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
			arrivals = append(arrivals, store.Arrival{Contact: contact.ID, Input: r.input})
		}
		if err != nil {
			return err
		}
	}
	if err := i.in.AddInputs(arrivals); err != nil {
		return err
	}
	i.wake(sum, arrivals)
	return nil
}

// wake counts the events that were added, and wakes their contacts in time.
func (i *Intake) wake(sum *Summary, arrivals []store.Arrival) {
	for n := range arrivals {
		a := &arrivals[n]
		if !a.Added {
			sum.Known++
			continue
		}
		sum.Events++
		if i.o.End != 0 && a.At >= i.o.End {
			sum.Waiting++
		}
		i.in.Wake(a.Contact, a.At)
	}
}
