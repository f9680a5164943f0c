package ingest

import (
	"fmt"

	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// Contact is a line of a contacts file as a new store would take it.
type Contact struct {
	Key     string
	Arrives bool  // the line says when it arrived
	Arrived int64 // then
	Fields  []engine.FieldValue
}

// Looked is a contacts file that is only looked at: nothing is stored of it. Its lines mean what they mean to an Intake.
type Looked struct {
	c    *contacts
	buf  scratch
	seen map[int64]bool // hashes of the keys so far: of two lines with one key the first counts

	Rejected int    // lines that cannot be taken
	Why      string // the first of them: file, line and reason
}

// LookAtContacts opens a contacts file to look at. The caller closes it.
func LookAtContacts(p *compile.Program, name string) (*Looked, error) {
	src, err := openSource(name, nil)
	if err != nil {
		return nil, err
	}
	l := &Looked{c: &contacts{i: &Intake{p: p}, src: src}, seen: map[int64]bool{}}
	if err := l.c.openTable(); err != nil {
		src.Close()
		return nil, err
	}
	return l, nil
}

// Notes are what the user should know of the file's columns.
func (l *Looked) Notes() []string { return l.c.i.sum.Notes }

// Next gives the next contact, nil at the end.
func (l *Looked) Next() (*Contact, error) {
	for {
		r, _, more := l.c.read()
		if !more {
			if err := l.c.failed(); err != nil {
				return nil, cannotRead(l.c.src.name, err)
			}
			return nil, nil
		}
		l.c.parse(&r, &l.buf)
		if r.fault == nil && l.seen[r.order] {
			r.fault = l.c.again(&r)
		}
		if r.fault != nil {
			if l.Rejected++; l.Why == "" {
				l.Why = fmt.Sprintf("%s:%d: %v", l.c.src.name, r.line, r.fault.reason)
			}
			continue
		}
		l.seen[r.order] = true
		made := &Contact{Key: r.key}
		made.Arrived, made.Arrives = l.c.arrival(&r)
		for n, f := range l.c.field {
			if r.values[n].Known {
				made.Fields = append(made.Fields, engine.FieldValue{Field: f, Value: r.values[n]})
			}
		}
		return made, nil
	}
}

// Close closes the file.
func (l *Looked) Close() error { return l.c.src.Close() }
