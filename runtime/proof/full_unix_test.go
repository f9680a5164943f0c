//go:build unix

package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"nurture/runtime"
)

// limited is a run on a disk on which no file can grow beyond some size. The limit is one of a whole process, so it is a process
// of its own, and nothing is delivered in it.
type limited struct {
	Seed             uint64
	Store            string
	Visit            int
	To               *int64
	Workers, Batch   int
	Contacts, Events []string
	Most             uint64
}

const limitedIn = "PROOF_LIMITED"

func (h *theatre) fill(o runtime.Options) error {
	l := limited{h.seed, h.store(), h.visit, o.To, o.Workers, o.Batch, o.Contacts, o.Events, 30_000 + uint64(h.luck.IntN(300_000))}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), limitedIn+"="+string(text))
	out, err := command.CombinedOutput()
	if err != nil {
		h.troubles = append(h.troubles, fmt.Sprintf("full at %d bytes: %s", l.Most, out))
	}
	return nil
}

func TestMain(m *testing.M) {
	text := os.Getenv(limitedIn)
	if text == "" {
		os.Exit(m.Run())
	}
	if err := limit(text); err != nil {
		fmt.Print(err)
		os.Exit(1)
	}
}

// limit does a limited run.
func limit(text string) error {
	var l limited
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return err
	}
	h, err := open(makeWorld(l.Seed), "", nil)
	if err != nil {
		return err
	}
	o := h.options(h.visits[l.Visit])
	o.Store, o.To, o.Workers, o.Batch, o.Contacts, o.Events, o.Senders = l.Store, l.To, l.Workers, l.Batch, l.Contacts, l.Events, nil
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: l.Most, Max: l.Most}); err != nil {
		return err
	}
	_, err = runtime.Run(context.Background(), o)
	return err
}
