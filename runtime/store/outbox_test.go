package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nurture/runtime/store"
)

// What one commit queues stands in one row a channel, and still each message is delivered, fails, or is in doubt for
// itself, wherever a part of what waits ends.
func TestMessagesOfOneCommit(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a", "b")
	const each = 7
	stepped := map[int64]*store.Stepped{}
	for _, id := range ids {
		x := &store.Stepped{}
		for n := range uint32(each) {
			channel := s.Intern([]string{"email", "crm"}[n%3/2]) // every third
			x.Journal = append(x.Journal, store.JournalRow{Seq: n + 1, At: 100 + int64(n), Decision: s.Decision(store.Decision{Kind: s.Intern("sent")})})
			x.Outbox = append(x.Outbox, store.OutboxRow{
				Message: s.Message(store.Message{Kind: s.Intern("mail"), Name: s.Intern("o"), Channel: channel}), Channel: channel, Seq: n + 1,
				Body: []byte(fmt.Sprintf(`{"n":%d}`, n/2)),
			})
		}
		stepped[id] = x
	}
	if err := s.Write(nil, batch(t, s, stepped)); err != nil {
		t.Fatal(err)
	}
	waits := func(email, crm int64) {
		t.Helper()
		got, err := s.Undelivered()
		if err != nil || got["email"] != email || got["crm"] != crm {
			t.Fatalf("%v wait, %v", got, err)
		}
	}
	waits(10, 4)

	// The last of each part fails; nothing comes twice, and nothing is left out.
	var came []string
	var last *store.Outgoing
	for {
		part, err := s.Waiting("email", last, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 || len(came) > 10 {
			break
		}
		for i := range part {
			o := &part[i]
			came = append(came, fmt.Sprint(o.Contact, o.Seq, "@", o.At, string(o.Body)))
			if o.State = store.Done; i == len(part)-1 {
				o.State, o.Error = store.Pending, `not "now"`
			}
		}
		if _, err := s.Waiting("email", &part[len(part)-1], 3); len(came) == 3 && (err == nil || !strings.Contains(err.Error(), "nobody has said what became of")) {
			t.Errorf("the next, before it is known what became of these: %v", err)
		}
		if err := s.Mark(part); err != nil {
			t.Fatal(err)
		}
		last = &part[len(part)-1]
	}
	var want []string
	for _, id := range slices.Sorted(slices.Values(ids)) {
		contact := map[int64]string{ids[0]: "a", ids[1]: "b"}[id]
		for _, n := range []int{0, 1, 3, 4, 6} {
			want = append(want, fmt.Sprint(contact, n+1, "@", 100+n, fmt.Sprintf(`{"n":%d}`, n/2)))
		}
	}
	if !slices.Equal(came, want) {
		t.Errorf("came\n%q\nwant\n%q", came, want)
	}
	waits(4, 4)

	// A run dies over two of those that failed.
	again, err := s.Waiting("email", nil, 2)
	if err != nil || len(again) != 2 || again[0].Error != `not "now"` {
		t.Fatalf("again: %+v, %v", again, err)
	}
	again[0].State, again[1].State = store.Attempting, store.Attempting
	if err := s.Mark(again); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Recover("email", false); n != 2 || err != nil {
		t.Errorf("%d are in doubt, %v", n, err)
	}
	waits(2, 4)
	if left, err := s.Waiting("email", nil, 9); err != nil || len(left) != 2 || left[0].State != store.Pending {
		t.Errorf("left are %+v, %v", left, err)
	}
	states := map[string]int{}
	if err := s.Outbox(func(o *store.Outgoing) error {
		states[o.Channel+" "+o.State.String()]++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(states); got != "map[crm pending:4 email done:6 email pending:2 email unknown:2]" {
		t.Errorf("states are %s", got)
	}

	crm, err := s.Waiting("crm", nil, 9)
	if err != nil || len(crm) != 4 || !strings.HasPrefix(crm[0].Key(), crm[0].Contact+"//0/mail/o/3") {
		t.Fatalf("crm: %+v, %v", crm, err)
	}
	for i := range crm {
		crm[i].State = store.Done
	}
	if err := s.Mark(crm); err != nil {
		t.Fatal(err)
	}
	waits(2, 0)
	if rows := ask(t, s.Path(), "SELECT states FROM outbox ORDER BY 1"); len(rows) == 0 || slices.ContainsFunc(rows, func(r string) bool { return !strings.ContainsAny(r, "pu") }) {
		t.Errorf("the outbox keeps %q", rows)
	}
}
