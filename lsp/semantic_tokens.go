package lsp

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Semantic tokens: the parser says of each word of a file what it is in its statement, the playbook of each name what it
// stands for. A name that stands for nothing has no colour: it is probably misspelt.

// tokenTypes is the legend: the editors' own types, so that every colour theme has something for them.
var tokenTypes = []string{
	"keyword", "comment", "string", "number", "operator", "function", "type", "enumMember", "variable",
	"class", "struct", "interface", "parameter", "enum", "event", "namespace", "method", "property", "decorator", "macro",
}

const (
	tokenKeyword = iota
	tokenComment
	tokenString
	tokenNumber
	tokenOperator
	tokenFunction
	tokenType
	tokenWord // a word of a list of the language's, such as a phase; a value
	tokenVariable
	tokenOffer
	tokenMap
	tokenSegment
	tokenScore
	tokenTopic
	tokenEvent
	tokenProgram
	tokenStage
	tokenField
	tokenRole
	tokenHandoff
)

var tokenModifiers = []string{"declaration", "modification", "documentation", "defaultLibrary", "deprecated"}

const (
	modDeclaration = 1 << iota
	modModification
	modDocumentation
	modBuiltIn
	modPast
)

var kindTokens = map[check.Kind]uint32{
	check.AnOffer: tokenOffer, check.AMap: tokenMap, check.ASegment: tokenSegment, check.AScore: tokenScore, check.ATopic: tokenTopic,
	check.AnEvent: tokenEvent, check.AnOutcome: tokenEvent, check.AProgram: tokenProgram, check.ATrack: tokenProgram, check.AScenario: tokenProgram,
	check.AStage: tokenStage, check.AHandoff: tokenHandoff, check.AField: tokenField, check.AnEventField: tokenField, check.ARole: tokenRole,
	check.AValue: tokenWord, check.AnOfferKind: tokenWord, check.AChannel: tokenWord,
}

var roleTokens = map[syntax.Role]uint32{
	syntax.RoleKeyword: tokenKeyword, syntax.RoleText: tokenString, syntax.RoleFile: tokenString, syntax.RoleZone: tokenString,
	syntax.RoleNumber: tokenNumber, syntax.RolePercent: tokenNumber, syntax.RoleDuration: tokenNumber, syntax.RoleDate: tokenNumber,
	syntax.RoleDateTime: tokenNumber, syntax.RoleTime: tokenNumber,
	syntax.RoleType: tokenType, syntax.RoleEventType: tokenType,
	syntax.RolePhase: tokenWord, syntax.RoleIntent: tokenWord, syntax.RolePick: tokenWord, syntax.RoleWeight: tokenWord, syntax.RoleDay: tokenWord,
	syntax.RoleHeld: tokenWord, syntax.RoleRefused: tokenWord,
}

var pieceTokens = map[cond.PieceKind]uint32{
	cond.PieceRoot: tokenVariable, cond.PieceFunction: tokenFunction, cond.PieceWord: tokenKeyword, cond.PieceSign: tokenOperator,
	cond.PieceNumber: tokenNumber, cond.PieceText: tokenString, cond.PieceConstant: tokenKeyword,
}

// painted is a token of a file.
type painted struct {
	start, end int
	is, mods   uint32
}

// painter collects the tokens of one file.
type painter struct {
	uses   []check.Use // of the file, by place
	tokens []painted
	built  map[string]bool // the names of built-in events
}

// paint gives the tokens of a file between two places.
func (s *Snapshot) paint(name string, from, to int) []painted {
	p := &painter{built: map[string]bool{}}
	for _, e := range check.BuiltinEvents {
		p.built[e.Name] = true
	}
	p.uses = s.Playbook.UsesIn(name)
	f := s.File(name)
	if f == nil {
		for _, u := range p.uses {
			p.name(u.Span.Start, u.Span.End, 0)
		}
	} else {
		for _, w := range syntax.Words(name, f.Src) {
			if w.End >= from && w.Start <= to {
				p.word(w)
			}
		}
	}
	p.tokens = slices.DeleteFunc(p.tokens, func(t painted) bool { return t.end < from || t.start > to || t.end <= t.start })
	return p.tokens
}

func (p *painter) add(start, end int, is, mods uint32) {
	if n := len(p.tokens); n > 0 && p.tokens[n-1].end > start {
		return
	}
	p.tokens = append(p.tokens, painted{start, end, is, mods})
}

func (p *painter) word(w syntax.Word) {
	switch w.Role {
	case syntax.RoleComment:
		mods := uint32(0)
		if strings.HasPrefix(w.Text, "///") {
			mods = modDocumentation
		}
		p.add(w.Start, w.End, tokenComment, mods)
	case syntax.RoleSign:
		if w.Text != "," && w.Text != "." && w.Text != "(" && w.Text != ")" {
			p.add(w.Start, w.End, tokenOperator, 0)
		}
	case syntax.RoleCondition:
		for _, c := range cond.Pieces(w.Text) {
			start, end := w.Start+c.Start, w.Start+c.End
			if is, ok := pieceTokens[c.Kind]; !ok {
				p.name(start, end, 0)
			} else if bracket := w.Text[c.Start:c.End]; !strings.Contains("()[],.", bracket) {
				p.add(start, end, is, 0)
			}
		}
	default:
		if is, ok := roleTokens[w.Role]; ok {
			p.add(w.Start, w.End, is, 0)
			return
		}
		switch w.Text {
		case "done", "otherwise", "true", "false", "not":
			p.add(w.Start, w.End, tokenKeyword, 0)
		case "contact", "event":
			if !w.Declares {
				p.add(w.Start, w.End, tokenVariable, 0)
				return
			}
			p.name(w.Start, w.End, modDeclaration)
		default:
			if w.Text[0] == '"' {
				p.add(w.Start, w.End, tokenString, 0)
				return
			}
			p.name(w.Start, w.End, 0)
		}
	}
}

