package format

import (
	"slices"
	"strings"

	"nurture/lang/syntax"
)

// stmt lays out a statement of a block.
func (p printer) stmt(s syntax.Stmt, l *layout) row {
	switch s := s.(type) {
	case *syntax.FieldStmt:
		return p.field(s)
	case *syntax.EventFieldStmt:
		return row{columns: fieldColumns, cells: []cell{{text: s.Name.Text}, p.fieldType(s.Type)}}
	case *syntax.HalveStmt:
		return rowOf(alone, words("halve every", p.duration(&s.Every)))
	case *syntax.ScoreStmt:
		return p.score(s)
	case *syntax.OfferStmt:
		return rowOf(propertyColumns, s.Word.Text, words(nameList(s.Names), pathList(s.Events), p.str(s.Str),
			number(s.Number), p.date(s.Date), clause("after", p.duration(s.After))))
	case *syntax.MapRow:
		return mapRow(s)

	case *syntax.TimezoneStmt:
		return rowOf(wordColumns, "timezone", words(path(s.Field), p.str(s.Zone), clause("else", p.str(s.Else))))
	case *syntax.WindowStmt:
		return rowOf(wordColumns, "window", words(dayList(s.Days), p.text(s.From.Span)+".."+p.text(s.To.Span)))
	case *syntax.SkipStmt:
		days := p.date(&s.From)
		if s.To != nil {
			days += ".." + p.date(s.To)
		}
		return rowOf(wordColumns, "skip", days)
	case *syntax.ConsentStmt:
		return rowOf(wordColumns, "consent", clause("when", p.cond(s.When)))
	case *syntax.CapStmt:
		return rowOf(wordColumns, "cap", words(number(&s.Count), "per", p.duration(&s.Per), clause("for", p.cond(s.For))))
	case *syntax.StopStmt:
		return rowOf(wordColumns, s.Word.Text, words("on", pathList(s.Events), clause("where", p.cond(s.Where))))
	case *syntax.HandoffStmt:
		return rowOf(wordColumns, s.Word.Text, words(nameList(s.Names), p.str(s.Str), clause("within", p.duration(s.Within))))
	case *syntax.MeasureStmt:
		return rowOf(wordColumns, s.Word.Text, s.Path.String())

	case *syntax.ProgramStmt:
		return rowOf(wordColumns, s.Word.Text, words(name(s.Name), number(s.Number), p.percent(s.Percent)))
	case *syntax.EnterStmt:
		return rowOf(wordColumns, "enter", clause("when", p.cond(s.When)))
	case *syntax.ReenterStmt:
		return rowOf(wordColumns, "reenter", words(s.Word.Text, p.duration(s.After)))
	case *syntax.GoalStmt:
		return rowOf(wordColumns, "goal", words(s.Event.String(), "within", p.duration(&s.Within), clause("target", p.percent(s.Target))))
	case *syntax.StageStmt:
		return rowOf(alone, words("stage", s.Name.Text, p.block(s.Body, byBlanks, l)))

	case *syntax.SendStmt:
		return rowOf(alone, words("send", clause("from", name(s.Map)), nameList(s.Offers), clause("in", p.duration(s.In)),
			clause("every", p.duration(s.Every)), clause("pick", name(s.Pick)), clause("where", p.cond(s.Where))))
	case *syntax.TaskStmt:
		return rowOf(alone, words("task", p.str(&s.Text), "to", s.To.Text, clause("within", p.duration(s.Within))))
	case *syntax.HandStmt:
		return rowOf(alone, words("hand to", s.To.Text))

	case *syntax.Rule:
		return p.rule(s, l)
	case *syntax.Arm:
		return p.arm(s, l)
	case *syntax.SetStmt:
		return rowOf(assignColumns, words("set", s.Field.String()), words("=", p.cond(s.Expr)))
	case *syntax.ForgetStmt:
		return rowOf(alone, words("forget", s.Field.String()))
	case *syntax.TagStmt:
		return rowOf(alone, words("tag", p.cond(s.Expr)))

	case *syntax.Assign:
		return rowOf(assignColumns, s.Name.Text, words("=", p.value(s.Value)))
	case *syntax.TestContact:
		return rowOf(alone, words("contact", p.block(s.Body, byBlanks, l)))
	case *syntax.AtStmt:
		return rowOf(alone, words("at", p.text(s.At.Span)))
	case *syntax.WaitStmt:
		return rowOf(alone, words("wait", p.duration(&s.For)))
	case *syntax.TestEvent:
		return rowOf(alone, words(s.Event.String(), p.block(s.Body, byBlanks, l)))
	case *syntax.ExpectStmt:
		not := ""
		if s.Not {
			not = "not"
		}
		return rowOf(alone, words("expect", not, s.Word.Text, path(s.Path), p.cond(s.Cond)))

	case *syntax.ContactsStmt:
		return rowOf(alone, words("contacts", number(&s.Count), p.block(s.Body, byBlanks, l)))
	case *syntax.FieldShare:
		return rowOf(shareColumns, s.Name.Text, words(p.percent(s.Known), p.shares(s.Shares), p.rangeOf(s.Range)))
	case *syntax.ScenarioEvent:
		return rowOf(chanceColumns, s.Event.String(), words(p.percent(&s.Chance), clause("per", p.duration(s.Per)),
			clause("within", p.rangeOf(s.Within)), clause("where", p.cond(s.Where)), p.block(s.Body, byBlanks, l)))
	}
	return p.verbatim(syntax.NodeOf(s))
}

