package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// Conditions that time alone makes true and false.
var inTime = []string{
	`since(last(visited)) >= 3d`,
	`since(last(visited)) < 90min`,
	`until(contact.renewal) <= 1mo`,
	`until(contact.renewal) > 2d and until(contact.renewal) <= 20d`,
	`since(contact.seen) > 1mo`,
	`known(contact.seen) and not (until(contact.seen) < 5d)`,
	`contact.flag and since(contact.seen) >= 1d`,
	`score.heat >= 10`,
	`score.heat < 3.5`,
	`score.heat >= contact.n`,
	`score.mixed >= 4`,
	`score.mixed <= 2 or score.heat > 30`,
	`score.low > contact.n`,
	`score.low > 1 and score.low <= 4`,
	`count(visited, 5d) >= 2`,
	`count(visited, 1mo) == 1`,
	`count(visited, 36h) == 0 and not contact.flag`,
	`(contact.flag or score.heat > 5) and not (count(visited, 4d) > 1)`,
	`not recent or score.heat >= 20`,
	`recent == contact.flag`,
}

// Each has a track of its own, on which a contact goes to and fro.
func toAndFro() string {
	var b strings.Builder
	b.WriteString(`
contact {
  email    email key
  timezone timezone
  renewal  date
  seen     time
  flag     bool
  n        number
}
event visited { page text }
event annoyed { page text }
segment recent = count(visited, 2d) >= 1
score heat {
  halve every 4d
  +20 on visited
  -12 on annoyed
}
score mixed {
  halve every 6d
  +5 on visited
  +3 when since(contact.seen) >= 2d
  -4 when contact.flag
}
score low {
  halve every 5h
  -30 on annoyed
  +6 on visited
  +2 when recent
}
policy {
  timezone contact.timezone else "Europe/Berlin"
}
`)
	for i, c := range inTime {
		b.WriteString(strings.NewReplacer("NN", fmt.Sprintf("%02d", i), "COND", c).Replace(`
program pNN "To and fro" {
  track tNN
  phase nurture
  enter when true
  stage offNN { when COND -> onNN }
  stage onNN  { when not (COND) -> offNN }
}
`))
	}
	return b.String()
}

// A contact that is looked at all the time moves no sooner than one that is only looked at when it is woken.
func TestNothingPolls(t *testing.T) {
	p := program(t, toAndFro())
	rapid.Check(t, func(r *rapid.T) {
		start := at(t, "2026-02-20T00:00:00Z") + rapid.Int64Range(0, 40*86400).Draw(r, "start")
		end := start + 50*86400
		in := changes(r, p, start, end)
		every := rapid.Int64Range(1800, 20000).Draw(r, "looks")
		woken, polled := looks(p, in, start, end, 0), looks(p, in, start, end, every)
		if slices.Equal(woken, polled) {
			return
		}
		for i := range polled {
			if i >= len(woken) || woken[i] != polled[i] {
				r.Fatalf("condition `%s`: a look found what no wake-up did:\n%s", inTime[polled[i].Track-1], line(p, polled[i]))
			}
		}
		r.Fatal("a wake-up found what no look did")
	})
}

// looks is the journal of a contact that is stepped when it is woken and, if every is not 0, in between as well.
func looks(p *compile.Program, in []Input, start, end, every int64) []Row {
	s, fx, next := NewState("ann@example.com"), Effects{}, start
	for {
		now := Wake(p, s)
		if every > 0 {
			now = min(now, next)
		}
		if len(in) > 0 {
			now = min(now, in[0].At)
		}
		if now >= end {
			return fx.Rows
		}
		for next <= now {
			next += max(every, 1)
		}
		n := 0
		for n < len(in) && in[n].At <= now {
			n++
		}
		Step(p, s, now, in[:n], &fx)
		in = in[n:]
	}
}

func changes(r *rapid.T, p *compile.Program, start, end int64) []Input {
	num := func(n float64) compile.Value { return compile.Value{Known: true, Num: n} }
	values := map[string]func() compile.Value{
		"timezone": func() compile.Value {
			return compile.Value{Known: true, Text: rapid.SampledFrom([]string{"America/New_York", "Asia/Kolkata", "Europe/Berlin"}).Draw(r, "zone")}
		},
		"renewal": func() compile.Value {
			return num(float64(rapid.Int64Range(start/86400-10, end/86400+40).Draw(r, "renewal")))
		},
		"seen": func() compile.Value {
			return num(float64(rapid.Int64Range(start-20*86400, end+10*86400).Draw(r, "seen")))
		},
		"flag": func() compile.Value { return num(float64(rapid.IntRange(0, 1).Draw(r, "flag"))) },
		"n":    func() compile.Value { return num(rapid.SampledFrom([]float64{-1, 0, 2, 5.5, 20}).Draw(r, "n")) },
	}
	names := []string{"timezone", "renewal", "seen", "flag", "n"}
	change := func(at int64) Input {
		in := Input{Event: compile.None, At: at, Offer: compile.None}
		for _, name := range names {
			if rapid.Bool().Draw(r, name+" changes") {
				in.Fields = append(in.Fields, FieldValue{Field: p.FieldIndex(name), Value: values[name]()})
			}
		}
		return in
	}
	in := []Input{change(start)}
	in[0].Arrive = true
	for range rapid.IntRange(0, 12).Draw(r, "inputs") {
		at := rapid.Int64Range(start, end-1).Draw(r, "at")
		if rapid.IntRange(0, 3).Draw(r, "kind") == 0 {
			in = append(in, change(at))
			continue
		}
		event := rapid.SampledFrom([]string{"visited", "visited", "annoyed"}).Draw(r, "event")
		in = append(in, Input{Event: p.EventIndex(event), At: at, Offer: compile.None, Values: make([]compile.Value, 1)})
	}
	slices.SortStableFunc(in, func(a, b Input) int { return int(a.At - b.At) })
	return in
}
