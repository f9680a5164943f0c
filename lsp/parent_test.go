//go:build unix

package lsp_test

import (
	"errors"
	"fmt"
	"os/exec"
	"testing"

	"nurture/lsp"
)

// The editor is killed, and something else keeps its end of the pipe open.
func TestEditorIsKilled(t *testing.T) {
	editor := exec.Command("cat")
	if _, err := editor.StdinPipe(); err != nil { // cat waits for it
		t.Fatal(err)
	}
	if err := editor.Start(); err != nil {
		t.Fatal(err)
	}
	w := dial(t)
	if result, code := w.answer("1", "initialize", fmt.Sprintf(`{"processId":%d,"capabilities":{}}`, editor.Process.Pid)); code != 0 {
		t.Fatal(result)
	}
	if _, code := w.answer("2", "workspace/symbol", `{"query":""}`); code != 0 {
		t.Error("the server does not answer while the editor lives")
	}
	editor.Process.Kill()
	editor.Wait()
	if err := <-w.done; !errors.Is(err, lsp.ErrNoShutdown) {
		t.Errorf("Serve returned %v", err)
	}
}

// A number that is nobody's here is an editor elsewhere: it is served until it leaves.
func TestEditorElsewhere(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	w := dial(t)
	w.answer("1", "initialize", fmt.Sprintf(`{"processId":%d,"capabilities":{}}`, gone.Process.Pid))
	w.answer("2", "shutdown", "null")
	w.send(`{"jsonrpc":"2.0","method":"exit"}`)
	if err := <-w.done; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}
