package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
)

// touchRef names a touch: a send statement of the stage a contact is in on a track.
type touchRef struct {
	track, send int
	due         int64
	touch       *Touch // itself, until the contact moves
	is          *compile.Send
}

// The reasons of refusals, holds and exhaustion. The bit of one that is told once a stay is its place in the list.
const (
	byConsent = iota
	byStop
	byAddress
	byHoldout
	byWhere
	byNever
	isExhausted
)

var refusals = [...]string{"consent", "stopped", "address", "holdout", "where", "never"}

// send is (4) of the step: touches that are due, by priority, then who waited longest, then track and source order.
func (r *run) send() {
	for {
		due := r.due()
		if len(due) == 0 {
			return
		}
		again := false
		for i := range due {
			if r.decide(&due[i]) {
				again = true // it was exhausted: rules may have moved the contact
				break
			}
		}
		if !again {
			return
		}
	}
}

func (r *run) due() []touchRef {
	due := r.dues[:0]
	for t := range r.s.Tracks {
		pos := &r.s.Tracks[t]
		for i := range pos.Touches {
			touch := &pos.Touches[i]
			at := touchDue(r.s, pos, i)
			if at > r.now || touch.Held > r.now {
				continue
			}
			if len(r.waiting) > 0 && r.waits(t, i) {
				continue
			}
			due = append(due, touchRef{})
			ref := &due[len(due)-1]
			ref.track, ref.send, ref.due, ref.touch, ref.is = t, i, at, touch, &pos.is.Sends[i]
		}
	}
	if r.dues = due; len(due) > 1 {
		r.order(due)
	}
	return due
}

func (r *run) waits(track, send int) bool {
	return slices.ContainsFunc(r.waiting, func(w touchRef) bool { return w.track == track && w.send == send })
}

func (r *run) order(due []touchRef) {
	slices.SortStableFunc(due, func(a, b touchRef) int {
		return cmp.Or(cmp.Compare(r.priority(b.track), r.priority(a.track)), cmp.Compare(a.due, b.due))
	})
}

// priority is that of the program a contact is in on a track.
func (r *run) priority(track int) float64 {
	return r.p.Programs[r.s.Tracks[track].is.Program].Priority
}

// touchDue is when a touch is due: `in` after the stage was entered, then `every` after the last.
func touchDue(s *State, pos *Position, i int) int64 {
	if t := &pos.Touches[i]; t.due != 0 {
		return t.due
	}
	return dueAnew(s, pos, i)
}

func dueAnew(s *State, pos *Position, i int) int64 {
	t, send := &pos.Touches[i], &pos.is.Sends[i]
	switch {
	case t.Over:
		t.due = calendar.Never
	case t.First:
		t.due = s.Zone.Add(t.Base, send.In)
	default:
		t.due = s.Zone.Add(t.Base, send.Every)
	}
	return t.due
}

// decide decides one due touch: refuse, exhausted, hold, or pick and send. It says whether the touch was exhausted,
// which is an input that may have moved the contact.
func (r *run) decide(ref *touchRef) bool {
	touch, send := ref.touch, ref.is
	touch.Held = 0
	if r.fx.Watch != nil {
		r.watched(Seen{Track: ref.track, Program: compile.None, Send: ref.send})
	}
	x := r.at(ref.track)
	x.Event = nil
	if reason := r.refusal(x, &r.s.Tracks[ref.track], send); reason >= 0 {
		r.refuse(ref, reason)
		return false
	}
	arms, sure := r.arms(x, send, send.Pick == check.PickOrdered)
	if !sure {
		if len(arms) == 0 {
			r.exhaust(ref)
			return true
		}
		var reason int
		if arms, reason = fit(arms); len(arms) == 0 {
			r.refuse(ref, reason)
			return false
		}
	}
	if !sure || r.p.Policy.Binds() {
		if until, reason := r.hold(x, send, arms); reason != "" {
			if touch.Held = until; until == calendar.Never {
				until = 0 // the journal names no instant that does not come
			}
			row := r.row(ref.track, Held, send.By)
			row.ToAt, row.Reason = until, reason
			return false
		}
	}
	offer := int(arms[0].offer)
	if !sure {
		offer = r.pick(send.Pick, r.ready(arms))
	}
	r.sendOffer(ref, offer)
	return false
}

