package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// starter is the playbook that init writes.
//
//go:embed all:starter
var starter embed.FS

type initCmd struct {
	Dir string `arg:"" help:"Folder to write it to. It is made; one that holds a playbook already is left alone."`
}

func (initCmd) Help() string {
	return `Writes a small playbook with content, contacts and events. It runs at once and shows what the language is
about: a map, a segment, questions asked a little at a time, a response that moves on, a hand-off to sales.

  nurturec init hello`
}

func (c *initCmd) Run(at *terminal) error {
	if found, _ := filepath.Glob(filepath.Join(c.Dir, "*.nurture")); len(found) > 0 {
		return fmt.Errorf("init: %s is a playbook already (%s); choose another folder", c.Dir, filepath.Base(found[0]))
	}
	files, err := fs.Sub(starter, "starter")
	if err != nil {
		return err
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		to := filepath.Join(c.Dir, filepath.FromSlash(name))
		if err != nil || d.IsDir() {
			return first(err, os.MkdirAll(to, 0o777))
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return write(to, text)
	})
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	fmt.Fprintf(at.out, `%[1]s is ready. Next:

  nurturec check %[1]s
  nurturec test %[1]s
  nurturec simulate %[1]s
  nurturec run %[1]s --contacts %[1]s/contacts.csv --events %[1]s/events.jsonl --from 2026-01-05 --to 2026-04-01
  nurturec journal --store %[1]s/nurture.db
`, c.Dir)
	return nil
}

// write makes a file that does not exist.
func write(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return first(err, f.Close())
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
