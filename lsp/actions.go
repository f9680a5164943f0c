package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
)

// Code actions are changes that the editor offers at a place: fixes of what is wrong there, and other ways to write what
// stands there. Each sort of them is a line here, and a file of its own.
var actionsAt = []func(*scene) []action{
	fixes,
	creations,
	ignoring,
	extraction,
	inlining,
	toMap,
}

// fixAll is the kind of the action that mends what can be mended in a file, which editors can carry out whenever a file is
// saved.
const fixAll protocol.CodeActionKind = "source.fixAll"

// actionKinds are all kinds that actions have.
var actionKinds = []protocol.CodeActionKind{
	protocol.QuickFix, protocol.RefactorExtract, protocol.RefactorInline, protocol.RefactorRewrite, fixAll,
}

// scene is the place that actions are asked for.
type scene struct {
	*Snapshot
	at    diag.Span         // what is selected; empty where the cursor is
	found []diag.Diagnostic // what is wrong there
}

// action is a change that is offered.
type action struct {
	title     string
	kind      protocol.CodeActionKind // of a fix; "" is a quick one
	solves    []diag.Diagnostic
	preferred bool // the one right answer
	edits     []diag.Edit
	creates   []newFile
}

// newFile is a file that an action makes in the playbook's folder.
type newFile struct{ name, text string }

// codeAction is the library's, with an edit that can create files.
type codeAction struct {
	Title       string                  `json:"title"`
	Kind        protocol.CodeActionKind `json:"kind"`
	Diagnostics []diagnostic            `json:"diagnostics,omitempty"`
	IsPreferred bool                    `json:"isPreferred,omitempty"`
	Edit        any                     `json:"edit"`
}

func codeActions(ctx context.Context, s *Snapshot, p protocol.CodeActionParams) ([]codeAction, error) {
	name, ok := s.Name(p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	at := &scene{Snapshot: s, at: s.Span(name, p.Range)}
	for _, d := range s.Found() {
		if d.Span.File == name && d.Span.Start <= at.at.End && at.at.Start <= d.Span.End {
			at.found = append(at.found, d)
		}
	}
	var offered []action
	for _, sort := range actionsAt {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		offered = append(offered, sort(at)...)
	}
	if a, ok := s.fixEverything(name); ok {
		offered = append(offered, a)
	}
	var all []codeAction
	for _, a := range offered {
		if a.kind == "" {
			a.kind = protocol.QuickFix
		}
		if wanted(a.kind, p.Context.Only) {
			all = append(all, s.codeAction(a))
		}
	}
	return all, nil
}

// wanted says whether the editor asks for a kind: by itself, by one above it ("refactor" for "refactor.inline"), or by
// asking for all.
func wanted(kind protocol.CodeActionKind, only []protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o protocol.CodeActionKind) bool {
		return kind == o || strings.HasPrefix(string(kind), string(o)+".")
	})
}

func (s *Snapshot) codeAction(a action) codeAction {
	c := codeAction{Title: a.title, Kind: a.kind, IsPreferred: a.preferred, Edit: s.edit(a)}
	for _, d := range a.solves {
		c.Diagnostics = append(c.Diagnostics, s.finding(d))
	}
	return c
}

// edit is what an action changes, as the editor's. Files are created first: they are what the edits name.
func (s *Snapshot) edit(a action) any {
	whole := s.WorkspaceEdit(a.edits)
	if len(a.creates) == 0 {
		return whole
	}
	var steps []any
	for _, f := range a.creates {
		uri := s.URI(f.name)
		var text protocol.TextDocumentEdit
		text.TextDocument.URI = uri
		text.Edits = []protocol.TextEdit{{NewText: f.text}}
		steps = append(steps, protocol.CreateFile{Kind: protocol.CreateResourceOperation, URI: uri, Options: &protocol.CreateFileOptions{IgnoreIfExists: true}}, text)
	}
	for _, d := range whole.DocumentChanges {
		steps = append(steps, d)
	}
	return struct {
		DocumentChanges []any `json:"documentChanges"`
	}{steps}
}

// creates says whether the editor makes files where an action says so.
func (c *client) creates() bool {
	w := c.capabilities.Workspace
	return c.versionedEdits && w != nil && w.WorkspaceEdit != nil && slices.Contains(w.WorkspaceEdit.ResourceOperations, string(protocol.CreateResourceOperation))
}
