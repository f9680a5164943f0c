package why

import (
	"regexp/syntax"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
)

// values are those of a field that may make a difference to a comparison: what it is compared with and what lies beside
// that, and what the field can have at all.
func (w *wisher) values(f *compile.Field, n *cond.Node) (all []compile.Value) {
	numbers, texts, spans := w.compared(n)
	text := func(of ...string) {
		for _, t := range of {
			if v, err := f.Fit(compile.Value{Known: t != "", Text: t}); err == nil && v.Known {
				all = append(all, v)
			}
		}
	}
	number := func(of ...float64) {
		for _, n := range of {
			all = append(all, compile.Value{Known: true, Num: n})
		}
	}
	switch f.Type {
	case check.FieldBool:
		number(1, 0)
	case check.FieldNumber:
		for _, k := range numbers {
			number(k, k+1, k-1)
		}
		number(1, 0, 100)
	case check.FieldDate:
		today, _ := w.x.Zone.Date(w.x.Now)
		for _, at := range spans {
			day, _ := w.x.Zone.Date(at)
			number(float64(day), float64(day)+1, float64(day)-1)
		}
		for _, k := range numbers {
			number(k, k+1, k-1)
		}
		number(float64(today))
	case check.FieldTime:
		for _, at := range spans {
			number(float64(at), float64(at)+1, float64(at)-1)
		}
		number(float64(w.x.Now))
	case check.FieldEnum, check.FieldTopic:
		text(texts...)
		text(f.Values...)
	case check.FieldSet:
		for _, v := range f.Values {
			all = append(all, compile.Value{Known: true, Text: v})
		}
		all = append(all, compile.Value{Known: true, Text: compile.SetText(f.Values)})
	case check.FieldTimezone:
		text(append(texts, "Europe/Berlin", "America/New_York")...)
	case check.FieldEmail:
		text(append(texts, "someone@example.com")...)
	case check.FieldOffer:
	default:
		for _, t := range texts {
			text(t, t+"x", strings.ToLower(t), strings.ToUpper(t))
		}
		text("something")
	}
	return all
}

// compared are the literals of a comparison: numbers (dates by their days), texts, and the instants that its durations
// lead to from now, both ways. Of what else it compares they are the values that this has now.
func (w *wisher) compared(n *cond.Node) (numbers []float64, texts []string, instants []int64) {
	cond.Walk(n, func(m *cond.Node) bool {
		switch m.Op {
		case cond.ConstNumber, cond.ConstDate:
			numbers = append(numbers, m.Num)
		case cond.ConstText:
			texts = append(texts, m.Text)
		case cond.ConstTime:
			instants = append(instants, w.x.Zone.Instant(m.Local*60))
		case cond.ConstDuration:
			instants = append(instants, w.x.Zone.Add(w.x.Now, m.Dur), w.x.Zone.Sub(w.x.Now, m.Dur))
		case cond.Field, cond.EventField:
			v := w.b.ValueOn(w.event, m)(w.x)
			if v.Known && v.Text != "" {
				texts = append(texts, v.Text)
			} else if v.Known {
				numbers = append(numbers, v.Num)
			}
		case cond.Call:
			if m.Name == "matches" {
				texts = append(texts, sample(m.Args[1].Text))
			}
		}
		return true
	})
	for _, k := range numbers {
		if k > 0 && k < 100_000 {
			instants = append(instants, w.x.Zone.Start(calendar.Date(k)))
		}
	}
	return numbers, texts, instants
}

// sample is a text that a regular expression matches, as a rule.
func sample(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	var text strings.Builder
	var write func(re *syntax.Regexp)
	write = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpLiteral:
			text.WriteString(string(re.Rune))
		case syntax.OpCharClass:
			if len(re.Rune) > 0 {
				text.WriteRune(re.Rune[0])
			}
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			text.WriteRune('x')
		case syntax.OpRepeat:
			for range re.Min {
				write(re.Sub[0])
			}
		case syntax.OpAlternate, syntax.OpCapture, syntax.OpPlus:
			write(re.Sub[0])
		case syntax.OpConcat:
			for _, sub := range re.Sub {
				write(sub)
			}
		}
	}
	write(re)
	return text.String()
}
