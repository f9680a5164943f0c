package syntax

import (
	"slices"
	"strings"

	plex "github.com/alecthomas/participle/v2/lexer"
)

// longestStatement bounds the words of one statement, of which a grammar keeps more than their size.
const longestStatement = 200_000

// sentenceCut is a statement on its way from the file's tokens to its grammar.
type sentenceCut struct {
	*statement
	first   token        // its first token
	from    int          // its first word in parser.words
	words   []plex.Token // all its words, with the end of it
	end     int          // the end of what has been taken
	needs   bool         // an operand has to follow what has been taken
	depth   int          // of brackets that are open
	bracket Span         // the last one opened
	bad     bool         // an error has been reported
	inside  []Comment    // comments between its words

	seen      []string // clauses, to report the second of one
	seenAt    []int    // their places among the words
	pending   *block   // the block of the last clause, to come
	matchFrom int      // where `match` begins
	match     *Block   // the block behind it
	body      *Block
}

// statement takes one statement of a block: its words, its blocks, what its grammar makes of them.
func (p *parser) statement(b *block) noder {
	t := p.peek()
	if t.empty() {
		p.begins(b)
	}
	st, misplaced, ok := p.choose(b, t)
	if !ok {
		return p.junk()
	}
	c := p.newCut()
	defer p.endCut()
	c.statement, c.first, c.from, c.end = st, t, len(p.words), t.end
	c.bad = isWord(t) && st.word != "" && st.word != p.text(t)
	if p.probe != nil {
		around := p.probe.around
		p.probe.around = append(around, c)
		defer func() { p.probe.around = around }()
	}
	p.cut(c)
	if c.depth > 0 && !c.bad {
		p.report.add("NUR014", c.bracket, "this `%s` is never closed: close it behind what it holds", p.src[c.bracket.Start:c.bracket.End])
		c.bad = true
	}
	if n := len(p.words); n > c.from+1 && p.words[n-1].Type == wPunct && p.words[n-1].Value == "," {
		p.words = p.words[:n-1]
	}
	p.words = append(p.words, plex.Token{Type: wEOF, Pos: plex.Position{Offset: c.end}})
	c.words = p.words[c.from:]
	if p.probe != nil {
		p.said(c)
	}
	n := p.parse(c)
	p.words = p.words[:c.from]
	node := n.node()
	node.Span, node.Before = Span{t.start, c.end}, c.inside
	if misplaced {
		bad := &BadStmt{}
		bad.Span, bad.Before, bad.Bad = node.Span, node.Before, true
		return bad
	}
	return n
}

// newCut gives the memory of a statement that has been cut.
func (p *parser) newCut() *sentenceCut {
	if p.cutting == len(p.cuts) {
		p.cuts = append(p.cuts, &sentenceCut{})
	}
	c := p.cuts[p.cutting]
	*c = sentenceCut{seen: c.seen[:0], seenAt: c.seenAt[:0]}
	p.cutting++
	return c
}

func (p *parser) endCut() { p.cutting-- }

// parse gives the words to the statement's grammar, reports what does not fit, and puts the blocks in their places.
func (p *parser) parse(c *sentenceCut) noder {
	n, err := c.statement.parse(p.desk.lay(c.words))
	if err != nil {
		p.explain(c, err)
		c.bad = true
	}
	p.setKeyword(c, n)
	if r, ok := n.(*Rule); ok {
		p.putMatch(c, r)
	}
	if host, ok := n.(bodied); ok && c.statement.body != nil {
		if c.body == nil && (!c.bare || p.braceFollows()) {
			c.body = p.missingBody(c)
		}
		*host.body() = c.body
	}
	if !c.bad {
		p.checkWhole(c, n)
	}
	n.node().Bad = c.bad
	return n
}

// putMatch gives a rule's match its span and its block, which is kept even where the rest of the match is not there.
func (p *parser) putMatch(c *sentenceCut, r *Rule) {
	if r.Match == nil {
		if c.match == nil {
			return
		}
		r.Match = &Match{}
	}
	m := r.Match
	m.Span = Span{c.matchFrom, c.matchFrom + len("match")}
	if len(m.Field.Parts) > 0 {
		if c.match != nil && m.Field.Start >= c.match.Start { // it stands behind the block
			p.report.add("NUR003", m.Span, "`match` needs a field such as `event.topic` before its `{`: write `match %s {`", m.Field)
			c.bad, m.Field = true, Path{Span: Span{c.match.Start, c.match.Start}}
		}
		m.Start, m.End = min(m.Start, m.Field.Start), max(m.End, m.Field.End) // `match` may have been said twice
	}
	if c.match != nil {
		m.Body = c.match
		m.Start, m.End = min(m.Start, c.match.Start), max(m.End, c.match.End)
	}
}

