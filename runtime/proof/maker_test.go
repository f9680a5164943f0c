package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// maker makes a playbook, and what happens to its contacts, out of a seed.
type maker struct {
	*rand.Rand
	b   *book
	day int64 // on which the world begins
	all []*offer
}

func (m *maker) n(most int) int          { return m.IntN(most) }
func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }
func (m *maker) pick(of ...string) string {
	return of[m.IntN(len(of))]
}

// span is a duration that something waits for: mostly days, so that clock times meet those of windows and events.
func (m *maker) span() span {
	switch m.n(10) {
	case 0:
		return span{30 * (1 + m.n(6)), "min"}
	case 1, 2:
		return span{1 + m.n(48), "h"}
	case 3:
		return span{1 + m.n(2), "w"}
	case 4:
		return span{1, "mo"}
	default:
		return span{1 + m.n(9), "d"}
	}
}

func (m *maker) maybe(percent int) *span {
	if !m.chance(percent) {
		return nil
	}
	s := m.span()
	return &s
}

// What comes from outside, and what the run works out besides.
var outside = []string{"visited", "bought", "asked", "moved", "agreed", "opened", "clicked", "replied", "submitted", "delivered"}

func (m *maker) eventName() string {
	of := append([]string{"response", "sent", "exhausted", "task_done", "task_overdue"}, outside...)
	for _, h := range m.b.handoffs {
		of = append(of, h.name+".accepted", h.name+"."+h.outcomes[1])
	}
	return m.pick(of...)
}

func (m *maker) anyOffer() *offer { return m.all[m.n(len(m.all))] }

// Where the clocks change while the world goes on, or never do.
var starts = []string{"2026-03-20", "2026-03-01", "2026-10-17", "2026-01-20", "2026-03-27"}
var zones = []string{"Europe/Berlin", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "UTC"}

// makeBook makes a playbook that uses whatever the language has.
func makeBook(m *maker) *book {
	b := &book{topics: []string{"t1", "t2", "t3"}, roles: []string{"owner", "helper"}}
	m.b = b
	b.key, b.address = "email", ""
	b.fields = []*field{{name: "email", is: "email"}}
	if m.chance(30) {
		b.key, b.address = "id", "mail"
		b.fields = []*field{{name: "id", is: "text"}, {name: "mail", is: "email"}}
	}
	b.fields = append(b.fields,
		&field{name: "seen", is: "time"},
		&field{name: "role", is: "enum", values: []string{"dev", "it", "user"}, weight: "light"},
		&field{name: "name", is: "text", weight: m.pick("light", "medium")},
		&field{name: "size", is: "number", weight: "medium"},
		&field{name: "due", is: "date", weight: m.pick("", "heavy")},
		&field{name: "likes", is: "set", values: []string{"x", "y"}},
		&field{name: "zone", is: "timezone"},
		&field{name: "consent", is: "bool"},
		&field{name: "vip", is: "bool"},
	)
	if m.chance(70) {
		b.handoffs = append(b.handoffs, m.handoff("sales"))
	}
	if m.chance(25) {
		b.handoffs = append(b.handoffs, m.handoff("desk"))
	}
	m.offers()
	for i := range m.n(3) {
		b.segments = append(b.segments, &segment{fmt.Sprintf("g%d", i+1), m.mixed(m.fact)})
	}
	m.maps()
	for i := range m.n(3) {
		b.scores = append(b.scores, m.score(fmt.Sprintf("s%d", i+1)))
	}
	if m.chance(60) {
		b.segments = append(b.segments, &segment{"gt", m.and(m.timed(), m.fact())})
	}
	m.makePolicy()
	m.programs()
	for i := range m.n(5) / 3 {
		b.nevers = append(b.nevers, &never{fmt.Sprintf("n%d", i+1), m.and(m.ofOffer(), m.mixed(m.state))})
	}
	b.print()
	return b
}

