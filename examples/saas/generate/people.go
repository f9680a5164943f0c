package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine
)

// person is one contact as the CRM knows it, and what it does not know: the habit.
type person struct {
	email     string
	role      string // "" where nobody asked
	firstName string
	company   string
	employees int    // 0: unknown
	buyBy     string // a date, mostly unknown
	zone      string
	local     *time.Location
	firstSeen time.Time
	consent   bool
	customer  bool
	renewal   string
	cost      string
	byForm    bool // came through a form on the website, so not in the export

	// What is true of the person whether the CRM knows it or not.
	trueRole, trueName, trueCompany string
	trueEmployees                   int
	habit                           habit
}

// habit is how somebody treats mail and the website.
type habit struct {
	opens, clicks, answers float64 // per message; clicks and answers of those opened
	visits                 float64 // to the website, a month
	pricing                float64 // share of visits that end on the pricing page
}

// Most people never answer. Shares add up to 1.
var habits = []struct {
	share float64
	habit
}{
	{0.42, habit{opens: 0.09, clicks: 0.01, answers: 0, visits: 0.3, pricing: 0.01}},
	{0.27, habit{opens: 0.48, clicks: 0.05, answers: 0.01, visits: 0.9, pricing: 0.02}},
	{0.20, habit{opens: 0.66, clicks: 0.26, answers: 0.03, visits: 2.0, pricing: 0.04}},
	{0.11, habit{opens: 0.82, clicks: 0.48, answers: 0.07, visits: 3.7, pricing: 0.12}},
}

var zones = []struct {
	share float64
	name  string
	lives string // where they live when the CRM does not know
}{
	{0.52, "Europe/Berlin", "Europe/Berlin"},
	{0.21, "America/New_York", "America/New_York"},
	{0.13, "Asia/Kolkata", "Asia/Kolkata"},
	{0.14, "", "Europe/Berlin"},
}

var firstNames = strings.Fields(`
	Anna Jonas Lena Lukas Mia Felix Clara Moritz Jürgen Zoë Björn Käthe Maximilian Sophie Tobias Franziska Emre Aylin
	Emily James Olivia Ethan Grace Daniel Hannah Marcus Rachel Tyler Nicole Brandon Maria Carlos Sofía José Keisha Andre
	Priya Arjun Ananya Rohan Kavya Vikram Meera Sanjay Deepa Rahul Ishaan Nisha Łukasz Agnieszka Chloé Matteo Giulia
	Ingrid Søren Noor Yusuf Amara Kwame Mei Hiroshi`)

var lastNames = strings.Fields(`
	Keller Schmidt Vogel Brandt Krüger Möller Neumann Hartmann Lorenz Weiß Yılmaz Demir Albrecht Sommer Winter Busch
	Walker Johnson Carter Reed Morgan Brooks Hayes Foster Bennett Ramirez Torres Nguyen Coleman Parker Sullivan Price
	Sharma Patel Iyer Reddy Gupta Nair Kapoor Menon Joshi Desai Kowalski Nowak Rossi Bianchi Dubois Lindqvist Jensen
	Haddad Okafor Mensah Chen Tanaka Kim Visser`)

var companies = strings.Fields(`
	Nordwind Bluefield Hafenstern Quarry Lumen Ostara Kestrel Brightwater Tallgrass Indigo Saffron Monsoon Ironbridge
	Alder Copperline Fernweh Larkspur Meridian Redwood Silverlake Polder Wintergarten Juniper Basalt Cobalt Thistle`)

var trades = strings.Fields(`Logistics Health Retail Energy Bank Media Robotics Foods Travel Insurance Software Mobility`)

var plain = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ë", "e", "é", "e", "í", "i", "ı", "i", "ø", "o", "ł", "l", " ", "-",
)

// newPerson makes somebody up. Addresses in used are taken; the new one is added.
func newPerson(random *rand.Rand, used map[string]bool) *person {
	p := &person{
		trueRole:      weighted(random, []string{"developer", "it", "user"}, []float64{0.34, 0.38, 0.28}),
		trueName:      one(random, firstNames),
		trueCompany:   one(random, companies) + " " + one(random, trades),
		trueEmployees: weightedInt(random, []int{8, 35, 120, 450, 2600}, []float64{0.24, 0.30, 0.22, 0.16, 0.08}),
	}
	p.trueEmployees += random.IntN(p.trueEmployees)
	p.email = address(random, p, used)

	at := random.Float64()
	for _, h := range habits {
		p.habit = h.habit
		if at -= h.share; at < 0 {
			break
		}
	}
	at = random.Float64()
	for _, z := range zones {
		p.zone, p.local = z.name, location(z.lives)
		if at -= z.share; at < 0 {
			break
		}
	}

	p.firstSeen = arrival(random, p.local)
	p.byForm = chance(random, 0.03) && p.firstSeen.After(begin)
	p.consent = p.byForm || chance(random, 0.91)
	p.customer = !p.byForm && chance(random, 0.06)
	if p.customer {
		p.renewal = begin.AddDate(0, 0, 10+random.IntN(340)).Format(time.DateOnly)
	}
	known(random, 0.57, &p.role, p.trueRole)
	known(random, 0.74, &p.firstName, p.trueName)
	known(random, 0.63, &p.company, p.trueCompany)
	if chance(random, 0.49) {
		p.employees = p.trueEmployees
	}
	if chance(random, 0.05) {
		p.buyBy = p.firstSeen.AddDate(0, 0, 40+random.IntN(220)).Format(time.DateOnly)
	}
	p.cost = "n/a"
	if chance(random, 0.7) {
		p.cost = fmt.Sprintf("%.2f", 4+random.Float64()*58)
	}
	return p
}

// arrival is when somebody was first seen: a third before the start, the others spread over the first five months.
func arrival(random *rand.Rand, local *time.Location) time.Time {
	day := -random.IntN(150)
	if chance(random, 0.66) {
		day = random.IntN(150)
	}
	d := begin.AddDate(0, 0, day)
	t := time.Date(d.Year(), d.Month(), d.Day(), 8+random.IntN(12), random.IntN(60), random.IntN(60), 0, local).UTC()
	if t.Before(begin) && day == 0 {
		return begin
	}
	return t
}

func address(random *rand.Rand, p *person, used map[string]bool) string {
	local := plain.Replace(strings.ToLower(p.trueName)) + "." + plain.Replace(strings.ToLower(one(random, lastNames)))
	domain := strings.ToLower(strings.Fields(p.trueCompany)[0]) + ".example"
	mail := local + "@" + domain
	for n := 2; used[mail]; n++ {
		mail = fmt.Sprintf("%s%d@%s", local, n, domain)
	}
	used[mail] = true
	return mail
}

func known(random *rand.Rand, share float64, field *string, value string) {
	if chance(random, share) {
		*field = value
	}
}

func chance(random *rand.Rand, p float64) bool { return random.Float64() < p }

func one(random *rand.Rand, list []string) string { return list[random.IntN(len(list))] }

func weighted(random *rand.Rand, list []string, shares []float64) string {
	return list[index(random, shares)]
}

func weightedInt(random *rand.Rand, list []int, shares []float64) int {
	return list[index(random, shares)]
}

func index(random *rand.Rand, shares []float64) int {
	at := random.Float64()
	for i, s := range shares {
		if at -= s; at < 0 {
			return i
		}
	}
	return len(shares) - 1
}

func location(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // a wrong name in zones, above
	}
	return l
}
