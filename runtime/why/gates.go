package why

import (
	"fmt"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/cond"
	"nurture/runtime/engine"
)

// Gate is one thing that has to be so before something happens, and how it was.
type Gate struct {
	Name  string // what kind of gate: see Gates
	Open  bool
	First bool   // the first that is not open
	Says  string // how it was, in words
	Part  *Part  // the condition that it asks, nil where there is none
	From  int64  // shut: the instant from which time alone opens it, calendar.Never
	Shut  bool   // nothing opens it any more, whatever is set or happens
}

// Gates of a message, in the order in which the language asks them.
const (
	GateStage   = "stage"
	GateColumn  = "column"
	GateAgain   = "again"
	GateWhere   = "where"
	GateNever   = "never"
	GateConsent = "consent"
	GateStop    = "stop"
	GateAddress = "address"
	GateHoldout = "holdout"
	GateWindow  = "window"
	GateSkip    = "skip"
	GateCap     = "cap"
	GateDue     = "due"
	GatePick    = "pick"
)

// weighing is a touch and an offer of it, weighed at an instant for one contact.
type weighing struct {
	*book
	s     *engine.State // a copy; Weigh has put it where it would stand
	now   int64
	stage int
	send  int
	offer int
	is    *compile.Send
	from  *check.Send
	w     engine.Weighed
	gates []Gate
}

// weigh asks every gate of a send for one offer (compile.None: those that all its offers have), of a contact that is
// given as bytes.
func (b *book) weigh(key string, bytes []byte, now int64, stage, send, offer int) *weighing {
	s := engine.NewState(key)
	if err := b.codec.Decode(bytes, s); err != nil {
		panic(fmt.Sprintf("why: a state that was read before: %v", err))
	}
	s.Key = key
	g := &weighing{book: b, s: s, now: now, stage: stage, send: send, offer: offer, is: &b.Stages[stage].Sends[send], from: b.send(stage, send)}
	track := b.Programs[b.Stages[stage].Program].Track
	g.standing(track)
	g.w = engine.Weigh(b.Program, s, now, stage, send)
	g.column()
	if offer != compile.None {
		g.again()
		g.bars()
	}
	g.may()
	g.hold()
	g.cadence(&s.Tracks[track])
	g.pick()
	mark(g.gates)
	return g
}

// mark marks the first gate that is not open.
func mark(gates []Gate) {
	if i := slices.IndexFunc(gates, func(g Gate) bool { return !g.Open }); i >= 0 {
		gates[i].First = true
		if gates[i].Part != nil {
			gates[i].Part.mark()
		}
	}
}

// gate adds one. Parts without words of their own are told by their condition.
func (g *weighing) gate(name string, open bool, part *Part, from int64, says string, args ...any) {
	g.gates = append(g.gates, Gate{Name: name, Open: open, Part: part, From: from, Says: fmt.Sprintf(says, args...)})
}

// shut adds a gate that nothing opens any more.
func (g *weighing) shut(name, says string, args ...any) {
	g.gates = append(g.gates, Gate{Name: name, From: calendar.Never, Shut: true, Says: fmt.Sprintf(says, args...)})
}

func (g *weighing) clock(t int64) string { return Clock(t, g.s.Zone) }

func (g *weighing) standing(track int) {
	pos := &g.s.Tracks[track]
	name := g.Stages[g.stage].Name
	switch {
	case int(pos.Stage) == g.stage:
		g.gate(GateStage, true, nil, 0, "stands in %s since %s", name, g.clock(pos.StageEntered))
	case pos.Stage >= 0:
		g.gate(GateStage, false, nil, calendar.Never, "stands in %s, not in %s", g.Stages[pos.Stage].Name, name)
	default:
		g.gate(GateStage, false, nil, calendar.Never, "is in no program of the track %s, and so not in %s", g.Tracks[track].Name, name)
	}
}

// column says which column of the map is the contact's.
func (g *weighing) column() {
	if g.is.Map == compile.None {
		return
	}
	m, from := &g.Maps[g.is.Map], g.Playbook.Maps[g.is.Map]
	name := func(c int) string {
		if c == compile.None {
			return "none"
		}
		if from.Columns[c] == nil {
			return "otherwise"
		}
		return from.Columns[c].Name
	}
	var in []string
	open := false
	for c := range m.Columns {
		if slices.ContainsFunc(m.Rows, func(r compile.MapRow) bool { return slices.Contains(r.Cells[c], g.offer) }) {
			in = append(in, name(c))
			open = open || c == g.w.Column
		}
	}
	part := &Part{Text: "columns of " + m.Name, Holds: open, Any: true, Columns: true}
	next := calendar.Never
	for c, segment := range from.Columns {
		if segment == nil || g.w.Column != compile.None && c > g.w.Column && (open || g.offer == compile.None) {
			break
		}
		p := *g.parts(segment.Cond, compile.None, g.w.Look)
		p = Part{Text: segment.Name, Holds: p.Holds, Parts: []Part{p}, Next: p.Next} // a column is a segment
		part.Parts, next = append(part.Parts, p), min(next, p.Next)
	}
	if len(part.Parts) == 0 {
		part = nil
	}
	if open || g.offer == compile.None {
		g.gate(GateColumn, true, part, 0, "its column of %s is %s", m.Name, name(g.w.Column))
		return
	}
	g.gate(GateColumn, false, part, next, "its column of %s is %s; %s stands in %s", m.Name, name(g.w.Column), g.Offers[g.offer].Name, strings.Join(in, ", "))
}

