package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"nurture/lang/diag"
)

// A fix that breaks a playbook is taken back, and those beside it are carried out. No rule has such a fix; one is made up.
func TestMendTakesBackWhatBreaks(t *testing.T) {
	const text = "contact {\n  email email key\n}\n\nsegment open = contact.emial == \"a\"\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.nurture"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	k, err := (&checkCmd{Path: []string{dir}, Fix: true, Format: "text"}).checker(&terminal{out: &out, err: &out})
	if err != nil {
		t.Fatal(err)
	}
	at := diag.Span{File: "a.nurture", Start: 0, End: len("contact")}
	k.books[0].Diagnostics = append(k.books[0].Diagnostics, diag.Diagnostic{
		Code: "NUR901", Span: at, Message: "made up", Fixes: []diag.Fix{{Title: "break it", Edits: []diag.Edit{{Span: at, New: "a { b } c {\n  d\n}\ncontact"}}}},
	})
	if err := k.mend(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "a.nurture"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "contact {\n  email email key\n}\n\nsegment open = contact.email == \"a\"\n"; string(got) != want {
		t.Errorf("mended to\n%s\nand not\n%s\nit says\n%s", got, want, out.String())
	}
}
