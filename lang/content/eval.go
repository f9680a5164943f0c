package content

import (
	"errors"
	"fmt"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
)

// What a message may cost. A playbook's author writes these files, so the bounds are for mistakes: a loop in a loop over
// a long list, a text that doubles.
const (
	maxSteps  = 20_000  // nodes executed
	maxOutput = 1 << 20 // bytes of one message
	maxText   = 64 << 10
	maxList   = 10_000
)

var (
	errSteps  = errors.New("its loops do not end soon enough: show fewer things")
	errOutput = fmt.Errorf("the message has more than %d bytes: make it shorter", maxOutput)
)

// piece is a stretch of output: literal text of the file, or a value that must be escaped where it lands.
type piece struct {
	text  string
	value bool
}

// machine executes nodes for one message.
type machine struct {
	vars  map[string]any
	ctx   expressions.Context
	out   []piece
	size  int
	steps int
}

func newMachine(vars map[string]any) *machine {
	return &machine{vars: vars, ctx: expressions.NewContext(vars, filterConfig)}
}

// run executes a text from its beginning; what an earlier one assigned is forgotten.
func (m *machine) run(nodes []node) ([]piece, error) {
	before := make(map[string]any, len(m.vars))
	for name, value := range m.vars {
		before[name] = value
	}
	m.out, m.size = nil, 0
	_, err := m.all(nodes)
	clear(m.vars)
	for name, value := range before {
		m.vars[name] = value
	}
	return m.out, err
}

// flow says how execution goes on behind a node.
type flow uint8

const (
	onward flow = iota
	nextRound
	leaveLoop
)

type node interface {
	exec(*machine) (flow, error)
}

func (m *machine) all(nodes []node) (flow, error) {
	for _, n := range nodes {
		if m.steps++; m.steps > maxSteps {
			return onward, errSteps
		}
		if f, err := n.exec(m); f != onward || err != nil {
			return f, err
		}
	}
	return onward, nil
}

func (m *machine) write(text string, value bool) error {
	if m.size += len(text); m.size > maxOutput {
		return errOutput
	}
	m.out = append(m.out, piece{text, value})
	return nil
}

// expr is a compiled expression and the line it stands on.
type expr struct {
	compiled expressions.Expression
	where    string
}

func (e *expr) eval(m *machine) (any, error) {
	v, err := guard(func() (any, error) { return e.compiled.Evaluate(m.ctx) })
	if err != nil {
		var filter expressions.FilterError
		if errors.As(err, &filter) {
			err = fmt.Errorf("filter %s: %w", filter.FilterName, filter.Err)
		}
		return nil, fmt.Errorf("%s: %w", e.where, err)
	}
	return v, nil
}

// literal is text of the file.
type literal string

func (n literal) exec(m *machine) (flow, error) { return onward, m.write(string(n), false) }

// output is {{ … }}.
type output struct{ expr }

func (n *output) exec(m *machine) (flow, error) {
	v, err := n.eval(m)
	if err != nil {
		return onward, err
	}
	return onward, m.write(textOf(v), true)
}

// branch is if, unless or case.
type branch struct {
	subject *expr // of case
	arms    []arm
}

type arm struct {
	test      *expr // of if, unless, elsif; nil where it had an error
	not       bool
	values    []expr // of when
	otherwise bool
	body      []node
}

func (b *branch) arm(test *expr, not bool) { b.arms = append(b.arms, arm{test: test, not: not}) }

func (b *branch) exec(m *machine) (flow, error) {
	var subject any
	if b.subject != nil {
		var err error
		if subject, err = b.subject.eval(m); err != nil {
			return onward, err
		}
	}
	for _, a := range b.arms {
		taken, err := a.holds(m, subject)
		if err != nil {
			return onward, err
		}
		if taken {
			return m.all(a.body)
		}
	}
	return onward, nil
}

func (a *arm) holds(m *machine, subject any) (bool, error) {
	if a.otherwise {
		return true, nil
	}
	if a.test != nil {
		v, err := a.test.eval(m)
		return (v != nil && v != false) != a.not, err
	}
	for _, e := range a.values {
		v, err := e.eval(m)
		if err != nil || values.Equal(v, subject) {
			return err == nil, err
		}
	}
	return false, nil
}

// loop is for.
type loop struct {
	variable        string
	over            *expr
	limit, offset   *expr // may be nil
	reversed        bool
	body, otherwise []node
}

func (l *loop) exec(m *machine) (flow, error) {
	items, err := l.items(m)
	if err != nil {
		return onward, err
	}
	if len(items) == 0 {
		return m.all(l.otherwise)
	}
	outer, outerLoop := m.vars[l.variable], m.vars["forloop"]
	defer func() { m.vars[l.variable], m.vars["forloop"] = outer, outerLoop }()
	for i, item := range items {
		if m.steps++; m.steps > maxSteps {
			return onward, errSteps
		}
		m.vars[l.variable] = item
		m.vars["forloop"] = map[string]any{
			"first": i == 0, "last": i == len(items)-1, "length": len(items),
			"index": i + 1, "index0": i, "rindex": len(items) - i, "rindex0": len(items) - i - 1,
		}
		f, err := m.all(l.body)
		if err != nil {
			return onward, err
		}
		if f == leaveLoop {
			break
		}
	}
	return onward, nil
}

// items are what the loop goes over: offset and limit count from the front, and what is left may be reversed.
func (l *loop) items(m *machine) ([]any, error) {
	v, err := l.over.eval(m)
	if err != nil {
		return nil, err
	}
	items, err := listOf(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.over.where, err)
	}
	for _, cut := range []struct {
		at   *expr
		take func(n int) []any
	}{
		{l.offset, func(n int) []any { return items[n:] }},
		{l.limit, func(n int) []any { return items[:n] }},
	} {
		if cut.at == nil {
			continue
		}
		v, err := cut.at.eval(m)
		if err != nil {
			return nil, err
		}
		n, ok := numberOf(v)
		if !ok {
			return nil, fmt.Errorf("%s: limit and offset are numbers, not %q", l.over.where, textOf(v))
		}
		items = cut.take(int(max(0, min(n, float64(len(items))))))
	}
	if l.reversed {
		return reversed(items), nil
	}
	return items, nil
}

// jump is break or continue.
type jump flow

func (j jump) exec(*machine) (flow, error) { return flow(j), nil }

type assign struct {
	name  string
	value expr
}

func (a *assign) exec(m *machine) (flow, error) {
	v, err := a.value.eval(m)
	m.vars[a.name] = v
	return onward, err
}

// capture keeps what its body shows as a text.
type capture struct {
	name string
	body []node
}

func (c *capture) exec(m *machine) (flow, error) {
	outer := m.out
	m.out = nil
	f, err := m.all(c.body)
	var text strings.Builder
	for _, p := range m.out {
		text.WriteString(p.text)
	}
	m.out = outer
	if err == nil && text.Len() > maxText {
		err = errTooLong
	}
	m.vars[c.name] = text.String()
	return f, err
}
