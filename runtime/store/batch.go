package store

import (
	"bytes"
	"fmt"
	"unsafe"
)

// Batch is what stepping some contacts came to, packed as it will be stored: Add does that, in the goroutine of who
// steps, so that Write, which waits for the disk, has little left to do.
type Batch struct {
	Tally map[TallyKey]int64 // see Count

	contacts  []packed
	text      []byte // of all of them
	decisions int
	stages    map[uint32]int64 // how many contacts more stand there; anyStage: in any
	messages  map[uint32]int64 // how many are queued, by channel
	before    []Place
	bodies    [][]byte // of a contact
}

type (
	// Stepped is what became of a contact.
	Stepped struct {
		Next    int64        // the earliest instant at which anything can happen; calendar.Never
		State   []byte       // nil: as it was, and Places are too
		Places  []Place      // where it stands now, by track
		Took    []Took       // by instant
		Journal []JournalRow // in order, without a gap
		Outbox  []OutboxRow
	}
	// Took is an input that waits no more. With an input all that wait since its instant or longer are taken.
	Took struct {
		N     int64 // its arrival number
		At    int64 // its own instant
		Taken int64 // the one at which it was taken
	}
	// Place is where a contact stands on a track.
	Place struct {
		Track, Stage uint32
		Since        int64
	}
	// JournalRow is one decision.
	JournalRow struct {
		Seq      uint32
		At       int64
		Decision uint32 // a number of Store.Decision
		Until    int64  // `to` of a held touch; 0: says nothing
		Detail   string
	}
	// OutboxRow is one thing that goes out. Entry, Seq, and of its message Kind and Name, are its key beside the contact.
	OutboxRow struct {
		Message uint32 // a number of Store.Message
		Channel uint32 // of it
		Entry   uint32 // number of the stay in the program
		Seq     uint32 // of the decision, one of the Journal with it
		Body    []byte // JSON, on one line
	}
	// TallyKey is a kind of decision and what it is counted by, both names.
	TallyKey struct{ Kind, Label uint32 }
)

// packed is a contact of a batch.
type packed struct {
	id, next                int64
	key                     string
	wasStanding, wasJournal int64 // the rows it had; 0: none
	state, places           span
	taken                   bool
	until                   int64 // inputs that wait for up to this instant are taken
	kept                    bool  // there is a row of the journal
	at                      int64
	seq                     uint32
	took, decided           span

	messages, bodies span
}

// span is a part of a batch's text.
type span struct{ from, to int }

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.contacts, b.text, b.decisions = b.contacts[:0], b.text[:0], 0
	clear(b.Tally)
	clear(b.stages)
	clear(b.messages)
}

// Contacts is how many contacts the batch holds.
func (b *Batch) Contacts() int { return len(b.contacts) }

// Decisions is how many rows of the journal it holds.
func (b *Batch) Decisions() int { return b.decisions }

// Bytes is how long what it holds is.
func (b *Batch) Bytes() int { return len(b.text) }

// Count adds to the batch's tally.
func (b *Batch) Count(kind, label uint32, n int64) {
	if b.Tally == nil {
		b.Tally = map[TallyKey]int64{}
	}
	b.Tally[TallyKey{kind, label}] += n
}

// Add adds what became of a contact since it was read. Nothing is written of one of whom there is nothing new.
func (b *Batch) Add(c *Contact, s *Stepped) error {
	if s.State == nil && len(s.Took)+len(s.Journal) == 0 && s.Next == c.Next {
		return nil
	}
	p := packed{id: c.ID, key: c.Key, next: s.Next, wasStanding: c.standing, wasJournal: c.journal}
	if s.State == nil {
		p.state, p.places = b.add(c.State), b.add(c.places)
	} else {
		p.state, p.places = b.add(s.State), b.addPlaces(s.Places)
		if err := b.countPlaces(c, s.Places, p.places); err != nil {
			return err
		}
	}
	if p.kept = len(s.Took)+len(s.Journal) > 0; p.kept {
		if err := b.addJournal(&p, s); err != nil {
			return err
		}
	}
	if err := b.addMessages(&p, s); err != nil {
		return err
	}
	b.contacts = append(b.contacts, p)
	return nil
}

func (b *Batch) add(data []byte) span {
	from := len(b.text)
	b.text = append(b.text, data...)
	return span{from, len(b.text)}
}

