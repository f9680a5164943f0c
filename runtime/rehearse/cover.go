package rehearse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/engine"
)

// Coverage counts what tests exercise of a playbook, from what the journal says was decided and by which line. Any number
// of tests may be played into one. A `never` is not counted: in a sound playbook nothing comes of it.
type Coverage struct {
	p     *compile.Program
	mu    sync.Mutex
	items []Item

	// Where items are, by the indexes of the program.
	stages, offers map[int]int
	cells          map[[3]int]int           // by map, row and column
	lines          map[decision][]candidate // what a row of the journal stands for
}

// Item is one thing of a playbook that a test can exercise.
type Item struct {
	Part  Part
	Name  string
	Span  diag.Span
	Count int // how often it was exercised
}

// Part is a kind of thing that is counted.
type Part uint8

const (
	Stages      Part = iota // a contact came there
	Transitions             // a rule led there: one for each place that a rule can lead to
	Cells                   // of maps: an offer was sent from there, to somebody of that column
	Offers                  // it was sent
	Rules                   // what else a line does: it let in, sent, set, asked a person, stopped, reached a goal
)

// Parts names the parts, by Part.
var Parts = [...]string{"stages", "transitions", "map cells", "offers", "rules"}

func (p Part) String() string { return Parts[p] }

// decision is what tells rows of the journal apart: their kind, their line, and what they are about.
type decision struct {
	kind  engine.Kind
	by    string
	about string // see about
}

// candidate is an item that a row stands for, where the row is of its stage or program.
type candidate struct{ item, stage, program int }

// NewCoverage knows all that there is to exercise, in the order of the playbook.
func NewCoverage(p *compile.Program) *Coverage {
	c := &Coverage{
		p: p, stages: map[int]int{}, offers: map[int]int{}, cells: map[[3]int]int{}, lines: map[decision][]candidate{},
	}
	c.ofOffers()
	c.ofPolicy()
	for i, t := range p.Playbook.Tracks {
		c.ofRules("track "+t.Name, t.Rules, p.Tracks[i].Rules, compile.None, compile.None)
	}
	stage := 0
	for i, program := range p.Playbook.Programs {
		c.ofProgram(i, program)
		for _, s := range program.Stages {
			c.ofStage(i, stage, s)
			stage++
		}
	}
	return c
}