// name adds the token of a name that the playbook knows.
func (p *painter) name(start, end int, mods uint32) {
	i, there := slices.BinarySearchFunc(p.uses, start, func(u check.Use, at int) int { return u.Span.Start - at })
	if !there || p.uses[i].Span.End > end {
		return
	}
	u := p.uses[i]
	is, ok := kindTokens[u.Kind]
	if !ok {
		return
	}
	if u.Declares {
		mods |= modDeclaration
	}
	if u.Writes {
		mods |= modModification
	}
	if u.Past {
		mods |= modPast
	}
	if u.Kind == check.AnEvent && p.built[u.Name] {
		mods |= modBuiltIn
	}
	p.add(start, end, is, mods)
}

// encodeTokens writes tokens as the protocol has them: five numbers each, relative to the one before.
func (s *Snapshot) encodeTokens(name string, tokens []painted) []uint32 {
	data := make([]uint32, 0, 5*len(tokens))
	var line, column uint32
	for _, t := range tokens {
		at := s.Range(diag.Span{File: name, Start: t.start, End: t.end})
		if at.Start.Line != at.End.Line {
			continue // none of ours goes over a line end
		}
		if at.Start.Line != line {
			line, column, data = at.Start.Line, 0, append(data, at.Start.Line-line)
		} else {
			data = append(data, 0)
		}
		data = append(data, at.Start.Character-column, at.End.Character-at.Start.Character, t.is, t.mods)
		column = at.Start.Character
	}
	return data
}

// tokenMemory keeps what was last answered for each file, so that the next answer can say what has changed.
type tokenMemory struct {
	sync.Mutex
	last map[string]tokenAnswer
}

type tokenAnswer struct {
	id   string
	data []uint32
}

func (m *tokenMemory) exchange(name string, answer tokenAnswer) (before tokenAnswer) {
	m.Lock()
	defer m.Unlock()
	if m.last == nil {
		m.last = map[string]tokenAnswer{}
	}
	before = m.last[name]
	m.last[name] = answer
	return before
}

func (s *Snapshot) tokens(uri protocol.DocumentURI) (now, before tokenAnswer) {
	name, _ := s.Name(uri)
	data := s.encodeTokens(name, s.paint(name, 0, len(s.Sources[name])))
	hash := xxhash.New()
	_ = binary.Write(hash, binary.LittleEndian, data) // a hash takes everything
	now = tokenAnswer{id: strconv.FormatUint(hash.Sum64(), 36), data: data}
	return now, s.folder.tokens.exchange(name, now)
}

func semanticTokens(_ context.Context, s *Snapshot, p protocol.SemanticTokensParams) (*protocol.SemanticTokens, error) {
	now, _ := s.tokens(p.TextDocument.URI)
	return &protocol.SemanticTokens{ResultID: now.id, Data: now.data}, nil
}

func semanticTokensRange(_ context.Context, s *Snapshot, p protocol.SemanticTokensRangeParams) (*protocol.SemanticTokens, error) {
	name, _ := s.Name(p.TextDocument.URI)
	at := s.Span(name, p.Range)
	return &protocol.SemanticTokens{Data: s.encodeTokens(name, s.paint(name, at.Start, at.End))}, nil
}

// tokenEdit is the library's, whose data are left out where there are none: then they would be nothing to its decoder.
type tokenEdit struct {
	Start       uint32   `json:"start"`
	DeleteCount uint32   `json:"deleteCount"`
	Data        []uint32 `json:"data,omitempty"`
}

type tokensDelta struct {
	ResultID string      `json:"resultId"`
	Edits    []tokenEdit `json:"edits"`
}

// semanticTokensDelta gives what has changed since the answer that the editor names, where that was the last one; else
// all.
func semanticTokensDelta(_ context.Context, s *Snapshot, p protocol.SemanticTokensDeltaParams) (any, error) {
	now, before := s.tokens(p.TextDocument.URI)
	if before.id == "" || before.id != p.PreviousResultID {
		return &protocol.SemanticTokens{ResultID: now.id, Data: now.data}, nil
	}
	delta := tokensDelta{ResultID: now.id}
	was, is := before.data, now.data
	start := 0
	for start < len(was) && start < len(is) && was[start] == is[start] {
		start++
	}
	end := 0
	for end < len(was)-start && end < len(is)-start && was[len(was)-1-end] == is[len(is)-1-end] {
		end++
	}
	if start < len(was) || start < len(is) {
		delta.Edits = append(delta.Edits, tokenEdit{uint32(start), uint32(len(was) - start - end), is[start : len(is)-end]})
	}
	return delta, nil
}
