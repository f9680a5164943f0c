package lsp_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/protocol"
)

// BenchmarkAnswers measures how long somebody who types waits for what can be written here, and somebody who points for
// what stands there: from the key, or the movement, to the answer, at the editor's end of the pipes of a real
// `nurturec lsp`. The goals are 5 ms in a playbook of 1,000 lines and 20 ms in one of 20,000, for 95 of 100.
func BenchmarkAnswers(b *testing.B) {
	binary := build(b)
	for _, size := range []struct {
		name  string
		files int
	}{{"1000_lines", 1}, {"20000_lines", 20}} {
		dir := b.TempDir()
		for name, text := range large(size.files) {
			write(b, filepath.Join(dir, name), text)
		}
		for _, line := range []string{"    on response -> engaged\n", "    send guide_00_00, report every 7d\n", "    when contact.role == \"it\" and count(visited, 7d) > 2 -> asked\n"} {
			b.Run(size.name+"/completion/"+strings.Fields(line)[0], func(b *testing.B) { completing(b, binary, dir, line) })
		}
		b.Run(size.name+"/hover", func(b *testing.B) { pointing(b, binary, dir) })
	}
}

// completing types a line into a stage, letter by letter, and asks for what can be written behind each.
func completing(b *testing.B, binary, dir, line string) {
	e := process(b, binary, dir)
	e.greet(config{})
	e.open(typedInto)
	e.diagnostics(typedInto)
	at := strings.Index(e.docs[typedInto].text, "    send from topics_00_05")
	i := 0
	var times []time.Duration
	for b.Loop() {
		if i == len(line) {
			e.replace(typedInto, at, at+i, "")
			i = 0
		}
		started := time.Now()
		e.replace(typedInto, at+i, at+i, line[i:i+1])
		i++
		var list protocol.CompletionList
		e.call("textDocument/completion", e.place(typedInto, at+i), &list)
		times = append(times, time.Since(started))
	}
	percentiles(b, times)
}

// pointing asks about one word of the file after the other.
func pointing(b *testing.B, binary, dir string) {
	e := process(b, binary, dir)
	e.greet(config{})
	e.open(typedInto)
	e.diagnostics(typedInto)
	text := e.docs[typedInto].text
	at := 0
	var times []time.Duration
	for b.Loop() {
		at = (at + 13) % len(text)
		where := e.place(typedInto, at)
		started := time.Now()
		var hover *protocol.Hover
		e.call("textDocument/hover", where, &hover)
		times = append(times, time.Since(started))
	}
	percentiles(b, times)
}

// place is a byte of a file, as the parameters of a call.
func (e *editor) place(name string, offset int) protocol.TextDocumentPositionParams {
	e.t.Helper()
	return protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: e.uri(name)},
		Position:     e.position(name, offset),
	}
}
