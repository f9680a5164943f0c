package rehearse_test

import (
	"fmt"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/rehearse"
)

const playbook = `
contact {
  email     email key
  role      enum("it", "user")  question light "What do you do?"
  employees number
  likes     set("a", "b")
  renewal   date
  timezone  timezone
  consent   bool
  customer  bool
}

topics security, scale
roles  owner

event visited { page text }

score interest {
  halve every 10d
  +8 on response
  +8 on visited where event.page startsWith "/pricing"
}

offer report "Report" { kind report  topic security  for nurture  intent educate  content "c.md"  asks 1 }
offer guide  "Guide"  { kind guide   topic scale     for nurture  intent educate  content "c.md" }

policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  stop     on unsubscribed
}

handoff sales "Sales" {
  accept   within 2d
  outcomes won, lost
}

program p "P" {
  phase nurture
  enter when not contact.customer
  on sales.won     -> done { set contact.customer = true }
  on sales.lost    -> one
  on sales.overdue -> one

  stage one {
    send report, guide every 7d
    when score.interest >= 8 -> two
    after 60d                -> quiet
  }
  stage two {
    hand to sales
    task "Call" to owner within 2d
    on task_done -> quiet
  }
  stage quiet { send guide in 1d }
}
`

// play plays a test that stands in the playbook.
func play(t *testing.T, body string) rehearse.Result {
	t.Helper()
	src := playbook + "\ntest \"it\" {\n" + body + "\n}\n"
	loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
	for _, d := range loaded.Diagnostics {
		t.Fatalf("%s %q: %s", d.Code, src[d.Span.Start:d.Span.End], d.Message)
	}
	return rehearse.Play(compile.Compile(loaded.Playbook), loaded.Playbook.Tests[0])
}

// Each line that a test can have, where what it expects is so.
func TestWhatIsSo(t *testing.T) {
	tests := map[string]string{
		"time passes": `
			contact { email = "a@example.com"  consent = true }
			at 2026-03-02 10:00
			expect sent(report) == 1 and sent(guide) == 0
			expect asked role
			wait 7d
			expect sent(guide) == 1
			expect not asked role
			wait 53d
			expect in p.quiet`,
		"held until the window opens": `
			contact { email = "a@example.com"  consent = true }
			at 2026-03-07 10:00
			expect sent(report) == 0
			expect held window
			expect not refused consent
			at 2026-03-09 09:00
			expect sent(report) == 1`,
		"refused without consent": `
			contact { email = "a@example.com" }
			expect refused consent
			expect count(sent) == 0
			contact { consent = true }
			wait 8d
			expect sent(report) == 1`,
		"a response hands over, and the outcome leads on": `
			contact { email = "a@example.com"  consent = true }
			at 2026-03-02 10:00
			clicked { offer = report }
			expect in p.two
			expect handed sales
			expect responded(report) == 1 and score.interest == 8
			sales.won
			expect not in p
			expect contact.customer
			expect not handed sales`,
		"a click without an offer answers the newest message": `
			contact { email = "a@example.com"  consent = true }
			clicked
			expect responded(report) == 1 and responded(guide) == 0`,
		"nobody at sales": `
			visited { page = "/pricing/eu" }
			expect handed sales
			wait 3d
			expect in p.one`,
		"answers are written": `
			contact { email = "a@example.com"  consent = true }
			submitted { offer = report  role = it  employees = 200 }
			expect contact.role == "it" and contact.employees == 200`,
		"somebody of whom nothing is known, on a Monday morning": `
			expect in p.one
			expect known(contact.email) and not known(contact.role)`,
		"all kinds of values": `
			contact { email = "A@Example.com"  employees = 1_000  likes = ["a", "b"]  renewal = 2026-12-31  timezone = "Asia/Kolkata" }
			at 2026-03-02 10:00
			expect contact.email == "a@example.com" and "b" in contact.likes and contact.renewal == 2026-12-31
			expect until(contact.renewal) >= 300d`,
		"somebody does the task": `
			visited { page = "/pricing" }
			task_done { task = "Call" }
			expect in p.quiet`,
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			got := play(t, body)
			for _, f := range got.Failures {
				t.Error(f.Message)
			}
			if t.Failed() {
				t.Log("\n" + story(got))
			}
		})
	}
}

func story(r rehearse.Result) string {
	var b strings.Builder
	for _, l := range r.Story {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// What is not so is said in words that help.
func TestWhatIsOtherwise(t *testing.T) {
	const somebody = `contact { email = "a@example.com"  consent = true }
		at 2026-03-02 10:00
		`
	for body, want := range map[string]string{
		`expect in p.two`:                                   "expected in p.two; the contact is in p.one",
		`expect not in p`:                                   "expected not in p; the contact is in p.one",
		`expect held cap`:                                   "expected a message held for cap; none was held so far",
		`expect asked role`:                                 "",
		`expect not asked role`:                             "expected not asked for role; the last message asked for role",
		`expect handed sales`:                               "expected handed to sales; no hand-off is open",
		`expect sent(report) == 1 and sent(guide) >= 2`:     "expected sent(report) == 1 and sent(guide) >= 2; sent(guide) is 0",
		`expect contact.role == "it" or score.interest > 3`: `expected contact.role == "it" or score.interest > 3; contact.role is unknown, score.interest is 0`,
		`expect since(stage.entered) >= 14d`:                "expected since(stage.entered) >= 14d; since(stage.entered) is 0h",
		`expect not (phase == "nurture")`:                   `expected not (phase == "nurture"); phase is "nurture"`,
		`expect contact.customer`:                           "expected contact.customer; contact.customer is unknown",
		"wait 3d\n at 2026-03-03 10:00":                     "time goes forward: it is 2026-03-05 10:00 already",
	} {
		got := play(t, somebody+body)
		message := ""
		if len(got.Failures) > 0 {
			message = got.Failures[0].Message
		}
		if message != want {
			t.Errorf("%s:\n got %q\nwant %q", body, message, want)
		}
	}
}

// The story says what happened and what was decided, on the contact's clock, with the lines that decided it.
func TestStory(t *testing.T) {
	got := play(t, `
		contact { email = "a@example.com"  consent = true  timezone = "America/New_York" }
		clicked { offer = report }
		unsubscribed
		wait 1d`)
	want := strings.TrimSpace(`
2026-01-05 03:00  arrives: email a@example.com, consent yes, timezone America/New_York
2026-01-05 03:00  entered  (p.one)  p.nurture:41
2026-01-05 03:00  held window until 2026-01-05 09:00  (p.one)  p.nurture:47
2026-01-05 03:00  clicked, offer report
2026-01-05 03:00  moved to p.two  (p.one)  p.nurture:48
2026-01-05 03:00  handed to sales  (p.two)  p.nurture:52
2026-01-05 03:00  task to owner Call  (p.two)  p.nurture:53
2026-01-05 03:00  unsubscribed, offer report
2026-01-05 03:00  stopped unsubscribed  p.nurture:31`)
	if s := strings.TrimSpace(story(got)); s != want {
		t.Errorf("%s", s)
	}
}
