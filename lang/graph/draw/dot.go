package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"nurture/lang/check"
)

// dot writes a graph for Graphviz and what reads its language.
func dot(w io.Writer, p *Picture) error {
	var b bytes.Buffer
	b.WriteString("digraph playbook {\n  rankdir=LR\n  newrank=true\n  node [shape=box style=rounded fontname=\"Helvetica\" fontsize=11]\n  edge [fontname=\"Helvetica\" fontsize=10]\n")
	node := func(indent, shape string, x *box, words ...string) {
		fmt.Fprintf(&b, "%s%s [label=%s shape=%s %s]\n", indent, x.id, dotText(strings.Join(words, "\n")), shape, dotAbout(x.at, x.holes))
	}
	for _, t := range p.tracks {
		if t.rules != nil {
			node("  ", "oval", t.rules, t.rules.full, "wherever a contact stands")
		}
		for _, own := range t.programs {
			fmt.Fprintf(&b, "  subgraph cluster_%s {\n    label=%s\n    %s\n", own.id, dotText(own.heading(t)), dotAbout(own.at, own.holes))
			if len(own.ways) > 0 {
				node("    ", "oval", own.box, "any stage of "+own.name)
			}
			for _, s := range own.stages {
				node("    ", "box", s, s.words()...)
			}
			b.WriteString("  }\n")
		}
		for _, h := range t.handoffs {
			node("  ", "hexagon", h, h.words()...)
		}
	}
	for _, x := range p.boxes() {
		for _, way := range x.ways {
			to := "done_" + x.id
			if way.to != nil {
				to = way.to.id
			} else {
				fmt.Fprintf(&b, "  %s [label=done shape=doublecircle]\n", to)
			}
			var words, holes []string
			for _, l := range way.labels {
				words = append(words, cut(l.text, longest))
				holes = append(holes, l.holes...)
			}
			if p.counts {
				words = append(words, quantity(way.count))
			}
			fmt.Fprintf(&b, "  %s -> %s [label=%s %s]\n", x.id, to, dotText(strings.Join(words, "\n")), dotAbout(way.labels[0].at, holes))
		}
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// dotAbout is where something stands, and in red what is wrong with it.
func dotAbout(at place, holes []string) string {
	about := "URL=" + dotText(at.link())
	if len(holes) > 0 {
		about += ` color="#c81e1e" fontcolor="#c81e1e" tooltip=` + dotText(strings.Join(holes, "\n"))
	}
	return about
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

func phaseName(p check.Phase) string { return check.Phases[p] }
