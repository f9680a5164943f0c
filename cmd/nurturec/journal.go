package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"nurture/lang/diag"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

type journalCmd struct {
	Store   string   `type:"path" default:"nurture.db" help:"The store that a run wrote."`
	Contact string   `placeholder:"KEY" help:"Only of the contact with this key."`
	Kind    []string `placeholder:"KIND" help:"Only rows of these kinds: entered, moved, sent, held, refused …"`
	Format  string   `enum:"table,jsonl,csv" default:"table" help:"table, jsonl or csv."`
}

func (journalCmd) Help() string {
	return `The journal says what was decided, and which line of the playbook decided it. Rows stand by instant, then by
contact, then as it happened. Instants are UTC.

  nurturec journal                                     everything, as a table
  nurturec journal --contact ann@example.com           what was decided for one contact
  nurturec journal --kind refused,held                 what was not sent, and why
  nurturec journal --format jsonl | jq .offer          for a program to read

Kinds: ` + strings.Join(engine.Kinds[:], ", ") + `.`
}

func (c *journalCmd) Run(at *terminal) error {
	for _, kind := range c.Kind {
		if !slices.Contains(engine.Kinds[:], kind) {
			hint := "the kinds are " + strings.Join(engine.Kinds[:], ", ")
			if near, ok := diag.Nearest(kind, engine.Kinds[:]); ok {
				hint = "did you mean " + near + "?"
			}
			return fmt.Errorf("the journal has no kind %q; %s", kind, hint)
		}
	}
	s, err := store.Read(c.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	key := c.Contact
	if key != "" {
		if key, err = known(s, key); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(at.out)
	rows := journalFormats[c.Format](out)
	err = s.Journal(store.Filter{Contact: key, Kinds: c.Kind}, rows.row)
	if err != nil {
		return err
	}
	return first(rows.end(), out.Flush())
}

// known is the key under which the store has a contact: as given, or in lower case, as e-mail addresses are kept.
func known(s *store.Store, key string) (string, error) {
	for _, k := range []string{key, strings.ToLower(key)} {
		if found, err := s.ContactByKey(k); err != nil || found != nil {
			return k, err
		}
	}
	return "", fmt.Errorf("nobody in %s is called %q", s.Path(), key)
}

// rowWriter writes journal rows in one format.
type rowWriter struct {
	row func(*store.Entry) error
	end func() error
}

var journalFormats = map[string]func(io.Writer) rowWriter{"table": journalTable, "jsonl": journalJSONL, "csv": journalCSV}

// instant is how instants are written everywhere: RFC 3339 in UTC.
func instant(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

// to is the row's `to`: where, whom, or until when.
func to(e *store.Entry) string {
	if e.Until != 0 {
		return instant(e.Until)
	}
	return e.To
}

func journalJSONL(w io.Writer) rowWriter {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return rowWriter{
		row: func(e *store.Entry) error {
			return enc.Encode(struct {
				Seq     int64  `json:"seq"`
				At      string `json:"at"`
				Contact string `json:"contact"`
				Kind    string `json:"kind"`
				Track   string `json:"track,omitempty"`
				Program string `json:"program,omitempty"`
				Stage   string `json:"stage,omitempty"`
				Offer   string `json:"offer,omitempty"`
				To      string `json:"to,omitempty"`
				Reason  string `json:"reason,omitempty"`
				By      string `json:"by,omitempty"`
				Detail  string `json:"detail,omitempty"`
			}{e.Seq, instant(e.At), e.Contact, e.Kind, e.Track, e.Program, e.Stage, e.Offer, to(e), e.Reason, e.By, e.Detail})
		},
		end: func() error { return nil },
	}
}

func journalCSV(w io.Writer) rowWriter {
	out := csv.NewWriter(w)
	out.Write([]string{"seq", "at", "contact", "kind", "track", "program", "stage", "offer", "to", "reason", "by", "detail"})
	return rowWriter{
		row: func(e *store.Entry) error {
			return out.Write([]string{strconv.FormatInt(e.Seq, 10), instant(e.At), e.Contact, e.Kind, e.Track, e.Program, e.Stage, e.Offer, to(e), e.Reason, e.By, e.Detail})
		},
		end: func() error { out.Flush(); return out.Error() },
	}
}

// journalTable aligns a thousand rows at a time, so that it needs no more memory for a long journal.
func journalTable(w io.Writer) rowWriter {
	const together = 1000
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	n := 0
	head := func() { fmt.Fprintln(table, "AT\tCONTACT\tKIND\tWHERE\tWHAT\tBY") }
	return rowWriter{
		row: func(e *store.Entry) error {
			if n == 0 {
				head()
			}
			if n++; n%together == 0 {
				if err := table.Flush(); err != nil {
					return err
				}
			}
			_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", instant(e.At), e.Contact, e.Kind, place(e), said(e), e.By)
			return err
		},
		end: func() error {
			if n == 0 {
				fmt.Fprintln(table, "no rows")
			}
			return table.Flush()
		},
	}
}

// place is program.stage, as far as the row says it.
func place(e *store.Entry) string {
	if e.Stage == "" {
		return e.Program
	}
	return e.Program + "." + e.Stage
}

// said is what a row says beside kind and place, in words.
func said(e *store.Entry) string {
	var words []string
	for _, w := range []struct{ before, what string }{{"", e.Offer}, {"", e.Reason}, {joiner(e), to(e)}, {"", e.Detail}} {
		if w.what != "" {
			words = append(words, w.before+w.what)
		}
	}
	return strings.Join(words, ", ")
}

func joiner(e *store.Entry) string {
	switch {
	case e.Until != 0:
		return "until "
	case e.Kind == engine.Moved.String():
		return "-> "
	default:
		return "to "
	}
}
