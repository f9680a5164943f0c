package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nurture/runtime"
	"nurture/runtime/store"
)

const (
	begin  = "2026-03-02T00:00:00Z"
	finish = "2026-05-20T00:00:00Z"
)

// undisturbed is a crowd's run in one piece.
func undisturbed(t *testing.T, people int) (h *house, journal, outbox string) {
	h = newHouse(t, playbook)
	h.crowd(people)
	h.replay(begin, finish)
	journal, outbox = h.journal(), h.outbox()
	for _, kind := range []string{"entered", "moved", "sent", "held", "refused", "exhausted", "handed", "overdue", "withdrawn", "task", "tagged", "stopped", "goal"} {
		if !strings.Contains(journal, " "+kind+" ") {
			t.Fatalf("the crowd is not lively enough: nothing is %s in %d rows", kind, strings.Count(journal, "\n"))
		}
	}
	return h, journal, outbox
}

func same(t interface{ Errorf(string, ...any) }, what, got, want string) {
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			line := "(nothing)"
			if i < len(g) {
				line = g[i]
			}
			t.Errorf("%s differs, first in line %d of %d:\n got %s\nwant %s", what, i+1, len(w), line, w[i])
			return
		}
	}
	t.Errorf("%s goes on after line %d: %s", what, len(w), g[len(w)])
}

func TestWorkersAndCutsDoNotMatter(t *testing.T) {
	h, journal, outbox := undisturbed(t, 34)
	contacts, events := h.Contacts[0], h.Events[0]
	from, to := *instant(t, begin), *instant(t, finish)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		h.in(dir)
		h.Workers = rapid.SampledFrom([]int{1, 2, 8}).Draw(rt, "workers")
		h.Batch = rapid.SampledFrom([]int{1, 7, 1000}).Draw(rt, "batch")
		h.Contacts = []string{shuffled(rt, h, contacts, 1)}
		h.Events = []string{shuffled(rt, h, events, 0)}
		for _, cut := range rapid.SliceOfN(rapid.Int64Range(from, to), 0, 4).Draw(rt, "cuts") {
			h.replay(begin, stamp(cut)) // in any order: a cut behind the clock does nothing
		}
		h.replay(begin, finish)
		same(rt, "the journal", h.journal(), journal)
		same(rt, "the outbox", h.outbox(), outbox)
	})
}

// shuffled writes a file with its lines in another order. Nobody of the crowd does two things at one instant, so the
// order makes no difference.
func shuffled(rt *rapid.T, h *house, file string, header int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		rt.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	order := rapid.Permutation(lines[header:]).Draw(rt, filepath.Base(file))
	return h.file(filepath.Base(file), append(lines[:header:header], order...))
}

