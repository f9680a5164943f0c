package ingest_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"nurture/runtime/ingest"
)

// The benchmarks take files of 200,000 lines into a new store; lines/s is what counts.
const benchLines = 200_000

func contactsFile(first string) []byte {
	var text bytes.Buffer
	text.WriteString("Email,Role,First name,How many people,Timezone,First seen,Consent,Renewal\n")
	for i := range benchLines {
		fmt.Fprintf(&text, "contact%d@example.com,%s,%s,%d,Europe/Paris,2026-02-%02dT10:00:00Z,Yes,2026-12-31\n", i, []string{"it", "developer", ""}[i%3], first, i%5000, 1+i%28)
	}
	return text.Bytes()
}

func eventsFile(contacts int) []byte {
	var text bytes.Buffer
	for i := range benchLines {
		fmt.Fprintf(&text, `{"id":"e%d","contact":"contact%d@example.com","event":"clicked","at":"2026-03-%02dT09:12:%02dZ","offer":"report","link":"https://example.com/report"}`+"\n",
			i, i*7919%contacts, 1+i%28, i%60)
	}
	return text.Bytes()
}

// bench measures take on a new store each time, after prepare.
func bench(b *testing.B, prepare, take func(*house, *ingest.Intake) error) {
	h := newHouse(b, playbook)
	for range b.N {
		b.StopTimer()
		h := h.another(b)
		s, in := h.open(ingest.Options{})
		if err := prepare(h, in); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := take(h, in); err != nil {
			b.Fatal(err)
		}
		if err := in.Settle(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if sum := in.Summary(); sum.Rejected > 0 {
			b.Fatalf("%+v\n%s", sum, h.rejected())
		}
		in.Close()
		s.Close()
	}
	b.ReportMetric(float64(benchLines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func nothing(*house, *ingest.Intake) error { return nil }

func contactsOf(name string, text []byte) func(*house, *ingest.Intake) error {
	return func(h *house, in *ingest.Intake) error {
		if err := os.WriteFile(h.path(name), text, 0o644); err != nil {
			return err
		}
		return in.Contacts(h.Context(), h.path(name))
	}
}

func eventsOf(text []byte) func(*house, *ingest.Intake) error {
	return func(h *house, in *ingest.Intake) error {
		if err := os.WriteFile(h.path("events.jsonl"), text, 0o644); err != nil {
			return err
		}
		return in.Events(h.Context(), h.path("events.jsonl"))
	}
}

func BenchmarkNewContacts(b *testing.B) {
	bench(b, nothing, contactsOf("c.csv", contactsFile("Ann")))
}

func BenchmarkUnchangedContacts(b *testing.B) {
	take := contactsOf("c.csv", contactsFile("Ann"))
	bench(b, take, take)
}

func BenchmarkChangedContacts(b *testing.B) {
	bench(b, contactsOf("c.csv", contactsFile("Ann")), contactsOf("c.csv", contactsFile("Anna")))
}

func BenchmarkEvents(b *testing.B) {
	bench(b, contactsOf("c.csv", contactsFile("Ann")), eventsOf(eventsFile(benchLines)))
}

func BenchmarkEventsOfFewContacts(b *testing.B) {
	bench(b, contactsOf("c.csv", contactsFile("Ann")), eventsOf(eventsFile(2_000)))
}

func BenchmarkEventsTakenAgain(b *testing.B) {
	take := eventsOf(eventsFile(benchLines))
	bench(b, func(h *house, in *ingest.Intake) error {
		if err := contactsOf("c.csv", contactsFile("Ann"))(h, in); err != nil {
			return err
		}
		return take(h, in)
	}, take)
}
