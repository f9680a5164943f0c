package lsp_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// hover is what the editor shows at a mark, and what of the file it is about; "" for nothing.
func (e *editor) hover(mark string) (text, about string) {
	e.t.Helper()
	var h *protocol.Hover
	at := e.at(mark)
	e.call("textDocument/hover", at, &h)
	if h == nil {
		return "", ""
	}
	return h.Contents.Value, e.says(e.name(at.TextDocument.URI), *h.Range)
}

const told = `
-- contact.nurture --
contact {
  email email key
  /// What somebody does all day.
  /*role*/role  enum("it", "user")  question light "What do you do?"
  renewal date
}
topics security, /*cost*/cost
roles  owner
segment /*it*/it = contact.role == "it"
segment /*warm*/warm = score.interest >= 35 and it
score /*score*/interest { halve every /*half*/30d  +5 on opened  +1 when warmer }
segment warmer = until(contact.renewal) <= 60d
offer /*offer*/report "The report" { kind /*kind*/paper  topic security  for /*phase*/nurture  intent presell  content "/*path*/report.md"  repeat after 14d }
offer stories "Stories" { kind paper  topic cost  for nurture  channel post }
map /*map*/by_role {
  topic    | it      | otherwise
  security | report  | report, stories
  cost     | stories | -
}
policy {
  timezone contact./*unknown*/zone else "Europe/Berlin"
  cap 1 per /*per*/12h
}
handoff /*handoff*/sales "Inside sales" { accept within 2d  outcomes accepted, won }
track main { on sales.won -> done  on sales.accepted -> targeted  on sales.overdue -> targeted }
-- programs.nurture --
/// Whoever we know.
program /*program*/targeted "Targeted" {
  /*keyword*/phase nurture
  enter when /*enter*/known(contact.role)
  on replied -> /*done*/done
  stage learn {
    /*send*/send from by_role every 7d /*pick*/pick /*way*/interest
    on response match event.topic { security -> engaged  otherwise -> engaged }
    after 14d -> engaged
  }
  stage /*stage*/engaged {
    send stories where /*touch*/offer.intent != "/*intent*/sell"
    /*when*/when warm and count(visited, 14d) /*sign*/>= 2 and /*since*/since(stage.entered) >= 3d -> learn
    on opened where contact.role /*on*/== "it" -> learn
    when it or /*level*/not it -> learn
  }
}
event /*event*/visited { page text }
-- report.md --
---
subject: A report
---
Hello {{ contact./*mail*/role | /*filter*/default: "x" }} {{ offer./*below*/title }} on {{ /*now*/now }}, /*text*/now
`

