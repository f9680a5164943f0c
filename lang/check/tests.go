package check

import (
	"slices"
	"strings"

	"nurture/lang/cond"
	"nurture/lang/syntax"
)

// The reasons that `expect held` and `expect refused` know, in the order in which the run asks for them.
var (
	HoldReasons   = []string{"window", "skip", "cap", "repeat", "published"}
	RefuseReasons = []string{"consent", "stopped", "address", "holdout", "where", "never"}
)

const mostContacts = 100_000_000 // of a scenario

func (c *checker) checkTests() {
	titles := once{}
	for _, d := range c.testDecls {
		c.lookAt(d.unit)
		if t := d.tree.Title; t != nil && strings.TrimSpace(t.Value) != "" {
			c.twice(titles, t.Value, t.Span, "the test \"%s\"")
		}
		if c.known(d.unit) {
			continue
		}
		d.is.Conds = map[*syntax.Cond]*cond.Expr{}
		if t := d.tree.Title; t != nil && strings.TrimSpace(t.Value) == "" {
			c.errorf("NUR109", t.Span, "a test needs a title that says what is true; write one")
		}
		for _, s := range stmts(d.tree.Body) {
			switch s := s.(type) {
			case *syntax.TestContact:
				c.assigns(s.Body, c.contactAssign, inTest)
			case *syntax.TestEvent:
				c.testEvent(s)
			case *syntax.ExpectStmt:
				c.expect(d.is, s)
			}
		}
	}
}

// assigns checks the braces of a test or a scenario; field finds the field of each name.
func (c *checker) assigns(b *syntax.Block, field func(syntax.Name) *Field, in use) {
	said := once{}
	for _, s := range stmts(b) {
		a, ok := s.(*syntax.Assign)
		if !ok || a.Name.Text == "" || c.twice(said, a.Name.Text, a.Name.Span, "`%s`") {
			continue
		}
		if f := field(a.Name); f != nil {
			c.written()
			c.fits(&a.Value, f, in)
		}
	}
}

func (c *checker) contactAssign(name syntax.Name) *Field {
	f, _ := find(c, &c.fields, name)
	return f
}

// eventAssign finds the fields that can be given to an event; the topic of a message follows from its offer.
func (c *checker) eventAssign(e *Event) func(syntax.Name) *Field {
	return func(name syntax.Name) *Field {
		if name.Text == "topic" && e.Kind == Message {
			c.useField(name.Span, e, name.Text)
			c.errorf("NUR116", name.Span, "the topic of `%s` is that of its offer; write `offer = …`", e.Name)
			return nil
		}
		return c.eventField(e, name)
	}
}

// given finds an event that a test or a scenario makes happen.
func (c *checker) given(p *syntax.Path) *Event {
	e := c.event(p)
	if e == nil || e.Outside() {
		return e
	}
	f := c.errorf("NUR190", p.Span, "`%s` comes by itself, it cannot be given", e.Name)
	switch e.Kind {
	case Response:
		f.Message += "; write what the contact does: `clicked`, `replied` or `submitted`"
	case Overdue, TaskEvent:
		f.Message += "; let time pass instead"
	}
	return nil
}

func (c *checker) testEvent(s *syntax.TestEvent) {
	if e := c.given(&s.Event); e != nil {
		c.assigns(s.Body, c.eventAssign(e), inTest)
	}
}

func (c *checker) expect(t *Test, s *syntax.ExpectStmt) {
	if s.Cond != nil {
		t.Conds[s.Cond] = c.condition(s.Cond, anywhere)
		return
	}
	if s.Path == nil || len(s.Path.Parts) == 0 || s.Path.Parts[0].Text == "" {
		return
	}
	name := s.Path.Parts[0]
	switch s.Word.Text {
	case "in":
		if name.Text == "done" {
			c.errorf("NUR163", s.Path.Span, "nobody is in `done`: it leads out of a program; write `expect not in PROGRAM`")
			return
		}
		c.target(s.Path, place{})
	case "held":
		c.choose(name, "a reason to hold a message", HoldReasons)
	case "refused":
		c.choose(name, "a reason to refuse a message", RefuseReasons)
	case "handed":
		find(c, &c.handoffs, name)
	case "asked":
		c.asked(s.Path)
	}
}

// asked is a field as `role` or `contact.role`; one without a question is never asked.
func (c *checker) asked(p *syntax.Path) {
	var f *Field
	if len(p.Parts) == 1 {
		f, _ = find(c, &c.fields, p.Parts[0])
	} else {
		f = c.contactField(p)
	}
	if f != nil && f.Question == nil {
		c.errorf("NUR191", p.Span, "`%s` has no question, so it is never asked; write `question light \"…\"` behind the field", f.Name).
			because(f.Span, "declared here")
	}
}

