package compile

import (
	"fmt"
	"strconv"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Scenario is who the contacts of a simulation are and what they do. It is no part of the program: playbooks that differ
// in their scenarios only mean the same.
type Scenario struct {
	Name     string
	Contacts int
	Fields   []MadeUp // in source order
	Lines    []Likely // in source order
}

type (
	// MadeUp says how a contact field is made up: by Values or by Range, or where there is neither, Share of the contacts
	// have something there, and of a bool say yes.
	MadeUp struct {
		Field  int
		Share  float64
		Values []Weighted
		Range  *Range
	}
	// Weighted is a value that so many of all contacts have.
	Weighted struct {
		Value Value
		Share float64
	}
	// Range is Lo, Lo+Step and so on up to and with Hi.
	Range struct{ Lo, Hi, Step float64 }

	// Likely is a line of a scenario: an event that comes with a chance at each Occasion for which Where holds, Within
	// after it.
	Likely struct {
		Event    int
		Occasion Occasion
		Chance   float64
		Per      calendar.Duration     // of ByContact; zero: once
		Within   *[2]calendar.Duration // nil: as the line does not say
		Where    Cond
		Offer    int    // of BySending: only sendings of this one; None
		Task     string // of ByTask: only this one; ""
		Given    []Given
		By       string
	}
	// Given is what an event carries: a value, or anything of a range.
	Given struct {
		Field int // of the event's Fields
		Value Value
		Range *Range
	}
)

// Occasion is what a line of a scenario is decided for.
type Occasion uint8

const (
	ByContact  Occasion = iota // each contact, once or per so much time
	BySending                  // each message that is sent
	ByHandoff                  // each hand-off
	ByTask                     // each task that is opened
	NoOccasion                 // how many there are
)

// occasions says by kind of event what its lines are decided for.
var occasions = map[check.EventKind]Occasion{check.Message: BySending, check.Outcome: ByHandoff, check.TaskEvent: ByTask}

// Scenario compiles a scenario of the playbook. The error says which of its values is none that a file could bring.
func (p *Program) Scenario(from *check.Scenario) (*Scenario, error) {
	b := &scenarist{Program: p, from: from}
	made := b.scenario()
	return made, b.err
}

// scenarist makes a Scenario.
type scenarist struct {
	*Program
	from *check.Scenario
	err  error // the first
}

func (p *scenarist) scenario() *Scenario {
	from := p.from
	made := &Scenario{Name: from.Name}
	for _, s := range statements(from.Decl.Body) {
		switch s := s.(type) {
		case *syntax.ContactsStmt:
			made.Contacts = int(s.Count.Value)
			for _, share := range statements(s.Body) {
				if share, ok := share.(*syntax.FieldShare); ok {
					made.Fields = append(made.Fields, p.madeUp(share))
				}
			}
		case *syntax.ScenarioEvent:
			made.Lines = append(made.Lines, p.likely(s))
		}
	}
	return made
}

func statements(b *syntax.Block) []syntax.Stmt {
	if b == nil {
		return nil
	}
	return b.Stmts
}

func (p *scenarist) madeUp(from *syntax.FieldShare) MadeUp {
	made := MadeUp{Field: p.FieldIndex(from.Name.Text)}
	field := &p.Fields[made.Field]
	switch {
	case from.Range != nil:
		made.Range = p.bounds(field, from.Range)
	case from.Known != nil:
		made.Share = share(*from.Known)
	}
	for i := range from.Shares {
		s := &from.Shares[i]
		made.Values = append(made.Values, Weighted{p.literal(field, &s.Value), share(s.Percent)})
	}
	return made
}

func share(p syntax.Percent) float64 { return p.Value / 100 }

func (p *scenarist) likely(s *syntax.ScenarioEvent) Likely {
	made := Likely{Event: p.EventIndex(s.Event.String()), Chance: share(s.Chance), Offer: None}
	made.By = p.line(s.Span)
	event := &p.Events[made.Event]
	made.Occasion = occasions[event.Kind]
	if s.Per != nil {
		made.Per = s.Per.Value
	}
	if w := s.Within; w != nil {
		made.Within = &[2]calendar.Duration{w.Lo.Duration.Value, w.Hi.Duration.Value}
	}
	if s.Where != nil {
		made.Where = p.Ask(p.from.Conds[s.Where])
	}
	for _, stmt := range statements(s.Body) {
		a, ok := stmt.(*syntax.Assign)
		if !ok {
			continue
		}
		if a.Name.Text == "offer" && event.Kind != check.Declared {
			made.Offer = p.OfferIndex(Cell(&a.Value))
			continue
		}
		for f := range event.Fields {
			if field := &event.Fields[f]; field.Name == a.Name.Text {
				given := Given{Field: f}
				if a.Value.Range != nil {
					given.Range = p.bounds(field, a.Value.Range)
				} else {
					given.Value = p.literal(field, &a.Value)
				}
				made.Given = append(made.Given, given)
				if made.Occasion == ByTask {
					made.Task = given.Value.Text
				}
			}
		}
	}
	return made
}

// literal is a value of the source as a file that has it would bring it.
func (p *scenarist) literal(f *Field, v *syntax.Value) Value {
	got, err := f.Parse(Cell(v), p.Policy.Zone)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("scenario %s, %s: %s: %w", p.from.Name, p.line(v.Span), f.Name, err)
	}
	return got
}

// line is where something of the scenario stands, file:line.
func (p *scenarist) line(s syntax.Span) string {
	return p.Line(diag.Span{File: p.from.Span.File, Start: s.Start, End: s.End})
}

// bounds is a range of the source. Ranges of times include their start and not their end, others both.
func (p *scenarist) bounds(f *Field, from *syntax.Range) *Range {
	lo, hi := p.literal(f, &from.Lo).Num, p.literal(f, &from.Hi).Num
	r := &Range{Lo: lo, Hi: hi, Step: 1}
	switch {
	case f.Type == check.FieldTime:
		r.Hi = max(lo, hi-1)
	case lo != float64(int64(lo)) || hi != float64(int64(hi)):
		r.Step = 0.01
	}
	return r
}

// Cell is a value of the source as a cell of a file would have it.
func Cell(v *syntax.Value) string {
	switch {
	case v.Name != nil:
		return v.Name.Text
	case v.Str != nil:
		return v.Str.Value
	case v.Number != nil:
		return formatNumber(v.Number.Value)
	case v.Percent != nil:
		return formatNumber(v.Percent.Value / 100)
	case v.Date != nil:
		return v.Date.Value.String()
	case v.DateTime != nil:
		return fmt.Sprintf("%s %02d:%02d", v.DateTime.Date, v.DateTime.Minute/60, v.DateTime.Minute%60)
	case v.Bool != nil:
		return strconv.FormatBool(*v.Bool)
	case v.List != nil:
		all := make([]string, len(v.List.Items))
		for i := range v.List.Items {
			all[i] = Cell(&v.List.Items[i])
		}
		return strings.Join(all, ";")
	}
	return ""
}
