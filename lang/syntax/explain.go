package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"

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

// tooMuch reports a word behind a complete statement.
func (p *parser) tooMuch(c *sentenceCut, word plex.Token) {
	span := spanOf(&word)
	if word.Type == wIdent || word.Type == wReserved {
		if c.word == "" {
			first := p.text(c.first)
			if near, ok := diag.Nearest(first, c.in.words); ok {
				p.report.fix("NUR001", Span{c.first.start, c.first.end}, "`"+first+"` begins no statement of "+c.in.name+"; did you mean `"+near+"`?",
					"write `"+near+"`", Span{c.first.start, c.first.end}, near)
				return
			}
		}
		candidates := slices.Clone(c.in.words)
		for _, cl := range c.clauses {
			candidates = append(candidates, cl.word)
		}
		if near, ok := diag.Nearest(word.Value, candidates); ok {
			p.report.fix("NUR004", span, "`"+word.Value+"` does not belong here; did you mean `"+near+"`?", "write `"+near+"`", span, near)
			return
		}
	} else if c.word == "" {
		first := p.text(c.first)
		if near, ok := diag.Nearest(first, c.in.words); ok {
			p.report.fix("NUR001", Span{c.first.start, c.first.end}, "`"+first+"` begins no statement of "+c.in.name+"; did you mean `"+near+"`?",
				"write `"+near+"`", Span{c.first.start, c.first.end}, near)
			return
		}
	}
	p.report.add("NUR004", span, "%s does not belong here: write %s", quoted(word.Value), c.usage)
}

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
	if near, found := diag.Nearest(text, b.words); found {
		p.report.fix("NUR001", span, "`"+text+"` begins no statement of "+b.name+"; did you mean `"+near+"`?", "write `"+near+"`", span, near)
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
