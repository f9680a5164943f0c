package simulate_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/simulate"
)

// world is a playbook in which everybody gets three messages, a week apart, and is then handed to sales; a scenario is
// put behind it.
const world = `contact {
  email   email key
  role    enum("dev", "it")  question light "What do you do?"
  size    number
  company text
  seen    time arrived
  consent bool
}
roles owner
event bought { price number }
event visited { page text }
offer one   "One"   { kind guide  for nurture  intent educate  content "c.md"  asks 1 }
offer two   "Two"   { kind guide  for nurture  intent educate  content "c.md" }
offer three "Three" { kind guide  for nurture  intent educate  content "c.md" }
handoff sales "Sales" { channel crm  outcomes accepted, won, lost, later }
policy { timezone "UTC" }
program p "P" {
  phase nurture
  enter when true
  on sales.won   -> after.won
  on sales.lost  -> after.lost
  on sales.later -> after.lost
  stage mails {
    send one, two, three every 7d
    on exhausted -> selling
  }
  stage selling {
    task "Call" to owner
    hand to sales
    on sales.accepted -> working
  }
  stage working {
    after 1y -> done
  }
}
program after "After" {
  phase nurture
  stage won  { task "Thank" to owner }
  stage lost { task "Ask why" to owner }
}
`

// heard is what a simulation came to: how often each thing happened, `clicked one` for what is about an offer.
type heard struct {
	count map[string]int
	steps []string // of all contacts, what happened and when
	facts map[string]map[string]string
}

func hear(t *testing.T, text string, change func(*simulate.Options)) *heard {
	t.Helper()
	p, _ := program(t, text)
	o := simulate.Options{Program: p, Scenario: scenarios(t, p)[0], From: from, To: from + 120*day, Contacts: 10_000, Seed: 1}
	if change != nil {
		change(&o)
	}
	h := &heard{count: map[string]int{}, facts: map[string]map[string]string{}}
	o.Each = func(contact string, now int64, in []engine.Input, decided *engine.Effects) {
		for i := range in {
			if in[i].Event == compile.None {
				h.facts[contact] = map[string]string{}
				for _, f := range in[i].Fields {
					h.facts[contact][p.Fields[f.Field].Name] = p.Fields[f.Field].Format(f.Value)
					h.count[p.Fields[f.Field].Name+" "+p.Fields[f.Field].Format(f.Value)]++
				}
				continue
			}
			name := p.Events[in[i].Event].Name
			if in[i].Offer != compile.None {
				name += " " + p.Offers[in[i].Offer].Name
			}
			h.count[name]++
			for f, v := range in[i].Values {
				if v.Known {
					name += " " + p.Events[in[i].Event].Fields[f].Format(v)
				}
			}
			h.steps = append(h.steps, fmt.Sprint(contact, " ", (now-from)/3600, "h ", name))
		}
		for i := range decided.Rows {
			if row := &decided.Rows[i]; row.Kind == engine.Sent {
				h.count["sent "+p.Offers[row.Offer].Name]++
			} else {
				h.count[row.Kind.String()]++
			}
		}
	}
	if _, err := simulate.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return h
}

// about wants a number of something that chance decides, up to five standard deviations off.
func (h *heard) about(t *testing.T, what string, of int, share float64) {
	t.Helper()
	if off := math.Abs(float64(h.count[what]) - float64(of)*share); off > 5*math.Sqrt(float64(of)*share*(1-share))+1e-9 {
		t.Errorf("%s: %d of %d, not about %.1f%%", what, h.count[what], of, 100*share)
	}
}

// Contacts are made up as the scenario says.
func TestPeople(t *testing.T) {
	h := hear(t, world+`scenario s { contacts 1 {
		consent 90%
		role "dev" 30%, "it" 45%
		size 10..19
		company 20%
	} }`, nil)
	h.about(t, "consent yes", 10_000, 0.9)
	h.about(t, "consent no", 10_000, 0.1)
	h.about(t, "role dev", 10_000, 0.3)
	h.about(t, "role it", 10_000, 0.45)
	for size := 10; size < 20; size++ {
		h.about(t, fmt.Sprint("size ", size), 10_000, 0.1)
	}
	companies, arrivals := 0, make([]int, 5)
	for _, is := range h.facts {
		if is["company"] != "" {
			companies++
		}
	}
	for what, n := range h.count {
		if day, ok := strings.CutPrefix(what, "seen 2026-0"); ok {
			arrivals[day[0]-'1'] += n
		}
	}
	h.count["company"] = companies
	h.about(t, "company", 10_000, 0.2)
	if len(h.facts) != 10_000 { // each has a key of its own
		t.Errorf("%d contacts", len(h.facts))
	}
	for month, days := range []int{27, 28, 31, 30, 4} { // spread evenly from the fifth of January on
		if got, want := arrivals[month], 10_000*days/120; got < want-90 || got > want+90 {
			t.Errorf("month %d: %d arrivals, not about %d", month+1, got, want)
		}
	}
}

