package diag

import "io"

// Report is diagnostics with what a renderer for machines says beside them.
type Report struct {
	Diagnostics []Diagnostic
	Sources     map[string]string // the text of each file, as in Text
	Files       []string          // those that were looked at
	Codes       []Code            // documents the codes; others may be among them
	Version     string            // of the program that reports
	FailOn      Severity          // what is as severe as this fails the whole
}

// Formats are the ways to write a report, by the names that a user gives them.
var Formats = map[string]func(io.Writer, Report) error{
	"json":   func(w io.Writer, r Report) error { return JSON(w, r.Diagnostics, r.Sources) },
	"sarif":  sarif,
	"github": github,
	"gitlab": gitlab,
	"junit":  junit,
}

// code documents the code of a diagnostic.
func (r Report) code(id string) Code {
	for _, c := range r.Codes {
		if c.ID == id {
			return c
		}
	}
	return Code{ID: id, Title: id}
}

// label is what a code is called where there is only room for a few words.
func (c Code) label() string {
	if c.Name == "" {
		return c.ID
	}
	return c.ID + " " + c.Name
}

// Markdown is the page about a code.
func (c Code) Markdown() string {
	if c.Page != "" {
		return c.Page
	}
	text := "# " + c.ID + ": " + c.Title + "\n\n" + c.Explain + "\n"
	for _, example := range []struct{ title, code string }{{"Not so", c.Bad}, {"But so", c.Good}} {
		if example.code != "" {
			text += "\n## " + example.title + "\n\n```nurture\n" + example.code + "\n```\n"
		}
	}
	return text
}
