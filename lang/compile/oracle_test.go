package compile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/check"
	. "nurture/lang/compile"
	"nurture/lang/cond/condtest"
)

// world is a playbook that gives conditions something to see; the condition stands at its end.
const world = `
contact {
  email     email key
  role      enum("developer", "it", "user")
  company   text
  employees number
  customer  bool
  renewal   date
  seen      time
  likes     set("a", "b", "c")
}

topics security, scale

event visited { page text }

segment large = contact.employees >= 100

score interest {
  halve every 10d
  +8 on visited
  +5 when contact.customer
  -3 when since(contact.seen) >= 20d
}

score plain {
  +4 on visited
}

offer report "Report" { kind report  topic security  for nurture  intent educate  content "c.md" }
offer guide  "Guide"  { kind guide   topic scale     for nurture  intent educate  content "c.md" }

map all {
  topic    | otherwise
  security | report
  scale    | guide
}

policy { timezone "Europe/Berlin" }

program p "P" {
  phase nurture
  enter when true
  stage one {
    send from all every 7d
    when %s -> done
  }
}
`

// condition compiles the condition of a rule; nil when the checker does not take it.
func condition(t interface{ Fatal(...any) }, text string) (*Program, *Cond) {
	return conditionOf(t, world, text)
}

func conditionOf(t interface{ Fatal(...any) }, world, text string) (*Program, *Cond) {
	loaded := lang.Parse(map[string]string{"p.nurture": strings.Replace(world, "%s", text, 1)}, nil)
	if loaded.Failed() {
		return nil, nil
	}
	p := Compile(loaded.Playbook)
	for i := range p.Stages[0].Rules {
		return p, &p.Stages[0].Rules[i].When
	}
	t.Fatal("no rule")
	return nil, nil
}

const day = 86400

// facts draws a contact. Where `known` says so, all fields are.
func facts(r *rapid.T, p *Program, known bool) *Ctx {
	now := rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(r, "now")
	zone, err := calendar.LoadZone(rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}).Draw(r, "zone"))
	if err != nil {
		r.Fatal(err)
	}
	if rapid.Bool().Draw(r, "near a change") { // of Berlin's clocks, in October 2024
		now = 1_729_990_800 + rapid.Int64Range(-16*day, 16*day).Draw(r, "from the change")
	}
	f := &Facts{Now: now, Zone: zone, Fields: make([]Value, len(p.Fields)), Counts: make([]Count, len(p.Events)), Scores: make([]Decay, len(p.Scores))}
	// How long ago or ahead: often at the very edge of a duration that conditions name.
	off := func(name string, least, most int64) int64 {
		edges := []int64{least, most, 5 * day, 14 * day, 30 * day, day / 2, 0}
		if rapid.Bool().Draw(r, name+" at an edge") {
			return min(most, max(least, rapid.SampledFrom(edges).Draw(r, name)+rapid.Int64Range(-1, 1).Draw(r, name+" off")))
		}
		return rapid.Int64Range(least, most).Draw(r, name)
	}
	around := func(name string) float64 { return float64(now + off(name, -60*day, 60*day)) }
	draw := map[string]func() Value{
		"email": func() Value { return Value{Known: true, Text: "a@example.com"} },
		"role": func() Value {
			return Value{Known: true, Text: rapid.SampledFrom([]string{"developer", "it", "user"}).Draw(r, "role")}
		},
		"company": func() Value {
			return Value{Known: true, Text: rapid.SampledFrom([]string{"", "Acme", "acme é", "Ürdü"}).Draw(r, "company")}
		},
		"employees": func() Value { return Value{Known: true, Num: float64(rapid.IntRange(-2, 300).Draw(r, "employees"))} },
		"customer":  func() Value { return Value{Known: true, Num: float64(rapid.IntRange(0, 1).Draw(r, "customer"))} },
		"renewal":   func() Value { return Value{Known: true, Num: float64(int64(around("renewal")) / day)} },
		"seen":      func() Value { return Value{Known: true, Num: around("seen")} },
		"likes": func() Value {
			return Value{Known: true, Text: SetText(rapid.SampledFrom([][]string{nil, {"a"}, {"a", "c"}}).Draw(r, "likes"))}
		},
	}
	for i := range p.Fields {
		if known || rapid.Bool().Draw(r, "known "+p.Fields[i].Name) {
			f.Fields[i] = draw[p.Fields[i].Name]()
		}
	}
	visited := p.EventIndex("visited")
	least := 0
	if known { // so that last(visited) is
		least = 1
	}
	for range rapid.IntRange(least, 5).Draw(r, "visits") {
		at := now - off("visit", 0, 40*day)
		f.Past = append(f.Past, Happening{Event: int32(visited), At: at})
		c := &f.Counts[visited]
		if c.N++; c.N == 1 || at > c.Last {
			c.Last = at
		}
	}
	for range rapid.IntRange(0, 4).Draw(r, "sends") {
		f.Sends = append(f.Sends, Sending{Offer: int32(rapid.IntRange(0, 1).Draw(r, "offer")), At: now - 5*day, Answered: rapid.Bool().Draw(r, "answered"), Unsent: false})
	}
	for i := range f.Scores {
		f.Scores[i] = Decay{V: float64(rapid.IntRange(-20, 64).Draw(r, "score")), At: now - off("scored", 0, 30*day)}
	}
	return &Ctx{Facts: f, Program: p, Phase: check.Nurture, InProgram: true, Offer: None,
		StageEntered: now - off("entered", 0, 30*day), ProgramEntered: now - 40*day}
}

