package lsp

import (
	"slices"
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Where new text goes. A declaration stands behind the last of its kind, in the file at hand or else in the first that has
// one; where there is none yet, behind those that usually stand before it. Text is given with "\n"; line ends become
// those of the file.

// rank is where a declaration usually stands in a playbook, from what is known of contacts to what is done with them.
func rank(d syntax.Decl) int {
	switch d.(type) {
	case *syntax.ContactDecl:
		return 0
	case *syntax.NamesDecl:
		return 1
	case *syntax.EventDecl:
		return 2
	case *syntax.SegmentDecl:
		return 3
	case *syntax.ScoreDecl:
		return 4
	case *syntax.OfferDecl:
		return 5
	case *syntax.MapDecl:
		return 6
	case *syntax.PolicyDecl, *syntax.HandoffDecl, *syntax.MeasureDecl:
		return 7
	case *syntax.TrackDecl:
		return 8
	case *syntax.ProgramDecl:
		return 9
	default:
		return 10
	}
}

// declare is the edit that adds a declaration to the playbook; file is the one at hand.
func (s *Snapshot) declare(file, text string) diag.Edit {
	parsed, _ := syntax.Parse(file, text)
	mine := rank(parsed.Decls[0])
	isMine := func(d syntax.Decl) bool { return rank(d) == mine }
	f := s.File(file)
	if f == nil || !slices.ContainsFunc(f.Decls, isMine) {
		if i := slices.IndexFunc(s.Files, func(f *syntax.File) bool { return slices.ContainsFunc(f.Decls, isMine) }); i >= 0 {
			f = s.Files[i]
		} else if f == nil {
			f = s.Files[0]
		}
	}
	behind := -1
	for i, d := range f.Decls {
		if r := rank(d); r == mine || r < mine && (behind < 0 || rank(f.Decls[behind]) != mine) {
			behind = i
		}
	}
	if behind < 0 {
		behind = len(f.Decls) - 1
	}
	if behind < 0 { // there are comments at most
		return s.insert(f.Name, len(f.Src), text+"\n")
	}
	at := endOfLine(f.Src, syntax.NodeOf(f.Decls[behind]).End)
	for behind+1 < len(f.Decls) && syntax.NodeOf(f.Decls[behind+1]).Start < at { // another begins on that line
		behind++
		at = endOfLine(f.Src, syntax.NodeOf(f.Decls[behind]).End)
	}
	before := f.Decls[behind]
	if small := !strings.Contains(text, "\n"); !small || rank(before) != mine || strings.Contains(textOf(f, before), "\n") {
		text = "\n" + text
		if rest := strings.TrimLeft(f.Src[at:], "\r"); len(rest) > 1 && rest[1] != '\n' && rest[1] != '\r' {
			text += "\n"
		}
	}
	return s.insert(f.Name, at, "\n"+text)
}

// addStage is the edit that adds a stage behind those of a program; ok is false where the program has no end.
func (s *Snapshot) addStage(file string, p *syntax.ProgramDecl, text string) (e diag.Edit, ok bool) {
	src := s.Sources[file]
	body := p.Body
	if body == nil || body.End > len(src) || body.End-1 <= body.Start || src[body.End-1] != '}' {
		return e, false
	}
	if body.OneLine || len(body.Stmts) == 0 {
		return s.insert(file, body.End-1, "\n  "+text+"\n"), true
	}
	last := body.Stmts[len(body.Stmts)-1]
	for _, stmt := range body.Stmts {
		if _, isStage := stmt.(*syntax.StageStmt); isStage {
			last = stmt
		}
	}
	at := endOfLine(src, syntax.NodeOf(last).End)
	for _, stmt := range body.Stmts {
		if n := syntax.NodeOf(stmt); n.Start < at && n.End > at {
			at = endOfLine(src, n.End)
		}
	}
	if at >= body.End { // the `}` stands on the same line
		return s.insert(file, body.End-1, "\n\n  "+text+"\n"), true
	}
	return s.insert(file, at, "\n\n  "+text), true
}

// insert is the edit that inserts a text.
func (s *Snapshot) insert(file string, at int, text string) diag.Edit {
	if strings.Contains(s.Sources[file], "\r\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return diag.Edit{Span: diag.Span{File: file, Start: at, End: at}, New: text}
}

// endOfLine is where the line ends that a byte of a text stands on, before its line end.
func endOfLine(src string, at int) int {
	end := at + strings.IndexByte(src[at:], '\n')
	if end < at {
		end = len(src)
	}
	if end > at && src[end-1] == '\r' {
		end--
	}
	return end
}

func textOf(f *syntax.File, d syntax.Decl) string {
	n := syntax.NodeOf(d)
	return f.Src[n.Start:n.End]
}
