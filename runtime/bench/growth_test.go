package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// growth is how many contacts the benchmarks of growth have; with NURTURE_BENCH_ALL=1 ten millions too, which take
// minutes and 15 GB of disk.
var growth = func() []int {
	contacts := []int{10_000, 100_000, 1_000_000}
	if os.Getenv("NURTURE_BENCH_ALL") != "" {
		contacts = append(contacts, 10_000_000)
	}
	return contacts
}()

// BenchmarkYear takes contacts in and through a year, everything stored. Ten times the contacts take ten times the
// time and the same memory.
func BenchmarkYear(b *testing.B) {
	for _, contacts := range growth {
		b.Run(fmt.Sprint(contacts), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				people, events := write(b, dir, contacts)
				take := job{Store: filepath.Join(dir, "nurture.db"), Contacts: []string{people}, Events: []string{events}, From: unix(begin), To: unix(begin)}
				taken := take.run(b)
				b.StartTimer()
				year := job{Store: take.Store, To: unix(end)}
				d := year.run(b)
				report(b, d, contacts)
				whole := float64(size(b, take.Store))
				b.ReportMetric(whole/float64(contacts), "bytes/contact")
				b.ReportMetric(whole/float64(d.Decisions), "bytes/decision")
				b.ReportMetric(float64(d.Took.Nanoseconds())/float64(d.Decisions), "ns/decision")
				b.ReportMetric(float64(d.Decisions)/d.Took.Seconds(), "decisions/s")
				b.ReportMetric(float64(taken.Memory)/1e6, "intake-MB")
				b.ReportMetric(taken.Took.Seconds(), "intake-s")
			}
		})
	}
}

// BenchmarkNothingDue runs on a store in which nothing is due: that costs nothing for a contact.
func BenchmarkNothingDue(b *testing.B) {
	for _, contacts := range growth {
		b.Run(fmt.Sprint(contacts), func(b *testing.B) {
			dir := b.TempDir()
			people, _ := write(b, dir, contacts)
			week := begin.AddDate(0, 0, 7)
			fill := job{Store: filepath.Join(dir, "nurture.db"), Contacts: []string{people}, From: unix(begin), To: unix(week)}
			fill.run(b)
			idle := job{Store: fill.Store, To: unix(week)}
			var best *did
			for b.Loop() {
				d := idle.run(b)
				if d.Stepped > 0 || d.Contacts != int64(contacts) {
					b.Fatalf("%+v", d)
				}
				if best == nil || d.Took < best.Took {
					best = d
				}
			}
			report(b, best, contacts)
		})
	}
}

func report(b *testing.B, d *did, contacts int) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(d.Took.Seconds(), "s")
	b.ReportMetric(float64(d.Took.Nanoseconds())/float64(contacts), "ns/contact")
	b.ReportMetric(float64(d.Memory)/1e6, "MB")
}
