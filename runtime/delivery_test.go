package runtime_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"nurture/runtime"
	"nurture/runtime/deliver"
)

// post is a channel that keeps what it is given.
type post struct {
	once   bool // calling it twice is not safe
	refuse func(deliver.Message) error
	during func()

	mu   sync.Mutex
	sent []deliver.Message
}

func (p *post) Send(_ context.Context, m deliver.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.during != nil {
		p.during()
	}
	if p.refuse != nil {
		if err := p.refuse(m); err != nil {
			return err
		}
	}
	p.sent = append(p.sent, m)
	return nil
}

func (p *post) Idempotent() bool { return !p.once }
func (p *post) Close() error     { return nil }

func (p *post) keys() []string {
	var keys []string
	for _, m := range p.sent {
		keys = append(keys, m.Key)
	}
	slices.Sort(keys)
	return keys
}

func account(t *testing.T, s *runtime.Summary, channel string) runtime.Delivery {
	t.Helper()
	for _, d := range s.Delivery {
		if d.Channel == channel {
			return d
		}
	}
	t.Fatalf("there is no account of %s in %+v", channel, s.Delivery)
	return runtime.Delivery{}
}

func TestWhatGoesOut(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,,yes")
	h.events(event("1", "ann@example.com", "2026-03-03T10:00:00Z", "clicked", `,"offer":"a1"`))
	p := &post{}
	h.Sender = p
	h.replay(begin, "2026-03-04T00:00:00Z")
	slices.SortStableFunc(p.sent, func(a, b deliver.Message) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	var kinds []deliver.Kind
	for _, m := range p.sent {
		kinds = append(kinds, m.Kind)
	}
	if want := []deliver.Kind{deliver.Handoff, deliver.Mail, deliver.Task}; !slices.Equal(kinds, want) {
		t.Fatalf("got %v, want %v", kinds, want)
	}
	hand, mail, task := p.sent[0], p.sent[1], p.sent[2]
	if hand.Channel != "crm" || hand.To != "sales" || hand.Title != "Sales" || hand.Program != "with_sales" || hand.Stage != "warm" {
		t.Errorf("the hand-off: %+v", hand)
	}
	// `accept within 2d`: from Tuesday to Thursday.
	if got := hand.Due.UTC().Format("2006-01-02 15:04"); got != "2026-03-05 10:00" {
		t.Errorf("the hand-off is due %s", got)
	}
	if want := "Look at ann@example.com:\n\n- 2026-03-02 11:00 entered (first_steps.learn)\n- 2026-03-02 11:00 task to owner (first_steps.learn): Have a look\n- 2026-03-02 11:00 sent a1 (first_steps.learn): asks role\n- 2026-03-03 11:00 moved to with_sales.warm (first_steps.learn)\n- 2026-03-03 11:00 handed to sales (with_sales.warm)"; strings.TrimSpace(hand.Content.Text) != want {
		t.Errorf("the brief:\n%s\nwant\n%s", hand.Content.Text, want)
	}
	if mail.Channel != "email" || mail.To != "ann@example.com" || mail.Offer != "a1" || mail.Content.Subject != "Hello ann@example.com" {
		t.Errorf("the mail: %+v", mail)
	}
	if want := "You work in something.\n\n- What do you do?"; strings.TrimSpace(mail.Content.Text) != want {
		t.Errorf("the mail says %q, want %q", mail.Content.Text, want)
	}
	if task.Channel != "task" || task.To != "owner" || task.Title != "Have a look" || task.Due.IsZero() {
		t.Errorf("the task: %+v", task)
	}
}

// What a message says is what was known when it was decided, whenever it is delivered.
func TestMessageIsOfItsTime(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,dev,yes")
	h.Sender = nil
	h.replay(begin, "2026-03-03T00:00:00Z")
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,it,yes")
	p := &post{}
	h.Senders = map[string]deliver.Sender{"email": p}
	h.replay("", "2026-03-04T00:00:00Z")
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Content.Text, "You work in dev.") {
		t.Errorf("got %+v", p.sent)
	}
}

