package check

import (
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// sight is what one condition sees beside what every condition sees.
type sight = cond.Scope

var (
	anywhere   = sight{}
	aboutOffer = sight{Offer: true} // the offer that is about to be sent
)

// noEvent stands for an event that did not resolve: conditions do not judge what is asked of it.
const noEvent = "?"

// on is what the conditions of a rule see: the event it reacts to.
func (c *checker) on(e *Event) sight {
	if e == nil {
		return sight{Events: []string{noEvent}}
	}
	return c.onAny([]*Event{e})
}

// onAny is what a condition sees that several events share: the fields that all of them have.
func (c *checker) onAny(events []*Event) sight {
	if len(events) == 0 {
		return sight{Events: []string{noEvent}}
	}
	var s sight
	for _, e := range events {
		s.Events = append(s.Events, e.Name)
	}
	return s
}

var kinds = map[FieldType]cond.Kind{
	FieldText:     cond.KindText,
	FieldNumber:   cond.KindNumber,
	FieldBool:     cond.KindBool,
	FieldDate:     cond.KindDate,
	FieldTime:     cond.KindTime,
	FieldTimezone: cond.KindTimezone,
	FieldEmail:    cond.KindEmail,
	FieldEnum:     cond.KindEnum,
	FieldSet:      cond.KindSet,
	FieldTopic:    cond.KindTopic,
	FieldOffer:    cond.KindOffer,
}

func (c *checker) schemaFields(fields []*Field) []cond.SchemaField {
	var out []cond.SchemaField
	said := map[string]bool{}
	for _, f := range fields {
		if said[f.Name] {
			continue
		}
		said[f.Name] = true
		kind := kinds[f.Type]
		if c.untyped[f] {
			kind = cond.KindUnknown
		}
		out = append(out, cond.SchemaField{Name: f.Name, Kind: kind, Values: f.Values})
	}
	return out
}

// declareConditions tells the conditions what the playbook declares.
func (c *checker) declareConditions() {
	s := &cond.Schema{
		Contact: c.schemaFields(c.book.Contact.Fields),
		Offers:  c.offers.names,
		Topics:  c.topics.names,
		Maps:    c.maps.names,
		Others:  map[string]string{},
		Broken:  c.broken,
		Memory:  &c.memory.conditions,
	}
	for _, name := range c.events.names {
		s.Events = append(s.Events, cond.SchemaEvent{Name: name, Fields: c.schemaFields(c.events.things[name].Fields)})
	}
	for _, d := range c.segmentDecls {
		if c.segments.things[d.is.Name] == d.is {
			s.Segments = append(s.Segments, cond.SchemaSegment{Name: d.is.Name, Text: raw(d.tree.Cond)})
		}
	}
	for _, d := range c.scoreDecls {
		if c.scores.things[d.is.Name] != d.is {
			continue
		}
		score := cond.SchemaScore{Name: d.is.Name}
		for _, t := range stmts(d.tree.Body) {
			switch t := t.(type) {
			case *syntax.HalveStmt:
				score.Halves = true
			case *syntax.ScoreStmt:
				if t.When != nil {
					score.When = append(score.When, t.When.Text)
				}
			}
		}
		s.Scores = append(s.Scores, score)
	}
	for _, name := range c.programs.names {
		s.Others[name] = AProgram.String()
	}
	for _, name := range c.handoffs.names {
		s.Others[name] = AHandoff.String()
	}
	c.schema = s
}

func raw(t *syntax.Cond) string {
	if t == nil {
		return ""
	}
	return t.Text
}

// condition checks a condition; nil for none, and for one that did not parse.
func (c *checker) condition(t *syntax.Cond, see sight) *cond.Expr {
	if t == nil || t.Text == "" {
		return nil
	}
	expr, diags := c.schema.Bool(c.file, *t, see)
	c.useNames(expr, see)
	c.unit.conditions = append(c.unit.conditions, expr)
	c.take(diags)
	return expr
}

// value checks the expression of `set`, for a field, or of `tag`, where it is a text.
func (c *checker) value(t *syntax.Cond, see sight, f *Field) *cond.Expr {
	if t == nil || t.Text == "" {
		return nil
	}
	want := cond.SchemaField{Kind: cond.KindText}
	if f != nil {
		want = c.schemaFields([]*Field{f})[0]
	}
	expr, diags := c.schema.Value(c.file, *t, see, want)
	c.useNames(expr, see)
	c.unit.conditions = append(c.unit.conditions, expr)
	c.take(diags)
	return expr
}

func (c *checker) take(diags []diag.Diagnostic) {
	for _, d := range diags {
		c.report(&finding{d})
	}
}

func (c *checker) checkSegments() {
	for _, d := range c.segmentDecls {
		if c.known(d.unit) {
			continue
		}
		d.is.Cond = c.condition(d.tree.Cond, anywhere)
	}
}

func (c *checker) checkScores() {
	for _, d := range c.scoreDecls {
		if c.known(d.unit) {
			continue
		}
		said := once{}
		for _, s := range stmts(d.tree.Body) {
			switch s := s.(type) {
			case *syntax.HalveStmt:
				if !c.twice(said, "halve", s.Span, "`%s`") {
					c.positive(&s.Every, "the time in which a score halves")
					d.is.Halve = length(&s.Every)
				}
			case *syntax.ScoreStmt:
				d.is.Terms = append(d.is.Terms, c.scoreTerm(s))
			}
		}
	}
}

func (c *checker) scoreTerm(s *syntax.ScoreStmt) *ScoreTerm {
	t := &ScoreTerm{Span: c.span(s.Span), Points: s.Points.Value}
	if s.On != nil {
		t.On = c.event(s.On)
		t.Where = c.condition(s.Where, c.on(t.On))
	} else {
		t.When = c.condition(s.When, anywhere)
	}
	return t
}
