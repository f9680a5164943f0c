package proof

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// value is a field's value: yes or no as 0 or 1, dates in days, times in seconds; the values of a set stand in one text.
type value struct {
	known bool
	num   float64
	text  string
}

func text(s string) value    { return value{known: true, text: s} }
func number(n float64) value { return value{known: true, num: n} }
func yes(is bool) value {
	if is {
		return number(1)
	}
	return number(0)
}

// view is what a condition is asked of.
type view struct {
	*person
	track string
	event *happening
	offer *offer
}

// cond is a condition: how it is written, and whether it holds.
type cond struct {
	text string
	is   func(*view) bool
}

func (c *cond) holds(v *view) bool { return c == nil || c.is(v) }

func (v *view) place() *position { return v.at[v.track] }

func (v *view) phase() string {
	if v.track == "" || v.place().stage == nil {
		return ""
	}
	return v.place().stage.program.phase
}

func (m *maker) and(a, b *cond) *cond {
	return &cond{a.text + " and " + b.text, func(v *view) bool { return a.is(v) && b.is(v) }}
}

func (m *maker) or(a, b *cond) *cond {
	return &cond{"(" + a.text + " or " + b.text + ")", func(v *view) bool { return a.is(v) || b.is(v) }}
}

func (m *maker) not(a *cond) *cond {
	return &cond{"not (" + a.text + ")", func(v *view) bool { return !a.is(v) }}
}

// fact is a condition on what is known of a contact, or was done.
func (m *maker) fact() *cond {
	switch m.pick("bool", "bool", "role", "role", "size", "known", "likes", "name", "sent", "sent", "responded", "count", "complete", "due") {
	case "bool":
		f := m.pick("consent", "vip")
		return &cond{"contact." + f, func(v *view) bool { x := v.fields[f]; return x.known && x.num != 0 }}
	case "role":
		r := m.pick("dev", "it", "user")
		is := func(v *view) bool { x := v.fields["role"]; return x.known && x.text == r }
		switch m.n(4) {
		case 0:
			return &cond{fmt.Sprintf("contact.role != %q", r), func(v *view) bool { return !is(v) }}
		case 1:
			return &cond{fmt.Sprintf("contact.role not in [%q]", r), func(v *view) bool { return !is(v) }}
		case 2:
			return &cond{fmt.Sprintf("contact.role in [%q, \"user\"]", r), func(v *view) bool { return is(v) || v.fields["role"] == text("user") }}
		}
		return &cond{fmt.Sprintf("contact.role == %q", r), is}
	case "size":
		n, op := float64(m.n(5)*10), m.pick("<", "<=", ">", ">=", "==", "!=")
		return &cond{fmt.Sprintf("contact.size %s %g", op, n), func(v *view) bool {
			x := v.fields["size"]
			if op == "!=" {
				return !x.known || x.num != n
			}
			return x.known && compare(op, x.num, n)
		}}
	case "known":
		f := m.pick("role", "size", "name", "due", "likes", "zone")
		return &cond{"known(contact." + f + ")", func(v *view) bool { return v.fields[f].known }}
	case "likes":
		l := m.pick("x", "y")
		has := func(v *view) bool { return slices.Contains(strings.Split(v.fields["likes"].text, "; "), l) }
		switch m.n(3) {
		case 0:
			return &cond{fmt.Sprintf("%q in contact.likes", l), has}
		case 1:
			return &cond{fmt.Sprintf("contact.likes not contains %q", l), func(v *view) bool { return !has(v) }}
		}
		return &cond{fmt.Sprintf("contact.likes contains %q", l), has}
	case "name":
		return &cond{`lower(contact.name) startsWith "a"`, func(v *view) bool {
			x := v.fields["name"]
			return x.known && strings.HasPrefix(strings.ToLower(x.text), "a")
		}}
	case "sent", "responded":
		word := m.pick("sent", "responded")
		about, in := m.about()
		n, op := m.n(3), m.pick(">=", "==", "<")
		return &cond{fmt.Sprintf("%s(%s) %s %d", word, about, op, n), func(v *view) bool {
			k := 0
			for _, s := range v.sends {
				if in(v.book.offer(s.offer)) && (word == "sent" && !s.unsent || word == "responded" && s.answered) {
					k++
				}
			}
			return compare(op, float64(k), float64(n))
		}}
	case "count":
		e, n, op := m.eventName(), m.n(4), m.pick(">=", "==", "<")
		return &cond{fmt.Sprintf("count(%s) %s %d", e, op, n), func(v *view) bool { return compare(op, float64(v.count(e, nil)), float64(n)) }}
	case "complete":
		n, op := []int{25, 50, 75, 100}[m.n(4)], m.pick(">=", "<")
		return &cond{fmt.Sprintf("completeness %s %d%%", op, n), func(v *view) bool {
			asked, known := 0, 0
			for _, f := range v.book.fields {
				if f.weight != "" {
					asked++
					if v.fields[f.name].known {
						known++
					}
				}
			}
			c := 1.0
			if asked > 0 {
				c = float64(known) / float64(asked)
			}
			return compare(op, c, float64(n)/100)
		}}
	default:
		d := dayText(m.day + int64(m.n(60)))
		return &cond{fmt.Sprintf("contact.due < %s", d), func(v *view) bool { x := v.fields["due"]; return x.known && x.num < float64(day(d)) }}
	}
}

