package runtime

import (
	"context"
	"sync"

	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// stepAll takes every contact for which something is due in the span through it:
//
//	reader (due contacts, by partition) → workers (step) → writer (this goroutine: commits)
//
// What is in memory at a time is a few chunks and two batches. When the context is done, the reader stops; what was
// loaded is stepped and stored.
func (r *run) stepAll(ctx context.Context) error {
	var total int64
	if r.Progress != nil {
		var err error
		if total, err = r.store.CountDue(r.span.end()); err != nil {
			return err
		}
	}
	progress := Progress{Phase: Stepping, Total: total}
	for {
		again, err := r.sweep(ctx, &progress)
		if err != nil || !again {
			return err
		}
	}
}

// sweep goes over all groups of partitions once. again: a contact had more inputs than are taken at once, and is due still.
//
// Whoever fails says so in `failed`, and the reader stops; the others go on to empty their channels, without doing
// anything any more.
func (r *run) sweep(ctx context.Context, progress *Progress) (again bool, err error) {
	reader, err := r.store.Reader()
	if err != nil {
		return false, err
	}
	failed, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	// While a batch is written, the next is stepped: as much waits for the writer, and the memory of both is used again.
	chunks := r.Batch/store.AtOnce + 1
	loaded, done, free := make(chan []store.Loaded, r.Workers), make(chan *stepped, chunks), make(chan *stepped, 2*chunks+2*r.Workers)

	var reading, working sync.WaitGroup
	reading.Go(func() {
		defer close(loaded)
		if err := r.load(ctx, failed, reader, loaded); err != nil {
			fail(err)
		}
	})
	codec := engine.NewCodec(r.Program, r.store.Intern, r.store.Text)
	for range r.Workers {
		working.Go(func() {
			w := r.stepper(codec)
			for contacts := range loaded {
				if failed.Err() != nil {
					continue
				}
				out, err := w.contacts(contacts, emptied(free))
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

	batch := batch{run: r, progress: progress}
	for out := range done {
		again = again || out.again
		if failed.Err() != nil {
			continue
		}
		if err := batch.add(out, free); err != nil {
			fail(err)
		}
	}
	if failed.Err() == nil {
		if err := batch.write(free); err != nil {
			fail(err)
		}
	}
	reading.Wait()
	if err = context.Cause(failed); err == nil {
		err = ctx.Err()
	}
	if closed := reader.Close(); err == nil {
		err = closed
	}
	return again, err
}

// load sends the contacts that are due, group by group: the ids of one group are in memory. It ends early when the run
// is to stop.
func (r *run) load(ctx, failed context.Context, reader *store.Reader, to chan<- []store.Loaded) error {
	var due []int64
	var err error
	chunk := min(store.AtOnce, r.Batch)
	for group := range store.Groups {
		if due, err = reader.Due(group, r.span.end(), due); err != nil {
			return err
		}
		for len(due) >= chunk || len(due) > 0 && group == store.Groups-1 {
			if ctx.Err() != nil || failed.Err() != nil {
				return nil
			}
			n := min(chunk, len(due))
			contacts, err := reader.Load(due[:n])
			if err != nil {
				return err
			}
			to <- contacts
			due = append(due[:0], due[n:]...)
		}
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
}

// mostRows bounds a transaction whatever its contacts have been through.
const mostRows = 50_000

func (b *batch) add(out *stepped, free chan *stepped) error {
	b.parts = append(b.parts, out)
	b.contacts += out.batch.Contacts()
	b.rows += out.batch.Decisions()
	if b.contacts < b.run.Batch && b.rows < mostRows {
		return nil
	}
	return b.write(free)
}

// write commits what was gathered, and counts it.
func (b *batch) write(free chan *stepped) error {
	if len(b.parts) == 0 {
		return nil
	}
	batches := make([]*store.Batch, len(b.parts))
	for i, part := range b.parts {
		batches[i] = &part.batch
	}
	if err := b.run.store.Write(batches...); err != nil {
		return err
	}
	b.run.count(b.parts)
	b.progress.Done += int64(b.contacts)
	b.progress.Decisions += int64(b.rows)
	for _, part := range b.parts {
		select {
		case free <- part:
		default:
		}
	}
	b.parts, b.contacts, b.rows = b.parts[:0], 0, 0
	if b.run.Progress != nil {
		b.run.Progress(*b.progress)
	}
	return nil
}

// emptied is a stepped to fill: one that was written, or a new one.
func emptied(free chan *stepped) *stepped {
	select {
	case out := <-free:
		out.batch.Reset()
		out.again, out.unknown = false, 0
		return out
	default:
		return new(stepped)
	}
}
