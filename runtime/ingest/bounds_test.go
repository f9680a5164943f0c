package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// open begins an intake that is not ended: as a process that dies leaves it.
func (h *house) open(o ingest.Options) (*store.Store, *ingest.Intake) {
	h.Helper()
	s, err := store.Open(h.path("nurture.db"), "test")
	if err != nil {
		h.Fatal(err)
	}
	o.Clock = h.clock
	in, err := ingest.New(s, h.program, o)
	if err != nil {
		s.Close()
		h.Fatal(err)
	}
	return s, in
}

// repeated is a text over and over, n bytes in all, without being in memory.
type repeated struct {
	text string
	n    int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.n > 0 {
		k := min(copy(p[n:], r.text), r.n)
		n, r.n = n+k, r.n-k
	}
	return n, nil
}

func TestLongLinesTakeNoMemory(t *testing.T) {
	const size = 100 << 20
	for name, c := range map[string]struct{ before, line string }{
		"JSON": {`{"contact":"ann@example.com","event":"visited","at":"2026-03-02","page":"`, "x"},
		"text": {"", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			s, in := h.open(ingest.Options{Stdin: io.MultiReader(strings.NewReader(c.before), &repeated{c.line, size},
				strings.NewReader("\n"+`{"contact":"new@example.com","event":"submitted","at":"2026-03-02"}`))})
			defer s.Close()
			defer in.Close()
			grown(t, 16<<20, func() {
				if err := errors.Join(in.Events(t.Context(), "-"), in.Settle(t.Context())); err != nil {
					t.Fatal(err)
				}
			})
			if sum := in.Summary(); sum.Events != 1 || sum.Rejected != 1 {
				t.Errorf("%+v", sum)
			}
		})
	}
	for name, text := range map[string]string{
		"cell":       "x",
		"open quote": strings.Repeat("x", 99) + "\n", // the first line opens a quote that is never closed
		"quotes":     `"`,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			n, most := size, uint64(32<<20)
			if name == "open quote" { // each of its lines is rejected
				n, most = 3<<20, 128<<20
			}
			s, in := h.open(ingest.Options{Stdin: io.MultiReader(strings.NewReader("email,first_name\nann@example.com,\""), &repeated{text, n},
				strings.NewReader("\nbob@example.com,Bob\n"))})
			defer s.Close()
			defer in.Close()
			grown(t, most, func() {
				if err := in.Contacts(t.Context(), "-"); err != nil {
					t.Fatal(err)
				}
			})
			if sum := in.Summary(); sum.New != 1 || sum.Rejected < 1 {
				t.Errorf("%+v", sum)
			}
		})
	}
}

// grown checks that f allocates little.
func grown(t *testing.T, most uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > most {
		t.Errorf("%d bytes were allocated", grown)
	}
}

// A process that dies after it has committed a slice and before all of its rejects are in their file leaves nothing out,
// and nothing is there twice.
func TestRejectsAreWrittenOnce(t *testing.T) {
	var lines strings.Builder
	for i := range 12_000 { // several slices
		fmt.Fprintf(&lines, "no json %d\n", i)
	}
	for _, left := range []string{"nothing", "half a line", "all", "no file"} {
		t.Run(left, func(t *testing.T) {
			h := newHouse(t, playbook)
			events := h.file("e.jsonl", lines.String())
			s, in := h.open(ingest.Options{Slice: 5_000})
			ctx, die := context.WithCancel(t.Context())
			die()
			if err := in.Events(ctx, events); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if err := in.Events(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil { // the intake is not closed
				t.Fatal(err)
			}
			text, err := os.ReadFile(h.path("rejects.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			last := strings.Index(string(text), `"line":10001,`)
			last = strings.LastIndex(string(text[:last]), "\n") + 1 // where the last slice begins
			switch left {
			case "nothing":
				text = text[:last]
			case "half a line":
				text = text[:last+333]
			}
			h.file("rejects.jsonl", string(text))
			if left == "no file" {
				os.Remove(h.path("rejects.jsonl"))
			}
			if sum, err := h.take(nil, []string{events}); err != nil || sum.Rejected != 12_000 {
				t.Errorf("%+v, %v", sum, err)
			}
			got := h.rejects()
			first := 1
			if left == "no file" { // what somebody has removed is not written again, but for the slice in doubt
				first = 10_001
			}
			for i, r := range got {
				if r.Line != first+i {
					t.Fatalf("row %d is line %d", i, r.Line)
				}
			}
			if len(got) != 12_001-first {
				t.Errorf("%d lines, the last is %+v", len(got), got[len(got)-1])
			}
		})
	}
}

func TestRejectsThatCannotBeWritten(t *testing.T) {
	h := newHouse(t, playbook)
	if err := os.Mkdir(h.path("rejects.jsonl"), 0o755); err != nil {
		t.Fatal(err)
	}
	events := h.file("e.jsonl", "no json\n")
	if _, err := h.take(nil, []string{events}); err == nil || !strings.Contains(err.Error(), "rejects.jsonl") {
		t.Fatal(err)
	}
	if err := os.Remove(h.path("rejects.jsonl")); err != nil {
		t.Fatal(err)
	}
	h.mustTake(nil, []string{events})
	if got := h.rejects(); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// An intake that dies between two slices is run again, and comes to what it would have come to.
func TestAnIntakeThatDies(t *testing.T) {
	var contacts, events strings.Builder
	contacts.WriteString("email,first_name\n")
	for i := range 11_000 {
		fmt.Fprintf(&contacts, "c%d@example.com,%d\n", i%10_500, i) // the last lines say a key for the second time
		fmt.Fprintf(&events, `{"contact":"c%d@example.com","event":"%s","at":"2026-03-02"}`+"\n", i*2, []string{"visited", "submitted"}[i/10_999])
	}
	h := newHouse(t, playbook)
	c, e := []string{h.file("c.csv", contacts.String())}, []string{h.file("e.jsonl", events.String())}
	h.mustTake(c, e)
	want := h.result()
	for _, slices := range []int{1, 2, 4} {
		other := h.another(t)
		ctx, die := context.WithCancel(t.Context())
		s, in := other.open(ingest.Options{Slice: 5_000, Progress: func(ingest.Progress) {
			if slices--; slices == 0 {
				die()
			}
		}})
		err := in.Contacts(ctx, c[0])
		if err == nil {
			err = in.Events(ctx, e[0])
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		s.Close()
		if left, _ := filepath.Glob(other.path(".nurture-intake-*")); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
		other.mustTake(c, e)
		if got := other.result(); got != want {
			t.Errorf("the result differs: %d bytes, want %d", len(got), len(want))
		}
	}
}

func TestAReaderThatFails(t *testing.T) {
	h := newHouse(t, playbook)
	s, in := h.open(ingest.Options{Stdin: io.MultiReader(strings.NewReader("email,first_name\nann@example.com,Ann\nbob@example.com,\"Bo"), failing{})})
	defer s.Close()
	err := in.Contacts(t.Context(), "-")
	if err == nil || !strings.Contains(err.Error(), "read stdin: the wire is cut; the lines before were taken") {
		t.Error(err)
	}
	if sum := in.Summary(); sum.New != 1 || sum.Rejected != 0 {
		t.Errorf("%+v", sum)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the wire is cut") }
