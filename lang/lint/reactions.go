package lint

import (
	"slices"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/graph"
	"nurture/lang/syntax"
)

// The rules about answers: a dialogue is what changes by what the other one says.

var autoresponder = &Rule{
	ID: "NUR501", Name: "autoresponder", Title: "a program that is one autoresponder", Family: Dialogue, Severity: diag.Warning,
	Why: "One stage, a fixed list of messages, and whatever people do they get the next one: that is a broadcast with a delay. Say what a response means (`on response -> …`), choose from a map what suits the contact, and give those who answered a stage of their own. " +
		"Programs before the purchase that send at least two offers are looked at. Rules about purchases and hand-offs are no reaction here; a rule about any other event, or one that reads a score, a count or an answer, is.",
	Bad: `/// Whom we met at the fair.
program «fair» "The fair" {
  phase    engage
  priority 30
  enter    when contact.role == "team" and not customers
  stage mails {
    send breaches, operations every 7d
    on exhausted -> longterm
  }
}
`,
	Good: `/// Whom we met at the fair.
program fair "The fair" {
  phase    engage
  priority 30
  enter    when contact.role == "team" and not customers
  stage mails {
    send breaches, operations every 7d
    on response  -> sales_cycle
    on exhausted -> longterm
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			if l.isAutoresponder(p) {
				l.report(p.Span, "`%s` sends a list, whatever people do; say what a response means, and choose from a map what suits them", p.Name)
			}
		}
	},
}

var deafStage = &Rule{
	ID: "NUR502", Name: "deaf-stage", Title: "a stage that reacts to nothing", Family: Dialogue, Severity: diag.Warning,
	Why: "It sends, and only time moves contacts on: whoever answers today is treated like everybody who never did. Write `on response -> …` in the stage or its program. " +
		"Stages before the purchase are looked at. Rules about hand-offs are no reaction, nor is a purchase before `convert`; a rule about any other event, or one that reads a score, a count or an answer, is. A stage that everybody has left after a week is not meant.",
	Bad: `/// Whom we met at the fair.
program fair "The fair" {
  phase    engage
  priority 30
  enter    when contact.role == "team" and not customers
  stage «meet» {
    send breaches in 1d
    after 30d -> more
  }
  stage more {
    send operations in 1d
    on response  -> sales_cycle
    on exhausted -> longterm
    after 60d    -> longterm
  }
}
`,
	Good: `/// Whom we met at the fair.
program fair "The fair" {
  phase    engage
  priority 30
  enter    when contact.role == "team" and not customers
  on response -> sales_cycle
  stage meet {
    send breaches in 1d
    after 30d -> more
  }
  stage more {
    send operations in 1d
    on exhausted -> longterm
    after 60d    -> longterm
  }
}
`,
	find: func(l *look) {
		long := l.longTerm()
		for _, s := range l.graph.Stages {
			if !l.courts(s) || len(s.Sends) == 0 || l.reacts(s) || leavesSoon(s) || long[s.Program] || l.isAutoresponder(s.Program) || l.onlyLetters() {
				continue
			}
			l.report(s.Span, "nothing that people do moves them on from `%s`; write what a response means, such as `on response -> …`", nameOf(s))
		}
	},
}

var sameForAll = &Rule{
	ID: "NUR503", Name: "idle-match", Title: "a match that tells nothing apart", Family: Dialogue, Severity: diag.Info,
	Why: "All its arms lead to the same place and do nothing on the way, so it does not matter what the contact answered. Lead those who care about one thing to where that thing is, or write the rule without `match`.",
	Bad: `/// For all others, until they show what they care about.
program longterm "Long-term" {
  phase nurture
  enter when not customers
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response match «event.topic» {
      security  -> sales_cycle
      otherwise -> sales_cycle
    }
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
  on visited where event.page startsWith "/pricing" -> sales_cycle
  stage discover {
    send from discovery every 30d pick explore
    on response match event.topic {
      security  -> targeted
      otherwise -> sales_cycle
    }
    on exhausted -> in_touch
  }
  stage in_touch {
    send digest every 1mo
    on response -> sales_cycle
  }
}
`,
	find: func(l *look) {
		l.written(func(r *check.Rule) {
			if r.Match == nil || len(r.Match.Arms) < 2 || !slices.ContainsFunc(r.Match.Arms, func(a *check.Arm) bool { return a.Otherwise }) {
				return
			}
			first := r.Match.Arms[0].Then.Target
			for _, a := range r.Match.Arms {
				t := a.Then.Target
				if len(a.Then.Actions) > 0 || t == nil || first == nil || t.Done != first.Done || t.Stage != first.Stage {
					return
				}
			}
			l.report(r.Match.Field.Span, "all arms lead to the same place; lead each answer to where its topic is, or write the rule without `match`")
		})
	},
}

var openedMoves = &Rule{
	ID: "NUR504", Name: "opened-moves", Title: "an opened message that moves contacts", Family: Dialogue, Severity: diag.Info,
	Why: "Most opens are made by machines today: mail programs and filters load the pictures of every message before anybody reads it. A rule `on opened -> …` moves people who never saw the message. Take `response` or `clicked` for what decides; a few points of a score for opening are harmless.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    «on opened where event.topic == "scale"            -> sales_cycle»
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	Good: `score interest {
  halve every 30d
  +2  on opened
  +15 on response
  +10 on visited where event.page startsWith "/pricing"
  -25 on sales.not_ready
}
`,
	find: func(l *look) {
		l.written(func(r *check.Rule) {
			if r.On != nil && r.On.Name == "opened" && moves(r) {
				l.report(r.Span, "machines open messages too, and this rule moves contacts by it; take `response` or `clicked`")
			}
		})
	},
}

// moves says whether a rule leads anywhere.
func moves(r *check.Rule) bool {
	if r.Match != nil {
		return slices.ContainsFunc(r.Match.Arms, func(a *check.Arm) bool { return a.Then.Target != nil })
	}
	return r.Then.Target != nil
}

// written gives all rules of the playbook, each once.
func (l *look) written(each func(*check.Rule)) {
	all := func(rules []*check.Rule) {
		for _, r := range rules {
			each(r)
		}
	}
	for _, t := range l.Tracks {
		all(t.Rules)
	}
	for _, p := range l.Programs {
		all(p.Rules)
		for _, s := range p.Stages {
			all(s.Rules)
		}
	}
}

// isAutoresponder says whether a program is a list of messages, and nothing else.
func (l *look) isAutoresponder(p *check.Program) bool {
	if len(p.Stages) != 1 || !l.courts(p.Stages[0]) || l.onlyLetters() {
		return false
	}
	s := p.Stages[0]
	offers := 0
	for _, send := range s.Sends {
		if send.Map != nil || send.Where != nil {
			return false
		}
		offers += len(send.Offers)
	}
	return offers >= 2 && len(s.Entry) == 0 && !l.reacts(s)
}

// courts says whether a stage is for people who have not bought.
func (l *look) courts(s *check.Stage) bool {
	return s.Program.Phase >= check.Engage && s.Program.Phase <= check.Convert
}

// reacts says whether something that a contact does moves it on from a stage.
func (l *look) reacts(s *check.Stage) bool {
	return slices.ContainsFunc(l.graph.Rules(s), func(r graph.Rule) bool {
		switch {
		case r.On == nil:
			return r.When != nil && moves(r.Rule) && l.listens(r.When.Root)
		case !moves(r.Rule):
			return false
		case r.On == l.Measure.RevenueEvent:
			return s.Program.Phase == check.Convert
		case r.On.Kind == check.Declared, r.On.Kind == check.Response:
			return true
		}
		return r.On.Kind == check.Message && slices.Contains(answers, r.On.Name)
	})
}

// answers are what a contact can do with a message.
var answers = []string{"clicked", "replied", "submitted", "opened"}

// listens says whether a condition reads what a contact did or told.
func (l *look) listens(n *cond.Node) bool {
	heard := false
	l.everyNode(n, func(n *cond.Node) {
		switch n.Op {
		case cond.Score, cond.Responded, cond.Count, cond.Last, cond.Completeness:
			heard = true
		case cond.Field, cond.Known:
			heard = heard || slices.ContainsFunc(l.Contact.Fields, func(f *check.Field) bool { return f.Name == n.Name && f.Question != nil })
		}
	})
	return heard
}

// everyNode visits a condition and those of the segments in it.
func (l *look) everyNode(n *cond.Node, visit func(*cond.Node)) {
	seen := map[string]bool{}
	var walk func(*cond.Node)
	walk = func(n *cond.Node) {
		cond.Walk(n, func(n *cond.Node) bool {
			visit(n)
			if n.Op == cond.Segment && !seen[n.Name] {
				seen[n.Name] = true
				for _, s := range l.Segments {
					if s.Name == n.Name && s.Cond != nil {
						walk(s.Cond.Root)
					}
				}
			}
			return true
		})
	}
	walk(n)
}

// leavesSoon says whether everybody has left a stage after a week.
func leavesSoon(s *check.Stage) bool {
	return slices.ContainsFunc(s.Rules, func(r *check.Rule) bool {
		return r.After != nil && r.Then.Target != nil && r.After.Elapsed() <= days(7).Elapsed()
	})
}

// offered is the name of a map or an offer in a send.
func offered(tree *syntax.SendStmt, name string) (syntax.Span, bool) {
	if tree == nil {
		return syntax.Span{}, false
	}
	if tree.Map != nil {
		return tree.Map.Span, true
	}
	for _, o := range tree.Offers {
		if o.Text == name {
			return o.Span, true
		}
	}
	return syntax.Span{}, false
}
