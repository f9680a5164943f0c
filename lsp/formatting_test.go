package lsp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

const ragged = `
-- a.nurture --
contact {
    email email key // mail
  role  text
}

segment   a = contact.role == "a"
segment longer = contact.role=="b"
/*from*/segment c = contact.role == "c"
segment/*to*/   d = contact.role == "d"
`

func (e *editor) edits(method string, params any) (edits []protocol.TextEdit) {
	e.t.Helper()
	e.call(method, params, &edits)
	return edits
}

func TestFormatting(t *testing.T) {
	e := start(t, ragged)
	e.open("a.nurture")
	edits := e.edits("textDocument/formatting", e.in("a.nurture"))
	want := `contact {
  email  email  key  // mail
  role   text
}

segment a      = contact.role == "a"
segment longer = contact.role=="b"
segment c      = contact.role == "c"
segment d      = contact.role == "d"
`
	if got := e.applied("a.nurture", edits); got != want {
		t.Errorf("got\n%s", got)
	}
	for _, edit := range edits {
		if edit.Range.Start.Line <= 3 && 3 < edit.Range.End.Line {
			t.Errorf("line 4, which is as it should be, is edited: %v", edit)
		}
	}
	e.change("a.nurture", mustJSON(t, []any{map[string]any{"text": want}}))
	if edits := e.edits("textDocument/formatting", e.in("a.nurture")); len(edits) > 0 {
		t.Errorf("formatted text is edited: %v", edits)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestFormattingARange(t *testing.T) {
	e := start(t, ragged)
	e.open("a.nurture")
	params := e.in("a.nurture")
	params["range"] = e.between("from", "to")
	want := strings.NewReplacer("segment c =", "segment c      =", "segment   d =", "segment d      =").Replace(e.text("a.nurture"))
	if got := e.applied("a.nurture", e.edits("textDocument/rangeFormatting", params)); got != want {
		t.Errorf("got\n%s", got)
	}
}

// A file that does not parse is formatted as far as it does.
func TestFormattingABrokenFile(t *testing.T) {
	e := start(t, `
-- a.nurture --
contact {
 email email
}
// about a
segment   a = contact.email == "a"
segment longer = contact.email == "b"

segment =   what
offer   o {
 kind    guide   topic

topics   one,two
// the end
`)
	e.open("a.nurture")
	want := `contact {
  email  email
}
// about a
segment a      = contact.email == "a"
segment longer = contact.email == "b"

segment =   what
offer   o {
 kind    guide   topic

topics one, two
// the end
`
	if got := e.applied("a.nurture", e.edits("textDocument/formatting", e.in("a.nurture"))); got != want {
		t.Errorf("got\n%s", got)
	}
}

// Line ends stay what they are in the document.
func TestFormattingKeepsCRLF(t *testing.T) {
	e := start(t, "", config{roots: []string{}})
	e.openText("a.nurture", "contact {\r\n email email\r\n}\r\n\r\n\r\ntopics a,b\r\n")
	if got, want := e.applied("a.nurture", e.edits("textDocument/formatting", e.in("a.nurture"))), "contact {\r\n  email  email\r\n}\r\n\r\ntopics a, b\r\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestFormattingOnType(t *testing.T) {
	for name, c := range map[string]struct{ ch, src, want string }{
		"a brace tidies up the declaration it ends": {"}",
			"topics   a\nevent visited {\n page    text\n}/*here*/\nsegment   s = true\n",
			"topics   a\nevent visited {\n  page  text\n}\nsegment   s = true\n"},
		"a line end in a map aligns the lines above": {"\n",
			"topics a,b\nmap m {\n  topic | otherwise\n  a | long_offer_name\n/*here*/\n}\n",
			"topics a,b\nmap m {\n  topic | otherwise\n  a     | long_offer_name\n\n}\n"},
		"a line end elsewhere changes nothing": {"\n",
			"event visited {\n page    text\n/*here*/\n}\n",
			"event visited {\n page    text\n\n}\n"},
		"a brace that closes nothing": {"}", "topics   a\n}/*here*/\n", "topics   a\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, "-- a.nurture --\n"+c.src)
			e.open("a.nurture")
			at := e.at("here")
			edits := e.edits("textDocument/onTypeFormatting", map[string]any{
				"textDocument": at.TextDocument, "position": at.Position, "ch": c.ch, "options": map[string]any{"tabSize": 8, "insertSpaces": false},
			})
			if got := e.applied("a.nurture", edits); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Text in another language is left alone.
func TestFormattingAContentFile(t *testing.T) {
	e := start(t, small)
	e.open("report.md")
	if edits := e.edits("textDocument/formatting", e.in("report.md")); len(edits) > 0 {
		t.Errorf("got %v", edits)
	}
}
