package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"nurture/lang/diag"
	"nurture/lang/lint"
)

// findings are the diagnostics of several playbooks, each under the path of its file.
type findings struct {
	diags   []diag.Diagnostic
	sources map[string]string
	files   map[string]bool // that were looked at, and are spoken of
	linted  bool            // all playbooks are sound, so that the rules have looked at them
}

// asTyped is the path of a playbook's file that a person would type.
func asTyped(p *playbook, file string) string { return path.Join(filepath.ToSlash(p.folder), file) }

// add takes what was found in a playbook; of one file only, and of how it is linted, where it is about that file.
func (f *findings) add(p *playbook, called func(*playbook, string) string) {
	if f.sources == nil {
		f.sources, f.files, f.linted = map[string]string{}, map[string]bool{}, true
	}
	name := func(file string) string { return called(p, file) }
	spoken := func(file string) bool {
		return p.speaksOf(file) || path.Base(file) == lint.ConfigName
	}
	for file, src := range p.Sources {
		f.sources[name(file)] = src
		if spoken(file) && path.Base(file) != lint.ConfigName {
			f.files[name(file)] = true
		}
	}
	f.linted = f.linted && !p.Failed()
	for _, d := range p.Diagnostics {
		if !spoken(d.Span.File) {
			continue
		}
		if d.Span.File != "" {
			f.files[name(d.Span.File)] = true // also where it could not be read
		}
		f.diags = append(f.diags, renamed(d, name))
	}
}

// called gives the same findings under other paths.
func (f *findings) called(name func(string) string) *findings {
	other := findings{sources: map[string]string{}, files: map[string]bool{}, linted: f.linted}
	for file, src := range f.sources {
		other.sources[name(file)] = src
	}
	for file := range f.files {
		other.files[name(file)] = true
	}
	for _, d := range f.diags {
		other.diags = append(other.diags, renamed(d, name))
	}
	return &other
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
		fixes[i] = diag.Fix{Title: fix.Title, Edits: edits, Draft: fix.Draft}
	}
	d.Related, d.Fixes = related, fixes
	return d
}

// worst says whether anything found is at least as severe as the limit.
func (f *findings) worst(limit diag.Severity) bool {
	return slices.ContainsFunc(f.diags, func(d diag.Diagnostic) bool { return d.Severity <= limit })
}

func (f *findings) summary() string {
	counts := map[diag.Severity]int{}
	for _, d := range f.diags {
		counts[d.Severity]++
	}
	what := "nothing to complain about"
	if len(f.diags) > 0 {
		var parts []string
		for _, s := range []diag.Severity{diag.Error, diag.Warning} {
			if n := counts[s]; n > 0 {
				parts = append(parts, plural(n, s.String()))
			}
		}
		if n := counts[diag.Info]; n > 0 {
			parts = append(parts, plural(n, "remark"))
		}
		what = strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s in %s", what, plural(len(f.files), "file"))
}

// plural counts things in words.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// top is a folder that paths begin in.
type top string

// repository is the top of the repository that somebody stands in; where it is none, where they stand.
func repository() (top, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the current folder: %w", err)
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return top(dir), nil
		}
		if dir == filepath.Dir(dir) {
			return top(here), nil
		}
	}
}

// name is the path of a file from there on, with slashes; whole where it lies elsewhere.
func (t top) name(file string) string {
	if file == stdin || file == "" {
		return file
	}
	whole, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return file
	}
	if rel, err := filepath.Rel(string(t), whole); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(whole)
}

// sorted are the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
