package lsp_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

func TestSignatureHelp(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"segment x = count(/*cursor*/", "count(EVENT, 30d) 0"},
		{"segment x = count(response, /*cursor*/)", "count(EVENT, 30d) 1"},
		{"segment x = min(1, 2, 3, 4, /*cursor*/", "min(NUMBER, NUMBER, …) 2"},
		{"segment x = len(trim(contact.co/*cursor*/))", "trim(TEXT) 0"},
		{"segment x = len(trim(contact.company)/*cursor*/)", "len(TEXT) 0"},
		{"program p { stage s { when since(/*cursor*/ -> done } }", "since(TIME) 0"},
		{"segment x = customers/*cursor*/", ""},
		{"segment x = contact.role in [\"/*cursor*/\"]", ""},
	} {
		e := start(t, shop+"-- x.nurture --\n"+tt.src+"\n")
		e.open("x.nurture")
		var help *protocol.SignatureHelp
		e.call("textDocument/signatureHelp", e.at("cursor"), &help)
		got := ""
		if help != nil {
			got = fmt.Sprint(help.Signatures[0].Label, " ", help.ActiveParameter)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.src, got, tt.want)
		}
	}
}

// legend is the server's, as it was told at the beginning.
func (e *editor) legend() (types, modifiers []string) {
	e.t.Helper()
	body, err := json.Marshal(e.init.Capabilities.SemanticTokensProvider)
	if err != nil {
		e.t.Fatal(err)
	}
	var options struct {
		Legend struct{ TokenTypes, TokenModifiers []string }
	}
	if err := json.Unmarshal(body, &options); err != nil {
		e.t.Fatal(err)
	}
	return options.Legend.TokenTypes, options.Legend.TokenModifiers
}

// coloured writes tokens as an editor shows them: each as its text, its type and its modifiers.
func (e *editor) coloured(name string, data []uint32) string {
	e.t.Helper()
	types, modifiers := e.legend()
	var all []string
	var at protocol.Position
	for i := 0; i+4 < len(data); i += 5 {
		if data[i] > 0 {
			at = protocol.Position{Line: at.Line + data[i]}
		}
		at.Character += data[i+1]
		end := protocol.Position{Line: at.Line, Character: at.Character + data[i+2]}
		token := e.says(name, protocol.Range{Start: at, End: end}) + ":" + types[data[i+3]]
		for m, modifier := range modifiers {
			if data[i+4]&(1<<m) != 0 {
				token += "." + modifier
			}
		}
		all = append(all, token)
	}
	return strings.Join(all, " ")
}

