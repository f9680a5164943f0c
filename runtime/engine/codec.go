package engine

import (
	"sync"

	"nurture/lang/compile"
)

// Codec writes states as bytes and reads them back. A state names things by their number in a program; its bytes name
// them by numbers that the store gives to names for ever, so a state survives a changed playbook: what the playbook
// still has is found again whatever its place, what it has no more is kept under numbers behind the program's own.
//
// A Codec is safe for concurrent use.
type Codec struct {
	p *compile.Program

	fields, events, scores, offers, programs *table

	stages  []uint32
	tracks  []uint32
	hands   []uint32
	ids     map[string]uint32 // of the texts that states repeat: rules, sends, tasks, roles
	text    func(uint32) string
	stageOf map[uint32]int32
	trackOf map[uint32]int
	handOf  map[uint32]int32
}

// table gives the names of one kind their numbers. Names that the program does not have get numbers behind its own: only
// those need the lock.
type table struct {
	own    names
	mu     sync.RWMutex
	others names
}

// names are names, as the store numbers them, by their places and back.
type names struct {
	ids []uint32
	of  map[uint32]int32
}

func (n *names) add(id uint32) int32 {
	i := int32(len(n.ids))
	n.of[id] = i
	n.ids = append(n.ids, id)
	return i
}

func (t *table) id(i int32) uint32 {
	if int(i) < len(t.own.ids) {
		return t.own.ids[i]
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.others.ids[int(i)-len(t.own.ids)]
}

func (t *table) number(id uint32) int32 {
	if i, ok := t.own.of[id]; ok {
		return i
	}
	behind := int32(len(t.own.ids))
	t.mu.RLock()
	i, ok := t.others.of[id]
	t.mu.RUnlock()
	if ok {
		return behind + i
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i, ok := t.others.of[id]; ok {
		return behind + i
	}
	return behind + t.others.add(id)
}

func newTable[T any](from []T, name func(*T) string, intern func(string) uint32) *table {
	t := &table{own: names{of: map[uint32]int32{}}, others: names{of: map[uint32]int32{}}}
	for i := range from {
		t.own.add(intern(name(&from[i])))
	}
	return t
}

// NewCodec makes the codec of a program. intern gives a name its number for ever, text the name of a number.
func NewCodec(p *compile.Program, intern func(string) uint32, text func(uint32) string) *Codec {
	c := &Codec{
		p:        p,
		fields:   newTable(p.Fields, func(f *compile.Field) string { return f.Name }, intern),
		events:   newTable(p.Events, func(e *compile.Event) string { return e.Name }, intern),
		scores:   newTable(p.Scores, func(s *compile.Score) string { return s.Name }, intern),
		offers:   newTable(p.Offers, func(o *compile.Offer) string { return o.Name }, intern),
		programs: newTable(p.Programs, func(p *compile.Playlet) string { return p.Name }, intern),
		ids:      map[string]uint32{}, text: text,
		stageOf: map[uint32]int32{}, trackOf: map[uint32]int{}, handOf: map[uint32]int32{},
	}
	note := func(s string) { c.ids[s] = intern(s) }
	noteRules := func(rules []compile.Rule) {
		for i := range rules {
			note(rules[i].ID)
		}
	}
	for i := range p.Stages {
		s := &p.Stages[i]
		id := intern(s.Name)
		c.stages, c.stageOf[id] = append(c.stages, id), int32(i)
		noteRules(s.Rules)
		for j := range s.Sends {
			note(s.Sends[j].ID)
		}
		for j := range s.Entry {
			note(s.Entry[j].Text)
		}
	}
	for i := range p.Programs {
		noteRules(p.Programs[i].Rules)
		for j := range p.Programs[i].Goals {
			note(p.Programs[i].Goals[j].Name)
		}
	}
	for i := range p.Tracks {
		id := intern(p.Tracks[i].Name)
		c.tracks, c.trackOf[id] = append(c.tracks, id), i
		noteRules(p.Tracks[i].Rules)
	}
	for i := range p.Handoffs {
		id := intern(p.Handoffs[i].Name)
		c.hands, c.handOf[id] = append(c.hands, id), int32(i)
	}
	for _, r := range p.Roles {
		note(r)
	}
	return c
}
