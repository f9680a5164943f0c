package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/protocol"
)

// Method adds a method to the server, for tests of how methods are called.
func Method(name string, f func(context.Context) (any, error)) {
	methods[name] = func(*server, json.RawMessage) (work, error) { return f, nil }
}

func init() {
	// test/text gives the text of a document as the server has it.
	methods["test/text"] = ofSnapshot(func(_ context.Context, s *Snapshot, p protocol.DocumentFormattingParams) (string, error) {
		name, _ := s.Name(p.TextDocument.URI)
		return s.Sources[name], nil
	})
}
