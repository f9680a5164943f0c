package syntax

import (
	plex "github.com/alecthomas/participle/v2/lexer"
)

// Conditions are another language inside this one. Here only their ends are found: their text is one token for the
// statement they stand in, and package cond reads it.

// operators are the words that join two operands; `not` may stand between them as part of `not in`.
var operators = wordSet("and or in not contains startsWith endsWith matches")

// badCond marks the token of a condition that has been reported.
const badCond = -1

// condition takes the condition that begins at the next token and appends it to the statement's words. of is the word
// that it belongs to, needs what that word asks for.
//
// It ends where `->`, `match`, a brace, a comma, the end of its line or a second operand beside a complete one stands
// outside brackets. It goes on over a line end inside brackets, behind an operator, and before `and or && ||`. A line
// with two words side by side is no part of a condition, even inside brackets: then one was not closed.
func (p *parser) condition(c *sentenceCut, of, needs string) {
	start, last := p.pos, -1 // the last token of the condition
	complete, bad := false, false
	var brackets []int
loop:
	for {
		t := p.peek()
		inside := len(brackets) > 0
		switch t.kind {
		case tEOF:
			break loop
		case tNewline, tComment:
			next, ok := p.goesOn(last >= 0 && !complete, inside)
			if !ok {
				break loop
			}
			p.pos = next
			continue
		case tBad:
			bad = true
		case tPunct:
			switch text := p.text(t); text {
			case "{", "}", "->":
				break loop
			case "(", "[":
				brackets = append(brackets, p.pos)
				complete = false
			case ")", "]":
				if !inside {
					break loop
				}
				brackets = brackets[:len(brackets)-1]
				complete = true
			case ",":
				if !inside {
					break loop
				}
				complete = false
			case "!":
				if complete && !inside {
					break loop
				}
				complete = false
			case "=":
				p.report.fix("NUR016", Span{t.start, t.end}, "one `=` gives a value: write `==` to compare", "write `==`", Span{t.start, t.end}, "==")
				complete, bad = false, true
			default:
				complete = false
			}
		case tIdent, tReserved:
			text := p.text(t)
			if t.empty() {
				p.asks(c, start, last, complete)
			}
			member := last >= 0 && p.is(p.tokens[last], ".")
			switch {
			case member:
				complete = true
			case complete && operators[text]:
				complete = false
			case text == "match" && !inside, complete && !inside:
				break loop
			case text == "not", text == "in", operators[text] && last >= 0 && p.text(p.tokens[last]) == "not": // `not in`, `not contains`
				complete = false
			default:
				complete = true
			}
		default:
			if complete && !inside {
				break loop
			}
			complete = true
		}
		bad = bad || t.bad
		last = p.pos
		p.pos++
	}
	if last >= 0 {
		p.pos = last + 1
	} else {
		p.pos = start
	}
	if !complete && last >= 0 && !bad && len(brackets) == 0 {
		t := p.tokens[last]
		p.report.add("NUR013", Span{t.start, t.end}, "the condition is not complete: something has to follow `%s`", p.text(t))
		bad = true
	}
	p.endCondition(c, of, needs, start, last, bad, brackets)
}

func (p *parser) endCondition(c *sentenceCut, of, needs string, start, last int, bad bool, brackets []int) {
	if last < 0 {
		p.report.add("NUR013", spanOf(&p.words[len(p.words)-1]), "`%s` needs %s behind it", of, needs)
		p.words = append(p.words, plex.Token{Type: wCond, Pos: plex.Position{Offset: c.end, Column: badCond}})
		c.bad = true
		return
	}
	if len(brackets) > 0 {
		t := p.tokens[brackets[len(brackets)-1]]
		closing := ")"
		if p.text(t) == "[" {
			closing = "]"
		}
		p.report.add("NUR014", Span{t.start, t.end}, "this `%s` is never closed: write `%s` behind what it holds", p.text(t), closing)
		bad = true
	}
	span := Span{p.tokens[start].start, p.tokens[last].end}
	word := plex.Token{Type: wCond, Value: p.src[span.Start:span.End], Pos: plex.Position{Offset: span.Start}}
	if bad {
		word.Pos.Column = badCond
		c.bad = true
	}
	c.end = span.End
	p.words = append(p.words, word)
}

// goesOn says whether a condition goes on over the line end, or comment, that is next, and at which token.
func (p *parser) goesOn(dangling, inside bool) (next int, ok bool) {
	i := p.pos
	for p.tokens[i].kind == tNewline || p.tokens[i].kind == tComment {
		i++
	}
	t := p.tokens[i]
	text := p.text(t)
	if t.kind == tReserved && (text == "and" || text == "or") || t.kind == tPunct && (text == "&&" || text == "||") {
		return i, true
	}
	if !dangling && !inside || t.kind == tEOF || p.is(t, "}") || p.is(t, "{") || p.beginsStatement(i) {
		return 0, false
	}
	return i, inside || !p.is(t, "+") && !p.is(t, "-")
}

// beginsStatement says whether a line, in the middle of an expression or a list, looks like a statement: a word with
// another operand beside it, which an expression never has.
func (p *parser) beginsStatement(i int) bool {
	t, next := p.tokens[i], p.tokens[i+min(1, len(p.tokens)-1-i)]
	if t.kind != tIdent {
		return false
	}
	switch next.kind {
	case tIdent, tReserved:
		return !operators[p.text(next)]
	case tString, tNumber, tPercent, tDuration, tDate, tDateTime, tTime:
		return true
	case tPunct:
		return p.is(next, "{")
	}
	return false
}
