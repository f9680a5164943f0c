package plan

import (
	"cmp"
	"maps"
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
	says    []string          // by offer of the next
	only    string
	parts   []*tally
}

type tally struct {
	effects                   map[effect]*counted
	repeats, silent, migrated map[string]*Count
	contacts                  int64
	affected                  Windows
	story                     *Story
	is, was                   map[effect][len(ends)]int // of the contact that is looked at
}

type effect struct {
	kind engine.Kind
	what string
	lost bool
}

type counted struct {
	Windows
	examples []string
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
	for range goruntime.GOMAXPROCS(0) {
		c.parts = append(c.parts, &tally{
			effects: map[effect]*counted{}, repeats: map[string]*Count{}, silent: map[string]*Count{}, migrated: map[string]*Count{},
			is: map[effect][len(ends)]int{}, was: map[effect][len(ends)]int{},
		})
	}
	return c
}

// contact compares the futures of a contact under the playbook that runs and the next.
func (c *comparison) contact(worker int, key string, futures []runtime.Future) {
	t := c.parts[worker]
	t.contacts++
	was, is := &futures[0], &futures[1]
	clear(t.was)
	clear(t.is)
	c.read(t.was, c.running, c.renamed, was.Rows)
	c.read(t.is, c.next, nil, is.Rows)
	first := len(ends)
	for e, n := range t.is {
		first = min(first, t.more(e, n, t.was[e], key))
	}
	for e, n := range t.was {
		e.lost = true
		first = min(first, t.more(e, n, t.is[effect{e.kind, e.what, false}], key))
	}
	for w := first; w < len(ends); w++ {
		t.affected[w]++
	}
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

// more counts what happens to a contact more often than under the other version, and gives the first window in which it
// does; len(ends) where it does in none.
func (t *tally) more(e effect, n, other [len(ends)]int, key string) (first int) {
	first = len(ends)
	for w := range ends {
		if n[w] <= other[w] {
			continue
		}
		first = min(first, w)
		of := t.effects[e]
		if of == nil {
			of = &counted{}
			t.effects[e] = of
		}
		of.Windows[w]++
		of.examples = with(of.examples, key)
	}
	return first
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

// read counts what rows say, by window: each with what those before it have. That `migrate` moves a contact is told apart;
// stages that it leads away from are called as those to which it leads, for it is the same stay.
func (c *comparison) read(into map[effect][len(ends)]int, p *compile.Program, renamed map[string]string, rows []engine.Row) {
	for i := range rows {
		row := &rows[i]
		if row.Kind == engine.Moved && row.Gone != "" {
			continue
		}
		e := effect{kind: row.Kind, what: what(p, renamed, row)}
		n := into[e]
		for w := c.window(row.At); w < len(ends); w++ {
			n[w]++
		}
		into[e] = n
	}
}

// what is what a row says, whichever playbook and instant it is of.
func what(p *compile.Program, renamed map[string]string, row *engine.Row) string {
	where, to := row.Gone, cmp.Or(renamed[row.To], row.To)
	switch {
	case row.Stage >= 0:
		where = p.Stages[row.Stage].Name
	case row.Program >= 0:
		where = p.Programs[row.Program].Name
	}
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
	sums := [3]map[string]*Count{{}, {}, {}}
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
		for i, of := range []map[string]*Count{t.repeats, t.silent, t.migrated} {
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
	p.Repeats, p.Silent, p.Migrated = sorted(sums[0]), sorted(sums[1]), sorted(sums[2])
	for e := range maps.Keys(effects) {
		p.Effects = append(p.Effects, Effect{e.kind, e.what, e.lost, effects[e].Windows, effects[e].examples})
	}
	slices.SortFunc(p.Effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(b.Contacts[2], a.Contacts[2]), cmp.Compare(a.What, b.What), cmp.Compare(lost(a), lost(b)))
	})
}

// rank puts first what whoever decides wants to know first.
func rank(k engine.Kind) int {
	order := []engine.Kind{engine.Moved, engine.Entered, engine.Sent, engine.Handed, engine.Withdrawn, engine.TaskOpened}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order) + int(k)
}

func lost(e Effect) int {
	if e.Lost {
		return 1
	}
	return 0
}
