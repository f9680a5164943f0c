package syntax

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"
)

// This file is the language's table of contents: which statements stand in which block, which words each of them
// has, and what to tell a person who got one wrong. What a statement looks like inside is the participle grammar in
// the tags of its struct in tree.go.

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
	usage   string   // what to write, for messages
	needs   string   // what follows the keyword; "" when nothing has to
	cond    bool     // a condition follows the keyword
	then    bool     // one of its further words follows the keyword, never a name
	clauses []clause // its further words, each once
	body    *block   // its block, or nil
	bare    bool     // it may stand without its block
	parse   func(*plex.PeekingLexer) (noder, error)

	in *block
}

// clause is a word inside a statement and what follows it.
type clause struct {
	word  string
	needs string // "a duration such as `7d`"; "" when nothing has to
	cond  bool   // a condition
	body  *block
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
	parser := sync.OnceValue(func() *participle.Parser[T] {
		return participle.MustBuild[T](participle.Lexer(words{}))
	})
	return func(lex *plex.PeekingLexer) (noder, error) {
		v, err := parser().ParseFromLexer(lex)
		return P(v), err
	}
}

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

var ruleThen = []clause{
	{word: "match", needs: "a field such as `event.topic`", body: armBlock},
	{word: "->", needs: aTarget},
}

