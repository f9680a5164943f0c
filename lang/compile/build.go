package compile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/content"
	"nurture/lang/diag"
	"nurture/lang/meaning"
)

// builder holds what is needed while a Program is made. Tables are filled in the order in which they refer to one
// another: names first, then scores and segments, then what has conditions.
type builder struct {
	p     *Program
	pb    *check.Playbook
	lines map[string]*diag.Lines

	asking sync.Mutex // what is asked later may be asked by several

	event    int // the event whose fields the condition at hand may see; None
	segments map[string]*Cond
	scores   map[string]int
	maps     map[*check.Map]int
	offers   map[*check.Offer]int
	events   map[*check.Event]int
	stages   map[*check.Stage]int
	topics   map[string]int
	roles    map[string]int
	handoffs map[*check.Handoff]int
}

// Compile makes the program of a playbook that was checked without errors.
func Compile(pb *check.Playbook) *Program {
	b := &builder{
		p: &Program{Playbook: pb, Hash: meaning.Hash(meaning.Of(pb.Files)),
			events: map[string]int{}, offers: map[string]int{}, fields: map[string]int{}, stages: map[string]int{}, migrations: map[string]int{}},
		pb: pb, lines: map[string]*diag.Lines{}, event: None,
		segments: map[string]*Cond{}, scores: map[string]int{}, maps: map[*check.Map]int{}, offers: map[*check.Offer]int{},
		events: map[*check.Event]int{}, stages: map[*check.Stage]int{}, topics: map[string]int{}, roles: map[string]int{}, handoffs: map[*check.Handoff]int{},
	}
	for _, f := range pb.Files {
		b.lines[f.Name] = diag.NewLines(f.Src)
	}
	b.name()
	for _, s := range pb.Segments {
		b.segment(s.Name)
	}
	b.scoring()
	b.offering()
	b.policy()
	b.handing()
	b.moving()
	for _, n := range pb.Nevers {
		b.p.Nevers = append(b.p.Nevers, Never{Title: n.Title, Cond: b.cond(n.Cond), By: b.by(n.Span)})
	}
	for _, m := range pb.Migrations {
		b.p.migrations[m.FromProgram+"."+m.FromStage] = b.target(m.To)
	}
	b.p.builder = b
	return b.p
}

// by says where something stands, as the journal does: file:line.
func (b *builder) by(s diag.Span) string {
	lines := b.lines[s.File]
	if lines == nil {
		return s.File
	}
	line, _ := lines.Position(s.Start)
	return fmt.Sprintf("%s:%d", s.File, line)
}

// name gives everything its number.
func (b *builder) name() {
	p := b.p
	for i, t := range b.pb.Topics {
		p.Topics = append(p.Topics, t.Name)
		b.topics[t.Name] = i
	}
	for i, r := range b.pb.Roles {
		p.Roles = append(p.Roles, r.Name)
		b.roles[r.Name] = i
	}
	for i, f := range b.pb.Contact.Fields {
		p.Fields = append(p.Fields, b.field(f))
		p.fields[f.Name] = i
	}
	p.Key, p.Address, p.Arrived = b.fieldIndex(b.pb.Contact.Key), b.fieldIndex(b.pb.Contact.Address), b.fieldIndex(b.pb.Contact.Arrived)
	for i, h := range b.pb.Handoffs {
		b.handoffs[h] = i
	}
	for i, o := range b.pb.Offers {
		b.offers[o] = i
		p.offers[o.Name] = i
	}
	for i, m := range b.pb.Maps {
		b.maps[m] = i
	}
	for i, e := range b.pb.Events {
		b.events[e] = i
		p.events[e.Name] = i
		p.Events = append(p.Events, b.declareEvent(e))
	}
	for i, s := range b.pb.Scores {
		b.scores[s.Name] = i
	}
	p.Sent, p.Response, p.Exhausted = p.EventIndex("sent"), p.EventIndex("response"), p.EventIndex("exhausted")
	p.Submitted, p.TaskDone, p.TaskOverdue = p.EventIndex("submitted"), p.EventIndex("task_done"), p.EventIndex("task_overdue")
}

func (b *builder) fieldIndex(f *check.Field) int {
	if f == nil {
		return None
	}
	return b.p.FieldIndex(f.Name)
}

func (b *builder) field(f *check.Field) Field {
	values := f.Values
	if f.Type == check.FieldTopic {
		values = b.p.Topics
	}
	return Field{Name: f.Name, Type: f.Type, Values: values, Column: f.Column, Unknown: f.Unknown, Asked: f.Question}
}

