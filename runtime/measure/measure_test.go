package measure_test

import (
	"fmt"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/measure"
)

const day = 86400

func program(t *testing.T, text string) *compile.Program {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": text}, func(string) (string, error) { return "---\nsubject: Hello\n---\n\nHello.\n", nil })
	if loaded.Failed() {
		t.Fatal(loaded.Diagnostics)
	}
	return compile.Compile(loaded.Playbook)
}

// Whoever is held out of messages is counted beside those who are not, and only stays count whose time for the goal is
// over. Here every other contact with messages reaches the goal, and none that is held out; the last ten came too late
// to tell.
func TestLift(t *testing.T) {
	p := program(t, `
contact { email email key }
event bought { }
offer hello "Hello" { kind guide  for nurture  intent educate  content "c.md" }
program leads "Leads" {
  phase   nurture
  enter   when true
  goal    bought within 10d
  holdout 40%
  stage learn { send hello }
}`)
	a, b := measure.New(measure.Options{Program: p, To: 30 * day}), measure.New(measure.Options{Program: p, To: 30 * day})
	var with, reached, held, late int64
	for i := range 110 {
		key, entered := fmt.Sprintf("c%d@example.com", i), int64(day)
		if i >= 100 {
			entered, late = 25*day, late+1
		}
		out := engine.HeldOut(p, key, 0)
		buys := !out && i%2 == 0
		switch {
		case i >= 100:
		case out:
			held++
		default:
			if with++; buys {
				reached++
			}
		}
		m := a // and some by another worker
		if i%3 == 0 {
			m = b
		}
		m.Begin(key, entered)
		m.Step(nil, []engine.Row{{At: entered, Kind: engine.Entered, Offer: compile.None, Map: compile.None, Column: compile.None}})
		if buys {
			m.Step(nil, []engine.Row{{At: entered + day, Kind: engine.GoalReached, Track: compile.None, Stage: compile.None, Offer: compile.None, Detail: "bought within 10d"}})
		}
		m.End()
	}
	a.Merge(b)
	g := a.Figures().Goals[0]
	if g.Messages.N != reached || g.Messages.Of != with || g.HeldOut.N != 0 || g.HeldOut.Of != held || g.All.Of != 100 || g.Open != late || held < 25 {
		t.Errorf("%d of %d with messages, %d held out, %d late, are: with %+v, held out %+v, %d open", reached, with, held, late, g.Messages, g.HeldOut, g.Open)
	}
	if g.Lift.Value != g.Messages.Value || g.Lift.Low < 0.2 {
		t.Errorf("the lift is %+v", g.Lift)
	}
}
