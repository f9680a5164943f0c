package check

import (
	"cmp"
	"fmt"
	"slices"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Check gives files their meaning together, whatever they hold: broken trees too. It reports everything that is wrong,
// in the order of the files and of their text, and leaves out what only follows from something reported. read gives
// the text of a content file by its path inside the playbook's folder; nil leaves content files alone.
//
// The passes: every name of every file is declared first, so order and file do not matter; then each thing's
// statements are checked in source order, with segments and scores before whatever reads them in a condition; at last
// what needs whole programs: that no outcome of a hand-off is left without a rule, and tests, scenarios, migrations.
// What a Memory knows of a declaration is not found out again; the first Check is one with a Memory that knows nothing.
func Check(files []*syntax.File, read func(path string) (string, error)) (*Playbook, []diag.Diagnostic) {
	return new(Memory).Check(files, read)
}

// Check does what the function Check does, and remembers what it found.
func (m *Memory) Check(files []*syntax.File, read func(path string) (string, error)) (*Playbook, []diag.Diagnostic) {
	m.turn++
	c := m.declare(files, read, m.recall(files))
	if c.settle() {
		before := c
		c = m.declare(files, read, c.units)
		c.schema, c.texts = before.schema, before.texts // what is made anew looks as it did
	}
	c.checkCycles()
	c.checkOffers()
	c.checkMaps()
	c.checkHandoffs()
	c.checkSegments()
	c.checkScores()
	c.checkPolicy()
	c.checkMeasure()
	c.checkTracks()
	c.checkPrograms()
	c.checkOutcomes()
	c.checkNevers()
	c.checkMigrations()
	c.checkTests()
	c.checkScenarios()
	c.checkUrgency()
	c.tellContents()
	c.tell()
	m.keep(c)
	return c.book, c.sorted()
}

// declare gives all names to their things, and the fields of the contact and of events their types: what the conditions
// and all other declarations see of one another.
func (m *Memory) declare(files []*syntax.File, read func(path string) (string, error), units []*unit) *checker {
	c := newChecker(files, read)
	c.memory, c.units = m, units
	m.checked = 0
	for _, u := range units {
		u.begin()
	}
	c.declareBuiltins()
	c.declareAll()
	c.checkContact()
	c.checkEvents()
	c.declareConditions()
	return c
}

// tell lays down what the declarations hold of names and conditions.
func (c *checker) tell() {
	for _, u := range c.units {
		if len(u.uses) > 0 {
			c.book.told = append(c.book.told, u.uses)
		}
		if len(u.conditions) > 0 {
			c.book.conditions = append(c.book.conditions, u.conditions)
		}
	}
}

// checker is the state of one Check.
type checker struct {
	book  *Playbook
	read  func(path string) (string, error)
	units []*unit // all declarations in source order
	unit  *unit   // the one being declared or checked; nil in what looks at the whole
	file  string  // that it stands in
	named int     // how many of its things have been declared
	found []*finding

	taken  map[string]owner // the namespace that all kinds of things share
	broken map[string]bool  // words of text that did not parse: a name among them may well be declared there
	near   int              // how many names may still be compared for suggestions

	fields   index[*Field]
	topics   index[*Topic]
	roles    index[*Role]
	events   index[*Event] // with the outcomes of hand-offs, as `sales.won`
	segments index[*Segment]
	scores   index[*Score]
	offers   index[*Offer]
	maps     index[*Map]
	handoffs index[*Handoff]
	tracks   index[*Track]
	programs index[*Program]
	stages   map[*Program]*index[*Stage]

	untyped map[*Field]bool // fields whose type is not known: what is done with them is not judged
	schema  *cond.Schema

	memory   *Memory
	texts    map[contentUse]*contentText // each content file is parsed once for each way it is used
	implicit map[string]*Track           // what Memory.tracks will be
	needed   map[string]bool             // scratch of wordsOf

	trees
}

// declared is a declaration on its way from its tree to its meaning.
type declared[D, T any] struct {
	*unit
	tree D
	is   T
}

// trees holds the declarations by kind, in source order.
type trees struct {
	contacts      []declared[*syntax.ContactDecl, *Contact]
	eventDecls    []declared[*syntax.EventDecl, *Event]
	segmentDecls  []declared[*syntax.SegmentDecl, *Segment]
	scoreDecls    []declared[*syntax.ScoreDecl, *Score]
	offerDecls    []declared[*syntax.OfferDecl, *Offer]
	mapDecls      []declared[*syntax.MapDecl, *Map]
	policies      []declared[*syntax.PolicyDecl, *Policy]
	handoffDecls  []declared[*syntax.HandoffDecl, *Handoff]
	measures      []declared[*syntax.MeasureDecl, *Measure]
	trackDecls    []declared[*syntax.TrackDecl, *Track]
	programDecls  []declared[*syntax.ProgramDecl, *Program]
	neverDecls    []declared[*syntax.NeverDecl, *Never]
	migrateDecls  []declared[*syntax.MigrateDecl, *Migration]
	testDecls     []declared[*syntax.TestDecl, *Test]
	scenarioDecls []declared[*syntax.ScenarioDecl, *Scenario]
}

// finding is a diagnostic that is still being put together.
type finding struct{ diag.Diagnostic }

// span puts a file to a span of the file being checked.
func (c *checker) span(s syntax.Span) diag.Span {
	return diag.Span{File: c.file, Start: s.Start, End: s.End}
}

// errorf reports an error at a place of the file being checked.
func (c *checker) errorf(code string, at syntax.Span, format string, args ...any) *finding {
	f := &finding{diag.Diagnostic{Code: code, Span: c.span(at), Message: fmt.Sprintf(format, args...)}}
	c.report(f)
	return f
}

// report adds a finding. Where it is about a declaration, that will be checked anew: a finding may be about anything.
func (c *checker) report(f *finding) {
	c.found = append(c.found, f)
	if c.unit != nil {
		c.unit.sound = false
	}
}

// because adds another place that explains the finding.
func (f *finding) because(at diag.Span, message string) *finding {
	if at.File != "" {
		f.Related = append(f.Related, diag.Related{Span: at, Message: message})
	}
	return f
}

// fix adds the one right answer: the text of at becomes text.
func (f *finding) fix(title string, at diag.Span, text string) *finding {
	f.Fixes = append(f.Fixes, diag.Fix{Title: title, Edits: []diag.Edit{{Span: at, New: text}}})
	return f
}

// suggest adds to the message, and as a fix, a name that was probably meant instead of the finding's text.
func (f *finding) suggest(name string) *finding {
	f.Message += fmt.Sprintf("; did you mean `%s`?", name)
	return f.fix(fmt.Sprintf("write `%s`", name), f.Span, name)
}

// sorted gives the findings in the order of the files and their text, content files behind them by name, each once.
func (c *checker) sorted() []diag.Diagnostic {
	rank := map[string]int{}
	for i, f := range c.book.Files {
		rank[f.Name] = i - len(c.book.Files)
	}
	slices.SortStableFunc(c.found, func(a, b *finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Span.File], rank[b.Span.File]),
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Span.End, b.Span.End),
		)
	})
	var all []diag.Diagnostic
	for i, f := range c.found {
		if i > 0 {
			if last := all[len(all)-1]; last.Span == f.Span && last.Code == f.Code && last.Message == f.Message {
				continue
			}
		}
		all = append(all, f.Diagnostic)
	}
	return all
}
