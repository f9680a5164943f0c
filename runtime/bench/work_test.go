// Package bench measures whole runs: how their time and memory grow with the contacts, how fast a replay decides, and
// how long a person waits for the command line.
//
//	go test ./runtime/bench -run '^$' -bench . -benchtime 1x -timeout 1h
//	go test ./runtime/bench -run '^$' -bench /100000 -benchtime 1x       # without the million
package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	nurture "nurture/runtime"
)

// A touch a week, 8% of them answered a day later; an answer hands the contact off, 30 days without one lead to the
// long term, which goes on in the same way.
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

const letter = "---\nsubject: A letter\n---\n\nHello.\n"

var (
	begin = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	end   = begin.AddDate(0, 0, 364)
)

func load(tb testing.TB, files fstest.MapFS) *lang.Loaded {
	tb.Helper()
	loaded, err := lang.Load(files)
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range loaded.Diagnostics {
		tb.Fatalf("%s at %v: %s", d.Code, d.Span, d.Message)
	}
	return loaded
}

// answers says whether a contact answers a touch. The hash is that of other programs which do the same work.
func answers(contact, touch int) bool {
	x := uint64(contact)*0x9e3779b97f4a7c15 + uint64(touch)*0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	x ^= x >> 29
	return x%100 < 8
}

// write makes the files of contacts who arrive over a week and answer now and then for a year.
func write(tb testing.TB, dir string, contacts int) (contactsFile, eventsFile string) {
	tb.Helper()
	contactsFile, eventsFile = filepath.Join(dir, "contacts.csv"), filepath.Join(dir, "events.jsonl")
	fill(tb, contactsFile, func(w *bufio.Writer) {
		fmt.Fprintln(w, "email,first_seen")
		for i := range contacts {
			fmt.Fprintf(w, "contact%07d@example.com,%s\n", i, arrival(i).Format(time.RFC3339))
		}
	})
	fill(tb, eventsFile, func(w *bufio.Writer) {
		for i := range contacts {
			for touch := 1; touch <= 51; touch++ {
				if answers(i, touch) {
					at := arrival(i).AddDate(0, 0, 7*touch+1)
					fmt.Fprintf(w, `{"id":"%d","contact":"contact%07d@example.com","event":"clicked","at":"%s","offer":"letter"}`+"\n", i, i, at.Format(time.RFC3339))
					break
				}
			}
		}
	})
	return contactsFile, eventsFile
}

func arrival(contact int) time.Time {
	return begin.Add(time.Duration(contact*7919%10080) * time.Minute)
}

func fill(tb testing.TB, name string, lines func(*bufio.Writer)) {
	tb.Helper()
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	lines(w)
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// job is a run in a process of its own, whose memory is its own too.
type job struct {
	Store            string
	Contacts, Events []string
	From, To         *int64
}

// did is what a job came to.
type did struct {
	Contacts, Stepped, Decisions int64
	Took                         time.Duration // of the run
	Memory                       int64         // bytes, at their most, of the process
}

const jobVariable = "NURTURE_BENCH_JOB"

func TestMain(m *testing.M) {
	if text := os.Getenv(jobVariable); text != "" {
		var j job
		if err := json.Unmarshal([]byte(text), &j); err != nil {
			panic(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(j.do()); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func (j *job) do() *did {
	loaded, err := lang.Load(fstest.MapFS{"weekly.nurture": {Data: []byte(weekly)}, "letter.md": {Data: []byte(letter)}})
	if err != nil {
		panic(err)
	}
	began := time.Now()
	s, err := nurture.Run(context.Background(), nurture.Options{
		Program: compile.Compile(loaded.Playbook), Sources: loaded.Sources, Store: j.Store,
		Contacts: j.Contacts, Events: j.Events, From: j.From, To: j.To,
	})
	if err != nil {
		panic(err)
	}
	return &did{Contacts: s.Contacts, Stepped: s.Stepped, Decisions: s.Decisions, Took: time.Since(began)}
}

func (j *job) run(b *testing.B) *did {
	b.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		b.Fatal(err)
	}
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), jobVariable+"="+string(text))
	process.Stderr = os.Stderr
	out, err := process.Output()
	if err != nil {
		b.Fatal(err)
	}
	d := new(did)
	if err := json.Unmarshal(out, d); err != nil {
		b.Fatal(err)
	}
	usage, ok := process.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		b.Fatal("this system does not say how much memory a process used")
	}
	if d.Memory = usage.Maxrss; runtime.GOOS == "linux" {
		d.Memory <<= 10 // kilobytes there
	}
	return d
}

func unix(t time.Time) *int64 {
	at := t.Unix()
	return &at
}
