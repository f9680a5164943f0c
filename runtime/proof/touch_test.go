package proof

import (
	"cmp"
	"slices"
	"strings"
)

// The due touch, as the model has it.

func (p *person) touchDue(t *touch) int64 {
	switch {
	case t.over:
		return never64
	case t.first && t.send.in == nil:
		return t.base
	case t.first:
		return add(p.zone(), t.base, *t.send.in)
	case t.send.every == nil:
		return t.base
	}
	return add(p.zone(), t.base, *t.send.every)
}

// sendAll decides the touches that are due: by priority, then who waited longest, then by track and source order.
func (p *person) sendAll() {
	type due struct {
		track string
		touch *touch
		at    int64
	}
	for again := true; again; {
		again = false
		var all []due
		for _, t := range p.tracks {
			for _, x := range p.at[t.name].touches {
				if at := p.touchDue(x); at <= p.now && x.held <= p.now && !slices.Contains(p.again, x) {
					all = append(all, due{t.name, x, at})
				}
			}
		}
		slices.SortStableFunc(all, func(a, b due) int {
			return cmp.Or(cmp.Compare(p.at[b.track].stage.program.priority, p.at[a.track].stage.program.priority), cmp.Compare(a.at, b.at))
		})
		for _, d := range all {
			if p.decide(d.track, d.touch) { // exhausted: rules may have moved the contact
				again = true
				break
			}
		}
	}
}

// choice is an offer that a touch may send, now or from an instant on.
type choice struct {
	*offer
	row     string // the topic it stands under
	from    int64
	repeats bool
}

func (x *send) transactional() bool { return x.from == nil && x.offers[0].transactional }

// refusal is why a contact may get nothing of a send, "" when it may.
func (p *person) refusal(track string, x *send) string {
	switch {
	case !x.transactional() && !p.policy.consent.holds(p.see(track)):
		return "consent"
	case p.stopped:
		return "stopped"
	case p.book.address != "" && !p.fields[p.book.address].known:
		return "address"
	case p.at[track].heldOut:
		return "holdout"
	}
	return ""
}

func (p *person) decide(track string, t *touch) (exhausted bool) {
	t.held = 0
	x, at := t.send, p.at[track]
	transactional := x.transactional()
	refused := func(reason string) {
		if !at.told[reason] {
			at.told = with(at.told, reason)
			p.journal(track, row{kind: "refused", reason: reason, by: x.by})
		}
		if x.every != nil {
			t.base, t.first = p.now, false
		} else {
			p.again = append(p.again, t)
		}
	}
	if reason := p.refusal(track, x); reason != "" {
		refused(reason)
		return false
	}
	choices := p.choices(track, x)
	if len(choices) == 0 {
		t.base, t.first, t.over = p.now, false, x.every == nil
		if !at.told["exhausted"] {
			at.told = with(at.told, "exhausted")
			p.journal(track, row{kind: "exhausted", by: x.by})
		}
		p.raise("exhausted", "", track)
		p.rest()
		p.again = nil
		return true
	}
	barred := "where"
	choices = slices.DeleteFunc(choices, func(c choice) bool {
		v := p.see(track)
		v.offer = c.offer
		if !x.where.holds(v) {
			return true
		}
		for _, n := range p.nevers {
			if n.when.is(v) {
				barred = "never"
				return true
			}
		}
		return false
	})
	if len(choices) == 0 {
		refused(barred)
		return false
	}
	if reason := p.waits(track, choices, transactional, p.now); reason != "" {
		until := p.firstAllowed(track, choices, transactional)
		t.held = until
		if until == never64 {
			until = 0
		}
		p.journal(track, row{kind: "held", reason: reason, until: until, by: x.by})
		return false
	}
	choices = slices.DeleteFunc(choices, func(c choice) bool { return c.from > p.now })
	o := p.choose(x.pick, choices)
	asked := p.questions(track, o.asks)
	p.asked = asked
	p.sends = append(p.sends, &sending{offer: o.name, at: p.now})
	p.event, p.response = &happening{event: "sent", at: p.now, offer: o.name}, false
	p.happened("sent")
	p.event = nil
	t.base, t.first, t.over = p.now, false, x.every == nil
	detail := ""
	if len(asked) > 0 {
		detail = "asks " + strings.Join(asked, ", ")
	}
	p.journal(track, row{kind: "sent", offer: o.name, by: x.by, detail: detail})
	return false
}

// choices are the offers of a send that can still be sent to this contact, now or later.
func (p *person) choices(track string, x *send) (choices []choice) {
	consider := func(o *offer, row string) {
		c := choice{offer: o, row: row}
		if o.published != 0 && begins(p.zone(), o.published) > p.now {
			c.from = begins(p.zone(), o.published)
		}
		for _, s := range slices.Backward(p.sends) {
			if s.offer != o.name || s.unsent {
				continue
			}
			if o.repeat == nil {
				return
			}
			if from := add(p.zone(), s.at, *o.repeat); from > p.now {
				c.from, c.repeats = max(c.from, from), true
			}
			break
		}
		if o.expires != 0 && max(p.now, c.from) >= begins(p.zone(), o.expires+1) {
			return
		}
		choices = append(choices, c)
	}
	if x.from == nil {
		for _, o := range x.offers {
			consider(o, o.topic)
		}
		return choices
	}
	for i, column := range x.from.columns {
		if column != nil && !column.when.is(p.see(track)) {
			continue
		}
		for _, r := range x.from.rows {
			for _, o := range r.cells[i] {
				consider(o, r.topic)
			}
		}
		break
	}
	return choices
}

