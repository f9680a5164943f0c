package proof

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A world is a playbook and what happens to its contacts: a list of visits, each a run with the files that it is given.
type world struct {
	seed   uint64
	books  []*book // the second is a later version of the first
	visits []*visit
	keys   []string
}

type visit struct {
	book     int
	live     bool
	from, to int64 // live: to is what the wall clock shows
	header   []string
	people   [][]string // lines of the contacts file
	events   []*line
}

// line is a line of an events file.
type line struct {
	key   string
	event happening
	says  map[string]any // beside contact, event and at
	text  string
}

func (l *line) write() {
	all := map[string]any{"contact": l.key, "event": l.event.event, "at": stamp(l.event.at)}
	for name, v := range l.says {
		all[name] = v
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	l.text = string(text)
}

const worldDays = 45

func newMaker(seed uint64) *maker {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 20260302))}
	m.day = day(m.pick(starts...))
	return m
}

// makeWorld makes the world of a seed.
func makeWorld(seed uint64) *world {
	m := newMaker(seed)
	w := &world{seed: seed, books: []*book{makeBook(m)}}
	begin := m.day*86400 + int64(m.n(24))*3600
	for i := range 3 + m.n(4) {
		w.keys = append(w.keys, fmt.Sprintf("c%d@example.com", i+1))
	}
	strangers := []string{"new@example.com", "nobody@example.com"}

	visits := 1 + m.n(3)
	second := visits // the visit from which on the playbook is another
	if visits > 1 && m.chance(40) {
		second = 1 + m.n(visits-1)
		w.books = append(w.books, revised(seed))
	}
	live := m.chance(35)
	to := begin
	cells := map[string][]string{}
	for i := range visits {
		v := &visit{live: live || i > 0 && m.chance(10), from: begin}
		if i >= second {
			v.book = 1
		}
		to += int64(worldDays*86400) / int64(visits)
		if v.live && m.chance(50) && i > 0 {
			to += int64(m.n(7)) * 86400 // the wall clock jumps
		}
		v.to = to
		latest := begin
		for _, x := range w.visits {
			latest = max(latest, x.to)
		}
		if v.live && i > 0 && m.chance(20) {
			v.to = latest - int64(m.n(50)) // and runs back a little
		}
		if i == 0 || m.chance(70) {
			m.contactsFile(w, v, begin, cells)
		}
		for range 4 + m.n(50) {
			key := w.keys[m.n(len(w.keys))]
			if m.chance(6) {
				key = m.pick(strangers...)
			}
			l := &line{key: key}
			l.event.at = begin + int64(m.n(worldDays*86400/1800))*1800 // half hours meet windows and timers
			if l.event.at < latest && m.chance(75) {                   // most files are fresh
				l.event.at = latest + int64(m.n(int(max(1, (begin+worldDays*86400-latest)/1800))))*1800
			}
			if m.chance(40) {
				l.event.at += int64(m.n(3)-1) + int64(m.n(4)/3*m.n(3000))
			}
			m.happens(l, i)
			v.events = append(v.events, l)
			for m.chance(8) { // twice, perhaps in another file
				v.events = append(v.events, l)
			}
		}
		if i > 0 && m.chance(50) { // files that come again
			again := w.visits[m.n(i)].events
			v.events = append(v.events, again[:m.n(len(again)+1)]...)
		}
		w.visits = append(w.visits, v)
	}
	if live { // more runs of the wall clock, with nothing new
		w.visits = m.moreVisits(w.visits)
	}
	return w
}

func (m *maker) moreVisits(visits []*visit) (all []*visit) {
	for i, v := range visits {
		all = append(all, v)
		until := v.to + 20*86400
		if i+1 < len(visits) {
			until = visits[i+1].to
		}
		for at := v.to; at < until; {
			at += int64(1+m.n(3*48)) * 1800
			if at < until {
				all = append(all, &visit{live: true, from: v.from, to: at, book: v.book})
			}
		}
	}
	return all
}