func (m *maker) handoff(name string) *handoff {
	h := &handoff{name: name, outcomes: []string{"accepted", "won", "lost"}}
	if m.chance(75) {
		d := []span{{1, "d"}, {2, "d"}, {3, "d"}, {5, "d"}, {20, "h"}, {1, "w"}}[m.n(6)]
		h.accept = &d
	}
	return h
}

func (m *maker) offers() {
	for i := range 4 + m.n(5) {
		o := &offer{name: fmt.Sprintf("o%d", i+1), topic: m.pick(m.b.topics...), kind: "guide", intent: m.pick("educate", "educate", "presell", "sell"), channel: m.pick("email", "email", "email", "post")}
		if m.chance(10) {
			o.topic = ""
		}
		if m.chance(35) {
			o.asks = 1 + m.n(3)
		}
		if m.chance(35) {
			o.repeat = m.maybe(100)
		}
		if m.chance(12) {
			o.published = m.day + int64(m.n(40))
		}
		if m.chance(12) {
			o.expires = max(o.published, m.day+int64(m.n(50)))
		}
		switch m.n(6) {
		case 0:
			o.response = []string{"clicked", "asked"}
		case 1:
			o.response = []string{"opened", "visited"}
		case 2:
			if len(m.b.handoffs) > 0 {
				o.response = []string{"replied", m.b.handoffs[0].name + ".won"}
			}
		}
		m.b.offers = append(m.b.offers, o)
	}
	if m.chance(60) {
		m.b.offers = append(m.b.offers, &offer{name: "receipt", topic: m.pick(m.b.topics...), kind: "notice", intent: "educate", channel: "email", transactional: true, repeat: &span{m.n(3)*11 + 1, "h"}})
	}
	m.all = m.b.offers
}

// plain are the offers that are not transactional.
func (m *maker) plain() (offers []*offer) {
	for _, o := range m.all {
		if !o.transactional {
			offers = append(offers, o)
		}
	}
	return offers
}

func (m *maker) some(of []*offer, most int) []*offer {
	var some []*offer
	for _, i := range m.Perm(len(of))[:min(len(of), 1+m.n(most))] {
		some = append(some, of[i])
	}
	return some
}

func (m *maker) maps() {
	for i := range 1 + m.n(2) {
		o := &offerMap{name: fmt.Sprintf("m%d", i+1)}
		o.columns = append(o.columns, m.b.segments...)
		if len(o.columns) > 2 {
			o.columns = o.columns[:2]
		}
		if len(o.columns) == 0 || m.chance(75) {
			o.columns = append(o.columns, nil)
		}
		for _, t := range m.b.topics[:1+m.n(3)] {
			r := mapRow{topic: t}
			for range o.columns {
				var cell []*offer
				if m.chance(85) {
					cell = m.some(m.plain(), 2)
				}
				r.cells = append(r.cells, cell)
			}
			o.rows = append(o.rows, r)
		}
		m.b.maps = append(m.b.maps, o)
	}
}

func (m *maker) score(name string) *score {
	s := &score{name: name}
	if m.chance(70) {
		d := []span{{1, "d"}, {3, "d"}, {1, "w"}, {12, "h"}, {1, "mo"}}[m.n(5)]
		s.halve = &d
	}
	for range 1 + m.n(4) {
		on := scoreOn{points: float64(5 * (1 + m.n(6))), event: m.pick("opened", "clicked", "response", "visited", "bought", "sent", "exhausted", "submitted")}
		if m.chance(20) {
			on.points = -on.points
		}
		if m.chance(40) {
			on.where = m.ofEvent(on.event)
		}
		s.ons = append(s.ons, on)
	}
	for range m.n(3) {
		w := scoreWhen{float64(5 * (1 + m.n(4))), m.fact()}
		if m.chance(30) {
			e, d := m.eventName(), m.span()
			m.b.reads = append(m.b.reads, func(v *view) float64 { return float64(v.count(e, &d)) })
			w.when = &cond{fmt.Sprintf("count(%s, %s) >= 1", e, d), func(v *view) bool { return v.count(e, &d) >= 1 }}
		}
		s.whens = append(s.whens, w)
	}
	return s
}

