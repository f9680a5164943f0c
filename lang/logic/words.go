package logic

import "strings"

// words describe what was chosen, a few words for each thing that matters.
func (s *search) words() []string {
	var all []string
	for i, t := range s.things {
		if !s.given[i] {
			continue
		}
		var true1, false1 []string
		for bit, p := range t.predicates {
			if s.chosen[i]>>bit&1 != 0 {
				true1 = append(true1, t.name+p.String())
			} else {
				false1 = append(false1, t.name+p.String())
			}
		}
		switch {
		case len(true1) > 0:
			all = append(all, strings.Join(true1, " and "))
		default:
			all = append(all, "not "+strings.Join(false1, " and not "))
		}
	}
	return all
}
