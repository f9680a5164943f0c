package store_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nurture/lang/calendar"
	"nurture/runtime/store"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "nurture.db"), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// sql executes statements on a file, as somebody else would.
func sql(t *testing.T, path, script string) {
	t.Helper()
	conn, err := sqlite.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := sqlitex.ExecuteScript(conn, script, nil); err != nil {
		t.Fatal(err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("letter.txt", strings.Repeat("Dear Sir or Madam. ", 100))
	sql(t, at("other.db"), "CREATE TABLE invoices(id INTEGER)")
	newer, err := store.Open(at("newer.db"), "test")
	if err != nil {
		t.Fatal(err)
	}
	newer.Close()
	sql(t, at("newer.db"), "PRAGMA user_version = 99")
	if err := os.Mkdir(at("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, open, read string }{
		{"letter.txt", "letter.txt is not a store: it is no SQLite file; choose another place with --store", "letter.txt is not a store: it is no SQLite file; choose another place with --store"},
		{"other.db", "other.db is a SQLite file, but not a store of nurturec; choose another place with --store", "other.db is a SQLite file, but not a store of nurturec; choose another place with --store"},
		{"newer.db", "newer.db was written by a newer nurturec (format 99, this one knows up to 2); nothing was changed: use the newer nurturec", "newer.db was written by a newer nurturec (format 99, this one knows up to 2); nothing was changed: use the newer nurturec"},
		{"folder", "folder is a folder; --store names a file, such as DIR/folder/nurture.db", "folder is a folder; --store names a file, such as DIR/folder/nurture.db"},
		{"none/x.db", "the folder DIR/none of the store x.db does not exist; make it or choose another place with --store", "there is no store at DIR/none/x.db; `nurturec run` makes it, --store says where it is"},
	} {
		before, _ := os.ReadFile(at(test.path))
		for what, try := range map[string]func() (*store.Store, error){
			test.open: func() (*store.Store, error) { return store.Open(at(test.path), "test") },
			test.read: func() (*store.Store, error) { return store.Read(at(test.path)) },
		} {
			s, err := try()
			if err == nil {
				s.Close()
				t.Errorf("%s is opened", test.path)
				continue
			}
			if got := strings.ReplaceAll(strings.TrimPrefix(err.Error(), dir+"/"), dir, "DIR"); got != what {
				t.Errorf("%s\n got %s\nwant %s", test.path, got, what)
			}
		}
		if after, _ := os.ReadFile(at(test.path)); string(after) != string(before) {
			t.Errorf("%s was changed", test.path)
		}
	}
}

func TestLock(t *testing.T) {
	s := open(t)
	_, err := store.Open(s.Path(), "another")
	var locked *store.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v", err)
	}
	if locked.Holder.PID != os.Getpid() || locked.Holder.Command != "test" || locked.Holder.Host == "" || locked.Holder.Since.IsZero() {
		t.Errorf("the holder is %+v", locked.Holder)
	}
	look, err := store.Read(s.Path()) // looking needs no lock
	if err != nil {
		t.Fatal(err)
	}
	look.Close()
	s.Close()
	again, err := store.Open(s.Path(), "another")
	if err != nil {
		t.Fatalf("it is closed, and still: %v", err)
	}
	again.Close()
}

// rows are a contact's batch: n rows in the journal, as many in the outbox.
func rows(s *store.Store, contact int64, n int) *store.Batch {
	b := &store.Batch{Contacts: []store.Stepped{{ID: contact, Next: calendar.Never, State: []byte("state")}}}
	for i := range n {
		b.Journal = append(b.Journal, store.JournalRow{
			Contact: contact, Seq: uint32(i + 1), At: int64(i), Kind: s.Intern("sent"), Program: s.Intern("p"), Stage: s.Intern("s"),
			Detail: fmt.Sprintf("%0200d", i),
		})
		b.Outbox = append(b.Outbox, store.OutboxRow{
			Contact: contact, Program: s.Intern("p"), Entry: 1, Kind: s.Intern("mail"), Name: s.Intern("o"), Count: uint32(i), Channel: s.Intern("email"), Body: []byte("{}"),
		})
		b.Count(s.Intern("sent"), s.Intern("o"), 1)
	}
	return b
}

// add makes contacts with what an intake does.
func add(t *testing.T, s *store.Store, keys ...string) []int64 {
	t.Helper()
	in, err := s.Intake()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var ids []int64
	err = in.Slice(func() error {
		for _, key := range keys {
			k, _, err := in.Find(key)
			if err != nil {
				return err
			}
			ids = append(ids, k.ID)
			k.Arrived, k.Next = 100, 100
			if err := in.AddContact(k, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestFullDisk(t *testing.T) {
	s := open(t)
	var keys []string
	for i := range 60 {
		keys = append(keys, fmt.Sprint("k", i))
	}
	ids := add(t, s, keys...)
	if err := s.LimitPages(120); err != nil {
		t.Fatal(err)
	}
	written := 0
	var err error
	for _, id := range ids {
		if err = s.Write(rows(s, id, 100)); err != nil {
			break
		}
		written++
	}
	if !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "make room and run again") {
		t.Fatalf("after %d batches: %v", written, err)
	}
	check := func() {
		t.Helper()
		found := 0
		if err := s.Journal(store.Filter{}, func(*store.Entry) error { found++; return nil }); err != nil {
			t.Fatal(err)
		}
		tallies, err := s.Tallies()
		if err != nil || len(tallies) != 1 || tallies[0] != (store.Tally{Kind: "sent", Label: "o", N: int64(written * 100)}) || found != written*100 {
			t.Errorf("%d batches written: %d rows, %v, %v", written, found, tallies, err)
		}
	}
	check()
	s.Close()
	if s, err = store.Open(s.Path(), "test"); err != nil { // with room again
		t.Fatal(err)
	}
	defer s.Close()
	check()
	if err := s.Write(rows(s, ids[written], 100)); err != nil {
		t.Fatal(err)
	}
	written++
	check()
}

// The names of a transaction that failed are written by the next, and with the same numbers.
func TestNamesOutliveAFailedTransaction(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a")
	b := rows(s, ids[0], 1)
	b.Journal = append(b.Journal, b.Journal[0]) // the same row twice: refused
	b.Journal[0].Reason = s.Intern("because")
	if err := s.Write(b); err == nil {
		t.Fatal("one row of the journal was written twice")
	}
	b.Journal = b.Journal[:1]
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	look, err := store.Read(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close()
	var got []store.Entry
	if err := look.Journal(store.Filter{}, func(e *store.Entry) error { got = append(got, *e); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Kind != "sent" || got[0].Reason != "because" || got[0].Contact != "a" {
		t.Errorf("got %+v", got)
	}
}

func TestIntern(t *testing.T) {
	s := open(t)
	var workers sync.WaitGroup
	numbers := make([][]uint32, 4)
	for w := range numbers {
		workers.Go(func() {
			for i := range 500 {
				numbers[w] = append(numbers[w], s.Intern(fmt.Sprint("name ", i)))
			}
		})
	}
	workers.Wait()
	for w := range numbers {
		if !slices.Equal(numbers[w], numbers[0]) {
			t.Fatal("one name has two numbers")
		}
	}
	if s.Intern("") != 0 || s.Text(0) != "" || s.Text(math.MaxUint32) != "" {
		t.Error("0 is not the empty name")
	}
	if err := s.SetClock(1); err != nil {
		t.Fatal(err)
	}
	look, err := store.Read(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close()
	if got := look.Text(numbers[0][7]); got != "name 7" {
		t.Errorf("number %d is %q", numbers[0][7], got)
	}
}

func TestSameDecisionIsQueuedOnce(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a")
	b := rows(s, ids[0], 1)
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	b.Journal = nil
	b.Outbox[0].Body = []byte(`{"again":true}`)
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := s.Outbox(func(o *store.Outgoing) error { got = append(got, o.Key()+" "+string(o.Body)); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, []string{"a/p/1/mail/o/0 {}"}) {
		t.Errorf("got %q", got)
	}
}

func TestKeysWithOneHash(t *testing.T) {
	s := open(t)
	// As no two keys with one hash are known, somebody else sits where `a` would.
	id, next := store.After("a")
	sql(t, s.Path(), fmt.Sprintf("INSERT INTO contact(id, key, arrived, next) VALUES (%d, 'somebody else', 0, 0)", id))
	ids := add(t, s, "a")
	if ids[0] != next || next>>51 != id>>51 {
		t.Errorf("a has number %d, want %d", ids[0], next)
	}
	c, err := s.ContactByKey("a")
	if err != nil || c == nil || c.ID != next || c.Key != "a" {
		t.Errorf("found %+v, %v", c, err)
	}
	if c, err := s.ContactByKey("nobody"); c != nil || err != nil {
		t.Errorf("found %+v, %v", c, err)
	}
}

func TestDue(t *testing.T) {
	s := open(t)
	var keys []string
	for i := range 300 {
		keys = append(keys, fmt.Sprint("k", i))
	}
	ids := add(t, s, keys...)
	slices.Sort(ids)
	b := &store.Batch{}
	for i, id := range ids {
		b.Contacts = append(b.Contacts, store.Stepped{ID: id, Next: []int64{50, 100, calendar.Never}[i%3], State: []byte{byte(i)}})
	}
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, test := range []struct {
		before int64
		due    func(i int) bool
	}{
		{50, func(int) bool { return false }},
		{51, func(i int) bool { return i%3 == 0 }},
		{101, func(i int) bool { return i%3 < 2 }},
		{calendar.Never, func(i int) bool { return i%3 < 2 }},
	} {
		var got, want []int64
		for group := range store.Groups {
			if got, err = r.Due(group, test.before, got); err != nil {
				t.Fatal(err)
			}
		}
		for i, id := range ids {
			if test.due(i) {
				want = append(want, id)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("before %d: %d are due, want %d", test.before, len(got), len(want))
		}
		if n, err := s.CountDue(test.before); err != nil || n != int64(len(want)) {
			t.Errorf("before %d: counted %d, %v", test.before, n, err)
		}
	}
	loaded, err := r.Load(ids[:3])
	if err != nil || len(loaded) != 3 || loaded[2].State[0] != 2 || loaded[1].Next != 100 || loaded[0].Arrived != 100 || loaded[0].Inputs != nil {
		t.Errorf("loaded %+v, %v", loaded, err)
	}
}

// A store of the first format says that it is old to whoever only looks, and is brought up to date by a run.
func TestOlderStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	s, err := store.Open(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	ids := add(t, s, "a")
	s.Close()
	sql(t, path, `DROP INDEX contact_due; PRAGMA user_version = 1;
		CREATE INDEX contact_due ON contact(id >> 51, next) WHERE next < 9223372036854775807;`)
	if _, err := store.Read(path); err == nil || !strings.Contains(err.Error(), "older nurturec (format 1, this one reads 2)") {
		t.Errorf("read: %v", err)
	}
	if s, err = store.Open(path, "test"); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	due, err := r.Due(int(ids[0]>>57), calendar.Never, nil)
	if err != nil || !slices.Equal(due, ids) {
		t.Errorf("due %v, %v", due, err)
	}
}

func TestJournal(t *testing.T) {
	s := open(t)
	ids := add(t, s, "b", "a")
	row := func(contact int64, seq uint32, at int64, kind string) store.JournalRow {
		return store.JournalRow{Contact: contact, Seq: seq, At: at, Kind: s.Intern(kind)}
	}
	b := &store.Batch{Journal: []store.JournalRow{
		row(ids[0], 1, 10, "entered"), row(ids[0], 2, 20, "sent"), row(ids[1], 1, 10, "entered"), row(ids[1], 2, 15, "held"), row(ids[1], 3, 20, "sent"),
	}}
	b.Journal[3].Until, b.Journal[4].To = 99, s.Intern("x")
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		filter store.Filter
		want   string
	}{
		{store.Filter{}, "10 a 1 entered, 10 b 1 entered, 15 a 2 held 99, 20 a 3 sent x, 20 b 2 sent"},
		{store.Filter{Contact: "a"}, "10 a 1 entered, 15 a 2 held 99, 20 a 3 sent x"},
		{store.Filter{Kinds: []string{"sent", "held"}}, "15 a 2 held 99, 20 a 3 sent x, 20 b 2 sent"},
		{store.Filter{Contact: "b", Kinds: []string{"held"}}, ""},
		{store.Filter{Kinds: []string{"unheard of"}}, ""},
	} {
		var got []string
		err := s.Journal(test.filter, func(e *store.Entry) error {
			line := fmt.Sprintf("%d %s %d %s", e.At, e.Contact, e.Seq, e.Kind)
			if e.Until != 0 {
				line += fmt.Sprint(" ", e.Until)
			}
			if e.To != "" {
				line += " " + e.To
			}
			got = append(got, line)
			return nil
		})
		if err != nil || strings.Join(got, ", ") != test.want {
			t.Errorf("%+v\n got %s, %v\nwant %s", test.filter, strings.Join(got, ", "), err, test.want)
		}
	}
	stop := errors.New("enough")
	if err := s.Journal(store.Filter{}, func(*store.Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if err := s.Journal(store.Filter{Contact: "nobody"}, nil); err == nil || !strings.Contains(err.Error(), `nobody in`) {
		t.Errorf("got %v", err)
	}
	last, err := s.Before(ids[1], 2, 1)
	if err != nil || len(last) != 1 || last[0].Seq != 2 {
		t.Errorf("got %+v, %v", last, err)
	}
}

func TestVersions(t *testing.T) {
	s := open(t)
	adopt := func(hash, text string, since int64, want bool) {
		t.Helper()
		if changed, err := s.Adopt(hash, map[string]string{"p.nurture": text}, since); err != nil || changed != want {
			t.Errorf("adopt %s: %v, %v", hash, changed, err)
		}
	}
	adopt("one", "first", 10, true)
	adopt("one", "first", 20, false)
	adopt("one", "first // and a comment", 30, false)
	adopt("two", "second", 40, true)
	adopt("one", "first", 50, true)
	versions, err := s.Versions()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range versions {
		got = append(got, fmt.Sprint(v.Hash, " ", v.Since, " ", v.Files["p.nurture"]))
	}
	if want := []string{"one 10 first", "one 30 first // and a comment", "two 40 second", "one 50 first"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if hash, err := s.Playbook(); hash != "one" || err != nil {
		t.Errorf("%s runs, %v", hash, err)
	}
}

// The views are for a person with sqlite3.
func TestViews(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a")
	b := rows(s, ids[0], 2)
	b.Journal[1].Until = 86400
	b.Contacts[0].Moved = true
	b.Places = []store.Place{{Contact: ids[0], Track: s.Intern("main"), Stage: s.Intern("p.s"), Since: 5}}
	if err := s.Write(b); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.OpenConn(s.Path(), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, test := range []struct{ query, want string }{
		{`SELECT at, contact, kind, program, stage, "to" FROM journal_text ORDER BY seq LIMIT 1 OFFSET 1`, "1970-01-01T00:00:01Z a sent p s 1970-01-02T00:00:00Z"},
		{`SELECT contact, kind, name, channel, state FROM outbox_text LIMIT 1`, "a mail o email pending"},
		{`SELECT contact, track, stage, since FROM place_text`, "a main p.s 1970-01-01T00:00:05Z"},
	} {
		var got []string
		err := sqlitex.Execute(conn, test.query, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
			for i := range row.ColumnCount() {
				got = append(got, row.ColumnText(i))
			}
			return nil
		}})
		if err != nil || strings.Join(got, " ") != test.want {
			t.Errorf("%s\n got %q, %v\nwant %s", test.query, got, err, test.want)
		}
	}
}