// What a process that dies leaves behind is what is in its files. This test keeps the files after every commit of a run
// and goes on from each of them.
func TestDeadAfterAnyCommit(t *testing.T) {
	h, journal, outbox := undisturbed(t, 40)
	h.in(t.TempDir())
	h.Batch, h.Workers = 3, 1
	var left []string
	keep := func() {
		dir := filepath.Join(t.TempDir(), "left")
		if err := os.CopyFS(dir, os.DirFS(h.dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		left = append(left, dir)
	}
	h.Progress = func(runtime.Progress) { keep() }
	h.replay(begin, finish)
	h.Progress = nil
	if len(left) < 5 {
		t.Fatalf("there were only %d commits", len(left))
	}
	for i, dir := range left {
		h.in(dir)
		h.replay(begin, finish)
		same(t, fmt.Sprintf("the journal after commit %d", i+1), h.journal(), journal)
		same(t, fmt.Sprintf("the outbox after commit %d", i+1), h.outbox(), outbox)
	}
}

func TestInterrupted(t *testing.T) {
	h, journal, outbox := undisturbed(t, 40)
	h.in(t.TempDir())
	h.Batch = 3
	runs := 0
	for {
		ctx, stop := context.WithCancel(context.Background())
		commits := 0
		h.Progress = func(runtime.Progress) {
			if commits++; commits == 2 {
				stop()
			}
		}
		_, err := h.tryReplay(ctx, begin, finish)
		stop()
		if err == nil {
			break
		}
		if !errors.Is(err, runtime.ErrInterrupted) {
			t.Fatal(err)
		}
		if runs++; runs > 100 {
			t.Fatal("a run that is interrupted again and again comes to no end")
		}
	}
	if runs == 0 {
		t.Error("no run was interrupted")
	}
	same(t, "the journal", h.journal(), journal)
	same(t, "the outbox", h.outbox(), outbox)
}

func TestSameInputsAgainChangeNothing(t *testing.T) {
	h, journal, outbox := undisturbed(t, 40)
	summary := h.replay("", finish)
	if summary.Stepped != 0 || summary.Decisions != 0 {
		t.Errorf("%d contacts were stepped, %d decisions made", summary.Stepped, summary.Decisions)
	}
	same(t, "the journal", h.journal(), journal)
	same(t, "the outbox", h.outbox(), outbox)
}

func TestManyEventsOfOneContact(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,it,yes")
	at := *instant(t, "2026-03-03T10:00:00Z")
	var events []string
	for i := range 45_000 {
		events = append(events, event(fmt.Sprint(i), "ann@example.com", stamp(at+int64(i/3)), "visited", `,"page":"/blog"`))
	}
	h.events(append(events, event("last", "ann@example.com", "2026-03-04T10:00:00Z", "visited", `,"page":"/pricing"`))...)
	h.replay(begin, "2026-03-05T00:00:00Z")
	if want := "2026-03-04T10:00:00Z ann@example.com 4 moved main first_steps.learn with_sales.warm p.nurture:48\n"; !strings.Contains(h.journal(), want) {
		t.Errorf("got\n%s", h.journal())
	}
}

func TestSecondRunIsRefused(t *testing.T) {
	h := newHouse(t, playbook)
	h.crowd(3)
	refused := false
	h.Progress = func(runtime.Progress) {
		other := h.Options
		other.Progress = nil
		_, err := runtime.Run(context.Background(), other)
		var locked *store.LockedError
		if refused = errors.As(err, &locked); !refused {
			t.Errorf("the second run says %v", err)
			return
		}
		for _, want := range []string{"another run has the store " + h.Store + " open", "`nurturec run test`", fmt.Sprint(os.Getpid())} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	}
	h.replay(begin, finish)
	if !refused {
		t.Error("there was no second run")
	}
	h.Progress = nil
	h.replay("", finish) // and now it is free
}

func TestSpans(t *testing.T) {
	for _, test := range []struct {
		name, from, to string
		err, note      string
	}{
		{"a new store without --from", "", finish, "is new: --from says from when on the replay goes", ""},
		{"the wrong way round", finish, begin, "--from 2026-05-20T00:00:00Z is after --to 2026-03-02T00:00:00Z", ""},
		{"as it should be", begin, finish, "", ""},
	} {
		h := newHouse(t, playbook)
		h.crowd(2)
		_, err := h.tryReplay(context.Background(), test.from, test.to)
		if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.err)
		}
	}
	h := newHouse(t, playbook)
	h.crowd(2)
	h.replay(begin, "2026-04-01T00:00:00Z")
	summary := h.replay("2026-03-10T00:00:00Z", finish)
	if want := "the store stands at 2026-04-01T00:00:00Z, and the run went on from there, not from 2026-03-10T00:00:00Z"; len(summary.Notes) != 1 || summary.Notes[0] != want {
		t.Errorf("got notes %q, want %q", summary.Notes, want)
	}
	summary = h.replay("", begin)
	if want := "the store stands at 2026-05-20T00:00:00Z already: before 2026-03-02T00:00:00Z nothing was left to do"; len(summary.Notes) != 1 || summary.Notes[0] != want {
		t.Errorf("got notes %q, want %q", summary.Notes, want)
	}
	o := h.Options
	o.Now = func() int64 { return *instant(t, "2026-04-01T00:00:00Z") }
	if _, err := runtime.Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "stands at 2026-05-20T00:00:00Z, which is still to come") {
		t.Errorf("a live run before the store's clock says %v", err)
	}
}

