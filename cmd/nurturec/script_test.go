package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts and the examples expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nurturec": main})
}

// A script is a session at the command line: what is typed, what is answered, and with which exit code. Beside what
// testscript has there are
//
//	exits CODE nurturec …    the command ends with this code
//	told FILE                keeps standard output in a file, without how long the run took
//	valid FORMAT FILE        the file is what readers of the format take: sarif, gitlab, junit
//
// go test ./cmd/nurturec -run TestScripts -update writes what is answered now into the scripts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"told":  told,
			"valid": valid,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

var elapsed = regexp.MustCompile(`(decisions?) in [0-9.µmsh]+\n`)

// told keeps standard output in a file for cmp, without the time that the run took.
func told(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: told FILE")
	}
	text := elapsed.ReplaceAllString(ts.ReadFile("stdout"), "$1\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}
