package lsp

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
)

// publisher tells the editor what is wrong with each playbook, in all of its files. Every playbook has a goroutine that
// is woken by changes: it checks the newest text, passing over those that came in between.
//
// What is no longer wrong vanishes at once, and what has moved moves. What is newly wrong is shown when nobody has
// typed for a while: half a word is no mistake.
type publisher struct {
	s      *server
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex
	tells map[*folder]*teller
}

func newPublisher(s *server) *publisher {
	p := &publisher{s: s, tells: map[*folder]*teller{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

func (p *publisher) close() { p.cancel() }

// changed wakes the one who tells about a playbook; typed says that somebody may be in the middle of a word.
func (p *publisher) changed(f *folder, typed bool) {
	p.mu.Lock()
	t := p.tells[f]
	if t == nil {
		t = &teller{publisher: p, folder: f, wake: make(chan struct{}, 1)}
		p.tells[f] = t
		go t.run()
	}
	p.mu.Unlock()

	t.mu.Lock()
	t.since = time.Time{}
	if typed {
		t.since = time.Now()
	}
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default: // it will look anyhow
	}
}

// teller tells about one playbook.
type teller struct {
	*publisher
	folder *folder
	wake   chan struct{}

	linting sync.Mutex

	mu    sync.Mutex
	since time.Time // when somebody last typed; zero where the last change was something else

	// Of run alone.
	shown []diag.Diagnostic               // what the editor has been told
	texts map[string]string               // of the files when it was
	sent  map[protocol.DocumentURI]string // the same as it was written, by file
}

func (t *teller) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	t.sent = map[protocol.DocumentURI]string{}
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-t.wake:
		case <-timer.C:
		}
		timer.Stop()
		snap := t.s.workspace.newest(t.folder)
		if snap == nil { // the editor no longer shows the playbook
			t.end()
			return
		}
		if left := t.tell(snap); left > 0 {
			timer.Reset(left)
		}
	}
}

// end takes back what has been said.
func (t *teller) end() {
	for uri := range t.sent {
		t.takeBack(uri)
	}
	t.publisher.mu.Lock()
	defer t.publisher.mu.Unlock()
	delete(t.tells, t.folder)
}

// tell shows what is known now, and says after which time there is more to show; zero where nothing is held back.
func (t *teller) tell(snap *Snapshot) (left time.Duration) {
	var failed error
	defer func() {
		if failed != nil {
			t.s.note("%v", failed)
		}
	}()
	defer t.s.recovered("diagnostics", &failed)
	if failed = snap.check(); failed != nil {
		return 0
	}
	closed := t.lint(snap)
	if !linted(closed) {
		t.show(snap, t.carried(snap))
		select {
		case <-closed:
		case <-t.wake: // there is a newer text
			t.again()
			return 0
		case <-t.ctx.Done():
			return 0
		}
	}
	if t.s.workspace.newest(t.folder) != snap {
		t.again()
		return 0
	}
	return t.show(snap, snap.Found())
}

// again has run look once more.
func (t *teller) again() {
	select {
	case t.wake <- struct{}{}:
	default: // it will anyhow
	}
}

// show publishes what is found but what somebody may still be writing, and says when the rest is due.
func (t *teller) show(snap *Snapshot, all []diag.Diagnostic) (left time.Duration) {
	t.mu.Lock()
	since := t.since
	t.mu.Unlock()
	found := all
	if quiet := time.Duration(t.s.client.quiet.Load()); !since.IsZero() {
		left = max(quiet-time.Since(since), 0)
	}
	if left > 0 {
		if found = known(found, t.shown); len(found) == len(all) {
			left = 0
		}
	}
	t.shown, t.texts = found, snap.Sources
	t.publish(snap, found)
	return left
}

// known are those findings that were shown before, wherever they stand now.
func known(found, shown []diag.Diagnostic) []diag.Diagnostic {
	type key struct{ file, code, message string }
	before := map[key]int{}
	for _, d := range shown {
		before[key{d.Span.File, d.Code, d.Message}]++
	}
	var old []diag.Diagnostic
	for _, d := range found {
		k := key{d.Span.File, d.Code, d.Message}
		if before[k] > 0 {
			before[k]--
			old = append(old, d)
		}
	}
	return old
}

