// Package lang is the door of the language: Load reads the playbook in a folder, parses and checks it, and gives what it
// means together with everything that is wrong with it.
package lang

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/content"
	"nurture/lang/diag"
	"nurture/lang/lint"
	"nurture/lang/syntax"
)

// Extension is what the files of a playbook end with.
const Extension = ".nurture"

// Limits of what is read: a playbook is written by people.
const (
	maxFile    = 64 << 20 // bytes of one file
	maxContent = 8 << 20  // bytes of one content file; lang/content has a limit of its own below
)

// Loaded is a playbook as it was read.
type Loaded struct {
	Files       []*syntax.File    // sorted by name
	Playbook    *check.Playbook   // what they mean; to be compiled only without errors
	Diagnostics []diag.Diagnostic // by file and place
	Sources     map[string]string // the text of every file that was read, content included, for rendering diagnostics
}

// Failed says whether the playbook has errors, so that it cannot run.
func (l *Loaded) Failed() bool {
	return slices.ContainsFunc(l.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
}

// Source is a file as it was read: its text, or why there is none.
type Source struct {
	Name, Text string
	Err        error
}

// Load reads all *.nurture files of a folder, but not of its folders, and the content files they name. Let fsys be that of
// an os.Root, so that not even a symbolic link leads out of the folder. What is wrong with the playbook are
// diagnostics; the error is for a folder that cannot be read.
func Load(fsys fs.FS) (*Loaded, error) {
	sources, err := Sources(fsys)
	if err != nil {
		return nil, err
	}
	return Check(sources, func(path string) (string, error) {
		src := ReadFile(fsys, path)
		return src.Text, src.Err
	}), nil
}

// Sources reads the files of a playbook, sorted by name; one that cannot be read is among them.
func Sources(fsys fs.FS) ([]Source, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the playbook's folder: %w", err)
	}
	var sources []Source
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), Extension) && !e.IsDir() {
			sources = append(sources, ReadFile(fsys, e.Name()))
		}
	}
	return sources, nil
}

// ReadFile reads a file of a playbook, or a content file.
func ReadFile(fsys fs.FS, name string) Source {
	most := int64(maxContent)
	if strings.HasSuffix(name, Extension) {
		most = maxFile
	}
	src, err := readFile(fsys, name, most)
	return Source{name, src, err}
}

// Parse checks files that are given, such as those of an editor: their text by name. Read gives content files; nil
// leaves them alone.
func Parse(sources map[string]string, read func(path string) (string, error)) *Loaded {
	all := make([]Source, 0, len(sources))
	for name, src := range sources {
		all = append(all, Source{Name: name, Text: src})
	}
	slices.SortFunc(all, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	return Check(all, read)
}

// Check is Load for files that have been read: those of the playbook, sorted by name, and read for content files; nil
// leaves them alone.
func Check(sources []Source, read func(path string) (string, error)) *Loaded {
	return new(Memory).Check(sources, read)
}

// Memory is what is known from checking a playbook before: the next Check of it, after an edit, only does what the edit
// changes. The zero value knows nothing. It is for one playbook, and for one goroutine at a time.
type Memory struct {
	files    map[string]*syntax.Memory
	meanings check.Memory
}

// Checked says how many declarations the last Check had to look into: those that were edited, and those that name what
// has become something else.
func (m *Memory) Checked() int { return m.meanings.Checked() }

// Check finds the same as the function Check.
func (m *Memory) Check(sources []Source, read func(path string) (string, error)) *Loaded {
	l := &Loaded{Sources: map[string]string{}}
	var own []diag.Diagnostic
	for _, src := range sources {
		if src.Err != nil {
			own = append(own, unreadable(src.Name, src.Err))
		}
	}
	m.parse(l, slices.DeleteFunc(slices.Clone(sources), func(src Source) bool { return src.Err != nil }))
	if len(sources) == 0 {
		own = append(own, diag.Diagnostic{Code: "NUR300", Message: "there is no *.nurture file in this folder; run `nurturec init DIR` to begin with one, or name the playbook's folder"})
	}
	if len(own) > 0 {
		// Names may be declared in what is missing: what follows from that would only hide it.
		l.Diagnostics = append(own, l.Diagnostics...)
		l.Playbook, _ = check.Check(l.Files, nil)
		return l
	}
	if read == nil {
		l.check(&m.meanings, nil)
		return l
	}
	l.check(&m.meanings, func(path string) (string, error) {
		src, err := read(path)
		if err == nil {
			l.Sources[path] = src
		}
		return src, err
	})
	return l
}

// parse takes the trees of files from the memory, or parses them, all at once: on a cold start that is most of the work.
func (m *Memory) parse(l *Loaded, sources []Source) {
	files := make(map[string]*syntax.Memory, len(sources))
	diags := make([][]diag.Diagnostic, len(sources))
	l.Files = make([]*syntax.File, len(sources))
	turns := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	var failed atomic.Value // a panic belongs to the caller, who may know what to do with it
	for i, src := range sources {
		known := m.files[src.Name]
		if known == nil {
			known = &syntax.Memory{}
		}
		files[src.Name] = known
		l.Sources[src.Name] = src.Text
		turns <- struct{}{}
		all.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed.CompareAndSwap(nil, fmt.Sprintf("%v\n%s", r, debug.Stack()))
				}
				<-turns
			}()
			l.Files[i], diags[i] = known.Parse(src.Name, src.Text)
		})
	}
	if all.Wait(); failed.Load() != nil {
		panic(failed.Load())
	}
	l.Diagnostics = append(l.Diagnostics, slices.Concat(diags...)...)
	m.files = files
}

