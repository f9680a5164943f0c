package store_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"nurture/runtime/store"
)

// BenchmarkWrite stores what a year makes of a contact: 14 decisions, 12 of them messages, and 600 bytes of state, in
// batches of 1,000 contacts.
func BenchmarkWrite(b *testing.B) {
	s, err := store.Open(filepath.Join(b.TempDir(), "bench.db"), "bench")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const contacts, decisions, mails = 1000, 14, 12
	names := make([]uint32, 20)
	for i := range names {
		names[i] = s.Intern(fmt.Sprint("name", i))
	}
	state := make([]byte, 600)
	id, rows := int64(0), 0
	var batch store.Batch
	for b.Loop() {
		batch.Reset()
		for range contacts {
			id += math.MaxInt64 / 4_000_000
			batch.Contacts = append(batch.Contacts, store.Stepped{ID: id, Next: 1_800_000_000, State: state})
			batch.Places = append(batch.Places, store.Place{Contact: id, Track: names[0], Stage: names[1], Since: 1_700_000_000})
			for n := range uint32(decisions) {
				at := 1_700_000_000 + int64(n)*7*86400
				batch.Journal = append(batch.Journal, store.JournalRow{
					Contact: id, Seq: n + 1, At: at, Kind: names[2], Track: names[0], Program: names[3], Stage: names[4], Offer: names[5+n%5], By: names[12],
				})
				if n < mails {
					batch.Outbox = append(batch.Outbox, store.OutboxRow{
						Contact: id, Program: names[3], Entry: 1, Kind: names[11], Name: names[5+n%5], Count: n / 5, At: at, Stage: names[4], Channel: names[10],
						Body: []byte(`{"address":"somebody@example.com","vars":{"first_name":"Anna"}}`),
					})
				}
			}
		}
		if err := s.Write(&batch); err != nil {
			b.Fatal(err)
		}
		rows += contacts * decisions
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "decisions/s")
}