func (b *builder) declareEvent(e *check.Event) Event {
	made := Event{Name: e.Name, Kind: e.Kind, Handoff: None}
	if e.Handoff != nil {
		made.Handoff = b.handoffs[e.Handoff]
	}
	for _, f := range e.Fields {
		if e.Kind != check.Declared && (f.Name == "offer" || f.Name == "topic" || f.Name == "at") {
			continue
		}
		made.Fields = append(made.Fields, b.field(f))
	}
	made.answers = make([]bool, len(b.pb.Offers))
	for i, o := range b.pb.Offers {
		made.answers[i] = slices.Contains(o.Response, e)
	}
	return made
}

// segment compiles a segment once; segments may use one another, but never in a circle.
func (b *builder) segment(name string) *Cond {
	if c, ok := b.segments[name]; ok {
		return c
	}
	c := &Cond{}
	b.segments[name] = c
	for _, s := range b.pb.Segments {
		if s.Name == name {
			*c = b.cond(s.Cond)
			b.p.Segments = append(b.p.Segments, *c)
		}
	}
	return c
}

// score makes sure that a score's `when` terms are compiled before what compares it asks when they change.
func (b *builder) score(name string) int {
	i := b.scores[name]
	for len(b.p.Scores) < len(b.pb.Scores) {
		b.p.Scores = append(b.p.Scores, Score{})
	}
	s, from := &b.p.Scores[i], b.pb.Scores[i]
	if s.Name != "" {
		return i
	}
	s.Name = from.Name
	if from.Halve != nil {
		s.Halve = float64(from.Halve.Elapsed())
	}
	for _, t := range from.Terms {
		if t.On == nil {
			when := ScoreWhen{Points: t.Points, When: b.cond(t.When)}
			b.p.Scores[i].When = append(b.p.Scores[i].When, when)
		}
	}
	return i
}

func (b *builder) scoring() {
	for _, s := range b.pb.Scores {
		i := b.score(s.Name)
		for _, t := range s.Terms {
			if t.On != nil {
				e := b.events[t.On]
				b.p.Events[e].Scores = append(b.p.Events[e].Scores, ScoreHit{Score: i, Points: t.Points, Where: b.condOn(e, t.Where)})
			}
		}
	}
}

// condOn compiles a condition that may see an event's fields.
func (b *builder) condOn(event int, e *cond.Expr) Cond {
	b.event = event
	defer func() { b.event = None }()
	return b.cond(e)
}

func (b *builder) offering() {
	for _, o := range b.pb.Offers {
		made := Offer{
			Name: o.Name, Title: o.Title, Kind: o.Kind, Intent: o.Intent, Channel: o.Channel, Subject: o.Subject,
			Topic: None, Message: o.Message, Vars: b.vars(o.Message), Asks: o.Asks, Expires: NotExpired,
			Cost: o.Cost, Transactional: o.Transactional, By: b.by(o.Span),
		}
		if o.Topic != nil {
			made.Topic = b.topics[o.Topic.Name]
		}
		if o.Published != nil {
			made.Published = int32(*o.Published)
		}
		if o.Expires != nil {
			made.Expires = int32(*o.Expires)
		}
		if o.RepeatAfter != nil {
			made.Repeat, made.CanRepeat = *o.RepeatAfter, true
		}
		b.p.Offers = append(b.p.Offers, made)
	}
	for _, m := range b.pb.Maps {
		made := Map{Name: m.Name, Offers: make([]bool, len(b.pb.Offers))}
		for _, c := range m.Columns {
			var is Cond
			if c != nil {
				is = *b.segment(c.Name)
			}
			made.Columns = append(made.Columns, is)
		}
		for _, r := range m.Rows {
			row := MapRow{Topic: b.topics[r.Topic.Name]}
			for _, cell := range r.Cells {
				var offers []int
				for _, o := range cell {
					offers = append(offers, b.offers[o])
					made.Offers[b.offers[o]] = true
				}
				row.Cells = append(row.Cells, offers)
			}
			made.Rows = append(made.Rows, row)
		}
		b.p.Maps = append(b.p.Maps, made)
	}
}

// vars are the contact fields that a content file reads.
func (b *builder) vars(t *content.Template) []int {
	if t == nil {
		return nil
	}
	var vars []int
	for _, name := range t.Variables {
		if i := b.p.FieldIndex(name); i != None {
			vars = append(vars, i)
		}
	}
	return vars
}

