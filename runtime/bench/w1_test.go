package bench

import (
	"bufio"
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// The work that everything here does, so that programs can be compared: contacts arrive over a week and get a touch a
// week, the first 7 days after their arrival. 8% of the touches are answered a day later, and the answer hands the
// contact off; 30 days without one lead to the long term, with the same touches. It lasts 364 days. A decision is a
// touch or a transition.

const (
	day     = 1440 // in minutes, in which the work is defined
	horizon = 364 * day
)

// arrivalMinute is when a contact arrives. The product is one of 32 bits, as in the programs that it is compared with.
func arrivalMinute(contact int) int { return int(uint32(contact) * 7919 % (7 * day)) }

// answered says whether a contact answers its touch of a number, from 0. Every program that does this work uses this
// hash, or the numbers of decisions would differ.
func answered(contact, touch uint32) bool {
	x := contact*64 + touch
	for range 2 {
		x = (x ^ x>>16) * 0x45d9f3b
	}
	return (x^x>>16)%100 < 8
}

// decisionsOf is how many decisions the work is, by contacts, as other programs count them.
var decisionsOf = map[int]int{200: 2_581, 2_000: 27_980, 20_000: 278_387, 100_000: 1_397_368, 1_000_000: 14_005_376}

// weekly is the work as a playbook.
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
`

const letter = "---\nsubject: A letter\n---\n\nHello.\n"

var (
	begin = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	end   = begin.AddDate(0, 0, 364)
)

func arrival(contact int) time.Time {
	return begin.Add(time.Duration(arrivalMinute(contact)) * time.Minute)
}

func weeklyProgram(tb testing.TB) *compile.Program {
	tb.Helper()
	return compile.Compile(load(tb, fstest.MapFS{"weekly.nurture": {Data: []byte(weekly)}, "letter.md": {Data: []byte(letter)}}).Playbook)
}

func address(contact int) string { return fmt.Sprintf("contact%07d@example.com", contact) }

// engineOnly steps contacts, from first up to but without end, through the year in memory, one after the other, and
// gives how many decisions that took. What they answer is made up as they are touched.
func engineOnly(p *compile.Program, addresses []string, first, end int) int {
	email, clicked, offer := p.FieldIndex("email"), p.EventIndex("clicked"), p.OfferIndex("letter")
	until := begin.Unix() + horizon*60
	s, fx := engine.NewState(""), engine.Effects{}
	known := []engine.FieldValue{{Field: email}}
	arrives := []engine.Input{{Event: compile.None, Offer: compile.None, Arrive: true, Fields: known}}
	answers := []engine.Input{{Event: clicked, Offer: offer, Values: make([]compile.Value, len(p.Events[clicked].Fields))}}
	decisions := 0
	for contact := first; contact < end; contact++ {
		s.Reset(addresses[contact])
		known[0].Value = compile.Value{Known: true, Text: s.Key}
		in, answer, touch := arrives, calendar.Never, uint32(0)
		for now := begin.Unix() + int64(arrivalMinute(contact))*60; now < until; {
			fx.Reset()
			engine.Step(p, s, now, in, &fx)
			if in = nil; now == answer {
				answer = calendar.Never
			}
			for i := range fx.Rows {
				switch fx.Rows[i].Kind {
				case engine.Sent:
					decisions++
					if answered(uint32(contact), touch) {
						answer = now + day*60
					}
					touch++
				case engine.Moved:
					decisions++
				}
			}
			if now = engine.Wake(p, s); answer <= now {
				now, in = answer, answers
				answers[0].At = now
			}
		}
	}
	return decisions
}

func writePeople(tb testing.TB, file string, contacts int) {
	tb.Helper()
	fill(tb, file, func(w *bufio.Writer) {
		fmt.Fprintln(w, "email,first_seen")
		for i := range contacts {
			fmt.Fprintf(w, "%s,%s\n", address(i), arrival(i).Format(time.RFC3339))
		}
	})
}

// write makes the files of contacts who arrive over a week and answer now and then for a year.
func write(tb testing.TB, dir string, contacts int) (contactsFile, eventsFile string) {
	tb.Helper()
	contactsFile, eventsFile = filepath.Join(dir, "contacts.csv"), filepath.Join(dir, "events.jsonl")
	writePeople(tb, contactsFile, contacts)
	fill(tb, eventsFile, func(w *bufio.Writer) {
		for i := range contacts {
			wheel := newWheel(i, i+1)
			wheel.emit = func(d decision) {
				if d.to == handedOff {
					at := begin.Add(time.Duration(d.at) * time.Minute)
					fmt.Fprintf(w, `{"id":"%d","contact":"%s","event":"clicked","at":"%s","offer":"letter"}`+"\n", i, address(i), at.Format(time.RFC3339))
				}
			}
			c := &wheel.contacts[0]
			for more := true; more && c.due < horizon; {
				more = wheel.step(c)
			}
		}
	})
	return contactsFile, eventsFile
}

// All that do the work come to the same decisions.
func TestWork(t *testing.T) {
	p := weeklyProgram(t)
	for _, contacts := range []int{200, 2_000, 20_000} {
		addresses := addressesOf(contacts)
		does := map[string]int{
			"engine":       engineOnly(p, addresses, 0, contacts),
			"engine twice": inParts(2, contacts, func(first, end int) int { return engineOnly(p, addresses, first, end) }),
			"wheel":        newWheel(0, contacts).run(),
			"wheel twice":  inParts(2, contacts, func(first, end int) int { return newWheel(first, end).run() }),
			"expr":         exprWheel(t, contacts),
		}
		if contacts <= 2_000 {
			does["stored wheel"] = storedWheel(t, filepath.Join(t.TempDir(), "wheel.db"), contacts)
			does["stored"] = storedWork(t, t.TempDir(), contacts).Work
		}
		for who, decisions := range does {
			if decisions != decisionsOf[contacts] {
				t.Errorf("%s: %d contacts came to %d decisions, not %d", who, contacts, decisions, decisionsOf[contacts])
			}
		}
	}
}

func addressesOf(contacts int) []string {
	addresses := make([]string, contacts)
	for i := range addresses {
		addresses[i] = address(i)
	}
	return addresses
}

// BenchmarkW1 is the work in memory, BenchmarkW1Stored with everything stored; the script `run` makes their table. The
// wheel goes through all contacts again and again, and is slower by the contact once they are more than the processor's
// cache holds; who takes one contact after the other is not.
func BenchmarkW1(b *testing.B) {
	p := weeklyProgram(b)
	for _, contacts := range []int{20_000, 1_000_000} {
		addresses := addressesOf(contacts)
		engines := func(first, end int) int { return engineOnly(p, addresses, first, end) }
		wheels := func(first, end int) int { return newWheel(first, end).run() }
		for _, who := range []struct {
			name string
			does func() int
		}{
			{"wheel", func() int { return wheels(0, contacts) }},
			{"wheel-2-cores", func() int { return inParts(2, contacts, wheels) }},
			{"wheel-with-expr", func() int { return exprWheel(b, contacts) }},
			{"engine", func() int { return engines(0, contacts) }},
			{"engine-2-cores", func() int { return inParts(2, contacts, engines) }},
		} {
			b.Run(fmt.Sprintf("%d/%s", contacts, who.name), func(b *testing.B) {
				b.ReportAllocs()
				decisions := 0
				for b.Loop() {
					decisions += who.does()
				}
				if decisions != b.N*decisionsOf[contacts] {
					b.Fatalf("%d decisions in %d runs", decisions, b.N)
				}
				b.ReportMetric(float64(decisions)/b.Elapsed().Seconds(), "decisions/s")
			})
		}
	}
}

func BenchmarkW1Stored(b *testing.B) {
	const contacts = 100_000
	b.Run("100000/wheel", func(b *testing.B) {
		for b.Loop() {
			began := time.Now()
			decisions := storedWheel(b, filepath.Join(b.TempDir(), "wheel.db"), contacts)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(decisions)/time.Since(began).Seconds(), "decisions/s")
		}
	})
	b.Run("100000/nurture", func(b *testing.B) {
		for b.Loop() {
			d := storedWork(b, b.TempDir(), contacts)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(d.Work)/d.Took.Seconds(), "decisions/s")
			b.ReportMetric(float64(d.Bytes)/float64(d.Decisions), "bytes/decision")
		}
	})
}
