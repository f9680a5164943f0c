package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nurture/lang"
	"nurture/lang/meaning"
	"nurture/runtime/plan"
	"nurture/runtime/store"
)

type historyCmd struct {
	Number int    `arg:"" optional:"" placeholder:"N" help:"Show one version: what changed with it. Default: all, a line or more each."`
	Since  int    `placeholder:"M" help:"What changed from version M to version N, not from the one before it."`
	Store  string `type:"path" default:"nurture.db" placeholder:"FILE" help:"The store that a run wrote."`
	Files  string `type:"path" placeholder:"DIR" help:"Write the files of version N into this folder, which must not be there yet."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

func (historyCmd) Help() string {
	return `Every version of the playbook that ran is kept in the store, with its files: numbers, since when each ran, and what
changed with it in meaning.

  nurturec history                            the versions, the newest last
  nurturec history 3                          all that changed with the third
  nurturec history 5 --since 3                all that changed from the third to the fifth
  nurturec history 3 --files before           its files, into a new folder
  nurturec plan . --version 3                 what going back to it would do
  nurturec run . --version 3                  go back`
}

// past is one version with what changed in it.
type past struct {
	number   int
	since    int64
	hash     string
	version  *plan.Version // nil where this nurturec cannot read it
	why      error
	before   int // the version that it is compared with; 0: none
	changes  []meaning.Change
	messages int // that say something else
}

func (c *historyCmd) Run(at *terminal) error {
	s, err := store.Read(c.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	versions, err := s.Versions()
	if err != nil {
		return err
	}
	if c.Number < 0 || c.Number > len(versions) {
		return fmt.Errorf("%s has no version %d; it has %s", s.Path(), c.Number, things(int64(len(versions)), "version"))
	}
	if c.Since != 0 && (c.Number == 0 || c.Since < 0 || c.Since > len(versions)) {
		return fmt.Errorf("--since %d: name two versions, nurturec history N --since M; %s has %s", c.Since, s.Path(), things(int64(len(versions)), "version"))
	}
	if c.Files != "" {
		if c.Number == 0 {
			return errors.New("--files needs the number of a version: nurturec history N --files DIR")
		}
		return writeFiles(c.Files, versions[c.Number-1].Files, at)
	}
	all := pasts(versions)
	if c.Number > 0 {
		since := all[max(c.Since-1, 0)]
		all = all[c.Number-1 : c.Number]
		if c.Since > 0 {
			all[0].changed(&since)
		}
	}
	if c.Format == "json" {
		return historyJSON(at.out, all)
	}
	const few = 3 // changes that are listed of each where all versions are shown
	var b strings.Builder
	if len(all) == 0 {
		fmt.Fprintf(&b, "no playbook has run in %s yet\n", s.Path())
	}
	for i := range all {
		v := &all[i]
		most := few
		if c.Number > 0 {
			most = len(v.changes)
		}
		fmt.Fprintf(&b, "%4d  since %s  %.8s  %s\n", v.number, rfc(v.since), v.hash, v.what())
		for j := range v.changes[:min(most, len(v.changes))] {
			fmt.Fprintf(&b, "        %s\n", changeLine(&v.changes[j]))
		}
		if left := len(v.changes) - most; left > 0 {
			fmt.Fprintf(&b, "        and %d more: nurturec history %d\n", left, v.number)
		}
	}
	_, err = io.WriteString(at.out, b.String())
	return err
}

// pasts says what changed with each version.
func pasts(versions []store.Version) (all []past) {
	for i, v := range versions {
		p := past{number: i + 1, since: v.Since, hash: v.Hash}
		if p.version, p.why = compiled(versions, i+1); i > 0 {
			p.changed(&all[i-1])
		}
		all = append(all, p)
	}
	return all
}

// changed says what changed since another version.
func (p *past) changed(since *past) {
	p.changes, p.messages, p.before = nil, 0, since.number
	if p.version == nil || since.version == nil {
		return
	}
	p.changes = meaning.Between(meaning.Of(since.version.Program.Playbook.Files), meaning.Of(p.version.Program.Playbook.Files))
	for name, text := range p.version.Files {
		if was, there := since.version.Files[name]; there && was != text && !strings.HasSuffix(name, lang.Extension) {
			p.messages++
		}
	}
}

// what says what a version was about.
func (p *past) what() string {
	switch {
	case p.version == nil:
		return p.why.Error()
	case p.before == 0:
		return "the first"
	case len(p.changes) > 0:
		return things(int64(len(p.changes)), "change") + " in meaning"
	case p.messages > 0:
		return "no change in meaning; " + sayDifferently(p.messages) + " differently"
	default:
		return "no change in meaning"
	}
}

// changeLine is a change on one line.
func changeLine(c *meaning.Change) string {
	v := planView{Plan: &plan.Plan{}, running: &plan.Version{}, next: &plan.Version{}}
	in, what, _ := v.says(c)
	if in != "" {
		in += ": "
	}
	return sign(c.What) + " " + in + what
}

func historyJSON(w io.Writer, all []past) error {
	type one struct {
		Number  int      `json:"number"`
		Since   string   `json:"since"`
		Hash    string   `json:"hash"`
		What    string   `json:"what"`
		Changes []string `json:"changes"`
	}
	said := []one{}
	for i := range all {
		v := &all[i]
		o := one{v.number, rfc(v.since), v.hash, v.what(), []string{}}
		for j := range v.changes {
			o.Changes = append(o.Changes, changeLine(&v.changes[j]))
		}
		said = append(said, o)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(said)
}

// writeFiles writes the files of a playbook into a new folder.
func writeFiles(dir string, files map[string]string, at *terminal) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already; name a folder that is not", dir)
		}
		return fmt.Errorf("make the folder %s: %w", dir, cause(err))
	}
	root, err := os.OpenRoot(dir) // no name can lead out of it
	if err != nil {
		return fmt.Errorf("open the folder %s: %w", dir, cause(err))
	}
	defer root.Close()
	for name, text := range files {
		path := filepath.FromSlash(name)
		if err := root.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the folder of %s: %w", name, cause(err))
		}
		if err := root.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, cause(err))
		}
	}
	fmt.Fprintf(at.err, "%s written into %s\n", things(int64(len(files)), "file"), dir)
	return nil
}
