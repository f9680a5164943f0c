package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"nurture/lang"
	"nurture/lang/diag"
)

type checkCmd struct {
	Path   []string `arg:"" optional:"" help:"Playbooks (folders), files of playbooks, or - for standard input. Default: the current folder."`
	Format string   `enum:"text,json" default:"text" help:"How findings are shown: text or json."`
	FailOn string   `enum:"error,warning,info" default:"error" placeholder:"SEVERITY" help:"The least severity that makes the exit code 1: error, warning or info."`
}

func (checkCmd) Help() string {
	return `A playbook is a folder: all .nurture files in it, and the content files that they name. A file is checked
as part of its folder, and only what concerns it is shown.

  nurturec check                          the playbook in the current folder
  nurturec check examples/saas            one playbook
  nurturec check a b/offers.nurture       a playbook, and one file of another
  nurturec check --format json a          for a program to read
  cat draft.nurture | nurturec check -    a draft; content files are not looked at

Every finding has a code; nurturec explain CODE tells more.`
}

func (c *checkCmd) Run(at *terminal) error {
	paths := c.Path
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var found findings
	for _, p := range paths {
		if err := found.check(p, at.in); err != nil {
			return err
		}
	}
	show := func(w io.Writer, diags []diag.Diagnostic, sources map[string]string) error {
		return diag.Text(w, diags, sources, at.colored)
	}
	if c.Format == "json" {
		show = diag.JSON
	}
	if err := show(at.out, found.diags, found.sources); err != nil {
		return err
	}
	if c.Format == "text" {
		fmt.Fprintln(at.err, found.summary())
	}
	limit := map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "info": diag.Info}[c.FailOn]
	if found.worst(limit) {
		return &exit{code: exitFindings}
	}
	return nil
}

// findings are the diagnostics of several playbooks, each under the path that a person would type for its file.
type findings struct {
	diags   []diag.Diagnostic
	sources map[string]string
	files   int
}

// check adds what is wrong with a folder, a file of a folder, or standard input.
func (f *findings) check(name string, in io.Reader) error {
	if name == "-" {
		src, err := io.ReadAll(in)
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		f.add("", lang.Parse(map[string]string{"standard input": string(src)}, nil), "")
		return nil
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file or folder %s", name)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, cause(err))
	}
	folder, only := name, ""
	if !info.IsDir() {
		folder, only = filepath.Split(name)
		if folder == "" {
			folder = "."
		}
	}
	loaded, err := load(folder)
	if err != nil {
		return err
	}
	f.add(folder, loaded, only)
	return nil
}

// load reads the playbook of a folder. No path in it can lead out of the folder.
func load(folder string) (*lang.Loaded, error) {
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; a playbook is a folder: name %s", folder, filepath.Dir(folder))
	}
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no folder %s; name the folder of a playbook, or write one with nurturec init %s", folder, folder)
	}
	if err != nil {
		return nil, fmt.Errorf("the playbook's folder %s cannot be read: %w", folder, cause(err))
	}
	defer root.Close()
	return lang.Load(root.FS())
}

// cause is an error of the system without the path, which the message says already.
func cause(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}

// add takes what was found in a folder, of one file only where `only` names it.
func (f *findings) add(folder string, loaded *lang.Loaded, only string) {
	if f.sources == nil {
		f.sources = map[string]string{}
	}
	called := func(file string) string { return path.Join(filepath.ToSlash(folder), file) }
	for name, src := range loaded.Sources {
		f.sources[called(name)] = src
		if only == "" || only == name {
			f.files++
		}
	}
	for _, d := range loaded.Diagnostics {
		if _, read := loaded.Sources[d.Span.File]; !read && d.Span.File != "" && (only == "" || d.Span.File == only) {
			f.files++ // it could not be read, which is what is said of it
		}
		if only == "" || d.Span.File == only {
			f.diags = append(f.diags, renamed(d, called))
		}
	}
}

// renamed is a diagnostic whose files are called otherwise.
func renamed(d diag.Diagnostic, called func(string) string) diag.Diagnostic {
	d.Span.File = called(d.Span.File)
	related := make([]diag.Related, len(d.Related))
	for i, r := range d.Related {
		r.Span.File = called(r.Span.File)
		related[i] = r
	}
	fixes := make([]diag.Fix, len(d.Fixes))
	for i, fix := range d.Fixes {
		edits := make([]diag.Edit, len(fix.Edits))
		for j, e := range fix.Edits {
			e.Span.File = called(e.Span.File)
			edits[j] = e
		}
		fixes[i] = diag.Fix{Title: fix.Title, Edits: edits}
	}
	d.Related, d.Fixes = related, fixes
	return d
}

// worst says whether anything found is at least as severe as the limit.
func (f *findings) worst(limit diag.Severity) bool {
	for _, d := range f.diags {
		if d.Severity <= limit {
			return true
		}
	}
	return false
}

func (f *findings) summary() string {
	counts := map[diag.Severity]int{}
	for _, d := range f.diags {
		counts[d.Severity]++
	}
	what := "nothing to complain about"
	if len(f.diags) > 0 {
		var parts []string
		for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
			if n := counts[s]; n > 0 {
				parts = append(parts, plural(n, s.String()))
			}
		}
		what = strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s in %s", what, plural(f.files, "file"))
}

// plural counts things in words.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
