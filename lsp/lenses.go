package lsp

import (
	"context"
	"encoding/json"
	"slices"

	"go.lsp.dev/protocol"

	"nurture/lang/check"
)

// A lens is a line above a declaration that says how often it is named, and above programs and stages how many contacts
// are there when the playbook has run. Those above tests are in testing.go.

// lensKinds are the kinds of things that have lenses: those with a line of their own.
var lensKinds = []check.Kind{
	check.AnOffer, check.AMap, check.ASegment, check.AScore, check.AnEvent, check.AProgram, check.AStage, check.AHandoff,
}

func codeLenses(s *server, raw json.RawMessage) (work, error) {
	return ofSnapshot(func(ctx context.Context, snap *Snapshot, p protocol.CodeLensParams) ([]protocol.CodeLens, error) {
		all := snap.lenses(p.TextDocument.URI, s.census.of(ctx, snap.Dir()))
		if s.options.Test != nil {
			all = append(all, snap.testLenses(p.TextDocument.URI)...)
		}
		return all, nil
	})(s, raw)
}

// lenses are those of a file; contacts counts the contacts by stage, nil where no store is known.
func (s *Snapshot) lenses(uri protocol.DocumentURI, contacts map[string]int64) []protocol.CodeLens {
	name, _ := s.Name(uri)
	named := map[check.Ref]int{}
	for _, u := range s.Playbook.Uses() {
		if !u.Declares && !u.Past {
			named[u.Ref]++
		}
	}
	var all []protocol.CodeLens
	for _, u := range s.Playbook.Uses() {
		if u.Span.File != name || !u.Declares || !slices.Contains(lensKinds, u.Kind) {
			continue
		}
		at := s.Range(u.Span)
		lens := func(title, command string, about commandArgument) {
			about.URI = uri
			all = append(all, protocol.CodeLens{Range: at, Command: &protocol.Command{
				Title: title, Command: command, Arguments: []any{about},
			}})
		}
		lens(counted(named[u.Ref], "reference"), referencesCommand, commandArgument{Position: &at.Start})
		if contacts == nil {
			continue
		}
		switch u.Kind {
		case check.AStage:
			lens(counted(contacts[u.Ref.String()], "contact"), contactsCommand, commandArgument{Place: u.Ref.String()})
		case check.AProgram:
			lens(counted(s.inProgram(u.Name, contacts), "contact"), contactsCommand, commandArgument{Place: u.Name})
		}
	}
	return all
}

// inProgram counts the contacts in the stages of a program.
func (s *Snapshot) inProgram(name string, contacts map[string]int64) (n int64) {
	if p := s.program(name); p != nil {
		for _, stage := range p.Stages {
			n += contacts[name+"."+stage.Name]
		}
	}
	return n
}
