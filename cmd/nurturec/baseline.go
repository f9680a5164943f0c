package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"nurture/lang"
	"nurture/lang/diag"
)

// baseline is the file of findings that are passed over: those that a playbook had when its team began to check it. They
// are known by what stands on their line, so that they are found again when lines above them come and go; files are named
// from the folder of the baseline on.
type baseline struct {
	file    string
	dir     string // that it lies in
	entries []entry
}

// entry is a finding, or some that leave the same trace.
type entry struct {
	diag.Trace
	Times int `json:"times,omitempty"` // where there is more than one
}

type baselineFile struct {
	Findings []entry `json:"findings"`
}

// openBaseline reads a baseline; one that is to be written may be missing.
func openBaseline(file string, missing bool) (*baseline, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", file, err)
	}
	b := &baseline{file: file, dir: dir}
	src, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && missing:
		return b, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no baseline %s; --update-baseline writes it", file)
	case err != nil:
		return nil, fmt.Errorf("the baseline %s cannot be read: %w", file, cause(err))
	}
	var known baselineFile
	if err := json.Unmarshal(src, &known); err != nil {
		return nil, fmt.Errorf("%s is no baseline: %w; delete it, and write it again with --update-baseline", file, err)
	}
	b.entries = known.Findings
	return b, nil
}

// name is the path of a file from the baseline on, with slashes.
func (b *baseline) name(file string) string {
	if file == stdin || file == "" {
		return file
	}
	whole, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(b.dir, whole)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// traces are those of findings, in the names of the baseline.
func (b *baseline) traces(f *findings) []diag.Trace {
	named := f.called(b.name)
	return diag.Traces(named.diags, named.sources)
}

// hide takes the findings out that the baseline holds, and gives what it holds and is no longer found.
func (b *baseline) hide(f *findings) (stale []entry) {
	left := map[diag.Trace]int{}
	for _, e := range b.entries {
		left[e.Trace] += max(e.Times, 1)
	}
	traces := b.traces(f)
	kept := make([]diag.Diagnostic, 0, len(f.diags))
	for i, d := range f.diags {
		if left[traces[i]] > 0 && !breaks(d) {
			left[traces[i]]--
			continue
		}
		kept = append(kept, d)
	}
	f.diags = kept
	if !f.linted {
		return nil // nobody has looked
	}
	for _, e := range b.entries {
		if n := left[e.Trace]; n > 0 && b.speaksOf(f, e.File) {
			e.Times = n
			stale = append(stale, e)
			left[e.Trace] = 0
		}
	}
	return stale
}

// speaksOf says whether a check would have found what is in a file: it looked at it, or the file is gone.
func (b *baseline) speaksOf(f *findings, file string) bool {
	for looked := range f.files {
		if b.name(looked) == file {
			return true
		}
	}
	_, err := os.Stat(filepath.Join(b.dir, filepath.FromSlash(file)))
	return errors.Is(err, fs.ErrNotExist)
}

// breaks says whether a finding keeps a playbook from running, which no baseline can pass over.
func breaks(d diag.Diagnostic) bool { return d.Severity == diag.Error && !rules()[d.Code] }

// rules are the codes of the linter's rules.
var rules = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, c := range lang.Codes() {
		all[c.ID] = c.Family != ""
	}
	return all
})

// update records all findings. What is recorded of files that nobody has looked at stays.
func (b *baseline) update(f *findings) error {
	count := map[diag.Trace]int{}
	for _, e := range b.entries {
		if !f.linted || !b.speaksOf(f, e.File) {
			count[e.Trace] += max(e.Times, 1)
		}
	}
	now := map[diag.Trace]int{}
	for i, t := range b.traces(f) {
		if !breaks(f.diags[i]) {
			now[t]++
		}
	}
	for t, n := range now {
		count[t] = n
	}
	b.entries = nil
	for t, n := range count {
		e := entry{Trace: t}
		if n > 1 {
			e.Times = n
		}
		b.entries = append(b.entries, e)
	}
	slices.SortFunc(b.entries, func(x, y entry) int {
		return cmp.Or(strings.Compare(x.File, y.File), strings.Compare(x.Code, y.Code), strings.Compare(x.Line, y.Line))
	})
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(baselineFile{b.entries}); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	if err := os.WriteFile(b.file, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("the baseline %s cannot be written: %w", b.file, cause(err))
	}
	return nil
}
