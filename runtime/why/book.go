package why

import (
	"fmt"
	"slices"
	"strings"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// book is one playbook that ran: compiled, and with the text that it was written in.
type book struct {
	*compile.Program
	Since int64
	other bool // its meaning is another than that of the playbook before
	codec *engine.Codec
	files map[string]string

	rules map[*compile.Rule]*check.Rule
	terms map[[2]int][]*check.ScoreTerm // by score and event: the lines that add to it
}

// shelf makes books of the versions that a store kept. A version that cannot be read any more is left empty.
func shelf(versions []store.Version, s *store.Store) []*book {
	books := make([]*book, len(versions))
	for i, v := range versions {
		if i > 0 && books[i-1].Program != nil && v.Hash == versions[i-1].Hash && sameText(v.Files, versions[i-1].Files) {
			again := *books[i-1]
			again.Since, again.other = v.Since, false
			books[i] = &again
			continue
		}
		books[i] = &book{Since: v.Since, files: v.Files, other: i > 0 && v.Hash != versions[i-1].Hash}
		if p := read(v.Files); p != nil {
			books[i].open(p, s)
		}
	}
	return books
}

func sameText(a, b map[string]string) bool {
	for name, text := range a {
		if b[name] != text {
			return false
		}
	}
	return len(a) == len(b)
}

// read compiles a playbook that was kept, nil where this nurturec finds errors in it.
func read(files map[string]string) *compile.Program {
	sources := map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, lang.Extension) {
			sources[name] = text
		}
	}
	loaded := lang.Parse(sources, nil)
	if loaded.Failed() {
		return nil
	}
	return compile.Compile(loaded.Playbook)
}

func (b *book) open(p *compile.Program, s *store.Store) {
	b.Program, b.codec = p, engine.NewCodec(p, s.Intern, s.Text)
	b.rules = map[*compile.Rule]*check.Rule{}
	pair := func(made []compile.Rule, from []*check.Rule) {
		for i := range made {
			b.rules[&made[i]] = from[i]
		}
	}
	stage := 0
	for i, program := range p.Playbook.Programs {
		pair(p.Programs[i].Rules, program.Rules)
		for _, s := range program.Stages {
			pair(p.Stages[stage].Rules, s.Rules)
			stage++
		}
	}
	for i, track := range p.Playbook.Tracks {
		pair(p.Tracks[i].Rules, track.Rules)
	}
	b.terms = map[[2]int][]*check.ScoreTerm{}
	for i, score := range p.Playbook.Scores {
		for _, t := range score.Terms {
			if t.On != nil {
				at := [2]int{i, p.EventIndex(t.On.Name)}
				b.terms[at] = append(b.terms[at], t)
			}
		}
	}
}

// stageOf is the stage as it was declared.
func (b *book) stageOf(stage int) *check.Stage {
	for _, program := range b.Playbook.Programs {
		if stage < len(program.Stages) {
			return program.Stages[stage]
		}
		stage -= len(program.Stages)
	}
	return nil
}

func (b *book) send(stage, send int) *check.Send { return b.stageOf(stage).Sends[send] }

// text is what stands at a place of the playbook, on one line: of a block only its beginning.
func (b *book) text(at diag.Span) string {
	src := b.files[at.File]
	if at.Start < 0 || at.End > len(src) || at.Start >= at.End {
		return ""
	}
	text := src[at.Start:at.End]
	if i := strings.Index(text, "{\n"); i >= 0 {
		text = text[:i] + "{ …"
	}
	return strings.Join(strings.Fields(text), " ")
}

// line is the text of the whole line that a row of the journal names, file:line.
func (b *book) line(by string) string {
	file, number, ok := strings.Cut(by, ":")
	if i := strings.LastIndex(by, ":"); i >= 0 {
		file, number = by[:i], by[i+1:]
	}
	n := 0
	if _, err := fmt.Sscanf(number, "%d", &n); !ok || err != nil || n < 1 {
		return ""
	}
	lines := strings.Split(b.files[file], "\n")
	if n > len(lines) {
		return ""
	}
	text, _, _ := strings.Cut(lines[n-1], "//")
	return strings.Join(strings.Fields(text), " ")
}

// said is the text of a condition, on one line.
func said(e *cond.Expr) string { return strings.Join(strings.Fields(e.Text), " ") }

// bookAt is the playbook that ran at an instant.
func bookAt(books []*book, at int64) *book {
	i := len(books) - 1
	for i > 0 && books[i].Since > at {
		i--
	}
	return books[i]
}

// names of what a condition can be about, as the playbook's tables have them.
func (b *book) segment(name string) *cond.Expr {
	i := slices.IndexFunc(b.Playbook.Segments, func(s *check.Segment) bool { return s.Name == name })
	return b.Playbook.Segments[i].Cond
}

func (b *book) scoreIndex(name string) int {
	return slices.IndexFunc(b.Playbook.Scores, func(s *check.Score) bool { return s.Name == name })
}