func TestLive(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-01T10:00:00Z,it,yes", "bob@example.com,2026-03-20T10:00:00Z,it,yes")
	h.events(
		event("1", "ann@example.com", "2026-03-02T09:30:00Z", "clicked", `,"offer":"a1"`), // waits
		event("2", "ann@example.com", "2026-03-02T09:00:05Z", "opened", `,"offer":"a1"`),
	)
	h.live("2026-03-02T09:00:00Z") // enters, and is sent something at once
	h.live("2026-03-02T12:00:00Z") // both events at this instant, neither is late
	h.events(event("3", "ann@example.com", "2026-03-02T11:00:00Z", "visited", `,"page":"/pricing"`))
	h.live("2026-03-06T09:00:00Z") // the event is late; sales should have answered on the 4th, and is overdue now
	h.live("2026-03-06T09:00:00Z") // nothing more
	h.live("2026-03-25T09:00:00Z") // bob has arrived, and ann's next message is late
	same(t, "the journal", h.journal(), `2026-03-02T09:00:00Z ann@example.com 1 entered main first_steps.learn p.nurture:41
2026-03-02T09:00:00Z ann@example.com 2 task main first_steps.learn owner p.nurture:46 Have a look
2026-03-02T09:00:00Z ann@example.com 3 sent main first_steps.learn a1 p.nurture:45
2026-03-02T12:00:00Z ann@example.com 4 moved main first_steps.learn with_sales.warm p.nurture:47
2026-03-02T12:00:00Z ann@example.com 5 handed main with_sales.warm sales p.nurture:57
2026-03-06T09:00:00Z ann@example.com 6 late visited of 2026-03-02T11:00:00Z
2026-03-06T09:00:00Z ann@example.com 7 overdue main with_sales.warm p.nurture:57 sales
2026-03-06T09:00:00Z ann@example.com 8 withdrawn main with_sales.warm sales p.nurture:60
2026-03-06T09:00:00Z ann@example.com 9 moved main with_sales.warm first_steps.learn p.nurture:60
2026-03-06T09:00:00Z ann@example.com 10 sent main first_steps.learn a2 p.nurture:45
2026-03-25T09:00:00Z ann@example.com 11 sent main first_steps.learn b1 p.nurture:45
2026-03-25T09:00:00Z bob@example.com 1 entered main first_steps.learn p.nurture:41
2026-03-25T09:00:00Z bob@example.com 2 task main first_steps.learn owner p.nurture:46 Have a look
2026-03-25T09:00:00Z bob@example.com 3 sent main first_steps.learn a1 p.nurture:45
`)
}

func TestEvery(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-01T10:00:00Z,it,yes")
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	o := h.Options
	o.Every = time.Millisecond
	passes := 0
	now := *instant(t, "2026-03-02T09:00:00Z")
	o.Now = func() int64 {
		if passes++; passes == 4 {
			stop()
		}
		now += 7 * 86400
		return now
	}
	if _, err := runtime.Run(ctx, o); err != nil && !errors.Is(err, runtime.ErrInterrupted) {
		t.Fatal(err)
	}
	if got := strings.Count(h.journal(), " sent "); got != 3 {
		t.Errorf("%d messages in three passes of a week each:\n%s", got, h.journal())
	}
}

func TestSummary(t *testing.T) {
	h := newHouse(t, playbook)
	h.crowd(90)
	h.replay(begin, "2026-04-01T00:00:00Z")
	s := h.replay("", finish)
	journal := h.journal()
	for _, kind := range []string{"sent", "held", "refused", "handed", "withdrawn", "overdue", "moved", "goal", "task"} {
		if got, want := s.All.Total(kind), int64(strings.Count(journal, " "+kind+" ")); got != want {
			t.Errorf("%s: %d counted, %d in the journal", kind, got, want)
		}
	}
	if s.Run.Total("sent") == 0 || s.Run.Total("sent") >= s.All.Total("sent") {
		t.Errorf("the second run sent %d of %d", s.Run.Total("sent"), s.All.Total("sent"))
	}
	if s.Contacts != 90 || len(s.Stages) != 3 {
		t.Fatalf("%d contacts, stages %v", s.Contacts, s.Stages)
	}
	if in := s.Stages[0].N + s.Stages[1].N + s.Stages[2].N; in+s.Nowhere != 90 {
		t.Errorf("%v and %d in no program make no 90", s.Stages, s.Nowhere)
	}
	stays := int64(strings.Count(journal, " entered ") + strings.Count(journal, ".warm first_steps.learn p.") + strings.Count(journal, ".rest first_steps.learn p."))
	if g := s.Goals[0]; g.Program != "first_steps" || !strings.HasPrefix(g.Name, "sales.accepted within ") || g.Target != 0.1 || g.Stays != stays || g.Reached != s.All.Total("goal") {
		t.Errorf("goal: %+v, and %d stays in the journal", g, stays)
	}
	if got := s.All.By("outcome"); len(got) != 2 || got[0].N+got[1].N != 23 {
		t.Errorf("outcomes: %v", got)
	}
}
