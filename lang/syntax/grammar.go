package syntax

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"
)

// This file is the language's table of contents: which statements stand in which block, which words each of them
// has, and what to tell a person who got one wrong. What a statement looks like inside is the participle grammar in
// the tags of its struct in tree.go; those of which a playbook is full have a production in plain.go besides.

// block is a kind of `{ … }`, or the file itself.
type block struct {
	name       string       // "a stage"
	statements []*statement // those that begin with a keyword
	other      *statement   // the one that begins with a name of the playbook's, or nil
	starts     string       // with what other begins beside a name: `"` a text, `+` a sign; then not with a name for `+`
	lines      bool         // a statement without a block takes its line: no other follows on it
	commas     bool         // commas may stand between statements

	index map[string]*statement
	words []string
}

// statement is a kind of statement or declaration.
type statement struct {
	word    string   // the keyword that it begins with; "" for a block's other
	usage   string   // what to write, for messages and snippets
	doc     string   // what it does, for completion, hover and the reference
	needs   string   // what follows the keyword; "" when nothing has to
	cond    bool     // a condition follows the keyword
	then    bool     // one of its further words follows the keyword, never a name
	clauses []clause // its further words, each once
	body    *block   // its block, or nil
	bare    bool     // it may stand without its block

	declares Role  // what its first operands are the names of; NoRole for a statement that declares nothing
	takes    roles // what the operands behind are, before any of its further words
	anyOrder bool  // its further words may stand in any order
	once     bool  // it stands at most once in its block, or in the playbook
	parse    func(*plex.PeekingLexer) (noder, error)

	in *block
}

// clause is a word inside a statement and what follows it.
type clause struct {
	word  string
	needs string // "a duration such as `7d`"; "" when nothing has to
	cond  bool   // a condition
	body  *block

	doc   string
	takes roles  // what its operands are
	opens bool   // it stands where the statement's first operand would
	must  bool   // those behind it stand only behind it
	after string // the word that has to stand before it
}

// noder is a statement or declaration.
type noder interface{ node() *Node }

const (
	aName     = "a name"
	aText     = "a text in quotes"
	aNumber   = "a number"
	aPercent  = "a percentage such as `12%`"
	aDuration = "a duration such as `7d`"
	aDate     = "a date such as `2026-12-31`"
	anEvent   = "an event"
	anOffer   = "an offer"
	aField    = "a field such as `contact.role`"
	aCond     = "a condition"
	aTarget   = "a stage, a program or `done`"
)

// The types of tokens that the grammars in tree.go see. A condition is one token; blocks are none: the block loop
// takes them. A keyword has a type of its own, where it stands first in its statement.
const (
	wEOF     = plex.EOF
	wKeyword = -(iota + 2)
	wIdent
	wReserved
	wString
	wNumber
	wPercent
	wDuration
	wDate
	wDateTime
	wTime
	wPunct
	wCond
)

var wordTypes = [...]plex.TokenType{
	tIdent: wIdent, tReserved: wReserved, tString: wString, tNumber: wNumber, tPercent: wPercent,
	tDuration: wDuration, tDate: wDate, tDateTime: wDateTime, tTime: wTime, tPunct: wPunct,
}

// grammar makes the participle parser of a statement, when it is first needed.
func grammar[T any, P interface {
	*T
	noder
}]() func(*plex.PeekingLexer) (noder, error) {
	parser := built[T]()
	return func(lex *plex.PeekingLexer) (noder, error) {
		v, err := parser().ParseFromLexer(lex)
		return P(v), err
	}
}

func built[T any]() func() *participle.Parser[T] {
	return sync.OnceValue(func() *participle.Parser[T] { return participle.MustBuild[T](participle.Lexer(words{})) })
}

// plain makes the parser of a statement that has a production of its own in plain.go; what that does not take goes to
// its grammar.
func plain[T any, P production[T]](grammar func(*plex.PeekingLexer) (noder, error)) func(*plex.PeekingLexer) (noder, error) {
	parser := built[T]()
	return func(lex *plex.PeekingLexer) (noder, error) {
		start := lex.MakeCheckpoint()
		if !onlyGrammars {
			if v, err := parser().ParseFromLexer(lex); err == nil {
				return P(v).tree(), nil
			}
			lex.LoadCheckpoint(start)
		}
		return grammar(lex)
	}
}

