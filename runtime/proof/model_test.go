package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// The model: what lang/spec.md says a run does, written down as plainly as it goes, of one contact. It shares nothing with the
// engine or the compiler. Everything is worked out anew from lists each time that it is asked for; the instants at which time
// alone changes something are found by looking.

// row is a row of the journal.
type row struct {
	seq                                int
	at                                 int64
	kind, track, program, stage, offer string
	to                                 string
	until                              int64
	reason, by, detail                 string
}

func (r row) String() string {
	words := []string{fmt.Sprint(r.seq), stamp(r.at), r.kind}
	if r.until != 0 {
		r.to = stamp(r.until)
	}
	for _, w := range [][2]string{{"track", r.track}, {"", strings.Trim(r.program+"."+r.stage, ".")}, {"offer", r.offer}, {"to", r.to}, {"reason", r.reason}, {"by", r.by}, {"detail", r.detail}} {
		if w[1] != "" {
			words = append(words, strings.TrimPrefix(w[0]+"="+w[1], "="))
		}
	}
	return strings.Join(words, " ")
}

// person is all that is known of a contact.
type person struct {
	*book
	key     string
	now     int64
	fields  map[string]value
	arrived bool
	stood   int64 // the last instant that was gone through
	stopped bool
	history []happening
	hits    []hit
	sends   []*sending
	at      map[string]*position // by track
	ever    map[string]bool      // programs it has been in
	left    map[string]int64     // when it last left them
	first   map[string]bool      // programs whose `enter when` must first have been false
	hands   []*openHand
	tasks   []*openTask
	goals   []*openGoal
	asked   []string
	tags    []string
	entries int
	lives   string // the zone as it was
	rows    []row

	event    *happening // that is taken
	response bool       // and it is the answer to a sending
	moves    map[string]int
	again    []*touch // refused at this instant, and due still
	acted    bool

	// From this instant on the reference does not say what happens: the contact went round in a circle, which is an error, or a
	// send made something true that only the next look at the contact finds, whenever that is.
	doubt int64
}

type (
	happening struct {
		event  string
		at     int64
		late   bool
		offer  string
		task   string
		fields map[string]value // of the event
		told   map[string]value // of the contact, by a form
	}
	hit struct {
		score  string
		points float64
		at     int64
	}
	sending struct {
		offer            string
		at               int64
		answered, unsent bool
	}
	position struct {
		stage                        *stage // nil: in no program
		stageEntered, programEntered int64
		entry                        int
		heldOut, arriving            bool
		acted                        map[*rule]bool
		told                         map[string]bool
		touches                      []*touch
		gone                         string // the name of its stage, which the playbook no longer has
	}
	touch struct {
		send        *send
		base        int64
		first, over bool
		held        int64
	}
	openHand struct {
		hand              *handoff
		stage             *stage
		entry             int
		opened            int64
		accepted, overdue bool
	}
	openTask struct {
		text, role string
		opened     int64
		within     *span
		overdue    bool
	}
	openGoal struct {
		program *program
		goal    *goal
		from    int64
	}
)

func newPerson(b *book, key string) *person {
	p := &person{book: b, key: key, fields: map[string]value{}, at: map[string]*position{}, ever: map[string]bool{}, left: map[string]int64{}, first: map[string]bool{}, doubt: never64}
	for _, t := range b.tracks {
		p.at[t.name] = &position{}
	}
	return p
}

func (p *person) zone() *time.Location { return location(p.zoneName()) }

func (p *person) zoneName() string {
	if f := p.policy.zoneField; f != "" && p.fields[f].known {
		return p.fields[f].text
	}
	return p.policy.zone
}

// see is where a condition is asked on a track; "": outside of all.
func (p *person) see(track string) *view { return &view{person: p, track: track} }

func (p *person) journal(track string, r row) {
	r.seq, r.at, r.track = len(p.rows)+1, p.now, track
	if track != "" && p.at[track].stage != nil {
		r.program, r.stage = p.at[track].stage.program.name, p.at[track].stage.name
	}
	p.rows = append(p.rows, r)
}

