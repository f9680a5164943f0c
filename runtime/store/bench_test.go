package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
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
	state, body := make([]byte, 600), []byte(`{"address":"somebody@example.com","vars":{"first_name":"Anna"}}`)
	stepped := store.Stepped{Next: 1_800_000_000, State: state, Places: []store.Place{{Track: names[0], Stage: names[1], Since: 1_700_000_000}}}
	for n := range uint32(decisions) {
		at := 1_700_000_000 + int64(n)*7*86400
		stepped.Journal = append(stepped.Journal, store.JournalRow{
			Seq: n + 1, At: at, Decision: s.Decision(store.Decision{Kind: names[2], Track: names[0], Program: names[3], Stage: names[4], Offer: names[5+n%5], By: names[12]}),
		})
		if n < mails {
			stepped.Outbox = append(stepped.Outbox, store.OutboxRow{
				Entry: 1, Message: s.Message(store.Message{Kind: names[11], Program: names[3], Stage: names[4], Name: names[5+n%5], Channel: names[10]}), Seq: n + 1, Channel: names[10], Body: body,
			})
		}
	}
	rows := 0
	var batch store.Batch
	for b.Loop() {
		b.StopTimer()
		ids := addMany(b, s, rows, contacts)
		b.StartTimer()
		batch.Reset()
		for _, id := range ids {
			if err := batch.Add(&store.Contact{ID: id}, &stepped); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Write(nil, &batch); err != nil {
			b.Fatal(err)
		}
		rows += contacts * decisions
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "decisions/s")
}

// addMany makes contacts whose keys are numbers, and gives their ids, which ascend.
func addMany(t testing.TB, s *store.Store, first, n int) []int64 {
	t.Helper()
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprint(first+i))
	}
	ids := add(t, s, keys...)
	slices.Sort(ids)
	return ids
}
