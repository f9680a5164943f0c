package lsp

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// mostCreations bounds what is offered where much is selected.
const mostCreations = 8

// unknownCodes are the diagnostics of names that nothing has, and of files that are not there.
var unknownCodes = []string{"NUR103", "NUR135", "NUR163", "NUR210", "NUR220"}

// creations offer to make what is named at the place and does not exist.
func creations(at *scene) []action {
	var all []action
	if len(at.Files) == 0 {
		return nil
	}
	offered := map[check.Ref]bool{}
	for _, d := range at.found {
		if !slices.Contains(unknownCodes, d.Code) || len(all) >= mostCreations {
			continue
		}
		for _, u := range at.missing(d) {
			if offered[u.Ref] {
				continue
			}
			offered[u.Ref] = true
			for _, a := range at.create(u) {
				a.solves = []diag.Diagnostic{d}
				all = append(all, a)
			}
		}
	}
	return all
}

// missing are the names that a diagnostic is about.
func (at *scene) missing(d diag.Diagnostic) (uses []check.Use) {
	for _, u := range at.Playbook.Uses() {
		// A name in quotes may be reported with them.
		if u.Span.File == d.Span.File && u.Span.Start >= d.Span.Start && u.Span.End <= d.Span.End && u.Span.Start-d.Span.Start <= len(`"`) && !u.Past {
			uses = append(uses, u)
		}
	}
	if len(uses) == 0 && d.Code == "NUR210" && !cond.Reserved(at.Text(d.Span)) && !strings.HasPrefix(at.Sources[d.Span.File][d.Span.End:], ".") {
		return []check.Use{{Span: d.Span, Ref: check.Ref{Kind: check.ASegment, Name: at.Text(d.Span)}}} // what stands bare in a condition
	}
	return uses
}

// create are the ways to make what a name stands for.
func (at *scene) create(u check.Use) []action {
	if _, there := at.Playbook.Declaration(u.Ref); there || u.Kind != check.AContentFile && !declarable(u.Name) {
		return nil
	}
	file, name := u.Span.File, u.Name
	title := fmt.Sprintf("Create the %s `%s`", u.Kind.Word(), u.Ref)
	declared := func(text string) []action {
		formatted, ok := formatText(file, text+"\n")
		if !ok {
			return nil
		}
		text = strings.TrimRight(formatted, "\n")
		return []action{{title: title, edits: []diag.Edit{at.declare(file, text)}}}
	}
	switch u.Kind {
	case check.AnOffer:
		return at.createOffer(u, declared)
	case check.AMap:
		rows := ""
		for _, t := range at.Playbook.Topics {
			rows += t.Name + " | -\n"
		}
		return declared("map " + name + " {\ntopic | otherwise\n" + rows + "}")
	case check.ASegment:
		return declared("segment " + name + " = false")
	case check.AnEvent:
		return declared("event " + name)
	case check.ATopic:
		return at.listed(title, "topics", u, declared)
	case check.ARole:
		return at.listed(title, "roles", u, declared)
	case check.AProgram:
		return declared(at.newProgram(u))
	case check.AStage:
		return at.createStage(title, u)
	case check.AnOutcome:
		return at.addOutcome(u)
	case check.AContentFile:
		return at.createContent(u)
	}
	return nil
}

// listed adds a name to the first list of its sort, or begins one.
func (at *scene) listed(title, keyword string, u check.Use, declared func(string) []action) []action {
	for _, f := range at.Files {
		for _, d := range f.Decls {
			if list, ok := d.(*syntax.NamesDecl); ok && list.Keyword.Text == keyword && len(list.Names) > 0 && !list.Bad {
				end := list.Names[len(list.Names)-1].End
				return []action{{title: title, edits: []diag.Edit{at.insert(f.Name, end, ", "+u.Name)}}}
			}
		}
	}
	return declared(keyword + " " + u.Name)
}

// createOffer makes an offer that fits where it is named: of the topic of a map's row, for the phase of a program. Its
// message is made with it where the editor creates files.
func (at *scene) createOffer(u check.Use, declared func(string) []action) []action {
	properties := ""
	for _, n := range at.around(u.Span.File, u.Span.Start) {
		switch n := n.(type) {
		case *syntax.MapRow:
			if at.topic(n.Label.Text) != nil {
				properties += "topic " + n.Label.Text + "\n"
			}
		case *syntax.ProgramDecl:
			if p := at.program(n.Name.Text); p != nil && p.Phase != check.NoPhase {
				properties += "for " + check.Phases[p.Phase] + "\n"
			}
		}
	}
	file := "content/" + u.Name + ".md"
	all := declared(fmt.Sprintf("offer %s %q {\n%scontent %q\n}", u.Name, spelt(u.Name), properties, file))
	if len(all) > 0 && at.client.creates() && at.absent(file) {
		all[0].title += " and " + file
		all[0].creates = []newFile{{file, messageText(spelt(u.Name))}}
	}
	return all
}

