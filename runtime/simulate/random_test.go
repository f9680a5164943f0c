package simulate_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// drawn chooses words of a playbook at random.
type drawn struct {
	*rapid.T
	n int
}

func (d *drawn) one(of ...string) string {
	d.n++
	return rapid.SampledFrom(of).Draw(d.T, fmt.Sprint(d.n))
}

// some are lines of which each stands there with even chances, under one another.
func (d *drawn) some(of ...string) string {
	var all []string
	for _, line := range of {
		if d.n++; rapid.Bool().Draw(d.T, fmt.Sprint(d.n)) {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n") + "\n"
}

// randomPlaybook makes a playbook in which much happens within weeks, and a scenario `s` that makes it happen.
func randomPlaybook(r *rapid.T) string {
	d := &drawn{T: r}
	var b strings.Builder
	fmt.Fprintf(&b, `contact {
  %s
  role enum("dev", "it") question light "What do you do?"
  size number question medium "How many are you?"
  likes set("a", "b; c") question light "What do you like?"
  due date
  zone timezone
  %s
  consent bool
  customer bool
}
topics alpha, beta
roles owner
event visited { page text, topic topic }
event bought { price number, on date }
event registered { webinar text }
segment devs = contact.role == "dev"
score heat {
  halve every 10d
  +5 on opened
  +15 on response
  +10 when contact.size >= 50
}
offer a1 "A1" { kind guide  topic alpha  for nurture  intent educate  content "c.md"  asks %s }
offer a2 "A2" { kind guide  topic alpha  for nurture  intent educate  content "c.md"  expires 2026-%s }
offer b1 "B1" { kind guide  topic beta  for nurture  intent educate  content "c.md"  asks 1  response clicked, registered }
offer b2 "B2" { kind guide  topic beta  for nurture  intent sell  content "c.md"  published 2026-%s }
offer news "News" { kind newsletter  for nurture  intent educate  content "c.md"  repeat after %s  asks 2 }
offer bill "Bill" { kind notice  for nurture  intent educate  content "c.md"  transactional }
map all {
  topic | devs | otherwise
  alpha | a1, a2 | a1
  beta | b1 | b2, b1
}
handoff sales "Sales" {
  channel crm
  accept within 2d
  outcomes accepted, won, lost
}
policy {
  timezone %s
  consent when contact.consent
  stop on unsubscribed
  resume on resubscribed
  %s}
measure { revenue bought.price }
`,
		d.one("email email key", "id text key\n  email email", "no number key\n  email email"),
		d.one("seen time arrived", "seen date arrived", "seen time"),
		d.one("1", "2"), d.one("03-01", "06-15", "11-30"), d.one("02-01", "04-15"), d.one("5d", "1mo"),
		d.one(`"Europe/Berlin"`, `contact.zone else "America/New_York"`, `contact.zone else "UTC"`),
		d.some("window weekdays 09:00..17:00", "skip 2026-03-01..2026-03-20", "cap 2 per 7d", "cap 1 per 2d for contact.customer", "stop on bounced where event.hard"))
	fmt.Fprintf(&b, `track main {
  on sales.accepted -> done
  on sales.won -> done { set contact.customer = true }
  on sales.lost -> second
  on sales.overdue -> second.wait
  %s}
program first "First" {
  phase nurture
  priority 2
  enter when %s
  %s
  goal bought within 30d target 10%%
  goal response within 20d
  %s
  stage learn {
    send %s every %s %s
    %s
    on response -> %s
    after 40d -> second
  }
  stage warm {
    task "Call" to owner within 2d
    when score.heat >= %s -> selling
    after %s -> second
  }
}
program selling "Selling" {
  phase accelerate
  stage offered {
    hand to sales
    %s
  }
}
program second "Second" {
  phase nurture
  enter when true
  reenter %s
  stage wait {
    send news in %s every %s
    %s
  }
}
program beside "Beside" {
  track other
  phase retain
  enter when %s
  reenter after 20d
  stage remind {
    send bill
    after 15d -> done
  }
}
%s
`,
		d.some("on visited where event.topic == \"alpha\" -> first.warm", "when contact.customer and since(program.entered) >= 10d -> done { tag \"old\" }"),
		d.one("true", "known(contact.role)", "not contact.customer"),
		d.one("reenter always", "reenter after 10d", "reenter never"),
		d.one("", "holdout 30%"),
		d.one("from all", "a1, b1, b2"), d.one("3d", "1w", "10d"), d.one("", "where completeness < 1"),
		d.some("on exhausted -> done", "on opened { tag \"reads\" }", "on task_overdue -> done"),
		d.one("warm", "selling", "done", "second"),
		d.one("5", "20", "60"), d.one("5d", "1mo"),
		d.some("after 9d -> second", "on bought -> done"),
		d.one("always", "after 20d", "never"), d.one("1d", "4d"), d.one("6d", "1mo"),
		d.some("on submitted -> first", "on bought -> first.warm { set contact.customer = true }", "when count(visited, 14d) >= 2 -> selling"),
		d.one("contact.customer", "known(contact.due) and until(contact.due) <= 20d", "count(opened) >= 2"),
		d.some(`never "sell early" when offer.intent == "sell" and score.heat < 10`))
	within := func() string {
		return d.one("", " within 0d..2d", " within 1d..9d", " within 1h..1h", " within 0min..0min")
	}
	where := func() string {
		return d.one("", " where devs", " where phase == \"nurture\"", " where score.heat >= 10", " where since(stage.entered) >= 3d", " where count(opened) >= 1")
	}
	share := func() string { return d.one("5%", "30%", "80%", "100%") }
	fmt.Fprintf(&b, "scenario s {\n  contacts 8 {\n    consent 85%%\n%s  }\n", d.some(
		"role \"dev\" 40%, it 40%", "size 10..100", d.one("likes \"b; c\" 50%", "likes 60%"), "due 2026-01-01..2026-12-31", `zone "Asia/Kolkata" 30%, "America/New_York" 40%`, "customer 20%",
		"seen 2026-02-01..2026-04-01"))
	for _, event := range []string{"opened", "clicked", "clicked", "submitted", "replied", "unsubscribed", "resubscribed"} {
		if event == "clicked" || d.one("yes", "no") == "yes" {
			fmt.Fprintf(&b, "  %s %s%s%s\n", event, share(), within(), where())
		}
	}
	fmt.Fprintf(&b, "  bounced 5%%%s { hard = true }\n", within())
	fmt.Fprintf(&b, "  clicked %s { offer = a1 }\n", share())
	for _, outcome := range []string{"accepted", "won", "lost"} {
		fmt.Fprintf(&b, "  sales.%s %s%s%s\n", outcome, d.one("20%", "50%"), within(), where())
	}
	fmt.Fprintf(&b, "  task_done %s%s\n", share(), within())
	for _, line := range []string{"visited %s per 3d%s%s { page = \"/a\"  topic = alpha }", "visited %s per 1mo%s%s", "bought %s%s%s { price = 1..9 }", "bought %s per 20d%s%s { price = 0.5..2.25  on = 2026-02-01..2026-02-28 }", "registered %s per 7d%s%s { webinar = \"one\" }"} {
		if d.one("yes", "no") == "yes" {
			fmt.Fprintf(&b, "  "+line+"\n", share(), within(), where())
		}
	}
	b.WriteString("}\n")
	return b.String()
}
