package check

import (
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// fieldTypes are the words for the types of fields. FieldTopic is for events only.
var fieldTypes = []struct {
	word string
	is   FieldType
}{
	{"text", FieldText}, {"number", FieldNumber}, {"bool", FieldBool}, {"date", FieldDate}, {"time", FieldTime},
	{"timezone", FieldTimezone}, {"email", FieldEmail}, {"enum", FieldEnum}, {"set", FieldSet}, {"topic", FieldTopic},
}

// otherTypes are words for types that other languages have.
var otherTypes = map[string]string{
	"string": "text", "str": "text", "varchar": "text", "int": "number", "integer": "number", "float": "number",
	"decimal": "number", "money": "number", "boolean": "bool", "flag": "bool", "datetime": "time", "timestamp": "time",
	"mail": "email", "tz": "timezone", "list": "set", "choice": "enum",
}

func (t FieldType) String() string {
	for _, ft := range fieldTypes {
		if ft.is == t {
			return ft.word
		}
	}
	return "offer"
}

var weights = []string{"light", "medium", "heavy"}

func (c *checker) checkContact() {
	if len(c.contacts) == 0 {
		if len(c.book.Files) > 0 && !c.broken["contact"] {
			c.file = c.book.Files[0].Name
			c.errorf("NUR100", syntax.Span{}, "the playbook has no `contact` block; write one that says what is known of a contact, such as `contact { email email key }`")
		}
		return
	}
	for i, d := range c.contacts {
		if c.known(d.unit) {
			for _, f := range d.is.Fields {
				c.fields.add(f.Name, f)
			}
			return
		}
		if i > 0 {
			c.errorf("NUR105", d.tree.Keyword, "there is a `contact` block already; write all fields of the contact in one").
				because(diag.Span{File: c.contacts[0].file, Start: c.contacts[0].tree.Keyword.Start, End: c.contacts[0].tree.Keyword.End}, "the first one")
		}
		for _, s := range stmts(d.tree.Body) {
			if f, ok := s.(*syntax.FieldStmt); ok {
				c.checkField(f)
			}
		}
	}
	c.checkKey()
	c.answers()
	c.unit = nil
}

func (c *checker) checkField(tree *syntax.FieldStmt) {
	contact := c.book.Contact
	f := &Field{Symbol: c.symbol(tree.Name, &tree.Node), Column: text(tree.From), of: ofContact}
	if f.Name == "" {
		return
	}
	c.declares(AField, ofContact, tree.Name)
	if first, there := c.fields.things[f.Name]; there {
		c.errorf("NUR101", tree.Name.Span, "the contact has a field `%s` already; choose another name", f.Name).
			because(first.Span, "first declared here")
	}
	c.fields.add(f.Name, f)
	contact.Fields = append(contact.Fields, f)
	c.typeField(f, tree.Type)
	for _, u := range tree.Unknown {
		f.Unknown = append(f.Unknown, u.Value)
	}
	if tree.From != nil && strings.TrimSpace(f.Column) == "" {
		c.errorf("NUR109", tree.From.Span, "the column of `%s` needs a name: write it as it stands in the CSV file's first line", f.Name)
	}
	if q := tree.Question; q != nil {
		f.Question = &Question{Text: q.Text.Value, Span: c.span(q.Span)}
		if w, ok := c.choose(q.Weight, "how much a question demands", weights); ok {
			f.Question.Weight = Weight(w)
		}
		if strings.TrimSpace(q.Text.Value) == "" && q.Text.End > q.Text.Start {
			c.errorf("NUR109", q.Text.Span, "the question of `%s` is empty; write what to ask", f.Name)
		}
	}
	if tree.Key != nil {
		switch {
		case contact.Key != nil:
			c.errorf("NUR112", tree.Key.Span, "`%s` is the key already; one field names a contact", contact.Key.Name).
				because(contact.Key.Span, "the key")
		case !c.untyped[f] && f.Type != FieldText && f.Type != FieldEmail && f.Type != FieldNumber:
			c.errorf("NUR113", tree.Key.Span, "a %s cannot name a contact; the key is an email, a text or a number", f.Type)
			contact.Key = f
		default:
			contact.Key = f
		}
	}
	if tree.Arrived != nil {
		switch {
		case contact.Arrived != nil:
			c.errorf("NUR112", tree.Arrived.Span, "`%s` says already when a contact arrived; only one field can", contact.Arrived.Name).
				because(contact.Arrived.Span, "the other one")
		case !c.untyped[f] && f.Type != FieldTime && f.Type != FieldDate:
			c.errorf("NUR113", tree.Arrived.Span, "a %s cannot say when a contact arrived; `arrived` needs a time or a date", f.Type)
		default:
			contact.Arrived = f
		}
	}
}

// checkKey finds the field that names a contact and the one mail goes to.
func (c *checker) checkKey() {
	contact := c.book.Contact
	for _, f := range contact.Fields {
		if f.Type == FieldEmail && !c.untyped[f] {
			contact.Address = f
			break
		}
	}
	if contact.Key == nil {
		contact.Key = contact.Address
	}
	if contact.Address == nil {
		contact.Address = contact.Key
	}
	if contact.Key != nil || len(c.untyped) > 0 {
		return
	}
	first := c.contacts[0]
	if c.turn(first.unit); sound(first.tree.Body) {
		c.errorf("NUR111", first.tree.Keyword, "nothing names a contact: give a field the type `email`, or write `key` behind the field that does")
	}
}

// typeField sets the type of a field.
func (c *checker) typeField(f *Field, t syntax.Type) {
	known, event := false, f.of != ofContact
	for _, ft := range fieldTypes {
		if ft.word == t.Name.Text && (event || ft.is != FieldTopic) {
			f.Type, known = ft.is, true
		}
	}
	if !known {
		c.untyped[f] = true
		c.unknownType(t.Name, event)
		return
	}
	lists := f.Type == FieldEnum || f.Type == FieldSet
	if !lists && len(t.Values) > 0 {
		c.errorf("NUR114", t.Span, "a %s has no list of values; write `enum(…)` for one of a list, `set(…)` for several", f.Type)
	}
	if lists && len(t.Values) == 0 {
		c.untyped[f] = true
		c.errorf("NUR114", t.Span, "`%s` needs its values: write `%s(\"a\", \"b\")`", f.Type, f.Type)
	}
	said := map[string]syntax.Str{}
	for _, v := range t.Values {
		key := strings.ToLower(strings.TrimSpace(v.Value))
		if key == "" {
			c.errorf("NUR114", v.Span, "an empty text says nothing, so it cannot be a value; delete it")
			continue
		}
		if first, there := said[key]; there {
			c.errorf("NUR105", v.Span, "`%s` is among the values already (upper and lower case are read alike); delete one of the two", v.Value).
				because(c.span(first.Span), "the first one")
			continue
		}
		said[key] = v
		if at, ok := inside(v.Span, v.Value); ok {
			c.declares(AValue, f.of+"."+f.Name, syntax.Name{Span: at, Text: v.Value})
		}
		f.Values = append(f.Values, v.Value)
	}
}

func (c *checker) unknownType(name syntax.Name, event bool) {
	if name.Text == "" {
		return
	}
	var words []string
	for _, ft := range fieldTypes {
		if event || ft.is != FieldTopic {
			words = append(words, ft.word)
		}
	}
	f := c.errorf("NUR110", name.Span, "`%s` is no type of a field", name.Text)
	if is, ok := otherTypes[strings.ToLower(name.Text)]; ok {
		f.suggest(is)
	} else if near, ok := c.nearest(name.Text, words); ok {
		f.suggest(near)
	} else {
		f.Message += "; write " + oneOf(words)
	}
}

func (c *checker) checkEvents() {
	for _, d := range c.eventDecls {
		if c.known(d.unit) {
			continue
		}
		for _, s := range stmts(d.tree.Body) {
			if f, ok := s.(*syntax.EventFieldStmt); ok {
				c.checkEventField(d.is, f)
			}
		}
	}
}

func (c *checker) checkEventField(e *Event, tree *syntax.EventFieldStmt) {
	f := &Field{Symbol: c.symbol(tree.Name, &tree.Node), of: e.Name}
	if f.Name == "" {
		return
	}
	c.declares(AnEventField, e.Name, tree.Name)
	if use, reserved := lineFields[f.Name]; reserved {
		c.errorf("NUR102", tree.Name.Span, "every event has `%s`: it %s; choose another name", f.Name, use)
	} else if first := e.field(f.Name); first != nil {
		c.errorf("NUR101", tree.Name.Span, "event `%s` has a field `%s` already; choose another name", e.Name, f.Name).
			because(first.Span, "first declared here")
	}
	c.typeField(f, tree.Type)
	if f.Name == "offer" && !c.untyped[f] {
		if f.Type != FieldText {
			c.errorf("NUR113", tree.Type.Span, "the field `offer` of an event names an offer; its type is `text`")
		}
		f.Type, f.Values = FieldOffer, nil
	}
	e.Fields = append(e.Fields, f)
}

// contactField finds the field that a path `contact.NAME` names.
func (c *checker) contactField(p *syntax.Path) *Field {
	if p == nil || len(p.Parts) == 0 {
		return nil
	}
	last := p.Parts[len(p.Parts)-1]
	switch {
	case len(p.Parts) == 1 && c.fields.things[last.Text] != nil:
		c.errorf("NUR115", p.Span, "write the contact's field as `contact.%s`", last.Text).
			fix("write `contact."+last.Text+"`", c.span(p.Span), "contact."+last.Text)
	case len(p.Parts) == 1 || p.Parts[0].Text != "contact":
		if p.Parts[0].Text != "" {
			c.errorf("NUR115", p.Span, "here stands a field of the contact: write `contact.` and its name")
		}
		return nil
	}
	f, _ := find(c, &c.fields, last)
	return f
}
