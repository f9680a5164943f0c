package ingest

import (
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
	i       *Intake
	src     *source
	in      *lines
	table   *table   // of CSV
	header  []string // of CSV
	names   []uint32 // by event: its number in the store
	typed   []eventType
	members members
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
