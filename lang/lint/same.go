package lint

import (
	"cmp"
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/logic"
	"nurture/lang/syntax"
)

var namesakes = &Rule{
	ID: "NUR909", Name: "names-differ-in-case", Title: "names that differ only in case", Family: Tidy, Severity: diag.Warning,
	Why: "`Developers` and `developers` are two things to the compiler and one to everybody who reads, says or types them. Sooner or later the wrong one is written. Give one of them a name of its own.",
	Bad: `segment «Developers» = contact.role == "team"

map discovery {
  topic    | Developers | developers | otherwise
  security | breaches   | operations | operations
  scale    | operations | breaches   | breaches
}
`,
	Good: `segment teams = contact.role == "team"

map discovery {
  topic    | teams      | developers | otherwise
  security | breaches   | operations | operations
  scale    | operations | breaches   | breaches
}
`,
	find: func(l *look) {
		seen := map[string]check.Symbol{}
		of := func(space string, s check.Symbol) {
			if s.Span.File == "" {
				return
			}
			key := space + "\n" + strings.ToLower(s.Name)
			if first, ok := seen[key]; !ok {
				seen[key] = s
			} else if first.Name != s.Name {
				l.report(s.Span, "`%s` and `%s` differ only in case; give one of them a name of its own", s.Name, first.Name).because(first.Span, "`%s`", first.Name)
			}
		}
		l.symbols(of)
	},
}

// symbols gives everything that has a name, with the space in which names are told apart.
func (l *look) symbols(of func(space string, s check.Symbol)) {
	for _, f := range l.Contact.Fields {
		of("fields", f.Symbol)
	}
	for _, t := range l.Topics {
		of("", t.Symbol)
	}
	for _, r := range l.Roles {
		of("roles", r.Symbol)
	}
	for _, e := range l.Events {
		if e.Kind == check.Declared {
			of("", e.Symbol)
		}
	}
	for _, s := range l.Segments {
		of("", s.Symbol)
	}
	for _, s := range l.Scores {
		of("", s.Symbol)
	}
	for _, o := range l.Offers {
		of("", o.Symbol)
	}
	for _, m := range l.Maps {
		of("", m.Symbol)
	}
	for _, h := range l.Handoffs {
		of("", h.Symbol)
	}
	for _, t := range l.Tracks {
		of("tracks", t.Symbol)
	}
	for _, p := range l.Programs {
		of("", p.Symbol)
		for _, s := range p.Stages {
			of("stages of "+p.Name, s.Symbol)
		}
	}
}

var repeatedCondition = &Rule{
	ID: "NUR910", Name: "repeated-condition", Title: "a condition that should be a segment", Family: Tidy, Severity: diag.Info,
	Why: "The same condition stands in several places, perhaps in other words. When it has to change one of them is forgotten, and some contacts are treated otherwise than the others. Give it a name with `segment`, and use that. " +
		"Only conditions of two comparisons and more count, unless they stand in many places; those of events and offers cannot be segments.",
	Fix:      "Writes the name of the segment that says the same, or a new segment that is still to be given its name.",
	Settings: []Setting{{"repeated_conditions", 3.0, "in how many places a condition of one comparison may stand before it should be a segment"}},
	Bad: `/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when «known(contact.company) and contact.role == "team" and not customers»
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    when contact.role == "team" and known(contact.company) and not customers -> in_touch
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `segment teams = known(contact.company) and contact.role == "team" and not customers

/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    when teams   -> in_touch
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		named := map[string]*check.Segment{}
		for _, s := range l.Segments {
			named[l.world.Of(s.Cond, logic.At{}).Key()] = s
		}
		places := map[string][]*cond.Expr{}
		var keys []string
		for _, c := range l.conditions() {
			if c.segment != nil || c.expr.Root == nil || isPart(c.expr.Root) {
				continue
			}
			key := l.world.Of(c.expr, logic.At{}).Key()
			if places[key] == nil {
				keys = append(keys, key)
			}
			places[key] = append(places[key], c.expr)
		}
		for _, key := range keys {
			all := places[key]
			first := all[0]
			size := comparisonsIn(first.Root)
			if s := named[key]; s != nil && size > 1 {
				l.report(first.Span, "this is segment `%s`; write that", s.Name).because(s.Span, "the segment").fix("Write `"+s.Name+"`", diag.Edit{Span: first.Span, New: s.Name})
				continue
			}
			if len(all) < 2 || size == 1 && float64(len(all)) <= l.number("repeated_conditions") || size == 0 {
				continue
			}
			f := l.report(first.Span, "this condition stands in %d places; give it a name with `segment`, and use that", len(all))
			for _, e := range all[1:] {
				f.because(e.Span, "again here")
			}
			if edits := l.named(all); edits != nil {
				f.draft("Make it a segment, to be given a name", edits...)
			}
		}
	},
}

