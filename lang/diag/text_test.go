package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// at marks a span in a text by «…» and gives the text without the marks.
func at(t *testing.T, file, marked string) (string, Span) {
	t.Helper()
	start := strings.Index(marked, "«")
	end := strings.Index(marked, "»")
	if start < 0 || end < start {
		t.Fatalf("no «…» in %q", marked)
	}
	return strings.NewReplacer("«", "", "»", "").Replace(marked), Span{file, start, end - len("«")}
}

func TestText(t *testing.T) {
	long := strings.Repeat("x", 500)
	for _, tc := range []struct{ name, src, want string }{
		{"span", "topics a\noffer x { topic «securty» }\n", `
p.nurture:2:17: error NUR103: wrong
    2 | offer x { topic securty }
      |                 ^^^^^^^
`},
		{"empty span", "send a«»\n", `
p.nurture:1:7: error NUR103: wrong
    1 | send a
      |       ^
`},
		{"tabs count as they are shown", "\ta\t«bc»\td\n", `
p.nurture:1:4: error NUR103: wrong
    1 |     a   bc  d
      |         ^^
`},
		{"wide runes take two columns", "日本 «語x» 😀\n", `
p.nurture:1:4: error NUR103: wrong
    1 | 日本 語x 😀
      |      ^^^
`},
		{"the first line of several", "a «{\nb\n}»\n", `
p.nurture:1:3: error NUR103: wrong
    1 | a {
      |   ^
`},
		{"CRLF and no last line end", "a\r\nb «c»", `
p.nurture:2:3: error NUR103: wrong
    2 | b c
      |   ^
`},
		{"nothing a terminal obeys", "a\x1b[31m «b»\u202e\n", `
p.nurture:1:8: error NUR103: wrong
    1 | a�[31m b�
      |        ^
`},
		{"a long line is cut around the span", long + " «bad» " + long + "\n", `
p.nurture:1:502: error NUR103: wrong
    1 | …` + strings.Repeat("x", 59) + ` bad ` + strings.Repeat("x", 56) + `…
      |  ` + strings.Repeat(" ", 60) + `^^^
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src, span := at(t, "p.nurture", tc.src)
			var out bytes.Buffer
			err := Text(&out, []Diagnostic{{Code: "NUR103", Span: span, Message: "wrong"}}, map[string]string{"p.nurture": src}, false)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), strings.TrimPrefix(tc.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestTextRelatedAndFixes(t *testing.T) {
	d := Diagnostic{
		Code: "NUR101", Severity: Warning, Span: Span{"b.nurture", 6, 7}, Message: "said twice",
		Related: []Related{{Span{"a.nurture", 0, 1}, "the first one"}},
		Fixes:   []Fix{{Title: "write `c`"}},
	}
	var out bytes.Buffer
	if err := Text(&out, []Diagnostic{d, {Code: "NUR300", Message: "no playbook"}}, map[string]string{"a.nurture": "b\n", "b.nurture": "offer b\n"}, true); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mb.nurture:1:7\x1b[22m: \x1b[33;1mwarning NUR101\x1b[0;22m: said twice\n" +
		"\x1b[34m    1 |\x1b[0m offer b\n" +
		"\x1b[34m      |\x1b[0m       \x1b[33;1m^\x1b[0;22m\n" +
		"  \x1b[34ma.nurture:1:1:\x1b[0m the first one\n" +
		"  \x1b[32mfix:\x1b[0m write `c`\n" +
		"\n\x1b[31;1merror NUR300\x1b[0;22m: no playbook\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestJSON(t *testing.T) {
	src := "é offer x\ny\n"
	span := Span{"p.nurture", 3, 10}
	d := Diagnostic{
		Code: "NUR101", Span: span, Message: "a < b",
		Related: []Related{{Span{"gone.nurture", 2, 3}, "here"}},
		Fixes:   []Fix{{Title: "mend", Edits: []Edit{{Span: span, New: "z"}}}},
	}
	var out bytes.Buffer
	if err := JSON(&out, []Diagnostic{d}, map[string]string{"p.nurture": src}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), `\u003c`) {
		t.Error("JSON escapes for HTML")
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"file": "p.nurture", "line": 1.0, "column": 3.0, "endLine": 1.0, "endColumn": 10.0,
		"start": 3.0, "end": 10.0, "severity": "error", "code": "NUR101", "message": "a < b",
	} {
		if got[0][name] != want {
			t.Errorf("%s is %v, want %v", name, got[0][name], want)
		}
	}
	related := got[0]["related"].([]any)[0].(map[string]any)
	if _, there := related["line"]; there || related["start"] != 2.0 {
		t.Errorf("a place in an unknown file: %v", related)
	}
	out.Reset()
	if err := JSON(&out, nil, nil); err != nil || out.String() != "[]\n" {
		t.Errorf("no diagnostics: %q, %v", out.String(), err)
	}
}