func (b *builder) policy() {
	from, p := b.pb.Policy, &b.p.Policy
	*p = Policy{TimezoneField: b.fieldIndex(from.Field), Zone: from.Zone, Consent: b.cond(from.Consent)}
	if p.Zone == nil {
		p.Zone = calendar.UTC
	}
	for _, w := range from.Windows {
		p.Windows = append(p.Windows, *w)
	}
	for _, s := range from.Skips {
		p.Skips = append(p.Skips, *s)
	}
	for _, c := range from.Caps {
		p.Caps = append(p.Caps, Cap{Count: c.Count, Per: c.Per, For: b.cond(c.For)})
	}
	stops := func(rules []*check.StopRule, resume bool) {
		for _, r := range rules {
			for _, e := range r.Events {
				i := b.events[e]
				b.p.Events[i].Stops = append(b.p.Events[i].Stops, StopRule{Resume: resume, Where: b.condOn(i, r.Where), By: b.by(r.Span)})
			}
		}
	}
	stops(from.Stops, false)
	stops(from.Resumes, true)
}

func (b *builder) handing() {
	for _, h := range b.pb.Handoffs {
		made := Handoff{Name: h.Name, Title: h.Title, Channel: h.Channel, Brief: h.Message, Vars: b.vars(h.Message), Accept: h.Accept, Overdue: None, Accepted: None}
		if h.Overdue != nil {
			made.Overdue = b.events[h.Overdue]
		}
		for _, o := range h.Outcomes {
			if o.Name == h.Name+".accepted" {
				made.Accepted = b.events[o]
			}
		}
		b.p.Handoffs = append(b.p.Handoffs, made)
	}
	m := b.pb.Measure
	b.p.Measure = Measure{RevenueEvent: None, CostField: b.fieldIndex(m.CostField)}
	if m.RevenueEvent != nil && m.RevenueField != nil {
		b.p.Measure.RevenueEvent, b.p.Measure.RevenueField = b.events[m.RevenueEvent], m.RevenueField.Name
	}
}

func (b *builder) moving() {
	p := b.p
	for _, prog := range b.pb.Programs { // numbers first: rules point forwards
		for _, s := range prog.Stages {
			b.stages[s] = len(b.stages)
			p.stages[prog.Name+"."+s.Name] = b.stages[s]
		}
	}
	tracks := map[*check.Track]int{}
	for i, t := range b.pb.Tracks {
		tracks[t] = i
		rules := b.rules("track ", t.Rules)
		p.Tracks = append(p.Tracks, Track{Name: t.Name, Rules: rules, Whens: anyWhen(rules), BySending: anyBySending(rules)})
	}
	for i, from := range b.pb.Programs {
		made := Playlet{
			Name: from.Name, Title: from.Title, Phase: from.Phase, Track: tracks[from.Track], Priority: from.Priority,
			Enter: b.cond(from.Enter), Reenter: from.Reenter, After: from.After, Holdout: from.Holdout,
			Rules: b.rules("program ", from.Rules), First: b.stages[from.Stages[0]],
		}
		for _, g := range from.Goals {
			made.Goals = append(made.Goals, Goal{Name: g.Event.Name + " within " + g.Within.String(), Event: b.events[g.Event], Within: g.Within, Target: g.Target, By: b.by(g.Span)})
		}
		if from.Enter != nil {
			made.EnterBy = b.by(from.Enter.Span)
			t := &p.Tracks[made.Track]
			t.Programs = append(t.Programs, i)
		}
		p.Programs = append(p.Programs, made)
		for _, s := range from.Stages {
			stage := b.stage(i, from, s)
			stage.Whens = anyWhen(stage.Rules) || anyWhen(made.Rules) || p.Tracks[made.Track].Whens
			stage.BySending = anyBySending(stage.Rules) || anyBySending(made.Rules)
			p.Stages = append(p.Stages, stage)
		}
		t := &p.Tracks[made.Track]
		t.BySending = t.BySending || made.Enter.BySending
	}
	for i := range p.Tracks {
		slices.SortStableFunc(p.Tracks[i].Programs, func(a, c int) int {
			x, y := &p.Programs[a], &p.Programs[c]
			return cmp.Or(cmp.Compare(y.Priority, x.Priority), strings.Compare(x.Name, y.Name))
		})
	}
}

