package compile

import (
	"nurture/lang/cond"
	"nurture/lang/diag"
)

// Ask compiles a condition of the playbook that is no part of what runs: one of a test. As Value, it may be called from
// several goroutines.
func (p *Program) Ask(e *cond.Expr) Cond {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
	return p.builder.cond(e)
}

// Value compiles a part of a condition, for saying what it is. Durations are known only by what they are compared with.
func (p *Program) Value(n *cond.Node) func(*Ctx) Value { return p.ValueOn(None, n) }

// ValueOn is Value for a part of a condition that sees the fields of an event.
func (p *Program) ValueOn(event int, n *cond.Node) func(*Ctx) Value {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
	p.builder.event = event
	defer func() { p.builder.event = None }()
	if n.Op == cond.Since || n.Op == cond.Until {
		of, sign := p.builder.instant(n.Args[0]), 1.0
		if n.Op == cond.Until {
			sign = -1
		}
		return func(x *Ctx) Value {
			at, ok := of(x)
			return Value{Known: ok, Num: sign * float64(x.Now-at)}
		}
	}
	return p.builder.value(n)
}

// AskOn is Ask for a part of a condition, and one that may see the fields of an event.
func (p *Program) AskOn(event int, n *cond.Node) Cond {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
	return p.builder.condOn(event, &cond.Expr{Root: n})
}

// Line is where a span begins, file:line, as the journal says which line decided.
func (p *Program) Line(at diag.Span) string {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
	return p.builder.by(at)
}
