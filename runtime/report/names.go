package report

import (
	"slices"
	"strings"
	"time"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/measure"
	"nurture/runtime/store"
)

// book is one playbook that ran; program is nil where this nurturec finds errors in it.
type book struct {
	program *compile.Program
	since   int64
	codec   *engine.Codec
}

// shelf reads the playbooks that ran. One that came back with the same meaning is read once.
func shelf(versions []store.Version, s *store.Store) []*book {
	books := make([]*book, len(versions))
	for i, v := range versions {
		books[i] = &book{since: v.Since}
		if i > 0 && v.Hash == versions[i-1].Hash {
			books[i].program, books[i].codec = books[i-1].program, books[i-1].codec
			continue
		}
		sources := map[string]string{}
		for name, text := range v.Files {
			if strings.HasSuffix(name, lang.Extension) {
				sources[name] = text
			}
		}
		if loaded := lang.Parse(sources, nil); !loaded.Failed() {
			books[i].program = compile.Compile(loaded.Playbook)
			books[i].codec = engine.NewCodec(books[i].program, s.Intern, s.Text)
		}
	}
	return books
}

// gone is what the playbooks that ran had and the program has no more.
func gone(p *compile.Program, books []*book) (g measure.Gone, handoffs []string) {
	add := func(to *[]string, has bool, name string) {
		if !has && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, b := range books {
		old := b.program
		if old == nil || old == p {
			continue
		}
		for i := range old.Tracks {
			name := old.Tracks[i].Name
			add(&g.Tracks, slices.ContainsFunc(p.Tracks, func(t compile.Track) bool { return t.Name == name }), name)
		}
		for i := range old.Programs {
			name := old.Programs[i].Name
			add(&g.Programs, slices.ContainsFunc(p.Programs, func(is compile.Playlet) bool { return is.Name == name }), name)
		}
		for i := range old.Stages {
			add(&g.Stages, p.StageIndex(old.Stages[i].Name) != compile.None, old.Stages[i].Name)
		}
		for i := range old.Offers {
			add(&g.Offers, p.OfferIndex(old.Offers[i].Name) != compile.None, old.Offers[i].Name)
		}
		for i := range old.Handoffs {
			name := old.Handoffs[i].Name
			add(&handoffs, slices.ContainsFunc(p.Handoffs, func(h compile.Handoff) bool { return h.Name == name }), name)
		}
	}
	return g, handoffs
}

// names turn the store's numbers of names into the numbers of the program, and of what is gone behind these. They are
// read only.
type names struct {
	s       *store.Store
	kinds   map[uint32]engine.Kind
	tracks  map[uint32]int32
	program map[uint32]int32
	stages  map[[2]uint32]int32 // by program and short name
	offers  map[uint32]int32
	byOffer map[string]int32
	columns map[string]int32 // by map/column
	maps    map[string]int32
}

func newNames(o *measure.Options, s *store.Store) *names {
	p := o.Program
	n := &names{
		s: s, kinds: map[uint32]engine.Kind{}, tracks: map[uint32]int32{}, program: map[uint32]int32{}, stages: map[[2]uint32]int32{},
		offers: map[uint32]int32{}, byOffer: map[string]int32{}, columns: map[string]int32{}, maps: map[string]int32{},
	}
	for i, kind := range engine.Kinds {
		n.kinds[s.Intern(kind)] = engine.Kind(i)
	}
	next := func(m map[uint32]int32, name string) { m[s.Intern(name)] = int32(len(m)) }
	for i := range p.Tracks {
		next(n.tracks, p.Tracks[i].Name)
	}
	for i := range p.Programs {
		next(n.program, p.Programs[i].Name)
	}
	for i := range p.Offers {
		next(n.offers, p.Offers[i].Name)
	}
	for _, name := range o.Gone.Tracks {
		next(n.tracks, name)
	}
	for _, name := range o.Gone.Programs {
		next(n.program, name)
	}
	for _, name := range o.Gone.Offers {
		next(n.offers, name)
	}
	for id, number := range n.offers {
		n.byOffer[s.Text(id)] = number
	}
	stage := func(name string) {
		program, short, _ := strings.Cut(name, ".")
		n.stages[[2]uint32{s.Intern(program), s.Intern(short)}] = int32(len(n.stages))
	}
	for i := range p.Stages {
		stage(p.Stages[i].Name)
	}
	for _, name := range o.Gone.Stages {
		stage(name)
	}
	for i := range p.Maps {
		n.maps[p.Maps[i].Name] = int32(i)
		for c := range p.Maps[i].Columns {
			n.columns[columnName(p, i, c)] = int32(c)
		}
	}
	return n
}

// columnName names a column of a map in all playbooks: the map and the segment.
func columnName(p *compile.Program, of, column int) string {
	segment := p.Playbook.Maps[of].Columns[column]
	if segment == nil {
		return p.Maps[of].Name + "/otherwise"
	}
	return p.Maps[of].Name + "/" + segment.Name
}

// row makes a row of the engine out of one of the journal; known is false where it names what nobody knows.
func (n *names) row(j *store.Decided) (row engine.Row, known bool) {
	known = true
	number := func(of map[uint32]int32, id uint32) int32 {
		if id == 0 {
			return compile.None
		}
		if i, ok := of[id]; ok {
			return i
		}
		known = false
		return compile.None
	}
	kind, ok := n.kinds[j.Kind]
	row = engine.Row{
		At: j.At, Seq: j.Seq, Kind: kind, Track: number(n.tracks, j.Track), Program: number(n.program, j.Program), Stage: compile.None,
		Offer: number(n.offers, j.Offer), Map: compile.None, Column: compile.None,
		To: n.s.Text(j.To), ToAt: j.Until, Reason: n.s.Text(j.Reason), By: n.s.Text(j.By), Detail: j.Detail,
	}
	if j.Stage != 0 {
		stage, found := n.stages[[2]uint32{j.Program, j.Stage}]
		if row.Stage = stage; !found {
			row.Stage, known = compile.None, false
		}
	}
	return row, known && ok
}

func at(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
