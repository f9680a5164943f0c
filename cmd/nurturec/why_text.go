package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"

	"nurture/lang/calendar"
	"nurture/lang/diag"
	"nurture/runtime/why"
)

// whyWidth is how wide an answer is, in columns: what does not fit goes on, further in, on the next line.
const whyWidth = 80

// page is an answer for a person.
type page struct {
	text                          strings.Builder
	bold, good, bad, faint, plain *color.Color
	of                            *why.Case
	at                            *why.Standing
}

func newPage(colored bool, of *why.Case, at *why.Standing) *page {
	p := &page{
		bold: color.New(color.Bold), good: color.New(color.FgGreen), bad: color.New(color.FgRed, color.Bold), faint: color.New(color.Faint), plain: color.New(),
		of: of, at: at,
	}
	p.plain.DisableColor()
	for _, c := range []*color.Color{p.bold, p.good, p.bad, p.faint} {
		if c.DisableColor(); colored {
			c.EnableColor()
		}
	}
	return p
}

// writeWhy tells a contact's story, or gives the answer about one thing.
func writeWhy(at *terminal, of *why.Case, then *why.Standing, answer *why.Answer) error {
	p := newPage(at.colored, of, then)
	if answer == nil {
		p.story()
	} else {
		p.answer(answer)
	}
	p.notes()
	_, err := io.WriteString(at.out, p.text.String())
	return err
}

// line writes a line; what does not fit goes on below, as far in as hang says.
func (p *page) line(tint *color.Color, indent, hang int, text string) {
	width := whyWidth - indent
	for first := true; ; first = false {
		line, rest := fold(text, width)
		fmt.Fprintf(&p.text, "%s%s\n", strings.Repeat(" ", indent), tint.Sprint(diag.Printable(line)))
		if rest == "" {
			return
		}
		if text = rest; first {
			indent += hang
			width -= hang
		}
	}
}

// fold cuts a text at the last blank that fits.
func fold(text string, width int) (line, rest string) {
	if runewidth.StringWidth(text) <= width {
		return text, ""
	}
	cut, at := -1, 0
	for i, r := range text {
		if r == ' ' && at <= width {
			cut = i
		}
		if at += runewidth.RuneWidth(r); at > width && cut > 0 {
			return text[:cut], text[cut+1:]
		}
	}
	if cut > 0 {
		return text[:cut], text[cut+1:]
	}
	if i := strings.IndexByte(text, ' '); i > 0 { // a word that is too long stands alone
		return text[:i], text[i+1:]
	}
	return text, ""
}

func (p *page) heading(format string, args ...any) {
	if p.text.Len() > 0 {
		p.text.WriteByte('\n')
	}
	p.line(p.bold, 0, 2, fmt.Sprintf(format, args...))
}

func (p *page) clock(t int64) string { return why.Clock(t, p.at.Zone()) }

// story tells all that happened up to the instant, and what comes next.
func (p *page) story() {
	p.heading("%s, up to %s (%s)", p.of.Key, p.clock(p.at.Now), p.at.Zone().Name)
	if p.at.State() == nil {
		p.line(p.plain, 0, 2, "arrives "+p.clock(p.at.Arrived)+"; until then nothing is decided for it")
		return
	}
	last := ""
	for _, l := range p.of.Story(p.at.Now) {
		p.told(&l, &last)
	}
	if p.at.Now >= p.of.Clock {
		p.ahead()
	}
}

// told writes a line of the story, with the instant where it is another than that of the line before.
func (p *page) told(l *why.Line, last *string) {
	at := why.Clock(l.At, l.Zone())
	says := l.Says
	if l.Kind == why.Happened {
		says = "← " + says
	} else {
		says = placed(l)
	}
	if at != *last {
		fmt.Fprintf(&p.text, "\n%s\n", p.bold.Sprint(at))
		*last = at
	}
	tint := p.plain
	if l.Kind == why.Happened {
		tint = p.faint
	}
	p.line(tint, 2, 4, says)
	if l.By != "" {
		p.rule(6, l.By, l.Rule)
	}
	for _, b := range l.Because {
		if b.Part == nil || b.Says != "" || len(b.Part.Is)+len(b.Part.Parts) > 0 { // `enter when true` says it all
			p.reason(8, b.Says, b.Part)
		}
	}
}

