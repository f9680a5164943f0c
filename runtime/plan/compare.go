package plan

import (
	"cmp"
	"maps"
	"math"
	goruntime "runtime"
	"slices"

	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
)

// comparison counts what differs between the futures of contacts. Each worker counts for itself.
type comparison struct {
	at      int64
	running *compile.Program
	next    *compile.Program
	renamed map[string]string // stages that are no more, by what they are called where `migrate` leads
	same    map[string][]int  // offers of the playbook that runs, by what they say to whoever gets them
	says    [][]string        // by offer of the next
	only    string
	parts   []*tally
}

type tally struct {
	effects                        map[effect]*counted
	repeats, silent, migrated, cut map[string]*Count
	contacts                       int64
	affected                       Windows
	story                          *Story
	differing                      map[said]*instants // of the contact that is looked at
}

// workers is how many goroutines Foresee has.
func workers() int { return goruntime.GOMAXPROCS(0) }

// said is what decisions say, whichever playbook and instant they are of.
type said struct {
	kind engine.Kind
	what string
}

type effect struct {
	said
	how How
}

type counted struct {
	Windows
	examples []string
}

// instants are when something is decided under either version, and not in the same way under the other.
type instants struct{ was, is []decided }

type decided struct {
	at     int64
	until  int64
	detail string
}

func newComparison(o *Options, at int64) *comparison {
	c := &comparison{at: at, running: o.Running.Program, next: o.Next.Program, only: o.Contact, renamed: map[string]string{}}
	for i := range c.running.Stages {
		name := c.running.Stages[i].Name
		if to := c.next.Migration(name); to >= 0 && c.next.StageIndex(name) == compile.None {
			c.renamed[name] = c.next.Stages[to].Name
		}
	}
	c.letters(o)
	for range workers() {
		c.parts = append(c.parts, &tally{
			effects: map[effect]*counted{}, repeats: map[string]*Count{}, silent: map[string]*Count{}, migrated: map[string]*Count{}, cut: map[string]*Count{},
			differing: map[said]*instants{},
		})
	}
	return c
}

// contact compares the futures of a contact under the playbook that runs and the next.
func (c *comparison) contact(worker int, key string, futures []runtime.Future) {
	t := c.parts[worker]
	t.contacts++
	was, is := &futures[0], &futures[1]
	if was.Cut {
		note(t.cut, "more inputs wait for them than are taken at a time", key)
		return
	}
	if c.alike(was.Rows, is.Rows) {
		c.rest(t, key, was, is)
		return
	}
	clear(t.differing)
	c.differ(t.differing, was.Rows, is.Rows)
	first := int64(math.MaxInt64)
	for what, when := range t.differing {
		both := min(len(when.was), len(when.is))
		for how, at := range [...][]decided{Comes: when.is[both:], Goes: when.was[both:]} {
			if len(at) > 0 {
				first = min(first, c.count(t, effect{what, How(how)}, at[0].at, key))
			}
		}
		if both > 0 { // as often, but at other times
			first = min(first, c.count(t, effect{what, Shifts}, min(when.was[0].at, when.is[0].at), key))
		}
	}
	c.within(&t.affected, first)
	c.rest(t, key, was, is)
}

// rest is what is told of every contact, whether or not something else happens to it.
func (c *comparison) rest(t *tally, key string, was, is *runtime.Future) {
	for i := range is.Rows {
		if row := &is.Rows[i]; row.Kind == engine.Moved && row.Gone != "" {
			note(t.migrated, row.Gone+" -> "+row.To, key)
		}
	}
	c.repeated(t, key, was, is)
	if idle(is) && !idle(was) {
		for _, pos := range is.State.Tracks {
			if pos.Stage >= 0 {
				note(t.silent, c.next.Stages[pos.Stage].Name, key)
			}
		}
	}
	if key == c.only {
		t.story = &Story{Running: lines(c.running, was.Rows), Next: lines(c.next, is.Rows)}
	}
}

// count counts a contact from an instant on, and gives that.
func (c *comparison) count(t *tally, e effect, at int64, key string) int64 {
	of := t.effects[e]
	if of == nil {
		of = &counted{}
		t.effects[e] = of
	}
	c.within(&of.Windows, at)
	of.examples = with(of.examples, key)
	return at
}

// within counts one more in those windows that have the instant.
func (c *comparison) within(in *Windows, at int64) {
	for w, end := range ends {
		if at < c.at+end {
			in[w]++
		}
	}
}

// with adds a key to some examples: those that are first of all.
func with(keys []string, key string) []string {
	if slices.Contains(keys, key) {
		return keys
	}
	keys = append(keys, key)
	slices.Sort(keys)
	return keys[:min(len(keys), examples)]
}

func note(of map[string]*Count, what, key string) {
	n := of[what]
	if n == nil {
		n = &Count{What: what}
		of[what] = n
	}
	n.Contacts++
	n.Examples = with(n.Examples, key)
}

// alike says that both versions decide the same, as most contacts are not touched by a change.
func (c *comparison) alike(was, is []engine.Row) bool {
	return len(c.renamed) == 0 && slices.EqualFunc(was, is, func(a, b engine.Row) bool {
		return a.At == b.At && a.Kind == b.Kind && a.To == b.To && a.ToAt == b.ToAt && a.Reason == b.Reason && a.Detail == b.Detail && a.Gone == b.Gone &&
			where(c.running, &a) == where(c.next, &b) && (a.Offer < 0) == (b.Offer < 0) && (a.Offer < 0 || c.running.Offers[a.Offer].Name == c.next.Offers[b.Offer].Name)
	})
}

