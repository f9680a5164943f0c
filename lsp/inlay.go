package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Inlay hints are of version 3.17 of the protocol.
type (
	inlayParams struct {
		TextDocument protocol.TextDocumentIdentifier `json:"textDocument"`
		Range        protocol.Range                  `json:"range"`
	}
	inlayHint struct {
		Position    protocol.Position `json:"position"`
		Label       string            `json:"label"`
		Tooltip     string            `json:"tooltip,omitempty"`
		PaddingLeft bool              `json:"paddingLeft,omitempty"`
	}
)

// hinter collects what is not written, but follows from what is.
type hinter struct {
	*Snapshot
	file    string
	span    diag.Span
	program *check.Program // that is being gone through
	hints   []inlayHint
}

func inlayHints(_ context.Context, s *Snapshot, p inlayParams) ([]inlayHint, error) {
	name, _ := s.Name(p.TextDocument.URI)
	f := s.File(name)
	if f == nil {
		return nil, nil
	}
	h := &hinter{Snapshot: s, file: name, span: s.Span(name, p.Range)}
	for _, d := range f.Decls {
		if n := syntax.NodeOf(d); n.End < h.span.Start || n.Start > h.span.End {
			continue
		}
		h.program = nil
		syntax.Walk(d, func(n syntax.Walked) bool {
			h.statement(n)
			return true
		})
	}
	return h.hints, nil
}

func (h *hinter) add(offset int, apart bool, label, tooltip string) {
	if offset >= h.span.Start && offset <= h.span.End {
		h.hints = append(h.hints, inlayHint{h.Position(h.file, offset), label, tooltip, apart})
	}
}

func (h *hinter) statement(n syntax.Walked) {
	switch n := n.(type) {
	case *syntax.ProgramDecl:
		h.program = h.Snapshot.program(n.Name.Text)
		if h.program != nil && h.program.Phase != check.NoPhase {
			h.add(n.Name.End, false, ": "+check.Phases[h.program.Phase], "the phase of the program")
		}
	case *syntax.MapDecl:
		h.columns(n)
	case *syntax.SendStmt:
		if n.Map == nil {
			return
		}
		if m := h.offerMap(n.Map.Text); m != nil {
			h.add(n.Map.End, true, "("+counted(offersOf(m), "offer")+")", "how many different offers the map has")
		}
	case *syntax.Rule:
		h.target(n.Target)
	case *syntax.Arm:
		h.target(n.Target)
	case *syntax.MigrateDecl:
		h.target(&n.To)
	}
}

// columns says behind each cell of a map whom it is for.
func (h *hinter) columns(m *syntax.MapDecl) {
	if m.Body == nil {
		return
	}
	var header *syntax.MapRow
	for _, s := range m.Body.Stmts {
		row, ok := s.(*syntax.MapRow)
		switch {
		case !ok:
		case row.Header:
			header = row
		case header != nil && len(header.Cells) > 1:
			for i, cell := range row.Cells {
				if i < len(header.Cells) && len(header.Cells[i].Names) == 1 && cell.End > cell.Start {
					h.add(cell.End, true, header.Cells[i].Names[0].Text, "the column of the map")
				}
			}
		}
	}
}

// target says in which stage a program begins that a rule leads to.
func (h *hinter) target(path *syntax.Path) {
	if path == nil || len(path.Parts) != 1 {
		return
	}
	name := path.Parts[0].Text
	if h.program != nil && h.stage(h.program.Name, name) != nil {
		return
	}
	if p := h.Snapshot.program(name); p != nil && len(p.Stages) > 0 {
		h.add(path.End, false, "."+p.Stages[0].Name, "the program begins in this stage")
	}
}
