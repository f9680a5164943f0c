package lsp

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// A rename is tried before it is made: the playbook is checked with the new name in all its places, and what would be
// wrong then and is not now is why it is refused. So there is no second opinion about what a thing may be called.
//
// It keeps what the playbook does. Contacts stand in stages by name, so a stage that gets another one, or whose program
// does, gets a `migrate` line; a field goes on reading the column that it has read by its old name. Editors that can
// are told to ask before they write these lines.

// refused is a call that cannot be fulfilled; the message is for the user.
func refused(format string, args ...any) error {
	return jsonrpc2.Errorf(codeRequestFailed, format, args...)
}

type renameRange struct {
	Range       protocol.Range `json:"range"`
	Placeholder string         `json:"placeholder"`
}

func prepareRename(_ context.Context, s *Snapshot, p protocol.PrepareRenameParams) (*renameRange, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	u, err := s.renamed(name, offset)
	if err != nil {
		return nil, err
	}
	return &renameRange{s.Range(u.Span), u.Name}, nil
}

// renamed is the name at a place, if it is one that can be changed.
func (s *Snapshot) renamed(name string, offset int) (check.Use, error) {
	all := s.namesAt(name, offset)
	if len(all) == 0 {
		return check.Use{}, refused("here is no name that the playbook gives to something")
	}
	for _, u := range all {
		if err := s.renamable(u); err != nil {
			return check.Use{}, err
		}
	}
	return all[0], nil
}

func (s *Snapshot) renamable(u check.Use) error {
	switch {
	case u.Past:
		return refused("`%s` is what it was called once: `migrate` needs it as the store has it", u)
	case u.Kind == check.AValue:
		return refused("%q is what the data says; change the values of `%s` by hand, together with the data", u.Name, u.Of)
	case u.Kind == check.AContentFile:
		return refused("rename the file itself, and write its new path here")
	case u.Kind == check.ATrack && u.Name == "main":
		return refused("`main` is the track of all programs that name none, so it keeps its name")
	case u.Kind == check.AnOutcome && u.Name == "overdue":
		return refused("`overdue` is what every hand-off has, so it keeps its name")
	}
	of := u.Name
	if u.Kind == check.AnEventField {
		of = u.Of
	}
	if builtin := slices.IndexFunc(check.BuiltinEvents, func(b check.BuiltinEvent) bool { return b.Name == of }); builtin >= 0 {
		if u.Kind == check.AnEvent {
			return refused("`%s` is a built-in event, so it keeps its name", u.Name)
		}
		if u.Kind == check.AnEventField {
			return refused("`%s` is a field of the built-in event `%s`, so it keeps its name", u.Name, u.Of)
		}
	}
	return nil
}

