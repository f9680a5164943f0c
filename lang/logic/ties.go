package logic

import "strings"

// ties is what holds between the things of a question: something of a topic or a map was sent, or answered, exactly when
// one of its offers was. Of offers that the question does not name, one may have been.
func (s *search) ties() *Formula {
	named := map[string]bool{}
	for _, t := range s.things {
		named[t.name] = true
	}
	all := True
	for _, t := range s.things {
		verb, name, ok := strings.Cut(strings.TrimSuffix(t.name, ")"), "(")
		if !ok || verb != "sent" && verb != "responded" {
			continue
		}
		offers := s.world.kinds[name]
		if len(offers) == 0 {
			continue
		}
		some, every := False, true
		for _, o := range offers {
			if one := verb + "(" + o.Name + ")"; named[one] {
				some = Or(some, once(one))
			} else {
				every = false
			}
		}
		is := once(t.name)
		all = And(all, Or(is, Not(some)))
		if every {
			all = And(all, Or(some, Not(is)))
		}
	}
	return all
}

// once is that something was sent, or answered, at all.
func once(thing string) *Formula { return atomOf(thing, predicate{sort: times, is: atLeast, num: 1}) }
