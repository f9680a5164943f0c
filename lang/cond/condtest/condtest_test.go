package condtest_test

import (
	"testing"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/cond"
	"nurture/lang/cond/condtest"
	"nurture/lang/syntax"
)

func TestEval(t *testing.T) {
	schema := &cond.Schema{
		Contact: []cond.SchemaField{
			{Name: "role", Kind: cond.KindText}, {Name: "employees", Kind: cond.KindNumber}, {Name: "renewal", Kind: cond.KindDate},
			{Name: "interests", Kind: cond.KindSet}, {Name: "company", Kind: cond.KindText}, {Name: "customer", Kind: cond.KindBool},
		},
		Events:   []cond.SchemaEvent{{Name: "opened"}, {Name: "sales.won"}, {Name: "visited", Fields: []cond.SchemaField{{Name: "page", Kind: cond.KindText}}}},
		Segments: []cond.SchemaSegment{{Name: "it"}},
		Scores:   []cond.SchemaScore{{Name: "interest", Halves: true}},
		Offers:   []string{"report"},
	}
	renewal, _ := calendar.ParseDate("2026-04-30")
	berlin, err := calendar.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	world := condtest.World{
		Now:          time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC), // midnight in Berlin, behind a day of 23 hours
		Zone:         berlin,
		Contact:      map[string]any{"role": "it", "employees": 200.0, "renewal": renewal, "interests": []string{"scale"}, "customer": true},
		Event:        map[string]any{"page": "/pricing/eu"},
		Scores:       map[string]float64{"interest": 34.5},
		Segments:     map[string]bool{"it": true},
		Phase:        "nurture",
		StageEntered: time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC),
		Sent:         func(string) int { return 2 },
		Count: func(event string, window calendar.Duration) int {
			if event == "sales.won" || !window.IsZero() {
				return 1
			}
			return 5
		},
		Last: func(string) time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) },
	}
	for text, want := range map[string]bool{
		`contact.role == "it" and it and contact.employees / 3 > 66.6`:                                     true,
		`contact.role != "it" or not it`:                                                                   false,
		`known(contact.role) and not known(contact.company)`:                                               true,
		`contact.interests contains "scale" and "x" not in contact.interests`:                              true,
		`contact.renewal == 2026-04-30 and contact.renewal < 2026-04-30 00:01`:                             true,
		`since(stage.entered) >= 1d and since(stage.entered) < 24h`:                                        true,
		`1d <= since(stage.entered)`:                                                                       true,
		`until(contact.renewal) <= 1mo and until(contact.renewal) > 30d`:                                   true,
		`until(contact.renewal) <= 4w`:                                                                     false,
		`score.interest >= 35`:                                                                             false,
		`sent(report) == 2 and count(opened) == 5 and count(opened, 7d) == 1 and count(sales.won) == 1`:    true,
		`last(opened) < contact.renewal and event.page startsWith "/pricing" and event.page matches "e.$"`: true,
		`min(contact.employees, 3) + len("é!") == 5 and phase in ["nurture"] and round(2.5) == 3`:          true,
	} {
		e, diags := schema.Bool("a.nurture", syntax.Cond{Text: text}, cond.Scope{Events: []string{"visited"}})
		if len(diags) > 0 {
			t.Errorf("%s: %v", text, diags)
			continue
		}
		got, err := condtest.Eval(e, world)
		if err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}
