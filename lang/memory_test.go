package lang_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/cond"
	"nurture/lang/diag"
)

// playbooks are all that the tests of the language and the examples have: the text of every file by name.
func playbooks(t *testing.T) (all []map[string]string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == ".git" || e.Name() == "node_modules" {
				return filepath.SkipDir
			}
			files := map[string]string{}
			found, _ := filepath.Glob(filepath.Join(path, "*.nurture"))
			for _, f := range found {
				files[filepath.Base(f)] = read(t, f)
			}
			if len(files) > 0 && !strings.Contains(path, "testdata") {
				contents, _ := filepath.Glob(filepath.Join(path, "content", "*.md"))
				for _, f := range contents {
					files["content/"+filepath.Base(f)] = read(t, f)
				}
				all = append(all, files)
			}
			return nil
		}
		switch {
		case strings.HasSuffix(path, ".nurture") && strings.Contains(path, "testdata"): // each is one of its own
			all = append(all, map[string]string{"a.nurture": read(t, path)})
		case strings.HasSuffix(path, ".txtar"):
			files := map[string]string{}
			for _, f := range txtar.Parse([]byte(read(t, path))).Files {
				files[f.Name] = string(f.Data)
			}
			all = append(all, files)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// asked gives files as Check takes them.
func asked(files map[string]string) ([]lang.Source, func(string) (string, error)) {
	var sources []lang.Source
	for name, text := range files {
		if strings.HasSuffix(name, lang.Extension) && !strings.Contains(name, "/") {
			sources = append(sources, lang.Source{Name: name, Text: text})
		}
	}
	slices.SortFunc(sources, func(a, b lang.Source) int { return strings.Compare(a.Name, b.Name) })
	return sources, func(path string) (string, error) {
		if text, ok := files[path]; ok {
			return text, nil
		}
		return "", fs.ErrNotExist
	}
}

// However a playbook is edited: what is found with the memory of before is what is found without.
func TestMemoryFindsWhatCheckFinds(t *testing.T) {
	all := playbooks(t)
	var snippets []string
	for _, files := range all {
		for _, text := range files {
			if len(text) < 10_000 {
				snippets = append(snippets, strings.SplitAfter(text, "\n")...)
			}
		}
	}
	slices.Sort(snippets)
	snippets = append(slices.Compact(snippets), "{", "}", "\n", "\"", "(", "a", "role", "customers", " and ", "topics security\n", "segment s = since(last(opened)) >= 3d\n")
	rapid.Check(t, func(r *rapid.T) {
		files := map[string]string{}
		for name, text := range rapid.SampledFrom(all).Draw(r, "playbook") {
			if len(text) < 100_000 {
				files[name] = text
			}
		}
		var names []string
		for name := range files {
			names = append(names, name)
		}
		slices.Sort(names)
		if len(names) == 0 {
			return
		}
		var m lang.Memory
		m.Check(asked(files))
		for range rapid.IntRange(1, 6).Draw(r, "edits") {
			name := rapid.SampledFrom(names).Draw(r, "file")
			text := files[name]
			at := rapid.IntRange(0, len(text)).Draw(r, "at")
			gone := min(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 3), rapid.IntRange(0, 200)).Draw(r, "gone"), len(text)-at)
			files[name] = text[:at] + rapid.SampledFrom(snippets).Draw(r, "new") + text[at+gone:]

			got, want := m.Check(asked(files)), lang.Check(asked(files))
			if !reflect.DeepEqual(got.Diagnostics, want.Diagnostics) {
				r.Fatalf("with memory:\n%s\nwithout:\n%s", listed(got.Diagnostics), listed(want.Diagnostics))
			}
			if !reflect.DeepEqual(got.Playbook.Uses(), want.Playbook.Uses()) {
				r.Fatalf("the places of names are not the same")
			}
			if g, w := conditions(got), conditions(want); !slices.Equal(g, w) {
				r.Fatalf("the conditions are\n%s\nwith memory and\n%s\nwithout", strings.Join(g, "\n"), strings.Join(w, "\n"))
			}
		}
	})
}

func listed(diags []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		b.WriteString(show(d) + "\n")
	}
	return b.String()
}

func show(d diag.Diagnostic) string {
	return fmt.Sprintf("%s %s:%d-%d %s %v %v", d.Code, d.Span.File, d.Span.Start, d.Span.End, d.Message, d.Related, d.Fixes)
}

// conditions writes all conditions of a playbook as they were understood, by their places.
func conditions(l *lang.Loaded) []string {
	var all []string
	seen := map[any]bool{}
	var look func(v reflect.Value)
	look = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if v.IsNil() || seen[v.Interface()] {
				return
			}
			seen[v.Interface()] = true
			if e, ok := v.Interface().(*cond.Expr); ok {
				text := fmt.Sprint(e.Span, e.Text, e.Names)
				cond.Walk(e.Root, func(n *cond.Node) bool {
					text += fmt.Sprint(" ", n.Op, n.Type, n.Span, len(n.Args), n.Name, n.Text, n.Num, n.Local, n.Dur, n.Of, n.Timed)
					return true
				})
				all = append(all, text)
				return
			}
			look(v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				look(v.Index(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				look(v.MapIndex(k))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && f.Name != "Decl" && f.Name != "Files" && f.Name != "Message" {
					look(v.Field(i))
				}
			}
		}
	}
	look(reflect.ValueOf(l.Playbook))
	slices.Sort(all)
	return all
}
