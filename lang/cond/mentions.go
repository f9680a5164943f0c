package cond

import (
	"slices"

	"nurture/lang/cond/internal/lex"
	"nurture/lang/diag"
)

// The names in a clause are found in its tokens: a name keeps its place while what stands around it is still being
// written. What a text in quotes names depends on what it is compared with, so that is noted where it is compared.

// findNames notes the names that stand bare.
func (c *clause) findNames() {
	for i, t := range c.tokens {
		switch {
		case t.Kind != lex.Word || c.sign(i-1, "."):
		case c.sign(i+1, "(") && c.word(i+2) != "":
			c.findArgument(t.Text, i+2)
		case c.sign(i+1, ".") && c.word(i+2) != "":
			c.findMember(t.Text, i+2)
		case c.sign(i-1, "(") && c.asks(i-2) != 0:
		case c.schema.segments[t.Text] != nil:
			c.note(NamesSegment, "", i)
		}
	}
}

// argument is what a function takes by its name.
type argument uint8

const (
	anyOffer argument = iota + 1
	anyEvent
)

// asks says what the function at a token asks about by its name; 0 where that is a value, or it is no such function.
func (c *clause) asks(at int) argument {
	switch c.word(at) {
	case "sent", "responded":
		return anyOffer
	case "count", "last":
		return anyEvent
	}
	return 0
}

func (c *clause) findArgument(function string, at int) {
	name := c.word(at)
	switch c.asks(at - 2) {
	case anyOffer:
		is := NamesOffer
		if of, ok := c.schema.things[name]; ok {
			is = [...]Named{AnOffer: NamesOffer, ATopic: NamesTopic, AMap: NamesMap}[of]
		}
		c.note(is, "", at)
	case anyEvent:
		if c.sign(at+1, ".") {
			c.note(NamesHandoff, "", at)
			if c.word(at+2) != "" {
				c.note(NamesOutcome, name, at+2)
			}
			return
		}
		c.note(NamesEvent, "", at)
	}
}

func (c *clause) findMember(root string, at int) {
	switch root {
	case "contact":
		c.note(NamesContactField, "", at)
	case "event":
		c.note(NamesEventField, "", at)
	case "score":
		c.note(NamesScore, "", at)
	}
}

func (c *clause) sign(at int, text string) bool {
	return at >= 0 && at < len(c.tokens) && c.tokens[at].Kind == lex.Op && c.tokens[at].Text == text
}

// word is the word at a token; "" where none stands there.
func (c *clause) word(at int) string {
	if at < 0 || at >= len(c.tokens) || c.tokens[at].Kind != lex.Word {
		return ""
	}
	return c.tokens[at].Text
}

func (c *clause) note(is Named, of string, at int) {
	c.names = append(c.names, Name{Span: c.span(at, at), Is: is, Of: of, Name: c.tokens[at].Text})
}

// named notes a text in quotes that names something. One with escapes is left out: its bytes are not its name's.
func (l *lowering) named(is Named, of string, v operand) {
	at := v.Span
	if is == 0 || v.Op != ConstText || at.End-at.Start != len(v.Text)+len(`""`) {
		return
	}
	at.Start, at.End = at.Start+1, at.End-1
	if is != NamesValue {
		of = ""
	}
	l.names = append(l.names, Name{Span: at, Is: is, Of: of, Name: v.Text})
}

// freeWord notes a text that is compared with what an offer calls freely.
func (l *lowering) freeWord(of, v operand) {
	if of.Op == OfferAttr && of.Name == "kind" {
		l.named(NamesOfferKind, "", v)
	}
	if of.Op == OfferAttr && of.Name == "channel" {
		l.named(NamesChannel, "", v)
	}
}

// movedNames are the names of an expression at another place.
func movedNames(names []Name, span func(diag.Span) diag.Span) []Name {
	moved := slices.Clone(names)
	for i := range moved {
		moved[i].Span = span(moved[i].Span)
	}
	return moved
}
