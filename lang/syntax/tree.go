// Package syntax turns the text of a .nurture file into a tree, and never fails: whatever does not parse becomes
// diagnostics and the rest is kept. See Parse.
package syntax

import "nurture/lang/calendar"

// Span is a half-open range of byte offsets in the file that the node stands in.
type Span struct{ Start, End int }

// The `parser` tags of the structs below are the participle grammars of the statements; grammar.go says where each
// statement stands. Blocks and the Word and Keyword of statements are no part of the grammars: the block loop in parse.go
// fills them in.

// File is one parsed file. Decls stand in source order; a declaration with errors is kept with what was understood.
type File struct {
	Name  string // path inside the playbook's folder
	Src   string
	Decls []Decl
	After []Comment // comments behind the last declaration
}

// Comment is a `//` or, when Doc, a `///` comment. Text has neither slashes nor the line end, but keeps its spaces.
type Comment struct {
	Span
	Text  string
	Doc   bool
	Blank bool // a blank line stands above it
}

// Trivia is what a formatter must keep of a statement beside its meaning.
type Trivia struct {
	Blank  bool      // a blank line stands above it (above its comments, when it has some)
	Gap    bool      // a blank line stands between its comments and it
	Before []Comment // on the lines above it, documentation included, and those inside it
	Suffix *Comment  // behind it on its last line
}

// Node is what every statement and declaration has.
type Node struct {
	Span
	Trivia
	Bad bool // an error in it has been reported: what it lacks says nothing
}

func (n *Node) node() *Node { return n }

// Doc is the statement's documentation: its `///` lines joined with newlines, without the first space of each.
func (n *Node) Doc() string { return docOf(n.Before) }

// Decl is a top-level declaration, Stmt a statement inside a block. Both are pointers to the structs below.
type (
	Decl interface {
		node() *Node
		decl()
	}
	Stmt interface {
		node() *Node
		stmt()
	}
)

// NodeOf gives the common part of a declaration or statement.
func NodeOf(n interface{ node() *Node }) *Node { return n.node() }

// Name is an identifier as written; Text is empty where it is missing (an error has been reported then).
type Name struct {
	Span
	Text string
}

// Path is one or two names joined by a dot: `longterm`, `targeted.engaged`, `sales.won`, `contact.role`, `event.topic`.
type Path struct {
	Span
	Parts []Name
}

func (p Path) String() string {
	s := ""
	for i, n := range p.Parts {
		if i > 0 {
			s += "."
		}
		s += n.Text
	}
	return s
}

// Str is a string literal; Value is unescaped, the span has the quotes.
type Str struct {
	Span
	Value string
}

// Number is a numeric literal (1_000, 0.5); Percent one with a sign: 12% has Value 12.
type Number struct {
	Span
	Value float64
	Text  string // as written
}
type Percent Number

// Duration is a literal such as 30min, 12h, 7d, 2w, 1mo, 1y.
type Duration struct {
	Span
	Value calendar.Duration
	Text  string // as written
}

// Date is 2026-12-31, DateTime 2026-03-02 10:00 (no zone: the policy's).
type Date struct {
	Span
	Value calendar.Date
}
type DateTime struct {
	Span
	Date   calendar.Date
	Minute int // of the day
}

// Cond is the raw text of a condition or expression, from its first byte to its last, comments not included at its ends.
type Cond struct {
	Span
	Text string
	Bad  bool // an error in it has been reported (it is empty, or no condition at all); not worth looking at
}

// Value is one operand whose type its place decides (test and scenario values, set members, match values …).
// Exactly one of the fields is set.
type Value struct {
	Span
	Name     *Name
	Str      *Str
	Number   *Number
	Percent  *Percent
	Duration *Duration
	Date     *Date
	DateTime *DateTime
	Range    *Range
	List     *List
	Bool     *bool
}

// Range is lo..hi; its ends are of one kind. Times of day (09:00) are minutes of the day in Number.
type Range struct {
	Span
	Lo, Hi Value
}
type List struct {
	Span
	Items []Value
}

// Block is `{ … }`. Stmts stand in source order.
type Block struct {
	Span        // from `{` to behind `}` (to the end of what stands in it where `}` is missing)
	Stmts       []Stmt
	After       []Comment // before the `}`, behind the last statement
	OpenComment *Comment  // behind the `{` on its line
	OneLine     bool      // written on one line
}

// Type is the type of a contact or event field: Name is text number bool date time timezone email enum set topic.
type Type struct {
	Span
	Name   Name
	Values []Str // of enum and set
}

