package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"nurture/lsp"
)

// wire talks to a server byte for byte.
type wire struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Reader
	done chan error
}

func dial(t *testing.T) *wire {
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	w := &wire{t, toServer, bufio.NewReader(fromServer), make(chan error, 1)}
	go func() {
		w.done <- lsp.Serve(context.Background(), in, out, lsp.Options{})
		in.Close()
		out.Close()
	}()
	t.Cleanup(func() { toServer.Close() })
	return w
}

func (w *wire) send(bodies ...string) {
	w.t.Helper()
	for _, body := range bodies {
		if _, err := fmt.Fprintf(w.in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
			w.t.Fatal(err)
		}
	}
}

// receive gives the next answer; what the server says on its own is passed over.
func (w *wire) receive() (id string, result string, code int) {
	w.t.Helper()
	for {
		length := 0
		for {
			line, err := w.out.ReadString('\n')
			if err != nil {
				w.t.Fatal(err)
			}
			if n, ok := strings.CutPrefix(strings.TrimSpace(line), "Content-Length: "); ok {
				if length, err = strconv.Atoi(n); err != nil {
					w.t.Fatal(err)
				}
			}
			if line == "\r\n" {
				break
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(w.out, body); err != nil {
			w.t.Fatal(err)
		}
		var m struct {
			ID     json.RawMessage
			Method string
			Result json.RawMessage
			Error  struct{ Code int }
		}
		if err := json.Unmarshal(body, &m); err != nil {
			w.t.Fatal(err)
		}
		if m.Method == "" {
			return string(m.ID), string(m.Result), m.Error.Code
		}
	}
}

// answer sends a call and gives its answer.
func (w *wire) answer(id, method, params string) (result string, code int) {
	w.t.Helper()
	w.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":%s}`, id, method, params))
	got, result, code := w.receive()
	if got != id {
		w.t.Fatalf("the answer to %s has the id %s", id, got)
	}
	return result, code
}

func (w *wire) initialize() {
	w.t.Helper()
	w.answer("0", "initialize", `{"capabilities":{}}`)
	w.send(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
}

// Cancelling goes by the id as it was written: a number, a large one, a text; 7 and "7" are two calls.
func TestCancelByAnyID(t *testing.T) {
	lsp.Method("test/wait", func(ctx context.Context) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	w := dial(t)
	w.initialize()
	ids := []string{`7`, `"7"`, `3000000000`, `"a b"`, `-1`}
	for _, id := range ids {
		w.send(`{"jsonrpc":"2.0","id":` + id + `,"method":"test/wait"}`)
	}
	for _, id := range ids {
		w.send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}`)
		if got, _, code := w.receive(); got != id || code != -32800 {
			t.Errorf("after cancelling %s, %s was answered with %d", id, got, code)
		}
	}
}

func TestSlowCallHoldsNothingUp(t *testing.T) {
	release := make(chan struct{})
	lsp.Method("test/slow", func(context.Context) (any, error) { <-release; return "slow", nil })
	lsp.Method("test/fast", func(context.Context) (any, error) { return "fast", nil })
	w := dial(t)
	w.initialize()
	w.send(`{"jsonrpc":"2.0","id":1,"method":"test/slow"}`)
	for id := range 20 {
		if result, _ := w.answer(strconv.Itoa(id+2), "test/fast", "null"); result != `"fast"` {
			t.Fatalf("got %s", result)
		}
	}
	close(release)
	if id, result, _ := w.receive(); id != "1" || result != `"slow"` {
		t.Errorf("got %s %s", id, result)
	}
}

// A feature that fails is answered and noted, and the session goes on.
func TestPanicIsAnswered(t *testing.T) {
	lsp.Method("test/panic", func(context.Context) (any, error) { panic("a fault in a feature") })
	e := start(t, small)
	err := e.ask("test/panic", nil, nil)
	var coded *jsonrpc2.Error
	if !errors.As(err, &coded) || coded.Code != jsonrpc2.InternalError || !strings.Contains(coded.Message, "a fault in a feature") {
		t.Errorf("the answer is %v", err)
	}
	e.wait("log line", func() bool {
		return len(e.notes) > 0 && strings.Contains(e.notes[0], "test/panic failed: a fault in a feature") && strings.Contains(e.notes[0], "dispatch_test.go")
	})
	e.diagnostics("b.nurture")
	if err := e.stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(e.log.String(), "test/panic failed") {
		t.Errorf("the log has no line about it: %q", e.log.String())
	}
}

func TestErrorCodes(t *testing.T) {
	lsp.Method("test/refuse", func(context.Context) (any, error) { return nil, errors.New("this cannot be renamed") })
	w := dial(t)
	code := func(id, method, params string) int {
		t.Helper()
		_, code := w.answer(id, method, params)
		return code
	}
	if got := code("1", "textDocument/formatting", "{}"); got != -32002 {
		t.Errorf("before initialize: %d", got)
	}
	w.initialize()
	for _, c := range []struct {
		method, params string
		want           int
	}{
		{"initialize", "{}", -32600},
		{"no/such", "{}", -32601},
		{"$/no/such", "{}", -32601},
		{"textDocument/formatting", `{"textDocument":{"uri":5}}`, -32602},
		{"textDocument/formatting", `[1]`, -32602},
		{"textDocument/formatting", `{"textDocument":{"uri":"file:///nowhere/a.nurture"}}`, -32602},
		{"test/refuse", "{}", -32803},
	} {
		if got := code("2", c.method, c.params); got != c.want {
			t.Errorf("%s %s: code %d, want %d", c.method, c.params, got, c.want)
		}
	}
	for _, c := range []struct {
		body string
		want int
	}{
		{`{"jsonrpc":`, -32700},
		{"\xff\xfe", -32700},
		{`[]`, -32600},
		{`{"jsonrpc":"2.0"}`, -32600},
		{`{"jsonrpc":"2.0","id":"nobody asked","result":1}`, -32600},
	} {
		w.send(c.body)
		if id, _, got := w.receive(); id != "null" || got != c.want {
			t.Errorf("%q: id %s, code %d, want %d", c.body, id, got, c.want)
		}
	}
	// What nobody knows, or makes no sense, is passed over when no answer is wanted.
	w.send(`{"jsonrpc":"2.0","method":"$/no/such"}`, `{"jsonrpc":"2.0","method":"no/such"}`,
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x"}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":17}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99}}`)
	if got := code("3", "shutdown", "null"); got != 0 {
		t.Errorf("shutdown: %d", got)
	}
	if got := code("4", "textDocument/formatting", "{}"); got != -32600 {
		t.Errorf("after shutdown: %d", got)
	}
	w.send(`{"jsonrpc":"2.0","method":"exit"}`)
	if err := <-w.done; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

// Lists of nothing go out as [], not as null, however deep they stand.
func TestListsAreNeverNull(t *testing.T) {
	lsp.Method("test/lists", func(context.Context) (any, error) {
		return struct {
			protocol.CompletionList
			Any any                                  `json:"any"`
			Map map[string]int                       `json:"map,omitempty"`
			Of  []protocol.CallHierarchyIncomingCall `json:"of"`
		}{Any: &protocol.SemanticTokens{}, Of: make([]protocol.CallHierarchyIncomingCall, 1)}, nil
	})
	w := dial(t)
	w.initialize()
	result, _ := w.answer("1", "test/lists", "null")
	for _, want := range []string{`"items":[]`, `"data":[]`, `"fromRanges":[]`} {
		if !strings.Contains(result, want) {
			t.Errorf("there is no %s in %s", want, result)
		}
	}
}

func TestEndsOfASession(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(w *wire)
		want error
	}{
		"exit after shutdown": {func(w *wire) {
			w.answer("1", "shutdown", "null")
			w.send(`{"jsonrpc":"2.0","method":"exit"}`)
		}, nil},
		"exit at once":  {func(w *wire) { w.send(`{"jsonrpc":"2.0","method":"exit"}`) }, lsp.ErrNoShutdown},
		"gone":          {func(w *wire) { w.in.Close() }, lsp.ErrNoShutdown},
		"no headers":    {func(w *wire) { io.WriteString(w.in, "hello\r\n") }, lsp.ErrNoShutdown},
		"endless":       {func(w *wire) { io.WriteString(w.in, "Content-Length: 99999999999999999999\r\n\r\n") }, lsp.ErrNoShutdown},
		"half a header": {func(w *wire) { io.WriteString(w.in, "Content-Le"); w.in.Close() }, lsp.ErrNoShutdown},
	} {
		t.Run(name, func(t *testing.T) {
			w := dial(t)
			w.initialize()
			c.end(w)
			if err := <-w.done; !errors.Is(err, c.want) {
				t.Errorf("Serve returned %v", err)
			}
		})
	}
}
