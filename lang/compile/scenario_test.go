package compile_test

import (
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/calendar"
	. "nurture/lang/compile"
)

const shop = `contact {
  email   email key
  role    enum("dev", "it")
  size    number
  seen    time arrived
  born    date
  consent bool
  gifts   set("a", "b; c")
}
roles owner
event bought { price number, on date }
offer guide "Guide" { kind guide  for nurture  intent educate  content "c.md" }
offer tips  "Tips"  { kind guide  for nurture  intent educate  content "c.md" }
handoff sales "Sales" { channel crm  outcomes accepted, won }
policy { timezone "Europe/Berlin" }
program p "P" {
  phase nurture
  enter when true
  stage s { send guide, tips every 7d  on response -> done }
}
track main {
  on sales.accepted -> done
  on sales.won      -> done
}
`

func program(t *testing.T, src string) *Program {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": src}, func(string) (string, error) { return "---\nsubject: Hello\n---\n\nHello.\n", nil })
	if loaded.Failed() {
		t.Fatal(loaded.Diagnostics)
	}
	return Compile(loaded.Playbook)
}

func TestScenario(t *testing.T) {
	p := program(t, shop+`scenario year {
  contacts 1_000 {
    consent 90%
    role    "dev" 30%, it 40.5%
    size    10..500
    born    1980-01-01..1980-12-31
    seen    2026-01-05 09:00..2026-01-06 09:00
  }
  clicked 4% where contact.role == "dev" { offer = guide }
  clicked 2%
  bought  10% per 1mo { price = 9.5..20  on = 2026-03-01 }
  sales.won 20% within 1d..3d
  task_done 80% { task = "Call" }
}`)
	s, err := p.Scenario(p.Playbook.Scenarios[0])
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "year" || s.Contacts != 1000 || len(s.Fields) != 5 || len(s.Lines) != 5 {
		t.Fatalf("%+v", s)
	}
	if f := s.Fields[0]; f.Share != 0.9 || f.Values != nil || f.Range != nil {
		t.Errorf("consent: %+v", f)
	}
	if f := s.Fields[1]; len(f.Values) != 2 || f.Values[1].Value.Text != "it" || f.Values[1].Share != 0.405 {
		t.Errorf("role: %+v", f)
	}
	if f := s.Fields[2]; *f.Range != (Range{10, 500, 1}) {
		t.Errorf("size: %+v", f.Range)
	}
	if f := s.Fields[3]; f.Range.Hi-f.Range.Lo != 365 {
		t.Errorf("born: %+v", f.Range)
	}
	if f := s.Fields[4]; f.Range.Lo != 1767600000 || f.Range.Hi != f.Range.Lo+86400-1 {
		t.Errorf("seen is in Berlin, and does not include its end: %+v", f.Range)
	}
	if l := s.Lines[0]; l.Occasion != BySending || l.Offer != p.OfferIndex("guide") || l.Where.Eval == nil || !strings.HasPrefix(l.By, "p.nurture:") {
		t.Errorf("clicked: %+v", l)
	}
	if l := s.Lines[1]; l.Offer != None || l.Where.Eval != nil || l.Within != nil {
		t.Errorf("clicked: %+v", l)
	}
	if l := s.Lines[2]; l.Occasion != ByContact || l.Per != (calendar.Duration{Months: 1}) || *l.Given[0].Range != (Range{9.5, 20, 0.01}) || !l.Given[1].Value.Known {
		t.Errorf("bought: %+v", l)
	}
	if l := s.Lines[3]; l.Occasion != ByHandoff || *l.Within != [2]calendar.Duration{{Days: 1}, {Days: 3}} {
		t.Errorf("sales.won: %+v", l)
	}
	if l := s.Lines[4]; l.Occasion != ByTask || l.Task != "Call" {
		t.Errorf("task_done: %+v", l)
	}
}

// The checker is content with an address that no file could bring.
func TestScenarioValueThatNoFileBrings(t *testing.T) {
	p := program(t, shop+`scenario odd { contacts 1 { email "a@b" 10% } }`)
	if _, err := p.Scenario(p.Playbook.Scenarios[0]); err == nil || !strings.Contains(err.Error(), "scenario odd, p.nurture:") {
		t.Error(err)
	}
}
