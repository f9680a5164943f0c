// Package why says why a contact got something, and why it did not.
//
// Open takes one contact of a store through its life again: the same inputs at the instants at which they were taken,
// under the playbooks that ran then, by the same engine.Step as the run. What the step decides again is compared with
// the journal, and where they differ the Case says so. Of what was decided then, and of any instant, it can be asked:
//
//	Case.Story            what happened and what was decided, each decision with its rule and the values that decided it
//	Case.At               how the contact stood at an instant, and from there
//	Standing.Offer …      what keeps an offer from being sent, a program or a stage from being entered, and what it takes
//	Standing.Ahead        what comes if nothing else happens
//
// What it takes is never guessed: a plan is only given after the step itself, on a copy of the contact, came to it.
// Nothing is written.
package why

import (
	"fmt"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// Case is one contact and all that is kept of it.
type Case struct {
	Key     string
	Arrived int64 // when it arrives; it may be still to come
	Clock   int64 // where the store stands

	books   []*book
	moments []moment
	differs []Difference
	waiting int
	last    int64         // the instant of the last step
	lost    int64         // from here on the playbook that ran cannot be read any more; calendar.Never
	rest    []store.Entry // of the journal, from there on
	unlike  bool          // the state that came out is another than the store's
	stored  []byte
}

// Difference is a place where the journal says something else than the replay.
type Difference struct {
	At       int64
	Journal  []string // what it says
	Replayed []string
}

// Open looks into a contact. The error says that there is none with this key, or that the store or the playbook that
// ran last cannot be read.
func Open(s *store.Store, key string) (*Case, error) {
	contact, err := s.ContactByKey(key)
	if err != nil {
		return nil, err
	}
	if contact == nil {
		return nil, fmt.Errorf("nobody in %s is called %q", s.Path(), key)
	}
	versions, err := s.Versions()
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("no playbook has run on %s yet", s.Path())
	}
	c := &Case{Key: key, Arrived: contact.Arrived, books: shelf(versions, s), stored: contact.State, lost: calendar.Never}
	last := c.books[len(c.books)-1]
	if last.Program == nil {
		return nil, fmt.Errorf("the playbook that %s ran last does not check with this nurturec: run it again first", s.Path())
	}
	if c.Clock, _, err = s.Clock(); err != nil {
		return nil, err
	}
	if contact.State == nil {
		return c, nil
	}
	inputs, err := s.Inputs(contact.ID)
	if err != nil {
		return nil, err
	}
	var journal []store.Entry
	if err := s.Journal(store.Filter{Contact: key}, func(e *store.Entry) error {
		journal = append(journal, *e)
		return nil
	}); err != nil {
		return nil, err
	}
	state := engine.NewState(key)
	if err := last.codec.Decode(contact.State, state); err != nil {
		return nil, fmt.Errorf("contact %s: its state cannot be read: %w", key, err)
	}
	c.last = state.At
	r := &replay{Case: c}
	for i := range inputs {
		in := &inputs[i]
		if in.Waits {
			c.waiting++
			continue
		}
		b := bookAt(c.books, in.Taken)
		if b.Program == nil {
			continue
		}
		decoded, err := ingest.Decode(b.Program, s.Text, &in.Input)
		if err != nil {
			continue // the playbook had no use for it
		}
		r.inputs = append(r.inputs, taken{decoded, in.N, in.Taken})
	}
	r.journal = journal
	r.play()
	return c, nil
}

// Differences are the places where the replay and the journal do not say the same; none in a sound store.
func (c *Case) Differences() []Difference { return c.differs }

// Waiting is how many inputs wait in the contact's inbox for their time.
func (c *Case) Waiting() int { return c.waiting }

// At is how the contact stood when everything up to an instant was done. The error says that the instant is still to
// come, or lies before all that is known.
func (c *Case) At(at int64) (*Standing, error) {
	if at > c.Clock && at > c.Last() {
		return nil, fmt.Errorf("%s is still to come: the store stands at %s; leave --at away to see what comes from there", Clock(at, calendar.UTC), Clock(c.Clock, calendar.UTC))
	}
	b := bookAt(c.books, at)
	if b.Program == nil {
		return nil, fmt.Errorf("the playbook that ran at %s does not check with this nurturec, so that nothing can be said of then", Clock(at, calendar.UTC))
	}
	v := &Standing{Key: c.Key, Now: at, Arrived: c.Arrived, Case: c, b: b}
	m := c.momentAt(at)
	switch {
	case c.stored != nil && at >= c.last:
		v.bytes = c.stored // the store's own state, should the replay have come to another
	case at >= c.lost:
		return nil, fmt.Errorf("the playbook that ran at %s does not check with this nurturec, so that of the time from then on only the journal is known, and how it stands now", Clock(c.lost, calendar.UTC))
	case m < 0:
		return v, nil
	default:
		v.bytes = c.moments[m].after
	}
	v.state = v.copy()
	return v, nil
}

// Last is the last instant at which the contact was looked at, 0 before the first.
func (c *Case) Last() int64 { return c.last }

// momentAt is the last moment up to an instant, -1 where there is none.
func (c *Case) momentAt(at int64) int {
	i := len(c.moments) - 1
	for i >= 0 && c.moments[i].at > at {
		i--
	}
	return i
}

// Standing is a contact at an instant.
type Standing struct {
	Key     string
	Now     int64
	Arrived int64
	Case    *Case // nil when there is no store behind it

	b     *book
	bytes []byte
	state *engine.State // nil while it has not arrived
}

// Program is the playbook that ran then.
func (v *Standing) Program() *compile.Program { return v.b.Program }

// State is the contact, to look at; nil while it has not arrived.
func (v *Standing) State() *engine.State { return v.state }

// Zone is the contact's time zone.
func (v *Standing) Zone() *calendar.Zone {
	if v.state == nil || v.state.Zone == nil {
		return v.b.Policy.Zone
	}
	return v.state.Zone
}

// copy is the contact anew, to be stepped.
func (v *Standing) copy() *engine.State {
	s := engine.NewState(v.Key)
	if err := v.b.codec.Decode(v.bytes, s); err != nil {
		panic(fmt.Sprintf("why: a state that was read before: %v", err))
	}
	s.Key = v.Key
	return s
}

// Exact says whether the replay came to the very state that the store has. After live runs it may not: at which instants
// they looked at a contact without anything to write down is not kept.
func (c *Case) Exact() bool { return !c.unlike }
