package check

import (
	"path"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// accepted is the outcome that does not end a hand-off.
const accepted = "accepted"

// declareOutcomes makes the events of the hand-offs, when all hand-offs have their names.
func (c *checker) declareOutcomes() {
	for _, d := range c.handoffDecls {
		c.turn(d.unit)
		c.declareOutcomesOf(d.is, d.tree)
	}
}

func (c *checker) declareOutcomesOf(h *Handoff, tree *syntax.HandoffDecl) {
	if !c.unit.done {
		said := once{}
		for _, s := range stmts(tree.Body) {
			p, ok := s.(*syntax.HandoffStmt)
			if !ok || p.Word.Text != "outcomes" {
				continue
			}
			for _, name := range p.Names {
				if name.Text == "" || c.twice(said, name.Text, name.Span, "the outcome `%s`") {
					continue
				}
				if name.Text == "overdue" {
					c.errorf("NUR102", name.Span, "`%s.overdue` comes by itself when nobody answers within `accept`; choose another name for the outcome", h.Name)
					continue
				}
				c.declares(AnOutcome, h.Name, name)
				h.Outcomes = append(h.Outcomes, own(c, func() Event {
					return Event{Symbol: Symbol{Name: h.Name + "." + name.Text, Span: c.span(name.Span), Doc: outcomeDoc}, Kind: Outcome, Handoff: h}
				}))
			}
		}
		h.Overdue = own(c, func() Event {
			return Event{Symbol: Symbol{Name: h.Name + ".overdue", Span: h.Span, Doc: overdueDoc}, Kind: Overdue, Handoff: h}
		})
	}
	for _, e := range h.Outcomes {
		c.addOutcome(h, e)
	}
	c.addOutcome(h, h.Overdue)
}

func (c *checker) addOutcome(h *Handoff, e *Event) {
	c.book.Events = append(c.book.Events, e)
	if c.handoffs.things[h.Name] == h {
		c.events.add(e.Name, e)
	}
}

func (c *checker) checkHandoffs() {
	for _, d := range c.handoffDecls {
		if c.known(d.unit) {
			continue
		}
		c.checkHandoff(d.is, d.tree)
	}
}

func (c *checker) checkHandoff(h *Handoff, tree *syntax.HandoffDecl) {
	said := once{}
	var brief diag.Span
	for _, s := range stmts(tree.Body) {
		p, ok := s.(*syntax.HandoffStmt)
		if !ok || c.twice(said, p.Word.Text, p.Word.Span, "`%s`") {
			continue
		}
		switch p.Word.Text {
		case "channel":
			if name := only(p.Names); name.Text != "" {
				h.Channel = name.Text
				c.use(name.Span, AChannel, "", name.Text)
			}
		case "brief":
			h.Brief, brief = text(p.Str), c.strSpan(p.Str)
			c.useText(p.Str, AContentFile, "", path.Clean(h.Brief))
		case "accept":
			if p.Within != nil {
				c.positive(p.Within, "the time to accept a hand-off")
				h.Accept = &p.Within.Value
			}
		}
	}
	if _, there := said["outcomes"]; !there && sound(tree.Body) {
		c.errorf("NUR106", tree.Name.Span, "hand-off `%s` has no outcomes: write what the receiver may answer, such as `outcomes accepted, won, lost`", h.Name)
	}
	h.Message = c.message(h.Brief, brief, contentUse{brief: true})
}
