package draw

import (
	"cmp"
	"math"
	"slices"
)

// All ways that enter a card on one side end in one trunk: a line beside the card, in the channel of that side. A way from the
// neighbouring column goes straight to it; one from further away rises in the channel beside its own card to the corridor above all
// columns, and comes down to the trunk. Trunks and risers that overlap lie side by side, so the width of a channel follows from
// how many there are.

// trunk is what lines that enter a card on one side have in common.
type trunk struct {
	to    *card
	enter side
}

// run is a straight piece of a trunk: upright in a channel, or level in the corridor.
type run struct {
	trunk
	from, to int // along it: pixels in a channel, channels in the corridor
	at       int // beside the others: which one, from 0
}

// entry is where a trunk ends at a card.
type entry struct {
	trunk
	x, y int
}

// line is the way of a way.
type line struct {
	*port
	to     *card
	points [][2]int
}

// corridor is the end of a run that goes up there.
const corridor = math.MinInt32

// Where lines meet cards, from the top of a row: those on the right a little above those on the left.
var meets = map[side]int{right: 6, left: 10}

// channel is on which side of a column a line is.
func channel(column int, s side) int {
	if s == left {
		return column
	}
	return column + 1
}

// route lays the lines of a lane, and with them gives everything its place. It gives the width that is needed.
func (l *laid) route(cards map[*box]*card) int {
	l.stand(0)
	channels := make([]map[trunk]*run, len(l.columns)+1)
	for i := range channels {
		channels[i] = map[trunk]*run{}
	}
	above := map[trunk]*run{}
	reach := func(runs map[trunk]*run, t trunk, at ...int) {
		r := runs[t]
		if r == nil {
			r = &run{trunk: t, from: at[0], to: at[0]}
			runs[t] = r
		}
		r.from, r.to = min(r.from, slices.Min(at)), max(r.to, slices.Max(at))
	}
	type leg struct {
		*port
		trunk
		out, in int // channels
	}
	var legs []leg
	for _, column := range l.columns {
		for _, f := range column.frames {
			for _, c := range f.cards {
				for _, p := range c.ports {
					if p.leaves == nowhere {
						continue
					}
					to := cards[p.way.to]
					t := trunk{to, right}
					if to.column > c.column {
						t.enter = left
					}
					g := leg{p, t, channel(c.column, p.leaves), channel(to.column, t.enter)}
					start, end := p.y(), t.y()
					if g.out == g.in {
						reach(channels[g.in], t, start, end)
					} else {
						reach(channels[g.out], t, corridor, start)
						reach(channels[g.in], t, corridor, end)
						reach(above, t, g.out, g.in)
					}
					legs = append(legs, g)
				}
			}
		}
	}
	levels := arrange(above, 0)
	x := margin
	starts := make([]int, len(channels))
	for i, runs := range channels {
		starts[i] = x + frameInset + lane
		if beside := arrange(runs, 2*lane); beside > 0 || i > 0 && i < len(l.columns) {
			x = starts[i] + (max(beside, 1)-1)*lane + lane + frameInset
		}
		if i < len(l.columns) {
			x = max(x, margin+frameInset)
			l.columns[i].x = x
			x += cardWidth
		}
	}
	// A lane has its name, the corridor, the names of the phases, and the columns.
	l.top += 2 * row
	rows := (levels*lane + row - 1) / row
	top := l.top + (rows+2)*row
	l.stand(top)
	for _, column := range l.columns {
		for _, f := range column.frames {
			for _, c := range f.cards {
				c.x = column.x
			}
		}
	}
	ends := map[trunk]bool{}
	for _, g := range legs {
		edge := func(c *card, s side) int {
			if s == left {
				return c.x
			}
			return c.x + cardWidth
		}
		out := starts[g.out] + channels[g.out][g.trunk].at*lane
		in := starts[g.in] + channels[g.in][g.trunk].at*lane
		start, end := [2]int{edge(g.card, g.leaves), g.port.y()}, [2]int{edge(g.trunk.to, g.enter), g.trunk.y()}
		points := [][2]int{start, {out, start[1]}}
		if g.out != g.in {
			level := l.top + above[g.trunk].at*lane
			points = append(points, [2]int{out, level}, [2]int{in, level})
		}
		points = append(points, [2]int{in, end[1]}, end)
		l.lines = append(l.lines, &line{g.port, g.trunk.to, points})
		if !ends[g.trunk] {
			ends[g.trunk] = true
			l.entries = append(l.entries, entry{g.trunk, end[0], end[1]})
		}
	}
	return x + margin
}

// y is where a way leaves its card.
func (p *port) y() int { return p.card.y + p.exit*row + row/2 + meets[p.leaves] - 8 }

// y is where a trunk enters its card: beside its name.
func (t trunk) y() int { return t.to.y + row/2 + meets[t.enter] - 8 }

// arrange lays runs side by side where they overlap, or come nearer than a gap, and gives how many are side by side.
func arrange(runs map[trunk]*run, gap int) int {
	var all []*run
	for _, r := range runs {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *run) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.trunk.to.column, b.trunk.to.column),
			cmp.Compare(a.trunk.to.y, b.trunk.to.y), cmp.Compare(a.enter, b.enter))
	})
	var ends []int
	for _, r := range all {
		r.at = slices.IndexFunc(ends, func(end int) bool { return end+gap < r.from })
		if r.at < 0 {
			r.at = len(ends)
			ends = append(ends, 0)
		}
		ends[r.at] = r.to
	}
	return len(ends)
}
