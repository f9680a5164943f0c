package lsp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/protocol"
)

// How long somebody who types waits, measured at the editor's end of the pipes of a real `nurturec lsp`: from the key to
// the diagnostics of the text with it (without the quiet time) and to what can stand there, from a question to what is
// said of a name, and from the start of the process to the first diagnostics. The goals, for 95 of 100: diagnostics in
// 10 ms in a playbook of 1,000 lines and in 30 ms in one of 20 files and 20,000 lines, completion and hover in 5 and 20,
// the start in 150.

// process starts the server as a process of its own.
func process(b *testing.B, binary, dir string) *editor {
	b.Helper()
	cmd := exec.Command(binary, "lsp")
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+b.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	e := attach(b, dir, pipe{out, in})
	go func() { e.done <- cmd.Wait() }()
	b.Cleanup(func() { in.Close(); <-e.done })
	return e
}

func build(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "nurturec")
	if text, err := exec.Command("go", "build", "-o", binary, "nurture/cmd/nurturec").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return binary
}

func BenchmarkLatency(b *testing.B) {
	binary := build(b)
	for _, size := range []struct {
		name  string
		files int
	}{{"1000_lines", 1}, {"20000_lines", 20}} {
		dir := b.TempDir()
		for name, text := range large(size.files) {
			write(b, filepath.Join(dir, name), text)
		}
		b.Run(size.name+"/cold", func(b *testing.B) { coldStart(b, binary, dir) })
		for _, place := range []string{"guide_00_00", "campaign_00_09", "asked"} {
			b.Run(size.name+"/type_"+place, func(b *testing.B) {
				typing(b, binary, dir, place, func(e *editor, _ int) { e.diagnostics(typedInto) })
			})
		}
		b.Run(size.name+"/complete", func(b *testing.B) {
			typing(b, binary, dir, "asked", func(e *editor, at int) { e.call("textDocument/completion", e.byte(at), nil) })
		})
		b.Run(size.name+"/hover", func(b *testing.B) { hovering(b, binary, dir) })
	}
}

const typedInto = "campaigns_00.nurture"

// coldStart measures from the start of the process to the first diagnostics of an open file.
func coldStart(b *testing.B, binary, dir string) {
	var times []time.Duration
	for b.Loop() {
		started := time.Now()
		e := process(b, binary, dir)
		e.greet(config{})
		e.open(typedInto)
		for _, d := range e.diagnostics(typedInto) {
			if d.Severity == protocol.DiagnosticSeverityError {
				b.Fatalf("the playbook has errors: %v", d.Message)
			}
		}
		times = append(times, time.Since(started))
		b.StopTimer()
		e.conn.Close()
		b.StartTimer()
	}
	percentiles(b, times)
}

// typing measures from a key to what is asked then: a new statement is typed above the first place where a word stands,
// and taken back, over and over.
func typing(b *testing.B, binary, dir, word string, answered func(e *editor, at int)) {
	e := process(b, binary, dir)
	e.greet(config{})
	e.open(typedInto)
	e.diagnostics(typedInto)
	original := e.docs[typedInto].text
	at := strings.LastIndex(original[:strings.Index(original, word)], "\n") + 1
	typed := "  when contact.employees >= 20 -> asked\n"
	i := 0
	var times []time.Duration
	for b.Loop() {
		from, to, key := at+i, at+i, ""
		if i == len(typed) {
			from, to, i = at, at+len(typed), 0
		} else {
			key = typed[i : i+1]
			i++
		}
		started := time.Now()
		e.replace(typedInto, from, to, key)
		answered(e, at+i)
		times = append(times, time.Since(started))
	}
	percentiles(b, times)
}

// hovering asks about one name after another.
func hovering(b *testing.B, binary, dir string) {
	e := process(b, binary, dir)
	e.greet(config{})
	e.open(typedInto)
	e.diagnostics(typedInto)
	text := e.docs[typedInto].text
	var places []int
	for _, word := range []string{"fit_00_03", "guide_00_05", "topics_00_07", "engaged", "learn", "interest", "response", "campaign_00_09", "send", "30d"} {
		places = append(places, strings.Index(text, word)+1)
	}
	i := 0
	var times []time.Duration
	for b.Loop() {
		i++
		started := time.Now()
		e.call("textDocument/hover", e.byte(places[i%len(places)]), nil)
		times = append(times, time.Since(started))
	}
	percentiles(b, times)
}

// byte is a place in the text that is typed into, as the parameters of a call.
func (e *editor) byte(offset int) protocol.TextDocumentPositionParams {
	return protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: e.uri(typedInto)},
		Position:     e.position(typedInto, offset),
	}
}

func percentiles(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.95), "p95-ms")
	b.ReportMetric(at(.99), "p99-ms")
}
