package cond

// Word documents a word that conditions know: completion, hover and the reference are made from these tables.
type Word struct {
	Name      string
	Signature string // how it is written: "count(EVENT, 30d)"
	Doc       string
}

// Functions are the functions of conditions.
var Functions = []Word{
	{"known", "known(contact.FIELD)", "Whether we know this about the contact."},
	{"sent", "sent(OFFER)", "How often it was sent to this contact; of a topic or a map, how often one of its offers."},
	{"responded", "responded(OFFER)", "How often this contact answered it; of a topic or a map, one of its offers."},
	{"count", "count(EVENT, 30d)", "How often the event happened to this contact, in the last 30 days; without a duration, ever."},
	{"last", "last(EVENT)", "When the event last happened to this contact."},
	{"since", "since(TIME)", "How long ago that was; compare it with a duration."},
	{"until", "until(TIME)", "How long it is until then; compare it with a duration."},
	{"lower", "lower(TEXT)", "The text in lower case."},
	{"upper", "upper(TEXT)", "The text in upper case."},
	{"trim", "trim(TEXT)", "The text without the blanks around it."},
	{"len", "len(TEXT)", "How many characters the text, or how many values the set has."},
	{"abs", "abs(NUMBER)", "The number without its sign."},
	{"min", "min(NUMBER, NUMBER, …)", "The smallest of the numbers."},
	{"max", "max(NUMBER, NUMBER, …)", "The largest of the numbers."},
	{"round", "round(NUMBER)", "The nearest whole number, halves away from zero."},
}

// Names are what else a condition can begin a value with.
var Names = []Word{
	{"contact", "contact.FIELD", "What we know about the contact."},
	{"event", "event.FIELD", "The event that a rule reacts to: its fields, and `event.at`, when it happened."},
	{"score", "score.NAME", "A score as it reads now."},
	{"stage", "stage.entered", "When the contact came into its stage on this track."},
	{"program", "program.entered", "When the contact came into its program on this track."},
	{"offer", "offer.intent", "The offer that is being weighed: its `intent`, `topic`, `kind` or `channel`."},
	{"phase", "phase", "The phase of the program that the contact is in: engage, nurture, convert, accelerate, reassure or retain."},
	{"completeness", "completeness", "How much of what we ask for is known, from 0 to 1."},
	{"true", "true", "Holds always."},
	{"false", "false", "Holds never."},
}

// Operators are the words that stand between or before values.
var Operators = []Word{
	{"and", "A and B", "Both hold."},
	{"or", "A or B", "One of them holds, or both."},
	{"not", "not A", "It does not hold."},
	{"in", "VALUE in [\"a\", \"b\"]", "It is one of the list, or one of a set field's values."},
	{"contains", "TEXT contains \"part\"", "The part stands in the text, or the value in the set."},
	{"startsWith", "TEXT startsWith \"part\"", "The text begins with the part."},
	{"endsWith", "TEXT endsWith \"part\"", "The text ends with the part."},
	{"matches", "TEXT matches \"^a+$\"", "The regular expression (RE2) matches somewhere in the text."},
}

// Reserved says whether a word has a meaning of its own in conditions, so that nothing that stands bare in them can be
// called by it.
func Reserved(name string) bool {
	for _, table := range [][]Word{Functions, Names, Operators} {
		for _, w := range table {
			if w.Name == name {
				return true
			}
		}
	}
	return name == "nil" || name == "let" || name == "if" || name == "else"
}

func wordNames(words []Word) []string { return names(words, func(w Word) string { return w.Name }) }
