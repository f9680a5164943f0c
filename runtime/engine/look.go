package engine

import "nurture/lang/compile"

// Look is what conditions see of a contact that has arrived, at an instant and standing where it does on a track. It holds
// until the next step.
func Look(p *compile.Program, s *State, now int64, track int) *compile.Ctx {
	if s.of != p {
		s.suit(p)
	}
	s.Now = now
	x := &compile.Ctx{Facts: &s.Facts, Program: p, Offer: compile.None}
	place(s, x, track)
	return x
}
