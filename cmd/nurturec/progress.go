package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"nurture/runtime"
	"nurture/runtime/ingest"
)

// progress tells a person at a terminal how far a run is, on one line that it writes over: what is done, how fast, and
// how long it will still take. A pipe is told nothing.
type progress struct {
	w       io.Writer // nil: nobody looks
	phase   string
	began   time.Time // of the phase
	written time.Time
	shown   bool
}

// Nothing is shown of what is over in a second, and then it is not written more often than a person can read.
const (
	quietFor  = time.Second
	showEvery = 200 * time.Millisecond
)

func newProgress(at *terminal) *progress {
	if !at.watched {
		return &progress{}
	}
	return &progress{w: at.err}
}

func (p *progress) reading(r ingest.Progress) {
	const mega = 1e6
	p.show("reading "+filepath.Base(r.File), "MB", float64(r.Read)/mega, float64(r.Size)/mega)
}

func (p *progress) running(r runtime.Progress) {
	doing := map[runtime.Phase]string{runtime.Stepping: "deciding", runtime.Delivering: "delivering"}[r.Phase]
	p.show(doing, string(r.Phase), float64(r.Done), float64(r.Total))
}

func (p *progress) show(phase, unit string, done, total float64) {
	if p.w == nil {
		return
	}
	now := time.Now()
	if phase != p.phase {
		p.phase, p.began = phase, now
	}
	passed := now.Sub(p.began)
	if passed < quietFor || now.Sub(p.written) < showEvery {
		return
	}
	p.written, p.shown = now, true
	rate := done / passed.Seconds()
	line := fmt.Sprintf("%s: %s", phase, count(int64(done)))
	if total > 0 {
		line += fmt.Sprintf(" of %s %s (%.0f%%)", count(int64(total)), unit, 100*done/total)
	}
	line += fmt.Sprintf(", %s a second", count(int64(rate)))
	if total > done && rate > 0 {
		left := time.Duration((total - done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %s left, until %s", left.Round(time.Second), now.Add(left).Format(time.TimeOnly))
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

// end wipes the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// count writes a number with its thousands apart.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
