package engine

import "nurture/lang/compile"

// Seen is what a step is about to act on, and the contact as it is just before: a rule that is taken, a program that is
// entered by its `enter when`, or a touch that is decided. The rows that come of it follow.
type Seen struct {
	Track   int
	Rule    *compile.Rule // that is taken, nil
	Then    *compile.Then // what of it: its own, or that of the arm that fits
	Program int           // that is entered, compile.None
	Send    int           // touch, by the sends of the stage, compile.None
	State   *State
	Look    *compile.Ctx // what its conditions see; good until Watch returns
}

// watched tells the watcher what comes now. It is asked only where there is one: what it makes is not free.
func (r *run) watched(seen Seen) {
	seen.State, seen.Look = r.s, r.at(seen.Track)
	if seen.Look.Event = nil; seen.Rule != nil && seen.Rule.On != compile.None {
		seen.Look.Event = &r.event
	}
	r.fx.Watch(&seen)
}