// onlyGrammars is for the test that holds the productions of plain.go against the grammars.
var onlyGrammars = false

// keywordOnly is the grammar of a statement that is its keyword and a block.
func keywordOnly[T any, P interface {
	*T
	noder
}](lex *plex.PeekingLexer) (noder, error) {
	lex.Next()
	if t := lex.Peek(); !t.EOF() {
		return P(new(T)), &participle.UnexpectedTokenError{Unexpected: *t}
	}
	return P(new(T)), nil
}

var (
	toTarget = clause{word: "->", needs: aTarget, doc: "Where the contact goes: a stage of this program, a program (its first stage), `program.stage`, or `done`.", takes: roles{RoleTarget}, must: true}
	ruleThen = []clause{
		{word: "match", needs: "a field such as `event.topic`", doc: "Goes on by the value of a field: a line for each value.", takes: roles{RoleMatchField}, body: armBlock},
		toTarget,
	}
)

var (
	actionBlock = newBlock(&block{
		name: "the actions of a rule",
		statements: []*statement{
			{word: "set", usage: "`set contact.FIELD = VALUE`", needs: aField, doc: "Gives a field of the contact a value.",
				takes: roles{RoleContactField}, clauses: []clause{{word: "=", needs: "a value", takes: roles{RoleCondition}, cond: true}}, parse: grammar[SetStmt]()},
			{word: "forget", usage: "`forget contact.FIELD`", needs: aField, doc: "Makes a field of the contact unknown.",
				takes: roles{RoleContactField}, parse: grammar[ForgetStmt]()},
			{word: "tag", usage: "`tag \"TEXT\"`", needs: "a text, or a field that is one", doc: "Puts a text on the contact, once.",
				takes: roles{RoleCondition}, cond: true, parse: grammar[TagStmt]()},
		},
	})

	armBlock = newBlock(&block{
		name:   "a match",
		starts: `"`,
		statements: []*statement{
			{word: "otherwise", once: true, usage: "`otherwise -> STAGE`", doc: "Whatever no line above fits, also what is unknown.",
				clauses: []clause{toTarget}, body: actionBlock, bare: true, parse: plain[plainArm](grammar[Arm]())},
		},
		other: &statement{usage: "`VALUE, VALUE -> STAGE`", takes: roles{RoleMatchValue}, clauses: []clause{toTarget}, body: actionBlock, bare: true,
			parse: plain[plainArm](grammar[Arm]())},
	})

	onRule = statement{word: "on", usage: "`on EVENT where CONDITION -> STAGE`", needs: anEvent, doc: "When the event happens and the condition is true: moves the contact, does actions, or both.",
		takes: roles{RoleEvent}, clauses: append([]clause{where("What must be true besides; it sees `event.…`.")}, ruleThen...), body: actionBlock, bare: true, parse: plain[plainRule](grammar[Rule]())}
	whenRule = statement{word: "when", usage: "`when CONDITION -> STAGE`", needs: aCond, cond: true, doc: "At the first instant in the stage at which the condition is true: moves the contact, does actions, or both.",
		takes: roles{RoleCondition}, clauses: ruleThen, body: actionBlock, bare: true, parse: plain[plainRule](grammar[Rule]())}
	afterRule = statement{word: "after", usage: "`after 60d -> STAGE`", needs: aDuration, doc: "So long after entry into the stage: moves the contact, does actions, or both.",
		takes: roles{RoleDuration}, clauses: ruleThen, body: actionBlock, bare: true, parse: plain[plainRule](grammar[Rule]())}

	stageBlock = newBlock(&block{
		name: "a stage",
		statements: []*statement{
			{word: "send", usage: "`send from MAP every 7d` or `send OFFER`", needs: "a map or offers", doc: "Sends offers: one on entry, or `in` a while after, and one `every` so long from then on.",
				takes: roles{RoleOffer}, anyOrder: true,
				clauses: []clause{
					{word: "from", needs: "a map", doc: "The map to choose from.", takes: roles{RoleMap}, opens: true},
					{word: "in", needs: aDuration, doc: "How long after entry the first touch is due.", takes: roles{RoleDuration}},
					{word: "every", needs: aDuration, doc: "How long after a sending the next touch is due.", takes: roles{RoleDuration}},
					{word: "pick", needs: "`ordered`, `explore`, `interest` or `latest`", doc: "Which of the offers that may go now is sent.", takes: roles{RolePick}},
					where("Which offers may go: it sees `offer.intent`, `offer.topic`, `offer.kind` and `offer.channel`."),
				}, parse: plain[plainSend](grammar[SendStmt]())},
			{word: "task", usage: "`task \"TEXT\" to ROLE within 2d`", needs: aText, doc: "Gives somebody work when a contact comes into the stage.",
				takes: roles{RoleText}, clauses: []clause{
					{word: "to", needs: "a role", doc: "Who does it.", takes: roles{RoleRole}, must: true},
					{word: "within", needs: aDuration, doc: "When it is overdue: `task_overdue` comes then.", takes: roles{RoleDuration}}}, parse: plain[plainTask](grammar[TaskStmt]())},
			{word: "hand", then: true, usage: "`hand to HANDOFF`", needs: "`to` and a hand-off", doc: "Opens a hand-off when a contact comes into the stage.",
				clauses: []clause{{word: "to", needs: "a hand-off", doc: "To whom.", takes: roles{RoleHandoff}, must: true}}, parse: grammar[HandStmt]()},
			rule(onRule), rule(whenRule), rule(afterRule),
		},
	})

	programBlock = newBlock(&block{
		name: "a program",
		statements: []*statement{
			{word: "phase", once: true, usage: "`phase nurture`", needs: "a phase such as `nurture`", doc: "What the program is for: one of the six phases.",
				takes: roles{RolePhase}, parse: plain[plainProgram](grammar[ProgramStmt]())},
			{word: "track", once: true, usage: "`track NAME`", needs: "the name of a track", doc: "The track it is on; `main` where none is said. A contact is in at most one stage on each track.",
				takes: roles{RoleTrack}, parse: plain[plainProgram](grammar[ProgramStmt]())},
			{word: "priority", once: true, usage: "`priority 10`", needs: aNumber, doc: "The higher enters first and sends first; 0 where none is said.",
				takes: roles{RoleNumber}, parse: plain[plainProgram](grammar[ProgramStmt]())},
			{word: "holdout", once: true, usage: "`holdout 5%`", needs: aPercent, doc: "The share of those who come into the program that gets none of its messages, for comparing.",
				takes: roles{RolePercent}, parse: plain[plainProgram](grammar[ProgramStmt]())},
			{word: "enter", once: true, then: true, usage: "`enter when CONDITION`", needs: "`when` and a condition", doc: "Takes in whoever is in no program of the track. Without it, only rules lead here.",
				clauses: []clause{{word: "when", needs: aCond, doc: "Whom.", takes: roles{RoleCondition}, opens: true, cond: true}}, parse: plain[plainEnter](grammar[EnterStmt]())},
			{word: "reenter", once: true, then: true, usage: "`reenter never`, `reenter always` or `reenter after 90d`", needs: "`never`, `always` or `after 90d`", doc: "Whether `enter` takes in a contact that has been in the program before.",
				clauses: []clause{
					{word: "never", doc: "The default: it has been in the program once.", opens: true},
					{word: "always", doc: "Again and again; but after `done` the condition of `enter` must first have been false.", opens: true},
					{word: "after", needs: aDuration, doc: "So long after it last left.", takes: roles{RoleDuration}, opens: true}}, parse: grammar[ReenterStmt]()},
			{word: "goal", usage: "`goal EVENT within 90d target 12%`", needs: anEvent, doc: "What counts as success of the program, once a stay.",
				takes: roles{RoleEvent}, clauses: []clause{
					{word: "within", needs: aDuration, doc: "How long after entry into the program it counts.", takes: roles{RoleDuration}, must: true},
					{word: "target", needs: aPercent, doc: "The share of stays that should reach it.", takes: roles{RolePercent}}}, parse: grammar[GoalStmt]()},
			rule(onRule), rule(whenRule),
			{word: "stage", usage: "`stage NAME { … }`", needs: aName, doc: "A step of the program: what is sent there, and the rules that lead on. A program begins in its first stage.",
				declares: RoleStage, body: stageBlock, parse: plain[plainStage](grammar[StageStmt]())},
		},
	})

	trackBlock = newBlock(&block{name: "a track", statements: []*statement{rule(onRule), rule(whenRule)}})

	fieldBlock = newBlock(&block{
		name: "the contact", lines: true,
		other: &statement{usage: "`FIELD TYPE`, such as `role enum(\"developer\", \"it\")`", needs: "a type such as `text`",
			declares: RoleField, takes: roles{RoleType}, anyOrder: true,
			clauses: []clause{
				{word: "key", doc: "This field names a contact. Without it, the first `email` field does."},
				{word: "arrived", doc: "When we came to know the contact: it takes part from then on."},
				{word: "from", needs: "a CSV column in quotes", doc: "The column's heading in a contacts file, where it is not the field's name.", takes: roles{RoleText}},
				{word: "unknown", needs: aText, doc: "Cells that say nothing, such as `\"n/a\"`.", takes: roles{RoleText}},
				{word: "question", needs: "`light`, `medium` or `heavy` and a text", doc: "What to ask when it is unknown, and how much commitment the question demands.", takes: roles{RoleWeight, RoleText}},
			}, parse: grammar[FieldStmt]()},
	})

	eventBlock = newBlock(&block{
		name: "an event", lines: true, commas: true,
		other: &statement{usage: "`FIELD TYPE`, with a comma or a new line before the next", needs: "a type such as `text`",
			declares: RoleField, takes: roles{RoleEventType}, parse: grammar[EventFieldStmt]()},
	})

	scoreBlock = newBlock(&block{
		name: "a score", starts: "+",
		statements: []*statement{
			{word: "halve", once: true, then: true, usage: "`halve every 30d`", needs: "`every 30d`", doc: "How fast what the `on` lines gave decays.",
				clauses: []clause{{word: "every", needs: aDuration, doc: "The time in which it halves.", takes: roles{RoleDuration}, opens: true}}, parse: grammar[HalveStmt]()},
		},
		other: &statement{usage: "`+5 on EVENT` or `+5 when CONDITION`", needs: aNumber, takes: roles{RoleNumber},
			clauses: []clause{
				{word: "on", needs: anEvent, doc: "Counts when the event happens, and decays.", takes: roles{RoleEvent}, opens: true},
				where("Which of the events count; it sees `event.…`.").behind("on"),
				{word: "when", needs: aCond, doc: "Counts while the condition is true, and does not decay.", takes: roles{RoleCondition}, opens: true, cond: true}},
			parse: plain[plainScore](grammar[ScoreStmt]())},
	})

	offerBlock = newBlock(&block{
		name: "an offer",
		statements: []*statement{
			{word: "kind", once: true, usage: "`kind guide`", needs: "a kind such as `guide`", doc: "What it is, in any word you like.", takes: roles{RoleKind}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "topic", once: true, usage: "`topic NAME`", needs: "a topic", doc: "What it is about: a declared topic.", takes: roles{RoleTopic}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "for", once: true, usage: "`for nurture, convert`", needs: "phases such as `nurture`", doc: "The phases it is meant for.", takes: roles{RolePhase}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "intent", once: true, usage: "`intent educate`", needs: "`educate`, `presell` or `sell`", doc: "What it is after.", takes: roles{RoleIntent}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "channel", once: true, usage: "`channel email`", needs: "a channel such as `email`", doc: "How it goes out; `email` where none is said.", takes: roles{RoleChannel}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "content", once: true, usage: "`content \"content/FILE.md\"`", needs: "a file in quotes", doc: "Its message: a Markdown file of the playbook's folder. Needed on the channel `email`.", takes: roles{RoleFile}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "subject", once: true, usage: "`subject \"TEXT\"`", needs: aText, doc: "The message's subject, above the one in its file.", takes: roles{RoleText}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "asks", once: true, usage: "`asks 1`", needs: aNumber, doc: "How many questions it asks: the lightest that are still unknown.", takes: roles{RoleNumber}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "response", once: true, usage: "`response clicked, EVENT`", needs: "events such as `clicked`", doc: "What answers it, instead of `clicked, replied, submitted`.", takes: roles{RoleEvent}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "published", once: true, usage: "`published 2026-01-31`", needs: aDate, doc: "The day from which on it may be sent.", takes: roles{RoleDate}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "expires", once: true, usage: "`expires 2026-12-31`", needs: aDate, doc: "The last day on which it may be sent.", takes: roles{RoleDate}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "cost", once: true, usage: "`cost 0.04`", needs: aNumber, doc: "What one sending costs, for reports.", takes: roles{RoleNumber}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "repeat", once: true, then: true, usage: "`repeat after 1mo`", needs: "`after 1mo`", doc: "It may be sent to the same contact again. Without it: never, in no program.",
				clauses: []clause{{word: "after", needs: aDuration, doc: "So long after the last time.", takes: roles{RoleDuration}, opens: true}}, parse: plain[plainOffer](grammar[OfferStmt]())},
			{word: "transactional", once: true, usage: "`transactional`", doc: "A receipt, a password: it passes `consent`, `window`, `skip` and `cap`, and caps do not count it.", parse: plain[plainOffer](grammar[OfferStmt]())},
		},
	})

	mapBlock = newBlock(&block{
		name: "a map", lines: true,
		other: &statement{usage: "`TOPIC | OFFER | OFFER`", needs: "`|` and offers", takes: roles{RoleTopic}, parse: plain[plainRow](grammar[MapRow]())},
	})

	policyBlock = newBlock(&block{
		name: "the policy",
		statements: []*statement{
			{word: "timezone", once: true, usage: "`timezone contact.FIELD else \"Europe/Berlin\"`", needs: "a field or a zone in quotes", doc: "The contact's time zone: a field of the contact, or one zone for everybody.",
				takes: roles{RoleZoneField}, clauses: []clause{{word: "else", needs: "a zone in quotes", doc: "The zone where the field is unknown.", takes: roles{RoleZone}}}, parse: grammar[TimezoneStmt]()},
			{word: "window", usage: "`window weekdays 09:00..17:00`", needs: "days and hours such as `09:00..17:00`", doc: "When messages go out, in the contact's time zone. Several lines are alternatives.",
				takes: roles{RoleDay, RoleTime}, parse: grammar[WindowStmt]()},
			{word: "skip", usage: "`skip 2026-12-24..2027-01-01`", needs: aDate, doc: "Days on which no messages go out, both ends included.", takes: roles{RoleDate}, parse: grammar[SkipStmt]()},
			{word: "consent", once: true, then: true, usage: "`consent when CONDITION`", needs: "`when` and a condition", doc: "Who may get messages; those that are `transactional` go to everybody.",
				clauses: []clause{{word: "when", needs: aCond, doc: "What must be true of the contact.", takes: roles{RoleCondition}, opens: true, cond: true}}, parse: grammar[ConsentStmt]()},
			{word: "cap", usage: "`cap 2 per 7d`", needs: aNumber, doc: "At most so many messages to a contact in any such span, over all programs.", takes: roles{RoleNumber},
				clauses: []clause{
					{word: "per", needs: aDuration, doc: "The span.", takes: roles{RoleDuration}, must: true},
					{word: "for", needs: aCond, doc: "Only where this is true of the contact and the touch.", takes: roles{RoleCondition}, cond: true}}, parse: grammar[CapStmt]()},
			{word: "stop", then: true, usage: "`stop on EVENT, EVENT`", needs: "`on` and events", doc: "No messages any more after these events, not even transactional ones.",
				clauses: onEvents, parse: grammar[StopStmt]()},
			{word: "resume", then: true, usage: "`resume on EVENT`", needs: "`on` and events", doc: "Messages again after these events.",
				clauses: onEvents, parse: grammar[StopStmt]()},
		},
	})

	handoffBlock = newBlock(&block{
		name: "a hand-off",
		statements: []*statement{
			{word: "channel", once: true, usage: "`channel crm`", needs: "a channel such as `crm`", doc: "How they are told; the hand-off's own name where none is said.", takes: roles{RoleChannel}, parse: grammar[HandoffStmt]()},
			{word: "brief", once: true, usage: "`brief \"content/brief.md\"`", needs: "a file in quotes", doc: "What they are told: a Markdown file of the playbook's folder.", takes: roles{RoleFile}, parse: grammar[HandoffStmt]()},
			{word: "accept", once: true, then: true, usage: "`accept within 2d`", needs: "`within 2d`", doc: "How long they may leave it unanswered.",
				clauses: []clause{{word: "within", needs: aDuration, doc: "`H.overdue` comes then.", takes: roles{RoleDuration}, opens: true}}, parse: grammar[HandoffStmt]()},
			{word: "outcomes", once: true, usage: "`outcomes accepted, won, lost`", needs: "names such as `accepted`", doc: "What they may answer: each is an event, `H.accepted` and so on, that the program handles.", declares: RoleOutcome, parse: grammar[HandoffStmt]()},
		},
	})

	measureBlock = newBlock(&block{
		name: "the measures",
		statements: []*statement{
			{word: "revenue", usage: "`revenue EVENT.FIELD`", needs: "a field of an event", doc: "What came in: a number of an event, for reports.", takes: roles{RoleEventField}, parse: grammar[MeasureStmt]()},
			{word: "cost", usage: "`cost contact.FIELD`", needs: "a field of the contact", doc: "What a contact cost: a number of the contact, for reports.", takes: roles{RoleContactField}, parse: grammar[MeasureStmt]()},
		},
	})

	assignBlock = newBlock(&block{
		name: "a list of values", commas: true,
		other: &statement{usage: "`FIELD = VALUE`", needs: "`=` and a value", takes: roles{RoleField},
			clauses: []clause{{word: "=", needs: "a value", takes: roles{RoleValue}}}, parse: grammar[Assign]()},
	})

	testBlock = newBlock(&block{
		name: "a test",
		statements: []*statement{
			{word: "contact", once: true, usage: "`contact { FIELD = VALUE }`", doc: "Who the test is about.", body: assignBlock, parse: keywordOnly[TestContact]},
			{word: "at", once: true, usage: "`at 2026-03-02 10:00`", needs: "a date with a time such as `2026-03-02 10:00`", doc: "When it begins, in the policy's time zone.", takes: roles{RoleDateTime}, parse: grammar[AtStmt]()},
			{word: "wait", usage: "`wait 31d`", needs: aDuration, doc: "Lets time pass.", takes: roles{RoleDuration}, parse: grammar[WaitStmt]()},
			{word: "expect", usage: "`expect in STAGE` or `expect CONDITION`", needs: "a condition, or `in` and a stage", doc: "What must be so now.", takes: roles{RoleCondition},
				clauses: []clause{
					{word: "in", needs: "a stage", doc: "Where the contact is.", takes: roles{RoleTarget}, opens: true},
					{word: "held", needs: "a reason", doc: "A touch was held, for this reason.", takes: roles{RoleHeld}, opens: true},
					{word: "refused", needs: "a reason", doc: "A touch was refused, for this reason.", takes: roles{RoleRefused}, opens: true},
					{word: "asked", needs: "a field", doc: "The last message asked for this field.", takes: roles{RoleField}, opens: true},
					{word: "handed", needs: "a hand-off", doc: "A hand-off to it is open.", takes: roles{RoleHandoff}, opens: true}}, parse: grammar[ExpectStmt]()},
		},
		other: &statement{usage: "`EVENT { FIELD = VALUE }`", takes: roles{RoleOutsideEvent}, body: assignBlock, bare: true, parse: grammar[TestEvent]()},
	})

	shareBlock = newBlock(&block{
		name: "the contacts of a scenario", commas: true,
		other: &statement{usage: "`FIELD 90%`, `FIELD \"VALUE\" 30%` or `FIELD 10..5000`", needs: "a percentage, values with theirs, or a range",
			takes: roles{RoleField, RoleValue}, parse: grammar[FieldShare]()},
	})

	scenarioBlock = newBlock(&block{
		name: "a scenario",
		statements: []*statement{
			{word: "contacts", once: true, usage: "`contacts 10000 { … }`", needs: aNumber, doc: "How many contacts there are, and what is known of them.", takes: roles{RoleNumber}, body: shareBlock, bare: true, parse: grammar[ContactsStmt]()},
		},
		other: &statement{usage: "`EVENT 4% within 1d..3d`", needs: aPercent, takes: roles{RoleOutsideEvent, RolePercent}, anyOrder: true,
			clauses: []clause{
				{word: "per", needs: aDuration, doc: "The time in which it happens so often.", takes: roles{RoleDuration}},
				{word: "within", needs: "a range such as `1d..3d`", doc: "How long after.", takes: roles{RoleDuration}},
				where("To whom, or by what, it happens.")},
			body: assignBlock, bare: true, parse: grammar[ScenarioEvent]()},
	})

	fileBlock = newBlock(&block{
		name: "a playbook", lines: true,
		statements: []*statement{
			{word: "contact", once: true, usage: "`contact { … }`", doc: "What is known of somebody: a field a line. One in a playbook.", body: fieldBlock, parse: keywordOnly[ContactDecl]},
			{word: "topics", usage: "`topics NAME, NAME`", needs: "names", doc: "What offers are about: the rows of maps.", declares: RoleTopic, parse: grammar[NamesDecl]()},
			{word: "roles", usage: "`roles NAME, NAME`", needs: "names", doc: "The people to whom `task` gives work.", declares: RoleRole, parse: grammar[NamesDecl]()},
			{word: "event", usage: "`event NAME { FIELD TYPE }`", needs: aName, doc: "What happens outside the messages we send: a visit, a purchase, a call.", declares: RoleEvent, body: eventBlock, bare: true, parse: grammar[EventDecl]()},
			{word: "segment", usage: "`segment NAME = CONDITION`", needs: aName, doc: "A condition with a name, to stand in other conditions and as a column of maps.", declares: RoleSegment,
				clauses: []clause{{word: "=", needs: aCond, takes: roles{RoleCondition}, cond: true}}, parse: grammar[SegmentDecl]()},
			{word: "score", usage: "`score NAME { … }`", needs: aName, doc: "A number that grows with what a contact does and is; `score.NAME` in conditions.", declares: RoleScore, body: scoreBlock, parse: grammar[ScoreDecl]()},
			{word: "offer", usage: "`offer NAME \"TITLE\" { … }`", needs: aName, doc: "Something to send.", declares: RoleOffer, takes: roles{RoleText}, body: offerBlock, parse: plain[plainOfferDecl](grammar[OfferDecl]())},
			{word: "map", usage: "`map NAME { … }`", needs: aName, doc: "What to offer to whom: rows are topics, columns segments.", declares: RoleMap, body: mapBlock, parse: grammar[MapDecl]()},
			{word: "policy", once: true, usage: "`policy { … }`", doc: "When nobody is written to. One in a playbook.", body: policyBlock, parse: keywordOnly[PolicyDecl]},
			{word: "handoff", usage: "`handoff NAME \"TITLE\" { … }`", needs: aName, doc: "To whom a lead can be given, and what they may answer.", declares: RoleHandoff, takes: roles{RoleText}, body: handoffBlock, parse: grammar[HandoffDecl]()},
			{word: "measure", once: true, usage: "`measure { … }`", doc: "What reports count: revenue and cost. It changes nothing that a run does.", body: measureBlock, parse: keywordOnly[MeasureDecl]},
			{word: "track", usage: "`track NAME { … }`", needs: aName, doc: "Rules that hold wherever a contact stands on the track, or in no program of it.", declares: RoleTrack, body: trackBlock, parse: grammar[TrackDecl]()},
			{word: "program", usage: "`program NAME \"TITLE\" { … }`", needs: aName, doc: "A list of stages that contacts go through, and rules that hold in all of them.", declares: RoleProgram, takes: roles{RoleText}, body: programBlock, parse: plain[plainProgramDecl](grammar[ProgramDecl]())},
			{word: "never", usage: "`never \"WHY\" when CONDITION`", needs: aText, doc: "What must not be sent, whatever else the playbook says; it sees `offer.…`.", takes: roles{RoleText},
				clauses: []clause{{word: "when", needs: aCond, doc: "Which offers, to whom.", takes: roles{RoleCondition}, must: true, cond: true}}, parse: grammar[NeverDecl]()},
			{word: "migrate", usage: "`migrate PROGRAM.STAGE -> PROGRAM.STAGE`", needs: "a stage that no longer exists", doc: "Where contacts go that stand in a stage which no longer exists.",
				takes: roles{RoleGoneStage}, clauses: []clause{toTarget}, parse: grammar[MigrateDecl]()},
			{word: "test", usage: "`test \"TEXT\" { … }`", needs: aText, doc: "A story of one contact, and what must come of it. `nurturec test` runs it.", takes: roles{RoleText}, body: testBlock, parse: grammar[TestDecl]()},
			{word: "scenario", usage: "`scenario NAME { … }`", needs: aName, doc: "Made-up contacts and what they do. `nurturec simulate` plays it.", declares: RoleScenario, body: scenarioBlock, parse: grammar[ScenarioDecl]()},
		},
	})

	allBlocks = []*block{
		fileBlock, programBlock, stageBlock, trackBlock, offerBlock, policyBlock, handoffBlock, measureBlock,
		scoreBlock, testBlock, scenarioBlock, actionBlock, armBlock,
	}
)

