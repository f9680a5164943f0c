package lsp

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Snapshot shows one playbook as it was at one moment: every file of its folder, those open in the editor with the
// text that they have there. It never changes, and any number of goroutines may look at it.
//
// Files are called by their names inside the playbook's folder, places are byte offsets, as in package lang. URI, Range
// and their like turn them into what the editor says, Name and Offset what the editor says into them.
type Snapshot struct {
	Files       []*syntax.File // sorted by name
	Playbook    *check.Playbook
	Diagnostics []diag.Diagnostic // what is wrong with it; Found has what the linter says as well
	Sources     map[string]string // the text of every file that was read, content included

	folder *folder
	open   map[string]*document // by name
	client *client

	checking sync.Mutex
	checked  bool
	failed   error
	loaded   *lang.Loaded // nil where the meaning is that of an earlier snapshot
	config   lang.Source  // how it is linted; its name is "" where nothing says that

	linting sync.Once
	found   []diag.Diagnostic

	indexing sync.Mutex
	lines    map[string]*diag.Lines
}

// check finds out what the playbook means, once; the fields above are filled then.
func (s *Snapshot) check() error {
	s.checking.Lock()
	defer s.checking.Unlock()
	if s.checked {
		return s.failed
	}
	s.checked = true
	s.failed = errors.New("the playbook could not be checked")
	defer func() {
		if r := recover(); r != nil {
			s.failed = fmt.Errorf("the playbook could not be checked: %v\n%s", r, debug.Stack())
		}
	}()
	loaded, err := s.folder.load(s.open)
	if err != nil {
		s.failed = err
		return err
	}
	s.loaded, s.config = loaded, s.folder.config()
	s.Files, s.Playbook, s.Diagnostics, s.Sources = loaded.Files, loaded.Playbook, loaded.Diagnostics, loaded.Sources
	// An open content file that nothing names belongs to the playbook's files all the same.
	for name, d := range s.open {
		if _, there := s.Sources[name]; !there {
			s.Sources = maps.Clone(s.Sources)
			s.Sources[name] = d.text
		}
	}
	s.failed = nil
	s.folder.known.Store(s)
	return nil
}

// Found is what `nurturec check` says of the playbook, that is with what the linter finds. Only those who show it wait for
// that.
func (s *Snapshot) Found() []diag.Diagnostic {
	s.linting.Do(func() {
		s.found = s.Diagnostics
		if s.loaded == nil {
			return
		}
		linted := *s.loaded
		linted.Diagnostics = slices.Clone(s.Diagnostics)
		linted.LintAs(s.config, s.client.today())
		s.found = linted.Diagnostics
	})
	return s.found
}

// Dir is the playbook's folder; "" for a document that is in none, such as a new one that has not been saved.
func (s *Snapshot) Dir() string { return s.folder.dir }

// File is the tree of a file; nil where there is none of this name.
func (s *Snapshot) File(name string) *syntax.File {
	for _, f := range s.Files {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Lines knows the lines of a file; those of an unknown one are those of an empty one.
func (s *Snapshot) Lines(name string) *diag.Lines {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	l := s.lines[name]
	if l == nil {
		if s.lines == nil {
			s.lines = map[string]*diag.Lines{}
		}
		text, ok := s.Sources[name]
		if !ok && name == s.config.Name {
			text = s.config.Text
		}
		l = s.folder.linesOf(name, text)
		s.lines[name] = l
	}
	return l
}

// URI is what the editor calls a file.
func (s *Snapshot) URI(name string) protocol.DocumentURI {
	if d := s.open[name]; d != nil {
		return d.uri
	}
	return fileURI(filepath.Join(s.folder.dir, filepath.FromSlash(name)))
}

// Name is the name of a file that the editor calls so; ok is false where it is not in the playbook's folder.
func (s *Snapshot) Name(uri protocol.DocumentURI) (name string, ok bool) {
	return s.folder.name(uri)
}

// Version is the version of a file that is open in the editor; nil for others, which stand on the disk.
func (s *Snapshot) Version(name string) *int32 {
	if d := s.open[name]; d != nil {
		return &d.version
	}
	return nil
}

// At is the place that a call is about.
func (s *Snapshot) At(p protocol.TextDocumentPositionParams) (name string, offset int) {
	name, _ = s.Name(p.TextDocument.URI)
	return name, s.Offset(name, p.Position)
}

// Offset is the byte at a position of a file.
func (s *Snapshot) Offset(name string, p protocol.Position) int {
	return s.client.encoding.offset(s.Sources[name], s.Lines(name), p)
}

// Position is the position of a byte of a file.
func (s *Snapshot) Position(name string, offset int) protocol.Position {
	return s.client.encoding.position(s.Lines(name), offset)
}

// Range is where a span stands in its file.
func (s *Snapshot) Range(span diag.Span) protocol.Range {
	return protocol.Range{Start: s.Position(span.File, span.Start), End: s.Position(span.File, span.End)}
}

// Span is what stands in a range of a file.
func (s *Snapshot) Span(name string, r protocol.Range) diag.Span {
	start, end := s.Offset(name, r.Start), s.Offset(name, r.End)
	return diag.Span{File: name, Start: min(start, end), End: max(start, end)}
}

// Location is where a span stands.
func (s *Snapshot) Location(span diag.Span) protocol.Location {
	return protocol.Location{URI: s.URI(span.File), Range: s.Range(span)}
}

// Text is what a span says.
func (s *Snapshot) Text(span diag.Span) string {
	src := s.Sources[span.File]
	start := min(max(span.Start, 0), len(src))
	return src[start:min(max(span.End, start), len(src))]
}

// WorkspaceEdit makes edits of any files of the playbook one change of the editor's.
func (s *Snapshot) WorkspaceEdit(edits []diag.Edit) *protocol.WorkspaceEdit {
	var whole protocol.WorkspaceEdit
	at := map[string]int{}
	for _, e := range edits {
		i, there := at[e.Span.File]
		if !there {
			i = len(whole.DocumentChanges)
			at[e.Span.File] = i
			var file protocol.TextDocumentEdit
			file.TextDocument.URI, file.TextDocument.Version = s.URI(e.Span.File), s.Version(e.Span.File)
			whole.DocumentChanges = append(whole.DocumentChanges, file)
		}
		whole.DocumentChanges[i].Edits = append(whole.DocumentChanges[i].Edits, protocol.TextEdit{Range: s.Range(e.Span), NewText: e.New})
	}
	if !s.client.versionedEdits {
		whole.Changes = map[protocol.DocumentURI][]protocol.TextEdit{}
		for _, d := range whole.DocumentChanges {
			whole.Changes[d.TextDocument.URI] = d.Edits
		}
		whole.DocumentChanges = nil
	}
	return &whole
}
