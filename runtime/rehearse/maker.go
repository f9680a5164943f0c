package rehearse

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/runtime/engine"
)

// maker makes lives up. What it says of a contact and lets happen is what the playbook makes a difference of: the values
// that its conditions compare with and those beside them, the durations that it names.
type maker struct {
	p       *compile.Program
	numbers map[string][]float64 // by contact.FIELD and event.FIELD
	texts   map[string][]string
	waits   []calendar.Duration
	zones   []string
}

func newMaker(p *compile.Program) *maker {
	m := &maker{p: p, numbers: map[string][]float64{}, texts: map[string][]string{}, waits: []calendar.Duration{{Seconds: 3600}, {Days: 1}, {Days: 7}, {Days: 30}}}
	p.Playbook.Conditions(func(e *cond.Expr) { cond.Walk(e.Root, m.compared) })
	for i := range p.Stages {
		for _, s := range p.Stages[i].Sends {
			m.waits = append(m.waits, s.In, s.Every)
		}
		for _, r := range p.Stages[i].Rules {
			m.waits = append(m.waits, r.After)
		}
	}
	for _, c := range p.Policy.Caps {
		m.waits = append(m.waits, c.Per)
	}
	for i := range p.Offers {
		m.waits = append(m.waits, p.Offers[i].Repeat)
	}
	m.waits = slices.DeleteFunc(m.waits, calendar.Duration.IsZero)
	m.zones = []string{p.Policy.Zone.Name, "America/New_York", "Asia/Tokyo"}
	return m
}

// compared notes what a field is compared with.
func (m *maker) compared(n *cond.Node) bool {
	if n.Op == cond.ConstDuration {
		m.waits = append(m.waits, n.Dur)
	}
	field := ""
	for _, a := range n.Args {
		switch a.Op {
		case cond.Field:
			field = "contact." + a.Name
		case cond.EventField:
			field = "event." + a.Name
		}
	}
	if field == "" {
		return true
	}
	for _, a := range n.Args {
		cond.Walk(a, func(c *cond.Node) bool {
			switch c.Op {
			case cond.ConstNumber:
				m.numbers[field] = append(m.numbers[field], c.Num-1, c.Num, c.Num+1)
			case cond.ConstText:
				m.texts[field] = append(m.texts[field], c.Text)
			}
			return true
		})
	}
	return true
}

// Bounds of a life.
const (
	mostActs = 24
	latest   = 400 // days after the first on which one can begin
)

// life makes up the life of one contact: always the same for a seed and number.
func (m *maker) life(seed, number uint64) life {
	luck := rand.New(rand.NewPCG(seed, number))
	l := life{day: begins.date}
	if luck.IntN(4) == 0 {
		l.day += calendar.Date(luck.IntN(latest))
	}
	for i := range m.p.Fields {
		if i != m.p.Key && i != m.p.Arrived && luck.IntN(4) > 0 {
			l.who = m.say(l.who, luck, "contact.", &m.p.Fields[i], l.day)
		}
	}
	r := l.begin(m.p) // lived along, for what can happen depends on what did
	if r.act(act{given: l.who}) != nil {
		return l
	}
	for range 1 + luck.IntN(mostActs) {
		a := m.act(luck, r)
		if r.act(a) != nil {
			break
		}
		l.acts = append(l.acts, a)
	}
	return l
}

// act makes up what happens next.
func (m *maker) act(luck *rand.Rand, r *rehearsal) act {
	today, _ := r.zone().Date(r.now)
	switch luck.IntN(8) {
	case 0, 1, 2:
		return act{wait: m.waits[luck.IntN(len(m.waits))]}
	case 3:
		if f := &m.p.Fields[luck.IntN(len(m.p.Fields))]; f != &m.p.Fields[m.p.Key] && m.p.Arrived != m.p.FieldIndex(f.Name) {
			return act{given: m.say(nil, luck, "contact.", f, today)}
		}
	}
	var can []int
	for e := range m.p.Events {
		if m.can(e, r.state) {
			can = append(can, e)
		}
	}
	if len(can) == 0 {
		return act{wait: m.waits[luck.IntN(len(m.waits))]}
	}
	e := can[luck.IntN(len(can))]
	a := act{event: m.p.Events[e].Name}
	if m.p.Events[e].Kind == check.Message && luck.IntN(3) == 0 {
		a.given = []given{{"offer", m.p.Offers[r.state.Sends[luck.IntN(len(r.state.Sends))].Offer].Name}}
	}
	if e == m.p.Submitted {
		for i := range m.p.Fields {
			if f := &m.p.Fields[i]; f.Asked != nil && luck.IntN(2) == 0 {
				a.given = m.say(a.given, luck, "contact.", f, today)
			}
		}
		return a
	}
	for i := range m.p.Events[e].Fields {
		if luck.IntN(4) > 0 {
			a.given = m.say(a.given, luck, "event.", &m.p.Events[e].Fields[i], today)
		}
	}
	return a
}

// can says whether an event can happen to a contact where it stands.
func (m *maker) can(event int, s *engine.State) bool {
	e := &m.p.Events[event]
	if event == m.p.Sent || !m.p.Playbook.Events[event].Outside() {
		return false
	}
	switch e.Kind {
	case check.Message:
		return s != nil && len(s.Sends) > 0
	case check.Outcome:
		return s != nil && slices.ContainsFunc(s.Hands, func(h engine.Hand) bool { return int(h.Handoff) == e.Handoff })
	case check.TaskEvent:
		return s != nil && len(s.Tasks) > 0
	}
	return true
}

// say adds a made up value of a field, if there is one worth making up.
func (m *maker) say(to []given, luck *rand.Rand, whose string, f *compile.Field, today calendar.Date) []given {
	one := func(of []string) string {
		if len(of) == 0 {
			return ""
		}
		return of[luck.IntN(len(of))]
	}
	cell := ""
	switch f.Type {
	case check.FieldNumber:
		cell = strconv.Itoa(luck.IntN(100))
		if of := m.numbers[whose+f.Name]; len(of) > 0 {
			cell = f.Format(compile.Value{Known: true, Num: of[luck.IntN(len(of))]})
		}
	case check.FieldBool:
		cell = one([]string{"true", "true", "false"})
	case check.FieldDate, check.FieldTime:
		cell = (today + calendar.Date(luck.IntN(200)-100)).String()
	case check.FieldTimezone:
		cell = one(m.zones)
	case check.FieldEnum, check.FieldSet:
		cell = one(f.Values)
	case check.FieldTopic:
		cell = one(m.p.Topics)
	case check.FieldOffer, check.FieldEmail:
	default:
		cell = one(append(m.texts[whose+f.Name], "something"))
	}
	if cell == "" {
		return to
	}
	return append(to, given{f.Name, cell})
}
