package lsp

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// symbolKinds are the editor's kinds for things of a playbook: it chooses pictures by them.
var symbolKinds = map[check.Kind]protocol.SymbolKind{
	check.AnOffer:      protocol.SymbolKindObject,
	check.AMap:         protocol.SymbolKindArray,
	check.ASegment:     protocol.SymbolKindBoolean,
	check.AScore:       protocol.SymbolKindNumber,
	check.ATopic:       protocol.SymbolKindEnumMember,
	check.AnEvent:      protocol.SymbolKindEvent,
	check.AProgram:     protocol.SymbolKindClass,
	check.AHandoff:     protocol.SymbolKindInterface,
	check.AField:       protocol.SymbolKindField,
	check.ARole:        protocol.SymbolKindEnumMember,
	check.ATrack:       protocol.SymbolKindNamespace,
	check.AStage:       protocol.SymbolKindMethod,
	check.AScenario:    protocol.SymbolKindModule,
	check.AnOutcome:    protocol.SymbolKindEvent,
	check.AnEventField: protocol.SymbolKindField,
	check.AValue:       protocol.SymbolKindConstant,
}

// documentSymbols is the outline of a file, as it stands in it: also what has errors.
func documentSymbols(_ context.Context, s *Snapshot, p protocol.DocumentSymbolParams) (any, error) {
	name, _ := s.Name(p.TextDocument.URI)
	f := s.File(name)
	if f == nil {
		return []protocol.DocumentSymbol{}, nil
	}
	o := outline{s, name}
	all := []protocol.DocumentSymbol{}
	for _, d := range f.Decls {
		all = append(all, o.declaration(d)...)
	}
	if td := s.client.capabilities.TextDocument; td != nil && td.DocumentSymbol != nil && td.DocumentSymbol.HierarchicalDocumentSymbolSupport {
		return all, nil
	}
	return flat(p.TextDocument.URI, "", all), nil
}

// flat is an outline for editors that know no tree.
func flat(uri protocol.DocumentURI, in string, tree []protocol.DocumentSymbol) []protocol.SymbolInformation {
	list := []protocol.SymbolInformation{}
	for _, t := range tree {
		list = append(list, protocol.SymbolInformation{Name: t.Name, Kind: t.Kind, Location: protocol.Location{URI: uri, Range: t.SelectionRange}, ContainerName: in})
		list = append(list, flat(uri, t.Name, t.Children)...)
	}
	return list
}

// outline makes the symbols of one file.
type outline struct {
	*Snapshot
	file string
}

// symbol is one of a statement; what has no name is called by its keyword, which stands at its beginning.
func (o outline) symbol(n syntax.Walked, kind protocol.SymbolKind, name string, at syntax.Span, detail string) protocol.DocumentSymbol {
	whole := syntax.NodeOf(n).Span
	if at.End <= at.Start || at.Start < whole.Start || at.End > whole.End {
		at = syntax.Span{Start: whole.Start, End: whole.Start}
	}
	return protocol.DocumentSymbol{
		Name: cmp.Or(strings.TrimSpace(name), "?"), Kind: kind, Detail: detail,
		Range:          protocol.Range{Start: o.Position(o.file, whole.Start), End: o.Position(o.file, whole.End)},
		SelectionRange: protocol.Range{Start: o.Position(o.file, at.Start), End: o.Position(o.file, at.End)},
	}
}

func (o outline) named(n syntax.Walked, k check.Kind, name syntax.Name, title *syntax.Str) protocol.DocumentSymbol {
	detail := k.Word()
	if title != nil {
		detail = title.Value
	}
	return o.symbol(n, symbolKinds[k], name.Text, name.Span, detail)
}