// check adds what checking finds to what parsing found. A finding about a place in which the parser has found something
// follows from that, and is left out.
func (l *Loaded) check(meanings *check.Memory, read func(string) (string, error)) {
	playbook, found := meanings.Check(l.Files, read)
	l.Playbook = playbook
	bad := map[string][]int{} // by file, where the parser's errors begin, ascending
	for _, d := range l.Diagnostics {
		bad[d.Span.File] = append(bad[d.Span.File], d.Span.Start)
	}
	for _, starts := range bad {
		slices.Sort(starts)
	}
	for _, d := range found {
		starts := bad[d.Span.File]
		if i, _ := slices.BinarySearch(starts, d.Span.Start); i == len(starts) || starts[i] > d.Span.End || d.Span.End == 0 {
			l.Diagnostics = append(l.Diagnostics, d)
		}
	}
	l.sort()
}

// sort puts the diagnostics in the order of files and places.
func (l *Loaded) sort() {
	rank := map[string]int{} // content files come behind the playbook's
	for i, f := range l.Files {
		rank[f.Name] = i - len(l.Files)
	}
	slices.SortStableFunc(l.Diagnostics, func(a, b diag.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(rank[a.Span.File], rank[b.Span.File]),
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start, b.Span.Start),
		)
	})
}

// tooLarge is a file that is longer than it may be.
type tooLarge struct{ most int64 }

func (e tooLarge) Error() string {
	return fmt.Sprintf("it is larger than %d MB", e.most>>20)
}

func readFile(fsys fs.FS, name string, most int64) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is not a regular file")
	}
	var text strings.Builder
	text.Grow(int(min(info.Size(), most)))
	n, err := io.Copy(&text, io.LimitReader(f, most+1))
	if err != nil {
		return "", err
	}
	if n > most {
		return "", tooLarge{most}
	}
	return text.String(), nil
}

func unreadable(name string, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: "NUR301", Span: diag.Span{File: name}}
	var large tooLarge
	var path *fs.PathError
	switch {
	case errors.As(err, &large):
		d.Code = "NUR302"
		d.Message = fmt.Sprintf("%s is larger than %d MB and was not read; split it, or keep other data out of *%s files", name, large.most>>20, Extension)
	case errors.As(err, &path) && strings.Contains(path.Err.Error(), "escapes"): // what os.Root says has no value to compare with
		d.Message = fmt.Sprintf("%s is a link that leads out of the playbook's folder; put the file itself there", name)
	case errors.As(err, &path):
		d.Message = fmt.Sprintf("%s cannot be read: %v", name, path.Err)
	default:
		d.Message = fmt.Sprintf("%s cannot be read: %v", name, err)
	}
	return d
}

var codes = []diag.Code{
	{ID: "NUR300", Title: "no playbook in the folder",
		Explain: "A playbook is a folder with files that end in `.nurture`; those of its subfolders are not read. `nurturec init DIR` writes one to begin with.",
		Bad:     "playbook/programs/main.nurture", Good: "playbook/main.nurture"},
	{ID: "NUR301", Title: "a file of the playbook cannot be read",
		Explain: "The file is there, but could not be opened or read: mind its permissions, and that it is a file. As long as one is missing the others are not checked, since what they name may stand in it."},
	{ID: "NUR302", Title: "a file of the playbook is too large",
		Explain: "A file of more than 64 MB is no playbook that anybody wrote; it is not read."},
}

// Codes documents every diagnostic that the language can give, sorted.
func Codes() []diag.Code {
	all := slices.Concat(syntax.Codes, check.Codes, cond.Codes, content.Codes, lint.Codes(), codes)
	slices.SortFunc(all, func(a, b diag.Code) int { return strings.Compare(a.ID, b.ID) })
	return all
}
