// Package meaning says what stands in a playbook apart from how it is written down: without layout, comments, tests and
// scenarios, and whatever file and order it stands in where order says nothing. Of gives its parts, Hash names them all,
// Between tells two playbooks apart: they have one Hash where there is nothing Between them.
package meaning

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Part is a declaration or a statement.
type Part struct {
	Kind  string // the word it begins with, such as `offer`, `stage`, `send`, `on`; "" for what has none, such as a field
	Name  string // of what is told apart by a name within the part it stands in
	Text  string // what it says on one line, without its Parts
	Span  diag.Span
	Parts []*Part

	bare string // Text without blanks that say nothing
}

// Of gives the parts of a playbook, sorted by kind and name.
func Of(files []*syntax.File) []*Part {
	var all []*Part
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *syntax.TestDecl, *syntax.ScenarioDecl, *syntax.BadStmt:
			case *syntax.NamesDecl:
				for _, n := range d.Names {
					all = append(all, leaf(f, strings.TrimSuffix(d.Keyword.Text, "s"), n.Text, n.Span))
				}
			default:
				all = append(all, declared(f, d))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Part) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.bare, b.bare))
	})
	return all
}

// Hash is a name of what the parts say.
func Hash(parts []*Part) string {
	sum := sha256.New()
	var add func(parts []*Part)
	add = func(parts []*Part) {
		for _, p := range parts {
			sum.Write([]byte(p.bare))
			sum.Write([]byte{0})
			add(p.Parts)
			sum.Write([]byte{1})
		}
	}
	add(parts)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// declared is a declaration with its statements.
func declared(f *syntax.File, d syntax.Decl) *Part {
	kind, name, body := "", "", (*syntax.Block)(nil)
	switch d := d.(type) {
	case *syntax.ContactDecl:
		kind, name, body = "contact", "contact", d.Body
	case *syntax.EventDecl:
		kind, name, body = "event", d.Name.Text, d.Body
	case *syntax.SegmentDecl:
		kind, name = "segment", d.Name.Text
	case *syntax.ScoreDecl:
		kind, name, body = "score", d.Name.Text, d.Body
	case *syntax.OfferDecl:
		kind, name, body = "offer", d.Name.Text, d.Body
	case *syntax.MapDecl:
		kind, name, body = "map", d.Name.Text, d.Body
	case *syntax.PolicyDecl:
		kind, name, body = "policy", "policy", d.Body
	case *syntax.HandoffDecl:
		kind, name, body = "handoff", d.Name.Text, d.Body
	case *syntax.MeasureDecl:
		kind, name, body = "measure", "measure", d.Body
	case *syntax.TrackDecl:
		kind, name, body = "track", d.Name.Text, d.Body
	case *syntax.ProgramDecl:
		kind, name, body = "program", d.Name.Text, d.Body
	case *syntax.NeverDecl:
		kind, name = "never", d.Title.Value
	case *syntax.MigrateDecl:
		kind, name = "migrate", d.From.String()
	}
	return part(f, kind, name, syntax.NodeOf(d).Span, body)
}

// part is what stands at a span, with the statements of its body.
func part(f *syntax.File, kind, name string, at syntax.Span, body *syntax.Block) *Part {
	if body == nil {
		return leaf(f, kind, name, at)
	}
	p := leaf(f, kind, name, syntax.Span{Start: at.Start, End: body.Start})
	p.Span.End = at.End
	for _, s := range body.Stmts {
		p.Parts = append(p.Parts, stated(f, s))
	}
	inOrder(p)
	return p
}

func leaf(f *syntax.File, kind, name string, at syntax.Span) *Part {
	text, bare := oneLine(f.Src[at.Start:at.End])
	return &Part{Kind: kind, Name: name, Text: text, Span: diag.Span{File: f.Name, Start: at.Start, End: at.End}, bare: bare}
}

// stated is a statement. Those that stand once or have a name are told apart by it.
func stated(f *syntax.File, s syntax.Stmt) *Part {
	at := syntax.NodeOf(s).Span
	switch s := s.(type) {
	case *syntax.StageStmt:
		return part(f, "stage", s.Name.Text, at, s.Body)
	case *syntax.FieldStmt:
		return leaf(f, "", s.Name.Text, at)
	case *syntax.EventFieldStmt:
		return leaf(f, "", s.Name.Text, at)
	case *syntax.OfferStmt:
		return leaf(f, s.Word.Text, s.Word.Text, at)
	case *syntax.HandoffStmt:
		return leaf(f, s.Word.Text, s.Word.Text, at)
	case *syntax.MeasureStmt:
		return leaf(f, s.Word.Text, s.Word.Text, at)
	case *syntax.ProgramStmt:
		return leaf(f, s.Word.Text, s.Word.Text, at)
	case *syntax.EnterStmt:
		return leaf(f, "enter", "enter", at)
	case *syntax.ReenterStmt:
		return leaf(f, "reenter", "reenter", at)
	case *syntax.ConsentStmt:
		return leaf(f, "consent", "consent", at)
	case *syntax.TimezoneStmt:
		return leaf(f, "timezone", "timezone", at)
	case *syntax.HalveStmt:
		return leaf(f, "halve", "halve", at)
	default:
		p := leaf(f, "", "", at)
		p.Kind, _, _ = strings.Cut(p.Text, " ")
		return p
	}
}

// inOrder sorts the parts of a part where their order says nothing. It says something among the fields of a contact
// (which is asked first), the rows of a map, the rules, the sends, and what a stage does on entry; and a program begins
// with its first stage.
func inOrder(p *Part) {
	class := map[string]func(*Part) int{
		"contact": func(*Part) int { return ordered },
		"map":     func(*Part) int { return ordered },
		"track":   func(*Part) int { return ordered },
		"stage":   ofStage,
		"program": ofProgram,
	}[p.Kind]
	if class == nil {
		class = func(*Part) int { return 0 }
	}
	first := slices.IndexFunc(p.Parts, func(s *Part) bool { return s.Kind == "stage" })
	var begins *Part
	if first >= 0 {
		begins = p.Parts[first]
	}
	slices.SortStableFunc(p.Parts, func(a, b *Part) int {
		if c := cmp.Compare(class(a), class(b)); c != 0 || class(a) >= ordered {
			return c
		}
		if a == begins || b == begins {
			return cmp.Compare(rank(b == begins), rank(a == begins))
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.bare, b.bare))
	})
}

