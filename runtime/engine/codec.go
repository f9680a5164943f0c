package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
)

// Codec writes states as bytes and reads them back. A state names things by their number in a program; its bytes name
// them by numbers that the store gives to names for ever, so a state survives a changed playbook: what the playbook
// still has is found again whatever its place, what it has no more is kept under numbers behind the program's own.
//
// A Codec is safe for concurrent use.
type Codec struct {
	p *compile.Program

	fields, events, scores, offers, programs *table

	stages  []uint32
	tracks  []uint32
	hands   []uint32
	ids     map[string]uint32 // of the texts that states repeat: rules, sends, tasks, roles
	text    func(uint32) string
	stageOf map[uint32]int32
	trackOf map[uint32]int
	handOf  map[uint32]int32
}

// table gives the names of one kind their numbers. Names that the program does not have get numbers behind its own.
type table struct {
	mu  sync.RWMutex
	ids []uint32         // by number
	of  map[uint32]int32 // and back
}

func (t *table) add(id uint32) {
	t.of[id] = int32(len(t.ids))
	t.ids = append(t.ids, id)
}

func (t *table) id(i int32) uint32 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.ids[i]
}

func (t *table) number(id uint32) int32 {
	t.mu.RLock()
	i, ok := t.of[id]
	t.mu.RUnlock()
	if ok {
		return i
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i, ok := t.of[id]; ok {
		return i
	}
	t.add(id)
	return t.of[id]
}

func newTable[T any](from []T, name func(*T) string, intern func(string) uint32) *table {
	t := &table{of: map[uint32]int32{}}
	for i := range from {
		t.add(intern(name(&from[i])))
	}
	return t
}

// NewCodec makes the codec of a program. intern gives a name its number for ever, text the name of a number.
func NewCodec(p *compile.Program, intern func(string) uint32, text func(uint32) string) *Codec {
	c := &Codec{
		p:        p,
		fields:   newTable(p.Fields, func(f *compile.Field) string { return f.Name }, intern),
		events:   newTable(p.Events, func(e *compile.Event) string { return e.Name }, intern),
		scores:   newTable(p.Scores, func(s *compile.Score) string { return s.Name }, intern),
		offers:   newTable(p.Offers, func(o *compile.Offer) string { return o.Name }, intern),
		programs: newTable(p.Programs, func(p *compile.Playlet) string { return p.Name }, intern),
		ids:      map[string]uint32{}, text: text,
		stageOf: map[uint32]int32{}, trackOf: map[uint32]int{}, handOf: map[uint32]int32{},
	}
	note := func(s string) { c.ids[s] = intern(s) }
	noteRules := func(rules []compile.Rule) {
		for i := range rules {
			note(rules[i].ID)
		}
	}
	for i := range p.Stages {
		s := &p.Stages[i]
		id := intern(s.Name)
		c.stages, c.stageOf[id] = append(c.stages, id), int32(i)
		noteRules(s.Rules)
		for j := range s.Sends {
			note(s.Sends[j].ID)
		}
		for j := range s.Entry {
			note(s.Entry[j].Text)
		}
	}
	for i := range p.Programs {
		noteRules(p.Programs[i].Rules)
	}
	for i := range p.Tracks {
		id := intern(p.Tracks[i].Name)
		c.tracks, c.trackOf[id] = append(c.tracks, id), i
		noteRules(p.Tracks[i].Rules)
	}
	for i := range p.Handoffs {
		id := intern(p.Handoffs[i].Name)
		c.hands, c.handOf[id] = append(c.hands, id), int32(i)
	}
	for _, r := range p.Roles {
		note(r)
	}
	return c
}

// format is the first byte of a state's bytes.
const format = 1

const (
	flagArrived = 1 << iota
	flagStopped
)

// Append adds the bytes of a state to buf.
func (c *Codec) Append(buf []byte, s *State) []byte {
	w := writer{buf: append(buf, format), c: c}
	flags := uint64(0)
	if s.Arrived {
		flags |= flagArrived
	}
	if s.Stopped {
		flags |= flagStopped
	}
	w.uint(flags)
	w.int(s.At)
	w.uint(uint64(s.Seq))
	w.uint(uint64(s.Entries))
	w.fields(s)
	w.uint(uint64(len(s.Past)))
	last := int64(0)
	for _, h := range s.Past {
		w.uint(uint64(c.events.id(h.Event)))
		w.int(h.At - last)
		last = h.At
	}
	w.sends(s, last)
	w.scores(s)
	w.places(s)
	w.records(s)
	w.open(s)
	w.uint(uint64(len(s.Asked)))
	for _, f := range s.Asked {
		w.uint(uint64(c.fields.id(f)))
	}
	w.uint(uint64(len(s.Tags)))
	for _, t := range s.Tags {
		w.string(t)
	}
	return w.buf
}

type writer struct {
	buf []byte
	c   *Codec
}

func (w *writer) uint(v uint64) { w.buf = binary.AppendUvarint(w.buf, v) }
func (w *writer) int(v int64)   { w.buf = binary.AppendVarint(w.buf, v) }
func (w *writer) bool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	w.buf = append(w.buf, b)
}

