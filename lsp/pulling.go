package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"go.lsp.dev/protocol"
)

// Diagnostics for editors that ask, as version 3.17 of the protocol has them. What was asked before, and is still so, is
// answered by saying that.
type (
	pullParams struct {
		TextDocument     protocol.TextDocumentIdentifier `json:"textDocument"`
		PreviousResultID string                          `json:"previousResultId"`
	}
	workspacePullParams struct {
		PreviousResultIDs []struct {
			URI   protocol.DocumentURI `json:"uri"`
			Value string               `json:"value"`
		} `json:"previousResultIds"`
	}
	fullReport struct {
		Kind     string       `json:"kind"` // "full"
		ResultID string       `json:"resultId"`
		Items    []diagnostic `json:"items"`
	}
	unchangedReport struct {
		Kind     string `json:"kind"` // "unchanged"
		ResultID string `json:"resultId"`
	}
	// reportOf says in a workspaceReport which document a report is about.
	reportOf struct {
		URI     protocol.DocumentURI `json:"uri"`
		Version *int32               `json:"version"`
	}
	workspaceReport struct {
		Items []any `json:"items"` // each a report with a reportOf
	}
)

func pullDiagnostics(_ context.Context, s *Snapshot, p pullParams) (any, error) {
	name, _ := s.Name(p.TextDocument.URI)
	full, err := report(s.findings(s.Found())[name])
	if err == nil && full.ResultID == p.PreviousResultID {
		return unchangedReport{"unchanged", full.ResultID}, nil
	}
	return full, err
}

func pullAllDiagnostics(_ context.Context, all []*Snapshot, p workspacePullParams) (workspaceReport, error) {
	before := map[protocol.DocumentURI]string{}
	for _, r := range p.PreviousResultIDs {
		before[r.URI] = r.Value
	}
	var whole workspaceReport
	for _, s := range all {
		byFile := s.findings(s.Found())
		for _, name := range append(slices.Collect(maps.Keys(s.Sources)), s.config.Name) { // what has no findings any more has to be said too
			if _, found := byFile[name]; !found && name != "" {
				byFile[name] = nil
			}
		}
		for _, name := range slices.Sorted(maps.Keys(byFile)) {
			full, err := report(byFile[name])
			if err != nil {
				return whole, err
			}
			of := reportOf{s.URI(name), s.Version(name)}
			if before[of.URI] == full.ResultID {
				whole.Items = append(whole.Items, struct {
					unchangedReport
					reportOf
				}{unchangedReport{"unchanged", full.ResultID}, of})
				continue
			}
			whole.Items = append(whole.Items, struct {
				fullReport
				reportOf
			}{full, of})
		}
	}
	return whole, nil
}

func report(items []diagnostic) (fullReport, error) {
	body, err := json.Marshal(items)
	if err != nil {
		return fullReport{}, fmt.Errorf("write diagnostics: %w", err)
	}
	sum := fnv.New64a()
	sum.Write(body)
	return fullReport{"full", fmt.Sprintf("%016x", sum.Sum64()), items}, nil
}
