package proof

const (
	inEngine   = "runtime/engine/"
	inRuntime  = "runtime/"
	inStore    = "runtime/store/"
	inIngest   = "runtime/ingest/"
	inCalendar = "lang/calendar/"
	inCompile  = "lang/compile/"
)

var faults = []fault{
	{"the cap lets one more go", inEngine + "send.go", "if left--; left == 0 {", "if left--; left < 0 {", 1},
	{"a message is free again a second late", inEngine + "send.go", "t = max(t, r.s.Zone.Add(s.At, c.Per))", "t = max(t, r.s.Zone.Add(s.At, c.Per)+1)", 1},
	{"caps count transactional messages", inEngine + "send.go", "if s.Uncapped || s.Unsent {", "if s.Unsent {", 3},
	{"the lower priority goes first", inEngine + "send.go", "cmp.Compare(r.priority(b.track), r.priority(a.track))", "cmp.Compare(r.priority(a.track), r.priority(b.track))", 2},
	{"an offer may repeat at any time", inEngine + "send.go", "if again := r.s.Zone.Add(last.at, o.Repeat); again > r.now {", "if again := last.at; again > r.now {", 3},
	{"an offer expires a day early", inEngine + "send.go", "r.s.Zone.Start(calendar.Date(o.Expires)+1)", "r.s.Zone.Start(calendar.Date(o.Expires))", 25},
	{"a stopped contact gets what is transactional", inEngine + "send.go", "case r.s.Stopped:", "case r.s.Stopped && !send.Transactional:", 10},
	{"never is asked of the first offer only", inEngine + "send.go", "case r.barred(x):", "case len(r.could) == 1 && r.barred(x):", 3},
	{"a refusal is told each time", inEngine + "send.go", "*told |= 1 << reason", "*told |= 0 << reason", 1},
	{"what is exhausted is looked at by all tracks", inEngine + "send.go", "r.look(ref.track, false)", "r.look(compile.None, false)", 32},
	{"explore counts what was answered but never sent", inEngine + "send.go", "if how == check.PickExplore && !s.Unsent {", "if how == check.PickExplore {", 29},
	{"the question of the message before is asked again", inEngine + "send.go", " && !slices.Contains(r.s.Asked, int32(i))", "", 1},
	{"the holdout is the others", inEngine + "send.go", "float64(h>>11)/(1<<53) < program.Holdout", "float64(h>>11)/(1<<53) >= program.Holdout", 3},
	{"a touch wakes a second late", inEngine + "wake.go", "w.next = min(w.next, due)", "w.next = min(w.next, due+1)", 2},
	{"a task wakes nobody", inEngine + "wake.go", "w.timer(w.s.Tasks[i].due(w.s))", "_ = w.s.Tasks[i].due(w.s)", 1},
	{"reenter after counts from an hour later", inEngine + "rules.go", "return s.Zone.Add(record.Left, program.After)", "return s.Zone.Add(record.Left, program.After) + 3600", 8},
	{"reenter always does not wait for the condition to be false", inEngine + "rules.go", "record.NeedFalse = done &&", "record.NeedFalse = false && done &&", 2},
	{"a hand-off is not withdrawn", inEngine + "rules.go", "if h.Entry != pos.Entry ||", "if h.Entry == pos.Entry ||", 1},
	{"the program's rules come before the stage's", inEngine + "rules.go", "if r.tryAll(track, stage.Rules, timers, onlyWhen) {\n\t\t\treturn true\n\t\t}\n\t\tif r.tryAll(track, r.p.Programs[stage.Program].Rules, timers, onlyWhen) {",
		"if r.tryAll(track, r.p.Programs[stage.Program].Rules, timers, onlyWhen) {\n\t\t\treturn true\n\t\t}\n\t\tif r.tryAll(track, stage.Rules, timers, onlyWhen) {", 2},
	{"an after without a target acts at every look", inEngine + "rules.go", "pos.Acted = append(pos.Acted, rule.ID)", "if !rule.IsAfter {\n\t\t\t\tpos.Acted = append(pos.Acted, rule.ID)\n\t\t\t}", 3},
	{"a second answer to a sending is a response too", inEngine + "answers.go", "if s.Answered {\n\t\t\treturn compile.None\n\t\t}\n", "", 2},
	{"a late event scores as though it were of now", inEngine + "take.go", "d.V += points * math.Exp2(-float64(r.now-at)/halve)", "d.V += points", 1},
	{"a goal counts for a day too long", inEngine + "take.go", "end < r.event.At {", "end+86400 < r.event.At {", 16},
	{"the days of an accept count though the window is shut", inEngine + "step.go", "if day++; p.Policy.Opens(day) {", "if day++; true {", 8},
	{"a held touch stays held in another zone", inEngine + "step.go", "s.Tracks[t].Touches[i].Held = 0", "_ = t + i", 3},
	{"the hold of a touch is not stored", inEngine + "encode.go", "w.int(t.Held)", "w.int(0)", 1},
	{"a window takes its last minute in", inCompile + "windows.go", "t < z.At(shuts, w.To)", "t <= z.At(shuts, w.To)", 36},
	{"the last skipped day is none", inCompile + "windows.go", "if p.Skips[i].From <= d && d <= p.Skips[i].To {", "if p.Skips[i].From <= d && (d < p.Skips[i].To || p.Skips[i].From == d) {", 9},
	{"a count keeps what has just left its span", inCompile + "readings.go", "!window.Over(zone, h.At, now)", "!window.Over(zone, h.At, now-1)", 80},
	{"a since wakes a second late", inCompile + "since.go", "turns := x.Zone.Add(from, t.length);", "turns := x.Zone.Add(from, t.length) + 1;", 2},
	{"a since asks its calendar too late", inCalendar + "span.go", "const slack = 2 * day", "const slack = 0", 20},
	{"days are 24 hours", inCalendar + "zone.go", "if i+1 == len(z.starts) || later < z.starts[i+1] {\n\t\t\t\treturn later + d.Seconds\n\t\t\t}", "return later + d.Seconds", 3},
	{"a time that comes twice is its second", inCalendar + "zone.go", "if i+1 == len(z.starts) || t < z.starts[i+1] {\n\t\t\treturn t\n\t\t}", "if i+1 == len(z.starts) || t < z.starts[i+1]-3600 {\n\t\t\treturn t\n\t\t}", 86},
	{"events come before changes", inRuntime + "passage.go", "if in.Event == compile.None {\n\t\treturn 0\n\t}\n\treturn 1", "if in.Event == compile.None {\n\t\treturn 1\n\t}\n\treturn 0", 1},
	{"a span takes its end in", inRuntime + "passage.go", "if next >= end ||", "if next > end ||", 14},
	{"what is late is not", inRuntime + "passage.go", "in.Late = in.Event != compile.None && in.At < late", "in.Late = false", 1},
	{"the clock is set before the contacts are stepped", inRuntime + "run.go", "if err := r.stepAll(ctx); err != nil {\n\t\treturn interrupted(ctx, err)\n\t}", "if err := r.store.SetClock(r.span.To); err != nil {\n\t\treturn err\n\t}\n\tif err := r.stepAll(ctx); err != nil {\n\t\treturn interrupted(ctx, err)\n\t}", 1},
	{"a channel that may not be called twice is not marked before", inRuntime + "delivery.go", "rows[i].State = store.Attempting", "rows[i].State = store.Pending", 1},
	{"the last batch of a run is not written", inRuntime + "pipeline.go", "if failed.Err() == nil {\n\t\tif err := batch.write", "if failed.Err() == nil && batch.contacts == 0 {\n\t\tif err := batch.write", 1},
	{"what a step took is not taken off the inbox", inStore + "write.go", "DELETE FROM waiting WHERE contact = ?1 AND at <= ?2", "DELETE FROM waiting WHERE contact = ?1 AND at < ?2", 1},
	{"the journal and the state are two commits", inStore + "write.go", "for _, write := range []func() error{w.journal, w.contacts, w.due, w.taken, w.outbox, w.counts} {\n\t\t\tif err := write(); err != nil {\n\t\t\t\treturn err\n\t\t\t}",
		"for i, write := range []func() error{w.journal, w.contacts, w.due, w.taken, w.outbox, w.counts} {\n\t\t\tif err := write(); err != nil {\n\t\t\t\treturn err\n\t\t\t}\n\t\t\tif i == 1 {\n\t\t\t\tif err := s.commit(); err != nil {\n\t\t\t\t\treturn err\n\t\t\t\t}\n\t\t\t\tif err := s.begin(); err != nil {\n\t\t\t\t\treturn err\n\t\t\t\t}\n\t\t\t}", 3},
	{"the state of a contact is not stored again", inStore + "write.go", "\t\t\tif p.stored {\n\t\t\t\tf.state = states[0]", "\t\t\tif p.stored && p.wasState != 0 {\n\t\t\t\tstates = states[1:]\n\t\t\t} else if p.stored {\n\t\t\t\tf.state = states[0]", 1},
	{"the last row of a full bulk is lost", inStore + "bulk.go", "rows := b.rows\n", "rows := b.rows\n\tif len(rows) > 5 {\n\t\trows = rows[:len(rows)-1]\n\t}\n", 1},
	{"what is due at the last second waits", inStore + "due.go", "stmt.BindInt64(1, before)", "stmt.BindInt64(1, before-1)", 1},
	{"what is left of a row is not looked at", inStore + "due.go", "return s.lookAt(round.left)", "return nil", 1},
	{"a round is taken away that comes again", inRuntime + "passage.go", "return max(due, floor), steps, nil", "return due, steps, nil", 149},
	{"a contact is looked at once only", inStore + "write.go", "return w.s.lookAt(looks)", "return nil", 1},
	{"a state goes that another contact has", inStore + "write.go", "stmt.BindInt64(2, states[n-1])", "stmt.BindInt64(2, states[n-1]+1)", 1},
	{"a message that may have gone out goes again", inStore + "outbox.go", "to := Unknown\n\tif idempotent {", "to := Unknown\n\tif true {", 1},
	{"a changed playbook wakes nobody", inStore + "version.go", "WHERE next > ?1 AND state <> 0", "WHERE next > ?1 AND state = 0", 39},
	{"a changed playbook has nobody looked at", inStore + "version.go", "\t\treturn s.lookAtAll(since)", "\t\treturn nil", 70},
	{"an event of the arrival's own instant is refused", inIngest + "events.go", "case r.input.At < contact.Arrived:", "case r.input.At <= contact.Arrived:", 4},
	{"an event wakes nobody", inIngest + "events.go", "i.in.Wake(a.Contact, a.At)", "_ = a", 5},
	{"a file that was half read is not read again", inIngest + "ingest.go", "if err := f.take(sum, sound); err != nil {\n\t\t\treturn err\n\t\t}", "if err := f.take(sum, sound); err != nil {\n\t\t\treturn err\n\t\t}\n\t\tif first, err := i.in.Reject(int64(len(all)) + 12345); err == nil && !first {\n\t\t\treturn nil\n\t\t}", 18},
}
