package runtime_test

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/store"
)

// A store of an older format, as the program of that time left it in the midst of a replay, says the same when it is taken
// over, and goes on as that program did: inputs wait, messages are pending, in doubt and refused.
func TestOlderStore(t *testing.T) {
	for _, format := range []string{"2", "3", "4"} {
		t.Run(format, func(t *testing.T) { olderStore(t, format) })
	}
}

func olderStore(t *testing.T, format string) {
	h := &house{t: t}
	h.Workers = 2
	h.in(t.TempDir())
	unzip(t, "testdata/format"+format+"/nurture.db.gz", h.Store)
	if _, err := store.Read(h.Store); err == nil || !strings.Contains(err.Error(), "older nurturec (format "+format+", this one reads 5)") {
		t.Errorf("read: %v", err)
	}
	s, err := store.Open(h.Store, "test")
	if err != nil {
		t.Fatal(err)
	}
	versions, err := s.Versions()
	if err != nil || len(versions) == 0 {
		t.Fatalf("%d playbooks ran, %v", len(versions), err)
	}
	last := versions[len(versions)-1]
	s.Close()
	same(t, "the store taken over", h.journal()+h.outbox(), read(t, "testdata/format"+format+"/before.txt"))

	files := fstest.MapFS{}
	for name, text := range last.Files {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	loaded, err := lang.Load(files)
	if err != nil || loaded.Failed() {
		t.Fatal(err, loaded.Diagnostics)
	}
	h.Program, h.Sources = compile.Compile(loaded.Playbook), last.Files
	h.replay("", finish)
	same(t, "the store played on", h.journal()+h.outbox(), read(t, "testdata/format"+format+"/after.txt"))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
