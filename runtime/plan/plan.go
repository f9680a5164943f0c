// Package plan foresees what another version of a playbook would do to the contacts that are in it: what changes in
// meaning, who would move, be sent something, or be left behind because of it. Make is the door. Both versions are played by
// the step of a run, over all contacts of the store and with no new events; nothing is changed.
package plan

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/lang/meaning"
	"nurture/runtime"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// Options say what is planned.
type Options struct {
	Store    *store.Store // opened by Read
	Running  *Version     // the playbook that runs
	Next     *Version     // the one that would
	At       *int64       // when it would take over from the one that runs; nil: where the store stands
	Contact  string       // also tell all of this contact's future; "": of nobody's
	Progress func(done, total int64)
}

// Version is a playbook with the files that it was made of.
type Version struct {
	Program *compile.Program
	Files   map[string]string
}

// Plan is what would come of it.
type Plan struct {
	At       int64            // the new version would run from here
	Changes  []meaning.Change // in meaning, declarations by kind and name
	Messages []string         // content files that say something else; those alone are no change in meaning
	Contacts int64            // that take part

	Crowded  []runtime.Crowded // contacts that would be in two programs of one track: the new version would not run
	Stages   []Stage           // that were changed or dropped, and in which contacts are
	Migrated []Count           // what `migrate` does: `from -> to`
	Effects  []Effect          // what would happen, or would not, because of it
	Repeats  []Count           // sends of what a contact had before, under this or another name: `offer, before as offer`
	Silent   []Count           // stages in which nothing would happen any more without an answer, where something would have
	Cut      []Count           // contacts for whom so much waits that nothing of theirs is foreseen
	Affected Windows           // contacts that any of it happens to
	Story    *Story            // of Options.Contact
}

// Windows are counts of contacts within a time from Plan.At on, each with what the one before it has.
type Windows [3]int64

// Times of the Windows: at once, within 24 hours and within 30 days.
var Times = [...]string{"at once", "24h", "30d"}

const month = 30 * 86400

// ends are the first instants that are no more in the windows, from Plan.At on.
var ends = [...]int64{1, 86400, month}

type (
	// Stage is one of the playbook that runs.
	Stage struct {
		Name     string // program.stage
		Contacts int64
		Dropped  bool
		Stranded bool   // dropped, and no `migrate` says where its contacts go: the new version would not run
		Nearest  string // of one that is stranded: the stage of the new version whose name is most like it
	}
	// Count is how many contacts something is so of, with the keys of some.
	Count struct {
		What     string
		Contacts int64
		Examples []string
	}
	// Effect is one kind of thing that happens to contacts under one version and not, or not then, under the other.
	Effect struct {
		Kind     engine.Kind
		What     string // `learn -> done`, the offer and its stage, …
		How      How
		Contacts Windows // from the first instant on at which they differ
		Examples []string
	}
	// Story is the next 30 days of one contact under both versions.
	Story struct {
		Running, Next []Line
	}
	// Line is one decision.
	Line struct {
		At   int64
		What string
		By   string // file:line
	}
)

// How the versions differ in something.
type How uint8

const (
	Comes  How = iota // it happens more often than under the version that runs
	Goes              // less often
	Shifts            // as often, at another time or in another way
)

// Stranding says whether there are contacts that the new version has no place for, so that it would not run.
func (p *Plan) Stranding() bool {
	return len(p.Crowded) > 0 || slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.Stranded })
}

// examples is how many keys are told of what is counted.
const examples = 3

// BeforeError says that a plan was asked for from an instant that the store is past.
type BeforeError struct{ Clock int64 } // where the store stands

func (e *BeforeError) Error() string { return "the store is past that instant" }

// Make makes a plan. The error is a *BeforeError, or that of the store or of ctx.
func Make(ctx context.Context, o Options) (*Plan, error) {
	clock, _, err := o.Store.Clock()
	if err != nil {
		return nil, err
	}
	p := &Plan{
		At:      *cmp.Or(o.At, &clock),
		Changes: meaning.Between(meaning.Of(o.Running.Program.Playbook.Files), meaning.Of(o.Next.Program.Playbook.Files)),
	}
	if p.At < clock {
		return nil, &BeforeError{clock}
	}
	p.Messages = messages(o.Running, o.Next)
	if err := p.stages(ctx, &o, clock); err != nil {
		return nil, err
	}
	all, _, err := o.Store.Contacts()
	if p.Contacts = all; err != nil || p.Stranding() { // nobody can say what comes of those who have no place
		return p, err
	}
	p.Contacts = 0
	c := newComparison(&o, p.At)
	told := func(done int) {
		if o.Progress != nil {
			o.Progress(int64(done), all)
		}
	}
	if err := runtime.Foresee(ctx, o.Store, []*compile.Program{o.Running.Program, o.Next.Program}, p.At, p.At+month, c.contact, told); err != nil {
		return nil, err
	}
	if now, _, err := o.Store.Clock(); err != nil || now != clock {
		return nil, cmp.Or(err, errors.New("a run went on while the plan was made: make it again"))
	}
	c.into(p)
	return p, nil
}

// messages are the files that are no part of the playbook's meaning and say something else.
func messages(running, next *Version) (names []string) {
	for name, text := range next.Files {
		was, there := running.Files[name]
		if there && was != text && !strings.HasSuffix(name, ".nurture") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// stageOf is the stage that a change is in, or is, program.stage.
func stageOf(c *meaning.Change) string {
	path := c.In
	for _, own := range []*meaning.Part{c.Old, c.New} {
		if own != nil && own.Kind == "stage" {
			path = append(slices.Clone(c.In), own)
			break
		}
	}
	if len(path) < 2 || path[0].Kind != "program" || path[1].Kind != "stage" {
		return ""
	}
	return path[0].Name + "." + path[1].Name
}

// sorted gives counts by what they are of.
func sorted(of map[string]*Count) []Count {
	var all []Count
	for _, c := range of {
		slices.Sort(c.Examples)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Contacts, a.Contacts), cmp.Compare(a.What, b.What)) })
	return all
}

// idle says whether nothing more happens to a contact that stands in a stage, unless it does something.
func idle(f *runtime.Future) bool { return f.Due == calendar.Never }
