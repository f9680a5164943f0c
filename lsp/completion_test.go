package lsp_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// shop is the playbook around what the tests of completion write.
const shop = `
-- a.nurture --
contact {
  email    email key
  role     enum("developer", "it")
  company  text
  size     number
  renewal  date
  zone     timezone
  consent  bool
}
topics security, scale
roles owner, success
event visited { page text, topic topic }
event purchased { amount number }
/// Those who run machines.
segment admins = contact.role == "it"
segment customers = contact.consent
score interest { +5 on opened }

/// The flagship report.
offer report "The report" { kind whitepaper  topic security  for nurture  content "content/report.md" }
offer digest "The digest" { kind newsletter  topic scale  for retain  content "content/digest.md"  repeat after 1mo }
map by_role {
  topic    | admins | otherwise
  security | report | report
}
handoff sales "Inside sales" { outcomes accepted, won }
program targeted "Targeted" {
  phase nurture
  stage learn { send report }
  stage engaged { after 30d -> done }
}
program renewals {
  track side
  stage remind { after 30d -> done }
}
-- content/report.md --
---
subject: Hello
---
-- content/digest.md --
---
subject: Hello
---
-- content/unused.md --
---
subject: Hello
---
`

// offered is what completion gives at the cursor of a file beside the shop, in the order in which an editor shows it.
func offered(t *testing.T, name, text string) (*editor, []protocol.CompletionItem) {
	t.Helper()
	e := start(t, shop+"-- "+name+" --\n"+text+"\n")
	e.open(name)
	var list protocol.CompletionList
	e.call("textDocument/completion", e.at("cursor"), &list)
	slices.SortFunc(list.Items, func(a, b protocol.CompletionItem) int { return strings.Compare(a.SortText, b.SortText) })
	return e, list.Items
}

func labels(items []protocol.CompletionItem) (all []string) {
	for _, i := range items {
		all = append(all, i.Label)
	}
	return all
}

