package runtime

import (
	"context"
	goruntime "runtime"
	"sync"

	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// Future is what comes to one contact in a span under one playbook, if nothing happens but what waits in the inbox.
type Future struct {
	Rows  []engine.Row  // what is decided, by the numbers of that playbook
	State *engine.State // the contact at the end of the span; at its beginning where there are no Rows
	Mails []engine.Out  // the messages that go out; Count is the Seq of the row that decided one
	Due   int64         // when anything can happen to it after the span; calendar.Never
	Cut   bool          // more inputs wait for it than are loaded at a time: nothing of this is known
}

// Foresee takes every contact of a store from an instant, which is not before where the store stands, to another, under
// each of several playbooks, and changes nothing. Until the first instant the first of them runs, the one that runs now.
// Under one of another meaning each contact is looked at once, at the first instant, as a run would. It calls each for
// every contact that takes part, from several goroutines and in any order, with a future for each playbook: they are good
// until it returns. Contacts tells after each chunk how many are done; it may be nil.
func Foresee(ctx context.Context, s *store.Store, programs []*compile.Program, from, until int64, each func(worker int, key string, futures []Future), contacts func(done int)) error {
	clock, _, err := s.Clock()
	if err != nil {
		return err
	}
	reader, err := s.Reader()
	if err != nil {
		return err
	}
	defer reader.Close()
	failed, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	loaded := make(chan []store.Loaded)
	var working sync.WaitGroup
	for worker := range goruntime.GOMAXPROCS(0) {
		working.Go(func() {
			f := newForesight(s, programs, clock, from, until)
			for chunk := range loaded {
				for i := range chunk {
					if failed.Err() != nil {
						break
					}
					if there, err := f.of(&chunk[i]); err != nil {
						fail(err)
					} else if there {
						each(worker, chunk[i].Key, f.futures)
					}
				}
			}
		})
	}
	err = loadAll(failed, reader, loaded, contacts)
	close(loaded)
	working.Wait()
	if cause := context.Cause(failed); cause != nil {
		return cause
	}
	return err
}

// loadAll sends all contacts of a store.
func loadAll(ctx context.Context, reader *store.Reader, to chan<- []store.Loaded, told func(done int)) error {
	looks := make([]store.Look, 0, store.AtOnce)
	for done, last := 0, int64(-1); ctx.Err() == nil; {
		var err error
		if looks, err = reader.All(last, looks[:0]); err != nil || len(looks) == 0 {
			return err
		}
		contacts, err := reader.Load(looks)
		if err != nil {
			return err
		}
		to <- contacts
		last = looks[len(looks)-1].Contact
		if done += len(looks); told != nil {
			told(done)
		}
	}
	return nil
}

// foresight is what one worker needs.
type foresight struct {
	from     int64
	before   *passage // up to the instant from which on it is foreseen; nil where the store stands there
	passages []*passage
	futures  []Future
	bytes    []byte // of the state at that instant
}

func newForesight(s *store.Store, programs []*compile.Program, clock, from, until int64) *foresight {
	f := &foresight{from: from, futures: make([]Future, len(programs))}
	through := func(p *compile.Program, span span) *passage {
		return &passage{
			p: p, codec: engine.NewCodec(p, s.Intern, s.Text), span: span, state: new(engine.State),
			decode:  func(row *store.Input) (engine.Input, error) { return ingest.Decode(p, s.Text, row) },
			took:    func([]waiting, int64) {},
			decided: func() {},
		}
	}
	if from > clock {
		f.before = through(programs[0], span{Clock: clock, To: from})
	}
	for i, p := range programs {
		w := through(p, span{Clock: from, To: until})
		future := &f.futures[i]
		future.State = w.state
		w.decided = func() {
			future.Rows = append(future.Rows, w.effects.Rows...)
			for _, o := range w.effects.Outs {
				if o.Kind == engine.Mail {
					future.Mails = append(future.Mails, o)
				}
			}
		}
		f.passages = append(f.passages, w)
	}
	return f
}

// of foresees one contact; there is nothing to foresee of one that does not take part in the span.
func (f *foresight) of(c *store.Loaded) (there bool, err error) {
	begin := *c
	if c.More {
		for i, w := range f.passages {
			w.state.Reset(c.Key)
			f.futures[i] = Future{Rows: f.futures[i].Rows[:0], Mails: f.futures[i].Mails[:0], State: w.state, Cut: true}
		}
		return true, nil
	}
	if f.before != nil {
		if err := f.bring(&begin); err != nil {
			return false, err
		}
	}
	for i, w := range f.passages {
		future := &f.futures[i]
		future.Rows, future.Mails, future.Cut = future.Rows[:0], future.Mails[:0], false
		as := begin
		if as.State != nil && w.p.Hash != f.passages[0].p.Hash {
			as.Next = min(as.Next, w.span.Clock) // it is looked at under the new playbook
		}
		if future.Due, _, err = w.through(&as); err != nil {
			return false, err
		}
		there = there || w.state.Arrived
	}
	return there, nil
}

// bring brings a contact to the instant from which on it is foreseen.
func (f *foresight) bring(c *store.Loaded) error {
	due, steps, err := f.before.through(c)
	if err != nil {
		return err
	}
	c.Next = due
	for len(c.Inputs) > 0 && c.Inputs[0].At < f.from { // it has been through this one
		c.Inputs = c.Inputs[1:]
	}
	if steps > 0 {
		f.bytes = f.before.codec.Append(f.bytes[:0], f.before.state)
		c.State = f.bytes
	}
	return nil
}
