package syntax

import (
	"slices"
	"strings"

	plex "github.com/alecthomas/participle/v2/lexer"

	"nurture/lang/diag"
)

// largestFile bounds the memory of a parse: a hand-written playbook of 10,000 lines is well under 1 MB.
const largestFile = 8 << 20

// Parse reads one file. name is its path inside the playbook's folder. It always gives a tree, with all that was
// understood, and every error of the file, in its order, at most one a place. No input makes it panic or takes more
// than linear time; files over 8 MB are refused.
//
// The text is cut into tokens first. A loop over the blocks then takes statement after statement: the keyword says
// which statement it is, and with the words of its block where it ends; a condition in it is one token, and a block
// behind it is parsed by the same loop. The tokens in between go to the participle grammar of that statement. What
// does not fit is reported, what the statement had before it is kept, and the loop goes on behind the statement.
func Parse(name, src string) (*File, []diag.Diagnostic) {
	return parse(name, src, nil)
}

// parse takes what it can from an earlier parse.
func parse(name, src string, earlier *reuse) (*File, []diag.Diagnostic) {
	file := &File{Name: name, Src: src}
	report := &reporter{file: name}
	switch {
	case len(src) > largestFile:
		report.add("NUR027", Span{0, 0}, "this file is %d MB, over the limit of %d MB: split it into several files of the folder", len(src)>>20, largestFile>>20)
		return file, report.finish()
	case strings.HasPrefix(src, "\xff\xfe") || strings.HasPrefix(src, "\xfe\xff"):
		report.add("NUR026", Span{0, 2}, "this file is saved as UTF-16: save it as UTF-8")
		return file, report.finish()
	}
	checkEncoding(src, report)
	p := &parser{src: src, tokens: lex(src, report), report: report, earlier: earlier}
	file.After = p.statements(fileBlock, func(n noder) { file.Decls = append(file.Decls, n.(Decl)) })
	return file, report.finish()
}

// deepest is how deep blocks may stand in one another; the language itself needs six.
const deepest = 12

// parser is the state of the block loop.
type parser struct {
	src    string
	tokens []token
	pos    int // of the next token
	report *reporter

	earlier *reuse // nil where nothing is known of the file
	probe   *probe // nil where nobody asks what stands where

	open    []opened     // the blocks around, outermost first
	crooked *opened      // a block whose `}` seems to be another's
	words   []plex.Token // of the statements around, for participle; used as a stack
	desk    desk
	cuts    []*sentenceCut // of the statements around, and behind them some to be used again
	cutting int            // how many statements are around
	stmts   []Stmt         // of the blocks around; used as a stack
	closing map[int]int    // the `}` of each `{`, by token; made when first needed
}

// opened is a block that is being parsed.
type opened struct {
	*block
	host  string // whose block it is: "program x"
	token int    // its `{`, or -1 where that is missing
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) text(t token) string { return p.src[t.start:t.end] }

func (p *parser) is(t token, sign string) bool { return t.kind == tPunct && p.text(t) == sign }

func isWord(t token) bool { return t.kind == tIdent || t.kind == tReserved }

// lastEnd is the end of the last token taken that is more than a line end or comment; lastTaken is that token.
func (p *parser) lastEnd() int { return p.tokens[p.lastTaken()].end }

func (p *parser) lastTaken() int {
	i := p.pos - 1
	for i > 0 && (p.tokens[i].kind == tNewline || p.tokens[i].kind == tComment) {
		i--
	}
	return max(i, 0)
}

// statements takes the statements of a block up to its `}`, the end of the file, or a keyword that shows that the
// block should have been closed before. It returns the comments behind the last statement.
func (p *parser) statements(b *block, add func(noder)) []Comment {
	for {
		if b == fileBlock && p.earlier != nil && p.earlier.take(p, add) {
			continue
		}
		start, errors := p.pos, len(p.report.diags)
		space := p.space()
		t := p.peek()
		switch {
		case t.kind == tEOF, p.is(t, "}") && b != fileBlock:
			return space.Before
		case b != fileBlock && p.leaves(b):
			p.pos = start
			return nil
		}
		n := p.statement(b)
		node := n.node()
		node.Blank, node.Gap = space.Blank, space.Gap
		node.Before = append(space.Before, node.Before...)
		if b.commas && p.is(p.peek(), ",") {
			p.pos++
		}
		node.Suffix = p.lineComment()
		if b == fileBlock && p.earlier != nil {
			p.earlier.keep(p, n, start, errors)
		}
		add(n)
	}
}

