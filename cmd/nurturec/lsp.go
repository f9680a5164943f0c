package main

import (
	"context"
	"errors"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/lsp"
	"nurture/runtime/rehearse"
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
	o := lsp.Options{Version: version(), Log: log.New(at.err, "nurturec lsp: ", log.LstdFlags), Census: census, Test: play, Today: today}
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

// play plays tests for the language server. With a failure stand the places of what was decided for the contact until then.
func play(ctx context.Context, l *lang.Loaded, tests []*check.Test, played func(*check.Test, []diag.Diagnostic)) error {
	return rehearse.PlayAll(ctx, compile.Compile(l.Playbook), tests, nil, func(i int, r rehearse.Result) {
		var failures []diag.Diagnostic
		for _, f := range r.Failures {
			d := diag.Diagnostic{Span: f.Span, Message: f.Message}
			decided := slices.DeleteFunc(slices.Clone(r.Story[:f.Story]), func(line rehearse.Line) bool { return line.By == "" })
			for _, line := range decided[max(0, len(decided)-mostTold):] {
				if at, ok := spanOf(line.By, l.Sources); ok {
					d.Related = append(d.Related, diag.Related{Span: at, Message: line.At + " " + line.What})
				}
			}
			failures = append(failures, d)
		}
		played(tests[i], failures)
	})
}

// mostTold is how much of what was decided before a failure an editor shows.
const mostTold = 20

// spanOf is the line of a playbook that is written file:line.
func spanOf(by string, sources map[string]string) (diag.Span, bool) {
	colon := strings.LastIndexByte(by, ':')
	src, ok := sources[by[:max(colon, 0)]]
	line, err := strconv.Atoi(by[colon+1:])
	if !ok || err != nil {
		return diag.Span{}, false
	}
	lines := diag.NewLines(src)
	start, text := lines.Start(line), lines.Text(line)
	return diag.Span{File: by[:colon], Start: start + len(text) - len(strings.TrimLeft(text, " \t")), End: start + len(strings.TrimRight(text, " \t\r"))}, true
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
