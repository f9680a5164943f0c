package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// svg writes a picture that needs nothing else: whoever points at a way sees all of it, and what was cut; whoever clicks on
// something comes to its line. Each link also says its place as data-place="file:line", for editors.
func svg(w io.Writer, p *Picture) error {
	s := lay(p)
	d := &page{picture: p}
	height := s.height + row
	d.tag("svg", nil, "xmlns", "http://www.w3.org/2000/svg", "width", s.width, "height", height, "viewBox", fmt.Sprintf("0 0 %d %d", s.width, height), "role", "img")
	d.whole("title", "The playbook: its stages, and the ways between them")
	d.whole("style", style)
	d.empty("rect", "class", "page", "width", s.width, "height", height)
	d.heading(s)
	for _, l := range s.lanes {
		d.lane(l)
	}
	d.end("svg")
	_, err := w.Write(d.b.Bytes())
	return err
}

const style = `text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:#1f2937;white-space:pre}
.page{fill:#fff}.frame{fill:#f3f5f8;stroke:#c3cad5}.card{fill:#fff;stroke:#8a94a6}.hand{fill:#f5efff;stroke:#7c3aed}.track{fill:#eef6ff;stroke:#2563eb}
.name{font-weight:bold}.quiet{fill:#5b6677}.phase{fill:#5b6677;font-weight:bold}.n{fill:#0f5132;font-weight:bold}
.hole{stroke:#c81e1e;stroke-width:2.5}.wrong{fill:#c81e1e}.key{fill:#fff}
path{fill:none;stroke-width:1.5}a{cursor:pointer}a:hover text{text-decoration:underline}
.way:hover path{stroke-width:4}svg:has(.way:hover) .way:not(:hover) path{opacity:.15}`

// tints are the colours of lines: all that lead into one program have the same.
var tints = []string{"#0f766e", "#b45309", "#1d4ed8", "#be185d", "#4d7c0f", "#7e22ce", "#0369a1", "#a16207", "#15803d", "#4338ca"}

// page is an SVG that is being written.
type page struct {
	picture *Picture
	b       bytes.Buffer
}

func (d *page) open(name string, attributes ...any) {
	d.b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		fmt.Fprintf(&d.b, ` %s="%s"`, attributes[i], markup(fmt.Sprint(attributes[i+1])))
	}
}

// tag opens an element; what is found wrong with it, or was cut, is its tooltip.
func (d *page) tag(name string, tooltip []string, attributes ...any) {
	d.open(name, attributes...)
	d.b.WriteString(">\n")
	if len(tooltip) > 0 {
		d.whole("title", strings.Join(tooltip, "\n"))
	}
}

func (d *page) end(name string) { d.b.WriteString("</" + name + ">\n") }

func (d *page) empty(name string, attributes ...any) {
	d.open(name, attributes...)
	d.b.WriteString("/>\n")
}

func (d *page) whole(name, text string, attributes ...any) {
	d.open(name, attributes...)
	d.b.WriteString(">" + markup(text) + "</" + name + ">\n")
}

// text writes a line of text, of which so many columns are shown. Its width is said, so that no font makes it longer.
func (d *page) text(class string, x, y, columns int, text string) {
	text = cut(text, columns)
	if text == "" {
		return
	}
	d.whole("text", text, "class", class, "x", x, "y", y+12, "textLength", runewidth.StringWidth(text)*glyph)
}

// textEnd writes a line of text that ends at x, and gives how many columns it has.
func (d *page) textEnd(class string, x, y, columns int, text string) int {
	text = cut(text, columns)
	n := runewidth.StringWidth(text)
	d.text(class, x-n*glyph, y, columns, text)
	return n
}

// link opens a link to a place of the playbook.
func (d *page) link(at place, tooltip []string) {
	d.tag("a", tooltip, "href", at.link(), "data-place", at)
}

