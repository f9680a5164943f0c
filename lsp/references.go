package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

// references are all places of the name at a place, over all files of the playbook and its content files.
func references(_ context.Context, s *Snapshot, p protocol.ReferenceParams) ([]protocol.Location, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	var found []protocol.Location
	for _, u := range s.places(name, offset) {
		if !u.Declares || p.Context.IncludeDeclaration {
			found = append(found, s.Location(u.Span))
		}
	}
	return found, nil
}

// highlight shows the places of a name in its own file; those that give it a value, or declare it, as written to.
func highlight(_ context.Context, s *Snapshot, p protocol.DocumentHighlightParams) ([]protocol.DocumentHighlight, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	var found []protocol.DocumentHighlight
	for _, u := range s.places(name, offset) {
		if u.Span.File != name {
			continue
		}
		kind := protocol.DocumentHighlightKindRead
		if u.Declares || u.Writes {
			kind = protocol.DocumentHighlightKindWrite
		}
		found = append(found, protocol.DocumentHighlight{Range: s.Range(u.Span), Kind: kind})
	}
	return found, nil
}
