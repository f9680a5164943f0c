package engine

import "slices"

// Kind is the kind of a journal row.
type Kind uint8

const (
	Entered Kind = iota
	Moved
	Sent
	Held
	Refused
	Exhausted
	Handed
	Withdrawn
	Overdue
	TaskOpened
	SetField
	Forgot
	Tagged
	Answered
	Stopped
	Resumed
	GoalReached
	Late
	Failed
)

// Kinds names the kinds as the journal does, by Kind.
var Kinds = [...]string{"entered", "moved", "sent", "held", "refused", "exhausted", "handed", "withdrawn", "overdue", "task", "set", "forgot", "tagged", "answered", "stopped", "resumed", "goal", "late", "error"}

func (k Kind) String() string { return Kinds[k] }

// Row is one row of the journal. Program and Stage are compile.None where the row has none; To and Reason are text as
// the journal shows them, except that To of a held row is the instant ToAt.
type Row struct {
	At      int64
	Seq     uint32 // per contact, from 1
	Kind    Kind
	Track   int32 // compile.None where it has none
	Program int32
	Stage   int32
	Offer   int32
	Map     int32  // that the offer was taken from; not in the journal
	Column  int32  // of the map, that was the contact's; not in the journal
	Gone    string // instead of Program and Stage: program.stage that the playbook no longer has
	To      string
	ToAt    int64
	Reason  string
	By      string // file:line of the playbook
	Detail  string
}

// OutKind is what kind of thing goes out.
type OutKind uint8

const (
	Mail OutKind = iota
	TaskOut
	HandoffOut
	WithdrawnOut
)

// Out is one thing for the outbox. Program, Entry, Kind, Name and Count make its key, together with the contact: the
// same decision has the same key.
type Out struct {
	Kind    OutKind
	At      int64
	Program int32
	Stage   int32
	Entry   uint32
	Name    string // the offer, the hand-off, or the task's text
	Count   uint32 // the Seq of the journal row that decided it
	Channel string
	Address string
	Role    string       // of a task
	Due     int64        // of a task or hand-off; 0: none
	Offer   int32        // of a mail
	Handoff int32        // of hand-offs and withdrawals
	Asked   []int32      // fields the message asks
	Vars    []FieldValue // the known fields that its content reads, as they are now
}

// Effects collects what steps decide. Reset keeps the memory.
type Effects struct {
	Rows []Row
	Outs []Out

	// Watch, where there is one, is told what a step is about to act on, for saying later why it did.
	Watch func(*Seen)

	run run // of the last step, whose memory the next uses again
}

func (e *Effects) addRow() *Row {
	n := len(e.Rows)
	if n == cap(e.Rows) {
		e.Rows = slices.Grow(e.Rows, 1)
	}
	e.Rows = e.Rows[:n+1]
	row := &e.Rows[n]
	*row = Row{}
	return row
}

func (e *Effects) addOut() *Out {
	n := len(e.Outs)
	if n == cap(e.Outs) {
		e.Outs = slices.Grow(e.Outs, 1)
	}
	e.Outs = e.Outs[:n+1]
	out := &e.Outs[n]
	*out = Out{}
	return out
}

// Reset empties the effects.
func (e *Effects) Reset() { e.Rows, e.Outs = e.Rows[:0], e.Outs[:0] }