// refusal is why a contact may get nothing at all of a send, or -1.
func (r *run) refusal(x *compile.Ctx, pos *Position, send *compile.Send) int {
	switch {
	case !send.Transactional && !r.p.Policy.Consent.Holds(x):
		return byConsent
	case r.s.Stopped:
		return byStop
	case r.address() == "":
		return byAddress
	case pos.HeldOut:
		return byHoldout
	}
	return -1
}

// address is where e-mail goes: the first email field, or the key where the playbook has none.
func (r *run) address() string {
	f := r.p.Address
	if f == compile.None || f == r.p.Key {
		return r.s.Key
	}
	if !r.s.Fields[f].Known {
		return ""
	}
	return r.s.Fields[f].Text
}

// refuse journals a refusal once a stay and reason. With `every` it counts for the cadence; without, the touch stays
// due until the reason ends.
func (r *run) refuse(ref *touchRef, reason int) {
	touch, send := ref.touch, ref.is
	if r.tell(ref.track, reason) {
		r.row(ref.track, Refused, send.By).Reason = refusals[reason]
	}
	if send.Repeats {
		touch.again(r.now, true)
	} else {
		r.waiting = append(r.waiting, *ref)
	}
}

// tell says whether something is told for the first time in this stay.
func (r *run) tell(track, reason int) bool {
	told := &r.s.Tracks[track].Told
	first := *told&(1<<reason) == 0
	*told |= 1 << reason
	return first
}

// exhaust takes an exhausted touch as an input to its track.
func (r *run) exhaust(ref *touchRef) {
	touch, send := ref.touch, ref.is
	touch.again(r.now, send.Repeats)
	if r.tell(ref.track, isExhausted) {
		r.row(ref.track, Exhausted, send.By)
	}
	r.event = compile.Taken{Event: r.p.Exhausted, At: r.now, Offer: compile.None}
	r.response = false
	r.remember(r.p.Exhausted)
	r.stops(r.p.Exhausted)
	r.goals()
	r.look(ref.track, false)
	r.rest()
	r.waiting = r.waiting[:0] // the reason of a refusal may have ended
}

// unbound is what transactional messages go by.
var unbound compile.Policy

// hold is the first instant at which window, skipped days, caps and the offers' own waits all allow the touch, and the
// first of them that does not allow it now; the reason is empty when it may go now.
func (r *run) hold(x *compile.Ctx, send *compile.Send, arms []arm) (until int64, reason string) {
	policy := &r.p.Policy
	from, wait := arms[0].from, "published"
	for i := range arms {
		from = min(from, arms[i].from)
		if arms[i].repeats {
			wait = "repeat"
		}
	}
	if send.Transactional {
		policy = &unbound
	}
	caps := r.caps(x, policy)
	switch {
	case !policy.Open(r.s.Zone, r.now):
		reason = "window"
	case policy.NextUnskipped(r.s.Zone, r.now) > r.now:
		reason = "skip"
	case r.capped(caps, r.now) > r.now:
		reason = "cap"
	case from > r.now:
		reason = wait
	default:
		return 0, ""
	}
	for t, i := max(r.now, from), 0; i < maxDays; i++ {
		next := r.capped(caps, policy.NextUnskipped(r.s.Zone, t))
		if next != calendar.Never {
			next = policy.NextOpen(r.s.Zone, next)
		}
		if next == t || next == calendar.Never {
			return next, reason
		}
		t = next
	}
	return calendar.Never, reason
}

// caps are the caps that bind a touch now.
func (r *run) caps(x *compile.Ctx, policy *compile.Policy) []*compile.Cap {
	caps := r.binds[:0]
	for i := range policy.Caps {
		if c := &policy.Caps[i]; c.For.Holds(x) {
			caps = append(caps, c)
		}
	}
	r.binds = caps
	return caps
}

