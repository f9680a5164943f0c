package main

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"nurture/lang/diag"
)

// mostRounds bounds how often a playbook is mended and looked at again: a fix may uncover what the next one mends.
const mostRounds = 100

// mend carries out every safe fix, in memory first; then the files are written, or what would change is shown.
func (k *checker) mend() error {
	done, files := 0, 0
	for _, p := range k.books {
		before := maps.Clone(p.Sources)
		m := mender{checker: k, playbook: p, refused: map[refusal]bool{}}
		if err := m.run(); err != nil {
			return err
		}
		done += len(m.done)
		for _, name := range sorted(p.changed) {
			if p.changed[name] == before[name] {
				continue
			}
			files++
			if err := k.keep(p, name, before[name]); err != nil {
				return err
			}
		}
		for _, d := range m.done {
			fmt.Fprintf(k.at.err, "%s: %s: %s\n", asTyped(p, d.Span.File), d.Code, d.Fixes[0].Title)
		}
		if k.Diff { // nothing has changed
			p.changed = nil
			if err := p.look(k.today()); err != nil {
				return err
			}
		}
	}
	verb := "fixed"
	if k.Diff {
		verb = "would fix"
	}
	fmt.Fprintf(k.at.err, "%s %s in %s\n", verb, plural(done, "finding"), plural(files, "file"))
	return nil
}

// keep writes a file that was mended, or shows how it would differ.
func (k *checker) keep(p *playbook, name, before string) error {
	path := asTyped(p, name)
	if k.Diff {
		_, err := k.at.out.Write(diff.Diff(path, []byte(before), path+" (fixed)", []byte(p.changed[name])))
		return err
	}
	return replace(filepath.FromSlash(path), p.changed[name])
}

// mender mends one playbook. Each round carries out all fixes that do not touch one another and looks at the playbook
// again, until there is nothing left to mend. A round that would break something is taken back, and its fixes are tried
// one by one.
type mender struct {
	*checker
	playbook *playbook
	done     []diag.Diagnostic
	refused  map[refusal]bool
}

// refusal names a fix that breaks something; places move, so it is known by its words.
type refusal struct{ code, file, message, fix string }

func refusalOf(d diag.Diagnostic) refusal {
	return refusal{d.Code, d.Span.File, d.Message, d.Fixes[0].Title}
}

func (m *mender) run() error {
	seen := []map[string]string{{}}
	for range mostRounds {
		batch := m.batch()
		if len(batch) == 0 {
			return nil
		}
		before := maps.Clone(m.playbook.changed)
		ok, err := m.try(batch)
		for i := 0; !ok && err == nil && i < len(batch); i++ {
			if len(batch) == 1 {
				m.refused[refusalOf(batch[0])] = true
				break
			}
			if ok, err = m.try(batch[i : i+1]); !ok {
				m.refused[refusalOf(batch[i])] = true
			}
		}
		if err != nil {
			return err
		}
		if ok && slices.ContainsFunc(seen, func(s map[string]string) bool { return maps.Equal(s, m.playbook.changed) }) {
			m.playbook.changed = before // fixes that undo one another
			return m.playbook.look(m.today())
		}
		seen = append(seen, maps.Clone(m.playbook.changed))
	}
	return nil
}

// batch are the fixes that can be carried out now.
func (m *mender) batch() []diag.Diagnostic {
	p := m.playbook
	return diag.Together(slices.DeleteFunc(slices.Clone(p.Diagnostics), func(d diag.Diagnostic) bool {
		if !d.Safe() || !p.speaksOf(d.Span.File) || m.refused[refusalOf(d)] {
			return true
		}
		return slices.ContainsFunc(d.Fixes[0].Edits, func(e diag.Edit) bool {
			_, read := p.Sources[e.Span.File]
			return !read || p.folder != "" && !fs.ValidPath(e.Span.File)
		})
	}))
}

// try carries out fixes, and takes them back where a file has more errors then. Several together must be as good as one by
// one: an error that one brings must not hide behind one that another mends.
func (m *mender) try(batch []diag.Diagnostic) (ok bool, err error) {
	p := m.playbook
	changed, before := maps.Clone(p.changed), errorsOf(p.Diagnostics)
	if p.changed == nil {
		p.changed = map[string]string{}
	}
	edits := map[string][]diag.Edit{}
	for _, d := range batch {
		for _, e := range d.Fixes[0].Edits {
			edits[e.Span.File] = append(edits[e.Span.File], e)
		}
	}
	for file, all := range edits {
		p.changed[file] = diag.Applied(p.Sources[file], all)
	}
	if err := p.look(m.today()); err != nil {
		return false, err
	}
	if len(batch) > 1 {
		for file, n := range errorsOf(batch) {
			before[file] -= n
		}
	}
	for file, n := range errorsOf(p.Diagnostics) {
		if n > before[file] {
			p.changed = changed
			return false, p.look(m.today())
		}
	}
	m.done = append(m.done, batch...)
	return true, nil
}

// errorsOf counts by file what keeps a playbook from running.
func errorsOf(diags []diag.Diagnostic) map[string]int {
	count := map[string]int{}
	for _, d := range diags {
		if breaks(d) {
			count[d.Span.File]++
		}
	}
	return count
}
