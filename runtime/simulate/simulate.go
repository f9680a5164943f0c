// Package simulate foresees what a playbook will do: it makes contacts up, or takes real ones, and lets happen to them
// what a scenario says, through the same engine.Step as a live run.
//
// Run is the door. Contacts never act on one another, so each is taken through the whole span before the next, and
// nothing is kept of it but what the measures count. What chance decides is a hash of the seed, the contact and what is
// decided: the same seed has the same people with the same luck under every version of a playbook, and however many
// workers there are.
package simulate

import (
	"context"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/measure"
)

// Options say what to simulate.
type Options struct {
	Program  *compile.Program
	Scenario *compile.Scenario
	From, To int64 // what is simulated is before To

	// Contacts is how many are made up. Where there is a File, its contacts are taken instead, and the scenario only
	// fills in what it does not say of them; Contacts then only tells the progress.
	Contacts int
	File     string

	Seed     uint64
	Workers  int                     // 0: one a processor
	Progress func(done, total int64) // contacts, called now and then and at the end, from another goroutine; may be nil

	// Each is told of every step as it is taken, contact by contact; what it is given is good until it returns. Whoever
	// asks for it has one worker. May be nil.
	Each func(contact string, now int64, in []engine.Input, decided *engine.Effects)
}

// chunk is how many contacts go to a worker at a time.
const chunk = 128

// showEvery is how often progress is told.
const showEvery = 200 * time.Millisecond

// Run simulates, and gives the figures of it. The error is that of the context, or of a file of contacts that cannot be
// read.
func Run(ctx context.Context, o Options) (*measure.Measure, error) {
	if o.Workers <= 0 {
		o.Workers = goruntime.GOMAXPROCS(0)
	}
	if o.Each != nil {
		o.Workers = 1
	}
	behaviour, people := newBehaviour(o.Program, o.Scenario), newPeople(&o, o.Seed)
	var done atomic.Int64
	stop := o.tell(&done)
	defer stop()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := people.numbers()
	if o.File != "" {
		read, err := people.read(ctx, o.File, cancel)
		if err != nil {
			return nil, err
		}
		next = read
	}
	measures := make([]*measure.Measure, o.Workers)
	var working sync.WaitGroup
	for i := range measures {
		measures[i] = measure.New(measure.Options{Program: o.Program, From: o.From, To: o.To})
		working.Go(func() {
			w := newLife(&o, behaviour, people, measures[i])
			for ctx.Err() == nil {
				n := next(w.live)
				if n == 0 {
					return
				}
				done.Add(int64(n))
			}
		})
	}
	working.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for _, m := range measures[1:] {
		measures[0].Merge(m)
	}
	return measures[0], nil
}

// tell tells how far the simulation is until it is stopped.
func (o *Options) tell(done *atomic.Int64) (stop func()) {
	if o.Progress == nil {
		return func() {}
	}
	end := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		tick := time.NewTicker(showEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				o.Progress(done.Load(), int64(o.Contacts))
			case <-end:
				o.Progress(done.Load(), int64(o.Contacts))
				return
			}
		}
	})
	return func() {
		close(end)
		telling.Wait()
	}
}

// source gives a worker some contacts to live, and says how many they were; 0 at the end.
type source func(live func(*person)) int

// numbers makes contacts up, one number after the other.
func (m *people) numbers() source {
	var given atomic.Int64
	memory := sync.Pool{New: func() any { return new(person) }}
	return func(live func(*person)) int {
		end := int(given.Add(chunk))
		first := end - chunk
		end = min(end, m.count)
		who := memory.Get().(*person)
		defer memory.Put(who)
		for n := first; n < end; n++ {
			m.make(n, who)
			live(who)
		}
		return max(0, end-first)
	}
}

// read takes the contacts of a file, as a run of a new store would take them.
func (m *people) read(ctx context.Context, file string, fail func(error)) (source, error) {
	in, err := ingest.LookAtContacts(m.p, file)
	if err != nil {
		return nil, err
	}
	chunks := make(chan []person, 2)
	go func() {
		defer close(chunks)
		defer in.Close()
		for {
			var some []person
			for len(some) < chunk {
				contact, err := in.Next()
				if err != nil {
					fail(err)
					return
				}
				if contact == nil {
					break
				}
				who := person{key: contact.Key, arrives: m.from, fields: contact.Fields}
				if contact.Arrives {
					who.arrives = max(m.from, contact.Arrived)
				}
				some = append(some, who)
			}
			if len(some) == 0 {
				return
			}
			select {
			case chunks <- some:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func(live func(*person)) int {
		some := <-chunks
		for i := range some {
			m.fill(&some[i])
			live(&some[i])
		}
		return len(some)
	}, nil
}
