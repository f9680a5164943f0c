package why

import (
	"cmp"
	"container/heap"
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// The way to what is asked for is searched as one looks for the shortest way on a map: from where the contact stands,
// along the rules, the fewest needs first. Each guess is lived through by the step, on a copy of the contact; only what
// came true there is an answer. Then what it does not need is left out again, and what can be done at once is done at once.

// goal is what is asked for.
type goal struct {
	v     *Standing
	track int
	is    func(*engine.Row) bool // the row says that it came
	ends  map[int]bool           // the stages that are to be come to
	offer int                    // that is to be sent there, compile.None

	arrows map[int][]arrow // by the stage that they lead from, nowhere
	hops   map[int]int     // to the next of the ends
	leads  bool            // there is a way at all
	tries  int
}

// nowhere is the place of who is in no program of the track.
const nowhere = -1

// arrow is a way from a stage, or from nowhere, to another.
type arrow struct {
	to      int
	rule    *compile.Rule
	arm     int // of its match, compile.None
	program int // that takes in by itself, compile.None
}

// plan is what somebody would do, and when.
type plan struct {
	needs []Need // in the order of time
	hops  int    // still to go, at the least
	n     int    // of the search: the first guess of equals first
}

func (p *plan) cost() int { return len(p.needs) + p.hops }

// later is how long after a field has become one thing it becomes another: a minute.
const later = 60

// Bounds of a search: lives that are tried, and needs of one plan.
const (
	mostTries = 700
	mostNeeds = 14
)

// search finds the plan with the fewest needs, and of those the one that comes first. ok is false where none was found.
func (g *goal) search() (needs []Need, at int64, ok bool) {
	g.draw()
	if _, leads := g.hops[int(g.v.state.Tracks[g.track].Stage)]; !leads {
		return nil, 0, false
	}
	g.leads = true
	queue := &plans{{}}
	tried := map[string]bool{}
	for queue.Len() > 0 && g.tries < mostTries {
		next := heap.Pop(queue).(plan)
		if ok && len(next.needs) >= len(needs) {
			if len(next.needs) > len(needs) {
				break
			}
		}
		l := g.live(next.needs)
		if l.done {
			if !ok || len(next.needs) < len(needs) || l.at < at {
				needs, at, ok = next.needs, l.at, true
			}
			continue
		}
		try := func(more onward, at int64) {
			longer := next.with(more, at)
			if key := longer.key(); len(longer.needs) <= mostNeeds && len(longer.needs) > len(next.needs) && !tried[key] {
				tried[key] = true
				longer.n = len(tried)
				heap.Push(queue, longer)
			}
		}
		for _, h := range l.halts {
			for _, more := range g.onwards(&h) {
				try(more, h.at)
			}
		}
		for _, pull := range l.pulls { // what takes the contact elsewhere may be all that is in the way
			try(onward{pull, 0}, l.halts[0].at)
		}
	}
	if !ok {
		return nil, 0, false
	}
	needs, at = g.tidy(needs, at)
	return needs, at, true
}

// onward is a wish, and how far it then is.
type onward struct {
	wish
	hops int
}

// onwards are the wishes that may lead on from a halt.
func (g *goal) onwards(h *halt) (all []onward) {
	b := g.v.b
	s := engine.NewState(g.v.Key)
	if err := b.codec.Decode(h.bytes, s); err != nil {
		return nil
	}
	s.Key = g.v.Key
	w := &wisher{b: b, s: s, x: engine.Look(b.Program, s, h.at, g.track), event: compile.None}
	for _, a := range g.arrows[int(h.stage)] {
		left, there := g.hops[a.to]
		if !there {
			continue
		}
		for _, wish := range g.along(w, &a) {
			all = append(all, onward{wish, left})
		}
	}
	if g.ends[int(h.stage)] && g.offer != compile.None {
		for _, wish := range g.opened(w, h) {
			all = append(all, onward{wish, 0})
		}
	}
	return all
}

// along is what takes a contact along an arrow.
func (g *goal) along(w *wisher, a *arrow) []wish {
	b := g.v.b
	if a.program != compile.None {
		return g.letIn(w, a.program)
	}
	from := b.rules[a.rule]
	switch {
	case a.rule.On == b.Exhausted:
		return g.allowed(w) // it comes of touches that are not refused
	case from.On != nil:
		return w.happen(a.rule.On, from.Where, from.Match, a.rule, a.arm)
	case from.When != nil:
		wishes := w.asked(from.When, true)
		if from.Match != nil {
			wishes = both(wishes, w.matched(from.Match, a.rule, a.arm))
		}
		return wishes
	case from.Match != nil:
		return w.matched(from.Match, a.rule, a.arm)
	}
	return nil // time alone
}

// letIn is what makes a program take the contact in, and no other before it.
func (g *goal) letIn(w *wisher, program int) []wish {
	b, record := g.v.b, &w.s.Records[program]
	if engine.EntryFrom(b.Program, w.s, program) == calendar.Never {
		return nil
	}
	enter := b.Playbook.Programs[program].Enter
	if record.NeedFalse {
		return w.asked(enter, false)
	}
	wishes := w.asked(enter, true)
	for _, other := range b.Tracks[g.track].Programs {
		if other == program {
			break
		}
		if engine.EntryFrom(b.Program, w.s, other) != calendar.Never && !w.s.Records[other].NeedFalse {
			wishes = both(wishes, w.asked(b.Playbook.Programs[other].Enter, false))
		}
	}
	return wishes
}

// opened is what opens the gates of the sends that have the offer, in the stage where the contact stands.
func (g *goal) opened(w *wisher, h *halt) (all []wish) {
	b, stage := g.v.b, int(h.stage)
	for send := range b.Stages[stage].Sends {
		if !b.sends(stage, send, g.offer) {
			continue
		}
		weighed := b.weigh(g.v.Key, h.bytes, h.at, stage, send, g.offer)
		if shutGate(weighed.gates) != nil {
			continue
		}
		wishes := []wish{{}}
		is, from := &b.Stages[stage].Sends[send], b.send(stage, send)
		if is.Map != compile.None {
			wishes = g.inColumn(w, is.Map)
		}
		x := *w.x
		x.Offer = g.offer
		of := &wisher{b: b, s: w.s, x: &x, event: compile.None}
		wishes = both(wishes, of.asked(from.Where, true))
		for _, n := range b.Playbook.Nevers {
			wishes = both(wishes, of.asked(n.Cond, false))
		}
		if is.Transactional {
			wishes = both(wishes, g.addressed(w))
		} else {
			wishes = both(wishes, g.allowed(w))
		}
		all = append(all, wishes...)
	}
	return all
}

// allowed is what makes messages to the contact be allowed at all: consent, and what addressed is.
func (g *goal) allowed(w *wisher) []wish {
	return both(w.asked(g.v.b.Playbook.Policy.Consent, true), g.addressed(w))
}

// addressed is what brings back who was stopped, and gives an address to who has none.
func (g *goal) addressed(w *wisher) []wish {
	wishes := []wish{{}}
	if w.s.Stopped {
		wishes = g.resumed(w)
	}
	if f := g.v.b.Address; f != compile.None && f != g.v.b.Key && !w.s.Fields[f].Known {
		address := compile.Value{Known: true, Text: "someone@example.com"}
		wishes = both(wishes, []wish{{sets: []engine.FieldValue{{Field: f, Value: address}}}})
	}
	return wishes
}

// inColumn is what makes a column of a map that has the offer be the contact's.
func (g *goal) inColumn(w *wisher, m int) (all []wish) {
	b := g.v.b
	before := []wish{{}} // what makes none of the columns before true
	for c, segment := range b.Playbook.Maps[m].Columns {
		here := slices.ContainsFunc(b.Maps[m].Rows, func(r compile.MapRow) bool { return slices.Contains(r.Cells[c], g.offer) })
		if here {
			wishes := before
			if segment != nil {
				wishes = both(before, w.asked(segment.Cond, true))
			}
			all = append(all, wishes...)
		}
		if segment == nil {
			break
		}
		before = both(before, w.asked(segment.Cond, false))
	}
	return least(all)
}

func (g *goal) resumed(w *wisher) (all []wish) {
	for _, rule := range g.v.b.Playbook.Policy.Resumes {
		for _, e := range rule.Events {
			all = append(all, w.happen(g.v.b.EventIndex(e.Name), rule.Where, nil, nil, compile.None)...)
		}
	}
	return least(all)
}

// sends says whether a send can send an offer.
func (b *book) sends(stage, send, offer int) bool {
	is := &b.Stages[stage].Sends[send]
	return is.Map != compile.None && b.Maps[is.Map].Offers[offer] || slices.Contains(is.Offers, offer)
}

// with is a plan and what comes on top of it at an instant. Fields are set before events happen, as the step takes them.
func (p plan) with(more onward, at int64) plan {
	for _, f := range more.sets { // a field has one value at an instant: it becomes another only later
		for i := range p.needs {
			if n := &p.needs[i]; n.At == at && n.Field == f.Field {
				at += later
			}
		}
	}
	longer := plan{hops: more.hops}
	var sets []Need
	for _, f := range more.sets {
		sets = append(sets, Need{At: at, Field: f.Field, Value: f.Value, Event: compile.None, Offer: compile.None})
	}
	happens := slices.Clone(more.happens)
	for i := range happens {
		happens[i].At = at
	}
	longer.needs = inTime(slices.Concat(p.needs, sets, happens))
	return longer
}

// inTime puts needs in the order in which the step takes them: by instant, and at one instant fields before events.
func inTime(needs []Need) []Need {
	slices.SortStableFunc(needs, func(a, b Need) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(min(a.Event+1, 1), min(b.Event+1, 1)))
	})
	return needs
}