var (
	actionBlock = newBlock(&block{
		name: "the actions of a rule",
		statements: []*statement{
			{word: "set", usage: "`set contact.FIELD = VALUE`", needs: aField, clauses: []clause{{word: "=", needs: "a value", cond: true}},
				parse: grammar[SetStmt]()},
			{word: "forget", usage: "`forget contact.FIELD`", needs: aField, parse: grammar[ForgetStmt]()},
			{word: "tag", usage: "`tag \"TEXT\"`", needs: "a text, or a field that is one", cond: true, parse: grammar[TagStmt]()},
		},
	})

	armBlock = newBlock(&block{
		name:   "a match",
		starts: `"`,
		statements: []*statement{
			{word: "otherwise", usage: "`otherwise -> STAGE`", clauses: []clause{{word: "->", needs: aTarget}}, body: actionBlock, bare: true,
				parse: grammar[Arm]()},
		},
		other: &statement{usage: "`VALUE, VALUE -> STAGE`", clauses: []clause{{word: "->", needs: aTarget}}, body: actionBlock, bare: true,
			parse: grammar[Arm]()},
	})

	onRule = statement{word: "on", usage: "`on EVENT where CONDITION -> STAGE`", needs: anEvent,
		clauses: append([]clause{{word: "where", needs: aCond, cond: true}}, ruleThen...), body: actionBlock, bare: true, parse: grammar[Rule]()}
	whenRule = statement{word: "when", usage: "`when CONDITION -> STAGE`", needs: aCond, cond: true,
		clauses: ruleThen, body: actionBlock, bare: true, parse: grammar[Rule]()}
	afterRule = statement{word: "after", usage: "`after 60d -> STAGE`", needs: aDuration,
		clauses: ruleThen, body: actionBlock, bare: true, parse: grammar[Rule]()}

	stageBlock = newBlock(&block{
		name: "a stage",
		statements: []*statement{
			{word: "send", usage: "`send from MAP every 7d` or `send OFFER`", needs: "a map or offers",
				clauses: []clause{
					{word: "from", needs: "a map"}, {word: "in", needs: aDuration}, {word: "every", needs: aDuration},
					{word: "pick", needs: "`ordered`, `explore`, `interest` or `latest`"}, {word: "where", needs: aCond, cond: true},
				}, parse: grammar[SendStmt]()},
			{word: "task", usage: "`task \"TEXT\" to ROLE within 2d`", needs: aText,
				clauses: []clause{{word: "to", needs: "a role"}, {word: "within", needs: aDuration}}, parse: grammar[TaskStmt]()},
			{word: "hand", then: true, usage: "`hand to HANDOFF`", needs: "`to` and a hand-off",
				clauses: []clause{{word: "to", needs: "a hand-off"}}, parse: grammar[HandStmt]()},
			rule(onRule), rule(whenRule), rule(afterRule),
		},
	})

	programBlock = newBlock(&block{
		name: "a program",
		statements: []*statement{
			{word: "phase", usage: "`phase nurture`", needs: "a phase such as `nurture`", parse: grammar[ProgramStmt]()},
			{word: "track", usage: "`track NAME`", needs: "the name of a track", parse: grammar[ProgramStmt]()},
			{word: "priority", usage: "`priority 10`", needs: aNumber, parse: grammar[ProgramStmt]()},
			{word: "holdout", usage: "`holdout 5%`", needs: aPercent, parse: grammar[ProgramStmt]()},
			{word: "enter", then: true, usage: "`enter when CONDITION`", needs: "`when` and a condition",
				clauses: []clause{{word: "when", needs: aCond, cond: true}}, parse: grammar[EnterStmt]()},
			{word: "reenter", then: true, usage: "`reenter never`, `reenter always` or `reenter after 90d`", needs: "`never`, `always` or `after 90d`",
				clauses: []clause{{word: "never"}, {word: "always"}, {word: "after", needs: aDuration}}, parse: grammar[ReenterStmt]()},
			{word: "goal", usage: "`goal EVENT within 90d target 12%`", needs: anEvent,
				clauses: []clause{{word: "within", needs: aDuration}, {word: "target", needs: aPercent}}, parse: grammar[GoalStmt]()},
			rule(onRule), rule(whenRule),
			{word: "stage", usage: "`stage NAME { … }`", needs: aName, body: stageBlock, parse: grammar[StageStmt]()},
		},
	})

	trackBlock = newBlock(&block{name: "a track", statements: []*statement{rule(onRule), rule(whenRule)}})

	fieldBlock = newBlock(&block{
		name: "the contact", lines: true,
		other: &statement{usage: "`FIELD TYPE`, such as `role enum(\"developer\", \"it\")`", needs: "a type such as `text`",
			clauses: []clause{
				{word: "key"}, {word: "arrived"}, {word: "from", needs: "a CSV column in quotes"}, {word: "unknown", needs: aText},
				{word: "question", needs: "`light`, `medium` or `heavy` and a text"},
			}, parse: grammar[FieldStmt]()},
	})

	eventBlock = newBlock(&block{
		name: "an event", lines: true, commas: true,
		other: &statement{usage: "`FIELD TYPE`, with a comma or a new line before the next", needs: "a type such as `text`", parse: grammar[EventFieldStmt]()},
	})

	scoreBlock = newBlock(&block{
		name: "a score", starts: "+",
		statements: []*statement{
			{word: "halve", then: true, usage: "`halve every 30d`", needs: "`every 30d`", clauses: []clause{{word: "every", needs: aDuration}}, parse: grammar[HalveStmt]()},
		},
		other: &statement{usage: "`+5 on EVENT` or `+5 when CONDITION`", needs: aNumber,
			clauses: []clause{{word: "on", needs: anEvent}, {word: "where", needs: aCond, cond: true}, {word: "when", needs: aCond, cond: true}},
			parse:   grammar[ScoreStmt]()},
	})

	offerBlock = newBlock(&block{
		name: "an offer",
		statements: []*statement{
			{word: "kind", usage: "`kind guide`", needs: "a kind such as `guide`", parse: grammar[OfferStmt]()},
			{word: "topic", usage: "`topic NAME`", needs: "a topic", parse: grammar[OfferStmt]()},
			{word: "for", usage: "`for nurture, convert`", needs: "phases such as `nurture`", parse: grammar[OfferStmt]()},
			{word: "intent", usage: "`intent educate`", needs: "`educate`, `presell` or `sell`", parse: grammar[OfferStmt]()},
			{word: "channel", usage: "`channel email`", needs: "a channel such as `email`", parse: grammar[OfferStmt]()},
			{word: "content", usage: "`content \"content/FILE.md\"`", needs: "a file in quotes", parse: grammar[OfferStmt]()},
			{word: "subject", usage: "`subject \"TEXT\"`", needs: aText, parse: grammar[OfferStmt]()},
			{word: "asks", usage: "`asks 1`", needs: aNumber, parse: grammar[OfferStmt]()},
			{word: "response", usage: "`response clicked, EVENT`", needs: "events such as `clicked`", parse: grammar[OfferStmt]()},
			{word: "published", usage: "`published 2026-01-31`", needs: aDate, parse: grammar[OfferStmt]()},
			{word: "expires", usage: "`expires 2026-12-31`", needs: aDate, parse: grammar[OfferStmt]()},
			{word: "cost", usage: "`cost 0.04`", needs: aNumber, parse: grammar[OfferStmt]()},
			{word: "repeat", then: true, usage: "`repeat after 1mo`", needs: "`after 1mo`", clauses: []clause{{word: "after", needs: aDuration}}, parse: grammar[OfferStmt]()},
			{word: "transactional", usage: "`transactional`", parse: grammar[OfferStmt]()},
		},
	})

	mapBlock = newBlock(&block{
		name: "a map", lines: true,
		other: &statement{usage: "`TOPIC | OFFER | OFFER`", needs: "`|` and offers", parse: grammar[MapRow]()},
	})

	policyBlock = newBlock(&block{
		name: "the policy",
		statements: []*statement{
			{word: "timezone", usage: "`timezone contact.FIELD else \"Europe/Berlin\"`", needs: "a field or a zone in quotes",
				clauses: []clause{{word: "else", needs: "a zone in quotes"}}, parse: grammar[TimezoneStmt]()},
			{word: "window", usage: "`window weekdays 09:00..17:00`", needs: "days and hours such as `09:00..17:00`", parse: grammar[WindowStmt]()},
			{word: "skip", usage: "`skip 2026-12-24..2027-01-01`", needs: aDate, parse: grammar[SkipStmt]()},
			{word: "consent", then: true, usage: "`consent when CONDITION`", needs: "`when` and a condition",
				clauses: []clause{{word: "when", needs: aCond, cond: true}}, parse: grammar[ConsentStmt]()},
			{word: "cap", usage: "`cap 2 per 7d`", needs: aNumber,
				clauses: []clause{{word: "per", needs: aDuration}, {word: "for", needs: aCond, cond: true}}, parse: grammar[CapStmt]()},
			{word: "stop", then: true, usage: "`stop on EVENT, EVENT`", needs: "`on` and events",
				clauses: []clause{{word: "on", needs: anEvent}, {word: "where", needs: aCond, cond: true}}, parse: grammar[StopStmt]()},
			{word: "resume", then: true, usage: "`resume on EVENT`", needs: "`on` and events",
				clauses: []clause{{word: "on", needs: anEvent}, {word: "where", needs: aCond, cond: true}}, parse: grammar[StopStmt]()},
		},
	})

	handoffBlock = newBlock(&block{
		name: "a hand-off",
		statements: []*statement{
			{word: "channel", usage: "`channel crm`", needs: "a channel such as `crm`", parse: grammar[HandoffStmt]()},
			{word: "brief", usage: "`brief \"content/brief.md\"`", needs: "a file in quotes", parse: grammar[HandoffStmt]()},
			{word: "accept", then: true, usage: "`accept within 2d`", needs: "`within 2d`", clauses: []clause{{word: "within", needs: aDuration}}, parse: grammar[HandoffStmt]()},
			{word: "outcomes", usage: "`outcomes accepted, won, lost`", needs: "names such as `accepted`", parse: grammar[HandoffStmt]()},
		},
	})

	measureBlock = newBlock(&block{
		name: "the measures",
		statements: []*statement{
			{word: "revenue", usage: "`revenue EVENT.FIELD`", needs: "a field of an event", parse: grammar[MeasureStmt]()},
			{word: "cost", usage: "`cost contact.FIELD`", needs: "a field of the contact", parse: grammar[MeasureStmt]()},
		},
	})

	assignBlock = newBlock(&block{
		name: "a list of values", commas: true,
		other: &statement{usage: "`FIELD = VALUE`", needs: "`=` and a value", clauses: []clause{{word: "=", needs: "a value"}}, parse: grammar[Assign]()},
	})

	testBlock = newBlock(&block{
		name: "a test",
		statements: []*statement{
			{word: "contact", usage: "`contact { FIELD = VALUE }`", body: assignBlock, parse: keywordOnly[TestContact]},
			{word: "at", usage: "`at 2026-03-02 10:00`", needs: "a date with a time such as `2026-03-02 10:00`", parse: grammar[AtStmt]()},
			{word: "wait", usage: "`wait 31d`", needs: aDuration, parse: grammar[WaitStmt]()},
			{word: "expect", usage: "`expect in STAGE` or `expect CONDITION`", needs: "a condition, or `in` and a stage",
				clauses: []clause{{word: "in", needs: "a stage"}, {word: "held", needs: "a reason"}, {word: "refused", needs: "a reason"},
					{word: "asked", needs: "a field"}, {word: "handed", needs: "a hand-off"}}, parse: grammar[ExpectStmt]()},
		},
		other: &statement{usage: "`EVENT { FIELD = VALUE }`", body: assignBlock, bare: true, parse: grammar[TestEvent]()},
	})

	shareBlock = newBlock(&block{
		name: "the contacts of a scenario", commas: true,
		other: &statement{usage: "`FIELD 90%`, `FIELD \"VALUE\" 30%` or `FIELD 10..5000`", needs: "a percentage, values with theirs, or a range",
			parse: grammar[FieldShare]()},
	})

	scenarioBlock = newBlock(&block{
		name: "a scenario",
		statements: []*statement{
			{word: "contacts", usage: "`contacts 10000 { … }`", needs: aNumber, body: shareBlock, bare: true, parse: grammar[ContactsStmt]()},
		},
		other: &statement{usage: "`EVENT 4% within 1d..3d`", needs: aPercent,
			clauses: []clause{{word: "per", needs: aDuration}, {word: "within", needs: "a range such as `1d..3d`"}, {word: "where", needs: aCond, cond: true}},
			body:    assignBlock, bare: true, parse: grammar[ScenarioEvent]()},
	})

	fileBlock = newBlock(&block{
		name: "a playbook", lines: true,
		statements: []*statement{
			{word: "contact", usage: "`contact { … }`", body: fieldBlock, parse: keywordOnly[ContactDecl]},
			{word: "topics", usage: "`topics NAME, NAME`", needs: "names", parse: grammar[NamesDecl]()},
			{word: "roles", usage: "`roles NAME, NAME`", needs: "names", parse: grammar[NamesDecl]()},
			{word: "event", usage: "`event NAME { FIELD TYPE }`", needs: aName, body: eventBlock, bare: true, parse: grammar[EventDecl]()},
			{word: "segment", usage: "`segment NAME = CONDITION`", needs: aName, clauses: []clause{{word: "=", needs: aCond, cond: true}}, parse: grammar[SegmentDecl]()},
			{word: "score", usage: "`score NAME { … }`", needs: aName, body: scoreBlock, parse: grammar[ScoreDecl]()},
			{word: "offer", usage: "`offer NAME \"TITLE\" { … }`", needs: aName, body: offerBlock, parse: grammar[OfferDecl]()},
			{word: "map", usage: "`map NAME { … }`", needs: aName, body: mapBlock, parse: grammar[MapDecl]()},
			{word: "policy", usage: "`policy { … }`", body: policyBlock, parse: keywordOnly[PolicyDecl]},
			{word: "handoff", usage: "`handoff NAME \"TITLE\" { … }`", needs: aName, body: handoffBlock, parse: grammar[HandoffDecl]()},
			{word: "measure", usage: "`measure { … }`", body: measureBlock, parse: keywordOnly[MeasureDecl]},
			{word: "track", usage: "`track NAME { … }`", needs: aName, body: trackBlock, parse: grammar[TrackDecl]()},
			{word: "program", usage: "`program NAME \"TITLE\" { … }`", needs: aName, body: programBlock, parse: grammar[ProgramDecl]()},
			{word: "never", usage: "`never \"WHY\" when CONDITION`", needs: aText, clauses: []clause{{word: "when", needs: aCond, cond: true}}, parse: grammar[NeverDecl]()},
			{word: "migrate", usage: "`migrate PROGRAM.STAGE -> PROGRAM.STAGE`", needs: "a stage that no longer exists",
				clauses: []clause{{word: "->", needs: "a stage"}}, parse: grammar[MigrateDecl]()},
			{word: "test", usage: "`test \"TEXT\" { … }`", needs: aText, body: testBlock, parse: grammar[TestDecl]()},
			{word: "scenario", usage: "`scenario NAME { … }`", needs: aName, body: scenarioBlock, parse: grammar[ScenarioDecl]()},
		},
	})

	allBlocks = []*block{
		fileBlock, programBlock, stageBlock, trackBlock, offerBlock, policyBlock, handoffBlock, measureBlock,
		scoreBlock, testBlock, scenarioBlock, actionBlock, armBlock,
	}
)

func rule(r statement) *statement { return &r }

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

// sentence gives the tokens of one statement to participle.
type sentence []plex.Token

// Next takes the next token; the last one is the end of the statement.
func (s *sentence) Next() (plex.Token, error) {
	t := (*s)[0]
	*s = (*s)[1:]
	return t, nil
}
