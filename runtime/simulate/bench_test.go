package simulate_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/simulate"
)

// weekly is the reference work of runtime/bench, whose answers are a scenario's here: a touch a week, 8% of them
// answered a day later, and after 30 days without an answer the long term.
const weekly = `contact {
  email       email  key
  first_seen  time   arrived
}

offer letter "Letter" { kind letter  for nurture  intent educate  content "letter.md"  repeat after 1d }

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
    send letter in 7d every 7d
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

scenario year {
  contacts 1_000_000 { first_seen 2026-01-05 00:00..2026-01-12 00:00 }
  clicked 8% within 1d..1d
}
`

// BenchmarkYear simulates a year of a million contacts, and says what memory that took at most:
//
//	go test ./runtime/simulate -run '^$' -bench Year -benchtime 1x
func BenchmarkYear(b *testing.B) {
	loaded, err := lang.Load(os.DirFS("../../examples/saas"))
	if err != nil || loaded.Failed() {
		b.Fatal(err)
	}
	work, _ := program(b, weekly)
	for _, p := range []struct {
		name string
		p    *compile.Program
	}{{"work", work}, {"saas", compile.Compile(loaded.Playbook)}} {
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				o := simulate.Options{Program: p.p, Scenario: scenarios(b, p.p)[0], From: 1767571200, To: 1767571200 + 364*day, Contacts: 1_000_000, Seed: 1}
				if _, err := simulate.Run(b.Context(), o); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(1_000_000/time.Since(began).Seconds(), "contacts/s")
			}
			b.ReportMetric(float64(peak())/(1<<20), "peak-MB")
		})
	}
}

// peak is the most memory that this process has held, in bytes, 0 where the system does not say.
func peak() int64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kb int64
		if _, err := fmt.Sscanf(strings.TrimSpace(lines.Text()), "VmHWM: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}