// instant goes through one instant with what comes in at it: changes first, then events by arrival.
func (p *person) instant(now int64, in []*input) {
	p.now, p.moves, p.again = now, map[string]int{}, nil
	p.migrate()
	for _, i := range in {
		if i.arrives {
			p.arrived = true
			p.lives = p.zoneName()
		}
		if i.event == nil {
			p.change(i.changes)
			p.look("", false)
			continue
		}
		p.take(i.event)
	}
	p.timers()
	p.rest()
	p.sendAll()
	p.stood = now
	if p.unseen() {
		p.doubt = min(p.doubt, now+1)
	}
}

// unseen says whether something holds that nobody has looked at since: a send is history, but wakes no rule. Likewise a touch
// that was refused, and has nothing left by now.
func (p *person) unseen() bool {
	for _, t := range p.tracks {
		at, v := p.at[t.name], p.see(t.name)
		rules := t.rules
		if at.stage != nil {
			rules = slices.Concat(at.stage.rules, at.stage.program.rules, t.rules)
		}
		for _, r := range rules {
			if (r.when == nil || !r.when.is(v)) && (r.after == nil || add(p.zone(), at.stageEntered, *r.after) > p.now) {
				continue
			}
			do := &r.then
			if r.match != nil {
				if do = p.arm(r); do == nil {
					continue
				}
			}
			if do.target != "" && (do.target != "done" || at.stage != nil) || !at.acted[r] {
				return true
			}
		}
		for _, x := range at.touches {
			if p.touchDue(x) <= p.now && x.held <= p.now && p.refusal(t.name, x.send) == "" && len(p.choices(t.name, x.send)) == 0 {
				return true
			}
		}
		for _, x := range p.programs {
			if x.track != t.name || x.enter == nil {
				continue
			}
			if is := x.enter.is(v); !is && p.first[x.name] || is && !p.first[x.name] && at.stage == nil && p.mayReenter(x) {
				return true
			}
		}
	}
	return false
}

// change writes fields. Who lives in another zone now has what is held decided anew.
func (p *person) change(changes map[string]value) {
	for name, v := range changes {
		p.fields[name] = v
	}
	if p.arrived && p.zoneName() != p.lives {
		p.lives = p.zoneName()
		for _, at := range p.at {
			for _, t := range at.touches {
				t.held = 0
			}
		}
	}
}

func (p *person) take(e *happening) {
	p.event = e
	if e.late {
		p.journal("", row{kind: "late", detail: e.event + " of " + stamp(e.at)})
	}
	if len(e.told) > 0 {
		var told []string
		for _, f := range p.book.fields {
			if _, is := e.told[f.name]; is {
				told = append(told, f.name)
			}
		}
		p.journal("", row{kind: "answered", detail: strings.Join(told, ", ")})
		p.change(e.told)
	}
	p.response = p.answers(e)
	p.happened(e.event)
	if p.response {
		p.happened("response")
	}
	p.close(e)
	p.stops()
	p.reachGoals()
	p.look("", false)
}

// raise takes an event that the run works out itself.
func (p *person) raise(event, task string, only string) {
	p.event, p.response = &happening{event: event, at: p.now, task: task, fields: map[string]value{"task": text(task)}}, false
	p.happened(event)
	p.stops()
	p.reachGoals()
	p.look(only, false)
}

func (p *person) happened(event string) {
	p.history = append(p.history, happening{event: event, at: p.event.at})
	v := p.see("")
	v.event = p.event
	for _, s := range p.scores {
		for _, on := range s.ons {
			if on.event == event && on.where.holds(v) {
				p.hits = append(p.hits, hit{s.name, on.points, p.event.at})
			}
		}
	}
}

// answered is what answers an offer.
func answered(o *offer, event string) bool {
	if o == nil {
		return false
	}
	if len(o.response) > 0 {
		return slices.Contains(o.response, event)
	}
	return slices.Contains([]string{"clicked", "replied", "submitted"}, event)
}

// answers says whether an event is the first answer to one sending.
func (p *person) answers(e *happening) bool {
	newest := func(is func(*sending) bool) *sending {
		for _, s := range slices.Backward(p.sends) {
			if is(s) {
				return s
			}
		}
		return nil
	}
	if e.offer == "" {
		if e.event != "visited" && e.event != "bought" && e.event != "asked" && e.event != "moved" && e.event != "agreed" {
			return false // a message event or an outcome without an offer
		}
		s := newest(func(s *sending) bool { return !s.unsent && answered(p.book.offer(s.offer), e.event) })
		if s == nil || s.answered {
			return false
		}
		s.answered, e.offer = true, s.offer
		return true
	}
	if !answered(p.book.offer(e.offer), e.event) {
		return false
	}
	s := newest(func(s *sending) bool { return s.offer == e.offer })
	if s == nil {
		p.sends = append(p.sends, &sending{offer: e.offer, at: e.at, answered: true, unsent: true})
		return true
	}
	if s.answered {
		return false
	}
	s.answered = true
	return true
}

