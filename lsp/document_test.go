package lsp_test

import (
	"encoding/json"
	"testing"

	"go.lsp.dev/protocol"
)

// held is a document's text as the server has it.
func (e *editor) held(name string) (text string) {
	e.t.Helper()
	e.call("test/text", e.in(name), &text)
	return text
}

// change sends edits as they are, JSON.
func (e *editor) change(name, edits string) {
	e.t.Helper()
	d := e.docs[name]
	d.version++
	e.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": e.uri(name), "version": d.version},
		"contentChanges": json.RawMessage(edits),
	})
}

func TestEditsOfADocument(t *testing.T) {
	for name, c := range map[string]struct {
		before, edits, after string
		utf8                 bool
	}{
		"insertion": {before: "ab\ncd\n", after: "ab\ncXd\n",
			edits: `[{"range":{"start":{"line":1,"character":1},"end":{"line":1,"character":1}},"text":"X"}]`},
		"deletion over a line end": {before: "ab\ncd\n", after: "ad\n",
			edits: `[{"range":{"start":{"line":0,"character":1},"end":{"line":1,"character":1}},"text":""}]`},
		"all of it, without a range": {before: "ab\ncd\n", after: "new", edits: `[{"text":"new"}]`},
		"one after another, each in what the one before left": {before: "ab", after: "1\n2b",
			edits: `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"text":"1\n"},
				{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"text":"2"}]`},
		"all of it, then a part": {before: "x", after: "a-c",
			edits: `[{"text":"abc"},{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":2}},"text":"-"}]`},
		"CRLF": {before: "ab\r\ncd\r\n", after: "ab\r\nXd\r\n",
			edits: `[{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":1}},"text":"X"}]`},
		"behind the end of a line with CRLF": {before: "ab\r\ncd", after: "abX\r\ncd",
			edits: `[{"range":{"start":{"line":0,"character":99},"end":{"line":0,"character":99}},"text":"X"}]`},
		"CR alone ends a line": {before: "ab\rcd", after: "ab\rXcd",
			edits: `[{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"text":"X"}]`},
		"columns are UTF-16": {before: "é😀b", after: "é😀X",
			edits: `[{"range":{"start":{"line":0,"character":3},"end":{"line":0,"character":4}},"text":"X"}]`},
		"columns are bytes": {before: "é😀b", after: "é😀X", utf8: true,
			edits: `[{"range":{"start":{"line":0,"character":6},"end":{"line":0,"character":7}},"text":"X"}]`},
		"inside a character of bytes": {before: "é😀b", after: "éX😀b", utf8: true,
			edits: `[{"range":{"start":{"line":0,"character":4},"end":{"line":0,"character":5}},"text":"X"}]`},
		"half of a surrogate pair": {before: "a😀b", after: "aX😀b",
			edits: `[{"range":{"start":{"line":0,"character":2},"end":{"line":0,"character":2}},"text":"X"}]`},
		"from half to half": {before: "😀😀", after: "X😀",
			edits: `[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":3}},"text":"X"}]`},
		"half a character inserted": {before: "ab", after: "a\ufffdb",
			edits: `[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":1}},"text":"\ud83d"}]`},
		"behind the last line": {before: "ab\n", after: "ab\nX",
			edits: `[{"range":{"start":{"line":77,"character":3},"end":{"line":4000000000,"character":4000000000}},"text":"X"}]`},
		"from back to front": {before: "abc", after: "aXc",
			edits: `[{"range":{"start":{"line":0,"character":2},"end":{"line":0,"character":1}},"text":"X"}]`},
		"no edit": {before: "abc", after: "abc", edits: `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, "", config{utf8: c.utf8, roots: []string{}})
			e.openText("a.nurture", c.before)
			e.change("a.nurture", c.edits)
			if got := e.held("a.nurture"); got != c.after {
				t.Errorf("the server has %q, the editor %q", got, c.after)
			}
		})
	}
}

// A document that is in no folder is a playbook of its own; its content files are nowhere.
func TestUntitledDocument(t *testing.T) {
	e := start(t, "", config{roots: []string{}})
	e.openText("untitled:Untitled-1", "contact { email email }\nsegment a = contact.emial == \"x\"\noffer o { content \"mail.md\" }\n")
	if got := e.summary("untitled:Untitled-1", e.diagnostics("untitled:Untitled-1")); got != "NUR211 emial" {
		t.Errorf("got %q", got)
	}
	e.substitute("untitled:Untitled-1", "emial", "email")
	for _, d := range e.diagnostics("untitled:Untitled-1") {
		if d.Severity == protocol.DiagnosticSeverityError {
			t.Errorf("got %v", d)
		}
	}
	e.close("untitled:Untitled-1")
	if err := e.ask("textDocument/formatting", e.in("untitled:Untitled-1"), nil); err == nil {
		t.Error("a closed document can still be asked about")
	}
}

// Places in diagnostics are counted as the editor wants them.
func TestPositionEncoding(t *testing.T) {
	for _, utf8 := range []bool{false, true} {
		e := start(t, "", config{utf8: utf8, roots: []string{}})
		e.openText("a.nurture", "contact { email email }\nnever \"é😀\" when nothing\n")
		found := e.diagnostics("a.nurture")
		if len(found) != 1 {
			t.Fatalf("got %v", found)
		}
		want := uint32(len(`never "é😀" when `))
		if !utf8 {
			want = uint32(utf16Len(`never "é😀" when `))
		}
		if got := found[0].Range.Start.Character; got != want {
			t.Errorf("utf8 %v: column %d, want %d", utf8, got, want)
		}
	}
}
