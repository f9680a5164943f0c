package store

// All appends to looks the contacts after an id, in ascending order, whether or not anything can happen to them: as many as
// there is room for.
func (r *Reader) All(after int64, looks []Look) ([]Look, error) {
	stmt, err := r.conn.Prepare("SELECT id FROM contact WHERE id > ? ORDER BY id LIMIT ?")
	if err != nil {
		return looks, r.store.explain(err)
	}
	defer stmt.Reset()
	stmt.BindInt64(1, after)
	stmt.BindInt64(2, int64(cap(looks)-len(looks)))
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return looks, r.store.explain(err)
		}
		looks = append(looks, Look{Contact: stmt.ColumnInt64(0)})
	}
}
