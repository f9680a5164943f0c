package syntax

import (
	"sort"
	"unsafe"

	"nurture/lang/diag"
)

// Memory keeps the last parse of one file, so that the next one, after an edit, only parses the declarations that the
// edit touches. The zero value knows nothing. It is for one goroutine at a time; the trees that it gave stay as they are.
//
// The text is cut into tokens anew. Where the loop over the file's declarations comes to one that stood at this place
// before the edit, or stands behind it with the same text, it takes that one, moved to its new place. What had
// errors is always parsed again, since an error may have seen as far as the end of the file.
type Memory struct {
	src    string
	pieces []piece // by place

	file  *File // what the last parse gave
	diags []diag.Diagnostic
}

// piece is a declaration as it was parsed, with the space above it.
type piece struct {
	decl       Decl
	src        string // that its texts are parts of
	start, end int    // of the text that was taken for it, with the comment behind it
	seen       int    // nothing from here on was looked at
	first      bool   // nothing stands before it
	sound      bool   // nothing but its own text shows in it
}

// Parse gives the same as the function Parse.
func (m *Memory) Parse(name, src string) (*File, []diag.Diagnostic) {
	if m.file != nil && m.file.Name == name && m.src == src {
		return m.file, m.diags
	}
	if m.scattered() {
		*m = Memory{}
	}
	r := &reuse{old: m, src: src}
	r.before = commonPrefix(m.src, src)
	r.behind = commonSuffix(m.src[r.before:], src[r.before:])
	m.file, m.diags = parse(name, src, r)
	m.src, m.pieces = src, r.pieces
	return m.file, m.diags
}

// mostTexts bounds how many older texts of a file are kept alive by the declarations that are parts of them.
const mostTexts = 8

func (m *Memory) scattered() bool {
	texts := 0
	for i := range m.pieces {
		if i == 0 || unsafe.StringData(m.pieces[i].src) != unsafe.StringData(m.pieces[i-1].src) {
			texts++
		}
	}
	return texts > mostTexts
}

// reuse is a Memory while the next text is parsed.
type reuse struct {
	old            *Memory
	src            string
	before, behind int // how many bytes at the start and at the end are as they were
	pieces         []piece
}

// take adds the declaration that begins at the next token, if it is known, and passes over it.
func (r *reuse) take(p *parser, add func(noder)) bool {
	t := p.peek()
	if p.crooked != nil || t.kind != tNewline && p.pos > 0 {
		return false
	}
	by := len(r.src) - len(r.old.src)
	if t.start < len(r.src)-r.behind {
		by = 0 // before the edit; behind its beginning nothing is found, or has seen the edit
	}
	i := sort.Search(len(r.old.pieces), func(i int) bool { return r.old.pieces[i].start >= t.start-by })
	if i == len(r.old.pieces) {
		return false
	}
	old := r.old.pieces[i]
	if old.start != t.start-by || !old.sound || old.first != (p.pos == 0) || t.start < len(r.src)-r.behind && old.seen >= r.before {
		return false
	}
	next := p.pos + sort.Search(len(p.tokens)-p.pos, func(i int) bool { return p.tokens[p.pos+i].start >= old.end+by })
	if next == len(p.tokens) || p.tokens[next].start != old.end+by {
		return false
	}
	if by != 0 {
		old.decl = moved(old.decl, old.src, r.src, by)
		old.src, old.start, old.end, old.seen = r.src, old.start+by, old.end+by, old.seen+by
	}
	p.pos = next
	r.pieces = append(r.pieces, old)
	add(old.decl)
	return true
}

// keep notes a declaration that has been parsed from the token start on, when there were as many errors as before says.
func (r *reuse) keep(p *parser, n noder, start, before int) {
	first, last := p.tokens[start], p.peek()
	sound := len(p.report.diags) == before && before < mostReported && p.crooked == nil && (last.kind == tNewline || last.kind == tEOF)
	for _, t := range p.tokens[start:p.pos] {
		sound = sound && !t.bad && t.kind != tBad
	}
	// Where a statement ends can depend on what begins the next line, and that on the word beside it.
	seen, ahead := last.end, 0
	for i := p.pos; ahead < 3; i++ {
		t := p.tokens[i]
		if seen = t.end; t.kind == tEOF {
			seen++
			break
		}
		if t.kind != tNewline && t.kind != tComment {
			ahead++
		}
	}
	r.pieces = append(r.pieces, piece{n.(Decl), p.src, first.start, last.start, seen, start == 0, sound})
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func commonSuffix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}
