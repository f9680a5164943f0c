package main

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"nurture/lang"
	"nurture/lang/lint"
)

// settle is how long after a change one waits for more: an editor that saves a file does several things to it.
const settle = 30 * time.Millisecond

// wipe empties a terminal and what it has kept of what stood above.
const wipe = "\x1b[H\x1b[2J\x1b[3J"

// watch shows something about playbooks, and again after each change of them, until it is stopped.
type watch struct {
	at    *terminal
	books []*playbook
	show  func() error // reads the playbooks and shows what is so now
}

func (w *watch) run(stop context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("the system does not let files be watched: %w", err)
	}
	defer watcher.Close()
	w.follow(watcher)
	if err := w.again(); err != nil { // of what has changed before it was watched
		return err
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-stop.Done():
			return nil
		case e, open := <-watcher.Events:
			if !open {
				return nil
			}
			if !e.Has(fsnotify.Chmod) && w.concerns(e.Name) {
				timer.Reset(settle)
			}
		case err := <-watcher.Errors: // events were lost: look at everything
			fmt.Fprintf(w.at.err, "nurturec: files are watched badly: %v\n", err)
			timer.Reset(settle)
		case <-timer.C:
			if err := w.again(); err != nil {
				return err
			}
			if w.follow(watcher) { // something may have come to a new folder before it was watched
				timer.Reset(settle)
			}
		}
	}
}

// again shows what is so, on a screen of its own where a person looks.
func (w *watch) again() error {
	if w.at.screen {
		fmt.Fprint(w.at.out, wipe)
	}
	if err := w.show(); err != nil {
		return err
	}
	fmt.Fprintf(w.at.err, "%s; watching, Ctrl-C ends it\n", time.Now().Format(time.TimeOnly))
	return nil
}

// follow watches the folders of everything that was read, or that could come to be read. A folder that cannot be watched
// is passed over: it is not there, or not to be read. It says whether there is a new one.
func (w *watch) follow(watcher *fsnotify.Watcher) (more bool) {
	before := len(watcher.WatchList())
	for _, p := range w.books {
		_ = watcher.Add(p.folder)
		for _, file := range p.wanted() {
			for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
				_ = watcher.Add(filepath.Join(p.folder, filepath.FromSlash(dir)))
			}
		}
		dir, err := filepath.Abs(p.folder)
		for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) { // for the configuration
			_ = watcher.Add(filepath.Dir(dir))
		}
	}
	return len(watcher.WatchList()) > before
}

// wanted are the content files that the playbook names, also those that are not there.
func (p *playbook) wanted() []string {
	var all []string
	add := func(file string) {
		if fs.ValidPath(file) {
			all = append(all, file)
		}
	}
	for file := range p.Sources {
		add(file)
	}
	for _, o := range p.Playbook.Offers {
		add(o.Content)
	}
	for _, h := range p.Playbook.Handoffs {
		add(h.Brief)
	}
	return all
}

// concerns says whether a file that has changed matters.
func (w *watch) concerns(file string) bool {
	if filepath.Base(file) == lint.ConfigName {
		return true
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return true
	}
	for _, p := range w.books {
		folder, err := filepath.Abs(p.folder)
		if err != nil {
			return true
		}
		rel, err := filepath.Rel(folder, whole)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		name := filepath.ToSlash(rel)
		if path.Dir(name) == "." && strings.HasSuffix(name, lang.Extension) {
			return true
		}
		for _, file := range p.wanted() {
			if file == name || strings.HasPrefix(file, name+"/") {
				return true
			}
		}
	}
	return false
}
