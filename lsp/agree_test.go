package lsp_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"golang.org/x/tools/txtar"

	"nurture/lang"
	"nurture/lang/diag"
)

// corpus puts every playbook that the tests of the language, the command line and the examples have into a folder of its
// own below dir, and gives their names.
func corpus(t *testing.T, dir string) (names []string) {
	t.Helper()
	add := func(from string, files map[string]string) {
		name := strings.NewReplacer("../", "", "/", "_", ".", "_").Replace(from)
		for file, text := range files {
			write(t, filepath.Join(dir, name, filepath.FromSlash(file)), text)
		}
		if found, _ := filepath.Glob(filepath.Join(dir, name, "*.nurture")); len(found) > 0 {
			names = append(names, name)
		}
	}
	read := func(path string) string {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(src)
	}
	for _, top := range []string{"../lang", "../cmd/nurturec/testdata", "../examples"} {
		err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasSuffix(path, ".nurture") && strings.Contains(path, "testdata"):
				add(path, map[string]string{"a.nurture": read(path)})
			case strings.HasSuffix(path, ".txtar"):
				files := map[string]string{}
				for _, f := range txtar.Parse([]byte(read(path))).Files {
					if fs.ValidPath(f.Name) {
						files[f.Name] = string(f.Data)
					}
				}
				add(path, files)
			case e.IsDir() && strings.HasPrefix(path, "../examples/"):
				files := map[string]string{}
				for _, glob := range []string{"*.nurture", "content/*.md"} {
					found, _ := filepath.Glob(filepath.Join(path, glob))
					for _, f := range found {
						rel, _ := filepath.Rel(path, f)
						files[rel] = read(f)
					}
				}
				add(path, files)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// checked is what `nurturec check` says of a folder, by file.
func checked(t *testing.T, dir string) (byFile map[string][]string, sources map[string]string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	loaded, err := lang.Load(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	config, ok := lang.Configuration(1, func(name string) (string, error) {
		src, err := os.ReadFile(filepath.Join(dir, name))
		return string(src), err
	})
	if ok {
		loaded.Sources[config.Name] = config.Text
	}
	loaded.LintAs(config, someday)
	return byLine(loaded.Diagnostics, loaded.Sources), loaded.Sources
}

// byLine writes diagnostics as an editor would show them.
func byLine(diags []diag.Diagnostic, sources map[string]string) map[string][]string {
	byFile := map[string][]string{}
	for _, d := range diags {
		l := diag.NewLines(sources[d.Span.File])
		line, column := l.UTF16(d.Span.Start)
		endLine, endColumn := l.UTF16(d.Span.End)
		byFile[d.Span.File] = append(byFile[d.Span.File], fmt.Sprintf("%d:%d-%d:%d %s %d %s, related %d",
			line, column, endLine, endColumn, d.Code, d.Severity+1, d.Message, len(d.Related)))
	}
	return byFile
}

func shown(found []protocol.Diagnostic) []string {
	var all []string
	for _, d := range found {
		r := d.Range
		all = append(all, fmt.Sprintf("%d:%d-%d:%d %s %d %s, related %d", r.Start.Line, r.Start.Character, r.End.Line, r.End.Character,
			d.Code, int(d.Severity), d.Message, len(d.RelatedInformation)))
	}
	return all
}

// The editor shows what `nurturec check` prints, of every playbook there is here.
func TestEditorAndCheckAgree(t *testing.T) {
	dir := t.TempDir()
	names := corpus(t, dir)
	if len(names) < 50 {
		t.Fatalf("there are only %d playbooks", len(names))
	}
	e := session(t, dir, config{lints: true})
	total := 0
	for _, name := range names {
		want, sources := checked(t, filepath.Join(dir, name))
		for file := range sources {
			if strings.HasSuffix(file, lang.Extension) {
				e.open(name + "/" + file)
			}
		}
		for file := range want {
			if _, read := sources[file]; file == "" || !read {
				continue // of a folder without files, and of files that are not text, an editor shows nothing
			}
			found := e.diagnostics(name + "/" + file)
			total += len(found)
			if got := shown(found); !slices.Equal(got, want[file]) {
				t.Errorf("%s/%s: the editor shows\n%s\nand check says\n%s", name, file, strings.Join(got, "\n"), strings.Join(want[file], "\n"))
			}
		}
		for file := range sources {
			if strings.HasSuffix(file, lang.Extension) {
				if found := e.diagnostics(name + "/" + file); len(found) != len(want[file]) {
					t.Errorf("%s/%s: the editor shows %v, check %v", name, file, shown(found), want[file])
				}
				e.close(name + "/" + file)
			}
		}
	}
	if total < 500 {
		t.Errorf("there are only %d findings to compare", total)
	}
}
