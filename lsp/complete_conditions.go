package lsp

import (
	"slices"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/syntax"
)

// signs are the operators that are no words.
var signs = []cond.Word{
	{Name: "==", Signature: "A == B", Doc: "They are the same; unknown is the same as nothing."},
	{Name: "!=", Signature: "A != B", Doc: "Exactly not `==`: so true of what is unknown."},
	{Name: ">=", Signature: "A >= B", Doc: "At least."},
	{Name: "<=", Signature: "A <= B", Doc: "At most."},
	{Name: ">", Signature: "A > B", Doc: "More than."},
	{Name: "<", Signature: "A < B", Doc: "Less than."},
}

// condition collects what can go on a condition.
func (c *completer) condition() {
	at := cond.At(c.place.Condition)
	switch {
	case at.Member != "":
		c.member(at)
	case at.Complete:
		c.operators()
	default:
		if at.Against != "" {
			c.comparedWith(at.Against)
		}
		if !c.place.Quoted {
			c.argument(at)
		}
	}
}

func (c *completer) operators() {
	for _, w := range cond.Operators {
		if w.Name != "not" {
			c.add(candidate{label: w.Name, detail: w.Signature, doc: w.Doc, kind: iconWord, fit: fitGood})
		}
	}
	c.add(candidate{label: "not in", detail: `VALUE not in ["a", "b"]`, doc: "Exactly not `in`: so true of what is unknown.", kind: iconWord, fit: fitGood})
	for _, w := range signs {
		c.add(candidate{label: w.Name, detail: w.Signature, doc: w.Doc, kind: protocol.CompletionItemKindOperator, fit: fitSome})
	}
}

// member is what stands behind `contact.` and its like.
func (c *completer) member(at cond.Place) {
	switch at.Member {
	case "contact":
		c.fields(c.Playbook.Contact.Fields, "")
	case "event":
		c.eventFields("")
	case "score":
		c.scores("")
	case "stage", "program":
		c.add(candidate{label: "entered", detail: "time", doc: nameDoc(at.Member), kind: iconField})
	case "offer":
		for _, a := range offerAttributes {
			c.add(candidate{label: a, doc: nameDoc("offer"), kind: iconField})
		}
	default:
		c.place.Qualifier = at.Member
		c.events(false)
	}
}

// offerAttributes are what a condition can ask of the offer that is being weighed.
var offerAttributes = []string{"intent", "topic", "kind", "channel"}

func nameDoc(name string) string {
	i := slices.IndexFunc(cond.Names, func(w cond.Word) bool { return w.Name == name })
	return cond.Names[i].Doc
}

// eventFields are those of the events that the place sees; of several, those that all have.
func (c *completer) eventFields(before string) {
	events := c.reactsTo()
	if len(events) == 0 {
		return
	}
	for _, f := range events[0].Fields {
		shared := func(e *check.Event) bool { return fieldNamed(e.Fields, f.Name) != nil }
		if !slices.ContainsFunc(events[1:], func(e *check.Event) bool { return !shared(e) }) {
			c.addField(before, events[0].Name, f, fitBest)
		}
	}
	c.add(candidate{label: before + "at", detail: "time", doc: "When it happened.", kind: iconField, fit: fitGood})
}

func (c *completer) scores(before string) {
	for _, s := range c.Playbook.Scores {
		c.add(candidate{label: before + s.Name, detail: "score", of: check.Ref{Kind: check.AScore, Name: s.Name}, kind: iconScore, fit: fitGood})
	}
}

// comparedWith collects the values of what stands on the other side.
func (c *completer) comparedWith(other string) {
	of, name, _ := strings.Cut(other, ".")
	texts := func(values []syntax.Choice) {
		for _, v := range values {
			w := candidate{label: v.Word, doc: v.Doc, kind: iconValue}
			if !c.place.Quoted {
				w.label = strconv.Quote(v.Word)
			}
			c.add(w)
		}
	}
	switch {
	case of == "contact":
		if f := fieldNamed(c.Playbook.Contact.Fields, name); f != nil {
			c.values(f, true)
		}
	case of == "event":
		for _, e := range c.reactsTo() {
			if f := fieldNamed(e.Fields, name); f != nil {
				c.values(f, true)
			}
		}
	case other == "phase":
		texts(syntax.RolePhase.Choices())
	case other == "offer.intent":
		texts(syntax.RoleIntent.Choices())
	case other == "offer.topic":
		c.values(&check.Field{Type: check.FieldTopic}, true)
	case other == "offer.kind", other == "offer.channel":
		for _, o := range c.Playbook.Offers {
			value := o.Kind
			if name == "channel" {
				value = o.Channel
			}
			if value != "" {
				texts([]syntax.Choice{{Word: value}})
			}
		}
	case other == "since", other == "until":
		c.durations(fitBest)
	}
}