// again says whether the offer can be sent to this contact, now or later.
func (g *weighing) again() {
	o := &g.Offers[g.offer]
	last, sent := int64(0), false
	for i := range g.s.Sends {
		if s := &g.s.Sends[i]; int(s.Offer) == g.offer && !s.Unsent {
			last, sent = s.At, true
		}
	}
	can := slices.IndexFunc(g.w.Can, func(c engine.Can) bool { return c.Offer == g.offer })
	says := "was never sent to this contact"
	if sent {
		says = "was sent on " + g.clock(last)
	}
	switch {
	case sent && !o.CanRepeat:
		g.shut(GateAgain, "%s, and has no `repeat`: never again", says)
	case o.Expires != compile.NotExpired && g.now >= g.s.Zone.Start(calendar.Date(o.Expires)+1):
		g.shut(GateAgain, "expired: it could be sent through %s", calendar.Date(o.Expires))
	case can < 0 && sent && o.CanRepeat && o.Expires != compile.NotExpired && g.s.Zone.Add(last, o.Repeat) >= g.s.Zone.Start(calendar.Date(o.Expires)+1):
		g.shut(GateAgain, "%s, may be repeated after %s, and expires before that, on %s", says, span(o.Repeat), calendar.Date(o.Expires))
	case can >= 0 && g.w.Can[can].From > g.now:
		from := g.w.Can[can].From
		if g.w.Can[can].Repeats {
			g.gate(GateAgain, false, nil, from, "%s, and may be repeated after %s: from %s on", says, span(o.Repeat), g.clock(from))
		} else {
			g.gate(GateAgain, false, nil, from, "is published on %s", calendar.Date(o.Published))
		}
	case o.Published != 0 && g.s.Zone.Start(calendar.Date(o.Published)) > g.now: // in a column that is not the contact's
		g.gate(GateAgain, false, nil, g.s.Zone.Start(calendar.Date(o.Published)), "is published on %s", calendar.Date(o.Published))
	case sent && g.s.Zone.Add(last, o.Repeat) > g.now:
		from := g.s.Zone.Add(last, o.Repeat)
		g.gate(GateAgain, false, nil, from, "%s, and may be repeated after %s: from %s on", says, span(o.Repeat), g.clock(from))
	default:
		if sent {
			says += fmt.Sprintf(", more than %s ago", span(o.Repeat))
		}
		g.gate(GateAgain, true, nil, 0, "%s", says)
	}
}

// bars are the `where` of the send and the nevers.
func (g *weighing) bars() {
	g.w.Look.Offer = g.offer
	defer func() { g.w.Look.Offer = compile.None }()
	if g.from.Where != nil {
		part := g.parts(g.from.Where, compile.None, g.w.Look)
		g.gate(GateWhere, part.Holds, part, part.Next, "where %s", said(g.from.Where))
		g.gates[len(g.gates)-1].Shut = !part.Holds && onlyOfOffers(g.from.Where)
	}
	for _, n := range g.Playbook.Nevers {
		part := g.parts(n.Cond, compile.None, g.w.Look)
		if part.Holds {
			g.gate(GateNever, false, part, part.Next, "never %q bars it", n.Title)
		} else {
			g.gate(GateNever, true, part, 0, "never %q does not bar it", n.Title)
		}
	}
}

// onlyOfOffers says whether a condition asks for nothing but what an offer is, once and for all.
func onlyOfOffers(e *cond.Expr) bool {
	only := true
	cond.Walk(e.Root, func(n *cond.Node) bool {
		only = only && (n.Op == cond.OfferAttr || n.Op <= cond.ConstDuration || n.Op >= cond.And && n.Op != cond.Call)
		return true
	})
	return only
}

// may is what refuses a touch.
func (g *weighing) may() {
	if e := g.Playbook.Policy.Consent; e != nil && !g.is.Transactional {
		part := g.parts(e, compile.None, g.w.Look)
		g.gate(GateConsent, part.Holds, part, part.Next, "consent when %s", said(e))
	}
	switch {
	case g.s.Stopped && len(g.Playbook.Policy.Resumes) == 0:
		g.shut(GateStop, "messages are stopped, and the policy has no `resume`")
	case g.s.Stopped:
		g.gate(GateStop, false, nil, calendar.Never, "messages are stopped")
	default:
		g.gate(GateStop, true, nil, 0, "messages are not stopped")
	}
	if !g.w.Address {
		g.gate(GateAddress, false, nil, calendar.Never, "there is no address: contact.%s is unknown", g.Fields[g.Address].Name)
	}
	program := &g.Programs[g.Stages[g.stage].Program]
	if g.w.HeldOut {
		g.shut(GateHoldout, "is held out of %s (holdout %s%%), and gets none of its messages, ever", program.Name, Number(program.Holdout*100))
	} else if program.Holdout > 0 {
		g.gate(GateHoldout, true, nil, 0, "is not held out of %s", program.Name)
	}
}

