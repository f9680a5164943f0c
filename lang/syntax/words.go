package syntax

// Keyword documents a word that begins a statement, or one inside it.
type Keyword struct {
	Word  string
	Block string // where the statement stands: "a stage"
	Of    string // of a word inside a statement, that statement's own word; "" where it begins with a name
	Inner bool   // a word inside a statement
	Usage string // how the statement is written, in backquotes; several ways joined by "or"
	Needs string // what follows the word: "a duration such as `7d`"; "" when nothing has to
	Doc   string
	Takes Role // what its first operand is
	Opens bool // a block follows
	Once  bool // the statement stands at most once in its block; a declaration, in the playbook
}

func (s *statement) keyword() Keyword {
	takes := s.takes.at(0)
	if s.declares != NoRole {
		takes = NoRole
	}
	return Keyword{Word: s.word, Block: s.in.name, Usage: s.usage, Needs: s.needs, Doc: s.doc, Takes: takes, Opens: s.body != nil && !s.bare, Once: s.once}
}

func (c *clause) keyword(s *statement) Keyword {
	return Keyword{Word: c.word, Block: s.in.name, Of: s.word, Inner: true, Usage: s.usage, Needs: c.needs, Doc: c.doc, Takes: c.takes.at(0), Opens: c.body != nil}
}

// Keywords are all words of all statements: what completion, hover and the reference know of them. Those inside a
// statement stand behind its own.
func Keywords() []Keyword {
	var all []Keyword
	for _, b := range [...]*block{
		fileBlock, fieldBlock, eventBlock, scoreBlock, offerBlock, mapBlock, policyBlock, handoffBlock, measureBlock, trackBlock,
		programBlock, stageBlock, armBlock, actionBlock, testBlock, assignBlock, scenarioBlock, shareBlock,
	} {
		statements := b.statements
		if b.other != nil {
			statements = append(statements[:len(statements):len(statements)], b.other)
		}
		for _, s := range statements {
			if s.word != "" {
				all = append(all, s.keyword())
			}
			for _, c := range s.clauses {
				all = append(all, c.keyword(s))
			}
		}
	}
	return all
}

// Choice is a word of a list of the language's, such as a phase.
type Choice struct{ Word, Doc string }

// Choices are the words of which one stands where the role is asked for; nil where that is no list of the language's.
func (r Role) Choices() []Choice { return choices[r] }

var fieldTypes = []Choice{
	{"text", "Any text."},
	{"number", "A number, plain: `1234.5`."},
	{"bool", "Yes or no: yes/no, y/n, true/false, 1/0, in any case."},
	{"date", "A day: `2026-12-31`."},
	{"time", "An instant: `2026-03-04T09:12:00Z`, or `2026-03-04 09:12` in the policy's zone."},
	{"timezone", "An IANA name such as `Europe/Berlin`."},
	{"email", "One address, in any case."},
	{"enum", "One of its values, in any case: `enum(\"a\", \"b\")`."},
	{"set", "Some of its values: `set(\"a\", \"b\")`."},
}

var choices = map[Role][]Choice{
	RolePhase: {
		{"engage", "The first phase: get to know one another."},
		{"nurture", "The second phase: educate, until there is a need."},
		{"convert", "The third phase: from interest to a talk with sales."},
		{"accelerate", "The fourth phase: sales works the lead; the dialogue goes on."},
		{"reassure", "The fifth phase: after the purchase."},
		{"retain", "The sixth phase: keep a customer."},
	},
	RoleIntent: {
		{"educate", "To teach something that is of use without us."},
		{"presell", "To show what we could do about it."},
		{"sell", "To sell."},
	},
	RolePick: {
		{"ordered", "The default: in order; of a map row by row, the cells of the contact's column left to right."},
		{"explore", "From the topic that was sent least to this contact."},
		{"interest", "From the topic that this contact answered most."},
		{"latest", "The offer with the newest `published`; one without is the oldest."},
	},
	RoleWeight: {
		{"light", "Easily told: it is asked first."},
		{"medium", "Asked when no light question is left."},
		{"heavy", "Asked last, and never before the phase `convert`."},
	},
	RoleType:      fieldTypes,
	RoleEventType: append(fieldTypes[:len(fieldTypes):len(fieldTypes)], Choice{"topic", "A declared topic, in any case."}),
	RoleDay: {
		{"weekdays", "Monday to Friday."},
		{"everyday", "All days."},
		{"mon", "Monday."}, {"tue", "Tuesday."}, {"wed", "Wednesday."}, {"thu", "Thursday."}, {"fri", "Friday."},
		{"sat", "Saturday."}, {"sun", "Sunday."},
	},
	RoleHeld: {
		{"window", "Outside the policy's windows."},
		{"skip", "On a day that the policy skips."},
		{"cap", "Over a cap of the policy."},
		{"repeat", "What is left waits for its `repeat`."},
		{"published", "What is left is not published yet."},
	},
	RoleRefused: {
		{"consent", "The policy's `consent` is not true of the contact."},
		{"stopped", "A `stop` of the policy holds."},
		{"address", "There is no address to write to."},
		{"holdout", "The contact is in the program's `holdout`."},
		{"where", "The `where` of the send leaves nothing."},
		{"never", "A `never` leaves nothing."},
	},
}
