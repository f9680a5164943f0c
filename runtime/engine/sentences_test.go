package engine_test

import (
	"testing"

	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// Sentences of the reference that a simulation of whole playbooks found not to be so.
func TestSentences(t *testing.T) {
	const begin = "2026-03-02T10:00:00Z"
	type event struct {
		days        int64 // after the beginning, that it is taken
		name, offer string
		late        int64 // days before that, that it happened
	}
	for _, test := range []struct {
		is, playbook string
		events       []event
		want         string
	}{
		{"a segment knows what was sent", `
offer a "A" { kind guide  content "c.md" }
segment fed = sent(a) == 1
score warm { +10 when sent(a) >= 1 }
program p "P" {
  enter when true
  stage one {
    send a in 1d
    when fed and score.warm >= 10 and since(stage.entered) >= 2d -> two
  }
  stage two {}
}`, nil, `
2026-03-02T10:00:00Z entered p.one
2026-03-03T10:00:00Z sent p.one offer=a
2026-03-04T10:00:00Z moved p.one to=p.two`},
		{"what the run works out stops too", `
offer a "A" { kind guide  content "c.md" }
policy {
  stop   on exhausted
  resume on task_overdue
}
roles r
program p "P" {
  enter when true
  stage one {
    send a every 1d
    task "T" to r within 2d
  }
}`, nil, `
2026-03-02T10:00:00Z entered p.one
2026-03-02T10:00:00Z task p.one to=r
2026-03-02T10:00:00Z sent p.one offer=a
2026-03-03T10:00:00Z exhausted p.one
2026-03-03T10:00:00Z stopped reason=exhausted
2026-03-04T10:00:00Z resumed reason=task_overdue
2026-03-04T10:00:00Z stopped reason=exhausted
2026-03-05T10:00:00Z refused p.one reason=stopped`},
		{"an outcome without an offer answers nothing", `
offer a "A" { kind guide  content "c.md"  response clicked, sales.won }
handoff sales "S" { outcomes won }
program p "P" {
  enter when true
  stage one {
    send a in 1d
    on response -> two
  }
  stage two {}
}`, []event{{days: 2, name: "sales.won"}, {days: 3, name: "sales.won", offer: "a"}}, `
2026-03-02T10:00:00Z entered p.one
2026-03-03T10:00:00Z sent p.one offer=a
2026-03-05T10:00:00Z moved p.one to=p.two`},
		{"a late event reaches a goal that was over before it came", `
program p "P" {
  enter when true
  goal  pinged within 2d
  stage one {}
}`, []event{{days: 5, name: "ponged"}, {days: 6, name: "pinged", late: 5}}, `
2026-03-02T10:00:00Z entered p.one
2026-03-08T10:00:00Z late
2026-03-08T10:00:00Z goal p`},
	} {
		t.Run(test.is, func(t *testing.T) {
			p := program(t, "contact {\n  email email key\n}\nevent pinged\nevent ponged"+test.playbook)
			s, fx, from := NewState("ann@example.com"), Effects{}, at(t, begin)
			Step(p, s, from, []Input{{Event: compile.None, At: from, Arrive: true, Offer: compile.None}}, &fx)
			for day := int64(1); day < 8; day++ {
				var in []Input
				for _, e := range test.events {
					if e.days == day {
						in = append(in, Input{Event: p.EventIndex(e.name), At: from + (day-e.late)*86400, Late: e.late > 0, Offer: p.OfferIndex(e.offer)})
					}
				}
				Step(p, s, from+day*86400, in, &fx)
			}
			got := ""
			for _, r := range fx.Rows {
				got += "\n" + line(p, r)
			}
			if got != test.want {
				t.Errorf("got%s\nwant%s", got, test.want)
			}
		})
	}
}
