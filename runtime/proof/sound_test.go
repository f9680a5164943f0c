package proof

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nurture/runtime/store"
)

// What must be so whatever the model says: recounted from what stands in the store.

// sound looks at an undisturbed play.
func (h *theatre) sound(s *state, journal map[string][]row) error {
	outbox, err := h.outbox()
	if err != nil {
		return err
	}
	out := map[string]map[int]store.Outgoing{}
	for _, o := range outbox {
		if out[o.Contact] == nil {
			out[o.Contact] = map[int]store.Outgoing{}
		}
		if _, twice := out[o.Contact][int(o.Seq)]; twice {
			return fmt.Errorf("row %d of %s's journal queued two messages", o.Seq, o.Contact)
		}
		out[o.Contact][int(o.Seq)] = o
	}
	for _, key := range sorted(journal) {
		if err := h.soundRows(key, journal[key], out[key]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return h.nothingLost(s)
}

var queues = map[string]string{"sent": "mail", "task": "task", "handed": "handoff", "withdrawn": "withdrawn"}

func (h *theatre) soundRows(key string, rows []row, out map[int]store.Outgoing) error {
	stopped, sends, queued := false, []row{}, 0
	for i, r := range rows {
		if r.seq != i+1 || i > 0 && r.at < rows[i-1].at {
			return fmt.Errorf("after row %d comes\n  %s", i, r)
		}
		o, is := out[r.seq]
		name := map[string]string{"sent": r.offer, "task": r.detail, "handed": r.to, "withdrawn": r.to}[r.kind]
		if kind := queues[r.kind]; kind != "" {
			if queued++; !is || o.Kind != kind || o.Name != name || o.At != r.at || o.Program != r.program || o.Stage != r.stage {
				return fmt.Errorf("the outbox has %q for\n  %s", o.Key(), r)
			}
		}
		switch r.kind {
		case "stopped":
			stopped = true
		case "resumed":
			stopped = false
		case "sent":
			if stopped {
				return fmt.Errorf("sent to somebody who was stopped\n  %s", r)
			}
			if err := h.soundSend(key, r, sends, o.Body); err != nil {
				return fmt.Errorf("%w\n  %s", err, r)
			}
			sends = append(sends, r)
		}
	}
	if queued != len(out) {
		return fmt.Errorf("%d rows of the journal queue something, the outbox has %d", queued, len(out))
	}
	return nil
}

// soundSend weighs a message that was sent against those before it, and against the policy in the zone in which it was sent.
func (h *theatre) soundSend(key string, r row, before []row, body []byte) error {
	b := h.bookAt(r.at)
	var kept struct{ Zone, Address string }
	if err := json.Unmarshal(body, &kept); err != nil {
		return err
	}
	p := &person{book: &book{policy: b.policy}, now: r.at, fields: map[string]value{"zone": text(kept.Zone)}}
	zone := location(kept.Zone)
	if b.policy.zoneField == "" {
		zone = location(b.policy.zone)
	}
	o := b.offer(r.offer)
	for _, x := range before {
		if x.offer == r.offer && (o.repeat == nil || add(zone, x.at, *o.repeat) > r.at) {
			return fmt.Errorf("sent again too early, after %s", stamp(x.at))
		}
	}
	switch {
	case o.published != 0 && begins(zone, o.published) > r.at, o.expires != 0 && begins(zone, o.expires+1) <= r.at:
		return fmt.Errorf("sent on a day on which the offer is not to be had")
	case b.address == "" && kept.Address != key, kept.Address == "":
		return fmt.Errorf("sent to %q", kept.Address)
	}
	for _, x := range b.programs {
		if x.name == r.program && heldOut(key, x) {
			return fmt.Errorf("sent to somebody in the holdout")
		}
	}
	if o.transactional {
		return nil
	}
	if !p.open(r.at) || p.skipped(dayOf(zone, r.at)) {
		return fmt.Errorf("sent outside the window, or on a skipped day")
	}
	for _, c := range b.policy.caps {
		if c.when != nil {
			continue // whether it bound this message only the model can say
		}
		n := 0
		for _, x := range before {
			if !b.offer(x.offer).transactional && add(zone, x.at, c.per) > r.at {
				n++
			}
		}
		if n >= c.n {
			return fmt.Errorf("over the cap of %d per %s", c.n, c.per)
		}
	}
	return nil
}

// bookAt is the version of the playbook that decided what is of an instant.
func (h *theatre) bookAt(at int64) *book {
	for _, v := range h.visits {
		if at < v.to || v.live && at == v.to {
			return h.books[v.book]
		}
	}
	return h.books[len(h.books)-1]
}

// nothingLost: every line of the files was taken or rejected, and nothing is due that was not done.
func (h *theatre) nothingLost(s *state) error {
	conn, err := sqlite.OpenConn(h.store(), sqlite.OpenReadOnly)
	if err != nil {
		return err
	}
	defer conn.Close()
	number := func(query string) (n int, err error) {
		err = sqlitex.Execute(conn, query, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
			n = row.ColumnInt(0)
			return nil
		}})
		return n, err
	}
	end := s.clock
	if h.visits[len(h.visits)-1].live {
		end++
	}
	taken := 0
	for _, k := range s.people {
		taken += k.took
	}
	for _, c := range []struct {
		what, query string
		want        int
	}{
		{"inputs in the inbox", "SELECT count(*) FROM inbox", taken},
		{"inputs that wait though their time has come", fmt.Sprintf("SELECT count(*) FROM waiting WHERE at < %d", end), 0},
		{"contacts that wait though something is due", fmt.Sprintf("SELECT count(*) FROM standing WHERE next < %d", end), 0},
		{"times to look at somebody that have passed", fmt.Sprintf("SELECT count(*) FROM due WHERE at < %d", end), 0},
		{"contacts that nobody will look at when they are due", "SELECT count(*) FROM standing s WHERE next < 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM due d JOIN json_each(d.contacts) l WHERE l.value ->> 1 = s.contact AND coalesce(l.value ->> 2, s.id) = s.id AND d.at + (l.value ->> 0) = s.next)", 0},
		{"inputs at whose time nobody will look", "SELECT count(*) FROM waiting w WHERE NOT EXISTS (SELECT 1 FROM due d JOIN json_each(d.contacts) l WHERE l.value ->> 1 = w.contact AND coalesce(l.value ->> 2, (SELECT id FROM standing s WHERE s.contact = w.contact)) IS (SELECT id FROM standing s WHERE s.contact = w.contact) AND d.at + (l.value ->> 0) <= w.at)", 0},
		{"rows of how far contacts are that are not where they are looked for", "SELECT count(*) FROM standing s WHERE id IS NOT coalesce((SELECT standing FROM lately n WHERE n.contact = s.contact), (SELECT standing FROM latest l WHERE l.contact = s.contact))", 0},
		{"contacts that have two such rows", "SELECT count(*) - count(DISTINCT contact) FROM standing", 0},
		{"contacts", "SELECT count(*) FROM contact", len(s.people)},
		{"rows of the outbox of which its channel was never told", "SELECT count(*) FROM outbox x WHERE x.id & (1 << 40) - 1 > coalesce((SELECT told FROM channel k WHERE k.id = x.id >> 40), 0)", 0},
		{"messages that nobody has got", "SELECT count(*) FROM outbox_text WHERE state IN ('pending', 'attempting')", 0},
	} {
		n, err := number(c.query)
		if err != nil {
			return err
		}
		if n != c.want {
			return fmt.Errorf("%d %s, not %d", n, c.what, c.want)
		}
	}
	return h.rejects(s.rejected)
}