func TestHover(t *testing.T) {
	e := start(t, told)
	e.open("programs.nurture")
	for _, test := range []struct {
		mark, about string
		want        []string
	}{
		{"role", "role", []string{"contact.role enum(\"it\", \"user\")", "What somebody does all day.", "Used by segment `it`, program `targeted` and `report.md`."}},
		{"mail", "role", []string{"What somebody does all day."}},
		{"filter", "default", []string{"default: "}},
		{"below", "title", []string{"offer.title"}},
		{"now", "now", []string{"The instant of the decision"}},
		{"text", "", nil},
		{"unknown", "zone", []string{"There is no field of this name."}},
		{"cost", "cost", []string{"1 offer: `stories`."}},
		{"it", "it", []string{`segment it = contact.role == "it"`, "Time alone never changes it."}},
		{"warm", "warm", []string{"- when `score.interest` has decayed to 35", "- 60d before `contact.renewal`"}},
		{"score", "interest", []string{"halve every 30d\n+5 on opened"}},
		{"half", "30d", []string{"30 days"}},
		{"per", "12h", []string{"12 hours of elapsed time"}},
		{"offer", "report", []string{`offer report "The report"`, "paper · topic `security` · for nurture · to presell · by email · again after 14d", "Subject: A report", "Sent in `targeted.learn` (from `by_role`)"}},
		{"kind", "paper", []string{"Used by offer `report` and offer `stories`."}},
		{"phase", "nurture", []string{"The second phase"}},
		{"path", "report.md", []string{"Subject: A report", "It reads `contact.role`."}},
		{"map", "by_role", []string{"| `it` | 2 |  |", "| `otherwise` | 2 | cost |", "2 offers in all."}},
		{"handoff", "sales", []string{"Outcomes: `sales.accepted` and `sales.won`.", "Unanswered for `2d`, `sales.overdue` comes."}},
		{"program", "targeted", []string{"Whoever we know.", "phase nurture · track `main` · priority 0", "Stages: `learn` and `engaged`.", "| — | `enter when known(contact.role)` |", "| `done` | `on replied` |"}},
		{"keyword", "phase", []string{"phase nurture", "What the program is for"}},
		{"enter", "known", []string{"known(contact.FIELD)", "Whether we know this about the contact.", "Time alone never changes it."}},
		{"done", "done", []string{"out of the program"}},
		{"send", "send", []string{"send from MAP every 7d\nsend OFFER"}},
		{"pick", "pick", []string{"Which of the offers"}},
		{"way", "interest", []string{"answered most"}},
		{"stage", "engaged", []string{"program targeted\n  stage engaged",
			"| in from | |", "| `stage targeted.learn` | `on response event.topic security` |", "| `stage targeted.learn` | `after 14d` |",
			"| out to | |", "| `targeted.learn` | `on opened where contact.role == \"it\"` |", "| `done` | `program: on replied` |", "| `done` | `track: on sales.won` |"}},
		{"touch", "offer", []string{"The offer that is being weighed", "It is asked when a touch is due."}},
		{"intent", `"sell"`, []string{"To sell."}},
		{"when", "when", []string{"At the first instant", "the contact is woken", "- when `score.interest` has decayed to 35 (`warm`)", "- when a `visited` is 14d old", "- 3d after `stage.entered`"}},
		{"sign", `warm and count(visited, 14d) >= 2 and since(stage.entered) >= 3d`, []string{"- 3d after `stage.entered`"}},
		{"since", "since", []string{"since(TIME)", "How long ago"}},
		{"on", `contact.role == "it"`, []string{"It is asked when the event comes."}},
		{"level", "not", []string{"not A"}},
		{"event", "visited", []string{"Its fields, beside `at`: `page text`."}},
	} {
		text, about := e.hover(test.mark)
		if about != test.about {
			t.Errorf("%s: about %q, want %q", test.mark, about, test.about)
		}
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", test.mark, want, text)
			}
		}
	}
}

// TestHoverSaysSomethingOfEveryWord asks at each word of the whole playbook that is no comment and in no text.
func TestHoverSaysSomethingOfEveryWord(t *testing.T) {
	src, err := os.ReadFile("../lang/syntax/testdata/whole.nurture")
	if err != nil {
		t.Fatal(err)
	}
	e := start(t, "-- a.nurture --\n"+string(src))
	e.open("a.nurture")
	words, silent := 0, map[string]bool{}
	for _, at := range regexp.MustCompile(`//[^\n]*|"[^"\n]*"|\d\d:\d\d|[0-9][\w:%-]*|[A-Za-z_]\w*`).FindAllIndex(src, -1) {
		word := string(src[at[0]:at[1]])
		if strings.HasPrefix(word, "//") || word[0] == '"' || regexp.MustCompile(`^[\d.:_]+$`).MatchString(word) {
			continue
		}
		var h *protocol.Hover
		e.call("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": e.uri("a.nurture")}, "position": e.position("a.nurture", at[0])}, &h)
		if words++; h == nil || strings.TrimSpace(h.Contents.Value) == "" {
			silent[word] = true
		}
	}
	if len(silent) > 0 || words < 700 {
		t.Errorf("of %d words nothing is said of %v", words, silent)
	}
}

// TestHoverAnywhere asks at each byte of broken files: there is an answer, and no panic behind it.
func TestHoverAnywhere(t *testing.T) {
	src, err := os.ReadFile("../lang/syntax/testdata/programs.nurture")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`[)"}]`).ReplaceAllStringFunc(string(src), func(s string) string {
		if len(src)%3 == 0 {
			return s
		}
		return ""
	})
	e := start(t, "-- a.nurture --\n")
	e.openText("a.nurture", text)
	for i := 0; i < len(text); i += 3 {
		params := map[string]any{"textDocument": map[string]any{"uri": e.uri("a.nurture")}, "position": e.position("a.nurture", i)}
		for _, method := range []string{"hover", "definition", "typeDefinition", "documentHighlight", "prepareCallHierarchy"} {
			e.call("textDocument/"+method, params, nil)
		}
	}
}
