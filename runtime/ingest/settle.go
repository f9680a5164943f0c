package ingest

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"nurture/runtime/store"
)

// Settle decides about the events of contacts that nobody knew when they were read: a `submitted` further down, in any
// of the files, makes its contact, which arrived with the first one. It is called when all files are read.
func (i *Intake) Settle(ctx context.Context) error {
	if err := i.in.GatherMakers(); err != nil {
		return err
	}
	for row := int64(0); ; {
		makers, err := i.in.Makers(row, i.o.Slice)
		if err != nil {
			return err
		}
		if len(makers) == 0 {
			break
		}
		if err := cmp.Or(ctx.Err(), i.make(makers)); err != nil {
			return err
		}
		row = makers[len(makers)-1].Row
	}
	for row := int64(0); ; {
		asides, err := i.in.Asides(row, i.o.Slice)
		if err != nil || len(asides) == 0 {
			return err
		}
		if err := cmp.Or(ctx.Err(), i.settle(asides)); err != nil {
			return err
		}
		row = asides[len(asides)-1].Row
	}
}

// make makes contacts that events make. What names the contact is all that is known of it at first; the event itself
// then says the rest.
func (i *Intake) make(makers []store.Maker) error {
	key := &i.p.Fields[i.p.Key]
	return i.commit(func(sum *Summary) error {
		first := i.in.Arrivals(len(makers))
		for n, m := range makers {
			contact, found, err := i.in.Find(m.Key)
			if err != nil {
				return err
			}
			if found {
				continue
			}
			value, err := key.Parse(m.Key, i.p.Policy.Zone)
			if err != nil {
				return err
			}
			b := beginChange(true)
			b.field(key, value)
			contact.Arrived = m.At
			if err := i.addContact(m.Key, contact, first+int64(n), b.end()); err != nil {
				return err
			}
			sum.New++
		}
		return nil
	})
}

var errNobody = errors.New("nobody knows this contact: no contacts file has it, and no `submitted` makes it")

func (i *Intake) settle(asides []store.Aside) error {
	rows, order := make([]row, len(asides)), make([]*row, len(asides))
	file := make(map[*row]string, len(asides))
	for n := range asides {
		a := &asides[n]
		rows[n] = row{line: int(a.Line), hash: a.Hash, key: a.Key, order: store.Hash(a.Key), n: a.Input.N, input: a.Input}
		order[n], file[&rows[n]] = &rows[n], a.File
	}
	slices.SortFunc(order, inOrder)
	return i.commit(func(sum *Summary) error {
		err := i.takeEvents(sum, order, func(r *row) error {
			r.fault, r.at = &fault{"contact", shown(r.key), errNobody}, rfc3339(r.input.At)
			return nil
		})
		if err != nil {
			return err
		}
		return i.refuse(sum, rows, func(r *row) string { return file[r] })
	})
}
