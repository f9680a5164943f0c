package main

import (
	"fmt"
	"strings"

	"nurture/lang"
	"nurture/lang/diag"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"A code such as NUR101, or the name of a rule. Without one, all codes are listed."`
}

func (explainCmd) Help() string {
	return `Every finding of check has a code; the rules of the linter have names too.

  nurturec explain NUR101            what NUR101 means, and what to do about it; 101 will do
  nurturec explain unused-segment    a rule: why it is one, its examples and settings
  nurturec explain                   all codes, a line each`
}

func (c *explainCmd) Run(at *terminal) error {
	codes := lang.Codes()
	if c.Code == "" {
		for _, code := range codes {
			name := ""
			if code.Name != "" {
				name = " (" + code.Name + ")"
			}
			fmt.Fprintf(at.out, "%s  %s%s\n", code.ID, code.Title, name)
		}
		return nil
	}
	var known []string
	for _, code := range codes {
		if strings.EqualFold(code.ID, c.Code) || strings.EqualFold(code.ID, "NUR"+c.Code) || code.Name != "" && strings.EqualFold(code.Name, c.Code) {
			return leaf{w: at.out, colored: at.colored}.write(code.Markdown())
		}
		known = append(known, code.ID)
		if code.Name != "" {
			known = append(known, code.Name)
		}
	}
	hint := "nurturec explain lists them all"
	for _, asked := range []string{strings.ToUpper(c.Code), strings.ToLower(c.Code)} {
		if near, ok := diag.Nearest(asked, known); ok {
			hint = "did you mean " + near + "?"
		}
	}
	return fmt.Errorf("there is no code or rule %s; %s", c.Code, hint)
}
