package proof

import (
	"fmt"
	"slices"
	"strings"
)

// A book is a whole playbook as the model reads it. Its text, as the product reads it, is printed from the same tree; by is the
// line on which a statement then stands.
type book struct {
	fields   []*field
	key      string
	address  string // the field that e-mail goes to; "" is the key
	topics   []string
	roles    []string
	segments []*segment
	scores   []*score
	offers   []*offer
	maps     []*offerMap
	policy   policy
	handoffs []*handoff
	tracks   []*track // main, then the others by name
	programs []*program
	nevers   []*never
	moved    []*migration

	text  string
	reads []func(*view) float64 // everything in conditions that time alone may change
	lines int
}

type (
	field struct {
		name, is string
		values   []string
		weight   string // of its question; "": none
	}
	segment struct {
		name string
		when *cond
	}
	score struct {
		name  string
		halve *span
		ons   []scoreOn
		whens []scoreWhen
	}
	scoreOn struct {
		points float64
		event  string
		where  *cond
	}
	scoreWhen struct {
		points float64
		when   *cond
	}
	offer struct {
		name, topic, kind, intent, channel string
		asks                               int
		response                           []string
		published, expires                 int64 // days; 0: none
		repeat                             *span
		transactional                      bool
	}
	offerMap struct {
		name    string
		columns []*segment // nil: otherwise
		rows    []mapRow
	}
	mapRow struct {
		topic string
		cells [][]*offer
	}
	policy struct {
		zoneField string
		zone      string
		windows   []window
		skips     [][2]int64
		consent   *cond
		caps      []capLine
		stops     []*stopLine
	}
	window struct {
		text     string
		days     [7]bool
		from, to int // minutes
	}
	capLine struct {
		n    int
		per  span
		when *cond
	}
	stopLine struct {
		events []string
		where  *cond
		resume bool
		by     string
	}
	handoff struct {
		name     string
		accept   *span
		outcomes []string
	}
	track struct {
		name  string
		rules []*rule
	}
	program struct {
		name, phase, track string
		priority           int
		holdout            int
		enter              *cond
		enterBy            string
		reenter            string // never, always, after
		after              span
		goals              []*goal
		rules              []*rule
		stages             []*stage
	}
	goal struct {
		event  string
		within span
		by     string
	}
	stage struct {
		name    string
		program *program
		sends   []*send
		entry   []*entry
		rules   []*rule
	}
	send struct {
		from   *offerMap
		offers []*offer
		in     *span
		every  *span
		pick   string
		where  *cond
		by     string
	}
	entry struct {
		task, role string
		within     *span
		hand       *handoff
		by         string
	}
	rule struct {
		on    string
		where *cond
		when  *cond
		after *span
		match *match
		then
		by string
	}
	then struct {
		target  string // program.stage, done; "": none
		actions []*action
	}
	match struct {
		field string
		arms  []*arm
	}
	arm struct {
		values []string // none: otherwise
		then
	}
	action struct {
		do    string // set, forget, tag
		field string
		text  string
		expr  func(*view) value
		by    string
	}
	never struct {
		title string
		when  *cond
	}
	migration struct{ from, to string }
)

func (s *stage) full() string { return s.program.name + "." + s.name }

func (b *book) stage(name string) *stage {
	for _, p := range b.programs {
		for _, s := range p.stages {
			if s.full() == name {
				return s
			}
		}
	}
	return nil
}

func (b *book) offer(name string) *offer {
	for _, o := range b.offers {
		if o.name == name {
			return o
		}
	}
	return nil
}