// choose finds the statement that a token begins. misplaced says that it belongs in another block; not ok, that it
// begins none. Both have been reported then.
func (p *parser) choose(b *block, t token) (st *statement, misplaced, ok bool) {
	text := p.text(t)
	if isWord(t) {
		if st := b.index[text]; st != nil {
			return st, false, true
		}
	}
	if b.other != nil {
		switch {
		case t.kind == tIdent && b.starts != "+", t.kind == tString && b.starts == `"`, (text == "+" || text == "-") && b.starts == "+":
			return b.other, false, true
		}
	}
	return p.strangeStart(b, t)
}

// cut takes the words of a statement, up to where it ends. Where that is, the section "Words" of the language says.
func (p *parser) cut(c *sentenceCut) {
	p.cutFirst(c)
	for {
		t := p.peek()
		switch t.kind {
		case tEOF:
			return
		case tNewline, tComment:
			if !p.continues(c) {
				return
			}
			continue
		case tBad:
			c.bad = true
			c.end = t.end
			p.pos++
			continue
		case tPunct:
			if !p.cutSign(c, t) {
				return
			}
		case tIdent, tReserved:
			if !p.cutWord(c, t) {
				return
			}
		default:
			if !c.needs && c.depth == 0 && t.kind == tString && c.in.starts == `"` && c.in.other != nil {
				return
			}
			p.push(c, t)
			c.needs = false
		}
	}
}

// cutFirst takes the word or sign that the statement begins with.
func (p *parser) cutFirst(c *sentenceCut) {
	t := p.peek()
	c.needs = c.statement.needs != "" && !c.then
	p.push(c, t)
	if c.word == "" {
		return
	}
	w := &p.words[c.from]
	w.Type, w.Value = wKeyword, c.word
	switch {
	case c.cond:
		p.condition(c, p.text(t), c.statement.needs)
		c.needs = false
	case c.word == "expect":
		p.cutExpect(c)
	}
}

// cutExpect takes what follows `expect`: a word such as `held` with a name beside it, or else a condition.
func (p *parser) cutExpect(c *sentenceCut) {
	start := p.pos
	if t := p.peek(); t.kind == tReserved && p.text(t) == "not" {
		p.pos++
	}
	t := p.peek()
	after := p.tokens[min(p.pos+1, len(p.tokens)-1)]
	in := t.kind == tReserved && p.text(t) == "in"
	if !in && !(t.kind == tIdent && c.clause(p.text(t)) != nil && isWord(after) && !operators[p.text(after)]) {
		p.pos = start
		p.condition(c, c.word, c.statement.needs)
		c.needs = false
		return
	}
	if p.pos > start {
		p.push(c, p.tokens[start])
		p.pos = start + 1
	}
	p.push(c, t)
	p.words[len(p.words)-1].Type = wIdent
	c.needs = true
	if !in {
		p.push(c, after)
		p.words[len(p.words)-1].Type = wIdent // a reason may be called `where`
		c.needs = false
	}
}

// push takes a token as a word of the statement.
func (p *parser) push(c *sentenceCut, t token) {
	if t.empty() {
		p.goes(c, false)
	}
	if len(p.words)-c.from == longestStatement && !c.bad {
		p.report.add("NUR017", Span{t.start, t.end}, "this statement is too long: make several of it")
		c.bad = true
	}
	if len(p.words)-c.from < longestStatement {
		p.words = append(p.words, plex.Token{Type: wordTypes[t.kind], Value: p.text(t), Pos: plex.Position{Offset: t.start}})
	}
	c.bad = c.bad || t.bad
	c.end = t.end
	p.pos++
}

