package lsp_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/diag"
)

var word = regexp.MustCompile(`\w+`)

// TestRefactoringKeepsPlaybooksSound asks for the refactorings at every word of the examples and carries each out by
// itself: what was sound is sound after it.
func TestRefactoringKeepsPlaybooksSound(t *testing.T) {
	folders, err := filepath.Glob("../examples/*/content")
	if err != nil || len(folders) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	done := map[string]int{}
	for _, folder := range folders {
		folder = filepath.Dir(folder)
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		e := session(t, dir, config{})
		texts := map[string]string{}
		files, err := filepath.Glob(filepath.Join(dir, "*.nurture"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := filepath.Base(file)
			e.open(name)
			texts[name] = e.text(name)
		}
		read := func(name string) (string, error) {
			text, err := os.ReadFile(filepath.Join(dir, name))
			return string(text), err
		}
		seen := map[string]bool{}
		for name, text := range texts {
			for _, at := range word.FindAllStringIndex(text, -1) {
				p := e.position(name, at[0])
				for _, a := range e.actions(name, protocol.Range{Start: p, End: p}, "refactor") {
					if seen[string(a.Edit)] {
						continue
					}
					seen[string(a.Edit)] = true
					done[a.Kind]++
					after := e.after(texts, a.Edit)
					if l := lang.Parse(after, read); l.Failed() {
						t.Errorf("%s: %s at %q of %s: %s", folder, a.Title, text[at[0]:at[1]], name, l.Diagnostics[0].Message)
					}
				}
			}
		}
	}
	t.Logf("carried out: %v", done)
	for _, kind := range []string{"refactor.extract", "refactor.inline", "refactor.rewrite"} {
		if done[kind] == 0 {
			t.Errorf("nothing of the kind %s was offered: %v", kind, done)
		}
	}
}

// after are texts after an edit of documents; nothing is told to the server.
func (e *editor) after(texts map[string]string, edit json.RawMessage) map[string]string {
	e.t.Helper()
	var whole struct {
		DocumentChanges []struct {
			TextDocument struct{ URI protocol.DocumentURI }
			Edits        []protocol.TextEdit
		}
	}
	if err := json.Unmarshal(edit, &whole); err != nil {
		e.t.Fatal(err)
	}
	texts = maps.Clone(texts)
	for _, c := range whole.DocumentChanges {
		texts[e.name(c.TextDocument.URI)] = e.applied(e.name(c.TextDocument.URI), inOrder(c.Edits))
	}
	return texts
}

// inOrder sorts edits by place, for applied.
func inOrder(edits []protocol.TextEdit) []protocol.TextEdit {
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i].Range.Start, edits[j].Range.Start
		return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
	})
	return edits
}

// TestActionsOfEveryFinding takes the playbooks that explain what the findings mean: what is offered there mends the
// finding that it is for.
func TestActionsOfEveryFinding(t *testing.T) {
	dir := t.TempDir()
	e := session(t, dir, config{})
	mended := map[string]int{}
	for _, code := range lang.Codes() {
		if code.Bad == "" {
			continue
		}
		text := code.Bad + "\n"
		if !strings.Contains(text, "contact {") && code.ID != "NUR100" {
			text = "contact { email email key }\n" + text
		}
		name := "untitled:" + code.ID // alone, whatever the others say
		e.openText(name, text)
		all := e.actions(name, protocol.Range{End: e.position(name, len(text))})
		for _, a := range all {
			if len(a.Diagnostics) == 0 || strings.Contains(string(a.Edit), `"create"`) {
				continue
			}
			after := e.after(map[string]string{name: text}, a.Edit)[name]
			left := lang.Parse(map[string]string{"a.nurture": after}, nil).Diagnostics
			for _, d := range a.Diagnostics {
				mended[d.Code.(string)]++
				if slices.ContainsFunc(left, func(l diag.Diagnostic) bool { return l.Code == d.Code && l.Message == d.Message }) {
					t.Errorf("%s: after %q there is still: %s\n%s", d.Code, a.Title, d.Message, after)
				}
			}
		}
	}
	t.Logf("mended: %v", mended)
	if len(mended) < 10 {
		t.Errorf("only findings of %v were mended", mended)
	}
}