// string writes a text by its number where it has one.
func (w *writer) string(s string) {
	if id, ok := w.c.ids[s]; ok {
		w.uint(uint64(id)<<1 | 1)
		return
	}
	w.uint(uint64(len(s)) << 1)
	w.buf = append(w.buf, s...)
}

const (
	valueInt = iota
	valueFloat
	valueText
)

func (w *writer) fields(s *State) {
	known := 0
	for i := range s.Fields {
		if s.Fields[i].Known {
			known++
		}
	}
	w.uint(uint64(known))
	for i := range s.Fields {
		v := &s.Fields[i]
		if !v.Known {
			continue
		}
		w.uint(uint64(w.c.fields.id(int32(i))))
		switch whole := int64(v.Num); {
		case v.Text != "" || v.Num == 0 && w.isText(i):
			w.buf = append(w.buf, valueText)
			w.string(v.Text)
		case math.Abs(v.Num) < 1<<53 && float64(whole) == v.Num && !(v.Num == 0 && math.Signbit(v.Num)):
			w.buf = append(w.buf, valueInt)
			w.int(whole)
		default:
			w.buf = append(w.buf, valueFloat)
			w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(v.Num))
		}
	}
}

func (w *writer) isText(field int) bool {
	return field < len(w.c.p.Fields) && textual(w.c.p.Fields[field].Type)
}

func textual(t check.FieldType) bool {
	switch t {
	case check.FieldNumber, check.FieldBool, check.FieldDate, check.FieldTime:
		return false
	}
	return true
}

const (
	sendAnswered = 1 << iota
	sendUncapped
	sendUnsent
)

func (w *writer) sends(s *State, last int64) {
	w.uint(uint64(len(s.Sends)))
	for _, x := range s.Sends {
		flags := uint64(0)
		if x.Answered {
			flags |= sendAnswered
		}
		if x.Uncapped {
			flags |= sendUncapped
		}
		if x.Unsent {
			flags |= sendUnsent
		}
		w.uint(uint64(w.c.offers.id(x.Offer))<<3 | flags)
		w.int(x.At - last)
		last = x.At
	}
}

func (w *writer) scores(s *State) {
	n := 0
	for i := range s.Scores {
		if s.Scores[i].V != 0 {
			n++
		}
	}
	w.uint(uint64(n))
	for i, d := range s.Scores {
		if d.V != 0 {
			w.uint(uint64(w.c.scores.id(int32(i))))
			w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(d.V))
			w.int(d.At)
		}
	}
}

func (w *writer) places(s *State) {
	n := 0
	for i := range s.Tracks {
		if s.Tracks[i].occupied() {
			n++
		}
	}
	w.uint(uint64(n))
	for i := range s.Tracks {
		pos := &s.Tracks[i]
		if !pos.occupied() {
			continue
		}
		w.uint(uint64(w.c.tracks[i]))
		w.bool(pos.Stage >= 0)
		if pos.Stage >= 0 {
			w.uint(uint64(w.c.stages[pos.Stage]))
			w.int(pos.StageEntered)
			w.int(pos.StageEntered - pos.ProgramEntered)
			w.uint(uint64(pos.Entry))
			w.bool(pos.HeldOut)
			w.uint(uint64(pos.Told))
			w.touches(pos)
		}
		w.uint(uint64(len(pos.Acted)))
		for _, id := range pos.Acted {
			w.string(id)
		}
	}
}

// occupied says whether there is anything to remember of a position: a stage, or rules that acted outside all.
func (pos *Position) occupied() bool { return pos.Stage >= 0 || len(pos.Acted) > 0 }

const (
	touchFirst = 1 << iota
	touchOver
)

func (w *writer) touches(pos *Position) {
	w.uint(uint64(len(pos.Touches)))
	for _, t := range pos.Touches {
		flags := uint64(0)
		if t.First {
			flags |= touchFirst
		}
		if t.Over {
			flags |= touchOver
		}
		w.string(t.Send)
		w.uint(flags)
		w.int(t.Base - pos.StageEntered)
		w.uint(uint64(t.Count))
		w.int(t.Held)
	}
}

const (
	recordEver = 1 << iota
	recordNeedFalse
)