// Message events are drawn for each sending; the first line of an event that applies says how likely it is.
func TestSendings(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { role "dev" 50%  seen 2026-01-05 07:00..2026-01-05 08:00 }
  opened  30%
  clicked 40% where contact.role == "dev" { offer = two }
  clicked 10% where contact.role == "dev"
  clicked 2%  { link = "/x" }
  unsubscribed 1% within 3d..3d { offer = three }
}`, nil)
	devs := h.count["role dev"]
	h.about(t, "opened one", 10_000, 0.3)
	h.about(t, "opened three", 10_000, 0.3)
	h.about(t, "clicked two", 10_000, float64(devs)/10_000*0.4+(1-float64(devs)/10_000)*0.02)
	h.about(t, "clicked one", 10_000, float64(devs)/10_000*0.1+(1-float64(devs)/10_000)*0.02)
	h.about(t, "unsubscribed three", 10_000, 0.01)
	if h.count["unsubscribed one"] > 0 {
		t.Error("the line is about another offer")
	}
	for _, step := range h.steps {
		contact, what, _ := strings.Cut(step, " ")
		at, what, _ := strings.Cut(what, "h ")
		hours := 0
		fmt.Sscan(at, &hours)
		switch role := h.facts[contact]["role"]; {
		case strings.HasPrefix(what, "opened two") && (hours < 7*24 || hours > 8*24):
			t.Errorf("%s: not within a day after it was sent", step)
		case strings.HasPrefix(what, "unsubscribed") && hours/24 != 17:
			t.Errorf("%s: not three days after it was sent", step)
		case strings.HasPrefix(what, "clicked") && (role == "dev") == strings.HasSuffix(what, "/x"):
			t.Errorf("%s, %q: another line comes first", step, role)
		}
	}
}

// Whoever fills in a form says what the message asked, as others have it.
func TestFormsAnswerWhatWasAsked(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { role "dev" 10%, "it" 30%  seen 2026-01-05 07:00..2026-01-05 08:00 }
  submitted 50%
}`, nil)
	said := map[string]int{}
	for _, step := range h.steps {
		if contact, _, _ := strings.Cut(step, " "); strings.Contains(step, "submitted one") && h.facts[contact]["role"] == "" {
			said[step[strings.LastIndex(step, " ")+1:]]++
		}
	}
	asked := said["dev"] + said["it"]
	if asked < 2500 || len(said) != 2 {
		t.Fatalf("said: %v", said)
	}
	h.count["said dev"] = said["dev"]
	h.about(t, "said dev", asked, 0.25)
	if h.count["answered"] != asked {
		t.Errorf("%d answers, %d were asked", h.count["answered"], asked)
	}
}

// Of a hundred hand-offs each outcome has as many as its line says, though one closes a hand-off, and `won` comes to
// those that were accepted.
func TestOutcomesOfHandoffs(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { seen 2026-01-05 07:00..2026-01-05 08:00 }
  sales.accepted 60% within 1d..3d
  sales.won      20% within 30d..60d
  sales.lost     25% within 1d..2d
  sales.later    30% within 20d..25d
}`, nil)
	if h.count["handed"] != 10_000 {
		t.Fatal(h.count)
	}
	for name, share := range map[string]float64{"accepted": 0.6, "won": 0.2, "lost": 0.25, "later": 0.3} {
		h.about(t, "sales."+name, 10_000, share)
	}
	ways := map[string]int{}
	for _, step := range h.steps {
		contact, what, _ := strings.Cut(step, " ")
		_, what, _ = strings.Cut(what, "h sales.")
		h.facts[contact]["way"] += what + " "
	}
	for _, is := range h.facts {
		ways[is["way"]]++
	}
	// Accepted 60: of these 20 won and 30 later; not accepted 25: lost; 15 without an answer.
	for way, share := range map[string]float64{"accepted won ": 0.2, "accepted later ": 0.3, "accepted ": 0.1, "lost ": 0.25, "": 0.15} {
		h.count[way] = ways[way]
		h.about(t, way, 10_000, share)
	}
	if len(ways) != 5 {
		t.Errorf("ways: %v", ways)
	}
}

// More may come of hand-offs late than were accepted; they are none of those that were closed early.
func TestMoreOutcomesThanAccepted(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { seen 2026-01-05 07:00..2026-01-05 08:00 }
  sales.accepted 30% within 1d..2d
  sales.lost     20% within 1d..2d
  sales.won      60% within 30d..60d
}`, nil)
	for name, share := range map[string]float64{"accepted": 0.3, "lost": 0.2, "won": 0.6} {
		h.about(t, "sales."+name, 10_000, share)
	}
}

