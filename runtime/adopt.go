package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"nurture/lang/compile"
)

// DroppedError says that a playbook drops stages in which contacts stand and has no `migrate` line for them. Nothing
// was changed.
type DroppedError struct {
	Stages []DroppedStage
}

// DroppedStage is a stage that the playbook has no more.
type DroppedStage struct {
	Stage    string // program.stage
	Contacts int64
	Nearest  string // the stage whose name is most like it, "" when the playbook has none
}

func (e *DroppedError) Error() string {
	var text strings.Builder
	text.WriteString("the playbook drops stages in which contacts are; nothing was changed. Say where they go, for instance:")
	for _, d := range e.Stages {
		to := d.Nearest
		if to == "" {
			to = "done"
		}
		fmt.Fprintf(&text, "\n  migrate %s -> %s    // %s", d.Stage, to, contacts(d.Contacts))
	}
	text.WriteString("\nnurturec plan says what that would do to them.")
	return text.String()
}

// adopt makes the playbook the one that runs.
func (r *run) adopt() error {
	was, err := r.store.Playbook()
	if err != nil {
		return err
	}
	if was != "" && was != r.Program.Hash {
		if err := r.refuseStranding(); err != nil {
			return err
		}
	}
	changed, err := r.store.Adopt(r.Program.Hash, r.Sources, r.arrivals())
	if changed && was != "" {
		r.notes = append(r.notes, "the playbook has changed since the run before: every contact was looked at once")
	}
	return err
}

func (r *run) refuseStranding() error {
	standing, err := r.store.Census()
	if err != nil {
		return err
	}
	stood := func(stage string) bool { return standing[stage] > 0 } // what else there was before, nobody needs to know
	if dropped := Dropped(r.Program, standing, stood); len(dropped) > 0 {
		return &DroppedError{dropped}
	}
	if crowds, err := Crowds(r.store, r.Program); err != nil || len(crowds) > 0 {
		return cmp.Or(err, error(&CrowdedError{crowds}))
	}
	return nil
}

// Dropped gives the stages in which contacts stand that a playbook has no more, and no `migrate` line for, by name. Was says
// which stages there were before: the one that is meant is rather among the others.
func Dropped(p *compile.Program, standing map[string]int64, was func(stage string) bool) (dropped []DroppedStage) {
	for stage, contacts := range standing {
		if p.StageIndex(stage) == compile.None && p.Migration(stage) == compile.None {
			dropped = append(dropped, DroppedStage{stage, contacts, nearest(p, stage, was)})
		}
	}
	slices.SortFunc(dropped, func(a, b DroppedStage) int { return strings.Compare(a.Stage, b.Stage) })
	return dropped
}

func nearest(p *compile.Program, stage string, was func(stage string) bool) string {
	const known = 1000 // more than any name is long
	best, distance := "", 0
	for i := range p.Stages {
		name := p.Stages[i].Name
		d := levenshtein.ComputeDistance(stage, name)
		if was(name) {
			d += known
		}
		if best == "" || d < distance {
			best, distance = name, d
		}
	}
	return best
}
