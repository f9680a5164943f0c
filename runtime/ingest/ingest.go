// Package ingest takes files into a store: contacts as CSV, events as JSONL or CSV, gzipped or not.
//
// An Intake streams: its memory is bounded by the slice of a file that it has in hand, whatever the file's length, the
// length of its lines or the number of contacts. Each slice is one transaction, and reading a file again changes
// nothing, so an intake that died is simply run again. A line that cannot be taken is written to the file of rejects
// with the reason, once, and the rest goes on; an error is only what keeps a file from being read or the store from
// being written. The order of lines of different contacts makes no difference.
//
// Decode gives what was taken back to the engine.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"nurture/lang/compile"
	"nurture/runtime/store"
)

// Options say how an Intake works.
type Options struct {
	Clock    int64          // the run's: what contacts files say anew counts from it
	End      int64          // of the run: events from then on wait for a later one; 0 is not known
	Rejects  string         // file of rejected lines; "" is rejects.jsonl beside the store
	Stdin    io.Reader      // what the file `-` is; nil is the process's
	Progress func(Progress) // called after each slice; may be nil
	Slice    int            // lines a transaction; 0: 50,000
}

// Progress is how far an intake is in a file.
type Progress struct {
	File string
	Read int64 // bytes of the file on disk
	Size int64 // of the file; 0 when it cannot be known
}

// Summary counts what an intake did.
type Summary struct {
	New       int64 // contacts, by file or by `submitted`
	Changed   int64 // contacts that a file said something new of
	Unchanged int64
	Events    int64 // taken into the inbox
	Known     int64 // events that were in the inbox already
	Waiting   int64 // of the events taken, those from the run's end on
	Rejected  int64 // lines, also those rejected by an earlier run
	Notes     []string
}

// Intake takes files in. It uses the store alone from New to Close.
type Intake struct {
	p       *compile.Program
	o       Options
	store   *store.Store
	in      *store.Intake
	rejects rejects
	sum     Summary
}

// New begins an intake. The caller closes it.
func New(s *store.Store, p *compile.Program, o Options) (*Intake, error) {
	if o.Rejects == "" {
		o.Rejects = filepath.Join(filepath.Dir(s.Path()), "rejects.jsonl")
	}
	if o.Slice <= 0 {
		o.Slice = sliceLines
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	in, err := s.Intake()
	if err != nil {
		return nil, fmt.Errorf("begin to take files in: %w", err)
	}
	i := &Intake{p: p, o: o, store: s, in: in, rejects: rejects{path: o.Rejects, intake: in}}
	if err := i.rejects.recover(); err != nil {
		in.Close()
		return nil, err
	}
	return i, nil
}

// Summary is what was done so far.
func (i *Intake) Summary() Summary { return i.sum }

// Close ends the intake. Events that were not settled are not taken.
func (i *Intake) Close() error {
	return errors.Join(i.rejects.close(), i.in.Close())
}

// A slice of a file is taken in one transaction. Its lines are written in the store's order, so that the larger it is
// the more of them share a page of the store; what it holds is the memory that an intake needs, twice.
const (
	sliceLines = 50_000
	sliceBytes = 8 << 20
)

// row is one line as it was read: good (of one of the kinds) or with the fault that it is rejected for.
type row struct {
	line    int
	hash    int64
	fault   *fault
	at      string // of an event that is rejected, as far as it is known
	contact *contactRow
	event   *eventRow
}

// slice is the rows of a slice in the order of the file.
type slice struct {
	rows     []row
	bytes    int
	progress Progress
	err      error // that ended the file
}

// stream reads a file on one goroutine, slice by slice, and takes the slices on this one. read gives the next line and
// how many bytes it had, false at the end of the file. When the context is done it ends with the slice in hand, and
// does not wait for a reader that hangs.
func (i *Intake) stream(ctx context.Context, src *source, read func() (row, int, bool), failed func() error, take func([]row) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	full, free := make(chan *slice), make(chan *slice, 2)
	free <- &slice{}
	free <- &slice{}
	go func() {
		defer close(full)
		for more := true; more && ctx.Err() == nil; {
			s := <-free
			more = s.fill(i.o.Slice, read)
			s.progress = Progress{src.name, src.read.n, src.size}
			if !more {
				s.err = failed()
			}
			select {
			case full <- s:
			case <-ctx.Done():
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s, more := <-full:
			if !more {
				return ctx.Err()
			}
			if err := i.takeSlice(s, take); err != nil {
				return err
			}
			if s.err != nil {
				return fmt.Errorf("%w; the lines before were taken", cannotRead(src.name, s.err))
			}
			free <- s
		}
	}
}

// fill reads rows until the slice is full; false at the end of the file.
func (s *slice) fill(lines int, read func() (row, int, bool)) (more bool) {
	s.rows, s.bytes = s.rows[:0], 0
	for len(s.rows) < lines && s.bytes < sliceBytes {
		r, n, more := read()
		if !more {
			return false
		}
		s.rows, s.bytes = append(s.rows, r), s.bytes+n
	}
	return true
}

func (i *Intake) takeSlice(s *slice, take func([]row) error) error {
	if len(s.rows) == 0 {
		return nil
	}
	if err := take(s.rows); err != nil {
		return err
	}
	if i.o.Progress != nil {
		i.o.Progress(s.progress)
	}
	return nil
}

// commit takes a slice in one transaction, with its rejects.
func (i *Intake) commit(do func(sum *Summary) error) error {
	if err := i.rejects.write(); err != nil { // what the slice before could not write
		return err
	}
	sum := i.sum
	err := i.in.Slice(func() error {
		if err := do(&sum); err != nil {
			return err
		}
		return i.rejects.keep()
	})
	if err != nil {
		i.rejects.fresh.Reset()
		return err
	}
	i.sum = sum
	return i.rejects.write()
}

// refuse rejects a line of a file in the open transaction.
func (i *Intake) refuse(sum *Summary, file string, r *row) error {
	sum.Rejected++
	return i.rejects.add(&Rejected{File: file, Line: r.line, Column: r.fault.column, Value: r.fault.value, Reason: r.fault.reason.Error(), At: r.at}, r.hash)
}
