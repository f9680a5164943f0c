package engine_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// What a step remembers of its contact, so as not to look again at what cannot have changed, makes no difference: whoever
// forgets it after each step, as a store does, has the same story. The rules are such as messages alone make true.
func TestWhatIsRememberedMakesNoDifference(t *testing.T) {
	book := strings.NewReplacer(
		"when score.heat >= 15 -> second", "when RULE -> second",
		"enter    when contact.plan == \"pro\"", "enter    when ENTRY",
		"  on bought     {", "  when TRACK { tag \"often\" }\n  on bought     {",
		"+20 on response", "+20 on response\n  +7 on sent\n  -9 when count(sent, 4d) >= 2",
	).Replace(strict)
	conditions := []string{
		"score.heat >= 15", "count(sent) >= 3", "sent(c) >= 1", "sent(one) >= 2 and not contact.consent", "since(last(sent)) >= 30h", "count(sent, 6d) >= 2", "sent(all) >= 2 or score.heat >= 30",
		"count(sent, 6d) == 0 and count(sent) >= 1", "contact.plan == \"pro\"", "since(stage.entered) >= 50h and count(sent, 2d) < 1", "responded(a) >= 1 and sent(b) >= 1",
	}
	var programs []*compile.Program
	for i, c := range conditions {
		entry, track := conditions[(i+3)%len(conditions)], conditions[(i+6)%len(conditions)]
		for _, own := range []*string{&entry, &track} {
			*own = strings.ReplaceAll(*own, "since(stage.entered) >= 50h and ", "")
		}
		programs = append(programs, program(t, strings.NewReplacer("RULE", c, "ENTRY", entry, "TRACK", track).Replace(book)))
	}
	rapid.Check(t, func(r *rapid.T) {
		p := rapid.SampledFrom(programs).Draw(r, "playbook")
		start := at(t, "2026-03-01T00:00:00Z") + rapid.Int64Range(0, 5*86400).Draw(r, "start")
		end := start + 60*86400
		in := happenings(r, p, start, end)
		rows, _ := through(p, "ann@example.com", in, end, nil)
		if forgot := forgetting(p, in, end); !slices.Equal(rows, forgot) {
			for i := range rows {
				if i >= len(forgot) || rows[i] != forgot[i] {
					r.Fatalf("%d rows and, where it is forgotten, %d; the first that differs is %s", len(rows), len(forgot), line(p, rows[i]))
				}
			}
			r.Fatalf("%d rows and, where it is forgotten, %d", len(rows), len(forgot))
		}
	})
}

// forgetting takes a contact through its inputs, and through its bytes after each step.
func forgetting(p *compile.Program, in []Input, end int64) []Row {
	s, fx := NewState("ann@example.com"), Effects{}
	codec := NewCodec(p, intern, text)
	for {
		at := Wake(p, s)
		if len(in) > 0 {
			at = min(at, in[0].At)
		}
		if at >= end {
			return fx.Rows
		}
		n := 0
		for n < len(in) && in[n].At <= at {
			n++
		}
		Step(p, s, at, in[:n], &fx)
		in = in[n:]
		again := NewState("ann@example.com")
		if err := codec.Decode(codec.Append(nil, s), again); err != nil {
			panic(err)
		}
		s = again
	}
}