// tree draws the text of a condition.
func tree(r *rapid.T, depth int, timed bool) string {
	if depth > 0 && rapid.Bool().Draw(r, "inner") {
		l, m := tree(r, depth-1, timed), tree(r, depth-1, timed)
		return rapid.SampledFrom([]string{"(" + l + " and " + m + ")", "(" + l + " or " + m + ")", "not (" + l + ")"}).Draw(r, "connective")
	}
	op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(r, "op")
	eq := rapid.SampledFrom([]string{"==", "!="}).Draw(r, "eq")
	leaves := []string{
		`contact.role ` + eq + ` "it"`,
		`contact.role ` + rapid.SampledFrom([]string{"in", "not in"}).Draw(r, "in") + ` ["it", "user"]`,
		`contact.employees ` + op + ` ` + fmt.Sprint(rapid.IntRange(-2, 300).Draw(r, "n")),
		fmt.Sprint(rapid.IntRange(-2, 300).Draw(r, "m")) + ` ` + op + ` contact.employees`, `contact.employees ` + eq + ` 100`, `-1 ` + op + ` sent(all)`,
		`contact.company in ["", "Acme"]`, `contact.company not in ["Acme", "Bcme"]`, `contact.company in ["Acme", "x", "Ürdü"]`, `"Acme" ` + eq + ` contact.company`,
		`contact.employees * 2 - 7 ` + op + ` abs(contact.employees) / 3 + max(1, len(contact.company))`,
		`contact.customer`, `contact.customer == false`, `large`,
		`lower(contact.company) contains "acme"`, `contact.company startsWith "A"`, `trim(upper(contact.company)) endsWith "É"`, `contact.company matches "^A.*e$"`,
		`contact.company + "x" ` + eq + ` "Acmex"`,
		`"a" in contact.likes`, `round(contact.employees / 7) ` + eq + ` 3`,
		`contact.renewal ` + op + ` 2024-06-01`, `contact.seen ` + op + ` contact.renewal`, `last(visited) ` + op + ` contact.seen`,
		`sent(report) ` + op + ` 1`, `sent(security) ` + eq + ` 2`, `responded(all) ` + op + ` 1`, `count(visited) ` + op + ` 2`,
		`phase in ["nurture", "retain"]`, `phase ` + eq + ` "engage"`, `count(visited) ` + eq + ` 2`, `sent(all) ` + op + ` 1.5`, `score.plain + 1 ` + op + ` 12`, `known(contact.company)`,
	}
	if timed {
		leaves = append(leaves,
			`since(stage.entered) `+op+` 5d`, `since(last(visited)) `+op+` 2w`, `until(contact.renewal) `+op+` 1mo`, `until(contact.seen) `+op+` 12h`, `since(contact.seen) `+op+` 0d`,
			`score.interest `+op+` `+fmt.Sprint(rapid.IntRange(-1, 40).Draw(r, "k")), `score.interest `+op+` contact.employees`,
			turnOf(r, "renewal")+" and "+turnOf(r, "renewal"), turnOf(r, "seen")+" and "+turnOf(r, "seen"),
			`count(visited, 14d) `+op+` `+fmt.Sprint(rapid.IntRange(0, 4).Draw(r, "c")), `count(visited, 30d) `+eq+` 2`)
	}
	return rapid.SampledFrom(leaves).Draw(r, "leaf")
}

