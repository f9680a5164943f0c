package lsp

import (
	"nurture/lang/check"
)

// named finds a thing among those of its kind; nil where none has the name. The first of a name has it.
func named[T any](things []*T, name string, symbol func(*T) *check.Symbol) *T {
	for _, t := range things {
		if symbol(t).Name == name {
			return t
		}
	}
	return nil
}

func (s *Snapshot) offer(name string) *check.Offer {
	return named(s.Playbook.Offers, name, func(t *check.Offer) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) offerMap(name string) *check.Map {
	return named(s.Playbook.Maps, name, func(t *check.Map) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) segment(name string) *check.Segment {
	return named(s.Playbook.Segments, name, func(t *check.Segment) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) score(name string) *check.Score {
	return named(s.Playbook.Scores, name, func(t *check.Score) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) topic(name string) *check.Topic {
	return named(s.Playbook.Topics, name, func(t *check.Topic) *check.Symbol { return &t.Symbol })
}

// event finds an event; an outcome by its whole name, `sales.won`.
func (s *Snapshot) event(name string) *check.Event {
	return named(s.Playbook.Events, name, func(t *check.Event) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) handoff(name string) *check.Handoff {
	return named(s.Playbook.Handoffs, name, func(t *check.Handoff) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) program(name string) *check.Program {
	return named(s.Playbook.Programs, name, func(t *check.Program) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) track(name string) *check.Track {
	return named(s.Playbook.Tracks, name, func(t *check.Track) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) stage(program, name string) *check.Stage {
	p := s.program(program)
	if p == nil {
		return nil
	}
	return named(p.Stages, name, func(t *check.Stage) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) role(name string) *check.Role {
	return named(s.Playbook.Roles, name, func(t *check.Role) *check.Symbol { return &t.Symbol })
}

func (s *Snapshot) scenario(name string) *check.Scenario {
	return named(s.Playbook.Scenarios, name, func(t *check.Scenario) *check.Symbol { return &t.Symbol })
}

// field finds a field of the contact, or of an event.
func (s *Snapshot) field(of, name string) *check.Field {
	fields := s.Playbook.Contact.Fields
	if of != "contact" {
		e := s.event(of)
		if e == nil {
			return nil
		}
		fields = e.Fields
	}
	return named(fields, name, func(t *check.Field) *check.Symbol { return &t.Symbol })
}
