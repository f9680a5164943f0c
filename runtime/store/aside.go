package store

import (
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Aside is an event of a contact that nobody knows yet: whether it is taken is settled when all files are read.
type Aside struct {
	Row   int64 // in the order in which they were set aside; set by Asides
	Key   string
	Makes bool // it makes the contact where there is none
	Input Input
	Line  int64  // of File
	File  string // that it stands in
	Hash  int64  // of the line, for Reject
}

// SetAside keeps an event until the files are read.
func (in *Intake) SetAside(a *Aside) error {
	return in.aside.add(*a)
}

// Maker is a contact that events make, and the first instant at which one does.
type Maker struct {
	Row int64
	Key string
	At  int64
}

// GatherMakers works out which contacts the events set aside make.
func (in *Intake) GatherMakers() error {
	return in.s.explain(sqlitex.Execute(in.s.conn, "INSERT INTO temp.maker(key, at) SELECT key, min(at) FROM temp.aside WHERE makes GROUP BY key", nil))
}

// Makers gives up to limit makers after a row.
func (in *Intake) Makers(row int64, limit int) ([]Maker, error) {
	var makers []Maker
	err := sqlitex.Execute(in.s.conn, "SELECT row, key, at FROM temp.maker WHERE row > ? ORDER BY row LIMIT ?",
		&sqlitex.ExecOptions{Args: []any{row, limit}, ResultFunc: func(r *sqlite.Stmt) error {
			makers = append(makers, Maker{r.ColumnInt64(0), r.ColumnText(1), r.ColumnInt64(2)})
			return nil
		}})
	return makers, in.s.explain(err)
}

// Asides gives up to limit of the events set aside, after a row, in the order in which they came. It reads no more
// than fits into memory: what it gives may be fewer.
func (in *Intake) Asides(row int64, limit int) ([]Aside, error) {
	const mostBytes = 4 << 20
	stmt, err := in.s.conn.Prepare("SELECT row, key, makes, id, n, at, event, body, source, line, file, hash FROM temp.aside WHERE row > ? ORDER BY row LIMIT ?")
	if err != nil {
		return nil, in.s.explain(err)
	}
	defer stmt.Reset()
	stmt.BindInt64(1, row)
	stmt.BindInt64(2, int64(limit))
	var asides []Aside
	for size := 0; size < mostBytes; {
		more, err := stmt.Step()
		if err != nil || !more {
			return asides, in.s.explain(err)
		}
		a := Aside{
			Row: stmt.ColumnInt64(0), Key: stmt.ColumnText(1), Makes: stmt.ColumnBool(2),
			Input: Input{ID: stmt.ColumnInt64(3), N: stmt.ColumnInt64(4), At: stmt.ColumnInt64(5), Event: uint32(stmt.ColumnInt64(6)), Body: columnBytes(stmt, 7), Source: stmt.ColumnText(8)},
			Line:  stmt.ColumnInt64(9), File: stmt.ColumnText(10), Hash: stmt.ColumnInt64(11),
		}
		size += len(a.Key) + len(a.Input.Body) + len(a.Input.Source)
		asides = append(asides, a)
	}
	return asides, nil
}
