package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/calendar"
	"nurture/runtime/store"
)

// However commits come, of many contacts or of few, near one another or far apart, a contact is found as it was stored last:
// by its key, and when it is due. What another commit has stored meanwhile is not stored over.
func TestStanding(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(filepath.Join(dir, "nurture.db"), "test")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Sweep = rapid.SampledFrom([]int64{1, 3, 50, 400, s.Sweep}).Draw(r, "sweep")
		const people = 200
		ids, keys := addMany(t, s, 0, people), map[int64]string{}
		for i := range people {
			key := fmt.Sprint(i)
			id, _ := store.After(key)
			keys[id] = key
		}
		if err := s.Write(gone(t, s, 101)); err != nil { // they were looked at as they arrived
			t.Fatal(err)
		}
		want := map[int64]*store.Stepped{}
		for n := range rapid.IntRange(1, 12).Draw(r, "commits") {
			some := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 40, rapid.ID[int64]).Draw(r, "some")
			if rapid.Bool().Draw(r, "near") {
				first := rapid.IntRange(0, people-1).Draw(r, "first")
				some = ids[first:min(people, first+rapid.IntRange(1, people).Draw(r, "many"))]
			}
			stepped := map[int64]*store.Stepped{}
			for _, id := range some {
				stepped[id] = &store.Stepped{Next: rapid.SampledFrom([]int64{200, 300, 4000, calendar.Never}).Draw(r, "next"), State: fmt.Append(nil, n)}
				want[id] = stepped[id]
			}
			theirs := batch(t, s, map[int64]*store.Stepped{some[0]: {Next: 1, State: []byte("too late")}})
			if err := s.Write(nil, batch(t, s, stepped)); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(nil, theirs); !errors.Is(err, store.ErrOvertaken) {
				t.Fatalf("a contact was stored over: %v", err)
			}
		}
		for i, id := range ids {
			c, err := s.ContactByKey(keys[id])
			if err != nil || c == nil || c.ID != id {
				t.Fatalf("contact %d is %+v, %v", i, c, err)
			}
			if w := want[id]; w == nil && c.State != nil || w != nil && (string(c.State) != string(w.State) || c.Next != w.Next) {
				t.Fatalf("contact %d is %+v, want %+v", i, c, w)
			}
		}
		wake(t, s, ids, 4000) // something has come for everybody
		reader, err := s.Reader()
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		for _, before := range []int64{201, 301, 4001} {
			got := map[int64]bool{}
			if round := due(t, s, before); round != nil {
				for looks := range slices.Chunk(looks(t, round), store.AtOnce) {
					loaded, err := reader.Load(looks)
					if err != nil {
						t.Fatal(err)
					}
					for i := range loaded {
						got[loaded[i].ID] = true
						if w := want[loaded[i].ID]; w != nil && string(loaded[i].State) != string(w.State) {
							t.Fatalf("loaded %+v, want %+v", loaded[i], w)
						}
					}
				}
			}
			for i, id := range ids {
				if w := want[id]; !got[id] && (before > 4000 || w != nil && w.Next < before) {
					t.Fatalf("contact %d is %+v, and nobody looks at it before %d", i, w, before)
				}
			}
		}
	})
}

// What is new does not stay aside: when as many contacts were stored as a sweep has, all that was there before is folded in.
func TestSweep(t *testing.T) {
	for _, many := range []int{1, 3, 7} {
		s := open(t)
		s.Sweep = 10
		ids := addMany(t, s, 0, 210)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		for range 2 {
			for some := range slices.Chunk(ids, many) {
				stepped := map[int64]*store.Stepped{}
				for _, id := range some {
					stepped[id] = &store.Stepped{Next: 200, State: []byte("state")}
				}
				if err := s.Write(nil, batch(t, s, stepped)); err != nil {
					t.Fatal(err)
				}
				if aside := ask(t, s.Path(), "SELECT contact FROM lately"); len(aside) > int(s.Sweep)+many {
					t.Fatalf("%d contacts are aside, by %d", len(aside), many)
				}
			}
		}
	}
}

// wake has contacts looked at, as an intake does of whom something has come.
func wake(t *testing.T, s *store.Store, ids []int64, at int64) {
	t.Helper()
	in, err := s.Intake()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	err = in.Slice(func() error {
		for _, id := range ids {
			in.Wake(id, at)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
