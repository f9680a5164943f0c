package cond

import (
	"slices"
	"strings"

	"nurture/lang/cond/internal/lex"
)

// Limits of one condition: what a person writes is far below them, and what a machine writes cannot exhaust the parser.
const (
	maxText    = 10_000 // bytes
	maxNesting = 100    // brackets, and `not` and `-` before a value
	maxItems   = 1_000  // of a list
	maxPattern = 1_000  // bytes of a regular expression
)

// shape goes over the tokens once, before expr's parser sees them. Expr gives one error for a whole condition, and knows
// constructs that a condition must not have; here every place is found where values and operators do not alternate, where
// brackets do not match, where comparisons need brackets, and where something stands that is not in the language. After
// such a place it goes on behind the next `and`, `or`, comma or closing bracket. What has passed, expr's parser takes.
//
// It keeps a stack of brackets. In each it remembers the `not` and the comparison of the arm between two `and`s, `or`s or
// commas: `not a == b` and `a < b < c` would mean something else than they say.
type shape struct {
	*clause
	i int
	brackets
	prefix int  // how many `not`, `!` and `-` stand before the value that is awaited
	value  bool // a value is complete: an operator may follow
}

var (
	joints      = []string{"and", "or", "&&", "||"}
	comparisons = []string{"==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches"}
	arithmetic  = []string{"+", "-", "*", "/"}
	reserved    = []string{"and", "or", "not", "in", "true", "false", "nil"} // never the name of a field
	negatable   = []string{"in", "contains", "startsWith", "endsWith", "matches"}
)

// foreign are operators of other languages, and what they are here.
var foreign = map[string]string{
	"=": "==", "===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "&": "and", "|": "or",
	"is": "==", "equals": "==", "eq": "==", "has": "contains", "like": "contains", "includes": "contains",
}

// forbidden are operators that expr has and conditions do not.
var forbidden = map[string]string{
	"%":  "there is no remainder in conditions; a percentage has its sign right behind the number: `12%`",
	"^":  "there are no powers in conditions; multiply",
	"**": "there are no powers in conditions; multiply",
	"..": "there are no ranges in conditions; write `x >= 1 and x <= 5`",
	"?":  "there is no `? :` in conditions; write two rules, or join the cases with `and` and `or`",
	":":  "`:` means nothing in a condition; delete it",
	"??": "there is no `??` in conditions; ask `known(contact.…)` first",
	"?.": "write `.`: an unknown value needs no care, it only makes comparisons false",
	"::": "`::` means nothing in a condition; delete it",
	"->": "`->` ends a condition and cannot stand in brackets; close them first",
	";":  "a condition is one expression; join the parts with `and` or `or`",
	"#":  "there are no loops in conditions; ask `\"value\" in contact.…` or `count(EVENT, 30d)`",
	"{":  "there are no `{ }` in conditions; a list of values has square brackets: `[\"a\", \"b\"]`",
	"}":  "there are no `{ }` in conditions; delete it",
}

// checkShape says which tokens may be parsed: it is false when the condition is too deep to be looked at further.
func (c *clause) checkShape() bool {
	c.partner, c.group = make([]int, len(c.tokens)), make([]bool, len(c.tokens))
	for i := range c.partner {
		c.partner[i] = i
	}
	s := &shape{clause: c, brackets: brackets{{open: -1, not: -1, compares: -1}}}
	for s.i < len(c.tokens) {
		if len(s.brackets)+s.prefix > maxNesting {
			c.report("NUR205", s.i, s.i, "this is nested more than %d deep; name parts of it with `segment`", maxNesting)
			return false
		}
		if s.value {
			s.operator()
		} else {
			s.operand()
		}
	}
	s.end()
	return true
}

func (s *shape) token() lex.Token { return s.tokens[s.i] }
func (s *shape) top() *bracket    { return &s.brackets[len(s.brackets)-1] }

// peek is the token n behind the current one; the zero Token behind the end.
func (s *shape) peek(n int) lex.Token {
	if s.i+n < len(s.tokens) {
		return s.tokens[s.i+n]
	}
	return lex.Token{Kind: lex.Bad}
}

// took goes on behind n tokens; value says whether a value is complete then.
func (s *shape) took(n int, value bool) {
	s.i += n
	s.value = value
	s.prefix = 0
}

