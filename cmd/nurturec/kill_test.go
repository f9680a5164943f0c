package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A run that is killed, whenever that is, is simply run again: it comes to what an undisturbed one comes to, nothing is
// lost and nothing happens twice.
func TestKill(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	s := newQuickShop(t, 120)
	journal, outbox := s.undisturbed()
	whole := s.lasts() // the least that was seen: where the machine was busy, and is no more, kills would come too late
	phases := map[string]int{}
	var mu sync.Mutex
	t.Run("at", func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range kills {
			// Spread evenly over the time that a run takes, and drawn within each part of it.
			part := (float64(i) + random.Float64()) / float64(kills)
			t.Run(fmt.Sprintf("%.1f%%", 100*part), func(t *testing.T) {
				t.Parallel()
				s := &shop{t, s.dir}
				folder := fmt.Sprint("killed/", i)
				mu.Lock()
				after := time.Duration(part * float64(whole))
				mu.Unlock()
				phase := "after its end"
				died, took := s.killed(folder, after)
				if died {
					phase = s.stands(folder)
				}
				mu.Lock()
				phases[phase]++
				if !died {
					whole = min(whole, took)
				}
				mu.Unlock()
				s.says(0, s.inputs(folder)...)
				if s.same(folder, fmt.Sprint("killed after ", after, ", ", phase), journal, outbox) {
					s.remove(folder)
				}
			})
		}
	})
	t.Logf("of %d kills: %v", kills, phases)
	if phases["after its end"] > kills/2 {
		t.Errorf("most kills came too late: %v", phases)
	}
}

// lasts is how long a run takes in a process of its own, with as many others beside it as the tests have.
func (s *shop) lasts() time.Duration {
	s.Helper()
	var beside sync.WaitGroup
	begun := time.Now()
	for i := range runtime.GOMAXPROCS(0) {
		beside.Go(func() {
			if out, err := s.process(s.inputs(fmt.Sprint("timed", i))...).CombinedOutput(); err != nil {
				s.Errorf("%v\n%s", err, out)
			}
		})
	}
	beside.Wait()
	return time.Since(begun)
}

// killed begins a run and kills it after a while, where it has not ended before. It says how long the run was there.
func (s *shop) killed(folder string, after time.Duration) (died bool, took time.Duration) {
	s.Helper()
	run := s.process(s.inputs(folder)...)
	begun := time.Now()
	if err := run.Start(); err != nil {
		s.Fatal(err)
	}
	axe := time.AfterFunc(after, func() { run.Process.Kill() })
	defer axe.Stop()
	died = run.Wait() != nil
	return died, time.Since(begun)
}

// stands says how far a run came.
func (s *shop) stands(folder string) string {
	s.Helper()
	if _, err := os.Stat(s.store(folder)); err != nil {
		return "before it began"
	}
	code, journal := s.command("journal", "--store", s.store(folder), "--format", "jsonl")
	_, err := os.Stat(s.path(folder + "/outbox/email"))
	switch {
	case code != 0:
		return "while the store was made"
	case journal == "":
		return "while files were read or contacts stepped"
	case err != nil:
		return "before delivery"
	default:
		return "while messages were delivered"
	}
}

// slow begins a run that reads more events than there are from its standard input, and gives the run once it reads
// them.
func (s *shop) slow(folder string) (run *exec.Cmd, events io.WriteCloser, said *bytes.Buffer) {
	s.Helper()
	args := s.inputs(folder)
	for i, arg := range args {
		if arg == s.path("events.jsonl") {
			args[i] = "-"
		}
	}
	run, said = s.process(args...), new(bytes.Buffer)
	run.Stdout, run.Stderr = said, said
	events, err := run.StdinPipe()
	if err == nil {
		err = run.Start()
	}
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { run.Process.Kill() })
	// A pipe holds 64 KB: when ten times as much is written, the run is at reading it.
	line := `{"contact":"nobody@example.com","event":"opened","at":"2026-02-01"}` + "\n"
	if _, err := io.WriteString(events, strings.Repeat(line, 640<<10/len(line))); err != nil {
		s.Fatalf("%v\n%s", err, said)
	}
	return run, events, said
}

func exitCode(err error) int {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		return ended.ExitCode()
	default:
		return -1
	}
}

// Ctrl-C and SIGTERM end a run with 3 and with what to do; run again, it comes to the same.
func TestInterrupt(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			s := newShop(t, 60)
			journal, outbox := s.undisturbed()
			run, _, said := s.slow("run")
			if err := run.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := exitCode(run.Wait()); code != exitRefused {
				t.Errorf("exit %d, not %d", code, exitRefused)
			}
			if want := "nurturec: interrupted: nothing is lost, run it again to go on\n"; !strings.HasSuffix(said.String(), want) {
				t.Errorf("it does not end with %q, but says\n%s", want, said)
			}
			s.says(0, s.inputs("run")...)
			s.same("run", "after an interrupt", journal, outbox)
		})
	}
}

// The same at random moments of a run: it ends with 0 or 3, or with the signal where it had not begun to listen.
func TestInterruptAnywhere(t *testing.T) {
	interrupts := 30
	if testing.Short() {
		interrupts = 5
	}
	s := newQuickShop(t, 120)
	journal, outbox := s.undisturbed()
	whole := s.lasts()
	random := rand.New(rand.NewPCG(3, 4))
	for i := range interrupts {
		after := time.Duration((float64(i) + random.Float64()) / float64(interrupts) * float64(whole))
		folder := "interrupted/" + after.String()
		run := s.process(s.inputs(folder)...)
		var said bytes.Buffer
		run.Stderr = &said
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		soon := time.AfterFunc(after, func() { run.Process.Signal(os.Interrupt) })
		code := exitCode(run.Wait())
		soon.Stop()
		if code != exitFine && code != exitRefused && code != -1 {
			t.Errorf("interrupted after %v: exit %d\n%s", after, code, &said)
		}
		s.says(0, s.inputs(folder)...)
		s.same(folder, "interrupted after "+after.String(), journal, outbox)
	}
}

// Two runs on one store: the second is refused and hears who holds it; looking is free.
func TestTwoRuns(t *testing.T) {
	s := newShop(t, 60)
	journal, outbox := s.undisturbed()
	run, events, said := s.slow("run")
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	s.says(3, s.inputs("run")...)("nurturec: another run has the store "+s.store("run")+" open: `nurturec run "+s.path("play"), " on "+host+", since ", "; wait until it ends")
	s.says(0, "journal", "--store", s.store("run"))("no rows")
	text, err := os.ReadFile(s.path("events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := events.Write(text); err != nil {
		t.Fatal(err)
	}
	events.Close()
	if err := run.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	s.same("run", "with another run beside it", journal, outbox)
}
