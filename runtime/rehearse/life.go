package rehearse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
)

// life is a contact that was made up and what happens to it: all that a test could say of one.
type life struct {
	day  calendar.Date // on which it begins, at the minute at which every test does
	who  []given
	acts []act
}

// act is one line of a life: time that passes, or else an event, or else (neither) a change of the contact.
type act struct {
	wait  calendar.Duration
	event string
	given []given
}

// begin is the contact before anything happened to it.
func (l life) begin(p *compile.Program) *rehearsal {
	r := &rehearsal{p: p, test: &check.Test{}, held: map[string]bool{}}
	r.now = p.Policy.Zone.At(l.day, begins.minute)
	return r
}

// act plays one line of a life.
func (r *rehearsal) act(a act) error {
	switch {
	case !a.wait.IsZero():
		r.arrive()
		return r.goTo(r.zone().Add(r.now, a.wait))
	case a.event != "":
		return r.event(a.event, a.given)
	default:
		return r.contact(a.given)
	}
}

// write writes the life as lines of a test.
func (l life) write(b *strings.Builder, p *compile.Program) {
	if len(l.who) > 0 {
		fmt.Fprintf(b, "  contact { %s }\n", assigned(p.Fields, l.who))
	}
	fmt.Fprintf(b, "  at %s %02d:%02d\n", l.day, begins.minute/60, begins.minute%60)
	for _, a := range l.acts {
		switch {
		case !a.wait.IsZero():
			fmt.Fprintf(b, "  wait %s\n", a.wait)
		case a.event == "":
			fmt.Fprintf(b, "  contact { %s }\n", assigned(p.Fields, a.given))
		case len(a.given) == 0:
			fmt.Fprintf(b, "  %s\n", a.event)
		default:
			fmt.Fprintf(b, "  %s { %s }\n", a.event, assigned(p.Events[p.EventIndex(a.event)].Fields, a.given))
		}
	}
}

// assigned writes what is given as a test gives it, in the order in which the fields are declared.
func assigned(fields []compile.Field, values []given) string {
	var all []string
	for _, g := range values {
		if g.name == "offer" {
			all = append(all, "offer = "+g.cell)
		}
	}
	for i := range fields {
		for _, g := range values {
			if g.name == fields[i].Name {
				all = append(all, g.name+" = "+literal(&fields[i], g.cell))
			}
		}
	}
	return strings.Join(all, "  ")
}

// literal is a cell as the language writes it.
func literal(f *compile.Field, cell string) string {
	switch f.Type {
	case check.FieldNumber, check.FieldBool, check.FieldDate, check.FieldTime:
		return cell
	case check.FieldTopic:
		return cell
	default:
		return strconv.Quote(cell)
	}
}

// shrunk is the shortest life found that still does what this one does: with fewer lines, fewer fields, shorter waits.
func (l life) shrunk(still func(life) bool) life {
	for smaller := true; smaller; {
		smaller = false
		for _, next := range l.smaller() {
			if still(next) {
				l, smaller = next, true
				break
			}
		}
	}
	return l
}

// smaller gives lives with something less than this one, those with much less first.
func (l life) smaller() (all []life) {
	for n := len(l.acts); n > 0; n /= 2 {
		for from := 0; from+n <= len(l.acts); from += n {
			all = append(all, life{l.day, l.who, slices.Delete(slices.Clone(l.acts), from, from+n)})
		}
	}
	for i := range l.who {
		all = append(all, life{l.day, slices.Delete(slices.Clone(l.who), i, i+1), l.acts})
	}
	if l.day != begins.date {
		all = append(all, life{begins.date, l.who, l.acts})
	}
	for i, a := range l.acts {
		if a.wait.IsZero() && a.event == "" { // known from the beginning, not later
			all = append(all, life{l.day, overlaid(l.who, a.given), slices.Delete(slices.Clone(l.acts), i, i+1)})
		}
		for j := range a.given {
			all = append(all, l.with(i, act{event: a.event, given: slices.Delete(slices.Clone(a.given), j, j+1)}))
		}
		for _, shorter := range []calendar.Duration{{Days: 1}, {Days: 7}, {Days: 30}, {Days: a.wait.Days / 2}} {
			if !a.wait.IsZero() && !shorter.IsZero() && shorter.Less(a.wait) {
				all = append(all, l.with(i, act{wait: shorter}))
			}
		}
	}
	return all
}

// with is the life with another act in a place; one in which nothing happens is left out.
func (l life) with(i int, a act) life {
	acts := slices.Clone(l.acts)
	if acts[i] = a; a.wait.IsZero() && a.event == "" && len(a.given) == 0 {
		acts = slices.Delete(acts, i, i+1)
	}
	return life{l.day, l.who, acts}
}

// overlaid is what is given, with the later values where there are later ones.
func overlaid(values, later []given) []given {
	values = slices.DeleteFunc(slices.Clone(values), func(v given) bool {
		return slices.ContainsFunc(later, func(l given) bool { return l.name == v.name })
	})
	return append(values, later...)
}
