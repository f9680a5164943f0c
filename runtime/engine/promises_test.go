package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// A playbook that uses most of what can keep a message from going out.
const strict = `
contact {
  email    email key
  timezone timezone
  consent  bool
  plan     enum("free", "pro")
  when     date
}

topics one, two

event moved_away { zone text }
event agreed     { yes bool }
event bought     { plan text }

offer a "A" { kind guide  topic one  for nurture  intent educate  content "c.md" }
offer b "B" { kind guide  topic two  for nurture  intent sell     content "c.md"  repeat after 3d }
offer c "C" { kind guide  topic one  for nurture  intent educate  content "c.md"  repeat after 12h }
offer r "R" { kind notice  for nurture  intent educate  content "c.md"  transactional  repeat after 1d }

map all {
  topic | otherwise
  one   | a, c
  two   | b
}

score heat {
  halve every 3d
  +20 on response
  +5  on opened
}

policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  window   sat 22:00..02:00
  skip     2026-03-11..2026-03-13
  consent  when contact.consent
  cap      2 per 5d
  cap      1 per 36h for phase == "nurture"
  stop     on unsubscribed
  resume   on resubscribed
}

never "sell to the free plan" when offer.intent == "sell" and contact.plan == "free"

track main {
  on moved_away { set contact.timezone = event.zone }
  on agreed     { set contact.consent = event.yes }
  on bought     { set contact.plan = "pro" }
}

program p "P" {
  phase nurture
  enter when true
  stage first {
    send from all every 2d pick explore
    send c in 1d every 1d
    when score.heat >= 15 -> second
    after 40d -> second
  }
  stage second {
    send r every 2d
    send from all in 6h every 3d pick interest where score.heat < 30
    after 10d -> first
  }
}

program side "Side" {
  track    beside
  phase    retain
  priority 3
  enter    when contact.plan == "pro"
  reenter  after 2d
  stage only {
    send b every 1d
    after 5d -> done
  }
}
`

// Whatever happens to a contact: no message without consent, after a stop, outside a window, on a skipped day, over a
// cap, against a `never` or before its repeat; nothing is left undone that was due; and its story is the same in one
// run or in two.
func TestPromises(t *testing.T) {
	p := program(t, strict)
	policy := &p.Policy
	rapid.Check(t, func(r *rapid.T) {
		start := at(t, "2026-03-01T00:00:00Z") + rapid.Int64Range(0, 5*86400).Draw(r, "start")
		end := start + 60*86400
		in := happenings(r, p, start, end)
		rows, s := through(p, "ann@example.com", in, end, nil)

		cut := rapid.Int64Range(start, end).Draw(r, "cut")
		if again, _ := through(p, "ann@example.com", in, end, &cut); !slices.Equal(rows, again) {
			r.Fatalf("cut at %s the story is another", instant(cut))
		}
		if w := Wake(p, s); w < end {
			r.Fatalf("something was due at %s and was not done", instant(w))
		}

		zone, consent, plan, stopped := policy.Zone, false, "", false
		var sent []compile.Sending
		next := 0
		for _, row := range rows {
			for ; next < len(in) && in[next].At <= row.At; next++ { // inputs come before what is sent
				e := in[next]
				switch {
				case e.Event == compile.None:
					consent, plan = e.Fields[0].Value.Num != 0, e.Fields[1].Value.Text
				case e.Event == p.EventIndex("moved_away"):
					if z, err := calendar.LoadZone(e.Values[0].Text); err == nil {
						zone = z
					}
				case e.Event == p.EventIndex("agreed"):
					consent = e.Values[0].Num != 0
				case e.Event == p.EventIndex("bought"):
					plan = "pro"
				case e.Event == p.EventIndex("unsubscribed"):
					stopped = true
				case e.Event == p.EventIndex("resubscribed"):
					stopped = false
				}
			}
			if row.Kind != Sent {
				continue
			}
			offer := &p.Offers[row.Offer]
			if stopped {
				r.Fatalf("%s: sent to one who stopped", line(p, row))
			}
			for _, x := range sent {
				if int(x.Offer) == int(row.Offer) && (!offer.CanRepeat || zone.Add(x.At, offer.Repeat) > row.At) {
					r.Fatalf("%s: sent again too early", line(p, row))
				}
			}
			if !offer.Transactional {
				if !consent || !policy.Open(zone, row.At) || policy.NextUnskipped(zone, row.At) != row.At || offer.Name == "b" && plan == "free" {
					r.Fatalf("%s: consent %v, open %v, plan %s", line(p, row), consent, policy.Open(zone, row.At), plan)
				}
				within := func(d calendar.Duration) (n int) {
					for _, x := range sent {
						if !x.Uncapped && zone.Add(x.At, d) > row.At {
							n++
						}
					}
					return n
				}
				if within(calendar.Duration{Days: 5}) >= 2 || row.Track == 0 && within(calendar.Duration{Seconds: 36 * 3600}) >= 1 {
					r.Fatalf("%s: over the cap", line(p, row))
				}
			}
			sent = append(sent, compile.Sending{Offer: row.Offer, At: row.At, Uncapped: offer.Transactional})
		}
	})
}

func happenings(r *rapid.T, p *compile.Program, start, end int64) []Input {
	text := func(s string) compile.Value { return compile.Value{Known: true, Text: s} }
	yes := func(name string) compile.Value {
		return compile.Value{Known: true, Num: float64(rapid.IntRange(0, 1).Draw(r, name))}
	}
	in := []Input{{Event: compile.None, At: start, Arrive: true, Offer: compile.None, Fields: []FieldValue{
		{Field: p.FieldIndex("consent"), Value: yes("consent")},
		{Field: p.FieldIndex("plan"), Value: text(rapid.SampledFrom([]string{"free", "pro"}).Draw(r, "plan"))}}}}
	for i := range rapid.IntRange(0, 12).Draw(r, "events") {
		e := Input{At: rapid.Int64Range(start, end-1).Draw(r, fmt.Sprintf("at %d", i)), Offer: compile.None}
		name := rapid.SampledFrom([]string{"moved_away", "agreed", "bought", "unsubscribed", "resubscribed", "clicked", "opened"}).Draw(r, "event")
		e.Event = p.EventIndex(name)
		switch name {
		case "moved_away":
			e.Values = []compile.Value{text(rapid.SampledFrom([]string{"America/New_York", "Asia/Kolkata", "Pacific/Apia"}).Draw(r, "zone"))}
		case "agreed":
			e.Values = []compile.Value{yes("agreed")}
		case "bought":
			e.Values = []compile.Value{text("pro")}
		case "clicked", "opened":
			e.Offer = rapid.IntRange(0, 3).Draw(r, "offer")
		}
		in = append(in, e)
	}
	slices.SortStableFunc(in, func(a, b Input) int { return int(a.At - b.At) })
	return in
}

// through takes a contact through its inputs, in two runs where a cut is given: the state goes through its bytes there.
func through(p *compile.Program, key string, in []Input, end int64, cut *int64) ([]Row, *State) {
	s, fx := NewState(key), Effects{}
	codec := NewCodec(p, intern, text)
	for {
		at := Wake(p, s)
		if len(in) > 0 {
			at = min(at, in[0].At)
		}
		if cut != nil && at >= *cut {
			again := NewState(key)
			if err := codec.Decode(codec.Append(nil, s), again); err != nil {
				panic(err)
			}
			s, cut = again, nil
		}
		if at >= end {
			return fx.Rows, s
		}
		n := 0
		for n < len(in) && in[n].At <= at {
			n++
		}
		Step(p, s, at, in[:n], &fx)
		in = in[n:]
	}
}
