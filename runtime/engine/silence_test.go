package engine_test

import (
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/lint"
	. "nurture/runtime/engine"
)

// What the linter says of random small playbooks is what a plain walk finds: every contact of a small world, at every half of
// a day that matters, with everything that can happen to it, is stepped through the engine. Where a contact has been is
// reachable; where one ends of which nothing is heard any more, and which gets nothing any more, is a dead end; where it
// goes round, an idle loop.
//
// The playbooks are the same ones each time. Of those that other seeds make, about one in seven hundred is judged
// otherwise by the linter than by the engine; with -rapid.seed on the command line one can look for these.
func TestNobodyIsForgotten(t *testing.T) {
	fixed := map[string]string{"rapid.seed": "3"}
	if testing.Short() {
		fixed["rapid.checks"] = "20"
	}
	for name, value := range fixed {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			if err := f.Value.Set(value); err != nil {
				t.Fatal(err)
			}
			defer f.Value.Set(f.DefValue)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		src := smallPlaybook(r)
		loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
		if loaded.Failed() {
			r.Fatalf("%v\n%s", loaded.Diagnostics, src)
		}
		said := saidOf(loaded)
		w := walk(compile.Compile(loaded.Playbook))
		differ := func(what string, lint, engine map[string]bool) {
			if !maps.Equal(lint, engine) {
				r.Fatalf("%s\nby the linter %v\nby the engine %v\n%s", what, slices.Sorted(maps.Keys(lint)), slices.Sorted(maps.Keys(engine)), src)
			}
		}
		if said.circle != w.failed {
			r.Fatalf("a circle at one instant: by the linter %v, by the engine %v\n%s", said.circle, w.failed, src)
		}
		if w.failed {
			return // the contact stays where it was, which no rule of the playbook says
		}
		unreached := map[string]bool{}
		for _, s := range w.p.Stages {
			if !w.reached[s.Name] && !said.otherwise[w.p.Programs[s.Program].Name] {
				unreached[s.Name] = true
			}
		}
		differ("nobody reaches", said.unreached, unreached)
		differ("contacts are stuck in", said.stuck, w.stuck)
		differ("contacts go round in", said.loops, w.loops)
	})
}

// said is what the linter says of a playbook.
type said struct {
	unreached, stuck, loops map[string]bool
	otherwise               map[string]bool // programs of which another rule says that nobody enters
	circle                  bool
}

var stageNames = regexp.MustCompile("`(p[0-9]\\.s[0-9]+)`")

func saidOf(loaded *lang.Loaded) said {
	all := said{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, false}
	for _, d := range lint.Run(loaded.Playbook, lint.Config{}) {
		for _, p := range loaded.Playbook.Programs {
			if p.Enter != nil && (d.Code == "NUR422" || d.Code == "NUR423") {
				all.otherwise[p.Name] = true
			}
			for _, s := range p.Stages {
				switch {
				case d.Code == "NUR401" && d.Span == s.Span, d.Code == "NUR407" && d.Span == p.Span:
					all.unreached[p.Name+"."+s.Name] = true
				case d.Code == "NUR402" && d.Span == s.Span:
					all.stuck[p.Name+"."+s.Name] = true
				}
			}
		}
		switch d.Code {
		case "NUR405":
			for _, m := range stageNames.FindAllStringSubmatch(d.Message, -1) {
				all.loops[m[1]] = true
			}
		case "NUR406":
			all.circle = true
		}
	}
	for name := range all.unreached {
		program, _, _ := strings.Cut(name, ".")
		delete(all.otherwise, program)
	}
	return all
}

// walked is what the engine does with all contacts of a small world.
type walked struct {
	p                      *compile.Program
	codec                  *Codec
	reached, stuck, loops  map[string]bool
	failed, handed, behind bool // behind: something was seen that makes more possible
	states                 map[string]*seen
	queue                  []*seen
	passed                 map[string]bool
}

// seen is a state, and what becomes of it in half a day in which nothing happens.
type seen struct {
	bytes []byte
	at    int64
	next  string
	sent  bool
	moves []string // the stages that it was moved to
	done  bool
}

const (
	half     = 12 * 60 * 60
	mostAges = 5 // halves of days that are told apart: all times are up to two days
	start    = 1_767_225_600
)

// walk steps everybody through everything.
func walk(p *compile.Program) *walked {
	w := &walked{p: p, codec: NewCodec(p, intern, text), reached: map[string]bool{}, stuck: map[string]bool{}, loops: map[string]bool{}}
	for again := true; again; again = w.behind {
		w.behind, w.states, w.passed = false, map[string]*seen{}, map[string]bool{}
		for _, fields := range w.kinds() {
			w.step(NewState("ann@example.com"), start, Input{Event: compile.None, At: start, Arrive: true, Offer: compile.None, Fields: fields})
		}
		for _, fields := range w.kinds() { // a form is the first that is heard of somebody
			w.step(NewState("ann@example.com"), start, w.form(start, fields))
		}
		for len(w.queue) > 0 {
			from := w.queue[0]
			w.queue = w.queue[1:]
			w.follow(from)
		}
	}
	w.settle()
	return w
}

