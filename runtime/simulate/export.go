package simulate

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// Export writes the contacts of a simulation and what happens to them as files that a run takes in: over the same span it
// comes to the same journal.
type Export struct {
	p        *compile.Program
	files    [2]*os.File
	contacts *csv.Writer
	events   *bufio.Writer
	cells    []string
	text     []byte
	count    int
	err      error
}

// The files in the folder of an Export.
const (
	ContactsFile = "contacts.csv"
	EventsFile   = "events.jsonl"
)

// NewExport begins the files in a folder, which it makes where there is none.
func NewExport(p *compile.Program, folder string) (*Export, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("make the folder of the export: %w", err)
	}
	e := &Export{p: p, cells: make([]string, len(p.Fields))}
	for i, name := range []string{ContactsFile, EventsFile} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("write the export: %w", err), e.close())
		}
		e.files[i] = file
	}
	e.contacts, e.events = csv.NewWriter(e.files[0]), bufio.NewWriterSize(e.files[1], 1<<16)
	for f := range p.Fields {
		if e.cells[f] = p.Fields[f].Column; e.cells[f] == "" {
			e.cells[f] = p.Fields[f].Name
		}
	}
	e.err = e.contacts.Write(e.cells)
	return e, nil
}

// Each is what Options.Each is told.
func (e *Export) Each(contact string, _ int64, in []engine.Input, _ *engine.Effects) {
	for i := range in {
		if in[i].Event == compile.None {
			e.contact(in[i].Fields)
		} else {
			e.event(contact, &in[i])
		}
	}
}

func (e *Export) contact(fields []engine.FieldValue) {
	clear(e.cells)
	for _, v := range fields {
		e.cells[v.Field] = e.p.Fields[v.Field].Format(v.Value)
	}
	e.failed(e.contacts.Write(e.cells))
}

func (e *Export) event(contact string, in *engine.Input) {
	event := &e.p.Events[in.Event]
	e.count++
	e.text = e.text[:0]
	e.member("id", "e"+strconv.Itoa(e.count))
	e.member("contact", contact)
	e.member("event", event.Name)
	e.member("at", time.Unix(in.At, 0).UTC().Format(time.RFC3339))
	if in.Offer != compile.None {
		e.member("offer", e.p.Offers[in.Offer].Name)
	}
	for f := range event.Fields {
		if v := in.Values[f]; v.Known {
			e.value(&event.Fields[f], v)
		}
	}
	e.text = append(e.text, "}\n"...)
	_, err := e.events.Write(e.text)
	e.failed(err)
}

func (e *Export) member(name, text string) {
	e.name(name)
	quoted, err := json.Marshal(text)
	e.failed(err)
	e.text = append(e.text, quoted...)
}

func (e *Export) name(name string) {
	e.text = append(e.text, map[bool]string{true: "{", false: ","}[len(e.text) == 0]...)
	e.text = append(e.text, '"')
	e.text = append(append(e.text, name...), `":`...)
}

func (e *Export) value(f *compile.Field, v compile.Value) {
	switch f.Type {
	case check.FieldNumber:
		e.name(f.Name)
		e.text = append(e.text, f.Format(v)...)
	case check.FieldBool:
		e.name(f.Name)
		e.text = strconv.AppendBool(e.text, v.Num != 0)
	default:
		e.member(f.Name, f.Format(v))
	}
}

func (e *Export) failed(err error) {
	if e.err == nil && err != nil {
		e.err = fmt.Errorf("write the export: %w", err)
	}
}

// Close ends the files. Its error is the first that there was.
func (e *Export) Close() error {
	e.contacts.Flush()
	e.failed(e.contacts.Error())
	e.failed(e.events.Flush())
	return errors.Join(e.err, e.close())
}

func (e *Export) close() error {
	var errs []error
	for _, file := range e.files {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	return errors.Join(errs...)
}
