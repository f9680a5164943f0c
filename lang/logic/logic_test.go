package logic_test

import (
	"fmt"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/logic"
)

const playbook = `
contact {
  email     email key
  role      enum("developer", "it")
  company   text
  employees number
  renewal   date
  customer  bool
  likes     set("a", "b")
}

topics security

event visited { page text, topic topic }

segment large = contact.employees >= 200
segment whole = %s

score interest {
  halve every 30d
  +10 on visited
  +5  when large
}
score fit {
  +20 when contact.role == "it"
  +30 when large
}
score sunk { -5 on visited }
score cooling {
  halve every 30d
  +5 when large
  -5 on visited
}

offer report "Report" { kind report  topic security  for nurture  intent educate  content "c.md" }
offer pitch  "Pitch"  { kind pitch  for convert  intent sell  content "c.md" }

program p "P" {
  phase nurture
  enter when true
  stage one {
    send report, pitch every 7d
    on visited where %s -> done
  }
}

never "x" when %s
`

// said says what the world knows of a condition.
func said(w *logic.World, f *logic.Formula) string {
	switch {
	case !w.Can(f):
		return "never"
	case w.Must(f):
		return "always"
	}
	return "sometimes"
}

func TestWhatConditionsCanBe(t *testing.T) {
	var many, free string // texts, and things that can be and need not be
	for i := range 100 {
		many += fmt.Sprintf(`"%d", `, i)
		if i < 40 {
			free += fmt.Sprintf(`(contact.company matches "a%d" or contact.company matches "b%d") and `, i, i)
		}
	}
	many = strings.TrimSuffix(many, ", ")
	var ways []string // in which three things can fail to be what they are
	for i := range 8 {
		not := [2]string{"", "not "}
		ways = append(ways, "("+not[i&1]+"known(contact.role) or "+not[i>>1&1]+"known(contact.renewal) or "+not[i>>2]+"known(contact.likes))")
	}
	all := strings.Join(ways, " and ")
	tests := []struct{ text, want, inTheEnd string }{
		{`contact.role == "it"`, "sometimes", "sometimes"},
		{`contact.role == "it" and contact.role == "developer"`, "never", "never"},
		{`contact.role != "it" or contact.role != "developer"`, "always", "always"},
		{`contact.role in ["it", "developer"] or not known(contact.role)`, "always", "always"},
		{`known(contact.role) and contact.role not in ["it", "developer"]`, "never", "never"},
		{`large and contact.employees < 100`, "never", "never"},
		{`contact.employees > 1 and contact.employees < 2`, "sometimes", "sometimes"},
		{`contact.employees >= 200 or contact.employees < 200`, "sometimes", "sometimes"}, // unknown
		{`contact.company startsWith "Ac" and not (contact.company startsWith "A")`, "never", "never"},
		{`contact.company == "Acme" and contact.company endsWith "x"`, "never", "never"},
		{`contact.company startsWith "A" and contact.company endsWith "x"`, "sometimes", "sometimes"},
		{`contact.company matches "^A" and not (contact.company matches "^A")`, "never", "never"},
		{`"a" in contact.likes and not known(contact.likes)`, "never", "never"},
		{`contact.renewal > 2026-01-01 and contact.renewal < 2026-01-02`, "never", "never"},
		{`until(contact.renewal) <= 60d and until(contact.renewal) >= 0d`, "sometimes", "never"},
		{`until(contact.renewal) <= 7d and until(contact.renewal) > 14d`, "never", "never"},
		{`since(contact.renewal) > 30d and until(contact.renewal) > 1d`, "never", "never"},
		{`since(contact.renewal) >= 1mo and since(contact.renewal) < 30d`, "sometimes", "never"}, // February
		{`since(contact.renewal) >= 1mo and since(contact.renewal) < 27d`, "never", "never"},
		{`since(stage.entered) >= 14d`, "sometimes", "always"},
		{`since(stage.entered) < 14d`, "sometimes", "never"},
		{`count(visited, 7d) > count(visited)`, "sometimes", "sometimes"}, // two things: free
		{`count(visited, 7d) >= 3 and count(visited, 30d) <= 2`, "never", "never"},
		{`count(visited, 7d) >= 3 and count(visited, 1mo) <= 2`, "never", "never"},
		{`contact.customer == (contact.employees > 5) and not known(contact.employees)`, "sometimes", "sometimes"},
		{`count(visited) == 0 and since(last(visited)) > 3d`, "never", "never"},
		{`count(visited, 7d) == 0`, "sometimes", "always"},
		{`sent(report) >= 0`, "always", "always"},
		{`completeness > 1`, "never", "never"},
		{`score.interest < 0`, "never", "never"},
		{`score.interest >= 5`, "sometimes", "sometimes"},
		{`score.interest >= 6`, "sometimes", "never"},
		{`score.interest < 1 or large`, "sometimes", "always"},
		{`score.interest == 0 and not large`, "sometimes", "sometimes"}, // what halves never comes to nothing
		{`large and score.interest < 5`, "never", "never"},
		{`large and score.interest > 5`, "sometimes", "sometimes"},
		{`large and score.cooling < 5`, "sometimes", "sometimes"},
		{`large and score.cooling < 4`, "sometimes", "never"},
		{`score.cooling > 5`, "never", "never"},
		{`large and score.interest <= 5 and score.interest != 5`, "never", "never"},
		{`score.fit == 50 and not large`, "never", "never"},
		{`score.fit > 50`, "never", "never"},
		{`score.sunk > 0`, "never", "never"},
		{`phase == "nurture" and phase == "retain"`, "never", "never"},
		{`1 < 2`, "always", "always"},
		{`"Acme" startsWith "A"`, "always", "always"},
		{`phase == "nurture" and not (since(stage.entered) >= 0d)`, "never", "never"},
		{`phase startsWith "x"`, "never", "never"},
		{`phase in ["nurture", "retain"] and not (since(program.entered) >= 0d)`, "never", "never"},
		{`phase == "nurture" or not (since(stage.entered) >= 0d)`, "sometimes", "always"},
		{`until(last(visited)) > 1d`, "never", "never"},
		{`since(stage.entered) < 0d`, "never", "never"},
		{`(contact.customer and large) == false and not known(contact.customer)`, "sometimes", "sometimes"},
		{`(contact.employees > 5) == false or known(contact.employees)`, "always", "always"},
		{`contact.customer == large and contact.customer and contact.employees < 5`, "never", "never"},
		{`contact.renewal < last(visited) and contact.renewal > last(visited)`, "never", "never"},
		{`contact.renewal < last(visited) and last(visited) > contact.renewal`, "sometimes", "sometimes"},
		{`contact.renewal < last(visited) and contact.renewal > stage.entered`, "sometimes", "sometimes"},
		{`contact.renewal < last(visited) and count(visited) == 0`, "never", "never"},
		{`contact.company matches "^A" and contact.company matches "e$"`, "sometimes", "sometimes"},
		{`contact.company matches "^A" and not (contact.company contains "^")`, "sometimes", "sometimes"},
		{`contact.company matches "^A" and contact.company == "Bcme"`, "never", "never"},
		{`contact.company matches "^A" and not known(contact.company)`, "never", "never"},
		{`contact.role matches "^x"`, "never", "never"},
		{`contact.employees < 90_071_992_547_409_930`, "sometimes", "sometimes"}, // one less is the same number
		{`abs(contact.employees) < 0`, "never", "never"},
		{`sent(report) >= -1`, "always", "always"},
		{`completeness == 1`, "always", "always"}, // nothing is asked
		{`contact.company in [` + many + `] and contact.company == "x"`, "never", "never"},
		{`contact.employees > 5 and ` + strings.Repeat(`(contact.customer or large or count(visited) > 1) and `, 20) + `contact.employees < 3`, "never", "never"},
		{`contact.employees > 5 and ` + free + `contact.employees < 3`, "never", "never"},
		{free + `contact.employees < 3`, "sometimes", "sometimes"},
		{free + all, "never", "never"},
	}
	for _, test := range tests {
		pb, w := world(t, test.text, "true", "false")
		e := pb.Segments[1].Cond
		if got := said(w, w.Of(e, logic.At{})); got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
		stage := pb.Programs[0].Stages[0]
		if got := said(w, w.InTheLongRun(e, logic.At{Stage: stage})); got != test.inTheEnd {
			t.Errorf("%s, in the long run: %s, want %s", test.text, got, test.inTheEnd)
		}
	}
}