// differ finds what is not decided at the same instant, and in the same way, under both versions. That `migrate` moves a
// contact is told apart; stages that it leads away from are called as those to which it leads, for it is the same stay.
func (c *comparison) differ(into map[said]*instants, was, is []engine.Row) {
	add := func(p *compile.Program, renamed map[string]string, rows []engine.Row, list func(*instants) *[]decided) {
		for i := range rows {
			row := &rows[i]
			if row.Kind == engine.Moved && row.Gone != "" {
				continue
			}
			says := said{row.Kind, what(p, renamed, row)}
			when := into[says]
			if when == nil {
				when = new(instants)
				into[says] = when
			}
			to := list(when)
			*to = append(*to, decided{row.At, row.ToAt, row.Detail})
		}
	}
	add(c.running, c.renamed, was, func(i *instants) *[]decided { return &i.was })
	add(c.next, nil, is, func(i *instants) *[]decided { return &i.is })
	for says, when := range into {
		when.was, when.is = apart(when.was, when.is)
		if len(when.was)+len(when.is) == 0 {
			delete(into, says)
		}
	}
}

// apart leaves out of two lists, each in the order of time, what is in both.
func apart(a, b []decided) (onlyA, onlyB []decided) {
	both := map[decided]int{}
	for _, d := range a {
		both[d]++
	}
	for _, d := range b {
		if both[d]--; both[d] < 0 {
			onlyB = append(onlyB, d)
		}
	}
	for _, d := range slices.Backward(a) { // the last of those that say the same: they stand for one another
		if both[d] > 0 {
			both[d]--
			onlyA = append(onlyA, d)
		}
	}
	slices.Reverse(onlyA)
	return onlyA, onlyB
}

// where is the stage of a row, program.stage, or its program.
func where(p *compile.Program, row *engine.Row) string {
	switch {
	case row.Stage >= 0:
		return p.Stages[row.Stage].Name
	case row.Program >= 0:
		return p.Programs[row.Program].Name
	default:
		return row.Gone
	}
}

// what is what a row says, whichever playbook and instant it is of.
func what(p *compile.Program, renamed map[string]string, row *engine.Row) string {
	where, to := where(p, row), cmp.Or(renamed[row.To], row.To)
	where = cmp.Or(renamed[where], where)
	in := ""
	if where != "" {
		in = " (" + where + ")"
	}
	switch row.Kind {
	case engine.Entered:
		return where
	case engine.Moved:
		return where + " -> " + to
	case engine.Sent:
		return p.Offers[row.Offer].Name + in
	case engine.Held, engine.Refused:
		return row.Reason + in
	case engine.Exhausted:
		return where
	case engine.Handed, engine.Withdrawn:
		return row.To + in
	default:
		return cmp.Or(row.Detail, row.To, row.Reason) + in
	}
}

func lines(p *compile.Program, rows []engine.Row) (all []Line) {
	for i := range rows {
		all = append(all, Line{rows[i].At, rows[i].Kind.String() + " " + what(p, nil, &rows[i]), rows[i].By})
	}
	return all
}

// into puts what the workers counted into the plan.
func (c *comparison) into(p *Plan) {
	effects := map[effect]*counted{}
	sums := [4]map[string]*Count{{}, {}, {}, {}}
	for _, t := range c.parts {
		p.Contacts += t.contacts
		if t.story != nil {
			p.Story = t.story
		}
		for w := range ends {
			p.Affected[w] += t.affected[w]
		}
		for e, n := range t.effects {
			if effects[e] == nil {
				effects[e] = &counted{}
			}
			for w := range ends {
				effects[e].Windows[w] += n.Windows[w]
			}
			for _, key := range n.examples {
				effects[e].examples = with(effects[e].examples, key)
			}
		}
		for i, of := range []map[string]*Count{t.repeats, t.silent, t.migrated, t.cut} {
			for what, n := range of {
				if sums[i][what] == nil {
					sums[i][what] = &Count{What: what}
				}
				sums[i][what].Contacts += n.Contacts
				for _, key := range n.Examples {
					sums[i][what].Examples = with(sums[i][what].Examples, key)
				}
			}
		}
	}
	p.Repeats, p.Silent, p.Migrated, p.Cut = sorted(sums[0]), sorted(sums[1]), sorted(sums[2]), sorted(sums[3])
	for e := range maps.Keys(effects) {
		p.Effects = append(p.Effects, Effect{e.kind, e.what, e.how, effects[e].Windows, effects[e].examples})
	}
	slices.SortFunc(p.Effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(b.Contacts[2], a.Contacts[2]), cmp.Compare(a.What, b.What), cmp.Compare(a.How, b.How))
	})
}

// rank puts first what whoever decides wants to know first.
func rank(k engine.Kind) int {
	order := []engine.Kind{engine.Failed, engine.Moved, engine.Entered, engine.Sent, engine.Handed, engine.Withdrawn, engine.TaskOpened}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order) + int(k)
}
