package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/graph"
)

// The rules about those who are not ready for months: most contacts are, and most of what is sold in the end is sold to them.

// whatLongTerm is said on the page of each of them.
const whatLongTerm = "\n\nLong-term nurture is here every program of phase `nurture` in which contacts end up of whom nothing is heard: from where strangers enter, " +
	"by `after` and `on exhausted` alone, these are the stages from which no such rule leads out of the program any more. Playbooks that send nothing but a newsletter are told that, and not this."

var longTermMap = &Rule{
	ID: "NUR511", Name: "long-term-without-map", Title: "long-term nurture that sends without a map", Family: Dialogue, Severity: diag.Warning,
	Why: "People stay here for months, and all of them get the same list. A map gives each what suits it, topic by topic, and shows where there is nothing to give. Write `send from MAP every … pick explore`, and see what they care about." + whatLongTerm,
	Bad: `/// For all others, until they show what they care about.
program «longterm» "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send breaches, operations every 30d
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}

/// Back from sales.
program turnback "Back from sales" {
  phase nurture
  when requalified and since(stage.entered) >= 14d -> sales_cycle
  stage not_ready {
    send second_look in 14d
    send from discovery in 1mo every 1mo
    send digest in 1mo every 1mo
    after 90d -> longterm
  }
}
`,
	Good: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
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
		l.eachLongTerm(func(p *check.Program) {
			if !l.sendsFromMap(p) {
				l.report(p.Span, "contacts stay in `%s` for months and get the same list; send from a map, such as `send from MAP every 30d pick explore`", p.Name)
			}
		})
	},
}

var longTermTopic = &Rule{
	ID: "NUR512", Name: "long-term-one-topic", Title: "long-term nurture that has one topic", Family: Dialogue, Severity: diag.Warning,
	Why: "Who is not interested in this topic hears of nothing else for months, and nobody learns what they would be interested in: a response tells something only where there was a choice. Add rows to the map. Newsletters and offers without a topic are not counted." + whatLongTerm,
	Bad: `offer operations "State of operations" { kind report  topic security  for engage, nurture  intent educate  content "operations.md"  asks 1 }

map discovery {
  topic    | otherwise
  security | breaches, operations
}

/// For all others, until they show what they care about.
program «longterm» "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `map discovery {
  topic    | otherwise
  security | breaches
  scale    | operations
}
`,
	find: func(l *look) {
		l.eachLongTerm(func(p *check.Program) {
			topics := map[*check.Topic]bool{}
			for _, s := range p.Stages {
				for _, send := range s.Sends {
					for _, o := range offersOf(send) {
						if o.Topic != nil && !isLetter(o) {
							topics[o.Topic] = true
						}
					}
				}
			}
			if len(topics) != 1 || !l.sendsFromMap(p) { // without a map that is to be said first
				return
			}
			for t := range topics {
				l.report(p.Span, "contacts stay in `%s` for months and hear of `%s` alone; add rows of other topics to its map", p.Name, t.Name)
			}
		})
	},
}

var longTermResponse = &Rule{
	ID: "NUR513", Name: "long-term-deaf", Title: "long-term nurture that does not react to every response", Family: Dialogue, Severity: diag.Warning,
	Why: "After months of silence somebody answers: that is the moment for which all the messages were sent, and here nothing comes of it, or not of every answer. Write `on response -> …` in each stage that sends, or in the program; with a `match`, an `otherwise` too. " +
		"A rule for each of `clicked`, `replied` and `submitted` does as well, and so does a `when` that reads a score, a count or an answer." + whatLongTerm,
	Bad: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage «in_touch» {
    send digest every 1mo
  }
}
`,
	Good: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  on response -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
  }
}
`,
	find: func(l *look) {
		l.eachLongTerm(func(p *check.Program) {
			for _, s := range p.Stages {
				if len(s.Sends) > 0 && !l.hearsAll(s) {
					l.report(s.Span, "not every response moves contacts on from `%s`; write `on response -> …` there or in the program", nameOf(s))
				}
			}
		})
	},
}

var longTermOutside = &Rule{
	ID: "NUR514", Name: "long-term-inward", Title: "long-term nurture that reacts to nothing outside its messages", Family: Dialogue, Severity: diag.Warning,
	Why: "Who is ready after half a year seldom says so by clicking in a newsletter: they look at the prices, come to a webinar, start a trial. No rule here reacts to such an event. Declare what your website and your product can tell (`event visited { page text }`), and lead contacts on by it. " +
		"A purchase does not count; a score that an event raises does, where a rule reads it, and so does a rule on another track." + whatLongTerm,
	Bad: `/// For all others, until they show what they care about.
