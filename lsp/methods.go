package lsp

import (
	"cmp"
	"context"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// methods are the calls that the server answers; a feature is a line here.
var methods = map[string]method{
	"initialize": ofServer(initialize),
	"shutdown":   ofServer(shutdown),

	"textDocument/diagnostic":       ofSnapshot(pullDiagnostics),
	"workspace/diagnostic":          ofWorkspace(pullAllDiagnostics),
	"textDocument/formatting":       ofSnapshot(formatDocument),
	"textDocument/rangeFormatting":  ofSnapshot(formatRange),
	"textDocument/onTypeFormatting": ofSnapshot(formatOnType),
	"textDocument/codeAction":       ofSnapshot(codeActions),
	"textDocument/codeLens":         codeLenses,
	"workspace/executeCommand":      ofServer(executeCommand),

	"textDocument/hover":                ofSnapshot(hover),
	"textDocument/definition":           ofSnapshot(definition),
	"textDocument/declaration":          ofSnapshot(definition),
	"textDocument/typeDefinition":       ofSnapshot(typeDefinition),
	"textDocument/references":           ofSnapshot(references),
	"textDocument/documentHighlight":    ofSnapshot(highlight),
	"textDocument/prepareRename":        ofSnapshot(prepareRename),
	"textDocument/rename":               ofSnapshot(rename),
	"textDocument/prepareCallHierarchy": ofSnapshot(prepareCalls),
	"callHierarchy/incomingCalls":       ofSnapshot(incomingCalls),
	"callHierarchy/outgoingCalls":       ofSnapshot(outgoingCalls),
	"textDocument/documentSymbol":       ofSnapshot(documentSymbols),
	"workspace/symbol":                  ofWorkspace(workspaceSymbols),

	"textDocument/completion":                ofTyping(complete),
	"completionItem/resolve":                 ofSnapshot(resolveCompletion),
	"textDocument/signatureHelp":             ofTyping(signature),
	"textDocument/semanticTokens/full":       ofSnapshot(semanticTokens),
	"textDocument/semanticTokens/range":      ofSnapshot(semanticTokensRange),
	"textDocument/semanticTokens/full/delta": ofSnapshot(semanticTokensDelta),
	"textDocument/inlayHint":                 ofSnapshot(inlayHints),
	"textDocument/foldingRange":              ofSnapshot(foldingRanges),
	"textDocument/selectionRange":            ofSnapshot(selectionRanges),
}

// notifications are what the server takes note of.
var notifications = map[string]notification{
	"initialized":                         noted(initialized),
	"exit":                                noted(exit),
	"textDocument/didOpen":                noted(didOpen),
	"textDocument/didChange":              noted(didChange),
	"textDocument/didSave":                noted(didSave),
	"textDocument/didClose":               noted(didClose),
	"workspace/didChangeWatchedFiles":     noted(didChangeWatchedFiles),
	"workspace/didChangeWorkspaceFolders": noted(didChangeWorkspaceFolders),
	"workspace/didChangeConfiguration":    noted(didChangeConfiguration),
	"window/workDoneProgress/cancel":      noted(cancelTask),
}

type (
	// method does the part of a call that belongs into the order of the messages, and gives the rest.
	method func(*server, json.RawMessage) (work, error)

	notification func(context.Context, *server, json.RawMessage) error
)

// ofSnapshot makes a method of a feature that looks at one playbook: the one that its parameters name a file of, by
// `textDocument.uri`, or `item.uri` or `data.uri` in calls about what an earlier one gave.
func ofSnapshot[P, R any](feature func(context.Context, *Snapshot, P) (R, error)) method {
	return func(s *server, raw json.RawMessage) (work, error) {
		var about struct {
			TextDocument, Item, Data struct {
				URI protocol.DocumentURI `json:"uri"`
			}
		}
		_ = json.Unmarshal(raw, &about) // what does not fit is said of the whole parameters
		params, err := decodeParams[P](raw)
		if err != nil {
			return nil, err
		}
		uri := cmp.Or(about.TextDocument.URI, about.Item.URI, about.Data.URI)
		snap, err := s.workspace.snapshot(uri)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (any, error) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := snap.check(); err != nil {
				return nil, err
			}
			return feature(ctx, snap, params)
		}, nil
	}
}

// ofWorkspace makes a method of a feature that looks at all playbooks, sorted by folder.
func ofWorkspace[P, R any](feature func(context.Context, []*Snapshot, P) (R, error)) method {
	return func(s *server, raw json.RawMessage) (work, error) {
		params, err := decodeParams[P](raw)
		if err != nil {
			return nil, err
		}
		snaps := s.workspace.snapshots()
		return func(ctx context.Context) (any, error) {
			for _, snap := range snaps {
				if err := snap.check(); err != nil {
					return nil, err
				}
			}
			return feature(ctx, snaps, params)
		}, nil
	}
}

// ofServer makes a method of what concerns the server itself. It is done at once, in the order of the messages; what
// takes long is given back as work.
func ofServer[P any](f func(*server, P) (work, error)) method {
	return func(s *server, raw json.RawMessage) (work, error) {
		params, err := decodeParams[P](raw)
		if err != nil {
			return nil, err
		}
		return f(s, params)
	}
}

func noted[P any](f func(context.Context, *server, P) error) notification {
	return func(ctx context.Context, s *server, raw json.RawMessage) error {
		params, err := decodeParams[P](raw)
		if err != nil {
			return err
		}
		return f(ctx, s, params)
	}
}

// done is the work of a call that has been carried out already.
func done(result any) (work, error) {
	return func(context.Context) (any, error) { return result, nil }, nil
}

// unknownDocument is the answer to calls about a document that the editor has not opened.
func unknownDocument(uri protocol.DocumentURI) error {
	return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s is not open, and no file of a playbook", uri)
}
