package why_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"nurture/runtime/why"
)

// Each gate, shut by itself or with others, and the instant from which time alone opens it.
func TestGates(t *testing.T) {
	const head = `
contact {
  email   email key
  seen    time  arrived
  role    enum("it", "dev")
  consent bool
}
topics alpha
event pinged { n number }
segment devs = contact.role == "dev"
`
	const offers = `
offer a "A" { kind guide  topic alpha  for nurture  intent educate  channel post }
offer b "B" { kind guide  topic alpha  for nurture  intent sell     channel post }
offer r "R" { kind guide  topic alpha  for nurture  intent educate  channel post  repeat after 10d }
offer p "P" { kind guide  topic alpha  for nurture  intent educate  channel post  published 2026-03-20 }
offer x "X" { kind guide  topic alpha  for nurture  intent educate  channel post  expires 2026-03-03 }
map by_role {
  topic | devs | otherwise
  alpha | b    | a
}
`
	program := func(lines string) string {
		return "program n \"N\" {\n phase nurture\n enter when known(contact.email)\n stage one {\n" + lines + "\n }\n}\n"
	}
	for _, c := range []struct {
		name, playbook, events, ask, offer, gate string
		open                                     bool
		from                                     string // "" never by time alone
		first                                    bool
	}{
		{"elsewhere", program("after 1d -> two\n}\nstage two { send a"), "", "2026-03-02T12:00:00Z", "a", why.GateStage, false, "", true},
		{"column", program("send from by_role every 1d"), "", "2026-03-02T12:00:00Z", "b", why.GateColumn, false, "", true},
		{"sent", program("send a, b every 1d"), "", "2026-03-02T12:00:00Z", "a", why.GateAgain, false, "", true},
		{"repeat", program("send r every 1d"), "", "2026-03-02T12:00:00Z", "r", why.GateAgain, false, "2026-03-12T08:00:00Z", true},
		{"repeat over", program("send r every 30d"), "", "2026-03-12T08:00:00Z", "r", why.GateAgain, true, "", false},
		{"published", program("send p every 1d"), "", "2026-03-02T12:00:00Z", "p", why.GateAgain, false, "2026-03-20T00:00:00Z", true},
		{"expired", program("send x in 5d"), "", "2026-03-04T12:00:00Z", "x", why.GateAgain, false, "", true},
		{"where", program("send a, b every 1d where offer.intent != \"sell\""), "", "2026-03-02T12:00:00Z", "b", why.GateWhere, false, "", true},
		{"never", program("send a, b every 1d") + "never \"sell\" when offer.intent == \"sell\"", "", "2026-03-02T12:00:00Z", "b", why.GateNever, false, "", true},
		{"consent", program("send a, b every 1d") + "policy { consent when contact.consent }", "", "2026-03-02T12:00:00Z", "a", why.GateConsent, false, "", true},
		{"stopped", program("send a, b every 1d") + "policy { stop on pinged }", `{"contact":"ann@example.com","event":"pinged","at":"2026-03-02T07:00:00Z"}`, "2026-03-02T12:00:00Z", "b", why.GateStop, true, "", false},
		{"stopped later", program("send a, b every 1d") + "policy { stop on pinged }", `{"contact":"ann@example.com","event":"pinged","at":"2026-03-02T09:00:00Z"}`, "2026-03-02T12:00:00Z", "b", why.GateStop, false, "", true},
		{"held out", "program n \"N\" {\n holdout 100%\n phase nurture\n enter when known(contact.email)\n stage one { send a every 1d }\n}\n", "", "2026-03-02T12:00:00Z", "a", why.GateHoldout, false, "", true},
		{"window", program("send a, b every 1d") + "policy { window everyday 09:00..10:00 }", "", "2026-03-02T12:00:00Z", "b", why.GateWindow, false, "2026-03-03T09:00:00Z", true},
		{"skip", program("send a in 1d") + "policy { skip 2026-03-03..2026-03-05 }", "", "2026-03-03T12:00:00Z", "a", why.GateSkip, false, "2026-03-06T00:00:00Z", true},
		{"cap", program("send a, b every 1d") + "policy { cap 1 per 4d }", "", "2026-03-03T12:00:00Z", "b", why.GateCap, false, "2026-03-06T08:00:00Z", true},
		{"due", program("send a, b every 3d"), "", "2026-03-03T12:00:00Z", "b", why.GateDue, false, "2026-03-05T08:00:00Z", true},
		{"over", program("send b"), "", "2026-03-03T12:00:00Z", "b", why.GateDue, false, "", false},
		{"pick", program("send a, b in 2d every 3d"), "", "2026-03-03T12:00:00Z", "b", why.GatePick, false, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "p.nurture"), []byte(head+offers+c.playbook), 0o666); err != nil {
				t.Fatal(err)
			}
			h := open(t, folder)
			contacts := filepath.Join(folder, "contacts.csv")
			if err := os.WriteFile(contacts, []byte("email,seen,role\nann@example.com,2026-03-02T08:00:00Z,it\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			h.Contacts, h.Events = []string{contacts}, []string{eventsFile(t, []string{c.events})}
			h.replay("2026-03-01", c.ask)
			of, err := why.Open(h.look(), "ann@example.com")
			if err != nil {
				t.Fatal(err)
			}
			v, err := of.At(*instant(t, c.ask))
			if err != nil {
				t.Fatal(err)
			}
			a, err := v.Offer(c.offer)
			if err != nil {
				t.Fatal(err)
			}
			gates := a.Ways[0].Gates
			i := slices.IndexFunc(gates, func(g why.Gate) bool { return g.Name == c.gate })
			if i < 0 {
				t.Fatalf("no gate %s: %+v", c.gate, gates)
			}
			if g := gates[i]; g.Open != c.open || g.First != c.first {
				t.Errorf("%s: open %v, first %v: %s", g.Name, g.Open, g.First, g.Says)
			}
			if g := gates[i]; c.from != "" && g.From != *instant(t, c.from) {
				t.Errorf("%s: from %s: %s", g.Name, stamp(g.From), g.Says)
			}
		})
	}
}
