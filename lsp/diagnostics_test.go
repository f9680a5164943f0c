package lsp_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.lsp.dev/protocol"
)

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
	e.expect("b.nurture", "NUR103 reprot")
	e.expect("report.md", "NUR260 nmae")
	e.open("b.nurture")
	e.substitute("b.nurture", "reprot", "report")
	e.expect("b.nurture", "")
	e.expect("report.md", "NUR260 nmae")
	if err := e.stop(); err != nil {
		t.Error(err)
	}
}

func TestWhatADiagnosticSays(t *testing.T) {
	e := start(t, `
-- a.nurture --
contact { email email }
topics security
segment security = contact.email == "a"
policy {
  timezone "Europe/Berlin" else "Europe/Paris"
}
`, config{pages: t.TempDir()})
	e.open("a.nurture")
	found := e.diagnostics("a.nurture")
	if got := e.summary("a.nurture", found); got != "NUR101 security\nNUR143 \"Europe/Paris\"" {
		t.Fatalf("got %s", got)
	}
	d := found[0]
	if d.Severity != protocol.DiagnosticSeverityError || d.Source != "nurture" || !strings.Contains(d.Message, "`security` is a topic already") {
		t.Errorf("got %+v", d)
	}
	if len(d.RelatedInformation) != 1 || d.RelatedInformation[0].Message != "first declared here" ||
		d.RelatedInformation[0].Location.URI != e.uri("a.nurture") || e.says("a.nurture", d.RelatedInformation[0].Location.Range) != "security" ||
		d.RelatedInformation[0].Location.Range.Start.Line != 1 {
		t.Errorf("related: %+v", d.RelatedInformation)
	}
	page, err := os.ReadFile(strings.TrimPrefix(string(d.CodeDescription.Href), "file://"))
	if err != nil || !strings.Contains(string(page), "# NUR101: ") || !strings.Contains(string(page), "```nurture\n") {
		t.Errorf("the page %s says %q, %v", d.CodeDescription.Href, page, err)
	}
	if d.Tags != nil {
		t.Errorf("it is tagged %v", d.Tags)
	}
	if tags := found[1].Tags; len(tags) != 1 || tags[0] != protocol.DiagnosticTagUnnecessary {
		t.Errorf("`else` is tagged %v", tags)
	}
}

// While somebody types, what is mended vanishes at once, what has moved moves, and what is new waits.
func TestQuietTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t, `
-- a.nurture --
contact { email email }
segment a = contact.x == 1
segment b = contact.email == "b"
`, config{quiet: 250})
		shown := func(want string) {
			t.Helper()
			synctest.Wait()
			if got := e.summary("a.nurture", e.diagnostics("a.nurture")); got != want {
				t.Errorf("the editor shows %q, want %q", got, want)
			}
		}
		began := time.Now()
		e.open("a.nurture")
		shown("NUR211 x")
		e.substitute("a.nurture", "contact.email ==", "contact.mail ==")
		shown("NUR211 x")
		time.Sleep(200 * time.Millisecond)
		e.replace("a.nurture", 0, 0, "// moved\n")
		shown("NUR211 x")
		time.Sleep(249 * time.Millisecond)
		shown("NUR211 x")
		time.Sleep(time.Millisecond)
		shown("NUR211 x\nNUR211 mail")
		e.substitute("a.nurture", "contact.x == 1", "contact.email == \"x\" and contact.y == 1")
		shown("NUR211 mail")
		e.substitute("a.nurture", " and contact.y == 1", "")
		e.substitute("a.nurture", "contact.mail", "contact.email")
		shown("")
		if passed := time.Since(began); passed != 450*time.Millisecond {
			t.Errorf("that took %v", passed)
		}

		t.Log("the user wants it otherwise")
		e.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{
			"nurture": map[string]any{"diagnostics": map[string]any{"quiet": 1000}},
		}})
		e.substitute("a.nurture", "segment a", "segment email2")
		e.substitute("a.nurture", `contact.email == "b"`, "contact.b")
		time.Sleep(999 * time.Millisecond)
		shown("")
		time.Sleep(time.Millisecond)
		shown("NUR211 b")
		if err := e.stop(); err != nil {
			t.Error(err)
		}
		e.conn.Close()
	})
}

// What happens outside the editor is no typing: it is shown at once.
func TestNoQuietTimeForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t, small, config{quiet: 60_000})
		began := time.Now()
		e.expect("report.md", "NUR260 nmae")
		write(t, e.dir+"/report.md", "---\nsubject: Hello\n---\nHello {{ contact.eamil }}\n")
		e.watched(protocol.FileChangeTypeChanged, "report.md")
		e.expect("report.md", "NUR260 eamil")
		if passed := time.Since(began); passed != 0 {
			t.Errorf("that took %v", passed)
		}
		if err := e.stop(); err != nil {
			t.Error(err)
		}
		e.conn.Close()
	})
}

type pulled struct {
	Kind     string
	ResultID string
	URI      protocol.DocumentURI
	Version  *int32
	Items    []protocol.Diagnostic
}

// An editor that only asks is not told, and an answer that is as before says so.
func TestPulledDiagnostics(t *testing.T) {
	e := start(t, small, config{capabilities: `{"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}}`})
	e.open("b.nurture")
	ask := func(before string) (p pulled) {
		t.Helper()
		params := e.in("b.nurture")
		params["previousResultId"] = before
		e.call("textDocument/diagnostic", params, &p)
		return p
	}
	first := ask("")
	if got := e.summary("b.nurture", first.Items); first.Kind != "full" || got != "NUR103 reprot" {
		t.Errorf("got %+v", first)
	}
	if again := ask(first.ResultID); again.Kind != "unchanged" || again.ResultID != first.ResultID {
		t.Errorf("asked again: %+v", again)
	}
	e.substitute("b.nurture", "reprot", "report")
	if after := ask(first.ResultID); after.Kind != "full" || len(after.Items) > 0 {
		t.Errorf("after the repair: %+v", after)
	}

	t.Log("what changes elsewhere is to be asked for again")
	e.mu.Lock()
	e.asked = nil
	e.mu.Unlock()
	write(t, e.dir+"/c.nurture", "topics security\n")
	e.watched(protocol.FileChangeTypeCreated, "c.nurture")
	e.wait("refresh", func() bool { return strings.Contains(strings.Join(e.asked, "\n"), "workspace/diagnostic/refresh") })
	if err := os.Remove(e.dir + "/c.nurture"); err != nil {
		t.Fatal(err)
	}
	e.watched(protocol.FileChangeTypeDeleted, "c.nurture")

	var whole struct{ Items []pulled }
	e.call("workspace/diagnostic", map[string]any{"previousResultIds": []any{
		map[string]any{"uri": e.uri("b.nurture"), "value": ask("").ResultID},
	}}, &whole)
	got := ""
	for _, p := range whole.Items {
		got += e.name(p.URI) + " " + p.Kind + " " + e.summary(e.name(p.URI), p.Items) + "\n"
	}
	if want := ".nurturec.toml full \na.nurture full \nb.nurture unchanged \nreport.md full NUR260 nmae\n"; got != want {
		t.Errorf("of the workspace:\n%swant:\n%s", got, want)
	}
	if err := e.stop(); err != nil {
		t.Error(err)
	}
	if len(e.published) > 0 {
		t.Errorf("it was told %v", e.published)
	}
}
