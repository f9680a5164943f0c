package lsp_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/check"
)

const names = `
-- contact.nurture --
contact {
  email email key
  /*role*/role  enum("it", "user")  question light "What do you do?"
  size  number
}
topics security
roles  owner
/// Somebody looked at a page.
event visited { page text, topic topic }
segment /*it*/it = contact.role == "it"
-- offers.nurture --
/// The flagship.
offer /*report*/report "The report" { kind paper  topic security  for nurture  content "content/report.md" }
offer stories "Stories" { kind paper  topic security  for nurture  channel post }
map by_role {
  topic    | it     | otherwise
  security | report | /*cell*/report, stories
}
-- programs.nurture --
program targeted "Targeted" {
  phase nurture
  enter when /*known*/known(contact.role) and since(contact.arrived) >= 7d
  on visited where event./*page*/page == "/x" and /*useit*/it -> /*engaged*/engaged
  stage learn {
    send from by_role every /*week*/7d
    on response -> engaged
    after 60d   -> longterm
  }
  stage /*stage*/engaged {
    send stories
    when sent(/*sent*/report) > 0 -> targeted./*twice*/learn
    /*on*/on clicked { set contact./*set*/role = "it" }
  }
}
program longterm "Long-term" {
  phase nurture
  stage wait { on response -> targeted.engaged  after 1y -> done }
}
migrate targeted./*past*/warm -> targeted.engaged
migrate targeted.gone -> longterm
test "a test" {
  contact { email = "a@example.com"  role = it }
  expect in targeted.engaged
  clicked { offer = report }
}
-- content/report.md --
---
subject: For {{ contact./*inmail*/role }}
---
{% if contact.role == "it" %}Hello{% endif %}
`

// opened is a session in which a file is open, so that the server knows the playbook.
func opened(t *testing.T, archive string, c ...config) *editor {
	t.Helper()
	e := start(t, archive, c...)
	e.open("programs.nurture")
	return e
}

