//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWatch has a person write, in another program, what check --watch looks at.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil { // as editors save
			t.Fatal(err)
		}
	}
	const sound = "contact {\n  email email key\n}\n"
	write("sale/a.nurture", sound)
	write(".nurturec.toml", "[lint.levels]\nall = \"off\"\nunused-segment = \"warning\"\n")

	w := watching(t, filepath.Join(dir, "sale"))
	w.says("nothing to complain about in 1 file")
	write("sale/a.nurture", sound+"segment all = tru\n")
	w.says("1 error in 1 file")
	write("sale/a.nurture", sound+"segment all = true\n")
	w.says("1 warning in 1 file")
	write(".nurturec.toml", "[lint.levels]\nall = \"off\"\n")
	w.says("nothing to complain about in 1 file")
	write("sale/b.nurture", "offer hello \"Hello\" { kind letter  for nurture  intent educate  content \"mail/hello.md\" }\n")
	w.says("1 error in 2 files")
	if err := os.Mkdir(filepath.Join(dir, "sale/mail"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.says("1 error in 2 files")
	write("sale/mail/hello.md", "---\nsubject: Hello\n---\nHello\n")
	w.says("nothing to complain about in 3 files")
	write("sale/mail/hello.md", "---\nsubject: Hello\n---\nHello {{ contact.nmae }}\n")
	w.says("1 error in 3 files")
	if err := os.Remove(filepath.Join(dir, "sale/b.nurture")); err != nil {
		t.Fatal(err)
	}
	w.says("nothing to complain about in 1 file")

	if err := w.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); err != nil {
		t.Errorf("interrupted, it ends with %v", err)
	}
}

// watcher is a check that watches.
type watcher struct {
	*exec.Cmd
	t     *testing.T
	lines chan string
}

func watching(t *testing.T, dir string) *watcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "nurturec") // as testscript finds its commands
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	w := &watcher{Cmd: exec.Command(link, "check", "--watch", dir), t: t, lines: make(chan string, 1000)}
	w.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	talk, err := w.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Process.Kill() })
	go func() {
		for s := bufio.NewScanner(talk); s.Scan(); {
			w.lines <- s.Text()
		}
		close(w.lines)
	}()
	return w
}

// says waits until the summary is what is wanted; saving can be seen as two changes.
func (w *watcher) says(want string) {
	w.t.Helper()
	last := ""
	for deadline := time.After(20 * time.Second); ; {
		select {
		case line, open := <-w.lines:
			if !open {
				w.t.Fatalf("it ended, and last said %q; wanted is %q", last, want)
			}
			if line == want {
				return
			}
			if !strings.HasSuffix(line, "ends it") {
				last = line
			}
		case <-deadline:
			w.t.Fatalf("it last said %q; wanted is %q", last, want)
		}
	}
}
