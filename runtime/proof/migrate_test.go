package proof

import (
	"slices"
	"strings"
)

// revised is the playbook of a seed in a later version: a stage has another name, a cap is wider, and somebody thought of one
// more never. It has the shape of the first, so that what stood there is found by counting.
func revised(seed uint64) *book {
	m := newMaker(seed)
	b := makeBook(m)
	x := b.programs[m.n(len(b.programs))]
	s := x.stages[m.n(len(x.stages))]
	was := s.full()
	s.name += "b"
	b.moved = append(b.moved, &migration{was, s.full()})
	for _, r := range b.allRules() {
		r.retarget(was, s.full())
	}
	if len(b.policy.caps) > 0 {
		b.policy.caps[0].n++
	}
	b.nevers = append(b.nevers, &never{"late thought", &cond{`offer.intent == "presell" and contact.vip`, func(v *view) bool {
		return v.offer.intent == "presell" && v.fields["vip"] == yes(true)
	}}})
	b.print()
	return b
}

func (b *book) allRules() (rules []*rule) {
	for _, t := range b.tracks {
		rules = append(rules, t.rules...)
	}
	for _, p := range b.programs {
		rules = append(rules, p.rules...)
		for _, s := range p.stages {
			rules = append(rules, s.rules...)
		}
	}
	return rules
}

func (r *rule) retarget(from, to string) {
	all := []*then{&r.then}
	if r.match != nil {
		for _, a := range r.match.arms {
			all = append(all, &a.then)
		}
	}
	for _, t := range all {
		if t.target == from {
			t.target = to
		}
	}
}

// adopt has a contact go on under another version of the playbook.
func (k *known) adopt(b *book) {
	p, was := k.person, k.person.book
	p.book = b
	program := func(x *program) *program { return b.programs[slices.Index(was.programs, x)] }
	stage := func(s *stage) *stage { return program(s.program).stages[slices.Index(s.program.stages, s)] }
	before, after := was.allRules(), b.allRules()
	for _, at := range p.at {
		if at.stage == nil {
			continue
		}
		old := at.stage
		at.stage = stage(old)
		if at.stage.name != old.name {
			at.gone = old.full()
		}
		for _, t := range at.touches {
			t.send = at.stage.sends[slices.Index(old.sends, t.send)]
		}
	}
	for _, at := range p.at {
		acted := map[*rule]bool{}
		for r := range at.acted {
			acted[after[slices.Index(before, r)]] = true
		}
		at.acted = acted
	}
	for _, h := range p.hands {
		h.stage, h.hand = stage(h.stage), b.handoffs[slices.Index(was.handoffs, h.hand)]
	}
	for _, g := range p.goals {
		x := program(g.program)
		g.goal = x.goals[slices.Index(g.program.goals, g.goal)]
		g.program = x
	}
}

// migrate moves a contact out of stages that the playbook no longer has.
func (p *person) migrate() {
	for _, t := range p.tracks {
		at := p.at[t.name]
		if at.gone == "" {
			continue
		}
		gone, name, _ := strings.Cut(at.gone, ".")
		to := at.stage
		p.journal("", row{kind: "moved", to: to.full(), detail: "migrate"})
		r := &p.rows[len(p.rows)-1]
		r.track, r.program, r.stage = t.name, gone, name
		p.enterStage(to) // in the same program: the stay goes on
	}
}