// What contacts do by themselves comes so often in each period, or once, as soon as the line applies.
func TestWhatContactsDo(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { role "dev" 50%  seen 2026-01-05 07:00..2026-01-05 07:01 }
  visited 10% per 30d { page = "/a" }
  visited 20% per 15d where contact.role == "dev" { page = "/b" }
  visited 5%  per 15d { page = "/b" }
  bought  50% within 10d..20d where count(sales.accepted) > 0
  bought  4%  within 1d..2d
  sales.accepted 100% within 1d..1d
}`, nil)
	devs, pages := float64(h.count["role dev"])/10_000, map[string]int{}
	for _, step := range h.steps {
		if _, page, visited := strings.Cut(step, "visited "); visited {
			pages[page]++
		}
	}
	h.count["/a"], h.count["/b"] = pages["/a"], pages["/b"]
	h.about(t, "/a", 40_000, 0.1)
	h.about(t, "/b", 80_000, devs*0.2+(1-devs)*0.05)
	early, late := 0, 0
	for _, step := range h.steps {
		var hours int
		if _, what, _ := strings.Cut(step, " "); strings.Contains(what, "bought") {
			fmt.Sscan(strings.TrimSuffix(strings.Fields(what)[0], "h"), &hours)
			switch days := hours / 24; {
			case days <= 2:
				early++
			case days >= 22+10 && days <= 22+20: // three weeks, a day until sales accepts, and what the line says
				late++
			default:
				t.Error(step)
			}
		}
	}
	h.count["early"], h.count["late"] = early, late
	h.about(t, "early", 10_000, 0.04)
	h.about(t, "late", 10_000, 0.5)
	h.about(t, "sales.accepted", 10_000, 1)
}

// A condition that time alone makes true is looked at when it does.
func TestLinesWaitForTime(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { seen 2026-01-05 07:00..2026-01-05 07:01 }
  bought 100% within 0d..0d where since(stage.entered) >= 40d and sent(three) > 0
}`, nil)
	if h.count["bought"] != 10_000 {
		t.Errorf("%d bought", h.count["bought"])
	}
	for _, step := range h.steps[:10] {
		if !strings.Contains(step, fmt.Sprint(61*24, "h bought")) { // 21 days in the first stage, 40 in the second
			t.Error(step)
		}
	}
}

// Tasks are done as often as the line of the task says.
func TestTasks(t *testing.T) {
	h := hear(t, world+`scenario s {
  contacts 1 { seen 2026-01-05 07:00..2026-01-05 07:01 }
  task_done 70% { task = "Call" }
  task_done 10%
  sales.won 100%
}`, nil)
	called, thanked := 0, 0
	for _, step := range h.steps {
		if strings.HasSuffix(step, "task_done Call") {
			called++
		}
		if strings.HasSuffix(step, "task_done Thank") {
			thanked++
		}
	}
	h.count["called"], h.count["thanked"] = called, thanked
	h.about(t, "called", 10_000, 0.7)
	h.about(t, "thanked", 10_000, 0.1)
}

const luckScenario = `scenario s {
  contacts 1 { role "dev" 50%  size 1..100 }
  opened  30%
  clicked 9% within 1d..3d where contact.size > 50
  visited 10% per 7d
  sales.accepted 50% within 1d..9d
}`

// However many work on it, and in whatever order, the same happens; another seed is other people with other luck.
func TestTheSameSeedIsTheSameLuck(t *testing.T) {
	text := world + luckScenario
	few := func(o *simulate.Options) { o.Contacts = 500 }
	once, twice := hear(t, text, few), hear(t, text, few)
	if !slices.Equal(once.steps, twice.steps) {
		t.Error("twice is not the same")
	}
	other := hear(t, text, func(o *simulate.Options) { o.Contacts, o.Seed = 500, 2 })
	same := 0
	for contact, is := range once.facts {
		if other.facts[contact]["size"] == is["size"] {
			same++
		}
	}
	if same > 20 { // one in a hundred by chance
		t.Errorf("%d of 500 are as big under another seed", same)
	}
}

