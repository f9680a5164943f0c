package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"nurture/lang/lint"
)

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// typedCommand is a line of a shell, or a step of a job.
var typedCommand = regexp.MustCompile(`^\s*(?:- )?(?:run: )?nurturec (.*)`)

// Everything that the README tells people to copy is taken: commands by the command line, settings by the linter, and files
// for CI are YAML.
func TestReadmeCanBeCopied(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		kind, body := m[1], m[2]
		switch kind {
		case "toml":
			if _, wrong := lint.ParseConfig(lint.ConfigName, body); len(wrong) > 0 {
				t.Errorf("%s\n%s", wrong[0].Message, body)
			}
		case "yaml":
			var v any
			if err := yaml.Unmarshal([]byte(body), &v); err != nil {
				t.Errorf("%v\n%s", err, body)
			}
		}
		for line := range strings.Lines(body) {
			m := typedCommand.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			command, _, _ := strings.Cut(m[1], " > ")
			parser, err := kong.New(&cli{}, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(strings.Fields(command)); err != nil {
				t.Errorf("nurturec %s: %v", command, err)
			}
			commands++
		}
	}
	if commands < 7 {
		t.Errorf("there are only %d commands", commands)
	}
}
