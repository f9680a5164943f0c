package proof

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A fault is a small change of the product that the simulation must notice: planted one at a time, by an overlay that only the
// compiler sees.
type fault struct {
	is       string
	file     string // from the module's folder
	old, new string // old stands in the file exactly once
	seed     uint64 // of a world that shows it
}

var (
	plant = flag.Bool("plant", false, "plant the faults")
	find  = flag.Uint64("find", 0, "look for the seeds of faults among so many, and print them")
	only  = flag.String("only", "", "plant only faults whose name matches this")
)

// TestPlantedFaults plants every fault and demands that the world of its seed goes wrong, as it does not without. It takes
// minutes, so it wants to be asked: -plant. After a change of the worlds the seeds are others: -plant -find 200 prints them.
func TestPlantedFaults(t *testing.T) {
	if !*plant {
		t.Log("not asked for: go test ./runtime/proof -run TestPlantedFaults -plant")
		return
	}
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	chosen := regexp.MustCompile(*only)
	var places = make(chan struct{}, 2)
	var all sync.WaitGroup
	for _, f := range faults {
		if !chosen.MatchString(f.is) {
			continue
		}
		overlay := f.overlay(t, module)
		if overlay == "" {
			continue
		}
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if *find > 0 {
				t.Log(f.look(module, overlay))
				return
			}
			if text := f.planted(module, overlay); text != "" {
				t.Errorf("%s (%s): %s", f.is, f.file, text)
			}
		})
	}
	all.Wait()
	if *find > 0 {
		return
	}
	var a tally
	for _, f := range faults {
		if !chosen.MatchString(f.is) {
			continue
		}
		if err := a.prove(folder(t), f.seed); err != nil {
			t.Errorf("without the fault %q seed %d goes wrong too: %v", f.is, f.seed, err)
		}
	}
}

// overlay writes the changed file, and says where the list for the compiler is; "" when there is nothing to change any more.
func (f *fault) overlay(t *testing.T, module string) string {
	path := filepath.Join(module, filepath.FromSlash(f.file))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), f.old); n != 1 {
		t.Errorf("%s: what the fault changes stands %d times in %s, not once; say what it changes now:\n%s", f.is, n, f.file, f.old)
		return ""
	}
	dir := t.TempDir()
	changed, list := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{changed: []byte(strings.Replace(string(text), f.old, f.new, 1)), list: replace} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func (f *fault) run(module, overlay string, args ...string) string {
	command := exec.Command("go", append([]string{"test", "-overlay", overlay, "-run", "^TestWorlds$", "./runtime/proof", "-timeout", "120s"}, args...)...)
	command.Dir = module
	out, err := command.CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}

// planted says what is wrong with the proof, "" when the fault is found.
func (f *fault) planted(module, overlay string) string {
	out := f.run(module, overlay, "-worlds", "1", "-seed", fmt.Sprint(f.seed))
	switch {
	case out == "":
		return fmt.Sprintf("seed %d does not notice it; look for another with -plant -find 300 -only %q", f.seed, f.is)
	case !strings.Contains(out, "play it again"):
		return "it does not come to a test: " + out
	}
	return ""
}

var failed = regexp.MustCompile(`seed (\d+): `)

// look finds a seed that notices the fault.
func (f *fault) look(module, overlay string) string {
	for from := uint64(1); from < *find; from += 40 {
		out := f.run(module, overlay, "-stop", "-worlds", "40", "-seed", fmt.Sprint(from))
		if !strings.Contains(out, "play it again") && out != "" {
			return f.is + ": " + out
		}
		if found := failed.FindAllStringSubmatch(out, -1); len(found) > 0 {
			var seeds []string
			for _, m := range found {
				seeds = append(seeds, m[1])
			}
			return fmt.Sprintf("%-60s %s", f.is, strings.Join(slices.Compact(seeds), " "))
		}
	}
	return fmt.Sprintf("%-60s none", f.is)
}
