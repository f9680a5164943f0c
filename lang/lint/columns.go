package lint

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/logic"
	"nurture/lang/syntax"
)

// The rules about offer maps: who gets what.

var emptyRow = &Rule{
	ID: "NUR518", Name: "empty-row", Title: "a row of a map that has nothing for anybody", Family: Dialogue, Severity: diag.Info, Fix: "deletes the row",
	Why: "Each cell of the row is a gap, so the topic is never offered from this map. A `-` says that a gap is there on purpose; a row of them says that there is nothing yet. Make an offer, or delete the row.",
	Bad: `topics security, scale, cost

map by_role {
  topic    | developers    | otherwise
  security | secure_coding | threat_report
  scale    | benchmarks    | scaling_guide
  «cost     | -             | -»
}
`,
	Good: `topics security, scale, cost

offer budget_kit "A budget kit" { kind tool  topic cost  for nurture  intent educate  content "budget.md"  asks 1 }

map by_role {
  topic    | developers    | otherwise
  security | secure_coding | threat_report
  scale    | benchmarks    | scaling_guide
  cost     | -             | budget_kit
}
`,
	find: func(l *look) {
		for _, m := range l.Maps {
			for _, row := range m.Rows {
				if row.Topic != nil && !slices.ContainsFunc(row.Cells, func(cell []*check.Offer) bool { return len(cell) > 0 }) {
					f := l.report(row.Span, "map `%s` has nothing about `%s` for anybody; make an offer, or delete the row", m.Name, row.Topic.Name)
					if len(m.Rows) > 1 {
						f.fix("Delete the row", diag.Edit{Span: row.Span})
					}
				}
			}
		}
	},
}

var emptyColumn = &Rule{
	ID: "NUR519", Name: "empty-column", Title: "a column of a map that has nothing", Family: Dialogue, Severity: diag.Info,
	Why: "Whoever is in this segment gets nothing from the map, whatever the topic: the send is `exhausted` for them at once. Fill the cells; where these people are to get nothing, `enter` or `where` says so where one looks for it.",
	Bad: `/// People who work in a team.
segment team = contact.role == "team"

map by_role {
  topic    | «team» | developers    | otherwise
  security | -    | secure_coding | threat_report
  scale    | -    | benchmarks    | scaling_guide
}
`,
	Good: `/// People who work in a team.
segment team = contact.role == "team"

map by_role {
  topic    | team     | developers    | otherwise
  security | breaches | secure_coding | threat_report
  scale    | -        | benchmarks    | scaling_guide
}
`,
	find: func(l *look) {
		for _, m := range l.Maps {
			for i, s := range m.Columns {
				if slices.ContainsFunc(m.Rows, func(row *check.MapRow) bool { return i < len(row.Cells) && len(row.Cells[i]) > 0 }) {
					continue
				}
				who := "everybody else"
				if s != nil {
					who = "`" + s.Name + "`"
				}
				l.report(l.columnOf(m, i), "map `%s` has nothing for %s; fill the cells, or say with `enter` or `where` that they are not meant", m.Name, who)
			}
		}
	},
}

var shadowedColumn = &Rule{
	ID: "NUR520", Name: "shadowed-column", Title: "a column of a map that is nobody's", Family: Dialogue, Severity: diag.Warning,
	Why: "The first column that is true is the contact's, and everybody who would be in this one is in one before it: its offers are never sent. Put the narrower segment first, or delete the column. The conditions of the segments are compared by what their fields can be; what cannot be decided is taken as possible.",
	Bad: `/// People who know the machine.
segment techies = contact.role in ["developer", "it"]

map by_role {
  topic    | techies       | «developers»    | otherwise
  security | threat_report | secure_coding | threat_report
  scale    | scaling_guide | benchmarks    | scaling_guide
}
`,
	Good: `/// People who know the machine.
segment techies = contact.role in ["developer", "it"]

map by_role {
  topic    | developers    | techies       | otherwise
  security | secure_coding | threat_report | threat_report
  scale    | benchmarks    | scaling_guide | scaling_guide
}
`,
	find: func(l *look) {
		for _, m := range l.Maps {
			before := logic.False
			for i, s := range m.Columns {
				mine := logic.True
				if s != nil && s.Cond != nil {
					mine = l.world.Of(s.Cond, logic.At{})
				}
				if i > 0 && l.world.Can(mine) && !l.world.Can(logic.And(mine, logic.Not(before))) {
					f := l.report(l.columnOf(m, i), "everybody who would be in this column of map `%s` is in one before it; put the narrower segment first, or delete the column", m.Name)
					for j, b := range m.Columns[:i] {
						f.because(l.columnOf(m, j), "`%s` comes first", b.Name)
					}
				}
				if l.world.Must(mine) {
					break // which is said of its segment
				}
				before = logic.Or(before, mine)
			}
		}
	},
}

