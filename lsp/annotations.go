package lsp

import (
	"cmp"
	"fmt"
	"slices"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
)

// annotatedEdit is an edit of a rename. One that goes with it, but is not the name itself, says why; editors that can ask
// the user about it.
type annotatedEdit struct {
	diag.Edit
	why string
}

// annotatedFile is the library's TextDocumentEdit with edits that may be annotated.
type annotatedFile struct {
	TextDocument protocol.OptionalVersionedTextDocumentIdentifier `json:"textDocument"`
	Edits        []any                                            `json:"edits"`
}

// annotatedChange is the library's WorkspaceEdit with such files.
type annotatedChange struct {
	DocumentChanges   []annotatedFile                                                   `json:"documentChanges"`
	ChangeAnnotations map[protocol.ChangeAnnotationIdentifier]protocol.ChangeAnnotation `json:"changeAnnotations,omitempty"`
}

// annotates says whether the editor can ask about single edits of a rename.
func (c *client) annotates() bool {
	w, t := c.capabilities.Workspace, c.capabilities.TextDocument
	return c.versionedEdits && w.WorkspaceEdit.ChangeAnnotationSupport != nil && t != nil && t.Rename != nil && t.Rename.HonorsChangeAnnotations
}

// annotated makes edits one change of the editor's, in which each file's stand in their order.
func (s *Snapshot) annotated(edits []annotatedEdit) any {
	slices.SortStableFunc(edits, func(a, b annotatedEdit) int {
		return cmp.Or(cmp.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	if !s.client.annotates() {
		plain := make([]diag.Edit, len(edits))
		for i, e := range edits {
			plain[i] = e.Edit
		}
		return s.WorkspaceEdit(plain)
	}
	whole := annotatedChange{ChangeAnnotations: map[protocol.ChangeAnnotationIdentifier]protocol.ChangeAnnotation{}}
	ids := map[string]protocol.ChangeAnnotationIdentifier{}
	for _, e := range edits {
		n := len(whole.DocumentChanges)
		if n == 0 || whole.DocumentChanges[n-1].TextDocument.URI != s.URI(e.Span.File) {
			var file annotatedFile
			file.TextDocument.URI, file.TextDocument.Version = s.URI(e.Span.File), s.Version(e.Span.File)
			whole.DocumentChanges = append(whole.DocumentChanges, file)
			n++
		}
		file := &whole.DocumentChanges[n-1]
		edit := protocol.TextEdit{Range: s.Range(e.Span), NewText: e.New}
		if e.why == "" {
			file.Edits = append(file.Edits, edit)
			continue
		}
		id, known := ids[e.why]
		if !known {
			id = protocol.ChangeAnnotationIdentifier(fmt.Sprint(len(ids) + 1))
			ids[e.why] = id
			whole.ChangeAnnotations[id] = protocol.ChangeAnnotation{Label: e.why, NeedsConfirmation: true}
		}
		file.Edits = append(file.Edits, protocol.AnnotatedTextEdit{TextEdit: edit, AnnotationID: id})
	}
	return whole
}