func (m *maker) makePolicy() {
	p := &m.b.policy
	p.zone = m.pick(zones...)
	if m.chance(60) {
		p.zoneField = "zone"
	}
	if m.chance(75) {
		for range 1 + m.n(3) {
			p.windows = append(p.windows, m.window())
		}
	}
	for range m.n(3) {
		from := m.day + int64(m.n(50))
		p.skips = append(p.skips, [2]int64{from, from + int64(m.n(4))})
	}
	if m.chance(60) {
		p.consent = &cond{"contact.consent", func(v *view) bool { x := v.fields["consent"]; return x.known && x.num != 0 }}
		if m.chance(50) {
			p.consent = m.or(p.consent, m.state())
		}
	}
	for range m.n(3) {
		c := capLine{n: 1 + m.n(3), per: []span{{1, "d"}, {3, "d"}, {1, "w"}, {36, "h"}, {1, "mo"}, {12, "h"}}[m.n(6)]}
		if m.chance(40) {
			c.when = m.mixed(func() *cond {
				if m.chance(50) {
					return m.inPhase()
				}
				return m.fact()
			})
		}
		p.caps = append(p.caps, c)
	}
	if m.chance(70) {
		s := &stopLine{events: []string{"unsubscribed", "complained"}}
		if m.chance(30) {
			s = &stopLine{events: []string{m.pick("bought", "visited", "replied")}}
			s.where = m.ofEvent(s.events[0])
		}
		p.stops = append(p.stops, s)
		if m.chance(25) {
			p.stops = append(p.stops, &stopLine{events: []string{m.pick("response", "exhausted", "task_overdue", "opened")}, where: m.fact()})
		}
		if m.chance(80) {
			p.stops = append(p.stops, &stopLine{events: []string{"resubscribed"}, resume: true})
		}
	}
}

var dayNames = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (m *maker) window() window {
	w := window{from: 30 * m.n(44)}
	w.to = w.from + 30*(1+m.n(24))
	if w.to > 24*60 {
		w.to -= 24 * 60 // over midnight
	}
	if m.chance(15) {
		w.from, w.to = 2*60, 3*60 // where the clocks change
	}
	switch m.n(4) {
	case 0:
		w.text, w.days = "weekdays", [7]bool{true, true, true, true, true}
	case 1:
		w.text, w.days = "everyday", [7]bool{true, true, true, true, true, true, true}
	case 2:
		a, b := m.n(7), m.n(7)
		w.text = dayNames[a] + ".." + dayNames[b]
		for d := a; ; d = (d + 1) % 7 {
			w.days[d] = true
			if d == b {
				break
			}
		}
	default:
		d := m.n(7)
		w.text = dayNames[d] + ", " + dayNames[(d+3)%7]
		w.days[d], w.days[(d+3)%7] = true, true
	}
	return w
}

