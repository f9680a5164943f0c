package lint

import (
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/logic"
)

// The rules about what we ask. A message with `asks N` asks the N lightest questions that are still unknown, and none that is
// heavy before `convert`.

var heavyUnasked = &Rule{
	ID: "NUR601", Name: "heavy-unasked", Title: "a heavy question that nobody is ever asked", Family: Asking, Severity: diag.Warning,
	Why: "Before `convert` no message asks what is heavy, and from then on no stage sends an offer with `asks`: so nobody is ever asked this. Give an offer `asks 1` that is sent in `convert` or later. Where the question can be asked earlier, it is not heavy: say `medium`.",
	Bad: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  budget    number    «question heavy "What can you spend?"»
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}

score interest {
  halve every 30d
  +15 on response
  +10 on visited where event.page startsWith "/pricing"
  +10 when contact.budget >= 1000
  -25 on sales.not_ready
}

offer case_study "How Acme did it" { kind case_study  topic scale  for accelerate  intent presell  content "case_study.md" }
`,
	Good: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  budget    number    question heavy "What can you spend?"
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}

score interest {
  halve every 30d
  +15 on response
  +10 on visited where event.page startsWith "/pricing"
  +10 when contact.budget >= 1000
  -25 on sales.not_ready
}

offer case_study "How Acme did it" { kind case_study  topic scale  for accelerate  intent presell  content "case_study.md"  asks 1 }
`,
	find: func(l *look) {
		early, late := l.asking()
		if !early || late { // where nothing asks at all, that is to be said
			return
		}
		for _, f := range l.questions() {
			if f.Question.Weight == check.Heavy {
				l.report(f.Question.Span, "nobody is ever asked for `contact.%s`: what is heavy is not asked before `convert`, and nothing asks from then on; give an offer that is sent there `asks 1`", f.Name)
			}
		}
	},
}

var manyQuestions = &Rule{
	ID: "NUR602", Name: "many-questions", Title: "too many questions at once", Family: Asking, Severity: diag.Warning,
	Why:      "Each further question costs answers: a form of six is left by most who began it. Ask one or two in a message; the next one asks on, since what has been answered is not asked again.",
	Settings: []Setting{{"questions_at_once", 3.0, "how many questions a message may ask"}},
	Bad: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent presell  content "second_look.md"  «asks 5» }
`,
	Good: `offer second_look "What changed since" { kind article  topic scale  for nurture  intent presell  content "second_look.md"  asks 1 }
`,
	find: func(l *look) {
		for _, o := range l.Offers {
			if most := l.number("questions_at_once"); float64(o.Asks) > most {
				at := l.property(o, "asks")
				l.report(at, "`%s` asks %d questions at once; ask %v at most, and the others in the next messages", o.Name, o.Asks, most).
					draft("Ask one", diag.Edit{Span: at, New: "asks 1"})
			}
		}
	},
}

var askingTheKnown = &Rule{
	ID: "NUR603", Name: "asking-the-known", Title: "asking what is known already", Family: Asking, Severity: diag.Warning,
	Why: "Only those enter the program of whom every question that its messages could ask is answered: so `asks` asks nothing here, and an offer that could have learnt something learns nothing. Declare a further question, or ask before this program. " +
		"Programs are looked at that contacts enter by their `enter when` alone, which says `known(…)` of all these fields, and only where no rule forgets one of them.",
	Bad: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and known(contact.company) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from «by_role» every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	Good: `/// Offers by what people work as.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role) and not customers
  goal     sales.accepted within 90d target 12%
  holdout  5%
  stage learn {
    send from by_role every 7d
    on response                                       -> sales_cycle
    on visited where event.page startsWith "/pricing" -> sales_cycle
    on exhausted                                      -> longterm
    after 60d                                         -> longterm
  }
}
`,
	find: func(l *look) {
		forgotten := l.forgotten()
		for _, p := range l.Programs {
			if p.Enter == nil || l.ledInto(p) {
				continue
			}
			var known []*logic.Formula
			forgets := false
			for _, f := range l.questions() {
				if f.Question.Weight < check.Heavy || p.Phase >= check.Convert {
					known = append(known, l.world.Part(&cond.Node{Op: cond.Known, Type: cond.Bool, Name: f.Name}, logic.At{}))
					forgets = forgets || forgotten[f] != nil
				}
			}
			if len(known) == 0 || forgets || !l.world.Implies(l.world.Of(p.Enter, logic.At{}), logic.And(known...)) {
				continue
			}
			for _, s := range p.Stages {
				for _, send := range s.Sends {
					if i := slices.IndexFunc(offersOf(send), func(o *check.Offer) bool { return o.Asks > 0 }); i >= 0 {
						l.report(l.offeredAt(send, offersOf(send)[i].Name), "`%s` asks nothing here: whoever enters `%s` has answered it all; ask before, or declare a further question", offersOf(send)[i].Name, p.Name).
							because(p.Enter.Span, "who enters")
					}
				}
			}
		}
	},
}

var unusedAnswer = &Rule{
	ID: "NUR604", Name: "unused-answer", Title: "a question whose answer nobody needs", Family: Asking, Severity: diag.Warning,
	Why: "People are asked for this, and nothing depends on the answer: no condition, map or score reads it, no message or brief shows it. A question costs trust; ask only what changes what happens next. Use the answer, or take the question away.",
	Bad: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  «team_size» number    question medium "How many are you?"
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}
`,
	Good: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  team_size number    question medium "How many are you?"
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}

