package proof

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var (
	first = flag.Uint64("seed", 1, "the first seed")
	count = flag.Int("worlds", 25, "how many seeds, one after the other")
	long  = flag.Duration("for", 0, "instead of a number of seeds: as many as this time holds")
	stop  = flag.Bool("stop", false, "stop at the first seed that fails")
	tell  = flag.Bool("show", false, "print the playbook and the journals of a seed that fails")
)

// TestWorlds plays worlds, each out of its seed: as the model has it, undisturbed, and through every trouble that luck finds.
func TestWorlds(t *testing.T) {
	var all tally
	began := time.Now()
	if testing.Short() {
		*count = min(*count, 5)
	}
	for seed := *first; *long > 0 && time.Since(began) < *long || *long == 0 && seed < *first+uint64(*count); seed++ {
		if err := all.prove(folder(t), seed); err != nil {
			t.Errorf("seed %d: %v\nplay it again: go test ./runtime/proof -run TestWorlds -worlds 1 -seed %d -show", seed, err, seed)
			if *stop {
				break
			}
		}
	}
	t.Log(all.String())
}

// tally counts what was proved.
type tally struct {
	worlds, people, doubted, rows, troubled int
	kinds                                   map[string]int
}

func (a *tally) String() string {
	return fmt.Sprintf("%d worlds, %d contacts (%d of them in doubt from some instant on), %d rows as the model has them, %d troubles; %v",
		a.worlds, a.people, a.doubted, a.rows, a.troubled, a.kinds)
}

// prove plays the world of a seed, and says what is not as it should be.
func (a *tally) prove(dir string, seed uint64) error {
	w := makeWorld(seed)
	plain, err := open(w, dir+"/plain", nil)
	if err != nil {
		return err
	}
	disturbed, err := open(w, dir+"/disturbed", rand.New(rand.NewPCG(seed, 2)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(os.MkdirAll(plain.dir, 0o755), os.MkdirAll(disturbed.dir, 0o755)); err != nil {
		return err
	}
	if err := plain.play(); err != nil {
		return err
	}
	journal, err := plain.journal()
	if err != nil {
		return err
	}
	s := w.model()
	if err := a.asModel(s, journal); err != nil {
		if *tell {
			w.show(s)
		}
		return err
	}
	if err := plain.sound(s, journal); err != nil {
		return err
	}
	if err := disturbed.play(); err != nil {
		return err
	}
	if err := disturbed.same(plain); err != nil {
		return fmt.Errorf("after %q: %w", disturbed.troubles, err)
	}
	if err := disturbed.delivered(); err != nil {
		return fmt.Errorf("after %q: %w", disturbed.troubles, err)
	}
	a.worlds++
	a.troubled += len(disturbed.troubles)
	return nil
}

// asModel compares journals row by row, as far as the model is sure.
func (a *tally) asModel(s *state, journal map[string][]row) error {
	for _, key := range sorted(s.people) {
		k := s.people[key]
		if text := differ(key, k.sure(journal[key]), k.sure(k.rows)); text != "" {
			return errors.New(text)
		}
		a.people++
		if k.doubt != never64 {
			a.doubted++
		}
		for _, r := range k.sure(k.rows) {
			if a.kinds == nil {
				a.kinds = map[string]int{}
			}
			a.kinds[r.kind]++
			a.rows++
		}
	}
	for key := range journal {
		if s.people[key] == nil {
			return fmt.Errorf("the model knows no contact %s", key)
		}
	}
	return nil
}

func (w *world) show(s *state) {
	for n, b := range w.books {
		fmt.Printf("--- playbook %d\n", n+1)
		for i, line := range split(b.text) {
			fmt.Printf("%4d %s\n", i+1, line)
		}
	}
	for i, v := range w.visits {
		fmt.Printf("--- visit %d: book %d, live %v, from %s to %s, %d lines of contacts\n", i, v.book+1, v.live, stamp(v.from), stamp(v.to), len(v.people))
		for _, cells := range v.people {
			fmt.Println(v.header, cells)
		}
		for _, l := range v.events {
			fmt.Println(l.text)
		}
	}
	for _, key := range sorted(s.people) {
		fmt.Printf("--- the model of %s\n", key)
		for _, r := range s.people[key].rows {
			fmt.Println(r)
		}
	}
}
