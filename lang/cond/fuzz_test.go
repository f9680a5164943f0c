package cond_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

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

func inspect(t *testing.T, text string, e *cond.Expr, diags []diag.Diagnostic) {
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
		part := &cond.Expr{Text: text[n.Span.Start-start : n.Span.End-start], Root: n}
		got, err := condtest.TypeOf(part)
		want := n.Type
		switch want {
		case cond.Date:
			want = cond.Time
		case cond.Set:
			want = cond.List
		}
		if err != nil || got != want {
			t.Errorf("%q: %q is %v, and %v in expr, %v", text, part.Text, n.Type, got, err)
		}
		return true
	})
}
