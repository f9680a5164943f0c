package store

import "zombiezen.com/go/sqlite"

// What the table `stock` counts.
const (
	stockContacts = "contact"
	stockStages   = "stage"
	stockMessages = "message" // that wait for a channel
)

// anyStage is the label under which the contacts in at least one stage are counted.
const anyStage = 0

// stock changes how many there are of something, with the open transaction.
func (s *Store) stock(kind string, label uint32, n int64) {
	if s.stocked == nil {
		s.stocked = map[TallyKey]int64{}
	}
	s.stocked[TallyKey{s.Intern(kind), label}] += n
}

// writeStock puts the changes into the file, in the open transaction.
func (s *Store) writeStock() error {
	if len(s.stocked) == 0 {
		return nil
	}
	stmt, err := s.conn.Prepare("INSERT INTO stock(kind, label, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n")
	if err == nil {
		err = addAll(stmt, s.stocked)
	}
	clear(s.stocked)
	return s.explain(err)
}

// inStock gives what there is of a kind by label, where there is something.
func (s *Store) inStock(kind string) (map[uint32]int64, error) {
	found := map[uint32]int64{}
	err := s.rows("SELECT label, n FROM stock JOIN name ON name.id = kind WHERE name.text = ? AND n <> 0", []any{kind}, func(row *sqlite.Stmt) error {
		found[uint32(row.ColumnInt64(0))] = row.ColumnInt64(1)
		return nil
	})
	return found, err
}

// Census counts the contacts in each stage (program.stage). A contact that stands in a stage on two tracks counts in
// both.
func (s *Store) Census() (map[string]int64, error) {
	found, err := s.inStock(stockStages)
	stages := map[string]int64{}
	for label, n := range found {
		if label != anyStage {
			stages[s.name(label)] = n
		}
	}
	return stages, err
}

// Contacts counts the contacts, and those of them that are in no program of any track.
func (s *Store) Contacts() (all, nowhere int64, err error) {
	contacts, err := s.inStock(stockContacts)
	if err != nil {
		return 0, 0, err
	}
	placed, err := s.inStock(stockStages)
	return contacts[0], contacts[0] - placed[anyStage], err
}

// Undelivered names the channels for which messages wait, pending or being attempted, and counts those.
func (s *Store) Undelivered() (map[string]int64, error) {
	found, err := s.inStock(stockMessages)
	channels := map[string]int64{}
	for label, n := range found {
		channels[s.name(label)] = n
	}
	return channels, err
}

// Tally is how often something was decided since the store began.
type Tally struct {
	Kind, Label string
	N           int64
}

// Tallies gives all counts, in no order.
func (s *Store) Tallies() ([]Tally, error) {
	var tallies []Tally
	err := s.rows("SELECT kind, label, n FROM tally", nil, func(row *sqlite.Stmt) error {
		tallies = append(tallies, Tally{s.column(row, 0), s.column(row, 1), row.ColumnInt64(2)})
		return nil
	})
	return tallies, err
}
