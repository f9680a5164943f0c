package lsp

import (
	"testing"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// TestIgnoring is told of findings, since what it is for are those of rules, not of the language.
func TestIgnoring(t *testing.T) {
	const text = "topics a\nprogram p {\r\n\tphase nurture\n}\n"
	file, _ := syntax.Parse("a.nurture", text)
	s := &Snapshot{Files: []*syntax.File{file}, Sources: map[string]string{"a.nurture": text}}
	at := func(start int, severity diag.Severity) diag.Diagnostic {
		return diag.Diagnostic{Code: "NUR400", Severity: severity, Span: diag.Span{File: "a.nurture", Start: start, End: start + 1}}
	}
	offered := ignoring(&scene{s, diag.Span{File: "a.nurture"}, []diag.Diagnostic{at(24, diag.Warning), at(7, diag.Error), at(0, diag.Info)}})
	if len(offered) != 2 {
		t.Fatalf("there are %d actions, and two findings that can be ignored", len(offered))
	}
	for i, want := range []string{
		"topics a\nprogram p {\r\n\t// nurture:ignore NUR400 because …\r\n\tphase nurture\n}\n",
		"// nurture:ignore NUR400 because …\r\n" + text,
	} {
		e := offered[i].edits[0]
		if got := text[:e.Span.Start] + e.New + text[e.Span.End:]; got != want {
			t.Errorf("%s writes\n%q\nand not\n%q", offered[i].title, got, want)
		}
	}
}