func markup(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// heading says how much is drawn, and what red is.
func (d *page) heading(s *sheet) {
	stages, holes := 0, 0
	for _, b := range d.picture.boxes() {
		if b.kind == ofStage {
			stages++
		}
	}
	for _, b := range d.picture.everything() {
		holes += len(b.holes)
		for _, w := range b.ways {
			for _, l := range w.labels {
				holes += len(l.holes)
			}
		}
	}
	words := fmt.Sprintf("%s · %s", counted(stages, "stage"), counted(holes, "hole"))
	if d.picture.astray > 0 {
		words += fmt.Sprintf(" · %s contacts went ways that are no longer there", quantity(d.picture.astray))
	}
	class := "quiet"
	if holes > 0 {
		class = "wrong"
	}
	d.text(class, margin, row, (s.width-2*margin)/glyph, words)
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// everything is every box that can have findings, also programs of which only the frame is drawn.
func (p *Picture) everything() (all []*box) {
	for _, t := range p.tracks {
		if t.rules != nil {
			all = append(all, t.rules)
		}
		for _, own := range t.programs {
			all = append(all, own.box)
			all = append(all, own.stages...)
		}
		all = append(all, t.handoffs...)
	}
	return all
}

func (d *page) lane(l *laid) {
	d.text("name", margin, l.top-2*row, 40, "track "+l.name)
	for _, c := range l.columns {
		if len(c.frames) > 0 {
			d.text("phase", c.x, c.frames[0].y-row-8, lineColumn, c.phase)
		}
		for _, f := range c.frames {
			d.frame(f, c)
		}
	}
	lines := map[*port]*line{}
	for _, n := range l.lines {
		lines[n.port] = n
	}
	for _, c := range l.columns {
		for _, f := range c.frames {
			for _, card := range f.cards {
				d.card(card, f)
				for _, p := range card.ports {
					d.way(p, lines[p])
				}
			}
		}
	}
	for _, e := range l.entries {
		tip := 6
		if e.enter == left {
			tip = -6
		}
		d.empty("path", "d", fmt.Sprintf("M%d %dl%d -4v8z", e.x, e.y, tip), "style", "stroke:none;fill:"+tint(e.to.box))
	}
}

// frame draws what is around the cards of a program.
func (d *page) frame(f *frame, c *column) {
	if f.program == nil {
		return
	}
	d.empty("rect", "class", classes("frame", f.holes), "x", c.x-frameInset, "y", f.y, "width", cardWidth+2*frameInset, "height", f.rows*row, "rx", 8)
	if f.part > 0 {
		d.text("quiet", c.x, f.y+8, lineColumn, fmt.Sprintf("%s, continued", f.name))
	}
}

func classes(class string, holes []string) string {
	if len(holes) > 0 {
		return class + " hole"
	}
	return class
}

// card draws a stage, a hand-off, the rules of a track, or the head of a program.
func (d *page) card(c *card, f *frame) {
	about := []string{c.full}
	if c.title != "" {
		about = append(about, c.title)
	}
	d.link(c.at, append(about, c.holes...))
	height := c.rows * row
	switch c.kind {
	case ofStage:
		d.empty("rect", "class", classes("card", c.holes), "x", c.x, "y", c.y, "width", cardWidth, "height", height, "rx", 5)
	case ofTrack:
		d.empty("rect", "class", classes("track", c.holes), "x", c.x, "y", c.y, "width", cardWidth, "height", height, "rx", 14)
	case ofHandoff: // a rectangle whose corners are cut off
		const k = 9
		d.empty("path", "class", classes("hand", c.holes), "style", "fill:#f5efff", "d", fmt.Sprintf("M%d %dh%dl%d %dv%dl-%d %dh-%dl-%d -%dv-%dz",
			c.x+k, c.y, cardWidth-2*k, k, k, height-2*k, k, k, cardWidth-2*k, k, k, height-2*k))
	}
	used := 0
	if c.counted {
		used = d.textEnd("n", c.x+cardWidth-inset, c.y+4, 12, quantity(c.count)) + 1
	}
	head := c.name
	if c.kind == ofTrack {
		head = "track " + head + ": wherever a contact stands"
	}
	if c.kind == ofHandoff {
		head = "hand-off " + head
	}
	class := "name"
	if len(c.holes) > 0 {
		class += " wrong"
	}
	d.text(class, c.x+inset, c.y+4, lineColumn-used, head)
	if c.title != "" {
		d.text("quiet", c.x+inset, c.y+row+4, lineColumn, oneLine(c.title))
	}
	d.end("a")
	for i, n := range c.notes {
		d.tag("g", []string{n})
		d.text("quiet", c.x+inset, c.y+(c.notesAt()+i)*row, lineColumn, n)
		d.end("g")
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// way draws what must happen, where that leads, and the line there.
func (d *page) way(p *port, n *line) {
	c := p.card
	about := []string{c.full + " -> " + p.name()}
	for _, l := range p.labels {
		about = append(about, l.text)
	}
	d.tag("g", about, "class", "way", "data-from", c.full, "data-to", p.name())
	for i, l := range p.labels {
		class := "when"
		if len(l.holes) > 0 {
			class = "wrong"
		}
		d.link(l.at, append([]string{l.text}, l.holes...))
		d.text(class, c.x+inset, c.y+(p.row+i)*row, lineColumn, l.text)
		d.end("a")
	}
	y := c.y + p.exit*row
	colour := tint(p.way.to)
	count := ""
	if d.picture.counts {
		count = quantity(p.way.count)
	}
	target := p.called(c.box)
	switch p.leaves {
	case left:
		d.text("quiet", c.x+inset, y, lineColumn-14, "← "+target)
		d.textEnd("n", c.x+cardWidth-inset, y, 12, count)
	case right, nowhere:
		d.textEnd("quiet", c.x+cardWidth-inset, y, lineColumn-14, target+" →")
		d.text("n", c.x+inset, y, 12, count)
	}
	if n == nil {
		d.empty("circle", "cx", c.x+cardWidth, "cy", p.y(), "r", 4, "class", "key", "style", "stroke:"+colour+";stroke-width:2")
	} else {
		d.empty("path", "d", rounded(n.points), "style", "stroke:"+colour)
	}
	d.end("g")
}

// tint is the colour of lines that lead to a box.
func tint(to *box) string {
	switch {
	case to == nil:
		return "#5b6677"
	case to.kind == ofHandoff:
		return "#7c3aed"
	}
	return tints[to.program.number%len(tints)]
}

// rounded is a path of level and upright pieces, with round corners.
func rounded(points [][2]int) string {
	const most = 5
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", points[0][0], points[0][1])
	for i := 1; i < len(points)-1; i++ {
		before, at, after := points[i-1], points[i], points[i+1]
		r := min(most, distance(before, at)/2, distance(at, after)/2)
		a, z := towards(at, before, r), towards(at, after, r)
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", a[0], a[1], at[0], at[1], z[0], z[1])
	}
	end := points[len(points)-1]
	fmt.Fprintf(&b, "L%d %d", end[0], end[1])
	return b.String()
}

func distance(a, b [2]int) int { return abs(a[0]-b[0]) + abs(a[1]-b[1]) }

func abs(n int) int { return max(n, -n) }

// towards is the point so far from a on the level or upright piece to b.
func towards(a, b [2]int, far int) [2]int {
	if d := distance(a, b); d > 0 {
		a[0] += (b[0] - a[0]) * far / d
		a[1] += (b[1] - a[1]) * far / d
	}
	return a
}
