package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
	"nurture/lang/diag"
)

// definition leads from a name to where it is declared, and from the path of a content file to the file.
func definition(_ context.Context, s *Snapshot, p protocol.DefinitionParams) (any, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	var found []target
	for _, u := range s.namesAt(name, offset) {
		if at, ok := s.declaration(u.Ref); ok {
			found = append(found, target{from: u.Span, to: at})
		}
	}
	td := s.client.capabilities.TextDocument
	return s.targets(found, td != nil && td.Definition != nil && td.Definition.LinkSupport), nil
}

// typeDefinition leads from a name to what says what kind of thing it is: from a stage to its program, from an outcome to
// its hand-off, from a value to its field, from a field to its event, from an offer to its topic.
func typeDefinition(_ context.Context, s *Snapshot, p protocol.TypeDefinitionParams) (any, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	var found []target
	for _, u := range s.namesAt(name, offset) {
		if r, ok := s.typeOf(u.Ref); ok {
			if at, ok := s.declaration(r); ok {
				found = append(found, target{from: u.Span, to: at})
			}
		}
	}
	td := s.client.capabilities.TextDocument
	return s.targets(found, td != nil && td.TypeDefinition != nil && td.TypeDefinition.LinkSupport), nil
}

// declaration is where a thing is declared. A track needs no declaration: then it is where it is first named, and `main`
// need not be named either.
func (s *Snapshot) declaration(r check.Ref) (diag.Span, bool) {
	switch r.Kind {
	case check.AContentFile:
		_, there := s.Sources[r.Name]
		return diag.Span{File: r.Name}, there
	case check.AnOutcome:
		if at, ok := s.Playbook.Declaration(r); ok {
			return at, true
		}
		if r.Name == "overdue" {
			return s.Playbook.Declaration(check.Ref{Kind: check.AHandoff, Name: r.Of})
		}
		return diag.Span{}, false
	}
	if at, ok := s.Playbook.Declaration(r); ok || r.Kind != check.ATrack {
		return at, ok
	}
	if uses := s.Playbook.UsesOf(r); len(uses) > 0 {
		return uses[0].Span, true
	}
	return diag.Span{}, false
}

func (s *Snapshot) typeOf(r check.Ref) (of check.Ref, ok bool) {
	switch r.Kind {
	case check.AStage:
		return check.Ref{Kind: check.AProgram, Name: r.Of}, true
	case check.AnOutcome:
		return check.Ref{Kind: check.AHandoff, Name: r.Of}, true
	case check.AnEventField:
		return check.Ref{Kind: check.AnEvent, Name: r.Of}, true
	case check.AValue:
		owner, field, _ := strings.Cut(r.Of, ".")
		kind := check.AnEventField
		if owner == "contact" {
			kind = check.AField
		}
		return check.Ref{Kind: kind, Of: owner, Name: field}, true
	case check.AProgram:
		if p := s.program(r.Name); p != nil && p.Track != nil {
			return check.Ref{Kind: check.ATrack, Name: p.Track.Name}, true
		}
	case check.AnOffer:
		if o := s.offer(r.Name); o != nil && o.Topic != nil {
			return check.Ref{Kind: check.ATopic, Name: o.Topic.Name}, true
		}
	}
	return check.Ref{}, false
}

// target is where a name leads.
type target struct{ from, to diag.Span }

// targets are links, which show how far the name goes that was asked about and how far what it leads to, or only places.
func (s *Snapshot) targets(found []target, links bool) any {
	if !links {
		places := []protocol.Location{}
		for _, t := range found {
			places = append(places, s.Location(t.to))
		}
		return places
	}
	all := []protocol.LocationLink{}
	for _, t := range found {
		from := s.Range(t.from)
		all = append(all, protocol.LocationLink{
			OriginSelectionRange: &from,
			TargetURI:            s.URI(t.to.File),
			TargetRange:          s.Range(s.whole(t.to)),
			TargetSelectionRange: s.Range(t.to),
		})
	}
	return all
}
