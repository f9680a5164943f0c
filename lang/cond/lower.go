package cond

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"nurture/lang/cond/internal/lex"
)

// lowering turns expr's tree of one range of tokens into the tree of this package: it resolves every name against the
// schema, gives every node a type, and reports everything that does not fit. What cannot be given a type is Bad, and
// whatever is made of something Bad is Bad without another word.
type lowering struct {
	*clause
	first  int   // token that the range begins with
	starts []int // rune offsets of its tokens in the text that expr was given
	parsed *parser.Tree
	tree   ast.Node
	want   *SchemaField // of `set` and `tag`; nil in a condition
	env    environment
}

// operand is a lowered node with the tokens it stands in, brackets around it included, and the values that it can have.
type operand struct {
	*Node
	first, last int
	domain      *domain
}

// root lowers the whole tree and holds it against what its place wants.
func (l *lowering) root() *Node {
	var v operand
	if l.want == nil {
		v = l.condition(l.tree)
	} else {
		v = l.wanted(l.tree)
	}
	if v.Type == Bad {
		return nil
	}
	return v.Node
}

// make builds a node over a range of tokens; operands make it timed when one of them is.
func (l *lowering) make(op Op, t Type, first, last int, args ...operand) operand {
	n := &Node{Op: op, Type: t, Span: l.span(first, last)}
	for _, a := range args {
		n.Args = append(n.Args, a.Node)
		n.Timed = n.Timed || a.Timed
	}
	for first > 0 && last+1 < len(l.tokens) && l.group[first-1] && l.partner[first-1] == last+1 {
		first, last = first-1, last+1
	}
	return operand{Node: n, first: first, last: last}
}

func (l *lowering) bad(first, last int) operand { return l.make(ConstBool, Bad, first, last) }

// says is the text of an operand, for messages.
func (l *lowering) says(v operand) string { return quoted(l.source(v.first, v.last)) }

// at is the token that a node of expr's tree stands at: a value's own, or its operator.
func (l *lowering) at(n ast.Node) int { return l.token(n.Location().From) }

// node lowers a node of expr's tree.
func (l *lowering) node(n ast.Node) operand {
	at := l.at(n)
	switch n := n.(type) {
	case *ast.BoolNode:
		v := l.make(ConstBool, Bool, at, at)
		if n.Value {
			v.Num = 1
		}
		return v
	case *ast.FloatNode, *ast.IntegerNode, *ast.StringNode:
		return l.literal(at)
	case *ast.IdentifierNode:
		if i, ok := lex.Literal(n.Value); ok {
			return l.literal(l.first + i)
		}
		return l.name(n.Value, at)
	case *ast.MemberNode:
		return l.member(n)
	case *ast.CallNode:
		return l.call(n)
	case *ast.UnaryNode:
		return l.unary(n)
	case *ast.BinaryNode:
		return l.binary(n)
	case *ast.ArrayNode:
		v, _ := l.list(n, nil)
		return v
	case *ast.NilNode:
		l.report("NUR223", at, at, "nothing is ever compared with nil: an unknown value makes a comparison false; ask `known(contact.…)`")
		return l.bad(at, at)
	default:
		l.report("NUR204", at, at, "this is not in the language of conditions")
		return l.bad(at, at)
	}
}

func (l *lowering) literal(at int) operand {
	t := l.tokens[at]
	var v operand
	switch t.Kind {
	case lex.Number:
		v = l.make(ConstNumber, Number, at, at)
		v.Num = t.Num
	case lex.String:
		v = l.make(ConstText, Text, at, at)
		v.Text = t.Text
	case lex.Duration:
		v = l.make(ConstDuration, Duration, at, at)
		v.Dur = t.Dur
		l.env.use(exprType(Duration), lex.Placeholder(at-l.first))
	case lex.Date:
		v = l.make(ConstDate, Date, at, at)
		v.Num = float64(t.Date)
		l.env.use(exprType(Date), lex.Placeholder(at-l.first))
	case lex.DateTime:
		v = l.make(ConstTime, Time, at, at)
		v.Local = int64(t.Date)*24*60 + int64(t.Minute)
		l.env.use(exprType(Time), lex.Placeholder(at-l.first))
	default:
		v = l.bad(at, at)
	}
	return v
}

// condition lowers what must be true or false.
func (l *lowering) condition(n ast.Node) operand {
	v := l.node(n)
	if v.Type == Bool || v.Type == Bad {
		return v
	}
	f := l.report("NUR222", v.first, v.last, "%s is %s, not a condition", l.says(v), v.Type)
	switch {
	case v.Op == Field:
		f.Message += "; compare it with something, or ask `known(contact." + v.Name + ")`"
	case v.Type == Number:
		f.Message += "; compare it with a number: `" + l.source(v.first, v.last) + " >= 1`"
	case v.Type == Duration && v.Op != ConstDuration:
		f.Message += "; compare it with a duration: `" + l.source(v.first, v.last) + " >= 7d`"
	case v.Type == List:
		f.Message += "; write `VALUE in " + l.source(v.first, v.last) + "`"
	default:
		f.Message += "; compare it with something"
	}
	return l.bad(v.first, v.last)
}

