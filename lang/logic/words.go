package logic

import (
	"slices"
	"strings"
)

// words describe what was chosen, a few words for each thing that matters: "role is unknown", `role is "it"`,
// "employees < 200".
func (s *search) words() []string {
	unknown, known := map[string]bool{}, map[string]bool{}
	for i, t := range s.things {
		if field, ok := strings.CutPrefix(t.name, "known("); ok && s.given[i] {
			field = strings.TrimSuffix(field, ")")
			if s.chosen[i]&1 != 0 {
				known[field] = true
			} else {
				unknown[field] = true
			}
		}
	}
	var all []string
	for i, t := range s.things {
		if !s.given[i] || strings.HasPrefix(t.name, "known(") || unknown[t.name] {
			continue
		}
		all = append(all, t.words(s.chosen[i]))
		of, _, _ := strings.Cut(t.name, " has ")
		delete(known, of)
	}
	for name := range unknown {
		all = append(all, called(name)+" is unknown")
	}
	for name := range known {
		all = append(all, called(name)+" is known")
	}
	slices.Sort(all)
	return all
}

// called is a thing as a person would name it.
func called(name string) string { return strings.TrimPrefix(name, "contact.") }

// opposite is what holds where a comparison does not.
var opposite = map[relation]string{equals: "is not", less: ">=", atMost: ">", more: "<=", atLeast: "<"}

// words describe a thing of which some predicates are true and the others are not.
func (t *thing) words(chosen uint64) string {
	name := called(t.name)
	if t.predicates[0].sort == yesOrNo {
		if chosen&1 != 0 {
			return name
		}
		return "not " + name
	}
	var is, isNot []string
	for bit, p := range t.predicates {
		value := strings.TrimPrefix(p.String(), " "+signs[p.is]+" ")
		switch {
		case chosen>>bit&1 != 0 && p.is == equals:
			return name + " is " + value
		case chosen>>bit&1 != 0:
			is = append(is, name+p.String())
		case p.is == equals:
			isNot = append(isNot, value)
		case p.sort == text:
			is = append(is, "not "+name+p.String())
		default:
			is = append(is, name+" "+opposite[p.is]+" "+value)
		}
	}
	if len(is) > 0 {
		return strings.Join(is, " and ")
	}
	if len(isNot) == 1 {
		return name + " is not " + isNot[0]
	}
	return name + " is none of " + strings.Join(isNot, ", ")
}