func TestCompletion(t *testing.T) {
	const inStage = "program p {\n phase nurture\n stage s {\n  "
	tests := []struct {
		name  string
		src   string
		first string // what stands first, in this order
		lacks string // what is not there
	}{
		{"declarations", "/*cursor*/", "topics roles event segment", "contact stage"},
		{"declarations, half a word", "of/*cursor*/", "offer handoff", "map"},
		{"statements of a program", "program p {\n phase nurture\n /*cursor*/\n}", "track priority holdout enter reenter goal on when stage", "phase send"},
		{"statements of a stage", inStage + "/*cursor*/\n }\n}", "send task hand on when after", "phase"},
		{"properties of an offer that are not there yet", "offer x { topic scale  kind guide  /*cursor*/ }", "for intent channel content", "topic kind"},
		{"words of a send", inStage + "send from by_role every 7d /*cursor*/\n }\n}", "in pick where send task", "every"},
		{"after the offer's topic", "offer x { topic /*cursor*/ }", "security scale", "kind"},
		{"offers, those for the phase first", inStage + "send /*cursor*/\n }\n}", "report digest from", "by_role"},
		{"offers in a list", inStage + "send report, /*cursor*/\n }\n}", "report digest", "from"},
		{"maps", inStage + "send from /*cursor*/\n }\n}", "by_role", "report"},
		{"ways to pick", inStage + "send from by_role every 7d pick /*cursor*/\n }\n}", "ordered explore interest latest", ""},
		{"durations", inStage + "send from by_role every /*cursor*/\n }\n}", "1d 2d 3d 7d", ""},
		{"durations behind a number", inStage + "after 45/*cursor*/\n }\n}", "45d 45w 45mo", "7d"},
		{"targets, own stages first", inStage + "on opened -> /*cursor*/\n }\n stage t { after 3d -> done }\n}", "t done targeted", "renewals renewals.remind"},
		{"targets, program.stage", inStage + "on opened -> targeted./*cursor*/\n }\n}", "learn engaged", "done s"},
		{"targets of a half written rule", inStage + "on opened -> tar/*cursor*/", "targeted targeted.learn targeted.engaged", "renewals"},
		{"events", inStage + "on /*cursor*/\n }\n}", "sent delivered opened", "report"},
		{"events of a hand-off, by its dot", inStage + "hand to sales\n on sales./*cursor*/\n }\n}", "accepted won overdue", "opened"},
		{"events of a hand-off first, where it is opened", inStage + "hand to sales\n on /*cursor*/\n }\n}", "sales.accepted sales.won sales.overdue", ""},
		{"hand-offs", inStage + "hand to /*cursor*/\n }\n}", "sales", ""},
		{"roles", inStage + "task \"x\" to /*cursor*/\n }\n}", "owner success", ""},
		{"phases", "offer x { for nurture, /*cursor*/ }", "engage nurture convert", ""},
		{"types", "event x { y /*cursor*/ }", "text number bool date time timezone email enum set topic", ""},
		{"words of a field", "contact {\n x text /*cursor*/\n}", "key arrived from unknown question", ""},
		{"time zones", "policy { timezone contact.zone else \"Europe/Ber/*cursor*/\" }", "Europe/Berlin", "Europe/Paris"},
		{"fields for the time zone", "policy { timezone contact./*cursor*/ }", "zone", "email"},
		{"content files, unused ones first", "offer x { content \"/*cursor*/\" }", "content/unused.md content/digest.md content/report.md", ""},
		{"columns of a map", "map m {\n topic | /*cursor*/\n}", "admins customers otherwise", "report"},
		{"cells of a map, the row's topic first", "map m {\n topic | otherwise\n scale | /*cursor*/\n}", "digest report -", "admins"},
		{"rows of a map that are missing", "map m {\n topic | otherwise\n scale | digest\n /*cursor*/\n}", "security scale", "report"},
		{"values of a match", inStage + "on response match event.topic {\n /*cursor*/\n", "otherwise security scale", ""},
		{"fields for a match", inStage + "on visited match /*cursor*/", "event.page event.topic contact.email", "contact.size"},
		{"fields to set", inStage + "on opened { set /*cursor*/ }", "contact.email contact.role", ""},
		{"fields in a test", "test \"t\" { contact { /*cursor*/ } }", "email role", "page"},
		{"fields of an event in a test", "test \"t\" { visited { /*cursor*/ } }", "page topic", "email"},
		{"values in a test", "test \"t\" { contact { role = /*cursor*/ } }", "\"developer\" \"it\"", ""},
		{"what a test expects", "test \"t\" { expect /*cursor*/ }", "in held refused asked handed", ""},
		{"places that a test expects", "test \"t\" { expect in /*cursor*/ }", "targeted", "done"},
		{"reasons", "test \"t\" { expect refused /*cursor*/ }", "consent stopped address holdout where never", ""},
		{"number of an event", "measure { revenue /*cursor*/ }", "purchased.amount", "visited.page"},

		{"fields of the contact", "segment x = contact./*cursor*/", "email role company size renewal zone consent", "admins"},
		{"a field by its name alone", "segment x = comp/*cursor*/", "completeness contact.company", ""},
		{"values of an enum", "segment x = contact.role == \"/*cursor*/\"", "developer it", "admins"},
		{"values of an enum without a quote", "segment x = contact.role == /*cursor*/", "\"developer\" \"it\"", ""},
		{"values in a list", "segment x = contact.role in [\"it\", \"/*cursor*/\"]", "developer it", ""},
		{"phases in a list", "segment x = phase in [\"/*cursor*/\"]", "engage nurture convert accelerate", ""},
		{"fields of the event", inStage + "on visited where event./*cursor*/ -> done\n }\n}", "page topic at", "email"},
		{"topics", inStage + "on visited where event.topic == \"/*cursor*/\" -> done\n }\n}", "security scale", ""},
		{"fields of the event behind the rule's condition", inStage + "on visited where event.page != \"/\" and event./*cursor*/", "page topic at", "email"},
		{"scores", "segment x = score./*cursor*/", "interest", ""},
		{"functions", "segment x = si/*cursor*/", "since", "sent"},
		{"events in count", "segment x = count(/*cursor*/", "sent delivered opened", "report"},
		{"durations in count", "segment x = count(response, /*cursor*/", "1d 2d", "admins"},
		{"fields in known", "segment x = known(/*cursor*/", "contact.email contact.role", "admins"},
		{"offers, topics and maps in sent", "segment x = sent(/*cursor*/", "report digest security scale by_role", "opened"},
		{"times", "segment x = since(/*cursor*/", "contact.renewal stage.entered program.entered last", "contact.role"},
		{"durations behind since", "segment x = since(contact.renewal) >= /*cursor*/", "1d 2d 3d", ""},
		{"a date to be put right", "segment x = contact.renewal >= /*cursor*/", "2026-02-16", "security"},
		{"operators", "segment x = customers /*cursor*/", "and or in contains", "admins"},
		{"what is asked of an offer", "never \"x\" when offer.intent == \"/*cursor*/\"", "educate presell sell", ""},
		{"offer in never", "never \"x\" when /*cursor*/", "offer.intent offer.topic offer.kind offer.channel", "event.at"},

		{"with errors before it", "offer ( { kind }\nprogram p {\n send )\n stage s {\n  foo bar\n  on opened -> /*cursor*/", "done targeted", "kind"},
		{"in a block that is never closed", inStage + "send report\n  task \"x\" to /*cursor*/\n\noffer y { kind guide }", "owner success", ""},
		{"not in comments", "// of/*cursor*/", "", "offer"},
		{"not in titles", "offer x \"of/*cursor*/\" {}", "", "offer"},
		{"fields in a subject", "offer x { subject \"Hi {{ contact./*cursor*/\" }", "email role company", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, items := offered(t, "x.nurture", tt.src)
			got := labels(items)
			want := strings.Fields(tt.first)
			if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
				t.Errorf("got %s\nwant first %s", strings.Join(got, " "), tt.first)
			}
			if tt.first == "" && len(got) > 0 {
				t.Errorf("got %s, want nothing", strings.Join(got, " "))
			}
			for _, no := range strings.Fields(tt.lacks) {
				if slices.Contains(got, no) {
					t.Errorf("%s is among %s", no, strings.Join(got, " "))
				}
			}
		})
	}
}

