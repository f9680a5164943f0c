package runtime_test

import (
	"fmt"
	"testing"

	"github.com/cespare/xxhash/v2"
)

// A touch a week, 8% of them answered a day later; an answer hands the contact off, 30 days without one lead to the
// long term, which goes on in the same way.
const weekly = `
contact {
  email      email key
  first_seen time  arrived
}

offer letter "Letter" { kind letter  for nurture  intent educate  content "plain.md"  repeat after 1d }

handoff sales "Sales" { channel crm  outcomes won }

policy { timezone "UTC" }

program targeted "Targeted" {
  phase nurture
  enter when known(contact.email)
  stage touch {
    send letter in 7d every 7d
    on response -> handed
    after 30d   -> longterm
  }
}

program longterm "Long term" {
  phase nurture
  stage touch {
    send letter every 7d
    on response -> handed
  }
}

program handed "Handed off" {
  phase nurture
  stage with_sales {
    hand to sales
    on sales.won -> done
  }
}
`

// weeks makes the contacts and events of a year.
func (h *house) weeks(contacts int) {
	begin := *instant(h.t, "2026-01-05T00:00:00Z")
	rows, events := []string{"email,first_seen"}, []string{}
	for i := range contacts {
		key := fmt.Sprintf("contact%07d@example.com", i)
		arrived := begin + int64(i)*7919%10080*60
		rows = append(rows, key+","+stamp(arrived))
		for touch := 1; touch <= 51; touch++ {
			if xxhash.Sum64String(fmt.Sprint(i, " ", touch))%100 < 8 {
				events = append(events, event(fmt.Sprint(i), key, stamp(arrived+int64(touch)*7*86400+86400), "clicked", `,"offer":"letter"`))
				break
			}
		}
	}
	h.Contacts = []string{h.file("contacts.csv", rows)}
	h.Events = []string{h.file("events.jsonl", events)}
}

// BenchmarkReplay runs a year of contacts with everything stored; nothing is delivered.
func BenchmarkReplay(b *testing.B) {
	for _, contacts := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(contacts), func(b *testing.B) {
			var decisions int64
			for b.Loop() {
				b.StopTimer()
				h := newHouse(b, weekly)
				h.Workers, h.Sender = 0, nil
				h.weeks(contacts)
				b.StartTimer()
				decisions += h.replay("2026-01-05T00:00:00Z", "2027-01-04T00:00:00Z").Decisions
			}
			b.ReportMetric(float64(decisions)/b.Elapsed().Seconds(), "decisions/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkNothingDue runs on a store in which nothing is due.
func BenchmarkNothingDue(b *testing.B) {
	for _, contacts := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(contacts), func(b *testing.B) {
			h := newHouse(b, weekly)
			h.weeks(contacts)
			h.Sender = nil
			h.replay("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z")
			h.Contacts, h.Events = nil, nil
			for b.Loop() {
				if s := h.replay("", "2026-01-12T00:00:00Z"); s.Stepped > 0 {
					b.Fatal("something was due")
				}
			}
		})
	}
}
