package engine

import (
	"encoding/binary"
	"math"

	"nurture/lang/check"
)

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
		w.string(w.c.p.Programs[g.Program].Goals[g.Goal].Name)
		w.int(g.From)
	}
}