func (p *person) close(e *happening) {
	if e.event == "task_done" {
		if i := slices.IndexFunc(p.tasks, func(t *openTask) bool { return t.text == e.task }); i >= 0 {
			p.tasks = slices.Delete(p.tasks, i, i+1)
		}
	}
	if name, outcome, is := strings.Cut(e.event, "."); is {
		i := slices.IndexFunc(p.hands, func(h *openHand) bool { return h.hand.name == name })
		if i >= 0 && outcome == "accepted" {
			p.hands[i].accepted = true
		} else if i >= 0 {
			p.hands = slices.Delete(p.hands, i, i+1)
		}
	}
}

// is says whether the event that is taken goes by a name.
func (p *person) is(event string) bool {
	return p.event != nil && (p.event.event == event || p.response && event == "response")
}

func (p *person) stops() {
	v := p.see("")
	v.event = p.event
	for _, name := range []string{p.event.event, "response"} {
		if name == "response" && !p.response {
			continue
		}
		for _, s := range p.policy.stops {
			if !slices.Contains(s.events, name) || p.stopped == !s.resume || !s.where.holds(v) {
				continue
			}
			p.stopped = !s.resume
			kind := "stopped"
			if s.resume {
				kind = "resumed"
			}
			p.journal("", row{kind: kind, reason: name, by: s.by})
		}
	}
}

func (p *person) reachGoals() {
	p.goals = slices.DeleteFunc(p.goals, func(g *openGoal) bool {
		if !p.is(g.goal.event) || p.event.at < g.from || p.event.at > add(p.zone(), g.from, g.goal.within) {
			return false
		}
		p.journal("", row{kind: "goal", by: g.goal.by, detail: g.goal.event + " within " + g.goal.within.short()})
		p.rows[len(p.rows)-1].program = g.program.name
		return true
	})
}

// look looks at rules and entries until nothing moves. An input of one track lets the others look at their `when` rules only.
func (p *person) look(only string, timers bool) {
	changed := false
	for _, t := range p.tracks {
		if only != "" && only != t.name {
			changed = p.whens(t) || changed
			continue
		}
		p.acted = false
		if p.rules(t, timers, false) || p.acted {
			changed = true
			p.whens(t)
		}
	}
	for again := true; again; {
		for changed {
			changed = false
			for _, t := range p.tracks {
				changed = p.whens(t) || changed
			}
		}
		again = false
		for _, t := range p.tracks {
			again = p.enter(t) || again
		}
		changed = again
	}
	p.event, p.response = nil, false
}

func (p *person) whens(t *track) (moved bool) {
	for {
		p.acted = false
		again := p.rules(t, false, true)
		moved = moved || again || p.acted
		if !again {
			return moved
		}
	}
}

const mostMoves = 16

// rules takes the first rule that holds and leads somewhere: of the stage, of its program, of the track. Those before it that
// only act are done.
func (p *person) rules(t *track, timers, onlyWhen bool) bool {
	at := p.at[t.name]
	if p.moves[t.name] > mostMoves {
		return false
	}
	var all []*rule
	if at.stage != nil {
		all = slices.Concat(at.stage.rules, at.stage.program.rules)
	}
	for _, r := range slices.Concat(all, t.rules) {
		v := p.see(t.name)
		switch {
		case r.when != nil:
			if !r.when.is(v) {
				continue
			}
		case onlyWhen:
			continue
		case r.after != nil:
			if !timers || add(p.zone(), at.stageEntered, *r.after) > p.now {
				continue
			}
		default:
			v.event = p.event
			if !p.is(r.on) || !r.where.holds(v) {
				continue
			}
		}
		do := &r.then
		if r.match != nil {
			if do = p.arm(r); do == nil {
				continue
			}
		}
		if do.target != "" && (do.target != "done" || at.stage != nil) {
			if p.moves[t.name]++; p.moves[t.name] > mostMoves {
				p.doubt = min(p.doubt, p.now)
				return false
			}
			p.act(t.name, do)
			p.move(t.name, do.target, r.by)
			return true
		}
		if r.on == "" {
			if at.acted[r] {
				continue
			}
			at.acted = with(at.acted, r)
		}
		p.act(t.name, do)
	}
	return false
}

