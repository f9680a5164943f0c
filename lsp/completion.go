package lsp

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/syntax"
)

// Completion asks the parser what may stand at the cursor (syntax.File.Place), and gives what the playbook, as far as it
// is understood, has of that: complete_names.go for the roles of statements, complete_conditions.go inside conditions,
// complete_content.go in Liquid.

// mostItems bounds a list; the editor asks again when more has been typed.
const mostItems = 100

// candidate is something that may be written at the cursor.
type candidate struct {
	label   string
	insert  string // what is written, where it is not the label
	snippet string // the same with places to fill in, for editors that take snippets
	detail  string
	doc     string    // of the language's own words
	of      check.Ref // of the playbook's things, which are documented when the editor asks for it
	kind    protocol.CompletionItemKind
	fit     int // 0 is best
}

// Fits: what has to stand here, what may, and what goes on with something else.
const (
	fitBest = iota
	fitGood
	fitSome
	fitOther
)

// completer collects candidates for one place.
type completer struct {
	*Snapshot
	file   string
	place  syntax.Place
	offset int
	words  []candidate
	there  map[string]bool
}

func (c *completer) add(w candidate) {
	if w.label == "" || c.there[w.label] {
		return
	}
	c.there[w.label] = true
	c.words = append(c.words, w)
}

func complete(_ context.Context, s *Snapshot, p protocol.CompletionParams) (*protocol.CompletionList, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	c := &completer{Snapshot: s, file: name, offset: offset, there: map[string]bool{}}
	start := offset
	if f := s.File(name); f == nil {
		start = c.liquid(s.Sources[name], 0)
	} else if place, ok := f.PlaceIn(s.Sources[name], offset); ok {
		if space := p.Context != nil && p.Context.TriggerCharacter == " "; space && place.Role == syntax.NoRole && len(place.Further) == 0 {
			return &protocol.CompletionList{}, nil // a space alone asks for nothing
		}
		c.place = place
		start = c.statement()
	}
	return c.list(start), nil
}

// statement collects what fits at the place, and says where what is being written begins.
func (c *completer) statement() (start int) {
	l := c.place
	switch {
	case l.Quoted && (l.Role == syntax.RoleText || l.Role == syntax.NoRole):
		return c.liquid(c.Sources[c.file][:c.offset], l.Start)
	case l.Role == syntax.RoleCondition:
		c.condition()
	case l.Role != syntax.NoRole:
		c.role(l.Role)
	}
	if l.Quoted {
		return l.Start
	}
	for _, k := range l.Further {
		fit := fitGood
		switch {
		case l.Role == syntax.RoleCondition && l.Condition == "":
			fit = fitBest // what may stand in the place of a condition is rarer than conditions
		case l.Role != syntax.RoleCondition && l.Role != syntax.NoRole:
			fit = fitSome
		}
		c.add(candidate{label: k.Word, detail: k.Needs, doc: k.Doc, kind: protocol.CompletionItemKindKeyword, fit: fit})
	}
	written := c.written()
	for _, k := range l.Begins {
		if !k.Once || !written[k.Word] {
			c.add(c.keyword(k))
		}
	}
	if l.Other != syntax.NoRole && l.Role == syntax.NoRole {
		c.role(l.Other)
	}
	return l.Start
}

// keyword is a statement that may begin, with its usage as a snippet.
func (c *completer) keyword(k syntax.Keyword) candidate {
	fit := fitBest
	if c.place.Sentence != nil {
		fit = fitOther
	}
	return candidate{
		label: k.Word, snippet: snippetOf(k.Usage), detail: strings.ReplaceAll(k.Usage, "`", ""), doc: k.Doc,
		kind: protocol.CompletionItemKindKeyword, fit: fit,
	}
}

// written are the keywords that stand already in the block of the place; at the top of a file, in the playbook.
func (c *completer) written() map[string]bool {
	words := map[string]bool{}
	if len(c.place.Around) == 0 {
		for _, f := range c.Files {
			for _, d := range f.Decls {
				words[firstWord(f, d)] = true
			}
		}
		return words
	}
	f := c.File(c.file)
	around := c.place.Around[len(c.place.Around)-1].Words[0].Start
	for _, d := range f.Decls {
		if n := syntax.NodeOf(d); n.Start > c.offset || n.End < around {
			continue
		}
		inside := false
		syntax.Walk(d, func(n syntax.Walked) bool {
			node := syntax.NodeOf(n)
			if inside && node.Start != c.place.Start {
				words[firstWord(f, n)] = true
				return false
			}
			inside = inside || node.Start == around
			return true
		})
	}
	return words
}

