package cond_test

import (
	"strings"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// playbook is what the conditions of the tests see.
func playbook() *cond.Schema {
	offers := []cond.SchemaField{{Name: "offer", Kind: cond.KindOffer}, {Name: "topic", Kind: cond.KindTopic}}
	return &cond.Schema{
		Contact: []cond.SchemaField{
			{Name: "email", Kind: cond.KindEmail},
			{Name: "role", Kind: cond.KindEnum, Values: []string{"developer", "it", "user"}},
			{Name: "company", Kind: cond.KindText},
			{Name: "employees", Kind: cond.KindNumber},
			{Name: "renewal", Kind: cond.KindDate},
			{Name: "first_seen", Kind: cond.KindTime},
			{Name: "timezone", Kind: cond.KindTimezone},
			{Name: "customer", Kind: cond.KindBool},
			{Name: "interests", Kind: cond.KindSet, Values: []string{"security", "scale"}},
			{Name: "let", Kind: cond.KindNumber},
			{Name: "odd", Kind: cond.KindUnknown},
		},
		Events: []cond.SchemaEvent{
			{Name: "sent", Fields: offers},
			{Name: "opened", Fields: offers},
			{Name: "clicked", Fields: append(offers, cond.SchemaField{Name: "link", Kind: cond.KindText})},
			{Name: "bounced", Fields: append(offers, cond.SchemaField{Name: "hard", Kind: cond.KindBool})},
			{Name: "response", Fields: offers},
			{Name: "sales.won"},
			{Name: "visited", Fields: []cond.SchemaField{{Name: "page", Kind: cond.KindText}, {Name: "topic", Kind: cond.KindTopic}, {Name: "length", Kind: cond.KindNumber}}},
		},
		Segments: []cond.SchemaSegment{
			{Name: "developers", Text: `contact.role == "developer"`},
			{Name: "recent", Text: `since(contact.first_seen) <= 7d`},
			{Name: "warm", Text: `score.interest >= 35 and developers`},
		},
		Scores: []cond.SchemaScore{
			{Name: "interest", Halves: true},
			{Name: "fit", When: []string{`contact.employees >= 200`}},
			{Name: "fresh", When: []string{`developers`, `recent`}},
		},
		Offers: []string{"threat_report", "roi_calculator"},
		Topics: []string{"security", "scale", "cost"},
		Maps:   []string{"by_role"},
		Others: map[string]string{"longterm": "a program", "sales": "a hand-off"},
		Broken: map[string]bool{"half_written": true},
	}
}

// start is where the condition of a test stands in its file.
const start = 100

// judge checks what a line of a test says. Before the condition may stand where it is: "on visited, bounced:", "offer:",
// "set role:" or "tag:".
func judge(line string) (text string, e *cond.Expr, diags []diag.Diagnostic) {
	s := playbook()
	where, text, found := strings.Cut(line, ": ")
	if !found {
		text, where = line, ""
	}
	at := syntax.Cond{Span: syntax.Span{Start: start, End: start + len(text)}, Text: text}
	switch {
	case strings.HasPrefix(where, "on "):
		e, diags = s.Bool("a.nurture", at, cond.Scope{Events: strings.Split(where[3:], ", ")})
	case strings.HasPrefix(where, "offer"):
		e, diags = s.Bool("a.nurture", at, cond.Scope{Offer: true})
	case strings.HasPrefix(where, "set "):
		for _, f := range s.Contact {
			if f.Name == where[4:] {
				e, diags = s.Value("a.nurture", at, cond.Scope{Events: []string{"visited"}}, f)
			}
		}
	case where == "tag":
		e, diags = s.Value("a.nurture", at, cond.Scope{Events: []string{"visited"}}, cond.SchemaField{})
	default:
		at = syntax.Cond{Span: syntax.Span{Start: start, End: start + len(line)}, Text: line}
		text = line
		e, diags = s.Bool("a.nurture", at, cond.Scope{})
	}
	return text, e, diags
}
