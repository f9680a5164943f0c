package lsp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/syntax"
)

// Icons of the playbook's things in the editor's lists.
const (
	iconOffer   = protocol.CompletionItemKindConstant
	iconMap     = protocol.CompletionItemKindStruct
	iconSegment = protocol.CompletionItemKindInterface
	iconScore   = protocol.CompletionItemKindVariable
	iconTopic   = protocol.CompletionItemKindEnum
	iconEvent   = protocol.CompletionItemKindEvent
	iconHandoff = protocol.CompletionItemKindClass
	iconProgram = protocol.CompletionItemKindModule
	iconStage   = protocol.CompletionItemKindEnumMember
	iconTrack   = protocol.CompletionItemKindModule
	iconRole    = protocol.CompletionItemKindReference
	iconField   = protocol.CompletionItemKindField
	iconValue   = protocol.CompletionItemKindValue
	iconUnit    = protocol.CompletionItemKindUnit
	iconFile    = protocol.CompletionItemKindFile
	iconWord    = protocol.CompletionItemKindKeyword
)

// role collects what can stand where a statement asks for something.
func (c *completer) role(role syntax.Role) {
	book := c.Playbook
	for _, w := range role.Choices() {
		insert := ""
		if w.Word == "enum" || w.Word == "set" {
			insert = w.Word + `("${1:value}")`
		}
		c.add(candidate{label: w.Word, snippet: insert, doc: w.Doc, kind: iconWord})
	}
	switch role {
	case syntax.RoleOffer:
		c.offers()
	case syntax.RoleMap:
		for _, m := range book.Maps {
			c.add(candidate{label: m.Name, detail: "map of " + counted(offersOf(m), "offer"), of: check.Ref{Kind: check.AMap, Name: m.Name}, kind: iconMap})
		}
	case syntax.RoleTopic:
		c.topics()
	case syntax.RoleCell:
		c.cell()
	case syntax.RoleEvent, syntax.RoleOutsideEvent:
		c.events(role == syntax.RoleOutsideEvent)
	case syntax.RoleHandoff:
		for _, h := range book.Handoffs {
			c.add(candidate{label: h.Name, detail: h.Title, of: check.Ref{Kind: check.AHandoff, Name: h.Name}, kind: iconHandoff})
		}
	case syntax.RoleTarget:
		c.targets()
	case syntax.RoleTrack:
		for _, t := range book.Tracks {
			c.add(candidate{label: t.Name, of: check.Ref{Kind: check.ATrack, Name: t.Name}, kind: iconTrack})
		}
	case syntax.RoleRole:
		for _, r := range book.Roles {
			c.add(candidate{label: r.Name, of: check.Ref{Kind: check.ARole, Name: r.Name}, kind: iconRole})
		}
	case syntax.RoleField:
		c.fields(c.owner(), "")
	case syntax.RoleContactField:
		c.path("contact", book.Contact.Fields, nil)
	case syntax.RoleEventField:
		for _, e := range book.Events {
			if e.Kind == check.Declared {
				c.path(e.Name, e.Fields, isNumber)
			}
		}
	case syntax.RoleMatchField:
		for _, e := range c.reactsTo() {
			c.path("event", e.Fields, matchable)
		}
		c.path("contact", book.Contact.Fields, matchable)
	case syntax.RoleZoneField:
		c.path("contact", book.Contact.Fields, func(f *check.Field) bool { return f.Type == check.FieldTimezone })
		if c.place.Qualifier == "" {
			c.zones()
		}
	case syntax.RoleZone:
		c.zones()
	case syntax.RoleValue:
		if f := fieldNamed(c.owner(), c.place.Sentence.Words[0].Text); f != nil {
			c.values(f, false)
		}
	case syntax.RoleMatchValue:
		c.matchValues()
	case syntax.RoleKind:
		for _, o := range book.Offers {
			c.add(candidate{label: o.Kind, detail: "a kind of this playbook's", kind: iconValue})
		}
	case syntax.RoleChannel:
		c.add(candidate{label: "email", detail: "the default of offers", kind: iconValue})
		for _, o := range book.Offers {
			c.add(candidate{label: o.Channel, kind: iconValue})
		}
		for _, h := range book.Handoffs {
			c.add(candidate{label: h.Channel, kind: iconValue})
		}
	case syntax.RoleFile:
		c.files()
	case syntax.RoleDuration:
		c.durations(fitBest)
	case syntax.RoleTime:
		c.add(candidate{label: "09:00..17:00", kind: iconUnit})
	}
	if role == syntax.RoleDay && c.place.Sentence != nil && len(c.place.Sentence.Words) == 1 {
		c.add(candidate{label: "09:00..17:00", detail: "on every day", kind: iconUnit, fit: fitGood})
	}
}

