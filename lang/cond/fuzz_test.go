package cond_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/cond"
	"nurture/lang/cond/condtest"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Whatever stands in a condition: nothing panics, what is reported lies inside it, and what is accepted is an expression
// of expr, with the same types from its root to its leaves.
func FuzzCondition(f *testing.F) {
	for _, file := range []string{"testdata/good.txt", "testdata/bad.txt"} {
		src, err := os.Open(file)
		if err != nil {
			f.Fatal(err)
		}
		defer src.Close()
		for lines := bufio.NewScanner(src); lines.Scan(); {
			line := strings.NewReplacer("«", "", "»", "").Replace(lines.Text())
			if line != "" && !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "//") {
				if _, text, ok := strings.Cut(line, ": "); ok {
					line = text
				}
				f.Add(line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := syntax.Cond{Span: syntax.Span{Start: start, End: start + len(text)}, Text: text}
		see := cond.Scope{Events: []string{"visited"}, Offer: true}
		s := playbook()
		for _, want := range append(s.Contact, cond.SchemaField{}) {
			e, diags := s.Value("a.nurture", at, see, want)
			inspect(t, text, e, diags)
		}
		e, diags := s.Bool("a.nurture", at, see)
		inspect(t, text, e, diags)
	})
}

// The same of words and signs put together at random, which gets further than bytes do.
func TestWordsAtRandom(t *testing.T) {
	words := strings.Fields(`contact.role contact.customer contact.employees contact.renewal contact.first_seen contact.interests contact.company
		contact.odd contact.rol event.page offer.topic score.interest score.fit stage.entered phase completeness developers warm
		known( sent( count( last( since( until( lower( min( len( opened sales.won threat_report security by_role half_written
		and or not ! not && || == != < <= > >= in not contains matches startsWith + - * / ( ) ( ) [ ] , , . % = is nil true false
		7d 0d 30 12% 2026-12-31 "it" "security" "a(" "nurture" '" it | ? # { } let @`)
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 16).Draw(r, "words"), " ")
		at := syntax.Cond{Span: syntax.Span{Start: start, End: start + len(text)}, Text: text}
		e, diags := playbook().Bool("a.nurture", at, cond.Scope{Events: []string{"visited"}, Offer: true})
		inspect(r, text, e, diags)
	})
}

func inspect(t interface{ Errorf(string, ...any) }, text string, e *cond.Expr, diags []diag.Diagnostic) {
	inside := func(s diag.Span) bool {
		return s.File == "a.nurture" && start <= s.Start && s.Start <= s.End && s.End <= start+len(text)
	}
	codes := map[string]bool{}
	for _, c := range cond.Codes {
		codes[c.ID] = true
	}
	for _, d := range diags {
		if !inside(d.Span) || !codes[d.Code] || d.Message == "" || strings.ContainsAny(d.Message, "\n\r") {
			t.Errorf("%q: %+v", text, d)
		}
		if strings.HasPrefix(d.Message, "this is no expression") || strings.HasPrefix(d.Message, "this does not fit together") {
			t.Errorf("%q: only expr knew: %s", text, d.Message)
		}
		for _, fix := range d.Fixes {
			if slices.ContainsFunc(fix.Edits, func(e diag.Edit) bool { return !inside(e.Span) }) {
				t.Errorf("%q: %+v", text, fix)
			}
		}
	}
	if e.Root == nil {
		return
	}
	if len(diags) > 0 {
		t.Errorf("%q has a tree and diagnostics", text)
	}
	cond.Walk(e.Root, func(n *cond.Node) bool {
		if !inside(n.Span) {
			t.Errorf("%q: a node at %v", text, n.Span)
			return false
		}
		got, err := condtest.TypeOf(e, n)
		want := n.Type
		switch want {
		case cond.Date:
			want = cond.Time
		case cond.Set:
			want = cond.List
		}
		if err != nil || got != want {
			t.Errorf("%q: %q is %v, and %v in expr, %v", text, text[n.Span.Start-start:n.Span.End-start], n.Type, got, err)
		}
		return true
	})
}
