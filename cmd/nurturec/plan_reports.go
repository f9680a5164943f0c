package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"nurture/runtime/plan"
)

// The plan for a program to read.
type (
	planJSONed struct {
		At       string        `json:"at"` // from when it is foreseen, RFC 3339
		Running  versionJSON   `json:"running"`
		Next     versionJSON   `json:"next"`
		Runs     bool          `json:"runs"` // false: contacts would be left in stages that it does not have
		Verdict  string        `json:"verdict"`
		Contacts int64         `json:"contacts"`
		Affected windowsJSON   `json:"affected"`
		Changes  []meaningJSON `json:"changes"`
		Messages []string      `json:"messages"`
		Stages   []stageJSON   `json:"stages"`
		Crowded  []crowdedJSON `json:"crowded"`
		Migrated []countJSON   `json:"migrated"`
		Effects  []effectJSON  `json:"effects"`
		Repeats  []countJSON   `json:"repeats"`
		Silent   []countJSON   `json:"silent"`
		Cut      []countJSON   `json:"not_foreseen"`
		Story    *futuresJSON  `json:"story,omitempty"`
	}
	versionJSON struct {
		Number int    `json:"number,omitempty"`
		Hash   string `json:"hash"`
	}
	windowsJSON struct {
		Once  int64 `json:"at_once"`
		Day   int64 `json:"24h"`
		Month int64 `json:"30d"`
	}
	meaningJSON struct {
		What  string `json:"what"` // added, removed, changed, moved, renamed
		In    string `json:"in,omitempty"`
		Old   string `json:"old,omitempty"`
		New   string `json:"new,omitempty"`
		OldAt string `json:"old_at,omitempty"` // file:line
		NewAt string `json:"new_at,omitempty"`
	}
	stageJSON struct {
		Stage    string `json:"stage"`
		Contacts int64  `json:"contacts"`
		Dropped  bool   `json:"dropped"`
		Migrate  string `json:"migrate,omitempty"` // a line that is missing
	}
	crowdedJSON struct { // two stages on one track, which has room for one
		Track    string `json:"track"`
		Stays    string `json:"stays"`
		Lost     string `json:"lost"`
		Contacts int64  `json:"contacts"`
		Mend     string `json:"mend"` // what would do
	}
	countJSON struct {
		What     string   `json:"what"`
		Contacts int64    `json:"contacts"`
		Examples []string `json:"examples"`
	}
	effectJSON struct {
		How      string      `json:"how"` // comes, goes, shifts: it would happen, would have happened and does not, happens at another time
		Kind     string      `json:"kind"`
		What     string      `json:"what"`
		Contacts windowsJSON `json:"contacts"`
		Examples []string    `json:"examples"`
	}
	futuresJSON struct {
		Contact string        `json:"contact"`
		Running []decidedJSON `json:"running"`
		Next    []decidedJSON `json:"next"`
	}
	decidedJSON struct {
		At   string `json:"at"`
		What string `json:"what"`
		By   string `json:"by"`
	}
)