// newProgram is a program of the phase around the place, with the stage that is named behind it.
func (at *scene) newProgram(u check.Use) string {
	phase, stage := check.Phases[check.Nurture], "first"
	if p := at.program(at.programAround(u.Span)); p != nil && p.Phase != check.NoPhase {
		phase = check.Phases[p.Phase]
	}
	for _, other := range at.Playbook.UsesAt(u.Span.File, u.Span.End+len(".")) {
		if other.Kind == check.AStage && other.Of == u.Name {
			stage = other.Name
		}
	}
	return fmt.Sprintf("program %s %q {\nphase %s\n\nstage %s {}\n}", u.Name, spelt(u.Name), phase, stage)
}

func (at *scene) programAround(span diag.Span) string {
	for _, n := range at.around(span.File, span.Start) {
		if p, ok := n.(*syntax.ProgramDecl); ok {
			return p.Name.Text
		}
	}
	return ""
}

// createStage makes a stage of its program. A bare name in a rule may as well be meant as a program.
func (at *scene) createStage(title string, u check.Use) (all []action) {
	for _, f := range at.Files {
		for _, d := range f.Decls {
			if p, ok := d.(*syntax.ProgramDecl); ok && p.Name.Text == u.Of {
				if e, ok := at.addStage(f.Name, p, "stage "+u.Name+" {}"); ok {
					all = append(all, action{title: title, edits: []diag.Edit{e}})
				}
			}
		}
	}
	if src := at.Sources[u.Span.File]; u.Span.Start == 0 || src[u.Span.Start-1] != '.' {
		u.Ref = check.Ref{Kind: check.AProgram, Name: u.Name}
		all = append(all, at.create(u)...)
	}
	return all
}

// addOutcome makes an outcome one of its hand-off's.
func (at *scene) addOutcome(u check.Use) []action {
	for _, f := range at.Files {
		for _, d := range f.Decls {
			h, ok := d.(*syntax.HandoffDecl)
			if !ok || h.Name.Text != u.Of || h.Body == nil {
				continue
			}
			for _, stmt := range h.Body.Stmts {
				if p, ok := stmt.(*syntax.HandoffStmt); ok && p.Word.Text == "outcomes" && len(p.Names) > 0 {
					end := p.Names[len(p.Names)-1].End
					return []action{{
						title: fmt.Sprintf("Add the outcome `%s` to the hand-off `%s`", u.Name, u.Of),
						edits: []diag.Edit{at.insert(f.Name, end, ", "+u.Name)},
					}}
				}
			}
		}
	}
	return nil
}

// createContent makes a content file: of an offer with its title as the subject, of a hand-off with what a brief shows.
func (at *scene) createContent(u check.Use) []action {
	file := path.Clean(u.Name)
	if !at.client.creates() || !fs.ValidPath(file) || !at.absent(file) {
		return nil
	}
	text := ""
	for _, n := range at.around(u.Span.File, u.Span.Start) {
		switch n := n.(type) {
		case *syntax.OfferDecl:
			text = messageText(spelt(n.Name.Text))
			if n.Title != nil {
				text = messageText(n.Title.Value)
			}
		case *syntax.HandoffDecl:
			text = at.briefText()
		}
	}
	return []action{{title: "Create " + file, creates: []newFile{{file, text}}}}
}

// declarable says whether something can be called so: a text in quotes may be compared with a topic, and be no name.
func declarable(name string) bool {
	f, diags := syntax.Parse("", "topics "+name+"\n")
	if len(diags) > 0 || len(f.Decls) != 1 {
		return false
	}
	list, ok := f.Decls[0].(*syntax.NamesDecl)
	return ok && len(list.Names) == 1 && list.Names[0].Text == name && !cond.Reserved(name)
}

// absent says whether there is no such file in the playbook's folder.
func (s *Snapshot) absent(file string) bool {
	if s.folder.dir == "" || s.open[file] != nil {
		return false
	}
	_, err := s.folder.disk.content(s.folder.dir, file)
	return errors.Is(err, fs.ErrNotExist)
}

// messageText is a message to begin with.
func messageText(title string) string {
	title = strings.NewReplacer("{{", "", "}}", "", "{%", "", "%}", "").Replace(title) // that would be Liquid
	return fmt.Sprintf("---\nsubject: %q\n---\n\n%s\n", title, title)
}

// briefText is a brief that shows who the contact is.
func (s *Snapshot) briefText() string {
	text := ""
	for _, f := range s.Playbook.Contact.Fields {
		text += fmt.Sprintf("- %s: {{ contact.%s }}\n", spelt(f.Name), f.Name)
	}
	return text + "\nWhat has happened lately:\n\n{% for line in journal -%}\n- {{ line }}\n{% endfor %}\n"
}

// spelt is a name as a title: "threat_report" is "Threat report".
func spelt(name string) string { return sentence(strings.ReplaceAll(name, "_", " ")) }
