package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Kind is what a name can name.
type Kind uint8

const (
	AnOffer Kind = iota
	AMap
	ASegment
	AScore
	ATopic
	AnEvent
	AProgram
	AHandoff
	AField
	ARole
	ATrack
	AStage
	AScenario
	AnOutcome
	AnEventField
	AValue
	AnOfferKind
	AChannel
	AContentFile
)

var kindNames = [...]string{
	AnOffer:      "an offer",
	AMap:         "a map",
	ASegment:     "a segment",
	AScore:       "a score",
	ATopic:       "a topic",
	AnEvent:      "an event",
	AProgram:     "a program",
	AHandoff:     "a hand-off",
	AField:       "a field",
	ARole:        "a role",
	ATrack:       "a track",
	AStage:       "a stage",
	AScenario:    "a scenario",
	AnOutcome:    "an outcome",
	AnEventField: "a field of an event",
	AValue:       "a value",
	AnOfferKind:  "a kind of offer",
	AChannel:     "a channel",
	AContentFile: "a content file",
}

func (k Kind) String() string { return kindNames[k] }

// Word is the kind without its article.
func (k Kind) Word() string {
	_, w, _ := strings.Cut(k.String(), " ")
	return w
}

// Ref says which thing a name stands for, whether it is declared or not.
type Ref struct {
	Kind Kind
	// Of is whose it is: of a stage its program, of an outcome its hand-off, of a field "contact" or its event, of a value
	// its field, such as "contact.role".
	Of   string
	Name string
}

// String is the name as one would write it elsewhere: "targeted.learn", "contact.role".
func (r Ref) String() string {
	if r.Of == "" {
		return r.Name
	}
	return r.Of + "." + r.Name
}

// Use is a place where a name stands.
type Use struct {
	Span diag.Span // of the name alone, without quotes
	Ref
	Declares bool
	Writes   bool // what it names gets a value here: by `set` and `forget`, and in tests and scenarios
	Past     bool // what it was called once, in a `migrate`
}

// Names stand in the order in which a check comes to them; few questions need another one, and after each key that
// somebody types there is a new Playbook. So they are put in order file by file, when somebody asks.

// usesOf are the uses of one file.
type usesOf struct {
	told [][]Use
	uses []Use
	sort sync.Once
}

// Uses are all places of all names, in every file of the playbook and its content files, sorted by file and place. Where a
// name can be that of several things, such as a field of one of several events, each has a Use. In broken files they
// are those that were understood. The slice is not to be changed.
func (p *Playbook) Uses() []Use {
	p.groupUses()
	p.gathering.Do(func() {
		for _, file := range slices.Sorted(maps.Keys(p.usesByFile)) {
			p.uses = append(p.uses, p.UsesIn(file)...)
		}
	})
	return p.uses
}

// UsesIn are the uses in one file. The slice is not to be changed.
func (p *Playbook) UsesIn(file string) []Use {
	p.groupUses()
	of := p.usesByFile[file]
	if of == nil {
		return nil
	}
	of.sort.Do(func() {
		of.uses = slices.Concat(of.told...)
		sortUses(of.uses)
	})
	return of.uses
}

// groupUses lays the uses of each file together.
func (p *Playbook) groupUses() {
	p.grouping.Do(func() {
		p.usesByFile = map[string]*usesOf{}
		for _, told := range p.told {
			file := told[0].Span.File
			of := p.usesByFile[file]
			if of == nil {
				of = &usesOf{}
				p.usesByFile[file] = of
			}
			of.told = append(of.told, told)
		}
	})
}

func sortUses(uses []Use) {
	slices.SortFunc(uses, func(a, b Use) int {
		if a.Span != b.Span {
			return cmp.Or(strings.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
		}
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Of, b.Of), strings.Compare(a.Name, b.Name))
	})
}

// UsesAt are those whose name a byte of a file stands in or behind.
func (p *Playbook) UsesAt(file string, offset int) []Use {
	all := p.UsesIn(file)
	end, _ := slices.BinarySearchFunc(all, offset+1, func(u Use, offset int) int { return cmp.Compare(u.Span.Start, offset) })
	begin := end
	for begin > 0 && all[begin-1].Span.End >= offset {
		begin--
	}
	return all[begin:end]
}

// UsesOf are the places where something is named, sorted by file and place.
func (p *Playbook) UsesOf(r Ref) []Use {
	var of []Use
	for _, told := range p.told {
		for i := range told {
			if told[i].Ref == r {
				of = append(of, told[i])
			}
		}
	}
	sortUses(of)
	return of
}

