package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
)

// TestContactsOfAStore has an editor ask about a playbook before and after it has run: what the server says of its stages
// is what the store beside it has.
func TestContactsOfAStore(t *testing.T) {
	s := newShop(t, 20)
	if got, err := s.census(); err == nil || !strings.Contains(err.Error(), "no store") {
		t.Errorf("before a run there are %v, %v", got, err)
	}
	s.says(0, s.inputs("play")...)
	got, err := s.census()
	all := 0
	for stage, n := range got {
		all += n
		if !strings.Contains(stage, ".") {
			t.Errorf("%q is no stage", stage)
		}
	}
	if err != nil || all < 10 || all > 20 {
		t.Errorf("of 20 contacts after a run there are %v, %v", got, err)
	}
}

// census starts the language server and asks it how many contacts are in each stage of the shop's playbook.
func (s *shop) census() (stages map[string]int, err error) {
	s.Helper()
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- command(context.Background(), []string{"lsp"}, &terminal{in: fromEditor, out: toEditor, err: io.Discard})
		toEditor.Close()
	}()
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(pipe{fromServer, toServer}))
	conn.Go(s.Context(), jsonrpc2.MethodNotFoundHandler)
	file := "file://" + s.path("play/playbook.nurture")
	text, err := os.ReadFile(s.path("play/playbook.nurture"))
	if err != nil {
		s.Fatal(err)
	}
	if _, err := conn.Call(s.Context(), "initialize", map[string]any{"capabilities": map[string]any{}}, nil); err != nil {
		s.Fatal(err)
	}
	if err := conn.Notify(s.Context(), "textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": file, "text": string(text)}}); err != nil {
		s.Fatal(err)
	}
	_, err = conn.Call(s.Context(), "workspace/executeCommand", map[string]any{"command": "nurture.contacts", "arguments": []any{map[string]any{"uri": file}}}, &stages)
	if _, err := conn.Call(s.Context(), "shutdown", nil, nil); err != nil {
		s.Fatal(err)
	}
	if err := conn.Notify(s.Context(), "exit", nil); err != nil {
		s.Fatal(err)
	}
	if code := <-ended; code != exitFine {
		s.Fatalf("the server ended with %d", code)
	}
	return stages, err
}

// pipe is one end of a connection.
type pipe struct {
	io.Reader
	io.WriteCloser
}
