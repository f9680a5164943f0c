// Package check gives the trees of a playbook their meaning: one namespace over all files, types, conditions,
// outcomes that are all handled. See Check.
package check

import (
	"sync"

	"nurture/lang/calendar"
	"nurture/lang/cond"
	"nurture/lang/content"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Playbook is what a folder of files means. Everything in it stands in source order (files by name); what had errors
// is there as far as it was understood. Only a Playbook without errors may be compiled.
type Playbook struct {
	Files      []*syntax.File
	Contact    *Contact
	Topics     []*Topic
	Roles      []*Role
	Events     []*Event // built in ones first, then those of hand-offs, then declared ones
	Segments   []*Segment
	Scores     []*Score
	Offers     []*Offer
	Maps       []*Map
	Policy     *Policy // never nil
	Handoffs   []*Handoff
	Measure    *Measure // never nil
	Tracks     []*Track // main first, then by name; a track is there when it is declared or a program is on it
	Programs   []*Program
	Nevers     []*Never
	Migrations []*Migration
	Tests      []*Test
	Scenarios  []*Scenario

	told       [][]Use // as they were found, those of a file apart from those of others
	grouping   sync.Once
	usesByFile map[string]*usesOf
	gathering  sync.Once
	uses       []Use          // see Uses
	conditions [][]*cond.Expr // see ConditionAt
}

// Symbol is what every declared thing has: its name, where the name stands, and its documentation.
type Symbol struct {
	Name string
	Span diag.Span // of the name; empty for what is built in
	Doc  string
}

type (
	Contact struct {
		Fields  []*Field
		Key     *Field // names a contact
		Address *Field // where e-mail goes: the first email field, else the key; nil only with errors
		Arrived *Field // may be nil
	}

	// Field is a field of the contact or of an event.
	Field struct {
		Symbol
		Type   FieldType
		Values []string // of enum and set, as declared

		of string // whose it is: ofContact, or its event's name

		// Of contact fields only.
		Column   string   // CSV column asked for by `from`; "" is the default
		Unknown  []string // cells that say nothing
		Question *Question
	}
	Question struct {
		Weight Weight
		Text   string
		Span   diag.Span
	}

	Topic struct{ Symbol }
	Role  struct{ Symbol }

	Event struct {
		Symbol
		Fields  []*Field // what event.NAME can be, beside at; `offer` and `topic` are among them where they exist
		Kind    EventKind
		Handoff *Handoff // of outcomes and overdue
	}

	Segment struct {
		Symbol
		Cond *cond.Expr
	}

	Score struct {
		Symbol
		Halve *calendar.Duration // nil: does not decay
		Terms []*ScoreTerm
	}
	ScoreTerm struct {
		Span   diag.Span
		Points float64
		On     *Event     // decays; nil for `when`
		Where  *cond.Expr // may be nil
		When   *cond.Expr // counts while true
	}

	Offer struct {
		Symbol
		Title         string
		Kind          string
		Topic         *Topic // may be nil
		For           []Phase
		Intent        string // educate, presell, sell; "" when not said
		Channel       string // default email
		Content       string // path in the playbook's folder
		ContentSpan   diag.Span
		Message       *content.Template // nil with errors or without content
		Subject       string            // of the offer; overrides the content's
		Asks          int
		Response      []*Event // what answers it: default clicked, replied, submitted
		Published     *calendar.Date
		Expires       *calendar.Date
		Cost          float64
		RepeatAfter   *calendar.Duration
		Transactional bool
	}

	Map struct {
		Symbol
		Columns []*Segment // nil for `otherwise`
		Rows    []*MapRow
	}
	MapRow struct {
		Span  diag.Span
		Topic *Topic
		Cells [][]*Offer // by column; empty is a gap
	}

	Policy struct {
		Span    diag.Span
		Field   *Field         // the timezone field; may be nil
		Zone    *calendar.Zone // else; never nil (UTC)
		Windows []*Window      // alternatives; none: always open
		Skips   []*Skip
		Consent *cond.Expr // may be nil
		Caps    []*Cap
		Stops   []*StopRule
		Resumes []*StopRule
	}
	// Window is open From..To (minutes of the day; To before From goes over midnight) on the days set, Monday first.
	Window struct {
		Span     diag.Span
		Days     [7]bool
		From, To int
	}
	Skip struct {
		Span     diag.Span
		From, To calendar.Date // both included
	}
	Cap struct {
		Span  diag.Span
		Count int
		Per   calendar.Duration
		For   *cond.Expr // may be nil
	}
	StopRule struct {
		Span   diag.Span
		Events []*Event
		Where  *cond.Expr // may be nil
	}

	Handoff struct {
		Symbol
		Title    string
		Channel  string
		Brief    string
		Message  *content.Template  // nil with errors or without a brief
		Accept   *calendar.Duration // nil: never overdue
		Outcomes []*Event
		Overdue  *Event
	}

	Measure struct {
		RevenueEvent *Event // may be nil
		RevenueField *Field
		CostField    *Field // may be nil
	}

	Track struct {
		Symbol
		Rules []*Rule
	}

	Program struct {
		Symbol
		Title    string
		Phase    Phase
		Track    *Track
		Priority float64
		Enter    *cond.Expr // may be nil: entered by transitions only
		Reenter  Reenter
		After    calendar.Duration // of ReenterAfter
		Holdout  float64           // 0..1
		Goals    []*Goal
		Rules    []*Rule
		Stages   []*Stage
	}
	Goal struct {
		Span   diag.Span
		Event  *Event
		Within calendar.Duration
		Target float64 // 0..1; 0 when not said
	}
	Stage struct {
		Symbol
		Program *Program
		Sends   []*Send
		Entry   []Entry // tasks and hand-offs in source order
		Rules   []*Rule
	}
	Send struct {
		Span   diag.Span
		Map    *Map // or
		Offers []*Offer
		In     *calendar.Duration
		Every  *calendar.Duration
		Pick   Pick
		Where  *cond.Expr

		resolved bool // all that it offers is known
	}
	// Entry is what a stage does on entry: exactly one of its fields beside Span is set.
	Entry struct {
		Span diag.Span
		Task *Task
		Hand *Handoff
	}
	Task struct {
		Text   string
		To     *Role
		Within *calendar.Duration
	}
	// Rule is a transition; exactly one of On, When and After is set.
	Rule struct {
		Span  diag.Span
		On    *Event
		Where *cond.Expr // of On; may be nil
		When  *cond.Expr
		After *calendar.Duration
		Match *Match // may be nil; what stands behind its arms is its last arm then
		Then  Then

		barred bool // a `where` is written, though it may have errors
	}
	// Then is where a rule or arm leads and what it does before.
	Then struct {
		Target  *Target // nil: stay
		Actions []*Action

		leads bool // a target is written, though it may not have resolved
	}
	// Target is Done, or a stage.
	Target struct {
		Span  diag.Span
		Done  bool
		Stage *Stage
	}
	Match struct {
		Span  diag.Span
		Field *cond.Expr // event.x or contact.x
		Arms  []*Arm
	}
	Arm struct {
		Span      diag.Span
		Values    []string
		Otherwise bool
		Then      Then
	}
	// Action is `set`, `forget` or `tag`.
	Action struct {
		Span  diag.Span
		Kind  ActionKind
		Field *Field     // of set and forget
		Expr  *cond.Expr // of set and tag
	}

	Never struct {
		Span  diag.Span
		Title string
		Cond  *cond.Expr
	}
	// Migration moves contacts from a stage that no longer exists.
	Migration struct {
		Span                   diag.Span
		FromProgram, FromStage string
		To                     *Target
	}

	// Test and Scenario are checked trees; what they say is read from the declarations, Conds holds the checked
	// conditions of their statements.
	Test struct {
		Title string
		Span  diag.Span // of all of it
		Decl  *syntax.TestDecl
		Conds map[*syntax.Cond]*cond.Expr
	}
	Scenario struct {
		Symbol
		Decl  *syntax.ScenarioDecl
		Conds map[*syntax.Cond]*cond.Expr
	}
)

// FieldType is the declared type of a field.
type FieldType uint8

const (
	FieldText FieldType = iota
	FieldNumber
	FieldBool
	FieldDate
	FieldTime
	FieldTimezone
	FieldEmail
	FieldEnum
	FieldSet
	FieldTopic
	FieldOffer // event.offer of message events
)

// Weight is how much commitment a question demands.
type Weight uint8

const (
	Light Weight = iota
	Medium
	Heavy
)

// EventKind says where an event comes from.
type EventKind uint8

const (
	Declared  EventKind = iota
	Message             // sent delivered opened clicked replied submitted bounced complained unsubscribed resubscribed
	TaskEvent           // task_done task_overdue
	Response            // response: another name for the input that answers
	Exhausted
	Outcome // H.OUTCOME
	Overdue // H.overdue
)

// Phase is one of the six, in their order; NoPhase when it was not said.
type Phase uint8

const (
	NoPhase Phase = iota
	Engage
	Nurture
	Convert
	Accelerate
	Reassure
	Retain
)

// Phases names the phases in order; Phases[0] is NoPhase.
var Phases = [...]string{"", "engage", "nurture", "convert", "accelerate", "reassure", "retain"}

type Reenter uint8

const (
	ReenterNever Reenter = iota
	ReenterAlways
	ReenterAfter
)

// Pick is how a touch chooses among the offers it may send.
type Pick uint8

const (
	PickOrdered Pick = iota
	PickExplore
	PickInterest
	PickLatest
)

type ActionKind uint8

const (
	SetField ActionKind = iota
	ForgetField
	TagContact
)
