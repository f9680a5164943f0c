package lsp_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"golang.org/x/tools/txtar"
)

// proposal is a code action as an editor gets it.
type proposal struct {
	Title       string
	Kind        string
	IsPreferred bool
	Diagnostics []protocol.Diagnostic
	Edit        json.RawMessage
}

// actions asks for the actions at a range of a file.
func (e *editor) actions(name string, r protocol.Range, only ...string) (all []proposal) {
	e.t.Helper()
	about := map[string]any{"diagnostics": []any{}}
	if len(only) > 0 {
		about["only"] = only
	}
	params := e.in(name)
	params["range"], params["context"] = r, about
	e.call("textDocument/codeAction", params, &all)
	return all
}

// actionsAt asks for the actions at the mark `at`, or between `from` and `to`.
func (e *editor) actionsAt(only ...string) []proposal {
	e.t.Helper()
	if m, ok := e.marks["from"]; ok {
		return e.actions(m.file, e.between("from", "to"), only...)
	}
	at := e.at("at").Position
	return e.actions(e.marks["at"].file, protocol.Range{Start: at, End: at}, only...)
}

func titles(all []proposal) string {
	var titles []string
	for _, a := range all {
		titles = append(titles, a.Title)
	}
	return strings.Join(titles, "\n")
}

// carryOut does to the documents and files what an edit says, as an editor does.
func (e *editor) carryOut(edit json.RawMessage) {
	e.t.Helper()
	var whole struct {
		DocumentChanges []struct {
			Kind         string
			URI          protocol.DocumentURI
			TextDocument struct {
				URI     protocol.DocumentURI
				Version *int32
			}
			Edits []protocol.TextEdit
		}
		Changes map[protocol.DocumentURI][]protocol.TextEdit
	}
	if err := json.Unmarshal(edit, &whole); err != nil {
		e.t.Fatal(err)
	}
	for uri, edits := range whole.Changes {
		e.edit(e.name(uri), edits)
	}
	for _, c := range whole.DocumentChanges {
		if c.Kind == "create" {
			write(e.t, filepath.Join(e.dir, e.name(c.URI)), "")
			continue
		}
		name := e.name(c.TextDocument.URI)
		if d := e.docs[name]; d != nil && (c.TextDocument.Version == nil || *c.TextDocument.Version != d.version) {
			e.t.Errorf("the edit of %s is for version %v, the document has %d", name, c.TextDocument.Version, d.version)
		}
		e.edit(name, c.Edits)
	}
}

// edit edits a document, or a file that is not open.
func (e *editor) edit(name string, edits []protocol.TextEdit) {
	e.t.Helper()
	after := e.applied(name, inOrder(edits))
	if d := e.docs[name]; d != nil {
		e.replace(name, 0, len(d.text), after)
		return
	}
	write(e.t, filepath.Join(e.dir, name), after)
	e.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": e.uri(name), "type": 2}}})
}

