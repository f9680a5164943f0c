package store_test

import (
	"fmt"
	"slices"
	"testing"

	"nurture/lang/calendar"
	"nurture/runtime/store"
)

func TestDue(t *testing.T) {
	s := open(t)
	var keys []string
	for i := range 300 {
		keys = append(keys, fmt.Sprint("k", i))
	}
	ids := add(t, s, keys...)
	slices.Sort(ids)
	stepped := map[int64]*store.Stepped{}
	for i, id := range ids {
		stepped[id] = &store.Stepped{Next: []int64{50, 100, calendar.Never}[i%3], State: []byte{byte(i)}}
	}
	if err := s.Write(nil, batch(t, s, stepped)); err != nil {
		t.Fatal(err)
	}
	// They arrived at 100: whoever came by a file is looked at then, though nothing is due.
	for _, test := range []struct {
		before int64
		due    func(i int) bool
	}{
		{50, func(int) bool { return false }},
		{51, func(i int) bool { return i%3 == 0 }},
		{101, func(int) bool { return true }},
		{calendar.Never, func(int) bool { return true }},
	} {
		var want []int64
		for i, id := range ids {
			if test.due(i) {
				want = append(want, id)
			}
		}
		for range 2 { // it comes again until it is done
			var got []int64
			if round := due(t, s, test.before); round != nil {
				got = contacts(round)
			}
			if !slices.Equal(got, want) {
				t.Errorf("before %d: %d are due, want %d", test.before, len(got), len(want))
			}
		}
	}
	if err := s.Write(due(t, s, 51)); err != nil {
		t.Fatal(err)
	}
	if round := due(t, s, 51); round != nil {
		t.Errorf("%d are due again", len(round.Looks))
	}
	later := due(t, s, 101)
	if len(later.Looks) != len(ids) || later.More {
		t.Errorf("%d are left", len(later.Looks))
	}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	loaded, err := r.Load(later.Looks[:3])
	if err != nil || len(loaded) != 3 || loaded[2].State[0] != 2 || loaded[1].Next != 100 || loaded[0].Inputs != nil {
		t.Errorf("loaded %+v, %v", loaded, err)
	}
}

func contacts(round *store.Round) (ids []int64) {
	for _, l := range round.Looks {
		ids = append(ids, l.Contact)
	}
	return ids
}

func due(t *testing.T, s *store.Store, before int64) *store.Round {
	t.Helper()
	round, err := s.Due(before, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return round
}

// Very many come in rounds, those whose time comes first before the others, and nobody is left out.
func TestRounds(t *testing.T) {
	s := open(t)
	var keys []string
	for i := range 600 {
		keys = append(keys, fmt.Sprint("k", i))
	}
	ids := add(t, s, keys...)
	stepped := map[int64]*store.Stepped{}
	for i, id := range ids {
		stepped[id] = &store.Stepped{Next: 1000 + int64(i)*10_000, State: []byte{1}}
	}
	if err := s.Write(nil, batch(t, s, stepped)); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(due(t, s, 101)); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	rounds, before := 0, 1000+int64(500)*10_000
	for {
		round, err := s.Due(before, 40)
		if err != nil {
			t.Fatal(err)
		}
		if round == nil {
			break
		}
		if rounds++; len(round.Looks) > 40+32 || round.More != (round.Others > 0) {
			t.Errorf("round %d has %d contacts, and %d others come: %v", rounds, len(round.Looks), round.Others, round.More)
		}
		for _, id := range contacts(round) {
			seen[id] = true
		}
		if err := s.Write(round); err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range ids {
		if seen[id] != (i < 500) {
			t.Errorf("contact %d was looked at: %v", i, seen[id])
		}
	}
	if rounds < 5 {
		t.Errorf("%d rounds", rounds)
	}
	if later := due(t, s, calendar.Never); later == nil || len(later.Looks) != 100 {
		t.Error("those whose time comes later do not come")
	}
}