// capped is the first instant from t on at which no cap is full. A message is free again exactly its cap's span after
// it was sent.
func (r *run) capped(caps []*compile.Cap, t int64) int64 {
	if t == calendar.Never {
		return t
	}
	for _, c := range caps {
		// The newest Count messages fill the cap; it has room when the oldest of these is free.
		left := c.Count
		for i := len(r.s.Sends) - 1; i >= 0; i-- {
			s := &r.s.Sends[i]
			if s.Uncapped || s.Unsent {
				continue
			}
			if left--; left == 0 {
				t = max(t, r.s.Zone.Add(s.At, c.Per))
				break
			}
		}
	}
	return t
}

// pick chooses among the offers that may go now: the first, unless it says otherwise.
func (r *run) pick(how check.Pick, arms []arm) int {
	best := 0
	switch how {
	case check.PickLatest:
		for i := range arms {
			if r.p.Offers[arms[i].offer].Published > r.p.Offers[arms[best].offer].Published {
				best = i
			}
		}
	case check.PickExplore, check.PickInterest:
		r.tally(how)
		for i := range arms {
			if r.said(arms[i].topic) > r.said(arms[best].topic) {
				best = i
			}
		}
	}
	return int(arms[best].offer)
}

// tally counts by topic what there is for it: answers where interest counts, and where what is new is wanted, each
// message less.
func (r *run) tally(how check.Pick) {
	r.topics = grown(r.topics[:0], len(r.p.Topics)+1)
	for i := range r.s.Sends {
		s := &r.s.Sends[i]
		if int(s.Offer) >= len(r.p.Offers) {
			continue
		}
		n := &r.topics[r.p.Offers[s.Offer].Topic+1]
		if how == check.PickExplore && !s.Unsent {
			*n--
		}
		if how == check.PickInterest && s.Answered {
			*n++
		}
	}
}

func (r *run) said(topic int32) int32 { return r.topics[topic+1] } // 0: of none

// sendOffer sends: state, journal and outbox together.
func (r *run) sendOffer(ref *touchRef, offer int) {
	track, touch, send := ref.track, ref.touch, ref.is
	o := &r.p.Offers[offer]
	var asked []int32
	if o.Asks > 0 {
		asked = r.questions(track, o.Asks)
	}
	r.s.Asked = asked
	r.s.Sends = append(r.s.Sends, compile.Sending{})
	sent := &r.s.Sends[len(r.s.Sends)-1]
	sent.Offer, sent.At, sent.Uncapped = int32(offer), r.now, o.Transactional
	r.s.latest[offer] = last{true, r.now}
	r.s.looked++
	r.event = compile.Taken{Event: r.p.Sent, At: r.now, Offer: offer}
	r.remember(r.p.Sent)
	r.stirred()
	touch.again(r.now, send.Repeats)
	touch.Count++
	row := r.row(track, Sent, send.By)
	row.Offer, row.Map, row.Column = int32(offer), int32(send.Map), int32(r.from)
	if len(asked) > 0 {
		names := make([]string, len(asked))
		for i, f := range asked {
			names[i] = r.p.Fields[f].Name
		}
		row.Detail = "asks " + strings.Join(names, ", ")
	}
	out := r.out(track, Mail, o.Name, o.Channel)
	out.Offer, out.Address, out.Asked, out.Vars = int32(offer), r.address(), asked, r.vars(o.Vars)
}

// questions are the lightest that are still unknown, in declared order: never a heavy one before `convert`, never one
// that the message before asked.
func (r *run) questions(track, n int) []int32 {
	phase := r.s.Tracks[track].is.Phase
	var asked []int32
	for weight := check.Light; weight <= check.Heavy; weight++ {
		if weight == check.Heavy && phase < check.Convert {
			break
		}
		for i := range r.p.Fields {
			f := &r.p.Fields[i]
			if len(asked) < n && f.Asked != nil && f.Asked.Weight == weight && !r.s.Fields[i].Known && !slices.Contains(r.s.Asked, int32(i)) {
				asked = append(asked, int32(i))
			}
		}
	}
	return asked
}

// heldOut says whether a contact is in the share of a program's entrants that get no messages: for ever the same.
func heldOut(key string, program *compile.Playlet) bool {
	if program.Holdout == 0 {
		return false
	}
	h := xxhash.Sum64String(key + "\x00" + program.Name)
	return float64(h>>11)/(1<<53) < program.Holdout
}
