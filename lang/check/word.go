package check

import (
	"hash/maphash"
	"maps"
	"strings"

	"nurture/lang/syntax"
)

// word is a name that stands in a declaration, with what the playbook knows by it.
type word struct {
	name     string
	turn     int     // of the Check that last looked
	print    uint64  // of as much of it as others see
	is       meaning // the things themselves
	replaced bool    // they are others than they were in the Check before
}

// meaning is all things that have one name.
type meaning struct {
	field   *Field
	topic   *Topic
	role    *Role
	event   *Event
	segment *Segment
	score   *Score
	offer   *Offer
	plan    *Map
	handoff *Handoff
	track   *Track
	program *Program
}

func (c *checker) meaning(name string) meaning {
	return meaning{
		field:   c.fields.things[name],
		topic:   c.topics.things[name],
		role:    c.roles.things[name],
		event:   c.events.things[name],
		segment: c.segments.things[name],
		score:   c.scores.things[name],
		offer:   c.offers.things[name],
		plan:    c.maps.things[name],
		handoff: c.handoffs.things[name],
		track:   c.tracks.things[name],
		program: c.programs.things[name],
	}
}

// look makes a word know what its name is in this Check.
func (c *checker) look(w *word) *word {
	if w.turn != c.memory.turn {
		is := c.meaning(w.name)
		w.replaced = is != w.is
		w.turn, w.is, w.print = c.memory.turn, is, c.printOf(w.name, is)
	}
	return w
}

// print is the fingerprint of what several words are.
func (c *checker) print(words []*word) uint64 {
	p := uint64(1)
	for _, w := range words {
		p = p*0x9e3779b97f4a7c15 ^ c.look(w).print
	}
	return p
}

// wordsOf lists the words that a declaration depends on, and those that it declares. Every name that it has asked for
// stands among its uses; besides, an offer may take what answers every offer, and a program the main track.
func (c *checker) wordsOf(u *unit) (needs, tacit []*word, names []string) {
	clear(c.needed)
	needs = make([]*word, 0, len(u.uses))
	need := func(name string) {
		if name != "" && !c.needed[name] {
			c.needed[name] = true
			needs = append(needs, c.word(name))
		}
	}
	for i := range u.uses {
		use := &u.uses[i]
		if use.Declares {
			names = append(names, use.Name)
			if use.Kind != AStage { // which must not be called like a program
				continue
			}
		}
		switch use.Kind {
		case AValue, AnOfferKind, AChannel, AContentFile: // nothing has these names but themselves
		default:
			need(use.Name)
		}
	}
	switch u.tree.(type) {
	case *syntax.OfferDecl:
		for _, name := range answers {
			tacit = append(tacit, c.word(name))
		}
	case *syntax.ProgramDecl:
		tacit = append(tacit, c.word(mainTrack))
	}
	return needs, tacit, names
}

func (c *checker) word(name string) *word {
	w := c.memory.words[name]
	if w == nil {
		w = &word{name: strings.Clone(name)}
		c.memory.words[w.name] = w
	}
	return w
}

// keepWords ends a Check: what words mean has been settled. Those that nobody has asked for are forgotten.
func (c *checker) keepWords() {
	maps.DeleteFunc(c.memory.words, func(_ string, w *word) bool {
		if w.turn == c.memory.turn && w.replaced {
			w.is = c.meaning(w.name)
		}
		return w.turn != c.memory.turn
	})
}

// printOf is the fingerprint of what others see of the things that have a name.
func (c *checker) printOf(name string, is meaning) uint64 {
	h := print{}
	h.SetSeed(c.memory.seed)
	if owner, taken := c.taken[name]; taken {
		h.say("taken", owner.kind.String())
	}
	if f := is.field; f != nil {
		h.say("field")
		h.field(c, f)
		h.are(f == c.book.Contact.Key, f.Question != nil)
	}
	h.are(is.topic != nil, is.role != nil, is.segment != nil, is.score != nil, is.offer != nil, is.plan != nil, is.track != nil)
	if e := is.event; e != nil {
		h.say("event")
		h.WriteByte(byte(e.Kind))
		for _, f := range e.Fields {
			h.say(f.of)
			h.field(c, f)
		}
	}
	if is.handoff != nil {
		h.say("handoff")
		for _, o := range is.handoff.Outcomes {
			h.say(o.Name)
		}
	}
	if is.program != nil {
		h.say("program", is.program.Track.Name)
		for _, s := range is.program.Stages {
			h.say(s.Name)
		}
	}
	return h.Sum64()
}

// print makes fingerprints.
type print struct{ maphash.Hash }

func (h *print) say(words ...string) {
	for _, w := range words {
		h.WriteString(w)
		h.WriteByte(0xff) // stands in no text
	}
}

func (h *print) are(facts ...bool) {
	for _, is := range facts {
		if is {
			h.WriteByte(1)
		} else {
			h.WriteByte(0)
		}
	}
}

func (h *print) field(c *checker, f *Field) {
	h.say(f.Name)
	h.WriteByte(byte(f.Type))
	h.are(c.untyped[f])
	h.say(f.Values...)
}