// publish tells the editor of every file for which something has changed. Of an open one it says as well that nothing
// is wrong.
func (t *teller) publish(snap *Snapshot, found []diag.Diagnostic) {
	byFile := snap.findings(found)
	for name := range snap.open {
		if _, there := byFile[name]; !there {
			byFile[name] = nil
		}
	}
	said := map[protocol.DocumentURI]bool{}
	changed := false
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		uri := snap.URI(name)
		said[uri] = true
		changed = t.send(uri, snap.Version(name), byFile[name]) || changed
	}
	for uri := range t.sent {
		if !said[uri] {
			t.takeBack(uri)
			changed = true
		}
	}
	if c := t.s.client; changed && c.pulls && c.refreshes {
		go t.s.conn.Call(t.ctx, "workspace/diagnostic/refresh", nil, nil) // the answer says nothing
	}
}

// takeBack says that there is nothing to say of a file any more, unless another playbook speaks of it now.
func (t *teller) takeBack(uri protocol.DocumentURI) {
	if t.s.workspace.elsewhere(uri, t.folder) {
		delete(t.sent, uri)
		return
	}
	t.send(uri, nil, nil)
}

// publishParams are the library's, with a version that can be 0 or missing.
type publishParams struct {
	URI         protocol.DocumentURI `json:"uri"`
	Version     *int32               `json:"version,omitempty"`
	Diagnostics []diagnostic         `json:"diagnostics"`
}

// send tells the editor what is wrong with a file, if that is news. Editors that ask are not told; for them it is noted.
func (t *teller) send(uri protocol.DocumentURI, version *int32, found []diagnostic) (news bool) {
	if t.s.client.pulls {
		version = nil
	}
	body, err := encode(publishParams{URI: uri, Version: version, Diagnostics: found})
	if err != nil || t.sent[uri] == string(body) {
		return false
	}
	if _, told := t.sent[uri]; version == nil && len(found) == 0 {
		delete(t.sent, uri)
		news = told
	} else {
		t.sent[uri] = string(body)
		news = true
	}
	if !t.s.client.pulls {
		_ = t.s.conn.Notify(t.ctx, protocol.MethodTextDocumentPublishDiagnostics, json.RawMessage(body)) // an editor that is gone needs none
	}
	return news
}

type diagnostic = protocol.Diagnostic

// findings turns diagnostics, and what failed when tests were played, into the editor's, by the names of their files.
func (s *Snapshot) findings(found []diag.Diagnostic) map[string][]diagnostic {
	byFile := map[string][]diagnostic{}
	for _, d := range found {
		if d.Span.File != "" { // a folder without files is shown nowhere
			byFile[d.Span.File] = append(byFile[d.Span.File], s.finding(d))
		}
	}
	for _, d := range s.failures() {
		byFile[d.Span.File] = append(byFile[d.Span.File], s.failure(d))
	}
	return byFile
}

func (s *Snapshot) finding(d diag.Diagnostic) diagnostic {
	f := diagnostic{
		Range:    s.Range(d.Span),
		Severity: protocol.DiagnosticSeverity(d.Severity + 1),
		Code:     d.Code,
		Source:   "nurture",
		Message:  d.Message,
	}
	if page := s.client.pages.of(d.Code); page != "" {
		f.CodeDescription = &protocol.CodeDescription{Href: page}
	}
	switch codes()[d.Code].Tag {
	case diag.Unused:
		f.Tags = []protocol.DiagnosticTag{protocol.DiagnosticTagUnnecessary}
	case diag.Deprecated:
		f.Tags = []protocol.DiagnosticTag{protocol.DiagnosticTagDeprecated}
	}
	for _, r := range d.Related {
		f.RelatedInformation = append(f.RelatedInformation, protocol.DiagnosticRelatedInformation{Location: s.Location(r.Span), Message: r.Message})
	}
	return f
}
