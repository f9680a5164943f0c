package meaning

import (
	"slices"

	"nurture/lang/diag"
)

// What became of a part.
type What uint8

const (
	Added What = iota
	Removed
	Changed
	Moved   // it says the same, at another place among its neighbours
	Renamed // it has another name; what else became of it are changes of their own
)

// Whats names them, by What.
var Whats = [...]string{"added", "removed", "changed", "moved", "renamed"}

func (w What) String() string { return Whats[w] }

// Change is a difference between two playbooks.
type Change struct {
	What         What
	In           []*Part // what it stands in, from the outside: of the new playbook, of the old one where it was removed
	Old, New     *Part   // Old is nil of what was added, New of what was removed
	OldAt, NewAt diag.Span
}

// Between tells what has to change in a playbook to make another of it, declaration by declaration. A declaration that is
// only in one of them is one change, whatever stands in it; one under another name is renamed where the playbook says
// so.
func Between(before, after []*Part) []Change {
	var d differ
	d.parts(before, after)
	d.renamed(after)
	return d.found
}

type differ struct {
	in    []*Part
	found []Change
}

func (d *differ) add(what What, before, after *Part) {
	c := Change{What: what, In: slices.Clone(d.in), Old: before, New: after}
	if before != nil {
		c.OldAt = before.Span
	}
	if after != nil {
		c.NewAt = after.Span
	}
	d.found = append(d.found, c)
}

// parts compares the parts of one part, or whole playbooks.
func (d *differ) parts(before, after []*Part) {
	var olds, news []*Part // what has no name
	var both []*Part       // what has one and stands on both sides, as it stood before
	for _, p := range before {
		switch q := named(after, p); {
		case p.Name == "":
			olds = append(olds, p)
		case q == nil:
			d.add(Removed, p, nil)
		default:
			both = append(both, p)
		}
	}
	next := 0
	for _, q := range after {
		switch p := named(before, q); {
		case q.Name == "":
			news = append(news, q)
		case p == nil:
			d.add(Added, nil, q)
		default:
			if both[next] != p && !slices.Contains(both[:next], p) {
				// What stands between is looked at as it comes; only what went forward has moved.
				d.add(Moved, p, q)
				both = slices.Insert(slices.DeleteFunc(both, func(o *Part) bool { return o == p }), next, p)
			}
			next++
			d.same(p, q)
		}
	}
	d.unnamed(olds, news)
}

func named(in []*Part, p *Part) *Part {
	if p.Name == "" {
		return nil
	}
	for _, q := range in {
		if q.Kind == p.Kind && q.Name == p.Name {
			return q
		}
	}
	return nil
}

// same compares a part with what became of it.
func (d *differ) same(p, q *Part) {
	if p.bare != q.bare {
		d.add(Changed, p, q)
	}
	d.in = append(d.in, q)
	d.parts(p.Parts, q.Parts)
	d.in = d.in[:len(d.in)-1]
}

// unnamed compares statements that have no name: those that say the same stand for one another, in their order; of the
// others those of a kind are taken for changed.
func (d *differ) unnamed(before, after []*Part) {
	olds, news := apart(before, after)
	for i, p := range olds { // what says the same elsewhere
		j := slices.IndexFunc(news, func(q *Part) bool { return q != nil && q.bare == p.bare })
		if j >= 0 {
			d.add(Moved, p, news[j])
			olds[i], news[j] = nil, nil
		}
	}
	for i, p := range olds {
		j := slices.IndexFunc(news, func(q *Part) bool { return p != nil && q != nil && q.Kind == p.Kind })
		if j >= 0 {
			d.add(Changed, p, news[j])
			olds[i], news[j] = nil, nil
		}
	}
	for _, p := range olds {
		if p != nil {
			d.add(Removed, p, nil)
		}
	}
	for _, q := range news {
		if q != nil {
			d.add(Added, nil, q)
		}
	}
}

// apart leaves out of two lists their longest common subsequence.
func apart(a, b []*Part) (onlyA, onlyB []*Part) {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].bare == b[j].bare {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i].bare == b[j].bare:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			onlyA = append(onlyA, a[i])
			i++
		default:
			onlyB = append(onlyB, b[j])
			j++
		}
	}
	return onlyA, onlyB
}
