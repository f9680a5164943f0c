package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.lsp.dev/jsonrpc2"

	"nurture/lang"
)

// Somebody hammers at a playbook: inserts, deletes, pastes other files, writes half characters, asks everything that can
// be asked at places that may not exist. The server has the text that the editor has, its diagnostics are those of a
// fresh check, nothing fails inside, and its memory does not grow.
//
// NURTURE_EDITS says how many edits; without it there are enough to find most of what can go wrong.
func TestRandomEdits(t *testing.T) {
	edits := 4000
	if n, err := strconv.Atoi(os.Getenv("NURTURE_EDITS")); err == nil {
		edits = n
	}
	seed := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("NURTURE_SEED"), 10, 64); err == nil {
		seed = n
	}
	h := newHammer(t, seed)
	var memory []uint64
	for step := 1; step <= edits; step++ {
		h.edit()
		if h.Float64() < .2 {
			h.ask()
		}
		if step%50 == 0 {
			h.compareTexts(step)
		}
		if step%(edits/10) == 0 {
			h.compareDiagnostics(step)
			if step >= edits/2 {
				memory = append(memory, h.memory())
			}
		} else if step%1000 == 0 {
			h.compareDiagnostics(step)
		}
	}
	t.Logf("seed %d, %d edits, %d questions, %d answers refused; memory %v", seed, edits, h.asked, h.refused, memory)
	if before, after := slices.Min(memory[:3]), slices.Min(memory[3:]); edits >= 10_000 && after > before+before/10 {
		t.Errorf("memory grew from %d to %d bytes in the second half", before, after)
	}
	if err := h.stop(); err != nil {
		t.Error(err)
	}
	if log := h.log.String(); log != "" {
		t.Errorf("the server's log:\n%.5000s", log)
	}
}

// hammer is an editor in the hands of chance, with a model of its documents that knows nothing of the server's code.
type hammer struct {
	*editor
	*rand.Rand
	names     []string
	originals map[string]string
	snippets  []string
	methods   []string

	asking  sync.WaitGroup
	mu      sync.Mutex
	asked   int
	refused int
}

func newHammer(t *testing.T, seed uint64) *hammer {
	files := map[string]string{}
	for _, glob := range []string{"*.nurture", "content/*.md"} {
		found, err := filepath.Glob("../examples/saas/" + glob)
		if err != nil || len(found) == 0 {
			t.Fatalf("no example: %v", err)
		}
		for _, f := range found {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel("../examples/saas", f)
			files[filepath.ToSlash(rel)] = string(src)
		}
	}
	h := &hammer{Rand: rand.New(rand.NewPCG(seed, 0)), originals: files, names: slices.Sorted(maps.Keys(files))}
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
		h.snippets = append(h.snippets, strings.SplitAfter(text, "\n")...)
		if len(text) < 8000 {
			h.snippets = append(h.snippets, text)
		}
	}
	slices.Sort(h.snippets)
	for _, s := range []string{"\r\n", "\r", "\n", "😀", "é", "表", "\u2028", "\x00", "\ufeff", "{", "}", "\"", "(", "{{", "}}", "{%", "->", "a", " ", "segment x = ", "contact.", "/"} {
		h.snippets = append(h.snippets, slices.Repeat([]string{s}, 20)...) // these often
	}
	h.editor = session(t, dir, config{})
	for _, name := range h.names {
		h.open(name)
	}
	h.methods = requests(t, h.editor)
	return h
}

// requests are the methods about a document that the server says it has.
func requests(t *testing.T, e *editor) (methods []string) {
	t.Helper()
	body, err := json.Marshal(e.init.Capabilities)
	if err != nil {
		t.Fatal(err)
	}
	var has map[string]any
	if err := json.Unmarshal(body, &has); err != nil {
		t.Fatal(err)
	}
	for name := range has {
		method, isProvider := strings.CutSuffix(name, "Provider")
		method = map[string]string{
			"documentFormatting": "formatting", "documentRangeFormatting": "rangeFormatting", "documentOnTypeFormatting": "onTypeFormatting",
			"callHierarchy": "prepareCallHierarchy", "semanticTokens": "semanticTokens/full",
		}[method] + method
		for _, full := range []string{"formatting", "rangeFormatting", "onTypeFormatting", "prepareCallHierarchy", "semanticTokens/full"} {
			if strings.HasPrefix(method, full) {
				method = full
			}
		}
		if isProvider && method != "workspaceSymbol" && method != "executeCommand" {
			methods = append(methods, "textDocument/"+method)
		}
	}
	slices.Sort(methods)
	return append(methods, "textDocument/diagnostic", "workspace/symbol")
}

func (h *hammer) edit() {
	name := h.names[h.IntN(len(h.names))]
	d := h.docs[name]
	if len(d.text) > 2*len(h.originals[name])+4000 || h.Float64() < .002 {
		d.text = h.originals[name]
		h.change(name, fmt.Sprintf(`[{"text":%s}]`, quoted(d.text)))
		return
	}
	var changes []string
	for range 1 + h.IntN(2)*h.IntN(3) {
		from := h.place(d.text)
		to := from
		switch h.IntN(4) {
		case 0:
			to.column += h.IntN(6)
		case 1:
			to = h.place(d.text)
			if to.line > from.line+4 || to.line < from.line-4 {
				to = from
			}
		}
		text := ""
		if h.IntN(4) > 0 {
			text = h.snippets[h.IntN(len(h.snippets))]
		}
		start, end := from.in(d.text), to.in(d.text)
		if start > end {
			start, end = end, start
		}
		written := quoted(text)
		if h.IntN(50) == 0 { // half a character, which a JSON text can hold and a text cannot
			written, text = `"\ud83d`+written[1:], "\ufffd"+text
		}
		d.text = d.text[:start] + text + d.text[end:]
		changes = append(changes, fmt.Sprintf(`{"range":{"start":%s,"end":%s},"text":%s}`, from, to, written))
	}
	h.change(name, "["+strings.Join(changes, ",")+"]")
}

