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
}

// Foresee takes every contact of a store through the time from where the store stands until an instant, under each of
// several playbooks, and changes nothing. The first is the one that runs; under one of another meaning each contact is
// looked at once, at the beginning, as a run would. It calls each for every contact that takes part, from several
// goroutines and in any order, with a future for each playbook: they are good until it returns. Contacts tells after each
// chunk how many are done; it may be nil. The stages in which contacts stand are those of the playbook that runs.
func Foresee(ctx context.Context, s *store.Store, programs []*compile.Program, until int64, each func(worker int, key string, futures []Future), contacts func(done int)) error {
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
			f := newForesight(s, programs, span{Clock: clock, To: until})
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
	var ids []int64
	done := 0
	for group := range store.Groups {
		var err error
		if ids, err = reader.All(group, ids[:0]); err != nil {
			return err
		}
		for len(ids) > 0 && ctx.Err() == nil {
			n := min(store.AtOnce, len(ids))
			contacts, err := reader.Load(ids[:n])
			if err != nil {
				return err
			}
			to <- contacts
			ids = ids[n:]
			if done += n; told != nil {
				told(done)
			}
		}
	}
	return nil
}

// foresight is what one worker needs.
type foresight struct {
	passages []*passage
	futures  []Future
}

func newForesight(s *store.Store, programs []*compile.Program, span span) *foresight {
	f := &foresight{futures: make([]Future, len(programs))}
	for i, p := range programs {
		w := &passage{
			p: p, codec: engine.NewCodec(p, s.Intern, s.Text), span: span, state: new(engine.State),
			decode: func(row *store.Input) (engine.Input, error) { return ingest.Decode(p, s.Text, row) },
			took:   func([]waiting, int64) {},
		}
		future := &f.futures[i]
		w.decided = func() {
			future.Rows = append(future.Rows, w.effects.Rows...)
			for _, o := range w.effects.Outs {
				if o.Kind == engine.Mail {
					future.Mails = append(future.Mails, o)
				}
			}
		}
		future.State = w.state
		f.passages = append(f.passages, w)
	}
	return f
}

// of foresees one contact; there is nothing to foresee of one that does not take part in the span.
func (f *foresight) of(c *store.Loaded) (there bool, err error) {
	for i, w := range f.passages {
		future := &f.futures[i]
		future.Rows, future.Mails = future.Rows[:0], future.Mails[:0]
		as := *c
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
