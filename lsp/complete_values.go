package lsp

import (
	"io/fs"
	"os"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/syntax"
)

// What completion gives where a statement or a condition asks for a value: those that a field can have, time zones,
// durations, content files.

// matchValues are what the field of the match around can be.
func (c *completer) matchValues() {
	if len(c.place.Around) == 0 {
		return
	}
	of, name, _ := strings.Cut(c.place.Around[len(c.place.Around)-1].Path(syntax.RoleMatchField), ".")
	if of == "contact" {
		if f := fieldNamed(c.Playbook.Contact.Fields, name); f != nil {
			c.values(f, false)
		}
		return
	}
	for _, e := range c.reactsTo() {
		if f := fieldNamed(e.Fields, name); f != nil {
			c.values(f, false)
		}
	}
}

// values are what a field can be; always says that texts stand in quotes even where names would do.
func (c *completer) values(f *check.Field, always bool) {
	add := func(value, detail string, ref check.Ref, icon protocol.CompletionItemKind) {
		w := candidate{label: value, detail: detail, of: ref, kind: icon}
		if !c.place.Quoted && (always || icon == iconValue) {
			w.label = strconv.Quote(value)
		}
		c.add(w)
	}
	switch f.Type {
	case check.FieldBool:
		c.add(candidate{label: "true", kind: iconWord})
		c.add(candidate{label: "false", kind: iconWord})
	case check.FieldEnum, check.FieldSet:
		for _, v := range f.Values {
			add(v, "value of "+f.Name, check.Ref{}, iconValue)
		}
	case check.FieldTopic:
		for _, t := range c.Playbook.Topics {
			add(t.Name, "topic", check.Ref{Kind: check.ATopic, Name: t.Name}, iconTopic)
		}
	case check.FieldOffer:
		for _, o := range c.Playbook.Offers {
			add(o.Name, o.Title, check.Ref{Kind: check.AnOffer, Name: o.Name}, iconOffer)
		}
	case check.FieldTimezone:
		c.zones()
	case check.FieldDate, check.FieldTime:
		if today := c.client.today(); always && today != 0 && !c.place.Quoted {
			c.add(candidate{label: today.String(), detail: "today", kind: iconValue})
		}
	}
}

func (c *completer) zones() {
	for _, zone := range calendar.ZoneNames() {
		w := candidate{label: zone, kind: iconValue, fit: fitGood}
		if !c.place.Quoted {
			w.label = `"` + zone + `"`
		}
		c.add(w)
	}
}

// usual are durations that playbooks are made of.
var usual = []string{"1d", "2d", "3d", "7d", "14d", "21d", "30d", "60d", "90d", "1mo", "1y", "12h", "30min"}

var units = []syntax.Choice{{Word: "d", Doc: "days"}, {Word: "w", Doc: "weeks"}, {Word: "mo", Doc: "months"}, {Word: "h", Doc: "hours"}, {Word: "min", Doc: "minutes"}, {Word: "y", Doc: "years"}}

// durations are the units behind a number that has been typed, or else usual ones.
func (c *completer) durations(fit int) {
	typed := c.Sources[c.file][c.place.Start:c.offset]
	if digits := strings.TrimRight(typed, "dwmohiny"); digits != "" {
		for _, u := range units {
			c.add(candidate{label: digits + u.Word, detail: digits + " " + u.Doc, kind: iconUnit, fit: fit})
		}
		return
	}
	for _, d := range usual {
		c.add(candidate{label: d, kind: iconUnit, fit: fit})
	}
}

// mostFiles bounds the look for content files.
const mostFiles = 5000

// files are the content files of the playbook's folder; those that nothing names yet come first.
func (c *completer) files() {
	used := map[string]bool{}
	for _, o := range c.Playbook.Offers {
		used[o.Content] = true
	}
	for _, h := range c.Playbook.Handoffs {
		used[h.Brief] = true
	}
	for _, name := range c.contentFiles() {
		fit := fitBest
		if used[name] {
			fit = fitSome
		}
		w := candidate{label: name, kind: iconFile, fit: fit}
		if !c.place.Quoted {
			w.label = `"` + name + `"`
		}
		c.add(w)
	}
}

// contentFiles are the *.md files of the playbook's folder and of what is below it.
func (s *Snapshot) contentFiles() (names []string) {
	if s.Dir() == "" {
		return nil
	}
	root, err := os.OpenRoot(s.Dir())
	if err != nil {
		return nil
	}
	defer root.Close()
	seen := 0
	_ = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		seen++
		switch {
		case err != nil:
			return nil // what cannot be read cannot be chosen
		case seen > mostFiles:
			return fs.SkipAll
		case e.IsDir() && path != "." && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.IsDir() && strings.HasSuffix(path, ".md"):
			names = append(names, path)
		}
		return nil
	})
	return names
}