func TestSemanticTokens(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"statements", `program p "P😀" { phase retain  stage s { send from by_role every 7d pick latest  on sales.won -> targeted.learn } }`,
			`program:keyword p:namespace.declaration "P😀":string phase:keyword retain:enumMember stage:keyword s:method.declaration ` +
				`send:keyword from:keyword by_role:struct every:keyword 7d:number pick:keyword latest:enumMember on:keyword sales:macro won:event ->:operator targeted:namespace learn:method`},
		{"conditions", `segment x = admins and contact.role == "it" and count(opened, 3d) > 2 // so`,
			`segment:keyword x:interface.declaration =:operator admins:interface and:keyword contact:variable role:property ==:operator "it":string ` +
				`and:keyword count:function opened:event.defaultLibrary 3d:number >:operator 2:number // so:comment`},
		{"what has no meaning has no colour", `segment x = admns or nosuch.thing`, `segment:keyword x:interface.declaration =:operator or:keyword`},
		{"a name that is a word elsewhere", `offer window { kind topic  for engage }`,
			`offer:keyword window:class.declaration kind:keyword topic:enumMember for:keyword engage:enumMember`},
		{"what is set and forgotten", `program p { stage s { on opened -> done { set contact.size = 3 forget contact.role } } }`,
			`program:keyword p:namespace.declaration stage:keyword s:method.declaration on:keyword opened:event.defaultLibrary ->:operator done:keyword ` +
				`set:keyword contact:variable size:property.modification =:operator 3:number forget:keyword contact:variable role:property.modification`},
		{"documentation", "/// Doc.\nevent e { a text }", "/// Doc.:comment.documentation event:keyword e:event.declaration a:property.declaration text:type"},
		{"errors", "offer ( {\nprogram p {\n stage s {\n  send report every", "offer:keyword program:keyword p:namespace.declaration stage:keyword s:method.declaration send:keyword report:class every:keyword"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := start(t, shop+"-- x.nurture --\n"+tt.src+"\n")
			e.open("x.nurture")
			var tokens protocol.SemanticTokens
			e.call("textDocument/semanticTokens/full", e.in("x.nurture"), &tokens)
			if got := e.coloured("x.nurture", tokens.Data); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSemanticTokensOfARange(t *testing.T) {
	e := start(t, shop+"-- x.nurture --\noffer a {}\n/*from*/offer b {}/*to*/\noffer c {}\n")
	e.open("x.nurture")
	params := e.in("x.nurture")
	params["range"] = e.between("from", "to")
	var tokens protocol.SemanticTokens
	e.call("textDocument/semanticTokens/range", params, &tokens)
	if got := e.coloured("x.nurture", tokens.Data); got != "offer:keyword b:class.declaration" {
		t.Error(got)
	}
}

func TestSemanticTokensOfContent(t *testing.T) {
	e := start(t, shop+"-- content/report.md --\n---\nsubject: Hello\n---\nHi {{ contact.company }}\n")
	e.open("content/report.md")
	var tokens protocol.SemanticTokens
	e.call("textDocument/semanticTokens/full", e.in("content/report.md"), &tokens)
	if got := e.coloured("content/report.md", tokens.Data); got != "company:property" {
		t.Error(got)
	}
}

func TestSemanticTokensDelta(t *testing.T) {
	e := start(t, shop+"-- x.nurture --\noffer a {}\noffer b {}\noffer c {}\n")
	e.open("x.nurture")
	var before protocol.SemanticTokens
	e.call("textDocument/semanticTokens/full", e.in("x.nurture"), &before)
	e.substitute("x.nurture", "b {}", "b { kind guide }")
	params := e.in("x.nurture")
	params["previousResultId"] = before.ResultID
	var delta protocol.SemanticTokensDelta
	e.call("textDocument/semanticTokens/full/delta", params, &delta)
	data := before.Data
	for _, edit := range delta.Edits {
		data = slices.Replace(slices.Clone(data), int(edit.Start), int(edit.Start+edit.DeleteCount), edit.Data...)
	}
	var after protocol.SemanticTokens
	e.call("textDocument/semanticTokens/full", e.in("x.nurture"), &after)
	if len(delta.Edits) != 1 || !slices.Equal(data, after.Data) || delta.ResultID != after.ResultID {
		t.Errorf("with the delta %+v\n%s\nwant %s", delta, e.coloured("x.nurture", data), e.coloured("x.nurture", after.Data))
	}
	if len(delta.Edits[0].Data) >= len(after.Data)/2 {
		t.Errorf("the delta has %d of %d numbers", len(delta.Edits[0].Data), len(after.Data))
	}

	params["previousResultId"] = "long ago"
	var full protocol.SemanticTokens
	e.call("textDocument/semanticTokens/full/delta", params, &full)
	if !slices.Equal(full.Data, after.Data) {
		t.Errorf("an unknown result gives %v", full)
	}
}

func TestInlayHints(t *testing.T) {
	const src = `program p "P" {
  phase retain
  track main
  stage s {
    send from by_role every 7d
    on opened -> targeted
    on clicked -> t
    on response match event.topic { security -> targeted otherwise -> done }
  }
  stage t { on ( }
}
map m {
  topic    | admins | otherwise
  security | report | -
}
`
	const want = `program p‹: retain› "P" {
  phase retain
  track main
  stage s {
    send from by_role‹ (1 offer)› every 7d
    on opened -> targeted‹.learn›
    on clicked -> t
    on response match event.topic { security -> targeted‹.learn› otherwise -> done }
  }
  stage t { on ( }
}
map m {
  topic    | admins | otherwise
  security | report‹ admins› | -‹ otherwise›
}
`
	e := start(t, shop+"-- x.nurture --\n"+src)
	e.open("x.nurture")
	params := e.in("x.nurture")
	params["range"] = protocol.Range{End: protocol.Position{Line: 1000}}
	if got := e.hinted("x.nurture", params); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	params["range"] = protocol.Range{End: protocol.Position{Line: 1}}
	if got := e.hinted("x.nurture", params); strings.Count(got, "‹") != 1 {
		t.Errorf("of the first line\n%s", got)
	}
}

// hinted is a file with its inlay hints in it.
func (e *editor) hinted(name string, params map[string]any) string {
	e.t.Helper()
	var hints []struct {
		Position    protocol.Position
		Label       string
		PaddingLeft bool
	}
	e.call("textDocument/inlayHint", params, &hints)
	var edits []protocol.TextEdit
	for _, h := range hints {
		label := h.Label
		if h.PaddingLeft {
			label = " " + label
		}
		edits = append(edits, protocol.TextEdit{Range: protocol.Range{Start: h.Position, End: h.Position}, NewText: "‹" + label + "›"})
	}
	return e.applied(name, edits)
}

func TestFoldingRanges(t *testing.T) {
	const src = `// One.
// Two.

/// Three.
/// Four.
program p {
  phase nurture
  stage s {
    send (
    on response match event.topic {
      security -> done
    }
  }
}
segment x = customers and
  admins
`
	e := start(t, shop+"-- x.nurture --\n"+src)
	e.open("x.nurture")
	var folds []protocol.FoldingRange
	e.call("textDocument/foldingRange", e.in("x.nurture"), &folds)
	var got []string
	for _, f := range folds {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d-%d %s", f.StartLine, f.EndLine, f.Kind)))
	}
	if want := "0-1 comment, 3-4 comment, 5-12, 7-11, 9-10, 14-15"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	var content []protocol.FoldingRange
	e.open("content/report.md")
	e.call("textDocument/foldingRange", e.in("content/report.md"), &content)
	if len(content) != 1 || content[0].EndLine != 2 {
		t.Errorf("of a content file %v", content)
	}
}

func TestSelectionRanges(t *testing.T) {
	const src = `/// Doc.
program p {
  stage s {
    when known(contact.ro/*one*/le) and (admins or customers) -> targeted.le/*two*/arn
    task "Call th/*three*/em" to owner
    send (
  }
}
`
	e := start(t, shop+"-- x.nurture --\n"+src)
	e.open("x.nurture")
	whole := e.text("x.nurture")
	program := strings.TrimSuffix(strings.TrimPrefix(whole, "/// Doc.\n"), "\n")
	stage := program[strings.Index(program, "stage"):strings.LastIndex(program, "\n}")]
	rule := "when known(contact.role) and (admins or customers) -> targeted.learn"
	outer := []string{stage, program, strings.TrimSuffix(whole, "\n"), whole}
	tests := []struct {
		at   string
		want []string
	}{
		{"one", append([]string{"role", "contact.role", "(contact.role)", "known(contact.role) and (admins or customers)", rule}, outer...)},
		{"two", append([]string{"learn", "targeted.learn", rule}, outer...)},
		{"three", append([]string{"Call them", `"Call them"`, `task "Call them" to owner`}, outer...)},
	}
	for _, tt := range tests {
		params := e.in("x.nurture")
		params["positions"] = []protocol.Position{e.at(tt.at).Position}
		var ranges []protocol.SelectionRange
		e.call("textDocument/selectionRange", params, &ranges)
		var got []string
		for r := &ranges[0]; r != nil; r = r.Parent {
			got = append(got, e.says("x.nurture", r.Range))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("at %s\ngot  %q\nwant %q", tt.at, got, tt.want)
		}
	}
}
