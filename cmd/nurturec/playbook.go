package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/diag"
)

// stdin is what the text from standard input is called.
const stdin = "standard input"

// playbook is one that is checked: a folder, files of a folder, or standard input.
type playbook struct {
	folder  string            // "" for standard input
	only    map[string]bool   // the files that are spoken of; nil for all
	text    string            // of standard input
	changed map[string]string // texts in the place of those on the disk
	memory  lang.Memory

	*lang.Loaded // what was found last
}

// openPlaybooks takes what a user names. Files of one folder are checked together.
func openPlaybooks(names []string, in io.Reader) ([]*playbook, error) {
	var all []*playbook
	at := map[string]*playbook{}
	for _, name := range names {
		p, err := openPlaybook(name, in)
		if err != nil {
			return nil, err
		}
		folder := p.folder
		if folder != "" {
			folder = filepath.Clean(folder)
		}
		known := at[folder]
		switch {
		case known == nil:
			all = append(all, p)
			at[folder] = p
		case p.only == nil:
			known.only = nil
		case known.only != nil:
			maps.Copy(known.only, p.only)
		}
	}
	return all, nil
}

// openPlaybook takes one name.
func openPlaybook(name string, in io.Reader) (*playbook, error) {
	if name == "-" {
		src, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return &playbook{text: string(src)}, nil
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file or folder %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, cause(err))
	}
	if info.IsDir() {
		return &playbook{folder: name}, nil
	}
	folder, only := filepath.Split(name)
	if folder == "" {
		folder = "."
	}
	return &playbook{folder: folder, only: map[string]bool{only: true}}, nil
}

// speaksOf says whether what is found in a file is shown.
func (p *playbook) speaksOf(file string) bool { return p.only == nil || p.only[file] }

// look checks and lints the playbook as it is on the disk, with what was changed in the place of that.
func (p *playbook) look(today calendar.Date) error {
	above, err := p.above()
	if err != nil {
		return err
	}
	if p.folder == "" {
		text, ok := p.changed[stdin]
		if !ok {
			text = p.text
		}
		p.Loaded = p.memory.Check([]lang.Source{{Name: stdin, Text: text}}, nil)
		p.lint(above, today)
		return nil
	}
	root, err := openFolder(p.folder)
	if err != nil {
		return err
	}
	defer root.Close()
	sources, err := lang.Sources(root.FS())
	if err != nil {
		return err
	}
	for i, src := range sources {
		if text, ok := p.changed[src.Name]; ok {
			sources[i].Text = text
		}
	}
	p.Loaded = p.memory.Check(sources, func(name string) (string, error) {
		if text, ok := p.changed[name]; ok {
			return text, nil
		}
		src := lang.ReadFile(root.FS(), name)
		return src.Text, src.Err
	})
	p.lint(above, today)
	return nil
}

// sound shows the errors of a playbook that has some; the error says what is not done with it.
func (p *playbook) sound(at *terminal, refusal string) error {
	if !p.Failed() {
		return nil
	}
	var f findings
	f.add(p, asTyped)
	f.diags = slices.DeleteFunc(f.diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if err := diag.Text(at.err, f.diags, f.sources, at.watched && at.colored); err != nil {
		return err
	}
	return &exit{exitFindings, errors.New(refusal)}
}

// lint adds what the rules find, as the configuration around the playbook says.
func (p *playbook) lint(above int, today calendar.Date) {
	config, ok := lang.Configuration(above, p.config)
	if ok && config.Err == nil {
		p.Sources[config.Name] = config.Text
	}
	p.LintAs(config, today)
}

// above is how many folders there are above the playbook's.
func (p *playbook) above() (int, error) {
	dir, err := filepath.Abs(p.folder)
	if err != nil {
		return 0, fmt.Errorf("find the current folder: %w", err)
	}
	return strings.Count(filepath.ToSlash(dir), "/"), nil
}

// config reads a configuration, which may lie above the playbook.
func (p *playbook) config(name string) (string, error) {
	dir, base := filepath.Split(filepath.Join(p.folder, filepath.FromSlash(name)))
	if dir == "" {
		dir = "."
	}
	src := lang.ReadFile(os.DirFS(dir), base)
	return src.Text, src.Err
}

// load reads the playbook of a folder. No path in it can lead out of the folder.
func load(folder string) (*lang.Loaded, error) {
	root, err := openFolder(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return lang.Load(root.FS())
}

func openFolder(folder string) (*os.Root, error) {
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
	return root, nil
}

// cause is an error of the system without the path, which the message says already.
func cause(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}