// turnOf draws a question of how far it is to or from a date or time.
func turnOf(r *rapid.T, field string) string {
	op, far := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(r, "turn op"), rapid.SampledFrom([]string{"0d", "12h", "9d", "1mo", "60d"}).Draw(r, "far")
	since := rapid.SampledFrom([]string{"since", "until"}).Draw(r, "since") + "(contact." + field + ")"
	if rapid.Bool().Draw(r, "the other way round") {
		return far + " " + op + " " + since
	}
	return since + " " + op + " " + far
}

// What a closure answers is what expr's machine answers, where everything is known.
func closuresAgree(r *rapid.T) {
	text := tree(r, 4, true)
	p, c := condition(r, text)
	if c == nil {
		r.Fatalf("%s does not check", text)
	}
	x := facts(r, p, true)
	x.Phase = check.Phase(rapid.IntRange(int(check.Engage), int(check.Retain)).Draw(r, "phase"))
	want, err := condtest.Eval(p.Playbook.Programs[0].Stages[0].Rules[0].When, oracle(p, x))
	if err != nil {
		r.Fatalf("%s: %v", text, err)
	}
	if got := c.Eval(x); got != want {
		r.Fatalf("%s: the closure says %v, expr %v, at %d of %+v", text, got, want, x.Now, x.Facts)
	}
}

func TestClosuresAgreeWithExpr(t *testing.T) { rapid.Check(t, closuresAgree) }

func FuzzClosures(f *testing.F) { f.Fuzz(rapid.MakeFuzz(closuresAgree)) }

// And, or and not join the answers that the conditions have alone, whatever is unknown.
func TestConnectives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l, m := tree(r, 1, true), tree(r, 1, true)
		if rapid.IntRange(0, 4).Draw(r, "of dates") == 0 {
			l, m = turnOf(r, "renewal"), turnOf(r, rapid.SampledFrom([]string{"renewal", "seen"}).Draw(r, "and of"))
		}
		var x *Ctx
		ask := func(text string) bool {
			p, c := condition(r, text)
			if c == nil {
				r.Fatalf("%s does not check", text)
			}
			if x == nil {
				x = facts(r, p, false)
				x.InProgram = rapid.Bool().Draw(r, "in a program")
			}
			x.Program = p
			return c.Eval(x)
		}
		is, too := ask(l), ask(m)
		for text, want := range map[string]bool{
			"not (" + l + ")": !is, "(" + l + ") and (" + m + ")": is && too, "(" + l + ") or (" + m + ")": is || too,
			"not (" + l + ") and (" + m + ")": !is && too, "not ((" + l + ") or (" + m + "))": !is && !too, "not ((" + l + ") and (" + m + "))": !is || !too,
			"((" + l + ") or (" + m + ")) and not (" + l + ")": !is && too, "(not (" + l + ") or not (" + m + ")) and (" + l + ")": is && !too,
		} {
			if ask(text) != want {
				r.Fatalf("%s is %v of %+v, where the first part is %v and the second %v", text, !want, x.Facts, is, too)
			}
		}
	})
}

