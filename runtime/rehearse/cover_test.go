package rehearse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/rehearse"
)

const covered = `
contact {
  email email key
  plan enum("free", "paid")
  consent bool
}
topics security, scale
roles owner
event visited { page text, topic topic }
segment paying = contact.plan == "paid"
offer report "Report" { kind report  topic security  for nurture  intent educate  content "c.md" }
offer guide  "Guide"  { kind guide   topic scale     for nurture  intent educate  content "c.md" }
offer buy    "Buy"    { kind notice  topic scale     for nurture  intent sell     content "c.md" }
map by_plan {
  topic    | paying | otherwise
  security | report | report
  scale    | guide  | buy, guide
}
policy {
  consent when contact.consent
  stop    on unsubscribed
  resume  on resubscribed
}
handoff sales "Sales" { accept within 2d  outcomes won, lost }
track main { on complained -> p.out { tag "angry" } }
program p "P" {
  phase nurture
  enter when true
  goal  visited within 30d
  on sales.won     -> done
  on sales.lost    -> out { set contact.plan = "free" }
  on sales.overdue -> out
  stage one {
    send from by_plan every 7d
    task "Call" to owner
    on visited match event.topic { security -> two  scale -> out  otherwise -> two }
    when count(clicked) >= 1 -> two
  }
  stage two { hand to sales }
  stage out { after 9d -> done  on replied { forget contact.plan } }
}
never "sell too soon" when offer.intent == "sell" and count(sent) <= 1
`

// Each line of a test exercises what it is about, and nothing else.
func TestCoverage(t *testing.T) {
	const somebody = `contact { email = "a@example.com"  consent = true }
at 2026-03-02 10:00
`
	always := []string{"p.one", "p: enter when true", `p.one: task "Call"`}
	tests := map[string]struct{ body, want string }{
		"nobody may be written to": {`wait 1d`, ``},
		"a cell is of the contact's column": {somebody + "wait 8d", `
			report; by_plan: security, otherwise; p.one: send from by_plan; guide; by_plan: scale, otherwise`},
		"another column": {`contact { email = "a@example.com"  plan = "paid"  consent = true }
			wait 8d`, `report; by_plan: security, paying; p.one: send from by_plan; guide; by_plan: scale, paying`},
		"an arm, a goal, a hand-off and its outcome": {"visited { topic = security }\nsales.lost", `
			p: goal visited within 30d; p.one: on visited -> p.two; p.two; p.two: hand to sales; p: on sales.lost -> p.out; p: on sales.lost { set }; p.out`},
		"another arm, and what a rule does that leads nowhere": {"visited { topic = scale }\nreplied\nwait 9d", `
			p: goal visited within 30d; p.one: on visited -> p.out; p.out; p.out: on replied { forgot }; p.out: after 9d -> done`},
		"a level, and an outcome that nobody gave": {"clicked\nwait 4d", `
			p.one: when count(clicked) >= 1 -> p.two; p.two; p.two: hand to sales; p: on sales.overdue -> p.out; p.out`},
		"a track, and the ends of mails": {"unsubscribed\nresubscribed\ncomplained", `
			stop on unsubscribed; resume on resubscribed; track main: on complained -> p.out; track main: on complained { tagged }; p.out`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			loaded := lang.Parse(map[string]string{"p.nurture": covered + "test \"it\" {\n" + test.body + "\n}\n"}, nil)
			if loaded.Failed() {
				t.Fatal(loaded.Diagnostics)
			}
			p := compile.Compile(loaded.Playbook)
			c := rehearse.NewCoverage(p)
			if err := rehearse.PlayAll(t.Context(), p, loaded.Playbook.Tests, c, func(int, rehearse.Result) {}); err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(always)
			for w := range strings.SplitSeq(test.want, ";") {
				if w = strings.TrimSpace(w); w != "" {
					want = append(want, w)
				}
			}
			var got []string
			for _, item := range c.Items() {
				if item.Count > 0 {
					got = append(got, item.Name)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("exercised were\n  %s\nand not\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

// What is counted stands where it is written.
func TestCoverageStandsWhereItIsWritten(t *testing.T) {
	loaded := lang.Parse(map[string]string{"p.nurture": covered}, nil)
	if loaded.Failed() {
		t.Fatal(loaded.Diagnostics)
	}
	var all []string
	for _, item := range rehearse.NewCoverage(compile.Compile(loaded.Playbook)).Items() {
		if item.Part == rehearse.Cells || item.Part == rehearse.Stages {
			all = append(all, fmt.Sprintf("%s = %s", item.Name, covered[item.Span.Start:item.Span.End]))
		}
	}
	want := `by_plan: security, paying = report
by_plan: security, otherwise = report
by_plan: scale, paying = guide
by_plan: scale, otherwise = buy, guide
p.one = one
p.two = two
p.out = out`
	if got := strings.Join(all, "\n"); got != want {
		t.Errorf("they stand at\n%s", got)
	}
}
