package lsp

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// move is a way from somewhere in the playbook to a stage, or out of a program.
type move struct {
	from  check.Ref    // the stage, program or track whose rule it is; the program that is entered by `enter when`
	to    *check.Stage // nil for `done`
	how   string       // what makes it: "on response", "after 60d", "when …", "enter when …"
	at    diag.Span    // where the target stands; of `enter` its condition
	whole diag.Span    // the rule; of `enter` its condition
	enter bool
}

// moves are all ways that contacts can go, in the order of tracks, programs and their rules.
func (s *Snapshot) moves() []move {
	var all []move
	for _, t := range s.Playbook.Tracks {
		all = append(all, s.movesOf(check.Ref{Kind: check.ATrack, Name: t.Name}, t.Rules)...)
	}
	for _, p := range s.Playbook.Programs {
		from := check.Ref{Kind: check.AProgram, Name: p.Name}
		if p.Enter != nil && len(p.Stages) > 0 {
			all = append(all, move{from, p.Stages[0], "enter when " + oneLine(p.Enter.Text), p.Enter.Span, p.Enter.Span, true})
		}
		all = append(all, s.movesOf(from, p.Rules)...)
		for _, stage := range p.Stages {
			all = append(all, s.movesOf(refOf(stage), stage.Rules)...)
		}
	}
	return all
}

func (s *Snapshot) movesOf(from check.Ref, rules []*check.Rule) []move {
	var all []move
	add := func(t *check.Target, how string, whole diag.Span) {
		if t != nil && (t.Done || t.Stage != nil) {
			all = append(all, move{from, t.Stage, how, t.Span, whole, false})
		}
	}
	for _, r := range rules {
		how := s.trigger(r)
		add(r.Then.Target, how, r.Span)
		if r.Match == nil || r.Match.Field == nil { // one that is still being written
			continue
		}
		for _, arm := range r.Match.Arms {
			values := "otherwise"
			for i, v := range arm.Values {
				if values += ", " + v; i == 0 {
					values = v
				}
			}
			add(arm.Then.Target, how+" "+s.Text(r.Match.Field.Span)+" "+values, r.Span)
		}
	}
	return all
}

// trigger is what makes a rule hold, as it is written.
func (s *Snapshot) trigger(r *check.Rule) string {
	switch {
	case r.After != nil:
		return "after " + inDays(*r.After)
	case r.When != nil:
		return "when " + oneLine(r.When.Text)
	case r.On != nil && r.Where != nil:
		return "on " + r.On.Name + " where " + oneLine(r.Where.Text)
	case r.On != nil:
		return "on " + r.On.Name
	}
	return "a rule"
}

func refOf(stage *check.Stage) check.Ref {
	return check.Ref{Kind: check.AStage, Of: stage.Program.Name, Name: stage.Name}
}

// ways are how contacts come into a stage and out of it, a small table.
func (s *Snapshot) ways(r check.Ref) string {
	var in []string
	var out [3][]string // by its own rules, its program's, its track's: the order in which they are looked at
	for _, m := range s.moves() {
		switch enters, leaves := m.concerns(r); {
		case enters && m.enter:
			in = append(in, "| — | "+cell(m.how)+" |")
		case enters:
			in = append(in, "| "+cell(m.from.Kind.Word()+" "+m.from.String())+" | "+cell(m.how)+" |")
		case leaves || !m.enter && s.reaches(m, r):
			to, turn, whose := "done", 0, ""
			if m.to != nil {
				to = refOf(m.to).String()
			}
			if r.Kind == check.AStage && m.from != r {
				turn, whose = 1, m.from.Kind.Word()+": "
				if m.from.Kind == check.ATrack {
					turn = 2
				}
			}
			out[turn] = append(out[turn], "| "+cell(to)+" | "+cell(whose+m.how)+" |")
		}
	}
	text := "| in from | |\n|---|---|\n"
	if len(in) == 0 {
		text += "| nowhere | no rule leads here, and no `enter when` |\n"
	}
	text += rows(in) + "\n| out to | |\n|---|---|\n"
	leads := slices.Concat(out[0], out[1], out[2])
	if len(leads) == 0 {
		text += "| nowhere | no rule leads on |\n"
	}
	return text + rows(leads)
}

// reaches says whether a rule holds in a stage because it is its program's or its track's.
func (s *Snapshot) reaches(m move, r check.Ref) bool {
	if r.Kind != check.AStage {
		return false
	}
	p := s.program(r.Of)
	return m.from == check.Ref{Kind: check.AProgram, Name: r.Of} ||
		p != nil && p.Track != nil && m.from == check.Ref{Kind: check.ATrack, Name: p.Track.Name}
}

// mostRows bounds a table that is shown.
const mostRows = 12

func rows(all []string) string {
	text := ""
	for i, row := range all {
		if i == mostRows {
			return text + "| … | " + counted(len(all)-mostRows, "more way") + " |\n"
		}
		text += row + "\n"
	}
	return text
}

// longestCell bounds a cell of a table, in characters.
const longestCell = 72

// cell is a text as code in a table of Markdown.
func cell(text string) string {
	runes := []rune(text)
	if len(runes) > longestCell {
		runes = append(runes[:longestCell-1], '…')
	}
	return code(strings.ReplaceAll(string(runes), "|", "\\|"))
}