func rename(ctx context.Context, s *Snapshot, p protocol.RenameParams) (any, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	u, err := s.renamed(name, offset)
	if err != nil {
		return nil, err
	}
	to := p.NewName
	if err := nameable(to); err != nil {
		return nil, err
	}
	if to == u.Name {
		return protocol.WorkspaceEdit{}, nil
	}
	refs, places := s.sameName(name, offset)
	for _, u := range places {
		if err := s.renamable(u); err != nil && !u.Past {
			return nil, err
		}
	}
	var edits []annotatedEdit
	for _, u := range places {
		if !u.Past {
			edits = append(edits, annotatedEdit{Edit: diag.Edit{Span: u.Span, New: to}})
		}
	}
	for _, r := range refs {
		edits = s.keepStages(edits, r, to)
		edits = s.keepColumn(edits, r, to)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if why := s.newlyWrong(edits); why != "" {
		return nil, refused("%s", why)
	}
	return s.annotated(edits), nil
}

// nameable says why a text is no name.
func nameable(text string) error {
	f, wrong := syntax.Parse("", "topics "+text)
	if len(wrong) == 0 && len(f.Decls) == 1 {
		if d, ok := f.Decls[0].(*syntax.NamesDecl); ok && len(d.Names) == 1 && d.Names[0].Text == text {
			return nil
		}
	}
	if len(wrong) > 0 && wrong[0].Code == "NUR006" {
		return refused("`%s` is a word of the language and cannot be a name; choose another one", text)
	}
	return refused("%q is no name: one has letters, digits and `_`, and does not begin with a digit", text)
}

// sameName are the things that have to keep the same name as the one at a place, since somewhere one name stands for
// several of them, and all their places, each once.
func (s *Snapshot) sameName(name string, offset int) (refs []check.Ref, places []check.Use) {
	all := s.Playbook.Uses()
	wanted := map[check.Ref]bool{}
	for _, u := range s.namesAt(name, offset) {
		wanted[u.Ref] = true
	}
	for grown := true; grown; {
		grown = false
		for i, u := range all {
			if i > 0 && all[i-1].Span == u.Span && wanted[all[i-1].Ref] != wanted[u.Ref] {
				wanted[all[i-1].Ref], wanted[u.Ref], grown = true, true, true
			}
		}
	}
	for _, u := range all {
		if !wanted[u.Ref] {
			continue
		}
		if len(places) == 0 || places[len(places)-1].Span != u.Span {
			places = append(places, u)
		}
		if !slices.Contains(refs, u.Ref) {
			refs = append(refs, u.Ref)
		}
	}
	return refs, places
}

// keepStages adds the `migrate` lines that a stage needs when it, or its program, is called otherwise.
func (s *Snapshot) keepStages(edits []annotatedEdit, r check.Ref, to string) []annotatedEdit {
	type stage struct{ program, name string }
	var from, now []stage
	switch r.Kind {
	case check.AStage:
		if s.stage(r.Of, r.Name) != nil {
			from, now = []stage{{r.Of, r.Name}}, []stage{{r.Of, to}}
		}
	case check.AProgram:
		if p := s.program(r.Name); p != nil {
			for _, st := range p.Stages {
				from, now = append(from, stage{r.Name, st.Name}), append(now, stage{to, st.Name})
			}
		}
	}
	if len(from) == 0 {
		return edits
	}
	text := ""
	for i := range from {
		line := fmt.Sprintf("migrate %s.%s -> %s.%s", from[i].program, from[i].name, now[i].program, now[i].name)
		if back, ok := s.migration(now[i].program+"."+now[i].name, from[i].program+"."+from[i].name); ok {
			// It gets back a name that it had before: the line that says so is turned around.
			edits = slices.DeleteFunc(edits, func(e annotatedEdit) bool {
				return e.Span.File == back.File && e.Span.Start >= back.Start && e.Span.End <= back.End
			})
			edits = append(edits, annotatedEdit{Edit: diag.Edit{Span: back, New: line}})
			continue
		}
		text += "\n" + line
	}
	if at, lead, ok := s.placeOfMigrations(r); ok && text != "" {
		edits = append(edits, annotatedEdit{
			Edit: diag.Edit{Span: at, New: lead + text},
			why:  "Contacts who stand there under the old name go on under the new one",
		})
	}
	return edits
}

// migration finds the line that leads from one stage to another.
func (s *Snapshot) migration(from, to string) (diag.Span, bool) {
	for _, f := range s.Files {
		for _, d := range f.Decls {
			if m, ok := d.(*syntax.MigrateDecl); ok && m.From.String() == from && m.To.String() == to {
				return diag.Span{File: f.Name, Start: m.Start, End: m.To.End}, true
			}
		}
	}
	return diag.Span{}, false
}

// placeOfMigrations is where further lines stand: below the last `migrate`, or below what stands last in the program's
// file, and then after a blank line.
func (s *Snapshot) placeOfMigrations(r check.Ref) (at diag.Span, lead string, ok bool) {
	if of := s.Playbook.Migrations; len(of) > 0 {
		last := of[len(of)-1].Span
		line, _, _ := strings.Cut(s.Sources[last.File][last.End:], "\n")
		end := last.End + len(strings.TrimRight(line, " \t\r"))
		return diag.Span{File: last.File, Start: end, End: end}, "", true
	}
	declared, ok := s.Playbook.Declaration(r)
	end := len(strings.TrimRight(s.Sources[declared.File], " \t\r\n"))
	return diag.Span{File: declared.File, Start: end, End: end}, "\n", ok
}

// keepColumn adds the column to a field of the contact that has been read from the one called like it.
func (s *Snapshot) keepColumn(edits []annotatedEdit, r check.Ref, to string) []annotatedEdit {
	if r.Kind != check.AField || columnName(r.Name) == columnName(to) {
		return edits
	}
	declared, ok := s.Playbook.Declaration(r)
	if !ok {
		return edits
	}
	path := s.around(declared.File, declared.Start)
	tree, ok := path[len(path)-1].(*syntax.FieldStmt)
	if !ok || tree.From != nil || tree.Bad || tree.Type.End <= tree.Type.Start {
		return edits
	}
	at := diag.Span{File: declared.File, Start: tree.Type.End, End: tree.Type.End}
	return append(edits, annotatedEdit{
		Edit: diag.Edit{Span: at, New: ` from "` + r.Name + `"`},
		why:  "The field goes on reading the column that is called like it was",
	})
}

// columnName is a name as the headings of contacts files are compared.
func columnName(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "-", "_"))
}

// newlyWrong is what would be wrong with the playbook after edits, and is not now; "" where nothing would.
func (s *Snapshot) newlyWrong(edits []annotatedEdit) string {
	changed := map[string]string{}
	for _, e := range edits {
		changed[e.Span.File] = s.Sources[e.Span.File]
	}
	for name, src := range changed {
		var own []diag.Edit
		for _, e := range edits {
			if e.Span.File == name {
				own = append(own, e.Edit)
			}
		}
		changed[name] = diag.Applied(src, own)
	}
	files := map[string]string{}
	for _, f := range s.Files {
		files[f.Name] = f.Src
		if src, ok := changed[f.Name]; ok {
			files[f.Name] = src
		}
	}
	var read func(string) (string, error)
	if s.Dir() != "" {
		read = func(name string) (string, error) {
			if src, ok := changed[name]; ok {
				return src, nil
			}
			if src, ok := s.Sources[name]; ok {
				return src, nil
			}
			return "", fs.ErrNotExist
		}
	}
	after := lang.Parse(files, read)
	known := map[string]int{}
	for _, d := range s.Diagnostics {
		if d.Code == "NUR301" || d.Code == "NUR302" {
			return "" // what cannot be read is missing in one and not in the other
		}
		known[d.Code]++
	}
	for _, d := range after.Diagnostics {
		known[d.Code]--
	}
	for _, d := range after.Diagnostics {
		if known[d.Code] < 0 && d.Severity == diag.Error {
			return d.Message
		}
	}
	return ""
}
