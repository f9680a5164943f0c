package runtime

import (
	"context"
	"slices"
	"sync"

	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// stepAll takes every contact for which something is due in the span through it, part by part of what is due:
//
//	reader (contacts, by their ids) → workers (step) → writer (this goroutine: commits)
//
// What is in memory at a time is the contacts of a part, by numbers, a few chunks and two batches. When the context is done,
// the reader stops; what was loaded is stepped and stored. A contact that has more inputs than are taken at once comes in
// another round.
func (r *run) stepAll(ctx context.Context) error {
	progress := Progress{Phase: Stepping}
	for {
		round, err := r.store.Due(r.span.end(), r.Round)
		if err != nil || round == nil {
			return err
		}
		progress.Total = progress.Done + round.Contacts
		if err := r.stepRound(ctx, round, &progress); err != nil {
			return err
		}
	}
}

func (r *run) stepRound(ctx context.Context, round *store.Round, progress *Progress) (err error) {
	reader, err := r.store.Reader()
	if err != nil {
		return err
	}
	defer func() {
		if closed := reader.Close(); err == nil {
			err = closed
		}
	}()
	for more := true; more; {
		var looks []store.Look
		if looks, more, err = round.Next(); err != nil {
			return err
		}
		last := round
		if more {
			last = nil
		}
		if err := r.sweep(ctx, reader, looks, last, progress); err != nil {
			return err
		}
	}
	return nil
}

// sweep takes contacts through the span. A round is done with them, nil for none.
//
// Whoever fails says so in `failed`, and the reader stops; the others go on to empty their channels, without doing
// anything any more.
func (r *run) sweep(ctx context.Context, reader *store.Reader, looks []store.Look, round *store.Round, progress *Progress) error {
	failed, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	// While a batch is written, the next is stepped: as much waits for the writer, and the memory of both is used again.
	chunks := r.Batch/store.AtOnce + 1
	loaded, done, free := make(chan chunk, r.Workers), make(chan *stepped, chunks), make(chan *stepped, 2*chunks+2*r.Workers)

	var reading, working sync.WaitGroup
	reading.Go(func() {
		defer close(loaded)
		if err := r.load(ctx, failed, reader, looks, loaded); err != nil {
			fail(err)
		}
	})
	codec := engine.NewCodec(r.Program, r.store.Intern, r.store.Text)
	for range r.Workers {
		working.Go(func() {
			w := r.stepper(codec)
			for part := range loaded {
				if failed.Err() != nil {
					continue
				}
				out, err := w.contacts(part, emptied(free))
				if err != nil {
					fail(err)
					continue
				}
				done <- out
			}
		})
	}
	go func() {
		working.Wait()
		close(done)
	}()

	batch := batch{run: r, progress: progress, most: (r.Batch + 15) / 16} // few at first: the writer is not to wait long
	for out := range done {
		if failed.Err() != nil {
			continue
		}
		if err := batch.add(out, free); err != nil {
			fail(err)
		}
	}
	reading.Wait()
	if failed.Err() == nil {
		if ctx.Err() == nil {
			batch.round = round
		}
		if err := batch.write(free); err != nil {
			fail(err)
		}
	}
	if err := context.Cause(failed); err != nil {
		return err
	}
	return ctx.Err()
}

// chunk is contacts to step, and at how many was looked for them.
type chunk struct {
	contacts []store.Loaded
	looks    int
}

// load sends the contacts of looks. It ends early when the run is to stop.
func (r *run) load(ctx, failed context.Context, reader *store.Reader, looks []store.Look, to chan<- chunk) error {
	for some := range slices.Chunk(looks, min(store.AtOnce, r.Batch)) {
		if ctx.Err() != nil || failed.Err() != nil {
			return nil
		}
		contacts, err := reader.Load(some)
		if err != nil {
			return err
		}
		to <- chunk{contacts, len(some)}
	}
	return nil
}

// batch gathers what the workers made until it is worth a transaction.
type batch struct {
	run      *run
	progress *Progress
	parts    []*stepped
	contacts int
	rows     int
	most     int          // contacts of the next commit
	round    *store.Round // that is done when this is written; nil: there is more to come
}

// mostRows bounds a transaction whatever its contacts have been through.
const mostRows = 50_000

func (b *batch) add(out *stepped, free chan *stepped) error {
	b.progress.Done += int64(out.looks - out.batch.Contacts())
	if out.batch.Contacts() == 0 {
		giveBack(out, free)
		return nil
	}
	b.parts = append(b.parts, out)
	b.contacts += out.batch.Contacts()
	b.rows += out.batch.Decisions()
	if b.contacts < b.most && b.rows < mostRows {
		return nil
	}
	return b.write(free)
}

// write commits what was gathered, and counts it.
func (b *batch) write(free chan *stepped) error {
	if len(b.parts) == 0 && b.round == nil {
		return nil
	}
	batches := make([]*store.Batch, len(b.parts))
	for i, part := range b.parts {
		batches[i] = &part.batch
	}
	if err := b.run.store.Write(b.round, batches...); err != nil {
		return err
	}
	b.run.count(b.parts)
	b.progress.Done += int64(b.contacts)
	b.progress.Decisions += int64(b.rows)
	for _, part := range b.parts {
		giveBack(part, free)
	}
	b.parts, b.contacts, b.rows = b.parts[:0], 0, 0
	b.most = min(2*b.most, b.run.Batch)
	if b.run.Progress != nil {
		b.run.Progress(*b.progress)
	}
	return nil
}

// giveBack gives a part back that nobody needs any more.
func giveBack(part *stepped, free chan *stepped) {
	select {
	case free <- part:
	default:
	}
}

// emptied is a stepped to fill: one that was written, or a new one.
func emptied(free chan *stepped) *stepped {
	select {
	case out := <-free:
		out.batch.Reset()
		out.looks, out.unknown = 0, 0
		return out
	default:
		return new(stepped)
	}
}