// Items are all that was counted, by file and place.
func (c *Coverage) Items() []Item {
	c.mu.Lock()
	defer c.mu.Unlock()
	items := slices.Clone(c.items)
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(strings.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return items
}

func (c *Coverage) add(part Part, at diag.Span, name string) (item int) {
	c.items = append(c.items, Item{Part: part, Name: name, Span: at})
	return len(c.items) - 1
}

// line adds what a row of the journal stands for.
func (c *Coverage) line(item int, d decision, stage, program int) {
	c.lines[d] = append(c.lines[d], candidate{item, stage, program})
}

func (c *Coverage) ofOffers() {
	for i, o := range c.p.Playbook.Offers {
		c.offers[i] = c.add(Offers, o.Span, o.Name)
	}
	uses := c.p.Playbook.Uses()
	for i, m := range c.p.Playbook.Maps {
		for j, row := range m.Rows {
			var named []diag.Span // the offers of the row, in source order: column by column
			for _, u := range uses {
				if u.Kind == check.AnOffer && !u.Declares && u.Span.File == row.Span.File && u.Span.Start >= row.Span.Start && u.Span.End <= row.Span.End {
					named = append(named, u.Span)
				}
			}
			slices.SortFunc(named, func(a, b diag.Span) int { return cmp.Compare(a.Start, b.Start) })
			for k, cell := range row.Cells {
				if len(cell) == 0 {
					continue
				}
				at := row.Span
				if len(cell) <= len(named) {
					at, named = diag.Span{File: at.File, Start: named[0].Start, End: named[len(cell)-1].End}, named[len(cell):]
				}
				column := "otherwise"
				if k < len(m.Columns) && m.Columns[k] != nil {
					column = m.Columns[k].Name
				}
				c.cells[[3]int{i, j, k}] = c.add(Cells, at, fmt.Sprintf("%s: %s, %s", m.Name, row.Topic.Name, column))
			}
		}
	}
}

func (c *Coverage) ofPolicy() {
	stops := func(rules []*check.StopRule, kind engine.Kind, word string) {
		for _, s := range rules {
			var names []string
			for _, e := range s.Events {
				names = append(names, e.Name)
			}
			item := c.add(Rules, s.Span, word+" on "+strings.Join(names, ", "))
			c.line(item, decision{kind, c.p.Line(s.Span), ""}, compile.None, compile.None)
		}
	}
	stops(c.p.Playbook.Policy.Stops, engine.Stopped, "stop")
	stops(c.p.Playbook.Policy.Resumes, engine.Resumed, "resume")
}

func (c *Coverage) ofProgram(i int, from *check.Program) {
	made := &c.p.Programs[i]
	if from.Enter != nil {
		c.line(c.add(Rules, from.Enter.Span, from.Name+": enter when "+from.Enter.Text), decision{engine.Entered, made.EnterBy, ""}, compile.None, i)
	}
	for j, g := range from.Goals {
		goal := &made.Goals[j]
		c.line(c.add(Rules, g.Span, from.Name+": goal "+goal.Name), decision{engine.GoalReached, goal.By, goal.Name}, compile.None, i)
	}
	c.ofRules(from.Name, from.Rules, made.Rules, compile.None, i)
}

func (c *Coverage) ofStage(program, stage int, from *check.Stage) {
	made := &c.p.Stages[stage]
	c.stages[stage] = c.add(Stages, from.Span, made.Name)
	for i, s := range from.Sends {
		c.line(c.add(Rules, s.Span, made.Name+": send "+made.Sends[i].ID), decision{engine.Sent, made.Sends[i].By, ""}, stage, program)
	}
	for i, e := range from.Entry {
		entry := &made.Entry[i]
		if e.Hand != nil {
			c.line(c.add(Rules, e.Span, made.Name+": hand to "+e.Hand.Name), decision{engine.Handed, entry.By, e.Hand.Name}, stage, program)
		} else {
			c.line(c.add(Rules, e.Span, fmt.Sprintf("%s: task %q", made.Name, entry.Text)), decision{engine.TaskOpened, entry.By, entry.Text}, stage, program)
		}
	}
	c.ofRules(made.Name, from.Rules, made.Rules, stage, program)
}

// actions are how the journal calls what a rule does.
var actions = map[check.ActionKind]engine.Kind{check.SetField: engine.SetField, check.ForgetField: engine.Forgot, check.TagContact: engine.Tagged}

// ofRules adds the ways that rules lead, and what they do on the way.
func (c *Coverage) ofRules(place string, from []*check.Rule, made []compile.Rule, stage, program int) {
	for i, r := range from {
		rule := &made[i]
		_, head, there := strings.Cut(rule.ID, " ")
		if stage != compile.None || !there {
			head = rule.ID
		}
		then := func(at diag.Span, then check.Then, made *compile.Then) {
			if made.Target != compile.None {
				to := "done"
				if made.Target != compile.Done {
					to = c.p.Stages[made.Target].Name
				}
				d := decision{engine.Moved, rule.By, to}
				known := slices.IndexFunc(c.lines[d], func(k candidate) bool { return k.stage == stage && k.program == program })
				if known < 0 { // two arms that lead to one place are one way
					c.line(c.add(Transitions, at, place+": "+head+" -> "+to), d, stage, program)
				}
			}
			for j, a := range then.Actions {
				item := c.add(Rules, a.Span, place+": "+head+" { "+actions[a.Kind].String()+" }")
				c.line(item, decision{actions[a.Kind], made.Actions[j].By, ""}, stage, program)
			}
		}
		if r.Match == nil {
			then(r.Span, r.Then, &rule.Then)
			continue
		}
		for j, a := range r.Match.Arms {
			then(a.Span, a.Then, &rule.Match.Arms[j].Then)
		}
	}
}

// about is what tells a row from others of its kind and line.
func about(row *engine.Row) string {
	switch row.Kind {
	case engine.Moved, engine.Handed:
		return row.To
	case engine.GoalReached, engine.TaskOpened:
		return row.Detail
	}
	return ""
}

// saw counts what a row of a contact's journal stands for, and where the contact stands after it.
func (c *Coverage) saw(state *engine.State, row *engine.Row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if row.Stage >= 0 {
		c.items[c.stages[int(row.Stage)]].Count++
	}
	for _, k := range c.lines[decision{row.Kind, row.By, about(row)}] {
		if (k.stage == compile.None || k.stage == int(row.Stage)) && (k.program == compile.None || k.program == int(row.Program)) {
			c.items[k.item].Count++
		}
	}
	if row.Kind == engine.Sent {
		c.items[c.offers[int(row.Offer)]].Count++
		c.sent(state, row)
	}
}

// stood counts the stages in which a contact has come to rest.
func (c *Coverage) stood(state *engine.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range state.Tracks {
		if t.Stage >= 0 {
			c.items[c.stages[int(t.Stage)]].Count++
		}
	}
}

// sent counts the cell of the map that an offer was sent from.
func (c *Coverage) sent(state *engine.State, row *engine.Row) {
	send := c.send(row)
	if send == nil || send.Map == compile.None {
		return
	}
	m := &c.p.Maps[send.Map]
	column := c.column(state, row, m)
	for i := range m.Rows {
		if column >= 0 && slices.Contains(m.Rows[i].Cells[column], int(row.Offer)) {
			c.items[c.cells[[3]int{send.Map, i, column}]].Count++
		}
	}
}

// send is the statement of a row.
func (c *Coverage) send(row *engine.Row) *compile.Send {
	if row.Stage < 0 {
		return nil
	}
	sends := c.p.Stages[row.Stage].Sends
	for i := range sends {
		send := &sends[i]
		offers := row.Offer < 0 || slices.Contains(send.Offers, int(row.Offer)) || send.Map != compile.None && c.p.Maps[send.Map].Offers[row.Offer]
		if send.By == row.By && offers {
			return send
		}
	}
	return nil
}

// column is the one of a map that is the contact's; None where there is none.
func (c *Coverage) column(state *engine.State, row *engine.Row, m *compile.Map) int {
	x := engine.Look(c.p, state, row.At, int(row.Track))
	return slices.IndexFunc(m.Columns, func(is compile.Cond) bool { return is.Holds(x) })
}