func quoted(text string) string {
	body, _ := json.Marshal(text)
	return string(body)
}

// spot is a position as an editor may send it: any line and UTF-16 column, whether they exist or not.
type spot struct{ line, column int }

func (s spot) String() string { return fmt.Sprintf(`{"line":%d,"character":%d}`, s.line, s.column) }

func (h *hammer) place(text string) spot {
	return spot{h.IntN(strings.Count(text, "\n") + 2), h.IntN(1 + h.IntN(90))}
}

// in is the byte that a position means: lines end with LF, CRLF or CR, what is behind the end of a line is its end, and
// what is inside a character is its start.
func (s spot) in(text string) int {
	at := 0
	for range s.line {
		end := strings.IndexAny(text[at:], "\r\n")
		if end < 0 {
			return len(text)
		}
		if at += end + 1; text[at-1] == '\r' && at < len(text) && text[at] == '\n' {
			at++
		}
	}
	column := s.column
	for i, r := range text[at:] {
		width := 1
		if r >= 0x10000 {
			width = 2
		}
		if r == '\r' || r == '\n' || column < width {
			return at + i
		}
		column -= width
	}
	return len(text)
}

// ask asks something at some place, and now and then loses interest.
func (h *hammer) ask() {
	method, name := h.methods[h.IntN(len(h.methods))], h.names[h.IntN(len(h.names))]
	at, to := h.place(h.docs[name].text), h.place(h.docs[name].text)
	ch := []string{"}", "\n", "."}[h.IntN(3)]
	params := json.RawMessage(fmt.Sprintf(`{"textDocument":{"uri":%s},"position":%s,"positions":[%s],"range":{"start":%s,"end":%s},"ch":%s,
		"query":"a","newName":"renamed_%d","context":{"includeDeclaration":true,"diagnostics":[],"triggerKind":1},"options":{"tabSize":2},"previousResultId":""}`,
		quoted(string(h.uri(name))), at, at, at, to, quoted(ch), h.IntN(1000)))
	ctx, cancel := context.WithCancel(context.Background())
	if h.IntN(10) == 0 {
		cancel()
	}
	h.asked++
	h.asking.Go(func() {
		defer cancel()
		var result json.RawMessage
		_, err := h.conn.Call(ctx, method, params, &result)
		var coded *jsonrpc2.Error
		switch {
		case err == nil, errors.Is(err, context.Canceled):
		case errors.As(err, &coded) && coded.Code == -32803: // refused with a reason
			h.mu.Lock()
			h.refused++
			h.mu.Unlock()
		default:
			h.t.Errorf("%s %s: %v", method, params, err)
		}
	})
}

func (h *hammer) compareTexts(step int) {
	h.t.Helper()
	for _, name := range h.names {
		if got, want := h.held(name), h.docs[name].text; got != want {
			h.t.Fatalf("step %d: of %s the server has\n%q\nand the editor\n%q", step, name, got, want)
		}
	}
}

func (h *hammer) compareDiagnostics(step int) {
	h.t.Helper()
	h.asking.Wait()
	sources := map[string]string{}
	for _, name := range h.names {
		if strings.HasSuffix(name, lang.Extension) {
			sources[name] = h.docs[name].text
		}
	}
	root, err := os.OpenRoot(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	defer root.Close()
	loaded := lang.Parse(sources, func(path string) (string, error) {
		if d := h.docs[path]; d != nil {
			return d.text, nil
		}
		src := lang.ReadFile(root.FS(), path)
		return src.Text, src.Err
	})
	want := byLine(loaded.Diagnostics, loaded.Sources)
	h.settle()
	for _, name := range h.names {
		if got := shown(h.diagnostics(name)); !slices.Equal(got, want[name]) {
			h.t.Fatalf("step %d: of %s the editor shows\n%s\nand a fresh check says\n%s", step, name, strings.Join(got, "\n"), strings.Join(want[name], "\n"))
		}
	}
}

// settle waits until the server has said all that there is to say: files are told of in the order of their names.
func (h *hammer) settle() {
	h.t.Helper()
	last := h.names[len(h.names)-1]
	h.change(last, "[]")
	h.diagnostics(last)
}

// memory is what the session holds when everything is as it was at the beginning.
func (h *hammer) memory() uint64 {
	now := map[string]string{}
	for _, name := range h.names {
		now[name] = h.docs[name].text
		h.docs[name].text = h.originals[name]
		h.change(name, fmt.Sprintf(`[{"text":%s}]`, quoted(h.originals[name])))
	}
	h.settle()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for _, name := range h.names {
		h.docs[name].text = now[name]
		h.change(name, fmt.Sprintf(`[{"text":%s}]`, quoted(now[name])))
	}
	return m.HeapAlloc
}
