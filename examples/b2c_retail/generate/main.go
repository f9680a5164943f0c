// Command generate writes the contacts and events of the b2c_retail example: the same bytes at every run.
//
//	go run ./examples/b2c_retail/generate
//
// Nobody in them exists. Which message somebody answered is guessed from when it was probably sent.
package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the same zone on every machine
)

const (
	seed   = 17
	people = 200
	day    = 24 * time.Hour
)

// Everything happens between these instants; people may have arrived before.
var (
	begin = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	end   = time.Date(2026, 4, 30, 20, 0, 0, 0, time.UTC)
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "examples/b2c_retail", "folder to write contacts.csv and events.jsonl into")
	flag.Parse()
	contacts, events, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range map[string]string{"contacts.csv": contacts, "events.jsonl": events} {
		if err := os.WriteFile(filepath.Join(*dir, name), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate makes both files up. Every person has a random source of their own, so that a change to one life leaves the
// others as they were.
func generate() (contacts, events string, err error) {
	var all []*person
	var happened []event
	for i := range people {
		p := newPerson(i)
		p.live()
		all = append(all, p)
		happened = append(happened, p.events...)
	}
	slices.SortStableFunc(all, func(a, b *person) int { return a.since.Compare(b.since) })
	slices.SortStableFunc(happened, func(a, b event) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Contact, b.Contact)
	})

	var list strings.Builder
	out := csv.NewWriter(&list)
	out.Write([]string{"Email", "First name", "Drink", "Cups", "Next birthday", "City", "Customer since", "Newsletter"})
	for _, p := range all {
		out.Write([]string{p.email, p.firstName, p.drink, p.cups, p.birthday, p.city, p.since.Format(time.RFC3339), p.newsletter})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return "", "", fmt.Errorf("write contacts: %w", err)
	}

	var log strings.Builder
	lines := json.NewEncoder(&log)
	for i, e := range happened {
		e.ID = fmt.Sprintf("e%04d", i+1)
		if err := lines.Encode(e); err != nil {
			return "", "", fmt.Errorf("write event %s: %w", e.ID, err)
		}
	}
	return list.String(), log.String(), nil
}

// event is one line of events.jsonl; its fields stand beside the first four.
type event struct {
	ID      string    `json:"id"`
	Contact string    `json:"contact"`
	Event   string    `json:"event"`
	At      time.Time `json:"at"`

	Offer   string  `json:"offer,omitempty"`
	Product string  `json:"product,omitempty"`
	About   string  `json:"about,omitempty"`
	Total   float64 `json:"total,omitempty"`
	Stars   int     `json:"stars,omitempty"`
	Drink   string  `json:"drink,omitempty"`
	Hard    bool    `json:"hard,omitempty"`
}

// person is one contact: what the shop exports, and how they are.
type person struct {
	email, firstName, drink, cups, birthday, city, newsletter string
	since                                                     time.Time

	random  *rand.Rand
	reads   float64 // share of messages that are opened
	clicks  float64 // of those
	curious float64 // visits to the shop, a month
	buys    kind
	orders  int
	stopped bool
	events  []event
}

// kind is what sort of customer somebody is.
type kind int

const (
	never kind = iota
	once
	regular
	lapsing // a regular who stops
)

var (
	names    = strings.Fields("Alice Ben Cara Dilan Ella Fergus Grace Harvey Isla Jamal Kate Liam Maya Nóra Oscar Poppy Quinn Ruth Sian Theo Uma Violet Will Yusuf Zara André Beatrix Callum Daisy Ewan")
	surnames = strings.Fields("Adams Baker Clarke Davies Evans Fraser Green Hughes Irving Jones Khan Lewis Morris Norton Owen Patel Quigley Roberts Singh Taylor Underwood Vaughan Walsh Young")
	cities   = strings.Fields("Bristol London Leeds Cardiff Glasgow Bath Exeter Norwich Belfast York unknown - -")
	products = []struct {
		name, about string
		price       float64
	}{
		{"Huila 250 g", "origins", 11.5}, {"Yirgacheffe 250 g", "origins", 13}, {"House blend 500 g", "brewing", 17},
		{"Decaf 250 g", "brewing", 12}, {"Filter papers", "gear", 4.5}, {"Hand grinder", "gear", 64}, {"Tasting set", "origins", 12},
	}
	letters = []struct {
		offer string
		at    time.Time
	}{
		{"letter_january", time.Date(2026, 1, 8, 8, 0, 0, 0, time.UTC)}, {"letter_february", time.Date(2026, 2, 5, 8, 0, 0, 0, time.UTC)},
		{"letter_march", time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC)}, {"letter_april", time.Date(2026, 4, 2, 7, 0, 0, 0, time.UTC)},
	}
)

