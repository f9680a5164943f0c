package lsp

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/diag"
)

// folder is one playbook: the files of a folder on the disk, with those that the editor has open in their place. A
// document that is in no folder, or belongs to no playbook, is one of its own: lone is its name then.
type folder struct {
	dir     string // "" for a lone document that is not on the disk
	lone    string
	uri     protocol.DocumentURI // of the lone document
	foreign bool                 // the lone document is in another language
	client  *client

	// Of the workspace, and under its lock.
	open   map[string]*document // by name; replaced when it changes, since snapshots keep it
	latest *Snapshot            // nil after a change

	disk disk

	checking sync.Mutex
	memory   lang.Memory // of the snapshots that were checked

	indexing sync.Mutex
	lines    map[string]indexed

	tokens tokenMemory
	tested atomic.Pointer[tested]   // what failed when tests were played
	known  atomic.Pointer[Snapshot] // the one that was checked last
}

type indexed struct {
	src   string
	lines *diag.Lines
}

// name is what a file is called inside the playbook.
func (f *folder) name(uri protocol.DocumentURI) (string, bool) {
	if f.lone != "" && uri == f.uri {
		return f.lone, true
	}
	file, ok := filePath(uri)
	if !ok || f.dir == "" {
		return "", false
	}
	name, err := filepath.Rel(f.dir, file)
	name = filepath.ToSlash(name)
	return name, err == nil && fs.ValidPath(name)
}

// load checks the playbook with the documents that are open.
func (f *folder) load(open map[string]*document) (*lang.Loaded, error) {
	f.checking.Lock()
	defer f.checking.Unlock()
	var sources []lang.Source
	if f.lone == "" {
		var err error
		if sources, err = f.disk.sources(f.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	sources = slices.DeleteFunc(slices.Clone(sources), func(s lang.Source) bool { return open[s.Name] != nil })
	for name, d := range open {
		if name == f.lone && !f.foreign || f.lone == "" && strings.HasSuffix(name, lang.Extension) && path.Dir(name) == "." {
			sources = append(sources, lang.Source{Name: name, Text: d.text})
		}
	}
	slices.SortFunc(sources, func(a, b lang.Source) int { return cmp.Compare(a.Name, b.Name) })
	if f.dir == "" {
		return f.memory.Check(sources, nil), nil
	}
	return f.memory.Check(sources, func(name string) (string, error) {
		if d := open[name]; d != nil {
			return d.text, nil
		}
		return f.disk.content(f.dir, name)
	}), nil
}

// config is what says how the playbook is linted; it is looked for whenever the playbook is checked, since no editor tells of
// files above its own folders.
func (f *folder) config() lang.Source {
	if f.dir == "" {
		return lang.Source{}
	}
	config, _ := lang.Configuration(strings.Count(filepath.ToSlash(f.dir), "/"), func(name string) (string, error) {
		dir, base := filepath.Split(filepath.Join(f.dir, filepath.FromSlash(name)))
		src := lang.ReadFile(os.DirFS(dir), base)
		return src.Text, src.Err
	})
	return config
}

// linesOf gives the lines of a file, which stay those that they were while its text does.
func (f *folder) linesOf(name, src string) *diag.Lines {
	f.indexing.Lock()
	defer f.indexing.Unlock()
	if known, ok := f.lines[name]; ok && known.src == src {
		return known.lines
	}
	if f.lines == nil {
		f.lines = map[string]indexed{}
	}
	l := diag.NewLines(src)
	f.lines[name] = indexed{src, l}
	return l
}

// put opens a document, or changes it.
func (f *folder) put(name string, d *document) {
	f.open = maps.Clone(f.open)
	if f.open == nil {
		f.open = map[string]*document{}
	}
	f.open[name] = d
	f.latest = nil
}

func (f *folder) remove(name string) {
	f.open = maps.Clone(f.open)
	delete(f.open, name)
	f.latest = nil
}

func (f *folder) snapshot() *Snapshot {
	if f.latest == nil {
		f.latest = &Snapshot{folder: f, open: f.open, client: f.client}
	}
	return f.latest
}

// disk is what was read of a folder. It is read again when the editor says that something has changed.
type disk struct {
	sync.Mutex
	listed   bool
	files    []lang.Source
	contents map[string]lang.Source
}

// forget makes the next question read everything again.
func (d *disk) forget() {
	d.Lock()
	defer d.Unlock()
	d.listed, d.files, d.contents = false, nil, nil
}

func (d *disk) sources(dir string) ([]lang.Source, error) {
	d.Lock()
	defer d.Unlock()
	if d.listed {
		return d.files, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files, err := lang.Sources(root.FS())
	if err != nil {
		return nil, err
	}
	d.listed, d.files = true, files
	return files, nil
}

func (d *disk) content(dir, name string) (string, error) {
	d.Lock()
	defer d.Unlock()
	src, known := d.contents[name]
	if !known {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return "", err
		}
		defer root.Close()
		src = lang.ReadFile(root.FS(), name)
		if d.contents == nil {
			d.contents = map[string]lang.Source{}
		}
		d.contents[name] = src
	}
	return src.Text, src.Err
}
