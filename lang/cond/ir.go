// Package cond is the language of conditions: expr-lang's syntax, checked against what a playbook declares, and
// lowered to the small tree below. Conditions are pure, total and bounded; time stands in them only where the compiler
// can derive when they next change.
package cond

import (
	"nurture/lang/calendar"
	"nurture/lang/diag"
)

// Type is the type of an expression.
type Type uint8

const (
	Bad      Type = iota // an error has been reported
	Bool                 // true or false; an unknown one is false
	Number               // 64-bit float
	Text                 // text, email, enum, topic, timezone, names of offers
	Date                 // a civil date
	Time                 // an instant
	Duration             // since(…), until(…) and literals such as 7d; only compared
	Set                  // a set(…) field: some of its values
	List                 // a literal list; only right of `in`
)

// Op says what a Node is.
type Op uint8

const (
	// Leaves. Which fields of Node they use stands behind them.
	ConstBool      Op = iota // Num 0 or 1
	ConstNumber              // Num
	ConstText                // Text
	ConstDate                // Num: days since 1970
	ConstTime                // Local: a date-time literal, minutes since 1970 on the wall of the contact's zone
	ConstDuration            // Dur
	Field                    // contact.NAME: Name; Type is the field's
	EventField               // event.NAME: Name (fields of the event, and at, offer, topic, link, hard, task)
	Score                    // score.NAME: Name
	Segment                  // Name
	StageEntered             // Time, nil outside a program
	ProgramEntered           // Time
	Phase                    // Text
	OfferAttr                // offer.intent|topic|kind|channel: Name
	Known                    // known(contact.NAME): Name
	Sent                     // sent(x): Name, Of
	Responded                // responded(x): Name, Of
	Count                    // count(EVENT) or count(EVENT, D): Name is the event ("opened", "sales.won", "response"), Dur the window (zero: ever)
	Last                     // last(EVENT): Time; Name
	Completeness             // Number 0..1

	// Inner nodes. Args are their operands.
	And
	Or
	Not
	Eq // operands of one type; dates and times may be mixed: a date is then its first moment
	Ne // exactly not Eq
	Lt
	Le
	Gt
	Ge
	In    // Args[0] in Args[1] (a List, or a Set field)
	NotIn // exactly not In
	ListOf
	Add // numbers; two texts
	Sub
	Mul
	Div
	Neg
	Since // since(TIME): Duration; only operand of a comparison with a ConstDuration
	Until
	Call // a pure function: Name is lower upper trim len abs min max round contains startsWith endsWith matches
)

// Thing says what the argument of sent and responded is.
type Thing uint8

const (
	AnOffer Thing = iota
	ATopic
	AMap
)

// Node is one node of a checked expression.
type Node struct {
	Op    Op
	Type  Type
	Span  diag.Span
	Args  []*Node
	Name  string
	Text  string
	Num   float64
	Local int64
	Dur   calendar.Duration
	Of    Thing

	// Timed: its value can change as time passes, with no new input, because of itself or of something below it.
	Timed bool
}

// Expr is a checked condition or expression: Root is nil where it had errors.
type Expr struct {
	Span  diag.Span
	Text  string // as written
	Root  *Node
	Names []Name // the playbook's names in it, in source order; where it had errors, as far as they were understood

	answer *answer // of the Memory that gave it; nil without one
}

// Name is a place where an expression names something of the playbook, declared or not.
type Name struct {
	Span diag.Span // of the name alone: without what stands before its dot, and without quotes
	Is   Named
	Of   string // of an outcome its hand-off; of a value its field, such as "contact.role" or "event.plan"
	Name string
}

// Named says what a Name names.
type Named uint8

const (
	NamesContactField Named = iota + 1
	NamesEventField         // of the events that the expression sees
	NamesScore
	NamesSegment
	NamesEvent
	NamesHandoff // before the dot of an outcome
	NamesOutcome
	NamesOffer
	NamesTopic
	NamesMap
	NamesValue // of an enum or a set field
	NamesOfferKind
	NamesChannel
)
