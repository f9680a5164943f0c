//go:build unix

package deliver_test

import (
	"context"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFullDiskLeavesNothingHalf(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	// A limit on the size of files is a disk that is full after so many bytes.
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	err := s.Send(context.Background(), greeting())
	if reset := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); reset != nil {
		t.Fatal(reset)
	}
	if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, "email")) || !strings.HasSuffix(err.Error(), ".eml cannot be written: file too large") {
		t.Errorf("got %v", err)
	}
	if found := files(t, dir); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
	send(t, s, greeting())
}
