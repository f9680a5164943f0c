package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"

	"nurture/lang/diag"
	"nurture/lang/meaning"
	"nurture/runtime/engine"
	"nurture/runtime/plan"
)

// planView is a plan as it is shown.
type planView struct {
	*plan.Plan
	running, next *plan.Version
	number        int // of the version that runs
	contact       string
	zone          *time.Location
	colored       bool
}

var planFormats = map[string]func(io.Writer, *planView) error{"text": planText, "json": planJSON, "markdown": planMarkdown}

func (v *planView) instant(at int64) string {
	return time.Unix(at, 0).In(v.zone).Format("2006-01-02 15:04")
}

// verdict says in a sentence or two what it comes to.
func (v *planView) verdict() string {
	stranded, stages := int64(0), 0
	for _, s := range v.Stages {
		if s.Stranded {
			stranded += s.Contacts
			stages++
		}
	}
	switch {
	case stages > 0:
		return fmt.Sprintf("This version does not run: it leaves %s in %s that it does not have.", things(stranded, "contact"), things(int64(stages), "stage"))
	case len(v.Crowded) > 0:
		for _, c := range v.Crowded {
			stranded += c.Contacts
		}
		return fmt.Sprintf("This version does not run: it has %s in two programs of one track.", things(stranded, "contact"))
	case len(v.Changes) == 0 && len(v.Messages) == 0:
		return "No change: this version means what the one that runs means."
	case len(v.Changes) == 0:
		return fmt.Sprintf("No change in meaning; %s differently.", sayDifferently(len(v.Messages)))
	case v.Affected[len(v.Affected)-1] == 0:
		return fmt.Sprintf("%s in meaning, and nothing else happens to any of %s in the next 30 days, as long as nobody does anything.", things(int64(len(v.Changes)), "change"), things(v.Contacts, "contact"))
	}
	return fmt.Sprintf("%s in meaning. Something else happens to %s of %s: to %s at once, to %s within 24 hours.", things(int64(len(v.Changes)), "change"),
		count(v.Affected[2]), things(v.Contacts, "contact"), count(v.Affected[0]), count(v.Affected[1]))
}

func sayDifferently(n int) string {
	if n == 1 {
		return "1 message says it"
	}
	return fmt.Sprintf("%d messages say it", n)
}

// hows is what stands before an effect.
var hows = map[plan.How]string{plan.Comes: "+", plan.Goes: "-", plan.Shifts: "~"}

// sign is what stands before a change.
func sign(w meaning.What) string {
	return map[meaning.What]string{meaning.Added: "+", meaning.Removed: "-", meaning.Changed: "~", meaning.Moved: "^", meaning.Renamed: "~"}[w]
}

// says is a change in words: where it is, what it was, and what it is.
func (v *planView) says(c *meaning.Change) (in, what, place string) {
	var path []string
	for _, p := range c.In {
		path = append(path, partName(p))
	}
	in = strings.Join(path, ", ")
	whole := func(p *meaning.Part) string {
		text := p.Text
		if len(p.Parts) > 0 && c.What != meaning.Changed && c.What != meaning.Renamed {
			text += " { … }"
		}
		if p.Kind == "topic" || p.Kind == "role" {
			text = p.Kind + " " + text
		}
		return diag.Printable(text)
	}
	switch c.What {
	case meaning.Added:
		return in, whole(c.New), v.place(v.next, c.NewAt)
	case meaning.Removed:
		return in, whole(c.Old), v.place(v.running, c.OldAt) + " before"
	case meaning.Moved:
		return in, whole(c.New) + "  (at another place)", v.place(v.next, c.NewAt)
	default:
		return in, whole(c.Old) + "  =>  " + whole(c.New), v.place(v.next, c.NewAt)
	}
}

func partName(p *meaning.Part) string {
	if p.Name == "" || p.Name == p.Kind {
		return p.Kind
	}
	return strings.TrimSpace(p.Kind + " " + p.Name)
}