// field has its name, its type and then its attributes in the order in which they were written; where one of them is
// a question, its text stands in a column.
func (p printer) field(s *syntax.FieldStmt) row {
	type attribute struct {
		at   int
		text string
	}
	var attributes []attribute
	if s.Key != nil {
		attributes = append(attributes, attribute{s.Key.Start, s.Key.Text})
	}
	if s.Arrived != nil {
		attributes = append(attributes, attribute{s.Arrived.Start, s.Arrived.Text})
	}
	if s.From != nil {
		attributes = append(attributes, attribute{s.From.Start, clause("from", p.str(s.From))})
	}
	if len(s.Unknown) > 0 {
		attributes = append(attributes, attribute{s.Unknown[0].Start, clause("unknown", p.strings(s.Unknown))})
	}
	slices.SortFunc(attributes, func(a, b attribute) int { return a.at - b.at })

	var before, after []string
	for _, a := range attributes {
		if s.Question != nil && a.at > s.Question.Start {
			after = append(after, a.text)
		} else {
			before = append(before, a.text)
		}
	}
	question, text := "", ""
	if s.Question != nil {
		question, text = words("question", s.Question.Weight.Text), p.str(&s.Question.Text)
	}
	return row{columns: fieldColumns, cells: []cell{
		{text: s.Name.Text},
		p.fieldType(s.Type),
		{text: strings.Join(before, " "), free: true},
		{text: question},
		{text: words(append([]string{text}, after...)...)},
	}}
}

// fieldType does not set the width of its column where it lists its values.
func (p printer) fieldType(t syntax.Type) cell {
	if len(t.Values) == 0 {
		return cell{text: t.Name.Text}
	}
	return cell{text: t.Name.Text + "(" + p.strings(t.Values) + ")", free: true}
}

func (p printer) score(s *syntax.ScoreStmt) row {
	return rowOf(scoreColumns, number(&s.Points), words(clause("on", path(s.On)), clause("where", p.cond(s.Where)), clause("when", p.cond(s.When))))
}

func mapRow(s *syntax.MapRow) row {
	r := rowOf(mapColumns, s.Label.Text)
	for _, c := range s.Cells {
		offers := "-"
		if !c.Gap {
			names := make([]string, len(c.Names))
			for i, n := range c.Names {
				names[i] = n.Text
			}
			offers = strings.Join(names, ", ") // a row is one line, however long
		}
		r.cells = append(r.cells, cell{text: words("|", offers)})
	}
	return r
}

func dayList(days []syntax.DayRange) string {
	texts := make([]string, len(days))
	for i, d := range days {
		texts[i] = d.From.Text
		if d.To != nil {
			texts[i] += ".." + d.To.Text
		}
	}
	return list(texts)
}

func (p printer) shares(shares []syntax.Share) string {
	texts := make([]string, len(shares))
	for i, s := range shares {
		texts[i] = words(p.value(s.Value), p.percent(&s.Percent))
	}
	return list(texts)
}

func (p printer) rule(s *syntax.Rule, l *layout) row {
	var asked string
	switch {
	case s.Event != nil:
		asked = words(path(s.Event), clause("where", p.cond(s.Cond)))
	case s.After != nil:
		asked = p.duration(s.After)
	default:
		asked = p.cond(s.Cond)
	}
	match := ""
	if s.Match != nil {
		match = words("match", s.Match.Field.String(), p.block(s.Match.Body, byBlanks, l))
	}
	return p.arrow(words(s.Word.Text, asked, match), s.Target, s.Actions, l)
}

func (p printer) arm(s *syntax.Arm, l *layout) row {
	values := make([]string, len(s.Values))
	for i, v := range s.Values {
		values[i] = p.value(v)
	}
	return p.arrow(words(list(values), name(s.Otherwise)), s.Target, s.Actions, l)
}

// arrow is what rules and arms have in common: what is asked, then where to and what to do.
func (p printer) arrow(asked string, target *syntax.Path, actions *syntax.Block, l *layout) row {
	done := p.block(actions, byBlanks, l)
	if target == nil {
		return rowOf(ruleColumns, words(asked, done))
	}
	return rowOf(ruleColumns, asked, words("->", target.String(), done))
}
