package lsp

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"
)

// parentPoll is how long a server may outlive its editor.
const parentPoll = time.Second

// watchParent ends the session when the editor's process is gone. Most often its end of the pipe closes with it, but not
// where another process has inherited that. A process that cannot be seen from here is not watched: an editor in
// another container gives a number that means nothing, or somebody else, on this side.
func (s *server) watchParent(pid int) {
	editor, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	defer editor.Release()
	if runtime.GOOS == "windows" { // knows no signal 0, and lets anybody wait for a process
		if _, err := editor.Wait(); err == nil {
			close(s.orphaned)
		}
		return
	}
	if !alive(editor) {
		return
	}
	tick := time.NewTicker(parentPoll)
	defer tick.Stop()
	for alive(editor) {
		select {
		case <-tick.C:
		case <-s.conn.Done():
			return
		}
	}
	close(s.orphaned)
}

// alive is true too for a process of another user, which may not be signalled.
func alive(p *os.Process) bool {
	err := p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
