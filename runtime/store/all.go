package store

// Groups is how many groups the contacts are in, each some partitions, in the order of the ids.
const Groups = 64

// All appends to ids every contact of a group, from 0, in ascending order, whether or not anything can happen to it.
func (r *Reader) All(group int, ids []int64) ([]int64, error) {
	stmt, err := r.conn.Prepare("SELECT id FROM contact WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
	if err != nil {
		return ids, r.store.explain(err)
	}
	defer stmt.Reset()
	first := int64(group) << groupShift
	stmt.BindInt64(1, first)
	stmt.BindInt64(2, first|(1<<groupShift-1))
	for {
		more, err := stmt.Step()
		if err != nil {
			return ids, r.store.explain(err)
		}
		if !more {
			return ids, nil
		}
		ids = append(ids, stmt.ColumnInt64(0))
	}
}

// groupShift is how many bits of an id stand behind its group.
const groupShift = 57
