package check

import (
	"slices"

	"nurture/lang/syntax"
)

// BuiltinEvent documents an event that every playbook has.
type BuiltinEvent struct {
	Name   string
	Kind   EventKind
	Doc    string
	Fields []BuiltinField // beside `at`, which every event has
}

// BuiltinField documents a field of a built-in event.
type BuiltinField struct {
	Name string
	Type FieldType
	Doc  string
}

var (
	offerField  = BuiltinField{"offer", FieldOffer, "The offer that the message carried."}
	topicField  = BuiltinField{"topic", FieldTopic, "The topic of that offer."}
	taskField   = BuiltinField{"task", FieldText, "The text of the task."}
	messageOnly = []BuiltinField{offerField, topicField}
)

// BuiltinEvents is the one table of what every playbook can react to; hover, completion and the reference are made from it.
var BuiltinEvents = []BuiltinEvent{
	{"sent", Message, "A message was sent.", messageOnly},
	{"delivered", Message, "A message reached the mailbox.", messageOnly},
	{"opened", Message, "A message was opened.", messageOnly},
	{"clicked", Message, "A link of a message was clicked.", []BuiltinField{offerField, topicField, {"link", FieldText, "The address of the link."}}},
	{"replied", Message, "The contact wrote back.", messageOnly},
	{"submitted", Message, "The contact filled in a form: the fields it answered are written to the contact, and stand in the event.", messageOnly},
	{"bounced", Message, "A message came back.", []BuiltinField{offerField, topicField, {"hard", FieldBool, "Whether the address does not exist."}}},
	{"complained", Message, "The contact reported a message as spam.", messageOnly},
	{"unsubscribed", Message, "The contact wants no more messages.", messageOnly},
	{"resubscribed", Message, "The contact wants messages again.", messageOnly},
	{"task_done", TaskEvent, "Somebody did a task.", []BuiltinField{taskField}},
	{"task_overdue", TaskEvent, "A task was not done in time.", []BuiltinField{taskField}},
	{"response", Response, "The contact answered a sending for the first time: by a click, a reply or a form, or what the offer's `response` names.", messageOnly},
	{"exhausted", Exhausted, "A touch was due and nothing that its `send` offers can be sent to this contact any more.", nil},
}

// Docs of what each hand-off has.
const (
	outcomeDoc = "What became of the hand-off."
	overdueDoc = "The hand-off was not answered within its `accept`."
)

// lineFields are what no declared event can call a field: each line of an events file has them with a meaning of its own.
var lineFields = map[string]string{
	"id":      "names the event",
	"contact": "names whom it is about",
	"event":   "is the event's name",
	"at":      "is when it happened",
}

func (c *checker) declareBuiltins() {
	for i := range BuiltinEvents {
		b := &BuiltinEvents[i]
		e := c.memory.builtins[b.Name]
		if e == nil || b.Name == "submitted" && !c.sameContact() {
			e = &Event{Symbol: Symbol{Name: b.Name, Doc: b.Doc}, Kind: b.Kind}
			for _, f := range b.Fields {
				e.Fields = append(e.Fields, &Field{Symbol: Symbol{Name: f.Name, Doc: f.Doc}, Type: f.Type, of: b.Name})
			}
		}
		c.taken[b.Name] = owner{kind: AnEvent}
		c.events.add(b.Name, e)
		c.book.Events = append(c.book.Events, e)
	}
}

// sameContact says whether the contact has the fields that it had, which `submitted` carries.
func (c *checker) sameContact() bool {
	return slices.ContainsFunc(c.units, func(u *unit) bool {
		_, ok := u.tree.(*syntax.ContactDecl)
		return ok && u.done
	})
}

// answers lets `submitted` carry the contact's fields; those that a line or a message uses otherwise are left out.
func (c *checker) answers() {
	submitted := c.events.things["submitted"]
	for _, f := range c.book.Contact.Fields {
		if _, used := lineFields[f.Name]; !used && f.Name != "offer" && f.Name != "topic" && c.fields.things[f.Name] == f {
			submitted.Fields = append(submitted.Fields, f)
		}
	}
}

// field is a field of an event.
func (e *Event) field(name string) *Field {
	for _, f := range e.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Outside says whether an event comes from outside, so that a test or a scenario can make it happen; the others the
// run makes itself.
func (e *Event) Outside() bool {
	switch e.Kind {
	case Response, Exhausted, Overdue:
		return false
	case TaskEvent:
		return e.Name == "task_done"
	default:
		return true
	}
}
