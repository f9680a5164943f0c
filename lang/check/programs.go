package check

import (
	"math"

	"nurture/lang/calendar"
	"nurture/lang/syntax"
)

var (
	picks    = []string{"ordered", "explore", "interest", "latest"}
	reenters = []string{"never", "always", "after"}
)

func (c *checker) checkTracks() {
	for _, d := range c.trackDecls {
		if c.known(d.unit) {
			continue
		}
		track := d.is
		if first := c.tracks.things[track.Name]; first != nil {
			track = first // a second block of a track has been reported; its rules are rules of the track
		}
		in := place{track: track}
		for _, s := range stmts(d.tree.Body) {
			if r, ok := s.(*syntax.Rule); ok {
				track.Rules = append(track.Rules, c.rule(r, in))
			}
		}
	}
}

func (c *checker) checkPrograms() {
	for _, d := range c.programDecls {
		if c.known(d.unit) {
			continue
		}
		c.checkProgram(d.is, d.tree)
	}
}

func (c *checker) checkProgram(p *Program, tree *syntax.ProgramDecl) {
	in := place{track: p.Track, program: p}
	said := once{}
	stage := 0
	for _, s := range stmts(tree.Body) {
		switch s := s.(type) {
		case *syntax.ProgramStmt:
			if !c.twice(said, s.Word.Text, s.Word.Span, "`%s`") {
				c.checkProgramStmt(p, s)
			}
		case *syntax.EnterStmt:
			if !c.twice(said, "enter", s.Span, "`%s`") {
				p.Enter = c.condition(s.When, anywhere)
			}
		case *syntax.ReenterStmt:
			if i, ok := c.choose(s.Word, "when a contact may come again", reenters); ok && !c.twice(said, "reenter", s.Span, "`%s`") {
				p.Reenter = Reenter(i)
				if s.After != nil {
					p.After = s.After.Value
				}
			}
		case *syntax.GoalStmt:
			p.Goals = append(p.Goals, c.goal(s))
		case *syntax.Rule:
			p.Rules = append(p.Rules, c.rule(s, in))
		case *syntax.StageStmt:
			c.checkStage(p.Stages[stage], s)
			stage++
		}
	}
	if len(p.Stages) == 0 && sound(tree.Body) {
		c.errorf("NUR160", tree.Name.Span, "program `%s` has no stage, so nobody can be in it; write `stage NAME { … }`", p.Name)
	}
}

func (c *checker) checkProgramStmt(p *Program, s *syntax.ProgramStmt) {
	switch {
	case s.Word.Text == "phase" && s.Name != nil:
		if i, ok := c.choose(*s.Name, "a phase", Phases[1:]); ok {
			p.Phase = Phase(i + 1)
		}
	case s.Word.Text == "priority" && s.Number != nil:
		if p.Priority = s.Number.Value; math.IsNaN(p.Priority) || math.IsInf(p.Priority, 0) {
			c.errorf("NUR108", s.Number.Span, "a priority is a number such as 10")
			p.Priority = 0
		}
	case s.Word.Text == "holdout" && s.Percent != nil:
		p.Holdout = c.share(*s.Percent, "a holdout")
	}
}

func (c *checker) goal(s *syntax.GoalStmt) *Goal {
	c.positive(&s.Within, "the time for a goal")
	g := &Goal{Span: c.span(s.Span), Event: c.event(&s.Event), Within: s.Within.Value}
	if s.Target != nil {
		g.Target = c.share(*s.Target, "a goal's target")
	}
	return g
}

func (c *checker) checkStage(stage *Stage, tree *syntax.StageStmt) {
	if p := c.programs.things[stage.Name]; p != nil && stage.Name != "" {
		c.errorf("NUR161", tree.Name.Span, "there is a program `%s`, so `-> %s` would mean two things; give the stage another name", p.Name, p.Name).
			because(p.Span, "the program")
	}
	in := place{track: stage.Program.Track, program: stage.Program, stage: stage}
	handed := once{}
	for _, s := range stmts(tree.Body) {
		switch s := s.(type) {
		case *syntax.SendStmt:
			stage.Sends = append(stage.Sends, c.send(s))
		case *syntax.TaskStmt:
			stage.Entry = append(stage.Entry, Entry{Span: c.span(s.Span), Task: c.task(s)})
		case *syntax.HandStmt:
			if h, ok := find(c, &c.handoffs, s.To); ok && !c.twice(handed, h.Name, s.Span, "`hand to %s`") {
				stage.Entry = append(stage.Entry, Entry{Span: c.span(s.Span), Hand: h})
			}
		case *syntax.Rule:
			stage.Rules = append(stage.Rules, c.rule(s, in))
		}
	}
}