func with[K comparable](m map[K]bool, k K) map[K]bool {
	if m == nil {
		m = map[K]bool{}
	}
	m[k] = true
	return m
}

func (p *person) arm(r *rule) *then {
	of, name, _ := strings.Cut(r.match.field, ".")
	v := p.fields[name]
	if of == "event" {
		v = p.event.fields[name]
	}
	for _, a := range r.match.arms {
		if len(a.values) == 0 || v.known && slices.Contains(a.values, v.text) {
			return &a.then
		}
	}
	if r.then.empty() {
		return nil
	}
	return &r.then
}

func (p *person) act(track string, do *then) {
	for _, a := range do.actions {
		v := p.see(track)
		v.event = p.event
		switch a.do {
		case "forget":
			p.acted = true
			p.change(map[string]value{a.field: {}})
			p.journal(track, row{kind: "forgot", by: a.by, detail: a.field})
		case "tag":
			tag := a.expr(v)
			if tag.known && !slices.Contains(p.tags, tag.text) {
				p.tags = append(p.tags, tag.text)
			}
			p.journal(track, row{kind: "tagged", by: a.by, detail: tag.text})
		default:
			p.acted = true
			is := a.expr(v)
			p.change(map[string]value{a.field: is})
			p.journal(track, row{kind: "set", by: a.by, detail: a.field + " = " + show(p.fieldOf(a.field), is)})
		}
	}
}

// show writes a value as a contacts file would.
func show(f *field, v value) string {
	switch {
	case !v.known:
		return ""
	case f.is == "bool":
		return []string{"no", "yes"}[int(v.num)]
	case f.is == "number":
		return fmt.Sprint(v.num)
	case f.is == "date":
		return dayText(int64(v.num))
	case f.is == "time":
		return stamp(int64(v.num))
	}
	return v.text
}

func (p *person) move(track, target, by string) {
	at, to := p.at[track], p.book.stage(target)
	if at.stage != nil && (to == nil || to.program != at.stage.program) {
		for _, h := range slices.Clone(p.hands) {
			if h.entry == at.entry && h.stage.program.track == track {
				p.hands = slices.DeleteFunc(p.hands, func(x *openHand) bool { return x == h })
				p.journal(track, row{kind: "withdrawn", to: h.hand.name, by: by})
			}
		}
	}
	p.journal(track, row{kind: "moved", to: target, by: by})
	if at.stage != nil && (to == nil || to.program != at.stage.program) {
		from := at.stage.program
		p.left[from.name], p.first[from.name] = p.now, to == nil && from.reenter == "always"
		p.at[track] = &position{}
	}
	if to != nil {
		p.enterStage(to)
	}
}

func (p *person) enterStage(s *stage) {
	track := s.program.track
	was, now := p.at[track], &position{stage: s, stageEntered: p.now, arriving: true}
	if was.stage != nil && was.stage.program == s.program {
		now.programEntered, now.entry, now.heldOut = was.programEntered, was.entry, was.heldOut
	} else {
		p.entries++
		now.programEntered, now.entry, now.heldOut = p.now, p.entries, heldOut(p.key, s.program)
		p.ever[s.program.name], p.first[s.program.name] = true, false
		p.goals = slices.DeleteFunc(p.goals, func(g *openGoal) bool { return g.program == s.program })
		for _, g := range s.program.goals {
			p.goals = append(p.goals, &openGoal{s.program, g, p.now})
		}
	}
	for _, x := range s.sends {
		now.touches = append(now.touches, &touch{send: x, base: p.now, first: true})
	}
	p.at[track] = now
}

// heldOut: fixed for ever by contact and program. Which contacts, only this formula says.
func heldOut(key string, p *program) bool {
	return p.holdout > 0 && float64(xxhash.Sum64String(key+"\x00"+p.name)>>11)/(1<<53) < float64(p.holdout)/100
}

