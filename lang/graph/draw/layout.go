package draw

import (
	"cmp"
	"slices"
)

// The layout. Each track is a lane of the picture, one below the other. In a lane stand columns: the track's own rules, then
// the phases in their order, each with as many columns as its programs need. A column is a pile of frames, a frame a pile of
// cards, a card a pile of lines: so no text can lie on another. What must happen stands in the card of the stage that it leads
// away from; lines only run where no card is: in the channels between columns, and in a corridor above them (see route).
// All heights are whole rows, so that lines that leave cards to the right and to the left never run on one another.
const (
	row        = 16 // pixels: one line of text
	glyph      = 7  // pixels: the most that a character of the fixed-width font takes at this size
	cardWidth  = 50 * glyph
	inset      = 10 // from a card's edge to its text
	frameInset = 12 // from a frame's edge to its cards
	margin     = 24
	lane       = 8  // pixels between two lines that run side by side
	fullColumn = 60 // rows after which a column is full, where the next frame can stand beside it
	lineColumn = (cardWidth - 2*inset) / glyph
)

// sheet is a picture with places.
type sheet struct {
	width, height int
	lanes         []*laid
}

// laid is the lane of a track.
type laid struct {
	*track
	top     int
	columns []*column
	lines   []*line
	entries []entry // where lines end
}

// column is a pile of frames.
type column struct {
	phase  string // "" where it is that of the column before
	x      int    // of the cards
	frames []*frame
}

// frame is a program, a part of one that is too long for a column, the rules of a track, or a hand-off.
type frame struct {
	*program      // nil for a track and a hand-off
	part     int  // 0 for the first
	named    bool // its first card is that of the program itself
	cards    []*card
	y, rows  int
}

// card is a box with a place. Its lines follow one another from the top.
type card struct {
	*box
	column int
	x, y   int
	rows   int
	ports  []*port
}

// port is where a way leaves a card: labels from a row on, and then the name of where it leads.
type port struct {
	*way
	card   *card
	row    int  // of the first label
	exit   int  // the row of the target's name
	leaves side // on which side of the card
}

type side uint8

const (
	nowhere side = iota // `done`: no line is drawn
	right
	left
)

// lay gives everything a place.
func lay(p *Picture) *sheet {
	s := &sheet{width: 40 * glyph, height: margin + 2*row} // a heading stands above
	for _, t := range p.tracks {
		if t.rules == nil && len(t.programs) == 0 && len(t.handoffs) == 0 {
			continue
		}
		l := &laid{track: t, top: s.height}
		cards := l.pile()
		l.exits(cards)
		s.width = max(s.width, l.route(cards))
		bottom := l.top
		for _, c := range l.columns {
			for _, f := range c.frames {
				bottom = max(bottom, f.y+f.rows*row)
			}
		}
		s.height = bottom + 2*row
		s.lanes = append(s.lanes, l)
	}
	return s
}

// pile makes the columns of a lane.
func (l *laid) pile() map[*box]*card {
	cards := map[*box]*card{}
	add := func(f *frame, b *box) {
		c := &card{box: b}
		cards[b] = c
		f.cards = append(f.cards, c)
	}
	if l.rules != nil {
		f := &frame{}
		add(f, l.rules)
		l.fill("anywhere", []*frame{f})
	}
	programs := slices.Clone(l.programs)
	slices.SortStableFunc(programs, func(a, b *program) int { return cmp.Compare(a.phase, b.phase) })
	handed := l.handed()
	for i := 0; i < len(programs); {
		phase := programs[i].phase
		var frames []*frame
		var hands []*box
		for ; i < len(programs) && programs[i].phase == phase; i++ {
			p := programs[i]
			f := &frame{program: p, named: true}
			add(f, p.box)
			for _, s := range p.stages {
				if f.measure() > fullColumn {
					frames = append(frames, f)
					f = &frame{program: p, part: f.part + 1}
				}
				add(f, s)
			}
			frames = append(frames, f)
			hands = append(hands, handed[p]...)
		}
		if i == len(programs) {
			hands = append(hands, handed[nil]...)
		}
		for _, h := range hands {
			f := &frame{}
			add(f, h)
			frames = append(frames, f)
		}
		name := phaseName(phase)
		if name == "" {
			name = "no phase"
		}
		l.fill(name, frames)
	}
	if len(programs) == 0 {
		for _, h := range l.handoffs {
			f := &frame{}
			add(f, h)
			l.fill("", []*frame{f})
		}
	}
	return cards
}

