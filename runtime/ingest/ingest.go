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
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	Slice    int            // lines in memory, and a transaction; 0: 10,000
}

// Progress is how far an intake is in a file.
type Progress struct {
	File string
	Read int64 // bytes of the file on disk that are done; those only read count half
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

// A slice of a file is read, sorted and taken at a time; what some of them hold is the memory that an intake needs.
const (
	sliceLines = 10_000
	sliceBytes = 4 << 20
)

// row is one line: as it was read, then parsed, and after that sound or with the fault that it is rejected for.
type row struct {
	line  int
	text  string // until it is parsed
	hash  int64
	fault *fault
	at    string // of an event that is rejected, as far as it is known

	key    string
	order  int64           // of the key, in the store
	n      int64           // in the order of arrival
	values []compile.Value // of a contact: by mapped column
	cells  []byte          // of a contact: what is to be remembered of the line; nil until it is worked out
	input  store.Input     // of an event; of a contact that may be new, its body
	makes  bool            // the event makes the contact where there is none
}

// parsed ends the parsing of a row: nothing of it holds a long line in memory.
func (r *row) parsed() {
	if r.fault != nil {
		r.fault.value = strings.Clone(shown(r.fault.value))
	}
	r.text = ""
}

// scratch is memory for parsing rows, one after the other.
type scratch struct {
	members members
	fields  []string
}

// file is a file of contacts or of events that is being taken. read is called on one goroutine and take on another;
// parse and ready, which only look at the file, on several at once.
type file interface {
	reader
	// parse makes a line that was read sound, or gives it a fault.
	parse(*row, *scratch)
	// ready prepares a sound row to be taken.
	ready(*row)
	// take takes sound rows, in order, in the open transaction. What it rejects it gives a fault.
	take(sum *Summary, rows []*row) error
}

// take takes a file: at once when it is one slice, else sorted first.
func (i *Intake) take(ctx context.Context, src *source, f file) error {
	sorted := &sorter{folder: filepath.Dir(i.store.Path())}
	defer sorted.close()
	progress := Progress{File: src.name, Size: src.size}
	report := func(read, taken int64) {
		progress.Read = (read + taken) / 2
		if i.o.Progress != nil {
			i.o.Progress(progress)
		}
	}
	var failed error // in the middle of the file; what was read before is taken all the same
	err := i.stream(ctx, src, f, f.parse, func(s *slice) error {
		if s.err != nil {
			failed = fmt.Errorf("%w; the lines before were taken", cannotRead(src.name, s.err))
		}
		rows := i.arrive(s.rows)
		if s.last && len(sorted.ends) == 0 {
			defer report(s.read, s.read)
			return i.takeSlice(src, f, s.rows, rows)
		}
		defer report(s.read, 0)
		if len(rows) < len(s.rows) {
			if err := i.takeSlice(src, f, s.rows, nil); err != nil {
				return err
			}
		}
		return sorted.add(rows)
	})
	if err != nil || len(sorted.ends) == 0 {
		return cmp.Or(err, failed)
	}
	read, taken := src.read.n, int64(0)
	ready := func(r *row, _ *scratch) { f.ready(r) }
	err = i.stream(ctx, src, sorted.merge(), ready, func(s *slice) error {
		if s.err != nil {
			return s.err
		}
		rows := make([]*row, len(s.rows))
		for n := range s.rows {
			rows[n] = &s.rows[n]
		}
		if err := i.takeSlice(src, f, s.rows, rows); err != nil {
			return err
		}
		taken += int64(len(rows))
		report(read, int64(float64(read)*float64(taken)/float64(sorted.rows)))
		return nil
	})
	return cmp.Or(err, failed)
}

// arrive numbers the sound rows of a slice, and gives them in order.
func (i *Intake) arrive(all []row) []*row {
	first := i.in.Arrivals(len(all))
	rows := make([]*row, 0, len(all))
	for n := range all {
		if r := &all[n]; r.fault == nil {
			r.n = first + int64(n)
			r.input.N = r.n
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, inOrder)
	return rows
}

// takeSlice takes sound rows of a slice, and rejects those that have a fault by then.
func (i *Intake) takeSlice(src *source, f file, all []row, sound []*row) error {
	if len(all) == 0 {
		return nil
	}
	return i.commit(func(sum *Summary) error {
		if err := f.take(sum, sound); err != nil {
			return err
		}
		return i.refuse(sum, all, func(*row) string { return src.name })
	})
}

// reader is what a stream reads: a file, or the merged runs of one.
type reader interface {
	// read gives the next line and how many bytes it had; false at the end, or when reading failed.
	read() (row, int, bool)
	failed() error
}

// slice is rows that are in memory together.
type slice struct {
	rows   []row
	bytes  int
	read   int64 // bytes of the file on disk, so far
	last   bool
	err    error // that ended the file
	buf    scratch
	worked chan struct{} // closed when each row was worked on
}

// slicesAtOnce is how many slices are in memory: one is read, one worked on, one taken.
const slicesAtOnce = 3

// stream reads slice by slice on one goroutine, works on the rows of each on one of its own, and hands the slices in
// their order to take on this one. When the context is done it ends with the slice in hand, and does not wait for a
// reader that hangs.
func (i *Intake) stream(ctx context.Context, src *source, from reader, work func(*row, *scratch), take func(*slice) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	full, free := make(chan *slice, slicesAtOnce), make(chan *slice, slicesAtOnce)
	for range slicesAtOnce {
		free <- &slice{}
	}
	go func() {
		defer close(full)
		for last := false; !last; {
			var s *slice
			select {
			case s = <-free:
			case <-ctx.Done():
				return
			}
			s.fill(i.o.Slice, from)
			s.read, last = src.read.n, s.last
			go s.work(work)
			full <- s // which has room for all there are
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
			<-s.worked
			if err := take(s); err != nil {
				return err
			}
			free <- s
		}
	}
}

func (s *slice) work(on func(*row, *scratch)) {
	defer close(s.worked)
	for n := range s.rows {
		on(&s.rows[n], &s.buf)
	}
}

// fill reads rows until the slice is full, or the last one.
func (s *slice) fill(lines int, from reader) {
	s.rows, s.bytes, s.last, s.err, s.worked = s.rows[:0], 0, false, nil, make(chan struct{})
	for len(s.rows) < lines && s.bytes < sliceBytes {
		r, n, more := from.read()
		if !more {
			s.last, s.err = true, from.failed()
			return
		}
		s.rows, s.bytes = append(s.rows, r), s.bytes+n
	}
}

// commit does a part of the work in one transaction, with its rejects.
func (i *Intake) commit(do func(sum *Summary) error) error {
	if err := i.rejects.write(); err != nil { // what the one before could not write
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

// refuse rejects the rows that have a fault, in the order in which they arrived.
func (i *Intake) refuse(sum *Summary, rows []row, file func(*row) string) error {
	var faulty []*row
	for n := range rows {
		if rows[n].fault != nil {
			faulty = append(faulty, &rows[n])
		}
	}
	slices.SortStableFunc(faulty, func(a, b *row) int { return cmp.Compare(a.line, b.line) })
	sum.Rejected += int64(len(faulty))
	for _, r := range faulty {
		line := &Rejected{File: file(r), Line: r.line, Column: r.fault.column, Value: r.fault.value, Reason: r.fault.reason.Error(), At: r.at}
		if err := i.rejects.add(line, r.hash); err != nil {
			return err
		}
	}
	return nil
}
