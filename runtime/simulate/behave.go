package simulate

import (
	"reflect"
	"slices"
	"strconv"

	"nurture/lang/calendar"
	"nurture/lang/compile"
)

// behaviour is a scenario's lines, by what they are decided for. It is read only.
type behaviour struct {
	sendings  []kind    // by event
	handoffs  [][]kind  // by hand-off, then by event
	doing     *kind     // of tasks; nil: none is done
	single    []*line   // without `per`
	regular   []*line   // with it
	answers   []int     // by contact field: the field of `submitted` that carries it
	handAbout []subject // by hand-off
}

// kind is the lines of one event for one kind of occasion, in source order: the first that applies counts.
type kind struct {
	event int
	lines []*line
	most  float64   // the greatest of their chances: most draws need no look at the lines
	about []subject // of a sending: by offer
}

// line is a line of the scenario.
type line struct {
	*compile.Likely
	about  subject
	before []*line // of what contacts do: lines above it that say the same, which come first where they apply
}

// a day is within what an event comes that does not say it.
var day = [2]calendar.Duration{{}, {Days: 1}}

// within is how long after its occasion the event comes.
func (l *line) within() (from, to calendar.Duration) {
	switch {
	case l.Within != nil:
		return l.Within[0], l.Within[1]
	case l.Occasion == compile.ByContact && !l.Per.IsZero():
		return calendar.Duration{}, l.Per
	default:
		return day[0], day[1]
	}
}

func newBehaviour(p *compile.Program, s *compile.Scenario) *behaviour {
	b := &behaviour{handoffs: make([][]kind, len(p.Handoffs)), answers: make([]int, len(p.Fields))}
	byEvent := map[int][]*line{}
	for i := range s.Lines {
		l := &line{Likely: &s.Lines[i]}
		above := byEvent[l.Event]
		l.about = about(p.Events[l.Event].Name, strconv.Itoa(len(above)))
		for _, other := range above {
			if alternatives(l.Likely, other.Likely) {
				l.before = append(l.before, other)
			}
		}
		byEvent[l.Event] = append(above, l)
		switch l.Occasion {
		case compile.BySending:
			b.sendings = add(b.sendings, l)
		case compile.ByHandoff:
			h := p.Events[l.Event].Handoff
			b.handoffs[h] = add(b.handoffs[h], l)
		case compile.ByTask:
			if b.doing == nil {
				b.doing = &kind{event: l.Event}
			}
			b.doing.add(l)
		case compile.ByContact:
			if l.Per.IsZero() {
				b.single = append(b.single, l)
			} else {
				b.regular = append(b.regular, l)
			}
		}
	}
	for k := range b.sendings {
		kind := &b.sendings[k]
		for o := range p.Offers {
			kind.about = append(kind.about, about(p.Events[kind.event].Name, "offer", p.Offers[o].Name))
		}
	}
	for h := range p.Handoffs {
		b.handAbout = append(b.handAbout, about("hand-off", p.Handoffs[h].Name))
	}
	for f := range b.answers {
		b.answers[f] = slices.IndexFunc(p.Events[p.Submitted].Fields, func(is compile.Field) bool { return is.Name == p.Fields[f].Name })
	}
	return b
}

// alternatives says whether of two lines of an event only the first that applies counts. What contacts do by themselves is
// another thing where it has another rhythm or carries something else.
func alternatives(a, b *compile.Likely) bool {
	return a.Event == b.Event && (a.Occasion != compile.ByContact || a.Per == b.Per && reflect.DeepEqual(a.Given, b.Given))
}

// Idle gives the lines of a scenario that never count, since one above each always does, as file:line.
func Idle(s *compile.Scenario) (lines []string) {
	for i := range s.Lines {
		l := &s.Lines[i]
		if slices.ContainsFunc(s.Lines[:i], func(above compile.Likely) bool {
			return alternatives(l, &above) && above.Where.Eval == nil && (above.Offer == compile.None || above.Offer == l.Offer) && (above.Task == "" || above.Task == l.Task)
		}) {
			lines = append(lines, l.By)
		}
	}
	return lines
}

func add(kinds []kind, l *line) []kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.event == l.Event })
	if i < 0 {
		i, kinds = len(kinds), append(kinds, kind{event: l.Event})
	}
	kinds[i].add(l)
	return kinds
}

func (k *kind) add(l *line) {
	k.lines = append(k.lines, l)
	k.most = max(k.most, l.Chance)
}

// first is the first line that applies, nil when none does. What it applies to is an offer that was sent, or a task.
func (k *kind) first(x *compile.Ctx, offer int, task string) *line {
	for _, l := range k.lines {
		if l.applies(x, offer, task) {
			return l
		}
	}
	return nil
}

func (l *line) applies(x *compile.Ctx, offer int, task string) bool {
	return (l.Offer == compile.None || l.Offer == offer) && (l.Task == "" || l.Task == task) && l.Where.Holds(x)
}

// isFirst says whether a line of what contacts do by themselves is the first of its event that applies.
func (l *line) isFirst(x *compile.Ctx) bool {
	if !l.Where.Holds(x) {
		return false
	}
	for _, above := range l.before {
		if above.Where.Holds(x) {
			return false
		}
	}
	return true
}

// wake is when isFirst may answer otherwise by time alone.
func (l *line) wake(x *compile.Ctx) int64 {
	at := l.Where.Wake(x)
	for _, above := range l.before {
		at = min(at, above.Where.Wake(x))
	}
	return at
}

// outcomes are the lines of a hand-off that one draw makes happen: none, one, or `accepted` and one that closes it.
//
// Each outcome happens to so many of all hand-offs as its line says. They exclude one another, but that `accepted` may be
// followed by one that closes the hand-off: an outcome whose `within` begins when that of `accepted` is over happens to
// those that were accepted, as far as there are so many. What is more than 100% together does not happen.
func (b *behaviour) outcomes(p *compile.Program, handoff int, x *compile.Ctx, u float64) (accepted, closed *line) {
	var lists [2][]*line // that come instead of accepting, and after it
	var room [2]float64  // their chances together
	for k := range b.handoffs[handoff] {
		if kind := &b.handoffs[handoff][k]; kind.event == p.Handoffs[handoff].Accepted {
			accepted = kind.first(x, compile.None, "")
		}
	}
	share, over := 0.0, calendar.Duration{}
	if accepted != nil {
		share = accepted.Chance
		_, over = accepted.within()
	}
	for k := range b.handoffs[handoff] {
		kind := &b.handoffs[handoff][k]
		if kind.event == p.Handoffs[handoff].Accepted {
			continue
		}
		l := kind.first(x, compile.None, "")
		if l == nil {
			continue
		}
		late := 0
		if begins, _ := l.within(); accepted != nil && begins.Elapsed() >= over.Elapsed() {
			late = 1
		}
		lists[late] = append(lists[late], l)
		room[late] += l.Chance
	}
	at := u // among those that come after accepting
	switch {
	case u < share:
	case u < share+room[0]:
		return nil, among(lists[0], u-share)
	default:
		accepted, at = nil, u-room[0]
	}
	return accepted, among(lists[1], at)
}

// among is the line in whose share a draw falls, nil when in none.
func among(lines []*line, u float64) *line {
	for _, l := range lines {
		if u < l.Chance {
			return l
		}
		u -= l.Chance
	}
	return nil
}
