package logic

import (
	"slices"
	"strings"
)

// words describe what was chosen, a few words for each thing that matters: "role is unknown", `role is "it"`,
// "employees < 200".
func (s *search) words() []string {
	unknown, known := map[string]bool{}, map[string]bool{}
	for _, t := range s.things {
		if field, ok := strings.CutPrefix(t.name, "known("); ok && t.decided {
			field = strings.TrimSuffix(field, ")")
			if t.chosen.has(0) {
				known[field] = true
			} else {
				unknown[field] = true
			}
		}
	}
	var all []string
	for _, t := range s.things {
		if !t.decided || strings.HasPrefix(t.name, "known(") || unknown[t.name] {
			continue
		}
		all = append(all, t.words())
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
func (t *thing) words() string {
	name := called(t.name)
	if t.predicates[0].sort == yesOrNo {
		if t.chosen.has(0) {
			return name
		}
		return "not " + name
	}
	var is, isNot []string
	in := "" // a program, where the thing is the phase
	for bit, p := range t.predicates {
		value := strings.TrimPrefix(p.String(), " "+signs[p.is]+" ")
		switch {
		case p.is == equals && p.sort == text && p.text == "" && t.name == "phase": // outside of programs
			if t.chosen.has(bit) {
				return "in no program"
			}
			in = "in a program"
		case t.chosen.has(bit) && p.is == equals:
			return name + " is " + value
		case t.chosen.has(bit):
			is = append(is, name+p.String())
		case p.is == equals:
			isNot = append(isNot, value)
		case p.sort == text:
			is = append(is, "not "+name+p.String())
		default:
			is = append(is, name+p.says(opposite[p.is]))
		}
	}
	if len(is)+len(isNot) == 0 {
		return in
	}
	if len(is) > 0 {
		return strings.Join(is, " and ")
	}
	if len(isNot) == 1 {
		return name + " is not " + isNot[0]
	}
	return name + " is none of " + strings.Join(isNot, ", ")
}
