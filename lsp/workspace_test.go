package lsp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// watched tells the server what happened to files outside the editor.
func (e *editor) watched(change protocol.FileChangeType, names ...string) {
	e.t.Helper()
	var changes []protocol.FileEvent
	for _, name := range names {
		changes = append(changes, protocol.FileEvent{URI: e.uri(name), Type: change})
	}
	e.notify("workspace/didChangeWatchedFiles", protocol.DidChangeWatchedFilesParams{Changes: func() (p []*protocol.FileEvent) {
		for i := range changes {
			p = append(p, &changes[i])
		}
		return p
	}()})
}

// says waits until the server says of a file what is wanted: codes and what they stand at.
func (e *editor) expect(name, want string) {
	e.t.Helper()
	uri := e.uri(name)
	last := ""
	defer func() {
		if e.t.Failed() {
			e.t.Logf("%s last had %q, want %q", name, last, want)
		}
	}()
	e.wait("such diagnostics of "+name, func() bool {
		p, ok := e.published[uri]
		if d := e.docs[name]; !ok || d != nil && (p.version == nil || *p.version != d.version) {
			return false
		}
		if len(p.diagnostics) == 0 {
			last = ""
		} else {
			last = e.summary(name, p.diagnostics)
		}
		return last == want
	})
}

func TestFilesChangeOutsideTheEditor(t *testing.T) {
	e := start(t, small)
	e.expect("b.nurture", "NUR103 reprot")
	e.expect("report.md", "NUR260 nmae")
	e.wait("watchers", func() bool {
		return len(e.asked) > 0 && strings.Contains(strings.Join(e.asked, "\n"), `client/registerCapability`) &&
			strings.Contains(strings.Join(e.asked, "\n"), `**/*.nurture`)
	})

	t.Log("a content file changes")
	write(t, filepath.Join(e.dir, "report.md"), "---\nsubject: Hello\n---\nHello {{ contact.email }}\n")
	e.watched(protocol.FileChangeTypeChanged, "report.md")
	e.expect("report.md", "")

	t.Log("a file comes that declares what was missing")
	write(t, filepath.Join(e.dir, "c.nurture"), "offer reprot \"R\" { content \"report.md\" }\n")
	e.watched(protocol.FileChangeTypeCreated, "c.nurture")
	e.expect("b.nurture", "")

	t.Log("a file goes")
	if err := os.Remove(filepath.Join(e.dir, "a.nurture")); err != nil {
		t.Fatal(err)
	}
	e.watched(protocol.FileChangeTypeDeleted, "a.nurture")
	e.wait("the missing contact", func() bool { return len(e.published[e.uri("b.nurture")].diagnostics) > 0 })

	t.Log("what is open in the editor goes before the disk")
	e.open("c.nurture")
	e.substitute("c.nurture", "offer reprot", "offer rapport")
	write(t, filepath.Join(e.dir, "c.nurture"), "")
	e.watched(protocol.FileChangeTypeChanged, "c.nurture")
	if got := e.held("c.nurture"); !strings.Contains(got, "offer rapport") {
		t.Errorf("the server has %q", got)
	}
	e.close("c.nurture")
	if got := e.held("c.nurture"); got != "" {
		t.Errorf("after it was closed the server has %q", got)
	}

	t.Log("all is deleted")
	for _, name := range []string{"b.nurture", "c.nurture"} {
		if err := os.Remove(filepath.Join(e.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	e.watched(protocol.FileChangeTypeDeleted, "b.nurture", "c.nurture")
	e.wait("the end of all diagnostics", func() bool {
		for _, p := range e.published {
			if len(p.diagnostics) > 0 {
				return false
			}
		}
		return true
	})
}

// A content file that is open is checked as it stands in the editor.
func TestContentFileInTheEditor(t *testing.T) {
	e := start(t, small)
	e.open("report.md")
	e.expect("report.md", "NUR260 nmae")
	e.substitute("report.md", "nmae", "email")
	e.expect("report.md", "")
	e.substitute("report.md", "{{ contact.email }}", "{{ contact.email }")
	e.expect("report.md", "NUR256 {{")
	e.close("report.md")
	e.expect("report.md", "NUR260 nmae")
}

const two = `
-- one/a.nurture --
contact { email email }
segment s = contact.x == 1
-- two/b.nurture --
contact { email email }
segment s = contact.y == 1
-- two/deeper/c.nurture --
contact { email email }
segment s = contact.z == 1
-- .hidden/d.nurture --
segment s = contact.w == 1
-- two/node_modules/e.nurture --
segment s = contact.v == 1
-- two/README.md --
# Read me
-- elsewhere/f.nurture --
contact { email email }
segment s = contact.u == 1
`

// Every folder with *.nurture files below a workspace folder is a playbook.
func TestSeveralRoots(t *testing.T) {
	e := start(t, two, config{roots: []string{"one", "two"}})
	e.expect("one/a.nurture", "NUR211 x")
	e.expect("two/b.nurture", "NUR211 y")
	e.expect("two/deeper/c.nurture", "NUR211 z")

	t.Log("a document outside of all roots")
	e.open("elsewhere/f.nurture")
	e.expect("elsewhere/f.nurture", "NUR211 u")
	e.close("elsewhere/f.nurture")
	e.expect("elsewhere/f.nurture", "")

	t.Log("a root goes, one comes")
	e.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"removed": []any{map[string]any{"uri": e.uri("two"), "name": "two"}},
		"added":   []any{map[string]any{"uri": e.uri("elsewhere"), "name": "elsewhere"}},
	}})
	e.expect("two/b.nurture", "")
	e.expect("two/deeper/c.nurture", "")
	e.expect("elsewhere/f.nurture", "NUR211 u")
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range []string{".hidden/d.nurture", "two/node_modules/e.nurture", "two/README.md"} {
		if p, ok := e.published[e.uri(name)]; ok {
			t.Errorf("%s has %v", name, p.diagnostics)
		}
	}
}

// A Markdown file that belongs to no playbook is left alone, and taken when a playbook appears around it.
func TestContentFileBeforeItsPlaybook(t *testing.T) {
	e := start(t, "-- content/mail.md --\n---\nsubject: Hello\n---\nHello {{ contact.name }}\n", config{roots: []string{}})
	e.docs["content/mail.md"] = &buffer{1, e.text("content/mail.md")}
	e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": e.uri("content/mail.md"), "languageId": "markdown", "version": 1, "text": e.text("content/mail.md"),
	}})
	e.expect("content/mail.md", "")
	e.openText("a.nurture", "contact { email email }\noffer o { content \"content/mail.md\" }\n")
	e.expect("content/mail.md", "NUR260 name")
	e.substitute("content/mail.md", "contact.name", "contact.email")
	e.expect("content/mail.md", "")
}