func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// ordered and what is above it are classes of parts whose order says something.
const ordered = 10

func ofStage(p *Part) int {
	switch p.Kind {
	case "send":
		return ordered
	case "task", "hand":
		return ordered + 1
	default:
		return ordered + 2 // rules
	}
}

func ofProgram(p *Part) int {
	switch p.Kind {
	case "on", "when":
		return ordered
	case "stage":
		return 1
	case "goal":
		return ordered + 1
	default:
		return 0
	}
}

// oneLine is source text on one line without its comments; bare is the same with blanks only where words would run
// together.
func oneLine(src string) (text, bare string) {
	var out, tight strings.Builder
	blank, last := false, byte(0)
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case strings.HasPrefix(src[i:], "//"):
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			blank = true
			i++
		default:
			end := i + 1
			if c == '"' {
				end = stringEnd(src, i)
			}
			if blank && last != 0 {
				out.WriteByte(' ')
				if word(last) && word(c) {
					tight.WriteByte(' ')
				}
			}
			blank, last = false, src[end-1]
			out.WriteString(src[i:end])
			tight.WriteString(src[i:end])
			i = end
		}
	}
	return out.String(), tight.String()
}

func word(c byte) bool {
	return c == '_' || c == '"' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func stringEnd(src string, i int) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}