score interest {
  halve every 30d
  +15 on response
  +10 on visited where event.page startsWith "/pricing"
  +10 when contact.team_size >= 20
  -25 on sales.not_ready
}
`,
	find: func(l *look) {
		for _, f := range l.questions() {
			if f == l.Contact.Key || f == l.Contact.Address || f == l.Policy.Field || f == l.Measure.CostField || l.used(check.Ref{Kind: check.AField, Of: "contact", Name: f.Name}) {
				continue
			}
			l.report(f.Span, "people are asked for `contact.%s`, and nothing reads the answer; use it in a condition or a message, or do not ask", f.Name)
		}
	},
}

var askedNowhere = &Rule{
	ID: "NUR605", Name: "asked-nowhere", Title: "questions that no message asks", Family: Asking, Severity: diag.Warning, Whole: true,
	Why:  "The contact declares questions, and no offer that is sent has `asks`: nobody is ever asked, and what depends on the answers waits for a file that may never come. Write `asks 1` in offers that people want; a report is a good moment to ask what somebody works as.",
	Bad:  strings.NewReplacer("  asks 1", "", `question light  "What do you make?"`, `«question light  "What do you make?"»`).Replace(smallPlaybook + smallOffers + smallProgram),
	Good: smallPlaybook + smallOffers + smallProgram,
	find: func(l *look) {
		if early, late := l.asking(); early || late || len(l.questions()) == 0 {
			return
		}
		l.report(l.questions()[0].Question.Span, "no message ever asks this, nor any other question; write `asks 1` in offers that are sent")
	},
}

var askingNothing = &Rule{
	ID: "NUR606", Name: "asks-without-questions", Title: "messages that ask, and no questions", Family: Asking, Severity: diag.Warning,
	Why: "The offer `asks`, and no field of the contact has a question: nothing is ever asked. Write what you want to know behind its field, with how much it demands: `role enum(\"developer\", \"it\") question light \"What do you work as?\"`.",
	Bad: `«contact» {
  email     email     key
  role      enum("developer", "it", "team")
  company   text
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
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
		if len(l.questions()) > 0 {
			return
		}
		if i := slices.IndexFunc(l.Offers, func(o *check.Offer) bool { return o.Asks > 0 }); i >= 0 {
			l.report(l.blockOf("contact").word, "messages ask, and no field has a question, so nothing is ever asked; write `question light \"…\"` behind a field").
				because(l.property(l.Offers[i], "asks"), "`%s` asks", l.Offers[i].Name)
		}
	},
}

var forgottenForGood = &Rule{
	ID: "NUR607", Name: "forgotten-for-good", Title: "a field that is forgotten, and never asked for again", Family: Asking, Severity: diag.Warning,
	Why: "`forget` makes the field unknown because it was wrong, and then nothing finds out what is right: no question asks for it, no `set` writes it, and a contacts file changes a contact only where its cell has changed. Write a question, so that the next message asks again. A `submitted` form of your website may bring it: if so, ignore this with that reason.",
	Bad: `contact {
  email     email     key
  role      enum("developer", "it", "team")  question light  "What do you work as?"
  company   text      question medium "Where do you work?"
  industry  text
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
}

segment developers = contact.role == "developer" and contact.industry != "farming"

track main {
  on purchased                                           -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted                                      -> sales_cycle.working
  on sales.not_ready                                     -> turnback { «forget contact.industry» }
  on sales.lost                                          -> longterm
}
`,
	Good: `track main {
  on purchased                                           -> welcome { set contact.customer = true }
  when customers and phase not in ["reassure", "retain"] -> welcome.loyal
  on sales.accepted                                      -> sales_cycle.working
  on sales.not_ready                                     -> turnback { forget contact.role }
  on sales.lost                                          -> longterm
}
`,
	find: func(l *look) {
		set := map[*check.Field]bool{}
		l.actions(func(a *check.Action) {
			if a.Kind == check.SetField {
				set[a.Field] = true
			}
		})
		forgotten := l.forgotten()
		for _, f := range l.Contact.Fields {
			if a := forgotten[f]; a != nil && f.Question == nil && !set[f] {
				l.report(a.Span, "`contact.%s` is forgotten, and nothing asks for it again; give it a question", f.Name).because(f.Span, "it has none")
			}
		}
	},
}