// enter takes a contact that is in no program of a track into the first that takes it.
func (p *person) enter(t *track) (entered bool) {
	var programs []*program
	for _, x := range p.programs {
		if x.track == t.name && x.enter != nil {
			programs = append(programs, x)
		}
	}
	slices.SortStableFunc(programs, func(a, b *program) int {
		return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.name, b.name))
	})
	for _, x := range programs {
		if !x.enter.is(p.see(t.name)) {
			p.first[x.name] = false
			continue
		}
		if p.at[t.name].stage != nil || p.first[x.name] || !p.mayReenter(x) {
			continue
		}
		p.enterStage(x.stages[0])
		p.journal(t.name, row{kind: "entered", by: x.enterBy})
		entered = true
	}
	return entered
}

func (p *person) mayReenter(x *program) bool {
	switch {
	case !p.ever[x.name] || x.reenter == "always":
		return true
	case x.reenter == "after":
		return add(p.zone(), p.left[x.name], x.after) <= p.now
	}
	return false
}

// timers: overdue hand-offs, overdue tasks, each an input; then `after` rules and wake-ups as one.
func (p *person) timers() {
	for {
		i := slices.IndexFunc(p.hands, func(h *openHand) bool { return p.handDue(h) <= p.now })
		if i < 0 {
			break
		}
		h := p.hands[i]
		h.overdue = true
		by := ""
		for _, e := range h.stage.entry {
			if e.hand == h.hand {
				by = e.by
			}
		}
		p.journal(h.stage.program.track, row{kind: "overdue", by: by, detail: h.hand.name})
		p.raise(h.hand.name+".overdue", "", "")
	}
	for {
		i := slices.IndexFunc(p.tasks, func(t *openTask) bool { return p.taskDue(t) <= p.now })
		if i < 0 {
			break
		}
		p.tasks[i].overdue = true
		p.raise("task_overdue", p.tasks[i].text, "")
	}
	p.look("", true)
}

const never64 = int64(1) << 62

func (p *person) taskDue(t *openTask) int64 {
	if t.overdue || t.within == nil {
		return never64
	}
	return add(p.zone(), t.opened, *t.within)
}

// handDue moves forward by whole days, counting those on which the window opens and that are not skipped.
func (p *person) handDue(h *openHand) int64 {
	if h.accepted || h.overdue || h.hand.accept == nil {
		return never64
	}
	due := add(p.zone(), h.opened, *h.hand.accept)
	if !h.hand.accept.calendrical() {
		return due
	}
	today := dayOf(p.zone(), h.opened)
	day := today
	for left := dayOf(p.zone(), due) - today; left > 0; {
		day++
		if day > today+3660 {
			break
		}
		if p.opensOn(day) {
			left--
		}
	}
	local := time.Unix(h.opened, 0).In(p.zone())
	return shows(p.zone(), day*86400+int64(local.Hour()*3600+local.Minute()*60+local.Second()))
}

func (p *person) skipped(day int64) bool {
	return slices.ContainsFunc(p.policy.skips, func(s [2]int64) bool { return s[0] <= day && day <= s[1] })
}

func (p *person) opensOn(day int64) bool {
	return !p.skipped(day) && (len(p.policy.windows) == 0 ||
		slices.ContainsFunc(p.policy.windows, func(w window) bool { return w.days[weekday(day)] }))
}

// rest does what stages do on entry where the contact has come to rest.
func (p *person) rest() {
	for _, t := range p.tracks {
		at := p.at[t.name]
		if !at.arriving {
			continue
		}
		at.arriving = false
		for _, e := range at.stage.entry {
			if e.hand != nil {
				if !slices.ContainsFunc(p.hands, func(h *openHand) bool { return h.hand == e.hand }) {
					p.hands = append(p.hands, &openHand{hand: e.hand, stage: at.stage, entry: at.entry, opened: p.now})
					p.journal(t.name, row{kind: "handed", to: e.hand.name, by: e.by})
				}
			} else if !slices.ContainsFunc(p.tasks, func(o *openTask) bool { return o.text == e.task && o.role == e.role }) {
				p.tasks = append(p.tasks, &openTask{text: e.task, role: e.role, opened: p.now, within: e.within})
				p.journal(t.name, row{kind: "task", to: e.role, by: e.by, detail: e.task})
			}
		}
	}
}
