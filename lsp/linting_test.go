package lsp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// linted is a playbook below the folder that is open, with its configuration in that folder.
const linted = `
-- .nurturec.toml --
[lint.levels]
all            = "off"
unused-segment = "warning"
useless-ignore = "warning"
-- sale/a.nurture --
contact {
  email email key
  role enum("it", "user")
}

segment /*at*/it = contact.role == "it"
-- sale/b.nurture --
// nurture:ignore NUR901 of the spring sale
topics craft
// nurture:ignore NUR901 of the autumn sale

topics wood
`

// configure writes the configuration, as another program does.
func (e *editor) configure(text string) {
	e.t.Helper()
	write(e.t, filepath.Join(e.dir, ".nurturec.toml"), text)
	e.watched(protocol.FileChangeTypeChanged, ".nurturec.toml")
}

func TestWhatTheLinterFinds(t *testing.T) {
	e := start(t, linted, config{lints: true, pages: t.TempDir()})
	e.open("sale/a.nurture")
	e.expect("sale/a.nurture", "NUR901 it")
	d := e.diagnostics("sale/a.nurture")[0]
	if d.Severity != protocol.DiagnosticSeverityWarning || len(d.Tags) != 1 || d.Tags[0] != protocol.DiagnosticTagUnnecessary {
		t.Errorf("it is %+v", d)
	}
	page, err := os.ReadFile(strings.TrimPrefix(string(d.CodeDescription.Href), "file://"))
	if err != nil || !strings.Contains(string(page), "# NUR901: ") || !strings.Contains(string(page), "unused-segment = ") {
		t.Errorf("the page says %q, %v", page, err)
	}

	// What is mended vanishes, and comes back.
	e.replace("sale/a.nurture", len(e.text("sale/a.nurture")), len(e.text("sale/a.nurture")), "segment users = not it\n")
	e.expect("sale/a.nurture", "NUR901 users")
	e.substitute("sale/a.nurture", "segment users = not it\n", "")
	e.expect("sale/a.nurture", "NUR901 it")

	// As long as there is an error only that is said.
	e.substitute("sale/a.nurture", "contact.role", "contact.rloe")
	e.expect("sale/a.nurture", "NUR211 rloe")
	e.expect("sale/b.nurture", "")
}

func TestTheConfigurationAbovePlaybooksIsHeard(t *testing.T) {
	e := start(t, linted, config{lints: true})
	e.open("sale/a.nurture")
	e.expect("sale/a.nurture", "NUR901 it")
	e.configure("[lint.levels]\nall = \"off\"\n")
	e.expect("sale/a.nurture", "")
	e.configure("[lint.levels]\nall = \"off\"\nunused-segment = \"error\"\nunused = \"off\"\n")
	e.expect(".nurturec.toml", "NUR303 unused")
	e.wait("the rule to be an error", func() bool {
		shown := e.published[e.uri("sale/a.nurture")].diagnostics
		return len(shown) == 1 && shown[0].Severity == protocol.DiagnosticSeverityError
	})
	// One beside the playbook is nearer.
	write(t, filepath.Join(e.dir, "sale/.nurturec.toml"), "[lint.levels]\nall = \"off\"\n")
	e.watched(protocol.FileChangeTypeCreated, "sale/.nurturec.toml")
	e.expect("sale/a.nurture", "")
	e.expect(".nurturec.toml", "")
	if asked := strings.Join(e.asked, "\n"); !strings.Contains(asked, "**/.nurturec.toml") {
		t.Errorf("the editor was not asked to watch configurations, but\n%s", asked)
	}
}

func TestIgnoringAFinding(t *testing.T) {
	e := start(t, linted, config{lints: true})
	e.open("sale/a.nurture")
	e.expect("sale/a.nurture", "NUR901 it")
	offered := e.actionsAt("quickfix")
	if got := titles(offered); got != "Ignore NUR901 here, with a reason" {
		t.Fatalf("offered is\n%s", got)
	}
	e.carryOut(offered[0].Edit)
	if got := e.text("sale/a.nurture"); !strings.Contains(got, "\n// nurture:ignore NUR901 because …\nsegment it") {
		t.Fatalf("the action writes\n%s", got)
	}
	e.expect("sale/a.nurture", "NUR901 it") // there is no reason yet
	e.substitute("sale/a.nurture", "because …", "the partner's offers will need it")
	e.expect("sale/a.nurture", "")
}

func TestFixingWhatTheLinterFinds(t *testing.T) {
	e := start(t, linted, config{lints: true})
	e.open("sale/b.nurture")
	e.expect("sale/b.nurture", "NUR920 nurture:ignore NUR901\nNUR920 nurture:ignore NUR901")
	top := protocol.Range{}
	if got, want := titles(e.actions("sale/b.nurture", protocol.Range{End: protocol.Position{Character: 5}})), "Delete the comment\nFix all 2 findings of NUR920 in this file\nIgnore NUR920 here, with a reason\nFix all 2 findings that have one answer"; got != want {
		t.Errorf("offered is\n%s\nand not\n%s", got, want)
	}
	all := e.actions("sale/b.nurture", top, "source.fixAll")
	if len(all) != 1 {
		t.Fatalf("offered is\n%s", titles(all))
	}
	e.carryOut(all[0].Edit)
	if got, want := e.text("sale/b.nurture"), "topics craft\n\ntopics wood\n"; got != want {
		t.Errorf("the file is\n%s\nand not\n%s", got, want)
	}
	e.expect("sale/b.nurture", "")
}
