package syntax

import (
	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"

	"nurture/lang/calendar"
)

// This file is how the operands of statements are taken from the tokens: the Parse methods that participle calls for
// `@@` in the grammars of tree.go. They are no door of the package. A literal that the lexer has reported as wrong has
// its kind all the same, and gets a zero value here.

func spanOf(t *plex.Token) Span { return Span{t.Pos.Offset, t.Pos.Offset + len(t.Value)} }

// take consumes a token of a type.
func take(lex *plex.PeekingLexer, typ plex.TokenType) (Span, string, error) {
	t := lex.Peek()
	if t.Type != typ {
		return Span{}, "", participle.NextMatch
	}
	lex.Next()
	return spanOf(t), t.Value, nil
}

// sign consumes a sign or a reserved word.
func sign(lex *plex.PeekingLexer, typ plex.TokenType, text string) bool {
	if t := lex.Peek(); t.Type != typ || t.Value != text {
		return false
	}
	lex.Next()
	return true
}

func unexpected(lex *plex.PeekingLexer) error {
	return &participle.UnexpectedTokenError{Unexpected: *lex.Peek()}
}

// need makes a missing operand an error, where participle would otherwise try another way.
func need(lex *plex.PeekingLexer, err error) error {
	if err == participle.NextMatch {
		return unexpected(lex)
	}
	return err
}

// Parse takes a name; the keyword of a statement is one where the tree keeps it.
func (n *Name) Parse(lex *plex.PeekingLexer) (err error) {
	if t := lex.Peek(); t.Type != wIdent && t.Type != wKeyword {
		return participle.NextMatch
	}
	t := lex.Next()
	n.Span, n.Text = spanOf(t), t.Value
	return nil
}

// Parse takes a name, or two joined by a dot, or `done`.
func (p *Path) Parse(lex *plex.PeekingLexer) error {
	var first Name
	if t := lex.Peek(); t.Type == wReserved && t.Value == "done" {
		lex.Next()
		p.Span, p.Parts = spanOf(t), []Name{{spanOf(t), t.Value}}
		return nil
	}
	if err := first.Parse(lex); err != nil {
		return err
	}
	p.Span, p.Parts = first.Span, []Name{first}
	if !sign(lex, wPunct, ".") {
		return nil
	}
	var second Name
	if err := second.Parse(lex); err != nil {
		return need(lex, err)
	}
	p.Parts, p.End = append(p.Parts, second), second.End
	return nil
}

// Parse takes a text in quotes.
func (s *Str) Parse(lex *plex.PeekingLexer) (err error) {
	var text string
	if s.Span, text, err = take(lex, wString); err != nil {
		return err
	}
	s.Value = unquote(text)
	return nil
}

// Parse takes a number with or without a sign.
func (n *Number) Parse(lex *plex.PeekingLexer) (err error) {
	start, minus := lex.Peek().Pos.Offset, false
	sig := ""
	if sign(lex, wPunct, "-") {
		sig, minus = "-", true
	} else if sign(lex, wPunct, "+") {
		sig = "+"
	}
	if n.Span, n.Text, err = take(lex, wNumber); err != nil {
		if sig != "" {
			return need(lex, err)
		}
		return err
	}
	n.Start, n.Value, n.Text = start, numberOf(n.Text), sig+n.Text
	if minus {
		n.Value = -n.Value
	}
	return nil
}

// Parse takes a number with `%`.
func (p *Percent) Parse(lex *plex.PeekingLexer) (err error) {
	if p.Span, p.Text, err = take(lex, wPercent); err != nil {
		return err
	}
	p.Value = numberOf(p.Text[:len(p.Text)-1])
	return nil
}

// Parse takes a duration.
func (d *Duration) Parse(lex *plex.PeekingLexer) (err error) {
	if d.Span, d.Text, err = take(lex, wDuration); err != nil {
		return err
	}
	d.Value, _ = calendar.ParseDuration(d.Text)
	return nil
}

// Parse takes a date.
func (d *Date) Parse(lex *plex.PeekingLexer) (err error) {
	var text string
	if d.Span, text, err = take(lex, wDate); err != nil {
		return err
	}
	d.Value, _ = calendar.ParseDate(padDate(text))
	return nil
}

// Parse takes a date with its time.
func (d *DateTime) Parse(lex *plex.PeekingLexer) (err error) {
	var text string
	if d.Span, text, err = take(lex, wDateTime); err != nil {
		return err
	}
	if len(text) == len("2026-03-02 10:00") {
		d.Date, _ = calendar.ParseDate(text[:10])
		d.Minute, _ = minuteOf(text[11:])
	}
	return nil
}

// Parse takes a time of the day.
func (t *TimeOfDay) Parse(lex *plex.PeekingLexer) (err error) {
	var text string
	if t.Span, text, err = take(lex, wTime); err != nil {
		return err
	}
	t.Minute, _ = minuteOf(text)
	return nil
}

// Parse takes the one token that a condition is.
func (c *Cond) Parse(lex *plex.PeekingLexer) (err error) {
	t := lex.Peek()
	if c.Span, c.Text, err = take(lex, wCond); err == nil {
		c.Bad = t.Pos.Column == badCond
	}
	return err
}