// rejects looks at the file of rejected lines.
func (h *theatre) rejects(want int) error {
	rejects, err := os.ReadFile(filepath.Join(h.dir, "rejects.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if n := strings.Count(string(rejects), "\n"); n != want {
		return fmt.Errorf("%d lines were rejected, not %d", n, want)
	}
	return nil
}

// delivered looks at what the channels got: everything, and nothing twice where that matters.
func (h *theatre) delivered() error {
	if err := h.settle(); err != nil {
		return err
	}
	outbox, err := h.outbox()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, o := range outbox {
		known[o.Key()] = true
		c := h.channels[o.Channel]
		got := 0
		for _, x := range c.calls {
			if x.Key == o.Key() && x.taken {
				got++
			}
		}
		switch {
		case o.State == store.Unknown && c.idempotent, o.State == store.Pending, o.State == store.Attempting:
			return fmt.Errorf("%s is %s in the end", o.Key(), o.State)
		case o.State == store.Unknown && !slices.ContainsFunc(h.troubles, func(x string) bool { return strings.HasPrefix(x, "died") || strings.HasPrefix(x, "full") }):
			return fmt.Errorf("%s is unknown, and no run died", o.Key())
		case o.State == store.Done && got == 0:
			return fmt.Errorf("%s is done, and %s never got it", o.Key(), o.Channel)
		case !c.idempotent && got > 1:
			return fmt.Errorf("%s got %s %d times", o.Channel, o.Key(), got)
		}
	}
	for name, c := range h.channels {
		for _, x := range c.calls {
			if !known[x.Key] {
				return fmt.Errorf("%s got %s, which the outbox does not know", name, x.Key)
			}
		}
	}
	return nil
}
