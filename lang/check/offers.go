package check

import (
	"math"
	"path"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// Intents names what an offer can be for, mildest first.
var Intents = []string{"educate", "presell", "sell"}

// answers are the events that answer an offer which names none itself.
var answers = []string{"clicked", "replied", "submitted"}

const mostAsked = 100 // questions in one message

func (c *checker) checkOffers() {
	for _, d := range c.offerDecls {
		if c.known(d.unit) {
			continue
		}
		c.checkOffer(d.is, d.tree)
	}
}

func (c *checker) checkOffer(o *Offer, tree *syntax.OfferDecl) {
	said := once{}
	var expires, published *syntax.Date
	var subject diag.Span
	for _, s := range stmts(tree.Body) {
		p, ok := s.(*syntax.OfferStmt)
		if !ok || c.twice(said, p.Word.Text, p.Word.Span, "`%s`") {
			continue
		}
		switch p.Word.Text {
		case "kind":
			o.Kind = only(p.Names).Text
			c.use(only(p.Names).Span, AnOfferKind, "", o.Kind)
		case "channel":
			if name := only(p.Names); name.Text != "" {
				o.Channel = name.Text
				c.use(name.Span, AChannel, "", name.Text)
			}
		case "topic":
			if len(p.Names) > 0 {
				o.Topic, _ = find(c, &c.topics, p.Names[0])
			}
		case "for":
			o.For = c.phases(p.Names)
		case "intent":
			if i, ok := c.choose(only(p.Names), "an intent", Intents); ok {
				o.Intent = Intents[i]
			}
		case "content":
			o.Content, o.ContentSpan = text(p.Str), c.strSpan(p.Str)
			c.useText(p.Str, AContentFile, "", path.Clean(o.Content))
		case "subject":
			o.Subject, subject = text(p.Str), c.strSpan(p.Str)
		case "asks":
			if p.Number != nil {
				o.Asks = c.whole(*p.Number, 1, mostAsked, "the number of questions")
			}
		case "response":
			o.Response = c.responses(p.Events)
		case "published":
			published = p.Date
		case "expires":
			expires = p.Date
		case "cost":
			o.Cost = c.cost(p.Number)
		case "repeat":
			if p.After != nil {
				c.positive(p.After, "the time after which an offer may be sent again")
				o.RepeatAfter = &p.After.Value
			}
		case "transactional":
			o.Transactional = true
		}
	}
	if o.Response == nil {
		for _, name := range answers {
			o.Response = append(o.Response, c.events.things[name])
		}
	}
	if published != nil {
		o.Published = &published.Value
	}
	if expires != nil {
		o.Expires = &expires.Value
		if o.Published != nil && *o.Expires < *o.Published {
			c.errorf("NUR131", expires.Span, "`%s` expires before it is published, so it can never be sent; mend one of the two dates", o.Name).
				because(c.span(published.Span), "published here")
		}
	}
	if _, there := said["content"]; !there && o.Channel == "email" && sound(tree.Body) {
		c.errorf("NUR106", tree.Name.Span, "offer `%s` has nothing to send: write `content \"content/%s.md\"`, the Markdown file of its message", o.Name, o.Name)
	}
	o.Message = c.message(o.Content, o.ContentSpan, contentUse{subject: o.Subject, at: subject})
}

// only is the one name of a property that has one; it is empty where the name is missing.
func only(names []syntax.Name) syntax.Name {
	if len(names) == 0 {
		return syntax.Name{}
	}
	return names[0]
}

func (c *checker) strSpan(s *syntax.Str) diag.Span {
	if s == nil {
		return diag.Span{}
	}
	return c.span(s.Span)
}

func (c *checker) phases(names []syntax.Name) []Phase {
	var phases []Phase
	said := once{}
	for _, n := range names {
		if i, ok := c.choose(n, "a phase", Phases[1:]); ok && !c.twice(said, n.Text, n.Span, "`%s`") {
			phases = append(phases, Phase(i+1))
		}
	}
	return phases
}

// responses are the events that answer an offer.
func (c *checker) responses(paths []syntax.Path) []*Event {
	var events []*Event
	said := once{}
	for i := range paths {
		e := c.event(&paths[i])
		if e == nil || c.twice(said, e.Name, paths[i].Span, "`%s`") {
			continue
		}
		if !isAnswer(e) {
			c.errorf("NUR133", paths[i].Span, "`%s` does not answer an offer; name what a contact does, such as clicked, submitted or an event of your own", e.Name)
			continue
		}
		events = append(events, e)
	}
	return events
}

// isAnswer says whether an event is something that a contact does with an offer.
func isAnswer(e *Event) bool {
	switch e.Kind {
	case Declared, Outcome:
		return true
	case Message:
		return e.Name != "sent" && e.Name != "delivered" && e.Name != "bounced"
	default:
		return false
	}
}

func (c *checker) cost(n *syntax.Number) float64 {
	if n == nil || n.Text == "" {
		return 0
	}
	if n.Value < 0 || math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
		c.errorf("NUR108", n.Span, "a cost is 0 or more")
		return 0
	}
	return n.Value
}

// event finds the event of a path: `opened`, `visited`, or `sales.won` of a hand-off.
func (c *checker) event(p *syntax.Path) *Event {
	if p == nil || len(p.Parts) == 0 || p.Parts[0].Text == "" {
		return nil
	}
	if len(p.Parts) == 1 {
		if h := c.handoffs.things[p.Parts[0].Text]; h != nil {
			c.use(p.Parts[0].Span, AHandoff, "", h.Name)
			f := c.errorf("NUR104", p.Span, "`%s` is a hand-off; name its outcome, such as `%s.accepted`", h.Name, h.Name).
				because(h.Span, "declared here")
			if len(h.Outcomes) > 0 {
				f.Message = "`" + h.Name + "` is a hand-off; name its outcome, such as `" + h.Outcomes[0].Name + "`"
			}
			return nil
		}
		e, _ := find(c, &c.events, p.Parts[0])
		return e
	}
	h, ok := find(c, &c.handoffs, p.Parts[0])
	c.use(p.Parts[1].Span, AnOutcome, p.Parts[0].Text, p.Parts[1].Text)
	if !ok || p.Parts[1].Text == "" {
		return nil
	}
	if e := c.events.things[h.Name+"."+p.Parts[1].Text]; e != nil {
		return e
	}
	names := []string{"overdue"}
	for _, o := range h.Outcomes {
		names = append(names, o.Name[len(h.Name)+1:])
	}
	if !c.halfWritten(p.Parts[1].Text) {
		f := c.errorf("NUR103", p.Parts[1].Span, "hand-off `%s` has no outcome `%s`", h.Name, p.Parts[1].Text)
		if near, ok := c.nearest(p.Parts[1].Text, names); ok {
			f.suggest(near)
		} else {
			f.Message += "; write " + oneOf(names)
		}
		f.because(h.Span, "declared here")
	}
	return nil
}