func (m *maker) programs() {
	b := m.b
	tracks := []string{"main", "beside", "side"}[:1+m.n(3)]
	for _, t := range tracks {
		b.tracks = append(b.tracks, &track{name: t})
	}
	for i := range len(tracks) + 1 + m.n(3) {
		p := &program{name: fmt.Sprintf("p%d", i+1), phase: m.pick("", "nurture", "nurture", "convert", "retain"), track: tracks[i%len(tracks)], reenter: "never"}
		p.priority = m.n(4) * 5
		if m.chance(20) {
			p.holdout = 30
		}
		if i < len(tracks) || m.chance(50) {
			p.enter = m.pick2(&cond{"true", func(*view) bool { return true }}, m.mixed(m.state))
			p.reenter = m.pick("never", "always", "after")
			p.after = m.span()
		}
		for j := range 1 + m.n(3) {
			p.stages = append(p.stages, &stage{name: fmt.Sprintf("p%ds%d", i+1, j+1), program: p})
		}
		b.programs = append(b.programs, p)
	}
	for _, p := range b.programs {
		for range m.n(2) {
			p.goals = append(p.goals, &goal{event: m.pick("response", "bought", "visited", "clicked"), within: m.span()})
		}
		for range m.n(2) {
			p.rules = append(p.rules, m.rule(p.track, p, false))
		}
		hands := map[*handoff]bool{}
		for _, s := range p.stages {
			m.fill(s, hands)
		}
		for _, h := range b.handoffs {
			if hands[h] {
				p.rules = append(p.rules, m.answers(p, h)...)
			}
		}
	}
	for _, t := range b.tracks {
		for range m.n(6) / 4 {
			t.rules = append(t.rules, m.rule(t.name, nil, false))
		}
	}
}

func (m *maker) pick2(a, b *cond) *cond {
	if m.chance(50) {
		return a
	}
	return b
}

// answers are rules that lead on whatever the receiver of a lead says, so that it never falls into a hole.
func (m *maker) answers(p *program, h *handoff) (rules []*rule) {
	events := []string{h.name + ".accepted", h.name + ".won", h.name + ".lost"}
	if h.accept != nil {
		events = append(events, h.name+".overdue")
	}
	for _, e := range events {
		r := &rule{on: e}
		r.target = m.target(p.track)
		if m.chance(30) {
			r.actions = m.actions("")
		}
		rules = append(rules, r)
	}
	return rules
}

func (m *maker) fill(s *stage, hands map[*handoff]bool) {
	for range 1 + m.n(2) {
		s.sends = append(s.sends, m.send())
	}
	if m.chance(25) {
		e := &entry{task: m.pick("call", "write"), role: m.pick(m.b.roles...), within: m.maybe(70)}
		s.entry = append(s.entry, e)
	}
	if len(m.b.handoffs) > 0 && m.chance(25) {
		h := m.b.handoffs[m.n(len(m.b.handoffs))]
		hands[h] = true
		s.entry = append(s.entry, &entry{hand: h})
	}
	for range m.n(4) {
		s.rules = append(s.rules, m.rule(s.program.track, s.program, true))
	}
}

func (m *maker) send() *send {
	x := &send{in: m.maybe(30), every: m.maybe(100)}
	if x.in != nil && m.chance(20) {
		x.in = &span{0, "d"}
	}
	if m.chance(50) {
		x.every = &span{1 + m.n(7), "d"} // a cadence that is felt
	}
	switch m.n(5) {
	case 0, 1:
		x.from = m.b.maps[m.n(len(m.b.maps))]
		x.pick = m.pick("", "ordered", "explore", "interest", "latest")
	case 2:
		x.offers = m.some(m.plain(), 4)
		if len(x.offers) > 1 {
			x.pick = m.pick("", "ordered", "explore", "interest", "latest")
		}
	case 3:
		x.offers = m.some(m.plain(), 1)
		if m.chance(60) {
			x.every = nil
		}
	default:
		x.offers = m.some(m.all, 1)
		if m.chance(40) {
			x.every = nil
		}
	}
	if m.chance(30) {
		x.where = m.ofOffer()
		if m.chance(50) {
			x.where = m.or(x.where, m.state())
		}
	}
	return x
}

// target is a stage of a track; now and then it is the way out.
func (m *maker) target(track string) string {
	if m.chance(15) {
		return "done"
	}
	var stages []string
	for _, p := range m.b.programs {
		if p.track == track {
			for _, s := range p.stages {
				stages = append(stages, s.full())
			}
		}
	}
	return m.pick(stages...)
}

