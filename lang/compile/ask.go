package compile

import (
	"nurture/lang/calendar"
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
func (p *Program) Value(n *cond.Node) func(*Ctx) Value {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
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

// Line is where a span begins, file:line, as the journal says which line decided.
func (p *Program) Line(at diag.Span) string {
	p.builder.asking.Lock()
	defer p.builder.asking.Unlock()
	return p.builder.by(at)
}

// DurationText writes seconds as somebody would say them: in the largest unit of which there is more than one.
func DurationText(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	switch {
	case seconds >= 2*day:
		return sign + calendar.Duration{Days: int32(seconds / day)}.String()
	case seconds >= 2*hour:
		return sign + calendar.Duration{Seconds: int64(seconds) / hour * hour}.String()
	}
	return sign + calendar.Duration{Seconds: int64(seconds) / minute * minute}.String()
}
