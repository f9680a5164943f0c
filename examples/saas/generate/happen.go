package main

import (
	"math"
	"strings"
	"time"
)

var byRole = map[string][]string{
	"developer": {"secure_coding", "benchmarks"},
	"it":        {"threat_report", "scaling_webinar", "roi_calculator"},
}

// column is the column of the offer map: everybody but developers gets what operations gets.
func column(role string) string {
	if role == "developer" {
		return role
	}
	return "it"
}

func (l *life) sentByRole() bool {
	for _, offers := range byRole {
		for _, o := range offers {
			if l.sent[o] {
				return true
			}
		}
	}
	return false
}

var (
	links = map[string]string{
		"threat_report":   "https://tidewater.example/reports/threats-2026",
		"secure_coding":   "https://tidewater.example/guides/secure-coding",
		"scaling_webinar": "https://tidewater.example/webinars/scaling",
		"benchmarks":      "https://tidewater.example/reports/benchmarks",
		"roi_calculator":  "https://tidewater.example/tools/savings",
		"breach_stories":  "https://tidewater.example/articles/five-breaches",
		"state_of_ops":    "https://tidewater.example/reports/state-of-operations",
		"budget_kit":      "https://tidewater.example/tools/budget-kit",
		"second_look":     "https://tidewater.example/changes",
		"case_study":      "https://tidewater.example/customers/acme",
		"rollout_plan":    "https://tidewater.example/guides/rollout",
		"getting_started": "https://tidewater.example/start",
	}
	asks   = map[string]bool{"threat_report": true, "secure_coding": true, "roi_calculator": true, "breach_stories": true, "state_of_ops": true, "budget_kit": true, "case_study": true, "digest": true}
	docs   = []string{"/docs/start", "/docs/import", "/docs/alerts", "/docs/api", "/docs/teams"}
	blog   = []struct{ page, topic string }{{"/blog/least-privilege", "security"}, {"/blog/post-mortems", "security"}, {"/blog/queues", "scale"}, {"/blog/sharding", "scale"}, {"/blog/cloud-bill", "cost"}, {"/blog/on-call-pay", "cost"}}
	around = []string{"/", "/product", "/about", "/customers", "/docs/start"}
)

// mail sends an offer at the next office hour and plays what follows. answered is true where it led to a response or
// to the pricing page; at is then that instant, else the instant of the sending.
func (l *life) mail(offer string, t time.Time) (at time.Time, answered bool) {
	at = l.office(t)
	if l.stopped && !l.back.IsZero() && at.After(l.back) {
		l.stopped, l.back = false, time.Time{}
	}
	if !l.consent || l.stopped {
		return at, false
	}
	first := len(l.sent) == 0
	l.sent[offer] = true
	soon := at.Add(l.between(10*time.Second, 5*time.Minute))
	switch {
	case first && l.chance(0.016):
		l.add(event{Event: "bounced", At: soon, Offer: offer, Hard: ptr(true)})
		l.stopped = true
		return at, false
	case l.chance(0.01):
		l.add(event{Event: "bounced", At: soon, Offer: offer, Hard: ptr(false)})
		return at, false
	case !l.chance(l.habit.opens):
		return at, false
	}

	opened := at.Add(l.delay())
	l.add(event{Event: "opened", At: opened, Offer: offer})
	l.points(5, opened)
	if l.chance(0.2) {
		again := opened.Add(l.between(time.Hour, 4*day))
		l.add(event{Event: "opened", At: again, Offer: offer})
		l.points(5, again)
	}
	if l.chance(0.009) {
		l.stop(offer, opened.Add(l.between(5*time.Second, time.Minute)))
		return at, false
	}
	if asks[offer] && l.chance(l.habit.clicks*0.3) {
		return l.answer(offer, opened), true
	}
	if l.chance(l.habit.clicks) {
		return l.click(offer, opened), true
	}
	if l.chance(l.habit.answers) {
		replied := opened.Add(l.between(2*time.Minute, 6*time.Hour))
		l.add(event{Event: "replied", At: replied, Offer: offer})
		l.points(15, replied)
		return replied, true
	}
	return at, false
}

// click follows the link, and sometimes goes on from there.
func (l *life) click(offer string, opened time.Time) time.Time {
	clicked := opened.Add(l.between(4*time.Second, 4*time.Minute))
	l.add(event{Event: "clicked", At: clicked, Offer: offer, Link: links[offer]})
	l.points(15, clicked)
	if offer == "scaling_webinar" && l.chance(0.7) {
		l.add(event{Event: "registered", At: clicked.Add(l.between(30*time.Second, 5*time.Minute)), Webinar: "Scaling without tears"})
	}
	for range l.random.IntN(3) {
		b := blog[l.random.IntN(len(blog))]
		l.visit(b.page, b.topic, clicked.Add(l.between(30*time.Second, 20*time.Minute)))
	}
	if l.chance(l.habit.pricing) {
		seen := clicked.Add(l.between(time.Minute, 15*time.Minute))
		l.visit("/pricing", "", seen)
		return seen
	}
	return clicked
}