func (m *maker) rule(track string, of *program, inStage bool) *rule {
	r := &rule{}
	switch m.n(10) {
	case 0, 1:
		r.when = m.mixed(m.state)
		if m.chance(60) && of != nil { // so that not everything happens at one instant
			d := m.span()
			r.when = m.and(m.reads(&cond{fmt.Sprintf("since(stage.entered) >= %s", d), func(v *view) bool {
				return v.place().stage != nil && v.now >= add(v.zone(), v.place().stageEntered, d)
			}}), m.fact())
		}
	case 2, 3:
		if inStage {
			d := m.span()
			r.after = &d
			break
		}
		fallthrough
	default:
		of := []string{"response", "exhausted", "task_done", "task_overdue"}
		for _, h := range m.b.handoffs {
			of = append(of, h.name+".won", h.name+".lost")
		}
		r.on = m.pick(append(of, outside...)...)
		if m.chance(45) {
			r.where = m.ofEvent(r.on)
			if m.chance(30) {
				r.where = m.and(r.where, m.state())
			}
		}
	}
	if m.chance(15) {
		r.match = m.match(track, r)
		return r
	}
	switch m.n(5) {
	case 0:
		r.actions = m.actions(r.on)
	case 1:
		r.actions = m.actions(r.on)
		r.target = m.target(track)
	default:
		r.target = m.target(track)
	}
	return r
}

func (m *maker) match(track string, r *rule) *match {
	x := &match{field: "contact.role"}
	values := []string{"dev", "it", "user"}
	if r.on == "visited" {
		x.field, values = "event.topic", m.b.topics
	}
	to := func() then {
		if m.chance(30) {
			return then{actions: m.actions(r.on)}
		}
		return then{target: m.target(track)}
	}
	m.Shuffle(len(values), func(i, j int) {})
	x.arms = append(x.arms, &arm{values: []string{values[0]}, then: to()})
	if m.chance(50) {
		x.arms = append(x.arms, &arm{values: slices.Clone(values[1:]), then: to()})
	}
	switch m.n(3) {
	case 0:
		x.arms = append(x.arms, &arm{then: to()})
	case 1:
		r.then = to()
	}
	return x
}

func (m *maker) actions(on string) (actions []*action) {
	for range 1 + m.n(2) {
		actions = append(actions, m.action(on))
	}
	return actions
}

func (m *maker) action(on string) *action {
	switch m.n(9) {
	case 0:
		return &action{do: "forget", field: m.pick("role", "name", "size", "likes", "due")}
	case 1:
		return &action{do: "tag", text: `"a tag"`, expr: func(*view) value { return text("a tag") }}
	case 2:
		return &action{do: "tag", text: "contact.name", expr: func(v *view) value { return v.fields["name"] }}
	case 3:
		v := m.chance(70)
		return &action{do: "set", field: "vip", text: fmt.Sprint(v), expr: func(*view) value { return yes(v) }}
	case 4:
		r := m.pick("dev", "it", "user")
		return &action{do: "set", field: "role", text: fmt.Sprintf("%q", r), expr: func(*view) value { return text(r) }}
	case 5:
		return &action{do: "set", field: "size", text: "contact.size + 10", expr: func(v *view) value {
			x := v.fields["size"]
			if x.known {
				x.num += 10
			}
			return x
		}}
	case 6:
		return &action{do: "set", field: "likes", text: `["y"]`, expr: func(*view) value { return text("y") }}
	}
	switch on {
	case "moved":
		return &action{do: "set", field: "zone", text: "event.zone", expr: func(v *view) value { return v.event.fields["zone"] }}
	case "agreed":
		return &action{do: "set", field: "consent", text: "event.yes", expr: func(v *view) value { return v.event.fields["yes"] }}
	case "bought":
		return &action{do: "tag", text: `"bought " + event.plan`, expr: func(v *view) value {
			x := v.event.fields["plan"]
			if x.known {
				x.text = "bought " + x.text
			}
			return x
		}}
	}
	c := m.chance(80)
	return &action{do: "set", field: "consent", text: fmt.Sprint(c), expr: func(*view) value { return yes(c) }}
}