func rfc(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

func planJSON(w io.Writer, v *planView) error {
	all := planJSONed{
		At: rfc(v.At), Running: versionJSON{v.number, v.running.Program.Hash}, Next: versionJSON{Hash: v.next.Program.Hash}, Runs: !v.Stranding(), Verdict: v.verdict(),
		Contacts: v.Contacts, Affected: windows(v.Affected), Changes: []meaningJSON{}, Messages: append([]string{}, v.Messages...), Stages: []stageJSON{},
		Migrated: countsJSON(v.Migrated), Effects: []effectJSON{}, Repeats: countsJSON(v.Repeats), Silent: countsJSON(v.Silent), Cut: countsJSON(v.Cut), Crowded: []crowdedJSON{},
	}
	for i := range v.Changes {
		c := &v.Changes[i]
		var path []string
		for _, p := range c.In {
			path = append(path, partName(p))
		}
		one := meaningJSON{What: c.What.String(), In: strings.Join(path, ", ")}
		if c.Old != nil {
			one.Old, one.OldAt = c.Old.Text, v.place(v.running, c.OldAt)
		}
		if c.New != nil {
			one.New, one.NewAt = c.New.Text, v.place(v.next, c.NewAt)
		}
		all.Changes = append(all.Changes, one)
	}
	for _, s := range v.Stages {
		one := stageJSON{Stage: s.Name, Contacts: s.Contacts, Dropped: s.Dropped}
		if s.Stranded {
			one.Migrate = v.migrate(&s)
		}
		all.Stages = append(all.Stages, one)
	}
	for i := range v.Crowded {
		c := &v.Crowded[i]
		all.Crowded = append(all.Crowded, crowdedJSON{c.Track, c.Stays, c.Lost, c.Contacts, c.Mend()})
	}
	for _, e := range v.Effects {
		all.Effects = append(all.Effects, effectJSON{map[plan.How]string{plan.Comes: "comes", plan.Goes: "goes", plan.Shifts: "shifts"}[e.How], e.Kind.String(), e.What, windows(e.Contacts), e.Examples})
	}
	if v.Story != nil {
		all.Story = &futuresJSON{v.contact, decidedJSONs(v.Story.Running), decidedJSONs(v.Story.Next)}
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(all)
}

func windows(w plan.Windows) windowsJSON { return windowsJSON{w[0], w[1], w[2]} }

func countsJSON(of []plan.Count) []countJSON {
	all := []countJSON{}
	for _, c := range of {
		all = append(all, countJSON(c))
	}
	return all
}

func decidedJSONs(lines []plan.Line) []decidedJSON {
	all := []decidedJSON{}
	for _, l := range lines {
		all = append(all, decidedJSON{rfc(l.At), l.What, l.By})
	}
	return all
}

// planMarkdown is the plan as a comment on a pull request.
func planMarkdown(w io.Writer, v *planView) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Plan: %s\n\n", v.verdict())
	fmt.Fprintf(&b, "From %s (%s), version %d, %s.\n", v.instant(v.At), v.zone, v.number, things(v.Contacts, "contact"))
	if len(v.Changes) > 0 {
		b.WriteString("\n```diff\n")
		last := ""
		for _, i := range v.together() {
			c := &v.Changes[i]
			in, what, _ := v.says(c)
			if in != last && in != "" {
				fmt.Fprintf(&b, "  %s\n", in)
			}
			last = in
			switch before, after, both := strings.Cut(what, "  =>  "); {
			case both:
				fmt.Fprintf(&b, "-   %s\n+   %s\n", before, after)
			default:
				fmt.Fprintf(&b, "%s   %s\n", strings.NewReplacer("^", "!").Replace(sign(c.What)), what)
			}
		}
		b.WriteString("```\n")
	}
	if len(v.Messages) > 0 {
		fmt.Fprintf(&b, "\nMessages that say something else: `%s`\n", strings.Join(v.Messages, "`, `"))
	}
	if len(v.Stages)+len(v.Crowded) > 0 {
		b.WriteString("\n| contacts | stage | |\n|---:|---|---|\n")
		for _, s := range v.Stages {
			note := "changed"
			switch {
			case s.Stranded:
				note = "**not there any more**; write `" + v.migrate(&s) + "`"
			case s.Dropped:
				note = "not there any more"
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", count(s.Contacts), s.Name, note)
		}
		for i := range v.Crowded {
			c := &v.Crowded[i]
			fmt.Fprintf(&b, "| %s | `%s`, `%s` | **no room for both on track %s**; %s |\n", count(c.Contacts), c.Stays, c.Lost, c.Track, c.Mend())
		}
	}
	if len(v.Effects) > 0 {
		b.WriteString("\n| | what happens because of it (+ it would, − it would have, ~ at another time) | at once | 24 h | 30 d |\n|---|---|---:|---:|---:|\n")
		for _, e := range v.Effects {
			if !shown[e.Kind] {
				continue
			}
			mark := strings.Replace(hows[e.How], "-", "−", 1)
			fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s |\n", mark, e.Kind, cell(e.What), dotted(e.Contacts[0]), dotted(e.Contacts[1]), dotted(e.Contacts[2]))
		}
	}
	for _, part := range []struct {
		heading string
		of      []plan.Count
	}{{"What `migrate` does", v.Migrated}, {"Sent again within 30 days", v.Repeats}, {"Left where nothing more happens without an answer", v.Silent}, {"Not foreseen", v.Cut}} {
		if len(part.of) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n| contacts | %s |\n|---:|---|\n", part.heading)
		for _, c := range part.of {
			fmt.Fprintf(&b, "| %s | %s |\n", count(c.Contacts), cell(c.What))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell is text for a cell of a Markdown table.
func cell(s string) string {
	return "`" + strings.NewReplacer("|", `\|`, "`", "'", "\n", " ").Replace(s) + "`"
}
