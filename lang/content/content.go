// Package content reads the Markdown files that offers and hand-off briefs are written in, and makes messages of them.
//
// A content file is front matter (YAML: `subject`, `preheader`), then Markdown in which Liquid stands. Parse checks all
// of it against the playbook's contact fields and compiles it once; Template.Render then makes the subject, the HTML
// part and the text part of one message. What `{{ }}` puts in is always text: it is escaped for the place it lands in
// and never read as Liquid, Markdown or HTML. Rendering is bounded in time and memory, reads no clock and no file, and
// is safe for concurrent use.
package content

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"nurture/lang/diag"
)

// maxFile is the size of the largest content file that is read, in bytes.
const maxFile = 1 << 20

// Template is a content file, checked and compiled.
type Template struct {
	File      string
	Source    string                 // the file's text
	Subject   string                 // as written, Liquid; the offer's own where it has one
	Preheader string                 // as written, Liquid
	Variables []string               // contact fields it reads, sorted
	Spans     map[string][]diag.Span // where it names each of them: the field's name alone, in source order

	subject, preheader, body []node
	asks                     bool // the file itself says where the questions go
}

// Option says what a file is content of; without one it is the mail of an offer.
type Option func(*parser)

// Brief says that the file is a hand-off's brief: it needs no subject, and sees `journal`, `stage` and `program`.
func Brief() Option {
	return func(p *parser) { p.brief = true }
}

// Subject gives the subject that the offer itself declares; it stands above the file's. The span is that of its string
// literal, quotes included.
func Subject(text string, literal diag.Span) Option {
	return func(p *parser) {
		p.declared = &scalar{text: text, place: place{span: literal}}
		if literal.End-literal.Start == len(text)+2 { // no escapes: every byte stands where it seems to
			p.declared.place = place{span: diag.Span{File: literal.File, Start: literal.Start + 1, End: literal.End - 1}, exact: true}
		}
	}
}

// Parse reads a content file. The fields are the contact's. There is always a Template; it may be rendered only if no
// diagnostic is an error.
func Parse(file, src string, fields []string, opts ...Option) (*Template, []diag.Diagnostic) {
	p := &parser{
		template: &Template{File: file, Source: src, Spans: map[string][]diag.Span{}},
		fields:   fields,
		src:      src,
		locals:   map[string]shape{},
	}
	for _, opt := range opts {
		opt(p)
	}
	p.place = place{span: diag.Span{File: file, End: len(src)}, exact: true}
	if p.readable(src) {
		p.file(src)
	}
	for name := range p.template.Spans {
		p.template.Variables = append(p.template.Variables, name)
	}
	slices.Sort(p.template.Variables)
	slices.SortStableFunc(p.diags, func(a, b diag.Diagnostic) int { return a.Span.Start - b.Span.Start })
	return p.template, p.diags
}

// parser carries what the phases of Parse share: front matter, Liquid, names.
type parser struct {
	template *Template
	fields   []string
	brief    bool
	declared *scalar // the offer's own subject
	diags    []diag.Diagnostic

	src    string
	place  place // of the text being read
	locals map[string]shape
}

// place says where in a file a text stands. Where it is not exact (a quoted string with escapes, a folded one), all of
// it is one place.
type place struct {
	span  diag.Span
	exact bool
}

func (p place) at(start, end int) diag.Span {
	if !p.exact {
		return p.span
	}
	return diag.Span{File: p.span.File, Start: p.span.Start + start, End: p.span.Start + end}
}

func (p *parser) readable(src string) bool {
	if len(src) > maxFile {
		p.errorf("NUR251", p.place.at(0, 0), "this file has %d bytes, more than %d: a message that long is not read, shorten it", len(src), maxFile)
		return false
	}
	for i, r := range src {
		if r == utf8.RuneError && !strings.HasPrefix(src[i:], "\uFFFD") || r == 0 {
			line := bytes.Count([]byte(src[:i]), []byte("\n")) + 1
			p.errorf("NUR250", p.place.at(i, i+1), "line %d is not UTF-8 text: save the file as UTF-8", line)
			return false
		}
	}
	return true
}

func (p *parser) file(src string) {
	t := p.template
	matter := p.frontMatter(src)
	subject, given := matter.values["subject"]
	if p.declared != nil {
		subject, given = *p.declared, true
	}
	switch {
	case given && strings.TrimSpace(subject.text) == "":
		p.errorf("NUR254", subject.place.span, "the subject is empty: say in a few words what the message brings")
	case !given && !p.brief && !matter.broken:
		p.errorf("NUR254", p.place.at(matter.start, matter.end),
			"there is no subject: write `subject: …` between two lines `---` at the top of the file, or `subject \"…\"` in the offer")
	}
	t.Subject, t.subject = subject.text, p.liquid(subject)
	preheader := matter.values["preheader"]
	t.Preheader, t.preheader = preheader.text, p.liquid(preheader)

	body := scalar{text: src[matter.body:], place: place{
		span: diag.Span{File: t.File, Start: matter.body, End: len(src)}, exact: true,
	}}
	if strings.TrimSpace(body.text) == "" && !matter.broken {
		p.warnf("NUR267", body.place.at(len(body.text), len(body.text)), "nothing stands below the front matter: write what the message says")
	}
	if at, err := heavy(body.text); err != nil {
		p.errorf("NUR264", body.place.at(at, at+1), "%v", err)
	}
	t.body = p.liquid(body)
}

func (p *parser) errorf(code string, span diag.Span, format string, args ...any) *diag.Diagnostic {
	p.diags = append(p.diags, diag.Diagnostic{Code: code, Span: span, Message: fmt.Sprintf(format, args...)})
	return &p.diags[len(p.diags)-1]
}

func (p *parser) warnf(code string, span diag.Span, format string, args ...any) *diag.Diagnostic {
	d := p.errorf(code, span, format, args...)
	d.Severity = diag.Warning
	return d
}

// suggest ends an error about a name with the name that was meant, if one is near, and the fix that writes it.
func suggest(d *diag.Diagnostic, name string, names []string) bool {
	best, distance := "", max(2, len(name)/3)+1
	for _, n := range names {
		if got := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(n)); got < distance && got < len(name) {
			best, distance = n, got
		}
	}
	if best == "" {
		return false
	}
	d.Message += fmt.Sprintf(": did you mean `%s`?", best)
	d.Fixes = append(d.Fixes, replace(d.Span, best))
	return true
}

func replace(span diag.Span, text string) diag.Fix {
	return diag.Fix{Title: fmt.Sprintf("Write `%s`", text), Edits: []diag.Edit{{Span: span, New: text}}}
}
