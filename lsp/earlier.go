package lsp

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"go.lsp.dev/protocol"
)

// Somebody who types has no time to wait for a large playbook to be checked after each key. Features that help with
// typing look at the text as it is now and, where the check is not done in a moment, at what was known before it.

// moment is how long such a feature waits for the newest.
const moment = 2 * time.Millisecond

// ofTyping makes a method of a feature that helps with typing.
func ofTyping[P, R any](feature func(context.Context, *Snapshot, P) (R, error)) method {
	return func(s *server, raw json.RawMessage) (work, error) {
		var about struct {
			TextDocument struct {
				URI protocol.DocumentURI `json:"uri"`
			}
		}
		_ = json.Unmarshal(raw, &about) // what does not fit is said of the whole parameters
		params, err := decodeParams[P](raw)
		if err != nil {
			return nil, err
		}
		snap, err := s.workspace.snapshot(about.TextDocument.URI)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (any, error) {
			snap, err := snap.soon(about.TextDocument.URI)
			if err != nil {
				return nil, err
			}
			return feature(ctx, snap, params)
		}, nil
	}
}

// soon is the snapshot as soon as it is checked or, where that takes longer than a moment, its texts with the meaning and
// the trees of an earlier one that knows the file.
func (s *Snapshot) soon(uri protocol.DocumentURI) (*Snapshot, error) {
	done := make(chan error, 1)
	go func() { done <- s.check() }()
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case err := <-done:
		return s, err
	case <-timer.C:
	}
	earlier := s.folder.known.Load()
	name, _ := s.Name(uri)
	if earlier == nil || earlier.File(name) == nil {
		return s, <-done
	}
	texts := maps.Clone(earlier.Sources)
	for name, d := range s.open {
		texts[name] = d.text
	}
	return &Snapshot{
		Files: earlier.Files, Playbook: earlier.Playbook, Diagnostics: earlier.Diagnostics, Sources: texts,
		folder: s.folder, open: s.open, client: s.client, checked: true,
	}, nil
}