// Where a contact stands and what it would be sent are known, where one asks about that.
func TestWhere(t *testing.T) {
	pb, w := world(t, "true", "true", `offer.intent == "sell" and phase in ["engage", "nurture"]`)
	never, stage := pb.Nevers[0].Cond, pb.Programs[0].Stages[0]
	report, pitch := pb.Offers[0], pb.Offers[1]
	for _, test := range []struct {
		at   logic.At
		want string
	}{
		{logic.At{}, "sometimes"}, {logic.At{Offer: report}, "never"}, {logic.At{Offer: pitch}, "sometimes"},
		{logic.At{Stage: stage}, "sometimes"}, {logic.At{Stage: stage, Offer: pitch}, "always"},
	} {
		if got := said(w, w.Of(never, test.at)); got != test.want {
			t.Errorf("%+v: %s, want %s", test.at, got, test.want)
		}
	}
	pb, w = world(t, "true", "true", `offer.intent == "sell" and offer.kind == "report"`)
	if w.Can(w.Of(pb.Nevers[0].Cond, logic.At{})) {
		t.Error("there is no such offer")
	}
}

func TestSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`large and contact.customer`, `contact.customer and (contact.employees >= 200)`, true},
		{`not (contact.role == "it")`, `contact.role != "it"`, true},
		{`contact.role == "it" or contact.role == "developer"`, `known(contact.role)`, true},
		{`200 <= contact.employees`, `large`, true},
		{`large`, `contact.employees > 200`, false},
		{`contact.renewal < last(visited)`, `last(visited) > contact.renewal`, true},
		{`false`, `event.topic != "security" and event.topic contains ""`, true}, // the only one
	} {
		pb, w := world(t, test.a, test.b, "false")
		a, b := w.Of(pb.Segments[1].Cond, logic.At{}), w.Of(pb.Programs[0].Stages[0].Rules[0].Where, logic.At{})
		if same := w.Implies(a, b) && w.Implies(b, a); same != test.same {
			t.Errorf("%s and %s: the same is %v", test.a, test.b, !test.same)
		}
	}
}

