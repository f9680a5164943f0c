package engine_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// smallPlaybook makes a playbook in which all times are one or two days. Sales answers within the shortest of them: the page of
// the rule says that a hand-off that silent contacts carry on into other stages is not followed.
func smallPlaybook(r *rapid.T) string {
	var b strings.Builder
	n := 0
	pick := func(from ...string) string {
		n++
		return rapid.SampledFrom(from).Draw(r, fmt.Sprint(n))
	}
	chance := func(percent int) bool {
		n++
		return rapid.IntRange(0, 99).Draw(r, fmt.Sprint(n)) >= 100-percent
	}
	days := func() string { return pick("1d", "2d") }
	facts := func() string {
		return pick("contact.b", "not contact.b", `contact.k == "x"`, "known(contact.k)", `contact.k != "x"`, `contact.b and known(contact.k)`, `contact.b or contact.k == "x"`)
	}
	b.WriteString(`contact {
  email email key
  b     bool
  k     enum("x", "y")
}
topics one
event ping { plan text }
event pong { plan text }
policy {
  stop   on unsubscribed
  resume on resubscribed
}
segment bs = contact.b
segment ks = known(contact.k)
offer a "A" { kind guide  topic one  for nurture  intent educate  content "c.md" }
offer c "C" { kind guide  topic one  for nurture  intent sell  content "c.md" }
offer r "R" { kind guide  topic one  for nurture  intent educate  content "c.md"  repeat after 1d }
handoff sales "Sales" {
  channel crm
  accept within 1d
  outcomes accepted, lost
}
`)
	cell := func() string { return pick("a", "c", "a, c", "-", "r", "c", "a") }
	if chance(60) {
		fmt.Fprintf(&b, "map m {\n  topic | bs | otherwise\n  one | %s | %s\n}\n", cell(), cell())
	} else {
		fmt.Fprintf(&b, "map m {\n  topic | bs | ks\n  one | %s | %s\n}\n", cell(), cell())
	}
	if chance(20) {
		fmt.Fprintf(&b, "never \"n\" when offer.intent == \"sell\" and %s\n", facts())
	}
	var stages []string
	programs := rapid.SampledFrom([]int{1, 2, 2, 3}).Draw(r, "programs")
	count := make([]int, programs)
	for p := range programs {
		count[p] = rapid.IntRange(1, 2).Draw(r, fmt.Sprint("stages", p))
		for s := range count[p] {
			stages = append(stages, fmt.Sprintf("p%d.s%d%d", p, p, s))
		}
	}
	target := func() string {
		if chance(8) {
			return "done"
		}
		return pick(stages...)
	}
	when := func(kinds ...string) string {
		switch pick(append(kinds, "facts", "facts", "sent")...) {
		case "time":
			return "since(stage.entered) >= " + days()
		case "both":
			return facts() + " and since(stage.entered) >= " + days()
		case "sent":
			return pick("sent(a) == 0", "sent(c) >= 1", "sent(m) == 0", "sent(one) >= 1")
		}
		return facts()
	}
	where := func() string {
		if chance(35) {
			return " where " + facts()
		}
		return ""
	}
	rule := func(indent string, timed bool) {
		kinds, whens := []string{"on ping", "on pong", "on response", "when", "on exhausted"}, []string{}
		if timed {
			kinds, whens = append(kinds, "after", "after", "on exhausted"), append(whens, "time", "both")
		}
		kind := pick(kinds...)
		b.WriteString(indent)
		switch kind {
		case "after":
			b.WriteString("after " + days())
		case "when":
			b.WriteString("when " + when(whens...))
		default:
			b.WriteString(kind + where())
		}
		if chance(12) {
			fmt.Fprintf(&b, " match contact.k {\n%s  x -> %s\n%s  %s -> %s\n%s}\n", indent, target(), indent, pick("y", "otherwise"), target(), indent)
			return
		}
		b.WriteString(" -> " + target() + "\n")
	}
	if chance(25) {
		b.WriteString("track main {\n")
		rule("  ", false)
		b.WriteString("}\n")
	}
	stage := 0
	for p := range programs {
		fmt.Fprintf(&b, "program p%d \"P\" {\n  phase nurture\n", p)
		if p == 0 || chance(40) {
			fmt.Fprintf(&b, "  priority %d\n  enter when %s\n", programs-p, pick("true", "contact.b", facts()))
			if chance(40) {
				b.WriteString("  reenter " + pick("always", "after 2d") + "\n")
			}
		}
		if chance(20) {
			rule("  ", false)
		}
		for range count[p] {
			_, name, _ := strings.Cut(stages[stage], ".")
			stage++
			fmt.Fprintf(&b, "  stage %s {\n", name)
			hands := chance(15)
			sends := rapid.IntRange(0, 2).Draw(r, fmt.Sprint("sends", stage))
			if hands {
				sends = 0
			}
			for i := range sends {
				in := ""
				if i > 0 || chance(30) {
					in = " in " + days()
				}
				kind := pick("map", "one", "list", "every")
				if i > 0 { // what one send of a stage leaves for another is not followed
					kind = "beside"
				}
				switch kind {
				case "beside":
					fmt.Fprintf(&b, "    send r%s%s%s\n", in, pick("", " every "+days()), where())
				case "map":
					fmt.Fprintf(&b, "    send from m%s every %s%s\n", in, days(), where())
				case "one": // not on entry: who comes to a stage is followed no further where somebody rests there
					if in == "" {
						in = " in " + days()
					}
					fmt.Fprintf(&b, "    send %s%s%s\n", pick("a", "c", "r"), in, where())
				case "list":
					fmt.Fprintf(&b, "    send %s%s every %s%s\n", pick("a, c", "c, a", "a, r"), in, days(), where())
				case "every":
					fmt.Fprintf(&b, "    send %s%s every %s%s\n", pick("a", "r"), in, days(), where())
				}
			}
			if hands { // and nothing else in time: what is overdue is not taken to come before something else
				fmt.Fprintf(&b, "    hand to sales\n    on sales.overdue -> %s\n", target())
			}
			for range rapid.IntRange(0, 3).Draw(r, fmt.Sprint("rules", stage)) {
				rule("    ", !hands)
			}
			b.WriteString("  }\n")
		}
		if strings.Contains(b.String()[strings.LastIndex(b.String(), "program "):], "hand to") {
			fmt.Fprintf(&b, "  on sales.accepted -> %s\n  on sales.lost -> %s\n", target(), target())
		}
		b.WriteString("}\n")
	}
	return b.String()
}