func TestCompletionInContent(t *testing.T) {
	const top = "---\nsubject: Hello\n---\n"
	for _, tt := range []struct{ name, src, first string }{
		{"fields", top + "Hi {{ contact./*cursor*/ }}", "email role company size"},
		{"fields in a tag", top + "{% if contact.r/*cursor*/ %}", "role renewal"},
		{"names", top + "Hi {{ of/*cursor*/", "offer.name offer.title offer.topic"},
		{"below a name", top + "Hi {{ offer./*cursor*/", "name title topic"},
		{"what a loop runs over", top + "{% for question in questions %}{{ question./*cursor*/", "field text"},
		{"the variable of a loop", top + "{%- for q in questions -%}{{ q/*cursor*/", "q.field q.text questions"},
		{"where a loop stands", top + "{% for i in (1..3) %}{{ forloop.l/*cursor*/", "last length"},
		{"behind a loop", top + "{% for q in questions %}{% endfor %}{{ q./*cursor*/", ""},
		{"what was assigned", top + "{% assign name = contact.role %}{{ nam/*cursor*/", "name"},
		{"filters", top + "Hi {{ contact.role | def/*cursor*/ }}", "default"},
		{"tags", top + "{% unl/*cursor*/ %}", "unless endunless"},
		{"the subject", "---\nsubject: \"{{ contact.co/*cursor*/\"\n---\n", "company consent"},
		{"nothing in plain text", top + "of/*cursor*/", ""},
		{"nothing behind an output", top + "{{ contact.role }} of/*cursor*/", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, items := offered(t, "content/x.md", tt.src)
			got := labels(items)
			want := strings.Fields(tt.first)
			if len(got) < len(want) || !slices.Equal(got[:len(want)], want) || len(want) == 0 && len(got) > 0 {
				t.Errorf("got %s\nwant first %s", strings.Join(got, " "), tt.first)
			}
		})
	}
}