// offers are the playbook's; those meant for the phase of the program around come first.
func (c *completer) offers() {
	p := c.programAround()
	for _, o := range c.Playbook.Offers {
		fit := fitGood
		if p != nil && slices.Contains(o.For, p.Phase) {
			fit = fitBest
		}
		c.add(candidate{label: o.Name, detail: o.Title, of: check.Ref{Kind: check.AnOffer, Name: o.Name}, kind: iconOffer, fit: fit})
	}
}

// topics are the playbook's; in a map those without a row come first.
func (c *completer) topics() {
	m := c.mapAround()
	if m != nil && len(m.Columns) == 0 && len(m.Rows) == 0 {
		c.add(candidate{label: "topic | otherwise", snippet: "topic | ${1:otherwise}", detail: "the first line of a map", kind: iconWord})
	}
	for _, t := range c.Playbook.Topics {
		fit := fitBest
		if m != nil && slices.ContainsFunc(m.Rows, func(r *check.MapRow) bool { return r.Topic == t }) {
			fit = fitOther
		}
		c.add(candidate{label: t.Name, of: check.Ref{Kind: check.ATopic, Name: t.Name}, kind: iconTopic, fit: fit})
	}
}

// cell is a cell of a map: a column in its first line, otherwise offers, those of the row's topic first.
func (c *completer) cell() {
	words := c.place.Sentence.Words
	if words[0].Text == "topic" {
		c.add(candidate{label: "otherwise", doc: "Everybody whom no column before is for.", kind: iconWord, fit: fitGood})
		c.segments(fitBest)
		return
	}
	for _, o := range c.Playbook.Offers {
		fit := fitGood
		if o.Topic != nil && o.Topic.Name == words[0].Text {
			fit = fitBest
		}
		c.add(candidate{label: o.Name, detail: o.Title, of: check.Ref{Kind: check.AnOffer, Name: o.Name}, kind: iconOffer, fit: fit})
	}
	c.add(candidate{label: "-", doc: "A deliberate gap.", kind: iconWord, fit: fitSome})
}

func (c *completer) segments(fit int) {
	for _, s := range c.Playbook.Segments {
		c.add(candidate{label: s.Name, detail: "segment", of: check.Ref{Kind: check.ASegment, Name: s.Name}, kind: iconSegment, fit: fit})
	}
}

// events are what a statement can react to; outside, what can be made to happen. Those of a hand-off that the stage opens
// come first.
func (c *completer) events(outside bool) {
	hands := c.handsTo()
	for _, e := range c.Playbook.Events {
		if outside && (e.Kind == check.Response || e.Kind == check.Exhausted || e.Kind == check.Overdue || e.Name == "task_overdue") {
			continue
		}
		name, ref, fit := e.Name, check.Ref{Kind: check.AnEvent, Name: e.Name}, fitGood
		if e.Handoff != nil {
			name = strings.TrimPrefix(e.Name, e.Handoff.Name+".")
			ref = check.Ref{Kind: check.AnOutcome, Of: e.Handoff.Name, Name: name}
			switch {
			case c.place.Qualifier == "":
				name = e.Name
			case c.place.Qualifier != e.Handoff.Name:
				continue
			}
			if hands[e.Handoff] {
				fit = fitBest
			}
		} else if c.place.Qualifier != "" {
			continue
		}
		c.add(candidate{label: name, of: ref, kind: iconEvent, fit: fit})
	}
}

// handsTo are the hand-offs that the program around opens.
func (c *completer) handsTo() map[*check.Handoff]bool {
	hands := map[*check.Handoff]bool{}
	if p := c.programAround(); p != nil {
		for _, s := range p.Stages {
			for _, e := range s.Entry {
				if e.Hand != nil {
					hands[e.Hand] = true
				}
			}
		}
	}
	return hands
}