func (w *writer) records(s *State) {
	n := 0
	for i := range s.Records {
		if s.Records[i] != (Record{}) {
			n++
		}
	}
	w.uint(uint64(n))
	for i, rec := range s.Records {
		if rec == (Record{}) {
			continue
		}
		flags := uint64(0)
		if rec.Ever {
			flags |= recordEver
		}
		if rec.NeedFalse {
			flags |= recordNeedFalse
		}
		w.uint(uint64(w.c.programs.id(int32(i))))
		w.uint(flags)
		w.int(rec.Left)
	}
}

const (
	openAccepted = 1 << iota
	openOverdue
)

func (w *writer) open(s *State) {
	w.uint(uint64(len(s.Hands)))
	for _, h := range s.Hands {
		flags := uint64(0)
		if h.Accepted {
			flags |= openAccepted
		}
		if h.Overdue {
			flags |= openOverdue
		}
		w.uint(uint64(w.c.hands[h.Handoff]))
		w.uint(uint64(w.c.stages[h.Stage]))
		w.uint(uint64(h.Entry))
		w.int(h.Opened)
		w.uint(flags)
	}
	w.uint(uint64(len(s.Tasks)))
	for _, t := range s.Tasks {
		w.string(t.Text)
		w.string(t.Role)
		w.int(t.Opened)
		w.int(int64(t.Within.Months))
		w.int(int64(t.Within.Days))
		w.int(t.Within.Seconds)
		w.bool(t.Overdue)
	}
	w.uint(uint64(len(s.Goals)))
	for _, g := range s.Goals {
		w.uint(uint64(w.c.programs.id(g.Program)))
		w.uint(uint64(w.c.events.id(int32(w.c.p.Programs[g.Program].Goals[g.Goal].Event))))
		w.int(g.From)
	}
}

var errDamaged = errors.New("the stored state of this contact is damaged")

// Decode reads a state from its bytes. Key must be set by the caller; everything else of s is overwritten.
func (c *Codec) Decode(data []byte, s *State) error {
	s.Reset(s.Key)
	if len(data) == 0 {
		return errDamaged
	}
	if data[0] != format {
		return fmt.Errorf("the state of this contact has format %d, this program reads format %d; run the newer nurturec", data[0], format)
	}
	r := reader{data: data[1:], c: c}
	s.fit(c.p)
	flags := r.uint()
	s.Arrived, s.Stopped = flags&flagArrived != 0, flags&flagStopped != 0
	s.At = r.int()
	s.Seq, s.Entries = uint32(r.uint()), uint32(r.uint())
	r.fields(s)
	last := int64(0)
	for n := r.count(); n > 0; n-- {
		h := compile.Happening{Event: c.events.number(uint32(r.uint()))}
		h.At = last + r.int()
		last = h.At
		s.Past = append(s.Past, h)
		s.Counts = grown(s.Counts, int(h.Event)+1)
		count := &s.Counts[h.Event]
		if count.N++; count.N == 1 || h.At > count.Last {
			count.Last = h.At
		}
	}
	for n := r.count(); n > 0; n-- {
		v := r.uint()
		x := compile.Sending{Offer: c.offers.number(uint32(v >> 3)), Answered: v&sendAnswered != 0, Uncapped: v&sendUncapped != 0, Unsent: v&sendUnsent != 0}
		x.At = last + r.int()
		last = x.At
		s.Sends = append(s.Sends, x)
	}
	for n := r.count(); n > 0; n-- {
		i := c.scores.number(uint32(r.uint()))
		s.Scores = grown(s.Scores, int(i)+1)
		s.Scores[i] = compile.Decay{V: math.Float64frombits(r.fixed()), At: r.int()}
	}
	for n := r.count(); n > 0; n-- {
		r.place(s)
	}
	for n := r.count(); n > 0; n-- {
		i := c.programs.number(uint32(r.uint()))
		s.Records = grown(s.Records, int(i)+1)
		flags := r.uint()
		s.Records[i] = Record{Ever: flags&recordEver != 0, NeedFalse: flags&recordNeedFalse != 0, Left: r.int()}
	}
	r.open(s)
	for n := r.count(); n > 0; n-- {
		s.Asked = append(s.Asked, c.fields.number(uint32(r.uint())))
	}
	for n := r.count(); n > 0; n-- {
		s.Tags = append(s.Tags, r.string())
	}
	if r.bad || len(r.data) > 0 {
		return errDamaged
	}
	s.Now = s.At
	begin(c.p, s, s.At, nil) // the zone
	return nil
}

// reader reads what writer wrote; after a fault it gives zeroes and is bad.
type reader struct {
	data []byte
	c    *Codec
	bad  bool
}

func (r *reader) fail() { r.bad, r.data = true, nil }

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.data)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return v
}

// count is the length of a list: no more than there are bytes left.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.data)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) byte() byte {
	if len(r.data) == 0 {
		r.fail()
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

func (r *reader) fixed() uint64 {
	if len(r.data) < 8 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.data)
	r.data = r.data[8:]
	return v
}

