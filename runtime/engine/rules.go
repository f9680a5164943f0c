package engine

import (
	"fmt"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
)

// look is (2) and (3) of the step for the input at hand: an event in r.event, a change (the event is compile.None
// then), or the timers of the instant. An input of one track only, such as an exhausted touch, names the track; the
// others only look at their `when` rules, as it may have made one true.
func (r *run) look(only int, timers bool) {
	if timers {
		r.event = nothing
	}
	r.s.quiet = 0
	r.moves = grown(r.moves, len(r.p.Tracks))
	changed := false
	for t := range r.s.Tracks {
		if only != compile.None && only != t {
			changed = r.whens(t) || changed
			continue
		}
		r.acted = false
		if r.try(t, timers, false) || r.acted {
			changed = true
			r.whens(t)
		}
	}
	for {
		for changed {
			changed = false
			for t := range r.s.Tracks {
				changed = r.whens(t) || changed
			}
		}
		for t := range r.s.Tracks {
			changed = r.enter(t) || changed
		}
		if !changed {
			break
		}
	}
	r.event, r.response = nothing, false
}

// whens takes `when` rules of a track until none holds, and says whether anything moved.
func (r *run) whens(track int) bool {
	if stage := r.s.Tracks[track].is; stage != nil && !stage.Whens || stage == nil && !r.p.Tracks[track].Whens {
		return false
	}
	return r.takeWhens(track)
}

func (r *run) takeWhens(track int) bool {
	moved := false
	for {
		r.acted = false
		again := r.try(track, false, true)
		moved = moved || again || r.acted
		if !again {
			return moved
		}
	}
}

// try looks at the rules that apply where the contact stands on a track, in source order: the stage's, the program's,
// the track's. The first that holds and leads somewhere is taken.
func (r *run) try(track int, timers, onlyWhen bool) bool {
	if r.moves[track] > mostMoves {
		return false
	}
	if stage := r.s.Tracks[track].is; stage != nil {
		if r.tryAll(track, stage.Rules, timers, onlyWhen) {
			return true
		}
		if r.tryAll(track, r.p.Programs[stage.Program].Rules, timers, onlyWhen) {
			return true
		}
	}
	return r.tryAll(track, r.p.Tracks[track].Rules, timers, onlyWhen)
}

func (r *run) tryAll(track int, rules []compile.Rule, timers, onlyWhen bool) bool {
	for i := range rules {
		rule := &rules[i]
		if !r.applies(track, rule, timers, onlyWhen) {
			continue
		}
		then := &rule.Then
		if rule.Match != nil {
			if then = r.arm(track, rule.Match); then == nil {
				continue
			}
		}
		// Outside a program there is nothing to be done with: such a rule only acts.
		if then.Target != compile.None && (then.Target != compile.Done || r.s.Tracks[track].Stage >= 0) {
			if !r.mayMove(track, rule) {
				return false
			}
			if r.fx.Watch != nil {
				r.watched(Seen{Track: track, Rule: rule, Then: then, Program: compile.None, Send: compile.None})
			}
			r.act(track, then)
			r.moveTo(track, then.Target, rule.By)
			return true
		}
		pos := &r.s.Tracks[track]
		if rule.On == compile.None { // a level acts once a stay
			if slices.Contains(pos.Acted, rule.ID) {
				continue
			}
			pos.Acted = append(pos.Acted, rule.ID)
		}
		if r.fx.Watch != nil {
			r.watched(Seen{Track: track, Rule: rule, Then: then, Program: compile.None, Send: compile.None})
		}
		r.act(track, then)
	}
	return false
}

func (r *run) applies(track int, rule *compile.Rule, timers, onlyWhen bool) bool {
	switch {
	case rule.When.Eval != nil:
		x := r.at(track)
		x.Event = nil
		return rule.When.Eval(x)
	case onlyWhen:
		return false
	case rule.IsAfter:
		pos := &r.s.Tracks[track]
		return timers && r.s.Zone.Add(pos.StageEntered, rule.After) <= r.now
	default:
		if r.event.Event == compile.None || !r.is(rule.On) {
			return false
		}
		x := r.at(track)
		x.Event = &r.event
		return rule.Where.Holds(x)
	}
}

// arm is the first arm of a match that fits, nil when none does.
func (r *run) arm(track int, m *compile.Match) *compile.Then {
	x := r.at(track)
	x.Event = &r.event
	v := m.Field(x)
	for i := range m.Arms {
		a := &m.Arms[i]
		if a.Otherwise || v.Known && slices.Contains(a.Values, v.Text) {
			return &a.Then
		}
	}
	return nil
}

// mayMove counts a move. One too many is an error in the journal, and the contact stays for this instant.
func (r *run) mayMove(track int, rule *compile.Rule) bool {
	if r.moves[track]++; r.moves[track] <= mostMoves {
		return true
	}
	r.s.circled = true
	r.row(track, Failed, rule.By).Detail = fmt.Sprintf("moved %d times at one instant on track %s: the rules go round in a circle, and the contact stays here", mostMoves, r.p.Tracks[track].Name)
	return false
}

