package lsp_test

import "testing"

const small = `
-- a.nurture --
contact {
  email email key
  role enum("it", "user")
}
topics security
offer report "The report" { topic security content "report.md" }
-- b.nurture --
program p {
  phase nurture
  stage s {
    send reprot
    after 30d -> done
  }
}
-- report.md --
---
subject: Hello
---
Hello {{ contact.nmae }}
`

func TestDiagnosticsOfTheWholeFolder(t *testing.T) {
	e := start(t, small)
	if got := e.summary("b.nurture", e.diagnostics("b.nurture")); got != "NUR103 reprot" {
		t.Errorf("b.nurture has %q", got)
	}
	if got := e.summary("report.md", e.diagnostics("report.md")); got != "NUR260 nmae" {
		t.Errorf("report.md has %q", got)
	}
	e.open("b.nurture")
	e.substitute("b.nurture", "reprot", "report")
	if got := e.diagnostics("b.nurture"); len(got) > 0 {
		t.Errorf("after the repair %v", got)
	}
	if err := e.stop(); err != nil {
		t.Error(err)
	}
}