// waits says why a touch may not go at an instant, "" when it may.
func (p *person) waits(track string, choices []choice, transactional bool, t int64) string {
	if !transactional {
		switch {
		case !p.open(t):
			return "window"
		case p.skipped(dayOf(p.zone(), t)):
			return "skip"
		case p.capped(track, t):
			return "cap"
		}
	}
	reason := "published"
	for _, c := range choices {
		if c.from <= t {
			return ""
		}
		if c.repeats {
			reason = "repeat"
		}
	}
	return reason
}

// open says whether a window is open. It opens and shuts at instants; that of the day before may go on over midnight.
func (p *person) open(t int64) bool {
	if len(p.policy.windows) == 0 {
		return true
	}
	today := dayOf(p.zone(), t)
	for _, w := range p.policy.windows {
		for _, d := range []int64{today - 1, today} {
			shuts := d
			if w.to <= w.from {
				shuts++
			}
			if w.days[weekday(d)] && shows(p.zone(), d*86400+int64(w.from)*60) <= t && t < shows(p.zone(), shuts*86400+int64(w.to)*60) {
				return true
			}
		}
	}
	return false
}

func (p *person) capped(track string, t int64) bool {
	for _, c := range p.policy.caps {
		if !c.when.holds(p.see(track)) {
			continue
		}
		counted := 0
		for _, s := range p.sends {
			if o := p.book.offer(s.offer); !s.unsent && !o.transactional && add(p.zone(), s.at, c.per) > t {
				counted++
			}
		}
		if counted >= c.n {
			return true
		}
	}
	return false
}

// firstAllowed is the first instant that allows a touch: it tries whatever opens or ends a wait, day by day.
func (p *person) firstAllowed(track string, choices []choice, transactional bool) int64 {
	var others []int64
	for _, c := range choices {
		others = append(others, c.from)
	}
	for _, c := range p.policy.caps {
		for _, s := range p.sends {
			others = append(others, add(p.zone(), s.at, c.per))
		}
	}
	today := dayOf(p.zone(), p.now)
	for d := today; d < today+1200; d++ {
		tries := []int64{begins(p.zone(), d)}
		for _, w := range p.policy.windows {
			tries = append(tries, shows(p.zone(), d*86400+int64(w.from)*60))
		}
		for _, t := range others {
			if dayOf(p.zone(), t) == d {
				tries = append(tries, t)
			}
		}
		slices.Sort(tries)
		for _, t := range tries {
			if t > p.now && p.waits(track, choices, transactional, t) == "" {
				return t
			}
		}
	}
	return never64
}

func (p *person) choose(pick string, choices []choice) *offer {
	best := choices[0]
	points := func(c choice) int64 {
		switch pick {
		case "latest":
			return c.published
		case "explore", "interest":
		default:
			return 0
		}
		n := int64(0)
		for _, s := range p.sends {
			if p.book.offer(s.offer).topic != c.row {
				continue
			}
			if pick == "explore" && !s.unsent {
				n--
			}
			if pick == "interest" && s.answered {
				n++
			}
		}
		return n
	}
	for _, c := range choices[1:] {
		if points(c) > points(best) {
			best = c
		}
	}
	return best.offer
}

// questions are the lightest that are unknown, never a heavy one before `convert`, never one of the message before.
func (p *person) questions(track string, n int) (asked []string) {
	if n == 0 {
		return nil
	}
	phases := []string{"", "engage", "nurture", "convert", "accelerate", "reassure", "retain"}
	for _, weight := range []string{"light", "medium", "heavy"} {
		if weight == "heavy" && slices.Index(phases, p.at[track].stage.program.phase) < slices.Index(phases, "convert") {
			break
		}
		for _, f := range p.book.fields {
			if f.weight == weight && !p.fields[f.name].known && len(asked) < n && !slices.Contains(p.asked, f.name) {
				asked = append(asked, f.name)
			}
		}
	}
	return asked
}

// next is the next instant, before an end, at which something may be due or time alone changes what conditions say.
func (p *person) next(end int64) int64 {
	at := end
	due := func(t int64) {
		if t > p.stood {
			at = min(at, t)
		}
	}
	for _, t := range p.tracks {
		pos := p.at[t.name]
		for _, x := range pos.touches {
			if t := p.touchDue(x); t != never64 {
				due(max(t, x.held))
			}
			for _, o := range x.send.offers {
				if o.expires != 0 {
					due(begins(p.zone(), o.expires+1))
				}
			}
		}
		if pos.stage != nil {
			for _, r := range pos.stage.rules {
				if r.after != nil {
					due(add(p.zone(), pos.stageEntered, *r.after))
				}
			}
		}
	}
	for _, h := range p.hands {
		due(p.handDue(h))
	}
	for _, t := range p.tasks {
		due(p.taskDue(t))
	}
	for _, x := range p.programs {
		if left, is := p.left[x.name]; is && x.reenter == "after" {
			due(add(p.zone(), left, x.after))
		}
	}
	// What time alone changes goes one way only while nothing else happens, so halving finds the second.
	now, last := p.readings(p.stood), at-1
	if last <= p.stood || slices.Equal(p.readings(last), now) {
		return at
	}
	same := p.stood
	for last-same > 1 {
		if middle := same + (last-same)/2; slices.Equal(p.readings(middle), now) {
			same = middle
		} else {
			last = middle
		}
	}
	return last
}

// readings are what every condition would read at an instant, on every track.
func (p *person) readings(at int64) (all []float64) {
	was := p.now
	p.now = at
	for _, t := range p.tracks {
		for _, read := range p.book.reads {
			all = append(all, read(p.see(t.name)))
		}
	}
	p.now = was
	return all
}