// act does the actions of a rule that is taken.
func (r *run) act(track int, then *compile.Then) {
	for i := range then.Actions {
		a := &then.Actions[i]
		x := r.at(track)
		x.Event = &r.event
		switch a.Kind {
		case check.SetField:
			r.set(track, a, a.Expr(x))
		case check.ForgetField:
			r.acted = true
			r.change([]FieldValue{{Field: a.Field}})
			r.row(track, Forgot, a.By).Detail = r.p.Fields[a.Field].Name
		case check.TagContact:
			r.tag(track, a, a.Expr(x))
		}
	}
}

// longestText is the most bytes of a text that a rule may make: it keeps `set contact.a = contact.a + contact.a` from growing without end.
const longestText = 64 << 10

func (r *run) set(track int, a *compile.Action, v compile.Value) {
	field := &r.p.Fields[a.Field]
	v, err := field.Fit(v)
	if err == nil && len(v.Text) > longestText {
		err = fmt.Errorf("the text is over %d bytes long", longestText)
	}
	if err != nil {
		r.row(track, Failed, a.By).Detail = fmt.Sprintf("set contact.%s = %s: %v", field.Name, a.Text, err)
		return
	}
	r.acted = true
	r.change([]FieldValue{{Field: a.Field, Value: v}})
	r.row(track, SetField, a.By).Detail = field.Name + " = " + field.Format(v)
}

func (r *run) tag(track int, a *compile.Action, v compile.Value) {
	if !v.Known {
		v.Text = "" // of two texts joined, one of which is unknown
	}
	if len(v.Text) > longestText {
		v.Text = v.Text[:longestText]
	}
	if v.Known && !slices.Contains(r.s.Tags, v.Text) {
		r.s.Tags = append(r.s.Tags, v.Text)
	}
	r.row(track, Tagged, a.By).Detail = v.Text
}

// moveTo takes a contact to a stage, or out of its program.
func (r *run) moveTo(track, target int, by string) {
	pos := &r.s.Tracks[track]
	if pos.Stage >= 0 {
		from := r.p.Stages[pos.Stage].Program
		if target == compile.Done || r.p.Stages[target].Program != from {
			r.withdraw(track, by)
			r.row(track, Moved, by).To = r.targetName(target)
			r.leave(track, target == compile.Done)
			if target >= 0 {
				r.enterStage(track, target)
			}
			return
		}
	}
	r.row(track, Moved, by).To = r.targetName(target)
	if target >= 0 {
		r.enterStage(track, target)
	}
}

// withdraw takes back the hand-offs that the program a contact leaves has open.
func (r *run) withdraw(track int, by string) {
	pos := &r.s.Tracks[track]
	for i := 0; i < len(r.s.Hands); i++ {
		h := r.s.Hands[i]
		if h.Entry != pos.Entry || r.p.Programs[r.p.Stages[h.Stage].Program].Track != track {
			continue
		}
		r.s.Hands = slices.Delete(r.s.Hands, i, i+1)
		i--
		from := &r.p.Handoffs[h.Handoff]
		r.row(track, Withdrawn, by).To = from.Name
		r.out(track, WithdrawnOut, from.Name, from.Channel).Handoff = h.Handoff
	}
}

func (r *run) leave(track int, done bool) {
	pos := &r.s.Tracks[track]
	program := r.p.Stages[pos.Stage].Program
	record := &r.s.Records[program]
	record.Left = r.now
	record.NeedFalse = done && r.p.Programs[program].Reenter == check.ReenterAlways
	*pos = pos.nowhere()
}

// nowhere is the position of who is in no program, in the memory of pos.
func (pos *Position) nowhere() Position {
	return Position{Stage: compile.None, Acted: pos.Acted[:0], Touches: pos.Touches[:0]}
}

// enterStage puts a contact into a stage; entering another program than it is in begins a new stay there.
func (r *run) enterStage(track, stage int) {
	pos := &r.s.Tracks[track]
	program := r.p.Stages[stage].Program
	if pos.Stage < 0 || r.p.Stages[pos.Stage].Program != program {
		r.s.Entries++
		pos.Entry, pos.ProgramEntered = r.s.Entries, r.now
		pos.HeldOut = heldOut(r.s.Key, &r.p.Programs[program])
		r.s.Records[program].Ever, r.s.Records[program].NeedFalse = true, false
		r.s.Goals = slices.DeleteFunc(r.s.Goals, func(g Goal) bool { return int(g.Program) == program })
		for i := range r.p.Programs[program].Goals {
			r.s.Goals = append(r.s.Goals, Goal{Program: int32(program), Goal: int32(i), From: r.now})
		}
	}
	r.s.quiet = 0
	pos.Stage, pos.is, pos.StageEntered = int32(stage), &r.p.Stages[stage], r.now
	pos.Arriving, pos.Told, pos.Acted = true, 0, pos.Acted[:0]
	pos.Touches = pos.Touches[:0]
	for i := range pos.is.Sends {
		pos.Touches = append(pos.Touches, Touch{Send: pos.is.Sends[i].ID, Base: r.now, First: true})
	}
	r.waiting = slices.DeleteFunc(r.waiting, func(w touchRef) bool { return w.track == track })
}

