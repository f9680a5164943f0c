package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"nurture/lang/diag"
	"nurture/lang/format"
)

type fmtCmd struct {
	Path  []string `arg:"" optional:"" help:"Files, folders (all .nurture files below them), or - for standard input. Default: the current folder."`
	List  bool     `short:"l" help:"List the files that would change instead of rewriting them."`
	Diff  bool     `short:"d" help:"Show what would change instead of rewriting."`
	Check bool     `help:"Change nothing; exit with 1 where something would change."`
}

func (fmtCmd) Help() string {
	return `Without a flag, files are rewritten in place; standard input goes to standard output. Only layout changes,
never meaning or comments, and a file that does not parse is left as it is.

  nurturec fmt                  everything below the current folder
  nurturec fmt -d examples      show what would change
  nurturec fmt --check .        in CI: exit 1 when a file is not formatted, and say which
  nurturec fmt - < a.nurture    print a file formatted`
}

func (c *fmtCmd) Run(at *terminal) error {
	paths := c.Path
	if len(paths) == 0 {
		paths = []string{"."}
	}
	f := formatter{fmtCmd: c, at: at}
	for _, p := range paths {
		if err := f.path(p); err != nil {
			return err
		}
	}
	if f.broken || f.changed && c.Check {
		return &exit{code: exitFindings}
	}
	return nil
}

type formatter struct {
	*fmtCmd
	at      *terminal
	changed bool // something is, or would be, formatted otherwise
	broken  bool // something does not parse
}

func (f *formatter) path(name string) error {
	if name == "-" {
		src, err := io.ReadAll(f.at.in)
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		return f.text("standard input", string(src), func(text string) error {
			_, err := io.WriteString(f.at.out, text)
			return err
		})
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file or folder %s", name)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, cause(err))
	}
	if !info.IsDir() {
		return f.file(name)
	}
	return filepath.WalkDir(name, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%s cannot be read: %w", file, cause(err))
		case d.IsDir() || !strings.HasSuffix(file, ".nurture"):
			return nil
		default:
			return f.file(file)
		}
	})
}

func (f *formatter) file(name string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, cause(err))
	}
	return f.text(name, string(src), func(text string) error {
		if text == string(src) {
			return nil
		}
		return replace(name, text)
	})
}

// text formats one text and reports, or writes, the outcome.
func (f *formatter) text(name, src string, write func(string) error) error {
	text, diags := format.Source(name, src)
	for _, d := range diags {
		if d.Severity == diag.Error {
			f.broken = true
			if err := diag.Text(f.at.err, diags, map[string]string{name: src}, false); err != nil {
				return err
			}
			break
		}
	}
	f.changed = f.changed || text != src
	if !f.List && !f.Diff && !f.Check {
		return write(text)
	}
	if text == src {
		return nil
	}
	if f.Diff {
		_, err := f.at.out.Write(diff.Diff(name, []byte(src), name+" (formatted)", []byte(text)))
		return err
	}
	_, err := fmt.Fprintln(f.at.out, name)
	return err
}

// replace puts a text in a file's place whole: a crash leaves the old file or the new one.
func replace(name, text string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".fmt-*")
	if err != nil {
		return fmt.Errorf("fmt %s: %w", name, err)
	}
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(info.Mode()), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		os.Remove(temp.Name())
		return fmt.Errorf("fmt %s: %w", name, err)
	}
	return nil
}
