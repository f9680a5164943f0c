package lsp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/diag"
)

// Lenses above the tests of a playbook play one of them, or those of a file. What failed stands where it was expected, as
// long as the playbook says what it said then and no test is played again.

// Player plays tests of a playbook that has no errors, and calls played for each when it has been played, never twice at a
// time: its failures are places in the playbook with a message. It ends early, with an error, when ctx does.
type Player func(ctx context.Context, l *lang.Loaded, tests []*check.Test, played func(t *check.Test, failures []diag.Diagnostic)) error

// testLenses stand above the tests of a file.
func (s *Snapshot) testLenses(uri protocol.DocumentURI) (all []protocol.CodeLens) {
	for _, t := range s.testsOf(uri, "") {
		at := t.Span
		if title := t.Decl.Title; title != nil {
			at.Start, at.End = title.Start, title.End
		}
		lens := func(title, test string) {
			all = append(all, protocol.CodeLens{Range: s.Range(at), Command: &protocol.Command{
				Title: title, Command: testCommand, Arguments: []any{commandArgument{URI: uri, Test: test}},
			}})
		}
		if lens("run test", t.Title); len(all) == 1 {
			lens("run all tests", "")
		}
	}
	return all
}

// testsOf are the tests of a file, or that of this title.
func (s *Snapshot) testsOf(uri protocol.DocumentURI, title string) (tests []*check.Test) {
	name, _ := s.Name(uri)
	for _, t := range s.Playbook.Tests {
		if t.Span.File == name && (title == "" || t.Title == title) {
			tests = append(tests, t)
		}
	}
	return tests
}

// testedAnswer is what came of playing tests.
type testedAnswer struct {
	Passed int      `json:"passed"`
	Failed []string `json:"failed"` // the titles
}

// runTests plays a test, or those of a file, shows what failed where it was expected, and says how it ended.
func runTests(ctx context.Context, s *server, snap *Snapshot, about commandArgument, p *progress) (any, error) {
	tests := snap.testsOf(about.URI, about.Test)
	switch {
	case s.options.Test == nil:
		return nil, jsonrpc2.Errorf(codeRequestFailed, "this server plays no tests; `nurturec lsp` does")
	case snap.loaded.Failed():
		return nil, jsonrpc2.Errorf(codeRequestFailed, "a playbook with errors cannot be played; mend them first")
	case len(tests) == 0 && about.Test != "":
		return nil, jsonrpc2.Errorf(codeRequestFailed, "there is no test %q in this file any more", about.Test)
	case len(tests) == 0:
		return nil, jsonrpc2.Errorf(codeRequestFailed, "there are no tests in this file")
	}
	ctx, end := p.begin(ctx, "Testing", true)
	defer end()
	var answer testedAnswer
	var found []diag.Diagnostic
	n := 0
	err := s.options.Test(ctx, snap.loaded, tests, func(t *check.Test, failures []diag.Diagnostic) {
		if n++; len(failures) == 0 {
			answer.Passed++
		} else {
			answer.Failed = append(answer.Failed, t.Title)
		}
		found = append(found, failures...)
		p.report(t.Title, n*100/len(tests))
	})
	if ctx.Err() != nil {
		return nil, jsonrpc2.Errorf(codeRequestCancelled, "the tests were cancelled; %d of %d were played", n, len(tests))
	}
	if err != nil {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "%v", err)
	}
	snap.folder.tested.Store(&tested{snap.Sources, found})
	s.publisher.changed(snap.folder, false)
	return answer, s.conn.Notify(ctx, protocol.MethodWindowShowMessage, answer.message())
}

// message says how it ended.
func (a testedAnswer) message() *protocol.ShowMessageParams {
	slices.Sort(a.Failed) // they were played in any order
	switch len(a.Failed) {
	case 0:
		return &protocol.ShowMessageParams{Type: protocol.MessageTypeInfo, Message: counted(a.Passed, "test") + " passed."}
	case 1:
		return &protocol.ShowMessageParams{Type: protocol.MessageTypeWarning, Message: fmt.Sprintf("The test %q failed; %d passed.", a.Failed[0], a.Passed)}
	default:
		return &protocol.ShowMessageParams{Type: protocol.MessageTypeWarning, Message: fmt.Sprintf("%d tests failed, %d passed. These failed: %s.", len(a.Failed), a.Passed, strings.Join(a.Failed, "; "))}
	}
}

// tested is what failed when tests were played, and the texts that were played.
type tested struct {
	sources map[string]string
	found   []diag.Diagnostic
}

// failures are those of the tests that were played last, nothing where the playbook was edited since.
func (s *Snapshot) failures() []diag.Diagnostic {
	if t := s.folder.tested.Load(); t != nil && len(t.found) > 0 && maps.Equal(t.sources, s.Sources) {
		return t.found
	}
	return nil
}

// failure is what the editor shows of a failure.
func (s *Snapshot) failure(d diag.Diagnostic) diagnostic {
	f := s.finding(d)
	f.Code, f.Source = nil, "nurture test"
	return f
}
