package store_test

import (
	"slices"
	"testing"

	"nurture/lang/calendar"
	"nurture/runtime/store"
)

func TestDue(t *testing.T) {
	s := open(t)
	ids := addMany(t, s, 0, 300)
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
				got = contacts(t, round)
			}
			if !slices.Equal(got, want) {
				t.Errorf("before %d: %d are due, want %d", test.before, len(got), len(want))
			}
		}
	}
	if err := s.Write(gone(t, s, 51)); err != nil {
		t.Fatal(err)
	}
	if round := due(t, s, 51); round != nil {
		t.Errorf("%d are due again", round.Contacts)
	}
	later := looks(t, due(t, s, 101))
	if len(later) != len(ids) {
		t.Errorf("%d are left", len(later))
	}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	loaded, err := r.Load(later[:3])
	if err != nil || len(loaded) != 3 || loaded[2].State[0] != 2 || loaded[1].Next != 100 || loaded[0].Inputs != nil {
		t.Errorf("loaded %+v, %v", loaded, err)
	}
}

// looks are all of a round.
func looks(t *testing.T, round *store.Round) (all []store.Look) {
	t.Helper()
	for more := true; more; {
		var some []store.Look
		var err error
		if some, more, err = round.Next(); err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// gone is the round of all that is due before an instant, gone through.
func gone(t *testing.T, s *store.Store, before int64) *store.Round {
	t.Helper()
	round := due(t, s, before)
	looks(t, round)
	return round
}

func contacts(t *testing.T, round *store.Round) (ids []int64) {
	t.Helper()
	for _, l := range looks(t, round) {
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

// Very many come in parts, by their ids, and nobody is left out; who is due later is left for later, and so is what is known
// only since the round began.
func TestParts(t *testing.T) {
	s := open(t)
	ids := addMany(t, s, 0, 600)
	stepped := map[int64]*store.Stepped{}
	for i, id := range ids {
		stepped[id] = &store.Stepped{Next: 1000 + int64((i*7)%600)*10_000, State: []byte{1}}
	}
	if err := s.Write(gone(t, s, 101), batch(t, s, stepped)); err != nil {
		t.Fatal(err)
	}
	before := 1000 + int64(500)*10_000
	for _, most := range []int{1, 40, 499, 500, 1000} {
		round, err := s.Due(before, most)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		parts := 0
		for more := true; more; parts++ {
			var some []store.Look
			if some, more, err = round.Next(); err != nil {
				t.Fatal(err)
			}
			if len(some) > 2*most+20 {
				t.Errorf("%d contacts in a part of about %d", len(some), most)
			}
			for _, l := range some {
				got = append(got, l.Contact)
			}
			wake(t, s, []int64{ids[parts%len(ids)]}, 500) // which is for the round after this
		}
		var want []int64
		for _, id := range ids {
			if stepped[id].Next < before {
				want = append(want, id)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d came in %d parts of %d, want %d", len(got), parts, most, len(want))
		}
		if parts == 1 && most < 500 || parts > 1 && most > 600 {
			t.Errorf("%d parts of %d", parts, most)
		}
		if err := s.Write(gone(t, s, 501)); err != nil { // those that were woken
			t.Fatal(err)
		}
	}
	if err := s.Write(gone(t, s, before)); err != nil {
		t.Fatal(err)
	}
	if left := due(t, s, before); left != nil {
		t.Errorf("%d are due again", left.Contacts)
	}
	if later := contacts(t, due(t, s, calendar.Never)); len(later) != 100 {
		t.Errorf("%d are due later", len(later))
	}
}