func (o outline) declaration(d syntax.Decl) []protocol.DocumentSymbol {
	var sym protocol.DocumentSymbol
	var body *syntax.Block
	switch d := d.(type) {
	case *syntax.NamesDecl:
		kind := check.ATopic
		if d.Keyword.Text == "roles" {
			kind = check.ARole
		}
		sym = o.symbol(d, protocol.SymbolKindEnum, d.Keyword.Text, d.Keyword.Span, "")
		for _, n := range d.Names {
			child := o.named(d, kind, n, nil)
			child.Range = child.SelectionRange
			sym.Children = append(sym.Children, child)
		}
	case *syntax.ContactDecl:
		sym, body = o.symbol(d, protocol.SymbolKindStruct, "contact", d.Keyword, ""), d.Body
	case *syntax.EventDecl:
		sym, body = o.named(d, check.AnEvent, d.Name, nil), d.Body
	case *syntax.SegmentDecl:
		sym = o.named(d, check.ASegment, d.Name, nil)
		if d.Cond != nil {
			sym.Detail = oneLine(d.Cond.Text)
		}
	case *syntax.ScoreDecl:
		sym = o.named(d, check.AScore, d.Name, nil)
	case *syntax.OfferDecl:
		sym = o.named(d, check.AnOffer, d.Name, d.Title)
	case *syntax.MapDecl:
		sym, body = o.named(d, check.AMap, d.Name, nil), d.Body
	case *syntax.PolicyDecl:
		sym, body = o.symbol(d, protocol.SymbolKindStruct, "policy", d.Keyword, ""), d.Body
	case *syntax.HandoffDecl:
		sym, body = o.named(d, check.AHandoff, d.Name, d.Title), d.Body
	case *syntax.MeasureDecl:
		sym = o.symbol(d, protocol.SymbolKindStruct, "measure", d.Keyword, "")
	case *syntax.TrackDecl:
		sym, body = o.named(d, check.ATrack, d.Name, nil), d.Body
	case *syntax.ProgramDecl:
		sym, body = o.named(d, check.AProgram, d.Name, d.Title), d.Body
	case *syntax.ScenarioDecl:
		sym = o.named(d, check.AScenario, d.Name, nil)
	case *syntax.NeverDecl:
		sym = o.titled(d, "never", d.Title, protocol.SymbolKindConstant)
	case *syntax.TestDecl:
		sym = o.titled(d, "test", d.Title, protocol.SymbolKindFunction)
	case *syntax.MigrateDecl:
		sym = o.symbol(d, protocol.SymbolKindOperator, "migrate "+d.From.String(), d.From.Span, "-> "+d.To.String())
	default:
		return nil
	}
	if body != nil {
		for _, st := range body.Stmts {
			sym.Children = append(sym.Children, o.statement(st)...)
		}
	}
	return []protocol.DocumentSymbol{sym}
}

func (o outline) titled(n syntax.Walked, word string, title *syntax.Str, kind protocol.SymbolKind) protocol.DocumentSymbol {
	if title == nil {
		return o.symbol(n, kind, word, syntax.Span{}, "")
	}
	return o.symbol(n, kind, title.Value, title.Span, word)
}

func (o outline) statement(st syntax.Stmt) []protocol.DocumentSymbol {
	var sym protocol.DocumentSymbol
	switch st := st.(type) {
	case *syntax.FieldStmt:
		sym = o.named(st, check.AField, st.Name, nil)
		sym.Detail = st.Type.Name.Text
	case *syntax.EventFieldStmt:
		sym = o.named(st, check.AnEventField, st.Name, nil)
		sym.Detail = st.Type.Name.Text
	case *syntax.MapRow:
		if st.Header {
			return nil
		}
		sym = o.named(st, check.ATopic, st.Label, nil)
		sym.Detail = "row"
	case *syntax.HandoffStmt:
		var outcomes []protocol.DocumentSymbol
		if st.Word.Text == "outcomes" {
			for _, n := range st.Names {
				child := o.named(st, check.AnOutcome, n, nil)
				child.Range = child.SelectionRange
				outcomes = append(outcomes, child)
			}
		}
		return outcomes
	case *syntax.StageStmt:
		sym = o.named(st, check.AStage, st.Name, nil)
		if st.Body != nil {
			for _, inner := range st.Body.Stmts {
				sym.Children = append(sym.Children, o.statement(inner)...)
			}
		}
	case *syntax.Rule, *syntax.SendStmt, *syntax.TaskStmt, *syntax.HandStmt, *syntax.GoalStmt, *syntax.EnterStmt,
		*syntax.WindowStmt, *syntax.CapStmt, *syntax.StopStmt, *syntax.ConsentStmt, *syntax.TimezoneStmt, *syntax.SkipStmt:
		text := o.firstLine(st)
		word, _, _ := strings.Cut(text, " ")
		start := syntax.NodeOf(st).Start
		sym = o.symbol(st, cmp.Or(lineKinds[word], protocol.SymbolKindProperty), text, syntax.Span{Start: start, End: start + len(word)}, "")
	default:
		return nil
	}
	return []protocol.DocumentSymbol{sym}
}