var noOtherwise = &Rule{
	ID: "NUR521", Name: "no-otherwise", Title: "a map that has nothing for some contacts", Family: Dialogue, Severity: diag.Warning,
	Why: "Contacts that no column fits get nothing from the map: mostly those of whom too little is known, which are most. Add an `otherwise` column with what suits everybody. A map is not meant that is only sent from in programs whose `enter when` lets in nobody else, and into which nothing else leads.",
	Bad: `map «discovery» {
  topic    | developers
  security | breaches
  scale    | operations
}
`,
	Good: `map discovery {
  topic    | developers | otherwise
  security | breaches   | breaches
  scale    | operations | breaches
}
`,
	find: func(l *look) {
		senders := map[*check.Map][]*check.Program{}
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				if send.Map != nil && send.Where == nil {
					senders[send.Map] = append(senders[send.Map], s.Program)
				}
			}
		}
		for _, m := range l.Maps {
			if len(m.Columns) == 0 || m.Columns[len(m.Columns)-1] == nil {
				continue
			}
			var columns []*logic.Formula
			for _, s := range m.Columns {
				columns = append(columns, l.world.Of(s.Cond, logic.At{}))
			}
			some := logic.Or(columns...)
			if l.world.Must(some) {
				continue
			}
			if slices.ContainsFunc(senders[m], func(p *check.Program) bool {
				return p.Enter == nil || l.ledInto(p) || !l.world.Implies(l.world.Of(p.Enter, logic.At{}), some)
			}) {
				who, _ := l.world.Model(logic.Not(some))
				l.report(m.Span, "map `%s` has nothing for some contacts%s; add an `otherwise` column", m.Name, such(who))
			}
		}
	},
}

// such describes a contact for which something holds.
func such(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// ledInto says whether a rule leads into a program from elsewhere.
func (l *look) ledInto(p *check.Program) bool {
	for _, s := range p.Stages {
		for _, w := range l.graph.In(s) {
			if w.Rule.Rule != nil && (w.From == nil || w.From.Program != p) {
				return true
			}
		}
	}
	return false
}

var sameToAll = &Rule{
	ID: "NUR522", Name: "same-to-all", Title: "the same messages for everybody", Family: Dialogue, Severity: diag.Warning,
	Why: "The playbook knows who people are, and nothing depends on it: no map has a column for a segment, no `send` a `where`, no condition or `match` reads what they said. Asking costs people something; give them what suits the answer. Write a segment, and a column for it in a map. " +
		"A playbook that has neither questions nor an `enum` or `set` field knows nothing of people, and is not meant. Telling whether a field is known is not yet using what it says.",
	Bad: `score interest {
  halve every 30d
  +15 on response
  +5  when developers
  +10 on visited where event.page startsWith "/pricing"
  -25 on sales.not_ready
}

map «by_role» {
  topic    | otherwise
  security | secure_coding, threat_report
  scale    | benchmarks, scaling_guide
}
`,
	Good: `map by_role {
  topic    | developers    | otherwise
  security | secure_coding | threat_report
  scale    | benchmarks    | scaling_guide
}
`,
	find: func(l *look) {
		var first *check.Map
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				if send.Where != nil {
					return
				}
				if send.Map != nil && slices.ContainsFunc(send.Map.Columns, func(c *check.Segment) bool { return c != nil }) {
					return
				}
				if first == nil {
					first = send.Map
				}
			}
		}
		knows := map[string]bool{}
		for _, f := range l.Contact.Fields {
			if f.Question != nil || f.Type == check.FieldEnum || f.Type == check.FieldSet {
				knows[f.Name] = true
			}
		}
		if first == nil || len(knows) == 0 || l.tellsApart(knows) {
			return
		}
		l.report(first.Span, "the playbook knows who people are, and sends all of them the same; write a segment, and a column for it in map `%s`", first.Name)
	},
}

// tellsApart says whether a rule or an `enter when` reads what some fields of contacts say.
func (l *look) tellsApart(fields map[string]bool) bool {
	apart := false
	reads := func(e *cond.Expr) {
		if e != nil {
			l.everyNode(e.Root, func(n *cond.Node) { apart = apart || n.Op == cond.Field && fields[n.Name] })
		}
	}
	for _, p := range l.Programs {
		reads(p.Enter)
	}
	l.written(func(r *check.Rule) {
		reads(r.When)
		reads(r.Where)
		if r.Match != nil {
			reads(r.Match.Field)
		}
	})
	return apart
}

// columnOf is the place of a column's name in the header of a map.
func (l *look) columnOf(m *check.Map, i int) diag.Span {
	if d, ok := l.declAt(m.Span).(*syntax.MapDecl); ok && d.Body != nil {
		for _, s := range d.Body.Stmts {
			if row, ok := s.(*syntax.MapRow); ok && row.Header && i < len(row.Cells) && len(row.Cells[i].Names) > 0 {
				at := row.Cells[i].Names[0].Span
				return diag.Span{File: m.Span.File, Start: at.Start, End: at.End}
			}
		}
	}
	return m.Span
}
