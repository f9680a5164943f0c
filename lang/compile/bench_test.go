package compile_test

import (
	"math"
	"testing"
	"time"

	"nurture/lang/check"
	. "nurture/lang/compile"
)

// BenchmarkConditions asks typical conditions, and beside each the same written by hand in Go, of the same contact, for
// whom none of their parts settles the answer before the last. `of-hand` is how many times as long it takes. The two take turns, and
// the best turn of each counts: the machine may have other things to do.
func BenchmarkConditions(b *testing.B) {
	const asks = 1000
	for _, c := range []struct {
		text string
		hand func(p *Program) func(*Ctx) bool
	}{
		{`contact.employees >= 100`, func(p *Program) func(*Ctx) bool {
			employees := p.FieldIndex("employees")
			return func(x *Ctx) bool { v := &x.Fields[employees]; return v.Known && v.Num >= 100 }
		}},
		{`contact.role in ["developer", "it"] and not contact.customer`, func(p *Program) func(*Ctx) bool {
			role, customer := p.FieldIndex("role"), p.FieldIndex("customer")
			return func(x *Ctx) bool {
				r, c := &x.Fields[role], &x.Fields[customer]
				return r.Known && (r.Text == "developer" || r.Text == "it") && !(c.Known && c.Num != 0)
			}
		}},
		{`known(contact.company) and large and since(stage.entered) >= 5d`, func(p *Program) func(*Ctx) bool {
			company, employees := p.FieldIndex("company"), p.FieldIndex("employees")
			return func(x *Ctx) bool {
				v := &x.Fields[employees]
				return x.Fields[company].Known && v.Known && v.Num >= 100 && x.InProgram && x.Now-x.StageEntered >= 5*day
			}
		}},
		{`count(visited) >= 2 and score.plain >= 8 or sent(report) > 1`, func(p *Program) func(*Ctx) bool {
			visited, plain, report := p.EventIndex("visited"), 1, int32(p.OfferIndex("report"))
			return func(x *Ctx) bool {
				if x.Counts[visited].N >= 2 && max(0, x.Scores[plain].V) >= 8 {
					return true
				}
				n := 0
				for i := range x.Sends {
					if s := &x.Sends[i]; s.Offer == report && !s.Unsent {
						n++
					}
				}
				return n > 1
			}
		}},
		{`contact.role == "it" and contact.employees >= 100 and score.interest >= 35 and count(visited) > 1`, func(p *Program) func(*Ctx) bool {
			role, employees, customer, seen, visited := p.FieldIndex("role"), p.FieldIndex("employees"), p.FieldIndex("customer"), p.FieldIndex("seen"), p.EventIndex("visited")
			return func(x *Ctx) bool {
				r, e := &x.Fields[role], &x.Fields[employees]
				if !r.Known || r.Text != "it" || !e.Known || e.Num < 100 {
					return false
				}
				score := x.Scores[0].V * math.Exp2(-float64(x.Now-x.Scores[0].At)/(10*day))
				if c := &x.Fields[customer]; c.Known && c.Num != 0 {
					score += 5
				}
				if s := &x.Fields[seen]; s.Known && x.Now-int64(s.Num) >= 20*day {
					score -= 3
				}
				return score >= 35 && x.Counts[visited].N > 1
			}
		}},
		{`not contact.customer and count(visited, 14d) >= 1 and since(last(visited)) < 14d`, func(p *Program) func(*Ctx) bool {
			customer, visited := p.FieldIndex("customer"), p.EventIndex("visited")
			return func(x *Ctx) bool {
				if c := &x.Fields[customer]; c.Known && c.Num != 0 {
					return false
				}
				n := 0
				for i := range x.Past {
					if h := &x.Past[i]; int(h.Event) == visited && x.Now-h.At < 14*day {
						n++
					}
				}
				c := &x.Counts[visited]
				return n >= 1 && c.N > 0 && x.Now-c.Last < 14*day
			}
		}},
		{`phase not in ["reassure", "retain"] and contact.role != "user"`, func(p *Program) func(*Ctx) bool {
			role := p.FieldIndex("role")
			return func(x *Ctx) bool {
				r := &x.Fields[role]
				return !(x.InProgram && (x.Phase == check.Reassure || x.Phase == check.Retain)) && !(r.Known && r.Text == "user")
			}
		}},
		{`until(contact.renewal) <= 60d and until(contact.renewal) >= 0d`, func(p *Program) func(*Ctx) bool {
			renewal := p.FieldIndex("renewal")
			return func(x *Ctx) bool {
				v := &x.Fields[renewal]
				until := int64(v.Num)*day - x.Now
				return v.Known && until <= 60*day && until >= 0
			}
		}},
	} {
		p, is := condition(b, c.text)
		if is == nil {
			b.Fatalf("%s does not check", c.text)
		}
		hand, x := c.hand(p), someone(p)
		if is.Eval(x) != hand(x) {
			b.Fatalf("%s is %v, by hand %v", c.text, is.Eval(x), hand(x))
		}
		b.Run(c.text, func(b *testing.B) {
			b.ReportAllocs()
			best := [2]time.Duration{time.Hour, time.Hour}
			for b.Loop() {
				for i, eval := range [2]func(*Ctx) bool{hand, is.Eval} {
					began := time.Now()
					for range asks {
						eval(x)
					}
					best[i] = min(best[i], time.Since(began))
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(best[0].Nanoseconds())/asks, "by-hand-ns")
			b.ReportMetric(float64(best[1].Nanoseconds())/asks, "compiled-ns")
			b.ReportMetric(float64(best[1])/float64(best[0]), "of-hand")
		})
	}
}

// someone is a contact of whom much is known.
func someone(p *Program) *Ctx {
	f := &Facts{Now: 1_700_000_000, Zone: p.Policy.Zone, Fields: make([]Value, len(p.Fields)), Counts: make([]Count, len(p.Events)), Scores: make([]Decay, len(p.Scores))}
	f.Fields[p.FieldIndex("role")] = Value{Known: true, Text: "it"}
	f.Fields[p.FieldIndex("company")] = Value{Known: true, Text: "Acme"}
	f.Fields[p.FieldIndex("employees")] = Value{Known: true, Num: 250}
	f.Fields[p.FieldIndex("customer")] = Value{Known: true}
	f.Fields[p.FieldIndex("seen")] = Value{Known: true, Num: float64(f.Now - 3*day)}
	f.Fields[p.FieldIndex("renewal")] = Value{Known: true, Num: float64(f.Now/day + 40)}
	f.Counts[p.EventIndex("visited")] = Count{N: 3, Last: f.Now - day}
	for _, ago := range []int64{30, 8, 1} {
		f.Past = append(f.Past, Happening{Event: int32(p.EventIndex("visited")), At: f.Now - ago*day})
	}
	f.Scores[0], f.Scores[1] = Decay{V: 64, At: f.Now - 5*day}, Decay{V: 4, At: f.Now - day}
	for i := range 8 {
		f.Sends = append(f.Sends, Sending{Offer: int32(i % 2), At: f.Now - int64(50-i)*day})
	}
	return &Ctx{Facts: f, Program: p, Phase: check.Nurture, InProgram: true, StageEntered: f.Now - 9*day, ProgramEntered: f.Now - 9*day, Offer: None}
}
