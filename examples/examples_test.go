// Package examples_test keeps every playbook that ships free of findings: the examples, the one that `nurturec init`
// writes, and the one on the front page.
package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/lang/content"
	"nurture/lang/format"
	"nurture/runtime/rehearse"
)

var playbooks = []string{"minimal", "saas", "b2c_retail", "../cmd/nurturec/starter"}

func TestPlaybooksHaveNoFindings(t *testing.T) {
	for _, dir := range playbooks {
		t.Run(filepath.Base(dir), func(t *testing.T) { check(t, os.DirFS(dir)) })
	}
}

func TestPlaybooksAreFormatted(t *testing.T) {
	for _, dir := range playbooks {
		files, err := filepath.Glob(filepath.Join(dir, "*.nurture"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no playbook (%v)", dir, err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := format.Source(name, string(src)); got != string(src) {
				t.Errorf("%s is not formatted; nurturec fmt makes it\n%s", name, got)
			}
		}
	}
}

// Every playbook has tests, they pass, and they take somebody into every stage and by every way.
func TestPlaybooksPassTheirTests(t *testing.T) {
	for _, dir := range playbooks {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			loaded, err := lang.Load(os.DirFS(dir))
			if err != nil || loaded.Failed() || len(loaded.Playbook.Tests) == 0 {
				t.Fatalf("it has no tests that can be played (%v)", err)
			}
			p := compile.Compile(loaded.Playbook)
			covered := rehearse.NewCoverage(p)
			err = rehearse.PlayAll(t.Context(), p, loaded.Playbook.Tests, covered, func(_ int, r rehearse.Result) {
				for _, f := range r.Failures {
					t.Errorf("%s: %s %q: %s\n%v", r.Title, f.Span.File, loaded.Sources[f.Span.File][f.Span.Start:f.Span.End], f.Message, r.Story[:f.Story])
				}
			})
			if err != nil {
				t.Error(err)
			}
			for _, item := range covered.Items() {
				if item.Count == 0 && (item.Part == rehearse.Stages || item.Part == rehearse.Transitions) {
					t.Errorf("no test exercises %s, in %s", item.Name, item.Span.File)
				}
			}
		})
	}
}

// Every message in a content folder is one that the playbook sends.
func TestContentIsUsed(t *testing.T) {
	for _, dir := range playbooks {
		playbook := ""
		files, _ := filepath.Glob(filepath.Join(dir, "*.nurture"))
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			playbook += string(src)
		}
		contents, _ := filepath.Glob(filepath.Join(dir, "content", "*"))
		for _, name := range contents {
			if !strings.Contains(playbook, `"content/`+filepath.Base(name)+`"`) {
				t.Errorf("%s belongs to no offer and no hand-off", name)
			}
		}
	}
}

// Every message reads well for somebody of whom nothing is known: no Liquid left over, no gap where a value would stand.
func TestMessagesRenderForStrangers(t *testing.T) {
	gap := regexp.MustCompile(`\{[{%]|\(\)|:\*\* *\n| ,|,,|\*\*\*\*`)
	for _, dir := range playbooks {
		loaded, err := lang.Load(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, offer := range loaded.Playbook.Offers {
			if offer.Message == nil {
				continue // has findings, which another test reports
			}
			mail, err := offer.Message.Render(content.Vars{Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Errorf("%s: %v", offer.Name, err)
			}
			if found := gap.FindString(mail.Subject + mail.Preheader + mail.Text); found != "" || mail.Subject == "" {
				t.Errorf("%s: %q in\n%s\n%s", offer.Name, found, mail.Subject, mail.Text)
			}
		}
	}
}

// The front page shows a whole playbook: with any messages behind it, it is one.
func TestFrontPagePlaybook(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```nurture\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("README.md shows no playbook")
	}
	if got, _ := format.Source("README.md", string(block[1])); got != string(block[1]) {
		t.Errorf("the playbook is not formatted:\n%s", got)
	}
	folder := fstest.MapFS{"playbook.nurture": {Data: block[1]}}
	for _, m := range regexp.MustCompile(`content "([^"]+)"`).FindAllSubmatch(block[1], -1) {
		folder[string(m[1])] = &fstest.MapFile{Data: []byte("---\nsubject: Hello\n---\n\nHello.\n")}
	}
	check(t, folder)
}

func check(t *testing.T, playbook fs.FS) {
	t.Helper()
	loaded, err := lang.Load(playbook)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range loaded.Diagnostics {
		t.Errorf("%s %s: %s", d.Span.File, d.Code, d.Message)
	}
}
