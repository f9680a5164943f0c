package engine_test

import (
	"strings"
	"testing"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// The lightest questions that are unknown, in declared order; no heavy one before convert; none that the message before
// asked.
func TestQuestions(t *testing.T) {
	p := program(t, `
contact {
  email  email  key
  team   number question medium "How many are you?"
  name   text   question light  "What should we call you?"
  buy_by date   question heavy  "When do you plan to buy?"
  role   text   question light  "What do you do?"
  firm   text   question medium "Where do you work?"
}
offer a "A" { kind guide  for nurture  intent educate  content "c.md"  asks 2 }
offer b "B" { kind guide  for nurture  intent educate  content "c.md"  asks 2 }
offer c "C" { kind guide  for nurture  intent educate  content "c.md"  asks 1 }
offer d "D" { kind guide  for nurture  intent educate  content "c.md"  asks 9 }
offer e "E" { kind guide  for nurture  intent educate  content "c.md" }
offer f "F" { kind guide  for nurture  intent educate  content "c.md"  asks 9 }
offer g "G" { kind guide  for convert  intent educate  content "c.md"  asks 9 }
offer h "H" { kind guide  for convert  intent educate  content "c.md"  asks 9 }
policy {
  timezone "UTC"
}
program early "Early" {
  phase nurture
  enter when true
  stage one {
    send a, b, c, d, e, f every 1d
    on submitted -> late
  }
}
program late "Late" {
  phase convert
  stage only { send g, h every 1d }
}
`)
	begin := at(t, "2026-03-02T10:00:00Z")
	role := p.FieldIndex("role")
	rows := play(t, p, NewState("ann@example.com"), []Input{
		{Event: compile.None, At: begin, Arrive: true, Offer: compile.None},
		{Event: p.Submitted, At: begin + 6*86400, Offer: compile.None, Fields: []FieldValue{{Field: role, Value: compile.Value{Known: true, Text: "cook"}}}},
	}, begin+8*86400)
	var got []string
	for _, r := range rows {
		if r.Kind == Sent {
			got = append(got, p.Offers[r.Offer].Name+" "+r.Detail)
		}
	}
	want := []string{
		"a asks name, role",
		"b asks team, firm",
		"c asks name",
		"d asks role, team, firm",
		"e ",
		"f asks name, role, team, firm",
		"g asks buy_by",
		"h asks name, team, firm",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A late event scores and counts at its time, and moves the contact now.
func TestLateEvent(t *testing.T) {
	p := program(t, `
contact {
  email email key
}
event visited { page text }
event pinged  { n number }
score heat {
  halve every 10d
  +16 on visited
}
policy {
  timezone "UTC"
}
program p "P" {
  phase nurture
  enter when true
  stage one {
    on visited where score.heat > 8         -> wrong
    on visited where count(visited, 5d) > 0 -> wrong
    on visited where since(last(visited)) >= 10d and score.heat >= 8 -> right
  }
  stage right {
    on pinged where since(last(pinged)) >= 1d or count(pinged, 1d) != 1 -> wrong
    after 5d -> done
  }
  stage wrong {}
}
`)
	now := at(t, "2026-03-12T10:00:00Z")
	s, fx := NewState("ann@example.com"), Effects{}
	Step(p, s, now-86400, []Input{{Event: compile.None, At: now - 86400, Arrive: true, Offer: compile.None}}, &fx)
	Step(p, s, now, []Input{{Event: p.EventIndex("visited"), At: now - 10*86400, Late: true, Offer: compile.None, Values: make([]compile.Value, 1)}}, &fx)
	pinged := Input{Event: p.EventIndex("pinged"), At: now, Offer: compile.None, Values: make([]compile.Value, 1)}
	Step(p, s, now, []Input{pinged}, &fx)
	pinged.At, pinged.Late = now-20*86400, true
	Step(p, s, now+60, []Input{pinged}, &fx) // the last one is still that of a minute ago
	if got, want := Wake(p, s), now+5*86400; got != want {
		t.Errorf("`after 5d` is due at %s, want %s", instant(got), instant(want))
	}
	got := ""
	for _, r := range fx.Rows {
		got += line(p, r) + "\n"
	}
	want := `2026-03-11T10:00:00Z entered p.one
2026-03-12T10:00:00Z late
2026-03-12T10:00:00Z moved p.one to=p.right
2026-03-12T10:01:00Z late
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if Step(p, s, now+5*86400, nil, &fx); Wake(p, s) != calendar.Never {
		t.Error("a contact in no program is woken")
	}
}
