package draw

import "slices"

// Only is the part of the picture that is about one program: what leads into it, and what it leads to.
func (p *Picture) Only(name string) *Picture {
	part := &Picture{counts: p.counts}
	for _, t := range p.tracks {
		i := slices.IndexFunc(t.programs, func(own *program) bool { return own.name == name })
		if i < 0 {
			continue
		}
		centre := t.programs[i]
		inside := func(b *box) bool { return b != nil && (b.program == centre || b == centre.box) }
		near := map[*box]bool{}
		for _, own := range append([]*box{centre.box}, centre.stages...) {
			for _, w := range own.ways {
				near[w.to] = true
			}
		}
		// narrowed is a box of another program, with only its ways into this one.
		narrowed := map[*box]*box{}
		narrow := func(b *box) *box {
			if inside(b) {
				return b
			}
			other := *b
			other.ways = slices.DeleteFunc(slices.Clone(b.ways), func(w *way) bool { return !inside(w.to) })
			narrowed[b] = &other
			return &other
		}
		one := &track{name: t.name}
		if t.rules != nil {
			if b := narrow(t.rules); len(b.ways) > 0 {
				one.rules = b
			}
		}
		for _, own := range t.programs {
			kept := &program{number: own.number, box: narrow(own.box), phase: own.phase}
			for _, s := range own.stages {
				if b := narrow(s); own == centre || near[s] || len(b.ways) > 0 {
					kept.stages = append(kept.stages, b)
				}
			}
			if own == centre || len(kept.stages) > 0 || len(kept.ways) > 0 {
				one.programs = append(one.programs, kept)
			}
		}
		for _, h := range t.handoffs {
			if near[h] {
				one.handoffs = append(one.handoffs, narrow(h))
			}
		}
		// Ways out of the program lead to the narrowed boxes.
		for _, own := range one.programs {
			for _, b := range append([]*box{own.box}, own.stages...) {
				b.ways = slices.Clone(b.ways)
				for i, w := range b.ways {
					if to := narrowed[w.to]; to != nil {
						other := *w
						other.to = to
						b.ways[i] = &other
					}
				}
			}
		}
		part.tracks = append(part.tracks, one)
	}
	return part
}