func TestWithoutSenderMessagesWait(t *testing.T) {
	h := newHouse(t, playbook)
	h.crowd(10)
	h.Sender = nil
	p := &post{}
	h.Senders = map[string]deliver.Sender{"crm": p}
	s := h.replay(begin, finish)
	if d := account(t, s, "email"); d.Sent != 0 || d.Waiting == 0 || d.Failed != 0 {
		t.Errorf("email: %+v", d)
	}
	if d := account(t, s, "crm"); d.Sent != int64(len(p.sent)) || d.Sent == 0 || d.Waiting != 0 {
		t.Errorf("crm: %+v", d)
	}
}

func TestFailedMessageIsSentByTheNextRun(t *testing.T) {
	h := newHouse(t, playbook)
	h.crowd(10)
	p := &post{refuse: func(m deliver.Message) error {
		if m.Kind == deliver.Mail && m.Contact == "p001@example.com" {
			return errors.New("the mailbox is full")
		}
		return nil
	}}
	h.Sender = p
	s := h.replay(begin, finish)
	d := account(t, s, "email")
	if d.Failed == 0 || d.Waiting != d.Failed || !strings.HasSuffix(d.Error, " to p001@example.com: the mailbox is full") {
		t.Errorf("got %+v", d)
	}
	p.refuse = nil
	if again := account(t, h.replay("", finish), "email"); again.Sent != d.Failed || again.Waiting != 0 || again.Failed != 0 {
		t.Errorf("the next run: %+v, %d had failed", again, d.Failed)
	}
	if keys := p.keys(); len(slices.Compact(slices.Clone(keys))) != len(keys) {
		t.Error("a message was sent twice")
	}
}

func TestUnreachableChannelIsLeftAlone(t *testing.T) {
	h := newHouse(t, playbook)
	h.crowd(30)
	calls := 0
	h.Sender = &post{once: true, refuse: func(deliver.Message) error { calls++; return errors.New("connection refused") }}
	s := h.replay(begin, finish)
	if calls > 3*h.Workers {
		t.Errorf("three channels that take nothing were called %d times", calls)
	}
	if d := account(t, s, "email"); d.Waiting < 50 || d.Sent != 0 {
		t.Errorf("got %+v", d)
	}
}

// died is what is left of a run that dies while it calls a channel.
func died(t *testing.T, once bool) (h *house, before *post) {
	h = newHouse(t, playbook)
	h.crowd(10)
	left := filepath.Join(t.TempDir(), "left")
	before = &post{once: once}
	before.during = func() {
		if len(before.sent) == 5 {
			if err := os.CopyFS(left, os.DirFS(h.dir)); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.Sender, h.Workers = before, 1
	h.replay(begin, finish)
	before.sent = before.sent[:5] // what had gone out by then
	h.in(left)
	return h, before
}

func TestDeadWhileSending(t *testing.T) {
	h, before := died(t, true)
	after := &post{once: true}
	h.Sender = after
	s := h.replay("", finish)
	var unknown, sent int64
	for _, d := range s.Delivery {
		unknown, sent = unknown+d.Unknown, sent+d.Sent
	}
	if unknown != 1 || sent != int64(len(after.sent)) {
		t.Errorf("%d unknown, %d sent, %d by the channel's account", unknown, sent, len(after.sent))
	}
	for _, key := range before.keys() {
		if slices.Contains(after.keys(), key) {
			t.Errorf("%s was sent twice", key)
		}
	}
	if got := strings.Count(h.outbox(), " unknown "); got != 1 {
		t.Errorf("%d rows are unknown", got)
	}

	// Where it is safe to call twice, everything goes out.
	h, before = died(t, false)
	after = &post{}
	h.Sender = after
	h.replay("", finish)
	keys := slices.Compact(slices.Sorted(slices.Values(append(before.keys(), after.keys()...))))
	if got := strings.Count(h.outbox(), " done "); got != len(keys) {
		t.Errorf("%d messages went out, %d rows are done", len(keys), got)
	}
	if strings.Contains(h.outbox(), " pending ") || strings.Contains(h.outbox(), " unknown ") {
		t.Error("not all is done")
	}
}
