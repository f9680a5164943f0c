package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

type contactCmd struct {
	Key   string `arg:"" help:"What names the contact: its key, such as its e-mail address."`
	Store string `type:"path" default:"nurture.db" help:"The store that a run wrote."`
}

func (contactCmd) Help() string {
	return `Shows what is known of a contact, where it stands, what it was sent, and what it will get next and when if
nothing else happens: if it answers nothing and nobody does anything.

  nurturec contact ann@example.com`
}

func (c *contactCmd) Run(at *terminal) error {
	s, err := store.Read(c.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	key, err := known(s, c.Key)
	if err != nil {
		return err
	}
	found, err := s.ContactByKey(key)
	if err != nil {
		return err
	}
	p, err := running(s)
	if err != nil {
		return err
	}
	state := engine.NewState(key)
	if found.State == nil {
		fmt.Fprintf(at.out, "%s arrives at %s; until then nothing is decided for it\n", key, instant(found.Arrived))
		return nil
	}
	if err := engine.NewCodec(p, s.Intern, s.Text).Decode(found.State, state); err != nil {
		return err
	}
	clock, _, err := s.Clock()
	if err != nil {
		return err
	}
	portrait(at.out, p, state, found.Arrived, clock)
	return nil
}

// running is the program of the playbook that the store ran last.
func running(s *store.Store) (*compile.Program, error) {
	versions, err := s.Versions()
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("no playbook has run on %s yet", s.Path())
	}
	files := versions[len(versions)-1].Files
	sources := map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, lang.Extension) {
			sources[name] = text
		}
	}
	loaded := lang.Parse(sources, nil)
	if loaded.Failed() {
		return nil, fmt.Errorf("the playbook that %s ran last does not check with this nurturec: run it again first", s.Path())
	}
	return compile.Compile(loaded.Playbook), nil
}

// portrait says who a contact is.
func portrait(w io.Writer, p *compile.Program, s *engine.State, arrived, clock int64) {
	fmt.Fprintf(w, "%s, here since %s\n", s.Key, instant(arrived))
	section(w, "What we know", func(row func(...string)) {
		for i := range p.Fields {
			if v := s.Fields[i]; v.Known && i != p.Key {
				row(p.Fields[i].Name, p.Fields[i].Format(v))
			}
		}
		for i := range p.Scores {
			x := compile.Ctx{Facts: &s.Facts, Program: p, Offer: compile.None}
			x.Now = max(clock, s.At)
			row("score."+p.Scores[i].Name, fmt.Sprintf("%.1f", p.ReadScore(&x, i)))
		}
		if len(s.Tags) > 0 {
			row("tags", strings.Join(s.Tags, ", "))
		}
		if s.Stopped {
			row("stopped", "gets no messages")
		}
	})
	section(w, "Where it stands", func(row func(...string)) {
		for t := range p.Tracks {
			pos := &s.Tracks[t]
			if pos.Stage < 0 {
				row(p.Tracks[t].Name, "in no program")
				continue
			}
			held := ""
			if pos.HeldOut {
				held = "held out"
			}
			row(p.Tracks[t].Name, p.Stages[pos.Stage].Name, "since "+instant(pos.StageEntered), check.Phases[p.Programs[p.Stages[pos.Stage].Program].Phase], held)
		}
		for _, h := range s.Hands {
			state := "not answered yet"
			if h.Accepted {
				state = "accepted"
			} else if h.Overdue {
				state = "overdue"
			}
			row("handed to "+p.Handoffs[h.Handoff].Name, "at "+instant(h.Opened), state)
		}
		for _, t := range s.Tasks {
			row("task for "+t.Role, t.Text, "since "+instant(t.Opened))
		}
	})
	section(w, "What it was sent", func(row func(...string)) {
		for _, x := range s.Sends {
			if x.Unsent || int(x.Offer) >= len(p.Offers) {
				continue
			}
			answered := ""
			if x.Answered {
				answered = "answered"
			}
			row(instant(x.At), p.Offers[x.Offer].Name, p.Offers[x.Offer].Title, answered)
		}
	})
	section(w, "What comes next, if nothing else happens", func(row func(...string)) {
		for _, e := range ahead(p, s, max(clock, s.At)) {
			row(e...)
		}
	})
}

// section writes a heading and rows in columns; nothing where there are no rows.
func section(w io.Writer, heading string, rows func(row func(...string))) {
	n := 0
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	rows(func(columns ...string) {
		if n == 0 {
			fmt.Fprintf(w, "\n%s\n", heading)
		}
		n++
		fmt.Fprintf(table, "  %s\n", strings.TrimRight(strings.Join(columns, "\t"), "\t"))
	})
	table.Flush()
}

// How far ahead contact looks: whichever comes first.
const (
	aheadRows  = 8
	aheadSpan  = 400 * 86400
	aheadSteps = 1000
)

// ahead steps the contact on through time alone and says what would be decided.
func ahead(p *compile.Program, s *engine.State, clock int64) [][]string {
	var fx engine.Effects
	for range aheadSteps {
		at := engine.Wake(p, s)
		if at == calendar.Never || at > clock+aheadSpan || len(fx.Rows) >= aheadRows {
			break
		}
		engine.Step(p, s, max(at, clock), nil, &fx)
	}
	var rows [][]string
	for i := range fx.Rows {
		r := &fx.Rows[i]
		e := store.Entry{Kind: r.Kind.String(), To: r.To, Until: r.ToAt, Reason: r.Reason, Detail: r.Detail}
		if r.Stage >= 0 {
			e.Program, e.Stage = p.Programs[r.Program].Name, p.Stages[r.Stage].Short
		}
		if r.Offer >= 0 {
			e.Offer = p.Offers[r.Offer].Name
		}
		rows = append(rows, []string{instant(r.At), e.Kind, place(&e), said(&e)})
	}
	return rows
}
