package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"nurture/lang/diag"
)

// Commands are what lenses do when one chooses them, and what editors may bind to a key. All take one argument, which
// says what they are about.
const (
	referencesCommand = "nurture.references" // answers the places of the name at a position
	contactsCommand   = "nurture.contacts"   // reads the store again, says how many contacts are at a place, and answers all counts
	testCommand       = "nurture.test"       // plays a test, or all of a file, and shows what failed
	fixAllCommand     = "nurture.fixAll"     // mends what has one right answer, in all files of the playbook
	graphCommand      = "nurture.graph"      // draws the playbook, and answers the picture
)

var commands = map[string]command{
	referencesCommand: showReferences,
	contactsCommand:   showContacts,
	testCommand:       runTests,
	fixAllCommand:     fixPlaybook,
	graphCommand:      drawPlaybook,
}

type command func(ctx context.Context, s *server, snap *Snapshot, about commandArgument, p *progress) (any, error)

// commandArgument says what a command is about: a file of the playbook, and what it needs beside it.
type commandArgument struct {
	URI      protocol.DocumentURI `json:"uri"`
	Position *protocol.Position   `json:"position,omitempty"`
	Place    string               `json:"place,omitempty"` // program.stage, or a program
	Test     string               `json:"test,omitempty"`  // the title of one
}

type executeParams struct {
	Command       string            `json:"command"`
	Arguments     []commandArgument `json:"arguments"`
	WorkDoneToken json.RawMessage   `json:"workDoneToken"`
}

func executeCommand(s *server, p executeParams) (work, error) {
	run, ok := commands[p.Command]
	if !ok {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no command %s", p.Command)
	}
	if len(p.Arguments) != 1 {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, `%s takes one argument: {"uri": …}`, p.Command)
	}
	about := p.Arguments[0]
	snap, err := s.workspace.snapshot(about.URI)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (any, error) {
		if err := snap.check(); err != nil {
			return nil, err
		}
		return run(ctx, s, snap, about, &progress{server: s, token: p.WorkDoneToken})
	}, nil
}

// showReferences answers the places where something is named, for the editor to show.
func showReferences(_ context.Context, _ *server, snap *Snapshot, about commandArgument, _ *progress) (any, error) {
	if about.Position == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s needs a position", referencesCommand)
	}
	name, _ := snap.Name(about.URI)
	var found []protocol.Location
	for _, u := range snap.places(name, snap.Offset(name, *about.Position)) {
		if !u.Declares {
			found = append(found, snap.Location(u.Span))
		}
	}
	return found, nil
}

func showContacts(ctx context.Context, s *server, snap *Snapshot, about commandArgument, p *progress) (any, error) {
	ctx, end := p.begin(ctx, "Counting contacts", false)
	defer end()
	stages, err := s.census.now(snap.Dir())
	if err != nil {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "%v", err)
	}
	if stages == nil {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "no store stands beside this playbook; `nurturec run` makes it")
	}
	if about.Place != "" {
		n := stages[about.Place]
		if snap.program(about.Place) != nil {
			n = snap.inProgram(about.Place, stages)
		}
		message := fmt.Sprintf("%s: %s. `nurturec contact KEY` shows one of them.", about.Place, counted(n, "contact"))
		if err := s.conn.Notify(ctx, protocol.MethodWindowShowMessage, &protocol.ShowMessageParams{Type: protocol.MessageTypeInfo, Message: message}); err != nil {
			return nil, err
		}
	}
	return stages, nil
}

// fixPlaybook has the editor apply every fix that is the one right answer, file by file.
func fixPlaybook(ctx context.Context, s *server, snap *Snapshot, _ commandArgument, p *progress) (any, error) {
	if w := s.client.capabilities.Workspace; w == nil || !w.ApplyEdit {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "this editor does not let the server change files; `source.fixAll` does it in one file")
	}
	ctx, end := p.begin(ctx, "Fixing the playbook", true)
	defer end()
	names := slices.Sorted(maps.Keys(snap.Sources))
	fixed := 0
	var edits []diag.Edit
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.report(name, i*100/len(names))
		solved, own := snap.mended(name, "")
		fixed += len(solved)
		edits = append(edits, own...)
	}
	answer := struct {
		Fixed int `json:"fixed"`
	}{fixed}
	if fixed == 0 {
		return answer, nil
	}
	var applied protocol.ApplyWorkspaceEditResponse
	_, err := s.conn.Call(ctx, protocol.MethodWorkspaceApplyEdit, &protocol.ApplyWorkspaceEditParams{
		Label: "Fix the playbook", Edit: *snap.WorkspaceEdit(edits),
	}, &applied)
	if err != nil {
		return nil, err
	}
	if !applied.Applied {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "the editor did not apply the fixes: %s", cmp.Or(applied.FailureReason, "it does not say why"))
	}
	return answer, nil
}
