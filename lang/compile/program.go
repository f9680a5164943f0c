// Package compile turns a checked playbook into what the engine runs: flat tables with numbers instead of names, and
// conditions as closures that also know when they can next change.
package compile

import (
	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/content"
)

// None stands where a table index is absent.
const None = -1

// Program is a compiled playbook. It is read only once made; every index in it points into the table of that name.
type Program struct {
	Hash     string // of its meaning: equal for playbooks that differ in layout and comments only
	Playbook *check.Playbook

	Fields   []Field
	Key      int // field that names a contact
	Address  int // field e-mail goes to
	Arrived  int // field; None: from the run that first sees a contact
	Events   []Event
	Scores   []Score
	Segments []Cond
	Topics   []string
	Roles    []string
	Offers   []Offer
	Maps     []Map
	Policy   Policy
	Handoffs []Handoff
	Measure  Measure
	Tracks   []Track // main first, then by name
	Programs []Playlet
	Stages   []Stage
	Nevers   []Never

	// Events that the engine itself raises or looks for.
	Sent, Response, Exhausted, Submitted, TaskDone, TaskOverdue int

	events, offers, fields, stages map[string]int
	migrations                     map[string]int // "program.stage" that is gone → stage, or Done
	builder                        *builder       // for what is asked later
}

// Done is the target of a rule that leaves the program.
const Done = -2

// Field is a contact or event field.
type Field struct {
	Name    string
	Type    check.FieldType
	Values  []string // of enum, set and topic: canonical spelling
	Column  string   // CSV column that holds it ("" is its name)
	Unknown []string // cells that say nothing
	Asked   *check.Question
}

// Event is what can happen to a contact. Fields are those a condition can see, `offer` and `topic` left out: they are
// taken from the offer that the event is about.
type Event struct {
	Name    string
	Kind    check.EventKind
	Fields  []Field
	Handoff int // of outcomes and overdue, else None
	Scores  []ScoreHit
	Stops   []StopRule // stop (Resume false) and resume lines it is in
	answers []bool     // by offer: it is in that offer's response
}

// Answers says whether the event can be the response to an offer.
func (e *Event) Answers(offer int) bool { return offer < len(e.answers) && e.answers[offer] }

type (
	// ScoreHit adds Points to a score when its event is taken.
	ScoreHit struct {
		Score  int
		Points float64
		Where  Cond // Eval nil: always
	}
	StopRule struct {
		Resume bool
		Where  Cond
		By     string
	}
	Score struct {
		Name  string
		Halve float64 // seconds; 0: does not decay
		When  []ScoreWhen
	}
	ScoreWhen struct {
		Points float64
		When   Cond
	}

	Offer struct {
		Name, Title, Kind, Intent, Channel, Subject string
		Topic                                       int // None
		Message                                     *content.Template
		Vars                                        []int // contact fields its message reads
		Asks                                        int
		Published, Expires                          int32 // days since 1970; Published 0 and Expires math.MaxInt32 when not said
		Cost                                        float64
		Repeat                                      calendar.Duration
		CanRepeat                                   bool
		Transactional                               bool
		By                                          string
	}

	Map struct {
		Name    string
		Columns []Cond // Eval nil: otherwise
		Rows    []MapRow
		Offers  []bool // by offer: it is in the map
	}
	MapRow struct {
		Topic int
		Cells [][]int // by column: offers
	}

	Policy struct {
		TimezoneField int // None
		Zone          *calendar.Zone
		Windows       []check.Window
		Skips         []check.Skip
		Consent       Cond
		Caps          []Cap
	}
	Cap struct {
		Count int
		Per   calendar.Duration
		For   Cond
	}

	Handoff struct {
		Name, Title, Channel string
		Brief                *content.Template
		Vars                 []int
		Accept               *calendar.Duration
		Overdue              int // event
		Accepted             int // event `accepted`, None where there is none
	}

	Measure struct {
		RevenueEvent int // None
		RevenueField string
		CostField    int // None
	}

	Track struct {
		Name      string
		Rules     []Rule
		Programs  []int // with `enter when`: highest priority first, then by name
		Whens     bool  // one of its rules is a `when`
		BySending bool  // a message that is sent may make one of its rules true, or an `enter when` of its programs
	}

	// Playlet is a program of the playbook (the compiled whole is called Program).
	Playlet struct {
		Name, Title string
		Phase       check.Phase
		Track       int
		Priority    float64
		Enter       Cond // Eval nil: by transitions only
		EnterBy     string
		Reenter     check.Reenter
		After       calendar.Duration
		Holdout     float64
		Goals       []Goal
		Rules       []Rule
		First       int // its first stage
	}
	Goal struct {
		Name   string // the event and its time: `purchased within 90d`
		Event  int
		Within calendar.Duration
		Target float64
		By     string
	}
	Stage struct {
		Name    string // program.stage
		Short   string // stage
		Program int
		Phase   check.Phase // the program's
		Sends   []Send
		Entry   []Entry
		Rules   []Rule
		By      string

		Whens     bool // a rule that holds in the stage is a `when`: its own, its program's or its track's
		BySending bool // a message that is sent may make a rule of the stage or its program true
	}
	Send struct {
		ID            string // names it within its stage: what it sends
		Map           int    // None, then Offers
		Offers        []int
		In            calendar.Duration
		Every         calendar.Duration
		Repeats       bool // has `every`
		Pick          check.Pick
		Where         Cond
		Transactional bool
		By            string
	}
	// Entry is a task (Handoff None) or a hand-off.
	Entry struct {
		Handoff int
		Text    string
		Role    int
		Within  *calendar.Duration
		By      string
	}

	Rule struct {
		ID      string // names it among the rules of its stage, program and track, whatever its line
		On      int    // event; None for when and after
		Where   Cond
		When    Cond // Eval nil: not a when
		After   calendar.Duration
		IsAfter bool
		Match   *Match
		Then    Then
		By      string
	}
	Match struct {
		Field func(*Ctx) Value
		Arms  []Arm
	}
	Arm struct {
		Values    []string
		Otherwise bool
		Then      Then
	}
	// Then: Target is a stage, Done or None.
	Then struct {
		Target  int
		Actions []Action
	}
	Action struct {
		Kind  check.ActionKind
		Field int
		Expr  func(*Ctx) Value
		Text  string // as written, for the journal
		By    string
	}

	Never struct {
		Title string
		Cond  Cond
		By    string
	}
)

// EventIndex gives the event of a name such as "opened" or "sales.won", or None.
func (p *Program) EventIndex(name string) int { return index(p.events, name) }

// OfferIndex gives the offer of a name, or None.
func (p *Program) OfferIndex(name string) int { return index(p.offers, name) }

// FieldIndex gives the contact field of a name, or None.
func (p *Program) FieldIndex(name string) int { return index(p.fields, name) }

// StageIndex gives the stage of a name such as "targeted.learn", or None.
func (p *Program) StageIndex(name string) int { return index(p.stages, name) }

// Migration says where contacts of a stage that is gone go: a stage, Done, or None when no line says so.
func (p *Program) Migration(stage string) int { return index(p.migrations, stage) }

func index(m map[string]int, name string) int {
	if i, ok := m[name]; ok {
		return i
	}
	return None
}