// about names offers for sent(…) and responded(…).
func (m *maker) about() (string, func(*offer) bool) {
	switch m.n(3) {
	case 0:
		o := m.anyOffer()
		return o.name, func(x *offer) bool { return x == o || x != nil && x.name == o.name }
	case 1:
		t := m.pick(m.b.topics...)
		return t, func(x *offer) bool { return x != nil && x.topic == t }
	}
	if len(m.b.maps) == 0 {
		t := m.b.topics[0]
		return t, func(x *offer) bool { return x != nil && x.topic == t }
	}
	o := m.b.maps[m.n(len(m.b.maps))]
	return o.name, func(x *offer) bool {
		for _, r := range o.rows {
			for _, cell := range r.cells {
				if slices.ContainsFunc(cell, func(y *offer) bool { return x != nil && y.name == x.name }) {
					return true
				}
			}
		}
		return false
	}
}

// timed is a condition that time alone may change.
func (m *maker) timed() *cond {
	kind := m.pick("since", "since", "until", "score", "score", "count")
	switch {
	case kind == "since":
		of, op, d := m.pick("stage.entered", "stage.entered", "program.entered", "last", "contact.seen"), m.pick(">=", ">=", ">", "<", "<="), m.span()
		from := func(v *view) (int64, bool) {
			if v.track == "" || v.place().stage == nil {
				return 0, false
			}
			return v.place().stageEntered, true
		}
		switch of {
		case "program.entered":
			from = func(v *view) (int64, bool) {
				if v.track == "" || v.place().stage == nil {
					return 0, false
				}
				return v.place().programEntered, true
			}
		case "last":
			e := m.eventName()
			of = "last(" + e + ")"
			from = func(v *view) (last int64, any bool) {
				for _, h := range v.history {
					if h.event == e && (!any || h.at > last) {
						last, any = h.at, true
					}
				}
				return last, any
			}
		case "contact.seen":
			from = func(v *view) (int64, bool) { x := v.fields["seen"]; return int64(x.num), x.known }
		}
		return m.reads(&cond{fmt.Sprintf("since(%s) %s %s", of, op, d), func(v *view) bool {
			t, known := from(v)
			return known && compare(op, v.now, add(v.zone(), t, d))
		}})
	case kind == "until":
		op, d := m.pick("<=", "<=", "<", ">", ">="), m.span()
		mirrored := map[string]string{"<=": ">=", "<": ">", ">": "<", ">=": "<="}[op]
		return m.reads(&cond{fmt.Sprintf("until(contact.due) %s %s", op, d), func(v *view) bool {
			x := v.fields["due"]
			return x.known && compare(mirrored, v.now, add(v.zone(), begins(v.zone(), int64(x.num)), d.back()))
		}})
	case kind == "score" && len(m.b.scores) > 0:
		s := m.b.scores[m.n(len(m.b.scores))]
		op, k := m.pick(">=", ">=", ">", "<"), float64(5+5*m.n(5))
		if s.halve != nil {
			k += 0.37 // a sum of halves is not exact to the last bit: nothing may hang on that
		}
		return m.reads(&cond{fmt.Sprintf("score.%s %s %g", s.name, op, k), func(v *view) bool { return compare(op, v.score(s.name), k) }})
	}
	e, n, op, d := m.eventName(), m.n(3), m.pick(">=", ">=", "==", "<"), m.span()
	m.b.reads = append(m.b.reads, func(v *view) float64 { return float64(v.count(e, &d)) })
	return &cond{fmt.Sprintf("count(%s, %s) %s %d", e, d, op, n), func(v *view) bool { return compare(op, float64(v.count(e, &d)), float64(n)) }}
}

