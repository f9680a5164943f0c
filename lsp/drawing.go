package lsp

import (
	"bytes"
	"context"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
	"nurture/lang/graph/draw"
)

// drawnAnswer is a picture of a playbook. What stands in it says its place as data-place="file:line".
type drawnAnswer struct {
	SVG    string                          `json:"svg"`    // "" while there are errors: what was drawn before may be shown on
	Errors int                             `json:"errors"` // of the playbook
	Files  map[string]protocol.DocumentURI `json:"files"`  // what the editor calls the files of the places
}

// drawPlaybook draws the playbook as it stands in the editor, with the linter's holes and, where a store stands beside it,
// the contacts.
func drawPlaybook(ctx context.Context, s *server, snap *Snapshot, _ commandArgument, _ *progress) (any, error) {
	answer := drawnAnswer{Files: map[string]protocol.DocumentURI{}}
	for name := range snap.Sources {
		answer.Files[name] = snap.URI(name)
	}
	for _, d := range snap.Diagnostics {
		if d.Severity == diag.Error {
			answer.Errors++
		}
	}
	if answer.Errors > 0 {
		return answer, nil
	}
	var numbers *draw.Numbers
	if standing := s.census.of(ctx, snap.Dir()); standing != nil {
		numbers = &draw.Numbers{Standing: standing}
	}
	var svg bytes.Buffer
	if err := draw.Formats["svg"](&svg, draw.Of(snap.Playbook, snap.Sources, snap.Found(), numbers)); err != nil {
		return nil, err
	}
	answer.SVG = svg.String()
	return answer, nil
}
