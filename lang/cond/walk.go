package cond

// Walk visits a node and what is below it, parents first, operands in order. It goes below a node where visit says so.
func Walk(n *Node, visit func(*Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, a := range n.Args {
		Walk(a, visit)
	}
}

// DependsOnTime says whether the value can change with no new input.
func DependsOnTime(n *Node) bool { return n != nil && n.Timed }

// TimeAtoms are the parts of a condition that change with time by themselves, in source order: a comparison of since,
// until, count in a window or a changing score with a value that stands still (on the right), or a Segment.
func TimeAtoms(n *Node) []*Node {
	var atoms []*Node
	Walk(n, func(n *Node) bool {
		switch {
		case !n.Timed:
			return false
		case n.Op == And || n.Op == Or || n.Op == Not:
			return true
		default:
			atoms = append(atoms, n)
			return false
		}
	})
	return atoms
}
