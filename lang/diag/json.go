package diag

import (
	"encoding/json"
	"io"
)

type (
	jsonPlace struct {
		File      string `json:"file"`
		Line      int    `json:"line,omitempty"` // from 1, columns in runes; absent where the file's text is not known
		Column    int    `json:"column,omitempty"`
		EndLine   int    `json:"endLine,omitempty"`
		EndColumn int    `json:"endColumn,omitempty"`
		Start     int    `json:"start"` // byte offsets
		End       int    `json:"end"`
	}
	jsonDiagnostic struct {
		jsonPlace
		Severity string        `json:"severity"`
		Code     string        `json:"code"`
		Message  string        `json:"message"`
		Related  []jsonRelated `json:"related,omitempty"`
		Fixes    []jsonFix     `json:"fixes,omitempty"`
	}
	jsonRelated struct {
		jsonPlace
		Message string `json:"message"`
	}
	jsonFix struct {
		Title string     `json:"title"`
		Edits []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		jsonPlace
		New string `json:"new"`
	}
)

// JSON writes diagnostics as one indented array, `[]` where there are none. Places are lines and columns from 1
// (columns in runes, the end behind the last one) and byte offsets.
func JSON(w io.Writer, diags []Diagnostic, sources map[string]string) error {
	p := newPlaces(sources)
	all := make([]jsonDiagnostic, 0, len(diags))
	for _, d := range diags {
		j := jsonDiagnostic{jsonPlace: p.json(d.Span), Severity: d.Severity.String(), Code: d.Code, Message: d.Message}
		for _, r := range d.Related {
			j.Related = append(j.Related, jsonRelated{p.json(r.Span), r.Message})
		}
		for _, f := range d.Fixes {
			fix := jsonFix{Title: f.Title, Edits: make([]jsonEdit, 0, len(f.Edits))}
			for _, e := range f.Edits {
				fix.Edits = append(fix.Edits, jsonEdit{p.json(e.Span), e.New})
			}
			j.Fixes = append(j.Fixes, fix)
		}
		all = append(all, j)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(all)
}

func (p *places) json(s Span) jsonPlace {
	j := jsonPlace{File: s.File, Start: s.Start, End: s.End}
	if l := p.of(s.File); l != nil {
		j.Line, j.Column = l.Position(s.Start)
		j.EndLine, j.EndColumn = l.Position(s.End)
	}
	return j
}