func (p *page) rule(indent int, by, text string) {
	p.line(p.faint, indent, 4, strings.TrimSpace(by+"  "+text))
}

// reason writes what decided.
func (p *page) reason(indent int, says string, part *why.Part) {
	if says != "" {
		p.line(p.plain, indent, 4, says)
		indent += 2
	}
	p.whole(indent, part)
}

// whole writes the parts of a condition, which itself stands above.
func (p *page) whole(indent int, part *why.Part) {
	switch {
	case part == nil:
	case part.Columns:
		for i := range part.Parts {
			p.part(indent, &part.Parts[i])
		}
	case len(part.Parts) > 1 || len(part.Parts) == 1 && len(part.Parts[0].Parts) > 1:
		if part.Any && len(part.Parts) > 1 {
			p.line(p.plain, indent, 4, "one of these is enough:")
		}
		for i := range part.Parts {
			p.part(indent, &part.Parts[i])
		}
	default:
		p.part(indent, part)
	}
}

// part writes a part of a condition: whether it is true, how it is written, and what it compares.
func (p *page) part(indent int, part *why.Part) {
	text, shown := part.Text, part
	for len(shown.Parts) == 1 { // a segment is what its condition is
		inner := &shown.Parts[0]
		if shown = inner; !strings.HasPrefix(text, "not ") && text != inner.Text {
			text += ": " + inner.Text
		}
	}
	text += values(shown, text)
	if part.Next != 0 && part.Next != calendar.Never && !part.Holds {
		text += ", until " + p.clock(part.Next)
	}
	p.marked(indent, part.Holds, part.First, text)
	if len(shown.Parts) > 1 {
		if shown.Any {
			p.line(p.plain, indent+4, 4, "one of these is enough:")
		}
		for i := range shown.Parts {
			p.part(indent+4, &shown.Parts[i])
		}
	}
}

// values are what a part compares, behind its text.
func values(part *why.Part, text string) string {
	var is []string
	for _, v := range part.Is {
		if v.Text == part.Text && strings.HasSuffix(text, v.Text) {
			is = append(is, "is "+v.Is)
		} else {
			is = append(is, v.Text+" is "+v.Is)
		}
	}
	if len(is) == 0 {
		return ""
	}
	return "  (" + strings.Join(is, ", ") + ")"
}

// marked writes what is so, or not; > stands before what is the first that is not.
func (p *page) marked(indent int, is, first bool, text string) {
	mark, tint := "✓ ", p.good
	if !is {
		mark, tint = "✗ ", p.bad
	}
	gutter := "  "
	if first {
		gutter = p.bad.Sprint("> ")
	}
	from := p.text.Len()
	p.line(p.plain, indent+2, 2, mark+text)
	written := p.text.String()[from:]
	rest := strings.Replace(strings.TrimPrefix(written, strings.Repeat(" ", indent+2)), mark, tint.Sprint(mark), 1)
	kept := p.text.String()[:from]
	p.text.Reset()
	p.text.WriteString(kept + strings.Repeat(" ", indent) + gutter + rest)
}

// comes is how the coming of each thing is said.
var comes = map[string]struct{ was, wasNot, comes string }{
	why.AnOffer:  {"was sent", "was not sent", "it is sent"},
	why.AProgram: {"entered", "did not enter", "it is entered"},
	why.AStage:   {"came to", "did not come to", "it comes there"},
}

func (p *page) answer(a *why.Answer) {
	words := comes[a.Kind]
	when := fmt.Sprintf("up to %s (%s)", p.clock(p.at.Now), p.at.Zone().Name)
	was := words.wasNot
	if len(a.Was) > 0 {
		was = words.was
	}
	p.heading("%s %s %s, %s", p.of.Key, was, a.Name, when)
	if p.at.State() == nil {
		p.line(p.plain, 0, 2, "It arrives "+p.clock(p.at.Arrived)+"; until then nothing is decided for it.")
		return
	}
	last := ""
	for i := range a.Was {
		p.told(&a.Was[i], &last)
	}
	if a.Now {
		p.heading("It is there at this instant.")
		return
	}
	again := ""
	if len(a.Was) > 0 {
		again = " again"
	}
	p.heading("What it takes%s", again)
	p.takes(&a.Next, words.comes)
	if a.Later != 0 {
		p.line(p.plain, 0, 2, fmt.Sprintf("What happened after that instant brought it %s.", p.clock(a.Later)))
	}
	if len(a.Ways) > 0 && !sentForGood(a) {
		p.heading("What is in the way%s at this instant", again)
		for i := range a.Ways {
			p.way(&a.Ways[i])
		}
	}
}