// contactsFile writes who is there, or the same people again with changes.
func (m *maker) contactsFile(w *world, v *visit, begin int64, before map[string][]string) {
	columns := []string{"seen", "role", "name", "size", "due", "likes", "zone", "consent", "vip"}
	if m.b.key == "id" {
		columns = append(columns, "mail")
	}
	missing := -1
	if len(before) > 0 && m.chance(40) {
		missing = 1 + m.n(len(columns)-1)
	}
	v.header = []string{m.b.key}
	for i, c := range columns {
		if i != missing {
			v.header = append(v.header, c)
		}
	}
	for _, i := range m.Perm(len(w.keys)) {
		key := w.keys[i]
		was := before[key]
		if was != nil && m.chance(20) {
			continue
		}
		if was == nil {
			was = make([]string, len(columns))
			for i, c := range columns {
				was[i] = m.cell(c, begin)
			}
		} else {
			was = slices.Clone(was)
			for i, c := range columns[1:] { // when somebody was seen first stays what it is
				if m.chance(20) {
					was[i+1] = m.cell(c, begin)
				}
			}
		}
		before[key] = was
		out := []string{key}
		for i := range columns {
			if i != missing {
				out = append(out, was[i])
			}
		}
		v.people = append(v.people, out)
		if m.chance(5) {
			v.people = append(v.people, out)
		}
	}
}

func (m *maker) cell(column string, begin int64) string {
	if m.chance(15) {
		return ""
	}
	switch column {
	case "seen":
		return stamp(begin + int64(m.n(2*48)-10)*1800*int64(1+m.n(8)))
	case "role":
		return m.pick("dev", "it", "user")
	case "name":
		return m.pick("Ann", "Bob", "anna")
	case "size":
		return fmt.Sprint(m.n(6) * 10)
	case "due":
		return dayText(m.day + int64(m.n(60)))
	case "likes":
		return m.pick("x", "y", "x; y")
	case "zone":
		return m.pick(zones...)
	case "mail":
		return m.pick("ann@example.org", "bob@example.org")
	case "consent":
		return m.pick("yes", "yes", "yes", "no")
	}
	return m.pick("yes", "no")
}

// happens makes up what happens.
func (m *maker) happens(l *line, visit int) {
	l.says = map[string]any{}
	e := &l.event
	e.fields, e.told = map[string]value{}, map[string]value{}
	say := func(name string, v value, out any) { e.fields[name], l.says[name] = v, out }
	names := append([]string{"unsubscribed", "complained", "resubscribed", "task_done", "clicked", "clicked", "opened"}, outside...)
	for _, h := range m.b.handoffs {
		names = append(names, h.name+".accepted", h.name+".won", h.name+".lost", h.name+".lost")
	}
	e.event = m.pick(names...)
	about := func(percent int) {
		if m.chance(percent) {
			e.offer = m.anyOffer().name
			l.says["offer"] = e.offer
		}
	}
	switch e.event {
	case "visited":
		if m.chance(80) {
			page := m.pick("/p", "/pricing", "/blog")
			say("page", text(page), page)
		}
		t := m.pick(m.b.topics...)
		say("topic", text(t), t)
		if m.chance(70) {
			n := m.n(5)
			say("n", number(float64(n)), n)
		}
	case "bought":
		if m.chance(80) {
			say("plan", text("pro"), "pro")
		}
		n := 5 * m.n(5)
		say("amount", number(float64(n)), n)
	case "asked":
		about(60)
	case "moved":
		z := m.pick(zones...)
		say("zone", text(z), z)
	case "agreed":
		is := m.chance(75)
		say("yes", yes(is), is)
	case "task_done":
		t := m.pick("call", "write")
		e.task = t
		say("task", text(t), t)
	case "submitted":
		about(50)
		for _, f := range m.b.fields {
			if f.name == m.b.key || f.name == "seen" || f.name == "mail" || !m.chance(25) {
				continue
			}
			cell := m.cell(f.name, 0)
			if cell == "" {
				continue
			}
			e.told[f.name], l.says[f.name] = read(f, cell), cell
		}
	default:
		if !strings.Contains(e.event, ".") {
			about(80)
		}
	}
	if m.chance(70) {
		l.says["id"] = fmt.Sprintf("e%d-%d", visit, m.Uint32())
	}
	l.write()
}

// read is the value of a cell.
func read(f *field, cell string) value {
	switch f.is {
	case "bool":
		return yes(cell == "yes")
	case "number":
		var n float64
		fmt.Sscan(cell, &n)
		return number(n)
	case "date":
		return number(float64(day(cell)))
	case "time":
		return number(float64(instant(cell)))
	}
	return text(cell)
}

// The model of a run: files in, then every contact through its time.

// input is what waits for a contact.
type input struct {
	at      int64
	n       int // of its arrival
	arrives bool
	event   *happening
	changes map[string]value
}

type state struct {
	people   map[string]*known
	clock    int64
	started  bool
	book     *book
	arrivals int
	rejected int
}

type known struct {
	*person
	arrived int64
	cells   map[string]string
	ids     map[string]bool // of events that were taken in
	inbox   []*input
	took    int // inputs, ever
}

// waits puts an input into the inbox.
func (k *known) waits(i *input) {
	k.inbox = append(k.inbox, i)
	k.took++
}

