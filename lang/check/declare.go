package check

import (
	"slices"
	"strings"
	"unicode"

	"nurture/lang/calendar"
	"nurture/lang/syntax"
)

func newChecker(files []*syntax.File, read func(string) (string, error)) *checker {
	c := &checker{
		book: &Playbook{
			Files:   files,
			Contact: &Contact{},
			Policy:  &Policy{Zone: calendar.UTC},
			Measure: &Measure{},
		},
		read:     read,
		taken:    map[string]owner{},
		broken:   map[string]bool{},
		needed:   map[string]bool{},
		near:     1_000_000,
		fields:   newIndex[*Field](AField),
		topics:   newIndex[*Topic](ATopic),
		roles:    newIndex[*Role](ARole),
		events:   newIndex[*Event](AnEvent),
		segments: newIndex[*Segment](ASegment),
		scores:   newIndex[*Score](AScore),
		offers:   newIndex[*Offer](AnOffer),
		maps:     newIndex[*Map](AMap),
		handoffs: newIndex[*Handoff](AHandoff),
		tracks:   newIndex[*Track](ATrack),
		programs: newIndex[*Program](AProgram),
		stages:   map[*Program]*index[*Stage]{},
		untyped:  map[*Field]bool{},
		texts:    map[contentUse]*contentText{},
		implicit: map[string]*Track{},
	}
	return c
}

// declareAll gives every name of every file to its thing, and sorts the declarations by kind.
func (c *checker) declareAll() {
	for _, f := range c.book.Files {
		c.noteBroken(f)
	}
	for _, u := range c.units {
		c.turn(u)
		c.declareOne(u.tree)
	}
	c.declareOutcomes()
	slices.SortStableFunc(c.book.Events, func(a, b *Event) int { return eventRank(a) - eventRank(b) })
	c.declareTracks()
	c.unit = nil
}

// eventRank orders events: built in ones, those of hand-offs, declared ones.
func eventRank(e *Event) int {
	switch e.Kind {
	case Outcome, Overdue:
		return 1
	case Declared:
		return 2
	default:
		return 0
	}
}

func (c *checker) symbol(name syntax.Name, n *syntax.Node) Symbol {
	s := Symbol{Name: name.Text, Span: c.span(name.Span)}
	if n != nil {
		s.Doc = n.Doc()
	}
	return s
}