// reads keeps what time may change, for finding the instants at which it does.
func (m *maker) reads(c *cond) *cond {
	m.b.reads = append(m.b.reads, func(v *view) float64 {
		if c.is(v) {
			return 1
		}
		return 0
	})
	return c
}

func compare[T int64 | float64](op string, a, b T) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "==":
		return a == b
	default:
		return a != b
	}
}

// state is a condition as it stands in `when` rules and the like.
func (m *maker) state() *cond {
	one := func() *cond {
		switch m.n(10) {
		case 0, 1, 2:
			return m.timed()
		case 3:
			return m.inPhase()
		case 4, 5:
			if len(m.b.segments) > 0 {
				s := m.b.segments[m.n(len(m.b.segments))]
				return &cond{s.name, s.when.is}
			}
		}
		return m.fact()
	}
	return m.mixed(one)
}

func (m *maker) mixed(one func() *cond) *cond {
	switch m.n(8) {
	case 0, 1:
		return m.and(one(), one())
	case 2:
		return m.or(one(), one())
	case 3:
		return m.not(one())
	}
	return one()
}

func (m *maker) inPhase() *cond {
	p := m.pick("nurture", "convert", "retain")
	switch m.n(3) {
	case 0:
		return &cond{fmt.Sprintf("phase != %q", p), func(v *view) bool { return v.phase() != p }}
	case 1:
		return &cond{fmt.Sprintf(`phase in [%q, "engage"]`, p), func(v *view) bool { return v.phase() == p || v.phase() == "engage" }}
	}
	return &cond{fmt.Sprintf("phase == %q", p), func(v *view) bool { return v.phase() == p }}
}

// ofEvent is a condition on the event that is taken.
func (m *maker) ofEvent(name string) *cond {
	switch name {
	case "visited":
		if m.chance(50) {
			t := m.pick(m.b.topics...)
			return &cond{fmt.Sprintf("event.topic == %q", t), func(v *view) bool { return v.event.fields["topic"] == text(t) }}
		}
		if m.chance(50) {
			return &cond{"event.n >= 2", func(v *view) bool { x := v.event.fields["n"]; return x.known && x.num >= 2 }}
		}
		return &cond{`event.page startsWith "/p"`, func(v *view) bool {
			x := v.event.fields["page"]
			return x.known && strings.HasPrefix(x.text, "/p")
		}}
	case "bought":
		return &cond{"event.amount > 10", func(v *view) bool { x := v.event.fields["amount"]; return x.known && x.num > 10 }}
	case "opened", "clicked", "replied", "response", "delivered":
		o := m.anyOffer()
		if m.chance(50) {
			return &cond{fmt.Sprintf("event.topic != %q", m.b.topics[0]), func(v *view) bool {
				x := v.book.offer(v.event.offer)
				return x == nil || x.topic != m.b.topics[0]
			}}
		}
		return &cond{fmt.Sprintf("event.offer == %q", o.name), func(v *view) bool { return v.event.offer == o.name }}
	}
	return m.fact()
}

// ofOffer is a condition on the offer that is weighed.
func (m *maker) ofOffer() *cond {
	switch m.n(3) {
	case 0:
		return &cond{`offer.intent == "sell"`, func(v *view) bool { return v.offer.intent == "sell" }}
	case 1:
		t := m.pick(m.b.topics...)
		return &cond{fmt.Sprintf("offer.topic != %q", t), func(v *view) bool { return v.offer.topic != t }}
	}
	return &cond{`offer.intent in ["educate", "presell"]`, func(v *view) bool { return v.offer.intent != "sell" }}
}

// count is how often something happened, within a span or ever.
func (p *person) count(event string, within *span) (n int) {
	for _, h := range p.history {
		if h.event == event && (within == nil || add(p.zone(), h.at, *within) > p.now) {
			n++
		}
	}
	return n
}

// score is what a score reads where a condition is asked.
func (v *view) score(name string) float64 {
	i := slices.IndexFunc(v.book.scores, func(s *score) bool { return s.name == name })
	s, sum := v.book.scores[i], 0.0
	for _, h := range v.hits {
		if h.score != name {
			continue
		}
		points := h.points
		if s.halve != nil {
			points *= math.Pow(2, -float64(v.now-h.at)/s.halve.elapsed())
		}
		sum += points
	}
	for _, w := range s.whens {
		asked := *v
		asked.event, asked.offer = nil, nil
		if w.when.is(&asked) {
			sum += w.points
		}
	}
	return max(0, sum)
}

var locations = map[string]*time.Location{}

func location(name string) *time.Location {
	if locations[name] == nil {
		l, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		locations[name] = l
	}
	return locations[name]
}