// answer sends the form that the message asked for: the lightest thing we do not know yet.
func (l *life) answer(offer string, opened time.Time) time.Time {
	at := opened.Add(l.between(20*time.Second, 6*time.Minute))
	e := event{Event: "submitted", At: at, Offer: offer}
	switch {
	case l.role == "":
		l.role, e.Role = l.trueRole, l.trueRole
	case l.firstName == "":
		e.FirstName = l.trueName
	case l.company == "":
		e.Company = l.trueCompany
	default:
		e.Employees = l.trueEmployees
	}
	l.add(e)
	l.points(15, at)
	return at
}

// arriveByForm is the form on the website with which somebody new makes themselves known.
func (l *life) arriveByForm() {
	l.firstName, l.company = l.trueName, l.trueCompany
	e := event{Event: "submitted", At: l.firstSeen, FirstName: l.firstName, Company: l.company, Consent: ptr(true)}
	if l.chance(0.7) {
		l.role, e.Role = l.trueRole, l.trueRole
	} else {
		l.role = ""
	}
	l.add(e)
}

func (l *life) stop(offer string, at time.Time) {
	l.stopped = true
	if l.chance(0.12) {
		l.add(event{Event: "complained", At: at, Offer: offer})
		return
	}
	l.add(event{Event: "unsubscribed", At: at, Offer: offer})
	if l.chance(0.15) {
		l.back = at.Add(l.between(15*day, 60*day))
		l.add(event{Event: "resubscribed", At: l.back})
	}
}

func (l *life) outcome(name string, next chapter, t time.Time) (chapter, time.Time) {
	at := l.office(t)
	l.add(event{Event: "sales." + name, At: at})
	return next, at
}

func (l *life) buy(at time.Time) {
	plan, amount := "team", 900+10*l.random.IntN(110)
	if l.trueEmployees >= 200 {
		plan, amount = "company", 2400+10*l.random.IntN(640)
	}
	l.add(event{Event: "purchased", At: at, Amount: amount, Plan: plan})
}

func (l *life) visit(page, topic string, at time.Time) {
	l.add(event{Event: "visited", At: at, Page: page, Topic: topic})
	if strings.HasPrefix(page, "/pricing") {
		l.points(10, at)
	}
}

// browse makes the visits that no message led to, from t on.
func (l *life) browse(t time.Time) {
	for t = t.Add(l.wait()); t.Before(end); t = t.Add(l.wait()) {
		switch {
		case l.chance(l.habit.pricing):
			l.visit("/pricing", "", t)
		case l.chance(0.5):
			b := blog[l.random.IntN(len(blog))]
			l.visit(b.page, b.topic, t)
		default:
			l.visit(one(l.random, around), "", t)
		}
	}
}

// wait is the time to the next visit of the website, exponentially distributed.
func (l *life) wait() time.Duration {
	return time.Duration(l.random.ExpFloat64() / l.habit.visits * float64(30*day))
}

// delay is how long a message lies unread: mostly hours, now and then days.
func (l *life) delay() time.Duration {
	return time.Minute + time.Duration(math.Min(l.random.ExpFloat64()*9, 140)*float64(time.Hour))
}

func (l *life) interest(t time.Time) float64 {
	if t.Before(l.scored) {
		return l.score
	}
	score := l.score * math.Exp2(-float64(t.Sub(l.scored))/float64(30*day))
	if l.employees >= 200 {
		score += 10
	}
	return score
}

func (l *life) points(n float64, t time.Time) {
	if t.After(l.scored) {
		l.score *= math.Exp2(-float64(t.Sub(l.scored)) / float64(30*day))
		l.scored = t
	}
	l.score += n
}

// office is the first office hour at or after t where the person lives.
func (l *life) office(t time.Time) time.Time {
	t = t.In(l.local)
	switch h := t.Hour(); {
	case h < 9:
		t = time.Date(t.Year(), t.Month(), t.Day(), 9, 0, l.random.IntN(60), 0, l.local)
	case h >= 17:
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 9, 0, l.random.IntN(60), 0, l.local)
	}
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

func (l *life) add(e event) {
	e.Contact = l.email
	l.events = append(l.events, e)
}

func (l *life) chance(p float64) bool { return chance(l.random, p) }

func (l *life) pick(shares ...float64) int { return index(l.random, shares) }

func (l *life) between(from, to time.Duration) time.Duration {
	return from + time.Duration(l.random.Int64N(int64(to-from)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func ptr(b bool) *bool { return &b }
