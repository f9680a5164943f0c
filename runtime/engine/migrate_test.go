package engine_test

import (
	"strings"
	"testing"

	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// A contact stands in leads.one with a hold, a count and a goal under way when the playbook changes.
func TestAChangedPlaybook(t *testing.T) {
	const before = `
contact {
  email email key
}
event bought { amount number }
offer a "A" { kind guide  for nurture  content "c.md" }
offer b "B" { kind guide  for nurture  content "c.md" }
policy { timezone "UTC" }
program leads "Leads" {
  phase nurture
  enter when true
  goal  bought within 90d
  stage one { send a, b every 7d }
}
`
	tests := []struct{ name, after, want string }{
		{"a new name in the same program", strings.Replace(before, "stage one", "stage won", 1) + "migrate leads.one -> leads.won\n", `
2026-01-10T00:00:00Z moved gone=leads.one to=leads.won
2026-01-10T00:00:00Z sent leads.won offer=b
2026-01-17T00:00:00Z exhausted leads.won
2026-02-01T00:00:00Z goal leads`},
		{"another program on another track", strings.NewReplacer("program leads", "program people", "phase nurture", "track beside\n  phase nurture", "enter when true", "enter when false").Replace(before) + "migrate leads.one -> people.one\n", `
2026-01-10T00:00:00Z moved gone=leads.one to=people.one
2026-01-10T00:00:00Z sent people.one offer=b
2026-01-17T00:00:00Z exhausted people.one
2026-02-01T00:00:00Z goal people`},
		{"out", strings.NewReplacer("program leads", "program people", "enter when true", "enter when false").Replace(before) + "migrate leads.one -> done\n", `
2026-01-10T00:00:00Z moved gone=leads.one to=done`},
		{"offers in another order, and one more", strings.NewReplacer("send a, b", "send z, b, a", `offer a`, "offer z \"Z\" { kind guide  for nurture  content \"c.md\" }\noffer a").Replace(before), `
2026-01-15T00:00:00Z sent leads.one offer=z
2026-01-22T00:00:00Z sent leads.one offer=b
2026-01-29T00:00:00Z exhausted leads.one
2026-02-01T00:00:00Z goal leads`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, p := program(t, before), program(t, test.after)
			s, fx := NewState("ann@example.com"), Effects{}
			arrives := Input{Event: compile.None, At: at(t, "2026-01-01T00:00:00Z"), Arrive: true, Offer: compile.None}
			Step(old, s, arrives.At, []Input{arrives}, &fx)
			Step(old, s, at(t, "2026-01-08T00:00:00Z"), nil, &fx)
			s.Sends = s.Sends[:1] // as though the second had not gone out

			now, codec := NewState(s.Key), NewCodec(p, intern, text)
			if err := codec.Decode(NewCodec(old, intern, text).Append(nil, s), now); err != nil {
				t.Fatal(err)
			}
			fx.Reset()
			Step(p, now, at(t, "2026-01-10T00:00:00Z"), nil, &fx)
			rows := append(fx.Rows, playOn(t, p, codec, now, []Input{{Event: p.EventIndex("bought"), At: at(t, "2026-02-01T00:00:00Z"), Offer: compile.None}}, at(t, "2026-02-02T00:00:00Z"))...)
			got := ""
			for _, r := range rows {
				l := line(p, r)
				if r.Gone != "" {
					l = strings.Replace(l, " moved", " moved gone="+r.Gone, 1)
				}
				got += "\n" + l
			}
			if got != test.want {
				t.Errorf("got%s\nwant%s", got, test.want)
			}
		})
	}
}

// A lead that was handed over in a stage that has another name now is with its receiver still: it is not handed over twice, and
// is overdue where it was.
func TestAHandOffOfAStageThatIsRenamed(t *testing.T) {
	const before = `
contact {
  email email key
}
handoff sales "S" {
  accept   within 5d
  outcomes won
}
program leads "Leads" {
  enter when true
  stage one {
    hand to sales
    on sales.won     -> done
    on sales.overdue -> two
  }
  stage two {
    on sales.won -> done
  }
}`
	old, p := program(t, before), program(t, strings.Replace(before, "stage one", "stage won", 1)+"\nmigrate leads.one -> leads.won\n")
	s, fx, from := NewState("ann@example.com"), Effects{}, at(t, "2026-01-01T00:00:00Z")
	Step(old, s, from, []Input{{Event: compile.None, At: from, Arrive: true, Offer: compile.None}}, &fx)
	now, codec := NewState(s.Key), NewCodec(p, intern, text)
	if err := codec.Decode(NewCodec(old, intern, text).Append(nil, s), now); err != nil {
		t.Fatal(err)
	}
	fx.Reset()
	Step(p, now, from+2*86400, nil, &fx)
	got := ""
	for _, r := range append(fx.Rows, playOn(t, p, codec, now, nil, from+9*86400)...) {
		got += "\n" + line(p, r)
	}
	if want := "\n2026-01-03T00:00:00Z moved to=leads.won\n2026-01-06T00:00:00Z overdue leads.won\n2026-01-06T00:00:00Z moved leads.won to=leads.two"; got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}