func newPerson(i int) *person {
	random := rand.New(rand.NewPCG(seed, uint64(i)))
	p := &person{random: random, newsletter: "yes"}
	name := pick(random, names)
	p.email = fmt.Sprintf("%s.%s%d@mail.example", strings.NewReplacer("ó", "o", "é", "e").Replace(strings.ToLower(name)), strings.ToLower(pick(random, surnames)), i+1)
	if p.chance(0.8) {
		p.firstName = name
	}
	if p.chance(0.5) {
		p.drink = pick(random, []string{"espresso", "filter", "filter", "both"})
	}
	if p.chance(0.3) {
		p.cups = strconv.Itoa(1 + random.IntN(7))
	}
	if p.chance(0.4) {
		p.birthday = begin.AddDate(0, 0, random.IntN(365)).Format(time.DateOnly)
	}
	p.city = pick(random, cities)
	if p.chance(0.12) {
		p.newsletter = "no"
	}
	p.since = begin.Add(p.between(-200*day, 80*day)).Truncate(time.Second)
	p.buys = []kind{never, never, never, never, never, once, once, regular, regular, lapsing}[random.IntN(10)]
	p.reads, p.clicks, p.curious = 0.1+0.6*random.Float64(), 0.02+0.2*random.Float64(), 0.1+0.6*random.Float64()
	return p
}

// live makes up what happens to somebody.
func (p *person) live() {
	start := begin
	if p.since.After(start) {
		start = p.since
	}
	if p.chance(0.02) {
		p.add(event{Event: "bounced", At: start.Add(p.between(3*day, 5*day)), Offer: "letter_january", Hard: true})
		return
	}
	p.buy(start.Add(p.between(day, 30*day)))
	for at := start.Add(p.rest()); at.Before(end); at = at.Add(p.rest()) {
		for range 1 + p.random.IntN(4) {
			product := products[p.random.IntN(len(products))]
			p.add(event{Event: "viewed", At: at, Product: product.name, About: product.about})
			at = at.Add(p.between(20*time.Second, 6*time.Minute))
		}
	}
	if p.newsletter != "yes" {
		return
	}
	for _, letter := range letters {
		if letter.at.After(start) {
			p.read(letter.offer, letter.at)
		}
	}
	if p.orders == 0 {
		basics := map[string]string{"espresso": "espresso_basics", "filter": "filter_basics"}[p.drink]
		if basics == "" {
			basics = "find_your_cup"
		}
		p.read(basics, start.Add(2*day))
		if p.drink != "filter" { // the map has a gap there
			p.read("grinder_guide", start.Add(13*day))
		}
		p.read("one_farm", start.Add(24*day))
	}
}

// buy places the orders of somebody who orders for the first time at at.
func (p *person) buy(at time.Time) {
	times := 0
	switch p.buys {
	case once:
		times = 1
	case regular:
		times = 9
	case lapsing:
		times = 2
	}
	for ; times > 0 && at.Before(end); times-- {
		product := products[p.random.IntN(len(products))]
		total := product.price * float64(1+p.random.IntN(2))
		p.add(event{Event: "viewed", At: at.Add(-p.between(2*time.Minute, 40*time.Minute)), Product: product.name, About: product.about})
		p.add(event{Event: "ordered", At: at, Product: product.name, Total: total})
		p.orders++
		if p.orders == 1 {
			p.read("first_cup", at.Add(2*day))
		}
		if p.chance(0.3) {
			stars := []int{5, 5, 5, 4, 4, 3, 2, 1}[p.random.IntN(8)]
			p.add(event{Event: "rated", At: at.Add(p.between(6*day, 14*day)), Product: product.name, Stars: stars})
		}
		if p.orders == 2 {
			p.read("thanks_coupon", at.Add(16*day))
		}
		if p.chance(0.5) {
			p.read("refill", at.Add(24*day))
		}
		at = at.Add(p.between(19*day, 38*day))
	}
}

// read plays what somebody does with a message that was sent at sent.
func (p *person) read(offer string, sent time.Time) {
	if p.stopped || p.newsletter != "yes" || !p.chance(p.reads) {
		return
	}
	at := sent.Add(p.between(2*time.Minute, 30*time.Hour))
	p.add(event{Event: "opened", At: at, Offer: offer})
	at = at.Add(p.between(5*time.Second, 3*time.Minute))
	switch {
	case p.chance(0.012):
		p.stopped = true
		p.add(event{Event: "unsubscribed", At: at, Offer: offer})
	case p.drink == "" && p.chance(0.12):
		p.add(event{Event: "submitted", At: at, Offer: offer, Drink: pick(p.random, []string{"espresso", "filter", "both"})})
	case p.chance(p.clicks):
		p.add(event{Event: "clicked", At: at, Offer: offer})
	}
}

// add keeps an event that lies between the ends and behind the person's arrival.
func (p *person) add(e event) {
	e.Contact, e.At = p.email, e.At.UTC().Truncate(time.Second)
	if e.At.Before(begin) || e.At.Before(p.since) || !e.At.Before(end) {
		return
	}
	p.events = append(p.events, e)
}

// rest is the time until the next visit to the shop.
func (p *person) rest() time.Duration {
	return time.Duration(p.random.ExpFloat64() / p.curious * float64(30*day))
}

func (p *person) chance(share float64) bool { return p.random.Float64() < share }

func (p *person) between(from, to time.Duration) time.Duration {
	return from + time.Duration(p.random.Int64N(int64(to-from)))
}

func pick(random *rand.Rand, list []string) string { return list[random.IntN(len(list))] }
