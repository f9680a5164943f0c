package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nurture/lang/compile"
	"nurture/runtime/store"
)

// CrowdedError says that a playbook would have contacts in two programs of one track, of which they would fall out of
// one: it puts a program on another track, or a `migrate` line leads there. Nothing was changed.
type CrowdedError struct {
	Places []Crowded
}

// Crowded are contacts that stand in stages of two tracks of which a playbook makes one.
type Crowded struct {
	Track       string // that has room for one of the stages
	Stays, Lost string // stages as they were: the contacts would be in the first, and fall out of the other
	Contacts    int64
	gone        bool // Lost is no stage of the playbook
}

// Mend says what would do.
func (c *Crowded) Mend() string {
	if c.gone {
		return "migrate " + c.Lost + " -> done"
	}
	program, _, _ := strings.Cut(c.Lost, ".")
	return "leave program " + program + " on a track of its own"
}

func (e *CrowdedError) Error() string {
	var text strings.Builder
	text.WriteString("the playbook has contacts in two programs of one track, which has room for one; nothing was changed. This would do:")
	for i := range e.Places {
		c := &e.Places[i]
		fmt.Fprintf(&text, "\n  %s    // %s in %s and %s, both on track %s now", c.Mend(), contacts(c.Contacts), c.Stays, c.Lost, c.Track)
	}
	return text.String()
}

func contacts(n int64) string {
	if n == 1 {
		return "1 contact"
	}
	return fmt.Sprint(n, " contacts")
}

// Crowds gives the contacts of a store that would fall out of a program because a playbook puts two of theirs on one
// track.
func Crowds(s *store.Store, p *compile.Program) ([]Crowded, error) {
	var crowd Crowd
	err := s.OnTracks(func(_ string, at []store.Standing) { crowd.Add(p, at) })
	return crowd.Found(), err
}

// Crowd gathers crowded places of contacts.
type Crowd struct{ found []Crowded }

// Add adds those of a contact that stands in these stages, track by track.
func (all *Crowd) Add(p *compile.Program, at []store.Standing) {
	for _, c := range crowded(p, at) {
		c.Contacts = 1
		all.add(c)
	}
}

// Join adds those of another crowd.
func (all *Crowd) Join(other *Crowd) {
	for _, c := range other.found {
		all.add(c)
	}
}

func (all *Crowd) add(c Crowded) {
	for i := range all.found {
		if o := &all.found[i]; o.Track == c.Track && o.Stays == c.Stays && o.Lost == c.Lost {
			o.Contacts += c.Contacts
			return
		}
	}
	all.found = append(all.found, c)
}

// Found gives them by the names of the stages.
func (all *Crowd) Found() []Crowded {
	slices.SortFunc(all.found, func(a, b Crowded) int { return cmp.Or(cmp.Compare(a.Stays, b.Stays), cmp.Compare(a.Lost, b.Lost)) })
	return all.found
}

// crowded says which places of one contact fall together. It goes as the contact's state is read and then migrated: a
// stage takes the room of its track, one that is gone that of its old track until it is left.
func crowded(p *compile.Program, at []store.Standing) (found []Crowded) {
	room := map[int]string{} // by track: the stage that has it
	take := func(track int, stage string, gone bool) {
		if first, taken := room[track]; taken && first != stage {
			found = append(found, Crowded{Track: p.Tracks[track].Name, Stays: first, Lost: stage, gone: gone})
			return
		}
		room[track] = stage
	}
	trackOf := func(stage int) int { return p.Programs[p.Stages[stage].Program].Track }
	for _, place := range at {
		if stage := p.StageIndex(place.Stage); stage != compile.None {
			take(trackOf(stage), place.Stage, false)
		}
	}
	for _, place := range at {
		to := p.Migration(place.Stage)
		if p.StageIndex(place.Stage) != compile.None {
			continue
		}
		track := slices.IndexFunc(p.Tracks, func(t compile.Track) bool { return t.Name == place.Track })
		switch {
		case to >= 0:
			take(trackOf(to), place.Stage, true)
		case track >= 0 && room[track] != "":
			// It leaves, and what came to its track would be taken for it.
			found = append(found, Crowded{Track: place.Track, Stays: place.Stage, Lost: room[track]})
		}
	}
	return found
}
