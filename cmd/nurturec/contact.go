package main

import (
	"fmt"
	"io"
	"strings"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
	"nurture/runtime/why"
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
	_, err = io.WriteString(at.out, portrait(p, state, found.Arrived, clock))
	return err
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
func portrait(p *compile.Program, s *engine.State, arrived, clock int64) string {
	var t report
	t.line("%s, here since %s", s.Key, instant(arrived))
	t.heading("What we know")
	for i := range p.Fields {
		if v := s.Fields[i]; v.Known && i != p.Key {
			t.words(p.Fields[i].Name, p.Fields[i].Format(v))
		}
	}
	x := compile.Ctx{Facts: &s.Facts, Program: p, Offer: compile.None}
	x.Now = max(clock, s.At)
	for i := range p.Scores {
		t.words("score."+p.Scores[i].Name, fmt.Sprintf("%.1f", p.ReadScore(&x, i)))
	}
	if len(s.Tags) > 0 {
		t.words("tags", strings.Join(s.Tags, ", "))
	}
	if s.Stopped {
		t.words("stopped", "gets no messages")
	}
	t.heading("Where it stands")
	t.standing(p, s)
	t.heading("What it was sent")
	for _, x := range s.Sends {
		if x.Unsent || int(x.Offer) >= len(p.Offers) {
			continue
		}
		answered := ""
		if x.Answered {
			answered = "answered"
		}
		t.words(instant(x.At), p.Offers[x.Offer].Name, p.Offers[x.Offer].Title, answered)
	}
	t.heading("What comes next, if nothing else happens")
	next := ahead(p, s, max(clock, s.At))
	if len(next) == 0 {
		t.words("nothing")
	}
	for _, e := range next {
		t.words(e...)
	}
	return t.text()
}

// standing is where a contact is on each track, and what of it is open with people.
func (t *report) standing(p *compile.Program, s *engine.State) {
	for i := range p.Tracks {
		pos := &s.Tracks[i]
		if pos.Stage < 0 {
			t.words(p.Tracks[i].Name, "in no program")
			continue
		}
		held := ""
		if pos.HeldOut {
			held = "held out"
		}
		t.words(p.Tracks[i].Name, p.Stages[pos.Stage].Name, "since "+instant(pos.StageEntered), check.Phases[p.Programs[p.Stages[pos.Stage].Program].Phase], held)
	}
	for _, h := range s.Hands {
		state := "not answered yet"
		if h.Accepted {
			state = "accepted"
		} else if h.Overdue {
			state = "overdue"
		}
		t.words("handed to "+p.Handoffs[h.Handoff].Name, state, "since "+instant(h.Opened))
	}
	for _, task := range s.Tasks {
		t.words("task for "+task.Role, task.Text, "since "+instant(task.Opened))
	}
}

// How far ahead contact looks: whichever comes first.
const (
	aheadRows = 8
	aheadSpan = 400 * 86400
)

// ahead steps the contact on through time alone and says what would be decided.
func ahead(p *compile.Program, s *engine.State, clock int64) [][]string {
	next := why.Ahead(p, s, clock, aheadSpan, aheadRows)
	var rows [][]string
	for i := range next {
		r := &next[i]
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