// named writes a segment above the declaration of the first of some conditions, and its name in the place of each. The name is
// one that nothing has, and that nobody would keep.
func (l *look) named(all []*cond.Expr) []diag.Edit {
	first := all[0]
	d := l.declAt(first.Span)
	if d == nil {
		return nil
	}
	name := "give_me_a_name"
	l.symbols(func(_ string, s check.Symbol) {
		if strings.HasPrefix(strings.ToLower(s.Name), "give_me_a_name") && len(s.Name) >= len(name) {
			name = strings.ToLower(s.Name) + "_too"
		}
	})
	node := syntax.NodeOf(d)
	above := node.Span.Start
	for _, c := range node.Before {
		above = min(above, c.Start)
	}
	edits := []diag.Edit{{Span: diag.Span{File: first.Span.File, Start: above, End: above}, New: "segment " + name + " = " + first.Text + "\n\n"}}
	for _, e := range all {
		edits = append(edits, diag.Edit{Span: e.Span, New: name})
	}
	return edits
}

// isPart says whether a condition sees what a segment cannot: an event, or an offer.
func isPart(n *cond.Node) bool {
	found := false
	cond.Walk(n, func(n *cond.Node) bool {
		found = found || n.Op == cond.EventField || n.Op == cond.OfferAttr
		return !found
	})
	return found
}

// comparisonsIn is how many things a condition asks; naming a segment asks nothing that has no name yet.
func comparisonsIn(n *cond.Node) int {
	switch n.Op {
	case cond.And, cond.Or:
		return max(comparisonsIn(n.Args[0]), 1) + max(comparisonsIn(n.Args[1]), 1)
	case cond.Not:
		return comparisonsIn(n.Args[0])
	case cond.Segment, cond.ConstBool:
		return 0
	}
	return 1
}

// condition is one of the playbook, with what stands around it.
type condition struct {
	expr    *cond.Expr
	at      logic.At
	segment *check.Segment // whose it is
	what    string         // "the `where` of this rule"
}

// conditions are all conditions of the playbook but those of tests and scenarios, in source order of their files.
func (l *look) conditions() []condition {
	if l.allConditions != nil {
		return l.allConditions
	}
	add := func(e *cond.Expr, at logic.At, what string) {
		if e != nil && e.Root != nil {
			l.allConditions = append(l.allConditions, condition{expr: e, at: at, what: what})
		}
	}
	rules := func(rules []*check.Rule, at logic.At) {
		for _, r := range rules {
			add(r.Where, at, "`where`")
			add(r.When, at, "`when`")
		}
	}
	for _, s := range l.Segments {
		if s.Cond != nil && s.Cond.Root != nil {
			l.allConditions = append(l.allConditions, condition{expr: s.Cond, segment: s, what: "segment `" + s.Name + "`"})
		}
	}
	for _, s := range l.Scores {
		for _, t := range s.Terms {
			add(t.Where, logic.At{}, "`where`")
			add(t.When, logic.At{}, "`when`")
		}
	}
	add(l.Policy.Consent, logic.At{}, "`consent`")
	for _, c := range l.Policy.Caps {
		add(c.For, logic.At{}, "`for`")
	}
	for _, s := range append(slices.Clone(l.Policy.Stops), l.Policy.Resumes...) {
		add(s.Where, logic.At{}, "`where`")
	}
	for _, t := range l.Tracks {
		rules(t.Rules, logic.At{})
	}
	for _, p := range l.Programs {
		add(p.Enter, logic.At{}, enterWhen)
		at := logic.At{}
		if len(p.Stages) > 0 { // what is known there of one stage is known of all
			at.Stage = p.Stages[0]
		}
		rules(p.Rules, at)
		for _, s := range p.Stages {
			for _, send := range s.Sends {
				add(send.Where, logic.At{Stage: s}, "`where`")
			}
			rules(s.Rules, logic.At{Stage: s})
		}
	}
	for _, n := range l.Nevers {
		add(n.Cond, logic.At{}, aNever)
	}
	slices.SortStableFunc(l.allConditions, func(a, b condition) int {
		return cmp.Or(strings.Compare(a.expr.Span.File, b.expr.Span.File), cmp.Compare(a.expr.Span.Start, b.expr.Span.Start))
	})
	return l.allConditions
}