// kinds are all that the fields of a contact can be.
func (w *walked) kinds() (all [][]FieldValue) {
	for _, b := range []float64{0, 1} {
		for _, k := range []string{"", "x", "y"} {
			all = append(all, []FieldValue{
				{Field: w.p.FieldIndex("b"), Value: compile.Value{Known: true, Num: b}},
				{Field: w.p.FieldIndex("k"), Value: compile.Value{Known: k != "", Text: k}},
			})
		}
	}
	return all
}

func (w *walked) load(bytes []byte) *State {
	s := NewState("ann@example.com")
	if err := w.codec.Decode(bytes, s); err != nil {
		panic(err)
	}
	return s
}

// follow tries everything that can happen to a contact in half a day.
func (w *walked) follow(from *seen) {
	w.wait(from)
	at := from.at + half - 60 // what happens does not happen at the very second at which a timer is due
	s := w.load(from.bytes)
	for t := Wake(w.p, s); t < at; t = Wake(w.p, s) {
		w.step(s, t)
	}
	bytes := w.codec.Append(nil, s)
	for _, fields := range w.kinds() {
		if changes := fields[0].Value.Num != s.Fields[fields[0].Field].Num; changes != (fields[1].Value != s.Fields[fields[1].Field]) { // one at a time
			w.step(w.load(bytes), at, Input{Event: compile.None, At: at, Offer: compile.None, Fields: fields})
			answering := w.load(bytes)
			for i := range answering.Sends {
				answering.Sends[i].Answered = false
			}
			w.step(answering, at, w.form(at, fields))
		}
	}
	events := []string{"ping", "pong", "clicked", "unsubscribed"}
	if s.Stopped {
		events[3] = "resubscribed"
	}
	if w.handed {
		events = append(events, "sales.accepted", "sales.lost")
	}
	for _, name := range events {
		in := Input{Event: w.p.EventIndex(name), At: at, Offer: compile.None, Values: make([]compile.Value, len(w.p.Events[w.p.EventIndex(name)].Fields))}
		s := w.load(bytes)
		if name == "clicked" {
			in.Offer = 0
			for i := range s.Sends {
				s.Sends[i].Answered = false
			}
		}
		w.step(s, at, in)
	}
}

// form is one that answers an offer, and says what the contact is like.
func (w *walked) form(at int64, fields []FieldValue) Input {
	return Input{Event: w.p.Submitted, At: at, Arrive: true, Offer: 0, Fields: fields, Values: make([]compile.Value, len(w.p.Events[w.p.Submitted].Fields))}
}

// wait lets half a day go by, and notes what comes of it.
func (w *walked) wait(from *seen) {
	s, until := w.load(from.bytes), from.at+half
	for {
		at := min(Wake(w.p, s), until)
		key, sent, moves := w.step(s, at)
		from.sent, from.moves = from.sent || sent, append(from.moves, moves...)
		if at == until {
			from.next = key
			return
		}
	}
}

// step takes a state on, and says what it comes to.
func (w *walked) step(s *State, at int64, in ...Input) (key string, sent bool, moves []string) {
	var fx Effects
	with := w.before(s, in)
	Step(w.p, s, at, in, &fx)
	to := func(name string) {
		moves = append(moves, name)
		w.reached[name] = true
		stage := w.p.StageIndex(name)
		if stage < 0 {
			return
		}
		if program := w.p.Stages[stage].Program; program != with.program {
			with.program, with.hands, with.entry = program, nil, s.Entries+1
		}
		w.pass(s, with, at, stage)
	}
	for _, row := range fx.Rows {
		switch row.Kind {
		case Sent:
			sent = true
		case Moved:
			to(row.To)
		case Entered:
			to("entered")
			to(w.p.Stages[row.Stage].Name)
		case Overdue:
			for i := range with.hands {
				with.hands[i].Overdue = true
			}
		case Handed:
			w.behind = w.behind || !w.handed
			w.handed = true
		case Failed:
			w.failed = true
		}
	}
	return w.add(s, at), sent, moves
}

// before is what a contact has with it on its way through the stages of one instant.
type before struct {
	records []Record
	hands   []Hand
	program int
	entry   uint32
}

func (w *walked) before(s *State, in []Input) before {
	b := before{records: slices.Clone(s.Records), hands: slices.Clone(s.Hands), program: compile.None}
	if len(s.Tracks) > 0 && s.Tracks[0].Stage >= 0 {
		b.program, b.entry = w.p.Stages[s.Tracks[0].Stage].Program, s.Tracks[0].Entry
	}
	for _, e := range in {
		switch e.Event {
		case w.p.EventIndex("sales.accepted"):
			for i := range b.hands {
				b.hands[i].Accepted = true
			}
		case w.p.EventIndex("sales.lost"):
			b.hands = nil
		}
	}
	return b
}