// cutSign takes a sign, or a block; false means that the statement ends before it.
func (p *parser) cutSign(c *sentenceCut, t token) bool {
	switch text := p.text(t); text {
	case "}":
		return false
	case "{":
		return p.cutBlock(c)
	case ",":
		if c.in.commas && c.depth == 0 && c.in != shareBlock {
			return false
		}
		p.push(c, t)
		c.needs = true
	case "(", "[":
		c.bracket = Span{t.start, t.end}
		p.push(c, t)
		c.depth++
		c.needs = true
	case ")", "]":
		p.push(c, t)
		c.depth = max(c.depth-1, 0)
		c.needs = false
	case "+", "-":
		if c.in.starts == "+" && !c.needs {
			return false
		}
		p.push(c, t)
		c.needs = true
	default:
		p.push(c, t)
		c.needs = true
		if cl := c.clause(text); cl != nil {
			p.cutClause(c, cl, t)
		}
	}
	return true
}

// cutWord takes a word; false means that it begins the next statement.
func (p *parser) cutWord(c *sentenceCut, t token) bool {
	text := p.text(t)
	if t.empty() {
		p.goes(c, !c.needs)
	}
	if c.depth == 0 && (!c.needs || t.kind == tReserved) {
		next := c.in.index[text] != nil && !c.needs && slices.Contains(c.seen, text) // `enter when a  when b -> c`
		if cl := c.clause(text); cl != nil && !next {
			p.push(c, t)
			p.cutClause(c, cl, t)
			return true
		}
		if !c.needs && !c.in.lines && (c.in.index[text] != nil || c.in.other != nil && c.in.starts != "+" && t.kind == tIdent) {
			return false
		}
	}
	p.push(c, t)
	c.needs = false
	return true
}

// cutClause takes what follows a clause's word, when that is a condition.
func (p *parser) cutClause(c *sentenceCut, cl *clause, t token) {
	for _, word := range c.seen {
		if word == cl.word && !c.bad && isWordByte(word[0]) {
			p.report.add("NUR012", Span{t.start, t.end}, "`%s` stands twice in this statement: take one out", cl.word)
			c.bad = true
		}
	}
	c.seen, c.seenAt = append(c.seen, cl.word), append(c.seenAt, len(p.words)-c.from-1)
	c.needs = cl.needs != ""
	if cl.body != nil {
		c.pending, c.matchFrom = cl.body, t.start
	}
	if cl.cond {
		p.condition(c, cl.word, cl.needs)
		c.needs = false
	}
}

// cutBlock takes the block that is next; false means that the statement ends with it.
func (p *parser) cutBlock(c *sentenceCut) bool {
	if c.pending != nil {
		c.match = p.braces(c.pending, "this match")
		c.pending, c.needs, c.end = nil, false, c.match.End
		return true
	}
	if c.statement.body != nil {
		c.body = p.braces(c.statement.body, p.host(c))
		c.end = c.body.End
		return false
	}
	t := p.peek()
	if !c.bad {
		p.report.add("NUR011", Span{t.start, t.end}, "%s has no block: write %s", c.named(), c.usage)
	}
	c.bad = true
	p.skip()
	c.end = p.lastEnd()
	return false
}

// host names the statement of a block, for messages.
func (p *parser) host(c *sentenceCut) string {
	if c.word == "" {
		return p.text(c.first)
	}
	if len(p.words) > c.from+1 {
		if name := p.words[c.from+1]; name.Type == wIdent || name.Type == wString {
			return c.word + " " + name.Value
		}
	}
	return "this `" + c.word + "`"
}

// continues says whether the statement goes on behind the line end or comment that is next, and goes there: inside
// brackets and behind a comma, unless what follows is plainly a statement.
func (p *parser) continues(c *sentenceCut) bool {
	last := p.words[len(p.words)-1]
	comma := last.Type == wPunct && last.Value == ","
	if c.depth == 0 && !comma {
		return false
	}
	i := p.pos
	for p.tokens[i].kind == tNewline || p.tokens[i].kind == tComment {
		i++
	}
	t := p.tokens[i]
	if t.kind == tEOF || p.is(t, "}") || p.is(t, "{") {
		return false
	}
	if p.beginsStatement(i) && (c.depth > 0 || c.in.index[p.text(t)] != nil || fileBlock.index[p.text(t)] != nil) {
		return false
	}
	for ; p.pos < i; p.pos++ {
		if t := p.peek(); t.kind == tComment {
			c.inside = append(c.inside, p.comment(t))
		}
	}
	return true
}

