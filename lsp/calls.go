package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// The call hierarchy of a playbook is the way of its contacts: what moves contacts into a stage calls it, and it calls
// where its rules lead. Rules of a program call in the program's name, those of a track in the track's, and `enter
// when` stands for itself. A program is called from outside of it, and calls what is outside.

// callItem is the library's with what it is about, which the editor gives back.
type callItem struct {
	protocol.CallHierarchyItem
	Data callData `json:"data"`
}

type callData struct {
	Kind     check.Kind
	Of, Name string // none for what goes no further
}

type (
	callParams struct {
		Item callItem `json:"item"`
	}
	incomingCall struct {
		From       callItem         `json:"from"`
		FromRanges []protocol.Range `json:"fromRanges"`
	}
	outgoingCall struct {
		To         callItem         `json:"to"`
		FromRanges []protocol.Range `json:"fromRanges"`
	}
)

// prepareCalls takes the stage, program or track that is named at a place, or else the one around it.
func prepareCalls(_ context.Context, s *Snapshot, p protocol.CallHierarchyPrepareParams) ([]callItem, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	r := s.container(name, offset)
	for _, u := range s.namesAt(name, offset) {
		if u.Kind == check.AStage || u.Kind == check.AProgram || u.Kind == check.ATrack {
			r = u.Ref
		}
	}
	if item, ok := s.callItem(r); ok {
		return []callItem{item}, nil
	}
	return nil, nil
}

// callItem shows a stage, a program or a track; ok is false for what is not declared.
func (s *Snapshot) callItem(r check.Ref) (item callItem, ok bool) {
	if r.Name == "" {
		return item, false
	}
	item.Data = callData{r.Kind, r.Of, r.Name}
	item.Name, item.Kind = r.String(), symbolKinds[r.Kind]
	switch r.Kind {
	case check.AStage:
		if p := s.program(r.Of); p != nil {
			item.Detail = p.Title
		}
	case check.AProgram:
		if p := s.program(r.Name); p != nil {
			item.Detail = p.Title
		}
	}
	if len(s.Playbook.UsesOf(r)) == 0 {
		return item, false
	}
	at, ok := s.declaration(r)
	s.place(&item, s.whole(at), at)
	return item, ok
}

func (s *Snapshot) place(item *callItem, whole, name diag.Span) {
	item.URI, item.Range, item.SelectionRange = s.URI(name.File), s.Range(whole), s.Range(name)
}

// concerns says whether a way leads into what r is, and whether it leads out of it.
func (m move) concerns(r check.Ref) (in, out bool) {
	var to check.Ref
	if m.to != nil {
		to = refOf(m.to)
	}
	if r.Kind != check.AProgram {
		return to == r, m.from == r && !m.enter
	}
	inside := !m.enter && (m.from == r || m.from.Kind == check.AStage && m.from.Of == r.Name)
	leads := m.to != nil && to.Of == r.Name
	return leads && !inside, inside && !leads
}

func incomingCalls(_ context.Context, s *Snapshot, p callParams) ([]incomingCall, error) {
	var calls []incomingCall
	index := map[check.Ref]int{}
	r := check.Ref{Kind: p.Item.Data.Kind, Of: p.Item.Data.Of, Name: p.Item.Data.Name}
	for _, m := range s.moves() {
		if in, _ := m.concerns(r); !in {
			continue
		}
		if m.enter {
			var item callItem
			item.Name, item.Kind, item.Detail = "enter", protocol.SymbolKindEvent, oneLine(s.Text(m.at))
			s.place(&item, m.whole, m.at)
			calls = append(calls, incomingCall{item, []protocol.Range{s.Range(m.at)}})
			continue
		}
		i, there := index[m.from]
		if !there {
			item, ok := s.callItem(m.from)
			if !ok {
				continue
			}
			i, index[m.from] = len(calls), len(calls)
			calls = append(calls, incomingCall{From: item})
		}
		calls[i].FromRanges = append(calls[i].FromRanges, s.Range(m.at))
	}
	return calls, nil
}

// outgoingCalls are the ways out by its own rules and, of a stage, those of its program, which stand in the same file.
func outgoingCalls(_ context.Context, s *Snapshot, p callParams) ([]outgoingCall, error) {
	var calls []outgoingCall
	index := map[check.Ref]int{}
	r := check.Ref{Kind: p.Item.Data.Kind, Of: p.Item.Data.Of, Name: p.Item.Data.Name}
	for _, m := range s.moves() {
		_, out := m.concerns(r)
		ofProgram := r.Kind == check.AStage && !m.enter && m.from == check.Ref{Kind: check.AProgram, Name: r.Of}
		if !out && !ofProgram {
			continue
		}
		to := check.Ref{}
		if m.to != nil {
			to = refOf(m.to)
		}
		i, there := index[to]
		if !there {
			item, ok := s.callItem(to)
			if m.to == nil {
				item.Name, item.Kind, item.Detail = "done", protocol.SymbolKindEvent, "out of the program"
				s.place(&item, m.whole, m.at)
			} else if !ok {
				continue
			}
			i, index[to] = len(calls), len(calls)
			calls = append(calls, outgoingCall{To: item})
		}
		calls[i].FromRanges = append(calls[i].FromRanges, s.Range(m.at))
	}
	return calls, nil
}