// ---- declarations ----

type (
	// ContactDecl is `contact { field … }`.
	ContactDecl struct {
		Node
		Keyword Span
		Body    *Block // of *FieldStmt
	}
	// NamesDecl is `topics a, b` or `roles a, b`.
	NamesDecl struct {
		Node
		Keyword Name   // "topics" or "roles"
		Names   []Name `parser:"('topics' | 'roles') @@ (',' @@)*"`
	}
	// EventDecl is `event NAME { field type, … }`. The block may be missing.
	EventDecl struct {
		Node
		Name Name   `parser:"'event' @@"`
		Body *Block // of *EventFieldStmt
	}
	// SegmentDecl is `segment NAME = COND`.
	SegmentDecl struct {
		Node
		Name Name  `parser:"'segment' @@"`
		Cond *Cond `parser:"'=' @@"`
	}
	// ScoreDecl is `score NAME { halve every D; +N on EVENT [where COND]; +N when COND }`.
	ScoreDecl struct {
		Node
		Name Name   `parser:"'score' @@"`
		Body *Block // of *HalveStmt, *ScoreStmt
	}
	// OfferDecl is `offer NAME "Title" { … }`.
	OfferDecl struct {
		Node
		Name  Name   `parser:"'offer' @@"`
		Title *Str   `parser:"@@?"`
		Body  *Block // of *OfferStmt
	}
	// MapDecl is `map NAME { topic | segment | … ; row … }`.
	MapDecl struct {
		Node
		Name Name   `parser:"'map' @@"`
		Body *Block // of *MapRow; the first with Header set is the header
	}
	// PolicyDecl is `policy { … }`.
	PolicyDecl struct {
		Node
		Keyword Span
		Body    *Block // of *TimezoneStmt *WindowStmt *SkipStmt *ConsentStmt *CapStmt *StopStmt
	}
	// HandoffDecl is `handoff NAME "Title" { channel, brief, accept, outcomes }`.
	HandoffDecl struct {
		Node
		Name  Name   `parser:"'handoff' @@"`
		Title *Str   `parser:"@@?"`
		Body  *Block // of *HandoffStmt
	}
	// MeasureDecl is `measure { revenue EVENT.FIELD; cost contact.FIELD }`.
	MeasureDecl struct {
		Node
		Keyword Span
		Body    *Block // of *MeasureStmt
	}
	// TrackDecl is `track NAME { rule … }`.
	TrackDecl struct {
		Node
		Name Name   `parser:"'track' @@"`
		Body *Block // of *Rule
	}
	// ProgramDecl is `program NAME "Title" { … }`.
	ProgramDecl struct {
		Node
		Name  Name   `parser:"'program' @@"`
		Title *Str   `parser:"@@?"`
		Body  *Block // of *ProgramStmt *EnterStmt *ReenterStmt *GoalStmt *Rule *StageStmt
	}
	// NeverDecl is `never "why" when COND`.
	NeverDecl struct {
		Node
		Title *Str  `parser:"'never' @@"`
		Cond  *Cond `parser:"'when' @@"`
	}
	// MigrateDecl is `migrate a.b -> c.d`.
	MigrateDecl struct {
		Node
		From Path `parser:"'migrate' @@"`
		To   Path `parser:"'->' @@"`
	}
	// TestDecl is `test "…" { … }`.
	TestDecl struct {
		Node
		Title *Str   `parser:"'test' @@"`
		Body  *Block // of *TestContact *AtStmt *WaitStmt *TestEvent *ExpectStmt
	}
	// ScenarioDecl is `scenario NAME { contacts N { … }; EVENT P% … }`.
	ScenarioDecl struct {
		Node
		Name Name   `parser:"'scenario' @@"`
		Body *Block // of *ContactsStmt *ScenarioEvent
	}
)

// ---- statements ----

