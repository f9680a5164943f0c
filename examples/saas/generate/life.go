package main

import (
	"math/rand/v2"
	"time"
)

const day = 24 * time.Hour

// life is what happens to one person. It goes through chapters, named like the stages of the playbook that they guess
// at: each begins at an instant and says which comes next, and when.
type life struct {
	*person
	random  *rand.Rand
	events  []event
	sent    map[string]bool
	role    string // what we know by now
	stopped bool
	back    time.Time // when a stopped one comes back; zero: never
	score   float64   // interest at scored
	scored  time.Time
}

type chapter func(*life, time.Time) (chapter, time.Time)

// live tells the whole life of p between begin and end.
func live(p *person, random *rand.Rand) []event {
	l := &life{person: p, random: random, sent: map[string]bool{}, role: p.role}
	t := later(begin, p.firstSeen)
	if p.byForm {
		l.arriveByForm()
	}
	l.browse(t)
	next := chapter(discover)
	switch {
	case p.customer:
		next = loyal
	case l.role != "":
		next = learn
	}
	for next != nil && t.Before(end) {
		next, t = next(l, t)
	}
	return l.within()
}

// within drops what the model told beyond the ends.
func (l *life) within() []event {
	var kept []event
	from := later(begin, l.firstSeen)
	for _, e := range l.events {
		if e.At = e.At.UTC().Truncate(time.Second); !e.At.Before(from) && e.At.Before(end) {
			kept = append(kept, e)
		}
	}
	return kept
}

func learn(l *life, t time.Time) (chapter, time.Time) {
	for _, offer := range byRole[column(l.role)] {
		if at, answered := l.mail(offer, t); answered {
			return engaged, at
		}
		t = t.Add(7 * day)
	}
	return discover, t
}

func engaged(l *life, t time.Time) (chapter, time.Time) {
	if l.interest(t) >= 35 {
		return offered, t
	}
	if l.habit.clicks > 0.1 && l.chance(0.5) {
		l.add(event{Event: "task_done", At: l.office(t.Add(l.between(4*time.Hour, 2*day))), Task: "Write a personal note"})
	}
	leave := t.Add(30 * day)
	t = t.Add(3 * day)
	for _, offer := range byRole[column(l.role)] {
		if l.sent[offer] {
			continue
		}
		if at, answered := l.mail(offer, t); answered && l.interest(at) >= 35 {
			return offered, at
		}
		if t = t.Add(7 * day); t.After(leave) {
			break
		}
	}
	return discover, t
}

func discover(l *life, t time.Time) (chapter, time.Time) {
	for _, offer := range []string{"breach_stories", "state_of_ops", "budget_kit"} {
		if l.sent[offer] {
			continue
		}
		at, answered := l.mail(offer, t)
		if l.role != "" && !l.sentByRole() {
			return learn, at // a form told us who this is
		}
		if answered {
			return engaged, at
		}
		t = t.Add(30 * day)
	}
	return inTouch, t
}

func inTouch(l *life, t time.Time) (chapter, time.Time) {
	at, answered := l.mail("digest", t)
	if answered {
		return engaged, at
	}
	return inTouch, t.AddDate(0, 1, 0)
}

// offered waits for sales: mostly a day or two, sometimes for ever.
func offered(l *life, t time.Time) (chapter, time.Time) {
	if l.chance(0.09) {
		if l.chance(0.5) {
			return l.outcome("accepted", working, t.Add(l.between(4*day, 8*day)))
		}
		return keepWarm, t.Add(3 * day)
	}
	t = t.Add(l.between(12*time.Hour, 2*day))
	switch l.pick(0.70, 0.12, 0.07, 0.07, 0.04) {
	case 0:
		return l.outcome("accepted", working, t)
	case 1:
		return l.outcome("not_ready", notReady, t)
	case 2:
		return l.outcome("bad_data", reprofile, t)
	case 3:
		return l.outcome("unreachable", keepWarm, t)
	default:
		return l.outcome("no_budget", discover, t)
	}
}

func working(l *life, t time.Time) (chapter, time.Time) {
	l.mail("case_study", t.Add(5*day))
	l.visit("/pricing/compare", "", t.Add(l.between(2*day, 9*day)))
	decided := t.Add(l.between(9*day, 55*day))
	if decided.Sub(t) > 19*day {
		l.mail("rollout_plan", t.Add(18*day))
		l.visit("/docs/security-review", "security", t.Add(l.between(10*day, 20*day)))
	}
	switch l.pick(0.34, 0.18, 0.22, 0.12, 0.09, 0.05) {
	case 0:
		bought := l.office(decided.Add(l.between(day, 6*day)))
		l.outcome("won", nil, decided)
		l.buy(bought)
		return firstWeeks, bought
	case 1:
		return l.outcome("lost", discover, decided)
	case 2:
		return l.outcome("not_ready", notReady, decided)
	case 3:
		return l.outcome("no_budget", discover, decided)
	case 4:
		return l.outcome("unreachable", keepWarm, decided)
	default:
		return keepWarm, t.Add(120 * day) // never said
	}
}

func notReady(l *life, t time.Time) (chapter, time.Time) {
	for _, wait := range []time.Duration{14 * day, 35 * day} {
		offer := "second_look"
		if wait > 14*day {
			offer = "budget_kit"
		}
		if l.sent[offer] {
			continue
		}
		if at, answered := l.mail(offer, t.Add(wait)); answered && l.interest(at) >= 30 {
			return offered, at.Add(day)
		}
	}
	return inTouch, t.Add(56 * day)
}

func reprofile(l *life, t time.Time) (chapter, time.Time) {
	l.role = ""
	for i, offer := range []string{"breach_stories", "state_of_ops", "digest"} {
		at, _ := l.mail(offer, t.Add(2*day+time.Duration(i)*14*day))
		if l.role != "" {
			return learn, at
		}
	}
	return inTouch, t.Add(45 * day)
}

func keepWarm(l *life, t time.Time) (chapter, time.Time) {
	if at, answered := l.mail("second_look", t.Add(14*day)); answered {
		return offered, at
	}
	return inTouch, t.Add(28 * day)
}

func firstWeeks(l *life, t time.Time) (chapter, time.Time) {
	l.mail("getting_started", t)
	if l.chance(0.8) {
		l.add(event{Event: "task_done", At: l.office(t.Add(l.between(day, 4*day))), Task: "Call: how is it going?"})
	}
	for range 2 + l.random.IntN(5) {
		l.visit(one(l.random, docs), "", t.Add(l.between(day, 30*day)))
	}
	return loyal, t.Add(30 * day)
}

func loyal(l *life, t time.Time) (chapter, time.Time) {
	l.mail("digest", t)
	if l.chance(0.03) { // more seats
		l.buy(l.office(t.Add(l.between(day, 20*day))))
	}
	return loyal, t.AddDate(0, 1, 0)
}
