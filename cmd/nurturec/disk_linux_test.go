package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// A disk that fills up, at one place of the run after the other, ends it with what to do; with room it goes on as if
// nothing had been.
func TestFullDisk(t *testing.T) {
	if elsewhere(t) {
		return
	}
	s := newShop(t, 120)
	journal, outbox := s.undisturbed()
	run := s.inputs("small")
	grow := s.disk("small")
	full := 0
	for kilobytes := 40; kilobytes < 4000; kilobytes += 40 + kilobytes/4 {
		grow(kilobytes)
		code, said := s.command(run...)
		if code == exitFine {
			break
		}
		full++
		if code != exitRefused || !strings.Contains(said, "full") && !strings.Contains(said, "no space left on device") {
			t.Errorf("%d KB: exit %d\n%s", kilobytes, code, cut(said))
		}
	}
	if full < 5 {
		t.Errorf("the disk was full only %d times", full)
	}
	grow(20_000)
	s.says(0, run...)
	s.same("small", "after a full disk", journal, outbox)
}

// The same where the file that many contacts are sorted in finds no room.
func TestFullDiskWhileSorting(t *testing.T) {
	if elsewhere(t) {
		return
	}
	s := newShop(t, 3)
	var people strings.Builder
	people.WriteString("email,first_seen\n")
	for i := range 30_000 {
		fmt.Fprintf(&people, "later%05d@example.com,2027-01-01\n", i)
	}
	run := append(s.inputs("small"), "--contacts", s.file("many.csv", people.String()))
	grow := s.disk("small")
	grow(1000)
	s.says(3, run...)("nurturec: the disk is full: ", "no space left on device; nothing is half written: make room and run again")
	grow(100_000)
	s.says(0, run...)("30,003 contacts")
}

// The same where only what is delivered finds no room.
func TestFullOutbox(t *testing.T) {
	if elsewhere(t) {
		return
	}
	s := newShop(t, 120)
	journal, outbox := s.undisturbed()
	run := s.inputs("small")
	if err := os.MkdirAll(s.path("small/outbox"), 0o777); err != nil {
		t.Fatal(err)
	}
	grow := s.disk("small/outbox")
	grow(100)
	s.says(3, run...)("messages could not be delivered; the next run tries again", "cannot be written", "failed and wait")
	grow(200)
	s.says(3, run...)
	grow(20_000)
	s.says(0, run...)
	s.same("small", "after a full disk", journal, outbox)
}

// disk puts a small disk at a folder; grow gives it room for so many kilobytes.
func (s *shop) disk(folder string) (grow func(kilobytes int)) {
	s.Helper()
	dir, flags := s.path(folder), uintptr(0)
	s.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return func(kilobytes int) {
		s.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, fmt.Sprintf("size=%dk", kilobytes)); err != nil {
			s.Fatal(err)
		}
		flags = syscall.MS_REMOUNT
	}
}

// elsewhere runs the test in a process that may mount disks, where this one may not.
func elsewhere(t *testing.T) bool {
	t.Helper()
	const inside = "NURTURE_TEST_MOUNTS"
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k")
	if err == nil {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Fatal(err)
		}
		return false
	}
	if !errors.Is(err, syscall.EPERM) || os.Getenv(inside) != "" {
		t.Fatal(err)
	}
	again := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	again.Env = append(os.Environ(), inside+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := again.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Skipf("this system lets nobody mount a small disk: %v", err)
	}
	if err != nil {
		t.Errorf("in a process of its own: %v\n%s", err, out)
	}
	return true
}
