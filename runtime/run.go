// Package runtime runs a compiled playbook against a store: it takes files in, takes every contact for which something
// is due through its time with the engine's Step, stores what that came to, and hands the outbox to the channels.
//
// Run is the door. A replay goes on a virtual clock from instant to instant, a live run does at once what is due now.
// Contacts never act on one another, so each is taken through the whole span before the next: a reader loads them by
// partition, workers step them, one writer commits state and effects together. A run that dies at any instant is
// simply run again: a contact that was stored is done, one that was not is as it was, and the store's clock moves only
// when all are done. The journal of a run does not depend on how many workers there are or on where it was cut.
package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	goruntime "runtime"
	"time"

	"nurture/lang/compile"
	"nurture/runtime/deliver"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// ErrInterrupted says that the run was asked to stop and did: nothing is lost, the next run goes on from there.
var ErrInterrupted = errors.New("interrupted: nothing is lost, run it again to go on")

// Options say what to run. Program and Store are needed.
type Options struct {
	Program *compile.Program
	Sources map[string]string // the playbook's files by path, kept with the store
	Store   string            // path of its file
	Command string            // what another run is told that holds the store

	// From and To bound a replay: it takes what is before To. From counts in a new store only, another goes on from
	// where it stands. Both nil: live. Only To nil: up to now.
	From, To *int64
	Every    time.Duration  // of a live run: do it again and again until the context is done; 0: once
	Now      func() int64   // the wall clock; nil: the machine's
	Workers  int            // 0: one a processor
	Batch    int            // contacts a transaction, at most; 0: 16,000
	Round    int            // contacts that are due and in memory at a time, by numbers; 0: two million
	Sweep    int            // see store.Store.Sweep; 0: its own
	Progress func(Progress) // called after each commit, before the next begins; may be nil

	// Contacts and Events are files to take in before contacts are stepped, see package ingest. Rejects is where their
	// bad lines go; "": beside the store.
	Contacts, Events []string
	Rejects          string
	Stdin            io.Reader             // what the file `-` is; nil: the process's
	Reading          func(ingest.Progress) // called as they are read; may be nil

	// Senders deliver, by channel, and Sender what goes to a channel that they do not name. Where there is neither,
	// messages wait.
	Senders map[string]deliver.Sender
	Sender  deliver.Sender
}

// Progress is how far a run is.
type Progress struct {
	Phase     Phase
	Done      int64 // contacts or messages
	Total     int64
	Decisions int64 // journal rows of the run
}

// Phase is what a run is doing.
type Phase string

const (
	Stepping   Phase = "contacts"
	Delivering Phase = "messages"
)

// Run runs a playbook once, or again and again when Options.Every says so. A *store.LockedError says that another run
// has the store, a *DroppedError or *CrowdedError that the playbook has no place for contacts, ErrInterrupted that the context
// was done before the run was: in all of them nothing was lost. With ErrInterrupted there is a summary too.
func Run(ctx context.Context, options Options) (*Summary, error) {
	if options.Workers <= 0 {
		options.Workers = goruntime.GOMAXPROCS(0)
	}
	if options.Batch <= 0 {
		options.Batch = 16_000
	}
	if options.Round <= 0 {
		options.Round = 2_000_000
	}
	if options.Now == nil {
		options.Now = func() int64 { return time.Now().Unix() }
	}
	st, err := store.Open(options.Store, options.Command)
	if err != nil {
		return nil, err
	}
	if options.Sweep > 0 {
		st.Sweep = int64(options.Sweep)
	}
	r := &run{Options: options, store: st, started: time.Now(), decided: Counts{}, delivered: map[string]*Delivery{}}
	r.labels = newLabels(r.Program, st)
	err = r.passes(ctx)
	var summary *Summary
	if err == nil || errors.Is(err, ErrInterrupted) {
		var failed error
		if summary, failed = r.summary(); failed != nil {
			err = failed
		}
	}
	if closed := st.Close(); err == nil {
		err = closed
	}
	return summary, err
}

// run is one call of Run.
type run struct {
	Options
	store   *store.Store
	labels  *labels
	started time.Time
	span    span

	intake    ingest.Summary
	stepped   int64
	decisions int64
	unknown   int64
	decided   Counts
	delivered map[string]*Delivery
	notes     []string
}

