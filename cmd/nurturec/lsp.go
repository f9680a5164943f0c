package main

import (
	"context"
	"errors"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime/debug"

	"nurture/lsp"
	"nurture/runtime/store"
)

type lspCmd struct {
	Stdio bool `help:"Speak over standard input and output; there is no other way, and many editors say so."`
}

func (lspCmd) Help() string {
	return `The language server: editors start it and talk to it over standard input and output, with the language server
protocol. It tells what is wrong while one types, completes, explains, renames, formats. How to set up an editor stands
in the folder editors of the project.

  nurturec lsp`
}

func (c *lspCmd) Run(stop context.Context, at *terminal) error {
	o := lsp.Options{Version: version(), Log: log.New(at.err, "nurturec lsp: ", log.LstdFlags), Census: census, Today: today}
	if cache, err := os.UserCacheDir(); err == nil {
		o.Pages = filepath.Join(cache, "nurture", "codes")
	}
	if _, chosen := os.LookupEnv("GOGC"); !chosen {
		debug.SetGCPercent(300) // memory for time: whoever types waits for every check
	}
	err := lsp.Serve(stop, at.in, at.out, o)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return &exit{code: exitFindings, err: err}
	}
	return nil
}

// census counts the contacts in each stage, in the store beside a playbook; nil where there is none.
func census(playbook string) (map[string]int64, error) {
	path := filepath.Join(playbook, "nurture.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s, err := store.Read(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Census()
}