// braceFollows says whether the next line begins with `{`.
func (p *parser) braceFollows() bool {
	i := p.pos
	for p.tokens[i].kind == tNewline || p.tokens[i].kind == tComment {
		i++
	}
	return p.is(p.tokens[i], "{")
}

// missingBody reports that a statement lacks its block, and takes the block where it is there without its `{`.
func (p *parser) missingBody(c *sentenceCut) *Block {
	start := p.pos
	between := p.space().Before
	t := p.peek()
	if p.is(t, "{") {
		c.inside = append(c.inside, between...)
		if !c.bad {
			p.report.add("NUR010", Span{t.start, t.end}, "`{` stands on the line of %s: move it there", p.host(c))
		}
		blk := p.braces(c.statement.body, p.host(c))
		c.end, c.bad = blk.End, true
		return blk
	}
	p.pos = start
	if !c.bad {
		p.report.add("NUR009", Span{c.first.start, c.end}, "%s has no block: write %s", p.host(c), c.usage)
	}
	c.bad = true
	if !isWord(t) || c.statement.body.index[p.text(t)] == nil || c.in.index[p.text(t)] != nil {
		return nil
	}
	blk := &Block{Span: Span{Start: t.start}}
	p.fill(blk, opened{c.statement.body, p.host(c), -1})
	c.end = blk.End
	return blk
}

// checkWhole reports what a grammar cannot say.
func (p *parser) checkWhole(c *sentenceCut, n noder) {
	switch n := n.(type) {
	case *Rule:
		if n.Target == nil && n.Actions == nil && n.Match == nil {
			p.incomplete(c, "this rule does nothing: write `-> STAGE` or actions in `{ … }` behind it")
		} else if n.Match != nil && n.Match.Body == nil {
			p.incomplete(c, "`match` needs its block: write `match event.topic { VALUE -> STAGE }`")
		}
	case *Arm:
		if n.Target == nil && n.Actions == nil {
			p.incomplete(c, "this line does nothing: write "+c.usage)
		}
	case *MapRow:
		p.checkRow(c, n)
	}
}

func (p *parser) incomplete(c *sentenceCut, message string) {
	p.report.add("NUR003", Span{c.first.start, c.end}, "%s", message)
	c.bad = true
}

// checkRow makes the row that begins with `topic` the header where it stands first, and keeps the header's words there.
func (p *parser) checkRow(c *sentenceCut, row *MapRow) {
	row.Header = row.Label.Text == "topic" && p.firstInBlock(c)
	for _, cell := range row.Cells {
		for _, name := range cell.Names {
			if name.Text == "otherwise" && !row.Header {
				p.report.add("NUR006", name.Span, "`otherwise` stands in the first line of a map, for everybody else: write an offer or `-` here")
				c.bad = true
			}
		}
		if row.Header && (cell.Gap || len(cell.Names) > 1) {
			p.report.add("NUR005", cell.Span, "a column of a map is one segment or `otherwise`")
			c.bad = true
		}
	}
}

// firstInBlock says whether only space and comments stand between the `{` and the statement.
func (p *parser) firstInBlock(c *sentenceCut) bool {
	o := p.open[len(p.open)-1]
	if o.token < 0 {
		return true
	}
	for _, t := range p.tokens[o.token+1:] {
		if t.kind != tNewline && t.kind != tComment {
			return t.start == c.first.start
		}
	}
	return false
}

// setKeyword keeps the keyword where the tree has a place for it.
func (p *parser) setKeyword(c *sentenceCut, n noder) {
	word := Name{Span{c.first.start, c.first.end}, c.word}
	switch n := n.(type) {
	case *ContactDecl:
		n.Keyword = word.Span
	case *PolicyDecl:
		n.Keyword = word.Span
	case *MeasureDecl:
		n.Keyword = word.Span
	case *NamesDecl:
		n.Keyword = word
	case *OfferStmt:
		n.Word = word
	case *StopStmt:
		n.Word = word
	case *HandoffStmt:
		n.Word = word
	case *MeasureStmt:
		n.Word = word
	case *ProgramStmt:
		n.Word = word
	case *Rule:
		n.Word = word
	}
}

// docOf joins the documentation among the comments of a statement.
func docOf(comments []Comment) string {
	var lines []string
	for _, c := range comments {
		if c.Doc {
			lines = append(lines, strings.TrimRight(strings.TrimPrefix(c.Text, " "), " \t"))
		}
	}
	return strings.Join(lines, "\n")
}