func (c *checker) checkScenarios() {
	names := once{}
	for _, d := range c.scenarioDecls {
		c.lookAt(d.unit)
		if d.is.Name != "" {
			c.twice(names, d.is.Name, d.tree.Name.Span, "the scenario `%s`")
		}
		if c.known(d.unit) {
			continue
		}
		d.is.Conds = map[*syntax.Cond]*cond.Expr{}
		contacts, closing := once{}, closings{}
		for _, s := range stmts(d.tree.Body) {
			switch s := s.(type) {
			case *syntax.ContactsStmt:
				if !c.twice(contacts, "contacts", s.Span, "`%s`") {
					c.checkMadeUp(s)
				}
			case *syntax.ScenarioEvent:
				c.scenarioEvent(d.is, s, closing)
			}
		}
		if len(contacts) == 0 && sound(d.tree.Body) {
			c.errorf("NUR106", d.tree.Name.Span, "scenario `%s` has nobody in it; write `contacts 1000 { … }`", d.is.Name)
		}
	}
}

// checkMadeUp checks how the fields of a scenario's contacts are made up.
func (c *checker) checkMadeUp(s *syntax.ContactsStmt) {
	c.whole(s.Count, 1, mostContacts, "the number of contacts")
	said := once{}
	for _, s := range stmts(s.Body) {
		share, ok := s.(*syntax.FieldShare)
		if !ok || share.Name.Text == "" || c.twice(said, share.Name.Text, share.Name.Span, "`%s`") {
			continue
		}
		f, ok := find(c, &c.fields, share.Name)
		if !ok {
			continue
		}
		c.written()
		if share.Known != nil {
			c.share(*share.Known, "how many contacts have it")
		}
		if share.Range != nil {
			c.rangeFits(share.Range, f, inScenario)
		}
		c.shares(share, f)
	}
}

func (c *checker) shares(tree *syntax.FieldShare, f *Field) {
	sum := 0.0
	said := once{}
	for i := range tree.Shares {
		s := &tree.Shares[i]
		if word, ok := nameOrText(&s.Value); ok && c.twice(said, word, s.Value.Span, "the value `%s`") {
			continue
		}
		c.fits(&s.Value, f, inScenario)
		sum += c.share(s.Percent, "how many contacts have the value")
	}
	if sum > 1+1e-9 {
		c.errorf("NUR108", tree.Span, "the shares of `%s` are %.4g%% together; they are at most 100%%, and what is left is unknown", f.Name, sum*100)
	}
}

// occasions says what lines of a scenario are decided once for, by kind of event; all others for each contact and `per`.
var occasions = map[EventKind]string{Message: "sending", Outcome: "hand-off", TaskEvent: "task"}

func (c *checker) scenarioEvent(sc *Scenario, s *syntax.ScenarioEvent, closing closings) {
	chance := c.share(s.Chance, "how often it happens")
	if s.Where != nil {
		sc.Conds[s.Where] = c.condition(s.Where, anywhere)
	}
	if w := s.Within; w != nil {
		c.within(w)
	}
	e := c.given(&s.Event)
	if e == nil {
		return
	}
	c.positive(s.Per, "the time it is looked at anew after")
	if what := occasions[e.Kind]; s.Per != nil && what != "" {
		c.errorf("NUR192", s.Per.Span, "`%s` is decided once for each %s; leave `per` out", e.Name, what)
	}
	if e.Kind == Outcome && e.Name != e.Handoff.Name+".accepted" && closing.add(e, s, chance) > 1+1e-9 {
		c.errorf("NUR108", s.Chance.Span, "with this the outcomes that close a hand-off to `%s` are %.4g%% together; each closes once, so they are at most 100%%", e.Handoff.Name, closing[e.Handoff].sum*100)
	}
	c.assigns(s.Body, c.eventAssign(e), inScenario)
}

// closings adds up, by hand-off, the outcomes that close it and that a scenario makes so likely whatever holds: those
// whose first line has no `where`.
type closings map[*Handoff]*closed

type closed struct {
	events []*Event // with a line
	sum    float64
}

// add adds a line, and gives the sum.
func (cs closings) add(e *Event, s *syntax.ScenarioEvent, chance float64) float64 {
	of := cs[e.Handoff]
	if of == nil {
		of = &closed{}
		cs[e.Handoff] = of
	}
	if slices.Contains(of.events, e) {
		return 0
	}
	of.events = append(of.events, e)
	if s.Where != nil {
		return 0
	}
	of.sum += chance
	return of.sum
}

// within checks a range of durations.
func (c *checker) within(r *syntax.Range) {
	lo, hi := &r.Lo, &r.Hi
	switch {
	case empty(lo) || empty(hi):
	case lo.Duration == nil || hi.Duration == nil:
		c.errorf("NUR120", r.Span, "`within` is a range of durations, such as 1d..3d")
	case position(lo) > position(hi):
		c.errorf("NUR142", r.Span, "a range goes from the lesser to the greater; swap the two")
	}
}
