package cond

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"nurture/lang/cond/internal/lex"
	"nurture/lang/diag"
)

// clause is one condition or expression while it is being checked: its text, its tokens, and what was found wrong.
// Places in it are ranges of tokens, first and last; only a diagnostic has bytes of the file.
type clause struct {
	schema *Schema
	scope  Scope
	at     diag.Span // of the text in its file
	text   string
	tokens []lex.Token
	found  []*finding
	names  []Name

	partner []int  // of a bracket, the index of the one that closes or opens it, else its own
	group   []bool // of a bracket: it only groups, it belongs to no call and no list
}

// finding is a diagnostic with the token that it begins at.
type finding struct {
	diag.Diagnostic
	first int
}

// bytes is a range of the clause's text as a span of the file.
func (c *clause) bytes(start, end int) diag.Span {
	return diag.Span{File: c.at.File, Start: c.at.Start + start, End: c.at.Start + end}
}

// span is the span of a range of tokens.
func (c *clause) span(first, last int) diag.Span {
	return c.bytes(c.tokens[first].Start, c.tokens[last].End)
}

func (c *clause) report(code string, first, last int, format string, args ...any) *finding {
	f := &finding{diag.Diagnostic{Code: code, Span: c.span(first, last), Message: fmt.Sprintf(format, args...)}, first}
	c.found = append(c.found, f)
	return f
}

// fix adds the one right answer: what the finding's span becomes.
func (f *finding) fix(text string) *finding { return f.edits(diag.Edit{Span: f.Span, New: text}) }

// edits adds an answer of one edit, or of the two that put brackets around something.
func (f *finding) edits(edits ...diag.Edit) *finding {
	title := "write " + quoted(shortened(edits[0].New))
	switch {
	case len(edits) > 1:
		title = "put brackets around it"
	case edits[0].New == "":
		title = "delete it"
	}
	f.Fixes = append(f.Fixes, diag.Fix{Title: title, Edits: edits})
	return f
}

// suggest adds what was probably meant by a name, when there is something; otherwise what there is to choose from.
func (c *clause) suggest(f *finding, word string, candidates []string) *finding {
	return c.suggestAs(f, word, candidates, func(s string) string { return s })
}

// suggestAs is suggest for words that are written otherwise than they are compared: in quotes, for example.
func (c *clause) suggestAs(f *finding, word string, candidates []string, write func(string) string) *finding {
	near, ok := c.schema.nearest(word, candidates)
	switch {
	case ok:
		f.Message += fmt.Sprintf("; did you mean %s?", quoted(write(near)))
		f.fix(write(near))
	case len(candidates) > 0 && len(candidates) <= 8:
		f.Message += "; write " + oneOf(names(candidates, func(s string) string { return quoted(write(s)) }))
	}
	return f
}

// raw is what a range of tokens says, as written.
func (c *clause) raw(first, last int) string {
	return c.text[c.tokens[first].Start:c.tokens[last].End]
}

// source is what a range of tokens says, short enough for a message.
func (c *clause) source(first, last int) string {
	return shortened(c.raw(first, last))
}

// shortened makes a text fit into a message: on one line, and not endless.
func shortened(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	if utf8.RuneCountInString(text) > 48 {
		text = string([]rune(text)[:47]) + "…"
	}
	return text
}

func quoted(text string) string { return "`" + text + "`" }

// oneOf lists words for a person: "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