// located writes places short: the file, the line, and what is meant of it.
func (e *editor) located(all []protocol.Location) string {
	var lines []string
	for _, l := range all {
		name := e.name(l.URI)
		line := strings.Split(e.text(name), "\n")[l.Range.Start.Line]
		lines = append(lines, fmt.Sprintf("%s: %s «%s»", name, strings.TrimSpace(line), e.says(name, l.Range)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

func TestDefinition(t *testing.T) {
	e := opened(t, names)
	for mark, want := range map[string]string{
		"cell":    `offers.nurture: offer report "The report" { kind paper  topic security  for nurture  content "content/report.md" } «report»`,
		"sent":    `offers.nurture: offer report "The report" { kind paper  topic security  for nurture  content "content/report.md" } «report»`,
		"useit":   `contact.nurture: segment it = contact.role == "it" «it»`,
		"engaged": `programs.nurture: stage engaged { «engaged»`,
		"twice":   `programs.nurture: stage learn { «learn»`,
		"set":     `contact.nurture: role  enum("it", "user")  question light "What do you do?" «role»`,
		"inmail":  `contact.nurture: role  enum("it", "user")  question light "What do you do?" «role»`,
		"page":    `contact.nurture: event visited { page text, topic topic } «page»`,
		"past":    ``,
		"known":   ``,
	} {
		var found []protocol.Location
		e.call("textDocument/definition", e.at(mark), &found)
		expect(t, mark, e.located(found), want)
	}
	for mark, want := range map[string]string{
		"engaged": `programs.nurture: program targeted "Targeted" { «targeted»`,
		"cell":    `contact.nurture: topics security «security»`,
		"page":    `contact.nurture: event visited { page text, topic topic } «visited»`,
	} {
		var found []protocol.Location
		e.call("textDocument/typeDefinition", e.at(mark), &found)
		expect(t, "type of "+mark, e.located(found), want)
	}
}

// A program is of a track, and the main one is there without being written anywhere.
func TestTypeOfAProgramOnNoTrack(t *testing.T) {
	e := opened(t, `
-- programs.nurture --
program /*p*/p "P" { phase nurture }
`)
	var found []protocol.Location
	e.call("textDocument/typeDefinition", e.at("p"), &found)
	if len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

func TestDefinitionAsLinks(t *testing.T) {
	e := opened(t, names, config{capabilities: `{"textDocument": {"definition": {"linkSupport": true}}}`})
	var found []protocol.LocationLink
	e.call("textDocument/definition", e.at("engaged"), &found)
	if len(found) != 1 || e.says("programs.nurture", *found[0].OriginSelectionRange) != "engaged" ||
		!strings.HasPrefix(e.says("programs.nurture", found[0].TargetRange), "stage engaged {\n    send stories") ||
		!strings.HasSuffix(e.says("programs.nurture", found[0].TargetRange), "\n  }") {
		t.Errorf("got %v", found)
	}
}

func TestContentFileIsALink(t *testing.T) {
	e := opened(t, strings.Replace(names, `"content/report.md"`, `"content/*path*//report.md"`, 1))
	var found []protocol.Location
	e.call("textDocument/definition", e.at("path"), &found)
	if len(found) != 1 || e.name(found[0].URI) != "content/report.md" {
		t.Errorf("got %v", found)
	}
}

func TestReferences(t *testing.T) {
	e := opened(t, names)
	ask := func(mark string, declaration bool) string {
		at := e.at(mark)
		var found []protocol.Location
		e.call("textDocument/references", map[string]any{
			"textDocument": at.TextDocument, "position": at.Position, "context": map[string]any{"includeDeclaration": declaration},
		}, &found)
		return e.located(found)
	}
	expect(t, "role", ask("inmail", false), `
contact.nurture: segment it = contact.role == "it" «role»
content/report.md: subject: For {{ contact.role }} «role»
content/report.md: {% if contact.role == "it" %}Hello{% endif %} «role»
programs.nurture: contact { email = "a@example.com"  role = it } «role»
programs.nurture: enter when known(contact.role) and since(contact.arrived) >= 7d «role»
programs.nurture: on clicked { set contact.role = "it" } «role»`)
	expect(t, "report", ask("report", true), `
offers.nurture: offer report "The report" { kind paper  topic security  for nurture  content "content/report.md" } «report»
offers.nurture: security | report | report, stories «report»
offers.nurture: security | report | report, stories «report»
programs.nurture: clicked { offer = report } «report»
programs.nurture: when sent(report) > 0 -> targeted.learn «report»`)
	expect(t, "engaged", ask("stage", false), `
programs.nurture: expect in targeted.engaged «engaged»
programs.nurture: migrate targeted.warm -> targeted.engaged «engaged»
programs.nurture: on response -> engaged «engaged»
programs.nurture: on visited where event.page == "/x" and it -> engaged «engaged»
programs.nurture: stage wait { on response -> targeted.engaged  after 1y -> done } «engaged»`)
}

func TestHighlight(t *testing.T) {
	e := opened(t, names)
	var found []protocol.DocumentHighlight
	e.call("textDocument/documentHighlight", e.at("set"), &found)
	var got []string
	for _, h := range found {
		got = append(got, fmt.Sprintf("line %d %s %v", h.Range.Start.Line+1, e.says("programs.nurture", h.Range), h.Kind))
	}
	expect(t, "highlights", strings.Join(got, "\n"), "line 3 role Read\nline 13 role Write\nline 23 role Write")
}

// renamed carries out a rename and gives the lines that it changes.
func (e *editor) renamed(mark, to string) (changed string, err error) {
	e.t.Helper()
	at := e.at(mark)
	var edit protocol.WorkspaceEdit
	err = e.ask("textDocument/rename", map[string]any{"textDocument": at.TextDocument, "position": at.Position, "newName": to}, &edit)
	if err != nil {
		return "", err
	}
	slices.SortFunc(edit.DocumentChanges, func(a, b protocol.TextDocumentEdit) int { return cmp.Compare(a.TextDocument.URI, b.TextDocument.URI) })
	for _, file := range edit.DocumentChanges {
		name := e.name(file.TextDocument.URI)
		before, after := strings.Split(e.text(name), "\n"), strings.Split(e.applied(name, file.Edits), "\n")
		for i, line := range after {
			if len(before) == len(after) && before[i] != line || len(before) != len(after) && !slices.Contains(before, line) {
				changed += name + ": " + strings.TrimSpace(line) + "\n"
			}
		}
	}
	return changed, nil
}

func TestRename(t *testing.T) {
	for _, test := range []struct{ mark, to, want string }{
		{"inmail", "job", `
contact.nurture: job  enum("it", "user") from "role"  question light "What do you do?"
contact.nurture: segment it = contact.job == "it"
content/report.md: subject: For {{ contact.job }}
content/report.md: {% if contact.job == "it" %}Hello{% endif %}
programs.nurture: enter when known(contact.job) and since(contact.arrived) >= 7d
programs.nurture: on clicked { set contact.job = "it" }
programs.nurture: contact { email = "a@example.com"  job = it }`},
		{"role", "Role", `
contact.nurture: Role  enum("it", "user")  question light "What do you do?"
contact.nurture: segment it = contact.Role == "it"
content/report.md: subject: For {{ contact.Role }}
content/report.md: {% if contact.Role == "it" %}Hello{% endif %}
programs.nurture: enter when known(contact.Role) and since(contact.arrived) >= 7d
programs.nurture: on clicked { set contact.Role = "it" }
programs.nurture: contact { email = "a@example.com"  Role = it }`},
		{"cell", "window", `
offers.nurture: offer window "The report" { kind paper  topic security  for nurture  content "content/report.md" }
offers.nurture: security | window | window, stories
programs.nurture: when sent(window) > 0 -> targeted.learn
programs.nurture: clicked { offer = window }`},
		{"engaged", "warmed_up", `
programs.nurture: on visited where event.page == "/x" and it -> warmed_up
programs.nurture: on response -> warmed_up
programs.nurture: stage warmed_up {
programs.nurture: stage wait { on response -> targeted.warmed_up  after 1y -> done }
programs.nurture: migrate targeted.warm -> targeted.warmed_up
programs.nurture: migrate targeted.engaged -> targeted.warmed_up
programs.nurture: expect in targeted.warmed_up`},
		{"it", "admins", `
contact.nurture: segment admins = contact.role == "it"
offers.nurture: topic    | admins     | otherwise
programs.nurture: on visited where event.page == "/x" and admins -> engaged`},
	} {
		t.Run(test.mark+" "+test.to, func(t *testing.T) {
			e := opened(t, names)
			got, err := e.renamed(test.mark, test.to)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, "changed", got, test.want)
		})
	}
}

func TestRenameIsRefused(t *testing.T) {
	e := opened(t, names)
	for _, test := range []struct{ mark, to, want string }{
		{"cell", "stories", "there is an offer `stories` already"},
		{"cell", "visited", "`visited` is an event already"},
		{"cell", "opened", "`opened` is a built-in event"},
		{"cell", "match", "`match` is a word of the language"},
		{"cell", "two words", "is no name"},
		{"cell", "", "is no name"},
		{"cell", "a } offer b {", "is no name"},
		{"it", "count", "`count` means something else in conditions"},
		{"role", "size", "the contact has a field `size` already"},
		{"stage", "learn", "program `targeted` has a stage `learn` already"},
		{"stage", "longterm", "there is a program `longterm`"},
		{"stage", "gone", "`migrate` is for a stage that no longer exists"},
		{"page", "at", "every event has `at`"},
		{"past", "warmer", "what it was called once"},
		{"known", "x", "no name"},
	} {
		if _, err := e.renamed(test.mark, test.to); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s -> %q: %v, want %s", test.mark, test.to, err, test.want)
		}
	}
}

func TestPrepareRename(t *testing.T) {
	e := opened(t, names)
	var found struct {
		Range       protocol.Range
		Placeholder string
	}
	e.call("textDocument/prepareRename", e.at("sent"), &found)
	if found.Placeholder != "report" || e.says("programs.nurture", found.Range) != "report" {
		t.Errorf("got %v", found)
	}
	if err := e.ask("textDocument/prepareRename", e.at("on"), nil); err == nil {
		t.Error("a keyword can be renamed")
	}
}

// TestRenameAsks is about editors that ask before they write what is beside the name.
func TestRenameAsks(t *testing.T) {
	e := opened(t, names, config{capabilities: `{
		"workspace": {"workspaceEdit": {"documentChanges": true, "changeAnnotationSupport": {}}},
		"textDocument": {"rename": {"honorsChangeAnnotations": true}}}`})
	at := e.at("stage")
	var edit struct {
		DocumentChanges []struct {
			Edits []struct {
				NewText      string
				AnnotationID string
			}
		}
		ChangeAnnotations map[string]protocol.ChangeAnnotation
	}
	e.call("textDocument/rename", map[string]any{"textDocument": at.TextDocument, "position": at.Position, "newName": "warmed"}, &edit)
	asked := 0
	for _, c := range edit.DocumentChanges[0].Edits {
		if c.AnnotationID != "" {
			asked++
			if a := edit.ChangeAnnotations[c.AnnotationID]; !a.NeedsConfirmation || a.Label == "" || c.NewText != "\nmigrate targeted.engaged -> targeted.warmed" {
				t.Errorf("asked %q for %q", a.Label, c.NewText)
			}
		}
	}
	if asked != 1 || len(edit.DocumentChanges[0].Edits) != 7 {
		t.Errorf("got %+v", edit)
	}
}

func TestRenameOfAProgramAndBack(t *testing.T) {
	e := start(t, `
-- a.nurture --
contact { email email key }
program /*p*/one "One" {
  phase nurture
  stage a { after 3d -> b }
  stage b { after 3d -> one.a }
}
`)
	e.open("a.nurture")
	at := e.at("p")
	run := func(to string) {
		t.Helper()
		var edit protocol.WorkspaceEdit
		e.call("textDocument/rename", map[string]any{"textDocument": at.TextDocument, "position": at.Position, "newName": to}, &edit)
		text := e.docs["a.nurture"].text
		e.replace("a.nurture", 0, len(text), e.applied("a.nurture", edit.DocumentChanges[0].Edits))
	}
	run("two")
	expect(t, "once", e.text("a.nurture"), `
contact { email email key }
program two "One" {
  phase nurture
  stage a { after 3d -> b }
  stage b { after 3d -> two.a }
}

migrate one.a -> two.a
migrate one.b -> two.b`)
	run("one")
	expect(t, "and back", e.text("a.nurture"), `
contact { email email key }
program one "One" {
  phase nurture
  stage a { after 3d -> b }
  stage b { after 3d -> one.a }
}

migrate two.a -> one.a
migrate two.b -> one.b`)
	if found := e.diagnostics("a.nurture"); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestNamesOnBrokenFiles(t *testing.T) {
	e := start(t, `
-- a.nurture --
contact {
  email email key
  /*role*/role enum("it"
  size number
}
program p {
  phase nurture
  stage a {
    send
    when contact./*broken*/role == and score. -> b
    on opened where contact.size > ( -> b
  }
  stage /*b*/b { task "x" to
`)
	e.open("a.nurture")
	var found []protocol.Location
	e.call("textDocument/definition", e.at("broken"), &found)
	expect(t, "role", e.located(found), `a.nurture: role enum("it" «role»`)
	var uses []protocol.DocumentHighlight
	e.call("textDocument/documentHighlight", e.at("b"), &uses)
	if len(uses) != 2 {
		t.Errorf("b is at %v", uses)
	}
	var symbols []protocol.SymbolInformation
	e.call("textDocument/documentSymbol", e.in("a.nurture"), &symbols)
	var names []string
	for _, s := range symbols {
		names = append(names, s.ContainerName+"/"+s.Name)
	}
	for _, want := range []string{"/contact", "contact/role", "contact/size", "/p", "p/a", "p/b"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among the symbols %v", want, names)
		}
	}
}

func TestDocumentSymbols(t *testing.T) {
	e := opened(t, names, config{capabilities: `{"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}}`})
	var all []protocol.DocumentSymbol
	var outline func(file string, all []protocol.DocumentSymbol, indent string) string
	outline = func(file string, all []protocol.DocumentSymbol, indent string) (text string) {
		for _, s := range all {
			text += fmt.Sprintf("%s%s (%v) %s\n", indent, s.Name, s.Kind, s.Detail)
			if whole, name := e.says(file, s.Range), e.says(file, s.SelectionRange); !strings.Contains(whole, name) {
				t.Errorf("%q is not in %q", name, whole)
			}
			text += outline(file, s.Children, indent+"  ")
		}
		return text
	}
	e.call("textDocument/documentSymbol", e.in("programs.nurture"), &all)
	expect(t, "programs", outline("programs.nurture", all, ""), `
targeted (Class) Targeted
  enter when known(contact.role) and since(contact.arrived) >= 7d (Event) 
  on visited where event.page == "/x" and it -> engaged (Event) 
  learn (Method) stage
    send from by_role every 7d (Function) 
    on response -> engaged (Event) 
    after 60d -> longterm (Event) 
  engaged (Method) stage
    send stories (Function) 
    when sent(report) > 0 -> targeted.learn (Event) 
    on clicked (Event) 
longterm (Class) Long-term
  wait (Method) stage
    on response -> targeted.engaged (Event) 
    after 1y -> done (Event) 
migrate targeted.warm (Operator) -> targeted.engaged
migrate targeted.gone (Operator) -> longterm
a test (Function) test
`)
	all = nil
	e.call("textDocument/documentSymbol", e.in("contact.nurture"), &all)
	expect(t, "contact", outline("contact.nurture", all, ""), `
contact (Struct) 
  email (Field) email
  role (Field) enum
  size (Field) number
topics (Enum) 
  security (EnumMember) topic
roles (Enum) 
  owner (EnumMember) role
visited (Event) event
  page (Field) text
  topic (Field) topic
it (Boolean) contact.role == "it"
`)
}

func TestWorkspaceSymbols(t *testing.T) {
	e := start(t, strings.ReplaceAll(names, "\n-- ", "\n-- one/")+"-- two/a.nurture --\ncontact { email email key }\nsegment rep = known(contact.email)\n",
		config{roots: []string{"one", "two"}})
	e.open("one/programs.nurture")
	e.open("two/a.nurture")
	ask := func(query string) string {
		var found []protocol.SymbolInformation
		e.call("workspace/symbol", map[string]any{"query": query}, &found)
		var all []string
		for _, s := range found {
			all = append(all, s.ContainerName+"/"+s.Name+" "+e.name(s.Location.URI))
		}
		return strings.Join(all, "\n")
	}
	expect(t, "rep", ask("rep"), "/rep two/a.nurture\n/report one/offers.nurture")
	expect(t, "letters", ask("enggd"), "targeted/engaged one/programs.nurture")
	expect(t, "with its owner", ask("targeted.learn"), "targeted/learn one/programs.nurture")
	expect(t, "a test", ask("a test"), "test/a test one/programs.nurture")
	if all := strings.Split(ask(""), "\n"); len(all) < 20 {
		t.Errorf("all are %v", all)
	}
}

func TestCalls(t *testing.T) {
	e := opened(t, names)
	prepare := func(mark string) json.RawMessage {
		t.Helper()
		var items []json.RawMessage
		e.call("textDocument/prepareCallHierarchy", e.at(mark), &items)
		if len(items) != 1 {
			t.Fatalf("%d items at %s", len(items), mark)
		}
		return items[0]
	}
	type call struct {
		From, To   protocol.CallHierarchyItem
		FromRanges []protocol.Range
	}
	ask := func(method string, item json.RawMessage, file func(call) string) string {
		var calls []call
		e.call("callHierarchy/"+method, map[string]any{"item": item}, &calls)
		var lines []string
		for _, c := range calls {
			var from []string
			for _, r := range c.FromRanges {
				from = append(from, e.says(file(c), r))
			}
			lines = append(lines, fmt.Sprintf("%s%s: %s", c.From.Name, c.To.Name, strings.Join(from, ", ")))
		}
		return strings.Join(lines, "\n")
	}
	from := func(c call) string { return e.name(c.From.URI) }
	here := func(call) string { return "programs.nurture" }
	expect(t, "into engaged", ask("incomingCalls", prepare("engaged"), from), `
targeted: engaged
targeted.learn: engaged
longterm.wait: targeted.engaged`)
	expect(t, "out of engaged", ask("outgoingCalls", prepare("stage"), here), `
targeted.engaged: engaged
targeted.learn: targeted.learn`)
	expect(t, "into the stage around", ask("incomingCalls", prepare("week"), from), `
enter: known(contact.role) and since(contact.arrived) >= 7d
targeted.engaged: targeted.learn`)
	var program []json.RawMessage
	e.call("textDocument/prepareCallHierarchy", e.at("known"), &program)
	expect(t, "out of the program", ask("outgoingCalls", program[0], here), "longterm.wait: longterm")
	expect(t, "into the program", ask("incomingCalls", program[0], from), `
enter: known(contact.role) and since(contact.arrived) >= 7d
longterm.wait: targeted.engaged`)
}

func TestNamesInADocumentThatIsNotSaved(t *testing.T) {
	e := start(t, "-- readme --\n", config{roots: []string{}})
	const doc = "untitled:Untitled-1"
	text := "contact { email email key }\nsegment known_ones = known(contact.email)\npolicy { consent when known_ones }\noffer o { content \"none.md\" }\n"
	e.openText(doc, text)
	at := map[string]any{"textDocument": map[string]any{"uri": doc}, "position": e.position(doc, strings.Index(text, "known_ones }")), "newName": "all"}
	var edit protocol.WorkspaceEdit
	e.call("textDocument/rename", at, &edit)
	if len(edit.DocumentChanges) != 1 || strings.Count(e.applied(doc, edit.DocumentChanges[0].Edits), "all") != 2 {
		t.Errorf("got %v", edit)
	}
	var found []protocol.Location
	e.call("textDocument/definition", at, &found)
	if len(found) != 1 || found[0].URI != doc {
		t.Errorf("got %v", found)
	}
}

// TestEveryNameCanBeRenamed renames each thing that the whole playbook declares, from its declaration: what comes of it is
// sound, and the old name stands nowhere any more but where it says what was.
func TestEveryNameCanBeRenamed(t *testing.T) {
	src, err := os.ReadFile("../lang/syntax/testdata/whole.nurture")
	if err != nil {
		t.Fatal(err)
	}
	archive := "-- a.nurture --\n" + string(src)
	for _, m := range regexp.MustCompile(`(?:content|brief) +"([^"]+)"`).FindAllStringSubmatch(string(src), -1) {
		archive += "-- " + m[1] + " --\n---\nsubject: A letter\n---\nHello {{ contact.company }}, {{ contact.role }}.\n"
	}
	e := start(t, archive)
	e.open("a.nurture")
	read := func(changed map[string]string) *lang.Loaded {
		text := func(name string) (string, error) {
			if src, ok := changed[name]; ok {
				return src, nil
			}
			return e.text(name), nil
		}
		src, _ := text("a.nurture")
		return lang.Parse(map[string]string{"a.nurture": src}, text)
	}
	renamed := 0
	for _, u := range read(nil).Playbook.Uses() {
		if !u.Declares || u.Kind == check.AValue || u.Name == "main" { // these are refused
			continue
		}
		var edit protocol.WorkspaceEdit
		e.call("textDocument/rename", map[string]any{
			"textDocument": map[string]any{"uri": e.uri("a.nurture")}, "position": e.position("a.nurture", u.Span.Start), "newName": "brand_new",
		}, &edit)
		changed := map[string]string{}
		for _, file := range edit.DocumentChanges {
			name := e.name(file.TextDocument.URI)
			changed[name] = e.applied(name, file.Edits)
		}
		after := read(changed)
		for _, d := range after.Diagnostics {
			t.Errorf("%s %s: %s", u.Kind, u.Ref, d.Message)
		}
		for _, left := range after.Playbook.UsesOf(u.Ref) {
			if !left.Past {
				t.Errorf("%s %s still stands in %s", u.Kind, u.Ref, left.Span.File)
			}
		}
		renamed++
	}
	if renamed < 70 {
		t.Errorf("only %d names were renamed", renamed)
	}
}
