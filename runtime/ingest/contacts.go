package ingest

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/store"
)

// Contacts takes a contacts file in. A line is a new contact, or says what is new of a known one: the cells that
// differ from what the same columns held for it in the file before. Empty and unknown cells, missing columns and
// missing lines say nothing.
func (i *Intake) Contacts(ctx context.Context, name string) error {
	src, err := openSource(name, i.o.Stdin)
	if err != nil {
		return err
	}
	defer src.Close()
	c := &contacts{i: i, src: src}
	if err := c.open(); err != nil {
		return err
	}
	return i.take(ctx, src, c)
}

// contacts is a contacts file that is being read.
type contacts struct {
	i     *Intake
	src   *source
	table *table
	columns
	names []uint32 // by mapped column: the number that the store knows its field's name by
	order []int    // of mapped columns: by that number
	cells []byte
	fresh []byte
	last  string // key of the line taken last
}

func (c *contacts) open() error {
	in, err := newLines(c.src)
	if err != nil {
		return cannotRead(c.src.name, err)
	}
	t, header, err := openTable(in)
	if err != nil {
		return cannotRead(c.src.name, err)
	}
	c.table = t
	var notes []string
	if c.columns, notes, err = mapColumns(c.i.p, header); err != nil {
		return fmt.Errorf("%s %w", c.src.name, err)
	}
	for _, note := range notes {
		c.i.sum.Notes = append(c.i.sum.Notes, c.src.name+": "+note)
	}
	for n, f := range c.field {
		c.order = append(c.order, n)
		c.names = append(c.names, c.i.store.Intern(c.i.p.Fields[f].Name))
	}
	slices.SortFunc(c.order, func(a, b int) int { return cmp.Compare(c.names[a], c.names[b]) })
	return nil
}

func (c *contacts) failed() error { return c.table.in.failed() }

func (c *contacts) read() (row, int, bool) {
	rec, ok := c.table.next()
	if !ok {
		return row{}, 0, false
	}
	r := row{line: rec.line}
	if rec.fault != nil {
		r.fault = &fault{value: rec.text, reason: rec.fault}
	} else {
		r.fault = c.parse(&rec, &r)
	}
	if r.fault != nil {
		r.fault.value = strings.Clone(shown(r.fault.value))
	}
	r.hash = lineHash(c.src.base(), rec.line, rec.text)
	return r, len(rec.text), true
}

func (c *contacts) parse(rec *record, r *row) *fault {
	if len(rec.fields) != c.width {
		return &fault{value: rec.text, reason: fmt.Errorf("the line has %s, the file's header %d", counted(len(rec.fields), "column"), c.width)}
	}
	p := c.i.p
	r.values = make([]compile.Value, len(c.field))
	for n, f := range c.field {
		cell := rec.fields[c.column[n]]
		v, err := p.Fields[f].Parse(cell, p.Policy.Zone)
		if err != nil {
			return &fault{c.header[c.column[n]], cell, err}
		}
		r.values[n] = v
	}
	key := r.values[c.key]
	if !key.Known {
		return &fault{c.header[c.column[c.key]], rec.fields[c.column[c.key]], errors.New("the line has no key: this column names the contact")}
	}
	r.key = p.Fields[p.Key].Format(key)
	r.order = store.Hash(r.key)
	return nil
}

// arrival is when the contact of a line arrived; false where the line does not say.
func (c *contacts) arrival(r *row) (int64, bool) {
	if c.arrived < 0 || !r.values[c.arrived].Known {
		return 0, false
	}
	v := r.values[c.arrived]
	if c.i.p.Fields[c.i.p.Arrived].Type != check.FieldDate {
		return int64(v.Num), true
	}
	zone := c.i.p.Policy.Zone
	if c.zone >= 0 && r.values[c.zone].Known {
		if own, err := calendar.LoadZone(r.values[c.zone].Text); err == nil {
			zone = own
		}
	}
	return zone.Start(calendar.Date(v.Num)), true
}

func (c *contacts) take(sum *Summary, rows []*row) error {
	for _, r := range rows {
		if r.key == c.last {
			r.fault = &fault{c.header[c.column[c.key]], shown(r.key), errors.New("an earlier line of this file has the same key; the first one counts")}
			continue
		}
		c.last = r.key
		if err := c.takeRow(sum, r); err != nil {
			return err
		}
	}
	return nil
}