func (b *builder) stage(program int, in *check.Program, from *check.Stage) Stage {
	made := Stage{Name: in.Name + "." + from.Name, Short: from.Name, Program: program, Phase: in.Phase, Rules: b.rules("", from.Rules), By: b.by(from.Span)}
	for _, s := range from.Sends {
		made.Sends = append(made.Sends, b.send(s))
	}
	for _, e := range from.Entry {
		entry := Entry{Handoff: None, Role: None, By: b.by(e.Span)}
		if e.Hand != nil {
			entry.Handoff = b.handoffs[e.Hand]
		} else {
			entry.Text, entry.Role, entry.Within = e.Task.Text, b.roles[e.Task.To.Name], e.Task.Within
		}
		made.Entry = append(made.Entry, entry)
	}
	return made
}

func (b *builder) send(s *check.Send) Send {
	made := Send{Map: None, Pick: s.Pick, Where: b.cond(s.Where), By: b.by(s.Span)}
	if s.Map != nil {
		made.Map = b.maps[s.Map]
		for i, in := range b.p.Maps[made.Map].Offers {
			made.Transactional = made.Transactional || in && b.p.Offers[i].Transactional
		}
	}
	for _, o := range s.Offers {
		made.Offers = append(made.Offers, b.offers[o])
		made.Transactional = made.Transactional || o.Transactional
	}
	if s.In != nil {
		made.In = *s.In
	}
	if s.Every != nil {
		made.Every, made.Repeats = *s.Every, true
	}
	made.ID = sendID(s)
	return made
}

// sendID names a send statement within its stage by what it sends.
func sendID(s *check.Send) string {
	if s.Map != nil {
		return "from " + s.Map.Name
	}
	names := make([]string, len(s.Offers))
	for i, o := range s.Offers {
		names[i] = o.Name
	}
	return strings.Join(names, ", ")
}

// rules compiles the rules of one place. A contact's state says by their IDs which have acted, so each of those that may
// apply to it at once has its own: that of a stage, its program and its track, and two that read alike.
func (b *builder) rules(place string, from []*check.Rule) []Rule {
	rules, alike := make([]Rule, len(from)), map[string]int{}
	for i, r := range from {
		made := Rule{On: None, By: b.by(r.Span)}
		switch {
		case r.On != nil:
			made.On = b.events[r.On]
			made.Where = b.condOn(made.On, r.Where)
			made.ID = "on " + r.On.Name
		case r.When != nil:
			made.When = b.cond(r.When)
			made.ID = "when " + r.When.Text
		case r.After != nil:
			made.After, made.IsAfter = *r.After, true
			made.ID = "after " + r.After.String()
		}
		made.ID = place + made.ID
		if alike[made.ID]++; alike[made.ID] > 1 {
			made.ID = fmt.Sprintf("%s (%d)", made.ID, alike[made.ID])
		}
		b.event = made.On
		if r.Match != nil {
			m := &Match{Field: b.value(r.Match.Field.Root)}
			for _, a := range r.Match.Arms {
				m.Arms = append(m.Arms, Arm{Values: a.Values, Otherwise: a.Otherwise, Then: b.then(a.Then)})
			}
			made.Match = m
		} else {
			made.Then = b.then(r.Then)
		}
		b.event = None
		rules[i] = made
	}
	return rules
}

func anyWhen(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.When.Eval != nil })
}

func anyBySending(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.When.BySending })
}

func (b *builder) then(from check.Then) Then {
	made := Then{Target: b.target(from.Target)}
	for _, a := range from.Actions {
		action := Action{Kind: a.Kind, Field: b.fieldIndex(a.Field), By: b.by(a.Span)}
		if a.Expr != nil {
			action.Expr, action.Text = b.value(a.Expr.Root), a.Expr.Text
			if a.Kind == check.SetField && a.Field.Type == check.FieldTime && a.Expr.Root.Type == cond.Date {
				at := b.instant(a.Expr.Root)
				action.Expr = func(x *Ctx) Value { t, ok := at(x); return Value{Known: ok, Num: float64(t)} }
			}
		}
		made.Actions = append(made.Actions, action)
	}
	return made
}

func (b *builder) target(t *check.Target) int {
	switch {
	case t == nil:
		return None
	case t.Done:
		return Done
	default:
		return b.stages[t.Stage]
	}
}

// NotExpired is Offer.Expires of an offer that does not expire.
const NotExpired = math.MaxInt32
