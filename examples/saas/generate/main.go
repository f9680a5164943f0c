// Command generate writes the contacts and events of the saas example: the same bytes at every run.
//
//	go run ./examples/saas/generate
//
// Nobody in them exists. The events are those of a mail service, a website and a CRM over half a year; which message
// somebody answered is guessed by a crude model of the playbook (life.go, happen.go), not taken from a run of it. Where the guess
// is wrong the event answers a message that was never sent, as happens with forwarded mail.
package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	seed   = 20260105
	people = 2000
)

// Everything happens between these instants; people may have arrived before.
var (
	begin = time.Date(2026, 1, 5, 7, 0, 0, 0, time.UTC)
	end   = time.Date(2026, 6, 29, 20, 0, 0, 0, time.UTC)
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "examples/saas", "folder to write contacts.csv and events.jsonl into")
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
	used := map[string]bool{}
	var all []*person
	var happened []event
	for i := range people {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		p := newPerson(random, used)
		all = append(all, p)
		happened = append(happened, live(p, random)...)
	}
	slices.SortStableFunc(all, func(a, b *person) int { return a.firstSeen.Compare(b.firstSeen) })
	slices.SortStableFunc(happened, func(a, b event) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Contact, b.Contact)
	})
	var list, log strings.Builder
	if err := writeContacts(&list, all); err != nil {
		return "", "", err
	}
	if err := writeEvents(&log, happened); err != nil {
		return "", "", err
	}
	return list.String(), log.String(), nil
}

// writeContacts writes the CRM's export: its own column names, and nothing where nothing is known. Who came through a
// form is not in it.
func writeContacts(w io.Writer, all []*person) error {
	out := csv.NewWriter(w)
	out.Write([]string{"Email", "Role", "First name", "Company", "Employees", "Buy by", "Timezone", "First seen", "Consent", "Customer", "Renewal", "Lead cost"})
	for _, p := range all {
		if p.byForm {
			continue
		}
		out.Write([]string{
			p.email, p.role, p.firstName, p.company, number(p.employees), p.buyBy, p.zone, p.firstSeen.Format(time.RFC3339),
			yesNo(p.consent), yesNo(p.customer), p.renewal, p.cost,
		})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	return nil
}

// event is one line of events.jsonl; its fields stand beside the first four.
type event struct {
	ID      string    `json:"id"`
	Contact string    `json:"contact"`
	Event   string    `json:"event"`
	At      time.Time `json:"at"`

	Offer   string `json:"offer,omitempty"`
	Link    string `json:"link,omitempty"`
	Hard    *bool  `json:"hard,omitempty"`
	Page    string `json:"page,omitempty"`
	Topic   string `json:"topic,omitempty"`
	Webinar string `json:"webinar,omitempty"`
	Task    string `json:"task,omitempty"`
	Amount  int    `json:"amount,omitempty"`
	Plan    string `json:"plan,omitempty"`

	// What a form says about the contact.
	Role      string `json:"role,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Company   string `json:"company,omitempty"`
	Employees int    `json:"employees,omitempty"`
	Consent   *bool  `json:"consent,omitempty"`
}

func writeEvents(w io.Writer, events []event) error {
	out := json.NewEncoder(w)
	for i, e := range events {
		e.ID = fmt.Sprintf("e%05d", i+1)
		if err := out.Encode(e); err != nil {
			return fmt.Errorf("write event %s: %w", e.ID, err)
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
