package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// What is no store of this program is named for what it is, and left as it is, by every verb that takes one.
func TestStoresThatAreNone(t *testing.T) {
	s := newShop(t, 3)
	s.says(0, s.inputs("sound")...)
	sound, err := os.ReadFile(s.store("sound"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		make func(file string)
		says string
	}{
		{"a text", func(file string) { s.write(file, "email,consent\nann@example.com,yes\n") }, "is not a store: it is no SQLite file; choose another place with --store"},
		{"random bytes", func(file string) { s.write(file, noise(t, 5)) }, "is not a store: it is no SQLite file; choose another place with --store"},
		{"another program's database", func(file string) { s.sql(file, "CREATE TABLE leads(email)") }, "is a SQLite file, but not a store of nurturec; choose another place with --store"},
		{"a store of a newer version", func(file string) { s.write(file, string(sound)); s.sql(file, "PRAGMA user_version = 99") }, "was written by a newer nurturec (format 99, this one knows up to 5); nothing was changed: use the newer nurturec"},
		{"a store with a hole", func(file string) { s.write(file, string(sound[:8192])+noise(t, 6)+string(sound[8192+20_000:])) }, "is damaged; bring it back from a backup"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shop{t, s.dir}
			folder := strings.ReplaceAll(c.name, " ", "-")
			run := s.inputs(folder)
			c.make(s.store(folder))
			before, _ := os.ReadFile(s.store(folder))
			s.says(2, run...)(s.store(folder), c.says)
			s.says(2, "journal", "--store", s.store(folder))(c.says)
			s.says(2, "contact", "p0001@example.com", "--store", s.store(folder))(c.says)
			if after, _ := os.ReadFile(s.store(folder)); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
	s.says(2, "run", s.path("play"), "--store", s.dir)("is a folder; --store names a file, such as " + s.path("nurture.db"))
	s.says(2, "journal", "--store", s.path("nowhere.db"))("there is no store at " + s.path("nowhere.db"))
}

func (s *shop) write(file, text string) {
	s.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) sql(file, query string) {
	s.Helper()
	conn, err := sqlite.OpenConn(file, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err == nil {
		err = sqlitex.ExecuteTransient(conn, query, nil)
	}
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		s.Fatal(err)
	}
}

// A file where a folder should be stops one channel; the others go on, and the next run delivers the rest.
func TestChannelInTheWay(t *testing.T) {
	s := newShop(t, 60)
	journal, outbox := s.undisturbed()
	run := s.inputs("run")
	blocked := s.file("run/outbox/email", "in the way")
	s.says(3, run...)("messages could not be delivered; the next run tries again", filepath.Join("outbox", "email"), "not a directory")
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	s.says(0, run...)
	s.same("run", "with the way clear", journal, outbox)
}