// Declaration is where a thing is declared, for the first time; ok is false where it is not, or built in.
func (p *Playbook) Declaration(r Ref) (at diag.Span, ok bool) {
	for _, u := range p.UsesOf(r) {
		if u.Declares {
			return u.Span, true
		}
	}
	return diag.Span{}, false
}

// Conditions gives all conditions and expressions of the playbook, file by file.
func (p *Playbook) Conditions(each func(*cond.Expr)) {
	for _, of := range p.conditions {
		for _, e := range of {
			each(e)
		}
	}
}

// ConditionAt is the condition or expression that a byte of a file stands in or behind; nil where there is none.
func (p *Playbook) ConditionAt(file string, offset int) *cond.Expr {
	var at *cond.Expr
	for _, of := range p.conditions {
		if of[0].Span.File != file {
			continue
		}
		for _, e := range of {
			if e.Span.Start <= offset && offset <= e.Span.End && (at == nil || at.Span.Start < e.Span.Start) {
				at = e
			}
		}
	}
	return at
}

// use notes that a name stands at a place of the file being checked. What more there is to say of it is said to the
// result, at once.
func (c *checker) use(at syntax.Span, k Kind, of, name string) *Use {
	u := c.unit
	if name == "" || u.done {
		return &Use{}
	}
	if u.uses == nil {
		u.uses = make([]Use, 0, 8) // most have some
	}
	u.uses = append(u.uses, Use{Span: c.span(at), Ref: Ref{k, of, name}})
	return &u.uses[len(u.uses)-1]
}

// declares notes the declaration of a name.
func (c *checker) declares(k Kind, of string, name syntax.Name) {
	c.use(name.Span, k, of, name.Text).Declares = true
}

// written notes that what the last name named gets a value.
func (c *checker) written() {
	c.unit.uses[len(c.unit.uses)-1].Writes = true
}

// inside is the span of a text without its quotes; one with escapes has none.
func inside(s syntax.Span, text string) (inner syntax.Span, ok bool) {
	return syntax.Span{Start: s.Start + 1, End: s.End - 1}, s.End-s.Start == len(text)+len(`""`)
}

// useText notes a name that stands in quotes.
func (c *checker) useText(s *syntax.Str, k Kind, of, name string) {
	if s == nil {
		return
	}
	if at, ok := inside(s.Span, s.Value); ok {
		c.use(at, k, of, name)
	}
}

// useField notes a field of an event; those that `submitted` writes are the contact's.
func (c *checker) useField(at syntax.Span, e *Event, name string) {
	of := e.Name
	if f := e.field(name); f != nil {
		of = f.of
	}
	c.use(at, fieldKind(of), of, name)
}

// ofContact is whose the fields of the contact are.
const ofContact = "contact"

func fieldKind(of string) Kind {
	if of == ofContact {
		return AField
	}
	return AnEventField
}

// namedKinds are the kinds of names in conditions.
var namedKinds = map[cond.Named]Kind{
	cond.NamesScore:     AScore,
	cond.NamesSegment:   ASegment,
	cond.NamesEvent:     AnEvent,
	cond.NamesHandoff:   AHandoff,
	cond.NamesOutcome:   AnOutcome,
	cond.NamesOffer:     AnOffer,
	cond.NamesTopic:     ATopic,
	cond.NamesMap:       AMap,
	cond.NamesOfferKind: AnOfferKind,
	cond.NamesChannel:   AChannel,
}

// useNames notes the names in a condition that sees the given events.
func (c *checker) useNames(e *cond.Expr, see sight) {
	for _, n := range e.Names {
		at := syntax.Span{Start: n.Span.Start, End: n.Span.End}
		switch n.Is {
		case cond.NamesContactField:
			c.use(at, AField, ofContact, n.Name)
		case cond.NamesEventField:
			for _, event := range see.Events {
				if e := c.events.things[event]; e != nil && n.Name != "at" {
					c.useField(at, e, n.Name)
				}
			}
		case cond.NamesValue:
			c.useValues(at, n, see)
		default:
			k := namedKinds[n.Is]
			if is, taken := c.taken[n.Name]; taken && n.Of == "" && k.shared() {
				k = is.kind
			}
			c.use(at, k, n.Of, n.Name)
		}
	}
}

// useValues notes a value of a field of the contact, or of a field that the events have.
func (c *checker) useValues(at syntax.Span, n cond.Name, see sight) {
	owner, field, _ := strings.Cut(n.Of, ".")
	if owner == ofContact {
		c.use(at, AValue, n.Of, n.Name)
		return
	}
	for _, event := range see.Events {
		if e := c.events.things[event]; e != nil {
			if f := e.field(field); f != nil {
				c.use(at, AValue, f.of+"."+f.Name, n.Name)
			}
		}
	}
}