func TestClash(t *testing.T) {
	text := `known(contact.company) and large and contact.role == "it" and contact.employees < 100`
	pb, w := world(t, text, "true", "false")
	e := pb.Segments[1].Cond
	a, b := w.Clash(e, logic.At{})
	of := func(start, end int) string { return text[start-e.Span.Start : end-e.Span.Start] }
	if l, r := of(a.Span.Start, a.Span.End), of(b.Span.Start, b.Span.End); l != "large" || r != "contact.employees < 100" {
		t.Errorf("%q and %q", l, r)
	}
}

// world is the playbook with three conditions in it.
func world(t testing.TB, segment, where, never string) (*check.Playbook, *logic.World) {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": fmt.Sprintf(playbook, segment, where, never)}, nil)
	for _, d := range loaded.Diagnostics {
		t.Fatalf("%s: %s", d.Code, d.Message)
	}
	return loaded.Playbook, logic.New(loaded.Playbook)
}

// A contact for which something holds is described in words that a person would use.
func TestModel(t *testing.T) {
	for text, want := range map[string]string{
		`contact.role == "it" and contact.employees >= 200`:                   `employees >= 200, role is "it"`,
		`contact.role != "it" and known(contact.role) and not large`:          `employees < 200, role is not "it"`,
		`not known(contact.company)`:                                          `company is unknown`,
		`contact.customer and contact.employees < 5 and "a" in contact.likes`: `customer, employees < 5, likes has a`,
		`count(visited, 7d) >= 2`:                                             `count(visited) within 1w >= 2`,
		`known(contact.company)`:                                              `company is known`,
		`since(stage.entered) >= 5d`:                                          `in a program, since(stage.entered) >= 5d`,
		`contact.renewal < 2026-01-01 09:30`:                                  `renewal < 2026-01-01 09:30`,
		`contact.renewal > last(visited)`:                                     `count(visited) >= 1, renewal > last(visited)`,
		`not (count(visited, 7d) >= 2) and not (contact.renewal > 2026-01-01) and known(contact.renewal)`: `count(visited) within 1w < 2, renewal <= 2026-01-01`,
	} {
		pb, w := world(t, text, "true", "false")
		words, ok := w.Model(w.Of(pb.Segments[1].Cond, logic.At{}))
		if got := strings.Join(words, ", "); !ok || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