// span is the time that a pass covers. A replay takes what is before To; a live pass does everything that is due by
// To, at To.
type span struct {
	Clock int64 // where the store stood: what is before it and comes only now is late
	To    int64
	Live  bool
}

// end is the first instant that is not in the span.
func (s span) end() int64 {
	if s.Live {
		return s.To + 1
	}
	return s.To
}

func (r *run) passes(ctx context.Context) error {
	for {
		if err := r.pass(ctx); err != nil {
			return err
		}
		if r.Every <= 0 || !r.span.Live {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(r.Every):
		}
	}
}

func (r *run) pass(ctx context.Context) error {
	var err error
	if r.span, err = r.begin(); err != nil {
		return err
	}
	if err := r.adopt(); err != nil {
		return err
	}
	if err := r.takeIn(ctx); err != nil {
		return interrupted(ctx, err)
	}
	if err := r.stepAll(ctx); err != nil {
		return interrupted(ctx, err)
	}
	if r.span.To > r.span.Clock {
		if err := r.store.SetClock(r.span.To); err != nil {
			return err
		}
	}
	return interrupted(ctx, r.deliverAll(ctx))
}

// takeIn takes the files in. A file may have grown since the pass before, and what it said then is known already.
func (r *run) takeIn(ctx context.Context) (err error) {
	if len(r.Contacts)+len(r.Events) == 0 {
		return nil
	}
	in, err := ingest.New(r.store, r.Program, ingest.Options{Clock: r.arrivals(), End: r.span.end(), Rejects: r.Rejects, Stdin: r.Stdin, Progress: r.Reading})
	if err != nil {
		return err
	}
	defer func() {
		r.intake = in.Summary()
		if closed := in.Close(); err == nil {
			err = closed
		}
	}()
	for _, file := range r.Contacts {
		if err := in.Contacts(ctx, file); err != nil {
			return err
		}
	}
	for _, file := range r.Events {
		if err := in.Events(ctx, file); err != nil {
			return err
		}
	}
	return in.Settle(ctx)
}

// decode makes an input of the engine out of one of the inbox.
func (r *run) decode(row *store.Input) (engine.Input, error) {
	return ingest.Decode(r.Program, r.store.Text, row)
}

// arrivals is the instant from which a contact without an arrival of its own takes part.
func (r *run) arrivals() int64 {
	if r.span.Live {
		return r.span.To
	}
	return r.span.Clock
}

// interrupted is the error of a run that the context ended.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return ErrInterrupted
	}
	return err
}

// mostSkew is how far the wall clock may be behind a store that a live run left; machines differ by seconds.
const mostSkew = 60

// begin works out the span, and gives a new store its clock.
func (r *run) begin() (span, error) {
	live := r.From == nil && r.To == nil
	now := r.Now()
	clock, started, err := r.store.Clock()
	if err != nil {
		return span{}, err
	}
	s := span{Clock: clock, To: now, Live: live}
	if r.To != nil {
		s.To = *r.To
	}
	if !started {
		s.Clock = s.To
		switch {
		case r.From != nil:
			s.Clock = *r.From
		case !live:
			return span{}, fmt.Errorf("%s is new: --from says from when on the replay goes", r.Store)
		}
		if s.Clock > s.To {
			return span{}, fmt.Errorf("--from %s is after --to %s", instant(s.Clock), instant(s.To))
		}
		return s, r.store.SetClock(s.Clock)
	}
	switch {
	case live && s.To < clock-mostSkew:
		return span{}, fmt.Errorf("%s stands at %s, which is still to come: go on with --to, or use another --store for a live run", r.Store, instant(clock))
	case r.From != nil && *r.From != clock:
		r.notes = append(r.notes, fmt.Sprintf("the store stands at %s, and the run went on from there, not from %s", instant(clock), instant(*r.From)))
	case !live && s.To < clock:
		r.notes = append(r.notes, fmt.Sprintf("the store stands at %s already: before %s nothing was left to do", instant(clock), instant(s.To)))
	}
	s.To = max(s.To, clock)
	return s, nil
}

// instant writes an instant as the command line takes it.
func instant(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
