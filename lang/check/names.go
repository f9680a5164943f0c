package check

import (
	"fmt"
	"slices"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// owner is who has a name of the shared namespace.
type owner struct {
	kind Kind
	span diag.Span // empty for what is built in
}

// index finds the things of one kind by their names.
type index[T any] struct {
	kind   Kind
	things map[string]T
	names  []string // in source order, for suggestions
}

func newIndex[T any](k Kind) index[T] { return index[T]{kind: k, things: map[string]T{}} }

func (x *index[T]) add(name string, thing T) {
	if _, there := x.things[name]; !there && name != "" {
		x.things[name] = thing
		x.names = append(x.names, name)
	}
}

// declare gives a name of the shared namespace to a thing; the first that declares it keeps it.
func (c *checker) declare(k Kind, name syntax.Name) {
	if name.Text == "" {
		return
	}
	c.declares(k, "", name)
	before, taken := c.taken[name.Text]
	switch {
	case taken && before.span.File == "":
		c.errorf("NUR102", name.Span, "`%s` is a built-in event, so %s cannot be called so; choose another name", name.Text, k)
	case taken && before.kind == k:
		c.errorf("NUR101", name.Span, "there is %s `%s` already; choose another name or delete one of the two", k, name.Text).
			because(before.span, "first declared here")
	case taken:
		c.errorf("NUR101", name.Span, "`%s` is %s already, and a name means one thing in a playbook; choose another name", name.Text, before.kind).
			because(before.span, "first declared here")
	case cond.Reserved(name.Text) && k != AScore && k != AProgram:
		c.errorf("NUR102", name.Span, "`%s` means something else in conditions, so %s cannot be called so; choose another name", name.Text, k)
		c.taken[name.Text] = owner{k, c.span(name.Span)}
	default:
		c.taken[name.Text] = owner{k, c.span(name.Span)}
	}
}

// find gives the thing that a name stands for, or reports why there is none. It notes that the name stands there.
func find[T any](c *checker, x *index[T], name syntax.Name) (thing T, ok bool) {
	k, of := x.kind, ""
	if k == AField {
		of = ofContact
	}
	if thing, ok = x.things[name.Text]; !ok {
		c.unknown(k, x.names, name)
		if is, taken := c.taken[name.Text]; taken && k.shared() {
			k = is.kind
		}
	}
	c.use(name.Span, k, of, name.Text)
	return thing, ok
}

// unknown reports a name that no thing of the kind has.
func (c *checker) unknown(k Kind, names []string, name syntax.Name) {
	if name.Text == "" || c.halfWritten(name.Text) {
		return
	}
	if is, taken := c.taken[name.Text]; taken && is.kind != k && k.shared() {
		f := c.errorf("NUR104", name.Span, "`%s` is %s, not %s", name.Text, is.kind, k).because(is.span, "declared here")
		if is.span.File == "" {
			f.Message = fmt.Sprintf("`%s` is a built-in event, not %s", name.Text, k)
		}
		return
	}
	f := c.errorf("NUR103", name.Span, "there is no %s `%s`", k.Word(), name.Text)
	switch near, ok := c.nearest(name.Text, names); {
	case ok:
		f.suggest(near)
	case len(names) == 0:
		f.Message += fmt.Sprintf("; the playbook declares no %s", k.Word())
	case len(names) <= 8:
		f.Message += "; write " + oneOf(names)
	default:
		f.Message += "; declare it or choose one that is declared"
	}
}

// halfWritten says whether an unknown name may be declared in text that did not parse. What is excused so is looked at
// again each time.
func (c *checker) halfWritten(name string) bool {
	if c.broken[name] {
		c.unit.sound = false
	}
	return c.broken[name]
}

// shared says whether things of the kind live in the shared namespace.
func (k Kind) shared() bool {
	return !slices.Contains([]Kind{AField, ARole, ATrack, AStage, AScenario}, k)
}

// nearest is the name that was probably meant; of a single letter nobody can tell. A playbook with thousands of unknown
// names gets its first suggestions only.
func (c *checker) nearest(word string, names []string) (string, bool) {
	if len(word) < 2 {
		return "", false
	}
	if c.near -= len(names); c.near < 0 {
		return "", false
	}
	return diag.Nearest(word, names)
}

// choose finds a word among those that its place allows, or reports it: what says what the place is ("a phase").
func (c *checker) choose(name syntax.Name, what string, words []string) (int, bool) {
	if name.Text == "" {
		return 0, false
	}
	if i := slices.Index(words, name.Text); i >= 0 {
		return i, true
	}
	f := c.errorf("NUR107", name.Span, "`%s` is not %s", name.Text, what)
	if near, ok := c.nearest(name.Text, words); ok {
		f.suggest(near)
	} else {
		f.Message += "; write " + oneOf(words)
	}
	return 0, false
}

// oneOf lists words for a message: `a`, `b` or `c`.
func oneOf(words []string) string { return listed(words, "or") }

func listed(words []string, last string) string {
	s := ""
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			s += " " + last + " "
		case i > 0:
			s += ", "
		}
		s += "`" + w + "`"
	}
	return s
}

// once remembers where each key of a block or a list first stood.
type once map[string]diag.Span

// twice notes a key, or reports that it was there before: what is a format that says what the key stands for.
func (c *checker) twice(o once, key string, at syntax.Span, what string) bool {
	first, there := o[key]
	if there {
		c.errorf("NUR105", at, "%s stands here a second time; delete one of the two", fmt.Sprintf(what, key)).because(first, "the first one")
		return true
	}
	o[key] = c.span(at)
	return false
}

// positive reports a duration that takes no time, where the meaning needs one that does.
func (c *checker) positive(d *syntax.Duration, what string) {
	if d != nil && d.Text != "" && d.Value.IsZero() {
		c.errorf("NUR108", d.Span, "%s must take some time; write 1h, 7d or 1mo", what)
	}
}

// whole reports a number that is not a whole one of lo..hi; 0 stands for one that was reported.
func (c *checker) whole(n syntax.Number, lo, hi int, what string) int {
	if n.Text == "" {
		return 0
	}
	if v := int(n.Value); n.Value == float64(v) && v >= lo && v <= hi {
		return v
	}
	c.errorf("NUR108", n.Span, "%s is a whole number of %d..%d", what, lo, hi)
	return 0
}

// share reports a percentage outside 0..100 and gives it as 0..1.
func (c *checker) share(p syntax.Percent, what string) float64 {
	if p.Value < 0 || p.Value > 100 {
		c.errorf("NUR108", p.Span, "%s is a share: write 0%% to 100%%", what)
		return 0
	}
	return p.Value / 100
}

// sound says whether all of a block parsed; one with text that did not may have what seems to be missing.
func sound(b *syntax.Block) bool {
	if b == nil {
		return false
	}
	for _, s := range b.Stmts {
		if _, bad := s.(*syntax.BadStmt); bad {
			return false
		}
	}
	return true
}

// stmts is the statements of a block that may be missing.
func stmts(b *syntax.Block) []syntax.Stmt {
	if b == nil {
		return nil
	}
	return b.Stmts
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