type (
	// FieldStmt is one field of the contact. Attributes that are absent are nil or empty.
	FieldStmt struct {
		Node
		Name     Name      `parser:"@@"`
		Type     Type      `parser:"@@"`
		Key      *Name     `parser:"( (?= 'key') @@"`     // the word `key`
		Arrived  *Name     `parser:"| (?= 'arrived') @@"` // the word `arrived`
		From     *Str      `parser:"| 'from' @@"`
		Unknown  []Str     `parser:"| 'unknown' @@ (',' @@)*"`
		Question *Question `parser:"| @@ )*"`
	}
	// Question is `question light|medium|heavy "…"`.
	Question struct {
		Span
		Weight Name
		Text   Str
	}
	EventFieldStmt struct {
		Node
		Name Name `parser:"@@"`
		Type Type `parser:"@@"`
	}

	// HalveStmt is `halve every D`.
	HalveStmt struct {
		Node
		Every Duration `parser:"'halve' 'every' @@"`
	}
	// ScoreStmt is `+N on EVENT [where COND]` or `+N when COND`; Points carries the sign.
	ScoreStmt struct {
		Node
		Points Number `parser:"@@"`
		On     *Path  `parser:"( 'on' @@"`
		Where  *Cond  `parser:"('where' @@)?"`
		When   *Cond  `parser:"| 'when' @@ )"`
	}

	// OfferStmt is one property of an offer, named by Word: kind topic for intent channel content subject asks
	// response published expires cost repeat transactional.
	OfferStmt struct {
		Node
		Word   Name
		Names  []Name    `parser:"( ('kind' | 'topic' | 'intent' | 'channel') @@ | 'for' @@ (',' @@)*"` // kind, topic, intent, channel: one; for: some
		Events []Path    `parser:"| 'response' @@ (',' @@)*"`                                           // response
		Str    *Str      `parser:"| ('content' | 'subject') @@"`                                        // content, subject
		Number *Number   `parser:"| ('asks' | 'cost') @@"`                                              // asks, cost
		Date   *Date     `parser:"| ('published' | 'expires') @@"`                                      // published, expires
		After  *Duration `parser:"| 'repeat' 'after' @@ | 'transactional' )"`                           // repeat after D
	}

	// MapRow is one line of a map. A cell is a list of offers, empty and Gap where `-` is written.
	MapRow struct {
		Node
		Header bool      // `topic | seg | otherwise`
		Label  Name      `parser:"@@"` // the topic; `topic` in the header
		Cells  []MapCell `parser:"'|' @@ ('|' @@)*"`
	}
	MapCell struct {
		Span
		Names []Name // offers; in the header one segment or `otherwise`
		Gap   bool
	}

	// TimezoneStmt is `timezone contact.FIELD|"ZONE" [else "ZONE"]`.
	TimezoneStmt struct {
		Node
		Field *Path `parser:"'timezone' ( @@"`
		Zone  *Str  `parser:"| @@ )"`
		Else  *Str  `parser:"('else' @@)?"`
	}
	// WindowStmt is `window [DAYS] 09:00..17:00`. Days is empty for every day.
	WindowStmt struct {
		Node
		Days []DayRange `parser:"'window' (@@ (',' @@)*)?"`
		From TimeOfDay  `parser:"@@"`
		To   TimeOfDay  `parser:"'..' @@"`
	}
	// DayRange is `weekdays`, `everyday`, `mon`, or `mon..thu` (To set).
	DayRange struct {
		Span
		From Name
		To   *Name
	}
	// TimeOfDay is 09:00 as minutes of the day (24:00 is 1440).
	TimeOfDay struct {
		Span
		Minute int
	}
	// SkipStmt is `skip DATE[..DATE]`.
	SkipStmt struct {
		Node
		From Date  `parser:"'skip' @@"`
		To   *Date `parser:"('..' @@)?"`
	}
	// ConsentStmt is `consent when COND`.
	ConsentStmt struct {
		Node
		When *Cond `parser:"'consent' 'when' @@"`
	}
	// CapStmt is `cap N per D [for COND]`.
	CapStmt struct {
		Node
		Count Number   `parser:"'cap' @@"`
		Per   Duration `parser:"'per' @@"`
		For   *Cond    `parser:"('for' @@)?"`
	}
	// StopStmt is `stop on EVENT, … [where COND]`, or `resume on …` (Word tells).
	StopStmt struct {
		Node
		Word   Name
		Events []Path `parser:"('stop' | 'resume') 'on' @@ (',' @@)*"`
		Where  *Cond  `parser:"('where' @@)?"`
	}

	// HandoffStmt is one property of a hand-off, named by Word: channel brief accept outcomes.
	HandoffStmt struct {
		Node
		Word   Name
		Names  []Name    `parser:"( 'channel' @@ | 'outcomes' @@ (',' @@)*"` // channel: one; outcomes: some
		Str    *Str      `parser:"| 'brief' @@"`
		Within *Duration `parser:"| 'accept' 'within' @@ )"`
	}

	// MeasureStmt is `revenue EVENT.FIELD` or `cost contact.FIELD`.
	MeasureStmt struct {
		Node
		Word Name
		Path Path `parser:"('revenue' | 'cost') @@"`
	}

	// ProgramStmt is one plain property of a program, named by Word: phase, track (Name), priority (Number), holdout (Percent).
	ProgramStmt struct {
		Node
		Word    Name
		Name    *Name    `parser:"( ('phase' | 'track') @@"`
		Number  *Number  `parser:"| 'priority' @@"`
		Percent *Percent `parser:"| 'holdout' @@ )"`
	}
	// EnterStmt is `enter when COND`.
	EnterStmt struct {
		Node
		When *Cond `parser:"'enter' 'when' @@"`
	}
	// ReenterStmt is `reenter never|always` or `reenter after D`.
	ReenterStmt struct {
		Node
		Word  Name      `parser:"'reenter' ( (?= 'never' | 'always') @@ | (?= 'after') @@"` // never, always, after
		After *Duration `parser:"@@ )"`
	}
	// GoalStmt is `goal EVENT within D [target P%]`.
	GoalStmt struct {
		Node
		Event  Path     `parser:"'goal' @@"`
		Within Duration `parser:"'within' @@"`
		Target *Percent `parser:"('target' @@)?"`
	}
	// StageStmt is `stage NAME { … }`.
	StageStmt struct {
		Node
		Name Name   `parser:"'stage' @@"`
		Body *Block // of *SendStmt *TaskStmt *HandStmt *Rule
	}

	// SendStmt is `send from MAP …` or `send a, b …`.
	SendStmt struct {
		Node
		Map    *Name     `parser:"'send' ( 'from' @@"`
		Offers []Name    `parser:"| @@ (',' @@)* )"`
		In     *Duration `parser:"( 'in' @@"`
		Every  *Duration `parser:"| 'every' @@"`
		Pick   *Name     `parser:"| 'pick' @@"` // ordered explore interest latest
		Where  *Cond     `parser:"| 'where' @@ )*"`
	}
	// TaskStmt is `task "…" to ROLE [within D]`.
	TaskStmt struct {
		Node
		Text   Str       `parser:"'task' @@"`
		To     Name      `parser:"'to' @@"`
		Within *Duration `parser:"('within' @@)?"`
	}
	// HandStmt is `hand to H`.
	HandStmt struct {
		Node
		To Name `parser:"'hand' 'to' @@"`
	}

	// Rule is a transition: `on EVENT [where COND]`, `when COND` or `after D` (Word tells), then
	// [match FIELD { … }] [-> TARGET] [{ actions }].
	Rule struct {
		Node
		Word    Name
		Event   *Path     `parser:"( 'on' @@"`                 // on
		Cond    *Cond     `parser:"('where' @@)? | 'when' @@"` // on: the where; when: the condition
		After   *Duration `parser:"| 'after' @@ )"`            // after
		Match   *Match    `parser:"('match' @@)?"`
		Target  *Path     `parser:"('->' @@)?"` // one part: a stage, a program or `done`
		Actions *Block    // of *SetStmt *ForgetStmt *TagStmt
	}
	// Match is `match FIELD { value, value -> TARGET {…} ; otherwise -> TARGET }`.
	Match struct {
		Span
		Field Path   `parser:"@@"`
		Body  *Block // of *Arm
	}
	// Arm is one line of a match; Otherwise has no Values.
	Arm struct {
		Node
		Values    []Value `parser:"( @@ (',' @@)*"` // names or strings
		Otherwise *Name   `parser:"| @@ )"`
		Target    *Path   `parser:"('->' @@)?"`
		Actions   *Block
	}

	// SetStmt is `set contact.f = EXPR`.
	SetStmt struct {
		Node
		Field Path  `parser:"'set' @@"`
		Expr  *Cond `parser:"'=' @@"`
	}
	// ForgetStmt is `forget contact.f`.
	ForgetStmt struct {
		Node
		Field Path `parser:"'forget' @@"`
	}
	// TagStmt is `tag EXPR`.
	TagStmt struct {
		Node
		Expr *Cond `parser:"'tag' @@"`
	}

	// Assign is `name = value` in a test's or scenario's braces.
	Assign struct {
		Node
		Name  Name  `parser:"@@"`
		Value Value `parser:"'=' @@"`
	}
	// TestContact is `contact { field = value … }`.
	TestContact struct {
		Node
		Body *Block // of *Assign
	}
	// AtStmt is `at DATETIME`, WaitStmt `wait D`.
	AtStmt struct {
		Node
		At DateTime `parser:"'at' @@"`
	}
	WaitStmt struct {
		Node
		For Duration `parser:"'wait' @@"`
	}
	// TestEvent is `EVENT { field = value … }` in a test; the block may be missing.
	TestEvent struct {
		Node
		Event Path   `parser:"@@"`
		Body  *Block // of *Assign
	}
	// ExpectStmt is `expect [not] in STAGE`, `expect [not] held|refused REASON`, `expect [not] asked FIELD`,
	// `expect [not] handed H` (Word tells) or `expect COND` (Word is empty).
	ExpectStmt struct {
		Node
		Not  bool  `parser:"'expect' ( @'not'?"`
		Word Name  `parser:"(?= 'in' | 'held' | 'refused' | 'asked' | 'handed') @@"`
		Path *Path `parser:"@@"` // the stage, reason, field or hand-off
		Cond *Cond `parser:"| @@ )"`
	}

	// ContactsStmt is `contacts N { field P% | field "value" P%, … | field A..B }`.
	ContactsStmt struct {
		Node
		Count Number `parser:"'contacts' @@"`
		Body  *Block // of *FieldShare
	}
	// FieldShare says how a field is made up: Known (field P%), Shares (field "value" P%, …) or Range.
	FieldShare struct {
		Node
		Name   Name     `parser:"@@"`
		Known  *Percent `parser:"( @@"`
		Shares []Share  `parser:"| @@ (',' @@)*"`
		Range  *Range   `parser:"| @@ )"`
	}
	Share struct {
		Span
		Value   Value
		Percent Percent
	}
	// ScenarioEvent is `EVENT P% [per D] [within A..B] [where COND] [{ field = value|A..B }]`.
	ScenarioEvent struct {
		Node
		Event  Path      `parser:"@@"`
		Chance Percent   `parser:"@@"`
		Per    *Duration `parser:"( 'per' @@"`
		Within *Range    `parser:"| 'within' @@"`
		Where  *Cond     `parser:"| 'where' @@ )*"`
		Body   *Block    // of *Assign
	}
	// BadStmt is text that did not parse as anything; its diagnostics have been reported.
	BadStmt struct{ Node }
)

