package bench

import (
	"sync"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// The limit: what a program written by hand for the one work comes to, with structs and a timer wheel of minutes.

type stage uint8

const (
	targeted stage = iota
	longTerm
	handedOff
)

// pending is what is due for a contact next.
type pending uint8

const (
	touchDue pending = iota
	patienceEnds
	answerComes
)

type wheelContact struct {
	id      uint32
	due     uint32 // minute
	since   uint32 // minute at which it entered its stage
	touches uint16
	stage   stage
	pending pending
	next    int32 // in the same minute
}

type decision struct {
	contact, at uint32
	touch       bool
	from, to    stage
}

type wheel struct {
	contacts []wheelContact
	emit     func(decision) // nil: nobody wants to know
	decided  int
}

// newWheel makes the contacts from first up to but without end.
func newWheel(first, end int) *wheel {
	w := &wheel{contacts: make([]wheelContact, end-first)}
	for i := range w.contacts {
		c := &w.contacts[i]
		c.id, c.since = uint32(first+i), uint32(arrivalMinute(first+i))
		c.plan(c.since)
	}
	return w
}

// plan sets what is due after the touch or entry at a minute.
func (c *wheelContact) plan(from uint32) {
	c.due, c.pending = from+7*day, touchDue
	if ends := c.since + 30*day; c.stage == targeted && ends <= c.due {
		c.due, c.pending = ends, patienceEnds
	}
}

// step does what is due, and says whether anything comes after it.
func (w *wheel) step(c *wheelContact) bool {
	w.decided++
	d := decision{contact: c.id, at: c.due, from: c.stage, to: c.stage}
	switch c.pending {
	case touchDue:
		d.touch = true
		number := uint32(c.touches)
		c.touches++
		if answered(c.id, number) && c.due+day < horizon {
			c.due, c.pending = c.due+day, answerComes
		} else {
			c.plan(c.due)
		}
	case patienceEnds:
		c.stage, c.since = longTerm, c.due
		c.plan(c.due)
	case answerComes:
		c.stage, c.since = handedOff, c.due
	}
	if d.to = c.stage; w.emit != nil {
		w.emit(d)
	}
	return c.stage != handedOff
}

// run turns the wheel for the year.
func (w *wheel) run() int {
	const none = -1
	first := make([]int32, horizon)
	for i := range first {
		first[i] = none
	}
	for i := range w.contacts {
		c := &w.contacts[i]
		c.next, first[c.due] = first[c.due], int32(i)
	}
	for minute := range first {
		for i := first[minute]; i != none; {
			c := &w.contacts[i]
			following := c.next
			if w.step(c) && c.due < horizon {
				c.next, first[c.due] = first[c.due], i
			}
			i = following
		}
	}
	return w.decided
}

// conditions is what expr's conditions see of a contact.
type conditions struct {
	Stage       string `expr:"stage"`
	DaysInStage int    `expr:"days_in_stage"`
	Responses   int    `expr:"responses"`
}

// exprWheel is the wheel that asks expr's VM, at each decision, the two conditions that move a contact.
func exprWheel(tb testing.TB, contacts int) int {
	tb.Helper()
	compiled := func(text string) *vm.Program {
		p, err := expr.Compile(text, expr.Env(conditions{}), expr.AsBool())
		if err != nil {
			tb.Fatal(err)
		}
		return p
	}
	responded := compiled(`responses > 0 && stage != "handed"`)
	impatient := compiled(`days_in_stage >= 30 && responses == 0`)
	machine := vm.VM{}
	env := new(conditions)
	ask := func(p *vm.Program) {
		if _, err := machine.Run(p, env); err != nil {
			tb.Fatal(err)
		}
	}
	names := [...]string{targeted: "targeted", longTerm: "longterm", handedOff: "handed"}
	w := newWheel(0, contacts)
	w.emit = func(d decision) {
		since := w.contacts[d.contact].since
		*env = conditions{Stage: names[d.from], DaysInStage: int(d.at-since) / day}
		if d.to == handedOff {
			env.Responses = 1
		}
		ask(responded)
		if d.from == targeted {
			ask(impatient)
		}
	}
	return w.run()
}

// inParts does the work in parts at once, and gives the decisions of all.
func inParts(parts, contacts int, does func(first, end int) int) int {
	var all sync.WaitGroup
	decisions := make([]int, parts)
	for i := range parts {
		all.Go(func() { decisions[i] = does(i*contacts/parts, (i+1)*contacts/parts) })
	}
	all.Wait()
	sum := 0
	for _, n := range decisions {
		sum += n
	}
	return sum
}
