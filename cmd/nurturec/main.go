// Command nurturec checks, formats, tests and runs nurture playbooks. Each verb is a file of this package: its help, its
// flags, and a Run that calls the packages which do the work.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// The exit codes of every verb.
const (
	exitFine     = 0
	exitFindings = 1 // the playbook, or a test of it, has findings
	exitUsage    = 2 // wrong usage, or something could not be read
	exitRefused  = 3 // a run was interrupted or refused, and nothing was lost
)

type cli struct {
	Init     initCmd     `cmd:"" help:"Write a small playbook that runs at once."`
	Check    checkCmd    `cmd:"" help:"Report what is wrong with playbooks."`
	Fmt      fmtCmd      `cmd:"" help:"Lay playbook files out in the one style."`
	Run      runCmd      `cmd:"" help:"Run a playbook against contacts and events."`
	Test     testCmd     `cmd:"" help:"Play the tests of a playbook."`
	Simulate simulateCmd `cmd:"" help:"Foresee what a playbook will do: goals, money, work for sales, offers, stages."`
	Graph    graphCmd    `cmd:"" help:"Draw a playbook: stages, the ways between them, hand-offs, holes."`
	Report   reportCmd   `cmd:"" help:"Report what really happened: goals, hand-offs, responses, money."`
	Plan     planCmd     `cmd:"" help:"Say what a playbook would do to the contacts in flight, before it runs."`
	History  historyCmd  `cmd:"" help:"Show the versions of the playbook that ran."`
	Journal  journalCmd  `cmd:"" help:"Show what was decided for contacts."`
	Contact  contactCmd  `cmd:"" help:"Show who a contact is, where it stands, and what comes next."`
	Why      whyCmd      `cmd:"" help:"Say why a contact got something, or did not."`
	Explain  explainCmd  `cmd:"" help:"Explain a diagnostic."`
	Lsp      lspCmd      `cmd:"" help:"The language server, which editors start."`
	Version  versionCmd  `cmd:"" help:"Show the version of nurturec."`
}

const description = `nurturec checks, formats, tests and runs nurture playbooks: folders of .nurture files that say which stages
a contact goes through, what it is offered there, and what moves it on.

A new playbook, its tests, and its first run:

  nurturec init hello
  nurturec test hello
  nurturec run hello --contacts hello/contacts.csv --events hello/events.jsonl --from 2026-01-05 --to 2026-04-01
  nurturec journal --store hello/nurture.db

Exit codes: 0 fine · 1 the playbook has findings · 2 wrong usage, or something could not be read ·
3 the run was interrupted or refused, and nothing was lost.`

// terminal is where a verb speaks: the result goes to out, the talk to err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	colored  bool // out shows colours
	screen   bool // out is a terminal
	watched  bool // a person looks at err
}

// exit ends a verb with a code; the message, if there is one, has not been printed.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func main() { os.Exit(nurturec()) }

func nurturec() int {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	_, plain := os.LookupEnv("NO_COLOR")
	at := &terminal{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		colored: !plain && term.IsTerminal(int(os.Stdout.Fd())),
		screen:  term.IsTerminal(int(os.Stdout.Fd())),
		watched: term.IsTerminal(int(os.Stderr.Fd())),
	}
	return command(stop, os.Args[1:], at)
}

// misused says what is wrong with a command line, and where to read what it should be.
func misused(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
		verb := "nurturec " + wrong.Context.Selected().Name
		return fmt.Sprintf("%s: %v\n%s --help shows what it takes, with examples.", verb, err, verb)
	}
	return fmt.Sprintf("nurturec: %v\nnurturec --help shows the verbs, nurturec VERB --help what one takes.", err)
}

// command carries out one command line and gives its exit code.
func command(stop context.Context, args []string, at *terminal) (code int) {
	var c cli
	left := -1
	parser, err := kong.New(&c, kong.Name("nurturec"), kong.Description(description),
		kong.Writers(at.out, at.err), kong.Exit(func(code int) { left = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.BindTo(stop, (*context.Context)(nil)), kong.Bind(at))
	if err != nil {
		panic(err) // the struct above is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(goFlags(args))
	if left >= 0 { // --help was asked for and shown
		return left
	}
	if err != nil {
		fmt.Fprintf(at.err, "%s\n", misused(err))
		return exitUsage
	}
	err = parsed.Run()
	if err == nil {
		return exitFine
	}
	code = exitUsage
	var e *exit
	if errors.As(err, &e) {
		code, err = e.code, e.err
	}
	if err != nil {
		fmt.Fprintf(at.err, "nurturec: %v\n", err)
	}
	return code
}
