package check

import (
	"nurture/lang/cond"
	"nurture/lang/syntax"
)

// place is where a rule stands: on a track, in a program of it, in a stage of that.
type place struct {
	track   *Track
	program *Program // nil for a track's rules
	stage   *Stage   // nil for a track's and a program's rules
}

func (c *checker) rule(tree *syntax.Rule, in place) *Rule {
	r := &Rule{Span: c.span(tree.Span)}
	see := anywhere
	switch tree.Word.Text {
	case "on":
		r.On = c.event(tree.Event)
		see = c.on(r.On)
		r.Where, r.barred = c.condition(tree.Cond, see), tree.Cond != nil
	case "when":
		r.When = c.condition(tree.Cond, see)
	case "after":
		r.After = length(tree.After)
		c.positive(tree.After, "the stay before an `after`")
	}
	r.Then = c.then(tree.Target, tree.Actions, in, see)
	if tree.Match != nil {
		c.match(r, tree, in, see)
	} else {
		c.idle(tree.Span, tree.Target, tree.Actions)
	}
	return r
}

// idle reports a rule or an arm that has nothing but empty braces.
func (c *checker) idle(at syntax.Span, target *syntax.Path, actions *syntax.Block) {
	if target == nil && actions != nil && len(actions.Stmts) == 0 {
		c.errorf("NUR168", at, "this does nothing; write where it leads, `-> STAGE`, or what it does, `{ set contact.FIELD = … }`")
	}
}

// then is where a rule or an arm leads and what it does on the way.
func (c *checker) then(target *syntax.Path, actions *syntax.Block, in place, see sight) Then {
	t := Then{Target: c.target(target, in), leads: target != nil}
	for _, s := range stmts(actions) {
		switch s := s.(type) {
		case *syntax.SetStmt:
			a := &Action{Span: c.span(s.Span), Kind: SetField, Field: c.changeable(&s.Field, "set")}
			if a.Field != nil {
				a.Expr = c.value(s.Expr, see, a.Field)
			}
			t.Actions = append(t.Actions, a)
		case *syntax.ForgetStmt:
			t.Actions = append(t.Actions, &Action{Span: c.span(s.Span), Kind: ForgetField, Field: c.changeable(&s.Field, "forget")})
		case *syntax.TagStmt:
			t.Actions = append(t.Actions, &Action{Span: c.span(s.Span), Kind: TagContact, Expr: c.value(s.Expr, see, nil)})
		}
	}
	return t
}

// changeable is the field of a set or forget; the one that names the contact stays as it is.
func (c *checker) changeable(p *syntax.Path, verb string) *Field {
	f := c.contactField(p)
	if f != nil {
		c.written()
	}
	if f != nil && f == c.book.Contact.Key {
		c.errorf("NUR169", p.Span, "`%s` names the contact; a rule cannot %s it", f.Name, verb).because(f.Span, "the key")
	}
	return f
}

// target finds where a rule leads: `done`, a stage of its program, a program's first stage, or program.stage.
func (c *checker) target(p *syntax.Path, in place) *Target {
	if p == nil || len(p.Parts) == 0 || p.Parts[0].Text == "" {
		return nil
	}
	name := p.Parts[0]
	if len(p.Parts) == 1 {
		if name.Text == "done" {
			return &Target{Span: c.span(p.Span), Done: true}
		}
		if in.program != nil {
			if stage := c.stages[in.program].things[name.Text]; stage != nil {
				c.use(name.Span, AStage, in.program.Name, name.Text)
				return &Target{Span: c.span(p.Span), Stage: stage}
			}
		}
	}
	program := c.programs.things[name.Text]
	if program == nil {
		c.noTarget(p, in)
		return nil
	}
	c.use(name.Span, AProgram, "", name.Text)
	target := c.stageOf(program, p)
	if target != nil && in.track != nil && program.Track != in.track {
		c.errorf("NUR162", p.Span, "`%s` is on the track `%s`, this rule on `%s`; a rule stays on its track: give `%s` an `enter when` instead",
			program.Name, program.Track.Name, in.track.Name, program.Name).
			because(program.Span, "declared here")
	}
	return target
}

// stageOf is the stage that a path names in a program, its first one where it names none.
func (c *checker) stageOf(program *Program, p *syntax.Path) *Target {
	target := &Target{Span: c.span(p.Span)}
	if len(p.Parts) == 1 {
		if len(program.Stages) > 0 {
			target.Stage = program.Stages[0]
		}
	} else {
		stages := c.stages[program]
		c.use(p.Parts[1].Span, AStage, program.Name, p.Parts[1].Text)
		target.Stage = stages.things[p.Parts[1].Text]
		if name := p.Parts[1]; target.Stage == nil && name.Text != "" && !c.halfWritten(name.Text) {
			f := c.errorf("NUR103", name.Span, "program `%s` has no stage `%s`", program.Name, name.Text)
			if near, ok := c.nearest(name.Text, stages.names); ok {
				f.suggest(near)
			} else if len(stages.names) > 0 && len(stages.names) <= 8 {
				f.Message += "; write " + oneOf(stages.names)
			}
			f.because(program.Span, "declared here")
		}
	}
	if target.Stage == nil {
		return nil
	}
	return target
}