func planText(w io.Writer, v *planView) error {
	var b strings.Builder
	paint := func(c color.Attribute, s string) string {
		tint := color.New(c)
		tint.DisableColor()
		if v.colored {
			tint.EnableColor()
		}
		return tint.Sprint(s)
	}
	tint := func(sign string) string {
		return paint(map[string]color.Attribute{"+": color.FgGreen, "-": color.FgRed, "~": color.FgYellow, "^": color.FgYellow, "!": color.FgRed}[sign], sign)
	}
	fmt.Fprintf(&b, "%s\n", v.verdict())
	if v.Stranding() {
		b.WriteString("What it would do to them is foreseen once they have a place.\n")
	}
	fmt.Fprintf(&b, "Foreseen from %s (%s), where version %d stands, for the %s that take part in the 30 days.\n", v.instant(v.At), v.zone, v.number, things(v.Contacts, "contact"))
	if len(v.Changes) > 0 {
		fmt.Fprintf(&b, "\nWhat changes in meaning\n")
		last := ""
		for _, i := range v.together() {
			in, what, place := v.says(&v.Changes[i])
			if in != last && in != "" {
				fmt.Fprintf(&b, "    %s\n", in)
			}
			last = in
			indent := "  "
			if in != "" {
				indent = "      "
			}
			fmt.Fprintf(&b, "%s%s %s  %s\n", indent, tint(sign(v.Changes[i].What)), what, paint(color.Faint, place))
		}
	}
	if len(v.Messages) > 0 {
		fmt.Fprintf(&b, "\nMessages that say something else: %s\n", strings.Join(v.Messages, ", "))
	}
	if len(v.Stages)+len(v.Crowded) > 0 {
		fmt.Fprintf(&b, "\nContacts in stages that change\n")
		for _, s := range v.Stages {
			mark, note := " ", "changed"
			switch {
			case s.Stranded:
				mark, note = "!", "not there any more; write where they go, for instance\n"+strings.Repeat(" ", 15)+v.migrate(&s)
			case s.Dropped:
				mark, note = "-", "not there any more"
			}
			fmt.Fprintf(&b, "  %s %9s  %s  %s\n", tint(mark), count(s.Contacts), s.Name, note)
		}
	}
	for i := range v.Crowded {
		c := &v.Crowded[i]
		fmt.Fprintf(&b, "  %s %9s  %s and %s would both be on track %s, which has room for one; this would do\n%s%s\n", tint("!"), count(c.Contacts), c.Stays, c.Lost, c.Track, strings.Repeat(" ", 15), c.Mend())
	}
	v.counts(&b, "What `migrate` does", v.Migrated)
	if len(v.Effects) > 0 {
		fmt.Fprintf(&b, "\nWhat happens because of it, in contacts  %s\n", paint(color.Faint, "(+ it would, - it would have, ~ at another time)"))
		fmt.Fprintf(&b, "  %9s %9s %9s\n", "at once", "in 24 h", "in 30 d")
		also := map[string]bool{}
		for i := range v.Effects {
			e := &v.Effects[i]
			if !shown[e.Kind] {
				also[e.Kind.String()] = true
				continue
			}
			mark := hows[e.How]
			line := fmt.Sprintf("%s %s", e.Kind, diag.Printable(e.What))
			fmt.Fprintf(&b, "%s %9s %9s %9s  %s  %s\n", tint(mark), dotted(e.Contacts[0]), dotted(e.Contacts[1]), dotted(e.Contacts[2]), runewidth.FillRight(line, 46), paint(color.Faint, v.some(max(e.Contacts[0], e.Contacts[1], e.Contacts[2]), e.Examples[:1])))
		}
		if len(also) > 0 {
			fmt.Fprintf(&b, "  Others than now also of: %s (--format json lists them)\n", strings.Join(slices.Sorted(maps.Keys(also)), ", "))
		}
	}
	v.counts(&b, "Sent again within 30 days", v.Repeats)
	v.counts(&b, "Left where nothing more happens without an answer", v.Silent)
	v.counts(&b, "Not foreseen", v.Cut)
	if v.Story != nil {
		fmt.Fprintf(&b, "\nThe next 30 days of %s\n", diag.Printable(v.contact))
		v.days(&b, "now", v.Story.Running)
		v.days(&b, "with this version", v.Story.Next)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shown are the kinds of effects that a person reads; the others follow from them.
var shown = map[engine.Kind]bool{
	engine.Moved: true, engine.Entered: true, engine.Sent: true, engine.Handed: true, engine.Withdrawn: true, engine.TaskOpened: true, engine.GoalReached: true, engine.Failed: true,
}

// together are the changes with those of one place beside one another.
func (v *planView) together() []int {
	first := map[string]int{}
	order := make([]int, len(v.Changes))
	place := make([]int, len(v.Changes))
	for i := range v.Changes {
		in, _, _ := v.says(&v.Changes[i])
		if _, known := first[in]; !known {
			first[in] = i
		}
		order[i], place[i] = i, first[in]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
	return order
}

// migrate is a line that would do.
func (v *planView) migrate(s *plan.Stage) string {
	to := s.Nearest
	if to == "" {
		to = "done"
	}
	return fmt.Sprintf("migrate %s -> %s", s.Name, to)
}

// dotted is a count, with nothing to look at where there is none.
func dotted(n int64) string {
	if n == 0 {
		return "·"
	}
	return count(n)
}

// some are keys of contacts, and whether there are more.
func (v *planView) some(of int64, keys []string) string {
	text := diag.Printable(strings.Join(keys, ", "))
	if of > int64(len(keys)) {
		text += ", …"
	}
	return text
}

func (v *planView) counts(b *strings.Builder, heading string, all []plan.Count) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", heading)
	for _, c := range all {
		fmt.Fprintf(b, "    %9s  %s  (%s)\n", count(c.Contacts), c.What, v.some(c.Contacts, c.Examples))
	}
}

func (v *planView) days(b *strings.Builder, which string, lines []plan.Line) {
	fmt.Fprintf(b, "  %s:\n", which)
	if len(lines) == 0 {
		b.WriteString("    nothing\n")
	}
	for _, l := range lines {
		fmt.Fprintf(b, "    %s  %s  %s\n", v.instant(l.At), diag.Printable(l.What), l.By)
	}
}
