package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"nurture/lang/compile"
	"nurture/lang/diag"
)

// openTable reads a table's header.
func openTable(in *lines) (*table, []string, error) {
	for bytes.IndexByte(in.rest(), '\n') < 0 && in.more() {
	}
	first, _, _ := bytes.Cut(in.rest(), []byte{'\n'})
	t := &table{in: in, delimiter: delimiterOf(first)}
	rec, ok := t.next()
	switch {
	case in.failed() != nil:
		return nil, nil, in.failed()
	case !ok:
		return nil, nil, errors.New("it is empty; its first line names the columns")
	}
	header, err := t.split(rec.text, nil)
	if err = cmp.Or(rec.fault, err); err != nil {
		return nil, nil, fmt.Errorf("its first line should name the columns: %w", err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	return t, header, nil
}

// columns says which column of a contacts file holds which field.
type columns struct {
	header             []string
	width              int
	field, column      []int // by mapped column
	key, arrived, zone int   // among the mapped columns; -1 where the file has none
}

// mapColumns finds the fields' columns. The notes say what of the header is of no use.
func mapColumns(p *compile.Program, header []string) (columns, []string, error) {
	c := columns{header: header, width: len(header), key: -1, arrived: -1, zone: -1}
	used := make([]bool, len(header))
	var notes []string
	for f := range p.Fields {
		field := &p.Fields[f]
		name := field.Column
		if name == "" {
			name = field.Name
		}
		at, err := columnOf(header, name)
		if err != nil {
			return c, nil, fmt.Errorf("has %w; leave one of them", err)
		}
		if at < 0 {
			if f == p.Key {
				return c, nil, noKey(field, name, header)
			}
			if field.Column != "" {
				notes = append(notes, fmt.Sprintf("no column %q for `%s`%s", name, field.Name, nearColumn(name, header)))
			}
			continue
		}
		switch n := len(c.field); f {
		case p.Key:
			c.key = n
		case p.Arrived:
			c.arrived = n
		case p.Policy.TimezoneField:
			c.zone = n
		}
		used[at] = true
		c.field, c.column = append(c.field, f), append(c.column, at)
	}
	var idle []string
	for i, name := range header {
		if !used[i] {
			idle = append(idle, name)
		}
	}
	if len(idle) > 0 {
		notes = append(notes, fmt.Sprintf("%s the playbook does not know, passed over: %s", counted(len(idle), "column"), listed(idle)))
	}
	return c, notes, nil
}

// columnOf finds the column of a name: in any case, with `_`, `-` and blanks alike. -1 is none.
func columnOf(header []string, name string) (int, error) {
	for _, same := range []func(column string) bool{
		func(column string) bool { return column == strings.TrimSpace(name) },
		func(column string) bool { return plain(column) == plain(name) },
	} {
		first := slices.IndexFunc(header, same)
		if first < 0 {
			continue
		}
		if second := slices.IndexFunc(header[first+1:], same); second >= 0 {
			return -1, fmt.Errorf("two columns that could be %q, number %d and number %d", name, first+1, first+second+2)
		}
		return first, nil
	}
	return -1, nil
}

// plain is a column's name as it is compared.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) {
			return '_'
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(name))
}

func noKey(field *compile.Field, name string, header []string) error {
	return fmt.Errorf("has no column %q for the field `%s`, which names a contact%s; its columns are %s: say in the playbook which one it is, such as `%s … key from %q`",
		name, field.Name, nearColumn(name, header), listed(header), field.Name, likely(name, header))
}

// likely is the column that holds the field of a name, as far as one can guess.
func likely(name string, header []string) string {
	for _, column := range header {
		if strings.Contains(plain(column), plain(name)) {
			return column
		}
	}
	return header[0]
}

func nearColumn(name string, header []string) string {
	if near, ok := diag.Nearest(name, header); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// listed names columns for a message, the first ones of many.
func listed(names []string) string {
	const most, longest = 40, 60
	var out []string
	for i, name := range names {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		if utf8.RuneCountInString(name) > longest {
			name = string([]rune(name)[:longest]) + "…"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
