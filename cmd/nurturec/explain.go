package main

import (
	"fmt"
	"strings"

	"nurture/lang"
	"nurture/lang/diag"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"A code such as NUR101. Without one, all codes are listed."`
}

func (explainCmd) Help() string {
	return `Every finding of check has a code.

  nurturec explain NUR101    what NUR101 means, and what to do about it
  nurturec explain           all codes, a line each`
}

func (c *explainCmd) Run(at *terminal) error {
	codes := lang.Codes()
	if c.Code == "" {
		for _, code := range codes {
			fmt.Fprintf(at.out, "%s  %s\n", code.ID, code.Title)
		}
		return nil
	}
	var ids []string
	for _, code := range codes {
		if strings.EqualFold(code.ID, c.Code) {
			fmt.Fprint(at.out, page(code))
			return nil
		}
		ids = append(ids, code.ID)
	}
	hint := "nurturec explain lists them all"
	if near, ok := diag.Nearest(strings.ToUpper(c.Code), ids); ok {
		hint = "did you mean " + near + "?"
	}
	return fmt.Errorf("there is no code %s; %s", c.Code, hint)
}

// page is what explain says of a code.
func page(c diag.Code) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\n", c.ID, c.Title, strings.TrimSpace(c.Explain))
	if c.Bad != "" {
		fmt.Fprintf(&b, "\nNot so:\n\n%s\n", indent(c.Bad))
	}
	if c.Good != "" {
		fmt.Fprintf(&b, "\nBut so:\n\n%s\n", indent(c.Good))
	}
	return b.String()
}

func indent(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	return "  " + strings.Join(lines, "\n  ")
}