// Parse takes a value: a literal, a name, a list, or a range of two literals.
func (v *Value) Parse(lex *plex.PeekingLexer) error {
	if open := lex.Peek(); sign(lex, wPunct, "[") {
		return v.list(lex, open.Pos.Offset)
	}
	if err := v.scalar(lex); err != nil {
		return err
	}
	if !sign(lex, wPunct, "..") {
		return nil
	}
	r := &Range{Lo: *v}
	if err := r.Hi.scalar(lex); err != nil {
		return need(lex, err)
	}
	r.Span = Span{r.Lo.Start, r.Hi.End}
	*v = Value{Span: r.Span, Range: r}
	return nil
}

// list takes the rest of a list that begins at start. Lists do not nest.
func (v *Value) list(lex *plex.PeekingLexer, start int) error {
	l := &List{Span: Span{Start: start}}
	for {
		t := lex.Peek()
		if sign(lex, wPunct, "]") {
			l.End = spanOf(t).End
			v.Span, v.List = l.Span, l
			return nil
		}
		var item Value
		if err := item.scalar(lex); err != nil {
			return need(lex, err)
		}
		l.Items = append(l.Items, item)
		if t := lex.Peek(); !sign(lex, wPunct, ",") && (t.Type != wPunct || t.Value != "]") {
			return unexpected(lex)
		}
	}
}

// scalar takes a value that is neither list nor range.
func (v *Value) scalar(lex *plex.PeekingLexer) (err error) {
	t := lex.Peek()
	v.Span = spanOf(t)
	switch t.Type {
	case wIdent:
		v.Name = new(Name)
		return v.Name.Parse(lex)
	case wString:
		v.Str = new(Str)
		return v.Str.Parse(lex)
	case wPercent:
		v.Percent = new(Percent)
		return v.Percent.Parse(lex)
	case wDuration:
		v.Duration = new(Duration)
		return v.Duration.Parse(lex)
	case wDate:
		v.Date = new(Date)
		return v.Date.Parse(lex)
	case wDateTime:
		v.DateTime = new(DateTime)
		return v.DateTime.Parse(lex)
	case wTime:
		var time TimeOfDay
		err = time.Parse(lex)
		v.Number = &Number{Span: time.Span, Value: float64(time.Minute), Text: t.Value}
		return err
	case wReserved:
		if t.Value != "true" && t.Value != "false" {
			return participle.NextMatch
		}
		lex.Next()
		b := t.Value == "true"
		v.Bool = &b
		return nil
	default:
		v.Number = new(Number)
		if err = v.Number.Parse(lex); err == nil {
			v.Span = v.Number.Span
		}
		return err
	}
}

// Parse takes lo..hi.
func (r *Range) Parse(lex *plex.PeekingLexer) error {
	var v Value
	if err := v.Parse(lex); err != nil {
		return err
	}
	if v.Range == nil {
		return participle.NextMatch
	}
	*r = *v.Range
	return nil
}

// Parse takes a value and its share.
func (s *Share) Parse(lex *plex.PeekingLexer) error {
	if err := s.Value.scalar(lex); err != nil {
		return err
	}
	if s.Value.Percent != nil || lex.Peek().Type == wPunct && lex.Peek().Value == ".." {
		return participle.NextMatch
	}
	if err := s.Percent.Parse(lex); err != nil {
		return need(lex, err)
	}
	s.Span = Span{s.Value.Start, s.Percent.End}
	return nil
}

// Parse takes a type: a name, and in brackets the values of an enum or set.
func (t *Type) Parse(lex *plex.PeekingLexer) error {
	if err := t.Name.Parse(lex); err != nil {
		return err
	}
	t.Span = t.Name.Span
	if !sign(lex, wPunct, "(") {
		return nil
	}
	for {
		end := lex.Peek()
		if sign(lex, wPunct, ")") {
			t.End = spanOf(end).End
			return nil
		}
		var value Str
		if err := value.Parse(lex); err != nil {
			return need(lex, err)
		}
		t.Values = append(t.Values, value)
		if end := lex.Peek(); !sign(lex, wPunct, ",") && (end.Type != wPunct || end.Value != ")") {
			return unexpected(lex)
		}
	}
}

// Parse takes `question light "…"`.
func (q *Question) Parse(lex *plex.PeekingLexer) error {
	q.Start = lex.Peek().Pos.Offset
	if !sign(lex, wIdent, "question") {
		return participle.NextMatch
	}
	if err := q.Weight.Parse(lex); err != nil {
		return need(lex, err)
	}
	if err := q.Text.Parse(lex); err != nil {
		return need(lex, err)
	}
	q.End = q.Text.End
	return nil
}

// Parse takes a cell of a map: offers, `-`, or in the header a segment or `otherwise`.
func (c *MapCell) Parse(lex *plex.PeekingLexer) error {
	t := lex.Peek()
	c.Span = spanOf(t)
	if sign(lex, wPunct, "-") {
		c.Gap = true
		return nil
	}
	if sign(lex, wReserved, "otherwise") {
		c.Names = []Name{{spanOf(t), t.Value}}
		return nil
	}
	for {
		var n Name
		if err := n.Parse(lex); err != nil {
			return need(lex, err)
		}
		c.Names, c.End = append(c.Names, n), n.End
		if !sign(lex, wPunct, ",") {
			return nil
		}
	}
}

// Parse takes a day, a word for several, or a range of days.
func (d *DayRange) Parse(lex *plex.PeekingLexer) error {
	if err := d.From.Parse(lex); err != nil {
		return err
	}
	d.Span = d.From.Span
	if !sign(lex, wPunct, "..") {
		return nil
	}
	d.To = new(Name)
	if err := d.To.Parse(lex); err != nil {
		return need(lex, err)
	}
	d.End = d.To.End
	return nil
}
