package lsp

import (
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// toMap offers to make a map of the offers that a send lists, a row for each topic, to be told apart by segment from then
// on. A map sends row by row, which may be another order than the list's; the title says so.
func toMap(at *scene) []action {
	path := at.around(at.at.File, at.at.Start)
	if len(path) < 3 {
		return nil
	}
	send, ok := path[len(path)-1].(*syntax.SendStmt)
	stage, inStage := path[len(path)-2].(*syntax.StageStmt)
	program, inProgram := path[0].(*syntax.ProgramDecl)
	if !ok || !inStage || !inProgram || send.Bad || len(send.Offers) < 2 {
		return nil
	}
	var topics []string
	cells := map[string][]string{}
	var listed, mapped []string
	for _, name := range send.Offers {
		o := at.offer(name.Text)
		if o == nil || o.Topic == nil || slices.Contains(listed, o.Name) {
			return nil
		}
		if cells[o.Topic.Name] == nil {
			topics = append(topics, o.Topic.Name)
		}
		cells[o.Topic.Name] = append(cells[o.Topic.Name], o.Name)
		listed = append(listed, o.Name)
	}
	name := at.free(program.Name.Text + "_" + stage.Name.Text)
	var text strings.Builder
	fmt.Fprintf(&text, "map %s {\ntopic | otherwise\n", name)
	for _, t := range topics {
		fmt.Fprintf(&text, "%s | %s\n", t, strings.Join(cells[t], ", "))
		mapped = append(mapped, cells[t]...)
	}
	text.WriteString("}\n")
	formatted, ok := formatText(at.at.File, text.String())
	if !ok {
		return nil
	}
	title := "Convert the list into a map"
	if ordered := send.Pick == nil || send.Pick.Text == "ordered"; ordered && !slices.Equal(listed, mapped) {
		title += fmt.Sprintf(" (which sends in another order: %s)", strings.Join(mapped, ", "))
	}
	list := diag.Span{File: at.at.File, Start: send.Offers[0].Start, End: send.Offers[len(send.Offers)-1].End}
	return []action{{title: title, kind: protocol.RefactorRewrite, edits: []diag.Edit{
		at.declare(at.at.File, strings.TrimRight(formatted, "\n")), {Span: list, New: "from " + name},
	}}}
}
