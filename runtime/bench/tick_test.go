package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"nurture/lang/compile"
	nurture "nurture/runtime"
)

// tick is a live run that looks again and again at a clock which goes on by Step each time.
type tick struct {
	Begin int64
	Step  int64 // seconds
	Times int
}

// live runs the ticks and says how long each took, the shortest first. The first is not counted: it opens the store.
func (t *tick) live(p *compile.Program, sources map[string]string, store string) (*nurture.Summary, []time.Duration, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var took []time.Duration
	now, began := t.Begin, time.Time{}
	s, err := nurture.Run(ctx, nurture.Options{
		Program: p, Sources: sources, Store: store, Every: time.Nanosecond,
		Now: func() int64 {
			if !began.IsZero() {
				took = append(took, time.Since(began))
			}
			if len(took) > t.Times {
				stop()
			}
			now += t.Step
			began = time.Now()
			return now
		},
	})
	if err != nil && !errors.Is(err, nurture.ErrInterrupted) {
		return nil, nil, err
	}
	took = took[1:]
	slices.Sort(took)
	return s, took, nil
}

// BenchmarkTick is a live run that goes on: ticks of which each finds 10,000 of the contacts due, wherever they lie in the
// store, and ticks that find nobody. synchronous = FULL.
func BenchmarkTick(b *testing.B) {
	const due, ticks = 10_000, 100
	for _, contacts := range growth[2:] {
		dir := b.TempDir()
		store := filepath.Join(dir, "nurture.db")
		filled := false
		fill := func(b *testing.B) {
			if filled {
				return
			}
			people := filepath.Join(dir, "contacts.csv")
			writePeople(b, people, contacts)
			take := job{Store: store, Contacts: []string{people}, From: unix(begin), To: unix(begin.AddDate(0, 0, 7))}
			take.run(b)
			syscall.Sync() // the disk has done with it
			filled = true
		}
		clock := begin.AddDate(0, 0, 7).Unix()
		b.Run(fmt.Sprintf("%d/due", contacts), func(b *testing.B) {
			fill(b)
			for b.Loop() {
				step := int64(due) * 7 * 86400 / int64(contacts)
				live := job{Store: store, Tick: &tick{Begin: clock, Step: step, Times: ticks}}
				d := live.run(b)
				clock += step * (ticks + 2)
				if mean := d.Stepped / ticks; mean < due*9/10 {
					b.Fatalf("%d contacts were due at a tick", mean)
				}
				d.reportTicks(b)
				b.ReportMetric(due*ticks/d.Took.Seconds(), "contacts/s")
			}
		})
		b.Run(fmt.Sprintf("%d/nobody", contacts), func(b *testing.B) {
			fill(b)
			for b.Loop() {
				live := job{Store: store, Tick: &tick{Begin: clock, Times: ticks}}
				live.run(b).reportTicks(b)
			}
		})
	}
}

func (d *did) reportTicks(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(d.Ticks[len(d.Ticks)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(d.Ticks[len(d.Ticks)*99/100].Microseconds())/1e3, "p99-ms")
	b.ReportMetric(float64(d.Memory)/1e6, "MB")
}
