package compile_test

import (
	"slices"
	"strings"
	"testing"

	"nurture/lang/calendar"
	"nurture/lang/check"
	. "nurture/lang/compile"
)

// Nothing is known of this contact.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{`contact.customer`, false},
		{`not contact.customer`, true},
		{`contact.customer == false`, false},
		{`contact.role == "it"`, false},
		{`contact.role != "it"`, true},
		{`contact.role in ["it"]`, false},
		{`contact.role not in ["it"]`, true},
		{`not (contact.role == "it")`, true},
		{`contact.employees < 5`, false},
		{`contact.employees >= 5`, false},
		{`contact.employees + 1 > 0`, false},
		{`not (contact.employees + 1 > 0)`, true},
		{`contact.employees - contact.employees == 0`, false},
		{`contact.employees / 0 != 1`, true},
		{`lower(contact.company) == ""`, false},
		{`len(contact.company) >= 0`, false},
		{`contact.company contains ""`, false},
		{`not (contact.company matches "")`, true},
		{`"a" in contact.likes`, false},
		{`"a" not in contact.likes`, true},
		{`since(contact.seen) >= 0d`, false},
		{`since(contact.seen) < 1d`, false},
		{`until(contact.renewal) <= 60d`, false},
		{`contact.renewal > 2026-01-01`, false},
		{`contact.renewal != 2026-01-01`, true},
		{`since(last(visited)) >= 1d`, false},
		{`count(visited) == 0`, true},
		{`score.interest == 0`, true},
		{`known(contact.role)`, false},
		{`large`, false},
		{`not large`, true},
		{`completeness == 1`, true}, // nothing is asked
	} {
		p, is := condition(t, c.text)
		if is == nil {
			t.Errorf("%s does not check", c.text)
			continue
		}
		x := &Ctx{Facts: &Facts{Now: 1_700_000_000, Zone: p.Policy.Zone, Fields: make([]Value, len(p.Fields)), Counts: make([]Count, len(p.Events)), Scores: make([]Decay, len(p.Scores))},
			Program: p, Phase: check.Nurture, InProgram: true, Offer: None}
		if got := is.Eval(x); got != c.want {
			t.Errorf("%s is %v of a contact nothing is known of, want %v", c.text, got, c.want)
		}
	}
}

// Texts that stand still are compared whatever their lengths have in common.
func TestAmongTexts(t *testing.T) {
	for _, text := range []string{"", "Acme", "Bcme", "Acme Inc"} {
		for _, list := range [][]string{{"Acme"}, {"", "Acme"}, {"Acme", ""}, {"Acme", "Bcme"}, {"Bcme", "Acme Inc"}, {"Acme", "Acme"}, {"", "Bcme", "Acme Inc"}} {
			asked := `contact.company in ["` + strings.Join(list, `", "`) + `"]`
			p, is := condition(t, asked)
			if is == nil {
				t.Fatalf("%s does not check", asked)
			}
			x := someone(p)
			x.Fields[p.FieldIndex("company")] = Value{Known: true, Text: text}
			if got, want := is.Eval(x), slices.Contains(list, text); got != want {
				t.Errorf("%s is %v of %q, want %v", asked, got, text, want)
			}
		}
	}
}

// Where what does not depend on time settles the answer, time wakes nobody.
func TestSettledIsNotWoken(t *testing.T) {
	for _, c := range []struct {
		text  string
		woken bool
	}{
		{`since(stage.entered) >= 14d`, true},
		{`contact.role == "it" and since(stage.entered) >= 14d`, true},
		{`contact.role == "user" and since(stage.entered) >= 14d`, false},
		{`since(stage.entered) >= 14d and not (contact.role == "it")`, false},
		{`contact.role == "it" or since(stage.entered) >= 14d`, false},
		{`contact.role == "user" or since(stage.entered) >= 14d`, true},
		{`not (contact.role == "user" and since(stage.entered) >= 14d)`, false},
	} {
		p, is := condition(t, c.text)
		if is == nil {
			t.Fatalf("%s does not check", c.text)
		}
		if at := is.Wake(someone(p)); at != calendar.Never != c.woken {
			t.Errorf("%s wakes at %d", c.text, at)
		}
	}
}

// A typical condition costs no allocation.
func TestConditionsDoNotAllocate(t *testing.T) {
	p, is := condition(t, `contact.role == "it" and contact.employees >= 100 and score.interest >= 35 and count(visited) > 1`)
	x := &Ctx{Facts: &Facts{Now: 1_700_000_000, Zone: p.Policy.Zone, Fields: make([]Value, len(p.Fields)), Counts: make([]Count, len(p.Events)), Scores: make([]Decay, len(p.Scores))},
		Program: p, Offer: None}
	x.Fields[p.FieldIndex("role")] = Value{Known: true, Text: "it"}
	x.Fields[p.FieldIndex("employees")] = Value{Known: true, Num: 250}
	x.Scores[0] = Decay{V: 64, At: x.Now - 5*day}
	if n := testing.AllocsPerRun(100, func() { is.Eval(x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// At the very edge of a duration, a second before and a second behind it.
func TestEdges(t *testing.T) {
	const now = 1_700_000_000 // no summer time begins or ends near it
	for _, c := range []struct {
		text string
		want [3]bool
	}{
		{`since(stage.entered) < 5d`, [3]bool{true, false, false}},
		{`since(stage.entered) <= 5d`, [3]bool{true, true, false}},
		{`since(stage.entered) > 5d`, [3]bool{false, false, true}},
		{`since(stage.entered) >= 5d`, [3]bool{false, true, true}},
		{`since(contact.seen) >= 12h`, [3]bool{false, true, true}},
		{`count(visited, 14d) == 0`, [3]bool{false, true, true}},
		{`count(visited, 14d) >= 1`, [3]bool{true, false, false}},
	} {
		p, is := condition(t, c.text)
		if is == nil {
			t.Fatalf("%s does not check", c.text)
		}
		x := &Ctx{Facts: &Facts{Zone: p.Policy.Zone, Fields: make([]Value, len(p.Fields)), Counts: make([]Count, len(p.Events)), Scores: make([]Decay, len(p.Scores))},
			Program: p, Phase: check.Nurture, InProgram: true, StageEntered: now - 5*day, Offer: None}
		x.Fields[p.FieldIndex("seen")] = Value{Known: true, Num: now - day/2}
		x.Past = []Happening{{Event: int32(p.EventIndex("visited")), At: now - 14*day}}
		for i, want := range c.want {
			x.Now = now + int64(i) - 1
			if got := is.Eval(x); got != want {
				t.Errorf("%s, %+d s from the edge: %v, want %v", c.text, i-1, got, want)
			}
			if i == 0 && c.want[0] != c.want[1] && is.Wake(x) != now {
				t.Errorf("%s: wakes %+d s from the edge", c.text, is.Wake(x)-now)
			}
		}
	}
}
