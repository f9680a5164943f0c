package main

import (
	"context"
	"encoding/json"
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

// census asks the language server how many contacts are in each stage of the shop's playbook.
func (s *shop) census() (stages map[string]int, err error) {
	s.Helper()
	s.editing(func(file string, conn jsonrpc2.Conn) {
		_, err = conn.Call(s.Context(), "workspace/executeCommand", map[string]any{"command": "nurture.contacts", "arguments": []any{map[string]any{"uri": file}}}, &stages)
	}, jsonrpc2.MethodNotFoundHandler)
	return stages, err
}

// TestALensPlaysTests chooses the lens "run all tests" of a file in which one test fails: the failure is shown where it was
// expected, with what was decided for the contact until then.
func TestALensPlaysTests(t *testing.T) {
	s := newShop(t, 1)
	src, err := os.ReadFile(s.path("play/playbook.nurture"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	s.file("play/playbook.nurture", text+"\ntest \"it passes\" { expect in leads.learn }\ntest \"it fails\" { expect not in leads.learn }\n")
	line := strings.Count(text, "\n") + 3
	type finding struct {
		Range struct {
			Start struct{ Line, Character int }
		}
		Source, Message    string
		RelatedInformation []struct{ Message string }
	}
	said := make(chan finding, 100)
	s.editing(func(file string, conn jsonrpc2.Conn) {
		if err := conn.Notify(s.Context(), "textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": file, "version": 2},
			"contentChanges": []any{map[string]any{"range": map[string]any{"start": map[string]any{"line": 0, "character": 0}, "end": map[string]any{"line": 0, "character": 0}}, "text": "\n"}},
		}); err != nil {
			t.Fatal(err)
		}
		var lenses []struct {
			Command struct {
				Title, Command string
				Arguments      []json.RawMessage
			}
		}
		if _, err := conn.Call(s.Context(), "textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": file}}, &lenses); err != nil {
			t.Fatal(err)
		}
		for _, l := range lenses {
			if l.Command.Title != "run all tests" {
				continue
			}
			var answer struct {
				Passed int
				Failed []string
			}
			if _, err := conn.Call(s.Context(), "workspace/executeCommand", l.Command, &answer); err != nil || answer.Passed != 1 || len(answer.Failed) != 1 {
				t.Errorf("the answer is %v, %v", answer, err)
			}
			for f := range said {
				if f.Source != "nurture test" {
					continue
				}
				if f.Range.Start.Line != line || f.Range.Start.Character != len(`test "it fails" { `) {
					t.Errorf("it is shown in line %d, %d, and not %d", f.Range.Start.Line, f.Range.Start.Character, line)
				}
				if !strings.HasPrefix(f.Message, "expected not in ") || len(f.RelatedInformation) == 0 || !strings.Contains(f.RelatedInformation[0].Message, "entered") {
					t.Errorf("what is shown is %+v", f)
				}
				return
			}
		}
		t.Errorf("there is no lens for it: %v", lenses)
	}, func(ctx context.Context, reply jsonrpc2.Replier, m jsonrpc2.Request) error {
		var p struct{ Diagnostics []finding }
		if m.Method() == "textDocument/publishDiagnostics" {
			if err := json.Unmarshal(m.Params(), &p); err != nil {
				t.Error(err)
			}
			for _, f := range p.Diagnostics {
				said <- f
			}
		}
		return jsonrpc2.MethodNotFoundHandler(ctx, reply, m)
	})
}

// editing starts the language server, and shows it the shop's playbook; take is what the server says on its own.
func (s *shop) editing(do func(file string, conn jsonrpc2.Conn), take jsonrpc2.Handler) {
	s.Helper()
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- command(context.Background(), []string{"lsp"}, &terminal{in: fromEditor, out: toEditor, err: io.Discard})
		toEditor.Close()
	}()
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(pipe{fromServer, toServer}))
	conn.Go(s.Context(), take)
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
	do(file, conn)
	if _, err := conn.Call(s.Context(), "shutdown", nil, nil); err != nil {
		s.Fatal(err)
	}
	if err := conn.Notify(s.Context(), "exit", nil); err != nil {
		s.Fatal(err)
	}
	if code := <-ended; code != exitFine {
		s.Fatalf("the server ended with %d", code)
	}
}

// pipe is one end of a connection.
type pipe struct {
	io.Reader
	io.WriteCloser
}