// operand takes what stands where a value must begin.
func (s *shape) operand() {
	t := s.token()
	switch {
	case t.Is("not", "!"):
		if b := s.top(); b.compares < 0 && b.not < 0 {
			b.not = s.i
		}
		s.i++
		s.prefix++
	case t.Is("-"):
		s.i++
		s.prefix++
	case t.Kind == lex.Junk:
		s.recover()
	case t.Is("("):
		s.push(grouping)
	case t.Is("["):
		s.push(listing)
	case t.Is(")", "]"):
		s.closeEmpty()
	case t.Is("true", "false", "nil"):
		s.took(1, true)
	case t.Is("let", "if", "else"):
		s.reportHere("NUR204", "there is no `%s` in conditions; a condition is one expression, and names are given to parts of it with `segment`", t.Text)
		s.recover()
	case t.Is("#", "{", ".", "::", "?", ";", "|"):
		why, ok := forbidden[t.Text]
		if !ok {
			why = forbidden["#"]
		}
		s.reportHere("NUR204", "%s", why)
		s.recover()
	case t.Kind == lex.Word && slices.Contains(negatable, t.Text) && s.peek(1).Is("("):
		s.reportHere("NUR201", "`%s` stands between its two values: `contact.company %s \"Ltd\"`", t.Text, t.Text)
		s.recover()
	case t.Kind == lex.Word && !slices.Contains(joints, t.Text) && !slices.Contains(negatable, t.Text):
		s.path()
	case t.Kind == lex.Word || t.Kind == lex.Op:
		s.missingValue()
	default:
		s.took(1, true)
	}
}

// path takes a name, or names joined by dots, and the bracket of a call.
func (s *shape) path() {
	n := 1
	for s.peek(n).Is(".") {
		if next := s.peek(n + 1); next.Kind != lex.Word || next.Is(reserved...) {
			s.report("NUR201", s.i, s.i+n, "a name is missing behind the point of %s", quoted(s.source(s.i, s.i+n)))
			s.took(n+1, true)
			return
		}
		n += 2
	}
	if !s.peek(n).Is("(") {
		s.took(n, true)
		return
	}
	if n > 1 {
		f := s.report("NUR204", s.i, s.i+n, "nothing is called behind a point; functions stand before their value: %s", quoted("lower(contact.name)"))
		if name := s.peek(n - 1).Text; slices.Contains(wordNames(Functions), name) && s.peek(n+1).Is(")") && n > 2 {
			text := name + "(" + s.raw(s.i, s.i+n-3) + ")"
			f.Span = s.span(s.i, s.i+n+1)
			f.Message = "nothing is called behind a point; write " + quoted(shortened(text))
			f.fix(text)
		}
		s.recover()
		return
	}
	s.i++
	s.push(arguments)
}

// missingValue reports a sign or word operator where a value must stand.
func (s *shape) missingValue() {
	t := s.token()
	switch {
	case s.i == 0:
		s.reportHere("NUR201", "a value is missing before `%s`", t.Text)
	case t.Is(","):
		s.reportHere("NUR201", "a value is missing before the comma")
	default:
		s.reportHere("NUR201", "a value is missing between `%s` and `%s`", s.source(s.i-1, s.i-1), t.Text)
	}
	s.recover()
}

// operator takes what stands where a value is complete.
func (s *shape) operator() {
	t := s.token()
	switch {
	case t.Kind == lex.Junk:
		s.recover()
	case t.Is(joints...):
		s.endArm()
		s.took(1, false)
	case t.Is("not") && s.peek(1).Is(negatable...):
		s.i++
		s.compare()
	case t.Is(comparisons...):
		s.compare()
	case t.Is(arithmetic...):
		s.took(1, false)
	case t.Is(","):
		s.comma()
	case t.Is(")", "]"):
		s.close()
	case t.Is("["):
		s.indexed()
	case t.Is("."):
		s.reportHere("NUR204", "nothing can be taken out of this value; a point stands only in names such as `contact.role`")
		s.recover()
	case t.Is("?"):
		s.reportHere("NUR204", "%s", forbidden["?"])
		s.recover()
	case t.Is("|"):
		f := s.reportHere("NUR204", "there is no `|` in conditions; write `or`, or `f(x)` instead of `x | f()`")
		if s.peek(1).Kind != lex.Word || !s.peek(2).Is("(") {
			f.fix("or")
		}
		s.recover()
	case t.Kind == lex.Op && forbidden[t.Text] != "":
		s.reportHere("NUR204", "%s", forbidden[t.Text])
		s.recover()
	case s.foreignOperator():
	default:
		s.twoValues()
	}
}

