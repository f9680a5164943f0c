package store_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nurture/runtime/store"
)

// An older store says that it is old to whoever only looks. A run brings it up to date: it is as one made today, and
// what had been taken of the inbox is known.
func TestOlderStore(t *testing.T) {
	for format, script := range map[int]string{
		1: `DROP INDEX contact_due; PRAGMA user_version = 1;
			CREATE INDEX contact_due ON contact(id >> 51, next) WHERE next < 9223372036854775807;`,
		2: "",
		3: "",
		4: "",
	} {
		path := filepath.Join(t.TempDir(), "old.db")
		unzip(t, fmt.Sprintf("../testdata/format%d/nurture.db.gz", max(format, 2)), path)
		sql(t, path, script)
		taken := "SELECT n, taken FROM inbox WHERE contact = c.id ORDER BY at, n"
		if format >= 3 {
			taken = "SELECT l.value ->> 1 AS n, j.at + (l.value ->> 0) AS taken FROM journal j JOIN json_each(j.took) l JOIN inbox i ON i.contact = j.contact AND i.n = l.value ->> 1 WHERE j.contact = c.id ORDER BY i.at, i.n"
		}
		contacts := ask(t, path, "SELECT key || ' ' || coalesce((SELECT group_concat(n || '@' || taken) FROM ("+taken+")), '') FROM contact c ORDER BY key")
		due := "contact"
		if format == 4 {
			due = "standing JOIN contact c ON c.id = contact"
		}
		whenDue := ask(t, path, "SELECT key || ' ' || next FROM "+due+" WHERE next < 9223372036854775807 ORDER BY next, key")
		if _, err := store.Read(path); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("older nurturec (format %d, this one reads 5)", format)) {
			t.Errorf("read: %v", err)
		}
		s, err := store.Open(path, "test")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		const schema = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1"
		if got, want := ask(t, path, schema), ask(t, open(t).Path(), schema); !slices.Equal(got, want) {
			t.Errorf("format %d is brought to\n%s\nnot to\n%s", format, got, want)
		}
		var got []string
		for _, line := range contacts {
			key, _, _ := strings.Cut(line, " ")
			c, err := s.ContactByKey(key)
			if err != nil || c == nil {
				t.Fatalf("%s is lost: %v", key, err)
			}
			inputs, err := s.Inputs(c.ID)
			if err != nil {
				t.Fatal(err)
			}
			var taken []string
			for _, in := range inputs {
				if !in.Waits {
					taken = append(taken, fmt.Sprint(in.N, "@", in.Taken))
				}
			}
			got = append(got, key+" "+strings.Join(taken, ","))
		}
		if !slices.Equal(got, contacts) {
			t.Errorf("taken were\n%q\nnot\n%q", got, contacts)
		}
		if got := ask(t, path, "SELECT contact || ' ' || unixepoch(at) FROM due_text ORDER BY at, contact"); !slices.Equal(got, whenDue) {
			t.Errorf("due are\n%q\nnot\n%q", got, whenDue)
		}
		if waiting := ask(t, path, "SELECT count(*) FROM waiting"); waiting[0] == "0" {
			t.Error("no input waits")
		}
	}
}

func unzip(t *testing.T, from, to string) {
	t.Helper()
	zip, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer zip.Close()
	r, err := gzip.NewReader(zip)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