// argument collects values: those that the function around takes first, then all others.
func (c *completer) argument(at cond.Place) {
	switch parameter(at) {
	case "contact.FIELD":
		for _, f := range c.Playbook.Contact.Fields {
			c.addField("contact.", "contact", f, fitBest)
		}
		return
	case "OFFER":
		c.offers()
		for _, t := range c.Playbook.Topics {
			c.add(candidate{label: t.Name, detail: "topic", of: check.Ref{Kind: check.ATopic, Name: t.Name}, kind: iconTopic, fit: fitGood})
		}
		for _, m := range c.Playbook.Maps {
			c.add(candidate{label: m.Name, detail: "map", of: check.Ref{Kind: check.AMap, Name: m.Name}, kind: iconMap, fit: fitGood})
		}
		return
	case "EVENT":
		c.events(false)
		return
	case "30d":
		c.durations(fitBest)
		return
	case "TIME":
		c.typed(isInstant)
		return
	case "TEXT":
		c.typed(func(f *check.Field) bool {
			return !isInstant(f) && f.Type != check.FieldNumber && f.Type != check.FieldBool
		})
		return
	case "NUMBER":
		c.typed(isNumber)
	}
	c.anyValue(at)
}

// parameter is how the signature of the function around the place calls the argument that stands here.
func parameter(at cond.Place) string {
	for _, f := range cond.Functions {
		if f.Name == at.Call {
			all := f.Parameters()
			if at.Argument < len(all) {
				return all[at.Argument]
			}
			return all[0]
		}
	}
	return ""
}

func isInstant(f *check.Field) bool { return f.Type == check.FieldTime || f.Type == check.FieldDate }

// typed collects fields of a type, and what else the language has of times.
func (c *completer) typed(fits func(*check.Field) bool) {
	for _, f := range c.Playbook.Contact.Fields {
		if fits(f) {
			c.addField("contact.", "contact", f, fitBest)
		}
	}
	for _, e := range c.reactsTo() {
		for _, f := range e.Fields {
			if fits(f) {
				c.addField("event.", e.Name, f, fitBest)
			}
		}
	}
	if !fits(&check.Field{Type: check.FieldTime}) {
		return
	}
	for _, w := range cond.Names {
		if w.Name == "stage" || w.Name == "program" {
			c.add(candidate{label: w.Signature, detail: "time", doc: w.Doc, kind: iconField, fit: fitGood})
		}
	}
	for _, w := range cond.Functions {
		if w.Name == "last" {
			c.function(w, fitGood)
		}
	}
	if len(c.reactsTo()) > 0 {
		c.add(candidate{label: "event.at", detail: "time", doc: "When it happened.", kind: iconField, fit: fitGood})
	}
}

// anyValue collects everything with which a value can begin.
func (c *completer) anyValue(at cond.Place) {
	c.segments(fitGood)
	for _, f := range c.Playbook.Contact.Fields {
		c.addField("contact.", "contact", f, fitGood)
	}
	if len(c.reactsTo()) > 0 {
		c.eventFields("event.")
	}
	c.scores("score.")
	for _, w := range cond.Functions {
		c.function(w, fitSome)
	}
	for _, w := range cond.Names {
		switch w.Name {
		case "contact", "event", "score":
		case "offer":
			if c.weighsOffers() {
				for _, a := range offerAttributes {
					c.add(candidate{label: "offer." + a, doc: w.Doc, kind: iconField, fit: fitBest})
				}
			}
		default:
			c.add(candidate{label: w.Signature, doc: w.Doc, kind: iconWord, fit: fitSome})
		}
	}
	if at.Against == "" {
		c.add(candidate{label: "not", detail: "not A", doc: "It does not hold.", kind: iconWord, fit: fitSome})
	}
}

// weighsOffers says whether the condition is asked of the offers of a touch.
func (c *completer) weighsOffers() bool {
	s := c.place.Sentence
	return s != nil && (s.Word == "never" || s.Word == "send")
}

func (c *completer) function(w cond.Word, fit int) {
	c.add(candidate{
		label: w.Name, insert: w.Name + "(", snippet: w.Name + "($1)", detail: w.Signature, doc: w.Doc,
		kind: protocol.CompletionItemKindFunction, fit: fit,
	})
}
