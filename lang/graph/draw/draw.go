// Package draw shows a playbook as a picture. Of makes a Picture: tracks with their programs, stages and hand-offs, and from
// each the ways on. Formats writes one as Mermaid, DOT or SVG; the SVG is laid out here, with no other program.
//
// A rule is drawn once, from where it is written: one of a program from the program, one of a track from the track, and not
// from every stage that meets it.
package draw

import (
	"fmt"
	"io"
	"net/url"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/lint"
	"nurture/lang/syntax"
)

// Formats write a picture, by the name of the format: mermaid, dot, svg.
var Formats = map[string]func(io.Writer, *Picture) error{"mermaid": mermaid, "dot": dot, "svg": svg}

// Numbers say what happened in a store.
type Numbers struct {
	Standing map[string]int64 // contacts, by program.stage
	Flows    []Flow
}

// Flow is how often contacts went one way.
type Flow struct {
	From string // program.stage; "" from outside of all programs
	To   string // program.stage, `done`, or a hand-off
	By   string // file:line of what decided it, in the playbook that ran then
	N    int64
}

// Picture is a playbook as it is drawn.
type Picture struct {
	tracks []*track
	counts bool  // there are numbers
	astray int64 // contacts that went a way which is no longer there
}

// track is what contacts on it can go through.
type track struct {
	name     string
	rules    *box // nil: it has none
	programs []*program
	handoffs []*box
}

// program is drawn as a frame around its stages. Its own box has its entry and its rules.
type program struct {
	*box
	number int // among all programs, from 0
	phase  check.Phase
	stages []*box
}

type kind uint8

const (
	ofTrack kind = iota
	ofProgram
	ofStage
	ofHandoff
)

// box is what has a name, a place, and ways on.
type box struct {
	kind    kind
	id      string // of letters and digits, as all formats take it
	name    string // "learn"; the whole name where it is met from elsewhere is `full`
	full    string // "targeted.learn"
	title   string
	at      place
	notes   []string // what it does beside leading on
	ways    []*way
	holes   []string // what the linter found
	count   int64
	counted bool

	span    diag.Span // of all of it
	program *program  // of a stage
}

// way leads from a box to another; all rules that lead there share it.
type way struct {
	to     *box // nil: out of the program
	labels []label
	count  int64
}

// label is what must happen.
type label struct {
	text  string
	at    place
	span  diag.Span
	holes []string
}

// place is where something stands in the playbook.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// link leads to the line, beside the playbook's files, as code hosts write it.
func (p place) link() string {
	return (&url.URL{Path: p.file, Fragment: fmt.Sprintf("L%d", p.line)}).String()
}

// Of draws a playbook without errors. Sources are its files; of the findings those count that are holes. Numbers may be nil.
func Of(pb *check.Playbook, sources map[string]string, findings []diag.Diagnostic, numbers *Numbers) *Picture {
	d := &drawing{Picture: &Picture{}, lines: map[string]*diag.Lines{}, boxes: map[any]*box{}}
	for name, src := range sources {
		d.lines[name] = diag.NewLines(src)
	}
	d.spans(pb)
	d.things(pb)
	for _, t := range pb.Tracks {
		d.rulesOf(d.boxes[t], t.Rules)
	}
	for _, p := range pb.Programs {
		d.programOf(p)
	}
	d.holes(findings)
	if numbers != nil {
		d.count(numbers)
	}
	return d.Picture
}

// drawing is a picture that is being made.
type drawing struct {
	*Picture
	lines map[string]*diag.Lines
	whole map[diag.Span]diag.Span // from the place of a name to all that is declared by it
	boxes map[any]*box            // of *check.Track, Program, Stage, Handoff
	all   []*box
}