// noTarget reports a target whose first name is no program, nor a stage of the rule's own program.
func (c *checker) noTarget(p *syntax.Path, in place) {
	name := p.Parts[0]
	if len(p.Parts) > 1 {
		find(c, &c.programs, name)
		c.use(p.Parts[1].Span, AStage, name.Text, p.Parts[1].Text)
		return
	}
	switch is, taken := c.taken[name.Text]; {
	case taken:
		c.use(name.Span, is.kind, "", name.Text)
	case in.program != nil:
		c.use(name.Span, AStage, in.program.Name, name.Text)
	default:
		c.use(name.Span, AProgram, "", name.Text)
	}
	if c.halfWritten(name.Text) {
		return
	}
	if is, taken := c.taken[name.Text]; taken && is.kind != AProgram {
		c.unknown(AProgram, c.programs.names, name)
		return
	}
	names := append([]string{}, c.programs.names...)
	said := "there is no program `" + name.Text + "`"
	if in.program != nil {
		names = append(append([]string{}, c.stages[in.program].names...), names...)
		said = "`" + name.Text + "` is no stage of `" + in.program.Name + "` and no program"
	}
	f := c.errorf("NUR163", name.Span, "%s", said)
	var whole []string
	for _, program := range c.book.Programs {
		if c.near--; c.near > 0 && (in.track == nil || program.Track == in.track) && c.stages[program].things[name.Text] != nil {
			whole = append(whole, program.Name+"."+name.Text)
		}
	}
	switch near, ok := c.nearest(name.Text, names); {
	case len(whole) == 1:
		f.suggest(whole[0])
	case len(whole) > 1:
		f.Message += "; a stage of another program is written " + oneOf(whole)
	case ok:
		f.suggest(near)
	default:
		f.Message += "; write a program, `PROGRAM.STAGE` or `done`"
	}
}

// match checks the arms of a rule. A target or actions behind the arms are for when none fits, as in `otherwise`.
func (c *checker) match(r *Rule, tree *syntax.Rule, in place, see sight) {
	m := &Match{Span: c.span(tree.Match.Span)}
	r.Match = m
	field := c.matched(&tree.Match.Field, r.On, tree.Word.Text)
	if field != nil {
		m.Field = c.fieldExpr(&tree.Match.Field, field)
	}
	said := once{}
	var otherwise *syntax.Arm
	for _, s := range stmts(tree.Match.Body) {
		arm, ok := s.(*syntax.Arm)
		if !ok {
			continue
		}
		if otherwise != nil {
			c.errorf("NUR132", arm.Span, "`otherwise` takes whatever is left, so this arm never fits; put `otherwise` last").
				because(c.span(otherwise.Span), "otherwise")
		}
		if arm.Otherwise != nil {
			otherwise = arm
		}
		m.Arms = append(m.Arms, c.arm(arm, field, in, see, said))
	}
	if len(m.Arms) == 0 && tree.Match.Body != nil && sound(tree.Match.Body) {
		c.errorf("NUR168", tree.Match.Span, "this `match` has no arms; write `VALUE -> STAGE` for each value, and `otherwise -> STAGE`")
	}
	if tree.Target == nil && tree.Actions == nil {
		return
	}
	if otherwise != nil {
		at := tree.Match.Span
		c.errorf("NUR132", syntax.Span{Start: at.End, End: max(tree.End, at.End)}, "`otherwise` takes whatever is left, so what stands behind the match is never done; delete one of the two").
			because(c.span(otherwise.Span), "otherwise")
	}
	m.Arms = append(m.Arms, &Arm{Span: r.Span, Otherwise: true, Then: r.Then})
	r.Then = Then{}
}

func (c *checker) arm(tree *syntax.Arm, field *Field, in place, see sight, said once) *Arm {
	arm := &Arm{Span: c.span(tree.Span), Otherwise: tree.Otherwise != nil}
	for i := range tree.Values {
		v := &tree.Values[i]
		word, ok := nameOrText(v)
		if !ok {
			if !empty(v) {
				c.errorf("NUR120", v.Span, "the values of a match are names or strings")
			}
			continue
		}
		if c.twice(said, word, v.Span, "the value `%s`") {
			continue
		}
		if field == nil || c.fits(v, field, inMatch) {
			arm.Values = append(arm.Values, word)
		}
	}
	arm.Then = c.then(tree.Target, tree.Actions, in, see)
	c.idle(tree.Span, tree.Target, tree.Actions)
	return arm
}

// matched is the field that a match looks at: event.NAME of an `on` rule or contact.NAME, of a type that has names
// or texts as values.
func (c *checker) matched(p *syntax.Path, on *Event, word string) *Field {
	if len(p.Parts) == 0 || p.Parts[0].Text == "" {
		return nil
	}
	var f *Field
	if p.Parts[0].Text == "event" && len(p.Parts) == 2 {
		if word != "on" {
			c.errorf("NUR117", p.Span, "there is an event only in a rule that begins with `on`; match a field of the contact")
			return nil
		}
		if on == nil {
			return nil
		}
		f = c.eventField(on, p.Parts[1])
	} else if p.Parts[0].Text != "contact" {
		c.errorf("NUR117", p.Span, "`match` looks at a field: write `event.FIELD` or `contact.FIELD`")
		return nil
	} else {
		f = c.contactField(p)
	}
	if f == nil || c.untyped[f] {
		return nil
	}
	switch f.Type {
	case FieldText, FieldEmail, FieldTimezone, FieldEnum, FieldTopic, FieldOffer:
		return f
	}
	c.errorf("NUR117", p.Span, "`%s` is a %s; `match` compares names and texts, so use rules with `where` for it", p, f.Type).because(f.Span, "declared here")
	return nil
}

func (c *checker) fieldExpr(p *syntax.Path, f *Field) *cond.Expr {
	n := &cond.Node{Op: cond.Field, Type: cond.Text, Span: c.span(p.Span), Name: f.Name}
	if p.Parts[0].Text == "event" {
		n.Op = cond.EventField
	}
	return &cond.Expr{Span: n.Span, Text: p.String(), Root: n}
}
