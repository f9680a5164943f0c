package engine

import "nurture/lang/compile"

// Weighed is what stands in the way of a touch at an instant: not only the first thing, as for the journal, but all.
type Weighed struct {
	Look    *compile.Ctx // what its conditions see; good until the state is stepped or looked at again
	Due     int64        // by its cadence; calendar.Never when it is over
	Held    int64        // not before this instant; 0 when it is not held
	HeldOut bool
	Address bool  // there is one
	Column  int   // of its map, that is the contact's; compile.None where there is no map, or no column is
	Can     []Can // offers of the column or the list that can still be sent, now or later
	Left    []int // those of them that neither `where` nor a `never` bars
	Caps    []CapRoom
	Refused string // the reason, "" when it is not
	Holds   string // why it would be held now, "" when it would not
	Until   int64  // and until when; calendar.Never
	Pick    int    // the offer that would go now were the touch due, compile.None
}

type (
	// Can is an offer that can be sent, not before From (0: now).
	Can struct {
		Offer   int
		From    int64
		Repeats bool // it waits for its `repeat`, else for its `published` day
	}
	// CapRoom is a cap that binds the touch, and the first instant at which it has room.
	CapRoom struct {
		Cap  *compile.Cap
		Free int64
	}
)

// Weigh weighs a send of a stage at an instant. For a contact that does not stand in the stage it is as if it entered
// now. The state is changed: weigh a copy.
func Weigh(p *compile.Program, s *State, now int64, stage, send int) Weighed {
	r := begin(p, s, now, new(Effects))
	track := p.Programs[p.Stages[stage].Program].Track
	pos := &s.Tracks[track]
	if int(pos.Stage) != stage {
		r.enterStage(track, stage)
	}
	is, touch := &p.Stages[stage].Sends[send], &pos.Touches[send]
	w := Weighed{Due: touchDue(s, pos, send), Held: touch.Held, HeldOut: pos.HeldOut, Address: r.address() != "", Pick: compile.None}
	x := r.at(track)
	x.Event = nil
	if reason := r.refusal(x, pos, is); reason >= 0 {
		w.Refused = refusals[reason]
	}
	arms, _ := r.arms(x, is, false)
	w.Column = r.from
	for _, a := range arms {
		w.Can = append(w.Can, Can{int(a.offer), a.from, a.repeats})
	}
	arms, _ = fit(arms)
	for _, a := range arms {
		w.Left = append(w.Left, int(a.offer))
	}
	if !is.Transactional {
		for _, c := range r.caps(x, &p.Policy) {
			w.Caps = append(w.Caps, CapRoom{c, r.capped([]*compile.Cap{c}, now)})
		}
	}
	if len(arms) > 0 {
		if w.Until, w.Holds = r.hold(x, is, arms); w.Holds == "" {
			w.Pick = r.pick(is.Pick, r.ready(arms))
		}
	}
	w.Look = x
	return w
}

// HeldOut says whether a contact is in the holdout of a program: for ever the same.
func HeldOut(p *compile.Program, key string, program int) bool {
	return heldOut(key, &p.Programs[program])
}

// EntryFrom is the instant from which `reenter` lets a contact into a program, calendar.Never where it does not any more.
func EntryFrom(p *compile.Program, s *State, program int) int64 {
	return entryFrom(s, &p.Programs[program], &s.Records[program])
}
