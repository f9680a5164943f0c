package ingest

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"nurture/lang/compile"
)

// A file that is larger than a slice is sorted into the store's order before it is taken: slice by slice into runs of a
// temporary file, which are then merged. A store of any size is so written page after page; rows in the order of the
// file would touch a page each.

// inOrder is the order of rows: the store's, and lines of one contact as they stand in the file.
func inOrder(a, b *row) int {
	if a.order != b.order {
		return cmp.Compare(a.order, b.order)
	}
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.n, b.n))
}

// sorter keeps sorted runs of rows in a temporary file.
type sorter struct {
	folder string // where the temporary file goes
	file   *os.File
	ends   []int64 // of the runs, in the file
	rows   int64   // in all of them
}

// add writes a run: rows that are in order.
func (s *sorter) add(rows []*row) error {
	if s.file == nil {
		file, err := os.CreateTemp(s.folder, ".nurture-intake-*")
		if err != nil {
			return s.explain(err)
		}
		s.file = file
		_ = os.Remove(file.Name()) // gone however the process ends; where that cannot be done, close does it
	}
	w := bufio.NewWriterSize(s.file, 256<<10)
	var buf []byte
	var size int64
	for _, r := range rows {
		buf = appendRow(buf[:0], r)
		head := binary.AppendUvarint(nil, uint64(len(buf)))
		size += int64(len(head) + len(buf))
		_, err := w.Write(head)
		if err == nil {
			_, err = w.Write(buf)
		}
		if err != nil {
			return s.explain(err)
		}
	}
	if err := w.Flush(); err != nil {
		return s.explain(err)
	}
	s.ends = append(s.ends, s.begin(len(s.ends))+size)
	s.rows += int64(len(rows))
	return nil
}

func (s *sorter) begin(run int) int64 {
	if run == 0 {
		return 0
	}
	return s.ends[run-1]
}

func (s *sorter) close() {
	if s.file != nil {
		s.file.Close()
		_ = os.Remove(s.file.Name()) // add did, where it can be done of an open file
	}
}

func (s *sorter) explain(err error) error {
	return fmt.Errorf("sort the lines in a temporary file beside the store: %w", err)
}

// merge is all rows of a sorter, in order.
type merge struct {
	s    *sorter
	runs []*runReader // a heap by their next rows
	err  error
}

type runReader struct {
	r    *bufio.Reader
	next row
	buf  []byte
}

// Memory of a merge, over all its runs, and the least that a run is given.
const (
	mergeBytes = 4 << 20
	leastBytes = 4 << 10
)

func (s *sorter) merge() *merge {
	m := &merge{s: s}
	size := min(max(mergeBytes/max(len(s.ends), 1), leastBytes), 256<<10)
	for n, end := range s.ends {
		begin := s.begin(n)
		r := &runReader{r: bufio.NewReaderSize(io.NewSectionReader(s.file, begin, end-begin), size)}
		if m.advance(r) {
			m.runs = append(m.runs, r)
		}
	}
	heap.Init(m)
	return m
}

func (m *merge) Len() int           { return len(m.runs) }
func (m *merge) Less(i, j int) bool { return inOrder(&m.runs[i].next, &m.runs[j].next) < 0 }
func (m *merge) Swap(i, j int)      { m.runs[i], m.runs[j] = m.runs[j], m.runs[i] }
func (m *merge) Push(x any)         { m.runs = append(m.runs, x.(*runReader)) }
func (m *merge) Pop() any {
	last := m.runs[len(m.runs)-1]
	m.runs = m.runs[:len(m.runs)-1]
	return last
}

// read gives the next row, and about how many bytes it takes.
func (m *merge) read() (row, int, bool) {
	if m.err != nil || len(m.runs) == 0 {
		return row{}, 0, false
	}
	r, first := m.runs[0].next, m.runs[0]
	size := len(first.buf)
	if m.advance(first) {
		heap.Fix(m, 0)
	} else {
		heap.Pop(m)
	}
	return r, size, true
}

func (m *merge) failed() error { return m.err }

// advance reads the next row of a run.
func (m *merge) advance(r *runReader) bool {
	size, err := binary.ReadUvarint(r.r)
	if errors.Is(err, io.EOF) {
		return false
	}
	if err == nil {
		if uint64(cap(r.buf)) < size {
			r.buf = make([]byte, size)
		}
		r.buf = r.buf[:size]
		_, err = io.ReadFull(r.r, r.buf)
	}
	if err != nil {
		m.err = m.s.explain(err)
		return false
	}
	r.next = readRow(r.buf)
	return true
}

// appendRow writes a sound row; readRow is its inverse.
func appendRow(buf []byte, r *row) []byte {
	buf = binary.BigEndian.AppendUint64(buf, uint64(r.order))
	buf = binary.BigEndian.AppendUint64(buf, uint64(r.hash))
	buf = binary.AppendUvarint(buf, uint64(r.n))
	buf = binary.AppendUvarint(buf, uint64(r.line))
	buf = appendText(buf, r.key)
	buf = binary.AppendUvarint(buf, uint64(len(r.values)))
	for i := range r.values {
		v := &r.values[i]
		switch {
		case !v.Known:
			buf = append(buf, 0)
		case v.Text != "":
			buf = appendText(append(buf, 1), v.Text)
		default:
			buf = binary.BigEndian.AppendUint64(append(buf, 2), math.Float64bits(v.Num))
		}
	}
	in := &r.input
	buf = binary.BigEndian.AppendUint64(buf, uint64(in.ID))
	buf = binary.AppendVarint(buf, in.At)
	buf = binary.AppendUvarint(buf, uint64(in.Event))
	buf = appendText(buf, string(in.Body))
	buf = appendText(buf, in.Source)
	if r.makes {
		return append(buf, 1)
	}
	return append(buf, 0)
}

func appendText(buf []byte, text string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(text))), text...)
}

// unpacker reads what appendRow wrote.
type unpacker struct{ text string }

func (u *unpacker) take(n int) string {
	n = min(n, len(u.text))
	taken := u.text[:n]
	u.text = u.text[n:]
	return taken
}

func (u *unpacker) fixed() uint64 { return binary.BigEndian.Uint64([]byte(u.take(8))) }

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint([]byte(u.text[:min(len(u.text), binary.MaxVarintLen64)]))
	u.take(max(n, 0))
	return v
}

func (u *unpacker) varint() int64 {
	v, n := binary.Varint([]byte(u.text[:min(len(u.text), binary.MaxVarintLen64)]))
	u.take(max(n, 0))
	return v
}

func (u *unpacker) string() string { return u.take(int(u.uvarint())) }

func readRow(buf []byte) row {
	u := unpacker{string(buf)} // one copy, that all texts of the row share
	r := row{order: int64(u.fixed()), hash: int64(u.fixed()), n: int64(u.uvarint()), line: int(u.uvarint()), key: u.string()}
	if n := u.uvarint(); n > 0 {
		r.values = make([]compile.Value, n)
	}
	for i := range r.values {
		v := &r.values[i]
		switch u.take(1) {
		case "\x01":
			*v = compile.Value{Known: true, Text: u.string()}
		case "\x02":
			*v = compile.Value{Known: true, Num: math.Float64frombits(u.fixed())}
		}
	}
	r.input.N = r.n
	r.input.ID, r.input.At, r.input.Event = int64(u.fixed()), u.varint(), uint32(u.uvarint())
	r.input.Body, r.input.Source = []byte(u.string()), u.string()
	r.makes = u.take(1) == "\x01"
	return r
}
