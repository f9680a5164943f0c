package lint

import (
	"nurture/lang/check"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// What is declared and never named does nothing. Being named in a test does not make it useful, nor does a declaration.

// used says whether the playbook names a thing where that does something.
func (l *look) used(r check.Ref) bool {
	if l.allUsed == nil {
		l.allUsed = map[check.Ref]bool{}
		for file := range l.speaking() {
			for _, u := range l.UsesIn(file) {
				if !u.Declares && !l.allUsed[u.Ref] && !l.inTest(u.Span) {
					l.allUsed[u.Ref] = true
				}
			}
		}
	}
	return l.allUsed[r]
}

// speaking are the files in which names stand: those of the playbook, and its content files.
func (l *look) speaking() map[string]bool {
	files := map[string]bool{}
	for _, f := range l.Files {
		files[f.Name] = true
	}
	for _, o := range l.Offers {
		files[o.Content] = true
	}
	for _, h := range l.Handoffs {
		files[h.Brief] = true
	}
	return files
}

// inTest says whether a place lies in a test or scenario.
func (l *look) inTest(at diag.Span) bool {
	for _, t := range l.tests() {
		if t.File == at.File && t.Start <= at.Start && at.End <= t.End {
			return true
		}
	}
	return false
}

// unused reports the declared things of a kind that nothing uses.
func (l *look) unused(kind check.Kind, s check.Symbol, advice string) {
	if s.Span.File != "" && !l.used(check.Ref{Kind: kind, Name: s.Name}) {
		l.report(s.Span, "nothing uses %s `%s`; %s", kind.Word(), s.Name, advice)
	}
}

var unusedSegment = &Rule{
	ID: "NUR901", Name: "unused-segment", Title: "a segment that nothing uses", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "No condition, map or other segment names it, so it does nothing. Use it where contacts like these should be treated in their own way, for instance as a column of an offer map, or delete it. " +
		"Tests and scenarios do not count.",
	Bad: `/// Who works in a team.
segment «team» = contact.role == "team"
`,
	Good: `/// Who works in a team.
segment team = contact.role == "team"

map discovery {
  topic    | team     | otherwise
  security | breaches | operations
  scale    | operations | breaches
}
`,
	find: func(l *look) {
		for _, s := range l.Segments {
			l.unused(check.ASegment, s.Symbol, "use it, for instance as a column of a map, or delete it")
		}
	},
}

var unusedScore = &Rule{
	ID: "NUR902", Name: "unused-score", Title: "a score that nothing reads", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "A score is one input to decisions: it does nothing by itself. No condition reads this one, so all its points are counted for nobody. Read it in a rule, a segment or an `enter when`, or delete it.",
	Bad: `score «fit» {
  +10 when contact.role == "team"
}
`,
	Good: `score fit {
  +10 when contact.role == "team"
}

segment requalified = score.interest >= 35 and score.fit >= 10 and known(contact.role) and known(contact.company)
`,
	find: func(l *look) {
		for _, s := range l.Scores {
			l.unused(check.AScore, s.Symbol, "read `score."+s.Name+"` in a condition, or delete it")
		}
	},
}

var unusedTopic = &Rule{
	ID: "NUR903", Name: "unused-topic", Title: "a topic that nothing is about", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "Topics are what maps are made of: no offer and no map row has this one, and nothing asks for it. Make offers for it, or delete it.",
	Bad: `topics security, scale, «cost»
`,
	Good: `topics security, scale
`,
	find: func(l *look) {
		for _, t := range l.Topics {
			l.unused(check.ATopic, t.Symbol, "make offers for it, or delete it")
		}
	},
}

var unusedEvent = &Rule{
	ID: "NUR904", Name: "unused-event", Title: "an event that nothing reacts to", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "What people do outside the messages is the best signal there is, and this one moves nobody, scores nothing and is counted nowhere. React to it (`on EVENT -> …`), score it, or delete its declaration.",
	Bad: `event «trial_started» { plan text }
`,
	Good: `event trial_started { plan text }

track main {
  on purchased          -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on trial_started      -> sales_cycle
  on sales.accepted     -> sales_cycle.working
  on sales.not_ready    -> turnback
  on sales.lost         -> longterm
}
`,
	find: func(l *look) {
		for _, e := range l.Events {
			if e.Kind == check.Declared {
				l.unused(check.AnEvent, e.Symbol, "react to it, score it, or delete it")
			}
		}
	},
}

var unusedMap = &Rule{
	ID: "NUR905", Name: "unused-map", Title: "a map that nothing sends from", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "An offer map does its work in `send from MAP`. This one is sent from nowhere. Send from it, or delete it.",
	Bad: `map «by_topic» {
  topic    | otherwise
  security | breaches
  scale    | operations
}
`,
	Good: `map by_topic {
  topic    | otherwise
  security | breaches
  scale    | operations
}

/// For all others.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    send from by_topic in 15d every 30d pick explore
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
		sent := map[*check.Map]bool{}
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				sent[send.Map] = true
			}
		}
		for _, m := range l.Maps {
			if !sent[m] {
				l.report(m.Span, "no stage sends from map `%s`; write `send from %s every …` where it fits, or delete it", m.Name, m.Name)
			}
		}
	},
}

var unusedOffer = &Rule{
	ID: "NUR906", Name: "unused-offer", Title: "an offer that is never sent", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "It stands in no map that is sent from, and in no `send`. An offer that was made and is not offered is money spent for nothing. Put it into the cell of a map for its topic, name it in a `send`, or delete it.",
	Bad: `offer «checklist» "A checklist" { kind guide  topic scale  for nurture  intent educate  content "checklist.md" }
`,
	Good: `offer checklist "A checklist" { kind guide  topic scale  for engage, nurture  intent educate  content "checklist.md" }

map discovery {
  topic    | otherwise
  security | breaches
  scale    | operations, checklist
}
`,
	find: func(l *look) {
		sent := map[*check.Offer]bool{}
		for _, m := range l.Maps { // an unused map is found by itself
			for _, o := range m.Offers() {
				sent[o] = true
			}
		}
		for _, s := range l.graph.Stages {
			for _, send := range s.Sends {
				for _, o := range send.Offers {
					sent[o] = true
				}
			}
		}
		for _, o := range l.Offers {
			if !sent[o] {
				l.report(o.Span, "offer `%s` stands in no map and in no `send`; put it where it fits, or delete it", o.Name)
			}
		}
	},
}

var unusedField = &Rule{
	ID: "NUR907", Name: "unused-field", Title: "a field that nothing needs", Family: Tidy, Severity: diag.Info, Tag: diag.Unused,
	Why: "No condition, message, policy or measure reads it, and nothing asks for it. Data that serves nothing is a burden: it has to be kept, protected and explained. Use it, or leave it out of the playbook: columns of a contacts file that no field names are simply not read.",
	Bad: `contact {
  email       email     key
  role        enum("developer", "it", "team")  question light  "What do you work as?"
  company     text      question medium "Where do you work?"
  timezone    timezone
  consent     bool
  customer    bool
  cost        number
  «shoe_size» number
}
`,
	Good: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}
`,
	find: func(l *look) {
		for _, f := range l.Contact.Fields {
			r := check.Ref{Kind: check.AField, Of: "contact", Name: f.Name}
			if f == l.Contact.Key || f == l.Contact.Address || f == l.Contact.Arrived || f == l.Policy.Field || f == l.Measure.CostField || f.Question != nil || f.Type == check.FieldTimezone || f.Type == check.FieldEmail {
				continue
			}
			if !l.used(r) {
				l.report(f.Span, "nothing reads `contact.%s`; use it in a condition or a message, or leave it out", f.Name)
			}
		}
	},
}

var unusedRole = &Rule{
	ID: "NUR908", Name: "unused-role", Title: "a role that nobody gives a task to", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "Roles are the people to whom tasks go (`task \"…\" to ROLE`). No stage gives this one anything to do. Give it a task: people should talk to people. Or delete it.",
	Bad: `roles owner, «success»
`,
	Good: `roles owner
`,
	find: func(l *look) {
		for _, r := range l.Roles {
			l.unused(check.ARole, r.Symbol, "give it a task, or delete it")
		}
	},
}

// tests are the places of all tests and scenarios.
func (l *look) tests() []diag.Span {
	if l.testSpans == nil {
		l.testSpans = []diag.Span{}
		for _, f := range l.Files {
			for _, d := range f.Decls {
				switch d.(type) {
				case *syntax.TestDecl, *syntax.ScenarioDecl:
					at := syntax.NodeOf(d).Span
					l.testSpans = append(l.testSpans, diag.Span{File: f.Name, Start: at.Start, End: at.End})
				}
			}
		}
	}
	return l.testSpans
}