// sentForGood says whether all there is to say is that it was sent, or has expired.
func sentForGood(a *why.Answer) bool {
	for i := range a.Ways {
		for _, g := range a.Ways[i].Gates {
			if g.Name == why.GateAgain && g.Shut {
				return true
			}
		}
	}
	return false
}

// way is one line of the playbook and its gates: all of them where the contact stands, else what is in the way there too.
func (p *page) way(w *why.Way) {
	p.text.WriteByte('\n')
	p.line(p.plain, 0, 2, w.Where)
	p.rule(2, w.By, w.Rule)
	here := len(w.Gates) > 0 && w.Gates[0].Open
	for i := range w.Gates {
		g := &w.Gates[i]
		if !here && g.Open {
			continue
		}
		says, part := g.Says, g.Part
		if part != nil && len(part.Parts) == 0 {
			says, part = says+values(part, says), nil
		}
		p.marked(0, g.Open, g.First, says)
		if part != nil && !(g.Open && g.Name == why.GateNever) {
			p.whole(4, part)
		}
	}
}

// takes says what it takes.
func (p *page) takes(n *why.Next, comes string) {
	switch {
	case n.Comes && len(n.Needs) == 0:
		p.line(p.plain, 0, 2, fmt.Sprintf("Time alone: if nothing else happens, %s %s.", comes, p.clock(n.At)))
		return
	case n.Never != "":
		p.line(p.plain, 0, 2, "It does not come any more: "+n.Never+".")
		return
	case !n.Comes:
		p.line(p.plain, 0, 2, fmt.Sprintf("No way was found: %d ways were tried, each for three years ahead, by what can be set and what can happen. What is in the way stands above.", n.Tried))
		return
	}
	for i := range n.Needs {
		need := &n.Needs[i]
		when := "now"
		if need.At > p.at.Now {
			when = p.clock(need.At)
		}
		p.line(p.plain, 0, 3, fmt.Sprintf("%d. %s: %s", i+1, when, p.at.Tells(need)))
	}
	p.line(p.plain, 0, 2, fmt.Sprintf("Then %s %s, if nothing else happens, and not before.", comes, p.clock(n.At)))
}

// ahead is what comes next, as `nurturec contact` has it.
func (p *page) ahead() {
	p.heading("What comes next, if nothing else happens")
	next := why.Ahead(p.at.Program(), p.at.State(), p.at.Now, aheadSpan, aheadRows)
	if len(next) == 0 {
		p.line(p.plain, 2, 2, "nothing")
	}
	for i := range next {
		l := p.at.Foretold(&next[i])
		p.line(p.plain, 2, 18, p.clock(l.At)+"  "+placed(&l))
	}
}

// placed is what a line says, and where that was, if it does not say so itself.
func placed(l *why.Line) string {
	if l.Where == "" || strings.Contains(l.Says, l.Where) {
		return l.Says
	}
	return l.Says + "  (" + l.Where + ")"
}

// notes say where the answer is not all there is to know.
func (p *page) notes() {
	if n := p.of.Waiting(); n > 0 && p.at.Now >= p.of.Clock {
		p.heading("%s in the inbox for this contact, and %s time.", waits(n), map[bool]string{true: "waits for its", false: "wait for their"}[n == 1])
	}
	if lost := p.of.Lost(); lost <= p.at.Now {
		p.heading("The playbook that ran at %s does not check with this nurturec.", p.clock(lost))
		p.line(p.plain, 2, 2, "From there on the journal says what was decided; why is not known any more.")
	}
	for _, d := range p.of.Differences() {
		if d.At > p.at.Now {
			break
		}
		p.heading("The journal and what is decided again differ at %s", p.clock(d.At))
		for _, l := range d.Journal {
			p.line(p.plain, 2, 4, "the journal:  "+l)
		}
		for _, l := range d.Replayed {
			p.line(p.plain, 2, 4, "decided again: "+l)
		}
		p.line(p.plain, 2, 2, "What the journal says was done. Why is not known there; what follows may be off.")
	}
}

func waits(n int) string {
	if n == 1 {
		return "1 input is"
	}
	return fmt.Sprintf("%d inputs are", n)
}
