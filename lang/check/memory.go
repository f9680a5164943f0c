package check

import (
	"hash/maphash"
	"slices"

	"nurture/lang/cond"
	"nurture/lang/syntax"
)

// Memory keeps what checking a playbook found, declaration by declaration, so that the next Check of the same playbook,
// after an edit, only looks into those that the edit concerns. The zero value knows nothing. It is for one goroutine at
// a time; a Playbook that it gave stays as it is, and shares what has not changed with the next.
//
// What a declaration means depends on its text and on what the playbook declares by each name that stands in it: what
// kind of thing that is, and as much of it as others see, such as the fields of an event or the stages of a program, but
// not what stands in it (word.go). Where something was found in it, it is checked anew each time, since that may be
// about anything. There are three ways, and settle chooses for each declaration:
//
//   - It is kept as it is: the same things, for the new Playbook too.
//   - It stands elsewhere by now, or something that it names is another thing, though one that looks the same: it is
//     copied for its place, with the new things in it (moved.go).
//   - It is checked.
//
// What is about several declarations, such as names that are taken, circles and outcomes that lead nowhere, is looked
// at each time.
type Memory struct {
	conditions cond.Memory
	contents   map[contentUse]*contentText
	files      map[string]fileUnits
	words      map[string]*word
	builtins   map[string]*Event
	tracks     map[string]*Track // that no block declares
	turn       int               // counts the checks
	checked    int               // how many declarations the last one has checked
	seed       maphash.Seed
}

// Checked says how many declarations the last Check had to look into.
func (m *Memory) Checked() int { return m.checked }

type fileUnits struct {
	tree  *syntax.File
	units []*unit
}

// unit is a declaration of a file, and all that was found out of it by itself.
type unit struct {
	file  string
	tree  syntax.Decl
	text  string
	doc   string
	start int

	things     []any // that it declares, such as a *Program and each *Stage; the first means all of it
	uses       []Use
	conditions []*cond.Expr
	content    *usedContent
	sound      bool // nothing is wrong in it, so it can be kept

	needs []*word  // what stands in it
	tacit []*word  // what it means without naming it: whatever that looks like, it takes it
	names []string // that it declares
	print uint64   // of what it needs

	before *unit // the same declaration, known, for a copy of it
	done   bool  // it is known, or has been checked
}

// begin makes ready for a check.
func (u *unit) begin() {
	if !u.done {
		u.things, u.uses, u.conditions, u.content = nil, nil, nil, nil
		u.sound = soundTree(u.tree)
	}
}

// soundTree says whether all of a declaration parsed, so that its text alone says what it is.
func soundTree(d syntax.Decl) bool {
	sound := true
	syntax.Walk(d, func(n syntax.Walked) bool {
		_, bad := n.(*syntax.BadStmt)
		sound = sound && !bad && !syntax.NodeOf(n).Bad
		return sound
	})
	return sound
}

// recall lists all declarations, those that are known among them.
func (m *Memory) recall(files []*syntax.File) []*unit {
	if m.words == nil {
		m.words, m.seed = map[string]*word{}, maphash.MakeSeed()
	}
	var all []*unit
	blocks := map[string]int{}
	for _, f := range files {
		old := m.files[f.Name]
		known := old.units
		if old.tree != f {
			known = matched(f, old.units)
		}
		for i, d := range f.Decls {
			var u *unit
			if i < len(known) && known[i] != nil && known[i].sound {
				u = known[i]
			}
			switch {
			case u != nil && u.tree == d:
			case u != nil && copied(d):
				u = &unit{file: f.Name, tree: d, before: u}
			default:
				u = &unit{file: f.Name, tree: d}
			}
			all = append(all, u)
			blocks[several(d)]++
		}
	}
	for i, u := range all {
		if key := several(u.tree); key != "" && blocks[key] > 1 {
			all[i] = &unit{file: u.file, tree: u.tree}
		}
	}
	return all
}

// matched finds, for each declaration of a file, the one that it was before an edit: the same tree, or the same text.
func matched(f *syntax.File, old []*unit) []*unit {
	byTree, byText := map[syntax.Decl]*unit{}, map[string]*unit{}
	for _, u := range old {
		byTree[u.tree] = u
		byText[u.text] = u
	}
	known := make([]*unit, len(f.Decls))
	for i, d := range f.Decls {
		if known[i] = byTree[d]; known[i] != nil {
			delete(byText, known[i].text)
		}
	}
	for i, d := range f.Decls {
		text := textOf(f, d)
		if u := byText[text]; known[i] == nil && u != nil && u.doc == syntax.NodeOf(d).Doc() {
			known[i] = u
			delete(byText, text) // the meaning of one declaration is not that of another
		}
	}
	return known
}

func textOf(f *syntax.File, d syntax.Decl) string {
	n := syntax.NodeOf(d)
	if n.Start < 0 || n.Start > n.End || n.End > len(f.Src) {
		return ""
	}
	return f.Src[n.Start:n.End]
}