func (c *checker) declareOne(d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.ContactDecl:
		if len(c.contacts) == 0 {
			c.book.Contact = own(c, func() Contact { return Contact{} })
		}
		c.contacts = append(c.contacts, declared[*syntax.ContactDecl, *Contact]{c.unit, d, c.book.Contact})
	case *syntax.NamesDecl:
		c.declareNames(d)
	case *syntax.EventDecl:
		e := own(c, func() Event { return Event{Symbol: c.symbol(d.Name, &d.Node), Kind: Declared} })
		c.declare(AnEvent, d.Name)
		c.events.add(e.Name, e)
		c.book.Events = append(c.book.Events, e)
		c.eventDecls = append(c.eventDecls, declared[*syntax.EventDecl, *Event]{c.unit, d, e})
	case *syntax.SegmentDecl:
		s := own(c, func() Segment { return Segment{Symbol: c.symbol(d.Name, &d.Node)} })
		c.declare(ASegment, d.Name)
		c.segments.add(s.Name, s)
		c.book.Segments = append(c.book.Segments, s)
		c.segmentDecls = append(c.segmentDecls, declared[*syntax.SegmentDecl, *Segment]{c.unit, d, s})
	case *syntax.ScoreDecl:
		s := own(c, func() Score { return Score{Symbol: c.symbol(d.Name, &d.Node)} })
		c.declare(AScore, d.Name)
		c.scores.add(s.Name, s)
		c.book.Scores = append(c.book.Scores, s)
		c.scoreDecls = append(c.scoreDecls, declared[*syntax.ScoreDecl, *Score]{c.unit, d, s})
	case *syntax.OfferDecl:
		o := own(c, func() Offer { return Offer{Symbol: c.symbol(d.Name, &d.Node), Title: text(d.Title), Channel: "email"} })
		c.declare(AnOffer, d.Name)
		c.offers.add(o.Name, o)
		c.book.Offers = append(c.book.Offers, o)
		c.offerDecls = append(c.offerDecls, declared[*syntax.OfferDecl, *Offer]{c.unit, d, o})
	case *syntax.MapDecl:
		m := own(c, func() Map { return Map{Symbol: c.symbol(d.Name, &d.Node)} })
		c.declare(AMap, d.Name)
		c.maps.add(m.Name, m)
		c.book.Maps = append(c.book.Maps, m)
		c.mapDecls = append(c.mapDecls, declared[*syntax.MapDecl, *Map]{c.unit, d, m})
	case *syntax.PolicyDecl:
		if len(c.policies) == 0 {
			c.book.Policy = own(c, func() Policy { return Policy{Zone: calendar.UTC} })
		}
		c.policies = append(c.policies, declared[*syntax.PolicyDecl, *Policy]{c.unit, d, c.book.Policy})
	case *syntax.HandoffDecl:
		h := own(c, func() Handoff {
			return Handoff{Symbol: c.symbol(d.Name, &d.Node), Title: text(d.Title), Channel: d.Name.Text}
		})
		c.declare(AHandoff, d.Name)
		c.handoffs.add(h.Name, h)
		c.book.Handoffs = append(c.book.Handoffs, h)
		c.handoffDecls = append(c.handoffDecls, declared[*syntax.HandoffDecl, *Handoff]{c.unit, d, h})
	case *syntax.MeasureDecl:
		if len(c.measures) == 0 {
			c.book.Measure = own(c, func() Measure { return Measure{} })
		}
		c.measures = append(c.measures, declared[*syntax.MeasureDecl, *Measure]{c.unit, d, c.book.Measure})
	case *syntax.TrackDecl:
		t := own(c, func() Track { return Track{Symbol: c.symbol(d.Name, &d.Node)} })
		c.declares(ATrack, "", d.Name)
		if first, there := c.tracks.things[t.Name]; there {
			c.errorf("NUR101", d.Name.Span, "there is a track `%s` already; write its rules in one place, since their order counts", t.Name).
				because(first.Span, "first declared here")
		}
		c.tracks.add(t.Name, t)
		c.trackDecls = append(c.trackDecls, declared[*syntax.TrackDecl, *Track]{c.unit, d, t})
	case *syntax.ProgramDecl:
		c.declareProgram(d)
	case *syntax.NeverDecl:
		n := own(c, func() Never { return Never{Span: c.span(d.Span), Title: text(d.Title)} })
		c.book.Nevers = append(c.book.Nevers, n)
		c.neverDecls = append(c.neverDecls, declared[*syntax.NeverDecl, *Never]{c.unit, d, n})
	case *syntax.MigrateDecl:
		m := own(c, func() Migration { return Migration{Span: c.span(d.Span)} })
		c.book.Migrations = append(c.book.Migrations, m)
		c.migrateDecls = append(c.migrateDecls, declared[*syntax.MigrateDecl, *Migration]{c.unit, d, m})
	case *syntax.TestDecl:
		t := own(c, func() Test { return Test{Title: text(d.Title), Span: c.span(d.Span), Decl: d} })
		c.book.Tests = append(c.book.Tests, t)
		c.testDecls = append(c.testDecls, declared[*syntax.TestDecl, *Test]{c.unit, d, t})
	case *syntax.ScenarioDecl:
		s := own(c, func() Scenario { return Scenario{Symbol: c.symbol(d.Name, &d.Node), Decl: d} })
		c.declares(AScenario, "", d.Name)
		c.book.Scenarios = append(c.book.Scenarios, s)
		c.scenarioDecls = append(c.scenarioDecls, declared[*syntax.ScenarioDecl, *Scenario]{c.unit, d, s})
	}
}

func text(s *syntax.Str) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func (c *checker) declareNames(d *syntax.NamesDecl) {
	for _, name := range d.Names {
		if name.Text == "" {
			continue
		}
		switch d.Keyword.Text {
		case "topics":
			c.declare(ATopic, name)
			t := own(c, func() Topic { return Topic{c.symbol(name, &d.Node)} })
			c.topics.add(t.Name, t)
			c.book.Topics = append(c.book.Topics, t)
		case "roles":
			r := own(c, func() Role { return Role{c.symbol(name, &d.Node)} })
			c.declares(ARole, "", name)
			if first, there := c.roles.things[r.Name]; there {
				c.errorf("NUR101", name.Span, "there is a role `%s` already; delete one of the two", r.Name).
					because(first.Span, "first declared here")
			}
			c.roles.add(r.Name, r)
			c.book.Roles = append(c.book.Roles, r)
		}
	}
}

