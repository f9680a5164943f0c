package syntax

import (
	"slices"
	"sort"
	"strings"

	plex "github.com/alecthomas/participle/v2/lexer"
)

// Place says what may be written at a place of a file, for completion. It is worked out by the parser itself: it takes the
// text before the place with an empty name behind it, and says what it was about to do when it came to that.
type Place struct {
	Start     int        // where the word or the text in quotes begins that is being written; the place itself where none is
	Quoted    bool       // it stands in quotes
	Around    []Sentence // the statements whose blocks it stands in, outermost first
	Sentence  *Sentence  // the statement that is being written; nil where a new one begins
	Role      Role       // what has to stand here; NoRole where nothing has to
	Qualifier string     // what stands before the word and a dot: the "targeted" of `targeted.en`
	Further   []Keyword  // words with which the statement may go on
	Begins    []Keyword  // statements that may begin here
	Other     Role       // what the name is that a statement may begin with besides
	Condition string     // the condition before the word, where Role is RoleCondition; it begins at ConditionAt
	At        int        // where Condition begins
}

// Sentence is a statement, as far as it is written.
type Sentence struct {
	Word  string // its keyword; "" for one that begins with a name
	Block string // what it stands in: "a stage"
	Words []Word
}

// Path is the first operand of a role, such as the event of a rule: `visited`, `sales.won`.
func (s *Sentence) Path(role Role) string {
	i := slices.IndexFunc(s.Words, func(w Word) bool { return w.Role == role })
	if i < 0 {
		return ""
	}
	path := s.Words[i].Text
	for ; i+2 < len(s.Words) && s.Words[i+1].Text == "." && s.Words[i+2].Role == role; i += 2 {
		path += "." + s.Words[i+2].Text
	}
	return path
}

// Paths are all operands of a role, such as the events of `stop on`.
func (s *Sentence) Paths(role Role) []string {
	var paths []string
	for i, w := range s.Words {
		switch {
		case w.Role != role:
		case i > 1 && s.Words[i-1].Text == "." && len(paths) > 0:
			paths[len(paths)-1] += "." + w.Text
		default:
			paths = append(paths, w.Text)
		}
	}
	return paths
}

// Place says what may be written at an offset of the file; ok is false inside comments.
func (f *File) Place(offset int) (place Place, ok bool) { return f.PlaceIn(f.Src, offset) }

// PlaceIn is Place for a text that the file has become by edits since it was parsed.
func (f *File) PlaceIn(src string, offset int) (place Place, ok bool) {
	offset = min(max(offset, 0), len(src))
	if len(src) > largestFile {
		return Place{}, false
	}
	// What stands before the declaration around the place says nothing about it.
	from, same := 0, min(offset, commonPrefix(f.Src, src))
	if i := sort.Search(len(f.Decls), func(i int) bool { return NodeOf(f.Decls[i]).Start >= same }); i > 0 {
		from = NodeOf(f.Decls[i-1]).Start
	}
	p := &parser{src: src[from:offset], report: &reporter{file: f.Name}, probe: &probe{}}
	p.tokens = lex(p.src, p.report)
	last := len(p.tokens) - 1 // the end
	start, quoted := len(p.src), false
	if last > 0 {
		switch t := p.tokens[last-1]; {
		case t.end < len(p.src):
		case t.kind == tComment, t.kind == tBad && strings.ContainsAny(p.text(t)[:1], "/#"):
			return Place{}, false
		case t.kind == tString && !closed(p.text(t)):
			start, quoted = t.start+1, true
			last--
		case t.kind == tIdent, t.kind == tReserved, t.kind == tNumber, t.kind == tDuration, t.kind == tPercent, t.kind == tDate:
			start = t.start
			last--
		}
	}
	at := min(start, len(p.src))
	if quoted {
		at = start - 1
	}
	p.tokens = append(p.tokens[:last], token{start: at, end: at, kind: tIdent}, token{start: at, end: at, kind: tEOF})
	p.statements(fileBlock, func(noder) {})
	if p.probe.place == nil {
		return Place{}, false
	}
	place = *p.probe.place
	place.Start, place.Quoted = from+start, quoted
	place.At += from
	for i := range place.Around {
		place.Around[i].shift(from)
	}
	place.Sentence.shift(from)
	return place, true
}

func (s *Sentence) shift(by int) {
	if s == nil {
		return
	}
	for i := range s.Words {
		s.Words[i].Start += by
		s.Words[i].End += by
	}
}