// wrong is what the server says now of all playbook files, a line each: the code and what it stands at.
func (e *editor) wrong() string {
	e.t.Helper()
	var lines []string
	names, err := filepath.Glob(filepath.Join(e.dir, "*.nurture"))
	if err != nil {
		e.t.Fatal(err)
	}
	for _, path := range names {
		var report struct{ Items []protocol.Diagnostic }
		name := filepath.Base(path)
		e.call("textDocument/diagnostic", e.in(name), &report)
		if s := e.summary(name, report.Items); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

const actionContact = `-- a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost`

// TestActions carries out the action of a title and compares the files that the archive has as want/NAME, and what is
// still wrong then with its file `wrong`.
func TestActions(t *testing.T) {
	for _, test := range []struct{ name, title, archive string }{
		{"a fix", "Write `cost`", actionContact + `
-- b.nurture --
offer o { topic /*at*/cst  channel post }
-- want/b.nurture --
offer o { topic cost  channel post }
`},
		{"a fix in a content file", "Write `email`", actionContact + `
offer o { content "o.md" }
-- o.md --
---
subject: Hello
---
{{ contact./*at*/emal }} and {{ contact.emial }}
-- want/o.md --
---
subject: Hello
---
{{ contact.email }} and {{ contact.emial }}
`},
		{"all of one kind", "Fix all 3 findings of NUR103 in this file", actionContact + `
-- b.nurture --
offer offer_a { topic /*at*/cst  channel post }
offer offer_b { topic cot  channel post }
program p { phase nurture
  stage s { send ofer_a  after 30 d -> done } }
-- want/b.nurture --
offer offer_a { topic cost  channel post }
offer offer_b { topic cost  channel post }
program p { phase nurture
  stage s { send offer_a  after 30 d -> done } }
-- wrong --
NUR024 30 d
`},
		{"missing outcomes", "Lead `sales.lost` and `sales.overdue` out of the program", actionContact + `
-- b.nurture --
handoff sales {
  channel crm
  accept within 2d
  outcomes won, lost
}
program p {
  phase accelerate
  stage s {
    hand /*at*/to sales
    on sales.won -> done
  }
}
-- want/b.nurture --
handoff sales {
  channel crm
  accept within 2d
  outcomes won, lost
}
program p {
  phase accelerate
  stage s {
    hand to sales
    on sales.won -> done
    on sales.lost -> done
    on sales.overdue -> done
  }
}
`},
		{"an outcome", "Add the outcome `lost` to the hand-off `sales`", actionContact + `
handoff sales { channel crm  outcomes won }
-- b.nurture --
program p {
  phase accelerate
  stage s {
    hand to sales
    on sales.won -> done
    on sales./*at*/lost -> done
  }
}
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
handoff sales { channel crm  outcomes won, lost }
`},
		{"an offer of a map's row", "Create the offer `news` and content/news.md", actionContact + `
offer old { channel post } // the first

map m {
  topic | otherwise
  cost  | /*at*/news
}
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
offer old { channel post } // the first

offer news "News" {
  topic    cost
  content  "content/news.md"
}

map m {
  topic | otherwise
  cost  | news
}
-- want/content/news.md --
---
subject: "News"
---

News
`},
		{"an offer of a send", "Create the offer `late_news` and content/late_news.md", actionContact + `
-- b.nurture --
program p {
  phase retain
  stage s { send /*at*/late_news }
}
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
-- want/b.nurture --
program p {
  phase retain
  stage s { send late_news }
}

offer late_news "Late news" {
  for      retain
  content  "content/late_news.md"
}
-- want/content/late_news.md --
---
subject: "Late news"
---

Late news
`},
		{"a content file", "Create content/o.md", actionContact + `
offer o "All of \"it\"" { content "content/o/*at*/.md" }
-- want/content/o.md --
---
subject: "All of \"it\""
---

All of "it"
`},
		{"a brief", "Create brief.md", actionContact + `
handoff sales { channel crm  outcomes won  brief "br/*at*/ief.md" }
-- want/brief.md --
- Email: {{ contact.email }}
- Role: {{ contact.role }}

What has happened lately:

{% for line in journal -%}
- {{ line }}
{% endfor %}
`},
		{"a stage", "Create the stage `p.later`", actionContact + `
-- b.nurture --
program p {
  phase nurture
  stage s {
    after 7d -> /*at*/later
  } // the first
}
-- want/b.nurture --
program p {
  phase nurture
  stage s {
    after 7d -> later
  } // the first

  stage later {}
}
`},
		{"a stage of another file's program", "Create the stage `p.later`", actionContact + `
program p { phase nurture  stage s {} }
-- b.nurture --
track main {
  on opened -> p./*at*/later
}
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
program p { phase nurture  stage s {} 
  stage later {}
}
`},
		{"a program", "Create the program `other`", actionContact + `
-- b.nurture --
program p {
  phase retain
  stage s {
    after 7d -> /*at*/other.warm
  }
}
-- want/b.nurture --
program p {
  phase retain
  stage s {
    after 7d -> other.warm
  }
}

program other "Other" {
  phase retain

  stage warm {}
}
`},
		{"a segment of a condition", "Create the segment `fresh`", actionContact + `
segment it = contact.role == "it"
program p { phase nurture  enter when it and /*at*/fresh
  stage s {} }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
segment it = contact.role == "it"
segment fresh = false
program p { phase nurture  enter when it and fresh
  stage s {} }
`},
		{"a segment of a map", "Create the segment `people`", actionContact + `
offer o { channel post }
map m {
  topic | /*at*/people
  cost  | o
}
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost

segment people = false

offer o { channel post }
map m {
  topic | people
  cost  | o
}
`},
		{"a topic", "Create the topic `safety`", actionContact + `
-- b.nurture --
offer o { channel post  topic /*at*/safety }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost, safety
`},
		{"the first role", "Create the role `owner`", actionContact + `
-- b.nurture --
program p { phase nurture
  stage s { task "Call" to /*at*/owner } }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
roles owner
`},
		{"a map", "Create the map `by_role`", actionContact + `
-- b.nurture --
program p {
  phase nurture
  stage s { send from /*at*/by_role every 7d }
}
-- want/b.nurture --
program p {
  phase nurture
  stage s { send from by_role every 7d }
}

map by_role {
  topic | otherwise
  cost  | -
}
`},
		{"an event", "Create the event `visited`", actionContact + `
event other
score s { +1 on /*at*/visited }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
event other
event visited
score s { +1 on visited }
`},
		{"extract all of a condition", "Extract a segment `role_it`", actionContact + `
-- b.nurture --
program p {
  phase nurture
  enter when contact.role/*at*/ == "it" // them
  stage s {}
}
-- want/b.nurture --
program p {
  phase nurture
  enter when role_it // them
  stage s {}
}

segment role_it = contact.role == "it"
`},
		{"extract a part of a condition", "Extract a segment `sent_cost_opened`", actionContact + `
segment some = known(contact.role) and (/*from*/sent(cost) == 0
  or since(last(opened)) > 3d/*to*/)
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
segment some = known(contact.role) and (sent_cost_opened)

segment sent_cost_opened = (sent(cost) == 0
  or since(last(opened)) > 3d)
`},
		{"extract what has no name", "Extract a segment `people`", actionContact + `
score s { +1 when completeness /*at*/> 0.5 }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost

segment people = completeness > 0.5

score s { +1 when people }
`},
		{"inline here", "Inline the segment `it` here", actionContact + `
segment it = contact.role == "it" or known(contact.role)
segment a = not /*at*/it and it
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
segment it = contact.role == "it" or known(contact.role)
segment a = not (contact.role == "it" or known(contact.role)) and it
`},
		{"inline everywhere", "Inline the segment `it` everywhere and delete it", actionContact + `
/// Those.
segment /*at*/it = contact.role == "it" // them
segment a = it and known(contact.role) or it
segment b = it
-- b.nurture --
policy { consent when not it }
-- want/a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics cost
segment a = contact.role == "it" and known(contact.role) or contact.role == "it"
segment b = contact.role == "it"
-- want/b.nurture --
policy { consent when not (contact.role == "it") }
`},
		{"a map of a list", "Convert the list into a map (which sends in another order: a, c, b)", actionContact + `
topics scale
offer a { channel post  topic cost }
offer b { channel post  topic scale }
offer c { channel post  topic cost }
-- b.nurture --
program p {
  phase nurture
  stage s {
    send a/*at*/, b, c in 2d every 7d where offer.topic != "cost"
  }
}
-- want/b.nurture --
program p {
  phase nurture
  stage s {
    send from p_s in 2d every 7d where offer.topic != "cost"
  }
}

map p_s {
  topic | otherwise
  cost  | a, c
  scale | b
}
`},
		{"line ends of the file", "Create the event `visited`", strings.ReplaceAll(actionContact+`
score s { +1 on /*at*/visited }
`, "\n", "\r\n") + `-- want/a.nurture --
` + strings.ReplaceAll(`contact {
  email email key
  role enum("it", "user")
}
topics cost

event visited

score s { +1 on visited }
`, "\n", "\r\n")},
	} {
		t.Run(test.name, func(t *testing.T) {
			given := txtar.Parse([]byte(strings.ReplaceAll(test.archive, "--\r\n", "--\n")))
			var files, want txtar.Archive
			wrong := ""
			for _, f := range given.Files {
				switch name, isWant := strings.CutPrefix(f.Name, "want/"); {
				case isWant:
					want.Files = append(want.Files, txtar.File{Name: name, Data: f.Data})
				case f.Name == "wrong":
					wrong = strings.TrimSpace(string(f.Data))
				default:
					files.Files = append(files.Files, f)
				}
			}
			e := start(t, string(txtar.Format(&files)))
			for _, f := range files.Files {
				e.open(f.Name)
			}
			all := e.actionsAt()
			i := slices.IndexFunc(all, func(a proposal) bool { return a.Title == test.title })
			if i < 0 {
				t.Fatalf("there is no %q, but\n%s", test.title, titles(all))
			}
			e.carryOut(all[i].Edit)
			for _, f := range want.Files {
				got := ""
				if e.docs[f.Name] != nil {
					got = e.text(f.Name)
				} else if src, err := os.ReadFile(filepath.Join(e.dir, f.Name)); err == nil {
					got = string(src)
				}
				if strings.TrimLeft(got, "\r\n") != string(f.Data) {
					t.Errorf("%s is\n%s\nand not\n%s", f.Name, got, f.Data)
				}
			}
			if got := e.wrong(); got != wrong {
				t.Errorf("it is still wrong:\n%s", got)
			}
		})
	}
}

func TestActionsOfAKind(t *testing.T) {
	e := start(t, actionContact+`
-- b.nurture --
offer o { topic /*at*/cst  channel post }
handoff sales { channel crm  outcomes won }
program p {
  phase nuture
  enter when contact./*mid*/role == "it" and known(contact.rol)
  stage s { hand /*hand*/to sales  send o }
}
`)
	e.open("b.nurture")
	for _, test := range []struct{ mark, only, want string }{
		{"at", "", "Write `cost`\nCreate the topic `cst`\nFix all 3 findings that have one answer"},
		{"at", "quickfix", "Write `cost`\nCreate the topic `cst`"},
		{"at", "source.fixAll", "Fix all 3 findings that have one answer"},
		{"at", "source", "Fix all 3 findings that have one answer"},
		{"at", "source.organizeImports", ""},
		{"at", "refactor", ""},
		{"mid", "refactor", ""}, // the condition has an error
		{"hand", "quickfix", "Lead `sales.won` out of the program"},
	} {
		var only []string
		if test.only != "" {
			only = []string{test.only}
		}
		at := e.at(test.mark).Position
		got := titles(e.actions("b.nurture", protocol.Range{Start: at, End: at}, only...))
		if got != test.want {
			t.Errorf("at %s of the kind %q there are\n%s\nand not\n%s", test.mark, test.only, got, test.want)
		}
	}
}

// TestOnlyTheOneRightAnswerIsPreferred: what is preferred is done by a key, and what is done on save nobody looks at.
func TestOnlyTheOneRightAnswerIsPreferred(t *testing.T) {
	e := start(t, actionContact+`
-- b.nurture --
handoff sales { channel crm  outcomes won }
program p {
  phase nurture
  stage s { /*from*/send of  hand to sales/*to*/ }
}
offer off { channel post }
`)
	e.open("b.nurture")
	preferred := map[string]bool{}
	for _, a := range e.actionsAt() {
		preferred[a.Title] = a.IsPreferred
		if a.Kind == "quickfix" && len(a.Diagnostics) != 1 {
			t.Errorf("%s is for %v", a.Title, a.Diagnostics)
		}
		if a.Kind == "source.fixAll" {
			e.carryOut(a.Edit)
		}
	}
	if !preferred["Write `off`"] || preferred["Lead `sales.won` out of the program"] || preferred["Create the offer `of` and content/of.md"] {
		t.Errorf("preferred are %v", preferred)
	}
	if got := e.wrong(); got != "NUR151 hand to sales" {
		t.Errorf("after fixing all it is wrong:\n%s", got)
	}
}

// TestEditorsThatCreateNoFiles are not offered what they cannot do.
func TestEditorsThatCreateNoFiles(t *testing.T) {
	e := start(t, actionContact+`
offer o { content "o/*from*/.md" }
program p { phase nurture  stage s { send news/*to*/ } }
`, config{capabilities: `{"workspace": {"workspaceEdit": {"documentChanges": false}}}`})
	e.open("a.nurture")
	all := e.actionsAt("quickfix")
	if got := titles(all); got != "Create the offer `news`" {
		t.Fatalf("there are\n%s", got)
	}
	e.carryOut(all[0].Edit)
	if !strings.Contains(e.text("a.nurture"), "offer news \"News\" {\n") {
		t.Errorf("it is\n%s", e.text("a.nurture"))
	}
}

// TestNoActions are places where something looks as if it could be done, and cannot.
func TestNoActions(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"a segment is one already", `segment a = known(contact.role) /*at*/and contact.role == "it"`},
		{"a part that sees an event", `score s { +1 on clicked where event.link == /*at*/"/" }`},
		{"a part that sees an offer", `never "x" when /*from*/offer.topic == "cost"/*to*/ and known(contact.role)`},
		{"a value", `program p { phase nurture  stage s { on clicked -> s { set contact.role = /*at*/"it" } } }`},
		{"a segment that is a column", "segment /*at*/a = true\noffer o { channel post }\nmap m {\n  topic | a\n  cost | o\n}"},
		{"a list without topics", "offer a { channel post }\noffer b { channel post  topic cost }\nprogram p { phase nurture  stage s { send /*at*/a, b every 7d } }"},
		{"an error is not ignored", "offer a { /*at*/channel post  topic cst }"},
		{"a topic that is no name", `event e { topic topic }` + "\n" + `score s { +1 on e where event.topic == "/*at*/a b" }`},
		{"behind the end", "offer a { channel post }\n/*at*/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := start(t, actionContact+"\n"+test.text+"\n")
			e.open("a.nurture")
			for _, a := range e.actionsAt() {
				if strings.HasPrefix(a.Kind, "refactor") || strings.HasPrefix(a.Title, "Ignore") || strings.HasPrefix(a.Title, "Create the topic `a") {
					t.Errorf("there is %q", a.Title)
				}
			}
		})
	}
}

// TestActionsCountAsTheEditorDoes has characters of two UTF-16 units before what is changed.
func TestActionsCountAsTheEditorDoes(t *testing.T) {
	e := start(t, actionContact+`
offer o "😀😀" { topic /*at*/cst  channel post }
`)
	e.open("a.nurture")
	e.carryOut(e.actionsAt()[0].Edit)
	if got := e.text("a.nurture"); !strings.Contains(got, `offer o "😀😀" { topic cost  channel post }`) {
		t.Errorf("it is\n%s", got)
	}
}