// declareProgram declares a program with its stages, so that rules of any program can lead to them. Whether a stage
// is named like a program is asked when all are known.
func (c *checker) declareProgram(d *syntax.ProgramDecl) {
	p := own(c, func() Program { return Program{Symbol: c.symbol(d.Name, &d.Node), Title: text(d.Title)} })
	c.declare(AProgram, d.Name)
	c.programs.add(p.Name, p)
	c.book.Programs = append(c.book.Programs, p)
	c.programDecls = append(c.programDecls, declared[*syntax.ProgramDecl, *Program]{c.unit, d, p})

	stages := newIndex[*Stage](AStage)
	for _, s := range stmts(d.Body) {
		tree, ok := s.(*syntax.StageStmt)
		if !ok {
			continue
		}
		stage := own(c, func() Stage { return Stage{Symbol: c.symbol(tree.Name, &tree.Node), Program: p} })
		c.declares(AStage, p.Name, tree.Name)
		if first, there := stages.things[stage.Name]; there {
			c.errorf("NUR101", tree.Name.Span, "program `%s` has a stage `%s` already; choose another name", p.Name, stage.Name).
				because(first.Span, "first declared here")
		}
		stages.add(stage.Name, stage)
		if !c.unit.done {
			p.Stages = append(p.Stages, stage)
		}
	}
	c.stages[p] = &stages
}

// declareTracks puts every program on its track: the one it names, or main.
func (c *checker) declareTracks() {
	for _, p := range c.programDecls {
		c.turn(p.unit)
		name := syntax.Name{Text: mainTrack}
		for _, s := range stmts(p.tree.Body) {
			if t, ok := s.(*syntax.ProgramStmt); ok && t.Word.Text == "track" && t.Name != nil && t.Name.Text != "" {
				name = *t.Name
				c.use(name.Span, ATrack, "", name.Text)
				break
			}
		}
		if c.tracks.things[name.Text] == nil {
			c.tracks.add(name.Text, c.implicitTrack(name.Text))
		}
		if !p.done {
			p.is.Track = c.tracks.things[name.Text]
		}
	}
	for _, t := range c.tracks.things {
		c.book.Tracks = append(c.book.Tracks, t)
	}
	slices.SortFunc(c.book.Tracks, func(a, b *Track) int {
		if (a.Name == mainTrack) != (b.Name == mainTrack) {
			if a.Name == mainTrack {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// mainTrack is the track of a program that names none.
const mainTrack = "main"

// implicitTrack is a track that is only named by its programs; it stays the one that it was.
func (c *checker) implicitTrack(name string) *Track {
	t := c.memory.tracks[name]
	if t == nil {
		t = &Track{Symbol: Symbol{Name: name}}
	}
	c.implicit[name] = t
	return t
}

const longestLine = 1000 // bytes of broken text that are looked at

// noteBroken collects the words of the first line of what did not parse: it may be the declaration that a name seems
// to lack.
func (c *checker) noteBroken(f *syntax.File) {
	note := func(s syntax.Span) {
		if s.Start < 0 || s.End > len(f.Src) || s.Start > s.End {
			return
		}
		line := f.Src[s.Start:min(s.End, s.Start+longestLine)]
		if end := strings.IndexAny(line, "\r\n{"); end >= 0 {
			line = line[:end]
		}
		for _, w := range strings.FieldsFunc(line, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
		}) {
			c.broken[w] = true
		}
	}
	inside := func(b *syntax.Block) {
		for _, s := range stmts(b) {
			if bad, ok := s.(*syntax.BadStmt); ok {
				note(bad.Span)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *syntax.BadStmt:
			note(d.Span)
		case *syntax.ContactDecl:
			inside(d.Body)
		case *syntax.EventDecl:
			inside(d.Body)
		case *syntax.HandoffDecl:
			inside(d.Body)
		case *syntax.ProgramDecl:
			inside(d.Body)
		}
	}
}