// print writes the playbook down.
func (b *book) print() {
	var out strings.Builder
	b.lines = 0
	line := func(format string, args ...any) string {
		text := fmt.Sprintf(format, args...)
		if strings.Contains(text, "\n") {
			panic("a line of several: " + text)
		}
		out.WriteString(text + "\n")
		b.lines++
		return fmt.Sprintf("p.nurture:%d", b.lines)
	}
	line("contact {")
	for _, f := range b.fields {
		text := f.name + " " + f.is
		if len(f.values) > 0 {
			text += `("` + strings.Join(f.values, `", "`) + `")`
		}
		if f.name == b.key {
			text += " key"
		}
		if f.name == "seen" {
			text += " arrived"
		}
		if f.weight != "" {
			text += " question " + f.weight + ` "What about ` + f.name + `?"`
		}
		line("  %s", text)
	}
	line("}")
	line("topics %s", strings.Join(b.topics, ", "))
	line("roles %s", strings.Join(b.roles, ", "))
	line("event visited { page text, topic topic, n number }")
	line("event bought { plan text, amount number }")
	line("event asked { offer text }")
	line("event moved { zone text }")
	line("event agreed { yes bool }")
	for _, s := range b.segments {
		line("segment %s = %s", s.name, s.when.text)
	}
	for _, s := range b.scores {
		line("score %s {", s.name)
		if s.halve != nil {
			line("  halve every %s", s.halve)
		}
		for _, on := range s.ons {
			line("  %+g on %s%s", on.points, on.event, where(on.where))
		}
		for _, w := range s.whens {
			line("  %+g when %s", w.points, w.when.text)
		}
		line("}")
	}
	for _, o := range b.offers {
		text := fmt.Sprintf(`offer %s "%s" { kind %s`, o.name, strings.ToUpper(o.name), o.kind)
		if o.topic != "" {
			text += "  topic " + o.topic
		}
		text += "  for nurture  intent " + o.intent
		if o.channel != "email" {
			text += "  channel " + o.channel
		} else {
			text += `  content "c.md"`
		}
		if o.asks > 0 {
			text += fmt.Sprintf("  asks %d", o.asks)
		}
		if len(o.response) > 0 {
			text += "  response " + strings.Join(o.response, ", ")
		}
		if o.published != 0 {
			text += "  published " + dayText(o.published)
		}
		if o.expires != 0 {
			text += "  expires " + dayText(o.expires)
		}
		if o.repeat != nil {
			text += "  repeat after " + o.repeat.String()
		}
		if o.transactional {
			text += "  transactional"
		}
		line("%s }", text)
	}
	for _, m := range b.maps {
		line("map %s {", m.name)
		head := "  topic"
		for _, c := range m.columns {
			if c == nil {
				head += " | otherwise"
			} else {
				head += " | " + c.name
			}
		}
		line("%s", head)
		for _, r := range m.rows {
			text := "  " + r.topic
			for _, cell := range r.cells {
				text += " | " + names(cell, "-")
			}
			line("%s", text)
		}
		line("}")
	}
	b.printPolicy(line)
	for _, h := range b.handoffs {
		text := fmt.Sprintf(`handoff %s "%s" { channel crm`, h.name, h.name)
		if h.accept != nil {
			text += "  accept within " + h.accept.String()
		}
		line("%s  outcomes %s }", text, strings.Join(h.outcomes, ", "))
	}
	for _, t := range b.tracks {
		if len(t.rules) == 0 {
			continue
		}
		line("track %s {", t.name)
		for _, r := range t.rules {
			r.print(line)
		}
		line("}")
	}
	for _, p := range b.programs {
		p.print(line)
	}
	for _, n := range b.nevers {
		line(`never "%s" when %s`, n.title, n.when.text)
	}
	for _, m := range b.moved {
		line("migrate %s -> %s", m.from, m.to)
	}
	b.text = out.String()
}

func names(offers []*offer, none string) string {
	var list []string
	for _, o := range offers {
		list = append(list, o.name)
	}
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ", ")
}