// targets are where a rule can lead: stages of its program, other programs of the track and their stages, done.
func (c *completer) targets() {
	own, stage := c.programAround(), ""
	var track *check.Track
	top := ""
	for _, s := range c.place.Around {
		switch s.Word {
		case "stage":
			stage = s.Path(syntax.RoleStage)
		case "track", "test":
			top = s.Word
			track = c.track(s.Path(syntax.RoleTrack))
		}
	}
	if own != nil {
		track = own.Track
	}
	if own != nil && c.place.Qualifier == "" {
		for _, s := range own.Stages {
			fit := fitBest
			if s.Name == stage {
				fit = fitSome
			}
			c.add(candidate{label: s.Name, detail: "stage of this program", of: check.Ref{Kind: check.AStage, Of: own.Name, Name: s.Name}, kind: iconStage, fit: fit})
		}
	}
	if c.place.Qualifier == "" && top != "test" {
		c.add(candidate{label: "done", doc: "Out of the program.", kind: iconWord, fit: fitGood})
	}
	for _, p := range c.Playbook.Programs {
		if track != nil && p.Track != track {
			continue
		}
		if c.place.Qualifier == "" && p != own {
			first := ""
			if len(p.Stages) > 0 {
				first = ": begins in " + p.Stages[0].Name
			}
			c.add(candidate{label: p.Name, detail: "program" + first, of: check.Ref{Kind: check.AProgram, Name: p.Name}, kind: iconProgram, fit: fitGood})
		}
		for _, s := range p.Stages {
			w := candidate{label: p.Name + "." + s.Name, detail: "stage", of: check.Ref{Kind: check.AStage, Of: p.Name, Name: s.Name}, kind: iconStage, fit: fitSome}
			switch {
			case c.place.Qualifier == p.Name:
				w.label, w.fit = s.Name, fitBest
				c.add(w)
			case c.place.Qualifier == "" && p != own:
				c.add(w)
			}
		}
	}
}

// programAround is the program that the place stands in.
func (c *completer) programAround() *check.Program {
	if len(c.place.Around) == 0 || c.place.Around[0].Word != "program" {
		return nil
	}
	return c.program(c.place.Around[0].Path(syntax.RoleProgram))
}

func (c *completer) mapAround() *check.Map {
	if len(c.place.Around) != 1 || c.place.Around[0].Word != "map" {
		return nil
	}
	return c.offerMap(c.place.Around[0].Path(syntax.RoleMap))
}

// reactsTo are the events that the place sees: those of its own statement, or of the rule around it.
func (c *completer) reactsTo() []*check.Event {
	sentences := slices.Clone(c.place.Around)
	if c.place.Sentence != nil {
		sentences = append(sentences, *c.place.Sentence)
	}
	for _, s := range slices.Backward(sentences) {
		if s.Word == "goal" || s.Word == "event" {
			continue
		}
		var events []*check.Event
		for _, name := range s.Paths(syntax.RoleEvent) {
			if e := c.event(name); e != nil {
				events = append(events, e)
			}
		}
		if len(events) > 0 {
			return events
		}
	}
	return nil
}

// owner is whose fields stand in the braces around the place: the contact's, or those of an event.
func (c *completer) owner() []*check.Field {
	if c.place.Sentence != nil && c.place.Sentence.Word == "expect" {
		return c.Playbook.Contact.Fields
	}
	if n := len(c.place.Around); n > 0 {
		if name := c.place.Around[n-1].Path(syntax.RoleOutsideEvent); name != "" {
			if e := c.event(name); e != nil {
				return e.Fields
			}
			return nil
		}
	}
	return c.Playbook.Contact.Fields
}

// path collects fields as they are written behind whose they are.
func (c *completer) path(of string, fields []*check.Field, fits func(*check.Field) bool) {
	before := of + "."
	if q := c.place.Qualifier; q != "" {
		if q != of {
			return
		}
		before = ""
	}
	for _, f := range fields {
		if fits == nil || fits(f) {
			c.addField(before, of, f, fitBest)
		}
	}
}

func (c *completer) fields(fields []*check.Field, before string) {
	for _, f := range fields {
		c.addField(before, "contact", f, fitBest)
	}
}

func (c *completer) addField(before, of string, f *check.Field, fit int) {
	ref := check.Ref{Kind: check.AField, Of: of, Name: f.Name}
	if of != "contact" {
		ref.Kind = check.AnEventField
	}
	c.add(candidate{label: before + f.Name, detail: typeOf(f), of: ref, kind: iconField, fit: fit})
}

// typeOf is a field's type as it is written.
func typeOf(f *check.Field) string {
	if len(f.Values) == 0 {
		return f.Type.String()
	}
	quoted := make([]string, len(f.Values))
	for i, v := range f.Values {
		quoted[i] = strconv.Quote(v)
	}
	return fmt.Sprintf("%s(%s)", f.Type, strings.Join(quoted, ", "))
}

func fieldNamed(fields []*check.Field, name string) *check.Field {
	i := slices.IndexFunc(fields, func(f *check.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return fields[i]
}

func isNumber(f *check.Field) bool { return f.Type == check.FieldNumber }

func matchable(f *check.Field) bool {
	switch f.Type {
	case check.FieldText, check.FieldEmail, check.FieldTimezone, check.FieldEnum, check.FieldTopic, check.FieldOffer:
		return true
	}
	return false
}

// offersOf is how many offers a map has.
func offersOf(m *check.Map) int {
	offers := map[*check.Offer]bool{}
	for _, r := range m.Rows {
		for _, cell := range r.Cells {
			for _, o := range cell {
				offers[o] = true
			}
		}
	}
	return len(offers)
}
