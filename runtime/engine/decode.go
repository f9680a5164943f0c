package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"nurture/lang/calendar"
	"nurture/lang/compile"
)

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
	s.fit(c.p)
	s.placeInZone(c.p)
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
		pos.Touches[i] = Touch{Base: pos.StageEntered, First: true}
		if j := slices.IndexFunc(stored, func(t Touch) bool { return t.Send == sends[i].ID }); j >= 0 {
			pos.Touches[i] = stored[j]
			stored = slices.Delete(stored, j, j+1)
		}
	}
	for i := range sends { // what sends something else now keeps the cadence of what stood in its place
		if pos.Touches[i].Send == "" && len(stored) > 0 {
			pos.Touches[i] = stored[0]
			stored = stored[1:]
		}
		pos.Touches[i].Send = sends[i].ID
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

// handed is the stage that opened a hand-off. Of one that the playbook no longer has it is the one that contacts are moved to
// from there, as long as that is in the same program: the stay goes on, and the lead is with its receiver still.
func (r *reader) handed(id uint32) (stage int32, stands bool) {
	if stage, stands = r.c.stageOf[id]; stands {
		return stage, true
	}
	gone := r.c.text(id)
	to := r.c.p.Migration(gone)
	if to < 0 || !strings.HasPrefix(gone, r.c.p.Programs[r.c.p.Stages[to].Program].Name+".") {
		return 0, false
	}
	return int32(to), true
}

func (r *reader) open(s *State) {
	for n := r.count(); n > 0; n-- {
		handoff, known := r.c.handOf[uint32(r.uint())]
		stage, stands := r.handed(uint32(r.uint()))
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
		program, name, from := r.c.programs.number(uint32(r.uint())), r.string(), r.int()
		if int(program) >= len(r.c.p.Programs) {
			continue
		}
		for i := range r.c.p.Programs[program].Goals {
			if r.c.p.Programs[program].Goals[i].Name == name {
				s.Goals = append(s.Goals, Goal{Program: program, Goal: int32(i), From: from})
				break
			}
		}
	}
}