// spans finds how far declarations reach.
func (d *drawing) spans(pb *check.Playbook) {
	d.whole = map[diag.Span]diag.Span{}
	for _, f := range pb.Files {
		span := func(s syntax.Span) diag.Span { return diag.Span{File: f.Name, Start: s.Start, End: s.End} }
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *syntax.TrackDecl:
				d.whole[span(decl.Name.Span)] = span(decl.Span)
			case *syntax.HandoffDecl:
				d.whole[span(decl.Name.Span)] = span(decl.Span)
			case *syntax.ProgramDecl:
				d.whole[span(decl.Name.Span)] = span(decl.Span)
				if decl.Body == nil {
					continue
				}
				for _, s := range decl.Body.Stmts {
					if s, ok := s.(*syntax.StageStmt); ok {
						d.whole[span(s.Name.Span)] = span(s.Span)
					}
				}
			}
		}
	}
}

// box makes the box of a declared thing.
func (d *drawing) box(of any, k kind, s check.Symbol, full, title string) *box {
	b := &box{kind: k, id: fmt.Sprintf("n%d", len(d.all)+1), name: s.Name, full: full, title: title, at: d.place(s.Span), span: d.whole[s.Span]}
	d.boxes[of] = b
	d.all = append(d.all, b)
	return b
}

func (d *drawing) place(at diag.Span) place {
	lines, ok := d.lines[at.File]
	if !ok {
		return place{}
	}
	line, _ := lines.Position(at.Start)
	return place{at.File, line}
}

// things makes all boxes, so that ways can lead to them.
func (d *drawing) things(pb *check.Playbook) {
	tracks := map[*check.Track]*track{}
	for _, t := range pb.Tracks {
		own := &track{name: t.Name}
		if b := d.box(t, ofTrack, t.Symbol, "track "+t.Name, ""); len(t.Rules) > 0 {
			own.rules = b
		}
		tracks[t] = own
		d.tracks = append(d.tracks, own)
	}
	for i, p := range pb.Programs {
		own := &program{number: i, box: d.box(p, ofProgram, p.Symbol, p.Name, p.Title), phase: p.Phase}
		on := tracks[p.Track]
		on.programs = append(on.programs, own)
		for _, s := range p.Stages {
			b := d.box(s, ofStage, s.Symbol, p.Name+"."+s.Name, s.Doc)
			b.program = own
			own.stages = append(own.stages, b)
		}
	}
	for _, h := range pb.Handoffs {
		b := d.box(h, ofHandoff, h.Symbol, h.Name, h.Title)
		for _, o := range h.Outcomes {
			b.notes = append(b.notes, o.Name)
		}
		if h.Accept != nil {
			b.notes = append(b.notes, h.Overdue.Name+" after "+h.Accept.String())
		}
		on := d.tracks[0]
		for _, p := range pb.Programs {
			for _, s := range p.Stages {
				for _, e := range s.Entry {
					if e.Hand == h {
						on = tracks[p.Track]
					}
				}
			}
		}
		on.handoffs = append(on.handoffs, b)
	}
}

// programOf adds what a program and its stages do, and the ways out of them.
func (d *drawing) programOf(p *check.Program) {
	own := d.boxes[p]
	if p.Enter != nil && len(p.Stages) > 0 {
		own.lead(d.boxes[p.Stages[0]], d.label(p.Enter.Span, "enter when "+text(p.Enter)))
	}
	d.rulesOf(own, p.Rules)
	for _, s := range p.Stages {
		b := d.boxes[s]
		for _, send := range s.Sends {
			b.notes = append(b.notes, sending(send))
		}
		for _, e := range s.Entry {
			switch {
			case e.Task != nil:
				b.notes = append(b.notes, `task "`+e.Task.Text+`" to `+e.Task.To.Name)
			case e.Hand != nil:
				b.lead(d.boxes[e.Hand], d.label(e.Span, "hand to "+e.Hand.Name))
			}
		}
		d.rulesOf(b, s.Rules)
	}
}

