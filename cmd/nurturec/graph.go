package main

import (
	"fmt"
	"slices"

	"nurture/lang/diag"
	"nurture/lang/graph/draw"
	"nurture/runtime/store"
)

type graphCmd struct {
	Playbook string `arg:"" optional:"" default:"." help:"The playbook's folder. Default: the current folder."`
	Format   string `enum:"mermaid,dot,svg" default:"mermaid" help:"How it is drawn: mermaid, dot or svg."`
	Program  string `placeholder:"NAME" help:"Only this program, and what it leads to."`
	Store    string `type:"path" placeholder:"FILE" help:"With the contacts in each stage, and how often each way was gone, from the store that a run wrote."`
}

func (graphCmd) Help() string {
	return `Draws a playbook: its stages by phase, the ways between them with what must happen, its hand-offs, and in red the holes
into which contacts would fall, as check finds them. A rule of a program or a track is drawn once, from there, and
not from every stage that meets it.

  nurturec graph examples/saas                                   as Mermaid, which GitHub and GitLab show in Markdown
  nurturec graph --format svg examples/saas > saas.svg           as a picture that a browser opens; nothing else is needed
  nurturec graph --format svg --store nurture.db . > now.svg     with the numbers of contacts
  nurturec graph --format dot . | dot -Tpdf > playbook.pdf       for Graphviz
  nurturec graph --program turnback .                            one program

In the SVG, point at a way to see all of it, and at what is red to see why. A click leads to the line: the links are
file#Lnn, beside the files of the playbook.

Exit codes: 0 it is drawn · 1 the playbook has errors, which are shown · 2 wrong usage, or something could not be read.`
}

func (c *graphCmd) Run(at *terminal) error {
	p := &playbook{folder: c.Playbook}
	if err := p.look(today()); err != nil {
		return err
	}
	if err := p.sound(at, "a playbook with errors is not drawn"); err != nil {
		return err
	}
	var numbers *draw.Numbers
	if c.Store != "" {
		var err error
		if numbers, err = numbersOf(c.Store); err != nil {
			return err
		}
	}
	picture := draw.Of(p.Playbook, p.Sources, p.Diagnostics, numbers)
	if c.Program != "" {
		var names []string
		for _, own := range p.Playbook.Programs {
			names = append(names, own.Name)
		}
		if !slices.Contains(names, c.Program) {
			hint := ""
			if near, ok := diag.Nearest(c.Program, names); ok {
				hint = "; did you mean " + near + "?"
			}
			return fmt.Errorf("--program %s: the playbook has no program of this name%s", c.Program, hint)
		}
		picture = picture.Only(c.Program)
	}
	return draw.Formats[c.Format](at.out, picture)
}

// numbersOf reads what happened from a store.
func numbersOf(path string) (*draw.Numbers, error) {
	s, err := store.Read(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	standing, err := s.Census()
	if err != nil {
		return nil, err
	}
	n := &draw.Numbers{Standing: standing}
	flows, err := s.Flows()
	for _, f := range flows {
		n.Flows = append(n.Flows, draw.Flow(f))
	}
	return n, err
}
