package compile

import "slices"

// Without is the program as it would be without one of its nevers, for seeing what that one does.
func (p *Program) Without(never int) *Program {
	less := *p
	less.Nevers = slices.Delete(slices.Clone(p.Nevers), never, never+1)
	return &less
}
