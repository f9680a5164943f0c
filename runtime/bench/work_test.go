// Package bench measures whole runs: how their time and memory grow with the contacts, how fast a replay decides, and
// how long a person waits for the command line.
//
//	go test ./runtime/bench -run '^$' -bench . -benchtime 1x -timeout 1h
//	go test ./runtime/bench -run '^$' -bench /100000 -benchtime 1x       # without the million
package bench

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	nurture "nurture/runtime"
	"nurture/runtime/engine"
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
	Playbook         string // its text; "": the weekly one
	Store            string
	Contacts, Events []string
	From, To         *int64
	Tick             *tick // instead of From and To: live
}

// did is what a job came to.
type did struct {
	Contacts, Stepped, Decisions int64         // decisions: rows of the journal
	Events                       int64         // taken in
	Work                         int           // touches and transitions
	Took                         time.Duration // of the run
	Memory                       int64         // bytes, at their most, of the process
	Bytes                        int64         // that the store grew by
	Ticks                        []time.Duration
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
	playbook := cmp.Or(j.Playbook, weekly)
	loaded, err := lang.Load(fstest.MapFS{"weekly.nurture": {Data: []byte(playbook)}, "letter.md": {Data: []byte(letter)}})
	if err == nil && loaded.Failed() {
		err = errors.New(loaded.Diagnostics[0].Message)
	}
	if err != nil {
		panic(err)
	}
	if j.Tick != nil {
		s, ticks, err := j.Tick.live(compile.Compile(loaded.Playbook), loaded.Sources, j.Store)
		if err != nil {
			panic(err)
		}
		d := &did{Contacts: s.Contacts, Stepped: s.Stepped, Decisions: s.Decisions, Ticks: ticks}
		for _, took := range ticks {
			d.Took += took
		}
		return d
	}
	began := time.Now()
	s, err := nurture.Run(context.Background(), nurture.Options{
		Program: compile.Compile(loaded.Playbook), Sources: loaded.Sources, Store: j.Store,
		Contacts: j.Contacts, Events: j.Events, From: j.From, To: j.To,
	})
	if err != nil {
		panic(err)
	}
	took := time.Since(began)
	memory, err := mostMemory()
	if err != nil {
		panic(err)
	}
	work := s.Run.Total(engine.Sent.String()) + s.Run.Total(engine.Moved.String())
	return &did{Contacts: s.Contacts, Events: s.Intake.Events, Stepped: s.Stepped, Decisions: s.Decisions, Work: int(work), Took: took, Memory: memory}
}

// mostMemory is the most that this process used. Where the system says it for the process alone that is taken: what it
// says of a child begins with what its parent used.
func mostMemory() (int64, error) {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				kB, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 10, 64)
				return kB << 10, err
			}
		}
	}
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	if runtime.GOOS == "linux" {
		usage.Maxrss <<= 10 // kilobytes there
	}
	return usage.Maxrss, err
}

func (j *job) run(b testing.TB) *did {
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
	return d
}

func unix(t time.Time) *int64 {
	at := t.Unix()
	return &at
}
