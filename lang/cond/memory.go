package cond

import (
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"nurture/lang/cond/internal/lex"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Memory keeps what checking conditions found, for the next check of the same playbook: of all that a check does,
// conditions take the most time, and an edit changes few of them. Give it to one Schema after another. The zero value
// knows nothing. It is for one goroutine at a time.
//
// What a condition comes to depends on its text, on what it sees, and on what the playbook declares by the names that
// stand in it; where it has errors, or would have without text that did not parse, on everything that is declared, since that is where suggestions are looked for. An
// answer holds as long as all of these are what they were, wherever the condition stands by now.
type Memory struct {
	schema *Schema
	turn   int // counts the schemas
	used   int // how many answers this schema has asked for

	placed map[place]*answer
	said   map[asked]*answer // the latest of those that ask the same
	words  map[string]*word
	clocks map[string]*clockwork // by the text of a condition
	whole  uint64                // the fingerprint of everything that the schema declares; 0 where nobody has asked for it
	seed   maphash.Seed
}

type (
	asked struct{ text, scope, want string }
	place struct {
		asked
		file  string
		start int
	}
	answer struct {
		turn  int // of the schema that last asked
		expr  *Expr
		diags []diag.Diagnostic
		words []*word // that it depends on
		whole bool    // it depends on everything
		print uint64  // the fingerprint of what it depends on
		near  int     // how many names were compared for suggestions
	}
	// word is a name, with a fingerprint of all that a schema knows by it.
	word struct {
		name  string
		turn  int
		print uint64
	}
)

// begin turns to the next schema.
func (m *Memory) begin(s *Schema) {
	if m.placed == nil {
		m.placed, m.said, m.words, m.clocks = map[place]*answer{}, map[asked]*answer{}, map[string]*word{}, map[string]*clockwork{}
		m.seed = maphash.MakeSeed()
	}
	if len(m.placed) > 2*m.used+1000 {
		m.sweep()
	}
	m.schema, m.turn, m.used, m.whole = s, m.turn+1, 0, 0
}

// sweep forgets what the last schema has not asked for.
func (m *Memory) sweep() {
	maps.DeleteFunc(m.placed, func(_ place, a *answer) bool { return a.turn != m.turn })
	maps.DeleteFunc(m.said, func(_ asked, a *answer) bool { return a.turn != m.turn })
	maps.DeleteFunc(m.words, func(_ string, w *word) bool { return w.turn != m.turn })
	maps.DeleteFunc(m.clocks, func(_ string, c *clockwork) bool { return c.turn != m.turn })
}

// clockwork is clockworkOf, once for each text.
func (m *Memory) clockwork(text string) *clockwork {
	c := m.clocks[text]
	if c == nil {
		text = strings.Clone(text)
		c = clockworkOf(text)
		m.clocks[text] = c
	}
	c.turn = m.turn
	return c
}

// check is Schema.fresh, as far as it must be.
func (m *Memory) check(file string, text syntax.Cond, see Scope, want *SchemaField) (*Expr, []diag.Diagnostic) {
	m.used++
	at := place{asked{text.Text, see.key(), want.key()}, file, text.Start}
	if a := m.placed[at]; a != nil && m.holds(a) {
		return a.expr, a.diags
	}
	if a := m.said[at.asked]; a != nil && m.holds(a) {
		a = a.moved(file, text.Start)
		at.asked = asked{a.expr.Text, at.scope, at.want}
		m.placed[at] = a
		return a.expr, a.diags
	}
	// The whole file would live as long as a part of it that is kept here.
	text.Text = strings.Clone(text.Text)
	at.asked = asked{text.Text, strings.Clone(at.scope), strings.Clone(at.want)}
	near, excused := m.schema.near, m.schema.excused
	expr, diags := m.schema.fresh(file, text, see, want)
	if m.schema.near < 0 {
		return expr, diags // what was not looked for is nothing to remember
	}
	a := &answer{turn: m.turn, expr: expr, diags: diags, near: near - m.schema.near}
	expr.answer = a
	a.whole = len(diags) > 0 || a.near > 0 || m.schema.excused > excused
	if want != nil && m.schema.domain("", want) != nil {
		a.whole = true // its values are held against all topics, or all offers
	}
	a.words = m.depends(text.Text, see)
	a.print = m.printOf(a)
	delete(m.placed, at) // a key stays the one it was
	delete(m.said, at.asked)
	m.placed[at], m.said[at.asked] = a, a
	return expr, diags
}

// Holds says whether checking a condition that an earlier Schema of the same Memory has found sound would find the same,
// wherever it stands by now.
func (s *Schema) Holds(e *Expr) bool {
	s.build()
	s.Memory.used++
	return e.answer != nil && s.Memory.holds(e.answer)
}

// Moved is a condition whose text lies by bytes further on in its file.
func (e *Expr) Moved(by int) *Expr {
	span := func(s diag.Span) diag.Span { return diag.Span{File: s.File, Start: s.Start + by, End: s.End + by} }
	return e.moved(span)
}

func (e *Expr) moved(span func(diag.Span) diag.Span) *Expr {
	return &Expr{Span: span(e.Span), Text: e.Text, Root: e.Root.moved(span), Names: movedNames(e.Names, span), answer: e.answer}
}

// holds says whether an answer is still the right one, and takes it into use.
func (m *Memory) holds(a *answer) bool {
	if a.near > m.schema.near || a.print != m.printOf(a) {
		return false
	}
	m.schema.near -= a.near
	a.turn = m.turn
	return true
}

// depends lists the names that a condition depends on: every word and text in it, and the events of its place.
func (m *Memory) depends(text string, see Scope) []*word {
	var words []*word
	add := func(name string) {
		w := m.words[name]
		if w == nil {
			w = &word{name: strings.Clone(name)}
			m.words[w.name] = w
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if len(text) <= maxText {
		tokens, _ := lex.Scan(text)
		for i, t := range tokens {
			if t.Kind == lex.Word || t.Kind == lex.String {
				add(t.Text)
			}
			if t.Kind == lex.Word && i >= 2 && tokens[i-1].Is(".") && tokens[i-2].Kind == lex.Word {
				add(tokens[i-2].Text + "." + t.Text)
			}
		}
	}
	for _, e := range see.Events {
		add(e)
	}
	return words
}

// printOf is the fingerprint of what an answer depends on, as it is now.
func (m *Memory) printOf(a *answer) uint64 {
	if a.whole {
		return m.everything()
	}
	p := uint64(1)
	if len(m.schema.Topics) == 0 {
		p = 2
	}
	if len(m.schema.Offers) == 0 {
		p += 2
	}
	for _, w := range a.words {
		if w.turn != m.turn {
			w.turn, w.print = m.turn, m.wordPrint(w.name)
		}
		p = p*0x9e3779b97f4a7c15 ^ w.print
	}
	return p
}

// wordPrint is the fingerprint of all that the schema knows by a name.
func (m *Memory) wordPrint(word string) uint64 {
	s := m.schema
	h := m.hash()
	if f := s.contact[word]; f != nil {
		h.field("contact", f)
	}
	if e := s.events[word]; e != nil {
		h.event(e)
	}
	if s.segments[word] != nil {
		h.words("segment")
		h.bool(s.clock(word))
	}
	if s.scores[word] != nil {
		h.words("score")
		h.bool(s.clock("score." + word))
	}
	if of, ok := s.things[word]; ok {
		h.words("thing")
		h.WriteByte(byte(of))
	}
	if other, ok := s.Others[word]; ok {
		h.words("other", other)
	}
	return h.Sum64()
}

// everything is the fingerprint of all that the schema declares.
func (m *Memory) everything() uint64 {
	if m.whole != 0 {
		return m.whole
	}
	s := m.schema
	h := m.hash()
	for i := range s.Contact {
		h.field("contact", &s.Contact[i])
	}
	for i := range s.Events {
		h.event(&s.Events[i])
	}
	for _, x := range s.Segments {
		h.words("segment", x.Name)
		h.bool(s.clock(x.Name))
	}
	for _, x := range s.Scores {
		h.words("score", x.Name)
		h.bool(s.clock("score." + x.Name))
	}
	for _, list := range [][]string{s.Offers, s.Topics, s.Maps} {
		h.words("names")
		h.words(list...)
	}
	unordered := uint64(0)
	for name, what := range s.Others {
		one := m.hash()
		one.words(name, what)
		unordered += one.Sum64()
	}
	for name := range s.Broken {
		one := m.hash()
		one.words(name)
		unordered += one.Sum64()
	}
	m.whole = h.Sum64() + unordered | 1
	return m.whole
}

// hash makes fingerprints.
type hash struct{ maphash.Hash }

func (m *Memory) hash() *hash {
	var h hash
	h.SetSeed(m.seed)
	return &h
}

func (h *hash) words(words ...string) {
	for _, w := range words {
		h.WriteString(w)
		h.WriteByte(0xff) // stands in no text
	}
}

func (h *hash) bool(b bool) {
	if b {
		h.WriteByte(1)
	} else {
		h.WriteByte(0)
	}
}

func (h *hash) field(of string, f *SchemaField) {
	h.words(of, f.Name)
	h.WriteByte(byte(f.Kind))
	h.words(f.Values...)
}

func (h *hash) event(e *SchemaEvent) {
	h.words("event", e.Name)
	for i := range e.Fields {
		h.field("field", &e.Fields[i])
	}
}

// key tells scopes apart.
func (s Scope) key() string {
	key := ""
	if len(s.Events) == 1 {
		key = s.Events[0]
	} else if len(s.Events) > 1 {
		key = strings.Join(s.Events, " ")
	}
	if s.Offer {
		key += " offer"
	}
	return key
}

// key tells the fields apart that a value can be for.
func (f *SchemaField) key() string {
	if f == nil {
		return ""
	}
	return strings.Join(append([]string{f.Name, string(rune('a' + f.Kind))}, f.Values...), "\xff")
}

// moved is an answer for a condition of the same text at another place.
func (a *answer) moved(file string, start int) *answer {
	from := a.expr.Span
	by := start - from.Start
	span := func(s diag.Span) diag.Span { return diag.Span{File: file, Start: s.Start + by, End: s.End + by} }
	b := *a
	b.expr = a.expr.moved(span)
	b.expr.answer = &b
	b.diags = slices.Clone(a.diags)
	for i := range b.diags {
		d := &b.diags[i]
		d.Span = span(d.Span)
		d.Related = slices.Clone(d.Related)
		for j := range d.Related {
			d.Related[j].Span = span(d.Related[j].Span)
		}
		d.Fixes = slices.Clone(d.Fixes)
		for j := range d.Fixes {
			d.Fixes[j].Edits = slices.Clone(d.Fixes[j].Edits)
			for k := range d.Fixes[j].Edits {
				d.Fixes[j].Edits[k].Span = span(d.Fixes[j].Edits[k].Span)
			}
		}
	}
	return &b
}

func (n *Node) moved(span func(diag.Span) diag.Span) *Node {
	if n == nil {
		return nil
	}
	m := *n
	m.Span = span(n.Span)
	m.Args = slices.Clone(n.Args)
	for i, a := range m.Args {
		m.Args[i] = a.moved(span)
	}
	return &m
}
