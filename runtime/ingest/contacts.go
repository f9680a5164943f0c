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
	first bool     // the store has no contacts
	cells []byte
	last  string // key of the line taken last
}

// open reads the header, and what the store knows of its columns.
func (c *contacts) open() error {
	if err := c.openTable(); err != nil {
		return err
	}
	known, _, err := c.i.store.Contacts()
	if err != nil {
		return err
	}
	c.first = known == 0
	for n, f := range c.field {
		c.order = append(c.order, n)
		c.names = append(c.names, c.i.store.Intern(c.i.p.Fields[f].Name))
	}
	slices.SortFunc(c.order, func(a, b int) int { return cmp.Compare(c.names[a], c.names[b]) })
	return nil
}

// openTable reads the header.
func (c *contacts) openTable() error {
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
	return nil
}

func (c *contacts) failed() error { return c.table.in.failed() }

func (c *contacts) read() (row, int, bool) { return c.table.read() }

func (c *contacts) parse(r *row, buf *scratch) {
	r.hash = c.src.lineHash(r)
	if r.fault == nil {
		r.fault = c.contact(r, buf)
	}
	r.parsed()
}

// contact makes a sound row of a line.
func (c *contacts) contact(r *row, buf *scratch) *fault {
	fields, err := c.table.split(r.text, buf.fields)
	if err != nil {
		return &fault{value: r.text, reason: err}
	}
	buf.fields = fields
	if len(fields) != c.width {
		return &fault{value: r.text, reason: fmt.Errorf("the line has %s, the file's header %d", counted(len(fields), "column"), c.width)}
	}
	p := c.i.p
	r.values = make([]compile.Value, len(c.field))
	for n, f := range c.field {
		cell := fields[c.column[n]]
		v, err := p.Fields[f].Parse(cell, p.Policy.Zone)
		if err != nil {
			return &fault{c.header[c.column[n]], cell, err}
		}
		r.values[n] = v
	}
	key := r.values[c.key]
	if !key.Known {
		return &fault{c.header[c.column[c.key]], fields[c.column[c.key]], errors.New("the line has no key: this column names the contact")}
	}
	r.key = p.Fields[p.Key].Format(key)
	r.order = store.Hash(r.key)
	return nil
}

// ready works out what is to be remembered of a line, and what a new contact is told: while the lines before it are
// written, where there is another processor to do it.
func (c *contacts) ready(r *row) {
	r.cells = c.remember(r)
	if c.first {
		r.input.Body = c.body(true, r, c.known(r))
	}
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
		if r.cells == nil {
			c.ready(r)
		}
		if r.key == c.last {
			r.fault = c.again(r)
			continue
		}
		c.last = r.key
		if err := c.takeRow(sum, r); err != nil {
			return err
		}
	}
	return nil
}

// again is the fault of a line whose key an earlier one has.
func (c *contacts) again(r *row) *fault {
	return &fault{c.header[c.column[c.key]], shown(r.key), errors.New("an earlier line of this file has the same key; the first one counts")}
}

func (c *contacts) takeRow(sum *Summary, r *row) error {
	in := c.i.in
	contact, found, err := in.Find(r.key)
	if err != nil {
		return err
	}
	if !found {
		return c.takeNew(sum, r, contact)
	}
	if c.cells, err = in.Cells(contact.ID, c.cells); err != nil {
		return err
	}
	fresh, changed := c.compare(r, c.cells)
	if string(c.cells) != string(fresh) {
		if err := in.SetCells(contact.ID, fresh); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		sum.Unchanged++
		return nil
	}
	sum.Changed++
	arrived, said := c.arrival(r)
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

func (c *contacts) takeNew(sum *Summary, r *row, contact store.Known) error {
	sum.New++
	contact.Arrived = c.i.o.Clock
	if arrived, said := c.arrival(r); said {
		contact.Arrived = arrived
	}
	if len(r.input.Body) == 0 {
		r.input.Body = c.body(true, r, c.known(r))
	}
	if err := c.i.in.SetCells(contact.ID, r.cells); err != nil {
		return err
	}
	return c.i.addContact(r.key, contact, r.n, r.input.Body)
}

// remember gives what is to be remembered of a line. Of a cell that is the number of its field's name and a hash of what
// it said; nothing of one that said nothing. The cells stand in the order of those numbers.
func (c *contacts) remember(r *row) []byte {
	cells := make([]byte, 0, cellBytes*len(c.order))
	for _, n := range c.order {
		if v := &r.values[n]; v.Known {
			said := max(1, xxhash.Sum64String(c.i.p.Fields[c.field[n]].Format(*v)))
			cells = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(cells, c.names[n]), said)
		}
	}
	return cells
}

// known gives the columns whose cells say something.
func (c *contacts) known(r *row) []int {
	columns := make([]int, 0, len(c.order))
	for _, n := range c.order {
		if r.values[n].Known {
			columns = append(columns, n)
		}
	}
	return columns
}

// compare gives the columns whose cells say something new, and what to remember from now on.
func (c *contacts) compare(r *row, before []byte) (fresh []byte, changed []int) {
	fresh = make([]byte, 0, len(before)+len(r.cells))
	now := r.cells
	for _, n := range c.order {
		name := c.names[n]
		for len(before) >= cellBytes && binary.BigEndian.Uint32(before) < name { // columns this file does not have
			fresh, before = append(fresh, before[:cellBytes]...), before[cellBytes:]
		}
		var was uint64
		if len(before) >= cellBytes && binary.BigEndian.Uint32(before) == name {
			was, before = binary.BigEndian.Uint64(before[4:]), before[cellBytes:]
		}
		if !r.values[n].Known {
			continue
		}
		if is := binary.BigEndian.Uint64(now[4:]); is != was {
			changed = append(changed, n)
		}
		fresh, now = append(fresh, now[:cellBytes]...), now[cellBytes:]
	}
	return append(fresh, before...), changed
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
	if err := i.in.AddContact(contact, key); err != nil {
		return err
	}
	return i.change(contact, n, body)
}

// change puts a change of a contact's fields into its inbox.
func (i *Intake) change(contact store.Known, n int64, body []byte) error {
	at := max(contact.Arrived, i.o.Clock)
	i.in.Wake(contact.ID, at)
	return i.in.AddInput(contact.ID, store.Input{ID: changeID(n), N: n, At: at, Body: body})
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
