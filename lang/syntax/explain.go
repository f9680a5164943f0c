package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"

	"nurture/lang/calendar"
	"nurture/lang/diag"
)

// This file turns "unexpected token" into what a person should do: the word before the place where a grammar stopped
// says what was to follow, the table of statements says what one writes.

// explain reports where and why a statement does not fit its grammar.
func (p *parser) explain(c *sentenceCut, err error) {
	if c.bad {
		return // what has been reported in it is the cause
	}
	at := c.end
	if e, ok := err.(participle.Error); ok {
		at = e.Position().Offset
	}
	i := slices.IndexFunc(c.words, func(w plex.Token) bool { return w.Pos.Offset >= at })
	if i < 1 {
		i = min(1, len(c.words)-1)
	}
	word, before := c.words[i], c.words[i-1]
	span := spanOf(&word)
	if word.EOF() {
		span = spanOf(&before)
	}
	needs, of := p.wanted(c, i)
	switch {
	case p.looseUnit(c, i):
	case word.Type == wReserved && needs != "" && c.clause(word.Value) == nil:
		p.report.add("NUR006", span, "`%s` is a word of the language and cannot be a name: %s needs %s", word.Value, of, needs)
	case needs != "" && word.EOF():
		p.report.add("NUR003", span, "%s needs %s: write %s", of, needs, c.usage)
	case needs != "":
		p.report.add("NUR005", span, "%s needs %s, not %s: write %s", of, needs, quoted(word.Value), c.usage)
	case word.EOF():
		p.report.add("NUR003", Span{c.first.start, c.end}, "%s is not complete: write %s", c.named(), c.usage)
	default:
		p.tooMuch(c, word)
	}
}

// looseUnit reports a duration with a space in it, or a unit written out, such as `7 days`.
func (p *parser) looseUnit(c *sentenceCut, i int) bool {
	number, unit := c.words[i], c.words[min(i+1, len(c.words)-1)]
	if number.Type != wNumber || unit.Type != wIdent {
		return false
	}
	right, ok := unitsMeant[unit.Value]
	if !ok {
		right = unit.Value
	}
	right = number.Value + right
	if _, err := calendar.ParseDuration(right); err != nil {
		return false
	}
	span := Span{number.Pos.Offset, spanOf(&unit).End}
	p.report.fix("NUR024", span, "a duration is written without a space: write `"+right+"`", "write `"+right+"`", span, right)
	return true
}

// wanted says what had to follow the word before the i-th, and what asks for it; "" when that word asks for nothing.
func (p *parser) wanted(c *sentenceCut, i int) (needs, of string) {
	before := c.words[i-1]
	if i == 1 {
		if c.word == "" {
			return c.statement.needs, "`" + before.Value + "`"
		}
		return c.statement.needs, "`" + c.word + "`"
	}
	if before.Type == wPunct {
		switch before.Value {
		case ",":
			if inBrackets(c.words[:i]) {
				return aText, "the list"
			}
			return "something behind it, or to go", "this comma"
		case "|":
			return "an offer, or `-` for a deliberate gap", "a cell of a map"
		case ".":
			return aName, "the dot"
		case "..":
			return "its end", "the range"
		case "(", "[":
			return aText + " or values", "`" + before.Value + "`"
		}
	}
	if cl := c.clause(before.Value); cl != nil && cl.needs != "" && slices.Contains(c.seenAt, i-1) {
		return cl.needs, "`" + cl.word + "`"
	}
	return "", ""
}

// inBrackets says whether the words end inside the brackets of a type.
func inBrackets(words []plex.Token) bool {
	for _, w := range slices.Backward(words) {
		if w.Type == wPunct && (w.Value == "(" || w.Value == ")") {
			return w.Value == "("
		}
	}
	return false
}

// tooMuch reports a word behind a complete statement.
func (p *parser) tooMuch(c *sentenceCut, word plex.Token) {
	if c.word == "" && p.misspelt(c.in, c.first) {
		return // such as `wiat 3d`, which is read as an event with too much behind it
	}
	span := spanOf(&word)
	if word.Type == wIdent || word.Type == wReserved {
		candidates := slices.Clone(c.in.words)
		for _, cl := range c.clauses {
			if isWordByte(cl.word[0]) {
				candidates = append(candidates, cl.word)
			}
		}
		if near, ok := diag.Nearest(word.Value, candidates); ok && c.clause(word.Value) == nil {
			p.report.fix("NUR004", span, "`"+word.Value+"` does not belong here; did you mean `"+near+"`?", "write `"+near+"`", span, near)
			return
		}
	}
	p.report.add("NUR004", span, "%s does not belong here: write %s", quoted(word.Value), c.usage)
}

// misspelt reports a word that is near to a keyword of the block.
func (p *parser) misspelt(b *block, t token) bool {
	near, ok := diag.Nearest(p.text(t), b.words)
	if ok {
		p.report.fix("NUR001", Span{t.start, t.end}, "`"+p.text(t)+"` begins no statement of "+b.name+"; did you mean `"+near+"`?",
			"write `"+near+"`", Span{t.start, t.end}, near)
	}
	return ok
}

// named names the kind of statement, for messages.
func (c *sentenceCut) named() string {
	if c.word == "" {
		return "this line"
	}
	return "`" + c.word + "`"
}

// strangeStart reports a token that begins no statement of the block. A misspelt keyword is taken for the one that was
// meant, a keyword of another block is parsed as what it is there.
func (p *parser) strangeStart(b *block, t token) (st *statement, misplaced, ok bool) {
	span, text := Span{t.start, t.end}, p.text(t)
	if !isWord(t) {
		p.strangeToken(b, t)
		return nil, false, false
	}
	var names []string
	for _, other := range allBlocks {
		if found := other.index[text]; found != nil {
			names = append(names, other.name)
			if st == nil {
				st = found
			}
		}
	}
	if st != nil {
		if b == fileBlock {
			p.report.add("NUR002", span, "`%s` stands in %s, not on its own", text, orList(names))
		} else {
			p.report.add("NUR002", span, "`%s` stands in %s, not in %s", text, orList(names), b.name)
		}
		return st, true, true
	}
	if p.misspelt(b, t) {
		near, _ := diag.Nearest(text, b.words)
		return b.index[near], false, true
	}
	p.report.add("NUR001", span, "%s begins no statement of %s: %s", quoted(text), b.name, b.offers())
	return nil, false, false
}

func (p *parser) strangeToken(b *block, t token) {
	switch {
	case t.bad:
	case p.is(t, "}"):
		p.report.add("NUR008", Span{t.start, t.end}, "this `}` closes nothing: take it out")
	case p.is(t, "{"):
		p.report.add("NUR001", Span{t.start, t.end}, "a block belongs to a statement, which is missing here: %s", b.offers())
	default:
		p.report.add("NUR001", Span{t.start, t.end}, "%s begins no statement of %s: %s", quoted(p.text(t)), b.name, b.offers())
	}
}

// offers says what may stand in a block.
func (b *block) offers() string {
	if len(b.words) == 0 {
		return "write " + b.other.usage
	}
	words := make([]string, len(b.words))
	for i, w := range b.words {
		words[i] = "`" + w + "`"
	}
	s := "here stand " + strings.Join(words, ", ")
	if b.other != nil {
		s += ", or " + b.other.usage
	}
	return s
}

func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