var oddOrder = &Rule{
	ID: "NUR608", Name: "odd-order", Title: "a lighter question behind a heavier one", Family: Asking, Severity: diag.Info,
	Why: "The lightest question is asked first, wherever it stands; only those of one weight are asked in the order in which they stand. Who reads this list takes it for the order in which people are asked, and is wrong. Write light questions first.",
	Bad: `contact {
  email     email     key
  company   text      question medium "Where do you work?"
  role      enum("developer", "it", "team")  «question light  "What do you work as?"»
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
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
		var heaviest *check.Field
		for _, f := range l.questions() {
			if heaviest != nil && f.Question.Weight < heaviest.Question.Weight {
				l.report(f.Question.Span, "this is asked before `contact.%s`, which stands above and demands more; write lighter questions first", heaviest.Name).because(heaviest.Question.Span, "asked later")
				continue
			}
			heaviest = f
		}
	},
}

var boldOpening = &Rule{
	ID: "NUR609", Name: "bold-opening", Title: "a first message that asks for more than light questions", Family: Asking, Severity: diag.Info,
	Why: "The first message to somebody who does not know you asks more questions than there are light ones, so that it asks for what demands more in the same breath. First give, then ask: one light question is enough. " +
		"Offers are looked at that can be the first that strangers get, in the first stage of a program of phase `engage` or `nurture` that has an `enter when`; a newsletter is not, nor anything that waits behind an `in`.",
	Bad: `offer breaches "Five breaches" { kind article  topic security  for engage, nurture  intent educate  content "breaches.md"  «asks 2» }
`,
	Good: `offer breaches "Five breaches" { kind article  topic security  for engage, nurture  intent educate  content "breaches.md"  asks 1 }
`,
	find: func(l *look) {
		light := 0
		for _, f := range l.questions() {
			if f.Question.Weight == check.Light {
				light++
			}
		}
		if light == 0 || light == len(l.questions()) {
			return
		}
		said := map[*check.Offer]bool{}
		for _, p := range l.Programs {
			if p.Enter == nil || len(p.Stages) == 0 || p.Phase != check.Engage && p.Phase != check.Nurture {
				continue
			}
			for _, send := range p.Stages[0].Sends {
				if send.In != nil {
					continue
				}
				for _, o := range openers(send) {
					if o.Asks > light && !isLetter(o) && !said[o] {
						said[o] = true
						l.report(l.property(o, "asks"), "`%s` can be the first message that somebody gets, and asks more than light questions; ask %d at most", o.Name, light).because(send.Span, "sent first here")
					}
				}
			}
		}
	},
}

// openers are the offers that a send can begin with.
func openers(send *check.Send) []*check.Offer {
	if send.Map == nil {
		return send.Offers[:min(len(send.Offers), 1)]
	}
	var all []*check.Offer
	filled := make([]bool, len(send.Map.Columns))
	for _, row := range send.Map.Rows {
		for i, cell := range row.Cells {
			if len(cell) > 0 && i < len(filled) && (!filled[i] || send.Pick != check.PickOrdered) {
				filled[i] = true
				all = append(all, cell[0])
			}
		}
	}
	return all
}

var noLightQuestion = &Rule{
	ID: "NUR610", Name: "no-light-question", Title: "a first question that demands much", Family: Asking, Severity: diag.Info,
	Why: "None of the questions is light, so the first thing anybody is asked is one that makes people think about whom they tell it. Begin with something that costs nothing to answer, such as what somebody works as or is interested in: who has answered once answers again.",
	Bad: `contact {
  email     email     key
  role      enum("developer", "it", "team")  «question medium "What do you work as?"»
  company   text      question medium "Where do you work?"
  timezone  timezone
  consent   bool
  customer  bool
  cost      number
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
		all := l.questions()
		early, late := l.asking()
		asked := func(f *check.Field) bool { return late || early && f.Question.Weight < check.Heavy }
		if slices.ContainsFunc(all, asked) && !slices.ContainsFunc(all, func(f *check.Field) bool { return f.Question.Weight == check.Light }) {
			l.report(all[0].Question.Span, "no question is light, so the first one demands much; begin with one that costs nothing to answer")
		}
	},
}

// questions are the fields that can be asked for, as declared.
func (l *look) questions() []*check.Field {
	var all []*check.Field
	for _, f := range l.Contact.Fields {
		if f.Question != nil {
			all = append(all, f)
		}
	}
	return all
}

// asking says whether any message asks: before `convert`, and from then on.
func (l *look) asking() (early, late bool) {
	for _, s := range l.graph.Stages {
		for _, send := range s.Sends {
			if slices.ContainsFunc(offersOf(send), func(o *check.Offer) bool { return o.Asks > 0 }) {
				if s.Program.Phase >= check.Convert {
					late = true
				} else {
					early = true
				}
			}
		}
	}
	return early, late
}

// actions gives all actions of rules.
func (l *look) actions(each func(*check.Action)) {
	l.written(func(r *check.Rule) {
		for _, a := range r.Then.Actions {
			each(a)
		}
		if r.Match != nil {
			for _, arm := range r.Match.Arms {
				for _, a := range arm.Then.Actions {
					each(a)
				}
			}
		}
	})
}

// forgotten are the fields that a rule forgets, with the first place where that happens.
func (l *look) forgotten() map[*check.Field]*check.Action {
	all := map[*check.Field]*check.Action{}
	l.actions(func(a *check.Action) {
		if a.Kind == check.ForgetField && all[a.Field] == nil {
			all[a.Field] = a
		}
	})
	return all
}