// hold is the policy's: windows, skipped days, caps.
func (g *weighing) hold() {
	if g.is.Transactional {
		return
	}
	policy := &g.Policy
	if len(policy.Windows) > 0 {
		if policy.Open(g.s.Zone, g.now) {
			g.gate(GateWindow, true, nil, 0, "the window is open")
		} else {
			next := policy.NextOpen(g.s.Zone, g.now)
			g.gate(GateWindow, false, nil, next, "no window is open; the next opens %s", g.clock(next))
		}
	}
	if next := policy.NextUnskipped(g.s.Zone, g.now); next > g.now {
		g.gate(GateSkip, false, nil, next, "the policy skips this day; the next that it does not begins %s", g.clock(next))
	}
	for _, c := range g.w.Caps {
		says := fmt.Sprintf("cap %d per %s", c.Cap.Count, span(c.Cap.Per))
		n := g.counted(c.Cap)
		if c.Free <= g.now {
			g.gate(GateCap, true, nil, 0, "%s: %d sent in that time", says, n)
		} else {
			g.gate(GateCap, false, nil, c.Free, "%s: %d sent in that time; there is room again %s", says, n, g.clock(c.Free))
		}
	}
}

// counted is how many messages a cap counts now.
func (g *weighing) counted(c *compile.Cap) int {
	n := 0
	for i := range g.s.Sends {
		if s := &g.s.Sends[i]; !s.Unsent && !s.Uncapped && g.s.Zone.Add(s.At, c.Per) > g.now {
			n++
		}
	}
	return n
}

// cadence says when the touch is due.
func (g *weighing) cadence(pos *engine.Position) {
	touch := &pos.Touches[g.send]
	how := "on entry"
	switch {
	case touch.First && !g.is.In.IsZero():
		how = fmt.Sprintf("%s after %s, when it came into the stage", span(g.is.In), g.clock(touch.Base))
	case !touch.First:
		how = fmt.Sprintf("every %s, the last time %s", span(g.is.Every), g.clock(touch.Base))
	}
	switch {
	case !g.gates[0].Open && g.is.In.IsZero():
		g.gate(GateDue, true, nil, 0, "would be due on entry")
	case !g.gates[0].Open:
		g.gate(GateDue, false, nil, calendar.Never, "would be due %s after entry", span(g.is.In))
	case g.w.Due == calendar.Never:
		g.gate(GateDue, false, nil, calendar.Never, "has been done with %s for this stay in the stage: it has no `every`", g.is.ID)
	case g.w.Due > g.now:
		g.gate(GateDue, false, nil, g.w.Due, "is due %s (%s)", g.clock(g.w.Due), how)
	case g.w.Held > g.now:
		g.gate(GateDue, false, nil, g.w.Held, "was due %s (%s) and is held until %s", g.clock(g.w.Due), how, g.clock(g.w.Held))
	default:
		g.gate(GateDue, true, nil, 0, "is due since %s (%s)", g.clock(g.w.Due), how)
	}
}

var picks = [...]string{check.PickOrdered: "ordered", check.PickExplore: "explore", check.PickInterest: "interest", check.PickLatest: "latest"}

// pick says whether another offer of the same touch goes before.
func (g *weighing) pick() {
	first := g.first()
	switch {
	case !slices.Contains(g.w.Left, g.offer): // other gates say why
	case first == compile.None || first == g.offer:
		if len(g.is.Offers) != 1 {
			g.gate(GatePick, true, nil, 0, "no other offer goes before it (pick %s)", picks[g.is.Pick])
		}
	default:
		g.gate(GatePick, false, nil, calendar.Never, "%s goes before it (pick %s)", g.Offers[first].Name, picks[g.is.Pick])
	}
}

// first is the offer that would go first were nothing holding the touch.
func (g *weighing) first() int {
	if g.w.Pick != compile.None {
		return g.w.Pick
	}
	if g.is.Pick != check.PickOrdered {
		return compile.None
	}
	for _, c := range g.w.Can {
		if slices.Contains(g.w.Left, c.Offer) && c.From <= g.now {
			return c.Offer
		}
	}
	return compile.None
}

// Shut is the gate that nothing opens any more, nil where there is none.
func shutGate(gates []Gate) *Gate {
	if i := slices.IndexFunc(gates, func(g Gate) bool { return g.Shut }); i >= 0 {
		return &gates[i]
	}
	return nil
}