// space takes line ends and comments before a statement.
func (p *parser) space() (s Trivia) {
	lines := 0
	if p.pos == 0 {
		lines = 1
	}
	for ; ; p.pos++ {
		switch t := p.peek(); t.kind {
		case tNewline:
			lines++
		case tComment:
			c := p.comment(t)
			c.Blank = lines > 1
			s.Before = append(s.Before, c)
			lines = 0
		default:
			if len(s.Before) == 0 {
				s.Blank = lines > 1
			} else {
				s.Blank, s.Gap = s.Before[0].Blank, lines > 1
			}
			return s
		}
	}
}

// lineComment takes the comment that stands next on the same line.
func (p *parser) lineComment() *Comment {
	t := p.peek()
	if t.kind != tComment {
		return nil
	}
	p.pos++
	c := p.comment(t)
	return &c
}

func (p *parser) comment(t token) Comment {
	text := p.text(t)[2:]
	doc := strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//")
	if doc {
		text = text[1:]
	}
	return Comment{Span: Span{t.start, t.end}, Text: text, Doc: doc}
}

// braces takes a block; its `{` is next.
func (p *parser) braces(b *block, host string) *Block {
	brace, t := p.pos, p.peek()
	blk := &Block{Span: Span{Start: t.start}}
	if len(p.open) == deepest {
		p.report.add("NUR015", Span{t.start, t.end}, "blocks do not stand so deep in one another: close some of those around this one")
		p.skip()
		blk.End = p.lastEnd()
		return blk
	}
	p.pos++
	blk.OpenComment = p.lineComment()
	p.fill(blk, opened{b, host, brace})
	blk.OneLine = !strings.ContainsAny(p.src[blk.Start:blk.End], "\r\n")
	return blk
}

// fill takes the statements of a block and its `}`.
func (p *parser) fill(blk *Block, o opened) {
	p.open = append(p.open, o)
	from := len(p.stmts)
	blk.After = p.statements(o.block, func(n noder) { p.stmts = append(p.stmts, n.(Stmt)) })
	if len(p.stmts) > from {
		blk.Stmts = slices.Clone(p.stmts[from:])
	}
	p.stmts = p.stmts[:from]
	p.open = p.open[:len(p.open)-1]
	if t := p.peek(); p.is(t, "}") {
		if o.token >= 0 && !p.straight(o.token, p.pos) && p.crooked == nil {
			p.crooked = &o
		} else if len(p.open) == 0 {
			p.crooked = nil
		}
		p.pos++
		blk.End = t.end
		return
	}
	blk.End = max(p.lastEnd(), blk.contentEnd())
	if o.token >= 0 {
		p.unclosed(o)
	}
}

// contentEnd is the end of what stands in a block, comments included.
func (b *Block) contentEnd() int {
	switch {
	case len(b.After) > 0:
		return b.After[len(b.After)-1].End
	case len(b.Stmts) > 0:
		last := b.Stmts[len(b.Stmts)-1].node()
		if last.Suffix != nil {
			return last.Suffix.End
		}
		return last.End
	case b.OpenComment != nil:
		return b.OpenComment.End
	}
	return b.Start
}

// unclosed reports that a block has no `}`. Where an inner block took a `}` that stands as if it were the outer
// one's, the inner one is meant.
func (p *parser) unclosed(o opened) {
	if p.crooked != nil && p.crooked.token > o.token {
		o = *p.crooked
	}
	p.crooked = nil
	if last := p.tokens[p.lastTaken()]; last.kind == tString && last.bad && strings.Contains(p.text(last), "}") {
		return // a text that is never closed, which has been reported, took the `}`
	}
	next := p.pos
	for p.tokens[next].kind == tNewline || p.tokens[next].kind == tComment {
		next++
	}
	t := p.tokens[next]
	at := Span{t.start, t.end}
	open := p.tokens[o.token]
	where := "before this"
	if t.kind == tEOF {
		at, where = Span{p.lastEnd(), p.lastEnd()}, "at its end"
	}
	d := p.report.add("NUR007", at, "`{` of %s is never closed: write `}` %s", o.host, where)
	d.Related = append(d.Related, diag.Related{Span: p.report.in(Span{open.start, open.end}), Message: "the `{` of " + o.host})
}

