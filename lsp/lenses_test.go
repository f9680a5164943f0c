package lsp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.lsp.dev/protocol"
	"golang.org/x/tools/txtar"
)

const lensed = `
-- a.nurture --
contact { email email key }
topics cost
segment sure = true
offer o { channel post }
-- b.nurture --
program p {
  phase nurture
  enter when sure
  stage s {
    send o
    on clicked where sent(o) > 1 -> t
  }
  stage t {}
}
migrate p.t_old -> p.t
`

// showing starts a session with all of the playbook's files open.
func showing(t *testing.T, archive string, configs ...config) *editor {
	t.Helper()
	e := start(t, archive, configs...)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		e.open(f.Name)
	}
	return e
}

// lenses writes the lenses of a file, a line each: what they stand above and what they say.
func (e *editor) lenses(name string) string {
	e.t.Helper()
	var found []protocol.CodeLens
	e.call("textDocument/codeLens", e.in(name), &found)
	var lines []string
	for _, l := range found {
		lines = append(lines, e.says(name, l.Range)+": "+l.Command.Title)
	}
	return strings.Join(lines, "\n")
}

func TestLensesCountReferences(t *testing.T) {
	e := showing(t, lensed)
	if got, want := e.lenses("a.nurture"), "sure: 1 reference\no: 2 references"; got != want {
		t.Errorf("the lenses are\n%s\nand not\n%s", got, want)
	}
	if got, want := e.lenses("b.nurture"), "p: 1 reference\ns: 0 references\nt: 2 references"; got != want {
		t.Errorf("the lenses are\n%s\nand not\n%s", got, want)
	}
}

func TestLensesOfABrokenFile(t *testing.T) {
	e := showing(t, "\n-- a.nurture --\noffer o {\noffer q { channel post }\nprogram p { stage s { send o, q every\n")
	if got := e.lenses("a.nurture"); !strings.Contains(got, "o: 1 reference") || !strings.Contains(got, "q: 1 reference") {
		t.Errorf("the lenses are\n%s", got)
	}
}

// able is an editor that applies edits, shows progress, and asks for lenses again.
const able = `{"workspace": {"applyEdit": true, "codeLens": {"refreshSupport": true}, "workspaceEdit": {"documentChanges": true}},
	"window": {"workDoneProgress": true}}`

func TestLensesCountContacts(t *testing.T) {
	e := showing(t, lensed, config{capabilities: able, census: func(string) (map[string]int64, error) {
		return map[string]int64{"p.s": 1, "p.t": 1200, "gone.g": 7}, nil
	}})
	e.lenses("b.nurture") // the first may be without them
	e.waitForLenses()
	want := "p: 1 reference\np: 1201 contacts\ns: 0 references\ns: 1 contact\nt: 2 references\nt: 1200 contacts"
	if got := e.lenses("b.nurture"); got != want {
		t.Errorf("the lenses are\n%s\nand not\n%s", got, want)
	}
	if got := e.lenses("a.nurture"); strings.Contains(got, "contact") {
		t.Errorf("there are contacts in what is no stage:\n%s", got)
	}
}

// waitForLenses waits until the server says that there are new lenses.
func (e *editor) waitForLenses() {
	e.t.Helper()
	e.wait("workspace/codeLens/refresh", func() bool {
		return slices.ContainsFunc(e.asked, func(a string) bool { return strings.HasPrefix(a, "workspace/codeLens/refresh") })
	})
}

// TestLensesDoNotWait has a store that is read slowly: lenses come without it, and again when it has been read.
func TestLensesDoNotWait(t *testing.T) {
	read := make(chan bool)
	e := showing(t, lensed, config{capabilities: able, census: func(string) (map[string]int64, error) {
		<-read
		return map[string]int64{"p.s": 3}, nil
	}})
	if got := e.lenses("b.nurture"); strings.Contains(got, "contact") {
		t.Errorf("the lenses are\n%s", got)
	}
	read <- true
	e.waitForLenses()
	if got := e.lenses("b.nurture"); !strings.Contains(got, "s: 3 contacts") {
		t.Errorf("the lenses are\n%s", got)
	}
}

func TestAStoreThatCannotBeReadIsNotedOnce(t *testing.T) {
	var asked atomic.Int32
	e := showing(t, lensed, config{census: func(string) (map[string]int64, error) {
		asked.Add(1)
		return nil, errors.New("written by an older nurturec")
	}})
	for range 3 {
		if got := e.lenses("b.nurture"); strings.Contains(got, "contact") {
			t.Errorf("the lenses are\n%s", got)
		}
	}
	e.wait("note", func() bool { return len(e.notes) > 0 })
	if n := asked.Load(); n != 1 || len(e.notes) != 1 || !strings.Contains(e.notes[0], "an older nurturec") {
		t.Errorf("it was read %d times; notes %q", n, e.notes)
	}
}

// execute carries out a command.
func (e *editor) execute(command string, about map[string]any, result any) error {
	return e.ask("workspace/executeCommand", map[string]any{"command": command, "arguments": []any{about}}, result)
}

