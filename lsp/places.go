package lsp

import (
	"sort"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// around are the declaration and the statements that a byte of a file stands in, outermost first.
func (s *Snapshot) around(name string, offset int) []syntax.Walked {
	f := s.File(name)
	if f == nil {
		return nil
	}
	i := sort.Search(len(f.Decls), func(i int) bool { return syntax.NodeOf(f.Decls[i]).Start > offset }) - 1
	if i < 0 {
		return nil
	}
	var path []syntax.Walked
	syntax.Walk(f.Decls[i], func(n syntax.Walked) bool {
		at := syntax.NodeOf(n)
		if at.Start > offset || offset > at.End {
			return false
		}
		for len(path) > 0 && syntax.NodeOf(path[len(path)-1]).End <= at.Start { // the one before, which ends here
			path = path[:len(path)-1]
		}
		path = append(path, n)
		return true
	})
	return path
}

// whole is all of the declaration or statement that begins with a name, or with a word before it.
func (s *Snapshot) whole(name diag.Span) diag.Span {
	path := s.around(name.File, name.Start)
	if len(path) == 0 {
		return name
	}
	innermost := path[len(path)-1]
	if _, list := innermost.(*syntax.NamesDecl); list {
		return name
	}
	at := syntax.NodeOf(innermost).Span
	return diag.Span{File: name.File, Start: at.Start, End: at.End}
}

// namesAt are the things that the name at a place may stand for: more than one for a field of one of several events.
func (s *Snapshot) namesAt(name string, offset int) []check.Use {
	if s.Playbook == nil {
		return nil
	}
	return s.Playbook.UsesAt(name, offset)
}

// places are where any of the things are named that the name at a place may stand for.
func (s *Snapshot) places(name string, offset int) []check.Use {
	at := s.namesAt(name, offset)
	switch len(at) {
	case 0:
		return nil
	case 1:
		return s.Playbook.UsesOf(at[0].Ref)
	}
	wanted := map[check.Ref]bool{}
	for _, u := range at {
		wanted[u.Ref] = true
	}
	var found []check.Use
	for _, u := range s.Playbook.Uses() {
		if wanted[u.Ref] && (len(found) == 0 || found[len(found)-1].Span != u.Span) {
			found = append(found, u)
		}
	}
	return found
}

// container is the stage around a place, or else the program or track; it has no name where there is none.
func (s *Snapshot) container(name string, offset int) (r check.Ref) {
	for _, n := range s.around(name, offset) {
		switch n := n.(type) {
		case *syntax.TrackDecl:
			r = check.Ref{Kind: check.ATrack, Name: n.Name.Text}
		case *syntax.ProgramDecl:
			r = check.Ref{Kind: check.AProgram, Name: n.Name.Text}
		case *syntax.StageStmt:
			r = check.Ref{Kind: check.AStage, Of: r.Name, Name: n.Name.Text}
		}
	}
	return r
}

// oneLine is a text of several lines on one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
