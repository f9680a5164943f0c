package store

// All appends to ids the contacts after an id, in ascending order, whether or not anything can happen to them: as many as there
// is room for.
func (r *Reader) All(after int64, ids []int64) ([]int64, error) {
	stmt, err := r.conn.Prepare("SELECT id FROM contact WHERE id > ? ORDER BY id LIMIT ?")
	if err != nil {
		return ids, r.store.explain(err)
	}
	defer stmt.Reset()
	stmt.BindInt64(1, after)
	stmt.BindInt64(2, int64(cap(ids)-len(ids)))
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return ids, r.store.explain(err)
		}
		ids = append(ids, stmt.ColumnInt64(0))
	}
}
