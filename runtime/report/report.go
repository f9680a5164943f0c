// Package report measures what really happened, from a store: the rows of its journal and the inputs that were taken, as
// runtime/measure takes them up.
//
//	walk (one life after the other) → workers (read it, find the map's column of each message) → one Measure
//
// Which column of a map was a contact's when it was sent something is not in the journal. A worker finds it by playing the contact's
// life again, under the playbooks that ran; what does not come to the same as the journal has no column, and the
// Report says how much that is. All other figures are of the journal and the inbox alone.
package report

import (
	"context"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"

	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/measure"
	"nurture/runtime/store"
)

// Options say what to report on. Store is needed, one that store.Read opened.
type Options struct {
	Store    *store.Store
	Program  *compile.Program // that the figures are made for: its goals, maps and measures; nil: the one that ran last
	From, To Instant          // nil: since the store began, up to where it stands
	Workers  int              // 0: one a processor
	Progress func(done, total int64)
}

// Instant gives an instant, which may be written in the playbook's time zone.
type Instant func(*compile.Program) (int64, error)

// Report is what happened.
type Report struct {
	Program *compile.Program
	Figures *measure.Figures
	Notes   []string // what the reader should know, a sentence each
}

// chunk is how many lives go to a worker at a time.
const chunk = 64

// Of reports. The error is that of the context, or says what is wrong with the store or the playbook that ran.
func Of(ctx context.Context, o Options) (*Report, error) {
	walk, err := o.Store.Walk() // first: all questions are answered as of one instant
	if err != nil {
		return nil, err
	}
	r := &reporter{Options: o}
	if err = r.open(); err == nil {
		err = r.read(ctx, walk)
	}
	if closed := walk.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return &Report{Program: r.Program, Figures: r.measures[0].Figures(), Notes: r.notes()}, nil
}

// reporter is one call of Of.
type reporter struct {
	Options
	measured measure.Options
	books    []*book
	names    *names
	measures []*measure.Measure // by worker

	unread   atomic.Int64 // contacts some of whose rows or inputs name what nobody knows
	columned atomic.Int64 // messages from maps
	unlike   atomic.Int64 // of these, those without a column
	dropped  []string     // hand-offs that the playbook has no more
}

func (r *reporter) open() error {
	versions, err := r.Store.Versions()
	if err != nil {
		return err
	}
	clock, started, err := r.Store.Clock()
	if err != nil {
		return err
	}
	if len(versions) == 0 || !started {
		return fmt.Errorf("no playbook has run on %s yet", r.Store.Path())
	}
	r.books = shelf(versions, r.Store)
	if r.Program == nil {
		if r.Program = r.books[len(r.books)-1].program; r.Program == nil {
			return fmt.Errorf("the playbook that %s ran last does not check with this nurturec; name a playbook to report by", r.Store.Path())
		}
	}
	m := measure.Options{Program: r.Program, From: versions[0].Since, To: clock}
	// A live run decides at the instant at which it stands, a replay only before it.
	if decided, err := r.Store.DecidedFrom(clock); err != nil {
		return err
	} else if decided {
		m.To++
	}
	if r.From != nil {
		if m.From, err = r.From(r.Program); err != nil {
			return err
		}
	}
	if r.To != nil {
		to, err := r.To(r.Program)
		if err != nil {
			return err
		}
		m.To = min(m.To, to)
	}
	if m.From >= m.To {
		return fmt.Errorf("there is nothing from %s to %s: the store goes from %s to %s", at(m.From), at(m.To), at(versions[0].Since), at(clock))
	}
	m.Gone, r.dropped = gone(r.Program, r.books)
	r.measured = m
	r.names = newNames(&r.measured, r.Store)
	if r.Workers <= 0 {
		r.Workers = goruntime.GOMAXPROCS(0)
	}
	return nil
}

// read takes every life up. Whoever fails says so, and all stop.
func (r *reporter) read(ctx context.Context, walk *store.Walk) error {
	total, _, err := r.Store.Contacts()
	if err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	lives := make(chan []*store.Life, 2)
	var working sync.WaitGroup
	for range r.Workers {
		w := newReader(r)
		r.measures = append(r.measures, w.measure)
		working.Go(func() {
			for some := range lives {
				for _, life := range some {
					w.take(life)
				}
			}
		})
	}
	done := int64(0)
	for more := true; more && ctx.Err() == nil; {
		some := make([]*store.Life, 0, chunk)
		for len(some) < chunk {
			life, err := walk.Next()
			if err != nil {
				fail(err)
				break
			}
			if life == nil {
				more = false
				break
			}
			some = append(some, life)
		}
		if ctx.Err() != nil {
			break
		}
		lives <- some
		if done += int64(len(some)); r.Progress != nil {
			r.Progress(done, total)
		}
	}
	close(lives)
	working.Wait()
	for _, m := range r.measures[1:] {
		r.measures[0].Merge(m)
	}
	return context.Cause(ctx)
}

// notes say what the figures leave out.
func (r *reporter) notes() (notes []string) {
	if n := r.unlike.Load(); n > 0 {
		notes = append(notes, fmt.Sprintf("of %d messages from maps, the segment that the contact was in when it got it cannot be told of %d any more: they count everywhere but in the responses by offer and segment", r.columned.Load(), n))
	}
	if n := r.unread.Load(); n > 0 {
		notes = append(notes, fmt.Sprintf("of %d contacts some of what was decided names stages or offers of a playbook that this nurturec cannot read any more: that is left out", n))
	}
	for _, h := range r.dropped {
		notes = append(notes, fmt.Sprintf("the playbook has no hand-off %s any more: what was handed to it is left out", h))
	}
	return notes
}

// reader is a worker.
type reader struct {
	*reporter
	measure *measure.Measure
	rows    []engine.Row
	taken   []taken
	inputs  []engine.Input
	replay  replay
}

func newReader(r *reporter) *reader {
	w := &reader{reporter: r, measure: measure.New(r.measured)}
	w.replay.books = r.books
	return w
}