// rulesOf adds the ways of rules that stand at a box. A rule that leads nowhere is no way.
func (d *drawing) rulesOf(from *box, rules []*check.Rule) {
	for _, r := range rules {
		lead := func(then *check.Then, at diag.Span, words string) {
			if then.Target == nil {
				return
			}
			var to *box
			if !then.Target.Done {
				to = d.boxes[then.Target.Stage]
			}
			from.lead(to, d.label(at, words))
		}
		if r.Match == nil {
			lead(&r.Then, r.Span, ruled(r))
			continue
		}
		for _, arm := range r.Match.Arms {
			lead(&arm.Then, arm.Span, ruled(r)+" "+matched(r.Match, arm))
		}
	}
}

// lead adds a way, or what must happen to one that leads to the same place.
func (b *box) lead(to *box, l label) {
	for _, w := range b.ways {
		if w.to == to {
			w.labels = append(w.labels, l)
			return
		}
	}
	b.ways = append(b.ways, &way{to: to, labels: []label{l}})
}

func (d *drawing) label(at diag.Span, words string) label {
	return label{text: words, at: d.place(at), span: at}
}

// holes marks what the linter found at the smallest thing that it is about.
func (d *drawing) holes(findings []diag.Diagnostic) {
	for _, f := range findings {
		if !isHole[f.Code] {
			continue
		}
		var at *[]string
		size := 0
		see := func(span diag.Span, holes *[]string) {
			inside := span.File == f.Span.File && span.Start <= f.Span.Start && f.Span.End <= span.End
			if inside && (at == nil || span.End-span.Start < size) {
				at, size = holes, span.End-span.Start
			}
		}
		for _, b := range d.all {
			see(b.span, &b.holes)
			for _, w := range b.ways {
				for i := range w.labels {
					see(w.labels[i].span, &w.labels[i].holes)
				}
			}
		}
		if at != nil {
			*at = append(*at, f.Code+": "+f.Message)
		}
	}
}

// isHole holds the codes of the rules about contacts that would be lost.
var isHole = func() map[string]bool {
	codes := map[string]bool{}
	for _, r := range lint.Rules {
		codes[r.ID] = r.Family == lint.Holes
	}
	return codes
}()

// count puts numbers at stages and ways. A flow is known by the line that decided it where that line still leads there; else
// it goes to the way there from its stage, its program or its track, whichever is first.
func (d *drawing) count(n *Numbers) {
	d.counts = true
	named := map[string]*box{}
	above := map[*box][]*box{} // from a stage to its program and track
	for _, t := range d.tracks {
		for _, h := range t.handoffs {
			named[h.full], h.counted = h, true
		}
		for _, p := range t.programs {
			for _, s := range p.stages {
				named[s.full] = s
				s.count, s.counted = n.Standing[s.full], true
				above[s] = []*box{s, p.box}
				if t.rules != nil {
					above[s] = append(above[s], t.rules)
				}
			}
		}
	}
	type decided struct{ by, to string }
	lines := map[decided]*way{}
	for _, b := range d.all {
		for _, w := range b.ways {
			for _, l := range w.labels {
				lines[decided{l.at.String(), w.name()}] = w
			}
		}
	}
	for _, f := range n.Flows {
		w := lines[decided{f.By, f.To}]
		from := above[named[f.From]]
		if f.From == "" {
			from = nil
			if to := named[f.To]; to != nil && to.kind == ofStage {
				from = above[to][1:]
			}
		}
		for _, b := range from {
			for _, candidate := range b.ways {
				if w == nil && candidate.name() == f.To {
					w = candidate
				}
			}
		}
		if w == nil {
			d.astray += f.N
			continue
		}
		w.count += f.N
		if w.to != nil && w.to.kind == ofHandoff {
			w.to.count += f.N
		}
	}
}

// name is where a way leads, as it is written.
func (w *way) name() string {
	if w.to == nil {
		return "done"
	}
	return w.to.full
}

// called is how the target of a way is called at a box: by its own name in its own program.
func (w *way) called(from *box) string {
	if w.to != nil && w.to.program != nil && (w.to.program == from.program || w.to.program.box == from) {
		return w.to.name
	}
	return w.name()
}