func (r *reader) string() string {
	v := r.uint()
	if v&1 == 1 {
		return r.c.text(uint32(v >> 1))
	}
	n := v >> 1
	if n > uint64(len(r.data)) {
		r.fail()
		return ""
	}
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}

func (r *reader) fields(s *State) {
	for n := r.count(); n > 0; n-- {
		i := int(r.c.fields.number(uint32(r.uint())))
		v := compile.Value{Known: true}
		isText := false
		switch r.byte() {
		case valueInt:
			v.Num = float64(r.int())
		case valueFloat:
			v.Num = math.Float64frombits(r.fixed())
		case valueText:
			v.Text, isText = r.string(), true
		default:
			r.fail()
		}
		s.Fields = grown(s.Fields, i+1)
		if i < len(r.c.p.Fields) && textual(r.c.p.Fields[i].Type) != isText {
			v = compile.Value{} // the field's type has changed
		}
		s.Fields[i] = v
	}
}

func (r *reader) place(s *State) {
	track, known := r.c.trackOf[uint32(r.uint())]
	pos := Position{Stage: compile.None}
	if r.byte() == 1 {
		id := uint32(r.uint())
		if stage, ok := r.c.stageOf[id]; ok {
			pos.Stage = stage
			track, known = r.c.p.Programs[r.c.p.Stages[stage].Program].Track, true
		} else {
			pos.Gone = r.c.text(id)
		}
		pos.StageEntered = r.int()
		pos.ProgramEntered = pos.StageEntered - r.int()
		pos.Entry, pos.HeldOut, pos.Told = uint32(r.uint()), r.byte() == 1, uint16(r.uint())
		r.touches(&pos)
	}
	for n := r.count(); n > 0; n-- {
		pos.Acted = append(pos.Acted, r.string())
	}
	if !known { // the track is gone as well: the contact stands where its stage is moved to
		track = 0
		if to := r.c.p.Migration(pos.Gone); to >= 0 {
			track = r.c.p.Programs[r.c.p.Stages[to].Program].Track
		}
	}
	if !s.Tracks[track].occupied() && s.Tracks[track].Gone == "" {
		s.Tracks[track] = pos
	}
}

// touches reads the touches of a stage and lays them on the stage's sends as they are now.
func (r *reader) touches(pos *Position) {
	var stored []Touch
	for n := r.count(); n > 0; n-- {
		t := Touch{Send: r.string()}
		flags := r.uint()
		t.First, t.Over = flags&touchFirst != 0, flags&touchOver != 0
		t.Base, t.Count, t.Held = pos.StageEntered+r.int(), uint32(r.uint()), r.int()
		stored = append(stored, t)
	}
	if pos.Stage < 0 {
		return
	}
	sends := r.c.p.Stages[pos.Stage].Sends
	pos.Touches = stored
	if same(stored, sends) {
		return
	}
	pos.Touches = make([]Touch, len(sends))
	for i := range sends {
		pos.Touches[i] = Touch{Send: sends[i].ID, Base: pos.StageEntered, First: true}
		for j := range stored {
			if stored[j].Send == sends[i].ID {
				pos.Touches[i] = stored[j]
				stored[j].Send = ""
				break
			}
		}
	}
}

func same(stored []Touch, sends []compile.Send) bool {
	if len(stored) != len(sends) {
		return false
	}
	for i := range sends {
		if stored[i].Send != sends[i].ID {
			return false
		}
	}
	return true
}

func (r *reader) open(s *State) {
	for n := r.count(); n > 0; n-- {
		handoff, known := r.c.handOf[uint32(r.uint())]
		stage, stands := r.c.stageOf[uint32(r.uint())]
		h := Hand{Handoff: handoff, Stage: stage, Entry: uint32(r.uint()), Opened: r.int()}
		flags := r.uint()
		h.Accepted, h.Overdue = flags&openAccepted != 0, flags&openOverdue != 0
		if known && stands {
			s.Hands = append(s.Hands, h)
		}
	}
	for n := r.count(); n > 0; n-- {
		t := Task{Text: r.string(), Role: r.string(), Opened: r.int()}
		t.Within = calendar.Duration{Months: int32(r.int()), Days: int32(r.int()), Seconds: r.int()}
		t.Overdue = r.byte() == 1
		s.Tasks = append(s.Tasks, t)
	}
	for n := r.count(); n > 0; n-- {
		program, event, from := r.c.programs.number(uint32(r.uint())), r.c.events.number(uint32(r.uint())), r.int()
		if int(program) >= len(r.c.p.Programs) {
			continue
		}
		for i := range r.c.p.Programs[program].Goals {
			if r.c.p.Programs[program].Goals[i].Event == int(event) {
				s.Goals = append(s.Goals, Goal{Program: program, Goal: int32(i), From: from})
				break
			}
		}
	}
}