// oracle is the world of a contact whose fields are all known.
func oracle(p *Program, x *Ctx) condtest.World {
	w := condtest.World{Now: time.Unix(x.Now, 0), Zone: x.Zone, Contact: map[string]any{}, Phase: check.Phases[x.Phase],
		StageEntered: time.Unix(x.StageEntered, 0), ProgramEntered: time.Unix(x.ProgramEntered, 0),
		Scores: map[string]float64{}, Segments: map[string]bool{"large": x.Fields[p.FieldIndex("employees")].Num >= 100}}
	for i, f := range p.Fields {
		v := x.Fields[i]
		switch f.Type {
		case check.FieldNumber:
			w.Contact[f.Name] = v.Num
		case check.FieldBool:
			w.Contact[f.Name] = v.Num != 0
		case check.FieldDate:
			w.Contact[f.Name] = calendar.Date(v.Num)
		case check.FieldTime:
			w.Contact[f.Name] = time.Unix(int64(v.Num), 0)
		case check.FieldSet:
			w.Contact[f.Name] = SetValues(v.Text)
		default:
			w.Contact[f.Name] = v.Text
		}
	}
	for i, s := range p.Scores {
		w.Scores[s.Name] = p.ReadScore(x, i)
	}
	about := func(name string, offer int32) bool {
		return name == "all" || name == p.Offers[offer].Name || name == p.Topics[p.Offers[offer].Topic]
	}
	w.Sent = func(name string) (n int) {
		for _, s := range x.Sends {
			if about(name, s.Offer) {
				n++
			}
		}
		return n
	}
	w.Responded = func(name string) (n int) {
		for _, s := range x.Sends {
			if s.Answered && about(name, s.Offer) {
				n++
			}
		}
		return n
	}
	w.Count = func(event string, window calendar.Duration) (n int) {
		for _, h := range x.Past {
			if window.IsZero() || x.Zone.Add(h.At, window) > x.Now {
				n++
			}
		}
		return n
	}
	w.Last = func(event string) time.Time { return time.Unix(x.Counts[p.EventIndex(event)].Last, 0) }
	return w
}

// Until the instant that a condition names, its answer does not change; and where it names none, it never does.
func TestNothingChangesBeforeTheWake(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := tree(r, 3, true)
		if rapid.Bool().Draw(r, "beside what stands still") {
			since := rapid.SampledFrom([]string{"since(stage.entered) >= 5d", "since(stage.entered) < 5d"}).Draw(r, "since")
			text = since + rapid.SampledFrom([]string{" and ", " or "}).Draw(r, "connective") + tree(r, 1, false)
			if rapid.Bool().Draw(r, "turned") {
				text = tree(r, 1, false) + " and " + since
			}
		}
		p, c := condition(r, text)
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		x := facts(r, p, false)
		is, from, wake := c.Eval(x), x.Now, c.Wake(x)
		if wake <= from {
			r.Fatalf("%s: woken at %d, which is not after %d", text, wake, from)
		}
		for range 20 {
			x.Now = rapid.Int64Range(from, min(wake-1, from+200*day)).Draw(r, "between")
			if c.Eval(x) != is {
				r.Fatalf("%s: says %v at %d and %v at %d, but names %d", text, is, from, !is, x.Now, wake)
			}
		}
		x.Now = min(wake-1, from+200*day)
		if c.Eval(x) != is {
			r.Fatalf("%s: has changed right before %d", text, wake)
		}
	})
}

// A condition of one comparison is another at the very instant that it names.
func TestTheWakeIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(r, "op")
		text := rapid.SampledFrom([]string{
			"since(stage.entered) %s 5d", "since(last(visited)) %s 2w", "until(contact.renewal) %s 1mo", "until(contact.seen) %s 12h",
			"score.interest %s 12", "score.interest %s contact.employees", "count(visited, 14d) %s 2"}).Draw(r, "text")
		p, c := condition(r, fmt.Sprintf(text, op))
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		x := facts(r, p, true)
		if strings.HasPrefix(text, "score") {
			x.Fields[p.FieldIndex("seen")] = Value{} // no term of the score changes by itself
		}
		is, wake := c.Eval(x), c.Wake(x)
		if wake == calendar.Never {
			return
		}
		if x.Now = wake; c.Eval(x) == is {
			r.Fatalf("%s %s: names %d, and says %v before and there", text, op, wake, is)
		}
	})
}
