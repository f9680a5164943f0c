package lsp

import (
	"time"

	"nurture/lang/diag"
)

// The rules of the linter look at the whole playbook, which takes a while where it is large. Whoever types is told of errors
// before that: what the linter has said stands on, moved by the edit, until it has looked again.

// patience is how long errors wait for the linter.
const patience = 10 * time.Millisecond

// lint has the newest snapshot linted in a goroutine; closed is what tells that it was. One snapshot of a playbook is linted
// at a time, and one that is old by then is not.
func (t *teller) lint(snap *Snapshot) (closed chan struct{}) {
	closed = make(chan struct{})
	go func() {
		var failed error
		defer func() {
			if failed != nil {
				t.s.note("%v", failed)
			}
		}()
		defer t.s.recovered("the linter", &failed)
		defer close(closed)
		t.linting.Lock()
		defer t.linting.Unlock()
		if t.s.workspace.newest(t.folder) == snap {
			snap.Found()
		}
	}()
	return closed
}

// linted waits for the linter as long as errors can wait.
func linted(closed chan struct{}) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-closed:
		return true
	case <-timer.C:
		return false
	}
}

// carried is what is known of a snapshot before it is linted: its errors or, where it has none, what the linter has said of
// the one before.
func (t *teller) carried(snap *Snapshot) []diag.Diagnostic {
	if snap.Playbook == nil || snap.loaded == nil || snap.loaded.Failed() {
		return snap.Diagnostics
	}
	all := append([]diag.Diagnostic(nil), snap.Diagnostics...)
	for _, d := range t.shown {
		if codes()[d.Code].Family == "" {
			continue
		}
		at, ok := moved(d.Span, t.texts, snap.Sources)
		if !ok {
			continue
		}
		d.Span = at
		var related []diag.Related
		for _, r := range d.Related {
			if r.Span, ok = moved(r.Span, t.texts, snap.Sources); ok {
				related = append(related, r)
			}
		}
		d.Related = related
		all = append(all, d)
	}
	return all
}

// moved is where a span stands after an edit; ok is false where the edit touches it.
func moved(at diag.Span, before, after map[string]string) (to diag.Span, ok bool) {
	old, known := before[at.File]
	text, there := after[at.File]
	if !known || !there || at.End > len(old) {
		return at, false
	}
	if old == text {
		return at, true
	}
	same := 0
	for same < min(len(old), len(text)) && old[same] == text[same] {
		same++
	}
	tail := 0
	for tail < min(len(old), len(text))-same && old[len(old)-1-tail] == text[len(text)-1-tail] {
		tail++
	}
	switch {
	case at.End < same:
		return at, true
	case at.Start > len(old)-tail:
		at.Start += len(text) - len(old)
		at.End += len(text) - len(old)
		return at, true
	}
	return at, false
}
