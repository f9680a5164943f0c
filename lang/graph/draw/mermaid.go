package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// longest is how many columns of a condition are written at an arrow; the SVG has the whole in a tooltip, the playbook in its line.
const longest = 60

// mermaid writes a flowchart that GitHub, GitLab and many wikis show.
func mermaid(w io.Writer, p *Picture) error {
	var b bytes.Buffer
	b.WriteString("flowchart LR\n")
	var arrows, red, redArrows []string
	node := func(indent, open, shut string, x *box, words ...string) {
		fmt.Fprintf(&b, "%s%s%s\"%s\"%s\n", indent, x.id, open, strings.Join(escaped(mermaidText, words), "<br>"), shut)
		if len(x.holes) > 0 {
			red = append(red, x.id)
		}
	}
	lead := func(x *box) {
		for _, way := range x.ways {
			var words []string
			for _, l := range way.labels {
				words = append(words, cut(l.text, longest))
				if len(l.holes) > 0 {
					redArrows = append(redArrows, fmt.Sprint(len(arrows)))
				}
			}
			if p.counts {
				words = append(words, quantity(way.count))
			}
			to := "done_" + x.id
			if way.to != nil {
				to = way.to.id
			} else {
				to += "((done))"
			}
			arrows = append(arrows, fmt.Sprintf("  %s -->|\"%s\"| %s\n", x.id, strings.Join(escaped(mermaidText, words), "<br>"), to))
		}
	}
	for _, t := range p.tracks {
		if t.rules != nil {
			node("  ", "([", "])", t.rules, t.rules.full, "wherever a contact stands")
			lead(t.rules)
		}
		for _, own := range t.programs {
			fmt.Fprintf(&b, "  subgraph g%s[\"%s\"]\n", own.id, mermaidText.Replace(own.heading(t)))
			if len(own.ways) > 0 {
				node("    ", "([", "])", own.box, "any stage of "+own.name)
			}
			for _, s := range own.stages {
				node("    ", "[", "]", s, s.words()...)
			}
			b.WriteString("  end\n")
			if len(own.holes) > 0 {
				red = append(red, "g"+own.id)
			}
			lead(own.box)
			for _, s := range own.stages {
				lead(s)
			}
		}
		for _, h := range t.handoffs {
			node("  ", "{{", "}}", h, h.words()...)
		}
	}
	b.WriteString(strings.Join(arrows, ""))
	for _, x := range p.boxes() {
		if x.at.line > 0 {
			fmt.Fprintf(&b, "  click %s href \"%s\" \"%s\"\n", x.id, x.at.link(), mermaidText.Replace(strings.Join(append([]string{x.at.String()}, x.holes...), " · ")))
		}
	}
	b.WriteString("  classDef hole fill:#fde8e8,stroke:#c81e1e,stroke-width:2px\n")
	if len(red) > 0 {
		fmt.Fprintf(&b, "  class %s hole\n", strings.Join(red, ","))
	}
	if len(redArrows) > 0 {
		fmt.Fprintf(&b, "  linkStyle %s stroke:#c81e1e\n", strings.Join(compacted(redArrows), ","))
	}
	_, err := w.Write(b.Bytes())
	return err
}

var mermaidText = strings.NewReplacer("&", "&amp;", `"`, "#quot;", "<", "&lt;", ">", "&gt;", "#", "#35;", "\n", " ", "|", "#124;")

func escaped(by *strings.Replacer, words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, by.Replace(w))
	}
	return all
}

// compacted leaves out what stands twice in a row.
func compacted(words []string) []string {
	var all []string
	for _, w := range words {
		if len(all) == 0 || all[len(all)-1] != w {
			all = append(all, w)
		}
	}
	return all
}

// heading is what stands at the frame of a program.
func (p *program) heading(on *track) string {
	words := p.name
	if p.title != "" {
		words += " · " + p.title
	}
	if phase := phaseName(p.phase); phase != "" {
		words += " · " + phase
	}
	if on.name != "main" {
		words += " · track " + on.name
	}
	return words
}

// words are the name of a box, how many are there, and what it does.
func (b *box) words() []string {
	head := b.name
	if b.counted {
		head += " (" + quantity(b.count) + ")"
	}
	words := []string{head}
	for _, n := range b.notes {
		words = append(words, cut(n, longest))
	}
	return words
}

// boxes are those that are drawn, in the order of the picture; a program without ways has a frame, and no box.
func (p *Picture) boxes() (all []*box) {
	for _, t := range p.tracks {
		if t.rules != nil {
			all = append(all, t.rules)
		}
		for _, own := range t.programs {
			if len(own.ways) > 0 {
				all = append(all, own.box)
			}
			all = append(all, own.stages...)
		}
		all = append(all, t.handoffs...)
	}
	return all
}