// leaves says whether the next token belongs to a block further out, since the `}` of this one is missing: it stands
// first on its line, is a keyword there and not here, and no `}` that stands straight under this block follows. Otherwise
// the keyword is only in the wrong place.
func (p *parser) leaves(b *block) bool {
	t := p.peek()
	if t.kind != tIdent || !p.firstOnLine(p.pos) || b.index[p.text(t)] != nil && !p.isTrackDecl(b, t) {
		return false
	}
	if fileBlock.index[p.text(t)] == nil {
		outer := false
		for _, o := range p.open[:len(p.open)-1] {
			outer = outer || o.index[p.text(t)] != nil
		}
		if !outer {
			return false
		}
	}
	if b.other != nil && !p.declares() {
		return false
	}
	o := p.open[len(p.open)-1]
	if o.token < 0 || p.crooked != nil && p.crooked.token > o.token {
		return true
	}
	match, ok := p.matching()[o.token]
	return !ok || !p.straight(o.token, match)
}

// isTrackDecl tells the declaration `track x {` from the line `track x` of a program.
func (p *parser) isTrackDecl(b *block, t token) bool {
	return b == programBlock && p.text(t) == "track" && p.tokens[p.pos+1].kind == tIdent && p.is(p.tokens[p.pos+2], "{")
}

// declares says whether the next token, in a block whose statements may begin with any name, is rather the keyword of
// a statement further out: it does not go on as such statements do, but with a second word or a text.
func (p *parser) declares() bool {
	b, next := p.open[len(p.open)-1], p.tokens[p.pos+1]
	switch {
	case b.block == assignBlock:
		return !p.is(next, "=")
	case !isWord(next) && next.kind != tString:
		return false
	case !b.lines:
		return true
	}
	for i := p.pos + 2; ; i++ {
		switch t := p.tokens[i]; {
		case t.kind == tNewline || t.kind == tEOF || t.kind == tComment:
			return false
		case p.is(t, "{"), p.is(t, "="), p.is(t, "->"), p.is(t, ","):
			return true
		}
	}
}

func (p *parser) firstOnLine(i int) bool { return i == 0 || p.tokens[i-1].kind == tNewline }

// straight says whether a `}` stands where one looks for it: not first on its line, or under the line of its `{`.
func (p *parser) straight(open, close int) bool {
	if !p.firstOnLine(close) {
		return true
	}
	return p.indent(p.tokens[open].start) == p.indent(p.tokens[close].start)
}

// indent is the white space with which the line of an offset begins.
func (p *parser) indent(offset int) string {
	start := strings.LastIndexAny(p.src[:offset], "\r\n") + 1
	end := start
	for end < offset && (p.src[end] == ' ' || p.src[end] == '\t') {
		end++
	}
	return p.src[start:end]
}

// matching pairs the braces of the file.
func (p *parser) matching() map[int]int {
	if p.closing != nil {
		return p.closing
	}
	p.closing = map[int]int{}
	var open []int
	for i, t := range p.tokens {
		if p.is(t, "{") {
			open = append(open, i)
		} else if p.is(t, "}") && len(open) > 0 {
			p.closing[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return p.closing
}

// junk passes over what begins no statement, to the end of its line or block, with the blocks that stand in it.
func (p *parser) junk() *BadStmt {
	bad := &BadStmt{}
	bad.Start, bad.Bad = p.peek().start, true
	closing := p.is(p.peek(), "}") // several of them are one fault
	for first := true; ; first = false {
		t := p.peek()
		if t.kind == tEOF || t.kind == tNewline || t.kind == tComment || !first && p.is(t, "}") != closing {
			break
		}
		p.skip()
	}
	bad.End = p.lastEnd()
	return bad
}

// skip passes over a token, or over a block.
func (p *parser) skip() {
	if p.is(p.peek(), "{") {
		if end, ok := p.matching()[p.pos]; ok {
			p.pos = end
		}
	}
	p.pos++
}
