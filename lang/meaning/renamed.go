package meaning

import (
	"slices"
	"strings"
)

// renamed takes for one what was removed under one name and added under another, where the playbook says so: stages and
// programs by its `migrate` lines, offers by the content that they have. What else became of it follows.
func (d *differ) renamed(after []*Part) {
	found := d.found
	was := map[*Part]*Part{} // what has another name now: what it was
	gone := map[*Part]bool{}
	for i := range found {
		if found[i].What != Removed {
			continue
		}
		for j := range found {
			if found[j].What == Added && was[found[j].New] == nil && became(&found[i], &found[j], after) {
				was[found[j].New], gone[found[i].Old] = found[i].Old, true
				break
			}
		}
	}
	d.found = nil
	for _, c := range found {
		switch old := was[c.New]; {
		case c.What == Removed && gone[c.Old]:
		case c.What == Added && old != nil:
			d.in = c.In
			d.add(Renamed, old, c.New)
			d.in = append(slices.Clone(c.In), c.New)
			d.parts(old.Parts, c.New.Parts)
		default:
			d.found = append(d.found, c)
		}
	}
}

func became(gone, come *Change, after []*Part) bool {
	if gone.Old.Kind != come.New.Kind {
		return false
	}
	switch gone.Old.Kind {
	case "offer":
		was, is := content(gone.Old), content(come.New)
		return was != "" && was == is
	case "stage":
		return migrates(after, path(gone.In, gone.Old), path(come.In, come.New))
	case "program":
		return slices.ContainsFunc(gone.Old.Parts, func(stage *Part) bool {
			return stage.Kind == "stage" && migrates(after, path([]*Part{gone.Old}, stage), path([]*Part{come.New}, stage))
		})
	default:
		return false
	}
}

// content is the line of an offer that says what is in it.
func content(offer *Part) string {
	for _, p := range offer.Parts {
		if p.Kind == "content" {
			return p.bare
		}
	}
	return ""
}

// path is program.stage.
func path(in []*Part, stage *Part) string {
	if len(in) == 0 {
		return stage.Name
	}
	return in[len(in)-1].Name + "." + stage.Name
}

func migrates(after []*Part, from, to string) bool {
	return slices.ContainsFunc(after, func(p *Part) bool {
		_, target, _ := strings.Cut(p.bare, "->")
		return p.Kind == "migrate" && p.Name == from && target == to
	})
}
