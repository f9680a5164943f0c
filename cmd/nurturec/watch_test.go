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

	w := watching(t, "check", filepath.Join(dir, "sale"))
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

	w.ends()
}

// TestWatchTests has a person write tests, and mend what makes them fail.
func TestWatchTests(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const sound = "contact { email email key }\nprogram p {\n  phase nurture\n  enter when true\n  stage s { after 30d -> done }\n}\n"
	write("p.nurture", sound+"test \"it leaves\" { wait 31d\n expect not in p }\n")
	w := watching(t, "test", dir)
	w.takes("1 test passed in ")
	write("p.nurture", strings.Replace(sound, "30d", "40d", 1)+"test \"it leaves\" { wait 31d\n expect not in p }\n")
	w.takes("1 test failed in ")
	write("t.nurture", "test \"it is there\" { expect in p }\n")
	w.takes("1 test passed, 1 failed in ")
	write("t.nurture", "test \"it is there\" { expect in pp }\n")
	w.says("the tests cannot be played: 1 error in 2 files")
	write("t.nurture", "test \"it is there\" { expect in p.s }\n")
	write("p.nurture", sound+"test \"it leaves\" { wait 31d\n expect not in p }\n")
	w.takes("2 tests passed in ")
	w.ends()
}

// ends interrupts it as a person does.
func (w *watcher) ends() {
	w.t.Helper()
	if err := w.Process.Signal(os.Interrupt); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Wait(); err != nil {
		w.t.Errorf("interrupted, it ends with %v", err)
	}
}

// watcher is a verb that watches.
type watcher struct {
	*exec.Cmd
	t     *testing.T
	lines chan string
}

func watching(t *testing.T, verb, dir string) *watcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "nurturec") // as testscript finds its commands
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	w := &watcher{Cmd: exec.Command(link, verb, "--watch", dir), t: t, lines: make(chan string, 1000)}
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
	w.waits(want, func(line string) bool { return line == want })
}

// takes waits until the summary is what is wanted and how long it took.
func (w *watcher) takes(want string) {
	w.t.Helper()
	w.waits(want, func(line string) bool { return strings.HasPrefix(line, want) })
}

func (w *watcher) waits(want string, is func(line string) bool) {
	w.t.Helper()
	last := ""
	for deadline := time.After(20 * time.Second); ; {
		select {
		case line, open := <-w.lines:
			if !open {
				w.t.Fatalf("it ended, and last said %q; wanted is %q", last, want)
			}
			if is(line) {
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