func (b *Batch) addPlaces(places []Place) span {
	from := len(b.text)
	for i, p := range places {
		b.text = append(b.text, "[,"[min(i, 1)])
		b.text = appendInt(b.text, '[', int64(p.Track))
		b.text = appendInt(b.text, ',', int64(p.Stage))
		b.text = append(appendInt(b.text, ',', p.Since), ']')
	}
	if len(places) > 0 {
		b.text = append(b.text, ']')
	}
	return span{from, len(b.text)}
}

// countPlaces counts who stands where now, if the contact stands elsewhere than before.
func (b *Batch) countPlaces(c *Contact, now []Place, text span) error {
	if bytes.Equal(c.places, b.text[text.from:text.to]) {
		return nil
	}
	var err error
	if b.before, err = unpackPlaces(b.before[:0], c.places); err != nil {
		return fmt.Errorf("contact %s: where it stands cannot be read: %w", c.Key, err)
	}
	if b.stages == nil {
		b.stages = map[uint32]int64{}
	}
	for n, places := range map[int64][]Place{-1: b.before, 1: now} {
		for i := range places {
			b.stages[places[i].Stage] += n
		}
		if len(places) > 0 {
			b.stages[anyStage] += n
		}
	}
	return nil
}

func unpackPlaces(places []Place, text []byte) ([]Place, error) {
	if len(text) == 0 {
		return places, nil
	}
	err := numbers(unsafe.String(&text[0], len(text)), func(p []int64) error {
		if len(p) != 3 {
			return notLists(string(text))
		}
		places = append(places, Place{uint32(p[0]), uint32(p[1]), p[2]})
		return nil
	})
	return places, err
}

func (b *Batch) addJournal(p *packed, s *Stepped) error {
	if len(s.Journal) > 0 {
		p.at, p.seq = s.Journal[0].At, s.Journal[0].Seq
	}
	if len(s.Took) > 0 {
		p.taken, p.until = true, s.Took[0].At
		p.at = s.Took[0].Taken
		p.took.from = len(b.text)
		for i, t := range s.Took {
			p.until = max(p.until, t.At)
			b.text = append(b.text, "[,"[min(i, 1)])
			b.text = appendInt(b.text, '[', t.Taken-p.at)
			b.text = append(appendInt(b.text, ',', t.N), ']')
		}
		b.text = append(b.text, ']')
		p.took.to = len(b.text)
	}
	p.decided.from = len(b.text)
	b.text = append(b.text, '[')
	for i := range s.Journal {
		row := &s.Journal[i]
		if row.Seq != p.seq+uint32(i) {
			return fmt.Errorf("the journal of contact %d has a gap before number %d", p.id, row.Seq)
		}
		if i > 0 {
			b.text = append(b.text, ',')
		}
		b.text = appendDecided(b.text, p.at, row)
	}
	b.text = append(b.text, ']')
	p.decided.to = len(b.text)
	b.decisions += len(s.Journal)
	return nil
}

// lookBack is how many bodies back an equal one is looked for: what goes to a person, to a role and to sales differs, and
// else a contact seldom changes.
const lookBack = 4

func (b *Batch) addMessages(p *packed, s *Stepped) error {
	if len(s.Outbox) == 0 {
		return nil
	}
	b.bodies = b.bodies[:0]
	p.messages.from = len(b.text)
	for i := range s.Outbox {
		row := &s.Outbox[i]
		n := row.Seq - p.seq
		if int(n) >= len(s.Journal) {
			return fmt.Errorf("a message of contact %d is of decision %d, which is not stored with it", p.id, row.Seq)
		}
		b.text = append(b.text, "[,"[min(i, 1)])
		b.text = appendInt(b.text, '[', int64(n))
		b.text = appendInt(b.text, ',', int64(row.Message))
		b.text = appendInt(b.text, ',', int64(row.Entry))
		b.text = append(appendInt(b.text, ',', int64(b.body(row.Body))), ']')
	}
	b.text = append(b.text, ']')
	p.messages.to, p.bodies.from = len(b.text), len(b.text)
	for i, body := range b.bodies {
		b.text = append(append(b.text, "[,"[min(i, 1)]), body...)
	}
	b.text = append(b.text, ']')
	p.bodies.to = len(b.text)

	if b.messages == nil {
		b.messages = map[uint32]int64{}
	}
	for i := range s.Outbox {
		b.messages[s.Outbox[i].Channel]++
	}
	return nil
}

// body gives the number of a body among those of the contact.
func (b *Batch) body(body []byte) int {
	for n := len(b.bodies) - 1; n >= max(0, len(b.bodies)-lookBack); n-- {
		if bytes.Equal(b.bodies[n], body) {
			return n
		}
	}
	b.bodies = append(b.bodies, body)
	return len(b.bodies) - 1
}