func (p *plan) key() string {
	var key []byte
	for i := range p.needs {
		n := &p.needs[i]
		key = appendInts(key, n.At, int64(n.Field), int64(n.Event), int64(n.Offer))
		for _, v := range append([]compile.Value{n.Value}, n.With...) {
			key = appendInts(key, int64(v.Num))
			key = append(append(key, v.Text...), 0)
		}
	}
	return string(key)
}

func appendInts(to []byte, all ...int64) []byte {
	for _, n := range all {
		for i := range 8 {
			to = append(to, byte(n>>(8*i)))
		}
	}
	return to
}

// tidy leaves out what is not needed, and does what can be done now now, as long as it comes no later.
func (g *goal) tidy(needs []Need, at int64) ([]Need, int64) {
	better := func(tried []Need) bool {
		if twice(tried) {
			return false
		}
		l := g.live(tried)
		if !l.done || l.at > at {
			return false
		}
		needs, at = tried, l.at
		return true
	}
	for i := 0; i < len(needs); i++ {
		if needs[i].At > g.v.Now {
			sooner := slices.Clone(needs)
			sooner[i].At = g.v.Now
			better(inTime(sooner))
		}
	}
	for i := len(needs) - 1; i >= 0; i-- {
		if i < len(needs) {
			better(slices.Delete(slices.Clone(needs), i, i+1))
		}
	}
	return needs, at
}

