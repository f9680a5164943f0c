package cond

import (
	"slices"

	"nurture/lang/diag"
)

// Schema is what a playbook declares, as far as conditions can see it. Fill it before the first condition is checked and
// leave it alone from then on. It is not safe for concurrent use.
type Schema struct {
	Contact  []SchemaField
	Events   []SchemaEvent
	Segments []SchemaSegment
	Scores   []SchemaScore
	Offers   []string
	Topics   []string
	Maps     []string

	// Others names what else has a name in the playbook and what it is ("a program"), for the message where a condition
	// uses such a name.
	Others map[string]string
	// Broken are names whose declaration may stand in text that did not parse: a use of one is not judged.
	Broken map[string]bool

	// Memory, when given, spares the work that was done for an earlier Schema of the same playbook.
	Memory *Memory

	*index
}

// Kind is the declared type of a field.
type Kind uint8

const (
	KindText Kind = iota
	KindNumber
	KindBool
	KindDate
	KindTime
	KindTimezone
	KindEmail
	KindEnum
	KindSet
	KindTopic
	KindOffer   // event.offer
	KindUnknown // the declaration has errors: what is done with the field is not judged
)

// Type is the type that an expression of the field has.
func (k Kind) Type() Type {
	switch k {
	case KindNumber:
		return Number
	case KindBool:
		return Bool
	case KindDate:
		return Date
	case KindTime:
		return Time
	case KindSet:
		return Set
	case KindUnknown:
		return Bad
	default:
		return Text
	}
}

type (
	// SchemaField is a field of the contact or of an event. Values are those of an enum or a set.
	SchemaField struct {
		Name   string
		Kind   Kind
		Values []string
	}
	// SchemaEvent is an event by its whole name ("opened", "sales.won") with its fields; `at`, which every event has, is not
	// among them.
	SchemaEvent struct {
		Name   string
		Fields []SchemaField
	}
	// SchemaSegment is a segment with its condition as written: whether it changes with time is read from the text, so
	// conditions can be checked in any order.
	SchemaSegment struct {
		Name string
		Text string
	}
	// SchemaScore is a score. It changes with time when it halves, or when a condition of its `when` terms does.
	SchemaScore struct {
		Name   string
		Halves bool
		When   []string
	}
)

// Scope is what one condition can see beside what every condition can.
type Scope struct {
	Events []string // event.* is a field of these events, all of them; none: no event.*. Unknown ones are not judged.
	Offer  bool     // offer.* is there
}

// offerAttributes are what offer.* can be.
var offerAttributes = []string{"intent", "topic", "kind", "channel"}

// phases in their order, and what an offer can be meant to do.
var (
	phases  = []string{"engage", "nurture", "convert", "accelerate", "reassure", "retain"}
	intents = []string{"educate", "presell", "sell"}
)

// index finds what the Schema lists. It is built by the first condition.
type index struct {
	contact  map[string]*SchemaField
	events   map[string]*SchemaEvent
	segments map[string]*SchemaSegment
	scores   map[string]*SchemaScore
	things   map[string]Thing // offers, topics and maps
	clocks   map[string]bool  // segments, and scores as "score.x": whether they depend on time
	near     int              // how many names may still be compared for suggestions
	excused  int              // how many names were not judged since they may be declared in text that did not parse
}

// suggestions bounds the work that a playbook full of unknown names makes.
const suggestions = 1_000_000

func (s *Schema) build() {
	if s.index != nil {
		return
	}
	s.index = &index{
		contact:  map[string]*SchemaField{},
		events:   map[string]*SchemaEvent{},
		segments: map[string]*SchemaSegment{},
		scores:   map[string]*SchemaScore{},
		things:   map[string]Thing{},
		clocks:   map[string]bool{},
		near:     suggestions,
	}
	for i := range s.Contact {
		s.contact[s.Contact[i].Name] = &s.Contact[i]
	}
	for i := range s.Events {
		s.events[s.Events[i].Name] = &s.Events[i]
	}
	for i := range s.Segments {
		s.segments[s.Segments[i].Name] = &s.Segments[i]
	}
	for i := range s.Scores {
		s.scores[s.Scores[i].Name] = &s.Scores[i]
	}
	for _, names := range []struct {
		of   Thing
		list []string
	}{{AnOffer, s.Offers}, {ATopic, s.Topics}, {AMap, s.Maps}} {
		for _, name := range names.list {
			s.things[name] = names.of
		}
	}
	if s.Memory != nil {
		s.Memory.begin(s)
	}
	s.tellClocks()
}

// nearest is the candidate that was probably meant by a word.
func (s *Schema) nearest(word string, candidates []string) (string, bool) {
	if s.near -= len(candidates); s.near < 0 {
		return "", false
	}
	return diag.Nearest(word, candidates)
}

// halfWritten says whether an unknown name may be declared in text that did not parse.
func (s *Schema) halfWritten(name string) bool {
	if s.Broken[name] {
		s.excused++
	}
	return s.Broken[name]
}

// is says what a name is when it is no name that can stand bare in a condition; "" when nothing has it.
func (s *Schema) is(name string) string {
	if of, ok := s.things[name]; ok {
		return [...]string{AnOffer: "an offer", ATopic: "a topic", AMap: "a map"}[of]
	}
	if s.segments[name] != nil {
		return "a segment"
	}
	if s.scores[name] != nil {
		return "a score"
	}
	if s.events[name] != nil {
		return "an event"
	}
	if what, ok := s.Others[name]; ok {
		return what
	}
	if s.contact[name] != nil {
		return "a field of the contact"
	}
	return ""
}

func (e *SchemaEvent) field(name string) *SchemaField {
	if i := slices.IndexFunc(e.Fields, func(f SchemaField) bool { return f.Name == name }); i >= 0 {
		return &e.Fields[i]
	}
	return nil
}

func names[T any](list []T, name func(T) string) []string {
	all := make([]string, len(list))
	for i, x := range list {
		all[i] = name(x)
	}
	return all
}

func fieldNames(fields []SchemaField) []string {
	return names(fields, func(f SchemaField) string { return f.Name })
}
