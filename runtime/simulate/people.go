package simulate

import (
	"fmt"
	"math"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// person is a contact before anything has happened to it.
type person struct {
	number  int // of those that are made up
	key     string
	luck    luck
	arrives int64
	fields  []engine.FieldValue // all that is known of it
}

// people makes contacts up, and fills in what is not known of real ones.
type people struct {
	p        *compile.Program
	s        *compile.Scenario
	from, to int64
	count    int // of those that are made up
	seed     uint64
	made     []madeUp // by contact field
}

// madeUp is how a field is made up; nil says: not at all.
type madeUp struct {
	*compile.MadeUp
	about subject
	sum   float64 // of the shares of values
}

func newPeople(o *Options, seed uint64) *people {
	m := &people{p: o.Program, s: o.Scenario, from: o.From, to: o.To, count: o.Contacts, seed: seed, made: make([]madeUp, len(o.Program.Fields))}
	for i := range m.made {
		m.made[i].about = about("contact", m.p.Fields[i].Name)
	}
	everybody := []int{m.p.Key, m.p.Address}
	if m.p.Arrived != compile.None {
		everybody = append(everybody, m.p.Arrived)
	}
	for _, f := range everybody {
		if f != compile.None {
			m.made[f].MadeUp = &compile.MadeUp{Field: f, Share: 1}
		}
	}
	for i := range m.s.Fields {
		made := &m.made[m.s.Fields[i].Field]
		if m.s.Fields[i].Field == m.p.Key {
			continue // each has its own
		}
		made.MadeUp = &m.s.Fields[i]
		for _, w := range made.Values {
			made.sum += w.Share
		}
	}
	return m
}

// make makes the contact of a number up, in the memory of one that was.
func (m *people) make(number int, into *person) {
	into.number, into.luck, into.fields = number, luckOf(m.seed, uint64(number)), into.fields[:0]
	zone := m.p.Policy.Zone
	for f := range m.made {
		made := &m.made[f]
		if made.MadeUp == nil {
			continue
		}
		if v := m.value(f, into.luck, number); v.Known {
			into.fields = append(into.fields, engine.FieldValue{Field: f, Value: v})
			if f == m.p.Policy.TimezoneField {
				zone = zoneOf(v, zone)
			}
		}
	}
	into.key, into.arrives = "", m.from
	for _, v := range into.fields {
		switch v.Field {
		case m.p.Key:
			into.key = m.p.Fields[m.p.Key].Format(v.Value)
		case m.p.Arrived:
			into.arrives = max(m.from, m.instant(v.Value, zone))
		}
	}
}

// fill makes up what is not known of a real contact. Who it is and when it arrived is not made up.
func (m *people) fill(one *person) {
	one.luck = luckOf(m.seed, xxhash.Sum64String(one.key))
	known := len(one.fields)
	for f := range m.made {
		if m.made[f].MadeUp == nil || f == m.p.Key || f == m.p.Arrived || f == m.p.Address || has(one.fields[:known], f) {
			continue
		}
		if v := m.value(f, one.luck, 0); v.Known {
			one.fields = append(one.fields, engine.FieldValue{Field: f, Value: v})
		}
	}
}

func has(fields []engine.FieldValue, f int) bool {
	for i := range fields {
		if fields[i].Field == f {
			return true
		}
	}
	return false
}

// instant is when a value of the `arrived` field is.
func (m *people) instant(v compile.Value, zone *calendar.Zone) int64 {
	if m.p.Fields[m.p.Arrived].Type == check.FieldDate {
		return zone.Start(calendar.Date(v.Num))
	}
	return int64(v.Num)
}

func zoneOf(v compile.Value, otherwise *calendar.Zone) *calendar.Zone {
	if own, err := calendar.LoadZone(v.Text); err == nil {
		return own
	}
	return otherwise
}

// value makes up a value of a field; it may be unknown.
func (m *people) value(f int, l luck, number int) compile.Value {
	made := &m.made[f]
	u := l.draw(made.about, 0)
	switch {
	case made.Range != nil:
		return pick(made.Range, u)
	case made.Values != nil:
		return weighted(made.Values, u)
	case m.p.Fields[f].Type == check.FieldBool:
		return compile.Value{Known: true, Num: bit(u < made.Share)}
	case u >= made.Share:
		return compile.Value{}
	}
	return m.something(f, l.draw(made.about.part(with), 0), number)
}

// answer makes up what a contact says when it is asked for a field: as others have it, who have it.
func (m *people) answer(f int, l luck, nth int) compile.Value {
	made := &m.made[f]
	u := l.draw(made.about.part(with), nth)
	switch {
	case made.MadeUp == nil:
	case made.Range != nil:
		return pick(made.Range, u)
	case made.sum > 0:
		return weighted(made.Values, u*made.sum)
	case m.p.Fields[f].Type == check.FieldBool:
		return compile.Value{Known: true, Num: bit(u < made.Share)}
	}
	return m.something(f, u, int(uint32(l)))
}

func bit(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// pick is the value at a share of a range.
func pick(r *compile.Range, u float64) compile.Value {
	n := math.Floor((r.Hi-r.Lo)/r.Step+1e-9) + 1
	v := r.Lo + r.Step*math.Floor(u*n)
	if r.Step < 1 {
		v = math.Round(v/r.Step) * r.Step
		v = math.Round(v*100) / 100 // nothing behind the last digit
	}
	return compile.Value{Known: true, Num: v}
}

func weighted(values []compile.Weighted, u float64) compile.Value {
	for _, w := range values {
		if u < w.Share {
			return w.Value
		}
		u -= w.Share
	}
	return compile.Value{}
}

// something is a value of a field of which nothing is said but that there is one.
func (m *people) something(f int, u float64, number int) compile.Value {
	field := &m.p.Fields[f]
	v := compile.Value{Known: true}
	switch field.Type {
	case check.FieldEnum, check.FieldSet, check.FieldTopic:
		if len(field.Values) == 0 {
			return compile.Value{}
		}
		v.Text = field.Values[int(u*float64(len(field.Values)))]
	case check.FieldBool:
		v.Num = bit(u < 0.5)
	case check.FieldNumber:
		if v.Num = 1 + math.Floor(u*100); f == m.p.Key {
			v.Num = float64(number + 1)
		}
	case check.FieldDate, check.FieldTime:
		if f == m.p.Arrived { // spread evenly: one after the other
			u = (float64(number) + u) / float64(max(1, m.count))
		}
		at := m.from + int64(u*float64(m.to-m.from))
		if v.Num = float64(at); field.Type == check.FieldDate {
			date, _ := m.p.Policy.Zone.Date(at)
			v.Num = float64(date)
		}
	case check.FieldTimezone:
		v.Text = m.p.Policy.Zone.Name
	case check.FieldEmail:
		v.Text = "contact" + strconv.Itoa(number+1) + "@example.com"
	default:
		v.Text = fmt.Sprint(field.Name, " ", number+1)
	}
	return v
}
