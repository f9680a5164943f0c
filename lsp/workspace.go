package lsp

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/lint"
)

// workspace keeps the folders that the editor has open, the playbooks in them, and the documents. All of it changes in
// the order of the messages only.
type workspace struct {
	client  *client
	changed func(f *folder, typed bool) // told of every change; must not wait

	mu      sync.Mutex
	roots   []string
	folders map[string]*folder               // by path, or the URI of a lone document
	docs    map[protocol.DocumentURI]*folder // where each open document is
}

func newWorkspace(c *client, changed func(*folder, bool)) *workspace {
	return &workspace{client: c, changed: changed, folders: map[string]*folder{}, docs: map[protocol.DocumentURI]*folder{}}
}

// snapshot shows the playbook that a file belongs to, as it is now.
func (w *workspace) snapshot(uri protocol.DocumentURI) (*Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.docs[uri]; f != nil {
		return f.snapshot(), nil
	}
	if f := w.home(uri, false); f != nil {
		return f.snapshot(), nil
	}
	return nil, unknownDocument(uri)
}

// snapshots shows all playbooks, sorted by folder.
func (w *workspace) snapshots() []*Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*Snapshot
	for _, f := range w.folders {
		all = append(all, f.snapshot())
	}
	slices.SortFunc(all, func(a, b *Snapshot) int {
		return cmp.Or(strings.Compare(a.folder.dir, b.folder.dir), strings.Compare(a.folder.lone, b.folder.lone))
	})
	return all
}

// highest bounds how many folders up the playbook of a file is looked for where no workspace folder does.
const highest = 3

// home finds the playbook that a file belongs to: of a *.nurture file that of its folder, of others that of the nearest
// folder above it that is a playbook. Where there is none, make makes one of the document alone.
func (w *workspace) home(uri protocol.DocumentURI, make bool) *folder {
	file, ok := filePath(uri)
	if ok && strings.HasSuffix(file, lang.Extension) {
		dir := filepath.Dir(file)
		if f := w.folders[dir]; f != nil || !make {
			return f
		}
		return w.add(&folder{dir: dir}, dir)
	}
	if ok {
		for dir, up := filepath.Dir(file), 1; ; dir, up = filepath.Dir(dir), up+1 {
			if f := w.folders[dir]; f != nil {
				return f
			}
			if make && isPlaybook(dir) {
				return w.add(&folder{dir: dir}, dir)
			}
			inside := slices.ContainsFunc(w.roots, func(root string) bool { return root != dir && within(root, dir) })
			if !inside && (slices.Contains(w.roots, dir) || up == highest || dir == filepath.Dir(dir)) {
				break
			}
		}
	}
	if !make {
		return w.folders[string(uri)]
	}
	lone := &folder{lone: string(uri), uri: uri}
	if ok {
		lone.dir, lone.lone = filepath.Dir(file), filepath.Base(file)
	}
	return w.add(lone, string(uri))
}

// add keeps a playbook. Open documents below it that belonged to none, or to one further up, are its content files now.
func (w *workspace) add(f *folder, key string) *folder {
	f.client = w.client
	w.folders[key] = f
	for uri, old := range w.docs {
		name, ok := f.name(uri)
		above := old.foreign || old.lone == "" && within(old.dir, f.dir)
		if !ok || !above || f.lone != "" || strings.HasSuffix(name, lang.Extension) {
			continue
		}
		before, _ := old.name(uri)
		f.put(name, old.open[before])
		old.remove(before)
		w.docs[uri] = f
		w.drop(old)
		w.changed(old, false)
	}
	return f
}

func isPlaybook(dir string) bool {
	entries, _ := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), lang.Extension) && !e.IsDir()
	})
}

// languageID is what editors call the language.
const languageID = "nurture"

func didOpen(_ context.Context, s *server, p protocol.DidOpenTextDocumentParams) error {
	w := s.workspace
	w.mu.Lock()
	defer w.mu.Unlock()
	d := p.TextDocument
	f := w.home(d.URI, true)
	f.foreign = f.lone != "" && d.LanguageID != languageID
	name, _ := f.name(d.URI)
	w.docs[d.URI] = f
	f.put(name, &document{uri: d.URI, version: d.Version, text: d.Text})
	w.changed(f, false)
	return nil
}

// didChangeParams are the library's with an edit that can be of the whole text.
type didChangeParams struct {
	TextDocument   protocol.VersionedTextDocumentIdentifier `json:"textDocument"`
	ContentChanges []contentChange                          `json:"contentChanges"`
}

func didChange(_ context.Context, s *server, p didChangeParams) error {
	w := s.workspace
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.docs[p.TextDocument.URI]
	if f == nil {
		return unknownDocument(p.TextDocument.URI)
	}
	name, _ := f.name(p.TextDocument.URI)
	f.put(name, f.open[name].changed(p.TextDocument.Version, p.ContentChanges, w.client.encoding))
	w.changed(f, true)
	return nil
}

