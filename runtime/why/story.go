package why

import (
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// Line is one line of a contact's story: something that happened to it, or a decision of the journal.
type Line struct {
	At      int64
	Kind    string // a kind of the journal, or Happened
	Says    string // in words, without when and where
	Where   string // the stage or program of a decision
	By      string // file:line of the playbook that ran then
	Rule    string // what stands there
	Because []Reason
	Late    bool // it was taken later than it happened
	Entry   *store.Entry

	zone *calendar.Zone
}

// Zone is the contact's time zone then.
func (l *Line) Zone() *calendar.Zone { return l.zone }

// Happened is the kind of a line that tells what came from outside.
const Happened = "happened"

// Story is all that happened to the contact and was decided for it up to an instant, in order.
func (c *Case) Story(until int64) []Line {
	var lines []Line
	for i := range c.moments {
		m := &c.moments[i]
		if m.at > until {
			break
		}
		lines = append(lines, c.told(m)...)
	}
	for i := range c.rest { // by whom and why cannot be read any more
		if e := &c.rest[i]; e.At <= until {
			m := &moment{at: e.At, b: bookAt(c.books, e.At)}
			lines = append(lines, c.decided(m, e, c.books[len(c.books)-1].Policy.Zone))
		}
	}
	return lines
}

// Lost is the instant from which a playbook ran that this nurturec cannot read any more, calendar.Never where there is none:
// of what was decided from there on only the journal is known.
func (c *Case) Lost() int64 { return c.lost }

// told are the lines of one moment.
func (c *Case) told(m *moment) []Line {
	zone := c.zoneOf(m)
	var lines []Line
	for i := range m.inputs {
		in := &m.inputs[i]
		lines = append(lines, Line{At: m.at, Kind: Happened, Says: m.b.tells(in, zone), Late: in.Late, zone: zone})
	}
	same := len(m.journal) == len(m.rows)
	for i := range m.rows {
		e := m.b.entry(c.Key, &m.rows[i])
		if same {
			e = m.journal[i] // should it differ, it is the journal that counts
		}
		line := c.decided(m, &e, zone)
		if e == m.b.entry(c.Key, &m.rows[i]) {
			line.Because = m.because(c.Key, i)
		}
		lines = append(lines, line)
	}
	if !same { // what was decided is what the journal says; why is not known
		lines = lines[:len(m.inputs)]
		for i := range m.journal {
			lines = append(lines, c.decided(m, &m.journal[i], zone))
		}
	}
	return lines
}

func (c *Case) decided(m *moment, e *store.Entry, zone *calendar.Zone) Line {
	entry := *e
	where := strings.Trim(e.Program+"."+e.Stage, ".")
	return Line{At: m.at, Kind: e.Kind, Says: Sentence(e, zone), Where: where, By: e.By, Rule: m.b.line(e.By), Entry: &entry, zone: zone}
}

// Foretold is a row of Ahead as a line of the story.
func (v *Standing) Foretold(row *engine.Row) Line {
	e := v.b.entry(v.Key, row)
	return Line{At: row.At, Kind: e.Kind, Says: Sentence(&e, v.Zone()), Where: strings.Trim(e.Program+"."+e.Stage, "."), By: e.By, Rule: v.b.line(e.By), Entry: &e, zone: v.Zone()}
}

// zoneOf is where the contact lived after a moment.
func (c *Case) zoneOf(m *moment) *calendar.Zone {
	s := engine.NewState(c.Key)
	if err := m.b.codec.Decode(m.after, s); err != nil || s.Zone == nil {
		return m.b.Policy.Zone
	}
	return s.Zone
}

// tells says what an input is.
func (b *book) tells(in *engine.Input, zone *calendar.Zone) string {
	var words []string
	say := func(name, value string) { words = append(words, name+" "+value) }
	what := "is changed"
	if in.Arrive {
		what = "arrives"
	}
	if in.Event != compile.None {
		e := &b.Events[in.Event]
		what = e.Name
		if in.Arrive {
			what = "arrives with " + what
		}
		if in.Offer != compile.None {
			what += " " + b.Offers[in.Offer].Name
		}
		for i, v := range in.Values {
			if v.Known {
				say(e.Fields[i].Name, b.value(&e.Fields[i], v, zone))
			}
		}
	} else {
		for _, f := range in.Fields {
			say(b.Fields[f.Field].Name, b.value(&b.Fields[f.Field], f.Value, zone))
		}
	}
	if len(words) > 0 {
		what += ": " + strings.Join(words, ", ")
	}
	return what
}

// value writes a value for a person: as a cell of a file, and times on the contact's clock.
func (b *book) value(f *compile.Field, v compile.Value, zone *calendar.Zone) string {
	if f.Type == check.FieldTime && v.Known {
		return Clock(int64(v.Num), zone)
	}
	return f.Format(v)
}

// entry is a row of the engine as the journal has it.
func (b *book) entry(key string, row *engine.Row) store.Entry {
	e := store.Entry{
		Seq: int64(row.Seq), At: row.At, Contact: key, Kind: row.Kind.String(),
		To: row.To, Until: row.ToAt, Reason: row.Reason, By: row.By, Detail: row.Detail,
	}
	if row.Track >= 0 {
		e.Track = b.Tracks[row.Track].Name
	}
	if row.Program >= 0 {
		e.Program = b.Programs[row.Program].Name
	}
	if row.Stage >= 0 {
		e.Stage = b.Stages[row.Stage].Short
	}
	if row.Offer >= 0 {
		e.Offer = b.Offers[row.Offer].Name
	}
	if row.Gone != "" {
		e.Program, e.Stage, _ = strings.Cut(row.Gone, ".")
	}
	return e
}

// sentences are how rows of the journal are told, by kind: %o is the offer, %t `to`, %r the reason, %d the detail.
var sentences = map[string]string{
	"entered": "entered %p", "moved": "moved to %t", "sent": "sent %o", "held": "held until %t: %r",
	"refused": "refused: %r", "exhausted": "exhausted: nothing is left to send", "handed": "handed to %t",
	"withdrawn": "taken back from %t", "overdue": "%d has not answered in time", "task": "task for %t: %d",
	"set": "set %d", "forgot": "forgot %d", "tagged": "tagged %d", "answered": "answered %d",
	"stopped": "stopped by %r: no messages any more", "resumed": "resumed by %r: messages again",
	"goal": "goal reached: %d", "late": "taken late: %d", "error": "error: %d",
}

// Sentence tells a row of the journal in words, without when and where.
func Sentence(e *store.Entry, zone *calendar.Zone) string {
	to := e.To
	if e.Until != 0 {
		to = Clock(e.Until, zone)
	} else if e.Kind == engine.Held.String() {
		to = "something changes"
	}
	text := strings.NewReplacer("%o", e.Offer, "%t", to, "%r", e.Reason, "%d", e.Detail, "%p", e.Program+"."+e.Stage).Replace(sentences[e.Kind])
	if e.Kind == engine.Sent.String() && e.Detail != "" {
		text += ", " + e.Detail
	}
	return text
}