// closed says whether a text in quotes has its second one.
func closed(text string) bool {
	if len(text) < 2 || text[len(text)-1] != text[0] {
		return false
	}
	escapes := len(text) - 1 - len(strings.TrimRight(text[:len(text)-1], `\`))
	return escapes%2 == 0
}

// probe listens to a parse: for the place where an empty name stands, or for all words.
type probe struct {
	around []*sentenceCut
	place  *Place

	all   bool
	words []Word
}

// empty says whether a token is the name that stands for what has still to be written.
func (t token) empty() bool { return t.kind == tIdent && t.start == t.end }

// sentence says what the words of a statement are so far.
func (p *parser) sentence(c *sentenceCut, upTo int) (Sentence, *reading) {
	s := Sentence{Word: c.word, Block: c.in.name}
	r := c.reading()
	for i, w := range p.words[c.from:upTo] {
		s.Words = append(s.Words, r.take(i, w, p.further(c, i, w)))
	}
	return s, r
}

// further says whether the i-th word of a statement is one of its further words, and no operand.
func (p *parser) further(c *sentenceCut, i int, w plex.Token) bool {
	_, seen := slices.BinarySearch(c.seenAt, i)
	return seen || c.word == "expect" && i > 0 && w.Type == wIdent && i <= 2 && p.words[c.from+i-1].Type != wIdent
}

// around are the statements whose blocks are open.
func (p *parser) around() []Sentence {
	var all []Sentence
	for i, c := range p.probe.around {
		upTo := len(p.words)
		if i+1 < len(p.probe.around) {
			upTo = p.probe.around[i+1].from
		}
		s, _ := p.sentence(c, upTo)
		all = append(all, s)
	}
	return all
}

// begins notes that a statement of a block begins with the empty name.
func (p *parser) begins(b *block) {
	if p.probe.place != nil {
		return
	}
	p.probe.place = &Place{Around: p.around()}
	p.probe.place.add(b)
}

func (l *Place) add(b *block) {
	for _, s := range b.statements {
		l.Begins = append(l.Begins, s.keyword())
	}
	if o := b.other; o != nil && b.starts != "+" && o.declares == NoRole {
		l.Other = o.takes.at(0)
	}
}

// goes notes that the empty name is a word of a statement. complete says that it need not be an operand.
func (p *parser) goes(c *sentenceCut, complete bool) {
	if p.probe.place != nil {
		return
	}
	p.probe.around = p.probe.around[:len(p.probe.around)-1]
	l := &Place{Around: p.around()}
	s, r := p.sentence(c, len(p.words))
	l.Sentence = &s
	p.probe.place = l
	declares := false
	if r.last != RoleSign || !complete {
		if l.Role, declares = r.next(); declares {
			l.Role = NoRole
		}
	}
	if n := len(s.Words); r.joined && s.Words[n-1].Text == "." && n > 1 {
		l.Qualifier = s.Words[n-2].Text
		return
	}
	if r.joined {
		return
	}
	if c.word != "expect" { // the word behind it has been taken
		l.Further = c.further(r.operands, complete)
	}
	if complete && !c.in.lines && c.depth == 0 && !c.lacks() {
		l.add(c.in)
	}
}

// further are the words with which a statement may go on behind so many operands.
func (c *sentenceCut) further(operands int, complete bool) []Keyword {
	var words []Keyword
	last := -1
	for i, cl := range c.clauses {
		if slices.Contains(c.seen, cl.word) {
			last = i
		}
	}
	opened := slices.ContainsFunc(c.clauses, func(cl clause) bool { return cl.opens && slices.Contains(c.seen, cl.word) })
	for i, cl := range c.clauses {
		switch {
		case slices.Contains(c.seen, cl.word), i < last && !c.anyOrder:
		case cl.opens:
			first := operands == 0 || c.statement.other()
			if !opened && first && (complete || len(c.seen) == 0 && c.needs) {
				words = append(words, cl.keyword(c.statement))
			}
		case !complete, c.then && !opened, cl.after != "" && !slices.Contains(c.seen, cl.after):
		default:
			words = append(words, cl.keyword(c.statement))
			if cl.must {
				return words
			}
		}
	}
	return words
}

// lacks says whether the statement is no whole one yet.
func (c *sentenceCut) lacks() bool {
	opens, opened := false, false
	for _, cl := range c.clauses {
		seen := slices.Contains(c.seen, cl.word)
		opens, opened = opens || cl.opens, opened || cl.opens && seen
		if cl.must && !seen && c.match == nil {
			return true
		}
	}
	return opens && !opened && (c.then || c.statement.other())
}

// other says whether the statement begins with no keyword.
func (s *statement) other() bool { return s.word == "" }

// asks notes that the empty name stands in a condition of a statement, behind the given tokens.
func (p *parser) asks(c *sentenceCut, start, last int, complete bool) {
	if p.probe.place != nil {
		return
	}
	p.goes(c, complete)
	l := p.probe.place
	l.Role = RoleCondition
	l.At = p.peek().start
	if last >= 0 {
		l.At = p.tokens[start].start
		l.Condition = p.src[l.At:p.peek().start]
	}
	if c.word == "expect" && last < 0 {
		l.Further = c.further(0, true)
	}
}

// Words are all words of a file's statements and its comments, in their order, with what they are.
func Words(name, src string) []Word {
	if len(src) > largestFile {
		return nil
	}
	p := &parser{src: src, report: &reporter{file: name}, probe: &probe{all: true}}
	p.tokens = lex(src, p.report)
	p.statements(fileBlock, func(noder) {})
	words := p.probe.words
	for _, t := range p.tokens {
		if t.kind == tComment {
			words = append(words, Word{Span: Span{t.start, t.end}, Text: p.text(t), Role: RoleComment})
		}
	}
	slices.SortStableFunc(words, func(a, b Word) int { return a.Start - b.Start })
	return words
}

// said notes the words of a statement.
func (p *parser) said(c *sentenceCut) {
	if !p.probe.all {
		return
	}
	r := c.reading()
	for i, w := range c.words {
		if w.Type != wEOF && w.Value != "" {
			word := r.take(i, w, p.further(c, i, w))
			word.Text = p.src[word.Start:word.End]
			p.probe.words = append(p.probe.words, word)
		}
	}
}