func (*ContactDecl) decl()  {}
func (*NamesDecl) decl()    {}
func (*EventDecl) decl()    {}
func (*SegmentDecl) decl()  {}
func (*ScoreDecl) decl()    {}
func (*OfferDecl) decl()    {}
func (*MapDecl) decl()      {}
func (*PolicyDecl) decl()   {}
func (*HandoffDecl) decl()  {}
func (*MeasureDecl) decl()  {}
func (*TrackDecl) decl()    {}
func (*ProgramDecl) decl()  {}
func (*NeverDecl) decl()    {}
func (*MigrateDecl) decl()  {}
func (*TestDecl) decl()     {}
func (*ScenarioDecl) decl() {}
func (*BadStmt) decl()      {}

func (*FieldStmt) stmt()      {}
func (*EventFieldStmt) stmt() {}
func (*HalveStmt) stmt()      {}
func (*ScoreStmt) stmt()      {}
func (*OfferStmt) stmt()      {}
func (*MapRow) stmt()         {}
func (*TimezoneStmt) stmt()   {}
func (*WindowStmt) stmt()     {}
func (*SkipStmt) stmt()       {}
func (*ConsentStmt) stmt()    {}
func (*CapStmt) stmt()        {}
func (*StopStmt) stmt()       {}
func (*HandoffStmt) stmt()    {}
func (*MeasureStmt) stmt()    {}
func (*ProgramStmt) stmt()    {}
func (*EnterStmt) stmt()      {}
func (*ReenterStmt) stmt()    {}
func (*GoalStmt) stmt()       {}
func (*StageStmt) stmt()      {}
func (*SendStmt) stmt()       {}
func (*TaskStmt) stmt()       {}
func (*HandStmt) stmt()       {}
func (*Rule) stmt()           {}
func (*Arm) stmt()            {}
func (*SetStmt) stmt()        {}
func (*ForgetStmt) stmt()     {}
func (*TagStmt) stmt()        {}
func (*Assign) stmt()         {}
func (*TestContact) stmt()    {}
func (*AtStmt) stmt()         {}
func (*WaitStmt) stmt()       {}
func (*TestEvent) stmt()      {}
func (*ExpectStmt) stmt()     {}
func (*ContactsStmt) stmt()   {}
func (*FieldShare) stmt()     {}
func (*ScenarioEvent) stmt()  {}
func (*BadStmt) stmt()        {}