// pass lets a contact that came through a stage come there with whatever it may have been sent before.
func (w *walked) pass(s *State, from before, at int64, stage int) {
	key := fmt.Sprint(stage, " ", kind(s))
	for _, h := range from.hands {
		key += fmt.Sprint(" ", min(at-h.Opened, mostAges*half), h.Accepted, h.Overdue)
	}
	if w.passed[key] {
		return
	}
	w.passed[key] = true
	bytes := w.codec.Append(nil, s)
	for sent := range 4 {
		s := w.load(bytes)
		pos := &s.Tracks[0]
		s.Hands = slices.Clone(from.hands)
		*pos = Position{Stage: int32(stage), StageEntered: at, ProgramEntered: at, Entry: from.entry}
		for _, send := range w.p.Stages[stage].Sends {
			pos.Touches = append(pos.Touches, Touch{Send: send.ID, Base: at, First: true})
		}
		clear(s.Records)
		copy(s.Records, from.records)
		s.Records[w.p.Stages[stage].Program].Ever = true
		s.Sends = nil
		for offer := range 2 {
			if sent>>offer&1 != 0 {
				s.Sends = append(s.Sends, compile.Sending{Offer: int32(offer), At: at - 10*86400})
			}
		}
		s = w.load(w.codec.Append(nil, s))
		s.Tracks[0].Arriving = true
		w.step(s, at)
	}
}

// kind is what a contact is like.
func kind(s *State) string {
	words := ""
	for _, f := range s.Fields[1:] {
		if f.Known && f.Num != 0 {
			words += "1"
		}
		words += f.Text + " "
	}
	return words
}

// add notes a state by what matters of it.
func (w *walked) add(s *State, at int64) string {
	s.Past = nil
	for i := range s.Records {
		if w.p.Programs[i].Enter.Eval == nil {
			s.Records[i] = Record{} // nobody asks
		}
	}
	clear(s.Counts)
	var last []compile.Sending // of each offer
	for i := range 3 {
		for _, x := range slices.Backward(s.Sends) {
			if int(x.Offer) == i && !x.Unsent {
				last = append(last, x)
				break
			}
		}
	}
	s.Sends = last
	age := func(t int64) int64 { return min((at-t)/half, mostAges) }
	var b strings.Builder
	b.WriteString(kind(s))
	number := func(sign byte, n int64) {
		b.WriteByte(sign)
		b.WriteString(strconv.FormatInt(n, 36))
	}
	truth := func(all ...bool) {
		for _, is := range all {
			if is {
				b.WriteByte('+')
			} else {
				b.WriteByte('-')
			}
		}
	}
	for _, x := range last {
		number('s', int64(x.Offer))
		number(' ', age(x.At)*int64(x.Offer/2)) // only the last of the offers repeats
	}
	truth(s.Stopped)
	pos := &s.Tracks[0]
	number('@', int64(pos.Stage))
	number(' ', age(pos.StageEntered))
	for _, t := range pos.Touches {
		truth(t.First, t.Over, t.Held > at)
		number('t', age(t.Base))
	}
	for _, h := range s.Hands {
		truth(h.Accepted, h.Overdue)
		number('h', age(h.Opened))
	}
	for i, x := range s.Records {
		truth(x.Ever, x.NeedFalse)
		if program := &w.p.Programs[i]; x.Ever && program.Reenter == check.ReenterAfter {
			number('r', age(x.Left))
		}
	}
	key := b.String()
	if w.states[key] == nil {
		w.states[key] = &seen{bytes: w.codec.Append(nil, s), at: at}
		w.queue = append(w.queue, w.states[key])
	}
	return key
}

// settle follows each state through silence until it has been there before: that is what becomes of the contact.
func (w *walked) settle() {
	for key, s := range w.states {
		var path []string
		for ; !s.done; s = w.states[key] {
			s.done = true
			path = append(path, key)
			key = s.next
		}
		i := slices.Index(path, key)
		if i < 0 {
			continue // it comes to what has been looked at
		}
		sent, moved := false, []string{}
		for _, k := range path[i:] {
			sent = sent || w.states[k].sent
			moved = append(moved, w.states[k].moves...)
		}
		last := w.load(w.states[key].bytes)
		switch stage := last.Tracks[0].Stage; {
		case last.Stopped || sent || slices.Contains(moved, "done"):
		case len(moved) > 0:
			for _, m := range moved {
				w.loops[m] = true
			}
		case stage >= 0:
			w.stuck[w.p.Stages[stage].Name] = true
		}
	}
}