// What is chosen takes the place of what was typed, and of nothing else.
func TestCompletionIsWritten(t *testing.T) {
	for _, tt := range []struct{ src, choose, want string }{
		{"program p { stage s { on opened -> targeted.en/*cursor*/ } }", "engaged", "program p { stage s { on opened -> targeted.engaged } }\n"},
		{"segment é😀 = contact.role == \"de/*cursor*/\"", "developer", "segment é😀 = contact.role == \"developer\"\n"},
		{"segment x = contact.role == de/*cursor*/", `"developer"`, "segment x = contact.role == \"developer\"\n"},
		{"ha/*cursor*/", "handoff", "handoff ${1:name} \"${2:title}\" {\n\t$0\n}\n"},
		{"segment x = kno/*cursor*/", "known", "segment x = known($1)\n"},
	} {
		e, items := offered(t, "x.nurture", tt.src)
		i := slices.IndexFunc(items, func(i protocol.CompletionItem) bool { return i.Label == tt.choose })
		if i < 0 {
			t.Errorf("%s: %s is not among %v", tt.src, tt.choose, labels(items))
			continue
		}
		if got := e.applied("x.nurture", []protocol.TextEdit{*items[i].TextEdit}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestCompletionWithoutSnippets(t *testing.T) {
	e := start(t, shop+"-- x.nurture --\nha/*cursor*/\n", config{capabilities: `{}`})
	e.open("x.nurture")
	var list protocol.CompletionList
	e.call("textDocument/completion", e.at("cursor"), &list)
	if got := list.Items[0]; got.TextEdit.NewText != "handoff" || got.InsertTextFormat == protocol.InsertTextFormatSnippet {
		t.Errorf("wrote %q", got.TextEdit.NewText)
	}
}

// A space typed at the beginning of a statement brings up nothing, behind `->` it does.
func TestCompletionBySpace(t *testing.T) {
	for src, some := range map[string]bool{"program p { stage s { /*cursor*/ } }": false, "program p { stage s { on opened -> /*cursor*/ } }": true} {
		e := start(t, shop+"-- x.nurture --\n"+src+"\n")
		e.open("x.nurture")
		params := map[string]any{"context": map[string]any{"triggerKind": 2, "triggerCharacter": " "}}
		at := e.at("cursor")
		params["textDocument"], params["position"] = at.TextDocument, at.Position
		var list protocol.CompletionList
		e.call("textDocument/completion", params, &list)
		if len(list.Items) > 0 != some {
			t.Errorf("%s: %v", src, labels(list.Items))
		}
	}
}

func TestCompletionResolves(t *testing.T) {
	for _, tt := range []struct{ src, choose, doc string }{
		{"program p { stage s { send /*cursor*/ } }", "report", "The flagship report."},
		{"segment x = adm/*cursor*/", "admins", "Those who run machines."},
		{"score x { +5 on /*cursor*/ }", "clicked", "A link of a message was clicked."},
		{"program p { stage s { hand to /*cursor*/ } }", "sales", "Inside sales"},
	} {
		e, items := offered(t, "x.nurture", tt.src)
		i := slices.IndexFunc(items, func(i protocol.CompletionItem) bool { return i.Label == tt.choose })
		if i < 0 {
			t.Fatalf("%s is not among %v", tt.choose, labels(items))
		}
		var full struct {
			Label         string
			Documentation protocol.MarkupContent
			TextEdit      *protocol.TextEdit
		}
		e.call("completionItem/resolve", items[i], &full)
		if !strings.Contains(full.Documentation.Value, tt.doc) || full.Label != tt.choose || full.TextEdit == nil {
			t.Errorf("%s: %+v", tt.src, full)
		}
	}
}

// Behind each key of a line typed into a large playbook, what can be written is read from the text with that key, whether
// or not the check of it is done.
func TestCompletionWhileTheCheckRuns(t *testing.T) {
	dir := t.TempDir()
	for name, text := range large(20) {
		write(t, filepath.Join(dir, name), text)
	}
	e := session(t, dir, config{})
	e.open(typedInto)
	e.diagnostics(typedInto)
	at := strings.Index(e.docs[typedInto].text, "    send from topics_00_05")
	wanted := map[string]string{"    o": "on", "    on resp": "response", "    on response -> ": "asked"}
	line := "    on response -> asked"
	for i := range line {
		e.replace(typedInto, at+i, at+i, line[i:i+1])
		want, asked := wanted[line[:i+1]]
		if !asked {
			continue
		}
		var list protocol.CompletionList
		e.call("textDocument/completion", e.place(typedInto, at+i+1), &list)
		if !slices.Contains(labels(list.Items), want) {
			t.Errorf("behind %q: %v, want %s", line[:i+1], labels(list.Items), want)
		}
	}
}
