package engine

import (
	"slices"

	"nurture/lang/calendar"
	"nurture/lang/compile"
)

// arm is an offer that a touch may send, now or later.
type arm struct {
	offer   int32
	topic   int32 // compile.None where it has none
	from    int64 // not before: its repeat or publication; 0 when it may go now
	repeats bool  // it waits for its repeat
	aside   int8  // the reason for which it is left out, `where` or `never`; compile.None
}

// arms are the offers of a send, of the column that is true now, that can still be sent to this contact, in source
// order. Where the first that may go now is the one to be sent, it alone is given, and sure.
func (r *run) arms(x *compile.Ctx, send *compile.Send, first bool) (arms []arm, sure bool) {
	r.could, r.from = r.could[:0], compile.None
	if send.Map == compile.None {
		for _, o := range send.Offers {
			if r.addArm(x, send, o, r.p.Offers[o].Topic) && first {
				return r.could[len(r.could)-1:], true
			}
		}
		return r.could, false
	}
	m := &r.p.Maps[send.Map]
	c := slices.IndexFunc(m.Columns, func(c compile.Cond) bool { return c.Holds(x) })
	if r.from = c; c == compile.None {
		return r.could, false
	}
	for i := range m.Rows {
		for _, o := range m.Rows[i].Cells[c] {
			if r.addArm(x, send, o, m.Rows[i].Topic) && first {
				return r.could[len(r.could)-1:], true
			}
		}
	}
	return r.could, false
}

// addArm adds an offer to the arms if it can still be sent, and says whether it may go now.
func (r *run) addArm(x *compile.Ctx, send *compile.Send, offer, topic int) bool {
	o := &r.p.Offers[offer]
	from, repeats := int64(0), false
	if last := r.s.lastSent(offer); last.sent {
		if !o.CanRepeat {
			return false
		}
		if again := r.s.Zone.Add(last.at, o.Repeat); again > r.now {
			from, repeats = again, true
		}
	}
	if o.Published != 0 {
		if starts := r.s.Zone.Start(calendar.Date(o.Published)); starts > r.now {
			from = max(from, starts)
		}
	}
	if o.Expires != compile.NotExpired && max(from, r.now) >= r.s.Zone.Start(calendar.Date(o.Expires)+1) {
		return false
	}
	r.could = append(r.could, arm{})
	a := &r.could[len(r.could)-1] // made where it stays: a copy of what was just written waits for it
	a.offer, a.topic, a.from, a.repeats, a.aside = int32(offer), int32(topic), from, repeats, compile.None
	x.Offer = offer
	switch {
	case !send.Where.Holds(x):
		a.aside = byWhere
	case r.barred(x):
		a.aside = byNever
	}
	x.Offer = compile.None
	return a.aside == compile.None && a.from <= r.now
}

func (r *run) barred(x *compile.Ctx) bool { return len(r.p.Nevers) > 0 && r.never(x) }

func (r *run) never(x *compile.Ctx) bool {
	for i := range r.p.Nevers {
		if r.p.Nevers[i].Cond.Holds(x) {
			return true
		}
	}
	return false
}

// fit leaves out the arms that `where` or a `never` sets aside. The reason tells which, should none be left.
func fit(arms []arm) ([]arm, int) {
	n, reason := 0, byWhere
	for i := range arms {
		if aside := arms[i].aside; aside != compile.None {
			reason = max(reason, int(aside))
			continue
		}
		if n != i {
			arms[n] = arms[i]
		}
		n++
	}
	return arms[:n], reason
}

// ready leaves out the arms that wait for their repeat or publication.
func (r *run) ready(arms []arm) []arm {
	n := 0
	for i := range arms {
		if arms[i].from > r.now {
			continue
		}
		if n != i {
			arms[n] = arms[i]
		}
		n++
	}
	return arms[:n]
}