// compare takes a comparison; a second one in the same arm, or a `not` before it, needs brackets.
func (s *shape) compare() {
	b := s.top()
	if b.compares >= 0 {
		s.reportHere("NUR206", "comparisons cannot be strung together; write `a < b and b < c`, or put one of them into brackets")
		s.recover()
		return
	}
	b.compares = s.i
	s.took(1, false)
}

// foreignOperator takes an operator of another language as what it is here, and reports it.
func (s *shape) foreignOperator() bool {
	t := s.token()
	here := foreign[t.Text]
	if t.Kind == lex.Word {
		if lower := strings.ToLower(t.Text); slices.Contains([]string{"and", "or", "in", "contains", "matches"}, lower) {
			here = lower
		} else if lower == "startswith" || lower == "endswith" {
			here = strings.Replace(lower, "with", "With", 1)
		} else if lower == "not" && strings.ToLower(s.peek(1).Text) == "in" {
			s.report("NUR208", s.i, s.i+1, "write `not in`").fix("not in")
			s.i++
			s.compare()
			return true
		}
	} else if t.Kind != lex.Op {
		return false
	}
	if here == "" {
		return false
	}
	s.reportHere("NUR208", "`%s` is no operator; write `%s`", t.Text, here).fix(here)
	if slices.Contains(joints, here) {
		s.endArm()
		s.took(1, false)
	} else {
		s.compare()
	}
	return true
}

func (s *shape) twoValues() {
	t := s.token()
	if t.Is("not", "!") {
		s.reportHere("NUR201", "an operator is missing before `%s`; write `and not`, `or not` or `!=`", t.Text)
	} else {
		f := s.reportHere("NUR201", "an operator is missing before %s; write `and`, `or`, `==` or another one", quoted(s.source(s.i, s.i)))
		if t.Kind == lex.Word {
			if near, ok := s.schema.nearest(t.Text, append(negatable, "and", "or")); ok {
				f.Message = "`" + t.Text + "` is no operator; did you mean `" + near + "`?"
				f.fix(near)
			}
		}
	}
	s.recover()
}

// indexed reports square brackets behind a value.
func (s *shape) indexed() {
	first := s.i
	f := s.reportHere("NUR204", "nothing can be picked out of a value with `[ ]`")
	if s.peek(1).Kind == lex.String && s.peek(2).Is("]") && first > 0 && s.tokens[first-1].Is("contact", "event", "score", "offer") {
		text := s.tokens[first-1].Text + "." + s.peek(1).Text
		f.Span = s.span(first-1, first+2)
		f.Message = "write " + quoted(shortened(text))
		f.fix(text)
	}
	s.recover()
}

func (s *shape) comma() {
	b := s.top()
	if b.kind != arguments && b.kind != listing {
		s.reportHere("NUR201", "a comma stands only in lists and between the arguments of a function; join conditions with `and` or `or`")
		s.i++
		s.recover()
		return
	}
	s.endArm()
	b.commas++
	if b.kind == listing && b.commas == maxItems {
		s.report("NUR205", b.open, b.open, "this list has more than %d values; keep such lists in a field of the contact, or split the condition", maxItems)
	}
	s.took(1, false)
	if b.kind == listing && s.peek(0).Is("]") { // a comma behind the last value is fine
		s.value = true
	}
}

func (s *shape) end() {
	if last := len(s.tokens) - 1; !s.value && s.top().open != last {
		s.report("NUR201", last, last, "a value is missing behind %s", quoted(s.source(last, last)))
		s.top().not = -1
	}
	for len(s.brackets) > 1 {
		s.unclosed()
	}
	s.endArm()
}

func (s *shape) reportHere(code, format string, args ...any) *finding {
	return s.report(code, s.i, s.i, format, args...)
}
