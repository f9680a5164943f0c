package content

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxSubject is what of a subject is kept, in characters; mail programs show far less.
const maxSubject = 250

// Vars is what one message is about. Texts are taken as they are; nothing in them is read as Liquid, Markdown or HTML.
type Vars struct {
	// Contact holds the known fields: string, float64 or int, bool, calendar.Date, time.Time (in the contact's zone) or
	// []string. A field that is not there is unknown.
	Contact   map[string]any
	Offer     Offer
	Questions []Question // what this message asks; shown at the end where the file does not say where
	Now       time.Time  // the instant of the decision, in the contact's zone

	// Of briefs only.
	Journal        []string // what happened to the contact, newest last
	Stage, Program string
}

// Offer is what a message knows of the offer it sends.
type Offer struct{ Name, Title, Topic string }

// Question is a contact field that a message asks for, and how.
type Question struct{ Field, Text string }

// Rendered is one message. Subject and Preheader are each one line of text; HTML is what stands in the body of a page.
type Rendered struct {
	Subject   string
	Preheader string
	HTML      string
	Text      string
}

// Render makes the message of one contact. It fails where the file asks for more than a message may have, or calculates
// with what is no number; the error says the file and line.
func (t *Template) Render(vars Vars) (r Rendered, err error) {
	return guard(func() (Rendered, error) { return t.render(vars) })
}

func (t *Template) render(vars Vars) (Rendered, error) {
	var r Rendered
	m := newMachine(t.bind(vars))
	for _, line := range []struct {
		nodes []node
		to    *string
	}{{t.subject, &r.Subject}, {t.preheader, &r.Preheader}} {
		out, err := m.run(line.nodes)
		if err != nil {
			return Rendered{}, t.explain(err)
		}
		*line.to = oneLine(out)
	}
	out, err := m.run(t.body)
	if err != nil {
		return Rendered{}, t.explain(err)
	}
	marked := mark(out)
	doc, err := parseMarkdown(marked.text)
	if err != nil {
		return Rendered{}, t.explain(err)
	}
	if r.HTML, err = marked.html(doc); err != nil {
		return Rendered{}, t.explain(err)
	}
	r.Text = marked.plain(doc)
	if !t.asks {
		appendQuestions(&r, vars.Questions)
	}
	if len(r.HTML) > maxOutput || len(r.Text) > maxOutput {
		return Rendered{}, t.explain(errOutput)
	}
	return r, nil
}

func (t *Template) explain(err error) error {
	if strings.HasPrefix(err.Error(), t.File) {
		return err
	}
	return fmt.Errorf("%s: %w", t.File, err)
}

func (t *Template) bind(vars Vars) map[string]any {
	contact := make(map[string]any, len(t.Variables))
	for _, name := range t.Variables {
		if v, known := vars.Contact[name]; known {
			contact[name] = normal(v)
		}
	}
	questions := make([]any, len(vars.Questions))
	for i, q := range vars.Questions {
		questions[i] = map[string]any{"field": q.Field, "text": plain(q.Text)}
	}
	return map[string]any{
		"contact":   contact,
		"offer":     map[string]any{"name": vars.Offer.Name, "title": plain(vars.Offer.Title), "topic": known(vars.Offer.Topic)},
		"questions": questions,
		"journal":   normal(vars.Journal),
		"stage":     known(vars.Stage),
		"program":   known(vars.Program),
		"now":       normal(vars.Now),
	}
}

// known makes nothing out of an empty text, so that `default` and `if` see that it says nothing.
func known(s string) any {
	if s == "" {
		return nil
	}
	return plain(s)
}

// oneLine makes a header of output: no line ends or other control characters, one blank at a time.
func oneLine(out []piece) string {
	var text strings.Builder
	for _, p := range out {
		text.WriteString(p.text)
	}
	line := strings.Join(strings.FieldsFunc(text.String(), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
	if utf8.RuneCountInString(line) > maxSubject {
		return strings.TrimSpace(string([]rune(line)[:maxSubject-1])) + "…"
	}
	return line
}

func appendQuestions(r *Rendered, questions []Question) {
	if len(questions) == 0 {
		return
	}
	var page, text strings.Builder
	page.WriteString("<ul>\n")
	for _, q := range questions {
		ask := plain(q.Text)
		fmt.Fprintf(&page, "<li>%s</li>\n", html.EscapeString(ask))
		fmt.Fprintf(&text, "- %s\n", ask)
	}
	page.WriteString("</ul>\n")
	r.HTML += page.String()
	if r.Text != "" {
		r.Text += "\n"
	}
	r.Text += text.String()
}