func firstWord(f *syntax.File, n syntax.Walked) string {
	text := f.Src[syntax.NodeOf(n).Start:]
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		return text
	}
	return text[:end]
}

// list makes the editor's list of what has been collected: what was typed so far before all else, then what fits best.
func (c *completer) list(start int) *protocol.CompletionList {
	typed := strings.ToLower(c.Sources[c.file][min(start, c.offset):c.offset])
	type ranked struct {
		candidate
		match int
	}
	var fitting []ranked
	for _, w := range c.words {
		if m, ok := match(w.label, typed); ok {
			fitting = append(fitting, ranked{w, m})
		}
	}
	slices.SortStableFunc(fitting, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.match, b.match), cmp.Compare(a.fit, b.fit)) })
	list := &protocol.CompletionList{IsIncomplete: len(fitting) > mostItems}
	at := protocol.Range{Start: c.Position(c.file, min(start, c.offset)), End: c.Position(c.file, c.offset)}
	snippets := c.client.takesSnippets()
	for i, w := range fitting[:min(len(fitting), mostItems)] {
		item := protocol.CompletionItem{
			Label:      w.label,
			Kind:       w.kind,
			Detail:     w.detail,
			SortText:   fmt.Sprintf("%04d", i),
			FilterText: strings.Trim(w.label, `"`),
			TextEdit:   &protocol.TextEdit{Range: at, NewText: cmp.Or(w.insert, w.label)},
		}
		if w.snippet != "" && snippets {
			item.TextEdit.NewText, item.InsertTextFormat = w.snippet, protocol.InsertTextFormatSnippet
		}
		switch {
		case w.doc != "":
			item.Documentation = protocol.MarkupContent{Kind: protocol.Markdown, Value: w.doc}
		case w.of.Name != "":
			item.Data = itemData{URI: c.URI(c.file), Ref: w.of}
		}
		list.Items = append(list.Items, item)
	}
	return list
}

func (c *client) takesSnippets() bool {
	t := c.capabilities.TextDocument
	return t != nil && t.Completion != nil && t.Completion.CompletionItem != nil && t.Completion.CompletionItem.SnippetSupport
}

// match says how well a label answers what has been typed, 0 being best: it begins so, a word of it does, it has the
// letters in this order.
func match(label, typed string) (rank int, ok bool) {
	label = strings.ToLower(strings.Trim(label, `"`))
	typed = strings.Trim(typed, `"`)
	switch i := strings.Index(label, typed); {
	case i == 0:
		return 0, true
	case i > 0 && strings.ContainsRune("._/ ", rune(label[i-1])):
		return 1, true
	case i > 0:
		return 2, true
	}
	for _, r := range typed {
		i := strings.IndexRune(label, r)
		if i < 0 {
			return 0, false
		}
		label = label[i+utf8.RuneLen(r):]
	}
	return 3, true
}

// blanks are the parts of a usage that one fills in.
var blanks = regexp.MustCompile(`[A-Z]{2,}|\d[\w:-]*(?:\.\.[\w:-]+)?%?|…`)

// snippetOf makes a snippet of the first way in which a usage is written.
func snippetOf(usage string) string {
	usage, _, _ = strings.Cut(strings.TrimPrefix(usage, "`"), "`")
	usage = strings.ReplaceAll(usage, "{ … }", "{\n\t…\n}")
	n := 0
	return blanks.ReplaceAllStringFunc(usage, func(blank string) string {
		if blank == "…" {
			return "$0"
		}
		n++
		return fmt.Sprintf("${%d:%s}", n, strings.ToLower(blank))
	})
}

// itemData is what an item is about, for the editor to give back.
type itemData struct {
	URI protocol.DocumentURI `json:"uri"`
	Ref check.Ref            `json:"ref"`
}

// resolvedItem is the library's item, whose data are known.
type resolvedItem struct {
	protocol.CompletionItem
	Data itemData `json:"data"`
}

func resolveCompletion(_ context.Context, s *Snapshot, item resolvedItem) (resolvedItem, error) {
	if item.Data.Ref.Name != "" {
		item.Documentation = protocol.MarkupContent{Kind: protocol.Markdown, Value: s.describe(item.Data.Ref)}
	}
	return item, nil
}
