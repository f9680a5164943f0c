// Package engine is the meaning of a running playbook: the pure step
//
//	(program, contact's state, inputs of one instant) → (state, effects, next wake)
//
// It has no clock, no database, no log and no goroutine. Replay, live run, tests and simulation drive the same Step.
package engine

import (
	"nurture/lang/calendar"
	"nurture/lang/compile"
)

// State is all that is known of one contact. The zero State with a Key is a contact that has not arrived.
type State struct {
	compile.Facts
	Key     string // names the contact; also its address where the playbook has no email field
	Arrived bool   // takes part
	At      int64  // the last instant that was stepped; inputs before it are late
	Seq     uint32 // journal rows written
	Entries uint32 // programs entered, by whatever way: numbers the stays
	Stopped bool
	Tracks  []Position // by track
	Records []Record   // by program
	Hands   []Hand     // hand-offs that are open
	Tasks   []Task     // tasks that are open
	Goals   []Goal     // goals that can still be reached
	Asked   []int32    // fields the last message asked
	Tags    []string   // in the order they were given, each once

	ctx compile.Ctx // what conditions are shown, of these facts; filled anew by each step and wake

	// What is worked out once, and again when it may have changed.
	of      *compile.Program // that the tables have the lengths for
	quiet   int64            // before this instant no timer and no rule does anything unless something happens first; 0: not known
	gone    bool             // stands in a stage that the playbook no longer has
	circled bool             // rules went round in a circle in the last step, and go on in the next
	latest  []last           // by offer, of the first looked of Sends
	looked  int
}

// last is when an offer was last sent, if it was.
type last struct {
	sent bool
	at   int64
}

// Position is where a contact stands on one track. Stage is compile.None while it is in no program.
type Position struct {
	Stage          int32
	StageEntered   int64
	ProgramEntered int64
	Entry          uint32 // number of this stay in the program
	HeldOut        bool
	Arriving       bool     // entered the stage at this instant and has not come to rest there
	Acted          []string // rules without a target that acted in this stay
	Told           uint16   // refusals and exhaustions journalled in this stay, a bit a reason
	Gone           string   // program.stage it stands in that the playbook no longer has; Stage is compile.None then
	Touches        []Touch  // by send of the stage

	is *compile.Stage // that it stands in; nil while it is in no program
}

// Touch is one send statement of the stage a contact is in. It is due Every (or In, before the first) after Base.
type Touch struct {
	Send  string // the send's ID
	Base  int64
	Count uint32 // messages sent in this stay
	First bool   // nothing was sent or refused yet: due In after Base
	Over  bool   // without `every`, and done
	Held  int64  // not before this instant; 0 when not held

	due int64 // worked out; 0: not yet
}

// again lets a touch begin anew at an instant.
func (t *Touch) again(now int64, repeats bool) {
	t.Base, t.First, t.Over, t.due = now, false, !repeats, 0
}

// Record is what is remembered of a program a contact was in.
type Record struct {
	Ever      bool
	Left      int64 // when it last left; meaningless while it is inside
	NeedFalse bool  // `enter when` must first have been false
}

type Hand struct {
	Handoff  int32
	Stage    int32 // that handed
	Entry    uint32
	Opened   int64
	Accepted bool
	Overdue  bool // has been raised, or cannot be any more
}

type Task struct {
	Text    string
	Role    string
	Opened  int64
	Within  calendar.Duration // zero: never overdue
	Overdue bool
}

type Goal struct {
	Program int32
	Goal    int32
	From    int64
}

// Input is one thing that happens to a contact: a change of its fields, or an event.
type Input struct {
	Event  int             // index of the program's events; compile.None for a change of fields
	At     int64           // when it happened; before the step's instant for one that is late
	Late   bool            // it came after its instant had been stepped: journalled as late
	Arrive bool            // the contact takes part from this input on
	Offer  int             // the offer that an event is about, compile.None
	Fields []FieldValue    // of a change, and of `submitted`: contact fields
	Values []compile.Value // of an event: by its Fields
	Task   string          // of task_done
	Source string          // of an event: what it is called outside, for the journal's detail
}

// FieldValue is a contact field and its new value.
type FieldValue struct {
	Field int
	Value compile.Value
}

// NewState is a contact that has not arrived.
func NewState(key string) *State {
	s := new(State)
	s.Reset(key)
	return s
}

// Reset makes the state that of a contact that has not arrived, and keeps its memory.
func (s *State) Reset(key string) {
	*s = State{
		Facts:  compile.Facts{Fields: empty(s.Fields), Counts: empty(s.Counts), Past: s.Past[:0], Sends: s.Sends[:0], Scores: empty(s.Scores)},
		Key:    key,
		Tracks: s.Tracks[:0], Records: empty(s.Records), Hands: s.Hands[:0], Tasks: s.Tasks[:0], Goals: s.Goals[:0],
		Asked: s.Asked[:0], Tags: s.Tags[:0], latest: empty(s.latest),
	}
}

// lastSent is when an offer of the program was last sent.
func (s *State) lastSent(offer int) last {
	if s.looked < len(s.Sends) {
		s.recall()
	}
	return s.latest[offer]
}

func (s *State) recall() {
	for ; s.looked < len(s.Sends); s.looked++ {
		if sent := &s.Sends[s.looked]; !sent.Unsent {
			s.latest = grown(s.latest, int(sent.Offer)+1)
			s.latest[sent.Offer] = last{true, sent.At}
		}
	}
}

// empty is a list without elements whose memory is zeroed.
func empty[T any](s []T) []T {
	clear(s)
	return s[:0]
}