// copied says whether a declaration that stands elsewhere is copied. Those whose meaning is little more than their names
// and types are read anew: all others need them from the beginning.
func copied(d syntax.Decl) bool {
	switch d.(type) {
	case *syntax.ContactDecl, *syntax.EventDecl, *syntax.NamesDecl:
		return false
	}
	return true
}

// several names the thing that several blocks say together; "" where each stands for itself.
func several(d syntax.Decl) string {
	switch d := d.(type) {
	case *syntax.ContactDecl:
		return "contact"
	case *syntax.PolicyDecl:
		return "policy"
	case *syntax.MeasureDecl:
		return "measure"
	case *syntax.TrackDecl:
		return "track " + d.Name.Text
	}
	return ""
}

// settle decides what of the known is still right, when all names have been declared with what they were. It says
// whether some of it is not, so that names have to be declared again.
func (c *checker) settle() (again bool) {
	for i, u := range c.units {
		switch {
		case u.before != nil && !c.holds(u.before, true):
			u.before = nil
		case u.done && !c.holds(u, false):
			c.units[i] = &unit{file: u.file, tree: u.tree}
			c.replace(u)
			again = true
		}
	}
	// What names a thing that is made anew is made anew itself, and so on; chains may go either way.
	for settled, way := false, 1; !settled; way = -way {
		settled = true
		for n := range c.units {
			i := n
			if way < 0 {
				i = len(c.units) - 1 - n
			}
			u := c.units[i]
			if u.done && u.stale(c) {
				c.units[i] = &unit{file: u.file, tree: u.tree, before: u}
				c.replace(u)
				settled, again = false, true
			}
		}
	}
	return again
}

// holds says whether what a declaration depends on is what it was.
func (c *checker) holds(u *unit, moved bool) bool {
	if c.print(u.needs) != u.print || !c.sameContent(u.content, moved) {
		return false
	}
	for _, e := range u.conditions {
		if !c.schema.Holds(e) {
			return false
		}
	}
	return true
}

// stale says whether something that a declaration names is another thing than it was.
func (u *unit) stale(c *checker) bool {
	other := func(w *word) bool { return c.look(w).replaced }
	return slices.ContainsFunc(u.needs, other) || slices.ContainsFunc(u.tacit, other)
}

// replace notes that what a declaration has declared will be other things.
func (c *checker) replace(u *unit) {
	for _, name := range u.names {
		if w := c.memory.words[name]; w != nil {
			c.look(w).replaced = true
		}
	}
}

// turn makes a declaration the one that is declared or checked.
func (c *checker) turn(u *unit) {
	c.unit, c.file, c.named = u, u.file, 0
}

// lookAt makes a declaration one that is looked at together with others: what is wrong then is not its own.
func (c *checker) lookAt(u *unit) {
	c.unit, c.file = nil, u.file
}

// known says whether nothing is left to check in a declaration. Otherwise its turn has come.
func (c *checker) known(u *unit) bool {
	c.turn(u)
	switch {
	case u.done:
		return true
	case u.before != nil:
		c.move(u)
		return true
	}
	c.memory.checked++
	return false
}

// own gives the next thing that the declaration declares: the one that it has, or a new one.
func own[T any](c *checker, make func() T) *T {
	u := c.unit
	if u.done {
		c.named++
		return u.things[c.named-1].(*T)
	}
	thing := make()
	u.things = append(u.things, &thing)
	return &thing
}

// keep remembers the declarations as they are now.
func (m *Memory) keep(c *checker) {
	m.files = make(map[string]fileUnits, len(c.book.Files))
	rest := c.units
	for _, f := range c.book.Files {
		units := rest[:len(f.Decls):len(f.Decls)]
		rest = rest[len(f.Decls):]
		m.files[f.Name] = fileUnits{f, units}
		for _, u := range units {
			if !u.done {
				u.text, u.doc, u.start = textOf(f, u.tree), syntax.NodeOf(u.tree).Doc(), syntax.NodeOf(u.tree).Start
				if u.before != nil {
					u.needs, u.tacit, u.names, u.print = u.before.needs, u.before.tacit, u.before.names, u.before.print
				} else {
					u.needs, u.tacit, u.names = c.wordsOf(u)
					u.print = c.print(u.needs)
				}
				u.done, u.before = true, nil
			}
			c.print(u.tacit) // so that these words are not forgotten
		}
	}
	blocks := map[string]*unit{}
	for _, u := range c.units {
		if key := several(u.tree); key != "" {
			if first := blocks[key]; first != nil {
				first.sound, u.sound = false, false
			}
			blocks[key] = u
		}
	}
	m.contents, m.tracks = c.texts, c.implicit
	m.builtins = map[string]*Event{}
	for _, b := range BuiltinEvents {
		m.builtins[b.Name] = c.events.things[b.Name]
	}
	c.keepWords()
}