func (c *checker) task(s *syntax.TaskStmt) *Task {
	t := &Task{Text: s.Text.Value, To: &Role{Symbol: Symbol{Name: s.To.Text}}}
	if r, ok := find(c, &c.roles, s.To); ok {
		t.To = r
	}
	if s.Within != nil {
		c.positive(s.Within, "the time for a task")
		t.Within = &s.Within.Value
	}
	return t
}

func (c *checker) send(s *syntax.SendStmt) *Send {
	send := &Send{Span: c.span(s.Span), In: length(s.In), Every: length(s.Every)}
	c.positive(s.Every, "the time between two messages")
	c.sendOffers(send, s)
	if several := s.Map != nil || len(s.Offers) > 1; several && s.Every == nil {
		f := c.errorf("NUR164", s.Span, "a send of several offers needs its cadence: write `every 7d` behind it")
		at := s.End
		if s.Pick != nil {
			at = s.Pick.Start - len("pick ")
		} else if s.Where != nil {
			at = s.Where.Start - len("where ")
		}
		if at == s.End {
			f.fix("write `every 7d`", c.span(syntax.Span{Start: at, End: at}), " every 7d")
		}
	} else if s.Pick != nil && !several {
		c.errorf("NUR166", s.Pick.Span, "`pick` chooses among several offers; here is only one")
	}
	if s.Pick != nil {
		if i, ok := c.choose(*s.Pick, "a way to pick", picks); ok {
			send.Pick = Pick(i)
		}
	}
	send.Where = c.condition(s.Where, aboutOffer)
	return send
}

// sendOffers resolves what a send offers, a map or a list.
func (c *checker) sendOffers(send *Send, s *syntax.SendStmt) {
	if s.Map != nil {
		send.Map, send.resolved = find(c, &c.maps, *s.Map)
		return
	}
	send.resolved = true
	said := once{}
	for _, name := range s.Offers {
		if m := c.maps.things[name.Text]; m != nil && c.offers.things[name.Text] == nil {
			c.errorf("NUR104", name.Span, "`%s` is a map, not an offer; write `send from %s`", m.Name, m.Name).
				because(m.Span, "declared here").
				fix("write `from "+m.Name+"`", c.span(name.Span), "from "+m.Name)
			send.resolved = false
			continue
		}
		o, ok := find(c, &c.offers, name)
		if !ok || c.twice(said, name.Text, name.Span, "`%s`") {
			send.resolved = false
			continue
		}
		send.Offers = append(send.Offers, o)
	}
}

// urgencies are the first offer of some that is transactional, and the first that is not.
type urgencies struct{ yes, no *Offer }

func (u *urgencies) add(offers []*Offer) {
	for _, o := range offers {
		if o.Transactional && u.yes == nil {
			u.yes = o
		}
		if !o.Transactional && u.no == nil {
			u.no = o
		}
	}
}

// checkUrgency reports the sends of which some offers are transactional and some are not: they follow other rules.
func (c *checker) checkUrgency() {
	ofMap := map[*Map]urgencies{}
	for _, m := range c.book.Maps {
		var u urgencies
		for _, row := range m.Rows {
			for _, cell := range row.Cells {
				u.add(cell)
			}
		}
		ofMap[m] = u
	}
	for _, d := range c.programDecls {
		c.lookAt(d.unit)
		for _, stage := range d.is.Stages {
			for _, send := range stage.Sends {
				u := ofMap[send.Map]
				u.add(send.Offers)
				c.sameUrgency(send, u.yes, u.no)
			}
		}
	}
}

func (c *checker) sameUrgency(send *Send, yes, no *Offer) {
	if send.resolved && yes != nil && no != nil {
		c.errorf("NUR165", syntax.Span{Start: send.Span.Start, End: send.Span.End}, "`%s` is transactional and `%s` is not: windows and caps bind only one of them; send them by two sends", yes.Name, no.Name).
			because(yes.Span, "transactional").
			because(no.Span, "not transactional")
	}
}

func length(d *syntax.Duration) *calendar.Duration {
	if d == nil {
		return nil
	}
	return &d.Value
}

func (c *checker) checkNevers() {
	for _, d := range c.neverDecls {
		if c.known(d.unit) {
			continue
		}
		d.is.Cond = c.condition(d.tree.Cond, aboutOffer)
	}
}
