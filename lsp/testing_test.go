package lsp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/diag"
)

const withTests = `
-- a.nurture --
contact { email email key }
program p {
  phase nurture
  enter when true
  stage s { after 30d -> done }
}
-- t.nurture --
test "one passes" { expect in p.s }
test "one fails" { expect not in p.s }
test "two fail" { expect not in p }
`

// player fails tests with "fail" in their titles, at their titles, because of what stands first in a.nurture.
func player(ctx context.Context, l *lang.Loaded, tests []*check.Test, played func(*check.Test, []diag.Diagnostic)) error {
	for _, t := range tests {
		var failures []diag.Diagnostic
		if strings.Contains(t.Title, "fail") {
			failures = []diag.Diagnostic{{Span: t.Span, Message: t.Title, Related: []diag.Related{{Span: diag.Span{File: "a.nurture", End: 7}, Message: "since"}}}}
		}
		played(t, failures)
	}
	return ctx.Err()
}

// failing are what the editor has been told that failed in a file, sorted.
func (e *editor) failing(name string) string {
	var all []string
	for _, d := range e.published[e.uri(name)].diagnostics {
		if d.Source == "nurture test" {
			all = append(all, d.Message)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (e *editor) waitForFailing(name, want string) {
	e.t.Helper()
	e.wait("failing tests: "+want, func() bool { return e.failing(name) == want })
}

func TestLensesOfTests(t *testing.T) {
	e := showing(t, withTests, config{test: player})
	want := `"one passes": run test
"one passes": run all tests
"one fails": run test
"two fail": run test`
	if got := e.lenses("t.nurture"); got != want {
		t.Errorf("the lenses are\n%s\nand not\n%s", got, want)
	}
	if got := e.lenses("a.nurture"); strings.Contains(got, "test") {
		t.Errorf("there are lenses for tests where none is:\n%s", got)
	}
	if got := showing(t, withTests).lenses("t.nurture"); got != "" {
		t.Errorf("a server that plays no tests has lenses for them:\n%s", got)
	}
}

func TestTestsArePlayed(t *testing.T) {
	e := showing(t, withTests, config{capabilities: able, test: player})
	var answer struct {
		Passed int
		Failed []string
	}
	if err := e.execute("nurture.test", map[string]any{"uri": e.uri("t.nurture")}, &answer); err != nil || answer.Passed != 1 || len(answer.Failed) != 2 {
		t.Fatalf("the answer is %v, %v", answer, err)
	}
	e.waitForFailing("t.nurture", "one fails, two fail")
	e.mu.Lock()
	d := e.published[e.uri("t.nurture")].diagnostics[0]
	if len(d.RelatedInformation) != 1 || e.name(d.RelatedInformation[0].Location.URI) != "a.nurture" || d.Severity != protocol.DiagnosticSeverityError {
		t.Errorf("a failure is shown as %+v", d)
	}
	e.mu.Unlock()
	e.wait("message", func() bool {
		return slices.ContainsFunc(e.asked, func(a string) bool {
			return strings.HasPrefix(a, "window/showMessage") && strings.Contains(a, "2 tests failed, 1 passed. These failed: one fails; two fail.")
		})
	})
	if got, want := e.progress(), "begin Testing\nreport one passes\nreport one fails\nreport two fail\nend"; got != want {
		t.Errorf("progress was\n%s", got)
	}

	// The next run says what is so now, saving changes nothing, and an edit makes it all old.
	if err := e.execute("nurture.test", map[string]any{"uri": e.uri("t.nurture"), "test": "two fail"}, &answer); err != nil {
		t.Fatal(err)
	}
	e.waitForFailing("t.nurture", "two fail")
	e.notify("textDocument/didSave", e.in("t.nurture"))
	e.call("textDocument/hover", e.at0("t.nurture"), nil)
	if got := e.failing("t.nurture"); got != "two fail" {
		t.Errorf("after saving there is %q", got)
	}
	e.substitute("a.nurture", "30d", "31d")
	e.waitForFailing("t.nurture", "")
}

// at0 is the beginning of a file, as the parameters of a call.
func (e *editor) at0(name string) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": e.uri(name)}, "position": protocol.Position{}}
}

func TestTestsAreCancelled(t *testing.T) {
	began := make(chan bool)
	e := showing(t, withTests, config{capabilities: able, test: func(ctx context.Context, _ *lang.Loaded, _ []*check.Test, _ func(*check.Test, []diag.Diagnostic)) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	}})
	go func() {
		<-began
		e.notify("window/workDoneProgress/cancel", map[string]any{"token": "mine"})
	}()
	err := e.ask("workspace/executeCommand", map[string]any{
		"command": "nurture.test", "arguments": []any{map[string]any{"uri": e.uri("t.nurture")}}, "workDoneToken": "mine",
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "the tests were cancelled; 0 of 3 were played") {
		t.Errorf("the answer is %v", err)
	}
}

func TestTestsThatCannotBePlayed(t *testing.T) {
	e := showing(t, withTests, config{test: player})
	broken := showing(t, withTests+"-- b.nurture --\nprogram {\n", config{test: player})
	bad := showing(t, withTests, config{test: func(context.Context, *lang.Loaded, []*check.Test, func(*check.Test, []diag.Diagnostic)) error {
		return errors.New("no memory left")
	}})
	for _, test := range []struct {
		e                *editor
		file, test, want string
	}{
		{e, "a.nurture", "", "there are no tests in this file"},
		{e, "t.nurture", "gone", `there is no test "gone" in this file any more`},
		{broken, "t.nurture", "", "a playbook with errors cannot be played"},
		{bad, "t.nurture", "", "no memory left"},
		{showing(t, withTests), "t.nurture", "", "this server plays no tests"},
	} {
		err := test.e.execute("nurture.test", map[string]any{"uri": test.e.uri(test.file), "test": test.test}, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s answers %v", test.file, test.test, err)
		}
	}
}

// An editor that asks for diagnostics is answered with what failed as well.
func TestFailuresArePulled(t *testing.T) {
	e := showing(t, withTests, config{options: `{"diagnostics": {"mode": "pull"}}`, test: player})
	if err := e.execute("nurture.test", map[string]any{"uri": e.uri("t.nurture")}, nil); err != nil {
		t.Fatal(err)
	}
	var report struct{ Items []protocol.Diagnostic }
	e.call("textDocument/diagnostic", e.in("t.nurture"), &report)
	if len(report.Items) != 2 || report.Items[0].Source != "nurture test" {
		t.Errorf("the report is %+v", report)
	}
}