// model plays a world, and gives every contact's journal.
func (w *world) model() *state {
	s := &state{people: map[string]*known{}}
	for _, v := range w.visits {
		s.visit(w, v)
	}
	return s
}

func (s *state) visit(w *world, v *visit) {
	clock := s.clock
	if !s.started {
		clock = v.from
		if v.live {
			clock = v.to
		}
		s.started = true
	}
	to := max(v.to, clock)
	b := w.books[v.book]
	adopted := s.book != nil && s.book != b
	s.book = b
	arrivals := clock
	if v.live {
		arrivals = to
	}
	s.takeIn(v, arrivals)
	for _, k := range s.people {
		if adopted {
			k.adopt(b)
		}
		k.through(clock, to, v.live, adopted)
	}
	s.clock = to
}

func (s *state) takeIn(v *visit, arrivals int64) {
	add := func(key string, arrived int64) *known {
		k := &known{person: newPerson(s.book, key), arrived: arrived, cells: map[string]string{}, ids: map[string]bool{}}
		s.people[key] = k
		return k
	}
	last := map[string]bool{}
	for _, cells := range v.people {
		s.arrivals++
		key := cells[0]
		if last[key] {
			s.rejected++
			continue
		}
		last[key] = true
		k, changes := s.people[key], map[string]value{}
		isNew := k == nil
		if isNew {
			k = add(key, arrivals)
		}
		for i, c := range v.header {
			if cells[i] == "" {
				delete(k.cells, c)
				continue
			}
			if k.cells[c] != cells[i] {
				changes[c] = read(s.book.fieldOf(c), cells[i])
			}
			k.cells[c] = cells[i]
		}
		if seen, is := changes["seen"]; is && isNew {
			k.arrived = int64(seen.num)
		}
		if len(changes) > 0 {
			k.waits(&input{at: max(k.arrived, arrivals), n: s.arrivals, changes: changes})
		}
	}
	take := func(k *known, l *line, n int) {
		id := l.text
		if given, is := l.says["id"]; is {
			id = fmt.Sprint(given)
		}
		switch {
		case l.event.at < k.arrived:
			s.rejected++
		case !k.ids[id]:
			k.ids[id] = true
			e := l.event
			k.waits(&input{at: e.at, n: n, event: &e})
		}
	}
	var aside []*line
	var numbers []int
	for _, l := range v.events {
		s.arrivals++
		if k := s.people[l.key]; k != nil {
			take(k, l, s.arrivals)
		} else {
			aside, numbers = append(aside, l), append(numbers, s.arrivals)
		}
	}
	makers := map[string]int64{}
	for _, l := range aside {
		if at, is := makers[l.key]; l.event.event == "submitted" && (!is || l.event.at < at) {
			makers[l.key] = l.event.at
		}
	}
	for key, at := range makers {
		s.arrivals++
		k := add(key, at)
		k.waits(&input{at: max(at, arrivals), n: s.arrivals, changes: map[string]value{s.book.key: text(key)}})
	}
	for i, l := range aside {
		if k := s.people[l.key]; k != nil {
			take(k, l, numbers[i])
		} else {
			s.rejected++
		}
	}
}

// through takes a contact through a span.
func (k *known) through(clock, to int64, live, woken bool) {
	p := k.person
	floor, late, end := clock, clock, to
	if live {
		floor, end = to, to+1
	}
	if p.arrived {
		floor = max(floor, p.stood)
	}
	if !live {
		late = floor
	}
	for {
		slices.SortStableFunc(k.inbox, func(a, b *input) int { return int(a.at - b.at) })
		next := int64(never64)
		if len(k.inbox) > 0 {
			next = max(k.inbox[0].at, floor)
		}
		if p.arrived {
			switch {
			case woken || live && p.stood < floor:
				next = min(next, floor)
			default:
				next = min(next, max(p.next(min(next, end)), floor))
			}
			woken = false
		}
		if next >= end || p.doubt != never64 {
			return
		}
		var in []*input
		for len(k.inbox) > 0 && k.inbox[0].at <= next {
			in = append(in, k.inbox[0])
			k.inbox = k.inbox[1:]
		}
		slices.SortStableFunc(in, func(a, b *input) int {
			if (a.event == nil) != (b.event == nil) {
				if a.event == nil {
					return -1
				}
				return 1
			}
			return a.n - b.n
		})
		for i, x := range in {
			x.arrives = !p.arrived && i == 0
			if x.event != nil {
				x.event.late = x.event.at < late
			}
		}
		p.instant(next, in)
		floor = max(floor, next)
	}
}