// enter puts a contact that is in no program of a track into the first whose `enter when` holds.
func (r *run) enter(track int) bool {
	entered := false
	for _, i := range r.p.Tracks[track].Programs {
		program, record := &r.p.Programs[i], &r.s.Records[i]
		free := r.s.Tracks[track].Stage < 0
		if !free && !record.NeedFalse {
			continue
		}
		x := r.at(track)
		x.Event = nil
		if !program.Enter.Eval(x) {
			record.NeedFalse = false
			continue
		}
		if !free || !r.mayEnter(program, record) {
			continue
		}
		if r.fx.Watch != nil {
			r.watched(Seen{Track: track, Program: i, Send: compile.None})
		}
		r.enterStage(track, program.First)
		r.row(track, Entered, program.EnterBy)
		entered = true
	}
	return entered
}

func (r *run) mayEnter(program *compile.Playlet, record *Record) bool {
	return !record.NeedFalse && entryFrom(r.s, program, record) <= r.now
}

// entryFrom is the instant from which `reenter` lets a contact into a program, or calendar.Never.
func entryFrom(s *State, program *compile.Playlet, record *Record) int64 {
	switch {
	case !record.Ever || program.Reenter == check.ReenterAlways:
		return 0
	case program.Reenter == check.ReenterAfter:
		return s.Zone.Add(record.Left, program.After)
	default:
		return calendar.Never
	}
}

// rest does what the stages a contact has come to rest in do on entry: tasks and hand-offs, in source order.
func (r *run) rest() {
	for t := range r.s.Tracks {
		pos := &r.s.Tracks[t]
		if !pos.Arriving {
			continue
		}
		pos.Arriving = false
		for i := range pos.is.Entry {
			e := &pos.is.Entry[i]
			if e.Handoff == compile.None {
				r.openTask(t, e)
			} else {
				r.hand(t, e)
			}
		}
	}
}

func (r *run) openTask(track int, e *compile.Entry) {
	role := r.p.Roles[e.Role]
	if slices.ContainsFunc(r.s.Tasks, func(t Task) bool { return t.Text == e.Text && t.Role == role }) {
		return
	}
	task := Task{Text: e.Text, Role: role, Opened: r.now}
	if e.Within != nil {
		task.Within = *e.Within
	}
	r.s.Tasks = append(r.s.Tasks, task)
	row := r.row(track, TaskOpened, e.By)
	row.To, row.Detail = role, e.Text
	out := r.out(track, TaskOut, e.Text, "task")
	out.Role, out.Due = role, dueOrZero(task.due(r.s))
}

func (r *run) hand(track int, e *compile.Entry) {
	if slices.ContainsFunc(r.s.Hands, func(h Hand) bool { return int(h.Handoff) == e.Handoff }) {
		return
	}
	h := Hand{Handoff: int32(e.Handoff), Stage: r.s.Tracks[track].Stage, Entry: r.s.Tracks[track].Entry, Opened: r.now}
	r.s.Hands = append(r.s.Hands, h)
	to := &r.p.Handoffs[e.Handoff]
	r.row(track, Handed, e.By).To = to.Name
	out := r.out(track, HandoffOut, to.Name, to.Channel)
	out.Handoff, out.Due, out.Vars = h.Handoff, dueOrZero(handDue(r.p, r.s, &h)), r.vars(to.Vars)
}

func dueOrZero(t int64) int64 {
	if t == calendar.Never {
		return 0
	}
	return t
}

// out adds something to the outbox, under the contact's stay in its program, and gives it for what else there is to it.
func (r *run) out(track int, kind OutKind, name, channel string) *Out {
	pos := &r.s.Tracks[track]
	o := r.fx.addOut()
	o.Kind, o.Name, o.Channel = kind, name, channel
	o.At, o.Stage, o.Entry = r.now, pos.Stage, pos.Entry
	o.Program = int32(pos.is.Program)
	o.Count = r.s.Seq // the row that was just written
	o.Offer, o.Handoff = compile.None, compile.None
	return o
}

func (r *run) vars(fields []int) []FieldValue {
	if len(fields) == 0 {
		return nil
	}
	return r.known(fields)
}

func (r *run) known(fields []int) []FieldValue {
	var vars []FieldValue
	for _, f := range fields {
		if r.s.Fields[f].Known {
			vars = append(vars, FieldValue{f, r.s.Fields[f]})
		}
	}
	return vars
}
