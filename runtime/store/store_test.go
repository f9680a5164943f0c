package store_test

import (
	"errors"
	"fmt"
	"maps"
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
		{"newer.db", "newer.db was written by a newer nurturec (format 99, this one knows up to 5); nothing was changed: use the newer nurturec", "newer.db was written by a newer nurturec (format 99, this one knows up to 5); nothing was changed: use the newer nurturec"},
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

// rows are a contact's batch: n decisions, as many messages.
func rows(t *testing.T, s *store.Store, contact int64, n int) *store.Batch {
	sent := s.Decision(store.Decision{Kind: s.Intern("sent"), Program: s.Intern("p"), Stage: s.Intern("s")})
	mail := s.Message(store.Message{Kind: s.Intern("mail"), Program: s.Intern("p"), Name: s.Intern("o"), Channel: s.Intern("email")})
	stepped := &store.Stepped{Next: calendar.Never, State: []byte("state")}
	for i := range n {
		stepped.Journal = append(stepped.Journal, store.JournalRow{Seq: uint32(i + 1), At: int64(i), Decision: sent, Detail: fmt.Sprintf("%0200d", i)})
		stepped.Outbox = append(stepped.Outbox, store.OutboxRow{Message: mail, Entry: 1, Seq: uint32(i + 1), Channel: s.Intern("email"), Body: []byte("{}")})
	}
	b := batch(t, s, map[int64]*store.Stepped{contact: stepped})
	b.Count(s.Intern("sent"), s.Intern("o"), int64(n))
	return b
}

// batch is a batch of contacts as they are in the store now.
func batch(t *testing.T, s *store.Store, stepped map[int64]*store.Stepped) *store.Batch {
	t.Helper()
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := new(store.Batch)
	for _, id := range slices.Sorted(maps.Keys(stepped)) {
		loaded, err := r.Load([]store.Look{{Contact: id}})
		if err != nil || len(loaded) != 1 {
			t.Fatalf("loaded %+v, %v", loaded, err)
		}
		if err := b.Add(&loaded[0].Contact, stepped[id]); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// add makes contacts with what an intake does.
func add(t testing.TB, s *store.Store, keys ...string) []int64 {
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
			k.Arrived = 100
			in.Wake(k.ID, k.Arrived)
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
		if err = s.Write(nil, rows(t, s, id, 100)); err != nil {
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
	if err := s.Write(nil, rows(t, s, ids[written], 100)); err != nil {
		t.Fatal(err)
	}
	written++
	check()
}

// The names of a transaction that failed are written by the next, and with the same numbers.
func TestNamesOutliveAFailedTransaction(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a")
	first := rows(t, s, ids[0], 1)
	again := batch(t, s, map[int64]*store.Stepped{ids[0]: {Journal: []store.JournalRow{{
		Seq: 1, Decision: s.Decision(store.Decision{Kind: s.Intern("sent"), Reason: s.Intern("because")}),
	}}}})
	if err := s.Write(nil, first, again); !errors.Is(err, store.ErrOvertaken) {
		t.Fatalf("a contact was stored twice as it was read once: %v", err)
	}
	if err := s.Write(nil, again); err != nil {
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

// A contact that was stored after it was read is not stored over: no decision is made twice, and none is lost.
func TestSameDecisionIsMadeOnce(t *testing.T) {
	s := open(t)
	ids := add(t, s, "a", "b")
	mine, theirs := rows(t, s, ids[0], 1), rows(t, s, ids[0], 2)
	if err := s.Write(nil, theirs); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(nil, rows(t, s, ids[1], 1), mine); !errors.Is(err, store.ErrOvertaken) || !strings.Contains(err.Error(), "run it again") {
		t.Fatalf("got %v", err)
	}
	want := []string{"a/p/1/mail/o/1 {}", "a/p/1/mail/o/2 {}"}
	var got []string
	if err := s.Outbox(func(o *store.Outgoing) error { got = append(got, o.Key()+" "+string(o.Body)); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	waiting, err := s.Undelivered()
	if err != nil || len(waiting) != 1 || waiting["email"] != 2 {
		t.Errorf("waiting are %v, %v", waiting, err)
	}
}

func TestKeysWithOneHash(t *testing.T) {
	s := open(t)
	// As no two keys with one hash are known, somebody else sits where `a` would.
	id, next := store.After("a")
	sql(t, s.Path(), fmt.Sprintf("INSERT INTO contact(id, key, arrived) VALUES (%d, 'somebody else', 0)", id))
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

// ask gives the only column of a query.
func ask(t *testing.T, path, query string) (column []string) {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = sqlitex.Execute(conn, query, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		column = append(column, row.ColumnText(0))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return column
}

func TestJournal(t *testing.T) {
	s := open(t)
	ids := add(t, s, "b", "a")
	row := func(seq uint32, at int64, kind, to string, until int64) store.JournalRow {
		return store.JournalRow{Seq: seq, At: at, Until: until, Decision: s.Decision(store.Decision{Kind: s.Intern(kind), To: s.Intern(to)})}
	}
	for _, commit := range []map[int64]*store.Stepped{
		{ids[0]: {Journal: []store.JournalRow{row(1, 10, "entered", "", 0), row(2, 20, "sent", "", 0)}}, ids[1]: {Journal: []store.JournalRow{row(1, 10, "entered", "", 0)}}},
		{ids[1]: {Journal: []store.JournalRow{row(2, 15, "held", "", 99), row(3, 20, "sent", "x", 0)}}},
	} {
		if err := s.Write(nil, batch(t, s, commit)); err != nil {
			t.Fatal(err)
		}
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
	held := s.Decision(store.Decision{Kind: s.Intern("held"), Program: s.Intern("p"), Stage: s.Intern("s")})
	mail := s.Message(store.Message{Kind: s.Intern("mail"), Program: s.Intern("p"), Stage: s.Intern("s"), Name: s.Intern("o"), Channel: s.Intern("email")})
	b := batch(t, s, map[int64]*store.Stepped{ids[0]: {
		State: []byte("state"), Places: []store.Place{{Track: s.Intern("main"), Stage: s.Intern("p.s"), Since: 5}},
		Journal: []store.JournalRow{{Seq: 1, At: 7, Decision: held}, {Seq: 2, At: 8, Decision: held, Until: 86400, Detail: `because of "this"`}},
		Outbox:  []store.OutboxRow{{Seq: 1, Message: mail, Channel: s.Intern("email"), Body: []byte(`{"a":1}`)}, {Seq: 2, Message: mail, Channel: s.Intern("email"), Body: []byte(`{"a":2}`)}},
	}})
	if err := s.Write(nil, b); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.OpenConn(s.Path(), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, test := range []struct{ query, want string }{
		{`SELECT seq, at, contact, kind, program, stage, "to", detail FROM journal_text ORDER BY seq LIMIT 1 OFFSET 1`, `2 1970-01-01T00:00:08Z a held p s 1970-01-02T00:00:00Z because of "this"`},
		{`SELECT at, contact, kind, name, seq, channel, state, error, body FROM outbox_text LIMIT 1 OFFSET 1`, `1970-01-01T00:00:08Z a mail o 2 email pending  {"a":2}`},
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