func didSave(_ context.Context, s *server, p protocol.DidSaveTextDocumentParams) error {
	s.workspace.reread(p.TextDocument.URI)
	return nil
}

func didClose(_ context.Context, s *server, p protocol.DidCloseTextDocumentParams) error {
	w := s.workspace
	w.mu.Lock()
	defer w.mu.Unlock()
	uri := p.TextDocument.URI
	f := w.docs[uri]
	if f == nil {
		return unknownDocument(uri)
	}
	delete(w.docs, uri)
	name, _ := f.name(uri)
	f.remove(name)
	f.disk.forget()
	w.drop(f)
	w.changed(f, false)
	return nil
}

// drop forgets a playbook that nothing in the editor shows any more.
func (w *workspace) drop(f *folder) {
	if len(f.open) > 0 {
		return
	}
	if f.lone != "" {
		delete(w.folders, string(f.uri))
	} else if !slices.ContainsFunc(w.roots, func(root string) bool { return within(root, f.dir) }) || !isPlaybook(f.dir) {
		delete(w.folders, f.dir)
	}
}

func within(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && fs.ValidPath(filepath.ToSlash(rel))
}

func didChangeWatchedFiles(_ context.Context, s *server, p protocol.DidChangeWatchedFilesParams) error {
	for _, c := range p.Changes {
		s.workspace.reread(c.URI)
	}
	return nil
}

// reread takes note that a file, or a folder, has changed on the disk.
func (w *workspace) reread(uri protocol.DocumentURI) {
	w.mu.Lock()
	defer w.mu.Unlock()
	file, ok := filePath(uri)
	if !ok {
		return
	}
	configures := filepath.Base(file) == lint.ConfigName
	changed := []*folder{}
	if f := w.home(uri, strings.HasSuffix(file, lang.Extension)); f != nil {
		changed = append(changed, f)
	}
	for dir, f := range w.folders {
		if f.lone == "" && (within(file, dir) || configures && within(filepath.Dir(file), dir)) {
			changed = append(changed, f)
		}
	}
	for _, f := range changed {
		f.disk.forget()
		f.latest = nil
		w.drop(f)
		w.changed(f, false)
	}
}

func didChangeWorkspaceFolders(_ context.Context, s *server, p protocol.DidChangeWorkspaceFoldersParams) error {
	w := s.workspace
	for _, gone := range p.Event.Removed {
		if dir, ok := filePath(protocol.DocumentURI(gone.URI)); ok {
			w.leave(dir)
		}
	}
	for _, came := range p.Event.Added {
		if dir, ok := filePath(protocol.DocumentURI(came.URI)); ok {
			w.enter(dir)
		}
	}
	return nil
}

func (w *workspace) leave(root string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.roots = slices.DeleteFunc(w.roots, func(r string) bool { return r == root })
	for _, f := range w.folders {
		if f.lone == "" && within(root, f.dir) {
			w.drop(f)
			w.changed(f, false)
		}
	}
}

// enter looks for the playbooks below a folder, in a goroutine of its own: there may be much below it.
func (w *workspace) enter(root string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.roots, root) {
		return
	}
	w.roots = append(w.roots, root)
	go func() {
		for dir := range playbooks(root) {
			w.mu.Lock()
			if w.folders[dir] == nil && slices.Contains(w.roots, root) {
				w.changed(w.add(&folder{dir: dir}, dir), false)
			}
			w.mu.Unlock()
		}
	}()
}

// mostFolders bounds the search for playbooks where somebody opens all of a disk.
const mostFolders = 50_000

// playbooks gives the folders below one that hold a *.nurture file; hidden ones, and those of other people's packages,
// are passed over.
func playbooks(root string) func(yield func(dir string) bool) {
	return func(yield func(string) bool) {
		seen, last := 0, ""
		_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // what cannot be read is no playbook of this user's
			case e.IsDir():
				seen++
				if seen > mostFolders {
					return filepath.SkipAll
				}
				if name := e.Name(); path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor") {
					return filepath.SkipDir
				}
			case strings.HasSuffix(path, lang.Extension):
				if dir := filepath.Dir(path); dir != last {
					if last = dir; !yield(dir) {
						return filepath.SkipAll
					}
				}
			}
			return nil
		})
	}
}

// elsewhere says whether a document has gone to another playbook than f.
func (w *workspace) elsewhere(uri protocol.DocumentURI, f *folder) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	is := w.docs[uri]
	return is != nil && is != f
}

// newest shows a playbook as it is now; nil where it is none any more.
func (w *workspace) newest(f *folder) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, there := range w.folders {
		if there == f {
			return f.snapshot()
		}
	}
	return nil
}
