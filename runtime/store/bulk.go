package store

import (
	"strings"

	"zombiezen.com/go/sqlite"
)

// bulkRows is how many rows one statement inserts. More gain little: half of the cost of an insert is what each
// statement costs.
const bulkRows = 32

// bulk collects rows and inserts them many at a time.
type bulk[T any] struct {
	s         *Store
	many, one *sqlite.Stmt
	width     int
	bind      func(stmt *sqlite.Stmt, first int, row *T)
	rows      []T
}

// newBulk makes a bulk of an INSERT that lacks its VALUES; bind binds the columns of a row from parameter first on.
func newBulk[T any](s *Store, insert string, width int, bind func(stmt *sqlite.Stmt, first int, row *T)) (*bulk[T], error) {
	b := &bulk[T]{s: s, width: width, bind: bind, rows: make([]T, 0, bulkRows)}
	row := "(" + strings.Repeat("?,", width-1) + "?)"
	var err error
	if b.one, err = s.conn.Prepare(insert + " VALUES " + row); err != nil {
		return nil, s.explain(err)
	}
	if b.many, err = s.conn.Prepare(insert + " VALUES " + strings.Repeat(row+",", bulkRows-1) + row); err != nil {
		return nil, s.explain(err)
	}
	return b, nil
}

// add takes a row in. It is in the table after the next flush at the latest.
func (b *bulk[T]) add(row T) error {
	if b.rows = append(b.rows, row); len(b.rows) < bulkRows {
		return nil
	}
	return b.flush()
}

// flush inserts the rows that are left, in the order in which they came.
func (b *bulk[T]) flush() error {
	rows := b.rows
	b.rows = b.rows[:0]
	if len(rows) == bulkRows {
		return b.insert(b.many, rows)
	}
	for i := range rows {
		if err := b.insert(b.one, rows[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (b *bulk[T]) insert(stmt *sqlite.Stmt, rows []T) error {
	for i := range rows {
		b.bind(stmt, 1+i*b.width, &rows[i])
	}
	return b.s.explain(once(stmt))
}
