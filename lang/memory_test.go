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
	"nurture/lang/check"
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

			same(r, &m, files)
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

// differ says where two playbooks mean something else, or name another thing than the one that is declared: each thing
// of one has to stand for one thing of the other, wherever it is met.
func differ(got, want *check.Playbook) string {
	d := comparison{map[pointed]reflect.Value{}, map[pointed]reflect.Value{}}
	return d.values("playbook", reflect.ValueOf(got), reflect.ValueOf(want))
}

type pointed struct {
	t  reflect.Type
	at uintptr
}

type comparison struct{ got, want map[pointed]reflect.Value } // what each stands for

func (d *comparison) values(where string, g, w reflect.Value) string {
	switch g.Kind() {
	case reflect.Interface:
		if g.IsNil() || w.IsNil() || g.Elem().Type() != w.Elem().Type() {
			if g.IsNil() && w.IsNil() {
				return ""
			}
			return fmt.Sprintf("%s: %v, %v without", where, g, w)
		}
		return d.values(where, g.Elem(), w.Elem())
	case reflect.Pointer:
		if g.IsNil() || w.IsNil() {
			if g.IsNil() && w.IsNil() {
				return ""
			}
			return fmt.Sprintf("%s: %v, %v without", where, g, w)
		}
		a, b := pointed{g.Type(), g.Pointer()}, pointed{w.Type(), w.Pointer()}
		other, met := d.got[a]
		same, too := d.want[b]
		switch {
		case met != too || met && (other.Pointer() != b.at || same.Pointer() != a.at):
			return where + ": is another thing"
		case met:
			return ""
		}
		d.got[a], d.want[b] = w, g
		return d.values(where, g.Elem(), w.Elem())
	case reflect.Slice:
		if g.Len() != w.Len() {
			return fmt.Sprintf("%s: %d, %d without", where, g.Len(), w.Len())
		}
		for i := range g.Len() {
			if there := d.values(fmt.Sprintf("%s[%d]", where, i), g.Index(i), w.Index(i)); there != "" {
				return there
			}
		}
	case reflect.Map:
		if g.Len() != w.Len() {
			return fmt.Sprintf("%s: %d, %d without", where, g.Len(), w.Len())
		}
		for _, key := range g.MapKeys() {
			twin := key
			if key.Kind() == reflect.Pointer {
				twin = d.got[pointed{key.Type(), key.Pointer()}]
			}
			if !twin.IsValid() || !w.MapIndex(twin).IsValid() {
				return fmt.Sprintf("%s: has a %v", where, key)
			}
			if there := d.values(fmt.Sprintf("%s[%v]", where, key), g.MapIndex(key), w.MapIndex(twin)); there != "" {
				return there
			}
		}
	case reflect.Struct:
		for i := range g.NumField() {
			if f := g.Type().Field(i); f.IsExported() {
				if there := d.values(where+"."+f.Name, g.Field(i), w.Field(i)); there != "" {
					return there
				}
			}
		}
	default:
		if !g.Equal(w) {
			return fmt.Sprintf("%s: %v, %v without", where, g, w)
		}
	}
	return ""
}
