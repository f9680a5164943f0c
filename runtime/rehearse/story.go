package rehearse

import (
	"math"
	"strconv"
	"strings"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
)

// Line is one line of the contact's story: what happened to it, or what was decided for it.
type Line struct {
	At    string // on the contact's clock: 2026-03-02 10:00
	What  string // "sent threat_report"
	Where string // the stage or program that it was decided in
	By    string // file:line that decided it; empty for what the test does
}

// String is the line as a person reads it.
func (l Line) String() string {
	s := l.At + "  " + l.What
	if l.Where != "" {
		s += "  (" + l.Where + ")"
	}
	if l.By != "" {
		s += "  " + l.By
	}
	return s
}

// clock is an instant on the wall of a time zone.
func clock(t int64, z *calendar.Zone) string {
	return time.Unix(z.Local(t), 0).UTC().Format("2006-01-02 15:04")
}

// happened tells what the test does.
func (r *rehearsal) happened(what string) {
	r.result.Story = append(r.result.Story, Line{At: clock(r.now, r.zone()), What: what})
}

// decided tells a row of the journal.
func (r *rehearsal) decided(row *engine.Row) {
	l := Line{At: clock(row.At, r.zone()), What: row.Kind.String(), By: row.By}
	if row.Stage >= 0 {
		l.Where = r.p.Stages[row.Stage].Name
	} else if row.Program >= 0 {
		l.Where = r.p.Programs[row.Program].Name
	}
	words := []string{l.What}
	if row.Offer >= 0 {
		words = append(words, r.p.Offers[row.Offer].Name)
	}
	if row.Reason != "" {
		words = append(words, row.Reason)
	}
	switch {
	case row.Kind == engine.Held && row.ToAt != calendar.Never:
		words = append(words, "until", clock(row.ToAt, r.zone()))
	case row.To != "":
		words = append(words, "to", row.To)
	}
	if row.Detail != "" {
		words = append(words, row.Detail)
	}
	l.What = strings.Join(words, " ")
	r.result.Story = append(r.result.Story, l)
}

// said writes the values that a contact is given.
func said(p *compile.Program, fields []engine.FieldValue) string {
	var all []string
	for _, f := range fields {
		all = append(all, p.Fields[f.Field].Name+" "+p.Fields[f.Field].Format(f.Value))
	}
	if len(all) == 0 {
		return ""
	}
	return ": " + strings.Join(all, ", ")
}

// trimmed is a number with as few digits as say it.
func trimmed(n float64) string {
	return strconv.FormatFloat(math.Round(n*1000)/1000, 'f', -1, 64)
}