func (l *lowering) unary(n *ast.UnaryNode) operand {
	at := l.at(n)
	switch {
	case n.Operator == "-":
		v := l.node(n.Node)
		if v.Type == Bad {
			return l.bad(at, v.last)
		}
		if v.Type != Number {
			f := l.report("NUR221", at, v.last, "`-` needs a number, and %s is %s", l.says(v), v.Type)
			if v.Type == Duration {
				f.Code = "NUR230"
				f.Message = "a duration is never negative; what is past is asked with `since(…)`, what is to come with `until(…)`"
			}
			return l.bad(at, v.last)
		}
		if !l.steady(v) {
			return l.bad(at, v.last)
		}
		if v.Op == ConstNumber {
			minus := l.make(ConstNumber, Number, at, v.last)
			minus.Num = -v.Num
			return minus
		}
		return l.make(Neg, Number, at, v.last, v)
	case !l.tokens[at].Is("not", "!"): // `a not in b`: expr puts the `not` at the operator
		return l.negated(l.node(n.Node))
	default:
		v := l.condition(n.Node)
		if v.Type == Bad {
			return l.bad(at, v.last)
		}
		return l.make(Not, Bool, at, v.last, v)
	}
}

// negated is the exact opposite of a comparison.
func (l *lowering) negated(v operand) operand {
	switch v.Type {
	case Bad:
		return v
	default:
		if v.Op == In {
			v.Op = NotIn
			return v
		}
		not := l.make(Not, Bool, v.first, v.last, v)
		not.Span = v.Span
		return not
	}
}

func (l *lowering) binary(n *ast.BinaryNode) operand {
	switch n.Operator {
	case "and", "&&", "or", "||":
		left, right := l.condition(n.Left), l.condition(n.Right)
		if left.Type == Bad || right.Type == Bad {
			return l.bad(left.first, right.last)
		}
		op := And
		if n.Operator == "or" || n.Operator == "||" {
			op = Or
		}
		return l.make(op, Bool, left.first, right.last, left, right)
	case "+", "-", "*", "/":
		return l.arithmetic(n)
	case "in":
		return l.in(n)
	case "contains", "startsWith", "endsWith", "matches":
		return l.textTest(n)
	default:
		return l.compare(n)
	}
}

func (l *lowering) arithmetic(n *ast.BinaryNode) operand {
	left, right := l.node(n.Left), l.node(n.Right)
	first, last := left.first, right.last
	op := map[string]Op{"+": Add, "-": Sub, "*": Mul, "/": Div}[n.Operator]
	switch {
	case left.Type == Bad || right.Type == Bad:
		return l.bad(first, last)
	case left.Type == Number && right.Type == Number || left.Type == Text && right.Type == Text && op == Add:
	case left.Type == Duration || right.Type == Duration:
		l.report("NUR230", first, last, "durations are only compared, not counted with; write `since(TIME) >= 7d` or `until(TIME) <= 7d`")
		return l.bad(first, last)
	case left.Type == Date || left.Type == Time:
		l.report("NUR221", first, last, "dates and times are not counted with; write `since(%s) >= 7d` or `until(%s) <= 7d`",
			l.source(left.first, left.last), l.source(left.first, left.last))
		return l.bad(first, last)
	default:
		wrong := right
		if left.Type != Number && (op != Add || left.Type != Text) {
			wrong = left
		}
		f := l.report("NUR221", first, last, "`%s` needs two numbers, and %s is %s", n.Operator, l.says(wrong), wrong.Type)
		if op == Add {
			f.Message = fmt.Sprintf("`+` needs two numbers or two texts; %s is %s, and %s is %s", l.says(left), left.Type, l.says(right), right.Type)
		}
		return l.bad(first, last)
	}
	if !l.steady(left) || !l.steady(right) {
		return l.bad(first, last)
	}
	return l.make(op, left.Type, first, last, left, right)
}

// list lowers a list literal; a bare word in it may be meant as one of the values that d has.
func (l *lowering) list(n *ast.ArrayNode, d *domain) (list operand, items []operand) {
	open := l.at(n)
	bad := false
	for _, item := range n.Nodes {
		v := l.value(item, d)
		items = append(items, v)
		switch v.Type {
		case Bad:
			bad = true
		case Text, Number, Date, Time:
			bad = !l.steady(v) || bad
		default:
			l.report("NUR221", v.first, v.last, "a list holds texts, numbers, dates or times, and %s is %s", l.says(v), v.Type)
			bad = true
		}
	}
	if bad {
		return l.bad(open, l.partner[open]), nil
	}
	return l.make(ListOf, List, open, l.partner[open], items...), items
}

func (t Type) String() string {
	return [...]string{
		Bad: "something unknown", Bool: "yes or no", Number: "a number", Text: "a text", Date: "a date", Time: "a time",
		Duration: "a duration", Set: "a set", List: "a list",
	}[t]
}