// lineKinds are the editor's kinds for statements without a name.
var lineKinds = map[string]protocol.SymbolKind{
	"on": protocol.SymbolKindEvent, "when": protocol.SymbolKindEvent, "after": protocol.SymbolKindEvent,
	"send": protocol.SymbolKindFunction, "task": protocol.SymbolKindFunction, "hand": protocol.SymbolKindFunction,
	"goal": protocol.SymbolKindProperty, "enter": protocol.SymbolKindEvent,
	"window": protocol.SymbolKindProperty, "skip": protocol.SymbolKindProperty, "cap": protocol.SymbolKindProperty,
	"stop": protocol.SymbolKindProperty, "resume": protocol.SymbolKindProperty, "consent": protocol.SymbolKindProperty,
	"timezone": protocol.SymbolKindProperty,
}

// longestLine bounds what an outline shows of a statement without a name, in characters.
const longestLine = 80

// firstLine is a statement without its blocks.
func (o outline) firstLine(st syntax.Stmt) string {
	at := syntax.NodeOf(st).Span
	text := o.Sources[o.file][at.Start:at.End]
	if i := strings.IndexAny(text, "{\r\n"); i >= 0 {
		text = text[:i]
	}
	runes := []rune(oneLine(text))
	if len(runes) > longestLine {
		runes = append(runes[:longestLine-1], '…')
	}
	return string(runes)
}

// mostSymbols bounds what is found in all playbooks.
const mostSymbols = 500

// workspaceSymbols finds what is declared in all playbooks by some of the letters of its name, in their order.
func workspaceSymbols(ctx context.Context, all []*Snapshot, p protocol.WorkspaceSymbolParams) ([]protocol.SymbolInformation, error) {
	type hit struct {
		protocol.SymbolInformation
		rank int
	}
	var hits []hit
	for _, s := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		add := func(rank int, sym protocol.SymbolInformation) { hits = append(hits, hit{sym, rank}) }
		for _, u := range s.Playbook.Uses() {
			if !u.Declares {
				continue
			}
			if rank, ok := matches(u.Ref.String(), p.Query); ok {
				add(rank, protocol.SymbolInformation{Name: u.Name, Kind: symbolKinds[u.Kind], Location: s.Location(u.Span), ContainerName: u.Of})
			}
		}
		for _, f := range s.Files {
			for _, d := range f.Decls {
				t, ok := d.(*syntax.TestDecl)
				if !ok || t.Title == nil {
					continue
				}
				if rank, ok := matches(t.Title.Value, p.Query); ok {
					at := diag.Span{File: f.Name, Start: t.Title.Start, End: t.Title.End}
					add(rank, protocol.SymbolInformation{Name: t.Title.Value, Kind: protocol.SymbolKindFunction, Location: s.Location(at), ContainerName: "test"})
				}
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.Name), len(b.Name)), strings.Compare(a.Name, b.Name))
	})
	var found []protocol.SymbolInformation
	for _, h := range hits[:min(len(hits), mostSymbols)] {
		found = append(found, h.SymbolInformation)
	}
	return found, nil
}

// matches says whether the letters of a query stand in a name in their order, whatever their case; a lower rank is a
// better match.
func matches(name, query string) (rank int, ok bool) {
	lower, wanted := strings.ToLower(name), strings.ToLower(strings.TrimSpace(query))
	last := lower[strings.LastIndexByte(lower, '.')+1:]
	switch i := strings.Index(lower, wanted); {
	case wanted == "", lower == wanted, last == wanted:
		return 0, true
	case strings.HasPrefix(last, wanted) || i == 0:
		return 1, true
	case i > 0:
		return 2, true
	}
	letters := []rune(wanted)
	for _, r := range lower {
		for len(letters) > 0 && unicode.IsSpace(letters[0]) {
			letters = letters[1:]
		}
		if len(letters) > 0 && r == letters[0] {
			letters = letters[1:]
		}
	}
	return 3, len(letters) == 0
}
