//go:build unix

package proof

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"nurture/runtime"
)

// fill runs on a disk on which no file can grow beyond some size.
func (h *theatre) fill(o runtime.Options) error {
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	room := was
	room.Cur = 30_000 + uint64(h.luck.IntN(300_000))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	_, err := runtime.Run(context.Background(), o)
	if back := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); back != nil {
		return back
	}
	if err != nil {
		h.troubles = append(h.troubles, fmt.Sprintf("full at %d bytes: %v", room.Cur, err))
	}
	return nil
}