// twice says whether a field would become two things at one instant.
func twice(needs []Need) bool {
	for i := range needs {
		for j := range needs[:i] {
			if a, b := &needs[i], &needs[j]; a.Field != compile.None && a.Field == b.Field && a.At == b.At {
				return true
			}
		}
	}
	return false
}

// draw draws the map: the ways between the stages of the track, and how far each stage is from the ends.
func (g *goal) draw() {
	b := g.v.b
	g.arrows = map[int][]arrow{}
	lead := func(from int, rules []compile.Rule) {
		for i := range rules {
			rule := &rules[i]
			add := func(target, arm int) {
				switch {
				case target == compile.Done && from != nowhere:
					g.arrows[from] = append(g.arrows[from], arrow{to: nowhere, rule: rule, arm: arm, program: compile.None})
				case target >= 0:
					g.arrows[from] = append(g.arrows[from], arrow{to: target, rule: rule, arm: arm, program: compile.None})
				}
			}
			if rule.Match == nil {
				add(rule.Then.Target, compile.None)
				continue
			}
			for j := range rule.Match.Arms {
				add(rule.Match.Arms[j].Then.Target, j)
			}
		}
	}
	for i := range b.Stages {
		program := &b.Programs[b.Stages[i].Program]
		if program.Track == g.track {
			lead(i, b.Stages[i].Rules)
			lead(i, program.Rules)
			lead(i, b.Tracks[g.track].Rules)
		}
	}
	lead(nowhere, b.Tracks[g.track].Rules)
	for _, i := range b.Tracks[g.track].Programs {
		if engine.EntryFrom(b.Program, g.v.state, i) == calendar.Never {
			continue // it was there, and is not taken in again
		}
		g.arrows[nowhere] = append(g.arrows[nowhere], arrow{to: b.Programs[i].First, arm: compile.None, program: i})
	}
	g.hops = map[int]int{}
	for end := range g.ends {
		g.hops[end] = 0
	}
	for changed := true; changed; {
		changed = false
		for from, arrows := range g.arrows {
			for _, a := range arrows {
				if n, ok := g.hops[a.to]; ok {
					if had, there := g.hops[from]; !there || n+1 < had {
						g.hops[from], changed = n+1, true
					}
				}
			}
		}
	}
}

// plans is the queue of plans, the cheapest first.
type plans []plan

func (q plans) Len() int { return len(q) }
func (q plans) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].cost(), q[j].cost()), cmp.Compare(len(q[j].needs), len(q[i].needs)), cmp.Compare(q[i].n, q[j].n)) < 0
}
func (q plans) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *plans) Push(x any)   { *q = append(*q, x.(plan)) }
func (q *plans) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// entered says whether a row takes a contact into a stage.
func (b *book) entered(row *engine.Row) (stage int, is bool) {
	switch row.Kind {
	case engine.Entered:
		return int(row.Stage), true
	case engine.Moved:
		if to := b.StageIndex(row.To); to != compile.None {
			return to, true
		}
	}
	return compile.None, false
}