func TestTheCommandOfALensShowsReferences(t *testing.T) {
	e := showing(t, lensed)
	var lenses []protocol.CodeLens
	e.call("textDocument/codeLens", e.in("a.nurture"), &lenses)
	c := lenses[1].Command
	var places []protocol.Location
	e.call("workspace/executeCommand", map[string]any{"command": c.Command, "arguments": c.Arguments}, &places)
	var said []string
	for _, p := range places {
		said = append(said, e.name(p.URI)+" "+e.says(e.name(p.URI), p.Range))
	}
	if got := strings.Join(said, ", "); got != "b.nurture o, b.nurture o" {
		t.Errorf("%s answers %s", c.Title, got)
	}
}

func TestTheCommandOfALensCountsContactsNow(t *testing.T) {
	n := int64(0)
	e := showing(t, lensed, config{capabilities: able, census: func(string) (map[string]int64, error) {
		n++
		return map[string]int64{"p.s": n, "p.t": 5}, nil
	}})
	for i, want := range []string{"p: 6 contacts", "p: 7 contacts"} {
		var stages map[string]int64
		if err := e.execute("nurture.contacts", map[string]any{"uri": e.uri("b.nurture"), "place": "p"}, &stages); err != nil || stages["p.s"] != int64(i+1) {
			t.Fatalf("the answer is %v, %v", stages, err)
		}
		e.wait("message", func() bool {
			return slices.ContainsFunc(e.asked, func(a string) bool {
				return strings.HasPrefix(a, "window/showMessage") && strings.Contains(a, want)
			})
		})
	}
	if shown := e.progress(); shown != "begin Counting contacts\nend\nbegin Counting contacts\nend" {
		t.Errorf("progress was\n%s", shown)
	}

	e = showing(t, lensed)
	if err := e.execute("nurture.contacts", map[string]any{"uri": e.uri("b.nurture")}, nil); err == nil || !strings.Contains(err.Error(), "`nurturec run` makes it") {
		t.Errorf("without a store the answer is %v", err)
	}
}

// progress is what was shown of it, a line each.
func (e *editor) progress() string {
	e.t.Helper()
	var lines []string
	e.mu.Lock()
	defer e.mu.Unlock()
	created := map[string]bool{}
	for _, a := range e.asked {
		method, params, _ := strings.Cut(a, " ")
		var p struct {
			Token json.RawMessage
			Value struct{ Kind, Title, Message string }
		}
		if err := json.Unmarshal([]byte(params), &p); err != nil {
			continue
		}
		switch method {
		case "window/workDoneProgress/create":
			created[string(p.Token)] = true
		case "$/progress":
			if !created[string(p.Token)] && string(p.Token) != `"mine"` {
				e.t.Errorf("there is progress of %s, which nobody made", p.Token)
			}
			lines = append(lines, strings.TrimRight(p.Value.Kind+" "+p.Value.Title+p.Value.Message, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestFixAPlaybook(t *testing.T) {
	e := start(t, `
-- a.nurture --
contact { email email key }
topics cost
offer offer_a { topic cst  channel post }
-- b.nurture --
handoff sales { channel crm  outcomes won }
program p {
  phase nuture
  stage s { send ofer_a  hand to sales }
}
`, config{capabilities: able})
	e.open("b.nurture")
	var answer struct{ Fixed int }
	err := e.ask("workspace/executeCommand", map[string]any{
		"command": "nurture.fixAll", "arguments": []any{map[string]any{"uri": e.uri("b.nurture")}}, "workDoneToken": "mine",
	}, &answer)
	if err != nil || answer.Fixed != 3 {
		t.Fatalf("the answer is %v, %v", answer, err)
	}
	var apply struct{ Edit json.RawMessage }
	e.mu.Lock()
	for _, a := range e.asked {
		if params, ok := strings.CutPrefix(a, "workspace/applyEdit "); ok {
			if err := json.Unmarshal([]byte(params), &apply); err != nil {
				t.Fatal(err)
			}
		}
	}
	e.mu.Unlock()
	e.carryOut(apply.Edit)
	if got := e.wrong(); got != "NUR151 hand to sales" { // which has no one right answer
		t.Errorf("it is still wrong:\n%s", got)
	}
	if got, want := e.progress(), "begin Fixing the playbook\nreport a.nurture\nreport b.nurture\nend"; got != want {
		t.Errorf("progress was\n%s", got)
	}
}

func TestCommandsThatCannotBeCarriedOut(t *testing.T) {
	e := showing(t, lensed)
	for _, test := range []struct{ command, arguments, want string }{
		{"nurture.dance", `[{"uri": "URI"}]`, "there is no command nurture.dance"},
		{"nurture.fixAll", `[]`, "takes one argument"},
		{"nurture.fixAll", `["URI"]`, "do not fit"},
		{"nurture.fixAll", `[{"uri": "URI"}]`, "does not let the server change files"},
		{"nurture.references", `[{"uri": "URI"}]`, "needs a position"},
		{"nurture.references", `[{"uri": "file:///nowhere/x.nurture"}]`, "is not open"},
	} {
		arguments := strings.ReplaceAll(test.arguments, "URI", string(e.uri("a.nurture")))
		err := e.ask("workspace/executeCommand", json.RawMessage(fmt.Sprintf(`{"command": %q, "arguments": %s}`, test.command, arguments)), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s answers %v", test.command, test.arguments, err)
		}
	}
}
