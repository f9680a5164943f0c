package check

import (
	"nurture/lang/calendar"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

const (
	minutesOfDay = 24 * 60
	mostTouches  = 1_000_000 // that a cap may allow
)

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (c *checker) checkPolicy() {
	said := once{}
	for i, d := range c.policies {
		if c.known(d.unit) {
			continue
		}
		if i == 0 {
			d.is.Span = c.span(d.tree.Keyword)
		} else {
			c.errorf("NUR105", d.tree.Keyword, "there is a `policy` block already; write all of the policy in one").
				because(d.is.Span, "the first one")
		}
		for _, s := range stmts(d.tree.Body) {
			c.checkPolicyStmt(d.is, s, said)
		}
	}
}

func (c *checker) checkPolicyStmt(p *Policy, s syntax.Stmt, said once) {
	switch s := s.(type) {
	case *syntax.TimezoneStmt:
		if !c.twice(said, "timezone", s.Span, "`%s`") {
			c.checkTimezone(p, s)
		}
	case *syntax.WindowStmt:
		c.checkWindow(p, s)
	case *syntax.SkipStmt:
		skip := &Skip{Span: c.span(s.Span), From: s.From.Value, To: s.From.Value}
		if s.To != nil {
			skip.To = s.To.Value
			if skip.To < skip.From {
				c.errorf("NUR142", s.To.Span, "%s is before %s; write the earlier day first", skip.To, skip.From)
			}
		}
		p.Skips = append(p.Skips, skip)
	case *syntax.ConsentStmt:
		if !c.twice(said, "consent", s.Span, "`%s`") {
			p.Consent = c.condition(s.When, anywhere)
		}
	case *syntax.CapStmt:
		c.positive(&s.Per, "the time that a cap counts over")
		p.Caps = append(p.Caps, &Cap{
			Span:  c.span(s.Span),
			Count: c.whole(s.Count, 1, mostTouches, "the number of messages"),
			Per:   s.Per.Value,
			For:   c.condition(s.For, anywhere),
		})
	case *syntax.StopStmt:
		rule := c.stopRule(s)
		if s.Word.Text == "resume" {
			p.Resumes = append(p.Resumes, rule)
		} else {
			p.Stops = append(p.Stops, rule)
		}
	}
}

func (c *checker) checkTimezone(p *Policy, s *syntax.TimezoneStmt) {
	if s.Field != nil {
		p.Field = c.contactField(s.Field)
		if f := p.Field; f != nil && f.Type != FieldTimezone {
			p.Field = nil
			if !c.untyped[f] {
				c.errorf("NUR113", s.Field.Span, "`%s` is a %s; the time zone comes from a field of type `timezone`", s.Field, f.Type).
					because(f.Span, "declared here")
			}
		}
	}
	if s.Zone != nil {
		p.Zone = c.zone(*s.Zone)
		if s.Else != nil {
			c.errorf("NUR143", s.Else.Span, "`timezone %q` holds for everybody; `else` is only for a field that can be unknown, so leave it out", s.Zone.Value)
			return
		}
	}
	if s.Else != nil {
		p.Zone = c.zone(*s.Else)
	}
}

// zone finds a time zone; UTC stands in for one that does not exist.
func (c *checker) zone(name syntax.Str) *calendar.Zone {
	z, err := calendar.LoadZone(name.Value)
	if err != nil {
		c.errorf("NUR140", name.Span, "%v", err)
		return calendar.UTC
	}
	return z
}

func (c *checker) checkWindow(p *Policy, s *syntax.WindowStmt) {
	w := &Window{Span: c.span(s.Span), From: s.From.Minute, To: s.To.Minute}
	p.Windows = append(p.Windows, w)
	if s.From.End > s.From.Start && s.To.End > s.To.Start {
		switch {
		case w.From == w.To:
			c.errorf("NUR141", syntax.Span{Start: s.From.Start, End: s.To.End}, "the window opens and shuts at one time; a whole day is 00:00..24:00")
		case w.From >= minutesOfDay:
			c.errorf("NUR141", s.From.Span, "a window opens from 00:00 to 23:59; 24:00 is only an end")
		}
	}
	if len(s.Days) == 0 {
		w.Days = [7]bool{true, true, true, true, true, true, true}
	}
	for _, r := range s.Days {
		c.checkDays(w, r)
	}
}

func (c *checker) checkDays(w *Window, r syntax.DayRange) {
	switch {
	case r.To != nil:
		from, ok1 := c.choose(r.From, "a day", days)
		to, ok2 := c.choose(*r.To, "a day", days)
		if ok1 && ok2 {
			for d := from; ; d = (d + 1) % 7 {
				w.Days[d] = true
				if d == to {
					break
				}
			}
		}
	case r.From.Text == "weekdays":
		for d := range 5 {
			w.Days[d] = true
		}
	case r.From.Text == "everyday":
		w.Days = [7]bool{true, true, true, true, true, true, true}
	default:
		if d, ok := c.choose(r.From, "a day", append(days[:len(days):len(days)], "weekdays", "everyday")); ok {
			w.Days[d] = true
		}
	}
}

func (c *checker) stopRule(s *syntax.StopStmt) *StopRule {
	rule := &StopRule{Span: c.span(s.Span)}
	said := once{}
	for i := range s.Events {
		if e := c.event(&s.Events[i]); e != nil && !c.twice(said, e.Name, s.Events[i].Span, "`%s`") {
			rule.Events = append(rule.Events, e)
		}
	}
	rule.Where = c.condition(s.Where, c.onAny(rule.Events))
	return rule
}

func (c *checker) checkMeasure() {
	said := once{}
	var block diag.Span
	for i, d := range c.measures {
		if c.known(d.unit) {
			continue
		}
		if i == 0 {
			block = c.span(d.tree.Keyword)
		} else {
			c.errorf("NUR105", d.tree.Keyword, "there is a `measure` block already; write all of it in one").because(block, "the first one")
		}
		for _, s := range stmts(d.tree.Body) {
			m, ok := s.(*syntax.MeasureStmt)
			if !ok || c.twice(said, m.Word.Text, m.Word.Span, "`%s`") {
				continue
			}
			switch m.Word.Text {
			case "revenue":
				d.is.RevenueEvent, d.is.RevenueField = c.revenue(&m.Path)
			case "cost":
				if f := c.contactField(&m.Path); f != nil && c.isNumber(f, m.Path.Span, m.Path.String()) {
					d.is.CostField = f
				}
			}
		}
	}
}

func (c *checker) revenue(p *syntax.Path) (*Event, *Field) {
	if len(p.Parts) != 2 {
		if len(p.Parts) == 1 && p.Parts[0].Text != "" {
			c.errorf("NUR116", p.Span, "`%s` does not say which field holds the money; write `revenue EVENT.FIELD`", p)
		}
		return nil, nil
	}
	e, ok := find(c, &c.events, p.Parts[0])
	if !ok {
		return nil, nil
	}
	f := c.eventField(e, p.Parts[1])
	if f == nil || !c.isNumber(f, p.Span, p.String()) {
		return nil, nil
	}
	return e, f
}

func (c *checker) isNumber(f *Field, at syntax.Span, name string) bool {
	if f.Type == FieldNumber || c.untyped[f] {
		return true
	}
	c.errorf("NUR113", at, "`%s` is a %s; money is a number", name, f.Type).because(f.Span, "declared here")
	return false
}

// eventField finds a field of an event.
func (c *checker) eventField(e *Event, name syntax.Name) *Field {
	c.useField(name.Span, e, name.Text)
	if f := e.field(name.Text); f != nil || name.Text == "" || c.halfWritten(name.Text) {
		return f
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	f := c.errorf("NUR116", name.Span, "event `%s` has no field `%s`", e.Name, name.Text)
	if near, ok := c.nearest(name.Text, names); ok {
		f.suggest(near)
	} else if len(names) > 0 && len(names) <= 8 {
		f.Message += "; it has " + listed(names, "and")
	} else if len(names) == 0 {
		f.Message += "; it has none"
	}
	f.because(e.Span, "declared here")
	return nil
}
