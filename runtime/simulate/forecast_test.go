package simulate_test

import (
	"math"
	"strings"
	"testing"

	"nurture/runtime/simulate"
)

// study simulates a text, and another beside it.
func study(t *testing.T, text, against string, change func(*simulate.Study)) (is, other *simulate.Forecast) {
	t.Helper()
	s := &simulate.Study{Seeds: 10}
	s.Program, _ = program(t, text)
	s.Scenario, s.From, s.To, s.Contacts, s.Seed = scenarios(t, s.Program)[0], from, from+120*day, 100, 1
	if against != "" {
		p, _ := program(t, against)
		s.Against = &simulate.Subject{Program: p, Scenario: scenarios(t, p)[0]}
	}
	if change != nil {
		change(s)
	}
	is, other, err := s.Forecast(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return is, other
}

const someClick = `scenario s {
  contacts 1 { seen 2026-01-05 07:00..2026-01-05 07:01 }
  clicked 30%
  unsubscribed 0.1%
}`

// The interval of a mean over seeds contains what is true as often as it says: here so many of three hundred sendings.
func TestIntervalsOverSeeds(t *testing.T) {
	const studies = 100
	within := 0
	for n := range studies {
		is, _ := study(t, world+someClick, "", func(s *simulate.Study) { s.Seed = uint64(1000 * n) })
		responded, ok := is.Number("responded", "", "")
		if !ok || len(responded.BySeed) != 10 || responded.Low >= responded.High {
			t.Fatalf("%+v", responded)
		}
		if responded.Low <= 0.3 && 0.3 <= responded.High {
			within++
		}
	}
	// 95% of 100, three standard deviations off.
	if low := 0.95*studies - 3*math.Sqrt(studies*0.95*0.05); float64(within) < low || within > 99 {
		t.Errorf("%d of %d intervals contain what is true", within, studies)
	}
}

// What a seed has none of counts as none in the mean; a share of nothing does not.
func TestMeanOverSeeds(t *testing.T) {
	is, _ := study(t, world+someClick, "", nil)
	contacts, _ := is.Number("contacts", "", "")
	if contacts.Value != 100 || contacts.Low != 100 || contacts.High != 100 {
		t.Errorf("contacts: %+v", contacts)
	}
	sum, seeds := 0.0, 0
	for _, figures := range is.Figures {
		n := 0.0
		for _, number := range figures.Tidy() {
			if number.Measure == "sent" && number.By == "offer" && number.Key == "one" {
				n = number.Value
			}
		}
		sum += n
		seeds++
	}
	if one, _ := is.Number("sent", "offer", "one"); math.Abs(one.Value-sum/float64(seeds)) > 1e-9 {
		t.Errorf("sent of one: %v, not %v", one.Value, sum/float64(seeds))
	}
	// Nobody stops in some seeds, which therefore do not name it.
	text := strings.Replace(world, `policy { timezone "UTC" }`, "policy {\n  timezone \"UTC\"\n  stop on unsubscribed\n}", 1)
	is, _ = study(t, text+someClick, "", func(s *simulate.Study) { s.Contacts = 300 })
	stopped, ok := is.Number("contacts_stopped", "event", "unsubscribed")
	none, some := 0, 0.0
	for _, v := range stopped.BySeed {
		if v == nil {
			t.Fatal("a seed has no number of what there is none of")
		}
		if some += *v; *v == 0 {
			none++
		}
	}
	if !ok || none == 0 || none == 10 || math.Abs(stopped.Value-some/10) > 1e-9 {
		t.Errorf("stopped: %+v, none in %d seeds", stopped, none)
	}
}

// With one seed a share has its own interval, and a count none.
func TestOneSeed(t *testing.T) {
	is, _ := study(t, world+someClick, "", func(s *simulate.Study) { s.Seeds = 1 })
	if responded, _ := is.Number("responded", "", ""); responded.Low >= responded.Value || responded.High <= responded.Value {
		t.Errorf("responded: %+v", responded)
	}
	if sent, _ := is.Number("sent", "", ""); sent.Low != sent.Value || sent.High != sent.Value {
		t.Errorf("sent: %+v", sent)
	}
}

// Two versions that decide alike do not differ at all; where one sends less it is seen to a message, though other
// people would make a greater difference.
func TestDifferences(t *testing.T) {
	is, other := study(t, world+luckScenario, world+luckScenario, nil)
	for _, d := range simulate.Differences(is, other) {
		if d.Change.Value != 0 || d.Change.Low != 0 || d.Change.High != 0 {
			t.Errorf("%+v", d)
		}
	}
	fewer := strings.Replace(world, "send one, two, three every 7d", "send one, three every 7d", 1)
	is, other = study(t, world+luckScenario, fewer+luckScenario, nil)
	found := map[string]simulate.Difference{}
	for _, d := range simulate.Differences(is, other) {
		found[d.Measure+" "+d.Key] = d
	}
	if d := found["sent two"]; d.After.Value != 0 || d.Change.Value != -d.Before.Value || d.Change.High >= 0 {
		t.Errorf("sent of two: %+v", d)
	}
	if d := found["responded one"]; d.Change.Value != 0 || d.Change.Low != 0 || d.Before.Low >= d.Before.High {
		t.Errorf("responses to one, which both send alike: %+v", d)
	}
	if _, ok := found["responded two"]; ok {
		t.Error("there are no responses to what is not sent")
	}
}

// The progress is that of all seeds and both playbooks, and never goes back.
func TestProgress(t *testing.T) {
	last, totals := int64(0), map[int64]bool{}
	study(t, world+luckScenario, world+luckScenario, func(s *simulate.Study) {
		s.Seeds, s.Contacts = 2, 30_000 // long enough for it to be told on the way, where the machine is slow
		s.Progress = func(done, total int64) {
			if totals[total] = true; done < last || done > total {
				t.Errorf("%d of %d, after %d", done, total, last)
			}
			last = done
		}
	})
	if last != 120_000 || len(totals) != 1 || !totals[120_000] {
		t.Errorf("last %d, totals %v", last, totals)
	}
}
