package store

import (
	"fmt"

	"zombiezen.com/go/sqlite"
)

// Standing is a stage (program.stage) that a contact is in, on a track.
type Standing struct{ Track, Stage string }

// OnTracks tells of every contact that stands on more than one track, track by track in the playbook's order. The places
// are good until told returns. It looks at every contact.
func (s *Store) OnTracks(told func(key string, at []Standing)) error {
	var places []Place
	var at []Standing
	return s.rows("SELECT key, places FROM standing WHERE places LIKE '%],[%'", nil, func(row *sqlite.Stmt) (err error) {
		if places, err = unpackPlaces(places[:0], []byte(row.ColumnText(1))); err != nil {
			return fmt.Errorf("contact %s: where it stands cannot be read: %w", row.ColumnText(0), err)
		}
		at = at[:0]
		for _, p := range places {
			at = append(at, Standing{s.name(p.Track), s.name(p.Stage)})
		}
		told(row.ColumnText(0), at)
		return nil
	})
}
