package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"nurture/lang/cond"
	"nurture/lang/syntax"
)

// signature shows how the function is written between whose brackets the cursor stands.
func signature(_ context.Context, s *Snapshot, p protocol.SignatureHelpParams) (*protocol.SignatureHelp, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	f := s.File(name)
	if f == nil {
		return nil, nil
	}
	place, ok := f.PlaceIn(s.Sources[name], offset)
	if !ok || place.Role != syntax.RoleCondition {
		return nil, nil
	}
	at := cond.At(place.Condition)
	for _, w := range cond.Functions {
		if w.Name != at.Call {
			continue
		}
		about := protocol.SignatureInformation{
			Label:         w.Signature,
			Documentation: protocol.MarkupContent{Kind: protocol.Markdown, Value: w.Doc},
		}
		parameters := w.Parameters()
		for _, name := range parameters {
			about.Parameters = append(about.Parameters, protocol.ParameterInformation{Label: name})
		}
		return &protocol.SignatureHelp{
			Signatures:      []protocol.SignatureInformation{about},
			ActiveParameter: uint32(min(at.Argument, len(parameters)-1)),
		}, nil
	}
	return nil, nil
}