// handed are the hand-offs by the first program that hands to them.
func (l *laid) handed() map[*program][]*box {
	by := map[*program][]*box{}
	for _, h := range l.handoffs {
		var from *program
		for _, p := range l.programs {
			for _, s := range p.stages {
				for _, w := range s.ways {
					if w.to == h && from == nil {
						from = p
					}
				}
			}
		}
		by[from] = append(by[from], h)
	}
	return by
}

// fill puts frames into as few columns as they need, all about equally long.
func (l *laid) fill(phase string, frames []*frame) {
	all, most := 0, 0
	for _, f := range frames {
		n := f.measure() + 1
		all += n
		most = max(most, n)
	}
	columns := (all + fullColumn - 1) / fullColumn
	full := max(most, (all+columns-1)/columns)
	var c *column
	used := 0
	for _, f := range frames {
		n := f.measure() + 1
		if c == nil || used > 0 && used+n/2 > full {
			c, used = &column{phase: phase}, 0
			l.columns = append(l.columns, c)
			phase = ""
		}
		c.frames = append(c.frames, f)
		used += n
	}
}

// measure finds how many rows the cards of a frame, and the frame, have.
func (f *frame) measure() int {
	n := 1
	for _, c := range f.cards {
		c.measure()
		n += c.rows + 1
	}
	if f.program == nil {
		return n - 2
	}
	if f.part > 0 {
		return n + 1 // its name
	}
	return n
}

// Which rows of a card are what: its name, its title if there is one, what it does, the ways, and half a row above and below.
func (c *card) measure() {
	n := c.notesAt() + len(c.notes)
	c.ports = nil
	for _, w := range c.ways {
		p := &port{way: w, card: c, row: n}
		n += len(w.labels)
		p.exit = n
		n++
		c.ports = append(c.ports, p)
	}
	c.rows = n + 1
}

// notesAt is the row of the first note.
func (c *card) notesAt() int {
	if c.title != "" {
		return 3
	}
	return 2
}

// exits decides on which sides ways leave. Those to columns on the left leave to the left, all others to the right.
func (l *laid) exits(cards map[*box]*card) {
	for i, column := range l.columns {
		for _, f := range column.frames {
			for _, c := range f.cards {
				c.column = i
			}
		}
	}
	for _, c := range cards {
		for _, p := range c.ports {
			switch {
			case p.to == nil || cards[p.to] == nil:
				p.leaves = nowhere
			case cards[p.to].column < c.column:
				p.leaves = left
			default:
				p.leaves = right
			}
		}
	}
}

// stand gives the frames and cards of a lane their heights, below a corridor.
func (l *laid) stand(top int) {
	for _, column := range l.columns {
		y := top
		for _, f := range column.frames {
			f.y, f.rows = y, f.measureAgain()
			at := y
			if f.program != nil {
				if at += row; f.part > 0 {
					at += row
				}
			}
			for _, c := range f.cards {
				c.y = at
				at += (c.rows + 1) * row
			}
			y += (f.rows + 1) * row
		}
	}
}

// measureAgain is the height of a frame whose cards have been measured; their ports are kept.
func (f *frame) measureAgain() int {
	n := 0
	for _, c := range f.cards {
		n += c.rows + 1
	}
	if f.program == nil {
		return n - 1
	}
	if f.part > 0 {
		n++
	}
	return n + 1
}