func (c *contacts) takeRow(sum *Summary, r *row) error {
	in := c.i.in
	contact, found, err := in.Find(r.key)
	if err != nil {
		return err
	}
	if c.cells = c.cells[:0]; found {
		if c.cells, err = in.Cells(contact.ID, c.cells); err != nil {
			return err
		}
	}
	changed := c.compare(r)
	if string(c.cells) != string(c.fresh) || !found {
		if err := in.SetCells(contact.ID, c.fresh); err != nil {
			return err
		}
	}
	arrived, said := c.arrival(r)
	switch {
	case !found:
		sum.New++
		contact.Arrived = c.i.o.Clock
		if said {
			contact.Arrived = arrived
		}
		return c.i.addContact(r.key, contact, r.n, c.body(true, r, changed))
	case len(changed) == 0:
		sum.Unchanged++
		return nil
	}
	sum.Changed++
	if said && contact.Arrived > c.i.o.Clock && slices.Contains(changed, c.arrived) {
		if _, err := in.MoveArrival(contact.ID, arrived, c.i.o.Clock); err != nil {
			return err
		}
		if contact, _, err = in.Find(r.key); err != nil {
			return err
		}
	}
	return c.i.change(contact, r.n, c.body(false, r, changed))
}

// compare gives the columns whose cells say something new, and leaves in c.fresh what to remember of the line.
//
// What is remembered of a cell is the number of its field's name and a hash of what it said; nothing of one that said
// nothing. The cells stand in the order of those numbers.
func (c *contacts) compare(r *row) (changed []int) {
	c.fresh = c.fresh[:0]
	before := c.cells
	for _, n := range c.order {
		name := c.names[n]
		for len(before) >= cellBytes && binary.BigEndian.Uint32(before) < name { // columns this file does not have
			c.fresh, before = append(c.fresh, before[:cellBytes]...), before[cellBytes:]
		}
		var was uint64
		if len(before) >= cellBytes && binary.BigEndian.Uint32(before) == name {
			was, before = binary.BigEndian.Uint64(before[4:]), before[cellBytes:]
		}
		if !r.values[n].Known {
			continue
		}
		is := max(1, xxhash.Sum64String(c.i.p.Fields[c.field[n]].Format(r.values[n])))
		c.fresh = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(c.fresh, name), is)
		if is != was {
			changed = append(changed, n)
		}
	}
	c.fresh = append(c.fresh, before...)
	return changed
}

const cellBytes = 4 + 8

// body is the inbox's body of a change.
func (c *contacts) body(arrives bool, r *row, changed []int) []byte {
	b := beginChange(arrives)
	for _, n := range changed {
		b.field(&c.i.p.Fields[c.field[n]], r.values[n])
	}
	return b.end()
}

// addContact makes a contact, with its first change.
func (i *Intake) addContact(key string, contact store.Known, n int64, body []byte) error {
	contact.Next = max(contact.Arrived, i.o.Clock)
	if err := i.in.AddContact(contact, key); err != nil {
		return err
	}
	return i.in.AddInput(contact.ID, store.Input{ID: changeID(n), N: n, At: contact.Next, Body: body})
}

// change puts a change of a contact's fields into its inbox.
func (i *Intake) change(contact store.Known, n int64, body []byte) error {
	at := max(contact.Arrived, i.o.Clock)
	if err := i.in.AddInput(contact.ID, store.Input{ID: changeID(n), N: n, At: at, Body: body}); err != nil {
		return err
	}
	return i.in.Wake(contact.ID, at)
}

// changeID names a change. Each is its own, also one that says what another said before.
func changeID(n int64) int64 { return hashID("change", fmt.Sprint(n)) }

// hashID makes the inbox's id of a name. The kind keeps names of different kinds apart.
func hashID(kind, name string) int64 {
	var sum xxhash.Digest
	sum.Reset()
	_, _ = sum.WriteString(kind)
	_, _ = sum.Write([]byte{0})
	_, _ = sum.WriteString(name)
	return int64(sum.Sum64() >> 1)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(what, "s"))
}