func where(c *cond) string {
	if c == nil {
		return ""
	}
	return " where " + c.text
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func (b *book) printPolicy(line func(string, ...any) string) {
	p := &b.policy
	line("policy {")
	if p.zoneField != "" {
		line(`  timezone contact.%s else "%s"`, p.zoneField, p.zone)
	} else {
		line(`  timezone "%s"`, p.zone)
	}
	for _, w := range p.windows {
		line("  window %s %s..%s", w.text, clock(w.from), clock(w.to))
	}
	for _, s := range p.skips {
		line("  skip %s..%s", dayText(s[0]), dayText(s[1]))
	}
	if p.consent != nil {
		line("  consent when %s", p.consent.text)
	}
	for _, c := range p.caps {
		text := fmt.Sprintf("  cap %d per %s", c.n, c.per)
		if c.when != nil {
			text += " for " + c.when.text
		}
		line("%s", text)
	}
	for _, s := range p.stops {
		word := "stop"
		if s.resume {
			word = "resume"
		}
		s.by = line("  %s on %s%s", word, strings.Join(s.events, ", "), where(s.where))
	}
	line("}")
}

func (p *program) print(line func(string, ...any) string) {
	line(`program %s "%s" {`, p.name, p.name)
	if p.phase != "" {
		line("  phase %s", p.phase)
	}
	if p.track != "main" {
		line("  track %s", p.track)
	}
	if p.priority != 0 {
		line("  priority %d", p.priority)
	}
	if p.holdout != 0 {
		line("  holdout %d%%", p.holdout)
	}
	if p.enter != nil {
		p.enterBy = line("  enter when %s", p.enter.text)
	}
	switch p.reenter {
	case "always":
		line("  reenter always")
	case "after":
		line("  reenter after %s", p.after)
	}
	for _, g := range p.goals {
		g.by = line("  goal %s within %s", g.event, g.within)
	}
	for _, r := range p.rules {
		r.print(line)
	}
	for _, s := range p.stages {
		line("  stage %s {", s.name)
		for _, x := range s.sends {
			text := "send " + names(x.offers, "")
			if x.from != nil {
				text = "send from " + x.from.name
			}
			if x.in != nil {
				text += " in " + x.in.String()
			}
			if x.every != nil {
				text += " every " + x.every.String()
			}
			if x.pick != "" {
				text += " pick " + x.pick
			}
			x.by = line("    %s%s", text, where(x.where))
		}
		for _, e := range s.entry {
			if e.hand != nil {
				e.by = line("    hand to %s", e.hand.name)
				continue
			}
			text := fmt.Sprintf(`task "%s" to %s`, e.task, e.role)
			if e.within != nil {
				text += " within " + e.within.String()
			}
			e.by = line("    %s", text)
		}
		for _, r := range s.rules {
			r.print(line)
		}
		line("  }")
	}
	line("}")
}

func (r *rule) print(line func(string, ...any) string) {
	text := "    "
	switch {
	case r.after != nil:
		text += "after " + r.after.String()
	case r.when != nil:
		text += "when " + r.when.text
	default:
		text += "on " + r.on + where(r.where)
	}
	if r.match == nil {
		r.by = line("%s%s", text, r.then.print())
		r.then.at(r.by)
		return
	}
	r.by = line("%s match %s {", text, r.match.field)
	for _, a := range r.match.arms {
		values := "otherwise"
		if len(a.values) > 0 {
			values = `"` + strings.Join(a.values, `", "`) + `"`
		}
		a.then.at(line("      %s%s", values, a.then.print()))
	}
	r.then.at(line("    }%s", r.then.print()))
}

func (t *then) print() string {
	text := ""
	if t.target != "" {
		text += " -> " + t.target
	}
	if len(t.actions) > 0 {
		var acts []string
		for _, a := range t.actions {
			switch a.do {
			case "set":
				acts = append(acts, "set contact."+a.field+" = "+a.text)
			case "forget":
				acts = append(acts, "forget contact."+a.field)
			default:
				acts = append(acts, "tag "+a.text)
			}
		}
		text += " { " + strings.Join(acts, "  ") + " }"
	}
	return text
}

// at notes the line of the actions.
func (t *then) at(by string) {
	for _, a := range t.actions {
		a.by = by
	}
}

// empty says that nothing stands there.
func (t *then) empty() bool { return t.target == "" && len(t.actions) == 0 }

func (b *book) fieldOf(name string) *field {
	i := slices.IndexFunc(b.fields, func(f *field) bool { return f.name == name })
	return b.fields[i]
}