// Two versions of a playbook have the same people, who do the same with the same messages.
func TestTwoVersionsHaveTheSameLuck(t *testing.T) {
	few := func(o *simulate.Options) { o.Contacts = 2_000 }
	before := hear(t, world+luckScenario, few)
	after := hear(t, strings.Replace(world, "send one, two, three every 7d", "send three, one every 3d", 1)+luckScenario, few)
	for contact, is := range before.facts {
		if fmt.Sprint(after.facts[contact]) != fmt.Sprint(is) {
			t.Fatalf("%s: %v, then %v", contact, is, after.facts[contact])
		}
	}
	clicked := func(h *heard, offer string) (who []string) {
		for _, step := range h.steps {
			if contact, what, _ := strings.Cut(step, " "); strings.HasSuffix(what, "clicked "+offer) {
				who = append(who, contact)
			}
		}
		return who
	}
	// Who arrives last does not get to the third message before the end of the span, so only the first half is compared.
	first := func(who []string) (some []string) {
		for _, contact := range who {
			var n int
			fmt.Sscanf(contact, "contact%d@", &n)
			if n < 1000 {
				some = append(some, contact)
			}
		}
		return some
	}
	for _, offer := range []string{"one", "three"} {
		if was, is := first(clicked(before, offer)), first(clicked(after, offer)); len(was) < 30 || !slices.Equal(was, is) {
			t.Errorf("%s: %d clicked before, %d after, or others", offer, len(was), len(is))
		}
	}
	visits := func(h *heard) (all []string) {
		for _, step := range h.steps {
			if strings.Contains(step, "visited") {
				all = append(all, step)
			}
		}
		slices.Sort(all)
		return all
	}
	if was, is := visits(before), visits(after); len(was) < 100 || !slices.Equal(was, is) {
		t.Errorf("%d visits before, %d after, or others", len(was), len(is))
	}
}

// Real contacts stay who they are; the scenario says only what their file does not.
func TestContactsOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "leads.csv")
	text := "Email;Role;Seen;Consent\n" +
		"ann@example.com;IT;2026-01-20;no\n" +
		"bob@example.com;;2020-01-01;\n" +
		"ann@example.com;developer;;\n" + // no such role, and the second line of ann
		"late@example.com;it;2027-01-01;yes\n" +
		";it;;\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	h := hear(t, world+`scenario s { contacts 1 { role "dev" 100%  consent 100%  size 7..7  seen 2026-03-01..2026-03-02 } }`,
		func(o *simulate.Options) { o.File = file })
	if len(h.facts) != 2 {
		t.Errorf("who takes part: %v", h.facts)
	}
	if is := h.facts["ann@example.com"]; is["role"] != "it" || is["consent"] != "no" || is["size"] != "7" || is["seen"] != "2026-01-20T00:00:00Z" {
		t.Errorf("ann: %v", is)
	}
	if is := h.facts["bob@example.com"]; is["role"] != "dev" || is["consent"] != "yes" || is["seen"] != "2020-01-01T00:00:00Z" {
		t.Errorf("bob: %v", is)
	}
}

// An interrupted simulation says so.
func TestInterrupted(t *testing.T) {
	p, _ := program(t, world+luckScenario)
	ctx, stop := context.WithCancel(t.Context())
	o := simulate.Options{Program: p, Scenario: scenarios(t, p)[0], From: from, To: from + 365*day, Contacts: 100_000_000, Seed: 1}
	o.Each = func(string, int64, []engine.Input, *engine.Effects) { stop() }
	if _, err := simulate.Run(ctx, o); err == nil || err != ctx.Err() {
		t.Error(err)
	}
}

// A line below one that always holds never counts; one about something else does.
func TestIdleLines(t *testing.T) {
	p, _ := program(t, world+`scenario s {
  contacts 1
  clicked 4% { offer = one }
  clicked 4% where contact.consent
  clicked 2%
  clicked 3% { offer = one } // idle
  opened  3% { offer = one }
  opened  4% where contact.consent { offer = one } // idle
  opened  5%
  visited 1% per 7d { page = "/a" }
  visited 1% per 7d { page = "/b" }
  visited 1% per 14d { page = "/a" }
  visited 2% per 7d { page = "/a" } // idle
  task_done 1% { task = "Call" }
  task_done 1%
}`)
	var idle []string
	for i, line := range strings.Split(p.Playbook.Files[0].Src, "\n") {
		if strings.HasSuffix(line, "// idle") {
			idle = append(idle, fmt.Sprint("p.nurture:", i+1))
		}
	}
	if got := simulate.Idle(scenarios(t, p)[0]); !slices.Equal(got, idle) || len(idle) != 3 {
		t.Errorf("idle are %v, not %v", got, idle)
	}
}
