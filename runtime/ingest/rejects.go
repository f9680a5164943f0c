package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"nurture/runtime/store"
)

// Rejected is a line that was not taken, as it stands in the file of rejects.
type Rejected struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"` // of a CSV file, or the member of a JSON line
	Value  string `json:"value"`            // of that column, else the line; cut to 200 characters
	Reason string `json:"reason"`
	At     string `json:"at,omitempty"` // of an event
}

// shownBytes is how much of a value a rejected line shows.
const shownBytes = 200

func shown(value string) string {
	if len(value) > shownBytes {
		value = value[:shownBytes]
	}
	return strings.ToValidUTF8(value, "�")
}

// fault is why a line is rejected, and where in it.
type fault struct {
	column, value string // column "": the line as a whole
	reason        error
}

// lineHash knows a line again when the file is read a second time.
func (s *source) lineHash(r *row) int64 {
	var sum xxhash.Digest
	sum.Reset()
	var number [20 + 2]byte
	_, _ = sum.WriteString(s.base())
	_, _ = sum.Write(append(strconv.AppendInt(append(number[:0], 0), int64(r.line), 10), 0))
	_, _ = sum.WriteString(r.text)
	return int64(sum.Sum64() >> 1)
}

// rejects writes the file of rejected lines. Each line is written once, however often it is read and whenever the
// process dies: lines are kept in the store with the transaction that rejects them, and only then written to the file;
// what is still missing there is written when the next intake begins.
type rejects struct {
	path   string
	intake *store.Intake
	fresh  bytes.Buffer // of the open transaction
	kept   bool         // the store keeps lines
}

// recover writes what an intake that died has left to write.
func (r *rejects) recover() error {
	offset, lines, err := r.intake.KeptRejects()
	if err != nil || len(lines) == 0 {
		return err
	}
	r.kept = true
	file, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return r.explain(err)
	}
	defer file.Close()
	there := make([]byte, len(lines))
	n, _ := file.ReadAt(there, offset) // what cannot be read is not there
	missing := lines
	if bytes.HasPrefix(lines, there[:n]) {
		missing = lines[n:]
	}
	return r.append(missing)
}

// add rejects a line in the open transaction.
func (r *rejects) add(line *Rejected, hash int64) error {
	first, err := r.intake.Reject(hash)
	if err != nil || !first {
		return err
	}
	text, err := json.Marshal(line)
	if err != nil {
		return r.explain(err)
	}
	r.fresh.Write(text)
	r.fresh.WriteByte('\n')
	return nil
}

// keep ends the open transaction's part: the store remembers its lines.
func (r *rejects) keep() error {
	if r.fresh.Len() == 0 && !r.kept {
		return nil
	}
	info, err := os.Stat(r.path)
	size := int64(0)
	if err == nil {
		size = info.Size()
	}
	r.kept = r.fresh.Len() > 0
	return r.intake.KeepRejects(size, r.fresh.Bytes())
}

// write puts the lines of the transaction, now committed, into the file. Should it fail, they stay.
func (r *rejects) write() error {
	if r.fresh.Len() == 0 {
		return nil
	}
	if err := r.append(r.fresh.Bytes()); err != nil {
		return err
	}
	r.fresh.Reset()
	return nil
}

// close forgets what is kept once it is written: should the file go its own way from now on, nothing is missed.
func (r *rejects) close() error {
	if !r.kept || r.fresh.Len() > 0 {
		return nil
	}
	return r.intake.Slice(r.keep)
}

func (r *rejects) append(lines []byte) error {
	file, err := os.OpenFile(r.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return r.explain(err)
	}
	_, err = file.Write(lines)
	if err == nil {
		err = file.Sync()
	}
	if end := file.Close(); err == nil {
		err = end
	}
	return r.explain(err)
}

func (r *rejects) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write rejected lines to %s: %w", r.path, err)
}