program «longterm» "Long-term" {
  phase nurture
  enter when not customers
  stage discover {
    send from discovery every 30d pick explore
    on response  -> sales_cycle
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	Good: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  when score.interest >= 50 -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
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
		l.eachLongTerm(func(p *check.Program) {
			heard := func(r *check.Rule) bool { return l.hearsOutside(r) }
			for _, s := range p.Stages {
				if slices.ContainsFunc(l.graph.Rules(s), func(r graph.Rule) bool { return heard(r.Rule) }) {
					return
				}
			}
			for _, t := range l.Tracks {
				if slices.ContainsFunc(t.Rules, heard) {
					return
				}
			}
			l.report(p.Span, "nothing that happens outside the messages moves contacts on from `%s`; write `on EVENT -> …` for a visit, a trial or the like", p.Name)
		})
	},
}

// eachLongTerm gives the programs of long-term nurture, in source order.
func (l *look) eachLongTerm(each func(*check.Program)) {
	if l.onlyLetters() {
		return
	}
	long := l.longTerm()
	for _, p := range l.Programs {
		if long[p] {
			each(p)
		}
	}
}

// longTerm are the programs of phase nurture in which contacts stay of whom nothing is heard.
func (l *look) longTerm() map[*check.Program]bool {
	if l.allLongTerm != nil {
		return l.allLongTerm
	}
	l.allLongTerm = map[*check.Program]bool{}
	var queue []*check.Stage
	reached := map[*check.Stage]bool{}
	reach := func(s *check.Stage) {
		if s != nil && !reached[s] {
			reached[s] = true
			queue = append(queue, s)
		}
	}
	for _, p := range l.Programs {
		if p.Enter != nil && len(p.Stages) > 0 && p.Phase <= check.Nurture {
			reach(p.Stages[0])
		}
	}
	leaves := map[*check.Program]bool{}
	programs := map[*check.Program]bool{}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		programs[s.Program] = true
		for _, w := range l.graph.Out(s) {
			r := w.Rule.Rule
			if r == nil || r.After == nil && (r.On == nil || r.On.Kind != check.Exhausted) {
				continue
			}
			if w.To == nil || w.To.Program != s.Program {
				leaves[s.Program] = true
			}
			reach(w.To)
		}
	}
	for p := range programs {
		if p.Phase == check.Nurture && !leaves[p] && slices.ContainsFunc(p.Stages, func(s *check.Stage) bool { return len(s.Sends) > 0 }) {
			l.allLongTerm[p] = true
		}
	}
	return l.allLongTerm
}

func (l *look) sendsFromMap(p *check.Program) bool {
	return slices.ContainsFunc(p.Stages, func(s *check.Stage) bool {
		return slices.ContainsFunc(s.Sends, func(send *check.Send) bool { return send.Map != nil })
	})
}

// hearsAll says whether every response moves a contact on from a stage, or may.
func (l *look) hearsAll(s *check.Stage) bool {
	heard := map[string]bool{}
	for _, r := range l.graph.Rules(s) {
		switch {
		case r.On != nil && r.Where == nil && movesAll(r.Rule):
			heard[r.On.Name] = true
		case r.When != nil && moves(r.Rule) && l.listens(r.When.Root):
			return true
		}
	}
	return heard["response"] || heard["clicked"] && heard["replied"] && heard["submitted"]
}

// movesAll says whether a rule leads on whatever the event says.
func movesAll(r *check.Rule) bool {
	if r.Match == nil {
		return r.Then.Target != nil
	}
	return slices.ContainsFunc(r.Match.Arms, func(a *check.Arm) bool { return a.Otherwise && a.Then.Target != nil })
}

// hearsOutside says whether a rule reacts to an event of the world outside, purchases aside.
func (l *look) hearsOutside(r *check.Rule) bool {
	outside := func(e *check.Event) bool {
		return e != nil && e.Kind == check.Declared && e != l.Measure.RevenueEvent
	}
	if !moves(r) {
		return false
	}
	if outside(r.On) {
		return true
	}
	if r.When == nil {
		return false
	}
	heard := false
	l.everyNode(r.When.Root, func(n *cond.Node) {
		switch n.Op {
		case cond.Count, cond.Last:
			heard = heard || slices.ContainsFunc(l.Events, func(e *check.Event) bool { return e.Name == n.Name && outside(e) })
		case cond.Score:
			for _, s := range l.Scores {
				heard = heard || s.Name == n.Name && slices.ContainsFunc(s.Terms, func(t *check.ScoreTerm) bool { return outside(t.On) && t.Points > 0 })
			}
		}
	})
	return heard
}
