package engine

import (
	"nurture/lang/check"
	"nurture/lang/compile"
)

// Answers is which sending an event is the response to: the newest of its offer that nothing answered yet, or, for an
// event of the playbook's own that names no offer, the newest sending whose offer lists it. It is len(sends) for the
// answer to an offer that was never sent, compile.None for an event that answers nothing.
func Answers(p *compile.Program, sends []compile.Sending, event, offer int) int {
	e := &p.Events[event]
	if offer == compile.None && e.Kind != check.Declared || offer != compile.None && !e.Answers(offer) {
		return compile.None
	}
	for i := len(sends) - 1; i >= 0; i-- {
		s := &sends[i]
		if offer == compile.None && (s.Unsent || !e.Answers(int(s.Offer))) || offer != compile.None && int(s.Offer) != offer {
			continue
		}
		if s.Answered {
			return compile.None
		}
		return i
	}
	if offer == compile.None {
		return compile.None
	}
	return len(sends)
}
