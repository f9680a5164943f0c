package compile

import (
	"nurture/lang/calendar"
	"nurture/lang/check"
)

// Facts is what conditions can see of one contact. The engine keeps it up to date.
type Facts struct {
	Now    int64          // the instant that is looked at
	Zone   *calendar.Zone // the contact's; never nil
	Fields []Value        // by field
	Counts []Count        // by event: how often and when last, of History
	Past   []Happening    // every event taken, in the order of taking
	Sends  []Sending      // every message sent, oldest first
	Scores []Decay        // by score
}

// Value is one typed value. Num holds numbers, bools (0, 1), dates (days since 1970) and times (seconds since 1970);
// Text holds text, enums, topics, time zones and e-mail addresses, and the values of a set joined by U+001F.
type Value struct {
	Known bool
	Num   float64
	Text  string
}

type (
	Count struct {
		N    uint32
		Last int64 // latest instant; meaningless while N is 0
	}
	Happening struct {
		Event int32
		At    int64
	}
	// Sending is one message that was sent. Offer may lie beyond the program's offers when the playbook has dropped it.
	Sending struct {
		Offer    int32
		At       int64
		Answered bool
		Uncapped bool // transactional: not counted by caps
		Unsent   bool // it was not: the contact answered an offer that we never sent it
	}
	// Decay is the decaying part of a score: V at the instant At.
	Decay struct {
		V  float64
		At int64
	}
)

// Ctx is where one condition is looked at: the facts, the place of the contact on the track in question, the event
// that is being taken and the offer that is being weighed, where there are such.
type Ctx struct {
	*Facts
	Program *Program

	Phase          check.Phase
	InProgram      bool
	StageEntered   int64
	ProgramEntered int64

	Event *Taken
	Offer int // None
}

// Taken is the event that is being taken.
type Taken struct {
	Event  int
	At     int64
	Offer  int     // that it is about; None
	Fields []Value // by the event's Fields
}

// Cond is a compiled condition. Eval nil means that there is no condition. Next gives the first instant after Facts.Now
// at which Eval may answer otherwise with no new input, or calendar.Never; it is nil when time plays no part. BySending
// says whether a message that is sent may change the answer.
type Cond struct {
	Eval      func(*Ctx) bool
	Next      func(*Ctx) int64
	BySending bool
}

// Holds is Eval, true where there is no condition.
func (c *Cond) Holds(x *Ctx) bool { return c.Eval == nil || c.Eval(x) }

// Wake is Next, Never where time plays no part.
func (c *Cond) Wake(x *Ctx) int64 {
	if c.Next == nil {
		return calendar.Never
	}
	return c.Next(x)
}
