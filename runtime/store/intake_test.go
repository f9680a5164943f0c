package store_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// In whatever order contacts are asked for and made, and wherever a slice ends: whom it made an intake knows, and
// nobody else.
func TestIntakeKnowsWhomItMade(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		defer s.Close()
		in, err := s.Intake()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		ids := map[string]int64{}
		for range rapid.IntRange(1, 4).Draw(r, "slices") {
			err := in.Slice(func() error {
				for _, n := range rapid.SliceOf(rapid.IntRange(0, 60)).Draw(r, "keys") {
					key := fmt.Sprint(n)
					k, found, err := in.Find(key)
					if err != nil {
						return err
					}
					id, made := ids[key]
					if found != made || made && k.ID != id {
						r.Fatalf("%s is found: %t, as %d; it was made: %t, as %d", key, found, k.ID, made, id)
					}
					if !found && rapid.Bool().Draw(r, "make") {
						ids[key] = k.ID
						if err := in.AddContact(k, key); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				r.Fatal(err)
			}
		}
	})
}
