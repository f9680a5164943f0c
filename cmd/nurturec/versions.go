package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/plan"
	"nurture/runtime/store"
)

// storeBeside is where the store of a playbook is when nobody says otherwise.
func storeBeside(named, folder string) string {
	if named != "" {
		return named
	}
	return filepath.Join(folder, "nurture.db")
}

// newest is the version that runs in a store, and its number.
func newest(s *store.Store) (*plan.Version, int, error) {
	versions, err := s.Versions()
	if err != nil {
		return nil, 0, err
	}
	if len(versions) == 0 {
		return nil, 0, fmt.Errorf("no playbook has run in %s yet", s.Path())
	}
	v, err := compiled(versions, len(versions))
	return v, len(versions), err
}

// numbered is a version of a store by its number, from 1.
func numbered(s *store.Store, n int) (*plan.Version, error) {
	versions, err := s.Versions()
	if err != nil {
		return nil, err
	}
	if n < 1 || n > len(versions) {
		return nil, fmt.Errorf("%s has no version %d; it has %s, which nurturec history lists", s.Path(), n, things(int64(len(versions)), "version"))
	}
	return compiled(versions, n)
}

// compiled compiles a version that ran.
func compiled(versions []store.Version, n int) (*plan.Version, error) {
	files := versions[n-1].Files
	loaded := reload(files)
	if loaded.Failed() {
		for _, d := range loaded.Diagnostics {
			if d.Severity == diag.Error {
				return nil, fmt.Errorf("version %d ran once, but this nurturec finds an error in it: %s: %s", n, d.Span.File, d.Message)
			}
		}
	}
	return &plan.Version{Program: compile.Compile(loaded.Playbook), Files: files}, nil
}

// reload reads a playbook that a store has kept.
func reload(files map[string]string) *lang.Loaded {
	sources := map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, lang.Extension) {
			sources[name] = text
		}
	}
	return lang.Parse(sources, func(path string) (string, error) {
		if text, ok := files[path]; ok {
			return text, nil
		}
		return "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	})
}

// onDisk compiles the playbook of a folder; what is wrong with it is shown.
func onDisk(folder string, at *terminal) (*plan.Version, error) {
	loaded, err := load(folder)
	if err != nil {
		return nil, err
	}
	if loaded.Failed() {
		var found findings
		found.add(&playbook{folder: folder, Loaded: loaded}, asTyped)
		if err := diag.Text(at.err, found.diags, found.sources, at.watched && at.colored); err != nil {
			return nil, err
		}
		return nil, &exit{exitFindings, errors.New("the playbook does not run: " + found.summary())}
	}
	return &plan.Version{Program: compile.Compile(loaded.Playbook), Files: loaded.Sources}, nil
}