// onEvents is what follows `stop` and `resume`.
var onEvents = []clause{
	{word: "on", needs: anEvent, doc: "Which events.", takes: roles{RoleEvent}, opens: true},
	where("Which of them: it sees the fields that all of the line's events have."),
}

func rule(r statement) *statement { return &r }

func where(doc string) clause {
	return clause{word: "where", needs: aCond, doc: doc, takes: roles{RoleCondition}, cond: true}
}

// behind makes a clause stand only behind a word.
func (c clause) behind(word string) clause {
	c.after = word
	return c
}

func newBlock(b *block) *block {
	b.index = map[string]*statement{}
	for _, s := range b.statements {
		s.in = b
		b.index[s.word] = s
		b.words = append(b.words, s.word)
	}
	if b.other != nil {
		b.other.in = b
	}
	return b
}

// clause finds a word of the statement.
func (s *statement) clause(word string) *clause {
	for i := range s.clauses {
		if s.clauses[i].word == word {
			return &s.clauses[i]
		}
	}
	return nil
}

// words is the lexer definition that the grammars are built with; their tokens come from the block loop.
type words struct{ plex.Definition }

// Symbols names the types of tokens for grammars.
func (words) Symbols() map[string]plex.TokenType {
	return map[string]plex.TokenType{"EOF": wEOF, "Keyword": wKeyword, "Cond": wCond}
}

// desk is a lexer of participle's that is given the words of one statement after the other.
type desk struct {
	lex   *plex.PeekingLexer
	start plex.Checkpoint
	words []*plex.Token // those of the lexer, to be written over
}

// lay gives a lexer of words, of which the last one is the end of the statement. It is good until the next call.
func (d *desk) lay(words []plex.Token) *plex.PeekingLexer {
	if len(d.words) < len(words) {
		room := max(32, 2*len(words))
		blank := blank(room)
		d.lex, _ = plex.Upgrade(&blank) // which never fails
		d.start, d.words = d.lex.MakeCheckpoint(), make([]*plex.Token, 0, room)
		for !d.lex.Peek().EOF() {
			d.words = append(d.words, d.lex.Next())
		}
	}
	for i := range words {
		*d.words[i] = words[i]
	}
	d.lex.LoadCheckpoint(d.start)
	return d.lex
}

// blank is so many words, to be written over, and an end.
type blank int

func (b *blank) Next() (plex.Token, error) {
	if *b--; *b < 0 {
		return plex.Token{Type: wEOF}, nil
	}
	return plex.Token{Type: wPunct}, nil
}
